"""What every format is read into, and what is asked before one can be read.

Used by all modules of this room and, through `core.intake.formats`, by the import. Knows no format.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from core.intake.formats import limits
from core.model import Refusal

Progress = Callable[[str, int, int], None]
"""Told of what is being done, how much of it is done, and of how much."""

CHUNK_ROWS = 5_000
CHUNK_CELLS = 200_000
"""Rows, and cells, that are held as Python lists before they become a frame."""

SAMPLE_ROWS = 50
"""Rows among which the header is looked for."""

_VALUE = re.compile(r"\s*(?:[-+]?[\d.,]*\d%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\D.*)?|\S+@\S+\.\S+|https?://.*|true|false)\s*",
                    re.IGNORECASE)
"""A cell that is a value and no name of a column."""


class Question(Exception):
    """Something that nobody but the user can say, asked before a file is read.

    needs: {"column", "choices"}, the column being the key under which a mapping file answers: `_sheet`, `_encoding`.
    sha256: of the file. The text is one plain sentence.
    """

    def __init__(self, sentence: str, column: str, choices: Sequence[str]) -> None:
        super().__init__(sentence)
        self.needs = [{"column": column, "choices": list(choices)}]
        self.sha256 = ""


@dataclass
class Table:
    """A file's rows as texts.

    cells: one String column per column of the file, uniquely named; empty and missing cells are "".
    numbers: each row's number as a spreadsheet shows it, the header being row 1 unless lines stand before it (JSON
    Lines, which have no header: its line; other JSON: its place).
    faults: why a row cannot be read; fault_columns: in which column, where it is one.
    renamed: the new name of a column whose name stood before it already -> that name.
    read_as: what the file was taken for: format, and where they apply encoding, delimiter, sheet, hidden sheets that
    were not read, and the lines before the header.
    typed_dates: of each column that has cells of a date type: which rows' cells are.
    """

    cells: pl.DataFrame
    numbers: pl.Series
    faults: pl.Series
    fault_columns: pl.Series
    renamed: dict[str, str] = field(default_factory=dict)
    has_header: bool = True
    read_as: dict[str, object] = field(default_factory=dict)
    typed_dates: dict[str, pl.Series] = field(default_factory=dict)
    name: str = ""
    sha256: str = ""


class Rows:
    """Rows on their way into a table, held as Python lists only a chunk at a time."""

    def __init__(self, name: str, columns: Iterable[str]) -> None:
        """columns may be more, and more may come (`widen`); a row's missing cells are empty."""
        self.name, self.columns = name, list(columns)
        self.height = 0
        self.numbers: list[pl.Series] = []
        self.faults: list[tuple[int, str, str | None]] = []
        self.parts: list[pl.DataFrame] = []
        self.chunk: list[list[str]] = []
        self.chunk_numbers: list[int] = []
        check_columns(name, len(self.columns))

    def widen(self, column: str) -> None:
        self.columns.append(column)
        check_columns(self.name, len(self.columns))

    def add(self, number: int, cells: list[str], fault: str | None = None, column: str | None = None) -> None:
        """One row of at most as many cells as there are columns."""
        if fault:
            self.faults.append((self.height, fault, column))
        self.chunk.append(cells)
        self.chunk_numbers.append(number)
        self.height += 1
        if self.height % CHUNK_ROWS == 0 or len(self.chunk) * len(self.columns) >= CHUNK_CELLS:
            self._flush()

    def add_frame(self, numbers: pl.Series, frame: pl.DataFrame,
                  faults: Iterable[tuple[int, str, str | None]] = ()) -> None:
        """Rows that are a frame already. faults: place in the frame, reason and column."""
        self._flush()
        self.faults += [(self.height + place, *fault) for place, *fault in faults]
        self.height += frame.height
        check_height(self.name, self.height, len(self.columns))
        self.parts.append(frame)
        self.numbers.append(numbers)

    def _flush(self) -> None:
        check_height(self.name, self.height, len(self.columns))
        if not self.chunk or not self.columns:  # a frame without columns has no height
            return
        width = len(self.columns)
        rows = [cells if len(cells) == width else cells + [""] * (width - len(cells)) for cells in self.chunk]
        columns = zip(self.columns, zip(*rows, strict=True), strict=True)
        self.parts.append(pl.DataFrame([pl.Series(name, cells, pl.String) for name, cells in columns]))
        self.numbers.append(pl.Series(self.chunk_numbers, dtype=pl.Int64))
        self.chunk, self.chunk_numbers = [], []

    def table(self, **more: object) -> Table:
        self._flush()
        empty = pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String))
        cells = pl.concat([empty, *self.parts], how="diagonal", rechunk=False)
        if len({len(part.columns) for part in self.parts}) > 1:
            cells = cells.with_columns(pl.all().fill_null(""))
        self.parts.clear()
        numbers = pl.concat([pl.Series(dtype=pl.Int64), *self.numbers]).rename("row")
        faults = pl.Series("fault", [None], pl.String).new_from_index(0, self.height)
        fault_columns = faults.rename("fault_column")
        if self.faults:
            places, reasons, columns = zip(*self.faults, strict=True)
            faults = faults.scatter(places, pl.Series(reasons, dtype=pl.String))
            fault_columns = fault_columns.scatter(places, pl.Series(columns, dtype=pl.String))
        return Table(cells, numbers, faults, fault_columns, **more)


