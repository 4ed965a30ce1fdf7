"""What takes long to compute, kept in memory until the next change: one lead explained, all of a past day."""

import datetime as dt

import duckdb
import streamlit as st

from core import days, desk, hints, past, queue, review
from core.evaluation import Evaluation
from pages.parts import database


@st.cache_resource(max_entries=300, ttl=3600, show_spinner=False)  # not copied: stories are frozen
def story(lead: str, as_of: dt.datetime, entry: int) -> review.Story | None:
    """A lead as of an instant. entry: the last one of the journal, so that no change is answered by what was before."""
    del entry
    return review.story(database.connection(), lead, as_of)


def look_ahead(lead: str | None) -> None:
    """Read what the checklist of a lead asks now."""
    con = database.connection()
    as_of = queue.shown_as_of(con)
    if lead is not None and as_of is not None and story(lead, as_of, desk.head(con).number):
        review.timeline(con, lead, as_of)
        hints.hints(con, lead, as_of)


@st.cache_resource(max_entries=3, ttl=3600, show_spinner="Every lead is evaluated as of that day…")
def of_day(as_of: dt.datetime, entry: int) -> Evaluation | None:
    """Every lead as of a past day; None where there are too many. entry: the last one of the journal."""
    del entry
    return past.of_day(database.connection(), as_of)


def header(con: duckdb.DuckDBPyConnection, lead: str) -> dict | None:
    """Who a lead is about."""
    return review.header(con, lead)


def local_day(told: review.Story, instant: dt.datetime) -> dt.date:
    """The day of an instant in the time zone of the lead's program."""
    return days.local_day(instant, told.zone)
