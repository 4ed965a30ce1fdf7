"""Trials of what is seen of a database that was altered or damaged. Each returns figures and raises nothing."""

import functools
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import duckdb

from core import desk, store
from core.desk import Signed, journal
from core.model import Refusal
from tests.desk import former
from tests.desk.payouts import approve, prepare
from tests.desk.world import NOW, act
from tests.faults import writer
from tests.faults.trials import ROOT, copied, world

TABLES = ("events", "verdicts", "leads", "contacts", "partners", "settings", "payout_approvals", "batches",
          "batch_lines", "batch_steps", "voids", "grants", "people", "comments", "assignments", "journal",
          "journal_leads")


@functools.cache
def _made() -> tuple[Path, tempfile.TemporaryDirectory]:
    folder = tempfile.TemporaryDirectory()  # gone with this process
    path = world(Path(folder.name), payable=2)
    con = desk.open_database(path, NOW)
    act(con, desk.claim, "chen", "P1")
    accepted = act(con, desk.accept, "chen", "P1")
    act(con, desk.judge, "sara", "P1", "interest", "pass", "wrote so")
    act(con, desk.comment, "sara", "P1", "a comment")
    former.approved(con, "finn", "M1")
    approve(con, prepare(con))
    desk.undo(con, Signed("chen", "undo", NOW, desk.version(con, "P1")), accepted.number, "a mistake")
    con.close()
    return path, folder


def worked_world(folder: Path) -> Path:
    """The world with something in every table that can be altered, in a folder, closed; made once and copied."""
    return copied(_made()[0], folder)


