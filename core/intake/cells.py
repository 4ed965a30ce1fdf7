"""The rows of a file as our fields: texts without blanks around them, words of ours, and why a row is refused.

Called by the modules of this room. Knows no database: what is known already is asked elsewhere.
"""

import polars as pl

from core.intake.formats import Table
from core.intake.vocabulary import FIELDS, WORDS


def texts(table: Table, kind: str, columns: dict[str, str]) -> pl.DataFrame:
    """The fields of every row of a table as texts without surrounding blanks, null where empty or without a column.

    columns: our field -> column. Gives `place` (index of the row), `row` (its number), every field of the kind, and
    `refused_reason`, `refused_column` and `is_settled`, which `refuse` fills; a row that cannot be read has its reason
    already.
    """
    number, fault, fault_column = "\0number", "\0fault", "\0column"  # no column of a file has such a name
    cells = table.cells.with_columns(
        table.numbers.alias(number), table.faults.alias(fault), table.fault_columns.alias(fault_column)
    )
    return cells.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("place"), pl.col(number).alias("row"),
        *(_text(cells, columns.get(name)).alias(name) for name in FIELDS[kind]),
        refused_reason=fault, refused_column=fault_column, is_settled=pl.lit(False),
    )


def refuse(frame: pl.DataFrame, when: pl.Expr, reason: str | pl.Expr, column: str | None = None,
           is_settled: bool = False) -> pl.DataFrame:
    """The frame with a reason where `when` holds and there is none yet: a row is refused once, for its first fault.

    is_settled: nothing is missing for want of the row, since it stands in the database or is gone at its source.
    """
    is_new = pl.col("refused_reason").is_null() & when.fill_null(False)
    reason = pl.lit(reason) if isinstance(reason, str) else reason
    return frame.with_columns(
        refused_reason=pl.when(is_new).then(reason).otherwise("refused_reason"),
        refused_column=pl.when(is_new).then(pl.lit(column, pl.String)).otherwise("refused_column"),
        is_settled=pl.when(is_new).then(is_settled).otherwise("is_settled"),
    )


def word(column: str, vocabulary: str) -> pl.Expr:
    """Our word for what a text column says, null where `mappings.toml` does not list it."""
    ours = {spelling: meaning for meaning, spellings in WORDS[vocabulary].items() for spelling in spellings}
    return plain_words(pl.col(column)).replace_strict(ours, default=None, return_dtype=pl.String)


def quoted(column: str) -> pl.Expr:
    """A cell as a sentence shows it: in quotes, its end cut off where it is long."""
    return '"' + pl.col(column).str.slice(0, 80) + '"'


def plain_words(text: pl.Expr) -> pl.Expr:
    """A text as words are compared: "Trial sign-up" is trial_sign_up."""
    return text.str.to_lowercase().str.replace_all(r"[\W_]+", "_").str.strip_chars("_")


def products(text: pl.Expr) -> pl.Expr:
    """Product names of a cell, in the spelling of the terms; CloudExtend is one word there."""
    parts = text.str.replace_all(r"[;,|\n\r]+", ";").str.split(";")
    names = parts.list.eval(plain_words(pl.element()).str.replace(r"^cloud_extend", "cloudextend"))
    return names.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)


def _text(cells: pl.DataFrame, column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, pl.String)
    text = pl.col(column)
    if cells[column].str.contains(r"^\s|\s$").any():  # a column without blanks is not copied
        text = text.str.strip_chars()
    return pl.when(text != "").then(text)
