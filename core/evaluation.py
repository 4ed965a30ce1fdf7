"""The two passes: facts in; findings, dispositions, owners, conflicts, clocks, duties and payouts out.

Called by the command line, the desk and the pages. A function of facts, terms, as_of and known_at, and of nothing
else: the same rows in any order, all leads or only a closed part of them (core/facts/part), give the same.

Leads are grouped by program and terms in force, so that a figure of the terms is a plain value in the expressions.
Facts are laid out for all of them; then each group goes through its criteria in slices, as one lazy expression, so
that a million leads need no more memory than their facts. In between stand the steps in which leads meet: rivals,
repeated contacts, leads outrun by a later one.
"""

import datetime as dt
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import duckdb
import polars as pl

from core import calendar
from core.facts import KEYS, Layout, wide
from core.intake.rows import SEPARATOR
from core.model import FAIL, LETTERS
from core.rules import ownership, payouts
from core.rules.criterion import Finding
from core.rules.outcome import Outcome, hook, outcome
from core.terms import Catalogue, Entry, Program, Terms

FOREVER = dt.datetime(9999, 1, 1)
SLICE = 100_000
"""Leads that go through their criteria at once."""

NO_CONFLICT = {"winner": pl.String, "loser": pl.String, "clause": pl.String}
NO_CLOCK = {"lead": pl.String, "clock": pl.String, "due_on": pl.Date, "state": pl.String, "is_waiting": pl.Boolean}
NO_DUTY = {"lead": pl.String, "duty": pl.String, "state": pl.String}
NO_PAYOUT = {"no": pl.Int64, "lead": pl.String, "earned_by": pl.String, "payee": pl.String, "amount": payouts.MONEY,
             "currency": pl.String, "method": pl.String, "due_on": pl.Date, "status": pl.String,
             "blockers": pl.List(pl.String), "is_overdue": pl.Boolean}
OUTCOME = {
    "no": pl.Int64, "lead": pl.String, "program": pl.String, "verdicts": pl.String, "disposition": pl.String,
    "reason": pl.String, "also": pl.List(pl.String), "pending_on": pl.List(pl.String), "flags": pl.List(pl.String),
    "owner": pl.String, "owner_status": pl.String, "owner_until": pl.Date, "last_owner": pl.String,
    "changes_on": pl.Date, "next_at": pl.Datetime("us"),
}
FINDING = {"lead": pl.String, "criterion": pl.String, "clause": pl.String, "verdict": pl.UInt8, "because": pl.String,
           "evidence": pl.List(pl.String), "changes_on": pl.Date}


@dataclass(frozen=True)
class Moment:
    """When facts are looked at, and the settings that were known. document: number of a side-by-side document."""

    as_of: dt.datetime
    settings: list[Entry] = field(default_factory=list)
    document: int | None = None


@dataclass(frozen=True)
class Evaluation:
    """What follows from the facts.

    leads: one row per lead, columns OUTCOME (verdicts: a letter per criterion, in the program's order; changes_on: the
    first local day on which a verdict of an undecided lead differs by time alone, or an ownership ends; next_at: the
    instant, UTC, before which time alone changes nothing of the lead, null where it never does). findings
    (only where asked for): lead, criterion, clause, verdict (number of core.model), because, evidence, changes_on.
    conflicts: winner, loser, clause. clocks: lead, clock, due_on, state, is_waiting. duties: lead, duty, state.
    payouts: core/rules/payouts.COLUMNS.
    """

    leads: pl.DataFrame
    findings: pl.DataFrame
    conflicts: pl.DataFrame
    clocks: pl.DataFrame
    duties: pl.DataFrame
    payouts: pl.DataFrame


@dataclass(frozen=True)
class Course:
    """What the leads of one program go through under one set of terms, as expressions in the order of their use.

    Built once for the same terms (`course`), since that takes longer than the leads of a change take to go through it.
    """

    found: dict[str, Finding]
    derived: dict[str, pl.Expr]
    clocks_stop: dict[str, pl.Expr]
    clock_verdicts: dict[str, pl.Expr]
    standing: dict[str, pl.Expr]
    judging: dict[str, pl.Expr]
    becomes: Outcome
    clocks: dict[str, tuple[pl.Expr, pl.Expr, pl.Expr]]
    duties: dict[str, pl.Expr]
    turns: tuple[pl.Expr, ...]


