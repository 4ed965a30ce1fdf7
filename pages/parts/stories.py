"""What takes long to compute, kept in memory until the next change: one lead explained, all of a past day,
look-alikes, counts."""

import datetime as dt

import duckdb
import streamlit as st

from core import past, queue, similar
from core.evaluation import Evaluation
from pages.parts import database


@st.cache_resource(max_entries=300, ttl=3600, show_spinner=False)  # not copied: stories are frozen
def story(lead: str, as_of: dt.datetime, entry: int) -> queue.Story | None:
    """A lead as of an instant. entry: the last one of the journal, so that no change is answered by what was before."""
    del entry
    return queue.story(database.connection(), lead, as_of)


@st.cache_resource(max_entries=3, ttl=3600, show_spinner="Every lead is evaluated as of that day…")
def of_day(as_of: dt.datetime, entry: int) -> Evaluation | None:
    """Every lead as of a past day; None where there are too many. entry: the last one of the journal."""
    del entry
    return past.of_day(database.connection(), as_of)


@st.cache_resource(max_entries=2, show_spinner=False)
def _look_alikes(until: str) -> list[str]:
    del until
    return similar.look_alikes(database.connection())


def look_alikes(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Leads whose person or company may be the same as another, where nobody has said."""
    return _look_alikes(similar.look_alikes_until(con))


@st.cache_resource(max_entries=200, ttl=3600, show_spinner=False)
def counts(as_of: dt.datetime, chosen: queue.Filters, entry: int) -> queue.Counts:
    """How many leads there are under the filters. entry: the last one of the journal."""
    del entry
    con = database.connection()
    return queue.counts(con, as_of, chosen, look_alikes(con))


def header(con: duckdb.DuckDBPyConnection, lead: str) -> dict | None:
    """Who a lead is about."""
    return queue.header(con, lead)


def local_day(told: queue.Story, instant: dt.datetime) -> dt.date:
    """The day of an instant in the time zone of the lead's program."""
    return queue.local_day(instant, told.zone)
