"""The only date arithmetic: local days, windows, calendar months, business days. Polars expressions throughout.

Called by evaluation (local days) and rules (windows). A day is a Polars Date in the program's zone; an instant is a
naive UTC Datetime. The readings are those of the clause catalogue's conventions: the day of the event is day 0, the
last day is open until its end, look-backs include their last day, months clamp to the end of the month.
"""

import datetime as dt
import functools

import holidays
import numpy as np
import polars as pl

YEARS_COVERED = range(1990, 2101)


def local_day(instant: pl.Expr, zone: str) -> pl.Expr:
    """Local calendar day of a naive UTC instant in an IANA zone."""
    if zone == "UTC":
        return instant.dt.date()
    return instant.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()


def begins_at(day: pl.Expr, zone: str) -> pl.Expr:
    """The first instant, naive UTC, of a local day in an IANA zone: midnight, or where clocks skip it."""
    midnight = day.cast(pl.Datetime("us"))
    first, skipped = (
        hour.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        for hour in (midnight, midnight.dt.offset_by("1h"))
    )
    return pl.coalesce(first, skipped).dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def add_days(day: pl.Expr, days: int) -> pl.Expr:
    """The day `days` calendar days later (earlier where negative)."""
    return (day.cast(pl.Int32) + days).cast(pl.Date)  # half the time of `offset_by`, which also takes months


def add_months(day: pl.Expr, months: int) -> pl.Expr:
    """The same day of the month `months` later, clamped to the end of that month (31 Aug + 6 = 28 or 29 Feb)."""
    return day.dt.offset_by(f"{months}mo")


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after that of a day."""
    return (day.replace(day=28) + dt.timedelta(4)).replace(day=1)


def month_end(day: pl.Expr) -> pl.Expr:
    """Last day of the day's month."""
    return day.dt.month_end()


def add_business_days(day: pl.Expr, days: int, holiday_calendar: str) -> pl.Expr:
    """The business day that is number `days` after receipt; the next business day after `day` is number one.

    holiday_calendar: `us_federal_observed` or `none`. Receipt on a weekend or holiday loses no further day (AMB-33).
    """
    off = np.array(holidays_of(holiday_calendar), dtype="datetime64[D]")

    def counted(received: pl.Series) -> pl.Series:
        known = received.drop_nulls().unique()  # few days stand behind many leads
        due = np.busday_offset(known.to_numpy().astype("datetime64[D]"), days, roll="backward", holidays=off)
        return received.replace_strict(known, pl.Series(due, dtype=pl.Date), default=None, return_dtype=pl.Date)

    return day.map_batches(counted, return_dtype=pl.Date)


@functools.cache
def holidays_of(holiday_calendar: str) -> list[dt.date]:
    """The days off of a calendar, 1990 to 2100. Source: package `holidays`, US federal with observed days."""
    if holiday_calendar == "none":
        return []
    return sorted(holidays.country_holidays("US", years=YEARS_COVERED, observed=True))


def looks_back_to(measured_on: pl.Expr, seen_on: pl.Expr, *, days: int = 0, months: int = 0,
                  edge: str = "inclusive", direction: str = "subtract", first_day: pl.Expr | None = None) -> pl.Expr:
    """Whether `seen_on` lies in the last `days` or `months` before `measured_on`.

    direction: `subtract` counts back from the measuring day, `add` forward from the day it was seen (AMB-13).
    edge: `inclusive` keeps the outermost day inside. first_day: what counting back gives, where that is known already.
    """
    if direction == "add":
        reach = add_months(seen_on, months) if months else add_days(seen_on, days)
        return reach >= measured_on if edge == "inclusive" else reach > measured_on
    if first_day is None:
        first_day = add_months(measured_on, -months) if months else add_days(measured_on, -days)
    return seen_on >= first_day if edge == "inclusive" else seen_on > first_day


def written(day: pl.Expr) -> pl.Expr:
    """A day as people write it: 3 March 2025."""
    return day.dt.strftime("%-d %B %Y")
