"""The command line: `python -m core ...`. The one place below the pages that reads a clock.

Every error a user can cause is one sentence on standard error and exit status 1.
"""

import datetime as dt
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from core import desk, kept, ledger, people, results
from core.desk import Signed
from core.evaluation import FOREVER
from core.intake.vocabulary import KINDS
from core.matching import reading
from core.model import Refusal
from core.terms import catalogue

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Leads against the terms of their programs.")

DEFAULT_DB = Path(__file__).parents[1] / "data" / "leads.duckdb"
Database = Annotated[
    Path, typer.Option("--db", help="Database file.", envvar="LEADS_DB", show_default="data/leads.duckdb")
]
By = Annotated[str, typer.Option("--by", help="Who does it: the id of a person.", envvar="LEADS_PERSON")]


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
        con = opened(db)
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
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Write facts documents into a database; the same again changes nothing."""
    con = desk.open_database(db, now())
    print_line({"added": desk.load(con, signed(by), lines_of(file))})


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file of another system: CSV or JSON Lines, UTF-8.")],
    program: Annotated[str, typer.Option(help=f"{', '.join(catalogue().programs)}.")],
    kind: Annotated[str | None, typer.Option(help=f"{', '.join(KINDS)}. Default: told from the columns.")] = None,
    partner: Annotated[str | None, typer.Option(help="Who sent the leads, where the file does not say.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="JSON: our field to the file's column.")] = None,
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Bring a file of another system in; prints one JSON report. Exit status 2 where it asks a question first."""
    con = desk.open_database(db, now())
    _, report = desk.import_file(con, signed(by), file, program, kind, partner, mapping)
    print_line(report.to_dict())
    if report.needs:
        raise typer.Exit(2)


