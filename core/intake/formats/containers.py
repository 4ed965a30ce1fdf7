"""What a file is by its first bytes, and whether a packed one may be unpacked.

Called by `core.intake.formats`. Looks into bytes, never at a name; unpacks nothing to keep.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from core.intake.formats import limits
from core.intake.formats.table import SAVE_AS_CSV
from core.model import Refusal

NOT_A_TABLE = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file (gzip)",
    b"BZh": "a compressed file (bzip2)",
    b"\xfd7zXZ\0": "a compressed file (xz)",
    b"\x28\xb5\x2f\xfd": "a compressed file (zstd)",
    b"7z\xbc\xaf\x27\x1c": "an archive (7z)",
    b"Rar!\x1a\x07": "an archive (rar)",
    b"PK\x05\x06": "an empty archive",
    b"SQLite format 3\0": "a database (SQLite)",
    b"ARROW1\0\0": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"{\\rtf": "a text document (RTF)",
    b"\x7fELF": "a program",
}
ZIP, OLE, PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
"""How packed files (XLSX, ODS), old Office files (XLS) and Parquet files begin."""

_SPREADSHEETS = {"xl/workbook.xml": "XLSX", "xl/workbook.bin": "XLSB", "content.xml": "ODS"}
_ERROR_CELL = re.compile(rb"""calcext:value-type\s*=\s*["']error""")


def refuse_what_is_no_table(content: bytes, name: str) -> None:
    """Raises Refusal with what a file is, where it is known and holds no table."""
    for beginning, what in NOT_A_TABLE.items():
        if content.startswith(beginning):
            do = "Unpack it and import what is in it." if "compress" in what or "archive" in what else SAVE_AS_CSV
            raise Refusal(f"{name} is {what}, not a table. {do}")
    if content[8:12] == b"DUCK":
        raise Refusal(f"{name} is a database (DuckDB), not a table. {SAVE_AS_CSV}")


def old_office(content: bytes, name: str) -> str:
    """The format of an old Office file that is a workbook. Raises Refusal where it is another or locked."""
    if _wide("EncryptedPackage") in content:
        raise Refusal(f"{name} is protected with a password. Save it without one and import that.")
    if _wide("Workbook") not in content and _wide("Book") not in content:
        raise Refusal(f"{name} is an old Office file but no workbook. {SAVE_AS_CSV}")
    return "XLS"


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


def packed(content: bytes, name: str) -> str:
    """The format of a zip container that is a workbook.

    Every part is unpacked once, a piece at a time and kept nowhere, since what it says of its size need not be true.
    Raises Refusal where it is an archive of something else, damaged, or larger than a file may be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            parts = container.infolist()
            _check_parts(parts, name)
            names = {part.filename for part in parts}
            found = next((found for part, found in _SPREADSHEETS.items() if part in names), None)
            if found is None or (found == "ODS" and b"opendocument.spreadsheet" not in content[:200]):
                raise _archive(parts, name)
            if found == "XLSB":
                raise Refusal(f"{name} is a binary workbook (XLSB). Save it as XLSX and import that.")
            if any(part.flag_bits & 1 for part in parts):
                raise Refusal(f"{name} is protected with a password. Save it without one and import that.")
            _check_sizes(content, parts, name)
            if found == "ODS":
                _check_open_document(container, name)
    # zipfile raises NotImplementedError where a header asks for a later version of the format, as a damaged one may
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError, OSError) as error:
        raise Refusal(f"{name} is a packed file that is damaged or cut off. Export it again.") from error
    return found


def _check_open_document(container: zipfile.ZipFile, name: str) -> None:
    if b"encryption-data" in container.read("META-INF/manifest.xml"):
        raise Refusal(f"{name} is protected with a password. Save it without one and import that.")
    with container.open("content.xml") as stream:
        before = b""
        while piece := stream.read(limits.MIB):
            if _ERROR_CELL.search(before + piece):  # which are read as empty, and nobody could tell
                raise Refusal(f"{name} holds errors of formulas. Save it as XLSX and import that.")
            before = piece[-40:]


def _archive(parts: list[zipfile.ZipInfo], name: str) -> Refusal:
    first = parts[0].filename if parts else ""
    if first.startswith(("[Content_Types].xml", "_rels/")):
        return Refusal(f"{name} is an Office file but no workbook. {SAVE_AS_CSV}")
    shown = re.sub(r"[^ -~]", "?", first)[:80]
    return Refusal(f"{name} is an archive (zip) of {len(parts):,} files, the first {shown!r}. Unpack it and import "
                   "what is in it.")


def _check_parts(parts: list[zipfile.ZipInfo], name: str) -> None:
    if len(parts) > limits.PARTS:
        raise Refusal(f"{name} is packed from more than {limits.PARTS:,} parts, as no spreadsheet is. {SAVE_AS_CSV}")
    if len({part.filename for part in parts}) != len(parts):
        raise Refusal(f"{name} holds two parts of the same name, as no spreadsheet does. {SAVE_AS_CSV}")
    total = sum(part.file_size for part in parts)
    for part in parts:
        _check_size(part.file_size, part.compress_size, total, name)


def _check_size(unpacked: int, packed_size: int, total: int, name: str) -> None:
    if total > limits.UNPACKED_BYTES:
        raise Refusal(f"{name} unpacks to more than {limits.UNPACKED_BYTES // limits.MIB} MB. Save the sheet as CSV "
                      "UTF-8 and import that.")
    if unpacked > limits.SMALL_PART and unpacked > limits.UNPACKED_RATIO * max(packed_size, 1):
        raise Refusal(f"{name} unpacks to more than {limits.UNPACKED_RATIO} times its size, as no list of leads does. "
                      "Save the sheet as CSV UTF-8 and import that.")


def _check_sizes(content: bytes, parts: list[zipfile.ZipInfo], name: str) -> None:
    total = 0
    for part in parts:
        size = 0
        for length in _lengths(content, part):
            size, total = size + length, total + length
            _check_size(size, part.compress_size, total, name)
        if size != part.file_size:
            raise Refusal(f"{name} holds parts of another size than it says, so it is damaged or made to do harm. "
                          "Export it again.")


def _lengths(content: bytes, part: zipfile.ZipInfo) -> Iterator[int]:
    """Lengths of the pieces that a part unpacks to, whatever it says of itself."""
    header = content[part.header_offset:part.header_offset + 30]
    if header[:4] != ZIP:
        raise zipfile.BadZipFile("no part where the table of contents names one")
    begins = part.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    if part.compress_type == zipfile.ZIP_STORED:
        yield min(part.compress_size, len(content) - begins)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("another packing than workbooks use")
    inflate = zlib.decompressobj(-15)
    rest = content[begins:begins + part.compress_size]
    while rest and not inflate.eof:
        yield len(inflate.decompress(rest, limits.MIB))
        rest = inflate.unconsumed_tail
    yield len(inflate.flush())
