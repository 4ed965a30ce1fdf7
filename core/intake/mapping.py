"""Which columns of a file are which of our fields, what the file holds, and how its cells are read.

Called by `core.intake.imports`. The known spellings stand in `mappings.toml`. Proposes and asks, refuses nothing but a
file that plainly holds something else; stores nothing and reads no clock.
"""

import datetime as dt
import functools
import json
import re
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from core.intake.formats import Table
from core.intake.rows import MOMENT
from core.model import Refusal

KINDS = ("leads", "contacts", "organizations", "activities")


def plain(name: str) -> str:
    """A name as names are compared: CreatedDate, "Created Date" and property_created_date are all createddate."""
    return re.sub(r"[\W_]+", "", re.sub(r"^_*propert(y|ies)[_.]", "", name.lower()))


_KNOWN = tomllib.loads((Path(__file__).parent / "mappings.toml").read_text("utf-8"))
FIELDS: dict[str, dict[str, list[str]]] = {
    kind: {field: list(dict.fromkeys(map(plain, spellings))) for field, spellings in fields.items()}
    for kind, fields in _KNOWN["fields"].items()
}
"""Per kind, our fields and the plain spellings of columns that hold them, the likeliest first."""

_SIGNATURES = [
    {"holds": entry["holds"], "kind": entry.get("kind"), "has": set(map(plain, entry["has"])),
     "lacks": {plain(name) for name in entry.get("lacks", ()) if name != "@person"},
     "lacks_person": "@person" in entry.get("lacks", ())}
    for entry in _KNOWN["signature"]
]
_WORDS: dict[str, dict[str, list[str]]] = _KNOWN["words"]
INSTANTS = ("submitted_at", "created_at", "last_outbound_at", "last_inbound_at", "occurred_at", "logged_at")
DAYS = ("expected_decision_date", "purchased_on", "contract_ends_on")
DAY_FIRST, MONTH_FIRST = "day first", "month first"
NO_COLUMN = "(no column)"
"""What may be chosen, or null in a mapping file, where a file has no column for a field."""

_PERSON = ("email", "first_name", "last_name", "full_name")
_INTERCHANGEABLE = {("leads", "contacts"), ("contacts", "leads")}
"""Kind asked for, kind recognised: the contacts of a CRM may be brought as leads, its leads as history."""


@dataclass
class Choice:
    """What a file holds and where.

    columns: our field -> column. readings: column -> DAY_FIRST or MONTH_FIRST, where its dates leave both open.
    needs: questions to be answered first, each {"column", "choices"}.
    """

    kind: str
    columns: dict[str, str]
    readings: dict[str, str] = field(default_factory=dict)
    needs: list[dict] = field(default_factory=list)


def choose(table: Table, kind: str | None, partner: str | None, answers: Mapping[str, object]) -> Choice:
    """What a table holds, which of its columns are which fields, and what has to be asked.

    answers: what a mapping file says (see `read_answers`). Raises Refusal where the file plainly holds something else,
    nothing is known of its columns, or an answer names a field or column that is not there.
    """
    columns = table.cells.columns
    kind = _kind(table.name, columns, kind, partner)
    chosen, needs = _proposed(table, kind)
    answered = _answered(answers, kind, columns)
    chosen = {name: column for name, column in (chosen | answered).items() if column is not None}
    needs = [need for need in needs if need["column"] not in answered]
    if not needs and not set(chosen) & {"id", "full_name", "first_name", "last_name", "email", "company", "name",
                                        "contact", "org", "what"}:
        raise Refusal(f"{table.name}: none of its columns is known for {kind} ({_some(columns)}). {_say_which(kind)}")
    if kind in ("leads", "contacts") and not {"email"} & {*chosen, *answered, *(need["column"] for need in needs)}:
        needs += _which_is_the_address(table, chosen)
    choice = Choice(kind, chosen, needs=needs)
    _read_orders(table, choice, answers.get("_dates") or {})
    return choice


def read_answers(path: str | Path | None) -> dict[str, object]:
    """A mapping file: JSON {our field: column, or null for none}, and under `_dates` {column: "day first"}.

    What an earlier report gave as its mapping is one. Raises Refusal where it is no such file.
    """
    if path is None:
        return {}
    path = Path(path)
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Refusal(f"The mapping file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Refusal(f"The mapping file {path} is not JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("_dates") or {}, dict):
        raise Refusal(f'The mapping file {path} is not of the form {{"email": "Column", "_dates": {{...}}}}.')
    return found


