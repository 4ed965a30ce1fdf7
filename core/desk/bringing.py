"""What comes in bulk: facts documents, files of other systems, the sample. One entry each, with sums over what came.

Also the first entry of a database, which answers for what stood there before there was a journal.
"""

import contextlib
import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from core import kept, ledger, people, queue, results, sample, store
from core.desk import journal
from core.desk.administration import add_people
from core.desk.batches import prepare_batch
from core.desk.erasing import recognise
from core.desk.periods import complete_closings
from core.desk.step import (
    EVALUATED,
    OWN,
    SQL,
    Done,
    Signed,
    Step,
    advance,
    ended,
    perform,
    recorded,
)
from core.evaluation import FOREVER
from core.intake import history, imports
from core.intake.formats import Progress
from core.intake.mapping import read_answers
from core.matching.finding import propose
from core.model import Refusal
from core.sample.figures import FIGURES, figures
from core.terms import catalogue

NONE = [0, "0"]
"""The count of an empty table."""
BY_HAND = "One lead by hand.jsonl"
"""What a lead that a person wrote down is called among the imports."""


def begin(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> None:
    """Open a database for work: check the journal's head, and write the first entry where there is none.

    It answers for all rows that are there, and gives the command line's operator every role but that of finance. What
    closings of an earlier version lack is written down.
    Raises Refusal where the database is not the one that the head file knows.
    """
    keeper = journal.book(con)
    with store.WRITER:
        if journal.head(con).number == 0:
            _first_entry(con, keeper, now)
        complete_closings(con, keeper, now)


def _first_entry(con: duckdb.DuckDBPyConnection, keeper: journal.Book, now: dt.datetime) -> None:
    with recorded(con, keeper) as cursor:
        someone = people.Person(people.OPERATOR, None, None, None, None, ())
        step = Step(cursor, keeper, Signed(people.OPERATOR, f"{OWN}begin", now), someone, now, None)
        propose(cursor, now)
        for table in journal.TABLES:
            step.note(table, step.count(table))
        step.put("people", {"id": people.OPERATOR, "name": "The command line"})
        for role in ("admin", "manager"):
            step.put("grants", {"person": people.OPERATOR, "role": role, "begins_at": now,
                                "granted_by": people.OPERATOR})
        ended(step, "begin", keeper.digest("begin"))


def load(con: duckdb.DuckDBPyConnection, signed: Signed, lines: Iterable[str]) -> int:
    """Write facts documents, all or none; returns how many rows were new. The same again changes nothing."""
    lines = list(lines)

    def write(step: Step) -> None:
        last = {table: journal.last_row(step.cursor, table) for table in journal.FACTS}
        _in_bulk(step, lambda: {"added": results.load(step.con, lines, catalogue())})
        if not step.after["added"]:
            raise _NothingCame
        _note_who_loaded(step, last)

    try:
        return perform(con, signed, "load", {"lines": lines}, write).after["added"]
    except _NothingCame:
        return 0


def _note_who_loaded(step: Step, last: Mapping[str, int]) -> None:
    """Keep of which leads and partners a person brought rows: they had a part in them, whoever the rows name."""
    behind = journal.last_row(step.cursor, "loaded_records")
    store.append(step.cursor, "loaded_records", _behind(step, "loaded_records.sql", last).select(
        pl.format("{}/{}/{}", pl.lit(step.name("loaded")), "relation", "record").alias("id"), "relation", "record",
        loaded_by=pl.lit(step.person.id), recorded_at=pl.lit(step.at_instant, pl.Datetime("us"))))
    step.note("loaded_records", journal.totals(step.cursor, step.book, "loaded_records", behind=behind))


def make_sample(con: duckdb.DuckDBPyConnection, signed: Signed, leads: int, seed: int, until: dt.date) -> Done:
    """Write sample leads and the people of the sample, then evaluate them. after: rows per table.

    Evaluated after it is stored: a million leads at once would not fit into the memory of one transaction. Where there
    is nothing else in the database, the figures of the sample are set too, and a batch of its payouts is prepared.
    """
    is_alone = not queue.totals(con)["leads"] and not FIGURES.keys() & {
        one.name for one in results.stored_settings(con, catalogue(), FOREVER)}

    def write(step: Step) -> None:
        def bring() -> dict:
            written = sample.write(step.con, leads, seed, until)
            for row in figures(until, step.at_instant) if is_alone else ():
                store.insert(step.cursor, "settings", row)
            propose(step.cursor, signed.now)  # as an import does: what is evaluated as of then knows them
            return written

        _in_bulk(step, bring)
        step.bears_on.clear()
        add_people(step, people.SAMPLE)

    with store.more_memory(con):
        done = perform(con, signed, "make_sample", {"leads": leads, "seed": seed, "until": until}, write)
    advance(con, signed.now)
    if is_alone and not done.is_repeated:
        _prepare_sample_batch(con, signed, until)
    return done


def _prepare_sample_batch(con: duckdb.DuckDBPyConnection, signed: Signed, until: dt.date) -> None:
    """A batch of what was earned before the last month of the sample, of the fewest lines: most stay ready."""
    kinds = sorted(ledger.ready(con), key=lambda row: row["lines"])
    cut_off_on = until.replace(day=1) - dt.timedelta(1)
    for kind in ((row["program"], row["method"], row["currency"]) for row in kinds if row["currency"] == "USD"):
        found = ledger.proposal(con, *kind, cut_off_on, (), signed.now)
        if found.number:
            someone = next(one for one, _, role, _ in people.SAMPLE if role == "finance")
            prepare_batch(con, Signed(someone, f"{signed.key}/batch", signed.now), *kind, cut_off_on, (), found.total,
                          found.number)
            return


def import_file(con: duckdb.DuckDBPyConnection, signed: Signed, file: Path, program: str, kind: str | None = None,
                partner: str | None = None, mapping: Path | Mapping[str, object] | None = None,
                progress: Progress | None = None) -> tuple[Done | None, imports.Report]:
    """Bring a file's rows in; returns what was done (None where nothing came in) and the report on every row.

    kind, partner, mapping, progress: as of `imports.prepare`.
    """
    zone = results.program_zone(con, catalogue(), program)
    secret = journal.book(con).digest("ids of imported rows")
    prepared = imports.prepare(con, file, program, kind, partner, mapping, signed.now, zone, progress, secret=secret)
    report = prepared.report

    def write(step: Step) -> None:
        if not report.accepted:
            raise _NothingCame
        step.after |= {"import": report.import_id, "rows_read": report.rows_read, "accepted": report.accepted}
        _in_bulk(step, lambda: imports.put(step.cursor, prepared, progress) or {})
        if progress:
            progress("evaluating what it bears on", 0, 0)

    content = {"file": report.sha256, "program": program, "kind": kind, "partner": partner,
               "mapping": read_answers(mapping)}
    done = None
    with contextlib.suppress(_NothingCame), imports.room(con, prepared):
        done = perform(con, signed, "import_file", content, write, program=program)
    return done, imports.finish(prepared)


def write_down(con: duckdb.DuckDBPyConnection, signed: Signed, program: str, partner: str,
               told: Mapping[str, str]) -> str:
    """Bring in one lead as a person writes it down, the way a file with that one row comes in; returns its id.

    partner: by id; one without a record gets one. told: fields of a lead (core/intake/vocabulary.py) as texts, times by
    the program's clock. Raises Refusal with what the row is refused for.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / BY_HAND
        file.write_text(json.dumps(dict(told), ensure_ascii=False), encoding="utf-8")
        done, report = import_file(con, signed, file, program, "leads", partner, {name: name for name in told})
    if done is None:
        asked = [_why(need["column"], f"is it {' or '.join(need['choices'])}?") for need in report.needs]
        raise Refusal(" ".join(asked or [_why(row["column"], f"{row['reason']}.") for row in report.refused]))
    return history.leads(con, done.after["import"], 1)[0]


def _why(column: str | None, reason: str) -> str:
    """Why what a person wrote down is refused, as a sentence that names the field."""
    where = column.replace("_", " ").capitalize() if column else "The lead"
    return f"{where}: {reason} Write it anew."


class _NothingCame(Exception):
    """No row of a file came in: the transaction is given up, and no entry is written."""


def _in_bulk(step: Step, bring: Callable[[], dict]) -> None:
    """Bring rows in, count them, and let the leads be evaluated again that they bear on."""
    last = {table: journal.last_row(step.cursor, table) for table in journal.FACTS}
    step.after |= bring()
    recognise(step)
    for table, row in last.items():
        step.note(table, journal.totals(step.cursor, step.book, table, behind=row))
    step.touched |= set(_behind(step, "added_to_leads.sql", last)["lead"])
    if sum(step.totals.get(table, NONE)[0] for table in EVALUATED) > kept.MANY:
        step.bears_on |= {row["lead"] for row in step.read("leads_of_program.sql", program=None)}
        return
    added = _behind(step, "added_rows.sql", last).group_by("relation").agg("id")
    step.bears_on |= kept.touched_by(step.cursor, dict(added.iter_rows()))
    for name, day in _behind(step, "added_settings.sql", last).iter_rows():
        step.bears_on |= kept.touched_by_setting(step.cursor, name, day)


def _behind(step: Step, statement: str, last: Mapping[str, int]) -> pl.DataFrame:
    """What stands behind the last rows of tables, by a statement that names some of them."""
    text = store.statement(SQL / statement)
    return step.cursor.sql(text, params={table: row for table, row in last.items() if f"${table}" in text}).pl()
