"""The programs as dated data: clauses, criteria and settings from the TOML files of this folder.

Called by evaluation, intake and pages. A fourth program is another file here and its module of criteria. The files
hold texts and defaults; dated entries of a database override them (`versions`). History is never overwritten: a
changed figure is a new entry from a later day on.
"""

import datetime as dt
import difflib
import importlib
import json
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from types import ModuleType

from core.model import Refusal

HERE = Path(__file__).parent
ALWAYS = dt.date(1900, 1, 1)
"""Effective day of what has stood as long as the text has."""
STATED_IN = "USD"
"""The currency of every amount that a setting gives: US dollars, as its meaning says (cerri.0). None is converted."""
BEGINNING = dt.datetime(1, 1, 1)
"""First instant of what has always stood."""


CENTURY_DAYS = 36_500
BOUNDS = {"rate": (0, 1), "percent": (0, 100), "days": (0, CENTURY_DAYS), "business days": (0, CENTURY_DAYS),
          "months": (0, 1_200)}
"""What a number lies between by its unit, where the setting does not say it by `min` and `max`: a share is no more than
the whole, and no time is longer than a century, beyond which there may be no calendar."""


@dataclass(frozen=True)
class Clause:
    """One clause of a program's text in our own words. refusal: why a lead is refused that breaks it; None: the heading
    says it, or it refuses none."""

    id: str
    program: str
    heading: str
    paraphrase: str
    kind: str
    decides: tuple[str, ...]
    ambiguities: tuple[str, ...] = ()
    refusal: str | None = None


COMES_FROM = ("record", "us", "partner", "contact", "time", "act")
"""Where the answer to an open criterion comes from, what costs least first: looked up in the file or the CRM; said by
one of us, who has to look at the lead; asked of the partner, who answers when they like; done by the contact, whom we
can only invite; brought by nothing but the course of time; and the closing act, which comes when all else is there."""
UNLESS_SAID = {"computed": "record", "human": "us", "both": "us", "act": "act"}
"""Where it comes from by who decides, where a terms file says nothing."""


@dataclass(frozen=True)
class CriterionText:
    """One line of the checklist: what is asked, by which clauses, who answers, and what it takes to get the answer."""

    id: str
    label: str
    question: str
    clauses: tuple[str, ...]
    decided_by: str
    group: str
    comes_from: str


@dataclass(frozen=True)
class Entry:
    """One dated value of a setting. value None means: not set."""

    name: str
    effective_on: dt.date
    value: object
    source: str
    recorded_at: dt.datetime | None = None
    recorded_by: str | None = None


@dataclass(frozen=True)
class Setting:
    """What the text leaves open or states as a figure: its unit, its choices, its clause, its dated defaults.

    blocks: the cause that payout lines give while it is not set. least, most: what a number lies between, both
    included; None: it has no bounds.
    """

    name: str
    type: str
    unit: str
    meaning: str
    clause: str
    choices: tuple[str, ...] = ()
    ambiguity: str | None = None
    blocks: str | None = None
    values: tuple[Entry, ...] = ()
    least: int | None = None
    most: int | None = None

    def parse(self, value: object) -> object:
        """The value in its own type and within its bounds; raises Refusal naming the setting and what it takes."""
        found = self.read(value)
        if found is not None and self.most is not None and not self.least <= found <= self.most:
            raise self._refusal(value)
        return found

    def read(self, value: object) -> object:
        """The value in its own type, as it was stored, whatever its bounds are now."""
        if value is None:
            return None
        try:
            return _PARSERS[self.type](value, self)
        except (ValueError, TypeError, InvalidOperation, zoneinfo.ZoneInfoNotFoundError) as error:
            raise self._refusal(value) from error

    def _refusal(self, value: object) -> Refusal:
        takes = f"one of {', '.join(self.choices)}" if self.choices else _TAKES[self.type]
        takes = f"a map with an anchor, {takes}" if self.type == "map" and self.choices else takes
        if self.most is not None:
            takes += f" from {self.least} to {self.most}"
        if self.unit == "rate":
            takes += " (0.1 is 10 percent)"
        return Refusal(f"{self.name} takes {takes}; {value!r} is none.")


