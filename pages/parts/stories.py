"""One lead explained, kept in memory: it takes most of a second and is the same until the next evaluation."""

import datetime as dt

import duckdb
import streamlit as st

from core import queue
from pages.parts import database


@st.cache_resource(max_entries=300, ttl=3600, show_spinner=False)  # not copied: stories are frozen
def story(lead: str, as_of: dt.datetime, entry: int) -> queue.Story | None:
    """A lead as of an instant. entry: the last one of the journal, so that no change is answered by what was before."""
    del entry
    return queue.story(database.connection(), lead, as_of)


def header(con: duckdb.DuckDBPyConnection, lead: str) -> dict | None:
    """Who a lead is about."""
    return queue.header(con, lead)


def local_day(told: queue.Story, instant: dt.datetime) -> dt.date:
    """The day of an instant in the time zone of the lead's program."""
    return queue.local_day(instant, told.zone)
