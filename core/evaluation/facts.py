"""The facts of every lead in scope, laid out beside it, each group's under its own terms."""

import functools
from collections.abc import Iterator

import polars as pl

from core import calendar
from core.evaluation.groups import Group
from core.evaluation.shapes import Moment, no_rows
from core.facts import KEYS, Layout, wide
from core.intake.rows import SEPARATOR
from core.rules.outcome import hook
from core.terms import Catalogue, Program, Terms

SUBJECT = {
    "no": pl.Int64, "lead": pl.String, "program": pl.String, "partner": pl.String, "contact": pl.String,
    "submitted_at": pl.Datetime("us"), "submitted_on": pl.Date, "as_of": pl.Datetime("us"), "cut_at": pl.Datetime("us"),
    "channel": pl.String, "products": pl.List(pl.String), "history_lookup": pl.String, "person_key": pl.Int32,
    "org_key": pl.Int32, "email_org_key": pl.Int32, "person_key_crowded": pl.Boolean, "org_key_crowded": pl.Boolean,
    "email_org_key_crowded": pl.Boolean, "is_met": pl.Boolean,
}
"""What statements of facts read of each lead in scope: its number, its moment, after whose `cut_at` only decisions
count (W8), and the numbers of the keys by which it meets others."""


FEW_WORDS = ("channel", "source_context", "follow_up_with", "deal_stage_at_submission", "history_lookup")
"""Columns in which few different words stand: criteria compare their numbers."""


def divided(layout: Layout, catalogue: Catalogue, moments: list[Moment], explained: bool | str) -> list[Group]:
    """Leads divided by program and by the terms in force at submission (raf.intro.6)."""
    beside = moments[0].document is not None
    at = pl.DataFrame(
        {"document": [moment.document for moment in moments], "as_of": [moment.as_of for moment in moments]},
        schema={"document": pl.Int64, "as_of": pl.Datetime("us")},
    )
    ended = layout.read("terminations").select("program", "terminated_at", document=_document("id", beside))
    leads = layout.numbered(layout.read("leads")).with_columns(document=_document("lead", beside))
    leads = looked_up(looked_up(leads, at, "document"), ended, "program", "document")
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
        group.facts = looked_up(group.facts, last, "lead").with_columns(
            today=calendar.local_day(pl.col("as_of"), group.zone), cut_at=pl.coalesce("cut_event_at", "as_of")
        )
    layout.give("subject", pl.concat([
        no_rows(SUBJECT), *(group.facts.select(*SUBJECT) for group in groups)
    ]))
    for group in groups:
        group.facts = group.facts.drop(*KEYS, "is_met").with_columns(pl.col(FEW_WORDS).cast(pl.Categorical))
    return groups


def looked_up(frame: pl.DataFrame, found: pl.DataFrame, *keys: str) -> pl.DataFrame:
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
        begun = catalogue.beginnings(catalogue.programs[program_id], by_document[document].settings)
        part = parts[document, program_id]
        last_begun = part.select(pl.max_horizontal(
            pl.when(pl.col("submitted_at") >= begins_at).then(place) for place, (begins_at, _) in enumerate(begun)
        )).to_series()
        for place, (_, terms) in enumerate(begun):
            in_force = _of(part, last_begun == place)
            if not in_force.is_empty():
                day = calendar.local_day(pl.col("submitted_at"), terms["timezone"])
                key = (program_id, repr(sorted((name, str(value)) for name, value in terms.values.items())))
                found.setdefault(key, (terms, []))[1].append(in_force.with_columns(submitted_on=day))
    first = 0
    for terms, frames in found.values():
        frame = pl.concat(frames)
        yield terms, frame.with_columns(no=pl.int_range(first, first + frame.height, dtype=pl.Int64))
        first += frame.height


def lay_out(layout: Layout, catalogue: Catalogue, groups: list[Group], explained: bool) -> None:
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
