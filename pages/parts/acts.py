"""One action of the desk from a button: what version was on the screen, what became of it, and what to say then.

Called by the parts that hold verbs. Decides nothing: whether an action is allowed is the desk's to say.
"""

from collections.abc import Callable, Iterable

import duckdb
import streamlit as st

from core import desk
from core.desk import Done, Stale
from core.model import Refusal
from pages.parts import badges, database, people, words

CHANGED = badges.Look("Changed meanwhile", "sync_problem", "orange")
NOT_DONE = badges.Look("Not done", "error", "red")
LOOK_FIRST = "Somebody changed this lead meanwhile. Look again first."


def seen(con: duckdb.DuckDBPyConnection, lead: str) -> int:
    """The version of a lead that is on the screen: read before the rest of the page, and kept until the next drawing.

    After somebody else's change it stays what it was until the person says that they have looked.
    """
    if f"stale-{lead}" not in st.session_state:
        st.session_state[f"version-{lead}"] = desk.version(con, lead)
    for key in st.session_state.pop("spent", []):
        st.session_state.pop(key, None)
    return st.session_state[f"version-{lead}"]


def act(action: Callable[..., Done], lead: str, what: str, said: str, spent: Iterable[str] = (),
        **arguments: object) -> bool:
    """Do an action on the version that was shown; whether it was done.

    what: tells this offer from others on the same lead. said: our own words for the toast. spent: keys of the fields
    that are empty again once it is done; until then nothing that was typed is lost.
    """
    for key in ("refusal", f"stale-{lead}"):
        st.session_state.pop(key, None)
    try:
        signature = people.signed(f"{lead}/{what}", st.session_state[f"version-{lead}"])
        done = action(database.connection(), signature, lead, **arguments)
    except Stale as stale:
        st.session_state[f"stale-{lead}"] = str(stale)
        return False
    except Refusal as refusal:
        st.session_state["refusal"] = str(refusal)
        return False
    st.session_state["spent"] = [*st.session_state.get("spent", []), *spent]
    st.session_state["toast"] = said
    st.session_state[f"last-{lead}"] = (done.number, said)
    return True


def take_back(lead: str, number: int, reason: str, said: str = "Taken back.", spent: Iterable[str] = ()) -> bool:
    """Undo an entry of a lead."""
    def undo(con: duckdb.DuckDBPyConnection, signature: desk.Signed, _: str) -> Done:
        return desk.undo(con, signature, number, reason)

    is_done = act(undo, lead, f"undo/{number}", said, spent)
    if is_done:
        st.session_state.pop(f"last-{lead}", None)
    return is_done


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
    refused()


def refused() -> None:
    """The sentence of a refusal, once."""
    if sentence := st.session_state.pop("refusal", None):
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(NOT_DONE)
            words.line(text=sentence)


def failed(lead: str) -> None:
    """In a dialog: why its action was not done, with the way on."""
    refused()
    if stale(lead):
        with st.container(border=True, gap="xsmall"):
            badges.badge(CHANGED)
            words.line(text=stale(lead), quiet="What you typed here is kept.")
            if st.button("Close and look again"):
                look_again(lead)
                st.rerun()
