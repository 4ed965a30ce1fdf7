"""Databases of earlier schemas with the journal they had, and processes that are killed while they bring one up."""

import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import duckdb

from core import desk, store
from core.desk import journal
from core.model import Refusal
from tests.desk.world import NOW, ask
from tests.faults.trials import files_of
from tests.faults.writer import FORKED


def of_schema(path: Path, last: int, *also: str) -> None:
    """A database as the version that knew migrations up to `last` left it, with a few rows, those of further statements
    and, since there is a journal, the entry that answers for them."""
    con = duckdb.connect(str(path))
    con.execute("create table migrations (number integer primary key, name varchar not null)").fetchall()
    for file in store.MIGRATIONS:
        if int(file.name[:3]) <= last:
            con.execute(file.read_text()).fetchall()
            con.execute("insert into migrations values (?, ?)", [int(file.name[:3]), file.stem]).fetchall()
    con.execute("insert into partners (id, kind, recorded_at, email_class) values "
                "('A', 'referral_partner', '2025-01-01', 'missing')").fetchall()
    con.execute("insert into leads (id, program, partner, submitted_at, recorded_at, channel) values "
                "('P1', 'ptr', 'A', '2025-03-03', '2025-03-03', 'web_form')").fetchall()
    con.execute("insert into verdicts (id, lead, criterion, verdict, happened_at, recorded_at) values "
                "('V1', 'P1', 'interest', 'pass', '2025-03-04', '2025-03-04')").fetchall()
    for statement in also:
        con.execute(statement).fetchall()
    if last >= JOURNAL:
        _noted(con, path)
    con.close()


def _noted(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Answer for the rows of a database in its journal, as its own version did: most in bulk, one row by name."""
    store._names.clear()  # its tables had other columns
    keeper = journal.Book(path, b"key of a test")
    journal.write_durably(journal.key_file(path), keeper.key.hex().encode(), 0o600)
    with con.cursor() as cursor:
        entry = journal.Entry(
            key="load", content="", recorded_at=NOW, person="operator", action="load", lead=None, before={}, after={},
            rows=[["verdicts", "V1", journal.row_digests(cursor, keeper, "verdicts", ["V1"])["V1"]]],
            totals={table: journal.totals(cursor, keeper, table) for table in ("leads", "partners", "events")},
            changes=journal.changes_digest(keeper, []))
        keeper.keep(journal.write(cursor, keeper, entry))
    store._names.clear()


JOURNAL = 5
"""The schema that brought the journal."""


def is_brought_up(path: Path) -> bool:
    """Whether a database opens at the newest schema with all that it held."""
    try:
        con = desk.open_database(path, NOW)
    except Refusal:
        return False
    found = (ask(con, "select max(number) from migrations") == [(store.LATEST,)]
             and ask(con, "select id, lead, verdict from verdicts") == [("V1", "P1", "pass")]
             and ask(con, "select id, partner from leads") == [("P1", "A")] and desk.first_fault(con) is None)
    con.close()
    return found


def kills_in_migrations(folder: Path, size: int) -> dict[str, object]:
    """R8: a process that brings a database of the first schema up is killed at one line after another, from before the
    first statement until after the last commit; at all of them, or at so many evenly spread ones."""
    path = folder / "leads.duckdb"
    of_schema(path, 1)
    points = _opened_until(path, None)
    chosen = sorted({round(place * (points - 1) / max(size - 1, 1)) + 1 for place in range(min(size, points))})
    lost = survived = 0
    for point in chosen:
        for file in files_of(path):
            file.unlink()
        of_schema(path, 1)
        survived += _opened_until(path, point) != -signal.SIGKILL
        lost += not is_brought_up(path)
    return {"points": points, "kills": len(chosen), "survived": survived, "lost": lost}


def _opened_until(path: Path, point: int | None) -> int:
    """Open a database in a process of its own and kill it at a line; its exit status, or how many lines there are."""
    ours, theirs = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=_open, args=(path, point, theirs))
    process.start()
    theirs.close()
    if point is None:
        return ours.recv()
    process.join()
    return process.exitcode


def _open(path: Path, point: int | None, pipe: Connection) -> None:
    passed = 0

    def line(frame: FrameType, event: str, _: object) -> object:
        nonlocal passed
        passed += event == "line"
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, event: str, _: object) -> object:
        code = frame.f_code
        return line if code.co_filename == store.__file__ and code.co_name in ("migrate", "transaction") else None

    sys.settrace(call)
    store.connect(path).close()
    sys.settrace(None)
    pipe.send(passed)
