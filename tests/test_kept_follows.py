"""What is kept follows every change and every moment: always what evaluating everything from scratch would give."""

import datetime as dt
import random
from collections import Counter

import polars as pl
import pytest

from core import kept, sample, store
from core.evaluation import FOREVER, Moment, evaluate
from core.intake import document, rows
from core.results import stored_settings
from core.terms import as_json, catalogue
from tests.rules.test_invariance import SETTINGS, World, with_end

BEGINNING = dt.datetime(2025, 1, 10, 15)
CHANGING = ("organizations", "leads", "events", "verdicts")
"""Tables whose rows come in bit by bit; partners and contacts stand from the start."""


def from_scratch(con, as_of: dt.datetime) -> dict[str, Counter]:
    with store.transaction(con) as cursor:
        terms = catalogue()
        found = evaluate(cursor, terms, [Moment(as_of, stored_settings(con, terms, FOREVER))])
    return {table: Counter(map(repr, frame.select(columns(con, table)).rows()))
            for table, frame in kept._tables(found).items()}


def columns(con, table: str) -> list[str]:
    with con.cursor() as cursor:
        return [row[0] for row in cursor.execute(f"describe {table}").fetchall()]


def as_kept(con) -> dict[str, Counter]:
    with con.cursor() as cursor:
        return {table: Counter(map(repr, cursor.sql(f"select * from {table}").pl().rows())) for table in kept.OWNERS}


def differences(con, as_of: dt.datetime) -> list[str]:
    """Rows that are kept and should not be, or should be and are not."""
    stands, should = as_kept(con), from_scratch(con, as_of)
    return [f"{table} {sign} {row}" for table in kept.OWNERS
            for sign, more in (("+", stands[table] - should[table]), ("-", should[table] - stands[table]))
            for row in more]


class Story:
    """Several random worlds in one database, told bit by bit, each bit followed by what is kept."""

    def __init__(self, con, seed: int, worlds: int):
        self.con, self.random, self.as_of = con, random.Random(seed), BEGINNING
        documents = [World(seed * 100 + number).document(with_settings=False) for number in range(worlds)]
        documents[0] = with_end(documents[0], seed)
        read = [document.read_document(one, catalogue()).rows for one in documents]
        together = {table: [row for one in read for row in one.get(table, [])] for table in rows.SCHEMAS}
        self.rows = rows.identify(rows.frames(together))
        self.waiting = [(table, row["id"]) for table in CHANGING for row in self.rows[table].select("id").to_dicts()]
        self.random.shuffle(self.waiting)
        with store.transaction(con) as cursor:
            for table in ("partners", "contacts"):
                store.append(cursor, table, self.rows[table])
            self.tell(cursor, len(self.waiting) // 3)
        kept.refresh(con, self.as_of)

    def tell(self, cursor, count: int) -> dict[str, list[str]]:
        """The next rows that wait, stored; events that name a lead wait for nobody."""
        told, self.waiting = self.waiting[:count], self.waiting[count:]
        chosen: dict[str, list[str]] = {}
        for table, one in told:
            chosen.setdefault(table, []).append(one)
        for table in CHANGING:
            if table in chosen:
                store.append(cursor, table, self.rows[table].filter(pl.col("id").is_in(chosen[table])))
        for table in ("organization_owners", "organization_products"):
            owned = self.rows[table].filter(pl.col("organization").is_in(chosen.get("organizations", [])))
            store.append(cursor, table, owned)
        return chosen

    def step(self) -> None:
        """One change in one transaction, at a moment that is the last one or a later one."""
        self.as_of += dt.timedelta(days=self.random.choice((0, 0, 0, 1, 9)), hours=self.random.choice((0, 5)))
        with store.transaction(self.con) as cursor:
            what = self.random.random()
            if what < 0.75 and self.waiting:
                told = self.tell(cursor, self.random.choice((1, 1, 2, 5, 20)))
                touched = kept.touched_by(cursor, told)
            elif what < 0.9:
                touched = self.take_back(cursor)
            else:
                touched = self.set(cursor)
            self.report = kept.update(cursor, touched, self.as_of)

    def take_back(self, cursor) -> set[str]:
        table = self.random.choice(CHANGING)
        stored = [row[0] for row in cursor.execute(f"select id from {table} order by id").fetchall()]
        gone = self.random.sample(stored, min(2, len(stored)))
        touched = kept.touched_by(cursor, {table: gone})
        cursor.execute(f"delete from {table} where id in (select unnest($gone))", {"gone": gone}).fetchall()
        return touched

    def set(self, cursor) -> set[str]:
        day = (self.as_of + dt.timedelta(self.random.choice((-30, 1, 20)))).date()
        values = {name: value for name, value in self.random.choice(SETTINGS).items() if name != "rule_versions"}
        touched: set[str] = set()
        for entry in catalogue().entries(values, day, "test"):
            store.append(cursor, "settings", pl.DataFrame(
                [{"name": entry.name, "effective_on": day, "recorded_at": self.as_of, "value": as_json(entry.value),
                  "source": "test"}], schema_overrides={"value": pl.String}))
            touched |= kept.touched_by_setting(cursor, entry.name, day)
        return touched


@pytest.mark.parametrize("seed", range(8))
def test_every_change_leaves_what_evaluating_everything_would_give(tmp_path, seed: int) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    story = Story(con, seed, 3)
    for number in range(20):
        before = as_kept(con)
        story.step()
        assert differences(con, story.as_of) == [], f"after step {number}"
        told = set(story.report["lead"])
        moved = {table: set((before[table] - after) + (after - before[table]))
                 for table, after in as_kept(con).items()}
        assert told >= {row.split("'")[1] for table in ("clocks", "duties", "payouts_owed") for row in moved[table]}
        assert story.report.filter(pl.col("disposition_before") == pl.col("disposition")).height <= len(told)
    con.close()


def test_a_day_that_comes_leaves_what_evaluating_everything_would_give(tmp_path) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    sample.write(con, 400, 3, dt.date(2026, 3, 1))
    as_of, end = dt.datetime(2025, 11, 20, 10), dt.datetime(2026, 4, 20)
    leads = kept.refresh(con, as_of)
    evaluated = days = 0
    chance = random.Random(5)
    while as_of < end:
        as_of += dt.timedelta(days=chance.choice((1, 1, 1, 2, 9)), hours=chance.choice((0, 0, 7)))
        evaluated += kept.advance(con, as_of)
        days += 1
        assert kept.kept_as_of(con) == as_of
        assert differences(con, as_of) == []
    assert 0 < evaluated < days * leads / 4
    con.close()
