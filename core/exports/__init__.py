"""Tables that leave the product as files, with cells that stay inert in a spreadsheet.

Called by pages for their downloads. Must not decide what may be downloaded: it gets the rows that are shown.
"""

import polars as pl

from core.intake.formats.refused import INERT


def as_csv(rows: pl.DataFrame) -> bytes:
    """A frame as CSV (UTF-8, one header line); a text that a spreadsheet would take for a formula gets a mark before
    it, numbers stay numbers."""
    texts = pl.col(pl.String)
    return rows.with_columns(pl.when(texts.str.contains(INERT)).then("'" + texts).otherwise(texts).name.keep()
                             ).write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ").encode()
