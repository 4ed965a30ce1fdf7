"""One action of the desk from a button: what version was on the screen, what became of it, and what to say then.

Called by the parts that hold verbs. Decides nothing: whether an action is allowed is the desk's to say.
"""

from collections.abc import Callable, Iterable

import duckdb
import streamlit as st

from core import desk
from core.desk import Done, Stale
from core.model import Refusal
from pages.parts import ahead, badges, database, modal, people, words

CHANGED = badges.Look("Changed meanwhile", "sync_problem", "orange")
NOT_DONE = badges.Look("Not done", "error", "red")
LOOK_FIRST = "Somebody changed this lead meanwhile. Look again first."


def seen(con: duckdb.DuckDBPyConnection, lead: str) -> int:
    """The version of a lead that is on the screen: read before the rest of the page, and kept until the next drawing.

    After somebody else's change it stays what it was until the person says that they have looked.
    """
    if f"stale-{lead}" not in st.session_state:
        st.session_state[f"version-{lead}"] = desk.version(con, lead)
    for key, value in st.session_state.pop("fields", {}).items():
        if value is None:
            st.session_state.pop(key, None)
        else:
            st.session_state[key] = value
    return st.session_state[f"version-{lead}"]


def act(action: Callable[..., Done], lead: str, what: str, said: str, spent: Iterable[str] = (),
        place: str = "page", **arguments: object) -> Done | None:
    """Do an action on the version that was shown; None where it was not done, which is said at the next drawing.

    what: tells this offer from others on the same lead. said: our own words for the toast. spent: keys of the fields
    that are empty again once it is done; until then nothing that was typed is lost. place: where a refusal is said.
    """
    for key in ("refusal", f"stale-{lead}"):
        st.session_state.pop(key, None)
    try:
        signature = people.signed(f"{lead}/{what}", st.session_state[f"version-{lead}"])
        with ahead.answering():
            done = action(database.connection(), signature, lead, **arguments)
    except Stale as stale:
        st.session_state[f"stale-{lead}"] = str(stale)
        return None
    except Refusal as refusal:
        refuse(str(refusal), place)
        return None
    for key in spent:
        fill(key, None)
    st.session_state["toast"] = said
    st.session_state[f"last-{lead}"] = (done.number, said)
    return done


def do(action: Callable[..., Done], what: str, version: int, said: str, **arguments: object) -> Done | None:
    """Do an action of a dialog that concerns no lead; None where it was refused, which the dialog then says.

    what and version: tell this offer from every other, so that the same one happens once.
    """
    st.session_state.pop("refusal", None)
    try:
        with ahead.answering():
            done = action(database.connection(), people.signed(what, version), **arguments)
    except Refusal as refusal:
        refuse(str(refusal), "dialog")
        return None
    st.session_state["toast"] = said
    return done


def fill(key: str, value: object) -> None:
    """Give a field a value when it is next drawn, as one on the screen cannot be set. None: as it was at first."""
    st.session_state["fields"] = st.session_state.get("fields", {}) | {key: value}


def take_back(lead: str, number: int, reason: str, said: str = "Taken back.", spent: Iterable[str] = (),
              place: str = "page") -> Done | None:
    """Undo an entry of a lead."""
    def undo(con: duckdb.DuckDBPyConnection, signature: desk.Signed, _: str) -> Done:
        return desk.undo(con, signature, number, reason)

    done = act(undo, lead, f"undo/{number}", said, spent, place)
    if done:
        st.session_state.pop(f"last-{lead}", None)
    return done


def look_again(lead: str) -> None:
    """The person has seen what others did: what is shown now counts."""
    st.session_state.pop(f"stale-{lead}", None)


def stale(lead: str) -> str | None:
    """What others did since the lead was shown, until the person says that they have looked."""
    return st.session_state.get(f"stale-{lead}")


def tell(lead: str | None = None) -> None:
    """What became of the last action: a toast, or one sentence with what to do."""
    if said := st.session_state.pop("toast", None):
        st.toast(said, icon=":material/check:")
    if lead and stale(lead):
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(CHANGED)
            words.line(text=stale(lead), quiet="Nothing that you typed is lost; the page shows the lead as it is now.")
            st.button("Look again", on_click=look_again, args=(lead,))
    refused("page")


def refuse(sentence: str, place: str) -> None:
    """Say at the next drawing of a place why something was not done."""
    st.session_state["refusal"] = (place, sentence)


def refused(place: str) -> None:
    """The sentence of a refusal, once, in its place."""
    found, sentence = st.session_state.get("refusal", (None, ""))
    if found == place:
        st.session_state.pop("refusal")
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(NOT_DONE)
            words.line(text=sentence)


def failed(lead: str) -> None:
    """In a dialog: why its action was not done, with the way on."""
    refused("dialog")
    if stale(lead):
        with st.container(border=True, gap="xsmall"):
            badges.badge(CHANGED)
            words.line(text=stale(lead), quiet="What you typed here is kept.")
            if st.button("Close and look again"):
                look_again(lead)
                modal.close()
                st.rerun()
