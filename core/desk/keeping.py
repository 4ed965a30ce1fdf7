"""Copies of the database that are proven, and the way back from one.

A copy is made of the files between two changes, while who writes waits and who reads does not, and is verified as a
whole by its own journal before it counts. The head file and the key go along: without them a copy could not be told
from an altered one. Keep them where others cannot write.
"""

import datetime as dt
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from core import store
from core.desk import bringing, journal, verifying
from core.desk.journal import SQL
from core.model import Refusal


def open_database(path: Path, now: dt.datetime) -> duckdb.DuckDBPyConnection:
    """The open database, checked against the head file of its journal, with its first entry written where it has none.

    Raises Refusal as `store.connect` does, and where the file is not the one that the head file knows.
    """
    con = store.connect(path)
    try:
        if found := store.path_of(con):
            journal.forget(found)
        bringing.begin(con, now)
    except BaseException:
        con.close()
        raise
    return con


def backup(con: duckdb.DuckDBPyConnection, to: Path) -> dict:
    """Copy an open database to a new file and prove the copy. Returns entries, hash, and rows per table of the copy.

    Raises Refusal where the file exists, cannot be written, or the copy is not what the journal says.
    """
    if to.exists():
        raise Refusal(f"{to} exists already. Name a new file.")
    own = journal.book(con)
    if own.path is None:
        raise Refusal("A database in memory has no file to copy.")
    made = [to, log_file(to), journal.key_file(to), journal.head_file(to)]
    try:
        with store.WRITER:
            head = journal.head(con)
            for old in (own.path, log_file(own.path)):
                if old.exists():
                    _duplicate(old, to if old == own.path else log_file(to))
        if journal.key_file(own.path).exists():
            journal.write_durably(journal.key_file(to), journal.key_file(own.path).read_bytes(), 0o600)
        journal.write_durably(journal.head_file(to), journal.plain(
            {"confirmed": vars(head), "intended": None}).encode(), 0o644)
        return _opened_and_proven(to)
    except (OSError, duckdb.Error) as error:
        _remove(made)
        raise Refusal(f"{to} cannot be written: {str(error).splitlines()[0]}") from error
    except Refusal:
        _remove(made)
        raise


def log_file(path: Path) -> Path:
    """Where DuckDB keeps what is not in the file of a database yet."""
    return path.with_name(path.name + ".wal")


def _duplicate(old: Path, new: Path) -> None:
    """Copy a file; on the disk when this returns."""
    shutil.copyfile(old, new)
    with new.open("rb") as handle:
        os.fsync(handle.fileno())


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _opened_and_proven(path: Path) -> dict:
    journal.forget(path)
    con = store.connect(path)
    try:
        with con.cursor() as cursor:
            cursor.execute("checkpoint").fetchall()  # a copy is one file, not one with its log
        return _proven(con, path)
    finally:
        con.close()
        journal.forget(path)


def _copy(con: duckdb.DuckDBPyConnection, to: Path) -> None:
    """Every table and index as of one instant, and the triggers, which a copy loses silently."""
    name = '"' + store.read(con, SQL / "database_name.sql")["name"].to_list()[0].replace('"', '""') + '"'
    with store.more_memory(con), con.cursor() as cursor:
        try:
            cursor.execute("attach $file as copied".replace("$file", "'" + str(to).replace("'", "''") + "'")).fetchall()
        except duckdb.Error as error:
            raise Refusal(f"{to} cannot be written: {str(error).splitlines()[0]}") from error
        try:
            cursor.execute(f"copy from database {name} to copied").fetchall()
            made = store.read(con, SQL / "triggers.sql")["sql"].to_list()
            cursor.execute("use copied").fetchall()
            for statement in made:
                cursor.execute(statement).fetchall()
            cursor.execute(f"use {name}").fetchall()
        except duckdb.Error as error:
            raise Refusal(f"The copy to {to} failed: {str(error).splitlines()[0]}") from error
        finally:
            cursor.execute(f"use {name}").fetchall()
            cursor.execute("detach copied").fetchall()


def _proven(con: duckdb.DuckDBPyConnection, path: Path) -> dict:
    fault = verifying.first_fault(con)
    if fault:
        raise Refusal(f"{path} is no faithful copy: {fault}")
    head = journal.head(con)
    with con.cursor() as cursor:
        text = store.statement(SQL / "count.sql")
        rows = {table: cursor.execute(text.replace("stored_rows", table)).fetchall()[0][0] for table in journal.TABLES}
    return {"entries": head.number, "hash": head.hash, "rows": {table: count for table, count in rows.items() if count}}


def restore(source: Path, path: Path) -> dict:
    """Put a backup in the place of a database that is not there, and prove it. Returns what `backup` returns.

    Raises Refusal where the backup is not there or altered, or where a database, its head or its key stand there.
    """
    if not source.exists():
        raise Refusal(f"There is no backup {source}.")
    made = (path, log_file(path), journal.head_file(path), journal.key_file(path))
    if standing := [file.name for file in made if file.exists()]:
        raise Refusal(f"{' and '.join(standing)} in {path.parent} would be written over. Move a database away together "
                      "with its .head and .key, then restore.")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        for name, mode in ((journal.head_file, 0o644), (journal.key_file, 0o600)):
            if name(source).exists():
                journal.write_durably(name(path), name(source).read_bytes(), mode)
        if log_file(source).exists():
            _duplicate(log_file(source), log_file(path))
        new = path.with_name(path.name + ".new")
        _duplicate(source, new)
        os.replace(new, path)
        return _opened_and_proven(path)
    except OSError as error:
        _remove(made)
        raise Refusal(f"{path} cannot be written: {error.strerror}.") from error
    except Refusal:
        _remove(made)
        raise


def rewrite(con: duckdb.DuckDBPyConnection) -> None:
    """Write the database into a new file and put it in the place of the old one, so that nothing of what was erased
    stays behind in freed parts of it. Closes the connection."""
    path = store.path_of(con)
    if path is None:
        return
    new = path.with_name(path.name + ".rewritten")
    with store.WRITER:
        new.unlink(missing_ok=True)
        _copy(con, new)
        con.close()
        os.replace(new, path)
        log_file(path).unlink(missing_ok=True)
        journal.forget(path)
