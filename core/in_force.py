"""The terms as pages show them: settings with their dated values, what the texts leave open, and how many leads stand
how on each criterion; and what a change of a setting would mean, in sums.

Called by the page Terms; changes nothing (`core/desk/terms.py` does). Must not read a clock: days are passed in.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import polars as pl

from core import store
from core.evaluation import FOREVER
from core.model import LETTERS, VERDICTS
from core.results import stored_settings
from core.terms import Ambiguity, Clause, Entry, Program, Setting, catalogue

SQL = store.HERE / "sql"
LISTED = ("lead", "disposition_before", "disposition", "amount_before", "amount", "currency", "verdicts")
ALL = 2**31
"""More leads than there are: a page of all of them."""


@dataclass(frozen=True)
class Dated:
    """One setting and the values it has had and will have.

    entries: oldest first, of each first day the one that stands. on: the day that is looked at. recorded: how many
    times somebody set it here.
    """

    setting: Setting
    entries: tuple[Entry, ...]
    on: dt.date
    recorded: int

    @property
    def current(self) -> Entry | None:
        """What is in force on the day; None: it was never set."""
        return next((one for one in reversed(self.entries) if one.effective_on <= self.on), None)

    @property
    def value(self) -> object:
        """The value in force on the day; None: not set."""
        return self.current.value if self.current else None

    @property
    def last_set(self) -> Entry | None:
        """What was set last, of those that stand; None: nobody set it here."""
        return max((one for one in self.entries if one.recorded_at is not None), key=lambda one: one.recorded_at,
                   default=None)

    @property
    def other_entries(self) -> list[Entry]:
        """Every dated value but the current one, the latest first."""
        return [one for one in reversed(self.entries) if one is not self.current]


def settings(con: duckdb.DuckDBPyConnection, program: Program, on: dt.date,
             known_at: dt.datetime = FOREVER) -> dict[str, Dated]:
    """The settings that bear on a program, its own first, by name: as of a local day, as recorded by an instant (UTC).

    A later recording of a day replaces an earlier one, and what was set here a default of the same day.
    """
    stored: dict[str, list[Entry]] = {}
    for entry in stored_settings(con, catalogue(), known_at):
        stored.setdefault(entry.name, []).append(entry)
    names = [*program.settings, *(name for name in catalogue().settings if "." not in name)]
    return {name: _dated(catalogue().settings[name], stored.get(name, []), on) for name in names}


def matching(dated: dict[str, Dated], search: str) -> list[Dated]:
    """The settings whose name, meaning or clause holds a text; all where it is empty."""
    wanted = search.strip().lower()
    return [one for one in dated.values()
            if wanted in f"{one.setting.name} {one.setting.meaning} {one.setting.clause}".lower()]


def first_day(dated: Dated, now: dt.datetime) -> dt.date | None:
    """The first day from which a setting can have another value, as asked at an instant (UTC); None: any day.

    What has a value changes for days to come alone (raf.intro.6).
    """
    has_value = any(one.value is not None and one.effective_on <= now.date() for one in dated.entries)
    return now.date() + dt.timedelta(1) if has_value else None


def _dated(setting: Setting, stored: list[Entry], on: dt.date) -> Dated:
    by_day = {one.effective_on: one for one in (*setting.values, *stored)}
    return Dated(setting, tuple(by_day[day] for day in sorted(by_day)), on, len(stored))


@dataclass(frozen=True)
class Question:
    """What a program's text leaves open: the clauses that raise it, and the settings that decide it."""

    ambiguity: Ambiguity
    clauses: tuple[Clause, ...]
    settings: tuple[Dated, ...]


def questions(program: Program, dated: dict[str, Dated]) -> list[Question]:
    """What the text of a program leaves open, in the order of its clauses. dated: `settings`."""
    found: dict[str, list[Clause]] = {}
    for clause in program.clauses.values():
        for name in clause.ambiguities:
            found.setdefault(name, []).append(clause)
    for one in dated.values():
        if one.setting.ambiguity:
            found.setdefault(one.setting.ambiguity, [])
    return [Question(catalogue().ambiguities[name], tuple(clauses),
                     tuple(one for one in dated.values() if one.setting.ambiguity == name))
            for name, clauses in found.items()]


