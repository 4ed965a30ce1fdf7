"""Which leads claim the same place, who holds it until when, and what a person has to settle.

Called by the page of conflicts. A case is a lead whose place against other leads is or was in question: of a pair the
later one, whose id names the case. Changes nothing (`core/desk/conflicts.py` does); reads no clock.
"""

import datetime as dt
from dataclasses import dataclass

import duckdb
import polars as pl

from core import days, kept, past, people, review, similar, store
from core.evaluation import FOREVER, Evaluation
from core.review import Line, Story
from core.store.answers import until_stored
from core.terms import catalogue

SQL = store.HERE / "sql"
QUESTIONS = ("not_owned_by_other", "first_submitter", "not_accepted_elsewhere", "not_duplicate")
"""Criteria that hang on other leads."""
TOPIC = "cross_program_review"
"""What a lead waits for where one of another program came before and no rule decides."""
STATES = ("open", "settled", "decided")
"""A person is asked or has opened a case; settled by a person; decided by the rules alone."""
ENDS_WITHIN_DAYS = 30


@dataclass(frozen=True)
class Filters:
    """What the cases are narrowed to; None and empty mean: everything."""

    state: str = "open"
    program: str | None = None
    partner: str | None = None
    search: str = ""


def index(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, day: Evaluation | None = None) -> pl.DataFrame:
    """Every case. Columns: lead, program, disposition, due_on, winner and clause (where it lost), conflict_case,
    opened_by, opened_at, settled_by, settled_at (null: nobody did), state, partner, partner_name, submitted_at,
    full_name, company. day: the evaluation of a past day."""
    return past.read(con, SQL / "conflict_index.sql", day, known_at=past.known_at(as_of, day),
                     topics=[*QUESTIONS, TOPIC])


def narrowed(cases: pl.DataFrame, chosen: Filters) -> tuple[pl.DataFrame, dict[str, int]]:
    """The chosen cases in the order in which to look at them, and how many there are by state under the other filters.

    Open ones: what people opened first, then what is due soonest. The others: the latest first.
    """
    conditions = []
    if chosen.program:
        conditions.append(pl.col("program") == chosen.program)
    if chosen.partner:
        conditions.append(pl.col("partner") == chosen.partner)
    if word := chosen.search.strip().lower():
        texts = (pl.col(name).str.to_lowercase().str.contains(word, literal=True).fill_null(False)
                 for name in ("company", "full_name", "lead", "winner", "partner_name"))
        conditions.append(pl.any_horizontal(texts))
    found = cases.filter(conditions) if conditions else cases
    counts = dict.fromkeys(STATES, 0) | dict(found.group_by("state").len().iter_rows())
    of_state = found.filter(pl.col("state") == chosen.state)
    if chosen.state == "open":
        return of_state.sort(pl.col("opened_at").is_null(), "opened_at", "due_on", "submitted_at", "lead",
                             nulls_last=True), counts
    latest = pl.coalesce("settled_at", "submitted_at") if chosen.state == "settled" else pl.col("submitted_at")
    return of_state.sort(latest, "lead", descending=[True, False]), counts


def named(cases: pl.DataFrame, found: pl.DataFrame, lead: str | None) -> dict | None:
    """The case of a lead, or the first that it won, open ones before others; else the first of those found."""
    if lead:
        own = cases.filter((pl.col("lead") == lead) | (pl.col("winner") == lead)).sort(
            pl.col("lead") != lead, pl.col("state") != "open", "submitted_at")
        if own.height:
            return own.row(0, named=True)
    return found.row(0, named=True) if found.height else None


