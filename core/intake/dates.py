"""Dates and instants as other systems spell them: what a whole column leaves open, and the reading of its cells.

Called by `mapping`. A column is read in one way, decided over all of it; where two ways fit, it is asked for. Reads no
clock: what is still to come is told by the instant that is passed in.
"""

import datetime as dt
import functools
import re
import zoneinfo
from collections.abc import Iterable

import polars as pl

from core.intake.rows import MOMENT
from core.model import Refusal

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
SWAPPED = ", and a spreadsheet swapped day and month of the others"
SERIAL = "days counted as a spreadsheet does"
READINGS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST, DAY_FIRST + SWAPPED, MONTH_FIRST + SWAPPED, SERIAL)
"""How the cells of a column may have to be read; a column of other spellings needs none."""

_ZONE = r"(?: ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_TIME = (
    r"(?:(?:[T ]|, ?| at ) ?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?" + _ZONE + ")?"
)
_DATE = rf"^(\d{{1,4}})([-/.])(\d{{1,2}})([-/.])(\d{{1,4}}){_TIME}$"
_PARTS = ("a", "sign", "b", "sign_2", "c", "hour", "minute", "second", "fraction", "half", "offset")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
          r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)")
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_DAY_MONTH = rf"(?i)^{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH}\.?,?[ -](\d{{4}}|\d{{2}})\b"
_MONTH_DAY = rf"(?i)^{_WEEKDAY}{_MONTH}\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b"
_YEAR_MONTH = rf"(?i)^(\d{{4}})[ -]{_MONTH}[ -](\d{{1,2}})\b"
_SLASHED = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:\D|$)"
_YEAR_FIRST = r"^\d{4}[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)"
_MILLISECONDS, _SECONDS, _SERIAL = r"^\d{12,13}$", r"^\d{10}$", r"^\d{5}(?:\.\d+)?$"
_SERIALS = (20_000, 80_000)
"""Of spreadsheets: 1954 to 2119."""
_COUNTED_FROM = dt.datetime(1899, 12, 30)
_ENDS_WITH_ZONE = r":\d{2}[^-+]*(?:Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
_SHORT_YEAR = r"^\d{1,2}(?:[-/.]\d{1,2}[-/.]|(?:st|nd|rd|th)?[ -][A-Za-z]{3,9}\.?,?[ -])\d{2}(?:\D|$)"
_YEARS = (1900, 2199)


def possible_readings(cells: pl.Series, latest: dt.date | None) -> list[str]:
    """How a column's cells may have to be read: none where no cell leaves it open, one where the cells show it,
    several where they do not, or where one column holds both true dates (year first) and texts like 31/12/2024.

    latest: a day after which no year of two digits can be meant, None where days may be to come.
    """
    texts = cells.str.strip_chars()
    filled = texts.filter(texts != "")
    if not filled.is_empty() and _are_serials(filled):
        return [SERIAL]
    parts = filled.str.extract_groups(_SLASHED).struct.rename_fields(["a", "b", "c"]).struct.unnest().drop_nulls()
    if parts.is_empty():
        return []
    found = _fitting(parts, latest)
    true_dates = filled.str.extract_groups(_YEAR_FIRST).struct.unnest().drop_nulls().cast(pl.Int32)
    if found and not true_dates.is_empty():
        month, day = true_dates.get_columns()
        if ((day <= 12) & (month <= 12)).all():  # a spreadsheet takes only those whose day may be a month
            found += [reading + SWAPPED for reading in found if reading != YEAR_FIRST]
    return found


def must_be_asked(cells: pl.Series, readings: list[str]) -> bool:
    """Whether the cells alone do not decide: several readings fit, they are numbers, or true dates stand among texts
    of another order; a spreadsheet that took some texts for dates may have swapped their day and month."""
    is_mixed = bool(readings) and readings != [SERIAL] and cells.str.strip_chars().str.contains(_YEAR_FIRST).any()
    return len(readings) > 1 or readings == [SERIAL] or is_mixed


def _are_serials(filled: pl.Series) -> bool:
    return filled.str.contains(_SERIAL).all() and filled.cast(pl.Float64).is_between(*_SERIALS).all()


def _fitting(parts: pl.DataFrame, latest: dt.date | None) -> list[str]:
    """The orders that fit every text that fits any; where texts contradict each other, those that fit some."""
    is_short = parts["c"].str.len_bytes() == 2
    a, b, c = parts.cast(pl.Int32).get_columns()
    last = (latest.year - 2000) * 10_000 + latest.month * 100 + latest.day if latest else 99_12_31

    def fits(year: pl.Series, month: pl.Series, day: pl.Series) -> pl.Series:
        is_past = ~is_short | (year * 10_000 + month * 100 + day <= last)
        return month.is_between(1, 12) & day.is_between(1, 31) & is_past

    orders = {DAY_FIRST: fits(c, b, a), MONTH_FIRST: fits(c, a, b), YEAR_FIRST: fits(a, b, c) & is_short}
    fits_any = orders[DAY_FIRST] | orders[MONTH_FIRST] | orders[YEAR_FIRST]
    everywhere = [order for order, fitting in orders.items() if fits_any.any() and (fitting | ~fits_any).all()]
    return everywhere or [order for order, fitting in orders.items() if fitting.any()]


