"""JSON: one object a line, one list of objects, or one object with a list of objects in it.

Called by `core.intake.formats` with a text as UTF-8. An object is a row; those inside it lie under OUTER.INNER.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping

from core.intake.formats import limits
from core.intake.formats.table import Progress, Question, Rows, Table, column_names
from core.model import Refusal

DEPTH = 3
"""How deep inside an object its list of objects is looked for."""

REPORTED_ROWS = 50_000
_LARGE = f"of more than {limits.DOCUMENT_BYTES // limits.MIB} MB or {limits.DOCUMENT_VALUES:,} values"
_BLANK = re.compile(r"[ \t\r\n]*")
_HALF = re.compile("[\ud800-\udfff]")


class _Doubled(ValueError):
    """An object that says one thing twice."""


def begins_json(text: bytes) -> bool:
    """Whether a text is JSON and not a CSV file that begins with a bracket."""
    return re.match(rb"\s*(?:\{|\[\s*(?:[{\]]|$))", text[:10_000]) is not None


def read(text: bytes, name: str, answers: Mapping[str, object], progress: Progress) -> Table:
    """The table of a JSON text.

    Raises Refusal where it holds no objects or is cut off, and Question where an object holds several lists of them.
    """
    if text.lstrip()[:1] == b"[":
        return _table(_of_list(text, name, progress), name, {"format": "JSON list"})
    first = next(line for line in io.BytesIO(text) if line.strip()).strip()
    is_object = limits.is_too_large(first) or _object(first) is not None
    if not limits.is_too_large(text) and (not is_object or text.strip() == first):
        document = _object(text)
        lists = dict(_lists(document or {}, "", DEPTH))
        if lists:
            return _of_document(lists, name, answers)
    if not is_object and first.endswith((b"{", b"[", b",")):  # an object over several lines that does not end well
        raise _broken(name, text[:limits.DOCUMENT_BYTES].decode("utf-8", "ignore"))
    return _table(_of_lines(text, progress), name, {"format": "JSON Lines"})


def _loads(text: str | bytes) -> object:
    # Numbers keep their spelling: ids with leading digits beyond a float must come out as they went in.
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [key for key, _ in pairs]
        raise _Doubled(f"names {next(key for key in names if names.count(key) > 1)[:80]!r} twice")
    return found


_decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)


def _object(line: bytes) -> dict | None:
    """The object of a line; empty where it says one thing twice, None where there is no object."""
    try:
        found = _loads(line)
    except _Doubled:
        return {}
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


# One object a line


def _of_lines(text: bytes, progress: Progress) -> Iterator[tuple[int, object, str | None]]:
    """Number, value and fault of each line that is not blank."""
    begins, number = 0, 0
    while begins < len(text):
        end = text.find(b"\n", begins)
        end = len(text) if end < 0 else end
        number += 1
        if number % REPORTED_ROWS == 0:
            progress("reading lines", begins, len(text))
        line = text[begins:end]
        begins = end + 1
        if not line.strip():
            continue
        if limits.is_too_large(line):
            yield number, None, f"is a line {_LARGE}"
            continue
        try:
            yield number, _loads(line), None
        except _Doubled as error:
            yield number, None, str(error)
        except RecursionError:
            yield number, None, "is nested too deeply"
        except ValueError as error:
            yield number, None, f"is not JSON: {error}"[:200]


# One list


def _of_list(text: bytes, name: str, progress: Progress) -> Iterator[tuple[int, object, str | None]]:
    """Place, value and fault of each part of a list, taken one by one."""
    if limits.is_too_large(text):
        raise Refusal(f"{name} is one JSON list {_LARGE}. Save it as JSON Lines, one object a line, and import that.")
    content = text.decode()
    place = _BLANK.match(content, content.index("[") + 1).end()
    number, sign = 0, "]" if content[place:place + 1] == "]" else ","
    while sign == ",":
        number += 1
        if number % REPORTED_ROWS == 0:
            progress("reading the list", place, len(content))
        try:
            value, end = _decoder.raw_decode(content, place)
            yield number, value, None
        except _Doubled as error:
            end = json.JSONDecoder().raw_decode(content, place)[1]
            yield number, None, str(error)
        except (ValueError, RecursionError) as error:
            raise _broken(name, content, place) from error
        place = _BLANK.match(content, end).end()
        sign = content[place:place + 1]
        if sign == ",":
            place = _BLANK.match(content, place + 1).end()
    if sign != "]" or content[place + 1:].strip():
        raise _broken(name, content, place)


def _broken(name: str, content: str, place: int | None = None) -> Refusal:
    """place: of the fault; None where it is looked for."""
    if place is None:
        place = len(content)
        try:
            json.loads(content)
        except json.JSONDecodeError as error:
            place = error.pos
        except RecursionError:
            place = 0
    line = content.count("\n", 0, place) + 1
    return Refusal(f"{name} is not JSON from line {line} on: it is damaged or cut off. Export it again.")


# One object


def _of_document(lists: dict[str, list], name: str, answers: Mapping[str, object]) -> Table:
    answer = str(answers.get("_sheet") or "")
    if answer and answer not in lists:
        raise Refusal(f"{name} has no list {answer[:80]!r}; it has {', '.join(lists)[:200]}.")
    if not answer and len(lists) > 1:
        raise Question(f"{name} holds several lists.", "_sheet", list(lists))
    path = answer or next(iter(lists))
    parts = ((number, value, None) for number, value in enumerate(lists[path], start=1))
    return _table(parts, name, {"format": "JSON object", "list": path})


def _lists(found: dict, path: str, depth: int) -> Iterator[tuple[str, list]]:
    """The lists of objects inside an object, by their path."""
    for key, value in found.items():
        if isinstance(value, list) and any(isinstance(part, dict) for part in value):
            yield path + key, value
        elif isinstance(value, dict) and depth > 1:
            yield from _lists(value, f"{path}{key}.", depth - 1)


# Rows


def _table(parts: Iterator[tuple[int, object, str | None]], name: str, read_as: dict[str, object]) -> Table:
    rows, places = Rows(name, []), {}
    count = 0
    for number, value, fault in parts:
        count += 1
        row: dict[str, str] = {}
        column = None
        if not fault:
            row, fault, column = _row(value)
        for key in row:
            if key not in places:
                places[key] = len(places)
                rows.widen(key)
        cells = [""] * len(places)
        for key, text in row.items():
            cells[places[key]] = text
        rows.add(number, cells, fault, column)
    if not count:
        raise Refusal(f"{name} is empty.")
    if not places:
        raise Refusal(f"{name} cannot be read: it holds no JSON object. JSON Lines holds one object a line, a JSON "
                      "list one object a row.")
    table = rows.table(has_header=False, read_as=read_as)
    names, table.renamed = column_names(table.cells.columns, name)
    table.fault_columns = table.fault_columns.replace(dict(zip(table.cells.columns, names, strict=True)))
    table.cells.columns = names
    return table


def _row(value: object) -> tuple[dict[str, str], str | None, str | None]:
    """The texts of one object, its fault, and the name of what that is in."""
    if not isinstance(value, dict):
        return {}, "is not a JSON object", None
    row: dict[str, str] = {}
    for key, outer in value.items():
        inner = outer.items() if isinstance(outer, dict) else [("", outer)]
        for name, part in inner:
            path = f"{key}.{name}" if name else key
            if not _is_text(path):
                return {}, "holds a NUL character or half a character, which is no text", None
            text = spelled(part)
            fault = _fault(text) or ("is named twice" if path in row else None)
            if fault:
                return row | {path: ""}, fault, path
            row[path] = text
    return row, None, None


def spelled(value: object) -> str:
    """A value as a CSV file would spell it; a list of plain values with semicolons between them."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return ";".join(map(spelled, value))
    return json.dumps(value, ensure_ascii=False)


def _fault(text: str) -> str | None:
    if not _is_text(text):
        return "holds a NUL character or half a character, which is no text"
    if len(text) > limits.CELL_CHARACTERS:
        return f"holds a cell of more than {limits.CELL_CHARACTERS:,} characters"
    return None


def _is_text(text: str) -> bool:
    return "\0" not in text and (text.isascii() or not _HALF.search(text))
