"""Cells of the files that leave the house: texts that no spreadsheet takes for a formula, and amounts as numbers."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.inert import FIRST

Cell = str | Decimal | None


def inert(text: str | None) -> str:
    """A text on one line, marked with an apostrophe where a spreadsheet would take it for a formula."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())
    return f"'{line}" if re.match(f"[{FIRST}]", line) else line


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]], is_marked: bool = False) -> bytes:
    """A CSV file in UTF-8. Texts stand in quotes, amounts do not; but no CSV can say that digits are a text, so that a
    spreadsheet takes the leading zeros off a number of an account. The workbook keeps them.

    is_marked: as UTF-8, for spreadsheets that a person opens it in. A payment file is not: machines read it, and one
    that was given out before gives the same bytes.
    """
    out = io.StringIO("\ufeff" if is_marked else "")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([one if isinstance(one, Decimal) else inert(one) for one in row] for row in rows)
    return out.getvalue().encode()
