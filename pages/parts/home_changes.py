"""What changed since a person was last here: a short list on the Home page, and all of it in a dialog."""

import datetime as dt

import duckdb
import streamlit as st

from core import days
from core.home import Changes
from pages.parts import database, dates, frame, modal, words

SHORT = 6


def caption(told: Changes, zones: dict[str, str]) -> str:
    """Since when, by the clock of the first program."""
    zone = next(iter(zones.values()))
    at = days.local_moment(told.since, zone)
    if told.was_here:
        return f"Since your last step here, {dates.day(at.date())} {at:%H:%M}"
    return "In the last 24 hours; you have done nothing here yet"


def show(con: duckdb.DuckDBPyConnection, told: Changes, now: dt.datetime) -> None:
    """The latest changes, each with who made it or that time did."""
    zones = days.zones(con)
    st.subheader("What changed", anchor=False)
    st.caption(caption(told, zones))
    if not told.rows:
        st.text("Nothing: nobody changed a lead, and no deadline passed.")
    for row in told.rows[:SHORT]:
        _line(row, zones, now)
    if told.count > SHORT:
        st.button(f"All {told.count:,} changes", type="tertiary", on_click=modal.ask, args=(everything, told, now))


@modal.dialog("What changed", width="large")
def everything(told: Changes, now: dt.datetime) -> None:
    """Every change that is told of, with the way to its lead."""
    zones = days.zones(database.connection())
    shown = len(told.rows)
    st.caption(caption(told, zones) + (f"; the latest {shown} of {told.count:,}" if told.count > shown else ""))
    for place, row in enumerate(told.rows):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch"):
                _line(row, zones, now)
            if row["lead"]:
                frame.open_lead(row["lead"], key=f"change-{place}")


def _line(row: dict, zones: dict[str, str], now: dt.datetime) -> None:
    zone = zones.get(row["program"], next(iter(zones.values())))
    at = dates.short(days.local_moment(row["recorded_at"], zone), days.local_day(now, zone))
    with st.container(gap=None):
        if row["is_by_time"]:
            words.line("By time:", f"{row['sentence']}.")
        else:
            words.line(row["person_name"], f"{row['sentence']}.")
        words.quiet(words.join(row["company"], row["lead"], at), exact=dates.exact(row["recorded_at"], zone))
