"""Workbooks: one sheet of an XLSX, XLS or ODS file.

Called by `core.intake.formats` after `containers` let the file pass. The cells are read by `workbook_process`, a
process of its own that has little memory and time; here they become rows.
"""

import contextlib
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from core.intake.formats import limits
from core.intake.formats.table import (
    SAMPLE_ROWS,
    SAVE_AS_CSV,
    Progress,
    Question,
    Rows,
    Table,
    check_columns,
    check_height,
    column_names,
    header_at,
    said_before,
)
from core.model import Refusal

PROCESS = Path(__file__).parent / "workbook_process.py"
Line = tuple[list[str], list[int]]
"""Cells of a row, and the places of those that are dates."""


def read(content: bytes, name: str, kind: str, answers: Mapping[str, object], progress: Progress) -> Table:
    """The table of one sheet. kind: XLSX, XLS or ODS.

    Raises Refusal where the file is damaged, protected, empty or too large, and Question where several sheets hold
    something.
    """
    chosen = str(answers.get("_sheet") or "").encode("utf-8", "replace").decode().replace("\0", "")[:1_000]
    command = [sys.executable, "-I", str(PROCESS), chosen, str(limits.WORKBOOK_MEMORY), str(limits.WORKBOOK_SECONDS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **pipes) as process:
        try:
            with contextlib.suppress(BrokenPipeError):  # what ended it shows in what it says, or does not say
                process.stdin.write(content)
                process.stdin.close()
            about = json.loads(process.stdout.readline() or "null")
            _check(about, chosen, name)
            return _table(about, _lines(process, name), name, kind, progress)
        finally:
            process.kill()


def _check(about: dict | None, chosen: str, name: str) -> None:
    if about is None:
        raise _unreadable(name)
    if about.get("fault") == "password":
        raise Refusal(f"{name} is protected with a password. Save it without one and import that.")
    if "fault" in about:
        raise Refusal(f"{name} is a damaged workbook and cannot be read. {SAVE_AS_CSV}")
    sheets = about["visible"] + about["hidden"]
    if not sheets:
        raise Refusal(f"{name} is empty.")
    if about["sheet"] is None and chosen:
        raise Refusal(f"{name} has no sheet {chosen[:80]!r} that holds anything; it has {', '.join(sheets)[:200]}.")
    if about["sheet"] is None:
        raise Question(f"{name} has several sheets that hold something.", "_sheet", about["visible"] or sheets)
    check_columns(name, about["width"])
    check_height(name, about["height"], about["width"])


def _unreadable(name: str) -> Refusal:
    return Refusal(f"{name} is a damaged workbook, or needs more than {limits.WORKBOOK_MEMORY // limits.MIB} MB of "
                   "memory to be read. Save the sheet as CSV UTF-8 and import that.")


def _lines(process: subprocess.Popen, name: str) -> Iterator[Line]:
    for line in process.stdout:
        try:
            rows, dates = json.loads(line)
        except ValueError as error:  # the process ended in the middle of a line
            raise _unreadable(name) from error
        yield from zip(rows, dates, strict=True)
    if process.wait() != 0:
        raise _unreadable(name)


def _table(about: dict, lines: Iterator[Line], name: str, kind: str, progress: Progress) -> Table:
    sample = [line for _, line in zip(range(SAMPLE_ROWS), lines, strict=False)]
    before = header_at([cells for cells, _ in sample])
    if not any(map(str.strip, sample[before][0])):
        raise Refusal(f"{name} cannot be read: its first lines hold no header.")
    columns, renamed = column_names(sample[before][0], name)
    faults = _faults(about, before)
    rows, typed = Rows(name, columns), defaultdict(list)
    for place, (cells, dates) in enumerate(_both(sample, lines)):
        if place <= before or not (any(map(str.strip, cells)) or place in faults):
            continue  # a blank row is no row, but it has its number
        for column in dates:
            typed[column].append(rows.height)
        cells, fault, column = _checked(cells, faults.get(place))
        rows.add(place + 1, cells, fault, None if column is None else columns[column])
        if place % 10_000 == 0:
            progress(f"reading the sheet {about['sheet']}", place, about["height"])
    used = _used(sample[before][0], rows)
    read_as = {"format": kind, "sheet": about["sheet"], **said_before([cells for cells, _ in sample[:before]])}
    others = [sheet for sheet in about["visible"] + about["hidden"] if sheet != about["sheet"]]
    if others:
        read_as["other_sheets"] = others
    table = rows.table(renamed=renamed, read_as=read_as)
    never = pl.repeat(False, table.cells.height, dtype=pl.Boolean, eager=True)
    table.typed_dates = {columns[place]: never.scatter(found, True) for place, found in sorted(typed.items())}
    table.cells = table.cells.select(used)
    return table


def _both(sample: list[Line], lines: Iterator[Line]) -> Iterator[Line]:
    yield from sample
    yield from lines


def _faults(about: dict, before: int) -> dict[int, tuple[str, int]]:
    """Row -> what its cells cannot say, and in which column: an error of a formula, a cell merged with the one above.

    Merged cells of the header, or beside each other, leave nothing open.
    """
    left = about["column"]
    found: dict[int, tuple[str, int]] = {}
    for row, column, error in about["errors"]:
        found.setdefault(row, (f"holds the error {str(error)[:20]} of a formula", column - left))
    for top, column, bottom, _ in about["merged"]:
        for row in range(max(top, before) + 1, min(bottom, about["height"] - 1) + 1 if top != before else 0):
            found.setdefault(row, ("holds a cell that is merged with the row above: split it and fill both",
                                   max(column - left, 0)))
    return found


def _checked(cells: list[str], fault: tuple[str, int] | None) -> tuple[list[str], str | None, int | None]:
    """Cells without NUL characters, the fault and the place of the cell that has it."""
    for place, cell in enumerate(cells):
        if len(cell) > limits.CELL_CHARACTERS:
            cells[place] = ""
            fault = f"holds a cell of more than {limits.CELL_CHARACTERS:,} characters", place
        elif "\0" in cell:
            cells[place] = cell.replace("\0", "")
            fault = fault or ("holds a NUL character, which is no text", place)
    return cells, *(fault or (None, None))


def _used(header: list[str], rows: Rows) -> list[str]:
    """The columns without those at the right end that have neither a name nor a cell."""
    filled = {column for _, _, column in rows.faults}
    for part in rows.parts:
        filled |= {name for name, has_any in part.select((pl.all() != "").any()).row(0, named=True).items() if has_any}
    filled |= {name for cells in rows.chunk for name, cell in zip(rows.columns, cells, strict=True) if cell}
    filled |= {name for name, cell in zip(rows.columns, header, strict=True) if cell.strip()}
    last = max((place for place, name in enumerate(rows.columns) if name in filled), default=-1)
    return rows.columns[:last + 1]