def _choice(value: object, setting: Setting) -> str:
    if value not in setting.choices:
        raise ValueError(value)
    return str(value)


def _integer(value: object, _: Setting) -> int:
    if isinstance(value, bool) or int(value) != value or value < 0:
        raise ValueError(value)
    return int(value)


def _boolean(value: object, _: Setting) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _decimal(value: object, _: Setting) -> Decimal:
    if isinstance(value, bool):
        raise ValueError(value)
    number = Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError(value)
    return number


def _money(value: object, setting: Setting) -> Decimal:
    number = _decimal(value, setting)
    if number != number.quantize(Decimal("0.01")):
        raise ValueError(value)
    return number.quantize(Decimal("0.01"))


def _text(value: object, _: Setting) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _zone(value: object, setting: Setting) -> str:
    return zoneinfo.ZoneInfo(_text(value, setting)).key


def _list(value: object, _: Setting) -> tuple:
    if not isinstance(value, list | tuple):
        raise ValueError(value)
    return tuple(value)


def _map(value: object, setting: Setting) -> dict:
    """A map; where the setting has choices, they are those of its `anchor`, and what is added to it is whole and not
    less than nothing."""
    if not isinstance(value, Mapping):
        raise ValueError(value)
    if setting.choices:
        added = [part for name, part in value.items() if name != "anchor"]
        if value.get("anchor") not in setting.choices or not all(
                type(part) is int and 0 <= part <= CENTURY_DAYS for part in added):
            raise ValueError(value)
    return dict(value)


_PARSERS = {"choice": _choice, "integer": _integer, "boolean": _boolean, "decimal": _decimal, "money": _money,
            "text": _text, "zone": _zone, "list": _list, "map": _map}
_TAKES = {"integer": "a whole number", "boolean": "true or false", "decimal": "a number",
          "money": "an amount with at most two decimals", "text": "a text", "list": "a list", "map": "a map",
          "choice": "a choice", "zone": "the IANA name of a time zone, such as America/Los_Angeles"}


@dataclass(frozen=True)
class Ambiguity:
    """What a text leaves open, asked in our own words, and how it is read unless a setting says otherwise."""

    id: str
    question: str
    reading: str


@dataclass(frozen=True)
class HumanInput:
    """A fact that only a person can judge, and the criterion that rests on it."""

    id: str
    label: str
    question: str
    feeds: str


@dataclass(frozen=True, eq=False)
class Program:
    """One program: its clauses, criteria and settings, the order of reasons, and the module of its criteria."""

    id: str
    name: str
    short_name: str
    company: str
    rules_module: str
    source: str
    partner_word: str
    sales_word: str
    explains_rejection: str
    reason_order: tuple[str, ...]
    clauses: dict[str, Clause]
    criteria: dict[str, CriterionText]
    settings: dict[str, Setting]
    human_inputs: dict[str, HumanInput] = field(default_factory=dict)

    @property
    def rules(self) -> ModuleType:
        """The module with one function per criterion."""
        return importlib.import_module(self.rules_module)


@dataclass(frozen=True)
class Terms:
    """One program's terms as they were in force on one day. `t["reply_days"]` finds `raf.reply_days`."""

    program: Program
    values: Mapping[str, object] = field(hash=False)

    def __getitem__(self, name: str) -> object:
        own = f"{self.program.id}.{name}"
        return self.values[own] if own in self.values else self.values[name]

    def get(self, name: str) -> object:
        """The value, or None where these terms have no such setting."""
        return self.values.get(f"{self.program.id}.{name}", self.values.get(name))


