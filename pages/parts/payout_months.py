"""Months: what was booked and paid in each, which are closed, and the proof that everything adds up.

Called by the page Payouts.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import days, desk, ledger, queue
from core.people import Person, may
from core.terms import catalogue
from pages.parts import badges, files, frame, grids, modal, payout_dialogs, payout_lines, words

CLOSED, OPEN = badges.Look("Closed", "lock", "gray"), badges.Look("Open", "lock_open", "blue")
SHOWN = 4
"""Months of a program that are listed."""
SIZE = 20
SUMS = ("owed", "clawed_back", "void", "open", "paid", "difference")
LABELS = {"partner_name": "Partner", "program": "Program", "currency": "Currency", "period": "Month", "lines": "Lines",
          "owed": "Owed", "clawed_back": "Clawed back", "void": "No longer owed", "open": "Open", "paid": "Paid",
          "difference": "Difference"}


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """The months of each program, then the proof: by program, and by partner and month."""
    found = ledger.months(con)
    if found.is_empty():
        with st.container(border=True):
            st.text("Nothing was booked yet, so there is no month to look at.")
        return
    seen, zones = desk.head(con).number, days.zones(con)
    programs = [one for one in catalogue().programs if one in found["program"]]
    with st.grid(len(programs), min_column_width=300, gap="small"):
        for program in programs:
            with frame.card(catalogue().programs[program].short_name):
                own = found.filter(pl.col("program") == program)
                _months(acting, own, days.local_day(as_of, zones[program]), seen)
    _proof(con)


def _months(acting: Person | None, rows: pl.DataFrame, today: dt.date, seen: int) -> None:
    """The latest months of a program. seen: the entry that is on the screen."""
    periods = rows["period"].unique(maintain_order=True).to_list()
    closed = dict(rows.select("period", "is_closed").rows())
    program = rows["program"][0]
    for period in periods[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(CLOSED if closed[period] else OPEN, width=84)
            words.line(text=f"{period:%B %Y}")
            can_close = acting is not None and may(acting, "close_period", program) is None
            if can_close and not closed[period] and ledger.is_over(period, today):
                st.button("Close…", key=f"close-{program}-{period}", type="tertiary", on_click=modal.ask,
                          args=(payout_dialogs.close, program, period, seen))
    if len(periods) > SHOWN:
        words.quiet(f"and {len(periods) - SHOWN} before; closing a month closes those before it")


def _proof(con: ledger.Con) -> None:
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
    _sums(ledger.sums(found), "by program and currency")
    rows = found if wrong.is_empty() else wrong
    place, (*_, pages) = st.container(), queue.span(1, SIZE, rows.height)
    number = st.pagination(pages, key="proof_page", bind="query-params") if pages > 1 else 1
    with place:
        _sums(rows.slice((number - 1) * SIZE, SIZE), "by partner, program, currency and month")
    files.downloads(lambda: _named(found), "reconciliation", "All of it as", "Every row of the proof")


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns under their headings, programs by their names."""
    names = {one.id: one.short_name for one in catalogue().programs.values()}
    return rows.select(pl.col(name).replace(names).alias(label) if name == "program" else pl.col(name).alias(label)
                       for name, label in LABELS.items() if name in rows.columns)


def _sums(rows: pl.DataFrame, by: str) -> None:
    """Some of the proof; each row leads to its lines."""
    column = st.column_config
    looks = {"Month": column.DateColumn(format="MMM YYYY"), "Partner": column.TextColumn(width=220),
             "Lines": column.NumberColumn(format="localized")}
    looks |= {LABELS[name]: column.NumberColumn(format="accounting") for name in SUMS}
    keys = [name for name in ("partner", "program", "currency", "period") if name in rows.columns]
    of = {"-".join(map(str, row.values())): row for row in rows.select(keys).to_dicts()}
    grids.opening(_named(rows), list(of), f"proof-{len(keys)}", f"The proof {by}",
                  lambda one: payout_lines.opener(one, **of[one]), most=12, column_config=looks)