def texts(table: Table, choice: Choice) -> pl.DataFrame:
    """The fields of every row of a table as texts without surrounding blanks, null where empty or without a column.

    Columns: `place` (index of the row), `row` (its number), every field of the kind, and `refused_reason`,
    `refused_column` and `is_settled`, which `refuse` fills; a row that cannot be read has its reason already.
    """
    wanted = FIELDS[choice.kind]
    number, fault, column = "\0number", "\0fault", "\0column"  # no column of a file has such a name
    cells = table.cells.with_columns(table.numbers.alias(number), table.faults.alias(fault),
                                     table.fault_columns.alias(column))
    return cells.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("place"), pl.col(number).alias("row"),
        *(_text(cells, choice.columns.get(name)).alias(name) for name in wanted),
        refused_reason=fault, refused_column=column, is_settled=pl.lit(False),
    )


def with_values(frame: pl.DataFrame, choice: Choice, zone: str) -> pl.DataFrame:
    """The frame of `texts` with INSTANTS as naive UTC (local time of `zone` where none is written), DAYS as dates,
    `products` as a list of texts; rows with a date that cannot be read are refused."""
    for name in FIELDS[choice.kind]:
        if name in INSTANTS or name in DAYS:
            frame = _with_dates(frame, name, choice, zone)
    return frame.with_columns(products=_products(pl.col("products"))) if "products" in frame.columns else frame


def refuse(frame: pl.DataFrame, when: pl.Expr, reason: str | pl.Expr, column: str | None = None,
           is_settled: bool = False) -> pl.DataFrame:
    """The frame with a reason where `when` holds and there is none yet: a row is refused once, for its first fault.

    is_settled: nothing is missing for want of the row, since it stands in the database or is gone at its source.
    """
    is_new = pl.col("refused_reason").is_null() & when.fill_null(False)
    reason = pl.lit(reason) if isinstance(reason, str) else reason
    return frame.with_columns(
        refused_reason=pl.when(is_new).then(reason).otherwise("refused_reason"),
        refused_column=pl.when(is_new).then(pl.lit(column, pl.String)).otherwise("refused_column"),
        is_settled=pl.when(is_new).then(is_settled).otherwise("is_settled"),
    )


def word(column: str, vocabulary: str) -> pl.Expr:
    """Our word for what a text column says, null where `mappings.toml` does not list it."""
    ours = {spelling: meaning for meaning, spellings in _WORDS[vocabulary].items() for spelling in spellings}
    return _plain_words(pl.col(column)).replace_strict(ours, default=None, return_dtype=pl.String)


def quoted(column: str) -> pl.Expr:
    """A cell as a sentence shows it: in quotes, its end cut off where it is long."""
    return '"' + pl.col(column).str.slice(0, 80) + '"'


def check_zone(name: str) -> None:
    """Raises Refusal where there is no such time zone."""
    _zone(name)


def _text(cells: pl.DataFrame, column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, pl.String)
    text = pl.col(column)
    if cells[column].str.contains(r"^\s|\s$").any():  # a column without blanks is not copied
        text = text.str.strip_chars()
    return pl.when(text != "").then(text)


def _plain_words(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"[\W_]+", "_").str.strip_chars("_")


def _products(text: pl.Expr) -> pl.Expr:
    """Product names of a cell, in the spelling of the terms; CloudExtend is one word there."""
    parts = text.str.replace_all(r"[;,|\n\r]+", ";").str.split(";")
    names = parts.list.eval(_plain_words(pl.element()).str.replace(r"^cloud_extend", "cloudextend"))
    return names.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)


# What a file holds


def _kind(name: str, columns: list[str], asked: str | None, partner: str | None) -> str:
    names = {plain(column) for column in columns}
    found = _signature(names) or {}
    holds = found.get("kind")
    if found and (holds is None or (asked and asked != holds and (asked, holds) not in _INTERCHANGEABLE)):
        instead = f", not {asked}" if asked else ""
        raise Refusal(f"{name} looks like {found['holds']}{instead}. What can be imported: {_list()}.")
    if asked:
        return asked
    if not found and not names & {spelling for part in _PERSON for spelling in FIELDS["leads"][part]}:
        raise Refusal(f"{name}: its columns do not tell what it holds ({_some(columns)}). Give --kind: {_list()}.")
    names_partner = partner is not None or bool(names & set(FIELDS["leads"]["partner"]))
    return "leads" if not found or (holds == "contacts" and names_partner) else holds


def _signature(names: set[str]) -> dict | None:
    """The first entry of `mappings.toml` that a file's columns fit."""
    has_person = any(names & set(FIELDS["leads"][part]) for part in _PERSON[:3])
    for entry in _SIGNATURES:
        if entry["has"] <= names and not entry["lacks"] & names and not (entry["lacks_person"] and has_person):
            return entry
    return None


def _list() -> str:
    return f"{', '.join(KINDS[:-1])} and {KINDS[-1]}"