def answered_reading(column: str, answer: object) -> str:
    """What an answer says of a column. Raises Refusal where it is none of READINGS."""
    said = re.sub(r"[\s_-]+", " ", str(answer)).strip().lower()
    if said not in READINGS:
        raise Refusal(f'The mapping\'s _dates say {answer!r} for {column!r}; they take "{DAY_FIRST}", "{MONTH_FIRST}" '
                      "or what the question offered.")
    return said


def expected(reading: str | None) -> str:
    """What a sentence says that a column takes."""
    example = {DAY_FIRST: "31/12/2024 14:30, the day first", MONTH_FIRST: "12/31/2024 14:30, the month first",
               YEAR_FIRST: "24/12/31, the year first", SERIAL: "45657.5, the days counted as a spreadsheet does"}
    of_order = example.get((reading or "").removesuffix(SWAPPED), "2024-12-31 14:30")
    return f"expected a date such as 2024-12-31, 2024-12-31T14:30:00Z or {of_order}"


def has_short_year(column: str) -> pl.Expr:
    """Whether a cell is like 31/12/24 or 31-Dec-24."""
    return pl.col(column).str.contains(_SHORT_YEAR)


def is_local(texts: pl.Series) -> bool:
    """Whether a cell of a column of instants names no zone, so that it is read in the program's."""
    named = texts.str.contains(_ENDS_WITH_ZONE) | texts.str.contains(_MILLISECONDS) | texts.str.contains(_SECONDS)
    return (~named).any()


def zone_of_name(column: str) -> str | None:
    """UTC where a column's name says that its times are: "Submit Date (UTC)"."""
    return "UTC" if re.search(r"(?:^|[\W_])(?:utc|gmt)(?:$|[\W_])", column, re.IGNORECASE) else None


def read_dates(texts: pl.Series, reading: str | None, zone: str, days: bool = False) -> pl.Series:
    """Instants as naive UTC, or the days as they are written; null where a text is not one.

    reading: one of READINGS, or None where 31/12/2024 is no date. zone: of local times without one, by its IANA name;
    of an hour that the clocks repeat the first is meant. Years 1900 to 2199; two digits are a year of this century.
    """
    is_swapped = (reading or "").endswith(SWAPPED)
    order = (reading or "").removesuffix(SWAPPED)
    frame = pl.DataFrame({"text": _spelled_in_digits(texts)})
    parts = pl.col("text").str.extract_groups(_DATE).struct.rename_fields(list(_PARTS))
    frame = frame.with_columns(parts.alias("parts")).unnest("parts").with_columns(_calendar(order, is_swapped))
    frame = frame.with_columns(_time_of_day())
    frame = frame.with_columns(local=_local(), offset_minutes=_offset_minutes())
    epoch = pl.coalesce(
        _since_epoch(_MILLISECONDS, "ms"), _since_epoch(_SECONDS, "s"),
    )
    local = pl.coalesce("local", _counted()) if reading == SERIAL else pl.col("local")
    frame = frame.with_columns(local.alias("local"))
    if days:
        return frame.select(pl.coalesce(pl.col("local").dt.date(), epoch.dt.date())).to_series()
    with_offset = pl.col("local") - pl.duration(minutes="offset_minutes")
    in_zone = pl.when(pl.col("offset").is_null()).then("local")
    return frame.with_columns(in_zone=in_zone).select(
        pl.coalesce(with_offset, epoch, _to_utc(frame.select(in_zone).to_series(), zone))
    ).to_series()


def _spelled_in_digits(texts: pl.Series) -> pl.Series:
    """Texts with the names of months as numbers, the year first: "3 Mar 2025 10:00" is 2025-03-03 10:00."""
    if not texts.str.contains(r"(?i)jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec").any():
        return texts
    numbers = {name: f"{place:02}" for place, name in enumerate(_MONTHS, start=1)}

    def rewritten(pattern: str, day: int, month: int, year: int) -> pl.Expr:
        text = pl.col("text")
        name = text.str.extract(pattern, month).str.to_lowercase().str.slice(0, 3)
        number = name.replace_strict(numbers, default=None, return_dtype=pl.String)
        said = text.str.extract(pattern, year)
        long_year = pl.when(said.str.len_bytes() == 2).then("20" + said).otherwise(said)
        return pl.concat_str(long_year, pl.lit("-"), number, pl.lit("-"), text.str.extract(pattern, day),
                             text.str.replace(pattern, ""))

    frame = pl.DataFrame({"text": texts})
    return frame.select(pl.coalesce(
        rewritten(_DAY_MONTH, 1, 2, 3), rewritten(_MONTH_DAY, 2, 1, 3), rewritten(_YEAR_MONTH, 3, 2, 1), "text"
    )).to_series()


