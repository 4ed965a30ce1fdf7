"""The file of refused rows: written beside the file they came in, and read again when it was mended.

Called by the import, through `core.intake.formats`. Knows the three columns it adds and no other.
"""

import contextlib
import csv
import io
import os
import re
import tempfile
from pathlib import Path
from typing import TextIO

import polars as pl

from core.inert import FIRST, header, inert
from core.intake.formats.table import Table

REFUSED = ("refused_row", "refused_column", "refused_reason")
"""Columns that a file of refused rows has beside the original ones."""


def write_refused(path: Path, cells: pl.DataFrame, refused: pl.DataFrame, keeps_file: bool = False) -> Path | None:
    """Write the refused rows beside a file, as NAME.EXT.refused.csv, with cells that stay inert in a spreadsheet.

    cells: the refused rows as they were read. refused: `row`, `column`, `reason` of each. keeps_file: one that is there
    already stays as it is. Gives the file's path; None where nothing was refused or the folder takes no file.
    """
    if refused.is_empty():
        return None
    target = path.with_name(f"{path.name}.refused.csv")
    if keeps_file and target.exists():
        return target
    with contextlib.suppress(OSError):
        _write(target, with_reasons(cells, refused), path.stat().st_mode)
        return target
    return None


def with_reasons(cells: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """The refused rows with the columns REFUSED behind their own, all as texts; both as of `write_refused`."""
    row, column, reason = (pl.col(name).cast(pl.String) for name in ("row", "column", "reason"))
    return cells.with_columns(refused.select(**dict(zip(REFUSED, (row, column, reason), strict=True))))


def as_file(rows: pl.DataFrame) -> bytes:
    """What `write_refused` writes. rows: as of `with_reasons`."""
    out = io.StringIO(newline="")
    _write_lines(out, rows)
    return out.getvalue().encode()


def _write_lines(out: TextIO, rows: pl.DataFrame) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header(rows))
    writer.writerows(inert(rows).iter_rows())


def _write(target: Path, rows: pl.DataFrame, mode: int) -> None:
    """Into a file of another name first, so that a half-written one never stands under this name.

    mode: of the original file; whoever may not read that may not read this.
    """
    handle, name = tempfile.mkstemp(prefix=".refused-", dir=target.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as out:
            _write_lines(out, rows)
        Path(name).chmod(mode & 0o777 | 0o600)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def without_refusals(table: Table) -> Table:
    """A file of refused rows that was mended: without the columns that we added and the marks before its cells."""
    if not set(REFUSED) <= set(table.cells.columns):
        return table
    marked = pl.all().str.replace(f"^'([{FIRST}])", "$1")
    cells = table.cells.drop(REFUSED).select(marked)
    marked_names = {name: name[1:] for name in cells.columns if re.match(f"'[{FIRST}]", name)}
    table.cells = cells.rename(marked_names)
    own = table.fault_columns.is_in(REFUSED).fill_null(False)
    table.fault_columns = table.fault_columns.replace(marked_names).set(own, None)
    return table