@functools.lru_cache(maxsize=64)
def course(terms: Terms, explained: bool) -> Course:
    """The course of leads under these terms; explained: with the words of every criterion."""
    found = {name: criterion(terms) for name, criterion in terms.program.rules.CRITERIA.items()}
    return Course(
        found=found,
        derived=hook(terms, "derived", {}),
        clocks_stop=hook(terms, "clocks_stop", {}),
        clock_verdicts={
            f"verdict.{name}": found[name].verdict for name in getattr(terms.program.rules, "CLOCKS", ())
        },
        standing=hook(terms, "standing", {}),
        judging=_verdicts(found, explained),
        becomes=outcome(terms, found),
        clocks=hook(terms, "clocks", {}),
        duties=hook(terms, "duties", {}),
        turns=tuple(hook(terms, "turns", ())),
    )


@dataclass
class Group:
    """The leads of one program under one set of terms; `facts` has one row per lead, instants in UTC.

    empty: columns of facts that no lead has; slices alone hold them.
    """

    terms: Terms
    facts: pl.DataFrame
    explained: bool = False
    empty: dict[str, pl.DataType] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """The program of these leads."""
        return self.terms.program

    @property
    def course(self) -> Course:
        """What these leads go through."""
        return course(self.terms, self.explained)

    @property
    def zone(self) -> str:
        """The time zone whose days count."""
        return self.terms["timezone"]

    @property
    def is_owned(self) -> bool:
        """Whether a lead of this program holds a place against rivals."""
        return hasattr(self.program.rules, "standing")

    def slices(self) -> Iterator[pl.DataFrame]:
        """The facts of so many leads as go through their criteria at once, every column there."""
        for piece in self.facts.iter_slices(SLICE):
            yield _with_empty(piece, self.empty)

    def prepared(self, frame: pl.DataFrame) -> pl.LazyFrame:
        """Facts with a local day `_on` beside every instant `_at`, and what the program derives from them."""
        lazy = self._localized(frame.lazy(), frame.columns)
        for columns in (self.course.derived, self.course.clocks_stop):
            lazy = self._localized(lazy.with_columns(**columns), columns)
        return lazy

    def standing(self, frame: pl.DataFrame) -> pl.LazyFrame:
        """Prepared facts with the verdicts of the clocks and from when to when the lead holds its place."""
        return self.prepared(frame).with_columns(**self.course.clock_verdicts).with_columns(**self.course.standing)

    def _localized(self, lazy: pl.LazyFrame, names: Iterable[str]) -> pl.LazyFrame:
        return lazy.with_columns(_local_days(tuple(names), self.zone))


@functools.lru_cache(maxsize=256)
def _local_days(names: tuple[str, ...], zone: str) -> list[pl.Expr]:
    """The local day beside each column of instants among the names that has none yet."""
    return [
        calendar.local_day(pl.col(name), zone).alias(_day_of(name))
        for name in names
        if ((name.endswith("_at") and not name.startswith("id:")) or name.startswith("judged_at."))
        and _day_of(name) not in names
    ]


def _day_of(instant: str) -> str:
    """Name of the local day beside an instant: `approved_at`, `approved_on`; `judged_at.x`, `judged_on.x`."""
    return instant.replace("judged_at.", "judged_on.") if "." in instant else f"{instant[:-3]}_on"


def evaluate(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, moments: list[Moment], *,
             known_at: dt.datetime = FOREVER, explained: bool = False) -> Evaluation:
    """Evaluate every lead of a database, or of documents side by side.

    con: the cursor of an open transaction, whose uncommitted rows count, or a connection that nobody else uses
    meanwhile. moments: one for a whole database, one per document for documents. explained: findings with sentences,
    evidence and change days for every criterion of every lead.
    """
    layout = Layout(con, max(moment.as_of for moment in moments), known_at)
    try:
        layout.see()
        return evaluate_laid_out(layout, catalogue, moments, explained)
    finally:
        layout.close()


