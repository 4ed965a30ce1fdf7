"""The page of look-alikes, from the shell on: a question with both sides, its answers, and the way back."""


import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core import desk, queue, store
from core.matching import reading
from pages.parts import lookalikes
from tests.conftest import now
from tests.pages.test_pages import drawn, words_of


def press(at: AppTest, key: str) -> AppTest:
    """The page after one button."""
    at.button(key=key).click().run()
    assert not at.exception
    return at


def test_a_question_shows_both_records_with_score_reasons_and_leads(con: duckdb.DuckDBPyConnection) -> None:
    first = reading.open_matches(con)[0]
    at = drawn("matches")
    said = words_of(at)
    for row in first["fields"]:
        if row["field"] not in ("id", "recorded_at"):
            assert all(str(row[side]) in said for side in ("left", "right") if row[side] is not None)
    assert f"{int(first['score'] * 100)} % alike" in said
    assert ", ".join(first["reasons"]) in said
    links = [one.proto.label for one in at.get("page_link")]
    assert [f"Open {lead}" for lead in first["leads"][:6]] == links


@pytest.mark.parametrize("answer", ["same", "different"])
def test_an_answer_is_stored_with_its_note_and_taken_back(con: duckdb.DuckDBPyConnection, answer: str) -> None:
    before = reading.open_matches(con)
    first = before[0]["id"]
    at = drawn("matches")
    at.text_input(key=f"note-{first}-0").input("seen on their site")
    press(at, f"answer-{answer}")
    given = reading.answered(con)
    assert [(one["id"], one["answer"], one["note"], one["answers"]) for one in given] == [
        (first, answer, "seen on their site", 1)]
    assert "seen on their site" in words_of(at)
    press(at, "undo-last")
    assert reading.answered(con) == []
    assert {one["id"] for one in reading.open_matches(con)} == {one["id"] for one in before}
    press(at, f"answer-{answer}")  # the same answer again is a new one
    assert reading.answered(con)[0]["answers"] == 3


def test_an_answer_that_somebody_gave_meanwhile_is_not_written_over(con: duckdb.DuckDBPyConnection) -> None:
    first = reading.open_matches(con)[0]["id"]
    at = drawn("matches")
    desk.settle_match(con, desk.Signed("mona", "another window", now()), first, "different")
    press(at, "answer-same")
    assert "answered since you saw it: mona answered different" in words_of(at)
    assert reading.answered(con)[0]["answer"] == "different"


def test_the_address_chooses_the_question_and_next_goes_on(con: duckdb.DuckDBPyConnection) -> None:
    questions = reading.open_matches(con)
    last = questions[-1]
    at = drawn("matches", match=last["id"])
    assert f"{len(questions)} of {len(questions)}" in words_of(at)
    press(at, "go-1")
    assert f"1 of {len(questions)}" in words_of(at)
    press(at, "answer-different")
    assert at.query_params["match"] == questions[1]["id"]
    assert "answered already" not in words_of(at)


def test_when_all_are_answered_the_page_says_what_next(con: duckdb.DuckDBPyConnection) -> None:
    for number, one in enumerate(reading.open_matches(con)):
        desk.settle_match(con, desk.Signed("sara", f"all/{number}", now()), one["id"], "different")
    at = drawn("matches")
    assert "No look-alike is open." in words_of(at)
    assert any(one.label == "Queue" for one in at.button)


def test_finance_does_not_answer_look_alikes(con: duckdb.DuckDBPyConnection) -> None:
    at = drawn("matches")
    at.selectbox(key="acting").select("finn").run()
    assert not at.exception
    assert "holds no such role" in words_of(at)
    assert not any(one.label == "Same" for one in at.button)


def test_evidence_that_is_a_look_alike_is_known_by_names_and_score(con: duckdb.DuckDBPyConnection) -> None:
    first = reading.open_matches(con)[0]
    row = store.read(con, queue.SQL / "evidence_alike.sql", ids=[first["id"]]).row(0, named=True)
    names = {one[side] for one in first["fields"] if one["field"] == "name" for side in ("left", "right")} - {None}
    assert row["kind"] == "near_match"
    assert all(name in row["name"] for name in names)
    assert lookalikes.alike(row["score"]) == f"{int(first['score'] * 100)} % alike"
