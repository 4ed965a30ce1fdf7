"""The local days and instants of programs: each counts days in its own time zone, while instants are UTC.

Called by what pages read, and by what is kept of the evaluation. Must not read a clock.
"""

import datetime as dt
import zoneinfo

import duckdb

from core.evaluation import FOREVER
from core.results import stored_settings
from core.store.answers import until_stored
from core.terms import Catalogue, Entry, catalogue


def local_day(instant: dt.datetime, zone: str) -> dt.date:
    """The calendar day of a UTC instant in an IANA zone."""
    return instant.replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(zone)).date()


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """The last second of a local day as a UTC instant."""
    last = dt.datetime.combine(day, dt.time(23, 59, 59), zoneinfo.ZoneInfo(zone))
    return last.astimezone(dt.UTC).replace(tzinfo=None)


def local_moment(instant: dt.datetime, zone: str) -> dt.datetime:
    """A UTC instant as the clock on the wall in an IANA zone shows it."""
    return instant.replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def instant(moment: dt.datetime, zone: str) -> dt.datetime:
    """The UTC instant of a clock on the wall in an IANA zone."""
    return moment.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)


def span_of_days(first: dt.date | None, last: dt.date | None, zone: str
                 ) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From the beginning of a local day to the end of another as UTC instants, the second excluded; None stays None."""
    def begins_at(day: dt.date) -> dt.datetime:
        return instant(dt.datetime.combine(day, dt.time()), zone)

    return first and begins_at(first), last and begins_at(last + dt.timedelta(1))


@until_stored
def zones(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The IANA time zone of every program as set today."""
    terms, settings = catalogue(), stored_settings(con, catalogue(), FOREVER)
    return {one.id: terms.versions(one, settings)[-1][1]["timezone"] for one in terms.programs.values()}


def every_zone(terms: Catalogue, settings: list[Entry]) -> set[str]:
    """The IANA time zones of every program, those of earlier and later terms too: a lead keeps that of its own."""
    return {version["timezone"] for one in terms.programs.values() for _, version in terms.versions(one, settings)}


@until_stored
def every_zone_of(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The same under the settings of a database."""
    return every_zone(catalogue(), stored_settings(con, catalogue(), FOREVER))
