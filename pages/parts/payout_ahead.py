"""What will have to be paid, by the month in which it falls due: late, to come, and of no known day.

Called by the page Payouts.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import ledger
from core.people import Person
from core.terms import catalogue
from pages.parts import files, grids, payout_lines, words
from pages.parts.money import money

LATE, UNKNOWN = "Overdue", "No due day is known"


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """A table of months with what each program owes in them, per currency; each row leads to exactly its lines."""
    found = ledger.by_month(ledger.ahead(con))
    if found.is_empty():
        with st.container(border=True):
            st.text("Nothing is owed. What is earned next stands here by the day on which it falls due.")
        return
    sums = found.group_by("currency", maintain_order=True).agg(pl.sum("amount"))
    words.line(words.join(*(money(amount, currency) for currency, amount in sums.rows()), by=", "),
               "will have to be paid, corrections taken off. What is blocked is in it.")
    rows = pl.DataFrame([_cells(row) for row in found.to_dicts()])
    column = st.column_config
    months = {f"{row['program']}-{row['currency']}-{_due(row)}": row for row in found.to_dicts()}
    grids.opening(rows, list(months), "ahead", "What falls due, by month, program and currency",
                  lambda one: _lines(one, months[one]), most=16,
                  column_config={"Amount": column.NumberColumn(format="accounting"),
                                 "Lines": column.NumberColumn(format="localized")})
    files.downloads(lambda: rows, "liability")


def _cells(row: dict) -> dict:
    month = f"{row['month']:%B %Y}" if row["month"] else UNKNOWN
    program = catalogue().programs[row["program"]].short_name
    return {"Falls due": LATE if row["is_overdue"] else month, "Program": program, "Lines": row["lines"],
            "Amount": row["amount"], "Currency": row["currency"]}


def _due(row: dict) -> str:
    """When it falls due, as an address says it."""
    return ledger.OVERDUE if row["is_overdue"] else row["month"].isoformat() if row["month"] else ledger.UNKNOWN


def _lines(one: str, row: dict) -> None:
    """The way to exactly the lines of a row."""
    payout_lines.opener(one, program=row["program"], currency=row["currency"], due=_due(row))
