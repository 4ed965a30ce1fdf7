"""The made-up sample goes as a whole, with its figures, as long as nobody worked on it; its people stay and act here.

A batch of its payouts that was not given out is given up. What was booked for its leads stays in the ledger, as a line
never goes, and is no longer owed.

Which rows those are, their ids say; that they are the sample as it was made, neither more nor changed, is proven by the
sums of digests that its entry noted.
"""

import duckdb
import polars as pl

from core import kept, store
from core.desk import journal
from core.desk.batches import give_up
from core.desk.step import SQL, Done, Signed, Step, perform
from core.model import Refusal

NOTHING = [0, "0"]
TABLES = ("verdicts", "events", "organization_products", "organization_owners", "leads", "contacts",
          "organizations", "partners", "settings")
"""The tables of the sample."""
BEARING = ("leads", "events", "verdicts", "contacts", "organizations", "partners")
"""Those of them by which other leads are found that the sample bore on."""


def clear_sample(con: duckdb.DuckDBPyConnection, signed: Signed) -> Done:
    """Take the sample away. after: rows that went, per table.

    Raises Refusal with one sentence where no sample was made here, somebody worked on it, something of another origin
    refers to it, or its rows are not those that were made.
    """
    def write(step: Step) -> None:
        made = step.read("sample_entry.sql")
        if not made:
            raise Refusal("No sample was made here at the desk, so there is none to clear.")
        if rests := step.read("what_rests_on_sample.sql"):
            more = f" and {rests[0]['count'] - 1} more" if rests[0]["count"] > 1 else ""
            raise Refusal(f"The sample cannot be cleared: {rests[0]['what']} rests on its {rests[0]['of_what']} "
                          f"{rests[0]['record']}{more}. Begin with an empty database instead.")
        for batch in step.read("batches_of_sample.sql"):
            give_up(step, batch["id"])
        rows = store.rows(step.cursor, SQL / "sample_rows.sql")
        places = {table: [] for table in TABLES} | dict(rows.group_by("relation").agg("place").iter_rows())
        _take_away(step, places, journal.read_plain(made[0]["totals"]), rows)

    return perform(con, signed, "clear_sample", {}, write)


def _take_away(step: Step, places: dict[str, list[int]], noted: dict[str, list], rows: pl.DataFrame) -> None:
    """Take the rows away, once they are proven to be those that were noted, and every question about them."""
    goes = {table: journal.totals(step.cursor, step.book, table, places=places[table]) for table in TABLES}
    if differing := [table for table in TABLES if goes[table] != noted.get(table, NOTHING)]:
        raise Refusal(f"The sample cannot be cleared: the {differing[0].replace('_', ' ')} under its ids are not those "
                      "that were made. Begin with an empty database instead.")
    matches = [row["id"] for row in step.read("matches_of_sample.sql")]
    goes["near_matches"] = journal.totals(step.cursor, step.book, "near_matches", only=matches)
    ids = dict(rows.filter(pl.col("relation").is_in(BEARING)).group_by("relation").agg("id").iter_rows())
    step.bears_on |= kept.touched_by(step.cursor, ids)
    step.touched |= set(ids.get("leads", ()))
    for name, day in rows.filter(pl.col("relation") == "settings").select("id", "since").rows():
        step.bears_on |= kept.touched_by_setting(step.cursor, name, day)
    step.bears_on -= step.touched
    step.cursor.execute(store.statement(SQL / "forget_matches.sql"), {"ids": matches}).fetchall()
    step.cursor.execute(store.statement(SQL / "forget_sample_blocks.sql")).fetchall()
    for table in TABLES:
        statement = f"delete from {table} where rowid in (select unnest($places::bigint[]))"
        [(step.after[table],)] = step.cursor.execute(statement, {"places": places[table]}).fetchall()
    for table, total in goes.items():
        step.note(table, journal.difference(NOTHING, total))
