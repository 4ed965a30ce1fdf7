"""The steps in which leads meet: rivals for a place, repeated contacts, leads outrun by a later one."""

import polars as pl

from core import calendar
from core.evaluation.groups import Group, with_empty
from core.evaluation.settling import Part
from core.evaluation.shapes import NO_CONFLICT, no_rows
from core.facts import Layout, wide
from core.rules import ownership


def contest(layout: Layout, groups: list[Group], explained: bool) -> pl.DataFrame:
    """The second pass over programs in which a lead is owned: places join the facts, conflicts are returned."""
    owned = [group for group in groups if group.is_owned]
    if not owned:
        return no_rows(NO_CONFLICT)
    standings = pl.concat([_standings(group, terms) for terms, group in enumerate(owned)], how="vertical_relaxed")
    settings = pl.DataFrame(
        {f"set.{name}": pl.Series([group.terms.get(name) for group in owned], dtype=kind)
         for name, kind in ownership.SETTINGS.items()})
    members, pairs = _in_large_organizations(layout, standings, settings)
    layout.give("large_keys", members.select("key").unique())
    layout.give("large_pairs", pairs)
    layout.give("standings", standings.select("no", "company", "accepted_at", "left_at", "freed_at", "lapsed_on"))
    places, conflicts = ownership.contest(standings, settings, layout.read("rivals"), explained)
    layout.ask(group.program for group in owned)
    introductions, deals = layout.read("introductions"), layout.read("deals")
    for group in owned:
        introduced, won = _introduced(group, introductions, standings, places), _won(group, deals, standings)
        for found in (places, introduced, won):
            group.facts = wide.beside(group.facts, found)
        group.empty |= ownership.PLACE
    return conflicts


def _in_large_organizations(layout: Layout, standings: pl.DataFrame, settings: pl.DataFrame
                            ) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leads of organizations of which there are so many that few of their pairs are looked at, and those pairs."""
    if standings.height <= ownership.LARGE or not ownership.is_person_the_lead(settings):
        return no_rows(ownership.MEMBER), no_rows(ownership.PAIR)
    members = layout.read("large_organizations")
    return members, ownership.pairs_that_matter(standings, members)


def _standings(group: Group, terms: int) -> pl.DataFrame:
    """From when to when each lead of the group holds its place, and the number of its terms."""
    settled = {f"judged.{name}": pl.UInt8 for name in ownership.JUDGED}
    numbers = {"company": pl.lit(group.program.company), "terms": pl.lit(terms, pl.UInt32)}
    return pl.concat([
        group.standing(with_empty(piece, settled))
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


def repeated_contacts(layout: Layout, parts: list["Part"]) -> list[pl.DataFrame]:
    """Conflicts between two affiliates under cerri.3.4: the earliest lead that made the later one known."""
    repeated = [(part.terms, part.repeated) for part in parts if part.repeated is not None]
    if not repeated:
        return []
    layout.give("repeated", pl.concat([frame.select("no") for _, frame in repeated]))
    pairs = layout.read("duplicates")
    found = []
    for terms, frame in repeated:
        is_one = terms["duplicate.org_match"] == "group"  # a group of companies counts as one organization
        own = pairs.join(frame, on="no").filter(~pl.col("is_by_group") | is_one).with_columns(
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


def outrun(layout: Layout, groups: list[Group], leads: pl.DataFrame) -> pl.DataFrame:
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
