"""The leads behind one mark of a chart, below the charts of the Pipeline page; the mark stands in the URL."""

import datetime as dt
from collections.abc import Collection

import duckdb
import polars as pl
import streamlit as st

from core import days, pipeline, queue
from core.pipeline import Chosen, Pipeline, marks
from core.terms import catalogue
from pages.parts import badges, files, frame, grids, pipeline_charts, stories, words

SIZE = 20


def show(con: duckdb.DuckDBPyConnection, chosen: Chosen, found: Pipeline, shown: Collection[str], as_of: dt.datetime,
         day: dt.date | None, entry: int) -> None:
    """The choice of a mark, and its leads. shown: the charts that the person sees. day: a past one, None: now."""
    seen = {mark for name in shown for mark in getattr(found, name)["mark"].drop_nulls()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        mark = st.selectbox("Open the leads of", [one for one in found.marks if one in seen], index=None, key="rows",
                            bind="query-params", placeholder="Click on a mark above, or choose it here", width=520,
                            on_change=_first_page)
        if mark:
            st.button("Close", type="tertiary", on_click=_close)
    if mark:
        with st.container(border=True, gap="small"):
            _leads(con, chosen, found, mark, as_of, day, entry)


def _first_page() -> None:
    st.session_state["rows_page"] = 1


def _close() -> None:
    pipeline_charts.choose(None)
    st.session_state["closed"] = st.session_state.get("closed", 0) + 1


def _leads(con: duckdb.DuckDBPyConnection, chosen: Chosen, found: Pipeline, mark: str, as_of: dt.datetime,
           day: dt.date | None, entry: int) -> None:
    words.subheading(mark)
    past = stories.of_day(as_of, entry) if day else None
    number = grids.page_of("rows_page")
    rows, count = pipeline.rows(con, chosen, found.marks[mark], as_of, number, SIZE, past)
    if not count:
        st.text("No lead is behind this mark any more.")
        return
    first, last, pages = queue.span(number, SIZE, count)
    zones = days.zones(con)
    cells = pl.DataFrame([_cells(row, zones) for row in rows.to_dicts()])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{first:,}-{last:,} of {count:,} leads, the latest first", width="content")
        st.space("stretch")
        files.downloads(lambda: cells, "leads")
    column = st.column_config
    grids.opening(cells, cells["Lead"].to_list(), "rows", "The leads behind the mark", lambda lead: _open(lead, day),
                  most=SIZE, column_config={
                      "Submitted": column.DateColumn(format="D MMM YYYY", width=100),
                      "Lead": column.TextColumn(width=90), "Reason": column.TextColumn(width=240),
                      "Contact, company": column.TextColumn(width=260)})
    if pages > 1:
        st.pagination(pages, key="rows_page", bind="query-params")


def _cells(row: dict, zones: dict[str, str]) -> dict[str, object]:
    return {
        "Lead": row["lead"], "Contact, company": words.join(row["full_name"] or row["email"], row["company"], by=", "),
        "Program": catalogue().programs[row["program"]].short_name, "From": row["partner_name"],
        "Submitted": days.local_day(row["submitted_at"], zones[row["program"]]),
        "Disposition": badges.DISPOSITION[row["disposition"]].word,
        "Reason": marks.reason_name(row["reason"]) if row["reason"] else "—",
    }


def _open(lead: str, day: dt.date | None) -> None:
    st.page_link(frame.FILES["checklist"], label=f"Open {words.label(lead, 'this lead')}",
                 query_params={"lead": lead} | ({"as_of": day.isoformat()} if day else {}))
