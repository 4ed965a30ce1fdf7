"""The settings of a program by date, what its text leaves open, and the way to change a setting.

Called by the page Terms. Who may only look sees no button.
"""

from collections.abc import Callable

import duckdb
import streamlit as st

from core import desk, in_force
from core.desk.terms import program_of
from core.in_force import Dated, Question
from core.people import Person, directory, may
from pages.parts import badges, database, frame, modal, terms_change, terms_values, words

UNKNOWN = badges.Look("Not known", "help", "yellow")
BLOCKS = badges.Look("Blocks", "block", "orange")


def ask() -> str:
    """What is looked for among the settings."""
    return st.text_input("Find a setting", key="setting", bind="query-params", icon=":material/search:", width=300,
                         placeholder="Name, clause or a word of it", label_visibility="collapsed")


def show(con: duckdb.DuckDBPyConnection, acting: Person, dated: list[Dated], is_now: bool, sees_leads: bool) -> None:
    """What is not known first, then the program's own, then what every program shares."""
    if not dated:
        words.line(text="No setting matches. Look for another word, or empty the field.")
    lines = in_force.blocked_lines(con) if is_now and sees_leads else {}
    names = directory.names(con)
    empty = [one for one in dated if one.value is None]
    known = [one for one in dated if one.value is not None]
    own, shared = ([one for one in known if (program_of(one.setting.name) is None) is is_shared]
                   for is_shared in (False, True))
    for heading, some in (("Not known yet", empty), ("Of this program", own), ("Of every program", shared)):
        if some:
            st.subheader(heading, anchor=False)
            with st.container(gap="small"):
                for one in some:
                    _setting(acting, one, names, lines.get(one.setting.blocks, 0), is_now)


def _setting(acting: Person, one: Dated, names: dict[str, str], blocked: int, is_now: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"setting-{one.setting.name}"):
        with st.container(gap=None, width="stretch"):
            _value(one, blocked)
            words.line(text=one.setting.meaning)
            later, clause = terms_values.later(one), one.setting.clause
            is_named = clause == "general" or (one.current is not None and one.current.source == clause)
            words.quiet(words.join(
                terms_values.source(one.current, names), one.current and terms_values.since(one.current),
                None if is_named else clause, later and f"Then: {later}"))
        if one.other_entries:
            frame.popover("Dates", f"dates-{one.setting.name}", _dates, one, names)
        if is_now:
            _change(acting, one, "list")


def _value(one: Dated, blocked: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if one.value is None:
            badges.badge(UNKNOWN)
        else:
            words.line(terms_values.said(one.setting, one.value), width="content")
        words.quiet(one.setting.name, width="content")
        if blocked:
            badges.badge(BLOCKS, f"{blocked:,} payout {'line waits' if blocked == 1 else 'lines wait'} for it")


def _dates(one: Dated, names: dict[str, str]) -> None:
    """Every value the setting has had or will have, the latest first."""
    for entry in reversed(one.entries):
        words.line(terms_values.said(one.setting, entry.value), terms_values.since(entry),
                   words.join(terms_values.source(entry, names), "in force" if entry is one.current else None))


def _change(acting: Person, one: Dated, place: str) -> None:
    if may(acting, "set_setting", program_of(one.setting.name)) is None:
        st.button("Change…", key=f"change-{place}-{one.setting.name}", type="tertiary",
                  help=f"Set {one.setting.name} from a day on", on_click=_open, args=(one,))


    if one.last_set and may(acting, "take_back_setting", program_of(one.setting.name)) is None:
        st.button("Take back…", key=f"take-back-{place}-{one.setting.name}", type="tertiary",
                  help=f"Take back what was set last of {one.setting.name}", on_click=_open,
                  args=(one, terms_change.take_back))


def _open(one: Dated, draw: Callable[[Dated, int], None] = terms_change.change) -> None:
    terms_change.forget()
    modal.ask(draw, one, desk.head(database.connection()).number)


def questions(con: duckdb.DuckDBPyConnection, acting: Person, found: list[Question], is_now: bool) -> None:
    """What the text leaves open: the question, how it is read, and the settings that decide it."""
    names = directory.names(con)
    with st.container(gap="medium"):
        for question in found:
            with st.container(gap="xxsmall", key=f"question-{question.ambiguity.id}"):
                _question(acting, question, names, is_now)


def _question(acting: Person, question: Question, names: dict[str, str], is_now: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badges.badge(badges.READING, f"Reading {question.ambiguity.id}", width=128)
        words.line(question.ambiguity.question, width="stretch")
    is_ours = all(one.current is None or one.current.recorded_at is None for one in question.settings)
    words.line(first="Read so:" if is_ours else "Unless set otherwise:", text=question.ambiguity.reading,
               quiet=", ".join(clause.id for clause in question.clauses))
    if not question.settings:
        words.quiet("No setting changes this; a person decides single cases.")
    for one in question.settings:
        is_set = one.current is not None and one.current.recorded_at is not None
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            others = [choice for choice in one.setting.choices if choice != one.value]
            words.line(first=one.setting.name, strong=terms_values.said(one.setting, one.value),
                       text=f"or {', '.join(others)}" if others else "",
                       quiet=terms_values.source(one.current, names) if is_set else "", width="content")
            if is_now:
                _change(acting, one, question.ambiguity.id)
