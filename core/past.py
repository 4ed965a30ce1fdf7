"""Everything as it was on a past day, for pages that show many leads at once; by what is known today.

Called by the reads of such pages. Changes nothing and reads no clock. One lead of a past day is `queue.story`.
"""

import datetime as dt
from pathlib import Path

import duckdb
import polars as pl

from core import kept, queue, store
from core.evaluation import FOREVER, Evaluation, Moment, evaluate
from core.results import stored_settings
from core.terms import catalogue

MOST_LEADS = 200_000
"""Leads up to which a past day is evaluated while somebody waits: some seconds, and memory for all of them."""


def of_day(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> Evaluation | None:
    """Everything evaluated as of a past instant (UTC); None where there are too many leads."""
    if queue.totals(con)["leads"] > MOST_LEADS:
        return None
    terms = catalogue()
    with con.cursor() as cursor:
        cursor.begin()  # one state of the database for all reads
        found = evaluate(cursor, terms, [Moment(as_of, stored_settings(con, terms, FOREVER))])
        cursor.rollback()
    return found


def known_at(as_of: dt.datetime, past: Evaluation | None) -> dt.datetime:
    """Until when what people recorded beside the evaluation counts: on a past day until then, now without an end."""
    return FOREVER if past is None else as_of


def read(con: duckdb.DuckDBPyConnection, path: Path, past: Evaluation | None, **values: object) -> pl.DataFrame:
    """Rows of one `.sql` file over the kept evaluation, or over that of a past day: a frame stands before the table of
    its name."""
    if past is None:
        return store.read(con, path, **values)
    frames = {"evaluations": kept.with_due_days(past), "conflicts": past.conflicts, "clocks": past.clocks,
              "duties": past.duties, "payouts_owed": past.payouts}
    with con.cursor() as cursor:
        for table, frame in frames.items():
            cursor.register(table, frame)
        return cursor.sql(store.statement(path), params=values or None).pl()
