"""Files that are something else than they seem, and files that mean harm: one plain sentence each, and little memory."""

import gzip
import io
import random
import struct
import subprocess
import sys
import zipfile

import pytest
import xlsxwriter

from core.intake import formats
from core.model import Refusal

CSV = b"name,email\nAnn,a@acme.com\n"


def packed(parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return out.getvalue()


def of_a_later_version(archive: bytes) -> bytes:
    """A zip file whose table of contents says that reading it takes version 9.9 of the format."""
    first, *parts = archive.split(b"PK\x01\x02")
    return b"PK\x01\x02".join([first, *(part[:2] + b"\x63" + part[3:] for part in parts)])


def workbook(sheet="", **parts):
    """An XLSX file of one sheet whose XML is given, and of other parts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet()
    with zipfile.ZipFile(out) as container:
        usual = {name: container.read(name) for name in container.namelist()}
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    usual["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>'
    return packed(usual | parts)


def old_office(*streams):
    """An old Office file with directory entries of these names, and nothing in them."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIII", header, 44, 1, 0, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 1, *[0xFFFFFFFF] * 108)
    directory = bytearray()
    for place, name in enumerate(["Root Entry", *streams]):
        entry = bytearray(128)
        entry[:2 * len(name)] = name.encode("utf-16-le")
        struct.pack_into("<HBB", entry, 64, 2 * len(name) + 2, 5 if place == 0 else 2, 1)
        struct.pack_into("<III", entry, 68, 0xFFFFFFFF, 0xFFFFFFFF, 1 if place == 0 and streams else 0xFFFFFFFF)
        directory += entry
    return bytes(header) + bytes(directory).ljust(512, b"\0") + struct.pack("<128I", 0xFFFFFFFE, 0xFFFFFFFD, *[0xFFFFFFFF] * 126)


def lying():
    """A workbook that says of one part that it is small."""
    content = workbook("<row><c><v>1</v></c></row>" * 100_000)
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        size = container.getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(struct.pack("<I", size), struct.pack("<I", 1_000))


