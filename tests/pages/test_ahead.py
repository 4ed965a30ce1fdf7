"""Reading ahead: while nobody waits, the newest of what was named, and whatever goes wrong stays unsaid."""

import threading

import pytest

from pages.parts import ahead


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(ahead, "PAUSE", 0)
    with ahead.reading():
        yield


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


def test_what_is_named_outside_a_server_is_forgotten() -> None:
    one, other = Named(), Named()
    ahead.read(one)
    with ahead.reading():
        ahead.read(other)
        assert other.is_read.wait(10)
    assert not one.is_read.is_set()
