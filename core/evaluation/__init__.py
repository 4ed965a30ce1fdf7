"""The two passes: facts in; findings, dispositions, owners, conflicts, clocks, duties and payouts out.

Called by the command line, the desk and the pages. A function of facts, terms, as_of and known_at, and of nothing
else: the same rows in any order, all leads or only a closed part of them (core/facts/part), give the same.

Leads are grouped by program and terms in force, so that a figure of the terms is a plain value in the expressions.
Facts are laid out for all of them; then each group goes through its criteria in slices, as one lazy expression, so
that a million leads need no more memory than their facts. In between stand the steps in which leads meet: rivals,
repeated contacts, leads outrun by a later one.
"""

import datetime as dt

import duckdb
import polars as pl

from core.evaluation.facts import divided, lay_out
from core.evaluation.groups import Group
from core.evaluation.meeting import contest, outrun, repeated_contacts
from core.evaluation.settling import settled
from core.evaluation.shapes import (
    FINDING,
    FOREVER,
    NO_CLOCK,
    NO_DUTY,
    NO_PAYOUT,
    OUTCOME,
    Evaluation,
    Moment,
    no_rows,
)
from core.facts import Layout
from core.terms import Catalogue

__all__ = ["FOREVER", "Evaluation", "Group", "Moment", "evaluate", "evaluate_laid_out"]


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
    groups = divided(layout, catalogue, moments, explained)
    lay_out(layout, catalogue, groups, bool(explained))
    conflicts = contest(layout, groups, bool(explained))
    payees, payments = layout.read("payees"), layout.read("payments")
    parts = [part for group in groups for part in settled(group, payees, payments)]
    leads = pl.concat([no_rows(OUTCOME), *(part.leads for part in parts)])
    return Evaluation(
        leads=outrun(layout, groups, leads),
        findings=pl.concat([no_rows(FINDING), *(part.findings for part in parts)]),
        conflicts=pl.concat([conflicts, *repeated_contacts(layout, parts)]),
        clocks=pl.concat([no_rows(NO_CLOCK), *(part.clocks for part in parts)]),
        duties=pl.concat([no_rows(NO_DUTY), *(part.duties for part in parts)]),
        payouts=pl.concat([no_rows(NO_PAYOUT), *(part.payouts for part in parts)]),
    )
