"""Single leads explained over the rows that bear on them, and what would follow; nothing is kept in the database.

Called by pages and by what writes to partners. An answer stays in memory until something stored bears on its leads, or
another day begins.
"""

import datetime as dt
from collections.abc import Callable, Collection, Hashable

import duckdb
import polars as pl

from core import days, store
from core.evaluation import FOREVER, Evaluation, Moment, evaluate, evaluate_laid_out
from core.facts import part
from core.facts.part.layout import beside
from core.kept.run import SQL, is_much, run_of, settings_of
from core.store import answers
from core.terms import Entry, catalogue


def kept_as_of(con: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    """The instant that the kept evaluation stands for; None where nothing is kept."""
    rows = store.read(con, SQL / "kept_as_of.sql")["as_of"].to_list()
    return rows[0] if rows else None


def connected(con: duckdb.DuckDBPyConnection, lead: str) -> list[str]:
    """Ids of the leads whose facts can bear on one lead: joined to it by persons, organizations, groups and
    look-alikes.

    A key behind which a crowd stands joins nobody (W23).
    """
    with con.cursor() as cursor:
        return sorted(part.connected(cursor, [lead])["id"])


def explain(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime) -> Evaluation:
    """Clocks, duties, conflicts and payouts of one lead and those connected to it, as of an instant; and the findings
    of that lead and at least of those under the same program and terms.

    Explained anew only once something stored bears on the lead, or another day begins.
    """
    return _until_touched(con, [lead], lead, as_of, lambda: _explained(con, [lead], as_of, lead)[0])


def explain_ahead(con: duckdb.DuckDBPyConnection, leads: Collection[str], as_of: dt.datetime) -> None:
    """Explain several leads together, which takes about twice as long as one of them, so that `explain` knows each;
    nothing where the kept evaluation stands for another instant by now."""
    def find(unknown: list[str]) -> dict[str, Evaluation]:
        whole, rows = _explained(con, unknown, as_of, True)
        found = {}
        for together in part.closed_parts(rows):
            found |= dict.fromkeys(together.intersection(unknown), whole.of(together))
        return found

    if as_of == _present(con):  # of another instant nobody asks by the time it is found
        answers.find_together(con, leads, lambda: _asked(con, as_of), find)


def _explained(con: duckdb.DuckDBPyConnection, leads: Collection[str], as_of: dt.datetime, explained: str | bool
               ) -> tuple[Evaluation, part.Rows]:
    """Leads and those connected to them as of an instant, in words, and the rows that bear on them. explained: a lead,
    where the words of those under the same program and terms are enough; True: of all."""
    terms = catalogue()
    with con.cursor() as cursor:
        cursor.begin()  # one state of the database for all reads
        settings, rows = settings_of(cursor, terms), part.rows_of(cursor, leads)
        cursor.rollback()
    with beside(rows, as_of, FOREVER) as layout:
        return evaluate_laid_out(layout, terms, [Moment(as_of, settings)], explained), rows


def suppose(con: duckdb.DuckDBPyConnection, leads: Collection[str], as_of: dt.datetime,
            settings: list[Entry]) -> Evaluation:
    """Some leads and those connected to them as of an instant (UTC), under given settings; nothing is kept."""
    with con.cursor() as cursor:
        cursor.begin()  # one state of the database for all reads
        try:
            return _among(cursor, leads, run_of(cursor), as_of, settings)
        finally:
            cursor.rollback()


def expect(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> Evaluation:
    """Some leads and those connected to them as the caller's transaction has them, as of the instant that the kept
    evaluation stands for: what differs from it follows from the transaction alone. Nothing is kept."""
    run = run_of(cursor)
    return _among(cursor, leads, run, run["as_of"], settings_of(cursor, catalogue()))


def _among(cursor: duckdb.DuckDBPyConnection, leads: Collection[str], run: dict | None, as_of: dt.datetime,
           settings: list[Entry]) -> Evaluation:
    """Some leads with what bears on them, or all where that costs less. run: the kept one."""
    moments = [Moment(as_of, settings)]
    if run is None or is_much(leads, run):
        return evaluate(cursor, catalogue(), moments)
    with beside(part.rows_of(cursor, leads), as_of, FOREVER) as layout:
        return evaluate_laid_out(layout, catalogue(), moments)


def suppose_judged(con: duckdb.DuckDBPyConnection, verdicts: list[dict], as_of: dt.datetime) -> Evaluation:
    """The leads that verdicts are about and those connected to them, as if these rows stood; nothing is kept."""
    leads = {row["lead"] for row in verdicts}

    def find() -> Evaluation:
        with con.cursor() as cursor:
            cursor.begin()  # one state of the database for all reads
            settings = settings_of(cursor, catalogue())
            rows = part.rows_of(cursor, leads)
            cursor.rollback()
        stored = rows["verdicts"]
        rows["verdicts"] = pl.concat([stored, pl.DataFrame(verdicts, schema=stored.schema)])
        with beside(rows, as_of, FOREVER) as layout:
            return evaluate_laid_out(layout, catalogue(), [Moment(as_of, settings)])

    question = tuple(sorted((row["lead"], row["criterion"], row["verdict"]) for row in verdicts))
    return _until_touched(con, leads, question, as_of, find)


def _until_touched(con: duckdb.DuckDBPyConnection, leads: Collection[str], about: Hashable, as_of: dt.datetime,
                   find: Callable[[], Evaluation]) -> Evaluation:
    """What is found of leads as of an instant, anew only once something stored bears on one of them; of the instant
    that the kept evaluation stands for also once another day begins."""
    return answers.until_touched(con, leads, lambda: _asked(con, as_of)(about), find)


def _asked(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> Callable[[Hashable], Hashable]:
    """By what it is about, the question as of an instant under which an answer is kept."""
    zones = days.every_zone_of(con)
    if as_of != _present(con):
        return lambda about: (about, as_of)
    return lambda about: question_of(about, as_of, zones)


_present = answers.until_stored(kept_as_of)


def question_of(about: Hashable, as_of: dt.datetime, zones: set[str]) -> Hashable:
    """What is asked of an instant that the kept evaluation stands for. Within the same local days it stays true from
    one such instant to the next: a row that comes true in between touches its leads (`forward`)."""
    return about, tuple(days.local_day(as_of, zone) for zone in sorted(zones | {"UTC"}))
