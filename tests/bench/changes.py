"""What one change costs, in an ordinary and in a large organization, and what the turn of a day costs.

Written against `kept.update(cursor, touched, as_of)`, which evaluates again what the touched leads are connected to,
inside the caller's transaction, and `kept.advance(con, as_of) -> int`, which brings the kept evaluation up to a later
instant. Whatever way they take, what is kept afterwards must be what an evaluation from scratch gives.
"""

import datetime as dt

import duckdb
import polars as pl

from core import kept, store
from core.evaluation import Moment, evaluate
from core.terms import catalogue
from tests.bench.measuring import AS_OF, Row, apart, at_most, copy, p95, said, seconds

SMALL = 10_000
CHANGES, COMMITS = 100, 200
LARGE_ORGANIZATION = 5_000
LARGE_CHANGES = 20
TURNED = 0.01
"""Share of the leads that the turn of a day changes: 10,000 of a million."""


def rows(leads: int) -> list[Row]:
    """One change, a large organization, a day."""
    small, found = apart(one_change, SMALL), apart(one_change, leads)
    passing, full, changed = apart(a_day, leads)
    return [
        at_most(f"one change among {leads:,} leads, p95, multiple of a bare one-row commit's p95",
                found["change"] / found["commit"], 12),
        at_most(f"one change among {leads:,} leads, p95, multiple of that among {SMALL:,}",
                found["change"] / small["change"], 1.3),
        at_most(f"one change in an organization of {LARGE_ORGANIZATION:,} leads, p95, multiple of an ordinary one",
                found["large"] / found["change"], 5),
        at_most(f"a day passes and {changed:,} leads change, part of a full evaluation", passing / full, 0.1),
    ]


def one_change(leads: int) -> dict[str, float]:
    """p95 in seconds of a bare `commit`, an ordinary `change`, and one in a `large` organization."""
    with copy(leads) as con:
        kept.refresh(con, AS_OF)
        con.execute("create table bare (number integer primary key)").fetchall()
        commits = [seconds(lambda number=number: _commit(con, number)) for number in range(COMMITS)]
        ordinary = _drawn(con, CHANGES)
        changes = [seconds(lambda lead=lead: reply(con, lead, "reply")) for lead in ordinary]
        check(con, AS_OF)
        members = _grown(con, min(LARGE_ORGANIZATION, leads // 10))
        kept.refresh(con, AS_OF)
        large = [seconds(lambda lead=lead: reply(con, lead, "later reply")) for lead in members[:LARGE_CHANGES]]
        check(con, AS_OF)
    said(f"{leads:,} leads, p95: bare commit {p95(commits) * 1e3:.1f} ms, one change {p95(changes) * 1e3:.0f} ms, "
         f"in an organization of {len(members):,} {p95(large) * 1e3:.0f} ms")
    return {"commit": p95(commits), "change": p95(changes), "large": p95(large)}


def a_day(leads: int) -> tuple[float, float, int]:
    """Seconds of the turn of a day and of a full evaluation, and how many leads the day changes.

    The day is the first by which enough leads change by time alone.
    """
    with copy(leads) as con:
        kept.refresh(con, AS_OF)
        with con.cursor() as cursor:
            due = cursor.sql("select changes_on from evaluations where changes_on is not null order by 1").pl()
        day = due["changes_on"][min(int(leads * TURNED), due.height) - 1]
        as_of = dt.datetime.combine(day, AS_OF.time())
        passing = seconds(lambda: kept.advance(con, as_of))
        full = check(con, as_of)
    return passing, full, due.filter(pl.col("changes_on") <= day).height


def reply(con: duckdb.DuckDBPyConnection, lead: str, name: str) -> None:
    """A contact answers: one event of that name comes in, and what it touches is evaluated again, in one transaction."""
    event = {"id": f"{lead}/{name}", "type": "reply", "happened_at": AS_OF, "recorded_at": AS_OF,
             "lead": lead, "channel": "email", "automated": False}
    with store.transaction(con) as cursor:
        store.append(cursor, "events", pl.DataFrame([event]))
        kept.update(cursor, [lead], AS_OF)


def check(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> float:
    """Raises ValueError unless what is kept is what an evaluation from scratch gives; seconds of the latter."""
    answers = []
    took = seconds(lambda: answers.append(evaluate(con, catalogue(), [Moment(as_of)])))
    scratch = {"evaluations": kept.with_due_days(answers[0]).drop("no"), "conflicts": answers[0].conflicts,
               "clocks": answers[0].clocks, "duties": answers[0].duties, "payouts_owed": answers[0].payouts.drop("no")}
    for table, frame in scratch.items():
        with con.cursor() as cursor:
            stored = cursor.sql(f"select * from {table}").pl()
        lists = pl.selectors.by_dtype(pl.List(pl.String)).list.join(",")
        plain, found = (one.with_columns(lists).select(stored.columns) for one in (frame, stored))
        differ = plain.join(found, on=plain.columns, how="anti", nulls_equal=True).height
        if differ or plain.height != found.height:
            raise ValueError(f"{table}: {differ} rows differ from an evaluation from scratch as of {as_of}.")
    return took


def _commit(con: duckdb.DuckDBPyConnection, number: int) -> None:
    with store.transaction(con) as cursor:
        cursor.execute("insert into bare values (?)", [number]).fetchall()


def _drawn(con: duckdb.DuckDBPyConnection, count: int) -> list[str]:
    """Leads drawn by hash."""
    with con.cursor() as cursor:
        return [row[0] for row in cursor.execute(
            "select id from leads order by hash(id) limit ?", [count]).fetchall()]


def _grown(con: duckdb.DuckDBPyConnection, count: int) -> list[str]:
    """The leads of one organization that now has so many: other leads of its program become its own."""
    with store.transaction(con) as cursor:
        org, key, program = cursor.execute(
            "select org, org_key, program from leads where org_key is not null and not org_key_crowded "
            "order by hash(id) limit 1").fetchall()[0]
        members = [row[0] for row in cursor.execute(
            "select id from leads where program = ? order by hash(id || 'large') limit ?", [program, count]).fetchall()]
        cursor.execute("update leads set org = $org, org_key = $key, email_org_key = null "
                       "where id in (select unnest($members::varchar[]))",
                       {"org": org, "key": key, "members": members}).fetchall()
    return members
