"""Trials of what the desk promises when things go wrong, at any size. Each returns figures and raises nothing.

Called by test_faults.py at a size that fits the tests, and by `python -m tests.faults` at full size.
"""

import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb

from core import desk, store
from core.desk import Signed, Stale, journal
from core.model import Refusal
from tests.desk.world import NOW, ask, build

ROOT = Path(__file__).parents[2]


def child(script: str, *arguments: object, **more: object) -> subprocess.Popen:
    """A process of its own that runs a script of this folder."""
    command = [sys.executable, "-m", f"tests.faults.{script}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


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


def kills(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R1: a process that acts is killed at a random instant, again and again on the same database."""
    chance, path = random.Random(seed), folder / "leads.duckdb"
    build(path).close()
    acknowledged: set[str] = set()
    lost, torn, reopening = 0, 0, []
    for number in range(size):
        writer = child("writer", path, number)
        writer.stdout.readline()  # it is at work
        time.sleep(chance.uniform(0, 1.5))
        writer.send_signal(signal.SIGKILL)
        acknowledged |= {line.strip() for line in writer.communicate()[0].splitlines() if line.endswith(".")}
        began = time.perf_counter()
        try:
            con = desk.open_database(path, NOW)
        except Refusal:
            torn += 1
            continue
        reopening.append(time.perf_counter() - began)
        known = {key for (key,) in ask(con, "select key from journal")}
        lost += len({key.rstrip(".") for key in acknowledged} - known)
        torn += desk.first_fault(con) is not None
        con.close()
    slowest = sorted(reopening)[int(len(reopening) * 0.99)] if reopening else 99.0
    return {"kills": size, "acknowledged": len(acknowledged), "lost": lost, "torn": torn,
            "reopening_p99": round(slowest, 3)}


def races(folder: Path, size: int, threads: int = 8) -> dict[str, object]:
    """R3: threads race to approve the same payouts; then one key is repeated, and with another amount."""
    con = build(folder / "leads.duckdb", payable=size)
    owed = ask(con, "select lead, earned_by, amount, currency from payouts_owed where status = 'payable' order by lead")
    counted: Counter[str] = Counter()

    def race(number: int) -> None:
        order = random.Random(number).sample(owed, len(owed))
        for lead, earned_by, amount, currency in order:
            while True:
                signed = Signed(("finn", "fay")[number % 2], f"{number}/{lead}", NOW, desk.version(con, lead))
                try:
                    desk.approve_payout(con, signed, lead, earned_by, amount, currency)
                    counted["approved"] += 1
                except Stale:
                    continue
                except Refusal:
                    counted["refused"] += 1
                break

    _together([threading.Thread(target=race, args=(number,)) for number in range(threads)])
    approvals = ask(con, "select count(*), count(distinct lead) from payout_approvals")[0]
    lead, earned_by, amount, currency = owed[0]
    first = ask(con, "select key, person from journal where action = 'approve_payout' and lead = ?", lead)[0]
    repeats, altered = Counter(), 0

    def repeat() -> None:
        done = desk.approve_payout(con, Signed(first[1], first[0], NOW, 0), lead, earned_by, amount, currency)
        repeats[done.is_repeated, done.number] += 1

    for _ in range(0, 100, threads):
        _together([threading.Thread(target=repeat) for _ in range(threads)])
    for _ in range(10):
        try:
            desk.approve_payout(con, Signed(first[1], first[0], NOW, 0), lead, earned_by, amount + Decimal("0.01"),
                                currency)
        except Refusal as refusal:
            altered += "another change" in str(refusal)
    fault = desk.first_fault(con)
    con.close()
    return {"payouts": size, "approved": approvals[0], "missing": size - approvals[1],
            "double": approvals[0] - approvals[1], "told_approved": counted["approved"],
            "repeats_with_one_result": len(repeats) == 1, "altered_refused": altered == 10, "fault": fault}


def _together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def full_disks(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R4: files may not grow beyond a random size while a process acts."""
    chance, path = random.Random(seed), folder / "leads.duckdb"
    build(path).close()
    lost = unclear = unopened = met = 0
    for number in range(size):
        largest = max(file.stat().st_size for file in files_of(path)) if number % 2 else 0
        limit = largest + chance.randrange(1_000, 400_000)
        writer = child("writer", path, f"full{number}", "until-refused", 60,
                       preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        said, complained = writer.communicate(timeout=300)
        acknowledged = {line.rstrip(".") for line in said.splitlines() if line.endswith(".")}
        if writer.returncode:
            met += 1
            unclear += "Traceback" in complained or len(complained.strip().splitlines()) != 1
        try:
            con = desk.open_database(path, NOW)
        except Refusal:
            unopened += 1
            continue
        known = {key for (key,) in ask(con, "select key from journal")}
        lost += len(acknowledged - known)
        unopened += desk.first_fault(con) is not None
        con.close()
    return {"trials": size, "disks_full": met, "lost": lost, "unclear": unclear, "not_reopened": unopened}


TAMPERED = ("events", "verdicts", "leads", "contacts", "partners", "settings", "payout_approvals", "voids", "grants",
            "people", "comments", "assignments", "journal", "journal_leads")


def tampering(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R5: rows are edited, deleted, inserted and reordered; tails are cut; older files are put in place."""
    chance, path = random.Random(seed), folder / "leads.duckdb"
    worked_world(path)
    older = copied(path, folder / "older")
    con = desk.open_database(path, NOW)
    lead = "P1"
    for number in range(3):
        desk.comment(con, Signed("chen", f"later{number}", NOW, desk.version(con, lead)), lead, "later")
    missed, unnamed, kinds = [], 0, Counter()
    for number in range(size):
        kind = ("edit", "delete", "insert", "reorder", "tail", "roll back")[number % 6]
        kinds[kind] += 1
        if kind == "roll back":
            found = _rolled_back(path, older, folder / "rolled", chance)
        else:
            found = _altered(con, kind, chance)
        if found is None:
            missed.append(kind)
        elif not any(word in found for word in ("ntry ", "entries", "row of", ".head")):
            unnamed += 1
    con.close()
    return {"trials": size, "detected": size - len(missed), "missed": ", ".join(sorted(set(missed))) or None,
            "entry_not_named": unnamed}


def worked_world(path: Path) -> None:
    """The world with something in every table that can be altered, closed."""
    con = build(path, payable=2)

    def act(action, who: str, name: str, *arguments: object):
        return action(con, Signed(who, f"{action.__name__}/{name}", NOW, desk.version(con, name)), name, *arguments)

    act(desk.claim, "chen", "P1")
    accepted = act(desk.accept, "chen", "P1")
    act(desk.judge, "sara", "P1", "interest", "pass", "wrote so")
    act(desk.comment, "sara", "P1", "a comment")
    act(desk.approve_payout, "finn", "M1", "pay-M1", Decimal("100.10"), "USD")
    desk.undo(con, Signed("chen", "undo", NOW, desk.version(con, "P1")), accepted.number, "a mistake")
    con.close()


def _altered(con: duckdb.DuckDBPyConnection, kind: str, chance: random.Random) -> str | None:
    """Alter something as one could who can write the file but has not the key; what is said about it."""
    with con.cursor() as cursor:
        cursor.begin()
        for (name, table) in cursor.execute("select trigger_name, table_name from duckdb_triggers() where "
                                            "database_name = current_database()").fetchall():
            cursor.execute(f"drop trigger {name} on {table}").fetchall()
        table = chance.choice(TAMPERED)
        columns = dict(cursor.execute("select column_name, data_type from duckdb_columns() where table_name = ? and "
                                      "database_name = current_database()", [table]).fetchall())
        count = cursor.execute(f"select count(*) from {table}").fetchall()[0][0]
        row = cursor.execute(f"select rowid from {table} limit 1 offset {chance.randrange(count)}").fetchall()[0][0]
        last = cursor.execute("select max(number) from journal").fetchall()[0][0]
        try:
            if kind == "edit":
                column = chance.choice([name for name, of in columns.items() if of in ("VARCHAR", "DECIMAL(18,2)")])
                value = "coalesce(%s, '') || 'x'" if columns[column] == "VARCHAR" else "coalesce(%s, 0) + 1"
                cursor.execute(f"update {table} set {column} = {value % column} where rowid = {row}").fetchall()
            elif kind == "delete":
                cursor.execute(f"delete from {table} where rowid = {row}").fetchall()
            elif kind == "insert":
                key = {"journal": "number", "journal_leads": "number", "settings": "name"}.get(table, "id")
                new = "number + 1000" if key == "number" else f"{key} || 'x'"
                more = ", key || 'x' as key" if table == "journal" else ""
                cursor.execute(f"insert into {table} by name (select * replace ({new} as {key}{more}) from {table} "
                               f"where rowid = {row})").fetchall()
            elif kind == "reorder":
                first, second = sorted(chance.sample(range(1, last + 1), 2))
                for old, new in ((first, -1), (second, first), (-1, second)):
                    cursor.execute("update journal set number = ? where number = ?", [new, old]).fetchall()
            elif kind == "tail":
                kept = last - chance.randrange(1, 4)
                for name in ("journal", "journal_leads"):
                    cursor.execute(f"delete from {name} where number > {kept}").fetchall()
        except duckdb.Error as error:  # the schema itself refuses: a CHECK, a key
            cursor.rollback()
            return f"Entry refused by the schema: {error}"
        # the triggers had to go first; that this is seen too would hide whether the alteration is
        found = next((one for one in desk.faults(store.Within(cursor)) if "triggers" not in one), None)
        cursor.rollback()
    return found


def _rolled_back(path: Path, older: Path, folder: Path, chance: random.Random) -> str | None:
    """An older database in the place of the newer one, with or without its log, beside the newer head file."""
    place = copied(older, folder)
    shutil.copy2(journal.head_file(path), journal.head_file(place))
    if chance.random() < 0.3:
        journal.head_file(place).unlink()
    try:
        con = desk.open_database(place, NOW)
    except Refusal as refusal:
        return str(refusal)
    found = desk.first_fault(con)
    con.close()
    return found


def bit_flips(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R6: one bit of the database or its log is flipped; what a process then says about it."""
    path = folder / "leads.duckdb"
    worked_world(path)
    with_log = child("writer", path, "log", "then-die", 6)
    with_log.communicate(timeout=120)
    told: Counter[str] = Counter()
    start = 0
    while start < size:
        flipper = child("flipper", path, folder / "flipped", seed, start, size)
        lines = flipper.communicate(timeout=3600)[0].split()
        told.update(lines)
        start += len(lines)
        if flipper.returncode < 0 and start < size:  # the process died of it: no number at all was given
            told["died"] += 1
            start += 1
        elif flipper.returncode > 0:
            told["unclear"] += 1
            start += 1
    return {"flips": size, **{name: told[name] for name in ("refused", "same", "told", "died", "unclear", "wrong")}}


def backups(folder: Path, size: int) -> dict[str, object]:
    """R7: copies are made while threads write; each is restored into a new folder and compared."""
    con = build(folder / "leads.duckdb", payable=2)
    stop, wrong, seconds = threading.Event(), 0, 0.0

    def write(number: int, lead: str) -> None:
        place = 0
        while not stop.is_set():
            place += 1
            desk.comment(con, Signed("chen", f"{number}/{place}", NOW, desk.version(con, lead)), lead, "text")

    threads = [threading.Thread(target=write, args=(number, lead)) for number, lead in enumerate(("P1", "L1"))]
    for thread in threads:
        thread.start()
    try:
        for number in range(size):
            began = time.perf_counter()
            made = desk.backup(con, folder / f"backup{number}.duckdb")
            seconds = max(seconds, time.perf_counter() - began)
            (folder / f"new{number}").mkdir()
            back = desk.restore(folder / f"backup{number}.duckdb", folder / f"new{number}" / "leads.duckdb")
            there = duckdb.connect(str(folder / f"new{number}" / "leads.duckdb"))
            triggers = there.execute("select count(*) from duckdb_triggers()").fetchall()[0][0]
            there.close()
            now = ask(con, "select count(*) from journal where number <= ?", made["entries"])[0][0]
            head = ask(con, "select hash from journal where number = ?", made["entries"])[0][0]
            wrong += not (made == back and now == made["entries"] and head == made["hash"]
                          and triggers == ask(con, "select count(*) from duckdb_triggers()")[0][0])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    written = ask(con, "select count(*) from journal where action = 'comment'")[0][0]
    con.close()
    return {"copies": size, "wrong": wrong, "written_meanwhile": written, "slowest": round(seconds, 2)}