def check_columns(name: str, columns: int) -> None:
    """Raises Refusal where a file has too many."""
    if columns > limits.COLUMNS:
        raise Refusal(f"{name} has more than {limits.COLUMNS:,} columns. Leave out those that are not needed.")


def check_height(name: str, rows: int, columns: int) -> None:
    """Raises Refusal where a file has too many rows, or too many cells in all."""
    if rows > limits.ROWS or rows * columns > limits.CELLS:
        most = min(limits.ROWS, limits.CELLS // max(columns, 1))
        raise Refusal(f"{name} has more than {most:,} rows of {columns:,} columns. Split it into several files.")


def column_names(header: Sequence[str], name: str) -> tuple[list[str], dict[str, str]]:
    """Unique names of a header's columns: the second NAME is NAME_2, a column without a name column_N.

    Gives also the new names with the old ones. Raises Refusal where the header is no text.
    """
    check_columns(name, len(header))
    plain = [re.sub(r"\s*[\r\n\t]+\s*", " ", cell.strip()) for cell in header]
    if any(unicodedata.category(sign) == "Cc" for cell in plain for sign in cell):
        raise Refusal(f"{name} is not a text file: its header holds control characters. {SAVE_AS_CSV}")
    if any(len(cell) > limits.CELL_CHARACTERS for cell in plain):
        raise Refusal(f"{name} has a name of a column of more than {limits.CELL_CHARACTERS:,} characters.")
    columns: dict[str, None] = {}
    renamed: dict[str, str] = {}
    taken, counts = set(plain), Counter()
    for place, cell in enumerate(plain, start=1):
        wanted = unique = cell or f"column_{place}"
        while unique in columns or (unique != cell and unique in taken):
            counts[wanted] += 1
            unique = f"{wanted}_{counts[wanted] + 1}"
        if cell and unique != cell:
            renamed[unique] = wanted
        columns[unique] = None
    return list(columns), renamed


def header_at(records: Sequence[Sequence[str]]) -> int:
    """The place of the header among the first records: the first that is not blank, unless lines stand before it.

    Below lines that are none, the header has twice as many filled cells as any of them, or more where the first holds
    a value, and its own cells are names, not values; where that does not hold, nothing is skipped.
    """
    filled = [[cell for cell in record if cell.strip()] for record in records]
    header = next((place for place, cells in enumerate(filled) if cells), 0)
    widest, holds_value = 0, False
    for place in range(header, len(records)):
        cells = filled[place]
        has_value = any(_VALUE.fullmatch(cell) or len(cell) > 200 for cell in cells)
        if widest and len(cells) >= 3 and (len(cells) >= 2 * widest or (holds_value and len(cells) > widest)):
            if has_value:
                break
            header = place
        widest = max(widest, len(cells))
        holds_value = has_value if place == header else holds_value
    return header


def said_before(records: Sequence[Sequence[str]]) -> dict[str, object]:
    """The lines before a header, for `Table.read_as`; nothing where there are none."""
    lines = [" ".join(filter(None, (cell.strip() for cell in record)))[:200] for record in records]
    return {"preamble": list(filter(None, lines))} if any(lines) else {}


SAVE_AS_CSV = "Save it as CSV UTF-8 and import that."
