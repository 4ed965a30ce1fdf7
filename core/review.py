"""One lead with everything that explains it: its criteria, clauses, evidence, clocks, and what it waits for.

Called by pages and by what writes to partners. Explains single leads (core/kept); changes nothing. Must not read a
clock: `as_of` is passed in. Days are counted in each program's own time zone.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import duckdb
import polars as pl

from core import days, kept, store
from core.evaluation import Evaluation
from core.model import LETTERS, NA, PASS, VERDICTS, WAIVED
from core.people import directory
from core.results import terms_at
from core.rules.outcome import hook
from core.store.answers import until_stored
from core.terms import COMES_FROM, Clause, CriterionText, Program, Terms, catalogue

SQL = store.HERE / "sql"
GROUPS = ("qualification", "exclusion", "process")
"""Groups of criteria, in the order in which pages show them."""

TOPICS = {
    "program_terminated": ("Program has ended", "The program ended while this lead was undecided. A person decides."),
    "renewal_review": ("Renewal to review", "The partner registered again a lead that it still owns."),
    "cross_program_review": ("Other program to review",
                             "An earlier live lead of the other program is for the same contact; no rule decides."),
    "acceptance_conflicts_with_rule": ("Accepted against a rule",
                                       "It was accepted although a computed criterion fails. A person decides."),
}
"""What a lead may wait for that is no criterion: a label and a sentence."""


def progress(letters: str) -> tuple[int, int]:
    """Of verdicts written as letters: how many are met, and how many apply."""
    met = letters.count(LETTERS[PASS]) + letters.count(LETTERS[WAIVED])
    return met, len(letters) - letters.count(LETTERS[NA])


class Need(NamedTuple):
    """What a lead waits for: a criterion or a topic, and where its answer comes from, one of core.terms.COMES_FROM."""

    name: str
    label: str
    comes_from: str


def needed(program: Program, pending_on: list[str]) -> list[Need]:
    """What a lead waits for, in the order in which it is cheapest to get (core.terms.COMES_FROM); a topic that is no
    criterion comes first, since all else may be in vain.

    pending_on: names of criteria and topics as the evaluation gives them.
    """
    open_criteria = [program.criteria[name] for name in pending_on if name in program.criteria]
    topics = [Need(name, TOPICS[name][0], "us") for name in pending_on if name in TOPICS]
    in_order = sorted(open_criteria, key=lambda one: COMES_FROM.index(one.comes_from))
    return topics + [Need(one.id, one.label, one.comes_from) for one in in_order]


@until_stored
def header(con: duckdb.DuckDBPyConnection, lead: str) -> dict | None:
    """Who a lead is about and who sent it, or None where there is no such lead.

    lead, program, partner, partner_name, submitted_at, channel, products, full_name, email, role, company, domain,
    country.
    """
    found = store.read(con, SQL / "lead_header.sql", lead=lead).to_dicts()
    return found[0] if found else None


@until_stored
def timeline(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime, most: int = 60) -> pl.DataFrame:
    """What happened to a lead until an instant, newest first. Columns: those of lead_timeline.sql."""
    keys = store.read(con, SQL / "lead_keys.sql", lead=lead).row(0, named=True)
    return store.read(con, SQL / "lead_timeline.sql", lead=lead, as_of=as_of, most=most, **keys)


@dataclass(frozen=True)
class Line:
    """One criterion of one lead: its text, the finding, and the rows of evidence.sql that it rests on."""

    text: CriterionText
    verdict: str
    because: str
    clause: Clause
    changes_on: dt.date | None
    evidence: tuple[dict, ...] = ()


@dataclass(frozen=True)
class Story:
    """One lead as of one instant: what pages show of it.

    outcome: row of kept.with_due_days. lines: every criterion in the program's order. conflicts: rows with winner,
    loser, clause. clocks: rows with clock, due_on, state, is_waiting, days_left. duties: duty, state. payouts: rows of
    core/rules/payouts.COLUMNS with payee_name. names: of people and of its partner,
    by id. today: the local day. due_in: days until the first open clock or the end of ownership, with its name in
    due_clock.
    """

    program: Program
    terms: Terms
    zone: str
    today: dt.date
    outcome: dict
    lines: tuple[Line, ...]
    conflicts: list[dict]
    clocks: list[dict]
    duties: list[dict]
    payouts: list[dict]
    due_in: int | None = None
    due_on: dt.date | None = None
    due_clock: str | None = None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[tuple[Need, str]]:
        """What the lead waits for and the sentence that says so, what is cheapest to get first."""
        sentences = {name: sentence for name, (_, sentence) in TOPICS.items()}
        sentences |= {line.text.id: self.said(line) for line in self.lines}
        return [(need, sentences.get(need.name, "")) for need in needed(self.program, self.outcome["pending_on"])]

    def said(self, line: Line) -> str:
        """The sentence of a finding as colleagues read it: people and partners by name, where it has their ids."""
        said = line.because
        for row in line.evidence:
            if row["kind"] == "verdict" and row["who"] and said.startswith(f"{row['who']} "):
                said = self.names.get(row["who"], row["who"]) + said.removeprefix(row["who"])
            elif row["kind"] == "lead" and row["partner"]:
                said = re.sub(rf"(?<=\b{re.escape(row['id'])} of ){re.escape(row['partner'])}(?=[ ,])",
                              lambda _, name=row["name"]: name, said)
        return said

    @property
    def changes(self) -> list[tuple[dt.date, str, str]]:
        """Which criteria of an undecided lead differ by waiting alone: (first day, label, sentence), soonest first."""
        if self.outcome["disposition"] != "pending":
            return []
        return sorted((line.changes_on, line.text.label, self.said(line)) for line in self.lines
                      if line.changes_on is not None and line.changes_on > self.today)

    @property
    def progress(self) -> tuple[int, int]:
        """Criteria that are met, and criteria that apply."""
        return progress(self.outcome["verdicts"])

    @property
    def tally(self) -> dict[str, int]:
        """How many criteria have each verdict."""
        letters = self.outcome["verdicts"]
        return {name: letters.count(letter) for name, letter in zip(VERDICTS, LETTERS, strict=True)}

    @property
    def may_waive(self) -> tuple[str, ...]:
        """The criteria that the lead's terms allow to set aside."""
        return hook(self.terms, "may_waive", ())

    @property
    def to_judge(self) -> list[str]:
        """The criteria that take a person's verdict, in the order in which pages show them."""
        return [line.text.id for name in GROUPS for line in self.lines
                if line.text.group == name and line.text.decided_by in ("human", "both")]

    def next_open(self, after: str | None) -> str | None:
        """The next criterion for a person to judge that nobody has decided, after one of them and then from the first;
        None where none is left."""
        verdicts = {line.text.id: line.verdict for line in self.lines}
        order = self.to_judge
        start = order.index(after) + 1 if after in order else 0
        return next((one for one in order[start:] + order[:start] if one != after and verdicts[one] == "unknown"), None)

    def beside(self, criterion: str | None, step: int) -> str | None:
        """The criterion to judge that stands some steps after one, around the end."""
        order = self.to_judge
        if not order:
            return None
        return order[(order.index(criterion) + step) % len(order) if criterion in order else 0]

    def group(self, name: str) -> tuple[list[Line], int, int]:
        """The criteria of a group, how many are met, and how many apply; what does not apply excludes nothing."""
        lines = [line for line in self.lines if line.text.group == name]
        aside = sum(line.verdict == "na" for line in lines)
        met = sum(line.verdict in ("pass", "waived") for line in lines)
        return (lines, met + aside, len(lines)) if name == "exclusion" else (lines, met, len(lines) - aside)

    def reward(self) -> tuple[Decimal | None, str, str | None]:
        """What qualifying pays under the lead's terms: amount (null: not set), currency, setting that says it.

        A program that pays a share of payments has no amount; then the setting is the rate's.
        """
        rules = self.program.rules
        if hasattr(rules, "reward"):
            amount, currency, *_ = rules.reward(self.terms)
            return amount, currency, None
        return None, "USD", "commission_rate"