@dataclass(frozen=True)
class Party:
    """One lead of a case with what became of it. version: as shown. outcome: its row of the evaluation."""

    lead: str
    version: int
    program: str
    partner: str
    partner_name: str
    full_name: str | None
    company: str | None
    submitted_at: dt.datetime
    outcome: dict
    lapsed: tuple[tuple[str, dt.date], ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether it holds its place: owned, or first in line."""
        return self.outcome["owner_status"] in ("confirmed", "provisional")


@dataclass(frozen=True)
class Case:
    """One case as of an instant. story: of the lead in question. parties: all leads that speak of the same person or
    organization, the first to come first. happened: rows of conflict_happenings.sql. other: the lead it stands against.
    lines: the findings that hang on other leads and are not met, the undecided first. row: of `index`, where it is one.
    known_at: until when what people recorded counts.
    """

    lead: str
    story: Story
    parties: tuple[Party, ...]
    happened: list[dict]
    other: str | None
    lines: tuple[Line, ...]
    row: dict | None
    known_at: dt.datetime

    @property
    def party(self) -> Party:
        """The lead in question."""
        return self.of(self.lead)

    def of(self, lead: str) -> Party:
        """One of the parties."""
        return next(one for one in self.parties if one.lead == lead)

    @property
    def company(self) -> str:
        """What the case is about: the organization, else the person."""
        named = next((one.company for one in reversed(self.parties) if one.company), None)
        return self.party.company or named or self.party.full_name or self.lead

    @property
    def holder(self) -> Party | None:
        """Who holds the place: an owner before one who is first in line, the earlier before the later."""
        live = [one for one in self.parties if one.is_live]
        return min(live, key=lambda one: (one.outcome["owner_status"] != "confirmed", one.lead != self.other),
                   default=None)

    @property
    def is_open(self) -> bool:
        """Whether a person is asked."""
        return self.row is not None and self.row["state"] == "open"

    @property
    def rivals(self) -> list[Party]:
        """The leads of other partners."""
        return [one for one in self.parties if one.partner != self.party.partner]


def case(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime, row: dict | None,
         known_at: dt.datetime = FOREVER) -> Case | None:
    """The case of a lead as of an instant (UTC); None where there is no such lead, or it had not come by then.

    row: of `index`. known_at: until when cases that people opened count.
    """
    told = review.header(con, lead)
    if told is None or told["submitted_at"] > as_of:
        return None
    found = kept.explain(con, lead, as_of)
    story = review.story_of(con, told, found, as_of)
    lines = sorted((line for line in story.lines if line.text.id in QUESTIONS and line.verdict in ("unknown", "fail")),
                   key=lambda line: line.verdict != "unknown")
    other = _other(con, lead, story, lines, known_at)
    programs = catalogue().programs
    company = [one.id for one in programs.values() if one.company == story.program.company]
    rows = store.read(con, SQL / "conflict_parties.sql", leads=_met(con, lead) | ({other} if other else set()),
                      programs=company, as_of=as_of).to_dicts()
    outcomes = _outcomes(con, found, [one["lead"] for one in rows])
    claims = [one for one in rows if one["lead"] in outcomes]
    lapsed = found.clocks.filter(pl.col("state") == "lapsed").sort("due_on")
    parties = tuple(
        Party(one["lead"], one["version"], one["program"], one["partner"], one["partner_name"], one["full_name"],
              one["company"], one["submitted_at"], outcomes[one["lead"]],
              tuple(lapsed.filter(pl.col("lead") == one["lead"]).select("clock", "due_on").iter_rows()))
        for one in claims
    )
    happened = store.read(con, SQL / "conflict_happenings.sql", leads={one["lead"] for one in claims},
                          persons={one["person"] for one in claims} - {None},
                          organizations={one["organization"] for one in claims} - {None}, as_of=as_of)
    return Case(lead, story, parties, happened.to_dicts(), other, tuple(lines), row, known_at)


def _met(con: duckdb.DuckDBPyConnection, lead: str) -> set[str]:
    """Leads that speak of the same person or organization as a given one, and itself."""
    persons, organizations = similar.keys_of(con, lead)
    met = store.read(con, SQL / "conflict_met.sql", persons=persons, organizations=organizations)
    return {lead, *met["id"]}


def _other(con: duckdb.DuckDBPyConnection, lead: str, story: Story, lines: list[Line], known_at: dt.datetime
           ) -> str | None:
    """The lead that the case is about: of the case that people opened, else what beat it, else what is asked about."""
    opened = store.read(con, SQL / "conflict_case_of.sql", lead=lead, known_at=known_at)["other_lead"].to_list()
    beaten = [one["winner"] for one in story.conflicts if one["loser"] == lead]
    asked = [row["id"] for line in lines for row in line.evidence if row["kind"] == "lead"]
    return next(iter([*opened, *beaten, *asked]), None)


def _outcomes(con: duckdb.DuckDBPyConnection, found: Evaluation, leads: list[str]) -> dict[str, dict]:
    """By lead its row of the evaluation; the kept one of a lead that is joined to the case by people alone."""
    outcomes = {row["lead"]: row for row in found.leads.to_dicts()}
    if missing := [one for one in leads if one not in outcomes]:
        with con.cursor() as cursor:
            kept_rows = store.rows(cursor, SQL / "kept_evaluations.sql", leads=missing).to_dicts()
        outcomes |= {row["lead"]: row for row in kept_rows}
    return outcomes


def can_be_settled(program: str) -> bool:
    """Whether people settle cases of a program as such; elsewhere a verdict on the checklist does."""
    return program in people.permissions()["settle_conflict"].programs


@until_stored
def chosen_before(con: duckdb.DuckDBPyConnection, program: str, known_at: dt.datetime = FOREVER) -> dict[str, int]:
    """How often people settled cases of a program for the `earlier` lead, the `later` one, or let `both` stand."""
    rows = store.read(con, SQL / "conflict_readings.sql", program=program, known_at=known_at)
    return {"earlier": 0, "later": 0, "both": 0} | dict(rows.select("reading", "cases").iter_rows())


def endings(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, program: str | None = None,
            partner: str | None = None, day: Evaluation | None = None) -> pl.DataFrame:
    """Ownerships that end within ENDS_WITHIN_DAYS, the soonest first. Columns: lead, program, owner_until, days_left,
    partner, partner_name, company, full_name, is_won (whether a deal was won since the acceptance)."""
    zones = days.zones(con)
    todays = [days.local_day(as_of, zone) for zone in zones.values()]
    found = past.read(
        con, SQL / "conflict_endings.sql", day, programs=list(zones), todays=todays, as_of=as_of, program=program,
        partner=partner, lasts=[today + dt.timedelta(ENDS_WITHIN_DAYS) for today in todays])
    return found.with_columns(days_left=(pl.col("owner_until") - pl.col("today")).dt.total_days()).drop("today")
