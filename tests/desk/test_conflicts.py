"""A settlement between two leads: what it judges, what its preview says, and the way back."""

import json

import duckdb
import pytest

from core import desk
from core.model import Refusal
from core.people import Forbidden
from tests.desk import world
from tests.desk.world import NOW, act, ask, disposition, undo


@pytest.fixture
def asked(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The world with P3: a registration of partner B for a colleague of the contact of P1."""
    desk.load(con, world.signed("operator"), [json.dumps(world.colleague())])
    return con


def judged(con: duckdb.DuckDBPyConnection, lead: str) -> dict[str, str]:
    return dict(ask(con, "select criterion, verdict from verdicts where lead = ? and decided_by = 'chen'"
                         " and id not in (select id from voids)", lead))


PLACES = ("not_owned_by_other", "first_submitter")


def test_where_both_stand_only_the_later_lead_is_judged_free(asked) -> None:
    done = act(asked, desk.settle_conflict, "chen", "P3", None, None, "Two projects.", other="P1")
    assert judged(asked, "P3") == dict.fromkeys(PLACES, "pass")
    assert judged(asked, "P1") == {}
    assert ask(asked, "select lead, other_lead from conflict_cases where id = ?", done.after["case"]) == [("P3", "P1")]
    assert ask(asked, "select winner from conflict_settlements") == [(None,)]


def test_a_question_that_nobody_opened_is_opened_with_its_settlement_and_both_are_taken_back_together(asked) -> None:
    before = world.kept_rows(asked)
    done = act(asked, desk.settle_conflict, "chen", "P3", None, "P1", "One project.", other="P1")
    assert disposition(asked, "P3") == "rejected"
    undo(asked, "chen", done, "P3")
    assert judged(asked, "P3") == judged(asked, "P1") == {}
    assert {table: rows for table, rows in world.kept_rows(asked).items() if table != "evaluation_runs"} == before


def test_an_open_case_between_the_same_leads_is_the_one_to_settle(asked) -> None:
    opened = act(asked, desk.open_conflict, "sara", "P1", "P3", "Who told them first?")
    with pytest.raises(Refusal, match="Settle that one"):
        act(asked, desk.settle_conflict, "chen", "P3", None, "P1", "One project.", other="P1")
    act(asked, desk.settle_conflict, "chen", "P3", opened.after["case"], "P1", "One project.")
    assert ask(asked, "select count(*) from conflict_cases") == [(1,)]


def test_a_settlement_names_a_case_or_another_partners_lead(asked) -> None:
    with pytest.raises(Refusal, match="Name the case"):
        act(asked, desk.settle_conflict, "chen", "P3", None, "P1", "One project.")
    with pytest.raises(Refusal, match="no lead of another partner"):
        act(asked, desk.settle_conflict, "chen", "P3", None, "P2", "One project.", other="P2")
    with pytest.raises(Refusal, match="not part of the case"):
        act(asked, desk.settle_conflict, "chen", "P3", None, "R1", "One project.", other="P1")
    with pytest.raises(Forbidden, match="channel or manager"):
        act(asked, desk.settle_conflict, "sara", "P3", None, "P1", "One project.", other="P1")


@pytest.mark.parametrize("winner", [None, "P1", "P3"])
def test_the_preview_of_a_settlement_is_what_then_happens(asked, winner: str | None) -> None:
    before = world.kept_rows(asked)
    told = {row["lead"]: row for row in desk.preview_settlement(asked, "P3", "P1", winner, NOW)}
    assert world.kept_rows(asked) == before
    was = {lead: one for lead, *one in ask(asked, "select lead, disposition, owner_status from evaluations")}
    act(asked, desk.settle_conflict, "chen", "P3", None, winner, "Asked both.", other="P1")
    now = {lead: one for lead, *one in ask(asked, "select lead, disposition, owner_status from evaluations")}
    assert {"P1", "P3"} <= set(told)
    assert {lead for lead in now if now[lead] != was[lead]} <= set(told)
    for lead, row in told.items():
        assert [row["disposition_before"], row["owner_status_before"]] == was[lead]
        assert [row["disposition"], row["owner_status"]] == now[lead]
    assert told["P3"]["is_explained"] == (winner == "P1")


def test_what_changed_on_the_other_lead_since_it_was_shown_is_refused_with_the_difference(con) -> None:
    act(con, desk.accept, "chen", "P1")
    opened = act(con, desk.open_conflict, "sara", "P1", "P2", "Who told them first?").after["case"]
    shown = desk.version(con, "P1"), desk.version(con, "P2")
    act(con, desk.log_activity, "sara", "P2", "call", "phone")
    assert desk.version(con, "P1") == shown[0]
    steps = ((desk.settle_conflict, (opened, "P1", "They were.")), (desk.transfer_ownership, ("P2", "They left.")),
             (desk.open_conflict, ("P2", "Again.")))
    for action, arguments in steps:
        for version, said in ((shown[1], "P2 has changed since you saw it: sara logged an activity"),
                              (None, "Say which version of P2 you saw")):
            with pytest.raises(Refusal, match=said):
                act(con, action, "chen", "P1", *arguments, other_version=version)
    act(con, desk.settle_conflict, "chen", "P1", opened, "P1", "They were.")
