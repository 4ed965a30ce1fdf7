"""The evaluation that pages read: computed once for a moment, kept in the database, replaced as a whole.

Called by the command line after an import, and by the app before it serves. Reads of single leads with their
sentences are computed when asked for, by the same evaluation over the part of the leads that is connected to them.
"""

import datetime as dt

import duckdb
import polars as pl

from core import facts, store
from core.evaluation import FOREVER, Evaluation, Moment, evaluate
from core.matching.reading import near_keys
from core.results import stored_settings
from core.terms import Catalogue, catalogue

SQL = store.HERE / "sql"
TABLES = ("evaluations", "conflicts", "clocks", "duties", "payouts_owed", "evaluation_runs")


def refresh(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, terms: Catalogue | None = None) -> int:
    """Evaluate everything as of an instant (UTC) and keep it; returns the number of leads."""
    terms = terms or catalogue()
    found = evaluate(con, terms, [Moment(as_of, stored_settings(con, terms, FOREVER))])
    run = pl.DataFrame({"as_of": [as_of], "known_at": [None], "leads": [found.leads.height]},
                       schema={"as_of": pl.Datetime("us"), "known_at": pl.Datetime("us"), "leads": pl.Int32})
    with store.transaction(con) as cursor:
        describe_programs(cursor, terms)
        for table in TABLES:
            cursor.execute(f"delete from {table}").fetchall()
        store.append(cursor, "evaluations", with_due_days(found).drop("no"))
        store.append(cursor, "conflicts", found.conflicts)
        store.append(cursor, "clocks", found.clocks)
        store.append(cursor, "duties", found.duties)
        store.append(cursor, "payouts_owed", found.payouts.drop("no"))
        store.append(cursor, "evaluation_runs", run)
    return found.leads.height


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


def kept_as_of(con: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    """The instant that the kept evaluation stands for; None where nothing is kept."""
    rows = store.read(con, SQL / "kept_as_of.sql")["as_of"].to_list()
    return rows[0] if rows else None


def connected(con: duckdb.DuckDBPyConnection, lead: str) -> list[str]:
    """Ids of the leads whose facts can bear on one lead: joined to it by persons, organizations, groups and
    look-alikes.

    A key behind which a crowd stands joins nobody (W23).
    """
    groups = dict(store.read(con, facts.HERE / "groups.sql").rows())
    members: dict[str, list[str]] = {}
    for key, root in groups.items():
        members.setdefault(root, []).append(key)
    part, edge = {lead}, {lead}
    while edge:
        keys = store.read(con, SQL / "keys_of_leads.sql", leads=sorted(edge))
        found = {key for column in keys for key in column.drop_nulls()}
        reached: set[str] = set()
        while found - reached:  # look-alikes, asked or answered, and companies of a group, each of the other
            reached = found | near_keys(con, sorted(found))
            found = reached | {one for key in reached if key in groups for one in members[groups[key]]}
        rows = store.read(con, SQL / "leads_of_keys.sql", persons=sorted(reached), organizations=sorted(reached))
        edge = set(rows["lead"]) - part
        part |= edge
    return sorted(part)


def explain(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime) -> Evaluation:
    """Findings, clocks, duties, conflicts and payouts of one lead and those connected to it, as of an instant."""
    terms = catalogue()
    moment = Moment(as_of, stored_settings(con, terms, FOREVER))
    return evaluate(con, terms, [moment], only=connected(con, lead), explained=True)
