"""The first rows of a file as they would be read, and how many would be refused, before anything is stored.

Called by `core.intake.imports` with rows that were judged. Reads no clock.
"""

import dataclasses
from dataclasses import dataclass

import polars as pl

from core.intake.formats import Table
from core.intake.vocabulary import FIELDS

FIRST = 5
"""Rows that are shown."""

JUDGED_MOST = 100_000
"""Rows up to which a file is judged as a whole beforehand: that takes half a second."""

ALSO = ("full_name", "partner")
"""Fields that are made of others, or told for the whole file."""


@dataclass(frozen=True)
class Preview:
    """rows: of the first rows `row`, every field that holds something as a text, instants by the clock of the program,
    and `refused`, why it would be; empty where there is nothing. refused: how many rows of the file would be, None for
    one that is too long to be judged beforehand. first_refused: the first of them, as the report names it."""

    rows: pl.DataFrame
    refused: int | None
    first_refused: dict[str, object] | None = None


def judged(table: Table) -> Table:
    """The part of a table that is judged for a preview: all of it, or of a long one its first rows."""
    if table.cells.height <= JUDGED_MOST:
        return table
    names = ("cells", "numbers", "faults", "fault_columns")
    return dataclasses.replace(table, **{name: getattr(table, name).head(FIRST) for name in names})


def preview(table: Table, frame: pl.DataFrame, kind: str, columns: dict[str, str], zone: str) -> Preview:
    """Of the rows of `judged(table)`, with values and reasons. columns: our field -> column. zone: IANA name."""
    first = frame.head(FIRST)
    names = [name for name in FIELDS[kind] if (name in columns or name in ALSO) and name in first.columns
             and first[name].null_count() < first.height]
    rows = first.select("row", *(_text(name, first.schema[name], zone) for name in names), refused="refused_reason")
    rows = rows.with_columns(pl.selectors.string().fill_null(""))
    if frame.height < table.cells.height:
        return Preview(rows, None)
    refused = frame.filter(pl.col("refused_reason").is_not_null())
    told = refused.head(1).select("row", column="refused_column", reason="refused_reason").to_dicts()
    return Preview(rows, refused.height, told[0] if told else None)


def _text(name: str, kind: pl.DataType, zone: str) -> pl.Expr:
    value = pl.col(name)
    if kind == pl.Datetime:
        local = value.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        return local.dt.strftime("%Y-%m-%d %H:%M")
    if kind == pl.List:
        return value.list.join(", ")
    if kind == pl.Boolean:
        return pl.when(value).then(pl.lit("yes")).when(value.not_()).then(pl.lit("no")).alias(name)
    return value.cast(pl.String)
