"""Temporary relations of a transaction that the statements of this room read, and what they give.

Called by the finding and its outlines. Knows nothing of what stands in them.
"""

from pathlib import Path

import duckdb
import polars as pl

from core import store

SQL = Path(__file__).parent / "sql"


def give(cursor: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """A temporary table with the rows of a frame."""
    cursor.register("given_rows", frame)
    cursor.execute(f"create or replace temp table {name} as select * from given_rows").fetchall()
    cursor.unregister("given_rows")


def keep(cursor: duckdb.DuckDBPyConnection, name: str, statement: str) -> None:
    """A temporary table with the rows of a statement."""
    cursor.execute(f"create or replace temp table {name} as {store.statement(SQL / f'{statement}.sql')}").fetchall()


def view(cursor: duckdb.DuckDBPyConnection, name: str, statement: str, table: str = "") -> None:
    """A temporary view of a statement. table: stands there for `stored_rows`."""
    text = store.statement(SQL / f"{statement}.sql").replace("stored_rows", table)
    cursor.execute(f"create or replace temp view {name} as {text}").fetchall()


def read(cursor: duckdb.DuckDBPyConnection, statement: str, **values: object) -> pl.DataFrame:
    """The rows of a statement, as the caller's transaction sees them."""
    return cursor.sql(store.statement(SQL / f"{statement}.sql"), params=values or None).pl()
