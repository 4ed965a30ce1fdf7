"""CSV and its relatives: rows of cells with a delimiter between them.

Called by `core.intake.formats` with a text as UTF-8. Most of a long file is regular: one line a row, as many cells as
the header, quotation marks in pairs. Such lines are split by Polars; what is not regular, and all that follows it, goes
through Python's `csv`, which says of each row what is wrong with it. Both read the same cells from the same bytes.
"""

import contextlib
import csv
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator

import polars as pl

from core.intake.formats import limits
from core.intake.formats.table import (
    SAMPLE_ROWS,
    Progress,
    Rows,
    Table,
    column_names,
    header_at,
    said_before,
)
from core.model import Refusal

DELIMITERS = ",;\t|"
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
PIECE = 8 * limits.MIB
"""Bytes that are split at once."""

SAMPLE_BYTES = 256 * 1024
REPORTED_ROWS = 50_000
"""Rows after which progress is told again."""

Fault = tuple[str, int | None]
"""What is wrong with a record, and the place of the cell that it is in."""

Records = Iterator[tuple[list[str], Fault | None]]
_DECLARED = re.compile(rb'\s*"?sep=(.)"?[ ,;\t|]*(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
"""The line with which a file tells Excel its delimiter; Excel does not show it as a row."""

# Without it a cell that is never closed would be collected to the end of the file.
csv.field_size_limit(limits.CELL_CHARACTERS)


class _TooLong(Exception):
    """A line that is too long to be taken into memory as one."""


class _Lines:
    """Lines of a text, remembering those of the record that is being read.

    done: bytes that were taken so far; a line is never longer than the limit.
    """

    def __init__(self, text: bytes, start: int) -> None:
        stream = io.BytesIO(text)
        stream.seek(start)
        self.stream = stream
        # csv wants the ends of lines untouched, whichever they are
        self.text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        self.of_record: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.text.readline(limits.LINE_CHARACTERS)
        if not line:
            raise StopIteration
        self.of_record.append(line)
        if len(line) == limits.LINE_CHARACTERS and not line.endswith(("\n", "\r")):
            raise _TooLong
        self.number += 1
        return line

    def leave_record(self, is_open: bool) -> bool:
        """Go to the end of the record; False where the cell that is open is never closed."""
        is_ended = self.of_record[-1].endswith(("\n", "\r"))
        while is_open or not is_ended:
            line = self.text.readline(limits.LINE_CHARACTERS)
            if not line:
                return not is_open
            is_open ^= line.count('"') % 2 == 1
            is_ended = line.endswith(("\n", "\r"))
            self.number += is_ended
        return True


def read(text: bytes, name: str, progress: Progress) -> Table:
    """The table of a delimited text.

    Raises Refusal where it is empty, its header cannot be read, or its rows cannot be told apart.
    """
    declared = _DECLARED.match(text)
    start = declared.end() if declared and declared[1].isascii() else 0
    sample = _sample(text[start:start + SAMPLE_BYTES])
    if not sample.strip(f"{DELIMITERS} \r\n"):
        raise Refusal(f"{name} is empty.")
    delimiter = declared[1].decode() if start else _delimiter(sample)
    lines = _Lines(text, start)
    records = _records(lines, delimiter, name)
    before = _before_header(sample, delimiter, name)
    skipped = [record for record, _ in itertools.islice(records, before)]
    header, fault = next(records, ([], ("is missing", None)))
    if fault:
        raise Refusal(f"{name} cannot be read: its header {fault[0]}.")
    columns, renamed = column_names(header, name)
    rows = Rows(name, columns)
    begins = _after_line(text, start, lines.number)
    stopped = _add_regular(rows, text, begins, delimiter, before + 2, progress)
    if stopped < len(text):
        others = _Lines(text, stopped)
        records = _records(others, delimiter, name, text.count(b"\n", 0, stopped))
        _add_others(rows, records, before + 2 + rows.height, others, progress)
    read_as = {"delimiter": NAMES.get(delimiter, delimiter), **said_before(skipped)}
    return rows.table(renamed=renamed, read_as=read_as)


def _sample(beginning: bytes) -> str:
    """The first lines; the last of them, which may be cut, only where there is no other."""
    text = beginning.decode("utf-8", "ignore")
    if len(beginning) < SAMPLE_BYTES:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    return text[:end + 1] or text


def _delimiter(sample: str) -> str:
    """The sign that cuts most of the first rows into the same number of cells, the header among them."""

    def evenness(sign: str) -> tuple[float, int]:
        widths = [len(record) for record in _sampled(sample, sign) if any(map(str.strip, record))]
        common = Counter(width for width in widths if width > 1)
        if not common:
            return 0, 0
        width, count = max(common.items(), key=lambda item: (item[1], item[0]))
        return count / len(widths) + (0.5 if widths[0] == width else 0), width

    return max(DELIMITERS, key=evenness)


def _sampled(sample: str, delimiter: str) -> list[list[str]]:
    """The first records, and the blank ones among them, as far as they can be split at all."""
    records, filled = [], 0
    with contextlib.suppress(csv.Error):
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            records.append(record)
            filled += any(map(str.strip, record))
            if filled == SAMPLE_ROWS:
                break
    return records


def _before_header(sample: str, delimiter: str, name: str) -> int:
    """How many records stand before the header."""
    records = _sampled(sample, delimiter)
    if not any(any(map(str.strip, record)) for record in records):
        raise Refusal(f"{name} cannot be read: its first lines hold no header.")
    return header_at(records)


def _after_line(text: bytes, start: int, lines: int) -> int:
    """Where the line after so many begins."""
    for _ in range(lines):
        ends = [place for place in (text.find(b"\n", start), text.find(b"\r", start)) if place >= 0]
        end = min(ends, default=len(text) - 1)
        start = end + (2 if text[end:end + 2] == b"\r\n" else 1)
    return start


# Regular lines


def _add_regular(rows: Rows, text: bytes, start: int, delimiter: str, number: int, progress: Progress) -> int:
    """Add the rows of regular pieces; gives the place where the first other one begins."""
    while start < len(text):
        progress("reading rows", start, len(text))
        end = len(text) if start + PIECE >= len(text) else text.rfind(b"\n", start, start + PIECE) + 1
        frame = _regular(text[start:end], rows.columns, delimiter) if end > start else None
        if frame is None:
            return start
        rows.add_frame(number + rows.height, frame)
        start = end
    return start


def _regular(piece: bytes, columns: list[str], delimiter: str) -> pl.DataFrame | None:
    """Lines as rows; None where a line is blank, ragged, unpaired in its quotation marks or may be read otherwise."""
    if b"\r" in piece:
        if piece.count(b"\r") != piece.count(b"\r\n"):
            return None
        piece = piece.replace(b"\r\n", b"\n")
    if b"\0" in piece or b"\1" in piece or piece.startswith((b"\n", b"\xef\xbb\xbf")):
        return None
    lines = _split(piece, ["line"], "\1", has_quotes=False)["line"]
    plain, has_quotes = lines, b'"' in piece
    if has_quotes:
        is_quoted = lines.str.contains('"', literal=True)
        plain, quoted = lines.filter(~is_quoted), lines.filter(is_quoted)
        cell = f'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
        if not quoted.str.contains(f"^{cell}(?:{re.escape(delimiter)}{cell})*$").all() \
                or not _are_even(quoted.str.replace_all('"[^"]*"', "q"), delimiter, len(columns)):
            return None
    if not _are_even(plain, delimiter, len(columns)) or lines.str.len_bytes().max() > limits.CELL_CHARACTERS:
        return None
    if len(columns) == 1 and not lines.str.contains(r"\S").all():
        return None
    frame = _split(piece, columns, delimiter, has_quotes)
    return frame if frame.height == lines.len() else None


def _are_even(lines: pl.Series, delimiter: str, width: int) -> bool:
    return (lines.str.count_matches(delimiter, literal=True) == width - 1).all()


def _split(piece: bytes, columns: list[str], delimiter: str, has_quotes: bool) -> pl.DataFrame:
    return pl.read_csv(
        piece, has_header=False, schema=dict.fromkeys(columns, pl.String), separator=delimiter,
        quote_char='"' if has_quotes else None, empty_string_is_null=False, glob=False,
    )


# Other lines


def _add_others(rows: Rows, records: Records, number: int, others: _Lines, progress: Progress) -> None:
    """Add records one by one. number: of the first."""
    width, size = len(rows.columns), len(others.stream.getbuffer())
    for place, (record, fault) in enumerate(records, start=number):
        if not fault and len(record) <= 1 and not "".join(record).strip():
            continue  # a blank line is no row, but it has its number
        if fault or len(record) != width or any("\0" in cell for cell in record):
            record, fault = _fitted(record, width, fault)
        reason, column = fault or (None, None)
        rows.add(place, record, reason, rows.columns[column] if column is not None and column < width else None)
        if rows.height % REPORTED_ROWS == 0:
            progress("reading rows", others.stream.tell(), size)


def _records(lines: _Lines, delimiter: str, name: str,
             lines_before: int = 0) -> Records:
    """Cells and fault of each record.

    A record whose quotation marks do not pair is one faulty row where its line holds an even number of them, so that
    the next line begins a record by any reading; otherwise nobody can tell where it ends.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        begins = lines.number + 1
        lines.of_record.clear()
        try:
            yield next(reader), None
            continue
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            if isinstance(error, _TooLong) or "limit" in str(error):
                fault, is_open = _too_long("".join(lines.of_record), delimiter)
                is_told_apart = lines.leave_record(is_open)
            else:
                fault = "has quotation marks that do not pair: text stands after a closing one", None
                is_told_apart = lines.number == begins and lines.of_record[-1].count('"') % 2 == 0
        if not is_told_apart:
            raise Refusal(
                f"{name} cannot be split into rows: a quotation mark that is opened in line {lines_before + begins} "
                "is not closed in its cell. Inside a quoted cell a quotation mark is written twice."
            )
        yield [], fault


def _too_long(record: str, delimiter: str) -> tuple[Fault, bool]:
    """What is too long in a record that was read so far, a cell or the whole, and whether its last cell is open."""
    sign = re.escape(delimiter)
    cells = re.compile(rf'(?:"[^"]*+(?:""[^"]*+)*+(?:"|\Z)|[^{sign}]*+)(?:{sign}|\Z)?')
    fault, last, end = (f"holds more than {limits.LINE_CHARACTERS:,} characters", None), "", 0
    for place in itertools.count():
        if end == len(record):
            break
        last = cells.match(record, end).group()
        end += max(len(last), 1)
        if len(last) > limits.CELL_CHARACTERS and fault[1] is None:
            fault = f"holds a cell of more than {limits.CELL_CHARACTERS:,} characters", place
    return fault, last.startswith('"') and last.count('"') % 2 == 1


def _fitted(record: list[str], width: int, fault: Fault | None) -> tuple[list[str], Fault | None]:
    """A record cut or filled to the width of the header, and what is wrong with it."""
    if len(record) > width:  # even where they are blank: a comma inside a cell may have moved the others
        beyond = ", ".join(json.dumps(cell[:100], ensure_ascii=False) for cell in record[width:][:10])
        fault = f"has {len(record)} cells, the header {width}; beyond the last column stand {beyond}", None
    place = next((place for place, cell in enumerate(record) if "\0" in cell), None)
    if place is not None:
        record = [cell.replace("\0", "") for cell in record]
        fault = fault or ("holds a NUL character, which is no text", place)
    return [*record[:width], *[""] * (width - len(record))], fault
