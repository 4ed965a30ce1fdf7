"""Several leads ticked: what one action would do on each, and then what became of each. The desk takes them singly."""

from collections import Counter
from collections.abc import Callable

import duckdb
import streamlit as st

from core import desk, work
from core.desk import Done, reason_codes
from core.desk.decisions import is_explained
from core.people import Person
from core.reasons import labels
from core.terms import catalogue
from pages.parts import badges, database, modal, people, words

REFUSED = badges.Look("Not possible", "block", "orange")
DONE, NOT_DONE = badges.Look("Done", "check", "green"), badges.Look("Not done", "error", "red")


def show(con: duckdb.DuckDBPyConnection, acting: Person, leads: list[str]) -> None:
    """The card beside the table: what can be done with the ticked leads."""
    with st.container(border=True, gap="small"):
        st.subheader(f"{len(leads)} leads", anchor=False)
        rows = _preview(con, acting, leads, "claim")
        _say(rows, "taken")
        with st.container(horizontal=True, gap="small"):
            st.button("Take…", shortcut=modal.key("t"), type="primary", on_click=_open, args=("claim", acting, leads))
            st.button("Assign…", on_click=_open, args=("assign", acting, leads))
            st.button("Reject…", shortcut=modal.key("x"), on_click=_open, args=("reject", acting, leads))
        words.quiet("Each is asked again and done by itself; you see what became of every one.")


def _preview(con: duckdb.DuckDBPyConnection, acting: Person, leads: list[str], action: str) -> list[dict]:
    return work.preview(con, acting, leads, action, database.now())


def _say(rows: list[dict], done: str) -> list[dict]:
    """How many can be, and why not the others; returns those that can."""
    free = [row for row in rows if row["why_not"] is None]
    words.line(f"{len(free)} of {len(rows)} can be {done}.")
    for row in rows:
        if row["why_not"]:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                badges.badge(REFUSED)
                words.line(row["lead"], row["why_not"])
    return free


DIALOGS = {"claim": ("Take these leads", "Take", "taken"),
           "assign": ("Give these leads to somebody", "Assign", "given"),
           "reject": ("Reject these leads", "Reject", "rejected")}


def _open(action: str, acting: Person, leads: list[str]) -> None:
    rows = _preview(database.connection(), acting, leads, action)  # the versions that were shown, not those at the end
    if action == "reject":
        rows = _of_one_program(rows)
    st.session_state.pop("bulk", None)
    modal.ask(_ask, action, rows)


def _ask(action: str, rows: list[dict]) -> None:
    title, verb, done = DIALOGS[action]

    @modal.dialog(title, width="medium")
    def ask() -> None:
        if results := st.session_state.get("bulk"):
            _results(results)
            return
        with st.form(f"bulk-{action}", border=False):
            free = _say(rows, done)
            arguments = {"claim": dict, "assign": _person, "reject": lambda: _reason(free)}[action]()
            is_sent = st.form_submit_button(f"{verb} {len(free)}", type="primary", shortcut="Ctrl+Enter",
                                            disabled=not free)
        if is_sent and None in arguments.values():
            words.line("Choose first:", "one field is still empty.")
        elif is_sent:
            _do(getattr(desk, action), action, free, arguments)
            st.rerun(scope="fragment")

    ask()


def _of_one_program(rows: list[dict]) -> list[dict]:
    """Reasons are clauses, so leads of one program are rejected together: that of the first."""
    own = rows[0]["program"]
    return [row if row["program"] == own else row | {"why_not": "It is of another program, with other reasons."}
            for row in rows]


def _person() -> dict[str, str | None]:
    names = words.apart({row["id"]: row["name"] for row in work.holders(database.connection(), database.now())})
    return {"person": st.selectbox("Who works on them", list(names), index=None, format_func=names.__getitem__,
                                   placeholder="Choose a person", required=True)}


def _reason(rows: list[dict]) -> dict[str, str | None]:
    if not rows:
        return {}
    program = catalogue().programs[rows[0]["program"]]
    codes = reason_codes(program)
    code = st.selectbox("Reason", list(codes), index=None, placeholder="Choose the clause", required=True,
                        format_func=labels(codes).__getitem__)
    text = st.text_area(f"Explanation{'' if is_explained(program) else ' (may be left out)'}", height=110,
                        placeholder=f"In words that the {program.partner_word} may read")
    return {"code": code, "explanation": text}


def _do(action: Callable[..., Done], name: str, rows: list[dict], arguments: dict) -> None:
    signature = people.signed(f"bulk/{name}/{[(row['lead'], row['version']) for row in rows]}", None)
    bar = st.progress(0.0)
    found = desk.each(database.connection(), signature, action,
                      [(row["lead"], row["version"], arguments) for row in rows],
                      lambda done, of: bar.progress(done / of, f"{done} of {of} leads {DIALOGS[name][2]}"))
    st.session_state["bulk"] = [(one.lead, one.refusal and str(one.refusal)) for one in found]


def _results(results: list[tuple[str, str | None]]) -> None:
    counts = Counter(refusal is None for _, refusal in results)
    words.line(f"{counts[True]} of {len(results)} are done.")
    for lead, refusal in results:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            badges.badge(NOT_DONE if refusal else DONE)
            words.line(lead, refusal or "")
    if st.button("Close", type="primary", shortcut="Ctrl+Enter"):
        modal.close()
        st.rerun()
