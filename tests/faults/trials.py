"""Trials of what the desk promises when things go wrong, at any size. Each returns figures and raises nothing.

Called by test_faults.py at a size that fits the tests, and by `python -m tests.faults` at full size.
"""

import datetime as dt
import functools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import duckdb

from core import desk, kept, people
from core.desk import Signed, journal
from core.model import Refusal
from tests.desk.world import NOW, ask, build, computed_rows, kept_rows, same
from tests.faults import writer

ROOT = Path(__file__).parents[2]


def files_of(path: Path) -> list[Path]:
    """A database with what stands beside it."""
    return [file for name in ("", ".wal", ".head", ".key") if (file := path.with_name(path.name + name)).exists()]


def copied(path: Path, folder: Path) -> Path:
    """A copy of a closed database with its head file and key, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in files_of(folder / path.name):
        old.unlink()
    for file in files_of(path):
        shutil.copy2(file, folder / file.name)
    return folder / path.name


@functools.cache
def _made(payable: int) -> tuple[Path, tempfile.TemporaryDirectory]:
    folder = tempfile.TemporaryDirectory()  # gone with this process
    path = Path(folder.name) / "leads.duckdb"
    build(path, payable).close()
    return path, folder


def world(folder: Path, payable: int = 0) -> Path:
    """The small world in a folder, closed; made once and copied."""
    return copied(_made(payable)[0], folder)


def is_whole(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether what is kept of the evaluation is what follows from the facts."""
    return same(kept_rows(con), computed_rows(con, kept.kept_as_of(con)))


def is_plain(sentence: str) -> bool:
    """Whether something is said as to a person: one line that is no traceback."""
    return len(sentence.strip().splitlines()) == 1 and "Traceback" not in sentence