@dataclass(frozen=True)
class Catalogue:
    """All programs, all settings, by name, and what their texts leave open."""

    programs: dict[str, Program]
    settings: dict[str, Setting]
    ambiguities: dict[str, Ambiguity]

    def setting(self, name: str) -> Setting:
        """The setting of that name; raises Refusal with the nearest name where there is none."""
        if name not in self.settings:
            near = difflib.get_close_matches(name, self.settings, 1)
            raise Refusal(f"There is no setting {name}" + (f"; did you mean {near[0]}?" if near else "."))
        return self.settings[name]

    def entries(self, values: Mapping[str, object], effective_on: dt.date, source: str) -> list[Entry]:
        """Dated entries from plain values; a map opens into its dotted names (`cerri.duplicate: {reading: ...}`)."""
        found = []
        for name, value in values.items():
            if name not in self.settings and isinstance(value, Mapping):
                inner = {f"{name}.{key}": part for key, part in value.items()}
                found += self.entries(inner, effective_on, source)
            else:
                found.append(Entry(name, effective_on, self.setting(name).parse(value), source))
        return found

    def beginnings(self, program: Program, overrides: Iterable[Entry] = ()) -> list[tuple[dt.datetime, Terms]]:
        """Terms of a program by the first instant (UTC) they are in force, in the order of `versions`.

        Their first day begins where days began until then: a zone of their own counts from that instant on. Of those
        that have begun the last one is in force.
        """
        found: list[tuple[dt.datetime, Terms]] = []
        for day, terms in self.versions(program, overrides):
            begins_at = BEGINNING
            if found:
                midnight = dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(found[-1][1]["timezone"]))
                begins_at = midnight.astimezone(dt.UTC).replace(tzinfo=None)
            found.append((begins_at, terms))
        return found

    def versions(self, program: Program, overrides: Iterable[Entry] = ()) -> list[tuple[dt.date, Terms]]:
        """Terms of a program by the first day they are in force, oldest first (raf.intro.6: never backwards).

        A later recording of the same day replaces an earlier one; an override stands above the file's default of
        the same or an earlier day.
        """
        relevant = {name for name in self.settings if "." not in name or name.split(".")[0] == program.id}
        defaults = [entry for name in relevant for entry in self.settings[name].values]
        given = sorted(
            (entry for entry in overrides if entry.name in relevant),
            key=lambda entry: (entry.effective_on, entry.recorded_at or dt.datetime(1, 1, 1)),
        )
        days = sorted({ALWAYS, *(entry.effective_on for entry in (*defaults, *given))})
        values: dict[str, object] = dict.fromkeys(relevant)
        result = []
        for day in days:
            values = dict(values)
            for entry in (*defaults, *given):
                if entry.effective_on == day:
                    values[entry.name] = entry.value
            result.append((day, Terms(program, values)))
        return result


@cache
def catalogue(*more: Path) -> Catalogue:
    """Every program of this folder, and of further files where given. Raises Refusal for a broken file."""
    common = HERE / "common.toml"
    table = _parse(common)
    shared, ambiguities = _settings(table, common), _ambiguities(table, common)
    files = sorted(file for file in HERE.glob("*.toml") if file.name != "common.toml")
    programs = [_program(file) for file in (*files, *more)]
    settings = dict(shared)
    for program in programs:
        settings |= program.settings
    return Catalogue({program.id: program for program in programs}, settings, ambiguities)


def _parse(file: Path) -> dict:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal(f"{file.name} cannot be read as terms: {error}") from error


def _require(table: dict, keys: Iterable[str], file: Path, where: str) -> None:
    for key in keys:
        if key not in table:
            raise Refusal(f"{file.name}, {where}: {key} is missing.")


def _unique(rows: list[dict], key: str, file: Path, kind: str) -> None:
    seen = set()
    for row in rows:
        _require(row, [key], file, kind)
        if row[key] in seen:
            raise Refusal(f"{file.name}, {kind} {row[key]}: stands twice.")
        seen.add(row[key])


def _settings(table: dict, file: Path) -> dict[str, Setting]:
    rows = table.get("setting", [])
    _unique(rows, "name", file, "setting")
    found = {}
    for row in rows:
        where = f"setting {row['name']}"
        _require(row, ("type", "unit", "meaning", "clause", "values"), file, where)
        if row["type"] not in _PARSERS:
            raise Refusal(f"{file.name}, {where}: type {row['type']!r} is unknown.")
        least, most = BOUNDS.get(row["unit"], (None, None))
        setting = Setting(row["name"], row["type"], row["unit"], row["meaning"], row["clause"],
                          tuple(row.get("choices", ())), row.get("ambiguity"), row.get("blocks"),
                          least=row.get("min", least), most=row.get("max", most))
        entries = []
        for value in row["values"]:
            _require(value, ("from", "value", "source"), file, f"{where}, values")
            try:
                parsed = setting.parse(value["value"])
            except Refusal as refusal:
                raise Refusal(f"{file.name}, {where}: {refusal}") from refusal
            entries.append(Entry(setting.name, value["from"], parsed, value["source"]))
        found[setting.name] = Setting(**{**setting.__dict__, "values": tuple(entries)})
    return found