def evaluate_laid_out(layout: Layout, catalogue: Catalogue, moments: list[Moment],
                      explained: bool | str = False) -> Evaluation:
    """The same over a layout that the caller has made, and closes. explained: a lead, where only those of its program
    and terms are to be explained."""
    groups = _groups(layout, catalogue, moments, explained)
    _lay_out(layout, catalogue, groups, bool(explained))
    conflicts = _contest(layout, groups, bool(explained))
    payees, payments = layout.read("payees"), layout.read("payments")
    parts = [part for group in groups for part in _settled(group, payees, payments)]
    leads = pl.concat([no_rows(OUTCOME), *(part.leads for part in parts)])
    return Evaluation(
        leads=_outrun(layout, groups, leads),
        findings=pl.concat([no_rows(FINDING), *(part.findings for part in parts)]),
        conflicts=pl.concat([conflicts, *_repeated_contacts(layout, parts)]),
        clocks=pl.concat([no_rows(NO_CLOCK), *(part.clocks for part in parts)]),
        duties=pl.concat([no_rows(NO_DUTY), *(part.duties for part in parts)]),
        payouts=pl.concat([no_rows(NO_PAYOUT), *(part.payouts for part in parts)]),
    )


# --- facts -----------------------------------------------------------------------------------------------------------

SUBJECT = {
    "no": pl.Int64, "lead": pl.String, "program": pl.String, "partner": pl.String, "contact": pl.String,
    "submitted_at": pl.Datetime("us"), "submitted_on": pl.Date, "as_of": pl.Datetime("us"), "cut_at": pl.Datetime("us"),
    "channel": pl.String, "products": pl.List(pl.String), "history_lookup": pl.String, "person_key": pl.Int32,
    "org_key": pl.Int32, "email_org_key": pl.Int32, "person_key_crowded": pl.Boolean, "org_key_crowded": pl.Boolean,
    "is_met": pl.Boolean,
}
"""What statements of facts read of each lead in scope: its number, its moment, after whose `cut_at` only decisions
count (W8), and the numbers of the keys by which it meets others."""


FEW_WORDS = ("channel", "source_context", "follow_up_with", "deal_stage_at_submission", "history_lookup")
"""Columns in which few different words stand: criteria compare their numbers."""


def _groups(layout: Layout, catalogue: Catalogue, moments: list[Moment], explained: bool | str) -> list[Group]:
    """Leads divided by program and by the terms in force on the local day of submission (raf.intro.6)."""
    beside = moments[0].document is not None
    at = pl.DataFrame(
        {"document": [moment.document for moment in moments], "as_of": [moment.as_of for moment in moments]},
        schema={"document": pl.Int64, "as_of": pl.Datetime("us")},
    )
    ended = layout.read("terminations").select("program", "terminated_at", document=_document("id", beside))
    leads = layout.numbered(layout.read("leads")).with_columns(document=_document("lead", beside))
    leads = _looked_up(_looked_up(leads, at, "document"), ended, "program", "document")
    leads = _of(leads, leads["submitted_at"] <= leads["as_of"]).with_columns(
        terminated_at=pl.when(pl.col("terminated_at") <= pl.col("as_of")).then("terminated_at")
    )
    finals = layout.read("finals")
    groups = [
        Group(terms, frame, explained if isinstance(explained, bool) else explained in frame["lead"])
        for terms, frame in _by_terms(leads, catalogue, moments)
    ]
    for group in groups:
        final_event = hook(group.terms, "final_event", None)
        last = (
            finals.filter(pl.col("type") == pl.lit(final_event, pl.String))
            .join(group.facts.select("lead", "as_of"), on="lead")
            .filter(pl.col("happened_at") <= pl.col("as_of")).group_by("lead").agg(cut_event_at=pl.max("happened_at"))
        )
        group.facts = _looked_up(group.facts, last, "lead").with_columns(
            today=calendar.local_day(pl.col("as_of"), group.zone), cut_at=pl.coalesce("cut_event_at", "as_of")
        )
    layout.give("subject", pl.concat([
        no_rows(SUBJECT), *(group.facts.select(*SUBJECT) for group in groups)
    ]))
    for group in groups:
        group.facts = group.facts.drop(*KEYS, "is_met").with_columns(pl.col(FEW_WORDS).cast(pl.Categorical))
    return groups


