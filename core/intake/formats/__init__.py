"""Files of other systems: from bytes to a table of texts with row numbers, and the refused rows back into a file.

Called by `core.intake.imports`. Knows formats but no meaning of any column: a row that cannot be read carries its
fault and is never dropped, and what only the user can say is asked. What a file is, its bytes say, never its name:

- `containers`: what the first bytes tell, and whether a packed file may be unpacked
- `encoding`: bytes to UTF-8
- `delimited`, `json_objects`, `web_page`: texts to a table
- `workbook`, `parquet`: the others to a table
- `table`: what all are read into, and how a header is found; `limits`: how much a file may hold
- `refused`: the file of refused rows

Another format is another function from bytes to `Table`.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from core.intake.formats import (
    containers,
    delimited,
    encoding,
    json_objects,
    limits,
    parquet,
    web_page,
    workbook,
)
from core.intake.formats.refused import REFUSED, as_file, with_reasons, without_refusals, write_refused
from core.intake.formats.table import SAVE_AS_CSV, Progress, Question, Table
from core.model import Refusal

__all__ = ["ANSWERS", "REFUSED", "Progress", "Question", "Table", "as_file", "read", "read_bytes", "with_reasons",
           "write_refused"]

ANSWERS = ("_sheet", "_encoding")
"""Keys of a mapping file that answer what is asked before a file is read."""

_MARKUP = re.compile(rb"\s*<(?:\?xml|\w+[\s>])")


def read(path: Path, answers: Mapping[str, object] = {}, progress: Progress | None = None) -> Table:
    """The table that a file holds.

    answers: under `_sheet` and `_encoding`, what a `Question` asked. progress: told what is being done, how much of
    it is done, and of how much. Raises Question where something must be asked first, and Refusal where the file is
    missing, no file, empty, too large, no table, damaged, or its rows cannot be told apart.
    """
    return read_bytes(_bytes(path), path.name, answers, progress)


def read_bytes(content: bytes, name: str, answers: Mapping[str, object] = {}, progress: Progress | None = None
               ) -> Table:
    """The same of a file's bytes. name: of the file, for the sentences of what is refused."""
    progress = progress or _silent
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        table = _table(content, name, answers, progress)
    except Question as question:
        question.sha256 = sha256
        raise
    table.name, table.sha256 = name, sha256
    progress("reading rows", table.cells.height, table.cells.height)
    return without_refusals(table)


def _silent(stage: str, done: int, of: int) -> None:
    pass


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Refusal(f"{path} is a folder, not a file.")
        if not path.exists():
            raise Refusal(f"{path} does not exist.")
        if not path.is_file():
            raise Refusal(f"{path} is not a file.")
        if path.stat().st_size > limits.FILE_BYTES:
            raise Refusal(f"{path.name} is larger than {limits.FILE_BYTES // limits.MIB} MB. Split it into several "
                          "files.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Refusal(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _table(content: bytes, name: str, answers: Mapping[str, object], progress: Progress) -> Table:
    if content.startswith(containers.ZIP):
        kind = containers.packed(content, name)
        return workbook.read(content, name, kind, answers, progress)
    if content.startswith(containers.OLE):
        kind = containers.old_office(content, name)
        return workbook.read(content, name, kind, answers, progress)
    if content.startswith(containers.PARQUET):
        return parquet.read(content, name, progress)
    containers.refuse_what_is_no_table(content, name)
    named = answers.get("_encoding")
    if named is None and web_page.begins_page(content):
        named = web_page.charset(content)
    text, name_of_encoding = encoding.as_utf_8(content, name, named)
    del content  # of a large file one copy is enough
    table = _of_text(text, name, answers, progress)
    table.read_as = {"format": "CSV"} | table.read_as | {"encoding": name_of_encoding}
    return table


def _of_text(text: bytes, name: str, answers: Mapping[str, object], progress: Progress) -> Table:
    if web_page.begins_page(text):
        return web_page.read(text, name)
    if _MARKUP.match(text[:10_000]):
        what = "an XML spreadsheet of Excel 2003" if b"office:spreadsheet" in text[:10_000] else "an XML file"
        raise Refusal(f"{name} is {what}, not a table. Open it in a spreadsheet. {SAVE_AS_CSV}")
    if re.match(rb"MIME-Version:", text[:100], re.IGNORECASE):
        raise Refusal(f"{name} is a saved web page (MHTML), not a table. Open it in a spreadsheet. {SAVE_AS_CSV}")
    if json_objects.begins_json(text):
        return json_objects.read(text, name, answers, progress)
    return delimited.read(text, name, progress)
