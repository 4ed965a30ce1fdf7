"""Everything evaluated and kept in the place of what was kept before. Called after an import and where much changed."""

import datetime as dt

import duckdb
import polars as pl

from core import store
from core.evaluation import Evaluation, Moment, evaluate
from core.kept.lines import count_lines
from core.kept.run import SQL, keep_run, next_turn, settings_of, zones_of
from core.terms import Catalogue, Entry, catalogue

OWNERS = {"evaluations": "lead", "conflicts": "loser", "clocks": "lead", "duties": "lead", "payouts_owed": "lead"}
"""The kept tables, each with the column that names the lead a row is about."""


def refresh(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, terms: Catalogue | None = None) -> int:
    """Evaluate everything as of an instant (UTC) and keep it; returns the number of leads.

    Evaluated before the transaction that keeps it, since both would not fit into memory together at a million leads. So
    nobody else may write meanwhile; a change goes through `update`.
    """
    terms = terms or catalogue()
    with con.cursor() as cursor:
        settings = settings_of(cursor, terms)
        try:
            found = evaluate(cursor, terms, [Moment(as_of, settings)])
        except duckdb.OutOfMemoryException:  # thousands of leads of one organization stand against one another
            with store.more_memory(con):
                found = evaluate(cursor, terms, [Moment(as_of, settings)])
    store.drop_indexes(con, OWNERS)
    with store.transaction(con) as cursor:
        keep(cursor, found, as_of, terms, settings)
    store.create_indexes(con)
    return found.leads.height


def keep(cursor: duckdb.DuckDBPyConnection, found: Evaluation, as_of: dt.datetime, terms: Catalogue,
         settings: list[Entry]) -> None:
    """Put an evaluation of everything in the place of what is kept."""
    describe_programs(cursor, terms)
    for table in (*OWNERS, "upcoming"):
        cursor.execute(f"delete from {table}").fetchall()
    for table, frame in tables(found).items():
        store.append(cursor, table, frame)
    store.append(cursor, "upcoming", store.rows(cursor, SQL / "ahead.sql", as_of=as_of))
    keep_run(cursor, as_of, found.leads.height, next_turn(cursor, as_of, zones_of(terms, settings)))
    count_lines(cursor, None, None)


def tables(found: Evaluation) -> dict[str, pl.DataFrame]:
    """The rows of each kept table."""
    return {
        "evaluations": with_due_days(found).drop("no"), "conflicts": found.conflicts, "clocks": found.clocks,
        "duties": found.duties, "payouts_owed": found.payouts.drop("no"),
    }


def with_due_days(found: Evaluation) -> pl.DataFrame:
    """The leads with `due_on` and `due_clock`: what ends first of the open clocks and the ownership."""
    open_leads = found.leads.filter(pl.col("disposition") == "pending").select("lead")
    waiting = found.clocks.filter(pl.col("state").is_in(["running", "missed"]) & pl.col("is_waiting"))
    clocks = waiting.join(open_leads, on="lead", how="semi")
    ownership = found.leads.filter((pl.col("owner_status") == "confirmed") & pl.col("owner_until").is_not_null())
    ends = pl.concat([
        clocks.select("lead", "due_on", due_clock="clock"),
        ownership.select("lead", due_on="owner_until", due_clock=pl.lit("ownership")),
    ])
    first = ends.sort("due_on", "due_clock").group_by("lead", maintain_order=True).first()
    return found.leads.join(first, on="lead", how="left")


def describe_programs(cursor: duckdb.DuckDBPyConnection, terms: Catalogue) -> None:
    """Fill programs, clauses and criteria from the terms files, inside the caller's transaction."""
    for table in ("programs", "clauses", "criteria"):
        cursor.execute(f"delete from {table}").fetchall()
    programs = list(terms.programs.values())
    store.append(cursor, "programs", pl.DataFrame([
        {"id": one.id, "name": one.name, "company": one.company, "position": place}
        for place, one in enumerate(programs)
    ]))
    store.append(cursor, "clauses", pl.DataFrame([
        {"id": clause.id, "program": one.id, "position": place, "heading": clause.heading,
         "paraphrase": clause.paraphrase, "kind": clause.kind, "decides": list(clause.decides)}
        for one in programs for place, clause in enumerate(one.clauses.values())
    ]))
    store.append(cursor, "criteria", pl.DataFrame([
        {"program": one.id, "id": text.id, "position": place, "label": text.label, "clauses": list(text.clauses),
         "decided_by": text.decided_by}
        for one in programs for place, text in enumerate(one.criteria.values())
    ]))
