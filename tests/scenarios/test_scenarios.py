"""Every hand-worked scenario, by two ways: as a document beside all others, and loaded into a database file."""

import json

import pytest

from core import results, store
from core.__main__ import moment
from core.terms import catalogue
from tests.scenarios.expectations import SCENARIOS, differences, document_of

IDS = [scenario["id"] for scenario in SCENARIOS]


@pytest.fixture(scope="module")
def side_by_side() -> dict[str, dict]:
    lines = [json.dumps(document_of(scenario)) for scenario in SCENARIOS]
    return {result["id"]: result for result in results.of_lines(lines, catalogue())}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=IDS)
def test_scenario_as_a_document(scenario: dict, side_by_side: dict[str, dict]) -> None:
    result = side_by_side[scenario["id"]]
    assert "error" not in result, result
    assert differences(scenario["expected"], result) == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=IDS)
def test_scenario_loaded_into_a_database_gives_the_same(scenario: dict, side_by_side: dict, tmp_path) -> None:
    con = store.connect(tmp_path / "leads.duckdb")
    results.load(con, [json.dumps(document_of(scenario))], catalogue())
    result = results.of_database(con, catalogue(), moment(scenario["as_of"], None))
    con.close()
    assert {**result, "id": scenario["id"]} == side_by_side[scenario["id"]]
