"""What was imported so far, as a page lists it. Called by pages; changes nothing and reads no clock."""

import duckdb
import polars as pl

from core import store
from core.intake.work import SQL


def earlier(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Imports, newest first: id, file_name, program, kind, imported_at (naive UTC), accepted, refused (rows),
    taken_back_at and taken_back_by (a name), both null where it stands."""
    return store.read(con, SQL / "earlier_imports.sql")
