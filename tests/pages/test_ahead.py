"""Reading ahead: while nobody waits, the newest of what was named, and whatever goes wrong stays unsaid."""

import threading
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from core import kept, queue, review
from core.kept import explaining
from pages.parts import ahead
from tests.pages.test_pages import drawn


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(ahead, "PAUSE", 0)
    ahead.begin()
    yield
    ahead.end()


class Named:
    """A read that can be waited for."""

    def __init__(self) -> None:
        self.is_read = threading.Event()

    def __call__(self) -> None:
        self.is_read.set()


def test_what_is_named_is_read_in_its_order(server) -> None:
    order, last = [], Named()
    ahead.read(lambda: order.append("first"), lambda: order.append("second"), last)
    assert last.is_read.wait(10)
    assert order == ["first", "second"]


def test_nothing_is_read_while_a_page_is_answered(server) -> None:
    one = Named()
    with ahead.answering():
        ahead.read(one)
        assert not one.is_read.wait(0.2)
    assert one.is_read.wait(10)


def test_nothing_is_read_until_nobody_has_asked_for_a_while(server, monkeypatch) -> None:
    monkeypatch.setattr(ahead, "PAUSE", 0.5)
    one = Named()
    with ahead.answering():
        ahead.read(one)
    assert not one.is_read.wait(0.2)
    assert one.is_read.wait(10)


def test_the_newest_takes_the_place_of_what_was_named_before(server) -> None:
    older, newer = Named(), Named()
    with ahead.answering():
        ahead.read(older)
        ahead.read(newer)
    assert newer.is_read.wait(10)
    assert not older.is_read.is_set()


def test_what_cannot_be_read_keeps_nothing_else_from_being_read(server) -> None:
    after = Named()
    ahead.read(lambda: 1 / 0, after)
    assert after.is_read.wait(10)


def test_what_is_named_without_a_server_is_never_read(monkeypatch) -> None:
    monkeypatch.setattr(ahead, "PAUSE", 0)
    before, after = Named(), Named()
    ahead.read(before)
    ahead.begin()
    assert not before.is_read.wait(0.2)
    with ahead.answering():
        ahead.read(after)
        ahead.end()
    ahead.begin()
    assert not after.is_read.wait(0.2)
    ahead.end()


def read_by_a_server(named: list[ahead.Read]) -> None:
    """Read in a thread that belongs to no session; raises what goes wrong."""
    with ThreadPoolExecutor(1) as server:
        for one in named:
            server.submit(one).result()


def test_what_pages_name_can_be_read_and_is_known_then(con: duckdb.DuckDBPyConnection, monkeypatch) -> None:
    named: dict[str, list[ahead.Read]] = {}
    as_of = kept.kept_as_of(con)
    first = queue.page(con, as_of, queue.Filters(), 1, 20)["lead"].to_list()
    for page, query in (("home", {}), ("triage", {}), ("checklist", {"lead": first[0]}), ("conflicts", {}), ("payouts", {})):
        monkeypatch.setattr(ahead, "read", lambda *reads, page=page: named.__setitem__(page, list(reads)))
        drawn(page, **query)
    assert named.keys() == {"home", "triage", "checklist", "conflicts", "payouts"}
    for reads in named.values():
        read_by_a_server(reads)
    monkeypatch.setattr(explaining, "evaluate_laid_out", None)  # nothing is left to find out
    assert {review.story(con, lead, as_of).outcome["lead"] for lead in first} == set(first)
    drawn("conflicts")


def test_what_was_named_before_a_change_is_not_read_after_it(con: duckdb.DuckDBPyConnection, monkeypatch) -> None:
    as_of = kept.kept_as_of(con)
    first = queue.page(con, as_of, queue.Filters(), 1, 3)["lead"].to_list()
    monkeypatch.setattr(explaining, "evaluate_laid_out", None)
    kept.explain_ahead(con, first, as_of.replace(year=as_of.year - 1))
    with pytest.raises(TypeError):
        kept.explain_ahead(con, first, as_of)
