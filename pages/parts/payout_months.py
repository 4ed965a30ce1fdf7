"""Months: what was booked and paid in each, which are closed, and the proof that everything adds up.

Called by the page Payouts.
"""

import datetime as dt

import duckdb
import polars as pl
import streamlit as st

from core import desk, inert, ledger, queue
from core.people import Person, may
from core.terms import catalogue
from pages.parts import badges, frame, modal, payout_dialogs, words

CLOSED, OPEN = badges.Look("Closed", "lock", "gray"), badges.Look("Open", "lock_open", "blue")
SHOWN = 6
"""Months of a program that are listed."""
SUMS = ("owed", "clawed_back", "void", "open", "paid", "difference")
LABELS = {"partner_name": "Partner", "program": "Program", "currency": "Currency", "period": "Month", "lines": "Lines",
          "owed": "Owed", "clawed_back": "Clawed back", "void": "No longer owed", "open": "Open", "paid": "Paid",
          "difference": "Difference"}


def show(con: duckdb.DuckDBPyConnection, acting: Person, as_of: dt.datetime) -> None:
    """The months of each program, then the proof by partner, program, currency and month."""
    found = ledger.months(con)
    if found.is_empty():
        with st.container(border=True):
            st.text("Nothing was booked yet, so there is no month to look at.")
        return
    main, aside = frame.main_and_aside()
    with main:
        _proof(con)
    with aside, frame.card("Months"):
        _months(con, acting, found, as_of)


def _months(con: duckdb.DuckDBPyConnection, acting: Person, found: pl.DataFrame, as_of: dt.datetime) -> None:
    seen, zones = desk.head(con).number, queue.zones(con)
    for program, one in catalogue().programs.items():
        rows = found.filter(pl.col("program") == program).to_dicts()
        if not rows:
            continue
        words.line(one.short_name)
        periods = list(dict.fromkeys(row["period"] for row in rows))
        for period in periods[:SHOWN]:
            closed = next(row["is_closed"] for row in rows if row["period"] == period)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                badges.badge(CLOSED if closed else OPEN, width=84)
                words.line(text=f"{period:%B %Y}", width="content")
                is_over = ledger.is_over(period, queue.local_day(as_of, zones[program]))
                if not closed and is_over and may(acting, "close_period", program) is None:
                    st.button("Close…", key=f"close-{program}-{period}", type="tertiary", on_click=modal.ask,
                              args=(payout_dialogs.close, program, period, seen))
        if len(periods) > SHOWN:
            words.quiet(f"and {len(periods) - SHOWN} before; closing a month closes those before it")


def _proof(con: duckdb.DuckDBPyConnection) -> None:
    found = ledger.reconcile(con)
    wrong = found.filter(pl.col("difference") != 0)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if wrong.is_empty():
            badges.badge(badges.Look("It adds up", "check_circle", "green"))
            words.line(text="Owed = paid + open + clawed back + no longer owed, for every partner, program, currency "
                            "and month.")
        else:
            badges.badge(badges.Look("It does not add up", "error", "red"))
            words.line(text=f"{wrong.height:,} rows differ. Run `python -m core verify` and look at the journal.")
    shown = (found if wrong.is_empty() else wrong).select(
        pl.col(name).alias(label) for name, label in LABELS.items())
    column = st.column_config
    st.dataframe(shown.head(500), hide_index=True, height=560, alt="The proof by partner, program, currency and month",
                 column_config={"Month": column.DateColumn(format="MMM YYYY")} | {
                     LABELS[name]: column.NumberColumn(format="accounting") for name in SUMS})
    st.download_button("All of it as CSV", lambda: inert.as_csv(shown), "reconciliation.csv", "text/csv",
                       on_click="ignore", icon=":material/download:", type="tertiary")
