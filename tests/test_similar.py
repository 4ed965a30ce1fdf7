"""Similar registrations: whose, how near, what differs, and what was answered."""

import json

import duckdb
import pytest

from core import desk, similar
from core.matching.reading import look_alikes
from tests.desk.world import ask, build, colleague, signed


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """P1 and P2 for one person, P3 for a colleague of theirs."""
    found = build()
    desk.load(found, signed("operator"), [json.dumps(colleague())])
    return found


def propose(con, left: str, right: str) -> None:
    ask(con, "insert into near_matches values ('m1', 'organization', ?, ?, 'organizations', 'O1', 'organizations', 'O2',"
             " 0.9, ['alike'], false, timestamp '2025-06-20 15:00:00', null)", *sorted((left, right)))


def test_the_same_person_comes_before_a_colleague_and_others_are_left_out(con) -> None:
    rows, found = similar.similar(con, "P1")
    assert [(row["right"]["id"], row["likeness"]) for row in rows] == [("P2", "Same person"), ("P3", "Same company")]
    assert found == 2
    assert similar.similar(con, "P1", 1) == (rows[:1], 2)
    assert similar.similar(con, "L1") == similar.similar(con, "no such lead") == ([], 0)


def test_what_differs_stands_first(con) -> None:
    fields = similar.similar(con, "P1")[0][1]["fields"]
    assert [one["differs"] for one in fields] == sorted((one["differs"] for one in fields), reverse=True)
    by_name = {one["field"]: one for one in fields}
    assert by_name["name"] == {"field": "name", "left": "Mia Fabrikam", "right": "Rosa Fabrikam", "differs": True}
    assert not by_name["company"]["differs"]
    assert by_name["submitted"]["right"] == "19 Jun 2025"


def test_a_look_alike_is_one_until_somebody_answers(con) -> None:
    keys = dict(ask(con, "select id, org_key from leads where id in ('L1', 'L2')"))
    assert look_alikes(con) == []
    propose(con, keys["L1"], keys["L2"])
    rows, _ = similar.similar(con, "L1")
    assert [(row["right"]["id"], row["likeness"], row["near_match"]) for row in rows] == [
        ("L2", "Maybe the same company", "m1")]
    assert set(look_alikes(con)) == {"L1", "L2"}
    desk.settle_match(con, signed("sara"), "m1", "different")
    assert similar.similar(con, "L1") == ([], 0)
    assert look_alikes(con) == []
