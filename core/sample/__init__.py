"""Lifelike leads of any number: partners, companies, people, leads, and what became of them.

Called by the command line (`sample`), by tests and benchmarks. Knows the shape of the tables and nothing of the rules:
what a lead deserves is for the evaluation to say. Must not read a clock: `until` is passed in.

Rows are made in slices that share partners and running numbers and nothing else, so that memory does not grow with the
number of leads. Inside a slice all work is on whole columns. Times are whole seconds since 1970 in a *raw* course, in
which delays are simply added; `drawing.at_work` then folds the course into office hours without changing its order.

How much there is of what stands at the head of each module: shares are of one, times are in days, unless they say
otherwise.

- `shares`: what several modules go by; `drawing`: random columns, instants and numbers; `naming`: names
- `partners`, `plans` (who sends which lead when), `parties` (organizations and people), `leads`: the rows
- `figures`: what was paid for a lead, as settings
- `courses` (what becomes of a lead in its program), `history` (what happens beside), told to `stories`
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl

from core import store
from core.intake import rows as intake
from core.intake.rows import SCHEMAS, Rows
from core.model import Refusal
from core.sample.courses import cerri_course, ptr_course, raf_course
from core.sample.drawing import DAY, NEVER, Draw, Numbers, as_moments
from core.sample.history import bar_sources, history_searches, org_history, partner_events
from core.sample.leads import lead_ids, lead_rows
from core.sample.parties import owners, parties, products_held
from core.sample.partners import Partners, make_partners
from core.sample.plans import plan
from core.sample.stories import Story

SLICE = 50_000
"""Leads of one slice: about 300 MB while it is made and stored."""


def generate(leads: int, seed: int, until: dt.date) -> Rows:
    """Frames of every table with exactly the columns of SCHEMAS, not yet identified.

    The same arguments give the same rows. Nothing happens after `until`, 23:59 UTC. For millions of leads use `write`.
    """
    parts = [intake.frames({}), *_slices(leads, seed, until, SLICE)]
    return {table: pl.concat([part[table] for part in parts]) for table in SCHEMAS}


def write(
    con: duckdb.DuckDBPyConnection, leads: int, seed: int, until: dt.date, slice_leads: int = SLICE
) -> dict[str, int]:
    """Store lifelike leads, one transaction per slice; returns the number of rows per table.

    con: a database without a sample, as the ids would be the same. slice_leads: at its default, rows as of `generate`.
    Raises Refusal where a sample is there already.
    """
    counts = dict.fromkeys(SCHEMAS, 0)
    if leads > slice_leads:
        store.drop_indexes(con)
    for rows in _slices(leads, seed, until, slice_leads):
        rows = intake.identify(rows)
        try:
            with store.transaction(con) as work:
                intake.store_rows(work, rows)
        except duckdb.ConstraintException as error:
            raise Refusal("The database holds sample leads already: write the sample into a new database.") from error
        for table, frame in rows.items():
            counts[table] += frame.height
        del rows, frame  # else two slices would stand in memory
    store.create_indexes(con)
    return counts


def _slices(leads: int, seed: int, until: dt.date, size: int) -> Iterator[Rows]:
    """Rows of at most `size` leads at a time; the partners, and what concerns them alone, come with the first."""
    if leads < 1:
        return
    end = (until - dt.date(1970, 1, 1)).days * DAY + DAY - 60
    seed %= 2**63
    numbers = Numbers(seed)
    partners = make_partners(np.random.default_rng([seed, 0]), leads, end, numbers)
    for first in range(0, leads, size):
        rng = np.random.default_rng([seed, 1 + first // size])
        yield _slice(rng, min(size, leads - first), end, partners, numbers, is_first=first == 0)


def _slice(
    rng: np.random.Generator, n: int, end: int, partners: Partners, numbers: Numbers, is_first: bool
) -> Rows:
    draw = Draw(rng, n)
    orgs, leads = plan(draw, end, partners)
    org_rows, contact_rows, contact_orgs, leads = parties(rng, orgs, leads, partners, numbers)
    order = np.argsort(leads.at, kind="stable")
    story = Story(rng, end, leads, {
        "lead": lead_ids(leads.program, order, numbers), "contact": contact_rows["id"].gather(leads.contact),
        "org": org_rows["id"].gather(leads.org), "partner": partners.frame["id"].gather(leads.partner),
    })
    known_at = np.full(len(orgs.first), NEVER)
    np.minimum.at(known_at, leads.org, leads.at)
    is_touched = org_history(story, orgs, org_rows, contact_rows, known_at)
    products, is_customer = products_held(rng, orgs, org_rows, known_at, end)
    story.leads = dataclasses.replace(leads, is_known=(is_touched | is_customer)[leads.org])
    cerri_course(story)
    raf_course(story)
    ptr_course(story, partners)
    history_searches(story)
    if is_first:
        partner_events(story, partners)
        bar_sources(story, partners)
    contact_known = as_moments(known_at[contact_orgs])
    return {
        "partners": partners.frame if is_first else partners.frame.clear(),
        "organizations": org_rows.with_columns(recorded_at=as_moments(known_at)),
        "organization_owners": owners(rng, orgs, leads, org_rows, known_at, partners),
        "organization_products": products,
        "contacts": contact_rows.with_columns(recorded_at=pl.coalesce("recorded_at", contact_known)),
        "leads": lead_rows(draw, leads, story, contact_rows)[order],
        "events": story.events(numbers),
        "verdicts": story.verdicts(numbers),
    }
