"""Dates as other systems and spreadsheets spell them: one reading per column, decided over all of it, else asked for."""

import datetime as dt

import polars as pl
import pytest

from core.intake import dates
from core.intake.dates import DAY_FIRST, MONTH_FIRST, SERIAL, SWAPPED, YEAR_FIRST, read_dates
from core.intake.mapping import NO_COLUMN
from tests.intake.bringing import DAY, reasons, rows

TODAY = dt.date(2025, 1, 2)
PAST = dt.date(2025, 1, 3)


def readings(*cells, latest=PAST):
    return dates.possible_readings(pl.Series(cells, dtype=pl.String), latest)


def asked(*cells):
    column = pl.Series(cells, dtype=pl.String)
    return dates.must_be_asked(column, dates.possible_readings(column, PAST))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("3 Mar 2025", "2025-03-03"), ("March 3, 2025", "2025-03-03"), ("03-Mar-2025", "2025-03-03"),
        ("3rd March 2025 14:05", "2025-03-03 14:05"), ("Mar 3 2025 2:05 PM", "2025-03-03 14:05"),
        ("Mon, 03 Mar 2025 10:00:00 +0100", "2025-03-03 09:00"), ("Monday, March 3, 2025 at 10:00 AM", "2025-03-03 10:00"),
        ("03-Mar-25", "2025-03-03"), ("2025-Mar-03", "2025-03-03"), ("Sept 1, 2024", "2024-09-01"),
        ("1741000000", "2025-03-03 11:06:40"), ("1741000000000", "2025-03-03 11:06:40"),
        ("3 Mai 2025", None), ("31 Feb 2025", None), ("Marching 3, 2025", None), ("Mar 2025", None),
    ],
)
def test_months_by_name_and_counted_seconds_are_read(written, read):
    assert read_dates(pl.Series([written]), None, "UTC").to_list() == [DAY(read) if read else None]


def test_a_column_whose_texts_show_one_order_is_decided_and_others_are_asked_for():
    assert readings("01/02/2024", "13/02/2024") == [DAY_FIRST]
    assert readings("01.02.2024", "02/13/2024") == [MONTH_FIRST]
    assert readings("01/02/2024", "12-11-2024") == [DAY_FIRST, MONTH_FIRST]
    assert readings("13/02/2024", "02/13/2024") == [DAY_FIRST, MONTH_FIRST]
    assert readings("2024-02-01", "1 Feb 2024", "never", "") == []
    assert asked("01/02/2024", "12-11-2024") and not asked("01/02/2024", "13/02/2024")


def test_a_year_of_two_digits_is_told_by_what_cannot_be_a_month_and_what_is_still_to_come():
    assert readings("31/12/24") == [DAY_FIRST], "2031 is still to come"
    assert readings("12/31/24") == [MONTH_FIRST]
    assert readings("24/12/31", "23/01/30") == [YEAR_FIRST]
    assert readings("01/02/24") == [DAY_FIRST, MONTH_FIRST, YEAR_FIRST]
    assert readings("31/12/24", latest=None) == [DAY_FIRST, YEAR_FIRST], "a day to come may be in 2031"
    assert readings("02/01/25", "03/01/25", "30/12/24") == [DAY_FIRST]
    assert readings("31/12/99") == []
    read = read_dates(pl.Series(["31/12/24", "30/12/2023"]), DAY_FIRST, "UTC").to_list()
    assert read == [DAY("2024-12-31"), DAY("2023-12-30")]
    assert read_dates(pl.Series(["24/12/31"]), YEAR_FIRST, "UTC").to_list() == [DAY("2024-12-31")]


def test_a_year_of_two_digits_that_would_be_to_come_is_refused(bring):
    report = bring("name,created\nCy,31/12/24\nDi,31/12/25\n")
    assert report.accepted == 1 and "two digits" in reasons(report)[3]
    report = bring("name,created\nEd,31-Dec-24\nFay,31-Dec-99\n", name="named.csv")
    assert report.accepted == 1 and "two digits" in reasons(report)[3]


def test_day_numbers_of_a_spreadsheet_are_asked_for_and_then_read(con, bring):
    lines = "name,created\nAnn,45657.604166666664\nBo,45292\n"
    report = bring(lines)
    assert report.needs == [{"column": "created", "choices": [SERIAL, NO_COLUMN]}]
    assert bring(lines, mapping={"_dates": {"created": SERIAL}}).accepted == 2
    assert rows(con, "select submitted_at from leads order by 1") == [(DAY("2024-01-01"),), (DAY("2024-12-31 14:30"),)]
    mixed = bring("name,created\nCy,45292\nDi,2024-01-01\n", name="mixed.csv")
    assert (mixed.accepted, list(reasons(mixed))) == (1, [2])


