"""Everything as it was on a past day, for pages that show many leads at once; by what is known today.

Called by the reads of such pages. Changes nothing and reads no clock. One lead of a past day is `review.story`.
"""

import datetime as dt
import re
from pathlib import Path

import duckdb
import polars as pl

from core import kept, queue, store
from core.evaluation import FOREVER, Evaluation, Moment, evaluate
from core.results import stored_settings
from core.store.answers import until_stored
from core.terms import catalogue

MOST_LEADS = 200_000
"""Leads up to which a past day is evaluated while somebody waits: some seconds, and memory for all of them."""


SQL = store.HERE / "sql"
RECORDED = ("batches", "batch_lines", "batch_steps", "payment_results", "payment_returns", "payment_arrivals",
            "period_closings", "closing_entries", "refusals_at_closings", "voids", "payout_approvals",
            "payout_payments", "disputes", "dispute_resolutions", "finding_resolutions", "conflict_cases",
            "conflict_settlements", "payee_details", "payee_confirmations", "assignments", "snoozes",
            "action_requests", "action_answers", "match_answers")
"""Tables of what people recorded about money, and of who worked on what: on a past day until then."""
MOMENTS = {**dict.fromkeys(RECORDED, "recorded_at"),
           **dict.fromkeys(("events", "verdicts", "wide_events", "payouts_told"), "happened_at"),
           "earning_lines": "earned_on"}
"""Tables that ledger and queue are read from, each with the column that says since when a row counts."""
VIEWS = ("standing_results", "standing_returns", "live_batch_lines", "batch_states", "holds", "lines", "told_payments",
         "counted_lines", "kept_lines", "reconciliation", "payee_versions", "working", "resting", "asked_leads",
         "unanswered_keys")
"""Views over them, which are made once more over what stood there."""


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


_read = until_stored(store.read)


def known_at(as_of: dt.datetime, past: Evaluation | None) -> dt.datetime:
    """Until when what people recorded beside the evaluation counts: on a past day until then, now without an end."""
    return FOREVER if past is None else as_of


def everything(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, past: Evaluation) -> store.Within:
    """What stood there at a past instant (UTC), in the place of a connection: reads of `ledger`, `payees`, `statements`
    and `queue` through it give that, by what is known today of leads.

    What was earned until then is in it whenever it was booked; a batch, a payment or a closing once it was recorded.
    """
    cursor = con.cursor()
    whole = cursor.sql("select current_database()").fetchall()[0][0]
    cursor.execute(store.statement(SQL / "past_moment.sql"), {"as_of": as_of}).fetchall()
    for table, frame in _frames(past).items():
        cursor.register(table, frame)
    text = store.statement(SQL / "past_rows.sql")
    for table, moment in MOMENTS.items():
        own = text.replace("stored_rows", table).replace("moment", moment).replace("whole", f'"{whole}"')
        cursor.execute(own).fetchall()
    for made in store.read(con, SQL / "past_views.sql", names=list(VIEWS))["sql"]:
        cursor.execute(re.sub("^create view", "create temp view", made, flags=re.IGNORECASE)).fetchall()
    for table, view in kept.OF_LINES.items():
        cursor.execute(f"create temp view {table} as from {view}").fetchall()
    return store.Within(cursor)


def _frames(past: Evaluation) -> dict[str, pl.DataFrame]:
    """What is kept of the evaluation, as it was on a past day, by the name of its table."""
    return {"evaluations": kept.with_due_days(past), "conflicts": past.conflicts, "clocks": past.clocks,
            "duties": past.duties, "payouts_owed": past.payouts}


def read(con: duckdb.DuckDBPyConnection, path: Path, past: Evaluation | None, **values: object) -> pl.DataFrame:
    """Rows of one `.sql` file over the kept evaluation, or over that of a past day: a frame stands before the table of
    its name."""
    if past is None:
        return _read(con, path, **values)
    with con.cursor() as cursor:
        for table, frame in _frames(past).items():
            cursor.register(table, frame)
        return cursor.sql(store.statement(path), params=values or None).pl()
