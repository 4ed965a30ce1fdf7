"""The command line: `python -m core ...`. The one place below the pages that reads a clock.

Every error a user can cause is one sentence on standard error and exit status 1.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from core import kept, results, sample, store
from core.evaluation import FOREVER
from core.intake import imports
from core.matching import answers, finding, reading
from core.model import Refusal
from core.terms import catalogue

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Leads against the terms of their programs.")

DEFAULT_DB = Path(__file__).parents[1] / "data" / "leads.duckdb"
Database = Annotated[
    Path, typer.Option("--db", help="Database file.", envvar="LEADS_DB", show_default="data/leads.duckdb")
]


def now() -> dt.datetime:
    """The present instant, UTC without zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def moment(text: str | None, otherwise: dt.datetime) -> dt.datetime:
    """An instant given on the command line; a bare day is its end, so that all of that day has happened."""
    if text is None:
        return otherwise
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(f"{text!r} is no instant; write 2025-03-03T15:00:00Z or 2025-03-03.") from error
    if len(text) == len("2025-03-03"):
        return dt.datetime.combine(read.date(), dt.time.max)
    return read.astimezone(dt.UTC).replace(tzinfo=None) if read.tzinfo else read


def lines_of(file: str) -> list[str]:
    """The lines of a file, or of standard input for `-`."""
    if file == "-":
        return sys.stdin.read().splitlines()
    try:
        return Path(file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{file} cannot be read: {error}") from error


@app.command()
def evaluate(
    file: Annotated[str | None, typer.Argument(help="Facts documents, one JSON object a line; - reads input.")] = None,
    db: Annotated[Path | None, typer.Option("--db", help="Evaluate a database instead.")] = None,
    as_of: Annotated[str | None, typer.Option(help="What happened later is ignored. Default: now.")] = None,
    known_at: Annotated[str | None, typer.Option(help="What was recorded later is ignored.")] = None,
) -> None:
    """Evaluate facts documents, or everything in a database; one JSON result a line."""
    if (file is None) == (db is None):
        raise Refusal("Give a file of facts documents, or --db with a database, and not both.")
    if db is not None:
        if not db.exists():
            raise Refusal(f"There is no database {db}.")
        con = store.connect(db)
        print_line(results.of_database(con, catalogue(), moment(as_of, now()), moment(known_at, FOREVER)))
        return
    if as_of or known_at:
        raise Refusal("--as-of and --known-at go with --db; a document carries its own as_of.")
    failed = False
    for result in results.of_lines(lines_of(file), catalogue()):
        failed = failed or "error" in result
        print_line(result)
    if failed:
        raise typer.Exit(1)


@app.command()
def load(
    file: Annotated[str, typer.Argument(help="Facts documents, one JSON object a line; - is standard input.")],
    db: Database = DEFAULT_DB,
) -> None:
    """Write facts documents into a database; the same again changes nothing."""
    con = store.connect(db)
    added = results.load(con, lines_of(file), catalogue())
    print_line({"added": added})


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file of another system: CSV or JSON Lines, UTF-8.")],
    program: Annotated[str, typer.Option(help="cerri, raf or ptr.")],
    kind: Annotated[str | None, typer.Option(help="leads, contacts, organizations or activities.")] = None,
    partner: Annotated[str | None, typer.Option(help="Who sent the leads, where the file does not say.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="JSON: our field to the file's column.")] = None,
    db: Database = DEFAULT_DB,
) -> None:
    """Bring a file of another system in; prints one JSON report. Exit status 2 where it asks a question first."""
    con = store.connect(db)
    zone = results.program_zone(con, catalogue(), program)
    report = imports.import_file(con, file, program, kind, partner, mapping, now(), zone=zone)
    if report.accepted:
        kept.refresh(con, now())
    print_line(report.to_dict())
    if report.needs:
        raise typer.Exit(2)


@app.command("sample")
def sample_(
    leads: Annotated[int, typer.Option(min=1, help="How many leads.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same leads.")] = 1,
    until: Annotated[str | None, typer.Option(help="Last day of the sample. Default: yesterday.")] = None,
    db: Database = DEFAULT_DB,
) -> None:
    """Write lifelike sample leads of all programs into a database, and evaluate them."""
    con = store.connect(db)
    last_day = moment(until, now() - dt.timedelta(1)).date()
    counts = sample.write(con, leads, seed, last_day)
    propose_all(con)
    kept.refresh(con, now())
    print_line(counts)


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="A setting, such as raf.bonus_amount.")],
    value: Annotated[str, typer.Argument(help="Its value as JSON (500, true, \"either\"), or a plain word.")],
    source: Annotated[str, typer.Option(help="Why: who decided it, and where that is written.")],
    effective_on: Annotated[str | None, typer.Option("--from", help="First day in force. Default: tomorrow.")] = None,
    db: Database = DEFAULT_DB,
) -> None:
    """Give a setting a value from a day on. What was empty may begin earlier; what was set changes from tomorrow."""
    con = store.connect(db)
    present = now()
    first_day = dt.date.fromisoformat(effective_on) if effective_on else present.date() + dt.timedelta(1)
    results.set_setting(con, catalogue(), name, value, first_day, source, present)
    kept.refresh(con, present)
    print_line({"setting": name, "from": first_day.isoformat(), "value": value})


@app.command()
def prepare(db: Database = DEFAULT_DB) -> None:
    """Make the database with sample leads where there is none; bring the evaluation up to today."""
    is_new = not db.exists()
    db.parent.mkdir(parents=True, exist_ok=True)
    con = store.connect(db)
    if is_new:
        typer.echo("Making sample leads for the first start ...", err=True)
        sample.write(con, 10_000, 1, now().date() - dt.timedelta(1))
    as_of = kept.kept_as_of(con)
    if is_new or as_of is None:
        propose_all(con)
    if as_of is None or as_of.date() < now().date():
        kept.refresh(con, now())


@app.command()
def matches(
    db: Database = DEFAULT_DB,
    most: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
) -> None:
    """List records that may be the same and that nobody has answered yet; one JSON object a line."""
    for one in reading.open_matches(store.connect(db), most):
        print_line(one)


@app.command()
def match(
    near_match: Annotated[str, typer.Argument(help="The id that `matches` lists.")],
    answer: Annotated[str, typer.Argument(help="same, different or related; open takes an answer back.")],
    by: Annotated[str, typer.Option(help="Who answers.")],
    note: Annotated[str | None, typer.Option(help="Why.")] = None,
    db: Database = DEFAULT_DB,
) -> None:
    """Answer whether two records are the same, and evaluate again."""
    con = store.connect(db)
    present = now()
    with store.transaction(con) as cursor:
        answers.answer(cursor, near_match, answer, by, note, present)
    kept.refresh(con, present)
    print_line({"near_match": near_match, "answer": answer})


def propose_all(con: duckdb.DuckDBPyConnection) -> None:
    """Ask about every look-alike of a database."""
    with store.transaction(con) as cursor:
        finding.propose(cursor, now())


def print_line(result: dict) -> None:
    """One JSON object a line on standard output."""
    typer.echo(json.dumps(result, ensure_ascii=False, default=str, separators=(", ", ": ")))


def main() -> None:
    """Run a command; a refusal is one sentence and exit status 1, a closed pipe is no error."""
    try:
        app(standalone_mode=True)
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise SystemExit(1) from refusal
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