def _ambiguities(table: dict, file: Path) -> dict[str, Ambiguity]:
    rows = table.get("ambiguity", [])
    _unique(rows, "id", file, "ambiguity")
    for row in rows:
        _require(row, ("question", "reading"), file, f"ambiguity {row['id']}")
    return {row["id"]: Ambiguity(row["id"], row["question"], row["reading"]) for row in rows}


_PROGRAM_KEYS = ("id", "name", "short_name", "company", "rules", "source", "partner_word", "sales_word",
                 "explains_rejection", "reason_order", "clause", "criterion")


def _program(file: Path) -> Program:
    table = _parse(file)
    _require(table, _PROGRAM_KEYS, file, "top level")
    for kind, key in (("clause", "id"), ("criterion", "id")):
        _unique(table[kind], key, file, kind)
    clauses = {}
    for row in table["clause"]:
        _require(row, ("heading", "paraphrase", "kind", "decides"), file, f"clause {row['id']}")
        clauses[row["id"]] = Clause(row["id"], table["id"], row["heading"], row["paraphrase"], row["kind"],
                                    tuple(row["decides"]), tuple(row.get("ambiguities", ())), row.get("refusal"))
    criteria = {}
    for row in table["criterion"]:
        where = f"criterion {row['id']}"
        _require(row, ("label", "question", "clauses", "decided_by", "group"), file, where)
        for clause in row["clauses"]:
            if clause not in clauses:
                raise Refusal(f"{file.name}, {where}: there is no clause {clause}.")
        comes_from = row.get("comes_from", UNLESS_SAID.get(row["decided_by"]))
        if comes_from not in COMES_FROM:
            raise Refusal(f"{file.name}, {where}: comes_from takes one of {', '.join(COMES_FROM)}; {comes_from!r} is "
                          "none.")
        criteria[row["id"]] = CriterionText(row["id"], row["label"], row["question"], tuple(row["clauses"]),
                                            row["decided_by"], row["group"], comes_from)
    inputs = {}
    for row in table.get("human_input", []):
        _require(row, ("id", "label", "question", "feeds"), file, "human_input")
        if row["feeds"] not in criteria:
            raise Refusal(f"{file.name}, human_input {row['id']}: there is no criterion {row['feeds']}.")
        inputs[row["id"]] = HumanInput(row["id"], row["label"], row["question"], row["feeds"])
    return Program(table["id"], table["name"], table["short_name"], table["company"], table["rules"],
                   table["source"], table["partner_word"], table["sales_word"], table["explains_rejection"],
                   tuple(table["reason_order"]), clauses, criteria, _settings(table, file), inputs)


def refuse_backdating(history: Iterable[Entry], entry: Entry, today: dt.date) -> None:
    """Raise Refusal where a setting that has a value would change for days that have passed (raf.intro.6).

    One that was empty may be given a value from an earlier day: what waited for it is unblocked, nothing changes.
    """
    before = [old for old in history if old.name == entry.name and old.value is not None]
    in_force = [old for old in before if old.effective_on <= max(entry.effective_on, today)]
    if in_force and entry.effective_on <= today:
        raise Refusal(
            f"{entry.name} has had a value since {in_force[0].effective_on}. It can change from tomorrow on, "
            f"not from {entry.effective_on}: leads already submitted keep the terms they came under."
        )


def as_json(value: object) -> str | None:
    """A setting's value as it is stored; exact, so that amounts keep their cents."""
    if value is None:
        return None
    return json.dumps(str(value) if isinstance(value, Decimal) else value, ensure_ascii=False, sort_keys=True)
