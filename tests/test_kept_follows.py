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
from core.store.answers import bears_on
from core.terms import as_json, catalogue
from tests.conftest import advance
from tests.rules.test_invariance import SETTINGS, World, with_end

BEGINNING = dt.datetime(2025, 1, 10, 15)
CHANGING = ("organizations", "leads", "events", "verdicts")
"""Tables whose rows come in bit by bit; partners and contacts stand from the start."""


def from_scratch(con, as_of: dt.datetime) -> dict[str, Counter]:
    with store.transaction(con) as cursor:
        terms = catalogue()
        found = evaluate(cursor, terms, [Moment(as_of, stored_settings(con, terms, FOREVER))])
    return {table: Counter(map(repr, frame.select(columns(con, table)).rows()))
            for table, frame in kept.tables(found).items()}


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


def reported(found: dict[str, Counter], lead: str) -> list[str]:
    """What is kept of a lead, but for the instant at which it is due again."""
    return sorted(
        row.rsplit(", ", 1)[0] if table == "evaluations" else row
        for table in kept.OWNERS for row in found[table] if row.startswith(f"('{lead}'")
    )


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


@pytest.mark.parametrize("seed", range(5))
def test_every_change_leaves_what_evaluating_everything_would_give(tmp_path, seed: int) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    story = Story(con, seed, 3)
    for number in range(12):
        before = as_kept(con)
        story.step()
        assert differences(con, story.as_of) == [], f"after step {number}"
        after = as_kept(con)
        moved = {row.split("'")[1] for table in kept.OWNERS for row in (before[table] - after[table]) +
                 (after[table] - before[table])}
        told = set(story.report["lead"])
        assert told <= moved
        assert {one for one in moved - told if reported(before, one) != reported(after, one)} == set()
    con.close()


@pytest.mark.parametrize("together", [False, True])
def test_after_every_change_leads_are_explained_as_they_are_then(tmp_path, together: bool) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    story = Story(con, 11, 2)
    kept_in_mind = 0
    for number in range(10):
        with con.cursor() as cursor:
            leads = [lead for (lead,) in cursor.execute("select lead from evaluations order by hash(lead) limit 8").fetchall()]
        if together:
            kept.explain_ahead(con, [*leads, "nobody"], story.as_of)
        first = {lead: kept.explain(con, lead, story.as_of) for lead in leads}
        story.step()
        with store.transaction(con) as cursor:
            bears_on(cursor, ())
            settings = stored_settings(con, catalogue(), FOREVER)
            whole = evaluate(cursor, catalogue(), [Moment(story.as_of, settings)], explained=True).findings
        for lead in set(leads) & set(whole["lead"]):
            found = kept.explain(con, lead, story.as_of)
            told, plain = (frame.filter(lead=lead).sort("criterion") for frame in (found.findings, whole))
            assert told.equals(plain), (number, lead)
            kept_in_mind += found is first[lead]
    assert kept_in_mind
    con.close()


def test_a_change_is_seen_before_it_is_committed_and_leaves_nothing_when_it_fails(tmp_path) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    sample.write(con, 60, 2, dt.date(2026, 3, 1))
    as_of = dt.datetime(2026, 3, 2, 12)
    kept.refresh(con, as_of)
    before = as_kept(con)
    lead = con.execute("select lead from evaluations where program = 'raf' and disposition = 'pending' limit 1")
    lead = lead.fetchall()[0][0]

    def withdraw(cursor) -> pl.DataFrame:
        event = {"id": "W1", "type": "withdrawn", "happened_at": as_of, "recorded_at": as_of, "lead": lead}
        store.append(cursor, "events", pl.DataFrame([event]))
        return kept.update(cursor, kept.touched_by(cursor, {"events": ["W1"]}), as_of)

    with pytest.raises(ZeroDivisionError), store.transaction(con) as cursor:
        found = withdraw(cursor)
        assert found.filter(lead=lead).rows() == [(lead, "pending", "rejected")]
        assert cursor.execute("select reason from evaluations where lead = ?", [lead]).fetchall() == [("withdrawn",)]
        1 / 0  # noqa: B018
    assert as_kept(con) == before
    with store.transaction(con) as cursor:
        first, again = withdraw(cursor), kept.update(cursor, [lead], as_of)
    assert lead in first["lead"] and again.is_empty()
    assert differences(con, as_of) == []
    con.close()


