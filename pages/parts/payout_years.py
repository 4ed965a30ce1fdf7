"""Years: what each partner was paid in a calendar year, beside the amount from which on it has to be reported.

Called by the page Payouts.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import days, ledger, payees, queue
from core.people import Person
from core.terms import STATED_IN
from pages.parts import files, grids, payout_lines, words
from pages.parts.money import money

SIZE = 20
YEARS = 7
"""Years that can be chosen, the one that is running first."""
REACHED = {True: "reached", False: "below", None: "no threshold"}


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """Choose a year; who was paid most first."""
    today = days.local_day(as_of, next(iter(days.zones(con).values())))
    year = st.selectbox("Year", range(today.year, today.year - YEARS, -1), key="reported_year", width=140,
                        bind="query-params")
    found = payees.reporting(con, year, as_of)
    if found.is_empty():
        with st.container(border=True):
            st.text(f"Nobody was paid in {year}. What is paid counts in the year of its day, local to the program.")
        return
    words.line(text=_said(found, year))
    if found["threshold"][0] is None:
        words.quiet("No threshold is set, so nothing is marked. A manager sets reporting_threshold on the Terms page, "
                    "with the day from which it holds.")
    rows = pl.DataFrame([_cells(row) for row in found.to_dicts()])
    if not found["unknown"].sum():
        rows = rows.drop("Without an amount")
    column = st.column_config
    of = {f"{row['partner']}-{row['currency']}": row for row in found.to_dicts()}
    place, (*_, pages) = st.container(), queue.span(1, SIZE, rows.height)
    number = st.pagination(pages, key="years_page", bind="query-params") if pages > 1 else 1
    first = (number - 1) * SIZE
    with place:
        grids.opening(rows.slice(first, SIZE), list(of)[first:first + SIZE], "years",
                      f"What each partner was paid in {year}", lambda one: _lines(one, of[one]), most=SIZE,
                      column_config={"Paid": column.NumberColumn(format="accounting"),
                                     "Payments": column.NumberColumn(format="localized"),
                                     "Without an amount": column.NumberColumn(format="localized")})
    files.downloads(lambda: rows, f"paid-in-{year}", f"All {rows.height:,} as", "Every partner of the year")


def _lines(one: str, row: dict) -> None:
    """The way to the partner's paid lines; no filter knows the year of a payment."""
    payout_lines.opener(one, "Paid lines of every year", state="Paid", partner=row["partner"], currency=row["currency"])


def _said(found: pl.DataFrame, year: int) -> str:
    """How many were paid, and how many of them so much that it has to be reported."""
    number, threshold = found["partner"].n_unique(), found["threshold"][0]
    told = f"{number:,} {'partner was' if number == 1 else 'partners were'} paid in {year}"
    if threshold is None:
        return f"{told}."
    reached = found.filter("is_reached")["partner"].n_unique()
    return f"{told}, {reached:,} of them {money(threshold, STATED_IN)} or more, which has to be reported."


def _cells(row: dict) -> dict:
    return {"Partner": row["partner_name"] or row["partner"], "Id": row["partner"], "Paid": row["paid"],
            "Currency": row["currency"] or "not told", "Payments": row["payments"],
            "Without an amount": row["unknown"], "To report": _compared(row)}


def _compared(row: dict) -> str:
    """How a sum stands to the threshold, which is in one currency; below it, what has no amount may lift it above."""
    if row["unknown"] and row["is_reached"] is False and row["currency"] in (STATED_IN, None):
        return "not known"
    is_other = row["threshold"] is not None and row["currency"] != STATED_IN
    return f"threshold is in {STATED_IN}" if is_other else REACHED[row["is_reached"]]


def line(con: ledger.Con, partner: str, as_of: dt.datetime) -> None:
    """What one partner was paid in the running year, one line a currency."""
    year = days.local_day(as_of, next(iter(days.zones(con).values()))).year
    for row in payees.reporting(con, year, as_of, partner).to_dicts():
        reached = {True: f"at or above {money(row['threshold'] or 0)}: to be reported", False: "", None: ""}
        unknown = f"{row['unknown']:,} more without an amount" if row["unknown"] else ""
        words.line(f"Paid in {year}", money(row["paid"], row["currency"] or "of no known currency"),
                   words.join(unknown, reached[row["is_reached"]]))
