"""The filters of the Pipeline page, bound to the URL: months of submission, program, partner, channel, and groups."""

import datetime as dt

import duckdb
import streamlit as st

from core import pipeline, queue
from core.pipeline import Chosen, marks
from core.terms import catalogue

MONTHS_SHOWN = 12
BY = {word: name for name, word in marks.DIMENSIONS.items()}


def _programs() -> dict[str, str]:
    return {one.short_name: one.id for one in catalogue().programs.values()}


def program() -> str | None:
    """The program that is chosen, before its filter is drawn."""
    return _programs().get(st.session_state.get("in_program", st.query_params.get("in_program")))


def by() -> str:
    """What groups are made by, before the choice is drawn."""
    said = st.session_state.get("by", st.query_params.get("by"))
    return BY.get(said, "program")


def ask_by() -> None:
    """The choice of what groups are made by."""
    st.radio("Groups by", list(BY), key="by", bind="query-params", horizontal=True, label_visibility="collapsed",
             on_change=forget_rows)


def forget_rows() -> None:
    """Other leads are counted: the mark that is open may not be there any more."""
    st.session_state["rows"] = None
    st.session_state["rows_page"] = 1


def ask(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, has_months: bool) -> Chosen:
    """Draw the filters; returns what is chosen. has_months: whether what is shown depends on months of submission."""
    months = {f"{month:%Y-%m}": month for month in pipeline.months(con, as_of)}
    first = last = None
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if has_months:
            first = _month("Came in from", "from_month", list(months), _first(list(months)))
            st.text("to", width="content")
            last = _month("Came in until", "to_month", list(months), len(months) - 1)
        chosen = _programs().get(_select("Program", "in_program", list(_programs()), "All programs", 190))
        partners = {f"{row['partner_name']} · {row['partner']}": row["partner"]
                    for row in queue.partners(con, chosen).to_dicts()}
        partner = partners.get(_select("Partner", "of_partner", list(partners), "All partners", 250))
        channels = {marks.channel_name(one): one for one in pipeline.channels(con)}
        channel = channels.get(_select("Channel", "channel", list(channels), "All channels", 180))
        st.space("stretch")
        st.toggle("As tables", key="tables", bind="query-params", help="Every chart as a table with the same figures")
    begin, end = months.get(first), months.get(last)
    if begin and end and begin > end:
        begin, end = end, begin
    return Chosen(chosen, partner, channel, begin, end)


def _month(label: str, key: str, months: list[str], place: int) -> str:
    return st.selectbox(label, months, index=place, key=key, bind="query-params", label_visibility="collapsed",
                        width=112, on_change=forget_rows)


def _select(label: str, key: str, options: list[str], placeholder: str, width: int) -> str | None:
    return st.selectbox(label, options, index=None, key=key, bind="query-params", placeholder=placeholder,
                        label_visibility="collapsed", width=width, on_change=forget_rows)


def _clear(months: list[str]) -> None:
    st.session_state.update({"in_program": None, "of_partner": None, "channel": None,
                             "from_month": months[_first(months)], "to_month": months[-1]})
    forget_rows()


def _first(months: list[str]) -> int:
    """The place of the month with which the page begins."""
    return max(len(months) - MONTHS_SHOWN, 0)


def nothing_found(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> None:
    """No lead came in under the filters: offer to take them off."""
    with st.container(border=True):
        st.text("No lead came in under these filters. Choose other months, or look at every program and partner.")
        months = [f"{month:%Y-%m}" for month in pipeline.months(con, as_of)]
        st.button("Take the filters off", on_click=_clear, args=(months,))
