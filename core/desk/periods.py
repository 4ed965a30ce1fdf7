"""Months that are closed: nothing is booked in them any more, by any path; what comes late lands in the first open one.

Closing a month closes those before it. It cannot be taken back.
"""

import datetime as dt

import duckdb
import polars as pl

from core import calendar, ledger
from core.desk.booking import open_months
from core.desk.step import Done, Signed, Step, perform
from core.model import Refusal
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
        row = step.put("period_closings", {"program": program, "period": period, "next_period": next_period,
                                           "closed_by": step.person.id})
        step.take_place(f"closed/{program}/{period}", row, f"{period:%B %Y} is closed already in {program}.")
        step.after |= {"program": program, "period": period}

    return perform(con, signed, "close_period", {"period": period}, write, program=program)
