"""The swim lanes of a case, and the same as a table and a file."""

import datetime as dt

import polars as pl
import streamlit as st

from core import days
from core.charts.lanes import NO_LEAD, PICK, lanes
from core.conflicts import Case
from core.conflicts.marks import marks
from pages.parts import files, frame, grids, words

WRITTEN = "%-d %b %Y, %H:%M"


@st.cache_resource(max_entries=100, ttl=3600, show_spinner=False)  # not copied: nobody writes to a drawing
def _drawn(lead: str, as_of: dt.datetime, entry: int, mode: str | None, _case: Case
           ) -> tuple[dict, pl.DataFrame, int]:
    """The chart as Vega-Lite takes it, its marks, and how many parties have no lane."""
    del lead, entry
    found, names, left_out = marks(_case, as_of)
    chart = lanes(found, names, days.local_moment(as_of, _case.story.zone), mode)
    return chart.to_dict(validate=False), found, left_out  # written by us: looking it over takes longer than drawing


def show(case: Case, as_of: dt.datetime, entry: int) -> None:
    """The chart with everything that it shows as rows below. entry: the last one of the journal."""
    spec, found, left_out = _drawn(case.lead, as_of, entry, st.context.theme.type, _case=case)
    words.quiet("A click on a mark opens its lead.")
    picked = st.vega_lite_chart(spec=spec, theme=None, width="stretch", key="lanes", alt=_finding(case, found),
                                on_select="rerun", selection_mode=PICK)["selection"].get(PICK)
    if picked and picked[0]["lead"] != NO_LEAD:
        st.switch_page(frame.FILES["checklist"], query_params={"lead": picked[0]["lead"]})
    if left_out:
        words.quiet(f"{left_out:,} more {'party' if left_out == 1 else 'parties'} of this organization are left out; "
                    "those of the question stand here.")
    rows = found.select(
        Lane="lane", What="what", From=pl.col("begins_at").dt.strftime(WRITTEN),
        Until=pl.col("ends_at").dt.strftime(WRITTEN), Clause="clause", Lead="lead", Who="partner")
    with st.expander("The lanes as a table"):
        grids.shown(rows, "Every mark of the chart, the earliest first")
        files.downloads(lambda: rows, case.lead)
        st.caption(f"Instants by the clock of {case.story.zone}.")


def _finding(case: Case, found: pl.DataFrame) -> str:
    """What the chart says, for those who do not see it."""
    count = len({one.partner for one in case.parties})
    holder = f"{case.holder.partner_name} holds it" if case.holder else "nobody holds it"
    return (f"{count} {'partner' if count == 1 else 'partners'} claimed {case.company}; {holder}. "
            f"{found.height} marks, all in the table below.")


