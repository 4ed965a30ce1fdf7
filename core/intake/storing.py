"""What an import adds to the database, ready to be stored: rows of our tables, digests, coverage, answers.

Called by `core.intake.imports`, in two steps so that the rows can be made before a transaction begins and stored inside
whichever transaction the caller has.
"""

import hashlib
import json

import duckdb
import polars as pl

from core import pieces, store
from core.intake import remembered
from core.intake.formats import Progress
from core.intake.kinds import BY_NAME
from core.intake.rows import SCHEMAS, Rows, identified
from core.intake.work import Import
from core.model import Refusal

KEPT_BYTES = 100 * 2**20
"""Cells that no field takes are kept beside their rows unless they are more than this; the file has them anyway."""

PIECE = 20_000
"""Refused rows that are written out at once."""


def other_cells(cells: pl.DataFrame, columns: list[str]) -> pl.Series:
    """The filled cells of columns that no field takes as one JSON object a row, null where none is filled."""
    parts = []
    for column in columns:
        text = pl.col(column).str.strip_chars()
        pair = pl.struct(text.alias(column)).struct.json_encode().str.slice(1)
        parts.append(pl.when(text != "").then(pair.str.head(-1)))
    joined = pl.concat_str(parts, separator=",", ignore_nulls=True) if parts else pl.lit("")
    return cells.select(other=pl.when(joined != "").then("{" + joined + "}")).to_series()


def size(cells: pl.DataFrame, columns: list[str]) -> int:
    """Bytes of the cells of some columns."""
    if not columns or cells.is_empty():
        return 0
    return sum(cells.select(pl.col(columns).str.len_bytes().cast(pl.Int64).sum()).row(0))


def rows_of(work: Import, accepted: pl.DataFrame) -> Rows:
    """Rows of our tables of the accepted rows, still without keys; `other` of each goes into its details under
    "columns"."""
    brought = BY_NAME[work.kind].bring(work, accepted)
    if "other" in accepted.columns:
        of_row = accepted.select(id="record", other="other")
        brought[work.kind] = _with_other(brought[work.kind], of_row)
    return _shaped(work, brought)


def coverage(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """org_key and part of the history that the file tells whole: no row of that organization was left out."""
    rows = frame.filter(~pl.col("is_settled")).select("place", is_refused=pl.col("refused_reason").is_not_null())
    found = [pl.DataFrame(schema={"org_key": pl.String, "part": pl.String})]
    for part, behind in BY_NAME[work.kind].covers(work, frame).items():
        known = behind.filter(pl.col("org_key").is_not_null()).join(rows, on="place")
        whole = known.group_by("org_key").agg(is_open=(pl.col("is_doubtful") | pl.col("is_refused")).any())
        found.append(whole.filter(~pl.col("is_open")).select("org_key", part=pl.lit(part)))
    return pl.concat(found)


def bookkeeping(work: Import, accepted: pl.DataFrame, covered: pl.DataFrame, record: dict[str, object],
                source: str, answers: dict[str, object]) -> dict[str, pl.DataFrame]:
    """What is written down of the import itself: its record, its rows, what it covers, what was answered for it."""
    of_import = pl.lit(work.id).alias("import")
    return {
        "imports": pl.DataFrame({
            "id": work.id, "program": work.program, "kind": work.kind, "imported_at": work.now,
            "mapping": json.dumps(work.columns, ensure_ascii=False), **record,
        }),
        "import_rows": accepted.select("digest", of_import, row_number=pl.col("row") + 1 - work.lines_before_rows),
        "history_coverage": covered.select("org_key", "part", of_import, recorded_at=pl.lit(work.now)),
        "import_answers": remembered.rows(source, work.program, answers, **{"import": work.id,
                                                                            "recorded_at": work.now}),
    }


def put(cursor: duckdb.DuckDBPyConnection, rows: Rows, known: duckdb.DuckDBPyConnection, file_name: str,
        progress: Progress) -> None:
    """Append rows to their tables inside the caller's transaction, each table while the keys of the next are made;
    takes them out of `rows` on the way.

    known: the database as it was committed, which the keys are made with. Raises Refusal where somebody else stored
    the same records since the rows were made.
    """
    done, of = 0, sum(frame.height for frame in rows.values())
    try:
        for table, frame in pieces.ahead(identified(rows, known)):
            store.append(cursor, table, frame)
            done += frame.height
            progress("storing rows", done, of)
    except duckdb.ConstraintException as error:
        raise Refusal(f"{file_name}: somebody else stored the same records at this moment. Import it again.") from error


def put_refusals(cursor: duckdb.DuckDBPyConnection, import_id: str, cells: pl.DataFrame, refused: pl.DataFrame,
                 progress: Progress) -> None:
    """Append the refused rows with all their cells, inside the caller's transaction, in pieces: they may be a million.

    cells, refused: as of `formats.write_refused`.
    """
    known_as = hashlib.sha256(import_id.encode()).hexdigest()[:12]
    for begins in range(0, refused.height, PIECE):
        store.append(cursor, "import_refusals", refused[begins:begins + PIECE].select(
            pl.format("{}-{}", pl.lit(known_as), "row").alias("id"), pl.lit(import_id).alias("import"), "reason",
            row_number="row", refused_column="column",
            cells=cells[begins:begins + PIECE].select(pl.struct(pl.all()).struct.json_encode()).to_series()))
        progress("keeping refused rows", min(begins + PIECE, refused.height), refused.height)


def _with_other(frame: pl.DataFrame, of_row: pl.DataFrame) -> pl.DataFrame:
    frame = frame.join(of_row, on="id", how="left", maintain_order="left")
    said = pl.col("other_details").str.head(-1)
    beside = pl.coalesce(said + ',"columns":', pl.lit('{"columns":')) + pl.col("other") + "}"
    return frame.with_columns(other_details=pl.coalesce(beside, "other_details")).drop("other")


def _shaped(work: Import, brought: dict[str, pl.DataFrame]) -> Rows:
    """Frames with exactly the columns of our tables; what a kind of file does not bring is null or empty."""
    rows = {}
    for table, schema in SCHEMAS.items():
        frame = brought.get(table)
        if frame is None:
            rows[table] = pl.DataFrame(schema=schema)
            continue
        stamps = {"recorded_at": pl.lit(work.now), "import": pl.lit(work.id)}
        columns = {name: stamps.get(name, pl.col(name) if name in frame.columns else pl.lit(None)) for name in schema}
        rows[table] = frame.select(column.cast(schema[name]).alias(name) for name, column in columns.items())
    return rows