def test_a_row_that_lies_ahead_counts_from_its_instant_on(tmp_path) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    sample.write(con, 60, 2, dt.date(2026, 3, 1))
    as_of = dt.datetime(2026, 3, 2, 12)
    kept.refresh(con, as_of)
    lead = con.execute("select min(lead) from evaluations where program = 'raf' and disposition = 'pending'")
    lead = lead.fetchall()[0][0]
    at = as_of + dt.timedelta(minutes=90)
    event = {"id": "W1", "type": "withdrawn", "happened_at": at, "recorded_at": as_of, "lead": lead}
    with store.transaction(con) as cursor:
        store.append(cursor, "events", pl.DataFrame([event]))
        assert kept.update(cursor, kept.touched_by(cursor, {"events": ["W1"]}), as_of).is_empty()

    def disposition() -> str:
        return con.execute("select disposition from evaluations where lead = ?", [lead]).fetchall()[0][0]

    assert not kept.is_due(con, at - dt.timedelta(seconds=1))
    assert kept.is_due(con, at)
    assert advance(con, at - dt.timedelta(seconds=1)) == 0 and disposition() == "pending"
    assert advance(con, at) >= 1 and disposition() == "rejected"
    assert advance(con, as_of) == 0 and kept.kept_as_of(con) == at
    con.close()


def test_a_day_begins_when_it_begins_in_the_zone_of_a_program(tmp_path) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    sample.write(con, 20, 2, dt.date(2026, 3, 1))
    setting = {"name": "timezone", "effective_on": dt.date(2000, 1, 1), "recorded_at": BEGINNING,
               "value": '"America/Los_Angeles"', "source": "test"}
    store.append(con, "settings", pl.DataFrame([setting]))
    kept.refresh(con, dt.datetime(2026, 3, 2, 1))
    assert kept.turns_at(con) <= dt.datetime(2026, 3, 2, 8)  # midnight in Los Angeles
    advance(con, dt.datetime(2026, 3, 2, 8))
    assert kept.turns_at(con) <= dt.datetime(2026, 3, 3)  # midnight of UTC
    con.close()


def test_what_other_rules_have_kept_is_due(tmp_path) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    as_of = dt.datetime(2026, 3, 2, 12)
    assert not kept.is_due(con, as_of)
    sample.write(con, 20, 2, dt.date(2026, 3, 1))
    assert kept.is_due(con, as_of)
    kept.refresh(con, as_of)
    assert not kept.is_due(con, as_of)
    con.execute("update evaluation_runs set made_by = 'others'").fetchall()
    assert kept.is_due(con, as_of)
    assert advance(con, as_of) == 20
    assert not kept.is_due(con, as_of)
    con.close()


def test_a_day_that_comes_leaves_what_evaluating_everything_would_give(tmp_path) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    sample.write(con, 400, 3, dt.date(2026, 3, 1))
    as_of, end = dt.datetime(2025, 11, 20, 10), dt.datetime(2026, 4, 20)
    leads = kept.refresh(con, as_of)
    evaluated = days = 0
    chance = random.Random(5)
    while as_of < end:
        as_of += dt.timedelta(days=chance.choice((1, 1, 2, 5, 9)), hours=chance.choice((0, 0, 7)))
        evaluated += advance(con, as_of)
        days += 1
        assert kept.kept_as_of(con) == as_of
        assert differences(con, as_of) == []
    assert 0 < evaluated < days * leads / 4
    con.close()