def tallies(con: duckdb.DuckDBPyConnection, program: Program) -> dict[str, dict[str, int]]:
    """Per criterion of a program how many leads have each verdict, by the kept evaluation; every verdict stands."""
    found = {name: dict.fromkeys(VERDICTS, 0) for name in program.criteria}
    names, words = list(program.criteria), dict(zip(LETTERS, VERDICTS, strict=True))
    for place, letter, leads in store.read(con, SQL / "criterion_counts.sql", program=program.id).rows():
        found[names[place - 1]][words[letter]] = leads
    return found


def leads_of(con: duckdb.DuckDBPyConnection, program: Program, criterion: str, verdict: str, start: int = 0,
             size: int = ALL) -> pl.DataFrame:
    """Leads with one verdict on one criterion, in order of ids.

    Columns: lead, disposition, reason, full_name, company, partner_name, submitted_at (UTC).
    """
    return store.read(con, SQL / "criterion_leads.sql", program=program.id, letter=LETTERS[VERDICTS.index(verdict)],
                      place=list(program.criteria).index(criterion) + 1, start=start, size=size)


def blocked_lines(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many payout lines wait, by cause."""
    return dict(store.read(con, SQL / "blocked_lines.sql").rows())


@dataclass(frozen=True)
class Difference:
    """What a setting would change, in sums.

    leads: how many differ in anything. verdicts: (criterion, before, after, leads). dispositions: (before, after,
    leads). money: (currency, sum before, sum after) over the leads that differ; None: an amount in it is not known.
    """

    leads: int
    verdicts: tuple[tuple[str, str, str, int], ...]
    dispositions: tuple[tuple[str, str, int], ...]
    money: tuple[tuple[str, Decimal | None, Decimal | None], ...]


def difference(preview: pl.DataFrame) -> Difference:
    """The sums of a preview: `desk.preview_setting`."""
    leads = preview.unique("lead", maintain_order=True)
    moved = leads.filter(pl.col("disposition") != pl.col("disposition_before"))
    dispositions = moved.group_by("disposition_before", "disposition").len().sort("len", descending=True)
    money = preview.filter(pl.col("currency").is_not_null()).group_by("currency").agg(
        _sum("amount_before", "lines_before"), _sum("amount", "lines")).sort("currency")
    return Difference(leads.height, tuple(_moved_verdicts(leads)), tuple(dispositions.rows()), tuple(money.rows()))


def listed(preview: pl.DataFrame) -> pl.DataFrame:
    """A preview as rows to read: lead, disposition and amount before and after, and the criteria that differ."""
    words = dict(zip(LETTERS, VERDICTS, strict=True))

    def differing(row: dict) -> str:
        texts = catalogue().programs[row["program"]].criteria.values()
        pairs = zip(texts, row["verdicts_before"], row["verdicts"], strict=True)
        return "; ".join(f"{text.label}: {words[old]} → {words[new]}" for text, old, new in pairs if old != new)

    return pl.DataFrame([
        {"lead": row["lead"], "disposition_before": row["disposition_before"], "disposition": row["disposition"],
         "amount_before": _amount(row["amount_before"], row["lines_before"]),
         "amount": _amount(row["amount"], row["lines"]), "currency": row["currency"], "verdicts": differing(row)}
        for row in preview.to_dicts()
    ], schema=dict.fromkeys(LISTED, pl.String))


def _amount(amount: Decimal | None, lines: int | None) -> str | None:
    return (f"{amount:.2f}" if amount is not None else "not known") if lines else None


def _sum(amount: str, lines: str) -> pl.Expr:
    """The sum of amounts; none where lines stand whose amount is not known."""
    is_unknown = (pl.col(lines).fill_null(0) > 0) & pl.col(amount).is_null()
    return pl.when(~is_unknown.any()).then(pl.col(amount).sum()).alias(amount)


def _moved_verdicts(leads: pl.DataFrame) -> list[tuple[str, str, str, int]]:
    words = dict(zip(LETTERS, VERDICTS, strict=True))
    found: dict[tuple[str, str, str], int] = {}
    alike = leads.group_by("program", "verdicts_before", "verdicts").len()
    for program, before, after, number in alike.rows():
        for name, old, new in zip(catalogue().programs[program].criteria, before, after, strict=True):
            if old != new:
                key = (catalogue().programs[program].criteria[name].label, words[old], words[new])
                found[key] = found.get(key, 0) + number
    return sorted(((*key, number) for key, number in found.items()), key=lambda row: -row[-1])