@app.command("take-back")
def take_back(
    import_id: Annotated[str, typer.Argument(metavar="IMPORT", help="The id that the report of the import gave.")],
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Remove all that an import brought, unless something was decided on it; its file can be imported again."""
    print_line({"taken_back": import_id, "removed": desk.take_back(opened(db), signed(by), import_id).after})


@app.command("sample")
def sample_(
    leads: Annotated[int, typer.Option(min=1, help="How many leads.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same leads.")] = 1,
    until: Annotated[str | None, typer.Option(help="Last day of the sample. Default: yesterday.")] = None,
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Write lifelike sample leads of all programs and the people of the sample into a database; evaluate them."""
    con = desk.open_database(db, now())
    last_day = moment(until, now() - dt.timedelta(1)).date()
    print_line(desk.make_sample(con, signed(by), leads, seed, last_day).after)


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="A setting, such as raf.bonus_amount.")],
    value: Annotated[str, typer.Argument(help="Its value as JSON (500, true, \"either\"), or a plain word.")],
    source: Annotated[str, typer.Option(help="Why: who decided it, and where that is written.")],
    effective_on: Annotated[str | None, typer.Option("--from", help="First day in force. Default: tomorrow.")] = None,
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Give a setting a value from a day on. What was empty may begin earlier; what was set changes from tomorrow."""
    con = desk.open_database(db, now())
    first_day = dt.date.fromisoformat(effective_on) if effective_on else now().date() + dt.timedelta(1)
    desk.set_setting(con, signed(by), name, value, first_day, source)
    print_line({"setting": name, "from": first_day.isoformat(), "value": value})


@app.command()
def prepare(db: Database = DEFAULT_DB) -> None:
    """Make the database with sample leads where there is none; bring the evaluation up to today."""
    is_new = not db.exists()
    db.parent.mkdir(parents=True, exist_ok=True)
    con = desk.open_database(db, now())
    if is_new:
        typer.echo("Making sample leads for the first start ...", err=True)
        desk.make_sample(con, signed(people.OPERATOR), 10_000, 1, now().date() - dt.timedelta(1))
    if kept.is_due(con, now()):
        desk.advance(con, now())


@app.command()
def verify(db: Database = DEFAULT_DB) -> None:
    """Compare the database with its journal; exit status 1 and the first fault named where something is wrong."""
    con = opened(db)
    if fault := desk.first_fault(con):
        raise Refusal(fault)
    head = desk.head(con)
    print_line({"entries": head.number, "hash": head.hash})


@app.command()
def reconcile(db: Database = DEFAULT_DB) -> None:
    """Prove that what was earned is paid, open, clawed back or no longer owed: one JSON object per partner, program,
    currency and month. Exit status 1 where something does not add up."""
    found = ledger.reconcile(opened(db)).to_dicts()
    for row in found:
        print_line(row)
    wrong = [row for row in found if row["difference"]]
    if wrong:
        first = wrong[0]
        raise Refusal(f"{len(wrong)} of {len(found)} do not add up, first {first['partner']} in {first['program']}, "
                      f"{first['period']:%B %Y}: {first['difference']} {first['currency']}.")


@app.command()
def backup(to: Annotated[Path, typer.Argument(help="The new file.")], db: Database = DEFAULT_DB) -> None:
    """Copy the database to a new file, with its head file and key, and prove the copy."""
    print_line(desk.backup(opened(db), to))


@app.command()
def restore(source: Annotated[Path, typer.Argument(help="A backup.")], db: Database = DEFAULT_DB) -> None:
    """Put a backup in the place of a database that is not there, and prove it."""
    print_line(desk.restore(source, db))


@app.command("people")
def people_(
    action: Annotated[str, typer.Argument(help="list, add, grant or revoke.")] = "list",
    person: Annotated[str | None, typer.Argument(help="Id of the person, such as sara.")] = None,
    name: Annotated[str | None, typer.Option(help="Full name, to add.")] = None,
    email: Annotated[str | None, typer.Option(help="Address by which they sign in, to add.")] = None,
    role: Annotated[str | None, typer.Option(help=f"{', '.join(people.ROLES)}.")] = None,
    program: Annotated[str | None, typer.Option(help="Only for this program.")] = None,
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Who may act here: list people with their roles, add one, grant a role or take it back."""
    con = opened(db)
    if action == "list":
        for one in people.everyone(con, now()):
            print_line(one)
        return
    needed = {"add": name, "grant": role, "revoke": role}
    if action not in needed:
        raise Refusal(f"{action} is nothing to do with people; take list, add, grant or revoke.")
    if person is None or needed[action] is None:
        raise Refusal(f"people {action} takes the id of a person and --{'name' if action == 'add' else 'role'}.")
    if action == "add":
        done = desk.add_person(con, signed(by), person, name, email)
    else:
        done = {"grant": desk.grant, "revoke": desk.revoke}[action](con, signed(by), person, role, program)
    print_line(done.after)


@app.command()
def erase(
    contact: Annotated[str, typer.Argument(help="Id of a contact, or of a refused row of a file.")],
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Erase the personal data of a contact, and rewrite the file so that nothing of it stays behind."""
    con = opened(db)
    done = desk.erase(con, signed(by), contact)
    desk.rewrite(con)
    print_line(done.after)


@app.command()
def rewrite(db: Database = DEFAULT_DB) -> None:
    """Write the database into a new file, so that nothing of what was erased stays in freed parts of the old one."""
    con = opened(db)
    desk.rewrite(con)
    print_line({"rewritten": str(db)})


def opened(db: Path) -> duckdb.DuckDBPyConnection:
    """An existing database, open. Raises Refusal where there is none."""
    if not db.exists():
        raise Refusal(f"There is no database {db}.")
    return desk.open_database(db, now())


def signed(by: str) -> Signed:
    """A change that is asked for now, by a person, once."""
    return Signed(by, secrets.token_hex(16), now())


@app.command()
def matches(
    most: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    db: Database = DEFAULT_DB,
) -> None:
    """List records that may be the same and that nobody has answered yet; one JSON object a line."""
    for one in reading.open_matches(opened(db), most):
        print_line(one)


@app.command()
def match(
    near_match: Annotated[str, typer.Argument(help="The id that `matches` lists.")],
    answer: Annotated[str, typer.Argument(help="same, different or related; open takes an answer back.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    by: By = people.OPERATOR,
    db: Database = DEFAULT_DB,
) -> None:
    """Answer whether two records are the same, and evaluate again."""
    desk.settle_match(opened(db), signed(by), near_match, answer, note)
    print_line({"near_match": near_match, "answer": answer})


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