def _some(columns: list[str]) -> str:
    shown = ", ".join(column[:40] for column in columns[:8])
    return f"{shown}, ..." if len(columns) > 8 else shown


def _say_which(kind: str) -> str:
    return f"Say in a mapping file which column is which: {', '.join(FIELDS[kind])}."


# Which column is which


def _proposed(table: Table, kind: str) -> tuple[dict[str, str | None], list[dict]]:
    """Field -> column by the known spellings, and a question where two columns have the same right to one."""
    by_name: dict[str, list[str]] = {}
    custom: dict[str, list[str]] = {}
    for column in table.cells.columns:
        name = table.renamed.get(column, column)
        by_name.setdefault(plain(name), []).append(column)
        if name.lower().endswith("_c"):  # a custom field of Salesforce: only where no other column fits
            custom.setdefault(plain(name[:-2]), []).append(column)
    chosen, needs = {}, []
    for field_name, spellings in FIELDS[kind].items():
        found = [named[text] for named in (by_name, custom) for text in spellings if text in named]
        if found and len(found[0]) > 1 and not _are_alike(table.cells, found[0]):
            needs.append({"column": field_name, "choices": found[0]})
        elif found:
            chosen[field_name] = found[0][0]
    return chosen, needs


def _are_alike(cells: pl.DataFrame, columns: list[str]) -> bool:
    first, *others = columns
    return all(cells.select((pl.col(first) == pl.col(other)).all()).item() for other in others)


def _answered(answers: Mapping[str, object], kind: str, columns: list[str]) -> dict[str, str | None]:
    """Field -> column, or None for none, as a mapping file says; a field may be named by any of its known spellings."""
    fields = {spelling: name for name, spellings in reversed(FIELDS[kind].items()) for spelling in reversed(spellings)}
    fields |= {plain(name): name for name in FIELDS[kind]}
    answered = {}
    for name, column in answers.items():
        if name.startswith("_"):
            continue
        if plain(name) not in fields:
            raise Refusal(f"The mapping names {name!r}, which {kind} do not have; they have {', '.join(FIELDS[kind])}.")
        if column is not None and column != NO_COLUMN and column not in columns:
            raise Refusal(f"The mapping names the column {column!r}, which the file lacks; it has {_some(columns)}.")
        answered[fields[plain(name)]] = None if column == NO_COLUMN else column
    return answered


def _which_is_the_address(table: Table, chosen: Mapping[str, str]) -> list[dict]:
    """A question where no column is called e-mail but some hold addresses: they may be anybody's."""
    free = [column for column in table.cells.columns if column not in chosen.values()]
    if table.cells.is_empty() or not free:
        return []
    filled = pl.col(free).filter(pl.col(free) != "")
    shares = table.cells.select(filled.str.contains(r"^\s*\S+@\S+\.\S+\s*$").mean()).row(0, named=True)
    holding = [column for column, share in shares.items() if (share or 0) >= 0.5]
    return [{"column": "email", "choices": [*holding, NO_COLUMN]}] if holding else []


# Dates

_TIME = (
    r"(?:(?:[T ]|, ?) ?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?"
    r"(?: ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?"
)
_DATE = rf"^(\d{{1,4}})([-/.])(\d{{1,2}})([-/.])(\d{{1,4}}){_TIME}$"
_PARTS = ("a", "sign", "b", "sign_2", "c", "hour", "minute", "second", "fraction", "half", "offset")
_SLASHED = r"^(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}(?:\D|$)"
_SHORT_YEAR = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?:\D|$)"
_EPOCH = r"^\d{12,13}$"
_EXPECTED = "expected a date such as 2024-12-31, 2024-12-31T14:30:00Z"
_EXAMPLES = {DAY_FIRST: "31/12/2024 14:30, the day first", MONTH_FIRST: "12/31/2024 14:30, the month first"}
_YEARS = (1900, 2199)


def _read_orders(table: Table, choice: Choice, answers: Mapping[str, object]) -> None:
    """Decide once per column of dates whether the day or the month comes first; where both fit every value, ask."""
    for column in answers:
        if column not in table.cells.columns:
            raise Refusal(f"The mapping's _dates name the column {column!r}, which the file lacks.")
    for name in (*INSTANTS, *DAYS):
        column = choice.columns.get(name)
        if column is None or column in choice.readings:
            continue
        reading = _answered_order(column, answers[column]) if column in answers else None
        possible = _possible_orders(table.cells[column])
        if reading or len(possible) == 1:
            choice.readings[column] = reading or possible[0]
        elif possible and not any(need["column"] == column for need in choice.needs):
            choice.needs.append({"column": column, "choices": possible})


