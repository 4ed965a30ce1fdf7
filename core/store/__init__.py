"""The DuckDB file: opening, migrations, transactions, and statements read from `.sql` files.

Called by intake, facts, evaluation, the command line and the pages' reads. Must not know verdicts.

Why it is as narrow as this (tried on DuckDB 2.0; `tests/store/test_traps.py` holds each):
one connection shared by threads returns other threads' rows, so every read takes a cursor of its own;
a COMMIT after a failed statement returns normally and rolls back, so `transaction` is the only place that commits;
two intervals in one statement can be merged by an optimizer, so that optimizer is off and no `.sql` file does
date arithmetic at all.
"""

import contextlib
import functools
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from core.model import Refusal

HERE = Path(__file__).parent
CONFIG = {
    "disabled_optimizers": "common_subexpressions",
    "memory_limit": "400MB",  # what it keeps in memory; beyond that it spills to disk beside the file
    "preserve_insertion_order": "false",
    "threads": "2",
}
MIGRATIONS = sorted((HERE / "migrations").glob("*.sql"))
LATEST = int(MIGRATIONS[-1].name[:3])
"""Number of the newest migration this code knows."""


WRITER = threading.RLock()
"""One writer at a time: with a unique key alone, contenders can all abort and nobody is paid."""


class Within:
    """The cursor of an open transaction in the place of a connection: what reads through it sees uncommitted rows.

    A `transaction` of it joins the open one, which alone commits.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection):
        self._cursor = cursor

    def cursor(self) -> "Within":
        """This very cursor: another one would not see what is not committed yet."""
        return self

    def __enter__(self) -> "Within":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        """Nothing: the transaction closes its cursor."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)


@functools.cache
def statement(path: Path) -> str:
    """Text of one `.sql` file."""
    return path.read_text(encoding="utf-8")


def connect(path: str | Path = ":memory:") -> duckdb.DuckDBPyConnection:
    """An open database with every migration applied.

    path: a file (made where it is missing) or `:memory:`.
    Raises Refusal where another process holds the file, it is no database, or it is newer than this code.
    """
    try:
        con = duckdb.connect(str(path), config=CONFIG)
    except duckdb.Error as error:
        if "lock" in str(error).lower():
            raise Refusal(
                f"{path} is in use by another process, probably the dashboard. Stop it, or work on a copy."
            ) from error
        raise Refusal(f"{path} cannot be opened as a database: {str(error).splitlines()[0]}") from error
    try:
        migrate(con)
    except duckdb.Error as error:
        con.close()
        raise Refusal(f"{path} cannot be read as a database of this product: {str(error).splitlines()[0]}") from error
    return con


def pending(con: duckdb.DuckDBPyConnection) -> list[Path]:
    """Migration files that this database has not seen yet, in order. Changes nothing."""
    with con.cursor() as cursor:
        known = cursor.execute("select 1 from duckdb_tables() where table_name = 'migrations'").fetchall()
        applied = {row[0] for row in cursor.execute("select number from migrations").fetchall()} if known else set()
    if applied and max(applied) > LATEST:
        raise Refusal(
            f"The database was written by a newer version (schema {max(applied)}, this one knows {LATEST}). "
            "Install that version to open it."
        )
    return [file for file in MIGRATIONS if int(file.name[:3]) not in applied]


def migrate(con: duckdb.DuckDBPyConnection) -> None:
    """Apply every pending migration, each in one transaction together with the row that records it."""
    files = pending(con)
    if not files:
        return
    con.execute("create table if not exists migrations (number integer primary key, name varchar not null)").fetchall()
    for file in files:
        with transaction(con) as work:
            for step in duckdb.extract_statements(statement(file)):
                work.execute(step).fetchall()
            work.execute("insert into migrations values (?, ?)", [int(file.name[:3]), file.stem]).fetchall()


@contextlib.contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor whose statements all happen or none: commits at the end, rolls back on any error."""
    if isinstance(con, Within):
        yield con
        return
    with WRITER, con.cursor() as cursor:
        cursor.begin()
        try:
            yield cursor
        except BaseException:
            with contextlib.suppress(duckdb.Error):  # a failed rollback must not hide the first error
                cursor.rollback()
            raise
        try:
            cursor.commit()
        except (duckdb.TransactionException, duckdb.ConstraintException) as error:
            raise Refusal("Someone else changed the same record at the same moment. Look again and repeat.") from error
        except duckdb.Error as error:
            raise not_stored(error) from error


def not_stored(error: duckdb.Error) -> Refusal:
    """What is said where the disk refuses: it is not known whether the change was stored."""
    return Refusal(
        f"The change could not be stored: {str(error).splitlines()[0]} Make room on the disk or give the right to "
        "write, start again, and repeat the change with the same key: it is then done once, whatever became of it."
    )


def read(con: duckdb.DuckDBPyConnection, path: Path, **values: object) -> pl.DataFrame:
    """Rows of one `.sql` file as a frame; values only through `$names`. Takes a cursor of its own."""
    with con.cursor() as cursor:
        return cursor.sql(statement(path), params=values or None).pl()


def append(cursor: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Append a frame's rows to a table, matching columns by name; columns the frame lacks get their default."""
    if frame.is_empty():
        return
    if not re.fullmatch(r"[a-z_]+", table):
        raise ValueError(table)
    names = ", ".join(f'"{name}"' for name in frame.columns)
    cursor.register("incoming_rows", frame)
    cursor.execute(f"insert into {table} ({names}) select {names} from incoming_rows").fetchall()
    cursor.unregister("incoming_rows")


def insert(cursor: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    """Insert one row, columns by name; columns that the row lacks get their default."""
    if not all(re.fullmatch(r"[a-z_]+", name) for name in (table, *row)):
        raise ValueError(table)
    columns, values = ", ".join(f'"{name}"' for name in row), ", ".join(f"${name}" for name in row)
    cursor.execute(f"insert into {table} ({columns}) values ({values})", row).fetchall()


def columns(cursor: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Names of a table's columns, in alphabetical order."""
    return read(cursor, HERE / "sql" / "columns.sql", relation=table)["column_name"].to_list()


def written_out(cursor: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL expression that writes a row of a table as one text, unambiguously; an empty column that a later
    migration adds changes nothing."""
    parts = [f"'{name}=' || length(\"{name}\"::varchar) || ':' || \"{name}\"::varchar"
             for name in columns(cursor, table)]
    return f"concat_ws(chr(31), {', '.join(parts)})"


def path_of(con: duckdb.DuckDBPyConnection) -> Path | None:
    """The file of an open database; None where it is in memory."""
    path = read(con, HERE / "sql" / "database_file.sql")["path"].to_list()[0]
    return Path(path) if path else None
