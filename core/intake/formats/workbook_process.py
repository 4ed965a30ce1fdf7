"""The reading of one sheet of a workbook, in a process of its own with little memory and time.

Run by `core.intake.formats.workbook` as a script: SHEET MEMORY SECONDS, SHEET being "" where none was chosen, and the
file on standard input. A workbook may claim a sheet of seventeen billion cells, and what reads it would try; here that
ends this process only.
Imports nothing of the product. Prints JSON: one line about the sheets, then one line per some rows.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree

import python_calamine as calamine

ROWS = 1_000
"""Rows in one line of output."""


def main(chosen: str, memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    content = sys.stdin.buffer.read()
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        tell(sheet_lines(book, content, chosen))
    except calamine.PasswordError:
        tell([{"fault": "password"}])
    except calamine.CalamineError as error:
        tell([{"fault": str(error)[:200]}])


def tell(lines: Iterator[object] | list[object]) -> None:
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")


def sheet_lines(book: calamine.CalamineWorkbook, content: bytes, chosen: str) -> Iterator[object]:
    """The sheets that hold anything, and the rows of the one that was chosen or is the only visible one."""
    visible, hidden, sheet = [], [], None
    for about in book.sheets_metadata:
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        read = book.get_sheet_by_name(about.name)
        if read.start is not None:
            (visible if about.visible == calamine.SheetVisibleEnum.Visible else hidden).append(about.name)
            sheet = sheet or read  # kept, since it mostly is the one that is wanted
    only = visible if visible else hidden
    name = chosen or (only[0] if len(only) == 1 else "")
    if name not in visible + hidden:
        yield {"visible": visible, "hidden": hidden, "sheet": None}
        return
    sheet = sheet if sheet.name == name else book.get_sheet_by_name(name)
    yield {
        "visible": visible, "hidden": hidden, "sheet": name, "height": sheet.end[0] + 1, "width": sheet.width,
        "merged": [[*first, *last] for first, last in sheet.merged_cell_ranges or []],
        "errors": errors(content, book.sheet_names.index(name)), "column": sheet.start[1],
    }
    rows: list[list[str]] = []
    dates: list[list[int]] = []
    for row in sheet.iter_rows():
        dates.append([place for place, cell in enumerate(row) if isinstance(cell, dt.date)])
        rows.append([spelled(cell) for cell in row])
        if len(rows) == ROWS:
            yield rows, dates
            rows, dates = [], []
    yield rows, dates


def spelled(cell: object) -> str:
    """A cell as a CSV file would spell it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        hours, rest = divmod(int(cell.total_seconds()), 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return "" if cell is None else str(cell)


def errors(content: bytes, place: int) -> list[list[object]]:
    """Row, column and name of each cell that holds an error, such as #N/A, which calamine gives as an empty one."""
    if not content.startswith(b"PK"):
        return list(old_error_cells(workbook_stream(content), place))
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        if "xl/workbook.xml" not in container.namelist():
            return []
        book = ElementTree.fromstring(container.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(container.read("xl/_rels/workbook.xml.rels"))
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        sheet = [sheet for sheet in book.iter() if sheet.tag.endswith("}sheet")][place]
        identity = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        part = targets.get(identity, "").lstrip("/")
        part = part if part.startswith("xl/") else f"xl/{part}"
        with container.open(part) as stream:
            if not holds_errors(stream):
                return []
            stream.seek(0)
            return list(error_cells(stream))


def holds_errors(stream: io.BufferedIOBase) -> bool:
    """Whether a sheet's XML has any cell of the type error, found without walking it."""
    before = b""
    while piece := stream.read(1 << 20):
        if re.search(rb"""\bt\s*=\s*["']e["']""", before + piece):
            return True
        before = piece[-20:]
    return False


def error_cells(stream: io.BufferedIOBase) -> Iterator[list[object]]:
    found = []
    for _, element in ElementTree.iterparse(stream, events=("end",)):
        tag = element.tag.rpartition("}")[2]
        if tag == "c" and element.get("t") == "e":
            name = next((part.text for part in element if part.tag.endswith("}v")), "#ERROR")
            match = re.fullmatch(r"([A-Z]{1,3})(\d+)", element.get("r", ""))
            if match:
                found.append([int(match[2]) - 1, column_place(match[1]), name])
        if tag == "row":
            yield from found
            found.clear()
            element.clear()


def column_place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


# Old workbooks: records in a stream, the stream in sectors

ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
BOF, EOF, SHEET, FORMULA, ERROR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
FREE = 0xFFFFFFFA
"""Numbers from here on are no sectors."""


def number(content: bytes, place: int, size: int) -> int:
    return int.from_bytes(content[place:place + size], "little")


def workbook_stream(content: bytes) -> bytes:
    """The stream of records inside an old Office file."""
    size = 1 << min(number(content, 30, 2), 12)

    def sector(place: int) -> bytes:
        return content[(place + 1) * size:(place + 2) * size]

    tables = [number(content, 76 + 4 * place, 4) for place in range(109)]
    more = number(content, 68, 4)
    for _ in range(number(content, 72, 4)):
        if more >= FREE:
            break
        listed = sector(more)
        tables += [number(listed, place, 4) for place in range(0, size - 4, 4)]
        more = number(listed, size - 4, 4)
    followers = b"".join(sector(place) for place in tables if place < FREE)

    def chain(place: int) -> bytes:
        parts = []
        while place < FREE and len(parts) * size <= len(content):
            parts.append(sector(place))
            place = number(followers, 4 * place, 4) if 4 * place < len(followers) else FREE
        return b"".join(parts)

    directory = chain(number(content, 48, 4))
    for begins in range(0, len(directory), 128):
        entry = directory[begins:begins + 128]
        name = entry[:max(number(entry, 64, 2) - 2, 0)].decode("utf-16-le", "replace")
        if name in ("Workbook", "Book"):
            return chain(number(entry, 116, 4))[:number(entry, 120, 4)]
    return b""


def records(stream: bytes, begins: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record up to the end of what begins there."""
    depth = 0
    while begins + 4 <= len(stream):
        kind, size = number(stream, begins, 2), number(stream, begins + 2, 2)
        depth += (kind == BOF) - (kind == EOF)
        yield kind, stream[begins + 4:begins + 4 + size]
        begins += 4 + size
        if depth <= 0:
            return


def old_error_cells(stream: bytes, place: int) -> Iterator[list[object]]:
    sheets = [number(record, 0, 4) for kind, record in records(stream, 0) if kind == SHEET]
    depth = 0
    for kind, record in records(stream, sheets[place]) if place < len(sheets) else ():
        depth += (kind == BOF) - (kind == EOF)
        code = None
        if kind == ERROR and record[7:8] == b"\1":
            code = record[6]
        if kind == FORMULA and record[6:7] == b"\2" and record[12:14] == b"\xff\xff":
            code = record[8]
        if code is not None and depth == 1:  # a chart inside the sheet has records of its own
            yield [number(record, 0, 2), number(record, 2, 2), ERRORS.get(code, "#ERROR")]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
