"""Which columns of a file are which of our fields, what the file holds, and how its dates are read.

Called by `core.intake.imports`. A name proposes a column and its cells must not contradict it; what only the user can
say is asked. Refuses nothing but a file that plainly holds something else; stores nothing and reads no clock.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from core import pieces
from core.intake import contents, dates
from core.intake.cells import products, quoted, refuse
from core.intake.formats import Table
from core.intake.preview import Preview
from core.intake.rows import MOMENT
from core.intake.vocabulary import ASKED, DAYS, FIELDS, INSTANTS, KINDS, NEVER, SIGNATURES, asked, names, plain
from core.model import Refusal

NO_COLUMN = "(no column)"
"""What may be chosen, or null in a mapping file, where a file has no column for a field."""

NAME, CONTENTS, ANSWER, REMEMBERED = "name", "contents", "answer", "remembered"
"""Why a column is taken for a field, or asked for it."""

_PERSON = ("email", "first_name", "last_name", "full_name")
_NAMING = {"id", "full_name", "first_name", "last_name", "email", "company", "name", "contact", "contact_email",
           "contact_name", "org", "org_name", "what"}
_INTERCHANGEABLE = {("leads", "contacts"), ("contacts", "leads")}
"""Kind asked for, kind recognised: the contacts of a CRM may be brought as leads, its leads as history."""

_SUITS = {"email": "address", "website": "website", "country": "country", **dict.fromkeys((*INSTANTS, *DAYS), "date")}
"""What the column of a field holds, where that can be told from its cells."""


@dataclass
class Choice:
    """What a file holds and where.

    columns: our field -> column. why: our field -> one of NAME, CONTENTS (asked), ANSWER, REMEMBERED. readings: column
    -> how its dates are read, where they leave it open (`dates.READINGS`). needs: questions to be answered first, each
    {"column", "choices"}. notes: plain sentences for the report. holds: column -> shares (`contents.shares`).
    is_unknown: no column says whom a row is about.
    """

    kind: str
    columns: dict[str, str]
    why: dict[str, str] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)
    needs: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    holds: dict[str, dict[str, float]] = field(default_factory=dict)
    is_unknown: bool = False

    def unused(self, table: Table) -> list[str]:
        """Columns of the file that no field takes, in their order."""
        taken = set(self.columns.values())
        return [column for column in table.cells.columns if column not in taken]


def kind_of(table: Table, asked_for: str | None, partner: str | None) -> str:
    """What a table holds: one of KINDS. Raises Refusal where it is plainly something else, or cannot be told."""
    columns = table.cells.columns
    named = {spelled for column in columns for spelled in (plain(column), asked(column))}
    found = _signature(named) or {}
    holds = found.get("kind")
    if found and (holds is None or (asked_for and asked_for != holds and (asked_for, holds) not in _INTERCHANGEABLE)):
        instead = f", not {asked_for}" if asked_for else ""
        raise Refusal(f"{table.name} looks like {found['holds']}{instead}. What can be imported: {_list()}.")
    if asked_for:
        return asked_for
    if not found and not named & {spelling for part in _PERSON for spelling in FIELDS["leads"][part]}:
        raise Refusal(f"{table.name}: its columns do not tell what it holds ({_some(columns)}). "
                      f"Say which kind it is (--kind): {_list()}.")
    names_partner = partner is not None or bool(named & set(FIELDS["leads"]["partner"]))
    return "leads" if not found or (holds == "contacts" and names_partner) else holds


def choose(table: Table, kind: str, given: Mapping[str, object], recalled: Mapping[str, object],
           now: dt.datetime) -> Choice:
    """Which columns of a table are which fields, how its dates are read, and what has to be asked.

    given: what a mapping file says (see `read_answers`). recalled: what was answered for an earlier file of the same
    source; given counts above it. now: naive UTC. Raises Refusal where an answer names a field or column that is not
    there.
    """
    columns = table.cells.columns
    choice = Choice(kind, {}, holds=_holds(table))
    _take_names(table, choice)
    for answers, why in ((recalled, REMEMBERED), (given, ANSWER)):
        _take_answers(choice, _answered(answers, kind, columns), why)
    choice.is_unknown = not choice.needs and not set(choice.columns) & _NAMING
    _ask_for_contradictions(choice)
    _ask_for_missing(table, choice)
    _read_orders(table, choice, given.get("_dates") or {}, recalled.get("_dates") or {}, now)
    return choice


def refuse_unknown(table: Table, choice: Choice) -> None:
    """Raise Refusal where no column says whom a row is about."""
    if choice.is_unknown:
        raise Refusal(f"{table.name}: none of its columns is known for {choice.kind} ({_some(table.cells.columns)}). "
                      f"{_say_which(choice.kind)}")


def read_answers(given: str | Path | Mapping[str, object] | None) -> dict[str, object]:
    """A mapping file: JSON {our field: column, or null for none}, and under `_dates` {column: "day first"}.

    given: its path, or what it holds. What an earlier report gave as its mapping is one. Raises Refusal where it is no
    such file.
    """
    if given is None or isinstance(given, Mapping):
        return dict(given or {})
    path = Path(given)
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Refusal(f"The mapping file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Refusal(f"The mapping file {path} is not JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("_dates") or {}, dict):
        raise Refusal(f'The mapping file {path} is not of the form {{"email": "Column", "_dates": {{...}}}}.')
    return found


def with_values(frame: pl.DataFrame, choice: Choice, zone: str, now: dt.datetime) -> pl.DataFrame:
    """The frame of `texts` with INSTANTS as naive UTC (local time of `zone` where none is written), DAYS as dates,
    `products` as a list of texts; rows with a date that cannot be read are refused. Notes which zone was used."""
    for name in FIELDS[choice.kind]:
        if name in INSTANTS or name in DAYS:
            frame = _with_dates(frame, name, choice, zone, now)
    return frame.with_columns(products=products(pl.col("products"))) if "products" in frame.columns else frame


# What a file holds


def _signature(named: set[str]) -> dict | None:
    has_person = any(named & set(FIELDS["leads"][part]) for part in _PERSON[:3])
    for entry in SIGNATURES:
        if entry["has"] <= named and not entry["lacks"] & named and not (entry["lacks_person"] and has_person):
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


def _holds(table: Table) -> dict[str, dict[str, float]]:
    filled = table.cells.select((pl.all() != "").any()).row(0, named=True) if table.cells.height else {}
    return contents.shares(table.cells.select(column for column, is_filled in filled.items() if is_filled))


def _take_names(table: Table, choice: Choice) -> None:
    """Columns by the known spellings, and a question where two columns have the same right to a field."""
    by_name: dict[str, list[str]] = {}
    custom: dict[str, list[str]] = {}
    written = {column: table.renamed.get(column, column) for column in table.cells.columns}
    spelled = {name: text for text, found in names(list(dict.fromkeys(written.values())), choice.kind).items()
               for name in found}
    for column, name in written.items():
        by_name.setdefault(spelled[name], []).append(column)
        if name.lower().endswith("_c"):  # a custom field of Salesforce: only where no other column fits
            custom.setdefault(plain(name[:-2]), []).append(column)
    for field_name, spellings in FIELDS[choice.kind].items():
        found = [named[text] for named in (by_name, custom) for text in spellings if text in named]
        if found and len(found[0]) > 1 and not _are_alike(table.cells, found[0]):
            choice.needs.append({"column": field_name, "choices": found[0]})
            choice.why[field_name] = NAME
        elif found:
            choice.columns[field_name], choice.why[field_name] = found[0][0], NAME


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


def _take_answers(choice: Choice, answered: dict[str, str | None], why: str) -> None:
    for name, column in answered.items():
        choice.columns.pop(name, None)
        if column is not None:
            choice.columns[name] = column
        choice.why[name] = why
    choice.needs = [need for need in choice.needs if need["column"] not in answered]


def _ask_for_contradictions(choice: Choice) -> None:
    """A column whose cells plainly are what its field never holds is not taken for its name alone."""
    for name, column in list(choice.columns.items()):
        found = contents.plainly(choice.holds.get(column, {}))
        if choice.why[name] == NAME and found in NEVER.get(name, ()):
            del choice.columns[name]
            suiting = [other for other in _suiting(choice, name) if other != column]
            choice.needs.append({"column": name, "choices": [column, *suiting, NO_COLUMN]})
            choice.why[name] = CONTENTS


def _ask_for_missing(table: Table, choice: Choice) -> None:
    """What must not be missed is asked for where a column that no field takes holds the like: it may be anything."""
    for name in ASKED.get(choice.kind, {}):
        suiting = [] if name in choice.why else _suiting(choice, name)
        if suiting:
            choice.needs.append({"column": name, "choices": [*suiting, NO_COLUMN]})
            choice.why[name] = CONTENTS


def _suiting(choice: Choice, name: str) -> list[str]:
    """Columns that no field takes and that hold what a field wants."""
    wanted, taken = _SUITS.get(name), set(choice.columns.values())
    return [column for column, shares in choice.holds.items()
            if column not in taken and shares.get(wanted, 0) >= contents.PARTLY
            and contents.plainly(shares) in (None, wanted)]


# Dates


def _read_orders(table: Table, choice: Choice, given: Mapping[str, object], recalled: Mapping[str, object],
                 now: dt.datetime) -> None:
    """Decide once per column of dates how it is read; where its cells do not decide, ask."""
    for column in given:
        if column not in table.cells.columns:
            raise Refusal(f"The mapping's _dates name the column {column!r}, which the file lacks.")
    for name in (*INSTANTS, *DAYS):
        column = choice.columns.get(name)
        if column is None or column in choice.readings:
            continue
        if given.get(column) == NO_COLUMN:
            del choice.columns[name]
            continue
        if column in given:
            choice.readings[column] = dates.answered_reading(column, given[column])
            continue
        cells = table.cells[column]
        # a lead is dated in the past: a year of two digits that would still be to come is none
        latest = now.date() + dt.timedelta(1) if name in INSTANTS else None
        possible = dates.possible_readings(cells, latest)
        remembered = recalled.get(column)
        if not possible:
            continue
        if not dates.must_be_asked(cells, possible):
            choice.readings[column] = possible[0]
        elif remembered == NO_COLUMN:
            del choice.columns[name]
        elif remembered in possible and _still_holds(str(remembered), possible):
            choice.readings[column] = str(remembered)
        elif not any(need["column"] == column for need in choice.needs):
            choices = possible if len(possible) > 1 else [*possible, NO_COLUMN]
            choice.needs.append({"column": column, "choices": choices})


def _still_holds(remembered: str, possible: list[str]) -> bool:
    """Not where the column holds true dates beside its texts and the answer was not given for such a one."""
    is_mixed = any(reading.endswith(dates.SWAPPED) for reading in possible)
    return not is_mixed or remembered.endswith(dates.SWAPPED)


def _with_dates(frame: pl.DataFrame, name: str, choice: Choice, zone: str, now: dt.datetime) -> pl.DataFrame:
    """The frame with a field of texts read as instants or days, and its rows refused that cannot be read."""
    column = choice.columns.get(name)
    kind = pl.Date if name in DAYS else MOMENT
    if column is None:
        return frame.with_columns(pl.lit(None, kind).alias(name))
    reading, own_zone = choice.readings.get(column), dates.zone_of_name(column)
    read = pieces.by_pieces(lambda texts: dates.read_dates(texts, reading, own_zone or zone, days=name in DAYS),
                            frame[name])
    if name in INSTANTS and dates.is_local(frame[name]):
        because = ", as its name says" if own_zone else ", the zone of the program"
        choice.notes.append(f'Times without a zone in "{column}" are read in {own_zone or zone}{because}.')
    is_short = dates.has_short_year(name)
    fault = pl.when(is_short).then(pl.lit(" has a year of two digits that cannot be told: ")).otherwise(
        pl.lit(" is not a date that can be read: "))
    reason = quoted(name) + fault + dates.expected(reading)
    is_unread = pl.col(name).is_not_null() & pl.col("read").is_null()
    if name in INSTANTS:
        is_unread |= is_short & (pl.col("read") > now + dt.timedelta(1))
    frame = refuse(frame.with_columns(read.alias("read")), is_unread, reason, column)
    return frame.with_columns(pl.col("read").alias(name)).drop("read")


# For a screen


@dataclass(frozen=True)
class FieldProposal:
    """What is proposed for one of our fields.

    column: None where there is none or it must be chosen first. why: NAME, CONTENTS (the question comes from what
    cells hold), ANSWER, REMEMBERED; None where nothing is known. examples: up to three different cells. alternatives:
    the choices of a question, else other columns that hold the like.
    """

    field: str
    column: str | None
    why: str | None
    examples: list[str]
    alternatives: list[str]


@dataclass(frozen=True)
class Proposal:
    """A mapping as a screen shows it before anything is stored. unused: {"column", "holds", "examples"} of each column
    that no field takes; holds is a word of `contents.PATTERNS` or None. needs: as in the report. rows: of the file; 0
    where a question comes before it can be read. is_unknown: no column says whom a row is about, so that one must be
    named before the rows can come in. preview: the first rows as they would be read; None where something must be said
    first."""

    kind: str
    fields: list[FieldProposal]
    unused: list[dict]
    readings: dict[str, str]
    needs: list[dict]
    notes: list[str]
    rows: int = 0
    is_unknown: bool = False
    preview: Preview | None = None


def proposal(table: Table, choice: Choice, preview: Preview | None) -> Proposal:
    """The choice for a table, with examples of its cells and alternatives."""
    questions = {need["column"]: need["choices"] for need in choice.needs}
    fields = []
    for name in FIELDS[choice.kind]:
        column = choice.columns.get(name)
        shown = contents.examples(table.cells[column]) if column else []
        alternatives = questions.get(name) or [other for other in _suiting(choice, name) if other != column]
        fields.append(FieldProposal(name, column, choice.why.get(name), shown, alternatives))
    unused = [
        {"column": column, "holds": contents.plainly(choice.holds.get(column, {})),
         "examples": contents.examples(table.cells[column])}
        for column in choice.unused(table)
    ]
    return Proposal(choice.kind, fields, unused, choice.readings, choice.needs, list(dict.fromkeys(choice.notes)),
                    table.cells.height, choice.is_unknown, preview)
