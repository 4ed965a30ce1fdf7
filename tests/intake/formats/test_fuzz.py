"""Any bytes at all: a table with true counts, a question or a refusal, and nothing else."""

import io
import random

import polars as pl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.intake.formats import Question, Table
from core.model import Refusal

LINES = 'name,email,note\nMüller,m@acme.com,"a, b"\nBo,b@acme.com,"said ""yes"""\n\nCy,,\n'


def workbook():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Leads")
        for place, row in enumerate([("name", "size"), ("Ann", 5), ("Bo", 0.5)]):
            sheet.write_row(place, 0, row)
        sheet.write_formula(3, 0, "=1/0", None, "#DIV/0!")
        sheet.merge_range(4, 0, 5, 0, "Cy")
    return out.getvalue()


def old_workbook():
    out, book = io.BytesIO(), xlwt.Workbook()
    sheet = book.add_sheet("Leads")
    for place, cell in enumerate(["name", "Ann", 5, True]):
        sheet.write(place, 0, cell)
    sheet.row(4).set_cell_error(0, 0x2A)
    book.save(out)
    return out.getvalue()


def parquet():
    out = io.BytesIO()
    pl.DataFrame({"name": ["Ann", None], "size": [1.5, 2], "day": [None, pl.select(pl.date(2025, 3, 4)).item()]}).write_parquet(out)
    return out.getvalue()


VALID = {
    "utf-8": (LINES.encode(), 1_000), "utf-16": (LINES.encode("utf-16"), 500), "cp1252": (LINES.encode("cp1252"), 500),
    "json lines": ('{"name": "Müller", "in": {"x": [1, null]}}\n{"name": "Bo"}\n'.encode(), 700),
    "json list": (b'[{"name": "Ann"}, {"name": "Bo", "x": [{"y": 1}]}]', 500),
    "json object": (b'{"total": 2, "results": [{"name": "Ann"}, {"name": "Bo"}]}', 500),
    "page": (b"<html><table><tr><th>name</th></tr><tr><td colspan=2>Ann &amp; Bo</td></tr></table></html>", 500),
    "parquet": (parquet(), 700), "workbook": (workbook(), 80), "old workbook": (old_workbook(), 80),
}
"""Valid files, and how many damaged ones are made of each; a workbook takes a process of its own."""

PIECES = [b"", b"\0", b'"', b",", b"\n", b"\r", b"\xff", b"\xc3\xa9", b"PK\x03\x04", b"PAR1", b"{", b"[", b"<", b"\xef\xbb\xbf", b"sep=;\n"]


def damaged(content, random):
    """A file with some bytes flipped, cut out, doubled, put in or cut off."""
    content = bytearray(content)
    for _ in range(random.choice([1, 1, 2, 5, 20])):
        place = random.randrange(len(content) + 1)
        length = random.choice([1, 2, 8, 64])
        match random.randrange(5):
            case 0 if content:
                content[min(place, len(content) - 1)] = random.randrange(256)
            case 1:
                del content[place:place + length]
            case 2:
                content[place:place] = content[place:place + length]
            case 3:
                content[place:place] = random.choice(PIECES)
            case 4 if random.random() < 0.2:
                del content[place:]
    return bytes(content)




def lines_from_the_header(content, delimiter, preamble):
    """How many lines are not blank from the header on, behind so many lines of preamble and lines of empty cells; of
    cells between tabs, blank ones too."""
    nothing = " \t\r\n" if delimiter == "tab" else ", \t\r\n"
    lines = list(io.StringIO(content.decode(), newline=""))
    while preamble or not lines[0].strip(nothing):
        preamble -= bool(lines.pop(0).strip(nothing))
    return sum(1 for line in lines if line.strip() or (delimiter == "tab" and "\t" in line))


def outcome(read, content):
    try:
        return read(content)  # which checks what holds for every table
    except Question as question:
        assert question.needs and all(need["column"] in ("_sheet", "_encoding") and need["choices"] for need in question.needs)
    except Refusal as refusal:
        assert str(refusal).startswith("leads.csv") and "\n" not in str(refusal)
    return None


@pytest.mark.parametrize("kind", VALID)
def test_a_valid_file_that_is_then_damaged_never_ends_otherwise(read, kind):
    content, count = VALID[kind]
    assert isinstance(outcome(read, content), Table)
    chance = random.Random(kind)
    for _ in range(count):
        outcome(read, damaged(content, chance))


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from([*PIECES, b"a", b"b;", b"\t", b"}", b"]", b"1"]), max_size=30).map(b"".join)))
@example(b"\xff\xfe\0")
@example(b"\xff\xfe\0\0")
@example(b"sep=")
def test_any_bytes_end_as_a_table_a_question_or_a_refusal(read, content):
    outcome(read, content)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@example([["0"], ["", ""], ["a", "a", "a"]], "\n")
@example([["", "\t"], ["0"]], "\n")
@given(st.lists(st.lists(st.text(st.sampled_from("abc \t'é0"), max_size=4), max_size=6), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_of_an_unquoted_file_is_a_row_the_header_or_said(read, records, end):
    content = (end.join(",".join(record) for record in records) + end).encode()
    table = outcome(read, content)
    if table:
        preamble = len(table.read_as.get("preamble", []))
        assert table.cells.height + 1 == lines_from_the_header(content, table.read_as["delimiter"], preamble)