def alterations(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R5: rows are edited, deleted, inserted and reordered; tails are cut; older files are put in place."""
    chance, path = random.Random(seed), worked_world(folder)
    older = copied(path, folder / "older")
    con = desk.open_database(path, NOW)
    for number in range(3):
        desk.comment(con, Signed("chen", f"later{number}", NOW, desk.version(con, "P1")), "P1", "later")
    missed, misnamed, by_schema = [], [], 0
    for number in range(size):
        kind = ("edit", "delete", "insert", "reorder", "tail", "roll back")[number % 6]
        if kind == "roll back":
            found, first_bad = _rolled_back(path, older, folder / "rolled", chance)
        else:
            found, first_bad = _altered(con, kind, chance)
        by_schema += found == BY_SCHEMA
        if found is None:
            missed.append(kind)
        elif found != BY_SCHEMA and first_bad != _entry_named(found):
            misnamed.append(f"{kind}: {found} ({first_bad})")
    con.close()
    return {"trials": size, "detected": size - len(missed), "of_these_by_the_schema": by_schema,
            "missed": ", ".join(sorted(set(missed))) or None, "another_entry_named": len(misnamed),
            "which": "; ".join(misnamed[:3]) or None}


BY_SCHEMA = "refused by the schema"


def _entry_named(sentence: str) -> int | None:
    found = re.search(r"[Ee]ntry (\d+)", sentence)
    return int(found[1]) if found else None


def _altered(con: duckdb.DuckDBPyConnection, kind: str, chance: random.Random) -> tuple[str | None, int | None]:
    """Alter something as one could who can write the file but has not the key; what is said first about it, and which
    entry should be named (None: no entry answers for the row)."""
    with con.cursor() as cursor:
        cursor.begin()
        for (name, table) in cursor.execute("select trigger_name, table_name from duckdb_triggers() where "
                                            "database_name = current_database()").fetchall():
            cursor.execute(f"drop trigger {name} on {table}").fetchall()
        table = chance.choice(TABLES)
        count = cursor.execute(f"select count(*) from {table}").fetchall()[0][0]
        row = cursor.execute(f"select rowid from {table} limit 1 offset {chance.randrange(count)}").fetchall()[0][0]
        last = cursor.execute("select max(number) from journal").fetchall()[0][0]
        try:
            if kind in ("edit", "delete", "insert"):
                first_bad = {"edit": _edit, "delete": _delete, "insert": _insert}[kind](cursor, table, row, last, chance)
            elif kind == "reorder":
                first_bad, second = sorted(chance.sample(range(1, last + 1), 2))
                for old, new in ((first_bad, -1), (second, first_bad), (-1, second)):
                    cursor.execute("update journal set number = ? where number = ?", [new, old]).fetchall()
            else:
                first_bad = last - chance.randrange(1, 4)  # it is told where the journal ends now
                for name in ("journal", "journal_leads"):
                    cursor.execute(f"delete from {name} where number > {first_bad}").fetchall()
        except duckdb.Error:  # a CHECK, a key
            cursor.rollback()
            return BY_SCHEMA, None
        # the triggers had to go first; that this is seen too would hide whether the alteration is
        found = next((one for one in desk.faults(store.Within(cursor)) if "triggers" not in one), None)
        cursor.rollback()
    return found, first_bad


def _edit(cursor: duckdb.DuckDBPyConnection, table: str, row: int, last: int, chance: random.Random) -> int | None:
    answers = _answers_for(cursor, table, row)
    columns = cursor.execute("select column_name, data_type from duckdb_columns() where table_name = ? and "
                             "database_name = current_database()", [table]).fetchall()
    column, of = chance.choice([one for one in columns if one[1] in ("VARCHAR", "DECIMAL(18,2)")])
    value = f"coalesce({column}, '') || 'x'" if of == "VARCHAR" else f"coalesce({column}, 0) + 1"
    cursor.execute(f"update {table} set {column} = {value} where rowid = {row}").fetchall()
    return answers


def _delete(cursor: duckdb.DuckDBPyConnection, table: str, row: int, last: int, chance: random.Random) -> int | None:
    answers = _answers_for(cursor, table, row)
    cursor.execute(f"delete from {table} where rowid = {row}").fetchall()
    return last - 1 if table == "journal" and answers == last else answers  # the end is told by what stands before it


def _insert(cursor: duckdb.DuckDBPyConnection, table: str, row: int, last: int, chance: random.Random) -> int | None:
    key = {"journal": "number", "journal_leads": "number", "settings": "name"}.get(table, "id")
    new = "number + 1000" if key == "number" else f"{key} || 'x'"
    more = ", key || 'x' as key" if table == "journal" else ""
    cursor.execute(f"insert into {table} by name (select * replace ({new} as {key}{more}) from {table} "
                   f"where rowid = {row})").fetchall()
    if table == "journal":
        return last + 1
    if table == "journal_leads":
        return 1000 + cursor.execute(f"select number from journal_leads where rowid = {row}").fetchall()[0][0]
    return _last_in_bulk(cursor, table)


def _answers_for(cursor: duckdb.DuckDBPyConnection, table: str, row: int) -> int | None:
    """The entry that answers for a row: itself, the last that named the row, or the last that wrote many."""
    if table in ("journal", "journal_leads"):
        return cursor.execute(f"select number from {table} where rowid = {row}").fetchall()[0][0]
    if table != "settings":
        name = cursor.execute(f"select id from {table} where rowid = {row}").fetchall()[0][0]
        for number, rows in cursor.execute("select number, rows from journal order by number desc").fetchall():
            if any(one[:2] == [table, name] for one in json.loads(rows)):
                return number
    return _last_in_bulk(cursor, table)


def _last_in_bulk(cursor: duckdb.DuckDBPyConnection, table: str) -> int | None:
    found = cursor.execute("select number, totals from journal order by number desc").fetchall()
    return next((number for number, totals in found if table in json.loads(totals)), None)


def _rolled_back(path: Path, older: Path, folder: Path, chance: random.Random) -> tuple[str | None, int | None]:
    """An older database in the place of the newer one beside the newer head file, or without one."""
    place = copied(older, folder)
    shutil.copy2(journal.head_file(path), journal.head_file(place))
    is_without = chance.random() < 0.3
    if is_without:
        journal.head_file(place).unlink()
    ends_at = json.loads(journal.head_file(older).read_text())["confirmed"]["number"]
    try:
        con = desk.open_database(place, NOW)
    except Refusal as refusal:
        return str(refusal), None if is_without else ends_at
    found = desk.first_fault(con)
    con.close()
    return found, None if is_without else ends_at


def bit_flips(folder: Path, size: int, seed: int = 1) -> dict[str, object]:
    """R6: one bit of the database or its log is flipped; what a process then says about it."""
    path = worked_world(folder)
    writer.ready().act(path, 0, most=6, dies=True).told()
    told: Counter[str] = Counter()
    start = 0
    while start < size:
        flipper = subprocess.run([sys.executable, "-m", "tests.faults.flipper", path, folder / "flipped",
                                  *map(str, (seed, start, size))], cwd=ROOT, capture_output=True, text=True)
        lines = flipper.stdout.split()
        told.update(lines)
        start += len(lines)
        if flipper.returncode and start < size:  # died of it: no number at all was given
            told["died" if flipper.returncode < 0 else "unclear"] += 1
            start += 1
    return {"flips": size, **{name: told[name] for name in ("refused", "same", "told", "died", "unclear", "wrong")}}
