"""What every page has: its title row, its empty states, the note on sample data, and where links lead."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import past, work
from core.people import Person
from core.people.pages import may_open, pages
from core.queue import Filters
from core.terms import Clause
from pages.parts import ahead, modal, presence, stories, words

ROOT = Path(__file__).resolve().parents[2]
FILES = {name: str(ROOT / "pages" / f"{name}.py") for name in pages()}
"""The script of every page, in the order of the navigation."""
TITLES = {name: row.title for name, row in pages().items()}


def title(name: str, caption: str) -> None:
    """The page's title and one caption of our own words."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(name, anchor=False, width="content")
        st.caption(caption, width="content")


def main_and_aside() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Two thirds and one third of the width; one under the other where it is narrow."""
    grid = st.grid(3, min_column_width=344, gap="medium")
    return grid.cell(column_span=2), grid.cell()


def no_leads(acting: Person) -> None:
    """Nothing is stored, or nothing is evaluated yet: where leads come from, for who may bring them in."""
    with st.container(border=True):
        st.subheader("There are no leads yet", anchor=False)
        if may_open(acting, "intake") is None:
            st.text("Bring in a file of another system, such as a Salesforce, HubSpot or Pipedrive export.")
            if st.button(TITLES["intake"], icon=":material/upload_file:", type="primary"):
                st.switch_page(FILES["intake"])
        st.text("From the command line, a file or made-up leads to look around with:")
        core = ".venv/bin/python -m core"
        st.code(f"{core} import FILE --program cerri|raf|ptr\n{core} sample --leads 2000", language=None)
        st.caption("Stop the dashboard for that: only one program at a time can write to the database.")


@contextlib.contextmanager
def card(name: str) -> Iterator[None]:
    """A framed block with a heading."""
    with st.container(border=True, gap="xsmall"):
        st.subheader(name, anchor=False)
        yield


@contextlib.contextmanager
def section(name: str) -> Iterator[None]:
    """A heading with its list, without a frame."""
    st.subheader(name, anchor=False)
    with st.container(gap="xsmall"):
        yield


def popover(label: str, key: str, draw: Callable[..., None], *args: object) -> None:
    """A popover whose content is drawn and sent once it is open: most of a page's are never opened. args: what is
    drawn."""
    with st.container(width="content"):  # a fragment alone takes as much of a row as what stands beside it
        _popover(label, key, draw, args)


@st.fragment
def _popover(label: str, key: str, draw: Callable[..., None], args: tuple) -> None:
    with st.popover(label, key=key, on_change="rerun") as own:
        if own.open:
            with ahead.answering():
                draw(*args)


def clause(one: Clause, key: str) -> None:
    """A clause in our words, one click away."""
    popover(one.id, f"clause-{key}", _clause, one)


def _clause(one: Clause) -> None:
    st.subheader(one.heading, anchor=False)
    st.caption(one.id)
    st.markdown(one.paraphrase)
    st.page_link(FILES["terms"], label="In the terms", icon=":material/menu_book:",
                 query_params={"program": one.program, "clause": one.id})


def back_to_queue() -> None:
    """The way to the queue as it was left."""
    if st.button("Queue", icon=":material/arrow_back:", type="tertiary", shortcut=modal.key("l")):
        st.switch_page(FILES["triage"], query_params=st.session_state.get("queue_query", {}))


def next_lead(con: duckdb.DuckDBPyConnection, acting: Person, as_of: dt.datetime, after: str | None = None,
              within: Filters | None = None) -> None:
    """On to the next lead that nobody else works on or has open; of the queue as it was left, or within these filters.
    """
    chosen = replace(within or st.session_state.get("queue_chosen", work.EVERY), person=None)
    find = partial(work.next_lead, con, acting, as_of, after, presence.of_others(), chosen)
    ahead.read(lambda: stories.look_ahead(find()))
    if st.button("Next lead", icon=":material/arrow_forward:", icon_position="right", type="tertiary",
                 shortcut=modal.key("n")):
        if found := find():
            st.switch_page(FILES["checklist"], query_params={"lead": found})
        where = "" if chosen == work.EVERY else " in this queue"
        st.toast(f"No undecided lead is left{where} that nobody works on or has open.", icon=":material/check:")


def no_such_lead(name: str) -> None:
    """No lead was named, or there is none of that name."""
    with st.container(border=True):
        if name:
            st.text(f"There is no lead ‘{name}’. Check the id, or search for the name in the queue.")
        else:
            st.text("No lead is chosen. Pick one in the queue; it opens here.")
        back_to_queue()


def not_yet(submitted: str) -> None:
    """The lead came in after the day that is shown."""
    with st.container(border=True):
        st.text(f"This lead was submitted on {submitted}. On the day you chose it was not there yet.")


def sample_note(totals: dict[str, int], *verbs: Callable[[], None]) -> None:
    """Say so where leads are made up; last on the page, so that it never pushes work down. verbs: draw buttons."""
    made_up = totals["sample_leads"]
    if not made_up:
        return
    share = "All leads are" if made_up == totals["leads"] else f"{made_up:,} of {totals['leads']:,} leads are"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/science: **{share} sample data.** The people, companies and partners are made up.")
        st.space("stretch")
        for verb in verbs:
            verb()


def too_many_leads() -> None:
    """A past day would be evaluated for too many leads while somebody waits."""
    with st.container(border=True):
        st.text(f"A past day is shown for up to {past.MOST_LEADS:,} leads. A single lead can be seen as of any day.")


def open_lead(lead: str, key: str | None = None) -> None:
    """A link to one lead. key: where it stands on the checklist itself, where a link would look like the open page."""
    label = f"Open {words.label(lead, 'this lead')}"
    if key is None:
        st.page_link(FILES["checklist"], label=label, query_params={"lead": lead})
    elif st.button(label, key=f"{key}-{lead}"):
        st.switch_page(FILES["checklist"], query_params={"lead": lead})


def open_match(near_match: str, key: str, label: str = "Compare look-alikes") -> None:
    """The way to the question about two records that may be the same. key: where it stands."""
    if st.button(label, key=f"{key}-{near_match}", type="tertiary", icon=":material/compare:"):
        st.switch_page(FILES["matches"], query_params={"match": near_match})
