"""CSV and its relatives: every dialect comes in whole, and what is odd in a row stays with that row."""

import csv
import io
import re

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.intake import formats
from core.intake.formats import delimited
from core.intake.formats.table import Rows, check_height
from core.model import Refusal

HEADER = "name,email,company\n"
ANN = "Ann,a@acme.com,Acme\n"


@pytest.mark.parametrize(
    ("content", "columns", "rows", "numbers"),
    [
        (HEADER, ["name", "email", "company"], [], []),
        (HEADER.rstrip("\n"), ["name", "email", "company"], [], []),
        (HEADER + ANN, ["name", "email", "company"], [("Ann", "a@acme.com", "Acme")], [2]),
        (HEADER + "\n" + ANN + "\n\n" + ANN, ["name", "email", "company"], [("Ann", "a@acme.com", "Acme")] * 2, [3, 6]),
        ("name;note\nAnn;1,5\nBo;2,5\n", ["name", "note"], [("Ann", "1,5"), ("Bo", "2,5")], [2, 3]),
        ("name\tnote\nAnn\ta, b; c\n", ["name", "note"], [("Ann", "a, b; c")], [2]),
        ("name|note\nAnn|a, b\nBo|c\n", ["name", "note"], [("Ann", "a, b"), ("Bo", "c")], [2, 3]),
        ("name,products\nAnn,a;b\nBo,c;d\n", ["name", "products"], [("Ann", "a;b"), ("Bo", "c;d")], [2, 3]),
        ("sep=;\nname;note\nAnn;x\n", ["name", "note"], [("Ann", "x")], [2]),
        ('"sep=|"\r\nname|note\r\nAnn|x,y;z\r\n', ["name", "note"], [("Ann", "x,y;z")], [2]),
        ("name\nAnn\n\nBo\n", ["name"], [("Ann",), ("Bo",)], [2, 4]),
        ('name,note\n"Lee, Ann","said ""yes""\nand left"\nBo,\n', ["name", "note"],
         [("Lee, Ann", 'said "yes"\nand left'), ("Bo", "")], [2, 3]),
        ("name,note\rAnn,x\rBo,y", ["name", "note"], [("Ann", "x"), ("Bo", "y")], [2, 3]),
        ("name,note\r\nAnn,x\nBo,y\rCy,z", ["name", "note"], [("Ann", "x"), ("Bo", "y"), ("Cy", "z")], [2, 3, 4]),
        ("name,size\nPipe,5\" wide\n", ["name", "size"], [("Pipe", '5" wide')], [2]),
        ("name,email,name,\nAnn,a@x.com,Bo,!\n", ["name", "email", "name_2", "column_4"], [("Ann", "a@x.com", "Bo", "!")], [2]),
        (" name ,\"first\nname\"\nAnn,x\n", ["name", "first name"], [("Ann", "x")], [2]),
        ("name,note\nAnn,  x \n", ["name", "note"], [("Ann", "  x ")], [2]),
        ("name,note\nBo\n,\n", ["name", "note"], [("Bo", ""), ("", "")], [2, 3]),
    ],
)
def test_a_dialect_is_told_from_the_first_lines(read, content, columns, rows, numbers):
    table = read(content)
    assert (table.cells.columns, table.cells.rows(), table.numbers.to_list()) == (columns, rows, numbers)
    assert table.faults.null_count() == len(rows)


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ("Report generated on 2025-03-04\nFilter: open leads\n\n", ["Report generated on 2025-03-04", "Filter: open leads"]),
        ("Leads\nAs of March, by Ann\n", ["Leads", "As of March by Ann"]),
        ("Report generated on,2025-03-04\n", ["Report generated on 2025-03-04"]),
        ("Leads,,,,\n,,,,\n", ["Leads"]),
    ],
)
def test_lines_above_the_header_are_skipped_said_and_counted(read, above, said):
    table = read(above + "name,email,company,country\nAnn,a@acme.com,Acme,DE\n")
    assert table.cells.rows() == [("Ann", "a@acme.com", "Acme", "DE")]
    assert table.read_as["preamble"] == said
    assert table.numbers.to_list() == [above.count("\n") + 2]


@pytest.mark.parametrize(
    "content",
    ["leads\nAnn,a@acme.com,Acme\nBo,b@acme.com,Beta\n",  # a row is no header, however short the first line
     "name,email\nAnn,a@acme.com,Acme\n", "name\nAnn\nBo\n", "name,email,x,y\nAnn\n",
     "name,2024\nAnn,x\n", "name,email\nAnn,a@acme.com,Acme Inc, Berlin\n"],
)
def test_nothing_is_skipped_where_no_header_stands_below(read, content):
    table = read(content)
    assert "preamble" not in table.read_as
    assert table.cells.height == content.count("\n") - 1


def test_a_ragged_row_is_filled_where_short_and_faulty_where_long(read):
    table = read(HEADER + "Ann\n" + ANN + "Bo,b@acme.com,Beta, Inc\n")
    assert table.cells.rows()[0] == ("Ann", "", "")
    assert table.faults.to_list()[:2] == [None, None]
    assert table.faults[2] == 'has 4 cells, the header 3; beyond the last column stand " Inc"'


