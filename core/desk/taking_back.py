"""An import is taken back: all that it brought goes, its file can be sent again, and its record stays, marked."""

import datetime as dt

import duckdb

from core import kept, store
from core.desk import journal
from core.desk.step import SQL, Done, Signed, Step, perform
from core.model import Refusal

BROUGHT = ("leads", "contacts", "organizations", "organization_products", "events", "partners", "import_rows",
           "history_coverage", "import_answers")
"""Tables whose rows name the import that brought them."""


def take_back(con: duckdb.DuckDBPyConnection, signed: Signed, import_id: str) -> Done:
    """Take an import back as a whole, as long as nothing was decided on it. after: rows that went, per table."""
    found = store.read(con, SQL / "import_by_id.sql", **{"import": import_id}).to_dicts()
    if not found:
        raise Refusal(f"There is no import {import_id}. The report of an import names its id.")

    def write(step: Step) -> None:
        counted = {table: step.count(table) for table in journal.FACTS}
        brought = {table: [row["id"] for row in step.read("brought_ids.sql", table=table, **{"import": import_id})]
                   for table in ("leads", "contacts", "organizations", "events", "partners")}
        step.bears_on |= kept.touched_by(step.cursor, brought)
        step.touched |= set(brought["leads"])
        step.after |= remove(step.cursor, import_id, step.at_instant, step.person.id)
        for table, before in counted.items():
            step.counted(table, before)

    return perform(con, signed, "take_back", {"import": import_id}, write, program=found[0]["program"])


def remove(cursor: duckdb.DuckDBPyConnection, import_id: str, now: dt.datetime, by: str) -> dict[str, int]:
    """Remove what an import brought, inside the caller's transaction; gives how many rows of each table went.

    now: naive UTC; by: who takes it back, as the record says it. Raises Refusal with one sentence where there is no
    such import, it is taken back already, or something rests on it: a change at the desk, a verdict or an event on one
    of its leads, contacts or organizations that it did not bring, or a record of anybody else that refers to one.
    """
    row = _one(cursor, "import_by_id", import_id)
    if row is None:
        raise Refusal(f"There is no import {import_id}. The report of an import names its id.")
    file_name, taken_back_at, _ = row
    if taken_back_at is not None:
        raise Refusal(f"The import of {file_name} was taken back already, on {taken_back_at:%Y-%m-%d}.")
    rests = _one(cursor, "what_rests_on_import", import_id)
    if rests is not None:
        what, of_what, record, count = rests
        more = f" and {count - 1} more" if count > 1 else ""
        raise Refusal(f"The import of {file_name} cannot be taken back: {what} rests on its {of_what} {record}{more}. "
                      "Undo that first.")
    for statement in ("forget_matches.sql", "forget_blocks.sql"):
        cursor.execute(store.statement(SQL / statement), {"import": import_id}).fetchall()
    gone = {}
    for table in BROUGHT:
        statement = f"delete from {table} where import = $import"
        [(gone[table],)] = cursor.execute(statement, {"import": import_id}).fetchall()
    cursor.execute(store.statement(SQL / "mark_taken_back.sql"), {"import": import_id, "now": now, "by": by}).fetchall()
    return gone


def _one(cursor: duckdb.DuckDBPyConnection, statement: str, import_id: str) -> tuple | None:
    found = cursor.execute(store.statement(SQL / f"{statement}.sql"), {"import": import_id}).fetchall()
    return found[0] if found else None
