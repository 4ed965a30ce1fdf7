"""Workbooks: cells as a CSV file would spell them, one sheet, and what is not plain in it."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.intake.formats import Question
from core.model import Refusal


def xlsx(write, **options):
    """An XLSX file that a function wrote into."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, **options}) as book:
        write(book)
    return out.getvalue()


def xls(write):
    out, book = io.BytesIO(), xlwt.Workbook()
    write(book)
    book.save(out)
    return out.getvalue()


def filled(*rows, **options):
    def write(book):
        sheet = book.add_worksheet("Leads")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)

    return xlsx(write, **options)


def ods(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        container.writestr("content.xml", '<?xml version="1.0"?><office:document-content '
            'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Leads">'
            f"{content}</table:table></office:spreadsheet></office:body></office:document-content>")
    return out.getvalue()


@pytest.mark.parametrize("is_1904", [False, True])
def test_cells_are_spelled_as_a_csv_file_would(read, is_1904):
    def write(book):
        sheet = book.add_worksheet("Leads")
        day, moment, time, length = (book.add_format({"num_format": text}) for text in
                                     ("dd.mm.yyyy", "m/d/yy h:mm", "hh:mm", "[h]:mm"))
        cells = [
            ("day", dt.date(2025, 3, 4), day), ("moment", dt.datetime(2025, 3, 4, 15), moment),
            ("time", dt.time(15, 30), time), ("length", 1.5, length), ("whole", 5, None), ("part", 0.1, None),
            ("long", 123456789012345, None), ("huge", 1e20, None), ("tiny", 1e-7, None), ("yes", True, None),
            ("no", False, None), ("text", "007", None), ("none", None, None), ("lines", "a\nb", None),
        ]
        for place, (name, cell, shape) in enumerate(cells):
            sheet.write(0, place, name)
            sheet.write(1, place, cell, shape)
        sheet.write(0, len(cells), "formula")
        sheet.write_formula(1, len(cells), "=1+1", None, 2)

    table = read(xlsx(write, date_1904=is_1904), name="leads.csv")
    assert table.cells.row(0, named=True) == {
        "day": "2025-03-04", "moment": "2025-03-04T15:00:00", "time": "15:30:00", "length": "36:00:00", "whole": "5",
        "part": "0.1", "long": "123456789012345", "huge": "100000000000000000000", "tiny": "0.0000001", "yes": "true",
        "no": "false", "text": "007", "none": "", "lines": "a\nb", "formula": "2",
    }
    assert {name: typed.to_list() for name, typed in table.typed_dates.items()} == {"day": [True], "moment": [True]}
    assert table.read_as == {"format": "XLSX", "sheet": "Leads"}


def test_dates_that_are_texts_stand_apart_from_those_that_are_dates(read):
    def write(book):
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_column(0, 0, ["created", dt.date(2025, 3, 4), "13/04/2025", dt.date(2025, 5, 6)], day)

    table = read(xlsx(write, default_date_format="dd/mm/yyyy"))
    assert table.cells["created"].to_list() == ["2025-03-04", "13/04/2025", "2025-05-06"]
    assert table.typed_dates["created"].to_list() == [True, False, True]


def test_an_error_of_a_formula_is_a_fault_of_its_row_and_column(read):
    def write(book):
        sheet = book.add_worksheet("First")
        sheet.hide()
        book.add_worksheet("Leads").activate()
        sheet = book.get_worksheet_by_name("Leads")
        sheet.write_row(1, 1, ["name", "company"])
        sheet.write_row(2, 1, ["Ann", "Acme"])
        sheet.write_row(3, 1, ["Bo"])
        sheet.write_formula(3, 2, "=VLOOKUP(1,A1:A2,1)", None, "#N/A")
        sheet.write_formula(4, 1, "=1/0", None, "#DIV/0!")

    table = read(xlsx(write))
    assert table.cells.rows() == [("Ann", "Acme"), ("Bo", ""), ("", "")]
    assert table.faults.to_list() == [None, "holds the error #N/A of a formula", "holds the error #DIV/0! of a formula"]
    assert table.fault_columns.to_list() == [None, "company", "name"]
    assert table.numbers.to_list() == [3, 4, 5]


def test_a_sheet_of_errors_alone_has_no_header(read):
    def write(book):
        sheet = book.add_worksheet()
        for place in range(3):
            sheet.write_formula(place, 2 * place, "=NA()", None, "#N/A")

    with pytest.raises(Refusal, match="its first lines hold no header"):
        read(xlsx(write))


def test_blank_rows_and_columns_around_a_table_are_no_part_of_it(read):
    def write(book):
        sheet, line = book.add_worksheet(), book.add_format({"border": 1})
        sheet.write_row(3, 2, ["name", "company", "", ""])
        sheet.write_row(4, 2, ["Ann", "Acme", " "])
        sheet.write_row(7, 2, ["Bo", "Beta"])
        sheet.write_blank(40, 20, None, line)
        sheet.write(50, 3, "")

    table = read(xlsx(write))
    assert table.cells.columns[:2] == ["name", "company"]
    assert [row[:2] for row in table.cells.rows()] == [("Ann", "Acme"), ("Bo", "Beta")]
    assert table.numbers.to_list() == [5, 8]


def test_cells_beside_the_header_keep_a_column_without_a_name(read):
    table = read(filled(["name", "company"], ["Ann", "Acme", "call back"]))
    assert table.cells.columns == ["name", "company", "column_3"]
    assert table.cells.rows() == [("Ann", "Acme", "call back")]


def test_merged_lines_above_the_header_are_skipped_and_said(read):
    def write(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "Leads of March")
        sheet.merge_range(1, 0, 1, 1, "Contact")
        sheet.merge_range(1, 2, 1, 3, "Company")
        sheet.write_row(2, 0, ["name", "email", "company", "country"])
        sheet.write_row(3, 0, ["Ann", "a@acme.com", "Acme", "DE"])

    table = read(xlsx(write))
    assert table.cells.columns == ["name", "email", "company", "country"]
    assert table.read_as["preamble"] == ["Leads of March", "Contact Company"]
    assert (table.numbers.to_list(), table.faults.to_list()) == ([4], [None])


def test_cells_merged_over_rows_leave_the_lower_rows_open_and_are_no_guess(read):
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "company"])
        sheet.write_column(1, 0, ["Ann", "Bo", "Cy"])
        sheet.merge_range(1, 1, 2, 1, "Acme")

    table = read(xlsx(write))
    assert "merged" in table.faults[1] and table.faults.null_count() == 2
    assert table.fault_columns.to_list() == [None, "company", None]


