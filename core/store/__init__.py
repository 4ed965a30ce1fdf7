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
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from core.model import Refusal
from core.store import answers

HERE = Path(__file__).parent
CONFIG = {
    "disabled_optimizers": "common_subexpressions",
    "memory_limit": "400MB",  # what it keeps in memory beside indexes; beyond that it spills to disk beside the file
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


def connect(path: str | Path = ":memory:", config: Mapping[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """An open database with every migration applied.

    path: a file (made where it is missing) or `:memory:`. config: options of DuckDB beside or instead of CONFIG.
    Raises Refusal where another process holds the file, it is no database, or it is newer than this code.
    """
    try:
        con = duckdb.connect(str(path), config={**CONFIG, **(config or {})})
    except duckdb.Error as error:
        if "could not set lock" in str(error).lower():
            raise Refusal(
                f"{path} is in use by another process, probably the dashboard. Stop it, or work on a copy."
            ) from error
        raise Refusal(f"{path} cannot be opened as a database: {str(error).splitlines()[0]}") from error
    try:
        migrate(con)
        if str(path) != ":memory:":  # where few rows are told once, looking at all of them is as quick
            create_indexes(con)
            if "memory_limit" not in (config or {}):
                _limit_memory(con)
    except duckdb.Error as error:
        con.close()
        raise Refusal(f"{path} cannot be read as a database of this product: {str(error).splitlines()[0]}") from error
    return con


def create_indexes(con: duckdb.DuckDBPyConnection) -> None:
    """Make the indexes that are missing, each in a transaction of its own."""
    with WRITER, con.cursor() as cursor:
        known = {row[0] for row in cursor.execute("select index_name from duckdb_indexes()").fetchall()}
        for name, _, query in _indexes():
            if name not in known:
                cursor.execute(query).fetchall()


def drop_indexes(con: duckdb.DuckDBPyConnection, tables: Collection[str] = ()) -> None:
    """Take the indexes of tables (none named: of all) away before very many rows come in; `create_indexes` makes them
    again in less time."""
    with WRITER, con.cursor() as cursor:
        for name, table, _ in _indexes():
            if not tables or table in tables:
                cursor.execute(f"drop index if exists {name}").fetchall()


@contextlib.contextmanager
def without_indexes(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> Iterator[None]:
    """Room for very many rows of some tables: merged into their indexes at once they would not fit into memory."""
    with WRITER:
        drop_indexes(con, tables)
        try:
            yield
        finally:
            create_indexes(con)


def _indexes() -> list[tuple[str, str, str]]:
    """Name, table and statement of each index."""
    made = r"(?m)^(?=create (?:unique )?index if not exists (\w+) on (\w+))(.*);$"
    return re.findall(made, statement(HERE / "indexes.sql"))


def pending(con: duckdb.DuckDBPyConnection) -> list[Path]:
    """Migration files that this database has not seen yet, in order. Changes nothing."""
    with con.cursor() as cursor:
        try:  # asking the catalog first whether the table is there takes longer than all else that opening asks
            applied = {row[0] for row in cursor.execute("select number from migrations").fetchall()}
        except duckdb.CatalogException:
            applied = set()
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
            for step in _steps(file):
                work.execute(step).fetchall()
            work.execute("insert into migrations values (?, ?)", [int(file.name[:3]), file.stem]).fetchall()


@functools.cache
def _steps(file: Path) -> list[duckdb.Statement]:
    """The statements of a migration: telling them apart takes a third of applying them."""
    return duckdb.extract_statements(statement(file))


@contextlib.contextmanager
def more_memory(con: duckdb.DuckDBPyConnection, megabytes: int = 1200) -> Iterator[None]:
    """Room for one transaction that brings very many rows or replaces them: its indexes hold all of them at once."""
    _limit_memory(con, megabytes)
    try:
        yield
    finally:
        _limit_memory(con)


def _limit_memory(con: duckdb.DuckDBPyConnection, more: int = 0) -> None:
    """Let memory grow with the rows that are stored: the part of an index in which a key was looked up is held for
    good, so that a fixed limit was reached after some sixty leads of a million had been looked up."""
    base = int(CONFIG["memory_limit"].removesuffix("MB"))
    with con.cursor() as cursor:
        rows = cursor.execute(statement(HERE / "sql" / "indexed_rows.sql")).fetchall()[0][0]
        cursor.execute(f"set memory_limit = '{base + rows * INDEXED // 1_000_000 + more}MB'").fetchall()


INDEXED = 100
"""Bytes that the indexes of a row take at most: 76 on a million leads, after a thousand of them were looked up."""


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
        except duckdb.Error as error:
            answers.bears_on_any(cursor)
            # The type tells nothing: a commit for which memory is too small is a TransactionException too.
            if not re.search("(?i)conflict|constraint", str(error)):
                raise not_stored(error) from error
            raise Refusal("Someone else changed the same record at the same moment. Look again and repeat.") from error
        finally:
            answers.stored(con, cursor)


def not_stored(error: duckdb.Error) -> Refusal:
    """What is said where disk or memory refuse: it is not known whether the change was stored."""
    return Refusal(
        f"The change could not be stored: {str(error).splitlines()[0]} Make room on the disk or give the right to "
        "write, start again, and repeat the change with the same key: it is then done once, whatever became of it."
    )


def read(con: duckdb.DuckDBPyConnection, path: Path, **values: object) -> pl.DataFrame:
    """Rows of one `.sql` file as a frame; values only through `$names`. Takes a cursor of its own."""
    with con.cursor() as cursor:
        return rows(cursor, path, **values)


FEW = 64
"""Keys up to which a statement names each one: only then does DuckDB look them up in an index."""


def rows(cursor: duckdb.DuckDBPyConnection, path: Path, **values: object) -> pl.DataFrame:
    """Rows of one `.sql` file on the caller's own cursor, so that what its open transaction wrote is seen.

    A collection of strings stands in the statement as `in ($name)`.
    """
    return rows_of(cursor, statement(path), str(path), values)


MANY = 1_000
"""Rows from which on a statement is run as a relation: it is planned twice then, but its rows come as columns."""


def rows_of(cursor: duckdb.DuckDBPyConnection, text: str, known_as: str, values: Mapping[str, object]) -> pl.DataFrame:
    """Rows of a statement as `rows` gives them; known_as: the same for every text that has the same columns."""
    text, given = named_each(text, values)
    none = _empty.get(known_as)
    if none is not None and not any(isinstance(value, list) and len(value) > FEW for value in given.values()):
        found = cursor.execute(text, given or None).fetchmany(MANY + 1)
        if len(found) <= MANY:  # an empty frame costs more to make than its rows cost to read
            return pl.DataFrame(found, none.schema, orient="row") if found else none
        cursor.abort()  # DuckDB takes no other statement while rows of this one wait
        _empty.pop(known_as, None)  # another thread may have read as many at the same moment
    relation = cursor.sql(text, params=given or None).pl()
    if relation.height <= MANY:
        _empty[known_as] = relation.clear()
    return relation


def named_each(text: str, values: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """A statement in which `in ($name)` names each of few strings, or opens a list of many; and its values."""
    given: dict[str, object] = {}
    for name, value in values.items():
        if not isinstance(value, list | tuple | set) or f"in (${name})" not in text:
            given[name] = value
        elif 0 < len(value) <= FEW:
            each = {f"{name}_{number}": one for number, one in enumerate(sorted(value))}
            text = text.replace(f"in (${name})", f"in ({', '.join(f'${one}' for one in each)})")
            given |= each
        else:
            text = text.replace(f"in (${name})", f"in (select unnest(${name}::varchar[]))")
            given[name] = sorted(value)
    return text, given


_empty: dict[str, pl.DataFrame] = {}
"""No rows of each of the statements whose last answer was short: their columns."""


AT_ONCE = 60_000
"""Rows that DuckDB takes out of a frame at once: it packs two such batches side by side, and a million rows are never
copied as a whole."""

SMALL = 400
"""Values up to which an insert names each one: making a relation of a frame takes longer."""


def append(cursor: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Append a frame's rows to a table, matching columns by name; columns the frame lacks get their default.

    Of few rows a column without any value is left out too: naming it takes longer than all else.
    """
    if frame.is_empty():
        return
    if not re.fullmatch(r"[a-z_]+", table):
        raise ValueError(table)
    if frame.height <= FEW:
        filled = {name: column for name, column in zip(frame.columns, zip(*frame.iter_rows(), strict=True), strict=True)
                  if any(value is not None for value in column)}
        if len(filled) * frame.height <= SMALL:
            names, row = ", ".join(f'"{name}"' for name in filled), f"({', '.join('?' * len(filled))})"
            values = [value for each in zip(*filled.values(), strict=True) for value in each]
            cursor.execute(f"insert into {table} ({names}) values {', '.join([row] * frame.height)}", values).fetchall()
            return
    names = ", ".join(f'"{name}"' for name in frame.columns)
    batches = (batch for piece in frame.iter_slices(AT_ONCE) for batch in piece.to_arrow().to_batches())
    cursor.register("incoming_rows", pa.RecordBatchReader.from_batches(frame.clear().to_arrow().schema, batches))
    cursor.execute(f"insert into {table} ({names}) select {names} from incoming_rows").fetchall()
    cursor.unregister("incoming_rows")


def insert(cursor: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    """Insert one row, columns by name; columns that the row lacks get their default."""
    if not all(re.fullmatch(r"[a-z_]+", name) for name in (table, *row)):
        raise ValueError(table)
    columns, values = ", ".join(f'"{name}"' for name in row), ", ".join(f"${name}" for name in row)
    cursor.execute(f"insert into {table} ({columns}) values ({values})", row).fetchall()


def columns(cursor: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Names of a table's columns, in alphabetical order: the same in every database that `connect` has opened."""
    if table not in _names:
        with cursor.cursor() as own:
            found = own.execute(statement(HERE / "sql" / "columns.sql"), {"relation": table}).fetchall()
        _names[table] = [name for (name,) in found]
    return _names[table]


_names: dict[str, list[str]] = {}
"""Columns of the tables that were asked for: asking the catalog takes longer than most of what is then read."""


def written_out(cursor: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL expression that writes a row of a table as one text, unambiguously; an empty column that a later
    migration adds changes nothing."""
    parts = [f"'{name}=' || length(\"{name}\"::varchar) || ':' || \"{name}\"::varchar"
             for name in columns(cursor, table)]
    return f"concat_ws(chr(31), {', '.join(parts)})"


def path_of(con: duckdb.DuckDBPyConnection) -> Path | None:
    """The file of an open database; None where it is in memory."""
    with con.cursor() as cursor:
        path = cursor.execute(statement(HERE / "sql" / "database_file.sql")).fetchall()[0][0]
    return Path(path) if path else None
