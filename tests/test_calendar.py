"""Windows, months and business days, against plain reckoning day by day."""

import calendar as almanac
import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import calendar

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2090, 12, 31))
ZONES = ["UTC", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"]


def one(expr: pl.Expr, **columns: object) -> object:
    return pl.select(**{name: pl.lit(value) for name, value in columns.items()}).select(expr).item()


def plain_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, almanac.monthrange(year, month + 1)[1]))


@settings(deadline=None)
@given(DAYS, st.integers(-36, 36))
def test_months_clamp_to_the_end_of_the_month(day: dt.date, months: int) -> None:
    assert one(calendar.add_months(pl.col("d"), months), d=day) == plain_months(day, months)


@pytest.mark.parametrize(
    ("day", "months", "becomes"),
    [
        ("2025-08-31", 6, "2026-02-28"), ("2023-08-31", 6, "2024-02-29"), ("2024-02-29", 12, "2025-02-28"),
        ("2025-02-28", 6, "2025-08-28"), ("2025-08-31", -6, "2025-02-28"), ("2025-03-31", 1, "2025-04-30"),
        ("2024-12-31", 2, "2025-02-28"), ("2024-02-29", 48, "2028-02-29"),
    ],
)
def test_months_at_their_ends(day: str, months: int, becomes: str) -> None:
    found = one(calendar.add_months(pl.col("d"), months), d=dt.date.fromisoformat(day))
    assert found == dt.date.fromisoformat(becomes)


def plain_business_days(day: dt.date, days: int, off: set[dt.date]) -> dt.date:
    while days:
        day += dt.timedelta(1)
        if day.weekday() < 5 and day not in off:
            days -= 1
    return day


@given(DAYS, st.integers(1, 70), st.sampled_from(["us_federal_observed", "none"]))
@settings(max_examples=200, deadline=None)
def test_business_days_are_counted_from_the_next_one_after_receipt(day: dt.date, days: int, name: str) -> None:
    off = set(calendar.holidays_of(name))
    assert one(calendar.add_business_days(pl.col("d"), days, name), d=day) == plain_business_days(day, days, off)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2025-02-03", 60, "2025-04-29"), ("2025-03-03", 2, "2025-03-05"), ("2025-03-07", 2, "2025-03-11"),
        ("2025-03-08", 2, "2025-03-11"), ("2025-03-09", 2, "2025-03-11"), ("2025-11-26", 2, "2025-12-01"),
        ("2025-07-03", 2, "2025-07-08"), ("2025-07-04", 1, "2025-07-07"), ("2024-12-20", 60, "2025-03-20"),
        ("2021-12-30", 1, "2022-01-03"),
    ],
)
def test_business_days_over_weekends_and_observed_holidays(received: str, days: int, due: str) -> None:
    found = one(calendar.add_business_days(pl.col("d"), days, "us_federal_observed"), d=dt.date.fromisoformat(received))
    assert found == dt.date.fromisoformat(due)


def test_a_day_that_is_not_known_has_no_due_day() -> None:
    frame = pl.DataFrame({"d": [None, dt.date(2025, 3, 3)]}, schema={"d": pl.Date})
    found = frame.select(calendar.add_business_days(pl.col("d"), 2, "none")).to_series().to_list()
    assert found == [None, dt.date(2025, 3, 5)]


@settings(deadline=None)
@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2090, 12, 31)), st.sampled_from(ZONES))
def test_the_local_day_is_that_of_the_zone_in_summer_and_winter(instant: dt.datetime, zone: str) -> None:
    plain = instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()
    assert one(calendar.local_day(pl.col("at"), zone), at=instant) == plain


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2025-03-09T09:59:59", "America/Los_Angeles", "2025-03-09"),  # the hour that daylight saving leaves out
        ("2025-03-10T06:59:59", "America/Los_Angeles", "2025-03-09"),
        ("2025-03-10T07:00:00", "America/Los_Angeles", "2025-03-10"),
        ("2025-11-03T07:59:59", "America/Los_Angeles", "2025-11-02"),  # the day of twenty-five hours
        ("2025-11-03T08:00:00", "America/Los_Angeles", "2025-11-03"),
        ("2024-12-31T23:00:00", "Europe/Berlin", "2025-01-01"),
    ],
)
def test_local_days_around_daylight_saving_and_the_year(instant: str, zone: str, day: str) -> None:
    found = one(calendar.local_day(pl.col("at"), zone), at=dt.datetime.fromisoformat(instant))
    assert found == dt.date.fromisoformat(day)


def looked_back(measured: str, seen: str, **how: object) -> bool:
    expr = calendar.looks_back_to(pl.col("measured"), pl.col("seen"), **how)
    return one(expr, measured=dt.date.fromisoformat(measured), seen=dt.date.fromisoformat(seen))


@pytest.mark.parametrize(
    ("measured", "seen", "how", "inside"),
    [
        ("2025-02-03", "2024-11-05", {"days": 90}, True),
        ("2025-02-03", "2024-11-04", {"days": 90}, False),
        ("2025-02-03", "2024-11-05", {"days": 90, "edge": "exclusive"}, False),
        ("2025-09-03", "2025-03-03", {"months": 6}, True),
        ("2025-09-03", "2025-03-02", {"months": 6}, False),
        ("2025-08-31", "2025-02-28", {"months": 6}, True),
        ("2025-08-31", "2025-02-28", {"months": 6, "direction": "add"}, False),
        ("2025-08-28", "2025-02-28", {"months": 6, "direction": "add"}, True),
    ],
)
def test_a_look_back_keeps_its_outermost_day_and_subtracts(measured: str, seen: str, how: dict, inside: bool) -> None:
    assert looked_back(measured, seen, **how) is inside


def test_a_day_is_written_as_people_write_it() -> None:
    assert one(calendar.written(pl.col("d")), d=dt.date(2025, 3, 3)) == "3 March 2025"


def test_a_local_day_begins_at_midnight_or_where_clocks_skip_it_an_hour_later() -> None:
    def begins(day: dt.date, zone: str) -> dt.datetime:
        return one(calendar.begins_at(pl.col("d"), zone), d=day)

    assert begins(dt.date(2025, 3, 3), "UTC") == dt.datetime(2025, 3, 3)
    assert begins(dt.date(2025, 3, 3), "America/Los_Angeles") == dt.datetime(2025, 3, 3, 8)
    assert begins(dt.date(2025, 7, 3), "America/Los_Angeles") == dt.datetime(2025, 7, 3, 7)
    assert begins(dt.date(2018, 11, 4), "America/Sao_Paulo") == dt.datetime(2018, 11, 4, 3)  # 0:00 was 1:00
    assert begins(dt.date(2020, 3, 29), "Asia/Beirut") == dt.datetime(2020, 3, 28, 22)
