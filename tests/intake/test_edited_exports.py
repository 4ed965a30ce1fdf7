"""Exports that somebody opened in a spreadsheet and saved again, and files of any content: no row is lost or invented."""

import csv
import datetime as dt
import io
import re

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from core import store
from core.intake.imports import import_file
from core.model import Refusal
from tests.intake.bringing import (
    DAY,
    LEADS_WITH_CONTACTS,
    NOW,
    accounts_of,
    cells_of,
    export,
    holds_for_every_report,
    rows,
)

MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{1,2}:\d{2}:\d{2})(?:\.\d+)?")
LOCALES = {
    "German": (";", "%d.%m.%Y %H:%M:%S", {"TRUE": "WAHR", "FALSE": "FALSCH", "true": "WAHR", "false": "FALSCH"}),
    "British": (",", "%d/%m/%Y %H:%M:%S", {"true": "TRUE", "false": "FALSE"}),
    "American": (",", "%m/%d/%Y %I:%M:%S %p", {"true": "TRUE", "false": "FALSE"}),
}


def edited(name, locale):
    """An export as a spreadsheet of a locale saves it: its delimiter, its spelling of dates, its words for truth."""
    sign, spelling, words = LOCALES[locale]
    given = cells_of(name)

    def cell(text):
        if found := MOMENT.fullmatch(text):
            hour, rest = found[2].split(":", 1)
            return dt.datetime.fromisoformat(f"{found[1]} {hour:0>2}:{rest}").strftime(spelling)
        return words.get(text, text)

    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator="\r\n")
    writer.writerow(given[0])
    writer.writerows([cell(text) for text in row.values()] for row in given)
    return out.getvalue()


@pytest.mark.parametrize("locale", LOCALES)
def test_hubspot_contacts_come_in_the_same_from_every_spreadsheet(con, bring, tmp_path, locale):
    report = bring(edited("hubspot/contact_data.csv", locale), kind="leads")
    assert (report.needs, report.accepted, report.rows_read) == ([], 22, 22)
    again = bring(export(tmp_path, "hubspot/contact_data.csv"), kind="leads")
    assert again.accepted == 0, "each row is recognised in the export as it came"
    stored = dict(rows(con, f"select leads.id, submitted_at from {LEADS_WITH_CONTACTS}"))
    assert stored == {row["id"]: DAY(row["property_createdate"]) for row in cells_of("hubspot/contact_data.csv")}


