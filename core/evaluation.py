"""The two passes: facts in; findings, dispositions, owners, conflicts, clocks, duties and payouts out.

Called by the command line, the desk and the pages. A function of facts, terms, as_of and known_at, and of nothing
else: the same rows in any order, all leads or only a connected part of them, give the same.

Leads are grouped by program and terms in force, so that a figure of the terms is a plain value in the expressions.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb
import polars as pl

from core import calendar, facts
from core.facts import Layout
from core.intake.rows import SEPARATOR
from core.model import FAIL, LETTERS
from core.rules import ownership, payouts
from core.rules.criterion import Finding
from core.rules.outcome import outcomes
from core.terms import Catalogue, Entry, Program, Terms

FOREVER = dt.datetime(9999, 1, 1)


@dataclass(frozen=True)
class Moment:
    """When facts are looked at, and the settings that were known. document: number of a side-by-side document."""

    as_of: dt.datetime
    settings: list[Entry] = field(default_factory=list)
    document: int | None = None


@dataclass(frozen=True)
class Evaluation:
    """What follows from the facts.

    leads: one row per lead: no, lead, program, verdicts (a letter per criterion, in the program's order), disposition,
    reason, also, pending_on, flags, owner, owner_status, owner_until, last_owner, changes_on. findings (only where asked for): lead, criterion, clause, verdict,
    because, evidence, changes_on. conflicts: winner, loser, clause. clocks: lead, clock, due_on, state. duties: lead,
    duty, state. payouts: core/rules/payouts.COLUMNS.
    """

    leads: pl.DataFrame
    findings: pl.DataFrame
    conflicts: pl.DataFrame
    clocks: pl.DataFrame
    duties: pl.DataFrame
    payouts: pl.DataFrame


@dataclass
class Group:
    """The leads of one program under one set of terms, as a frame of facts that grows from step to step."""

    terms: Terms
    frame: pl.DataFrame

    @property
    def program(self) -> Program:
        """The program of these leads."""
        return self.terms.program

    def hook(self, name: str) -> dict[str, pl.Expr]:
        """Expressions of an optional function of the program's module."""
        function = getattr(self.program.rules, name, None)
        return function(self.terms) if function else {}

    def add(self, **columns: pl.Expr) -> None:
        """More columns, and a local day beside every new column of instants."""
        if not columns:
            return
        self.frame = self.frame.with_columns(**columns)
        self.localize([name for name in columns if name.endswith("_at")])

    def localize(self, names: Iterable[str]) -> None:
        """A local day `<name>_on` beside each instant `<name>_at`, in the program's zone."""
        zone = self.terms["timezone"]
        self.frame = self.frame.with_columns(
            calendar.local_day(pl.col(name), zone).alias(f"{name[:-3]}_on") for name in names
        )


def evaluate(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, moments: list[Moment], *,
             known_at: dt.datetime = FOREVER, only: list[str] | None = None, explained: bool = False) -> Evaluation:  # fmt: skip
    """Evaluate every lead of a database, or of documents side by side.

    moments: one for a whole database, one per document for documents. only: ids of leads that are a closed connected
    part. explained: findings with sentences, evidence and change days for every criterion of every lead.
    """
    layout = Layout(con, max(moment.as_of for moment in moments), known_at, only)
    try:
        groups = _lay_out(layout, catalogue, moments, explained)
        places, conflicts = _contest(layout, catalogue, groups)
        for group in groups:
            _judge(group, places, layout if explained else None)
        conflicts = pl.concat([conflicts, _repeated_contacts(layout, groups)])
        steps = [outcomes(group.terms, _findings(group)) for group in groups]
        for group, (*towards_disposition, _) in zip(groups, steps, strict=True):
            for step in towards_disposition:
                group.frame = group.frame.lazy().with_columns(step).collect()
        _outrun(groups)
        _introductions(layout, groups)
        owed = _payouts(layout, groups)
        for group, (*_, owner_and_flags) in zip(groups, steps, strict=True):
            group.frame = group.frame.with_columns(owner_and_flags)
        return _collected(groups, conflicts, owed, explained)
    finally:
        layout.close()


def _lay_out(layout: Layout, catalogue: Catalogue, moments: list[Moment], explained: bool) -> list[Group]:
    """Groups of leads by program and terms, with every fact that their criteria read."""
    leads = layout.read("leads")
    beside = moments[0].document is not None
    number = (
        pl.col("lead").str.split(SEPARATOR).list.first().cast(pl.Int64) if beside else pl.lit(None, pl.Int64)
    )
    moment_rows = pl.DataFrame(
        {"document": [moment.document for moment in moments], "as_of": [moment.as_of for moment in moments]},
        schema={"document": pl.Int64, "as_of": pl.Datetime("us")},
    )
    leads = (
        leads.with_columns(document=number)
        .join(moment_rows, on="document", nulls_equal=True)
        .filter(pl.col("submitted_at") <= pl.col("as_of"))
        .with_columns(pl.col("channel").cast(pl.String))
    )
    groups = _by_terms(leads, catalogue, moments)
    subject = _subject(layout, groups)
    layout.give("subject", subject)
    _terminations(layout, groups, beside)
    layout.keep("groups", under="org_groups")
    programs = {group.program.id: group.program for group in groups}
    reading: dict[str, list[str]] = {}
    for program in programs.values():
        for name in program.rules.FACTS:
            reading.setdefault(name, []).append(program.id)
    found: dict[str, pl.DataFrame] = {}
    for name in sorted(reading, key=lambda name: (name != "messages", name)):
        layout.ask(reading[name], {programs[one].company for one in reading[name]})
        if name == "judgements":
            found[name] = facts.judgements(layout, explained)
        elif name == "waivers":
            found[name] = facts.waivers(layout)
        else:
            found[name] = layout.read(name)
        if name == "messages":
            layout.give("messages", found[name].select("no", "engaged_first_at"))
    for group in groups:
        for name in group.program.rules.FACTS:
            group.frame = group.frame.join(found[name], on="no", how="left")
        _complete(group)
        group.localize([name for name in group.frame.columns if name.endswith("_at")])
        group.frame = group.frame.with_columns(
            calendar.local_day(pl.col(f"judged_at.{name}"), group.terms["timezone"]).alias(f"judged_on.{name}")
            for name in _judged_names(group)
        )
        group.add(**group.hook("derived"))
        group.add(**group.hook("clocks_stop"))
    return groups


def _by_terms(leads: pl.DataFrame, catalogue: Catalogue, moments: list[Moment]) -> list[Group]:
    """Leads divided by program and by the terms in force on the local day of submission (raf.intro.6)."""
    groups: dict[tuple, Group] = {}
    present = leads.select("document", "program").unique().sort("document", "program").rows()
    by_document = {moment.document: moment for moment in moments}
    parts = leads.partition_by("document", "program", as_dict=True) if present else {}
    for document, program_id in present:
        program = catalogue.programs[program_id]
        versions = catalogue.versions(program, by_document[document].settings)
        part = parts[(document, program_id)]
        zone = versions[-1][1]["timezone"]
        part = part.with_columns(submitted_on=calendar.local_day(pl.col("submitted_at"), zone))
        for number, (first_day, terms) in enumerate(versions):
            in_force = pl.col("submitted_on") >= first_day
            if number + 1 < len(versions):
                in_force = in_force & (pl.col("submitted_on") < versions[number + 1][0])
            frame = part.filter(in_force)
            if frame.is_empty():
                continue
            key = (program_id, repr(sorted((name, str(value)) for name, value in terms.values.items())))
            if key in groups:
                groups[key].frame = pl.concat([groups[key].frame, frame])
            else:
                groups[key] = Group(terms, frame)
    first = 0
    for group in groups.values():
        group.frame = group.frame.with_columns(
            no=pl.int_range(first, first + group.frame.height, dtype=pl.Int64),
            today=calendar.local_day(pl.col("as_of"), group.terms["timezone"]),
        )
        first += group.frame.height
    return list(groups.values())


SUBJECT = ("no", "lead", "document", "program", "partner", "contact", "org", "submitted_at", "submitted_on", "as_of",
           "cut_at", "channel", "products", "history_lookup", "person_key", "org_key", "email_org_key",
           "person_key_crowded", "org_key_crowded")  # fmt: skip


def _subject(layout: Layout, groups: list[Group]) -> pl.DataFrame:
    """One row per lead in scope with its moment; `cut_at`: after it nothing but decisions counts (W8)."""
    finals = layout.read("finals")
    for group in groups:
        final_event = getattr(group.program.rules, "final_event", None)
        column = {"approved": "approved_at", "payout_paid": "paid_at"}[final_event(group.terms)] if final_event else None
        cut = (
            group.frame.select("lead").join(finals, on="lead", how="left", maintain_order="left")[column]
            if column
            else pl.Series([None] * group.frame.height, dtype=pl.Datetime("us"))
        )
        group.frame = group.frame.with_columns(cut_event_at=cut).with_columns(
            cut_event_at=pl.when(pl.col("cut_event_at") <= pl.col("as_of")).then("cut_event_at"),
        ).with_columns(cut_at=pl.coalesce("cut_event_at", "as_of"))  # fmt: skip
    frames = [group.frame.select(SUBJECT) for group in groups]
    empty = pl.DataFrame(schema={name: _SUBJECT_TYPES.get(name, pl.String) for name in SUBJECT})
    return pl.concat(frames) if frames else empty


_SUBJECT_TYPES = {
    "no": pl.Int64, "document": pl.Int64, "submitted_at": pl.Datetime("us"), "submitted_on": pl.Date,
    "as_of": pl.Datetime("us"), "cut_at": pl.Datetime("us"), "products": pl.List(pl.String),
    "person_key_crowded": pl.Boolean, "org_key_crowded": pl.Boolean,
}  # fmt: skip


def _terminations(layout: Layout, groups: list[Group], beside: bool) -> None:
    """When the program of each lead was ended (raf.intro.4)."""
    ended = layout.read("terminations")
    number = pl.col("id").str.split(SEPARATOR).list.first().cast(pl.Int64) if beside else pl.lit(None, pl.Int64)
    ended = ended.select("program", "terminated_at", document=number)
    for group in groups:
        group.frame = group.frame.join(ended, on=["program", "document"], how="left", nulls_equal=True)


def _judged_names(group: Group) -> list[str]:
    return [*group.program.criteria, *group.program.human_inputs]


def _complete(group: Group) -> None:
    """Columns that criteria name but no row has filled: judgements and waivers of criteria nobody touched."""
    types = {"judged": pl.UInt8, "judged_at": pl.Datetime("us"), "judge": pl.String, "judgement": pl.String,
             "waived": pl.String}  # fmt: skip
    wanted = {f"{prefix}.{name}": kind for name in _judged_names(group) for prefix, kind in types.items()}
    wanted["waived_names"] = pl.List(pl.String)
    group.frame = group.frame.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in wanted.items() if name not in group.frame.columns
    )