def kills(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R1: a process that opens and acts is killed at a random instant, again and again on the same database.

    What is torn stays torn, so the whole database is verified after every tenth kill and after the last.
    """
    chance, path = random.Random(seed), world(folder)
    acknowledged: set[str] = set()
    lost, torn, unsettled, while_opening, reopening = 0, 0, 0, 0, []
    for number, at_work in enumerate(writer.one_after_another(size)):
        at_work.act(path, number)
        said = [at_work.pipe.recv()]
        if chance.random() < 0.8:
            said.append(at_work.pipe.recv())
        time.sleep(chance.uniform(0, 0.8))
        at_work.process.kill()
        said += at_work.told()
        while_opening += "open" not in said
        acknowledged |= writer.stored(said)
        began = time.perf_counter()
        try:
            con = desk.open_database(path, NOW)
        except Refusal:
            torn += 1
            continue
        reopening.append(time.perf_counter() - began)
        lost += len(not_known(con, acknowledged))
        if number % 10 == 0 or number + 1 == size:
            torn += desk.first_fault(con) is not None or not is_whole(con)
        unknown = number % 9 + len(writer.stored(said))
        if "open" in said and writer.is_repeatable(unknown):  # what was killed is unknown: the same key settles it
            writer.change(con, number, unknown)
            unsettled += bool(not_known(con, {f"{number}/{unknown}"}))
        con.close()
    slowest = sorted(reopening)[int(len(reopening) * 0.99)] if reopening else 99.0
    return {"kills": size, "while_opening": while_opening, "acknowledged": len(acknowledged), "lost": lost,
            "torn": torn, "unsettled": unsettled, "reopening_p99": round(slowest, 3)}


def not_known(con: duckdb.DuckDBPyConnection, keys: set[str]) -> set[str]:
    """Of idempotency keys those by which no entry of the journal is known."""
    known, keeper = {key for (key,) in ask(con, "select key from journal")}, journal.book(con)
    return {key for key in keys if keeper.digest(key) not in known}


def full_disks(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R4: files may not grow beyond a random size while a process acts."""
    chance, path = random.Random(seed), world(folder)
    told: Counter[str] = Counter()
    for number, at_work in enumerate(writer.one_after_another(size)):
        largest = max(file.stat().st_size for file in files_of(path)) if number % 2 else 0
        at_work.act(path, number, largest=largest + chance.randrange(500, 50_000), most=40)
        settle(path, at_work.told(), told)
    return {"trials": size, **{name: told[name] for name in ("refused", "lost", "unclear", "not_reopened")}}


def settle(path: Path, said: list[str], told: Counter[str]) -> None:
    """What became of a database whose writer met a fault, once the fault is gone."""
    refusals = writer.refusals(said)
    told["refused"] += bool(refusals)
    told["not_refused"] += not refusals
    told["unclear"] += not all(map(is_plain, refusals))
    try:
        con = desk.open_database(path, NOW)
    except Refusal:
        told["not_reopened"] += 1
        return
    told["lost"] += len(not_known(con, writer.stored(said)))
    told["not_reopened"] += desk.first_fault(con) is not None
    con.close()


def read_only(folder: Path, size: int) -> dict[str, object]:
    """R4: file, head file or folder may not be written by who acts; the administrator without the right to all."""
    without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--ambient-caps=-all"]
    return _elsewhere(without if os.geteuid() == 0 else [], "read_only", folder, size)


def small_disks(folder: Path, size: int) -> dict[str, object]:
    """R4: disks of a random size that fill up, and disks that are read-only, in a mount namespace of their own.

    untried: 1 where the system lets nobody have such a namespace.
    """
    return _elsewhere(["unshare", "--map-root-user", "--mount"], "small", folder, size)


def _elsewhere(prefix: list[str], name: str, folder: Path, size: int) -> dict[str, object]:
    """The figures of a trial of disks.py that runs with other rights."""
    world(folder)
    command = [*prefix, sys.executable, "-m", "tests.faults.disks", name, folder, str(size)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        return {"trials": 0, "untried": 1, "why": (run.stderr.strip().splitlines() or ["no reason told"])[-1]}
    figures = zip(*[iter(run.stdout.split())] * 2, strict=True)
    return {"trials": size} | {name: int(value) for name, value in figures}


def backups(folder: Path, size: int) -> dict[str, object]:
    """R7: copies are made while threads write; each is restored into a new folder and compared."""
    con = desk.open_database(world(folder, payable=2), NOW)
    stop, wrong, seconds = threading.Event(), 0, 0.0

    def write(number: int, lead: str) -> None:
        place = 0
        while not stop.is_set():
            place += 1
            signed = Signed("chen", f"{number}/{place}", NOW, desk.version(con, lead))
            if place % 5:
                desk.comment(con, signed, lead, "text")
            else:
                desk.judge(con, signed, lead, "interest", ("pass", "fail")[place % 2], "so")

    threads = [threading.Thread(target=write, args=(number, lead)) for number, lead in enumerate(("P1", "R1"))]
    for thread in threads:
        thread.start()
    try:
        for number in range(size):
            began = time.perf_counter()
            made = desk.backup(con, folder / f"backup{number}.duckdb")
            seconds = max(seconds, time.perf_counter() - began)
            back = desk.restore(folder / f"backup{number}.duckdb", folder / f"new{number}" / "leads.duckdb")
            wrong += made != back or not _was_so(con, folder / f"new{number}")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    desk.backup(con, folder / f"backup{size}.duckdb")
    desk.restore(folder / f"backup{size}.duckdb", folder / "last" / "leads.duckdb")
    back = desk.open_database(folder / "last" / "leads.duckdb", NOW)
    wrong += _all_of(back) != _all_of(con) or not is_whole(back)
    back.close()
    written = ask(con, "select count(*) from journal where person = 'chen'")[0][0]
    con.close()
    return {"copies": size + 1, "wrong": wrong, "written_meanwhile": written, "slowest": round(seconds, 2)}


def large_backup(folder: Path, size: int) -> dict[str, object]:
    """R7: a database of so many leads is copied and proven, then put back."""
    con = desk.open_database(folder / "leads.duckdb", NOW)
    desk.make_sample(con, Signed(people.OPERATOR, "sample", NOW), size, 1, NOW.date() - dt.timedelta(1))
    began = time.perf_counter()
    made = desk.backup(con, folder / "backup.duckdb")
    seconds = time.perf_counter() - began
    wrong = made["rows"]["leads"] != size or desk.restore(folder / "backup.duckdb", folder / "new.duckdb") != made
    con.close()
    return {"leads": size, "wrong": int(wrong), "backup_seconds": round(seconds, 1)}


def _was_so(con: duckdb.DuckDBPyConnection, folder: Path) -> bool:
    """Whether a restored copy is what the database was at the last entry that the copy has."""
    there = desk.open_database(folder / "leads.duckdb", NOW)
    head = desk.head(there)
    found = (ask(con, "select hash from journal where number = ?", head.number) == [(head.hash,)] and is_whole(there)
             and ask(there, TRIGGERS) == ask(con, TRIGGERS))
    there.close()
    return found


TRIGGERS = "select trigger_name, sql from duckdb_triggers() where database_name = current_database() order by all"


def _all_of(con: duckdb.DuckDBPyConnection) -> list[object]:
    """Rows and sum of digests of every table, money owed, the end of the journal, the triggers."""
    with con.cursor() as cursor:
        totals = [journal.totals(cursor, journal.book(con), table) for table in journal.TABLES]
    return [totals, ask(con, "select sum(amount) from payouts_owed"), desk.head(con), ask(con, TRIGGERS)]
