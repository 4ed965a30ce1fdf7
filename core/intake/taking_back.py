"""An import is taken back: all that it brought goes, so that its file can be sent again, and its record stays marked.

Called by the command line and by the desk inside its own transaction. Reads no clock and commits nothing.
"""

import datetime as dt

import duckdb

from core import store
from core.intake.work import SQL
from core.model import Refusal

BROUGHT = ("leads", "contacts", "organizations", "organization_products", "events", "partners", "import_rows",
           "history_coverage", "import_answers")
"""Tables whose rows name the import that brought them."""


def take_back(cursor: duckdb.DuckDBPyConnection, import_id: str, now: dt.datetime, by: str) -> dict[str, int]:
    """Remove what an import brought, inside the caller's transaction; gives how many rows of each table went.

    now: naive UTC; by: who takes it back, as the record says it. Raises Refusal with one sentence where there is no
    such import, it is taken back already, or something rests on it: a verdict or an event on one of its leads, contacts
    or organizations that it did not bring, or a record of a later import or of anybody else that refers to one.
    """
    row = _one(cursor, "import_by_id", import_id)
    if row is None:
        raise Refusal(f"There is no import {import_id}. The report of an import names its id.")
    file_name, taken_back_at = row
    if taken_back_at is not None:
        raise Refusal(f"The import of {file_name} was taken back already, on {taken_back_at:%Y-%m-%d}.")
    rests = _one(cursor, "what_rests_on_import", import_id)
    if rests is not None:
        what, of_what, record, count = rests
        more = f" and {count - 1} more" if count > 1 else ""
        raise Refusal(f"The import of {file_name} cannot be taken back: {what} rests on its {of_what} {record}{more}. "
                      "Undo that first.")
    gone = {}
    for table in BROUGHT:
        statement = f"delete from {table} where import = $import"
        [(gone[table],)] = cursor.execute(statement, {"import": import_id}).fetchall()
    cursor.execute(store.statement(SQL / "mark_taken_back.sql"), {"import": import_id, "now": now, "by": by}).fetchall()
    return gone


def _one(cursor: duckdb.DuckDBPyConnection, statement: str, import_id: str) -> tuple | None:
    found = cursor.execute(store.statement(SQL / f"{statement}.sql"), {"import": import_id}).fetchall()
    return found[0] if found else None