def test_a_nul_is_a_fault_of_its_row_and_column(read):
    table = read(HEADER + "Ann,a@\0acme.com,Acme\n" + ANN)
    assert (table.faults.to_list(), table.fault_columns.to_list()) == (
        ["holds a NUL character, which is no text", None], ["email", None])


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("inside", ["x", "x, ", "x" * 99 + "\n", 'x""'])
def test_a_cell_of_five_megabytes_is_a_fault_of_its_row_and_column_alone(read, quote, inside):
    if not quote and inside != "x":
        inside = "y"
    table = read(f"{HEADER}{ANN}Bo,{quote}{inside * (5_000_000 // len(inside))}{quote},Beta\n{ANN}Cy,5\" pipe,Gamma\n")
    assert table.faults.to_list() == [None, "holds a cell of more than 1,000,000 characters", None, None]
    assert table.fault_columns.to_list() == [None, "email", None, None]
    assert table.numbers.to_list() == [2, 3, 4, 5]
    assert table.cells.rows()[2:] == [("Ann", "a@acme.com", "Acme"), ("Cy", '5" pipe', "Gamma")]


def test_a_cell_of_as_many_characters_as_may_be_comes_in(read):
    table = read(f'{HEADER}Ann,{"x" * 1_000_000},Acme\nBo,"{"é" * 1_000_000}",Acme\n')
    assert table.faults.null_count() == 2
    assert table.cells["email"].str.len_chars().to_list() == [1_000_000, 1_000_000]


@pytest.mark.parametrize(
    ("content", "line"),
    [(HEADER + '"Ann,a@acme.com,Acme\n', 2), (HEADER + ANN * 3 + 'Bo,"b@acme.com,Beta\n' + ANN, 5),
     (HEADER + f'Bo,"{"x" * 2_000_000}\n' + ANN, 2)],
)
def test_a_quotation_mark_that_is_never_closed_refuses_the_file_with_its_line(read, content, line):
    with pytest.raises(Refusal, match=f"opened in line {line} is not closed"):
        read(content)


def test_a_row_with_text_after_a_closing_quote_does_not_spoil_the_next(read):
    table = read(HEADER + '"Ann"x,a@acme.com,Acme\n' + ANN)
    assert "do not pair" in table.faults[0] and table.faults[1] is None


def test_two_thousand_columns_are_read_and_five_thousand_refused(read):
    header, row = ",".join(f"c{n}" for n in range(2_000)), "," * 1_999
    assert read(f"{header}\n{row}\n").cells.width == 2_000
    for width in (2_001, 5_000):
        with pytest.raises(Refusal, match="more than 2,000 columns"):
            read(",".join(f"c{n}" for n in range(width)) + "\n")


def test_more_rows_than_a_file_may_have_are_refused(read):
    with pytest.raises(Refusal, match="more than 2,000,000 rows"):
        read("a\n" + "x\n" * 2_000_001)
    check_height("leads.csv", 12_000, 2_000)
    with pytest.raises(Refusal, match="more than 12,000 rows of 2,000 columns"):
        check_height("leads.csv", 12_001, 2_000)


def test_progress_is_told_to_the_end(tmp_path):
    told = []
    (tmp_path / "a.csv").write_text("a,b\n" + f"{'x' * 60},y\n" * 100_000 + 'x,"y\nz"\n' + f"{'x' * 60},y\n" * 100_000)
    table = formats.read(tmp_path / "a.csv", progress=lambda *what: told.append(what))
    assert table.cells.height == 200_001
    assert all(stage == "reading rows" and 0 <= done <= of for stage, done, of in told)
    assert told[-1][1:] == (200_001, 200_001) and len(told) > 3


# The two ways of splitting

CELL = st.text(st.sampled_from('ab,; "\'\té|\n\r\0#\ufeff'), max_size=5)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]),
       st.booleans(), st.integers(1, 80))
def test_a_piece_is_read_at_once_as_it_is_read_record_by_record(records, end, is_raw, cut):
    out = io.StringIO(newline="")
    out.write("a,b,c" + end)
    if is_raw:
        out.write(end.join(",".join(record) for record in records))
    else:
        csv.writer(out, lineterminator=end).writerows(records)
    text, begins = out.getvalue().encode(), 5 + len(end)
    assume(len(text) > begins and text[begins - 1:begins + 1] != b"\r\n")  # else the header's line ends behind `begins`
    piece = delimited._whole_records(text[begins:begins + cut], is_last=begins + cut >= len(text))
    rows, careful = Rows("x", ["a", "b", "c"]), Rows("x", ["a", "b", "c"])
    found = delimited._at_once(piece, rows.columns, ",")
    if found is None:
        return
    rows.add_frame(2 + found.places, found.frame, found.faults)
    try:
        delimited._add_one_by_one(careful, 2, text, begins, ",")
    except Refusal as refusal:
        with pytest.raises(Refusal, match=re.escape(str(refusal))):
            delimited._add_one_by_one(rows, 2 + found.records, text, begins + len(piece), ",")
        return
    delimited._add_one_by_one(rows, 2 + found.records, text, begins + len(piece), ",")
    one, other = rows.table(), careful.table()
    assert one.cells.rows() == other.cells.rows()
    assert one.numbers.to_list() == other.numbers.to_list()
    assert one.faults.to_list() == other.faults.to_list()
    assert one.fault_columns.to_list() == other.fault_columns.to_list()


