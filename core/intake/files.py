"""Files of other systems: from bytes to a table of texts with row numbers, and the refused rows back into a file.

Called by `core.intake.imports`. Knows formats (UTF-8 CSV and JSON Lines) but no meaning of any column: a row that
cannot be read carries its fault and is never dropped. Another format is another function from bytes to `Table`.
"""

import contextlib
import csv
import hashlib
import io
import json
import os
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from core.model import Refusal

CHUNK = 5_000
"""Rows that are held as Python lists before they become a frame."""

NOT_TEXT = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
}
NOT_UTF_8 = "Save it as CSV UTF-8 and import that."
ANSWERS = ("_sheet", "_encoding")
"""Keys of a mapping file that answer what is asked before a file is read."""

Progress = Callable[[str, int, int], None]
"""Told of what is being done, how much of it is done, and of how much."""

REFUSED = ("refused_row", "refused_column", "refused_reason")
"""Columns that a file of refused rows has beside the original ones."""

INERT = r"^[=+\-@\t\r]"
"""Beginnings of a cell that a spreadsheet would take for a formula."""


class Question(Exception):
    """Something that nobody but the user can say, asked before a file is read: needs, and the file's sha256."""

    def __init__(self, sentence: str, column: str, choices: list[str]) -> None:
        super().__init__(sentence)
        self.needs = [{"column": column, "choices": choices}]
        self.sha256 = ""


@dataclass
class Table:
    """A file's rows as texts.

    cells: one String column per column of the file, uniquely named; empty and missing cells are "".
    numbers: each row's number, the header being row 1 (JSON Lines: its line). faults: why a row cannot be read, in
    fault_columns the column of it where it is one cell's. renamed: the new name of a column whose name stood before it
    already -> that name. read_as: how the bytes were read. typed_dates: per column, which cells were true dates.
    """

    name: str
    sha256: str
    cells: pl.DataFrame
    numbers: pl.Series
    faults: pl.Series
    fault_columns: pl.Series
    renamed: dict[str, str] = field(default_factory=dict)
    has_header: bool = True
    read_as: dict[str, object] = field(default_factory=dict)
    typed_dates: dict[str, pl.Series] = field(default_factory=dict)


