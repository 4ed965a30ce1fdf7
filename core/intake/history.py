"""What was imported so far, and what each import's report said. Called by pages; changes nothing and reads no clock."""

import json
from collections.abc import Mapping

import duckdb
import polars as pl

from core import pieces, store
from core.intake import formats
from core.intake.work import SQL


def earlier(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Imports, newest first: id, file_name, program, kind, imported_at (naive UTC), accepted, refused (rows),
    taken_back_at and taken_back_by (a name), both null where it stands."""
    return store.read(con, SQL / "earlier_imports.sql")


def report(con: duckdb.DuckDBPyConnection, import_id: str) -> dict[str, object] | None:
    """An import as `earlier` gives it, with rows_read, `notes` and `covers` as of `imports.Report`, `look_alikes`
    (questions that it raised) and how many of these are open; None where there is none."""
    found = store.read(con, SQL / "report_of_import.sql", **{"import": import_id}).to_dicts()
    return found[0] | {"notes": [], "covers": {}} | json.loads(found[0].pop("report") or "{}") if found else None


def written(notes: list[str], covers: Mapping[str, object]) -> str:
    """What `report` reads again beside counts."""
    return json.dumps({"notes": notes, "covers": covers}, ensure_ascii=False)


def refusals(con: duckdb.DuckDBPyConnection, import_id: str, most: int) -> pl.DataFrame:
    """The first refused rows of an import that stands: row, column, reason."""
    return store.read(con, SQL / "refusals_of_import.sql", most=most, **{"import": import_id}).drop("cells")


def refused_rows(con: duckdb.DuckDBPyConnection, import_id: str) -> pl.DataFrame:
    """Every refused row of an import that stands, with the cells of the file and the reasons behind them; cells that
    were erased are empty."""
    found = store.read(con, SQL / "refusals_of_import.sql", most=None, **{"import": import_id})
    names = next((json.loads(cells) for cells in found["cells"] if cells), {})
    if not names:
        return formats.with_reasons(pl.DataFrame(), found)
    kind = pl.Struct(dict.fromkeys(names, pl.String))
    read = [piece.str.json_decode(kind).struct.unnest().fill_null("") for piece in pieces.slices(found["cells"])]
    return formats.with_reasons(pl.concat(read), found)


def leads(con: duckdb.DuckDBPyConnection, import_id: str, most: int) -> list[str]:
    """The first leads of those that an import brought, by id."""
    return store.read(con, SQL / "first_leads_of_import.sql", most=most, **{"import": import_id})["id"].to_list()