@pytest.mark.parametrize("odd", ["x,y,z\n", "\n", 'x,"y\n"\n', '"x"y,z\n', "x,y\rz,w\n", "x,\0\n"])
@pytest.mark.parametrize("place", [0, 10_000, 19_999])
def test_a_long_file_with_one_odd_line_is_read_the_same(read, odd, place):
    lines = [f"n{number},é{'x' * 1_000}\n" for number in range(20_000)]  # of several pieces
    lines.insert(place, odd)
    table = read("name,note\n" + "".join(lines))
    careful = delimited._Lines(("name,note\n" + "".join(lines)).encode(), 0)
    expected = [record or [fault] * bool(fault) for record, fault in delimited._records(careful, ",", "x")][1:]
    numbers = [number for number, record in enumerate(expected, start=2) if record]
    assert table.numbers.to_list() == numbers
    usual = table.faults.is_null()
    whole = [tuple(record) for record in expected if record]
    kept = [row for row, is_usual in zip(whole, usual, strict=True) if is_usual]
    assert table.cells.filter(usual).rows() == kept and len(kept) >= 20_000


# Any table, in any dialect

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
WESTERN = st.text(st.sampled_from("abc XYZ,;|\t\"'\n\r09äöüß"), max_size=8)


def written(table, sign, end, quoting):
    if any("\r" in cell or "\n" in cell for row in table for cell in row):
        quoting = csv.QUOTE_ALL  # Python's writer leaves line ends bare that are not its own
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sign, lineterminator=end, quoting=quoting)
    writer.writerow(table[0])
    writer.writerows(table[1:])
    return out.getvalue()


def tables(text):
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(text, min_size=width, max_size=width), min_size=1, max_size=5).map(
            lambda rows: [[f"column {place}" for place in range(width)], *rows]
        )
    )


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tables(TEXT), st.sampled_from(delimited.DELIMITERS), st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le+", "utf-16-be+", "utf-32"]),
)
def test_any_table_of_texts_comes_back_whole_from_any_dialect(read, table, sign, end, quoting, encoding):
    text = written(table, sign, end, quoting)
    text = "\ufeff" + text if encoding.endswith("+") else text
    found = read(text.encode(encoding.rstrip("+")))
    assert found.cells.columns == table[0]
    assert found.cells.rows() == [tuple(row) for row in table[1:]]
    assert found.faults.null_count() == len(table) - 1
    assert found.numbers.to_list() == list(range(2, len(table) + 1))
    assert found.read_as["delimiter"] == delimited.NAMES[sign]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(TEXT), st.sampled_from(["utf-16-le", "utf-16-be", "cp1251", "cp1252", "shift-jis"]))
def test_any_table_comes_back_whole_from_an_encoding_that_was_named(read, table, encoding):
    try:
        content = written(table, ",", "\n", csv.QUOTE_ALL).encode(encoding)
    except UnicodeEncodeError:
        return
    if content.decode(encoding) != written(table, ",", "\n", csv.QUOTE_ALL):  # Shift-JIS writes ¥ as a backslash
        return
    assert read(content, _encoding=encoding).cells.rows() == [tuple(row) for row in table[1:]]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(TEXT), st.sampled_from(["utf-16-le", "utf-16-be", "cp1251", "cp1252", "latin-1"]))
def test_an_encoding_that_is_told_without_a_mark_is_either_right_or_asked(read, table, encoding):
    """Of the single-byte ones only letters of Western languages are taken as told; see `test_encoding`."""
    try:
        content = written(table, ",", "\n", csv.QUOTE_ALL).encode(encoding)
    except UnicodeEncodeError:
        return
    if encoding == "latin-1" and any("\x80" <= sign <= "\x9f" for sign in content.decode(encoding)):
        return  # control characters of Latin-1 are where Windows-1252 has its quotation marks, as every browser reads them
    try:
        found = read(content)
    except (formats.Question, Refusal):
        return
    if found.read_as["encoding"].startswith("utf") and not encoding.startswith("utf") and not content.isascii():
        return  # bytes that are UTF-8 by chance
    if encoding.startswith("utf") or (found.read_as["encoding"] == "windows-1252" and encoding in ("cp1252", "latin-1")):
        assert found.cells.rows() == [tuple(row) for row in table[1:]]


def test_the_frame_of_a_long_file_is_of_texts_only(read):
    table = read("id,n\n" + "".join(f"{n:05},{n}\n" for n in range(20_000)))
    assert table.cells.dtypes == [pl.String, pl.String] and table.cells["id"][0] == "00000"
