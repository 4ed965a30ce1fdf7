"""An import is taken back: all that it brought goes, its file can be sent again, and its record stays, marked."""

import datetime as dt

import duckdb

from core import kept, store
from core.desk import journal
from core.desk.step import SQL, Done, Signed, Step, perform
from core.model import Refusal

BROUGHT = ("leads", "contacts", "organizations", "organization_products", "events", "partners", "import_rows",
           "import_refusals", "history_coverage", "import_answers")
"""Tables whose rows name the import that brought them."""


def take_back(con: duckdb.DuckDBPyConnection, signed: Signed, import_id: str) -> Done:
    """Take an import back as a whole, as long as nothing was decided on it. after: rows that went, per table."""
    found = store.read(con, SQL / "import_by_id.sql", **{"import": import_id}).to_dicts()
    if not found:
        raise Refusal(f"There is no import {import_id}. The report of an import names its id.")

    def write(step: Step) -> None:
        matches = _matches(step.cursor, import_id)
        goes = {table: journal.totals(step.cursor, step.book, table, of_import=import_id) for table in BROUGHT}
        goes["near_matches"] = journal.totals(step.cursor, step.book, "near_matches", only=matches)
        record = journal.totals(step.cursor, step.book, "imports", only=[import_id])
        brought = store.read(step.con, SQL / "brought_rows.sql", **{"import": import_id})
        by_table = dict(brought.group_by("relation").agg("id").iter_rows()) | {"near_matches": matches}
        step.bears_on |= kept.touched_by(step.cursor, by_table)
        step.touched |= set(by_table.get("leads", ()))
        step.after |= remove(step.cursor, import_id, step.at_instant, step.person.id)
        for table, total in goes.items():
            step.note(table, journal.difference([0, "0"], total))
        marked = journal.totals(step.cursor, step.book, "imports", only=[import_id])
        step.note("imports", journal.difference(marked, record))

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
    cursor.execute(store.statement(SQL / "forget_matches.sql"), {"ids": _matches(cursor, import_id)}).fetchall()
    cursor.execute(store.statement(SQL / "forget_blocks.sql"), {"import": import_id}).fetchall()
    gone = {}
    for table in BROUGHT:
        statement = f"delete from {table} where import = $import"
        [(gone[table],)] = cursor.execute(statement, {"import": import_id}).fetchall()
    cursor.execute(store.statement(SQL / "mark_taken_back.sql"), {"import": import_id, "now": now, "by": by}).fetchall()
    return gone


def _matches(cursor: duckdb.DuckDBPyConnection, import_id: str) -> list[str]:
    """Ids of the questions that go with an import."""
    return store.rows(cursor, SQL / "matches_of_import.sql", **{"import": import_id}).to_series().to_list()


def _one(cursor: duckdb.DuckDBPyConnection, statement: str, import_id: str) -> tuple | None:
    found = cursor.execute(store.statement(SQL / f"{statement}.sql"), {"import": import_id}).fetchall()
    return found[0] if found else None