def _findings(group: Group) -> dict[str, Finding]:
    return {name: criterion(group.terms) for name, criterion in group.program.rules.CRITERIA.items()}


def _contest(layout: Layout, catalogue: Catalogue, groups: list[Group]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The second pass over the leads of programs in which a lead is owned."""
    owned = [group for group in groups if hasattr(group.program.rules, "standing")]
    standings = []
    for group in owned:
        clocks = getattr(group.program.rules, "CLOCKS", ())
        found = _findings(group)
        group.add(**{f"verdict.{name}": found[name].verdict for name in clocks})
        group.add(**group.hook("standing"))
        settings = {
            f"set.{name}": pl.lit(_setting(group.terms, name), kind) for name, kind in ownership.SETTINGS.items()
        }
        standings.append(
            group.frame.with_columns(company=pl.lit(group.program.company), is_form=pl.col("channel") == "web_form")
            .with_columns(pl.lit(None, pl.UInt8).alias(f"judged.{name}") for name in ownership.JUDGED
                          if f"judged.{name}" not in group.frame.columns)
            .select(*ownership.STANDING, **settings)
        )  # fmt: skip
    if not standings:
        return pl.DataFrame(schema={"no": pl.Int64}), pl.DataFrame(schema=_CONFLICT)
    frame = pl.concat(standings, how="vertical_relaxed")
    layout.ask({group.program.id for group in owned}, {group.program.company for group in owned})
    layout.give("standings", frame.select(
        "no", "lead", "program", "company", "partner", "products", "person_key", "org_key", "email_org_key",
        "person_key_crowded", "org_key_crowded", "submitted_at", "submitted_on", "accepted_at", "freed_at",
        "lapsed_on"))  # fmt: skip
    return ownership.contest(frame, layout.read("rivals"))


_CONFLICT = {"winner": pl.String, "loser": pl.String, "clause": pl.String}


def _setting(terms: Terms, name: str) -> object:
    try:
        return terms[name]
    except KeyError:
        return None


def _judge(group: Group, places: pl.DataFrame, layout: Layout | None) -> None:
    """Every verdict of the group, and where explained the findings beside it."""
    if hasattr(group.program.rules, "standing"):
        group.frame = group.frame.join(places, on="no", how="left")
        empty = {"is_lost": pl.Boolean, "is_in_question": pl.Boolean, "is_duplicate": pl.Boolean,
                 "is_renewal": pl.Boolean, "is_cross_program": pl.Boolean, "repeat_of": pl.String,
                 "repeat_lead": pl.String, "repeat_on": pl.Date}  # fmt: skip
        group.frame = group.frame.with_columns(
            pl.lit(None, kind).alias(name) for name, kind in empty.items() if name not in group.frame.columns
        )
    if layout:
        group.frame = facts.event_ids(layout, group.frame)
        group.frame = group.frame.with_columns(
            pl.lit(None, pl.String).alias(f"id:{name}") for name in facts.INSTANT_EVENTS
            if f"id:{name}" not in group.frame.columns
        )  # fmt: skip
    found = _findings(group)
    columns = {f"verdict.{name}": one.verdict for name, one in found.items()}
    columns |= {f"clause.{name}": one.deciding_clause for name, one in found.items()
                if layout or len(one.failing_clauses) > 1}  # fmt: skip
    columns |= {f"changes_on.{name}": one.changes_on for name, one in found.items()
                if layout or one.can_change_by_time}  # fmt: skip
    if layout:
        columns |= {f"because.{name}": one.because for name, one in found.items()}
        columns |= {f"evidence.{name}": one.evidence for name, one in found.items()}
    group.frame = group.frame.lazy().with_columns(**columns).collect()


def _repeated_contacts(layout: Layout, groups: list[Group]) -> pl.DataFrame:
    """Conflicts between two affiliates under cerri.3.4: the earliest lead that made the later one known."""
    repeated = [group.frame.filter(pl.col("verdict.not_duplicate") == FAIL) for group in groups
                if "verdict.not_duplicate" in group.frame.columns]  # fmt: skip
    if not repeated:
        return pl.DataFrame(schema=_CONFLICT)
    layout.give("repeated", pl.concat([frame.select("no", "touched_at") for frame in repeated]))
    pairs = layout.read("duplicates")
    found = []
    for group in groups:
        if "verdict.not_duplicate" not in group.frame.columns:
            continue
        own = pairs.join(group.frame.select("no", "submitted_on"), on="no").with_columns(
            touched_on=calendar.local_day(pl.col("touched_at"), group.terms["timezone"])
        )
        inside = calendar.looks_back_to(
            pl.col("submitted_on"), pl.col("touched_on"), months=group.terms["duplicate.window_months"],
            edge=group.terms["lookback_edge"], direction=group.terms["lookback_direction"],
        )  # fmt: skip
        ever = group.terms["duplicate.reading"] == "known_ever"
        found.append(own.filter(inside | ever))
    return (
        pl.concat(found).sort("earlier_submitted_at", "winner").group_by("loser", maintain_order=True).first()
        .select("winner", "loser", clause=pl.lit("cerri.3.4"))
    )  # fmt: skip


def _outrun(groups: list[Group]) -> None:
    """Undecided leads behind which a later one of the same person or organization qualified lose their place (W9)."""
    concerned = [group for group in groups if "touched_at" in group.frame.columns]
    if not concerned:
        return
    keys = pl.concat([
        group.frame.filter(~pl.col("person_key_crowded" if key == "person_key" else "org_key_crowded"))
        .select("no", "program", "submitted_at", "disposition", key=pl.col(key))
        for group in concerned for key in ("person_key", "org_key", "email_org_key")
    ]).filter(pl.col("key").is_not_null())  # fmt: skip
    qualified = keys.filter(pl.col("disposition") == "qualified").group_by("program", "key").agg(
        qualified_at=pl.col("submitted_at").max()
    )
    outrun = (
        keys.filter(pl.col("disposition") == "pending").join(qualified, on=["program", "key"])
        .filter(pl.col("qualified_at") > pl.col("submitted_at"))
        .select("no", is_outrun=pl.lit(True)).unique()
    )  # fmt: skip
    for group in concerned:
        group.frame = group.frame.join(outrun, on="no", how="left")


def _introductions(layout: Layout, groups: list[Group]) -> None:
    """Other partners that the company brought into the account of a live owner (ptr.maintain.1b)."""
    concerned = [group for group in groups if hasattr(group.program.rules, "payouts_owed")]
    if not concerned:
        return
    layout.ask([group.program.id for group in concerned], [concerned[0].program.company])
    found = layout.read("introductions")
    for group in concerned:
        day = calendar.local_day(pl.col("introduced_at"), group.terms["timezone"])
        inside = (
            found.join(group.frame.select("no", "owner_until", "as_of", "is_lost"), on="no")
            .filter((day <= pl.col("owner_until")) & (pl.col("introduced_at") <= pl.col("as_of"))
                    & ~pl.col("is_lost").fill_null(False))
            .group_by("no").agg(pl.col("introduced_at").min())
        )  # fmt: skip
        group.frame = group.frame.join(inside, on="no", how="left")


def _payouts(layout: Layout, groups: list[Group]) -> pl.DataFrame:
    """What is owed, for every program that pays; leaves beside each lead what its payouts mean for flags."""
    payees, payments = layout.read("payees"), layout.read("payments")
    found = [pl.DataFrame(schema=_PAYOUT)]
    for group in groups:
        rules = group.program.rules
        group.frame = group.frame.join(payees, on="partner", how="left")
        if hasattr(rules, "reward"):
            found.append(payouts.rewards(group.terms, group.frame.filter(rules.is_earned(group.terms))))
        if hasattr(rules, "payouts_owed"):
            zone = group.terms["timezone"]
            local = payments.with_columns(
                received_on=calendar.local_day(pl.col("received_at"), zone),
                deal_won_on=calendar.local_day(pl.col("deal_won_at"), zone),
            )
            owed = rules.payouts_owed(group.terms, group.frame, local)
            marks = owed.join(payments.select("refunded_at", earned_by="id"), on="earned_by").group_by("no").agg(
                is_commission_forfeited=(pl.col("status") == "forfeited").any(),
                is_refunded=(pl.col("refunded_at").is_not_null() & (pl.col("status") != "forfeited")).any(),
            )
            group.frame = group.frame.join(marks, on="no", how="left")
            found.append(owed)
    return pl.concat(found, how="vertical_relaxed")


_PAYOUT = {"no": pl.Int64, "lead": pl.String, "earned_by": pl.String, "payee": pl.String, "amount": payouts.MONEY,
           "currency": pl.String, "method": pl.String, "due_on": pl.Date, "status": pl.String,
           "blockers": pl.List(pl.String), "is_overdue": pl.Boolean}  # fmt: skip
_CLOCK = {"lead": pl.String, "clock": pl.String, "due_on": pl.Date, "state": pl.String}
_DUTY = {"lead": pl.String, "duty": pl.String, "state": pl.String}
_OUTCOME = ("no", "lead", "program", "disposition", "reason", "also", "pending_on", "flags", "owner", "owner_status",
            "owner_until", "last_owner")  # fmt: skip


def _collected(groups: list[Group], conflicts: pl.DataFrame, owed: pl.DataFrame, explained: bool) -> Evaluation:
    clocks, duties, findings, leads = [pl.DataFrame(schema=_CLOCK)], [pl.DataFrame(schema=_DUTY)], [], []
    for group in groups:
        clocks += [
            group.frame.select("lead", clock=pl.lit(name), due_on=due, state=state).drop_nulls("state")
            for name, (due, state) in group.hook("clocks").items()
        ]
        duties += [
            group.frame.select("lead", duty=pl.lit(name), state=state).drop_nulls("state")
            for name, state in group.hook("duties").items()
        ]
        names = list(group.program.rules.CRITERIA)
        changes = pl.min_horizontal(
            [pl.lit(None, pl.Date), *(pl.when(pl.col("disposition") == "pending").then(f"changes_on.{name}")
                                      for name in names if f"changes_on.{name}" in group.frame.columns)]
        )  # fmt: skip
        lapse = pl.when(pl.col("owner_status") == "confirmed").then(
            calendar.add_days(pl.col("owner_until"), 1)) if "owner_until" in group.frame.columns else None  # fmt: skip
        leads.append(group.frame.select(
            *_OUTCOME, verdicts=_letters(group, names), changes_on=pl.min_horizontal(changes, lapse)
        ))
        if explained:
            findings += [
                group.frame.select(
                    "lead", criterion=pl.lit(name), clause=pl.col(f"clause.{name}"), verdict=pl.col(f"verdict.{name}"),
                    because=pl.col(f"because.{name}"), evidence=pl.col(f"evidence.{name}"),
                    changes_on=pl.col(f"changes_on.{name}"),
                )
                for name in names
            ]  # fmt: skip
    return Evaluation(
        leads=pl.concat(leads) if leads else pl.DataFrame(),
        findings=pl.concat(findings) if findings else pl.DataFrame(),
        conflicts=conflicts, clocks=pl.concat(clocks), duties=pl.concat(duties), payouts=owed,
    )  # fmt: skip


def _letters(group: Group, names: list[str]) -> pl.Expr:
    """All verdicts of a lead as one letter each, in the order of the program's criteria."""
    order = [name for name in group.program.criteria if name in names]
    letter = {number: letter for number, letter in enumerate(LETTERS)}
    return pl.concat_str(
        pl.col(f"verdict.{name}").replace_strict(letter, return_dtype=pl.String) for name in order
    )
