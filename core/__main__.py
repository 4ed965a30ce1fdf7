"""The command line: `python -m core ...`. The one place below the pages that reads a clock.

Every error a user can cause is one sentence on standard error and exit status 1.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from core import results, store
from core.evaluation import FOREVER
from core.model import Refusal
from core.terms import catalogue

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Leads against the terms of their programs.")  # fmt: skip

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
    file: Annotated[str | None, typer.Argument(help="Facts documents, one JSON object a line; - is standard input.")] = None,
    db: Annotated[Path | None, typer.Option("--db", help="Evaluate a database instead.")] = None,
    as_of: Annotated[str | None, typer.Option(help="What happened later is ignored. Default: now.")] = None,
    known_at: Annotated[str | None, typer.Option(help="What was recorded later is ignored.")] = None,
) -> None:  # fmt: skip
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


def print_line(result: dict) -> None:
    """One JSON object a line on standard output."""
    typer.echo(json.dumps(result, ensure_ascii=False, separators=(", ", ": ")))


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
