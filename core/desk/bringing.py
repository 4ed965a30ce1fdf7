"""What comes in bulk: facts documents, files of other systems, the sample. One entry each, with sums over what came.

Also the first entry of a database, which answers for what stood there before there was a journal.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import polars as pl

from core import kept, people, results, sample, store
from core.desk import journal
from core.desk.administration import add_people
from core.desk.erasing import recognise
from core.desk.step import SQL, Done, Signed, Step, ended, instant, perform, raise_versions, record_leads, recorded
from core.intake import imports
from core.terms import catalogue

NONE = [0, "0"]
"""The count of an empty table."""


def begin(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> None:
    """Open a database for work: check the journal's head, and write the first entry where there is none.

    It answers for all rows that are there, and gives the command line's operator every role but that of finance.
    Raises Refusal where the database is not the one that the head file knows.
    """
    keeper = journal.book(con)
    with recorded(con, keeper) as cursor:
        if journal.head(store.Within(cursor)).number:
            return
        someone = people.Person(people.OPERATOR, None, None, None, None, ())
        step = Step(cursor, keeper, Signed(people.OPERATOR, "begin", now), someone, now, None)
        for table in journal.TABLES:
            step.counted(table, NONE)
        step.put("people", {"id": people.OPERATOR, "name": "The command line"})
        for role in ("admin", "manager"):
            step.put("grants", {"person": people.OPERATOR, "role": role, "begins_at": now,
                                "granted_by": people.OPERATOR})
        ended(step, "begin", keeper.digest("begin"))


def load(con: duckdb.DuckDBPyConnection, signed: Signed, lines: Iterable[str]) -> int:
    """Write facts documents, all or none; returns how many rows were new. The same again changes nothing."""
    lines = list(lines)

    def write(step: Step) -> None:
        _in_bulk(step, lambda: {"added": results.load(step.con, lines, catalogue())})
        if not step.after["added"]:
            raise _NothingCame

    try:
        return perform(con, signed, "load", {"lines": lines}, write).after["added"]
    except _NothingCame:
        return 0


def make_sample(con: duckdb.DuckDBPyConnection, signed: Signed, leads: int, seed: int, until: dt.date) -> Done:
    """Write sample leads and the people of the sample, then evaluate them. after: rows per table.

    Evaluated after it is stored: a million leads at once would not fit into the memory of one transaction.
    """
    def write(step: Step) -> None:
        _in_bulk(step, lambda: sample.write(step.con, leads, seed, until))
        step.bears_on.clear()
        add_people(step, people.SAMPLE)

    done = perform(con, signed, "make_sample", {"leads": leads, "seed": seed, "until": until}, write)
    advance(con, signed.now)
    return done


def import_file(con: duckdb.DuckDBPyConnection, signed: Signed, file: Path, program: str, kind: str | None = None,
                partner: str | None = None, mapping: Path | None = None) -> tuple[Done | None, imports.Report]:
    """Bring a file's rows in; returns what was done (None where nothing came in) and the report on every row."""
    told: list[imports.Report] = []

    def write(step: Step) -> None:
        zone = results.program_zone(step.con, catalogue(), program)

        def bring() -> dict:
            told[:] = [imports.import_file(step.con, file, program, kind, partner, mapping, step.at_instant, zone=zone)]
            report = told[0]
            return {"sha256": report.sha256, "rows_read": report.rows_read, "accepted": report.accepted}

        _in_bulk(step, bring)
        if not told[0].accepted:
            raise _NothingCame

    content = {"file": str(file), "program": program, "kind": kind, "partner": partner, "mapping": str(mapping)}
    try:
        return perform(con, signed, "import_file", content, write, program=program), told[0]
    except _NothingCame:
        return None, told[0]


class _NothingCame(Exception):
    """No row of a file came in: the transaction is given up, and no entry is written."""


def _in_bulk(step: Step, bring: Callable[[], dict]) -> None:
    """Bring rows in, count them, and let every lead be evaluated again."""
    counted = {table: step.count(table) for table in journal.FACTS}
    earlier = store.read(step.con, SQL / "rows_per_lead.sql")
    step.after |= bring()
    recognise(step)
    for table, before in counted.items():
        step.counted(table, before)
    now = store.read(step.con, SQL / "rows_per_lead.sql")
    step.touched |= set(now.join(earlier, on="lead", suffix="_before").filter(
        pl.col("rows") != pl.col("rows_before"))["lead"])
    step.bears_on |= set(now["lead"])


def advance(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> int:
    """Bring the kept evaluation up to an instant, and raise the version of every lead that changed by time alone.

    Returns how many changed.
    """
    keeper = journal.book(con)
    with recorded(con, keeper) as cursor:
        within = store.Within(cursor)
        before = store.read(within, kept.SQL / "kept_evaluations.sql", everything=True, leads=[])
        kept.refresh(within, now)
        after = store.read(within, kept.SQL / "kept_evaluations.sql", everything=True, leads=[])
        changed = kept.changed(before, after).drop_nulls("disposition_before")
        if changed.is_empty():
            return 0
        leads = raise_versions(within, {lead: (old, new) for lead, old, new in changed.rows()})
        digest = journal.changes_digest(keeper, [tuple(row.values()) for row in leads])
        new = journal.write(cursor, keeper, journal.Entry(
            f"advance/{journal.head(within).number + 1}", keeper.digest(now.isoformat()), instant(within, now), "time",
            "advance", None, {}, {"leads": len(leads)}, [], {}, digest,
        ))
        record_leads(cursor, new.number, leads)
    return len(leads)
