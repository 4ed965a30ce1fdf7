"""What one change costs at the desk, and what the turn of a day costs.

A change is what a person does: a reply logged, a verdict ticked, a lead accepted, in turn, each with its role and
version checked, its transaction, journal entry and head file, and the evaluation of all it touches. Whatever way that
takes, what is kept afterwards must be what an evaluation from scratch gives.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import duckdb
import polars as pl

from core import desk, kept, people, review, store
from core.desk import Done, Signed
from core.evaluation import Moment, evaluate
from core.terms import catalogue
from tests.bench.measuring import AS_OF, Row, apart, at_most, copy, p95, said, seconds
from tests.conftest import advance

SMALL = 10_000
CHANGES, COMMITS = 33, 200
"""How many of each kind of change, and bare commits."""
TURNED = 0.01
"""Share of the leads that are due again when a day begins: 10,000 of a million."""
SOMEONE = "someone"
BEFORE = AS_OF - dt.timedelta(hours=1)
APART = dt.timedelta(milliseconds=100)
"""Between two changes: all of them fall into the last minute of a day."""
UNDECIDED = {"reply": "", "verdict": "", "acceptance": "where program in ('ptr', 'raf') and disposition = 'pending' and "
             "lead not in (select lead from events where lead is not null and type in "
             "('accepted', 'rejected', 'approved', 'confirmed', 'withdrawn', 'disassociated', 'discretion'))"}
"""The kinds of change, and which leads each can be made on."""


def rows(leads: int) -> list[Row]:
    """One change, a day."""
    small, found = apart(one_change, SMALL), apart(one_change, leads)
    passing, full, due = apart(a_day, leads)
    return [
        at_most(f"one change among {leads:,} leads, p95, multiple of a bare one-row commit's p95",
                found["change"] / found["commit"], 12),
        at_most(f"one change among {leads:,} leads, p95, multiple of that among {SMALL:,}",
                found["change"] / small["change"], 1.3),
        at_most(f"a day begins on which {due:,} leads are due, part of a full evaluation", passing / full, 0.1),
    ]


def one_change(leads: int) -> dict[str, float]:
    """p95 in seconds of a bare `commit` and of a `change`."""
    with copy(leads) as con:
        opened(con)
        con.execute("create table bare (number integer primary key)").fetchall()
        commits = [seconds(lambda number=number: _commit(con, number)) for number in range(COMMITS)]
        drawn = zip(*(_drawn(con, kind, CHANGES) for kind in UNDECIDED), strict=True)
        kinds = [(kind, lead) for turn in drawn for kind, lead in zip(UNDECIDED, turn, strict=True)]
        changes = [seconds(change(con, number, *one)) for number, one in enumerate(kinds)]
        check(con, kept.kept_as_of(con))
    said(f"{leads:,} leads, p95: bare commit {p95(commits) * 1e3:.1f} ms, one change {p95(changes) * 1e3:.0f} ms")
    return {"commit": p95(commits), "change": p95(changes)}


def a_day(leads: int) -> tuple[float, float, int]:
    """Seconds until the first instants are past at which enough leads are due again, seconds of a full evaluation, and
    how many leads those are."""
    with copy(leads) as con:
        kept.refresh(con, AS_OF)
        with con.cursor() as cursor:
            due = [at for (at,) in cursor.execute("select next_at from evaluations where next_at is not null "
                                                  "order by next_at").fetchall()]
        as_of = due[min(int(leads * TURNED), len(due)) - 1]
        passing = seconds(lambda: advance(con, as_of))
        full = check(con, as_of)
    return passing, full, sum(at <= as_of for at in due)


def change(con: duckdb.DuckDBPyConnection, number: int, kind: str, lead: str) -> Callable[[], Done]:
    """The change of that number, of a kind in UNDECIDED, as somebody makes it who sees the lead as it is now."""
    now = AS_OF + number * APART
    signed = Signed(SOMEONE, f"change {number}", now, desk.version(con, lead))
    if kind == "reply":
        return partial(desk.log_activity, con, signed, lead, "reply", "email")
    if kind == "acceptance":
        return partial(desk.accept, con, signed, lead)
    program = catalogue().programs[review.header(con, lead)["program"]]
    criterion = next(name for name, one in program.criteria.items() if one.decided_by in ("human", "both"))
    return partial(desk.judge, con, signed, lead, criterion, "pass", "seen")


def opened(con: duckdb.DuckDBPyConnection) -> None:
    """Open the desk, with somebody of sales at it, and evaluate everything."""
    desk.begin(con, BEFORE)
    signed = Signed(people.OPERATOR, "someone", BEFORE)
    desk.add_person(con, signed, SOMEONE, "Someone of sales")
    desk.grant(con, replace(signed, key="sales"), SOMEONE, "sales")
    kept.refresh(con, AS_OF)


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


def _drawn(con: duckdb.DuckDBPyConnection, kind: str, count: int) -> list[str]:
    """Leads that a kind of change can be made on, drawn by hash, others for each kind."""
    with con.cursor() as cursor:
        return [lead for (lead,) in cursor.execute(
            f"select lead from evaluations {UNDECIDED[kind]} order by hash(lead || ?) limit ?", [kind, count]
        ).fetchall()]