def test_a_column_may_be_said_to_hold_no_dates(bring):
    report = bring("name,created\nAnn,45292\n", mapping={"_dates": {"created": NO_COLUMN}})
    assert (report.needs, "submitted_at" in report.mapping) == ([], False)
    assert "no column is known" in reasons(report)[2]


SPELLINGS = {"iso": "%Y-%m-%d %H:%M", "day first": "%d/%m/%Y %H:%M", "month first": "%m/%d/%Y %H:%M"}
MOMENTS = [dt.datetime(2023, 1, 1) + dt.timedelta(minutes=123 * number) for number in range(8_000)]


def leads_spelled(spell):
    lines = (f"{number},Ann {number},a{number}@acme{number % 50}.com,{spell(moment)}\n"
             for number, moment in enumerate(MOMENTS))
    return "id,name,email,created\n" + "".join(lines)


def stored_leads(con):
    return rows(con, "select l.id, l.submitted_at, r.digest from leads as l join import_rows as r "
                "on r.row_number = l.id::integer + 2 order by l.id")


EXPECTED = sorted((str(number), moment) for number, moment in enumerate(MOMENTS))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_8000_leads_are_the_same_whichever_way_their_dates_are_spelled(con, bring, spelling):
    assert bring(leads_spelled(lambda moment: moment.strftime(SPELLINGS[spelling]))).accepted == 8_000
    stored = stored_leads(con)
    assert [(id, moment) for id, moment, _ in stored] == EXPECTED
    other = next(name for name in SPELLINGS if name != spelling)
    again = bring(leads_spelled(lambda moment: moment.strftime(SPELLINGS[other])), name="other.csv")
    assert again.accepted == 0 and "already imported" in reasons(again)[2], "the same digests"


@pytest.mark.parametrize("order", [DAY_FIRST, MONTH_FIRST])
def test_a_column_in_which_a_spreadsheet_took_some_texts_for_dates_is_never_guessed(con, bring, order):
    """A spreadsheet of the other order takes what it can, swapped, for dates of its own, and leaves the rest as text."""

    def spoiled(moment):
        if moment.day <= 12:
            return moment.replace(month=moment.day, day=moment.month).strftime("%Y-%m-%d %H:%M:%S")
        return moment.strftime(SPELLINGS[order])

    lines = leads_spelled(spoiled)
    report = bring(lines)
    assert report.needs == [{"column": "created", "choices": [order, order + SWAPPED]}]
    assert report.accepted == 0 and rows(con, "select count(*) from leads") == [(0,)]
    assert bring(lines, mapping={"_dates": {"created": order + SWAPPED}}).accepted == 8_000
    assert [(id, moment) for id, moment, _ in stored_leads(con)] == EXPECTED


def test_true_dates_among_texts_are_asked_for_even_where_the_texts_show_their_order(con, bring):
    lines = "name,created\nAnn,2024-05-30\nBo,31/12/2024\n"
    assert bring(lines).needs == [{"column": "created", "choices": [DAY_FIRST, NO_COLUMN]}]
    assert bring(lines, mapping={"_dates": {"created": DAY_FIRST}}).accepted == 2
    assert rows(con, "select submitted_at from leads order by 1") == [(DAY("2024-05-30"),), (DAY("2024-12-31"),)]


def test_the_report_says_in_which_zone_times_without_one_were_read(con, bring):
    report = bring("name,created\nAnn,2024-07-01 00:00\n", zone="America/New_York")
    assert 'Times without a zone in "created" are read in America/New_York, the zone of the program.' in report.notes
    report = bring("name,Submit Date (UTC)\nBo,2024-07-01 00:00\n", zone="America/New_York", name="form.csv")
    assert 'Times without a zone in "Submit Date (UTC)" are read in UTC, as its name says.' in report.notes
    report = bring("name,created\nCy,2024-07-01T00:00:00Z\n", zone="America/New_York", name="zoned.csv")
    assert not any("zone" in note for note in report.notes)
    assert rows(con, "select submitted_at from leads order by 1") == [
        (DAY("2024-07-01"),), (DAY("2024-07-01"),), (DAY("2024-07-01 04:00"),)
    ]