def read(path: Path, answers: Mapping[str, object] = {}, progress: Progress | None = None) -> Table:
    """The table that a file holds.

    Raises Refusal where it is missing, no file, empty, not text, not UTF-8, or its rows cannot be told apart.
    """
    content = _bytes(path)
    for beginning, what in NOT_TEXT.items():
        if content.startswith(beginning):
            raise Refusal(f"{path.name} is {what}, not a CSV file. Save it as CSV UTF-8 and import that.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refusal(f"{path.name} is not UTF-8 but UTF-16. {NOT_UTF_8}")
    begins = content[:10_000].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begins == b"[" and "json" in path.suffix.lower():
        raise Refusal(f"{path.name} is one JSON list. JSON Lines holds one object a line: save it so and import that.")
    try:
        table = _json_lines(content, path.name) if begins == b"{" else _csv(content, path.name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, _first_bad_byte(content)) + 1
        raise Refusal(f"{path.name} is not UTF-8: line {line} cannot be read. {NOT_UTF_8}") from error
    return _without_refusals(table)


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
    row, column, reason = (pl.col(name).cast(pl.String) for name in ("row", "column", "reason"))
    rows = cells.with_columns(refused.select(**dict(zip(REFUSED, (row, column, reason), strict=True))))
    inert = pl.when(pl.all().str.contains(INERT)).then("'" + pl.all()).otherwise(pl.all()).name.keep()
    header = ["'" + name if name[:1] in ("=", "+", "-", "@") else name for name in rows.columns]
    with contextlib.suppress(OSError):
        _write(target, header, rows.select(inert), path.stat().st_mode)
        return target
    return None


def _write(target: Path, header: list[str], rows: pl.DataFrame, mode: int) -> None:
    """Into a file of another name first, so that a half-written one never stands under this name.

    mode: of the original file; whoever may not read that may not read this.
    """
    handle, name = tempfile.mkstemp(prefix=".refused-", dir=target.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows.iter_rows())
        Path(name).chmod(mode & 0o777 | 0o600)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Refusal(f"{path} is a folder, not a file.")
        if not path.exists():
            raise Refusal(f"{path} does not exist.")
        if not path.is_file():
            raise Refusal(f"{path} is not a file.")
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from error


def _first_bad_byte(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(content)


def _without_refusals(table: Table) -> Table:
    """A file of refused rows that was mended: without the columns that we added and the marks before its cells."""
    if not set(REFUSED) <= set(table.cells.columns):
        return table
    marked = pl.all().str.replace(r"^'([=+\-@\t\r])", "$1")
    cells = table.cells.drop(REFUSED).select(marked)
    table.cells = cells.rename({name: name[1:] for name in cells.columns if name[:2] in ("'=", "'+", "'-", "'@")})
    return table


# CSV


class _Lines:
    """Lines of a text, remembering the last one given."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text, self.last = text, ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self.text)
        return self.last


def _csv(content: bytes, name: str) -> Table:
    first = next((line for line in _text(content) if line.strip()), "")
    if not first:
        raise Refusal(f"{name} is empty.")
    lines = _Lines(_text(content))
    records = _records(csv.reader(lines, delimiter=_delimiter(first), strict=True), lines, name)
    header, fault = next(((record, fault) for record, fault in records if fault or any(map(str.strip, record))),
                         ([], None))
    if not header and not fault:
        raise Refusal(f"{name} is empty: its lines hold nothing but delimiters.")
    if fault:
        raise Refusal(f"{name} cannot be read: its header {fault}.")
    columns, renamed = _column_names(header, name)
    parts, numbers, faults = [], [], []
    chunk: list[list[str]] = []
    width, has_nul = len(columns), b"\0" in content
    for number, (record, fault) in enumerate(records, start=2):
        if len(record) != width or has_nul:
            if not fault and len(record) <= 1 and not "".join(record).strip():
                continue  # a blank line is no row, but it has its number
            record, fault = _fitted(record, width, fault)
        chunk.append(record)
        numbers.append(number)
        faults.append(fault)
        if len(chunk) == CHUNK:
            parts.append(_frame(columns, chunk))
            chunk = []
    parts.append(_frame(columns, chunk))
    return _table(name, content, parts, numbers, faults, renamed=renamed)


def _text(content: bytes) -> io.TextIOWrapper:
    """Lines as csv wants them: their ends untouched, whichever they are."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")


def _delimiter(line: str) -> str:
    """The sign that stands most often in the header outside quotes; the comma where none does."""
    outside = "".join(line.split('"')[::2])
    return max(",;\t|", key=outside.count)


def _records(reader: Iterator[list[str]], lines: _Lines, name: str) -> Iterator[tuple[list[str], str | None]]:
    """Cells and fault of each record.

    A record whose quotation marks do not pair is one faulty row where its line holds an even number of them, so that
    the next line begins a record by any reading; otherwise nobody can tell where it ends.
    """
    while True:
        begins = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > begins or lines.last.count('"') % 2:
                raise Refusal(
                    f"{name} cannot be split into rows: a quotation mark that is opened in line {begins} is not closed "
                    "in its cell. Inside a quoted cell a quotation mark is written twice."
                ) from error
            if "limit" in str(error):
                yield [], f"holds a cell of more than {csv.field_size_limit():,} characters"
            else:
                yield [], "has quotation marks that do not pair: text stands after a closing one"
        else:
            yield record, None


def _fitted(record: list[str], width: int, fault: str | None) -> tuple[list[str], str | None]:
    """A record cut or filled to the width of the header, and what is wrong with it."""
    if len(record) > width:  # even where they are blank: a comma inside a cell may have moved the others
        beyond = ", ".join(json.dumps(cell[:100], ensure_ascii=False) for cell in record[width:][:10])
        fault = f"has {len(record)} cells, the header {width}; beyond the last column stand {beyond}"
    if any("\0" in cell for cell in record):
        record = [cell.replace("\0", "") for cell in record]
        fault = fault or "holds a NUL character, which is no text"
    return [*record[:width], *[""] * (width - len(record))], fault


def _column_names(header: list[str], name: str) -> tuple[list[str], dict[str, str]]:
    """Unique names of a header's columns: the second NAME is NAME_2, a column without a name column_N."""
    if any(unicodedata.category(sign) == "Cc" for cell in header for sign in cell.strip()):
        raise Refusal(f"{name} is not a text file: its first line holds control characters. {NOT_UTF_8}")
    columns: dict[str, None] = {}
    renamed: dict[str, str] = {}
    taken = {cell.strip() for cell in header}
    for place, cell in enumerate(header, start=1):
        wanted = cell.strip() or f"column_{place}"
        unique, count = wanted, 2
        while unique in columns or (unique != wanted and unique in taken):
            unique, count = f"{wanted}_{count}", count + 1
        if unique != wanted:
            renamed[unique] = wanted
        columns[unique] = None
    return list(columns), renamed


def _frame(columns: list[str], chunk: list[list[str]]) -> pl.DataFrame:
    values = zip(*chunk, strict=True) if chunk else [()] * len(columns)
    return pl.DataFrame([pl.Series(name, column, pl.String) for name, column in zip(columns, values, strict=True)])


def _table(name: str, content: bytes, parts: list[pl.DataFrame], numbers: list[int], faults: list[str | None],
           **more: object) -> Table:
    return Table(
        name=name, sha256=hashlib.sha256(content).hexdigest(),
        cells=pl.concat(parts, how="diagonal").with_columns(pl.all().fill_null("")),
        numbers=pl.Series("row", numbers, pl.Int64), faults=pl.Series("fault", faults, pl.String),
        fault_columns=pl.Series("fault_column", [None] * len(faults), pl.String), **more,
    )


# JSON Lines


def _json_lines(content: bytes, name: str) -> Table:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="\n")
    parts, numbers, faults = [], [], []
    chunk: list[dict[str, str]] = []
    columns: dict[str, None] = {}
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        row, fault = _json_row(line)
        columns.update(dict.fromkeys(row))
        chunk.append(row)
        numbers.append(number)
        faults.append(fault)
        if len(chunk) >= CHUNK and columns:
            parts.append(_frame_of_objects(list(columns), chunk))
            chunk = []
    if not columns:
        raise Refusal(f"{name} cannot be read: no line is a JSON object. JSON Lines holds one object a line.")
    parts.append(_frame_of_objects(list(columns), chunk))
    return _table(name, content, parts, numbers, faults, has_header=False)


def _json_row(line: str) -> tuple[dict[str, str], str | None]:
    """The texts of one object, those inside inner objects under OUTER.INNER, and its fault."""
    try:
        # Numbers keep their spelling: ids with leading digits beyond a float must come out as they went in.
        found = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        return {}, "is nested too deeply"
    except ValueError as error:
        return {}, f"is not JSON: {error}"[:200]
    if not isinstance(found, dict):
        return {}, "is not a JSON object"
    row: dict[str, str] = {}
    for key, value in found.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        row.update({f"{key}.{name}" if name else key: _json_text(part) for name, part in inner})
    if not all(_is_text(key) and _is_text(value) for key, value in row.items()):
        return {}, "holds a NUL character or half a character, which is no text"
    return row, None


def _json_text(value: object) -> str:
    """A value as a CSV file would spell it; a list of plain values with semicolons between them."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return ";".join(map(_json_text, value))
    return json.dumps(value, ensure_ascii=False)


def _is_text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _frame_of_objects(columns: list[str], chunk: list[dict[str, str]]) -> pl.DataFrame:
    return pl.DataFrame([pl.Series(name, [row.get(name, "") for row in chunk], pl.String) for name in columns])