def _since_epoch(pattern: str, unit: str) -> pl.Expr:
    number = pl.when(pl.col("text").str.contains(pattern)).then(pl.col("text")).cast(pl.Int64, strict=False)
    return pl.from_epoch(number, unit).cast(MOMENT)


def _counted() -> pl.Expr:
    """Days since the last day but one of 1899, with the part of the day; to the second, as spreadsheets keep it."""
    number = pl.when(pl.col("text").str.contains(_SERIAL)).then(pl.col("text")).cast(pl.Float64, strict=False)
    seconds = (number * 86_400).round().cast(pl.Int64)
    return pl.when(number.is_between(*_SERIALS)).then(
        pl.lit(_COUNTED_FROM, MOMENT) + pl.duration(seconds=seconds, time_unit="us")
    )


def _calendar(order: str, is_swapped: bool) -> list[pl.Expr]:
    """Year, month and day of the parts a, b, c; null where the order is not known.

    is_swapped: the years that stand first are dates of a spreadsheet that took the day for the month.
    """
    a, b, c = (pl.col(part).cast(pl.Int32, strict=False) for part in ("a", "b", "c"))
    same_sign = pl.col("sign") == pl.col("sign_2")
    size_a, size_c = (pl.col(part).str.len_bytes() for part in ("a", "c"))
    year_first = same_sign & (size_a == 4) & (size_c <= 2)
    is_short = same_sign & (size_a <= 2) & (size_c == 2)
    short_first = is_short & pl.lit(order == YEAR_FIRST)
    year_last = same_sign & (size_a <= 2) & ((size_c == 4) | is_short) & pl.lit(order in (DAY_FIRST, MONTH_FIRST))
    day, month = (a, b) if order == DAY_FIRST else (b, a)
    century = pl.when(is_short).then(2000).otherwise(0)
    first_month, first_day = (c, b) if is_swapped else (b, c)
    return [
        pl.when(year_first | short_first).then(a + century).when(year_last).then(c + century).alias("year"),
        pl.when(year_first).then(first_month).when(short_first).then(b).when(year_last).then(month).alias("month"),
        pl.when(year_first).then(first_day).when(short_first).then(c).when(year_last).then(day).alias("day"),
    ]


def _time_of_day() -> list[pl.Expr]:
    hour = pl.col("hour").cast(pl.Int32, strict=False)
    half = pl.col("half").str.to_lowercase()
    of_twelve = pl.when(hour.is_between(1, 12)).then(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    is_bare = pl.col("hour").is_null()
    return [
        pl.when(is_bare).then(0).when(half.is_null()).then(hour).otherwise(of_twelve).alias("hour"),
        pl.col("minute", "second").cast(pl.Int32, strict=False).fill_null(0),
        pl.col("fraction").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int32, strict=False).fill_null(0),
    ]


def _local() -> pl.Expr:
    """The instant as written, without its zone; null where there is no such day or time."""
    year, month, day = (pl.col(part) for part in ("year", "month", "day"))
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    february = 28 + is_leap.cast(pl.Int32)
    length = pl.when(month == 2).then(february).when(month.is_in([4, 6, 9, 11])).then(30).otherwise(31)
    is_day = year.is_between(*_YEARS) & month.is_between(1, 12) & day.is_between(1, length)
    is_time = (pl.col("hour") < 24) & (pl.col("minute") < 60) & (pl.col("second") < 60)
    kept = [pl.when(is_day & is_time).then(part) for part in ("year", "month", "day", "hour", "minute", "second")]
    return pl.datetime(*kept, pl.col("fraction"), time_unit="us")


def _offset_minutes() -> pl.Expr:
    """Minutes that a written offset is ahead of UTC; null where none is written or it is none (+27:99)."""
    digits = pl.col("offset").str.replace_all(r"\D", "")
    hours = digits.str.slice(0, 2).cast(pl.Int32, strict=False)
    minutes = digits.str.slice(2).cast(pl.Int32, strict=False).fill_null(0)
    ahead = pl.when(pl.col("offset").str.starts_with("-")).then(-1).otherwise(1) * (hours * 60 + minutes)
    is_letter = pl.col("offset").str.contains("[A-Za-z]")
    return pl.when(is_letter).then(0).when((hours <= 14) & (minutes < 60)).then(ahead)


def _to_utc(local: pl.Series, zone: str) -> pl.Series:
    if zone == "UTC":
        return local
    marked = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    utc = marked.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    skipped = (utc.is_null() & local.is_not_null()).arg_true()
    if skipped.len():  # an hour that the clocks leap over: as zoneinfo reads it, by the offset before the leap
        utc = utc.scatter(skipped, _read_as_before(local.gather(skipped), _zone(zone)))
    return utc


def _read_as_before(local: Iterable[dt.datetime], zone: dt.tzinfo) -> list[dt.datetime]:
    return [moment.replace(tzinfo=zone).astimezone(dt.UTC).replace(tzinfo=None) for moment in local]


def check_zone(name: str) -> None:
    """Raises Refusal where there is no such time zone."""
    _zone(name)


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    """Raises Refusal where there is no such zone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal(f"There is no time zone {name!r}; a zone is named as in America/Los_Angeles.") from error
