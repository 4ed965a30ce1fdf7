"""What earning lines count as, and which of them events tell to be paid, kept beside them for the reads of money.

Called at the end of every change, as time goes on, and where everything is evaluated: at every commit the kept rows are
those that the views give. What a change can bear on is counted again: the lines of its leads, or all where it is about
batches, payments or payees.
"""

import datetime as dt
from collections.abc import Collection

import duckdb

from core import store
from core.kept.run import SQL

OF_LINES = {"line_states": "counted_lines", "told_lines": "told_payments"}
"""The tables, with the view that gives the rows of each; the second asks the first."""

BEARING_WIDELY = frozenset({"batches", "batch_lines", "batch_steps", "payment_results", "payment_returns",
                            "payment_arrivals", "payee_details", "payee_confirmations"})
"""Tables whose rows bear on lines of other leads than that of the change."""


def count_lines(cursor: duckdb.DuckDBPyConnection, leads: Collection[str] | None, since: dt.datetime | None) -> None:
    """Count the lines of given leads again, or all (None), inside the caller's transaction.

    since: the instant (UTC) that the evaluation stood for before, None where it stands for that still; a payment of
    which an event tells counts from its instant on, so that its lead is among those counted once that has come.
    """
    concerned = leads if leads is None else _with_lines(cursor, leads, since)
    for table, view in OF_LINES.items():
        if concerned is None or len(concerned) > store.FEW:
            _keep_all(cursor, table, view)
        elif concerned:
            _keep_of_leads(cursor, table, view, concerned)


def _with_lines(cursor: duckdb.DuckDBPyConnection, leads: Collection[str], since: dt.datetime | None) -> set[str]:
    """Those of the leads that have earned anything, and those that were paid since an instant as an event tells."""
    named = store.rows(cursor, SQL / "leads_with_lines.sql", leads=set(leads))["lead"] if leads else ()
    told = store.rows(cursor, SQL / "told_since.sql", since=since)["lead"] if since else ()
    return {*named, *told}


def _keep_of_leads(cursor: duckdb.DuckDBPyConnection, table: str, view: str, leads: set[str]) -> None:
    for statement in (f"delete from {table} where lead in ($leads)",
                      f"insert into {table} by name select * from {view} where lead in ($leads)"):
        cursor.execute(*store.named_each(statement, {"leads": leads})).fetchall()


def _keep_all(cursor: duckdb.DuckDBPyConnection, table: str, view: str) -> None:
    """Put in the place of what is kept what differs from it."""
    for statement in (f"create or replace temp table counted_anew as from {view}",
                      f"delete from {table} where id in (select id from (from {table} except from counted_anew))",
                      f"insert into {table} from counted_anew where id not in (select id from {table})",
                      "drop table counted_anew"):
        cursor.execute(statement).fetchall()
