"""Web pages that are called .xls: the table of an HTML file, as many CRMs export it.

Called by `core.intake.formats` with a text as UTF-8. Reads one plain table and refuses what is not plain.
"""

import re
from html.parser import HTMLParser

from core.intake.formats import limits
from core.intake.formats.table import (
    SAMPLE_ROWS,
    SAVE_AS_CSV,
    Rows,
    Table,
    check_columns,
    column_names,
    header_at,
    said_before,
)
from core.model import Refusal

_BEGINS = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|meta|table|body|style)\b",
                     re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)
_BREAKS = ("br", "p", "div", "li")


def begins_page(content: bytes) -> bool:
    """Whether a file is a web page, by its first bytes."""
    return _BEGINS.match(content[:10_000]) is not None


def charset(content: bytes) -> str | None:
    """The encoding that a page says it is in."""
    found = _CHARSET.search(content[:10_000])
    return found[1].decode() if found else None


class _Page(HTMLParser):
    """The rows of a page's tables."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open = 0
        self.is_nested = self.has_rowspan = False
        self.cell: list[str] | None = None
        self.beside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.is_nested |= self.open > 0
            self.open += 1
            self.tables.append([])
        elif tag == "tr" and self.open:
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.open:
            self._end_cell()
            spans = {key: value for key, value in attrs if key in ("colspan", "rowspan")}
            self.has_rowspan |= (spans.get("rowspan") or "1").strip() != "1"
            wide = (spans.get("colspan") or "1").strip()
            self.beside = min(int(wide), limits.COLUMNS + 1) - 1 if wide.isdigit() and len(wide) < 9 else 0
            self.cell = []
        elif tag in _BREAKS and self.cell:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self.open:
            self.open -= 1

    def handle_data(self, text: str) -> None:
        if self.cell is not None:
            self.cell.append(text)

    def _end_cell(self) -> None:
        if self.cell is None:
            return
        text = re.sub(r"[ \t\r\xa0]+", " ", "".join(self.cell))
        text = re.sub(r" ?\n[\n ]*", "\n", text).strip()
        if not self.tables[-1]:
            self.tables[-1].append([])
        self.tables[-1][-1] += [text, *[""] * max(self.beside, 0)]
        self.cell = None


def read(text: bytes, name: str) -> Table:
    """The table of a page. Raises Refusal where it has none or several, or one that is not plain."""
    if limits.is_too_large(text):
        raise Refusal(f"{name} is a web page that is too long to be read. {_SAVE}")
    page = _Page()
    page.feed(text.decode())
    page.close()
    tables = [table for table in page.tables if any(any(row) for row in table)]
    if len(tables) != 1 or page.is_nested or page.has_rowspan:
        what = "without a table" if not tables else "with more than one plain table"
        raise Refusal(f"{name} is a web page (HTML) {what}. {_SAVE}")
    [found] = tables
    before = header_at(found[:SAMPLE_ROWS])
    columns, renamed = column_names(found[before], name)
    rows = Rows(name, columns)
    for number, row in enumerate(found[before + 1:], start=before + 2):
        if not any(row):
            continue
        fault = None
        check_columns(name, len(row))
        if len(row) > len(columns):
            fault = f"has {len(row)} cells, the header {len(columns)}"
        place = next((place for place, cell in enumerate(row) if len(cell) > limits.CELL_CHARACTERS), None)
        if place is not None:
            fault, row[place] = f"holds a cell of more than {limits.CELL_CHARACTERS:,} characters", ""
        cells = [cell.replace("\0", "") for cell in row[:len(columns)]]
        column = columns[place] if place is not None and place < len(columns) else None
        rows.add(number, cells + [""] * (len(columns) - len(cells)), fault, column)
    return rows.table(renamed=renamed, read_as={"format": "web page", **said_before(found[:before])})


_SAVE = f"Open it in a spreadsheet. {SAVE_AS_CSV}"
