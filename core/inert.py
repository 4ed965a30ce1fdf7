"""Cells of downloads that a spreadsheet takes for text, never for a formula.

Called by everything that writes a file for people. Knows no table of ours.
"""

import polars as pl

FIRST = r"=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫"
"""Characters, as in a class of a regular expression, with which a formula begins, in the wide and small forms too;
what reads a file again takes off the mark before them."""


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with a mark before every text that would be taken for a formula; numbers and days stay as they are."""
    texts = pl.selectors.string()
    return frame.with_columns(
        pl.when(texts.str.contains(f"^[{FIRST}]")).then("'" + texts).otherwise(texts).name.keep()
    )


def as_csv(frame: pl.DataFrame) -> bytes:
    """A CSV file in UTF-8, marked as such so that spreadsheets read it right, with cells that stay inert."""
    lists = pl.selectors.by_dtype(pl.List(pl.String))
    return b"\xef\xbb\xbf" + inert(frame.with_columns(lists.list.join(", "))).write_csv().encode()