def story(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime) -> Story | None:
    """One lead as of an instant (UTC), explained; None where it had not been submitted by then, or does not exist."""
    told = header(con, lead)
    if told is None or told["submitted_at"] > as_of:
        return None
    return story_of(con, told, kept.explain(con, lead, as_of), as_of)


def story_of(con: duckdb.DuckDBPyConnection, told: dict, found: Evaluation, as_of: dt.datetime) -> Story:
    """The same where the lead is explained already. told: `header`."""
    lead, terms = told["lead"], catalogue()
    program = terms.programs[told["program"]]
    zone = days.zones(con)[program.id]
    today = days.local_day(as_of, zone)
    outcome = kept.with_due_days(found).filter(pl.col("lead") == lead).row(0, named=True)
    clocks = [
        {**row, "days_left": (row["due_on"] - today).days}
        for row in found.clocks.filter(pl.col("lead") == lead).sort("due_on", "clock").to_dicts()
    ]
    due_on = outcome["due_on"]
    conflicts = found.conflicts.filter((pl.col("winner") == lead) | (pl.col("loser") == lead)).to_dicts()
    return Story(
        program=program, terms=terms_at(con, program.id, told["submitted_at"]), zone=zone,
        today=today, outcome=outcome, lines=_lines(con, program, found, lead), conflicts=conflicts, clocks=clocks,
        duties=found.duties.filter(pl.col("lead") == lead).sort("duty").to_dicts(),
        payouts=found.payouts.filter(pl.col("lead") == lead).to_dicts(),
        due_in=(due_on - today).days if due_on else None, due_on=due_on, due_clock=outcome["due_clock"],
        names=directory.names(con) | {told["partner"]: told["partner_name"]},
    )