REFUSED = {
    "nothing": (b"", "is empty"),
    "blank lines": (b" \r\n\n\t\n", "is empty"),
    "a mark alone": (b"\xff\xfe", "is empty"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture, not a table"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF, not a table"),
    "gzip": (gzip.compress(CSV), "is a compressed file (gzip), not a table. Unpack it"),
    "random": (random.Random(5).randbytes(20_000), "is not a text file"),
    "bytes in order": (bytes(range(256)) * 4, "is not a text file"),
    "database": (b"SQLite format 3\0" + bytes(100), "is a database (SQLite)"),
    "rich text": (b"{\\rtf1 x}", "is a text document (RTF)"),
    "archive": (packed({"leads.csv": CSV}), "is an archive (zip) of 1 files, the first 'leads.csv'. Unpack it"),
    "archive in an archive": (packed({"a.zip": packed({"xl/workbook.xml": "x"})}), "is an archive (zip) of 1 files"),
    "empty archive": (packed({}), "is an empty archive"),
    "document": (packed({"[Content_Types].xml": "", "word/document.xml": ""}), "is an Office file but no workbook"),
    "binary workbook": (packed({"[Content_Types].xml": "", "xl/workbook.bin": ""}), "is a binary workbook (XLSB). Save it as XLSX"),
    "cut archive": (workbook()[:-40], "is a packed file that is damaged or cut off"),
    "archive of a later version": (of_a_later_version(workbook()), "damaged or cut off"),
    "flipped archive": (workbook()[:4] + workbook()[4:].replace(b"PK\x03\x04", b"PK\x03\x05"), "damaged or cut off"),
    "empty workbook": (workbook(), "is empty"),
    "workbook without XML": (packed({"xl/workbook.xml": "no"}), "is a damaged workbook"),
    "bomb of one part": (workbook("<row></row>" * 3_000_000), "unpacks to more than 250 times its size"),
    "bomb of many bytes": (workbook(**{f"xl/{place}": random.Random(1).randbytes(1) * 4_000_000 for place in range(110)}),
                           "unpacks to more than 384 MB"),
    "bomb of many parts": (packed({f"xl/{place}": "" for place in range(2_001)}), "is packed from more than 2,000 parts"),
    "lying bomb": (lying(), "damaged"),
    "sheet of all cells": (workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
                           "is a damaged workbook, or needs more than 512 MB"),
    "too many columns": (workbook('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'), "more than 2,000 columns"),
    "billion laughs": (packed({"xl/workbook.xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">'
                       + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
                       + "]><workbook>&i;</workbook>"}), "is a damaged workbook"),
    "locked workbook": (old_office("EncryptionInfo", "EncryptedPackage"), "is protected with a password. Save it without one"),
    "old document": (old_office("WordDocument"), "is an old Office file but no workbook"),
    "damaged old workbook": (old_office("Workbook"), "is empty"),
    "old file cut off": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "is an old Office file but no workbook"),
    "damaged parquet": (b"PAR1" + bytes(50) + b"PAR1", "is a damaged Parquet file"),
    "XML spreadsheet": (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
                        "is an XML spreadsheet of Excel 2003"),
    "XML": (b"<leads><lead/></leads>", "is an XML file"),
    "saved page": (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "is a saved web page (MHTML)"),
    "page without a table": (b"<!DOCTYPE html><html><body>Please sign in</body></html>", "is a web page (HTML) without a table"),
    "page with two tables": (b"<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>", "with more than one plain table"),
    "page with a table in a table": (b"<table><tr><td>x<table><tr><td>a</td></tr></table></td></tr></table>", "more than one plain table"),
    "page with a cell over rows": (b"<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "more than one plain table"),
    "control signs in the header": (b"na\x01me,email\nAnn,x\n", "its header holds control characters"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx"])
def test_what_is_no_table_is_refused_in_one_plain_sentence(read, case, name):
    content, says = REFUSED[case]
    with pytest.raises(Refusal) as refusal:
        read(content, name=name)
    assert says in str(refusal.value) and str(refusal.value).startswith(name)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 300


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_web_page_called_xls_is_read_where_it_is_one_plain_table(read, encoding):
    said = f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">' if encoding != "utf-16" else ""
    table = read((
        f"<html><head>{said}<style>td {{ color: red }}</style></head><body>\n<TABLE border=1><thead><tr><th>Name<th>E-Mail</tr></thead>"
        "<tr><td>Müller &amp; Söhne &#8211; 5&nbsp;€</td><td><a href='mailto:m@x.com'>m@x.com</a></td></tr>"
        "<tr><td colspan=2>Bo<br>Cy</td></tr><tr><td></td><td> </td></tr><tr><td>1</td><td>2</td><td>3</td></tr></table></body></html>"
    ).encode(encoding), name="report.xls")
    assert table.cells.rows()[:2] == [("Müller & Söhne – 5 €", "m@x.com"), ("Bo\nCy", "")]
    assert table.faults.to_list() == [None, None, "has 3 cells, the header 2"]
    assert (table.numbers.to_list(), table.read_as["format"]) == ([2, 3, 5], "web page")


def test_a_workbook_is_told_by_its_bytes_whatever_it_is_called(read):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_column(0, 0, ["name", "Ann"])
    for name in ("leads.csv", "leads.xls", "leads", "leads.jsonl"):
        assert read(out.getvalue(), name=name).cells.rows() == [("Ann",)]


@pytest.mark.parametrize("case", ["bomb of one part", "bomb of many bytes", "lying bomb", "sheet of all cells", "billion laughs",
                                  "cells", "line", "quote", "list"])
def test_a_hostile_file_takes_little_memory(tmp_path, case):
    """The most that a process of its own ever held; that of the process that reads workbooks is limited."""
    content = REFUSED[case][0] if case in REFUSED else {
        "cells": b"," * 1_999 + b"\n" + b"," * 40_000_000, "line": b"a,b\n" + b"x" * 50_000_000,
        "quote": b'a,b\n"' + "🙂x".encode() * 10_000_000, "list": b'[{"a":[' + b'{"":0},' * 1_499_000 + b"0]}]",
    }[case]
    (tmp_path / "leads.csv").write_bytes(content)
    script = (
        "import re, sys, pathlib\nfrom core.intake import formats\nfrom core.model import Refusal\n"
        "try: formats.read(pathlib.Path(sys.argv[1]))\nexcept Refusal as error: pass\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    found = subprocess.run([sys.executable, "-c", script, str(tmp_path / "leads.csv")], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 512 * 1024


def test_missing_files_and_folders_are_refused(tmp_path):
    for path, says in [(tmp_path, "is a folder"), (tmp_path / "none", "does not exist"), (tmp_path / "a\0b", "does not exist")]:
        with pytest.raises(Refusal, match=says):
            formats.read(path)


def test_a_file_larger_than_may_be_is_refused_unread(tmp_path):
    with open(tmp_path / "leads.csv", "wb") as file:
        file.truncate(256 * 1024 * 1024 + 1)
    with pytest.raises(Refusal, match="larger than 256 MB"):
        formats.read(tmp_path / "leads.csv")
