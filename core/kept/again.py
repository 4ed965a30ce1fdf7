"""What changed, or what time brought, evaluated again with the leads connected to it, inside the caller's transaction.

Called by the desk within every change, and by the app when a moment comes. At every commit the kept rows are those that
evaluating everything as of the kept instant would give.
"""

import datetime as dt
from collections.abc import Collection

import duckdb
import polars as pl

from core import store
from core.evaluation import FOREVER, Moment, evaluate, evaluate_laid_out
from core.facts import part
from core.facts.part.layout import beside
from core.kept.explaining import question_of
from core.kept.run import FEW, SQL, is_much, move_run, named, rules_digest, run_of, settings_of, zones_of
from core.kept.touched import touched_by
from core.kept.whole import OWNERS, keep, tables
from core.store import answers
from core.terms import catalogue

AHEAD = {"leads": "submitted_at", "events": "happened_at", "verdicts": "happened_at",
         "partners": "check_address_confirmed_at"}
"""Stored rows that count from an instant on, and the column of that instant."""
CHANGED = {"lead": pl.String, "disposition_before": pl.String, "disposition": pl.String}


def update(cursor: duckdb.DuckDBPyConnection, touched: Collection[str], as_of: dt.datetime) -> pl.DataFrame:
    """Evaluate again the leads connected to the touched ones, inside the caller's transaction, and keep that.

    touched: ids of leads that a change bears on (`touched_by`), among them new ones and ones that are gone. as_of: UTC;
    what else was due by then is evaluated again too, so that everything kept stands for that one instant, which never
    moves back. Returns one row per lead of which anything kept differs: lead, disposition_before (null: it is new),
    disposition (null: it is gone).
    """
    run = run_of(cursor)
    if run is None:
        return _everything_again(cursor, as_of)[0]
    moment = max(as_of, run["as_of"])
    concerned = set(touched)
    if run["changes_at"] <= moment:
        concerned |= _due(cursor, moment)
    if is_much(concerned, run) or run["made_by"] != rules_digest():
        return _everything_again(cursor, moment)[0]
    return _evaluate_again(cursor, run, concerned, moment)[0]


def _evaluate_again(cursor: duckdb.DuckDBPyConnection, run: dict, concerned: Collection[str],
                    as_of: dt.datetime) -> tuple[pl.DataFrame, int]:
    """What differs, as `update` returns it, and how many leads were evaluated; `run` is the kept one."""
    terms = catalogue()
    settings = settings_of(cursor, terms)
    rows = part.rows_of(cursor, concerned)
    leads = {*rows["leads"]["id"], *concerned}
    one = next(iter(concerned)) if len(concerned) == 1 else False  # who changed it looks at it next
    with beside(rows, as_of, FOREVER) as layout:
        evaluated = evaluate_laid_out(layout, terms, [Moment(as_of, settings)], explained=one)
    question = question_of(one, as_of, zones_of(terms, settings))
    answers.bears_on(cursor, leads, {question: evaluated} if one else {})
    found = tables(evaluated)
    kept = {table: store.rows(cursor, SQL / f"kept_{table}.sql", leads=leads) for table in OWNERS}
    differing: set[str] = set()
    for table, owner in OWNERS.items():
        _replace(cursor, table, owner, found[table], _differing(kept[table], found[table], owner))
        differing |= _differing(kept[table].drop("next_at", strict=False), found[table], owner)
    ahead = _ahead(rows, as_of)
    _add_upcoming(cursor, ahead)
    move_run(cursor, run, settings, as_of, found["evaluations"].height - kept["evaluations"].height,
              [found["evaluations"]["next_at"].min(), *(frame["happens_at"].min() for frame in ahead)])
    return _changes(kept["evaluations"], found["evaluations"], differing), len(leads)


