"""Parquet: columns of any type, as the texts that a CSV file would hold.

Called by `core.intake.formats`. Texts stay as dictionaries until their length is known, since a small file can hold
one long text a million times.
"""

import io
import math
from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.intake.formats import limits
from core.intake.formats.json_objects import spelled
from core.intake.formats.table import Progress, Rows, Table, check_columns, check_height, column_names
from core.model import Refusal

BATCH_CELLS = 1_000_000
"""Cells that are taken from the file at once."""


def read(content: bytes, name: str, progress: Progress) -> Table:
    """The table of a Parquet file, `typed_dates` being its columns of days and instants.

    Raises Refusal where it is damaged or too large.
    """
    try:
        return _table(content, name, progress)
    except Refusal:
        raise
    except Exception as error:  # what the reader raises on a damaged file is not bound to any kind
        raise Refusal(f"{name} is a damaged Parquet file and cannot be read. Export it again.") from error


def _table(content: bytes, name: str, progress: Progress) -> Table:
    with pq.ParquetFile(io.BytesIO(content)) as plain:
        schema = plain.schema_arrow
        check_columns(name, len(schema))
        check_height(name, plain.metadata.num_rows, len(schema))
        _check_unpacked(sum(plain.metadata.row_group(place).total_byte_size
                            for place in range(plain.metadata.num_row_groups)), name)
        height = plain.metadata.num_rows
    columns, renamed = column_names(schema.names, name)
    rows, faults, typed = Rows(name, columns), {}, {}
    texts = [field.name for field in schema if _is_bytes(field.type)]
    unpacked = 0
    with pq.ParquetFile(io.BytesIO(content), read_dictionary=texts) as file:
        for batch in file.iter_batches(max(1, BATCH_CELLS // max(len(columns), 1))):
            progress("reading rows", rows.height, height)
            unpacked += sum(map(_length, batch.columns))
            _check_unpacked(unpacked, name)
            series = []
            for column, values in zip(columns, batch.columns, strict=True):
                cells, wrong = _texts(values)
                if values.type.id in _DATES:
                    typed.setdefault(column, []).append(pl.Series(column, values.is_valid(), pl.Boolean))
                for place, fault in wrong:
                    faults.setdefault(rows.height + place, (fault, column))
                series.append(cells.alias(column))
            numbers = pl.int_range(rows.height + 2, rows.height + 2 + batch.num_rows, dtype=pl.Int64, eager=True)
            rows.add_frame(numbers, pl.DataFrame(series))
    rows.faults = [(place, *fault) for place, fault in sorted(faults.items())]
    table = rows.table(renamed=renamed, read_as={"format": "Parquet"})
    table.typed_dates = {column: pl.concat(parts) for column, parts in typed.items()}
    return table


_DATES = {pa.types.lib.Type_DATE32, pa.types.lib.Type_DATE64, pa.types.lib.Type_TIMESTAMP}


def _is_bytes(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) \
        or pa.types.is_large_binary(kind)


def _check_unpacked(size: int, name: str) -> None:
    if size > limits.UNPACKED_BYTES:
        raise Refusal(f"{name} unpacks to more than {limits.UNPACKED_BYTES // limits.MIB} MB. Split it into several "
                      "files.")


def _length(values: pa.Array) -> int:
    """Bytes of a column as texts."""
    if not pa.types.is_dictionary(values.type):
        return values.nbytes
    return pc.sum(pc.take(pc.binary_length(values.dictionary), values.indices)).as_py() or 0


def _texts(values: pa.Array) -> tuple[pl.Series, list[tuple[int, str]]]:
    """A column as texts, and the places of cells that are none."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if _is_bytes(values.type):
        return _texts_of_bytes(values)
    series = pl.Series(values=pl.from_arrow(values))
    return _SPELLINGS.get(series.dtype.base_type(), _plain)(series).fill_null(""), []


def _texts_of_bytes(values: pa.Array) -> tuple[pl.Series, list[tuple[int, str]]]:
    """Texts of bytes, whichever of the two they are called: neither need be text."""
    raw = pl.Series(values=pl.from_arrow(values.cast(pa.large_binary()))).cast(pl.Binary)
    wrong: list[tuple[int, str]] = []
    try:
        cells = raw.cast(pl.String)
    except pl.exceptions.ComputeError:
        cells = pl.Series(map(_decoded, raw), dtype=pl.String)
    for is_wrong, fault in (
        (cells.is_null() & raw.is_not_null(), "holds bytes that are no text"),
        (cells.str.contains("\0", literal=True), "holds a NUL character, which is no text"),
        (cells.str.len_bytes() > 4 * limits.CELL_CHARACTERS,
         f"holds a cell of more than {limits.CELL_CHARACTERS:,} characters"),
    ):
        places = is_wrong.fill_null(False).arg_true()
        wrong += [(place, fault) for place in places]
        cells = cells.scatter(places, "") if places.len() else cells
    return cells.fill_null(""), sorted(wrong)


def _decoded(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def _plain(series: pl.Series) -> pl.Series:
    return series.cast(pl.String)


def _float(series: pl.Series) -> pl.Series:
    """Without .0 and without an exponent; what is no number is empty, as pandas marks missing cells with it."""
    texts = series.cast(pl.String).str.strip_suffix(".0")
    return texts.map_elements(_without_exponent, pl.String) if texts.str.contains("[eNn]").any() else texts


def _without_exponent(text: str) -> str:
    if math.isnan(float(text)):
        return ""
    return text.removesuffix(".0") if "e" not in text else format(Decimal(text), "f")


def _instant(series: pl.Series) -> pl.Series:
    offset = "%:z" if series.dtype.time_zone else ""
    return series.dt.strftime(f"%Y-%m-%dT%H:%M:%S%.f{offset}")


def _nested(series: pl.Series) -> pl.Series:
    return pl.Series([spelled(_jsonable(value)) for value in series.to_list()], dtype=pl.String)


def _jsonable(value: object) -> object:
    """A nested value with everything in it that JSON does not know as text."""
    if isinstance(value, dict):
        return {str(key): _jsonable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_jsonable(part) for part in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


_SPELLINGS: dict[object, Callable[[pl.Series], pl.Series]] = {
    pl.Float32: _float, pl.Float64: _float, pl.Datetime: _instant, pl.List: _nested, pl.Array: _nested,
    pl.Struct: _nested,
}