def _lines(con: duckdb.DuckDBPyConnection, program: Program, found: Evaluation, lead: str) -> tuple[Line, ...]:
    rows = {row["criterion"]: row for row in found.findings.filter(pl.col("lead") == lead).to_dicts()}
    known = evidence_of(con, sorted({one for row in rows.values() for one in row["evidence"]}))
    return tuple(
        Line(
            text, VERDICTS[rows[name]["verdict"]], rows[name]["because"], program.clauses[rows[name]["clause"]],
            rows[name]["changes_on"],
            tuple(known.get(one, {"id": one, "kind": "other"}) for one in dict.fromkeys(rows[name]["evidence"])
                  if one != lead),
        )
        for name, text in program.criteria.items() if name in rows
    )


def evidence_of(con: duckdb.DuckDBPyConnection, ids: list[str]) -> dict[str, dict]:
    """What is known of the ids under findings: rows of evidence.sql, and of look-alikes those of evidence_alike.sql."""
    if not ids:
        return {}
    known = {row["id"]: row for row in store.read(con, SQL / "evidence.sql", ids=ids).to_dicts()}
    if unknown := [one for one in ids if one not in known]:
        known |= {row["id"]: row for row in store.read(con, SQL / "evidence_alike.sql", ids=unknown).to_dicts()}
    return known


def clause_of(name: str) -> Clause | None:
    """A clause of any program by its id; None for a reason that is no clause, such as `withdrawn`."""
    return next((one.clauses[name] for one in catalogue().programs.values() if name in one.clauses), None)


def readings(told: Story, clause: Clause) -> list[tuple[str, str, object]]:
    """How the open questions of a clause are read for this lead: (AMB id, what the setting means, its value)."""
    found = []
    for name in clause.ambiguities:
        own = [one for one in catalogue().settings.values() if one.ambiguity == name and one.name in told.terms.values]
        found += [(name, one.meaning, told.terms.values[one.name]) for one in own] or [(name, "", None)]
    return found
