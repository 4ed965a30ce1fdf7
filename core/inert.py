"""Tables as files, with cells that a spreadsheet takes for text, never for a formula.

Called by everything that writes a file for people. Knows no table of ours.
"""

import io
import re

import polars as pl
from xlsxwriter import Workbook

FIRST = r"=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫"
"""Characters, as in a class of a regular expression, with which a formula begins, in the wide and small forms too;
what reads a file again takes off the mark before them."""


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with a mark before every text that would be taken for a formula; numbers and days stay as they are,
    lists of texts become one."""
    texts = pl.selectors.string()
    joined = frame.with_columns(pl.selectors.by_dtype(pl.List(pl.String)).list.join(", "))
    return joined.with_columns(
        pl.when(texts.str.contains(f"^[{FIRST}]")).then("'" + texts).otherwise(texts).name.keep()
    )


def header(frame: pl.DataFrame) -> list[str]:
    """The names of the columns, marked in the same way; two may become one."""
    return [f"'{name}" if re.match(f"[{FIRST}]", name) else name for name in frame.columns]


def as_csv(frame: pl.DataFrame) -> bytes:
    """A CSV file in UTF-8, marked as such so that spreadsheets read it right, with cells that stay inert."""
    first = pl.DataFrame([header(frame)], orient="row", schema=[str(place) for place in range(frame.width)])
    return ("\ufeff" + "".join(rows.write_csv(include_header=False) for rows in (first, inert(frame)))).encode()


MOST_ROWS = 1_000_000
"""Rows of one sheet; what is more stands on the next."""
TYPES = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True,
         "default_date_format": "yyyy-mm-dd", "in_memory": True}


def as_xlsx(frame: pl.DataFrame) -> bytes:
    """The same as a workbook: texts as texts, numbers, amounts and days as such, the header in sight and filtered."""
    cells = inert(frame)
    out = io.BytesIO()
    book = Workbook(out, TYPES)
    head = book.add_format({"bold": True, "bottom": 1})
    for number, part in enumerate(cells.iter_slices(MOST_ROWS) if cells.height else [cells], start=1):
        sheet = book.add_worksheet(f"Rows {number}")
        for column, name in enumerate(header(part)):
            sheet.write_string(0, column, name, head)
            write = sheet.write_string if part.dtypes[column] == pl.String else sheet.write
            for row, value in enumerate(part[:, column], start=1):
                if value is not None:
                    write(row, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(part.height, 1), max(part.width - 1, 0))
        sheet.autofit(300)
    book.close()
    return out.getvalue()
