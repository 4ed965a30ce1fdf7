"""The first look around: five sample leads, one sentence each; dismissed for this visit, and taken again on demand.
And the way to clear the sample away."""

import duckdb
import streamlit as st

from core import desk, home
from core.model import Refusal
from core.people import Person, may
from pages.parts import acts, database, frame, modal, people, words

KEY = "tour"


def is_shown(con: duckdb.DuckDBPyConnection, acting: Person) -> bool:
    """Whether the tour is open: at first for whoever never did anything here."""
    return st.session_state.get(KEY, home.is_new_here(con, acting))


def show(con: duckdb.DuckDBPyConnection) -> None:
    """The leads of the tour, each with what it shows."""
    found = home.tour(con)
    if not found:
        return
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"A first look: {len(found)} leads of the sample", anchor=False)
            st.space("stretch")
            st.button("Dismiss", type="tertiary", on_click=st.session_state.__setitem__, args=(KEY, False))
        for place, (lead, sentence) in enumerate(found, start=1):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                words.line(f"{place}.", sentence)
                frame.open_lead(lead)


def take(con: duckdb.DuckDBPyConnection, acting: Person) -> None:
    """The button that opens it again."""
    if not is_shown(con, acting):
        st.button("Take the tour", on_click=st.session_state.__setitem__, args=(KEY, True))


def clear(acting: Person, leads: int) -> None:
    """The button that clears the sample away, for whom the desk lets do it."""
    if may(acting, "clear_sample", None) is None:
        st.button("Clear sample…", type="tertiary", on_click=modal.ask, args=(ask_to_clear, leads))


@modal.dialog("Clear the sample away")
def ask_to_clear(leads: int) -> None:
    """What goes and what stays, and the step itself."""
    st.text(f"{leads:,} sample leads go, with their contacts, companies, partners and all that happened to them. Your "
            "own leads stay, and so do the people of the sample: they act here. It cannot be taken back.")
    acts.refused("dialog")
    if st.button("Clear the sample", type="primary", shortcut="Ctrl+Enter"):
        con = database.connection()
        try:
            with st.spinner("The sample is cleared away…"):
                done = desk.clear_sample(con, people.signed("clear_sample", desk.head(con).number))
        except Refusal as refusal:
            acts.refuse(str(refusal), "dialog")
        else:
            st.session_state["toast"] = f"Cleared: {done.after['leads']:,} sample leads are gone."
            modal.close()
        st.rerun()
