"""The evaluation that pages read: what is kept, which day stands for a lead, and who is connected to whom."""

import datetime as dt
import json
import random
from collections import Counter

import duckdb
import polars as pl
import pytest

from core import kept, results, store
from core.evaluation import Moment, evaluate
from core.facts import part
from core.kept import explaining, whole
from core.terms import catalogue
from tests.conftest import copied
from tests.scenarios.expectations import SCENARIOS, document_of


@pytest.fixture
def con(tmp_path):
    connection = store.connect(tmp_path / "leads.duckdb")
    yield connection
    connection.close()


def given(con, scenario: str, as_of: str, **changes: object) -> dict:
    """The kept row of each lead of a scenario at another moment."""
    document = document_of(next(one for one in SCENARIOS if one["id"] == scenario)) | changes
    results.load(con, [json.dumps(document)], catalogue())
    kept.refresh(con, dt.datetime.fromisoformat(as_of))
    with con.cursor() as cursor:
        rows = cursor.execute("select lead, due_on, due_clock, changes_on, disposition from evaluations").fetchall()
    return {row[0]: row[1:] for row in rows}


def test_nothing_is_kept_before_the_first_evaluation_and_none_is_no_error(con) -> None:
    assert kept.kept_as_of(con) is None
    assert kept.refresh(con, dt.datetime(2025, 3, 1)) == 0
    assert kept.kept_as_of(con) == dt.datetime(2025, 3, 1)


def test_the_answer_that_is_owed_first_is_the_day_of_a_fresh_registration(con) -> None:
    due_on, clock, changes_on, disposition = given(con, "PT-035", "2025-03-04T15:00:00")["P1"]
    assert (due_on, clock, disposition) == (dt.date(2025, 3, 5), "response_sla", "pending")
    assert changes_on is None


def test_an_answer_that_came_late_is_no_longer_waited_for(con) -> None:
    document = document_of(next(one for one in SCENARIOS if one["id"] == "PT-092"))
    late = [event | {"at": "2025-03-20T16:00:00Z"} for event in document["events"]]
    due_on, clock, _, _ = given(con, "PT-092", "2025-04-01T12:00:00", events=late)["P1"]
    assert (due_on, clock) == (dt.date(2026, 3, 20), "ownership")


def test_the_clock_that_ends_first_stands_for_a_referral(con) -> None:
    due_on, clock, changes_on, _ = given(con, "RF-102", "2025-03-25T15:00:00")["R1"]
    assert (due_on, clock, changes_on) == (dt.date(2025, 4, 19), "reply_30d", dt.date(2025, 4, 20))


def test_a_refresh_replaces_what_was_kept(con) -> None:
    assert given(con, "RF-024", "2025-03-08T12:00:00")["R1"][3] == "pending"
    kept.refresh(con, dt.datetime(2025, 3, 9))
    with con.cursor() as cursor:
        assert cursor.execute("select disposition from evaluations").fetchall() == [("expired",)]
        assert cursor.execute("select count(*) from clauses").fetchall()[0][0] > 90


@pytest.mark.parametrize(("table", "scenario", "as_of"), [
    ("evaluations", "PT-054", "2025-06-20T15:00:00"), ("clocks", "RF-102", "2025-03-25T15:00:00"),
])
def test_what_must_stand_once_is_refused_twice_also_after_everything_was_kept_anew(con, table, scenario, as_of) -> None:
    given(con, scenario, as_of)
    kept.refresh(con, dt.datetime(2025, 7, 1))
    with pytest.raises(duckdb.ConstraintException), store.transaction(con) as cursor:
        cursor.execute(f"insert into {table} select * from {table} limit 1").fetchall()


def test_leads_are_connected_by_person_and_organization_and_explained_like_the_whole(con) -> None:
    given(con, "PT-054", "2025-06-20T15:00:00")
    assert kept.connected(con, "P2") == ["P1", "P2"]
    alone = kept.explain(con, "P2", dt.datetime(2025, 6, 20, 15))
    assert set(alone.leads["lead"]) == {"P1", "P2"}
    finding = alone.findings.filter(lead="P2", criterion="not_owned_by_other").to_dicts()[0]
    assert "Lead P1 of A, accepted on 4 March 2025, is for another contact" in finding["because"]
    assert finding["evidence"] == ["P1"]


def test_what_is_explained_again_is_what_the_whole_says_then(sample_con) -> None:
    with sample_con.cursor() as cursor:
        found = cursor.execute("select lead from evaluations order by hash(lead) limit 12").fetchall()
    leads = [lead for (lead,) in found]
    day = kept.kept_as_of(sample_con).replace(hour=0)
    for as_of in (day.replace(hour=9), day.replace(hour=20), day - dt.timedelta(40), day.replace(hour=20)):
        whole = evaluate(sample_con, catalogue(), [Moment(as_of)], explained=True).findings
        for lead in leads:
            names = ["criterion", "clause", "verdict", "because", "evidence", "changes_on"]
            told, plain = (found.filter(lead=lead).select(names).sort("criterion")
                           for found in (kept.explain(sample_con, lead, as_of).findings, whole))
            assert told.equals(plain), (lead, as_of)