def _looked_up(frame: pl.DataFrame, found: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """The frame with what was found under keys of its rows beside it; only the keys go through the join."""
    own = frame.select(keys)
    return frame.hstack(own.join(found, on=keys, how="left", nulls_equal=True, maintain_order="left").drop(keys))


def _of(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Those rows of a frame, which is not copied where they are all."""
    return frame if rows.all() else frame.filter(rows)


def _document(column: str, beside: bool) -> pl.Expr:
    """Number of the side-by-side document that an id belongs to; null where a whole database is evaluated."""
    return pl.col(column).str.split(SEPARATOR).list.first().cast(pl.Int64) if beside else pl.lit(None, pl.Int64)


def _by_terms(leads: pl.DataFrame, catalogue: Catalogue,
              moments: list[Moment]) -> Iterator[tuple[Terms, pl.DataFrame]]:
    """The leads under each program and set of terms, numbered through from 0 over all of them."""
    found: dict[tuple[str, str], tuple[Terms, list[pl.DataFrame]]] = {}
    by_document = {moment.document: moment for moment in moments}
    parts = leads.partition_by("document", "program", as_dict=True) if leads.height else {}
    for document, program_id in sorted(parts, key=lambda key: (key[0] or 0, key[1])):
        versions = catalogue.versions(catalogue.programs[program_id], by_document[document].settings)
        zone = versions[-1][1]["timezone"]
        part = parts[document, program_id].with_columns(submitted_on=calendar.local_day(pl.col("submitted_at"), zone))
        for first_day, last_day, terms in _spans(versions):
            in_force = _of(part, part["submitted_on"].is_between(first_day, last_day))
            if not in_force.is_empty():
                key = (program_id, repr(sorted((name, str(value)) for name, value in terms.values.items())))
                found.setdefault(key, (terms, []))[1].append(in_force)
    first = 0
    for terms, frames in found.values():
        frame = pl.concat(frames)
        yield terms, frame.with_columns(no=pl.int_range(first, first + frame.height, dtype=pl.Int64))
        first += frame.height


def _spans(versions: list[tuple[dt.date, Terms]]) -> Iterator[tuple[dt.date, dt.date, Terms]]:
    """First day, last day and terms of each version."""
    for number, (first_day, terms) in enumerate(versions):
        following = versions[number + 1][0] - dt.timedelta(1) if number + 1 < len(versions) else dt.date.max
        yield first_day, following, terms


def _lay_out(layout: Layout, catalogue: Catalogue, groups: list[Group], explained: bool) -> None:
    """Every fact that the criteria of a group read, joined to its leads."""
    layout.give("companies", pl.DataFrame(
        [{"program": one.id, "company": one.company} for one in catalogue.programs.values()]
    ))
    reading: dict[str, set[Program]] = {}
    for group in groups:
        for name in group.program.rules.FACTS:
            reading.setdefault(name, set()).add(group.program)
        if not group.explained:  # named only as evidence
            group.facts = group.facts.drop("contact", "org")
    leads = sum(group.facts.height for group in groups)
    empty: list[dict[str, pl.DataType]] = [{} for _ in groups]
    asked = {name: sorted(program.id for program in programs) for name, programs in reading.items()}
    for name in sorted(reading, key=lambda name: (name != "messages", asked[name], name)):
        layout.ask(reading[name])
        timed = {one for program in reading[name] for one in getattr(program.rules, "TIMED_JUDGEMENTS", ())}
        found = wide.laid_out(layout, name, leads, explained, timed)
        if name == "messages":
            layout.give(name, found.select("engaged_first_at").with_row_index("no").drop_nulls())
        for group, columns in zip(groups, empty, strict=True):
            if name not in group.program.rules.FACTS:
                continue
            if found.is_empty():
                columns |= found.drop("no", strict=False).schema
            else:
                group.facts = wide.beside(group.facts, found)
    for group, columns in zip(groups, empty, strict=True):
        group.empty = {**columns, **_wanted(group.program)}
        if group.explained:
            group.facts = wide.event_ids(layout, group.facts)


@functools.cache
def _wanted(program: Program) -> dict[str, pl.DataType]:
    """Columns that criteria name though no row may have filled them: judgements and waivers that nobody gave."""
    types = {"judged": pl.UInt8, "judged_at": pl.Datetime("us"), "judge": pl.String, "judgement": pl.String,
             "waived": pl.String}
    names = (*program.criteria, *program.human_inputs)
    wanted = {f"{prefix}.{name}": kind for name in names for prefix, kind in types.items()}
    return {**wanted, "waived_names": pl.List(pl.String)}


def _with_empty(frame: pl.DataFrame, wanted: dict[str, pl.DataType]) -> pl.DataFrame:
    """The frame with an empty column for each wanted name that it lacks."""
    missing = {name: kind for name, kind in wanted.items() if name not in frame.columns}
    return pl.concat([frame, no_rows(missing)], how="diagonal") if missing else frame


def no_rows(columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """A frame of these columns without rows; made once, since that takes longer than the leads of a change take."""
    return _no_rows(tuple(columns.items()))


@functools.lru_cache(maxsize=256)
def _no_rows(columns: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(columns))


# --- where leads meet ------------------------------------------------------------------------------------------------


def _contest(layout: Layout, groups: list[Group], explained: bool) -> pl.DataFrame:
    """The second pass over programs in which a lead is owned: places join the facts, conflicts are returned."""
    owned = [group for group in groups if group.is_owned]
    if not owned:
        return no_rows(NO_CONFLICT)
    standings = pl.concat([_standings(group, terms) for terms, group in enumerate(owned)], how="vertical_relaxed")
    settings = pl.DataFrame(
        {f"set.{name}": pl.Series([group.terms.get(name) for group in owned], dtype=kind)
         for name, kind in ownership.SETTINGS.items()})
    layout.give("standings", standings.select("no", "company", "accepted_at", "freed_at", "lapsed_on"))
    places, conflicts = ownership.contest(standings, settings, layout.read("rivals"), explained)
    layout.ask(group.program for group in owned)
    introductions, deals = layout.read("introductions"), layout.read("deals")
    for group in owned:
        introduced, won = _introduced(group, introductions, standings, places), _won(group, deals, standings)
        for found in (places, introduced, won):
            group.facts = wide.beside(group.facts, found)
        group.empty |= ownership.PLACE
    return conflicts


def _standings(group: Group, terms: int) -> pl.DataFrame:
    """From when to when each lead of the group holds its place, and the number of its terms."""
    settled = {f"judged.{name}": pl.UInt8 for name in ownership.JUDGED}
    numbers = {"company": pl.lit(group.program.company), "terms": pl.lit(terms, pl.UInt32)}
    return pl.concat([
        group.standing(_with_empty(piece, settled))
        .with_columns(is_form=pl.col("channel") == "web_form", **numbers).select(*ownership.STANDING).collect()
        for piece in group.slices()
    ])


def _introduced(group: Group, introductions: pl.DataFrame, standings: pl.DataFrame,
                places: pl.DataFrame) -> pl.DataFrame:
    """Other partners that the company brought into the account of a live owner (ptr.maintain.1b)."""
    day = calendar.local_day(pl.col("introduced_at"), group.zone)
    return (
        introductions.join(standings.select("no", "owned_until", "today"), on="no")
        .join(places.filter("is_lost").select("no"), on="no", how="anti")
        .filter((day <= pl.col("owned_until")) & (day <= pl.col("today")))
        .group_by("no").agg(pl.col("introduced_at").min())
    )


def _won(group: Group, deals: pl.DataFrame, standings: pl.DataFrame) -> pl.DataFrame:
    """The first deal won from the day of the standing acceptance on (ptr.process.3.1.1a)."""
    day = calendar.local_day(pl.col("won_at"), group.zone)
    return (
        deals.join(standings.select("no", "accepted_on"), on="no")
        .filter(day >= pl.col("accepted_on")).group_by("no").agg(pl.col("won_at").min())
    )


def _repeated_contacts(layout: Layout, parts: list["Part"]) -> list[pl.DataFrame]:
    """Conflicts between two affiliates under cerri.3.4: the earliest lead that made the later one known."""
    repeated = [(part.terms, part.repeated) for part in parts if part.repeated is not None]
    if not repeated:
        return []
    layout.give("repeated", pl.concat([frame.select("no") for _, frame in repeated]))
    pairs = layout.read("duplicates")
    found = []
    for terms, frame in repeated:
        own = pairs.join(frame, on="no").with_columns(
            touched_on=calendar.local_day(pl.col("touched_at"), terms["timezone"])
        )
        inside = calendar.looks_back_to(
            pl.col("submitted_on"), pl.col("touched_on"), months=terms["duplicate.window_months"],
            edge=terms["lookback_edge"], direction=terms["lookback_direction"],
        )
        clause = pl.lit(terms.program.criteria["not_duplicate"].clauses[0])
        found.append(own.filter(inside | (terms["duplicate.reading"] == "known_ever")).with_columns(clause=clause))
    first = pl.concat(found).sort("earlier_submitted_at", "winner").group_by("loser", maintain_order=True).first()
    return [first.select("winner", "loser", "clause")]


def _outrun(layout: Layout, groups: list[Group], leads: pl.DataFrame) -> pl.DataFrame:
    """Undecided leads behind which a later one of the same person or organization qualified lose their place (W9)."""
    concerned = {group.program.id for group in groups if "touches" in group.program.rules.FACTS}
    if not concerned:
        return leads
    layout.give("dispositions", leads.filter(pl.col("program").is_in(concerned)).select("no", "disposition"))
    outrun = pl.col("no").is_in(layout.read("outrun")["no"].implode())
    return leads.with_columns(
        owner=pl.when(~outrun).then("owner"),
        owner_status=pl.when(outrun).then(pl.lit("none")).otherwise("owner_status"),
    )


# --- one slice of a group --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What became of one slice of a group's leads; columns as in Evaluation. repeated: leads that fail cerri.3.4."""

    terms: Terms
    leads: pl.DataFrame
    findings: pl.DataFrame
    clocks: pl.DataFrame
    duties: pl.DataFrame
    payouts: pl.DataFrame
    repeated: pl.DataFrame | None


def _settled(group: Group, payees: pl.DataFrame, payments: pl.DataFrame) -> list[Part]:
    """What became of the leads of a group; its facts are given up, since nothing needs them any more."""
    parts = [
        _settled_slice(group, _looked_up(piece, payees, "partner"), payments)
        for piece in group.slices()
    ]
    group.facts = group.facts.clear()
    return parts


def _settled_slice(group: Group, piece: pl.DataFrame, payments: pl.DataFrame) -> Part:
    """Every verdict, outcome, clock, duty and payout of a slice; where it is explained, also its findings in words."""
    terms, way = group.terms, group.course
    found, becomes, clocks, duties = way.found, way.becomes, way.clocks, way.duties
    lazy = (group.standing if group.is_owned else group.prepared)(piece)
    judged = lazy.with_columns(**way.judging).with_columns(becomes.steps[0]).collect()
    owed = _owed(group, judged, payments)
    marked = wide.beside(judged, _payout_marks(owed, judged, payments))
    lazy = marked.lazy().with_columns(becomes.steps[1])

    columns = {"verdicts": _letters(group), "changes_on": _next_change(found), "next_at": _next_turn(group)}
    columns |= {f"clock_due.{name}": due for name, (due, _, _) in clocks.items()}
    columns |= {f"clock.{name}": state for name, (_, state, _) in clocks.items()}
    columns |= {f"clock_waits.{name}": waits for name, (_, _, waits) in clocks.items()}
    columns |= {f"duty.{name}": state for name, state in duties.items()}
    kept = [name for name in OUTCOME if name not in ("also", *columns)]
    kept += ["failing", "is_other_order"]
    kept += ["verdict.not_duplicate", "submitted_on"] if "not_duplicate" in found else []
    if group.explained:
        kept += [f"{part}.{name}" for name in found for part in ("clause", "verdict", "because", "evidence")]
        kept += [f"changes_on.{name}" for name in found]
    frame = _spelled(becomes, group, lazy.select(*dict.fromkeys(kept), **columns).collect())
    return Part(
        terms=terms,
        leads=frame.select(*OUTCOME),
        findings=_in_words(frame, found) if group.explained else no_rows(FINDING),
        clocks=_stacked(frame, NO_CLOCK, "clock", clocks),
        duties=_stacked(frame, NO_DUTY, "duty", duties),
        payouts=owed,
        repeated=frame.select("no", "submitted_on").filter(frame["verdict.not_duplicate"] == FAIL)
        if "not_duplicate" in found else None,
    )


def _verdicts(found: dict[str, Finding], explained: bool) -> dict[str, pl.Expr]:
    """The columns of every criterion: verdict and change day, the clause where it can differ, and all words."""
    columns = {f"verdict.{name}": one.verdict for name, one in found.items()}
    for name, one in found.items():
        if explained or len(one.failing_clauses) > 1:
            columns[f"clause.{name}"] = one.deciding_clause
        if explained or one.can_change_by_time:
            columns[f"changes_on.{name}"] = one.changes_on
        if explained:
            columns |= {f"because.{name}": one.because, f"evidence.{name}": one.evidence}
    return columns


def _owed(group: Group, judged: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """What is owed for the leads of a slice."""
    rules = group.program.rules
    if hasattr(rules, "reward"):
        is_any = judged.select(pl.coalesce(rules.is_earned(group.terms), False).any()).item()
        return payouts.rewards(group.terms, judged) if is_any else no_rows(NO_PAYOUT)
    if hasattr(rules, "payouts_owed") and not payments.is_empty():
        local = payments.with_columns(
            received_on=calendar.local_day(pl.col("received_at"), group.zone),
            deal_won_on=calendar.local_day(pl.col("deal_won_at"), group.zone),
        )
        return rules.payouts_owed(group.terms, judged, local)
    return no_rows(NO_PAYOUT)


NO_MARKS = {"no": pl.Int64, "is_commission_forfeited": pl.Boolean, "is_refunded": pl.Boolean, "payout_due_on": pl.Date}


def _payout_marks(owed: pl.DataFrame, judged: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """What payouts mean for their leads: is_commission_forfeited, is_refunded; payout_due_on, the next due day."""
    if owed.is_empty():
        return no_rows(NO_MARKS)
    ahead = (pl.col("due_on") >= pl.col("today")) & ~pl.col("status").is_in(["paid", "forfeited"])
    refunds = payments.select("refunded_at", earned_by="id")
    days = judged.select("no", "today")
    return owed.join(days, on="no").join(refunds, on="earned_by", how="left").group_by("no").agg(
        is_commission_forfeited=(pl.col("status") == "forfeited").any(),
        is_refunded=(pl.col("refunded_at").is_not_null() & (pl.col("status") != "forfeited")).any(),
        payout_due_on=pl.col("due_on").filter(ahead).min(),
    )


def _letters(group: Group) -> pl.Expr:
    """All verdicts of a lead as one number, base 5, in the order of the program's criteria; `_spelled` writes it."""
    names = [name for name in group.program.criteria if name in group.program.rules.CRITERIA]
    return pl.sum_horizontal(
        pl.col(f"verdict.{name}").cast(pl.UInt64) * len(LETTERS) ** place for place, name in enumerate(names)
    )


def _next_change(found: dict[str, Finding]) -> pl.Expr:
    """The first local day on which a verdict of an undecided lead changes by time alone, or an ownership ends."""
    pending = pl.col("disposition") == "pending"
    days = [pl.when(pending).then(f"changes_on.{name}") for name, one in found.items() if one.can_change_by_time]
    ends = pl.when(pl.col("owner_status") == "confirmed").then(calendar.add_days(pl.col("owner_until"), 1))
    return pl.min_horizontal(*days, ends)


def _next_turn(group: Group) -> pl.Expr:
    """The instant at which the next of the days begins on which something of the lead may differ by time alone."""
    days = [*group.course.turns, calendar.add_days(pl.col("payout_due_on"), 1)]
    ahead = [pl.when(day > pl.col("today")).then(day) for day in days]
    return calendar.begins_at(pl.min_horizontal(ahead), group.zone)


def _spelled(becomes: Outcome, group: Group, frame: pl.DataFrame) -> pl.DataFrame:
    """The collected frame with words for the numbers that stood for them."""
    count = sum(name in group.program.rules.CRITERIA for name in group.program.criteria)
    numbers = frame["verdicts"].unique()
    spelled = [
        "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(count)) for number in numbers
    ]
    frame = frame.with_columns(pl.col("verdicts").replace_strict(numbers, spelled, return_dtype=pl.String))
    return becomes.written_out(frame)


def _stacked(frame: pl.DataFrame, schema: dict, kind: str, names: Iterable[str]) -> pl.DataFrame:
    """Clocks or duties of a slice, one row each, those without a state left out."""
    rows = [pl.DataFrame(schema=schema)]
    for name in names:
        row = {"lead": pl.col("lead"), kind: pl.lit(name), "state": pl.col(f"{kind}.{name}")}
        if kind == "clock":
            row |= {"due_on": pl.col(f"clock_due.{name}"), "is_waiting": pl.col(f"clock_waits.{name}")}
        rows.append(frame.select(**{name: row[name] for name in schema}).filter(pl.col("state").is_not_null()))
    return pl.concat(rows)


def _in_words(frame: pl.DataFrame, found: dict[str, Finding]) -> pl.DataFrame:
    """The findings of a slice, one row per lead and criterion."""
    parts = ("clause", "verdict", "because", "evidence", "changes_on")
    return pl.concat([
        frame.select("lead", criterion=pl.lit(name), **{part: pl.col(f"{part}.{name}") for part in parts})
        for name in found
    ])
