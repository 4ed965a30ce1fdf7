"""Views of the queue: who sees which, what stands once, who may delete one, and what the journal holds of them."""

import datetime as dt

import duckdb
import pytest

from core import desk, people, work
from core.model import Refusal
from core.people import Forbidden
from core.queue import Filters
from tests.desk.world import NOW, ask, build, signed

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """The world, with somebody of one program alone."""
    found = build()
    desk.add_person(found, signed("operator"), "sam", "Sam")
    desk.grant(found, signed("operator"), "sam", "sales", "raf")
    desk.grant(found, signed("operator"), "sam", "admin")
    return found


def save(con, person: str, name: str, chosen: Filters | None = None, is_shared: bool = False) -> str:
    return desk.save_view(con, signed(person), name, chosen or Filters(None, queue="new"), is_shared).after["view"]


def seen(con, person: str) -> list[str]:
    return [row["name"] for row in work.views(con, people.person(con, person, LATER))]


def test_a_view_is_its_persons_alone_until_it_is_shared_with_its_program(con) -> None:
    save(con, "sara", "Mine alone")
    save(con, "sara", "For referrals", Filters(None, program="raf", queue="new"), is_shared=True)
    save(con, "sara", "For partners", Filters(None, program="ptr", queue="new"), is_shared=True)
    assert seen(con, "sara") == ["For partners", "For referrals", "Mine alone"]
    assert seen(con, "sven") == ["For partners", "For referrals"]
    assert seen(con, "sam") == ["For referrals"]


def test_everything_that_is_chosen_comes_back_but_not_the_search(con) -> None:
    chosen = Filters("rejected", "seven", "ptr", "A", "Mia Northwind", "decided", "sara", "newest")
    save(con, "sara", "  All   of it ", chosen)
    row = work.views(con, people.person(con, "sara", LATER))[0]
    assert row["name"] == "All of it"
    assert [row[name] for name in ("disposition", "due", "program", "partner", "queue", "sorted_by")] == [
        "rejected", "seven", "ptr", "A", "decided", "newest"]
    assert "Mia" not in str(ask(con, "select * from saved_views"))


def test_the_same_name_again_replaces_ones_own_and_nobody_elses(con) -> None:
    save(con, "sara", "First look", is_shared=True)
    save(con, "sven", "First look", is_shared=True)
    save(con, "sara", "FIRST look", Filters(None, queue="mine"), is_shared=True)
    rows = work.views(con, people.person(con, "sara", LATER))
    assert [(row["person"], row["name"], row["queue"]) for row in rows] == [
        ("sara", "FIRST look", "mine"), ("sven", "First look", "new")]


def test_a_view_is_deleted_by_its_person_or_a_manager_where_it_is_shared_and_by_nobody_else(con) -> None:
    own, shared = save(con, "sara", "Mine"), save(con, "sara", "Ours", is_shared=True)
    for person, view in (("sven", own), ("sven", shared), ("mona", own)):
        with pytest.raises(Forbidden, match="The view is sara's"):
            desk.forget_view(con, signed(person), view)
    desk.forget_view(con, signed("mona"), shared)
    desk.forget_view(con, signed("sara"), own)
    assert seen(con, "sara") == []
    with pytest.raises(Refusal, match="gone already"):
        desk.forget_view(con, signed("sara"), own)


def test_who_holds_a_role_in_one_program_shares_there_and_nowhere_else(con) -> None:
    save(con, "sam", "Everything, for me")
    save(con, "sam", "Ours", Filters(None, program="raf", queue="open"), is_shared=True)
    for program in (None, "ptr"):
        with pytest.raises(Forbidden):
            save(con, "sam", "Theirs", Filters(None, program=program), is_shared=True)
    assert seen(con, "sam") == ["Everything, for me", "Ours"]


@pytest.mark.parametrize(("name", "chosen", "said"), [
    (" ", Filters(None), "1 to 60 letters"), ("x" * 61, Filters(None), "1 to 60 letters"),
    ("x", Filters(None, queue="nowhere"), "no queue"), ("x", Filters(None, due="never"), "no due"),
    ("x", Filters(None, sorted_by="colour"), "no sorted by"), ("x", Filters(None, program="none"), "no program"),
    ("x", Filters(None, partner="Z"), "no partner Z"),
])
def test_what_the_queue_does_not_know_is_refused_in_words(con, name: str, chosen: Filters, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        save(con, "sara", name, chosen)
    assert ask(con, "select count(*) from saved_views") == [(0,)]


def test_the_journal_verifies_and_holds_no_name_of_a_view(con) -> None:
    view = save(con, "sara", "Everything of Mia")
    assert desk.first_fault(con) is None
    assert "Mia" not in str(ask(con, "select * from journal"))
    desk.forget_view(con, signed("sara"), view)
    assert desk.first_fault(con) is None
    with pytest.raises(duckdb.Error):
        ask(con, "update saved_views set person = 'other'")
    ask(con, "update saved_views set name = 'other'")  # an erasure may, and answers for it
    assert "is not what it was" in desk.first_fault(con)


def test_who_is_not_known_saves_nothing_and_that_stands_in_the_journal(con) -> None:
    with pytest.raises(Forbidden, match="no person ghost"):
        save(con, "ghost", "Mine")
    assert ask(con, "select person, action, after from journal order by number desc limit 1") == [
        ("nobody", "refused", '{"action": "save_view"}')]
