"""Steps on one lead that no other test takes by themselves: each is one entry, refused where stale, and taken back."""

import json
from collections.abc import Callable

import pytest

from core import desk
from core.desk import Signed, Stale
from core.model import Refusal
from core.people import Forbidden
from tests.desk.world import NOW, act, ask, computed_rows, kept_rows, same, signed, undo


def claimed(con) -> tuple:
    act(con, desk.claim, "sara", "L2")
    return ()


def asked(con) -> tuple:
    return act(con, desk.request_action, "sara", "P1", ["interest"], "which tools?").after["request"], "those two"


STEPS = {
    "record_search": ("L2", "finn", lambda con: ("the CRM, for the domain",), "events"),
    "record_opportunity": ("R1", "mona", lambda con: (True, NOW.date()), "events"),
    "release": ("L2", "ada", claimed, "assignments"),
    "answer_request": ("P1", "finn", asked, "action_answers"),
}
"""By action: a lead, who may not, what makes it ready and gives its arguments, and the table it writes to."""


def is_computed(con) -> bool:
    return same(kept_rows(con), computed_rows(con, ask(con, "select max(recorded_at) from journal")[0][0]))


@pytest.mark.parametrize(("name", "lead", "forbidden", "ready", "table"), [(name, *step) for name, step in STEPS.items()])
def test_a_step_is_one_entry_that_is_refused_where_stale_or_forbidden_and_taken_back(
    con, name: str, lead: str, forbidden: str, ready: Callable, table: str
) -> None:
    action, arguments, before, seen = getattr(desk, name), ready(con), kept_rows(con), desk.version(con, lead)
    entries = ask(con, "select count(*) from journal")[0][0]
    with pytest.raises(Forbidden):
        action(con, Signed(forbidden, f"{name} forbidden", NOW, seen), lead, *arguments)
    with pytest.raises(Stale):
        action(con, Signed("sara", f"{name} stale", NOW, seen - 1), lead, *arguments)
    done = action(con, Signed("sara", name, NOW, seen), lead, *arguments)
    assert action(con, Signed("sara", name, NOW, seen), lead, *arguments).is_repeated
    assert ask(con, "select action from journal where number > ? order by number", entries) == [("refused",), (name,)]
    [(rows,)] = ask(con, "select rows from journal where number = ?", done.number)
    assert [row[0] for row in json.loads(rows)] == [table] and done.version(lead) == seen + 1
    assert is_computed(con)
    with pytest.raises(Stale):
        desk.undo(con, Signed("sara", f"{name} back", NOW, seen), done.number, "a mistake")
    undo(con, "sara", done, lead)
    assert same(kept_rows(con), before) and is_computed(con) and desk.first_fault(con) is None


def test_what_each_of_them_is_for_holds_until_it_is_taken_back(con) -> None:
    claimed(con)
    laid_down = act(con, desk.release, "mona", "L2")
    assert desk.worker(con, "L2") is None
    undo(con, "mona", laid_down, "L2")
    assert desk.worker(con, "L2") == "sara"
    arguments = asked(con)
    answered = act(con, desk.answer_request, "sara", "P1", *arguments)
    assert desk.open_requests(con, "P1") == []
    with pytest.raises(Refusal):
        act(con, desk.answer_request, "sara", "P1", *arguments)
    undo(con, "sara", answered, "P1")
    assert [one["id"] for one in desk.open_requests(con, "P1")] == [arguments[0]]
    searched = act(con, desk.record_search, "sara", "L2", "the CRM")
    assert ask(con, "select type, reason from events where id = ?", searched.after["event"]) == [("history_searched", "the CRM")]
    made = desk.record_opportunity(con, signed("sara", con, "R1"), "R1", True, NOW.date())
    assert ask(con, "select is_new, opened_on from events where id = ?", made.after["event"]) == [(True, NOW.date())]