def test_hidden_rows_and_columns_are_read_as_all_others(read):
    def write(book):
        sheet = book.add_worksheet()
        for place in range(3):
            sheet.write_row(place, 0, [f"a{place}", f"b{place}"])
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})

    assert read(xlsx(write)).cells.rows() == [("a1", "b1"), ("a2", "b2")]


def several(book):
    for name in ("Leads", "Empty", "Müller & Söhne", "Lists"):
        sheet = book.add_worksheet(name)
        if name != "Empty":
            sheet.write_column(0, 0, ["name", f"row of {name}"])
    sheet.hide()


def test_of_several_sheets_that_hold_something_one_is_asked_for(read):
    with pytest.raises(Question) as question:
        read(xlsx(several))
    assert question.value.needs == [{"column": "_sheet", "choices": ["Leads", "Müller & Söhne"]}]
    for name in ("Leads", "Müller & Söhne", "Lists"):
        assert read(xlsx(several), _sheet=name).cells["name"].to_list() == [f"row of {name}"]
    for name in ("Empty", "None", "\ud800", "a\0", "x" * 200_000, ["Leads"], {"a": 1}, 5):
        with pytest.raises(Refusal, match="has no sheet"):
            read(xlsx(several), _sheet=name)


def test_a_hidden_sheet_beside_the_only_visible_one_is_said(read):
    def write(book):
        book.add_worksheet("Leads").write_column(0, 0, ["name", "Ann"])
        sheet = book.add_worksheet("Lists")
        sheet.write(0, 0, "x")
        sheet.very_hidden()

    assert read(xlsx(write)).read_as == {"format": "XLSX", "sheet": "Leads", "other_sheets": ["Lists"]}