def _everything_again(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> tuple[pl.DataFrame, int]:
    """What differs, as `update` returns it, and how many leads there are, once everything is evaluated."""
    terms = catalogue()
    settings = settings_of(cursor, terms)
    answers.bears_on_any(cursor)
    kept = {table: cursor.sql(f"select * from {table}").pl() for table in OWNERS}
    evaluated = evaluate(cursor, terms, [Moment(as_of, settings)])
    found = tables(evaluated)
    keep(cursor, evaluated, as_of, terms, settings)
    differing = {lead for table, owner in OWNERS.items()
                 for lead in _differing(kept[table].drop("next_at", strict=False), found[table], owner)}
    return _changes(kept["evaluations"], found["evaluations"], differing), evaluated.leads.height


def _differing(kept: pl.DataFrame, found: pl.DataFrame, owner: str) -> set[str]:
    """Leads of which a kept table holds other rows than were found, compared in the columns of the kept ones."""
    names = [owner, *(name for name in sorted(kept.columns) if name != owner)]
    if max(kept.height, found.height) > FEW:
        lists = pl.selectors.by_dtype(pl.List(pl.String)).list.join(",")
        before, after = (frame.select(names).with_columns(lists, pl.selectors.decimal().cast(pl.String))
                         for frame in (kept, found))
        return {lead for one, other in ((before, after), (after, before))
                for lead in one.join(other, on=names, how="anti", nulls_equal=True)[owner]}

    def by_lead(frame: pl.DataFrame) -> dict[str, list[str]]:  # of few rows this takes a fifth of joining them
        rows: dict[str, list[str]] = {}
        for row in zip(*(frame[name].to_list() for name in names), strict=True):
            rows.setdefault(row[0], []).append(repr(row))
        return {lead: sorted(each) for lead, each in rows.items()}

    before, after = by_lead(kept), by_lead(found)
    return {lead for lead in before.keys() | after.keys() if before.get(lead) != after.get(lead)}


def _replace(cursor: duckdb.DuckDBPyConnection, table: str, owner: str, found: pl.DataFrame, leads: set[str]) -> None:
    """Put what was found of given leads in the place of what a table holds of them."""
    if leads:
        cursor.execute(*store.named_each(f"delete from {table} where {owner} in ($leads)", {"leads": leads})).fetchall()
        store.append(cursor, table, found.filter(pl.col(owner).is_in(leads)))


def _changes(kept: pl.DataFrame, found: pl.DataFrame, leads: set[str]) -> pl.DataFrame:
    before = dict(kept.select("lead", "disposition").iter_rows())
    after = dict(found.select("lead", "disposition").iter_rows())
    return pl.DataFrame([(lead, before.get(lead), after.get(lead)) for lead in sorted(leads)], schema=CHANGED,
                        orient="row")


def forward(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> tuple[pl.DataFrame, int]:
    """Evaluate again what time alone may have changed until an instant (UTC), inside the caller's transaction.

    Returns what differs, as `update` does, and how many leads were evaluated. The kept instant never moves back.
    """
    run = run_of(cursor)
    if run is None or run["made_by"] != rules_digest():
        return _everything_again(cursor, max(as_of, run["as_of"]) if run else as_of)
    if as_of <= run["as_of"]:
        return pl.DataFrame(schema=CHANGED), 0
    concerned = _due(cursor, as_of)
    if is_much(concerned, run):
        return _everything_again(cursor, as_of)
    if concerned:
        return _evaluate_again(cursor, run, concerned, as_of)
    answers.bears_on(cursor, ())
    move_run(cursor, run, settings_of(cursor, catalogue()), as_of, 0, [])
    return pl.DataFrame(schema=CHANGED), 0


def _due(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> set[str]:
    """Leads of which something may differ since the kept moment: by their next turn, or by rows that have come true."""
    leads = named(cursor, "due_leads", as_of=as_of)
    true = store.rows(cursor, SQL / "come_true.sql", as_of=as_of)
    if true.is_empty():
        return leads
    cursor.execute("delete from upcoming where happens_at <= $as_of", {"as_of": as_of}).fetchall()
    return leads | touched_by(cursor, dict(true.group_by("relation").agg("id").iter_rows()))


def _ahead(rows: part.Rows, as_of: dt.datetime) -> list[pl.DataFrame]:
    """Rows of a part that have not happened yet, by table: relation, id, happens_at."""
    latest = {relation: rows[relation][column].max() for relation, column in AHEAD.items()}
    return [
        rows[relation].filter(pl.col(column) > as_of)
        .select(relation=pl.lit(relation), id="id", happens_at=pl.col(column).cast(pl.Datetime("us")))
        for relation, column in AHEAD.items() if latest[relation] is not None and latest[relation] > as_of
    ]


def _add_upcoming(cursor: duckdb.DuckDBPyConnection, ahead: list[pl.DataFrame]) -> None:
    for frame in ahead:
        cursor.register("ahead_rows", frame)
        cursor.execute("insert or ignore into upcoming by name select * from ahead_rows").fetchall()
        cursor.unregister("ahead_rows")
