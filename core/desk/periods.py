"""Months that are closed: nothing is booked in them any more, by any path; what comes late lands in the first open one.

Closing a month closes those before it, and fixes what stands in them that the ledger itself does not say. It cannot be
taken back.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator

import duckdb
import polars as pl

from core import calendar, ledger, people, refusals, store
from core.desk import journal
from core.desk.step import OWN, SQL, Done, Signed, Step, ended, instant, perform, recorded
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
    """Write down what stands in a month and those before it because of the evaluation, of an event alone, or of what
    was decided about a lead."""
    is_due = ~pl.col("is_fixed") & (pl.col("period") <= period)
    fresh = entries(step.con, step.at_instant, program).filter(is_due)
    with _noted(step, "closing_entries"):
        store.append(step.cursor, "closing_entries", fresh.select(
            "program", "line", "part", "amount", "happened_on", "period",
            id=pl.format("{}-{}-{}", pl.lit(f"closing-{period}"), "part", "line"),
            recorded_at=pl.lit(step.at_instant, pl.Datetime("us"))))
    with _noted(step, "refusals_at_closings"):
        _refuse(step, program, refusals.told(step.con, step.at_instant, program).filter(is_due), step.at_instant)


def _refuse(step: Step, program: str, told: pl.DataFrame, closed_at: dt.datetime) -> None:
    store.append(step.cursor, "refusals_at_closings", told.select(
        "partner", "lead", "kind", "record", "criterion", "clause", "happened_on", "period", program=pl.lit(program),
        id=pl.format("refused-{}-{}", pl.col("period").dt.strftime("%Y-%m"), "lead"),
        recorded_at=pl.lit(closed_at, pl.Datetime("us"))))


@contextlib.contextmanager
def _noted(step: Step, table: str) -> Iterator[None]:
    """The entry answers for the rows that come into a table meanwhile."""
    last = journal.last_row(step.cursor, table)
    yield
    step.note(table, journal.totals(step.cursor, step.book, table, behind=last))


def complete_closings(con: duckdb.DuckDBPyConnection, keeper: journal.Book, now: dt.datetime) -> None:
    """Write down which refusals stood in the statements of months that an earlier version closed, in one entry."""
    closings = store.read(con, SQL / "closings_without_refusals.sql").to_dicts()
    if not closings:
        return
    with recorded(con, keeper) as cursor:
        someone = people.Person(people.OPERATOR, None, None, None, None, ())
        at_instant = instant(store.Within(cursor), now)
        step = Step(cursor, keeper, Signed(people.OPERATOR, f"{OWN}complete closings", now), someone, at_instant, None)
        known: set[str] = set()
        with _noted(step, "refusals_at_closings"):
            for closing in closings:
                known |= _complete(step, closing, known)
        cursor.execute(store.statement(SQL / "forget_closings_without_refusals.sql")).fetchall()
        ended(step, "complete_closings", keeper.digest("complete closings"))


def _complete(step: Step, closing: dict, known: set[str]) -> set[str]:
    """What the version before this one told of refusals when a month was closed: none by a rule; of judgements the
    first that stood; of each lead the last in a month. known: events and verdicts told before. Returns those told now.
    """
    program, closed_at = catalogue().programs[closing["program"]], closing["recorded_at"]
    if program.explains_rejection != "owed":
        return set()
    stood = store.read(step.con, SQL / "refusals_at_earlier_closing.sql", program=program.id, closed_at=closed_at,
                       silent=refusals.silent(program))
    zone = terms_at(step.con, program.id, closed_at)["timezone"]
    told = refusals.with_clauses(program, refusals.in_months(stood, zone, closing["opens_on"])).filter(
        (pl.col("period") < closing["next_period"]) & ~pl.col("record").is_in(list(known)))
    _refuse(step, program.id, told.unique(["lead", "period"], keep="last", maintain_order=True), closed_at)
    return set(told["record"])
