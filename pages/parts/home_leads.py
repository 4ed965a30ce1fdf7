"""The leads of the Home page whose last day comes first, and the way to all of them."""

import datetime as dt
from functools import partial

import duckdb
import streamlit as st

from core import kept, queue
from pages.parts import ahead, badges, frame, words

SHORT = 5


def show(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, undecided: int) -> None:
    """At most five leads that something is due of. undecided: how many there are in all."""
    first = queue.page(con, as_of, queue.Filters(due="any"), 1, SHORT).to_dicts()
    if not first:
        st.text("Nothing has a last day. The queue holds what waits without one.")
        return
    ahead.read(partial(kept.explain_ahead, con, [row["lead"] for row in first], as_of))
    with st.container(border=True, gap="small"):
        for row in first:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                badges.badge(badges.due(row["days_left"]), width=130)
                company = row["company"] or row["full_name"] or row["lead"]
                with st.container(gap=None, width="stretch"):
                    words.line(f"{company}, from {row['partner_name']}")
                    words.quiet(badges.what_is_due(row["due_clock"], row["days_left"], row["due_on"], row["needs"]))
                frame.open_lead(row["lead"])
    if st.button(f"All {undecided:,}", icon=":material/arrow_forward:", icon_position="right"):
        st.switch_page(frame.FILES["triage"], query_params={"queue": "All open"})
