"""What managers ask of all leads together: how far they come, where they die, how long it takes, what will be owed.

Called by the Pipeline page. Counts stand on the kept evaluation, or on an evaluation of a past day that is given; they
are made in the database, so that few rows leave it. Changes nothing and reads no clock. What a mark of a chart stands
for is in `core/pipeline/marks.py`, what a chart says in `core/pipeline/sentences.py`.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import duckdb
import polars as pl

from core import calendar, days, queue, store
from core.evaluation import FOREVER, Evaluation
from core.pipeline import marks, prospects
from core.results import stored_settings
from core.store.answers import until_stored
from core.terms import catalogue

SQL = store.HERE / "sql"
BRACKETS = {"since_week": 7, "since_fortnight": 14, "since_month": 30, "since_two_months": 60}
"""Days since an undecided lead came in, up to which it is in each bracket of age."""
MOST_GROUPS = 12
Ask = Callable[..., pl.DataFrame]
"""Reads a statement by its name, with further values."""


@dataclass(frozen=True)
class Chosen:
    """What the page is narrowed to; None means everything. first, last: first days of the months of submission, in the
    program's zone, both included; None: of the first lead, and of today."""

    program: str | None = None
    partner: str | None = None
    channel: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Pipeline:
    """Everything the page shows. Each frame has `mark`: the name by which its leads are opened (null: none).

    figures: rows now and before (None where there is nothing before) with submitted, accepted, qualified, paid,
    answer_days (median, null: none), in_time and late (answers within our own SLA, and after it).
    funnel: mark, name, leads, share. groups: mark, name, submitted, accepted, qualified, paid, share.
    deaths: mark, name, disposition, leads. stays: mark, name, median_days, slow_days, left, waiting.
    clocks: mark, name, standing, leads. ages: mark, name, bracket, leads. unknowns: mark, name, program, decided_by,
    leads, share. owed: mark, currency, month (`Overdue`, `2026-11`, `No due day`), status, payouts, amount
    (null: not known). prospects: program, leads, amount (null: not known), currency, each.
    undecided: how many leads of the months are undecided. marks: conditions by mark.
    """

    now: dict
    before: dict | None
    funnel: pl.DataFrame
    groups: pl.DataFrame
    deaths: pl.DataFrame
    stays: pl.DataFrame
    clocks: pl.DataFrame
    ages: pl.DataFrame
    unknowns: pl.DataFrame
    owed: pl.DataFrame
    prospects: pl.DataFrame
    undecided: int
    marks: dict[str, dict[str, object]] = field(default_factory=dict)


