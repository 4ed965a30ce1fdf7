"""What will have to be paid, by the month in which it falls due: late, to come, and of no known day.

Called by the page Payouts.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import inert, ledger
from core.people import Person
from core.terms import catalogue
from pages.parts import payout_lines, words
from pages.parts.money import money

LATE, UNKNOWN = "Overdue", "No due day is known"
KEY = "ahead"
"""Where the table stands."""


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """A table of months with what each program owes in them, per currency; a ticked row opens exactly its lines."""
    found = ledger.by_month(ledger.ahead(con))
    if found.is_empty():
        with st.container(border=True):
            st.text("Nothing is owed. What is earned next stands here by the day on which it falls due.")
        return
    sums = found.group_by("currency", maintain_order=True).agg(pl.sum("amount"))
    words.line(words.join(*(money(amount, currency) for currency, amount in sums.rows()), by=", "),
               "will have to be paid, corrections not taken off. What is blocked is in it.",
               "A ticked row opens its lines.")
    rows = pl.DataFrame([_cells(row) for row in found.to_dicts()])
    column = st.column_config
    months = found.to_dicts()
    st.dataframe(rows, key=KEY, on_select=lambda: _open(months), selection_mode="single-row", hide_index=True,
                 row_height=35, height=38 + 35 * min(rows.height, 16),
                 alt="What falls due, by month, program and currency",
                 column_config={"Amount": column.NumberColumn(format="accounting"),
                                "Lines": column.NumberColumn(format="localized")})
    st.download_button("As CSV", lambda: inert.as_csv(rows), "liability.csv", "text/csv", on_click="ignore",
                       icon=":material/download:", type="tertiary")


def _cells(row: dict) -> dict:
    month = f"{row['month']:%B %Y}" if row["month"] else UNKNOWN
    program = catalogue().programs[row["program"]].short_name
    return {"Falls due": LATE if row["is_overdue"] else month, "Program": program, "Lines": row["lines"],
            "Amount": row["amount"], "Currency": row["currency"]}


def _open(months: list[dict]) -> None:
    """The lines of the ticked row."""
    if not (picked := st.session_state[KEY]["selection"]["rows"]):
        return
    row = months[picked[0]]
    due = ledger.OVERDUE if row["is_overdue"] else row["month"].isoformat() if row["month"] else ledger.UNKNOWN
    payout_lines.open_lines(row["program"], row["currency"], due=due)