def test_leads_that_are_explained_together_are_explained_as_each_alone(sample_con, monkeypatch) -> None:
    as_of = kept.kept_as_of(sample_con)
    with sample_con.cursor() as one_by_one, sample_con.cursor() as together:
        found = one_by_one.execute("select lead from evaluations order by hash(lead) limit 25").fetchall()
        leads = [lead for (lead,) in found]
        alone = {lead: kept.explain(one_by_one, lead, as_of) for lead in leads}
        kept.explain_ahead(together, leads, as_of)
        monkeypatch.setattr(explaining, "evaluate_laid_out", None)  # nothing is left to find out
        for lead in leads:
            known = kept.explain(together, lead, as_of)
            assert set(known.leads["lead"]) == set(alone[lead].leads["lead"]) >= {lead}
            assert (known.findings.filter(lead=lead).sort("criterion")
                    .equals(alone[lead].findings.filter(lead=lead).sort("criterion")))
            for name in ("leads", "conflicts", "clocks", "duties", "payouts"):
                once, again = (Counter(map(repr, getattr(each, name).select(pl.exclude("no")).rows()))
                               for each in (known, alone[lead]))
                assert once == again, (lead, name)
    assert max(one.leads.height for one in alone.values()) > 1


TABLES = {"person": "contacts", "organization": "organizations"}
PROGRAMS = [["cerri", "raf", "ptr"], ["raf", "ptr"], ["ptr"]]
"""Whose leads look like each other."""


@pytest.mark.parametrize("seed", range(3))
def test_leads_behind_crowds_are_explained_alone_as_the_whole_explains_them(sample_file, tmp_path, seed: int) -> None:
    con = store.connect(copied(sample_file, tmp_path))
    as_of = kept.kept_as_of(con)
    with store.transaction(con) as cursor:
        chance, concerned = random.Random(seed), set()
        leads = [lead for (lead,) in cursor.execute("select id from leads order by id").fetchall()]
        for flag in ("person_key_crowded", "org_key_crowded", "email_org_key_crowded"):
            some = chance.sample(leads, len(leads) // 3)
            cursor.execute(f"update leads set {flag} = true where id in (select unnest(?))", [some]).fetchall()
        unknown = chance.sample(leads, len(leads) // 3)
        cursor.execute("update leads set email_org_key_crowded = null where id in (select unnest(?))", [unknown]).fetchall()
        for lead, other in zip(chance.sample(unknown, 40), chance.sample(leads, 40), strict=True):
            cursor.execute("update leads set email_org_key = (select org_key from leads where id = ?) where id = ?",
                           [other, lead]).fetchall()
            concerned |= {lead, other}
        for kind, key, record in (("person", "person_key", "contact"), ("organization", "org_key", "org")):
            known = cursor.execute(
                f"select {key}, min({record}) from leads where {key} is not null and {record} is not null "
                f"and program in (select unnest(?)) group by {key} order by {key}", [PROGRAMS[seed]]).fetchall()
            pairs = {tuple(sorted(chance.sample(known, 2))) for _ in range(40)}
            for number, ((left, one), (right, other)) in enumerate(sorted(pairs)):
                store.insert(cursor, "near_matches", {
                    "id": f"{kind}-{number}", "kind": kind, "left_key": left, "right_key": right, "score": 0.9,
                    "left_table": TABLES[kind], "left_record": one, "right_table": TABLES[kind], "right_record": other,
                    "reasons": ["alike"], "is_lookalike": number % 2 == 0, "recorded_at": as_of - dt.timedelta(400)})
                concerned |= {lead for (lead,) in cursor.execute(
                    f"select id from leads where {key} in (?, ?)", [left, right]).fetchall()}
    with store.transaction(con) as cursor:
        whole = evaluate(cursor, catalogue(), [Moment(as_of)], explained=True)
    for lead in chance.sample(sorted(concerned & set(whole.leads["lead"])), 40):
        alone = kept.explain(con, lead, as_of)
        for name in ("leads", "findings", "clocks", "duties", "payouts"):
            told, plain = (Counter(map(repr, getattr(found, name).filter(lead=lead).select(pl.exclude("no")).rows()))
                           for found in (alone, whole))
            assert told == plain, (lead, name)
        assert set(kept.connected(con, lead)) == set(alone.leads["lead"])
        for other in alone.leads["lead"].head(3):
            assert set(kept.connected(con, other)) == set(alone.leads["lead"]), (lead, other)
    con.close()


def test_what_does_not_fit_into_memory_is_evaluated_once_more_with_room_and_no_longer(con, monkeypatch) -> None:
    def limit() -> str:
        return con.execute("select current_setting('memory_limit')").fetchall()[0][0]

    tried = []

    def evaluated(*given: object) -> object:
        tried.append(limit())
        if len(tried) == 1:
            raise duckdb.OutOfMemoryException("Out of Memory Error")
        return evaluate(*given)

    monkeypatch.setattr(whole, "evaluate", evaluated)
    assert given(con, "PT-054", "2025-06-20T15:00:00")["P1"][3] == "qualified"
    assert tried == ["381.4 MiB", "1.4 GiB"] and limit() == "381.4 MiB"


def test_keys_that_are_looked_up_in_lots_bring_the_rows_that_looking_through_the_tables_brings(
        sample_con, monkeypatch) -> None:
    def found() -> dict:
        with sample_con.cursor() as cursor:
            rows = part.rows_of(cursor, leads)
            return {table: sorted(map(repr, frame.unique("id").rows())) for table, frame in rows.items() if "id" in frame}

    with sample_con.cursor() as cursor:
        leads = [row[0] for row in cursor.execute("select id from leads order by id limit 200").fetchall()]
    whole = found()
    monkeypatch.setattr(part, "LOOK_UP", 0)
    monkeypatch.setattr(store, "FEW", 7)
    assert found() == whole
    assert len(whole["events"]) > 200
