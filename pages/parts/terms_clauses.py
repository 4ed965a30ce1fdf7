"""The choice of a program and of a part of its terms, and its clauses to read, one of them open.

Called by the page Terms. A link names a clause (`?program=&clause=`): it then stands open above the others.
"""

import streamlit as st

from core.in_force import Dated
from core.terms import Clause, Program, catalogue
from pages.parts import badges, terms_values, words

KINDS = {
    "definition": "Defines", "human": "A person judges", "computed": "Facts decide", "disqualifier": "Excludes",
    "clock": "Clock", "discretion": "Discretion", "ownership": "Ownership", "reward": "Reward", "payment": "Payment",
    "payee": "Payee details", "process": "Procedure", "notification": "Notice", "info": "For information",
    "gap": "Not in the text", "external": "In other documents",
}
WIDE = 900
"""Pixels of a line that one still reads with ease."""
OPEN = "open-clause"
OF_PROGRAM = ("clause", "criterion", "verdict")
"""Names in the address that mean something in one program alone."""


def of_address() -> str:
    """The program that the address names, else the first."""
    named = st.query_params.get("program")
    return named if named in catalogue().programs else next(iter(catalogue().programs))


def ask_program(program: Program) -> None:
    """The programs to choose from, bound to the address by their ids."""
    programs = catalogue().programs
    st.session_state["terms_program"] = program.id
    st.radio("Program", list(programs), key="terms_program", horizontal=True, label_visibility="collapsed",
             format_func=lambda one: programs[one].short_name, on_change=_choose_program)


def _choose_program() -> None:
    for name in OF_PROGRAM:
        st.query_params.pop(name, None)
    st.query_params["program"] = st.session_state["terms_program"]


def ask_part(counts: dict[str, int]) -> str:
    """The parts of the page with how much each holds; returns the chosen one."""
    return st.radio("Part", list(counts), key="part", bind="query-params", horizontal=True,
                    label_visibility="collapsed", captions=[f"{number:,}" for number in counts.values()])


def show(program: Program, dated: dict[str, Dated]) -> None:
    """The clauses in the order of the text. The one of a link stands above them, one that is opened here in place."""
    named = program.clauses.get(st.query_params.get("clause", ""))
    opened_here = named is not None and st.session_state.get(OPEN) == named.id
    if named is not None and not opened_here:
        _clause(program, named, dated, is_open=True, place="link")
    elif named is None and "clause" in st.query_params:
        words.quiet("There is no such clause in this program; here are all.")
    with st.container(gap="small"):
        for clause in program.clauses.values():
            _clause(program, clause, dated, is_open=opened_here and clause is named, place="list")


def choose(clause: str | None) -> None:
    """Open a clause where it stands, or close it."""
    if clause is None:
        st.query_params.pop("clause", None)
    else:
        st.query_params["clause"] = clause
    st.session_state[OPEN] = clause


def _clause(program: Program, clause: Clause, dated: dict[str, Dated], is_open: bool, place: str) -> None:
    with st.container(border=is_open, gap="xxsmall", key=f"clause-{place}-{clause.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words.line(clause.heading, quiet=clause.id, width="content")
            badges.badge(badges.Look(KINDS[clause.kind], "article", "gray"))
            st.space("stretch")
            st.button("Close" if is_open else "More", key=f"more-{place}-{clause.id}", type="tertiary",
                      help=f"{'Close' if is_open else 'What rests on'} {clause.id}", on_click=choose,
                      args=(None if is_open else clause.id,))
        words.line(text=clause.paraphrase, width=WIDE)
        if is_open:
            with st.container(gap="small", width=WIDE):
                _rests_on(program, clause, dated)


def _rests_on(program: Program, clause: Clause, dated: dict[str, Dated]) -> None:
    """Who decides, the criteria and settings of a clause, and what it leaves open."""
    who = [badges.WHO.get(one, one) for one in clause.decides]
    words.quiet(f"Decided by {' and '.join(who)}." if who else "Nobody decides this: it only defines.")
    for criterion in program.criteria.values():
        if clause.id in criterion.clauses:
            words.line(first="Criterion", strong=criterion.label, text=criterion.question)
    for one in dated.values():
        if one.setting.clause == clause.id:
            words.line(first="Setting", strong=terms_values.said(one.setting, one.value), text=one.setting.meaning,
                       quiet=one.setting.name)
    for name in clause.ambiguities:
        question = catalogue().ambiguities[name]
        with st.container(gap="xxsmall"):
            badges.badge(badges.READING, f"Reading {name}")
            words.line(text=question.question)
            words.line(first="Unless a setting says otherwise:", text=question.reading)
