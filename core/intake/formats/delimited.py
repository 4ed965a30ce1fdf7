"""CSV and its relatives: rows of cells with a delimiter between them.

Called by `core.intake.formats` with a text as UTF-8. A text is split by Polars, a piece at a time; a record that is
blank, ragged or holds a NUL is mended first by Python's `csv`, which says what is wrong with it. A piece in which
quotation marks stand otherwise than in pairs around whole cells goes through `csv` record by record. Both read the
same cells from the same bytes.
"""

import contextlib
import csv
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from core import pieces
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
PIECE = 4 * limits.MIB
"""Bytes that are split at once."""

SAMPLE_BYTES = 256 * 1024
Fault = tuple[str, int | None]
"""What is wrong with a record, and the place of the cell that it is in."""

Row = tuple[list[str], str | None, str | None]
"""Cells, why they cannot be read, and in which column."""

Records = Iterator[tuple[list[str], Fault | None]]
_DECLARED = re.compile(rb'\s*"?sep=(.)"?[ ,;\t|]*(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
"""The line with which a file tells Excel its delimiter; Excel does not show it as a row."""

# Without it a cell that is never closed would be collected to the end of the file.
csv.field_size_limit(limits.CELL_CHARACTERS)


class _TooLong(Exception):
    """A line that is too long to be taken into memory as one."""


class _Lines:
    """Lines of a text, remembering those of the record that is being read; a line is never longer than the limit.

    number: of lines that were read. place: of the byte behind them.
    """

    def __init__(self, text: bytes, start: int) -> None:
        stream = io.BytesIO(text)
        stream.seek(start)
        # csv wants the ends of lines untouched, whichever they are
        self.text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        self.of_record: list[str] = []
        self.number, self.place = 0, start

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._read()
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
            line = self._read()
            if not line:
                return not is_open
            is_open ^= line.count('"') % 2 == 1
            is_ended = line.endswith(("\n", "\r"))
            self.number += is_ended
        return True

    def _read(self) -> str:
        line = self.text.readline(limits.LINE_CHARACTERS)
        self.place += len(line.encode())
        return line


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
    number, place = before + 2, lines.place
    while place < len(text):
        begun = _next_pieces(text, place)
        for piece, found in zip(begun, pieces.answers(lambda one: _at_once(one, columns, delimiter), begun),
                                strict=True):
            progress("reading rows", place, len(text))
            if found is None:
                number, place = _add_one_by_one(rows, number, text, place, delimiter)
                break  # behind which the next piece begins elsewhere
            rows.add_frame(number + found.places, found.frame, found.faults)
            number, place = number + found.records, place + len(piece)
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


# A piece at once


@dataclass(frozen=True)
class _Piece:
    """A piece that was split at once. records: how many it has, blank ones too. places: of its rows among these.
    faults: place of a row, reason and column."""

    records: int
    places: pl.Series
    frame: pl.DataFrame
    faults: list[tuple[int, str, str | None]]


def _next_pieces(text: bytes, place: int) -> list[bytes]:
    """As many pieces from a place on as are split side by side, the first of them even where it is empty."""
    found: list[bytes] = []
    while place < len(text) and len(found) < pieces.SIDE_BY_SIDE and (not found or found[-1]):
        found.append(_whole_records(text[place:place + PIECE], is_last=place + PIECE >= len(text)))
        place += len(found[-1])
    return found


def _whole_records(piece: bytes, is_last: bool) -> bytes:
    """A piece without the record at its end that it may hold a part of; empty where it holds no whole one."""
    end = len(piece) if is_last else piece.rfind(b"\n") + 1
    is_open = not is_last and piece.count(b'"', 0, end) % 2
    while is_open and end:
        line = piece.rfind(b"\n", 0, end - 1) + 1
        is_open ^= piece.count(b'"', line, end) % 2
        end = line
    return piece[:end]


def _paired(piece: bytes, delimiter: str) -> pl.Series | None:
    """The records of a piece without their ends; None where there are none, or `csv` may read others."""
    if not piece or piece.startswith(b"\xef\xbb\xbf"):
        return None
    returns, has_quotes = piece.count(b"\r"), b'"' in piece
    records = pl.Series("record", [piece.decode().removesuffix("\n")]).str.split("\n").explode()
    if has_quotes:
        records = _joined(records)
    if returns:
        if records.str.ends_with("\r").sum() != returns:
            return None
        records = records.str.strip_suffix("\r")
    if records.str.len_bytes().max() > limits.CELL_CHARACTERS:
        return None
    if has_quotes:
        quoted = records.filter(records.str.contains('"', literal=True))
        cell = f'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
        if not quoted.str.contains(f"^{cell}(?:{re.escape(delimiter)}{cell})*$").all():
            return None
    return records


def _joined(lines: pl.Series) -> pl.Series:
    """Lines as records: where a cell is open at the end of a line, its record goes on in the next."""
    is_open = lines.str.count_matches('"', literal=True).cum_sum() % 2 == 1
    if not is_open.any():
        return lines
    place = (~is_open.shift(1, fill_value=False)).cum_sum().alias("place")
    return lines.to_frame().group_by(place, maintain_order=True).agg("record")["record"].list.join("\n")


def _at_once(piece: bytes, columns: list[str], delimiter: str) -> _Piece | None:
    """The rows of a piece, records that are no rows as they stand mended by `csv`; None where `csv` may read others."""
    records = _paired(piece, delimiter)
    if records is None:
        return None
    delimiters = records.str.replace_all('"[^"]*"', "").str.count_matches(delimiter, literal=True)
    is_regular = (delimiters == len(columns) - 1) & ~records.str.contains("\0", literal=True)
    if len(columns) == 1:
        is_regular &= records.str.contains(r'[^\s\x1c-\x1f"]')
    count, rows = records.len(), pl.int_range(records.len(), dtype=pl.Int64, eager=True)
    faults = []
    if not is_regular.all():
        places = (~is_regular).arg_true()
        mended = [_mended(record, columns, delimiter) for record in records[places]]
        records = records.clone().scatter(places, pl.Series([text for text, _, _ in mended], dtype=pl.String))
        at = records.is_not_null().cum_sum().gather(places) - 1
        faults = [(place, *fault) for place, (_, *fault) in zip(at, mended, strict=True) if fault[0]]
        rows, records = rows.filter(records.is_not_null()), records.drop_nulls()
    frame = pl.read_csv(
        records.str.join("\n").item().encode(), has_header=False, schema=dict.fromkeys(columns, pl.String),
        separator=delimiter, quote_char='"', empty_string_is_null=False, glob=False,
    )
    return _Piece(count, rows, frame, faults) if frame.height == records.len() else None


def _mended(record: str, columns: list[str], delimiter: str) -> tuple[str | None, str | None, str | None]:
    """A paired record as a row of the header's width, or None for a blank one; what is wrong with it, and where."""
    row = _row(next(csv.reader([record], delimiter=delimiter, strict=True)), columns)
    if row is None:
        return None, None, None
    cells, reason, column = row
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    return text.getvalue(), reason, column


# A record at a time


def _add_one_by_one(rows: Rows, number: int, text: bytes, place: int, delimiter: str) -> tuple[int, int]:
    """Add the records of about a piece that begins at a place; gives number and place of the next record."""
    before = text.count(b"\n", 0, place) + text.count(b"\r", 0, place) - text.count(b"\r\n", 0, place)
    lines = _Lines(text, place)
    for record, fault in _records(lines, delimiter, rows.name, before):
        row = _row(record, rows.columns, fault)
        if row:
            rows.add(number, *row)
        number += 1  # a blank line is no row, but it has its number
        if lines.place >= place + PIECE:
            break
    return number, lines.place


def _row(record: list[str], columns: list[str], fault: Fault | None = None) -> Row | None:
    """A record in the width of the header; None for a blank one."""
    if not fault and len(record) <= 1 and not "".join(record).strip():
        return None
    if fault or len(record) != len(columns) or any("\0" in cell for cell in record):
        record, fault = _fitted(record, len(columns), fault)
    reason, column = fault or (None, None)
    return record, reason, columns[column] if column is not None and column < len(columns) else None


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