@until_stored
def months(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> list[dt.date]:
    """First days of the months from that of the first lead until that of an instant."""
    first_at = store.read(con, SQL / "pipeline_span.sql")["first_at"][0]
    local = [days.local_day(at, zone) for zone in days.zones(con).values() for at in (first_at or as_of, as_of)]
    return pl.date_range(min(local).replace(day=1), max(local), "1mo", eager=True).to_list()


@until_stored
def channels(con: duckdb.DuckDBPyConnection) -> list[str]:
    """How leads came in, the most frequent first."""
    return store.read(con, SQL / "pipeline_channels.sql")["channel"].to_list()


def read(con: duckdb.DuckDBPyConnection, chosen: Chosen, by: str, as_of: dt.datetime,
         past: Evaluation | None = None) -> Pipeline:
    """Everything the page shows. by: program, partner, channel or month. past: an evaluation as of `as_of`, where it
    is not the kept one."""
    with _scope(con, chosen, as_of, past) as ask:
        frames = {name: ask(name) for name in ("deaths", "stays", "clocks", "ages", "unknowns", "owed")}
        figures = _figures(ask("figures"), frames["clocks"])
        frames["groups"] = ask("groups", by=by, most=MOST_GROUPS)
        undecided = prospects.undecided(ask, stored_settings(con, catalogue(), FOREVER))
    frames["clocks"] = frames["clocks"].filter("is_chosen").drop("is_chosen")
    named, conditions = marks.named(frames, figures[0], by)
    return Pipeline(*figures, **named, prospects=undecided, undecided=frames["ages"]["leads"].sum(), marks=conditions)


def rows(con: duckdb.DuckDBPyConnection, chosen: Chosen, condition: dict[str, object], as_of: dt.datetime,
         number: int, size: int, past: Evaluation | None = None) -> tuple[pl.DataFrame, int]:
    """One page (from 1) of the leads behind a mark, the latest first, and how many there are.

    condition: of `Pipeline.marks`. Columns: lead, program, disposition, reason, submitted_at, channel, full_name,
    email, company, partner_name.
    """
    if "due" in condition:  # money is owed whatever month its lead came in
        chosen = Chosen(chosen.program, chosen.partner, chosen.channel)
    with _scope(con, chosen, as_of, past) as ask:
        narrowed = dict.fromkeys(marks.CONDITIONS) | condition
        found = ask("rows", **narrowed, size=size, start=(number - 1) * size)
    return found.drop("found"), found["found"][0] if found.height else 0


def _figures(rows: pl.DataFrame, clocks: pl.DataFrame) -> tuple[dict, dict | None]:
    """The row of the chosen months and that of the months before, with how our own answers came."""
    found = {}
    for row in rows.to_dicts():
        of_these = clocks.filter(clock="response_sla", is_chosen=row["is_chosen"])
        count = dict(of_these.select("standing", "leads").iter_rows())
        found[row["is_chosen"]] = row | {"in_time": count.get("met", 0), "late": count.get("late", 0)}
    nothing = {"submitted": 0, "accepted": 0, "qualified": 0, "paid": 0, "answer_days": None, "in_time": 0, "late": 0}
    return found.get(True, nothing), found.get(False)


@contextlib.contextmanager
def _scope(con: duckdb.DuckDBPyConnection, chosen: Chosen, as_of: dt.datetime,
           past: Evaluation | None) -> Iterator[Ask]:
    """A function that reads a statement by its name over the leads of the chosen months, laid aside in `scope`.

    Of a past day, what follows from the facts is taken from its own evaluation: a frame stands before a table of the
    same name.
    """
    values = _moment(con, chosen, as_of) | {
        "as_of": as_of, "known_at": as_of if past else FOREVER, "program": chosen.program, "partner": chosen.partner,
        "channel": chosen.channel,
    }
    with con.cursor() as cursor:
        cursor.begin()  # one state of the database for all reads
        if past:
            for table, frame in (("evaluations", past.leads), ("clocks", past.clocks), ("payouts_owed", past.payouts)):
                cursor.register(table, frame)

        def asked(name: str, more: dict[str, object]) -> tuple[str, dict[str, object]]:
            text = store.statement(SQL / f"pipeline_{name}.sql")
            wanted = set(re.findall(r"\$(\w+)", text))
            return text, {key: value for key, value in (values | more).items() if key in wanted}

        def ask(name: str, **more: object) -> pl.DataFrame:
            text, given = asked(name, more)
            return cursor.sql(text, params=given).pl()

        for step in ("chosen", "happened", "scope"):
            cursor.execute(*asked(step, {})).fetchall()
        yield ask
        cursor.rollback()


def _moment(con: duckdb.DuckDBPyConnection, chosen: Chosen, as_of: dt.datetime) -> dict[str, object]:
    """The months, brackets of age and days at risk of every program, as values of the statements."""
    zones = days.zones(con)
    every = months(con, as_of)
    first, last = chosen.first or every[0], chosen.last or every[-1]
    length = len(pl.date_range(first, last, "1mo", eager=True))
    around = pl.DataFrame({"month": pl.date_range(
        pl.select(calendar.add_months(pl.lit(first), -length)).item(), last, "1mo", eager=True)})
    each = pl.concat([
        around.with_columns(program=pl.lit(program), begins_at=calendar.begins_at(pl.col("month"), zone),
                            ends_at=calendar.begins_at(calendar.add_months(pl.col("month"), 1), zone))
        for program, zone in zones.items()
    ])
    # a local month meets two months in UTC, where its zone is not UTC
    met = each.with_columns(utc_month=pl.concat_list(
        pl.col("begins_at").dt.date(), pl.col("ends_at").dt.offset_by("-1us").dt.date(),
    ).list.eval(pl.element().dt.truncate("1mo")).list.unique()).explode("utc_month")
    todays = {program: days.local_day(as_of, zone) for program, zone in zones.items()}
    return {
        "programs": met["program"].to_list(), "utc_months": met["utc_month"].to_list(),
        "months": met["month"].to_list(), "begins": met["begins_at"].to_list(), "ends": met["ends_at"].to_list(),
        "is_chosen": (met["month"] >= first).to_list(), "age_programs": list(zones),
        "at_risk_until": [todays[program] + dt.timedelta(queue.SOON_DAYS) for program in zones],
        **{name: [days.instant(dt.datetime.combine(todays[program] - dt.timedelta(age), dt.time()), zone)
                  for program, zone in zones.items()] for name, age in BRACKETS.items()},
    }