def _answered_order(column: str, answer: object) -> str:
    order = str(answer).replace("_", " ").replace("-", " ").strip().lower()
    if order not in (DAY_FIRST, MONTH_FIRST):
        raise Refusal(f'The mapping\'s _dates say {answer!r} for {column!r}; they take "day first" or "month first".')
    return order


def _possible_orders(cells: pl.Series) -> list[str]:
    """Empty where no value is like 31/12/2024, one order where the values show it, both where they do not."""
    parts = cells.str.strip_chars().str.extract_groups(_SLASHED).struct.unnest().cast(pl.Int32).drop_nulls()
    first, second = parts.get_columns()
    fits_day_first, fits_month_first = (first <= 31) & (second <= 12), (first <= 12) & (second <= 31)
    if not (fits_day_first | fits_month_first).any():
        return []
    shows_day_first = (fits_day_first & ~fits_month_first).any()
    shows_month_first = (fits_month_first & ~fits_day_first).any()
    if shows_day_first == shows_month_first:
        return [DAY_FIRST, MONTH_FIRST]
    return [DAY_FIRST if shows_day_first else MONTH_FIRST]


def _with_dates(frame: pl.DataFrame, name: str, choice: Choice, zone: str) -> pl.DataFrame:
    """The frame with a field of texts read as instants or days, and its rows refused that cannot be read."""
    column = choice.columns.get(name)
    kind = pl.Date if name in DAYS else MOMENT
    if column is None:
        return frame.with_columns(pl.lit(None, kind).alias(name))
    reading = choice.readings.get(column)
    read = read_dates(frame[name], reading, zone, days=name in DAYS)
    expected = pl.lit(f"{_EXPECTED} or {_EXAMPLES.get(reading, '2024-12-31 14:30')}")
    is_short = pl.when(pl.col(name).str.contains(_SHORT_YEAR))
    fault = is_short.then(pl.lit(" has a year of two digits: ")).otherwise(pl.lit(" is not a date that can be read: "))
    reason = quoted(name) + fault + expected
    frame = frame.with_columns(read.alias("read"))
    frame = refuse(frame, pl.col(name).is_not_null() & pl.col("read").is_null(), reason, column)
    return frame.with_columns(pl.col("read").alias(name)).drop("read")


def read_dates(texts: pl.Series, reading: str | None, zone: str, days: bool = False) -> pl.Series:
    """Instants as naive UTC, or the days as they are written; null where a text is not one.

    reading: DAY_FIRST, MONTH_FIRST, or None where 31/12/2024 is no date. zone: of local times without one, by its IANA
    name; of an hour that the clocks repeat the first is meant. Years 1900 to 2199.
    """
    frame = pl.DataFrame({"text": texts})
    parts = pl.col("text").str.extract_groups(_DATE).struct.rename_fields(list(_PARTS))
    frame = frame.with_columns(parts.alias("parts")).unnest("parts").with_columns(_calendar(reading))
    frame = frame.with_columns(_time_of_day())
    frame = frame.with_columns(local=_local(), offset_minutes=_offset_minutes())
    epoch = pl.when(pl.col("text").str.contains(_EPOCH)).then(
        pl.from_epoch(pl.col("text").cast(pl.Int64, strict=False), "ms").cast(MOMENT)
    )
    if days:
        return frame.select(pl.coalesce(pl.col("local").dt.date(), epoch.dt.date())).to_series()
    with_offset = pl.col("local") - pl.duration(minutes="offset_minutes")
    in_zone = pl.when(pl.col("offset").is_null()).then("local")
    return frame.with_columns(in_zone=in_zone).select(
        pl.coalesce(with_offset, epoch, _to_utc(frame.select(in_zone).to_series(), zone))
    ).to_series()


def _calendar(reading: str | None) -> list[pl.Expr]:
    """Year, month and day of the parts a, b, c; null where the order is not known."""
    a, b, c = (pl.col(part).cast(pl.Int32, strict=False) for part in ("a", "b", "c"))
    same_sign = pl.col("sign") == pl.col("sign_2")
    long_a, long_c = (pl.col(part).str.len_bytes() == 4 for part in ("a", "c"))
    short_a, short_c = (pl.col(part).str.len_bytes() <= 2 for part in ("a", "c"))
    year_first, year_last = same_sign & long_a & short_c, same_sign & long_c & short_a & pl.lit(reading is not None)
    day, month = (a, b) if reading == DAY_FIRST else (b, a)
    return [
        pl.when(year_first).then(a).when(year_last).then(c).alias("year"),
        pl.when(year_first).then(b).when(year_last).then(month).alias("month"),
        pl.when(year_first).then(c).when(year_last).then(day).alias("day"),
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


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    """Raises Refusal where there is no such zone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal(f"There is no time zone {name!r}; a zone is named as in America/Los_Angeles.") from error
