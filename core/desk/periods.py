"""Months that are closed: nothing is booked in them any more, by any path; what comes late lands in the first open one.

Closing a month closes those before it, and fixes what stands in them that the ledger itself does not say. It cannot be
taken back.
"""

import datetime as dt

import duckdb
import polars as pl

from core import calendar, ledger, store
from core.desk import journal
from core.desk.step import Done, Signed, Step, perform
from core.model import Refusal
from core.moved import entries, open_months
from core.results import local_day, terms_at
from core.terms import catalogue


def close_period(con: duckdb.DuckDBPyConnection, signed: Signed, program: str, period: dt.date) -> Done:
    """Close a month of a program (its first day), once it is over there and everything in it adds up."""
    def write(step: Step) -> None:
        if program not in catalogue().programs:
            raise Refusal(f"There is no program {program}; there are {', '.join(catalogue().programs)}.")
        if period.day != 1:
            raise Refusal(f"A month is named by its first day, not by {period}.")
        next_period = calendar.next_month(period)
        today = local_day(step.at_instant, terms_at(step.con, program, step.at_instant)["timezone"])
        if today < next_period:
            raise Refusal(f"{period:%B %Y} is not over in {program} before {next_period}.")
        if period < open_months(step.con).get(program, dt.date.min):
            raise Refusal(f"{period:%B %Y} is closed already in {program}.")
        wrong = ledger.reconcile(step.con, program).filter(pl.col("difference") != 0)
        if not wrong.is_empty():
            raise Refusal(f"The lines of {wrong['partner'][0]} do not add up ({wrong['difference'][0]}): "
                          "`python -m core reconcile` shows where.")
        _fix(step, program, period)
        row = step.put("period_closings", {"program": program, "period": period, "next_period": next_period,
                                           "closed_by": step.person.id})
        step.take_place(f"closed/{program}/{period}", row, f"{period:%B %Y} is closed already in {program}.")
        step.after |= {"program": program, "period": period}

    return perform(con, signed, "close_period", {"program": program, "period": period}, write, program=program)


def _fix(step: Step, program: str, period: dt.date) -> None:
    """Write down what stands in a month and those before it because of the evaluation or of an event alone."""
    fresh = entries(step.con, step.at_instant, program).filter(~pl.col("is_fixed") & (pl.col("period") <= period))
    last = journal.last_row(step.cursor, "closing_entries")
    store.append(step.cursor, "closing_entries", fresh.select(
        "program", "line", "part", "amount", "happened_on", "period",
        id=pl.format("{}-{}-{}", pl.lit(f"closing-{period}"), "part", "line"),
        recorded_at=pl.lit(step.at_instant, pl.Datetime("us"))))
    step.note("closing_entries", journal.totals(step.cursor, step.book, "closing_entries", behind=last))