def test_old_workbooks_are_read_with_their_dates_and_errors(read):
    def write(book):
        sheet = book.add_sheet("Leads")
        day, moment = (xlwt.easyxf(num_format_str=text) for text in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        for place, name in enumerate(["name", "day", "moment", "whole", "yes", "id"]):
            sheet.write(0, place, name)
        sheet.write(1, 0, "Müller")
        sheet.write(1, 1, dt.date(2025, 3, 4), day)
        sheet.write(1, 2, dt.datetime(2025, 3, 4, 15), moment)
        sheet.write(1, 3, 5)
        sheet.write(1, 4, True)
        sheet.write(1, 5, "007")
        sheet.write(2, 0, "Bo")
        sheet.row(2).set_cell_error(3, 0x2A)

    table = read(xls(write))
    assert table.cells.rows()[0] == ("Müller", "2025-03-04", "2025-03-04T15:00:00", "5", "true", "007")
    assert {name: typed[0] for name, typed in table.typed_dates.items()} == {"day": True, "moment": True}
    assert table.faults.to_list() == [None, "holds the error #N/A of a formula"]
    assert table.fault_columns[1] == "whole"


def test_open_document_sheets_are_read(read):
    cell = "<table:table-cell office:value-type='{}' {}><text:p>x</text:p></table:table-cell>".format
    table = read(ods(
        "<table:table-row>" + "<table:table-cell office:value-type='string'><text:p>name</text:p></table:table-cell>" * 2
        + "<table:table-cell table:number-columns-repeated='16382'/></table:table-row>"
        "<table:table-row>" + cell("float", "office:value='5'") + cell("date", "office:date-value='2025-03-04'") + "</table:table-row>"
        "<table:table-row table:number-rows-repeated='1048574'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
    ))
    assert table.cells.rows() == [("5", "2025-03-04")]
    assert table.typed_dates["name_2"].to_list() == [True]
    with pytest.raises(Refusal, match=r"errors of formulas\. Save it as XLSX"):
        read(ods("<table:table-row><table:table-cell calcext:value-type='error' xmlns:calcext='x'/></table:table-row>"))


# Any table

CELL = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff_"), max_size=8)
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(
    st.lists(CELL, min_size=width, max_size=width).filter(lambda row: any(map(str.strip, row))), min_size=1, max_size=4))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(TABLES, st.booleans())
def test_any_table_of_texts_comes_back_whole(read, rows, is_old):
    header = [f"column {place}" for place in range(len(rows[0]))]

    def write_old(book):
        sheet = book.add_sheet("Leads")
        for place, row in enumerate([header, *rows]):
            for column, cell in enumerate(row):
                sheet.write(place, column, cell)

    table = read(xls(write_old) if is_old else filled(header, *rows, strings_to_numbers=False))
    assert table.cells.columns == header
    assert table.cells.rows() == [tuple(row) for row in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.integers(-2**50, 2**50), st.floats(allow_nan=False, allow_infinity=False, width=32), st.booleans(),
                          st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2199, 1, 1)).map(lambda at: at.replace(microsecond=0))),
                min_size=1, max_size=8))
def test_any_typed_cells_come_back_with_their_value(read, cells):
    def write(book):
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write(0, 0, "cell")
        for place, cell in enumerate(cells, start=1):
            sheet.write(place, 0, cell, moment if isinstance(cell, dt.datetime) else None)

    for text, cell in zip(read(xlsx(write)).cells["cell"], cells, strict=True):
        if isinstance(cell, bool):
            assert text == str(cell).lower()
        elif isinstance(cell, dt.datetime):
            assert dt.datetime.fromisoformat(text) == cell
        else:
            assert float(text) == pytest.approx(cell, rel=1e-15) and "e" not in text and not text.endswith(".0")