@pytest.mark.parametrize("locale", LOCALES)
def test_salesforce_tasks_come_in_from_every_spreadsheet_or_a_question_comes_first(con, bring, locale):
    """All its tasks were created on 11 November: day and month are the same number, and nobody can tell their order."""
    given = [row for row in cells_of("salesforce/sf_task_data.csv") if row["account_id"]]
    bring(accounts_of(given), kind="organizations", name="accounts.csv")
    lines = edited("salesforce/sf_task_data.csv", locale)
    asked = bring(lines, program="raf", kind="activities")
    assert {need["column"] for need in asked.needs} == {"activity_date", "created_date"}
    orders = dict.fromkeys(["activity_date", "created_date"], "month first" if locale == "American" else "day first")
    report = bring(lines, program="raf", kind="activities", mapping={"_dates": orders})
    assert report.accepted == len(given)
    assert {at for (at,) in rows(con, "select occurred_at from events where type = 'sales_activity'")} == {
        DAY(row["activity_date"]) for row in given
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_a_salesforce_lead_comes_in_from_every_spreadsheet(con, bring, locale):
    lines = edited("salesforce/sf_lead_data.csv", locale)
    orders = {"created_date": "month first" if locale == "American" else "day first"}
    report = bring(lines, kind=None, mapping={"_dates": orders})
    assert (report.kind, report.accepted) == ("leads", 1)
    assert rows(con, "select submitted_at from leads") == [(DAY("2019-11-11T17:23:34"),)]


HEADERS = ("name", "email", "company", "created", "id", "partner", "website", "is_deleted", "account_id", "product",
           "in use", "who_id", "activity_date", "subject", "stage_name", "close_date", "What is your name?", "=1+1", "")
CELLS = st.one_of(
    st.sampled_from(["", "Ann", "a@acme.com", "2024-05-01", "31/12/2024", "01/02/2024", "3 Mar 2024", "45292", "1741000000",
                     "12/31/24", "P1", "yes", "maybe", "acme.com", "A1", "+1 555 123 4567", "=cmd|'/c calc'!A1",
                     "<script>", "\u202egnp", "é" * 300, "2024-05-01T10:00:00+25:00", "9" * 40, "-0", "NaN"]),
    st.text(max_size=12),
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_accepted_and_refused_rows_are_the_rows_of_the_file_whatever_it_holds(tmp_path_factory, data):
    header = data.draw(st.lists(st.sampled_from(HEADERS), min_size=2, max_size=8))
    lines = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=12))
    kind = data.draw(st.sampled_from(["leads", "contacts", "organizations", "activities", "opportunities", "products"]))
    path = tmp_path_factory.mktemp("any") / "any.csv"
    with open(path, "w", encoding="utf-8", newline="", errors="replace") as out:
        csv.writer(out).writerows([header, *lines])
    con = store.connect()
    try:
        report = import_file(con, path, "raf", kind, "P1", None, NOW)
    except Refusal as refusal:
        assert str(refusal)
        return
    holds_for_every_report(report.to_dict())
    stored = rows(con, "select count(*) from import_rows")[0][0]
    assert stored == report.accepted
    again = import_file(con, path, "raf", kind, "P1", None, NOW)
    assert again.accepted == 0 and again.rows_read == report.rows_read
def workbook(path, name):
    """An export as a spreadsheet keeps it: moments as true dates, numbers as numbers, truth as truth."""
    book = xlsxwriter.Workbook(path)
    sheet, as_date = book.add_worksheet("Export"), book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    given = cells_of(name)
    for y, row in enumerate([list(given[0]), *(list(one.values()) for one in given)]):
        for x, text in enumerate(row):
            if found := MOMENT.fullmatch(text):
                sheet.write_datetime(y, x, dt.datetime.fromisoformat(f"{found[1]} {found[2]:0>8}"), as_date)
            elif text.lower() in ("true", "false"):
                sheet.write_boolean(y, x, text.lower() == "true")
            elif text.isdigit() and len(text) < 15:
                sheet.write_number(y, x, int(text))
            else:
                sheet.write_string(y, x, text)
    book.close()
    return path


@pytest.mark.parametrize(("name", "kind"), [("hubspot/contact_data.csv", "leads"), ("hubspot/company_data.csv", None)])
def test_an_export_saved_as_a_workbook_is_the_same_export(con, bring, tmp_path, name, kind):
    first = bring(workbook(tmp_path / "export.xlsx", name), kind=kind)
    assert (first.needs, first.accepted) == ([], len(cells_of(name)))
    assert bring(export(tmp_path, name), kind=kind).accepted == 0, "each row is recognised"


def test_the_sheet_that_was_answered_once_is_taken_for_the_next_workbook(bring, tmp_path):
    def book(name, created):
        made = xlsxwriter.Workbook(tmp_path / name)
        for title in ("Leads", "Notes"):
            sheet = made.add_worksheet(title)
            sheet.write_row(0, 0, ["name", "created"])
            sheet.write_row(1, 0, ["Ann", created])
        made.close()
        return tmp_path / name

    assert bring(book("may.xlsx", "2024-05-01")).needs == [{"column": "_sheet", "choices": ["Leads", "Notes"]}]
    assert bring(book("may.xlsx", "2024-05-01"), mapping={"_sheet": "Leads"}).accepted == 1
    june = bring(book("june.xlsx", "2024-06-01"))
    assert (june.accepted, june.mapping["_sheet"]) == (1, "Leads")
    assert 'Other sheets were not read: "Notes".' in june.notes
