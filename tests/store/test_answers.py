"""Answers of reads, kept until something is stored."""

import duckdb
import pytest

from core import store
from core.store.answers import bears_on, bears_on_any, until_stored, until_touched


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """A database with one table that is counted."""
    con = store.connect()
    con.execute("create table counted (number integer)").fetchall()
    return con


def add(con: duckdb.DuckDBPyConnection) -> None:
    """Store a row."""
    with store.transaction(con) as cursor:
        cursor.execute("insert into counted values (1)").fetchall()


def count(con: duckdb.DuckDBPyConnection | store.Within) -> int:
    """How many rows there are."""
    with con.cursor() as cursor:
        return cursor.execute("select count(*) from counted").fetchall()[0][0]


def test_the_same_question_is_read_once_until_something_is_stored(con: duckdb.DuckDBPyConnection) -> None:
    asked = []

    @until_stored
    def read(con: duckdb.DuckDBPyConnection, what: list[str]) -> int:
        asked.append(what)
        return count(con)

    assert [read(con, ["a"]), read(con, ["a"]), read(con, ["b"])] == [0, 0, 0]
    assert asked == [["a"], ["b"]]
    add(con)
    assert read(con, ["a"]) == 1
    assert len(asked) == 3


def test_what_was_read_before_a_commit_is_not_given_out_after_it(con: duckdb.DuckDBPyConnection) -> None:
    @until_stored
    def read(con: duckdb.DuckDBPyConnection) -> int:
        found = count(con)
        if found == 0:
            add(con)  # another person, while this read is under way
        return found

    assert read(con) == 0
    assert read(con) == 1


def test_inside_a_transaction_it_is_always_read(con: duckdb.DuckDBPyConnection) -> None:
    read = until_stored(count)
    assert read(con) == 0
    with store.transaction(con) as cursor:
        cursor.execute("insert into counted values (1)").fetchall()
        assert read(store.Within(cursor)) == 1
        assert read(con) == 0
    assert read(con) == 1


def test_a_commit_that_failed_makes_everything_be_read_again(con: duckdb.DuckDBPyConnection) -> None:
    asked = []
    read = until_stored(lambda con: asked.append(count(con)))
    read(con)
    with pytest.raises(ZeroDivisionError), store.transaction(con):
        raise ZeroDivisionError
    read(con)
    add(con)
    read(con)
    assert asked[-1] == 1


def test_two_databases_do_not_answer_for_each_other(con: duckdb.DuckDBPyConnection) -> None:
    read = until_stored(count)
    other = store.connect()
    other.execute("create table counted as select 1 as number").fetchall()
    assert [read(con), read(other)] == [0, 1]


# --- what is known of leads ------------------------------------------------------------------------------------------


class Asked:
    """Questions on leads, and how often each was found anew."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.con, self.times = con, dict.fromkeys(("A", "B"), 0)
        self.anew()

    def anew(self) -> set[str]:
        """The leads of which the answer is found anew now."""
        before = dict(self.times)
        for lead in self.times:
            until_touched(self.con, [lead], lambda lead=lead: lead, lambda lead=lead: self.times.update({lead: self.times[lead] + 1}))
        return {lead for lead, times in self.times.items() if times > before[lead]}


def test_what_bears_on_one_lead_leaves_what_is_known_of_others(con: duckdb.DuckDBPyConnection) -> None:
    asked = Asked(con)
    assert asked.anew() == set()
    with store.transaction(con) as cursor:
        bears_on(cursor, ["A"])
        bears_on(cursor, ["C"])
    assert asked.anew() == {"A"}
    with store.transaction(con) as cursor:
        bears_on(cursor, ())
    assert asked.anew() == set()


def test_a_transaction_that_does_not_say_may_bear_on_any_lead(con: duckdb.DuckDBPyConnection) -> None:
    asked = Asked(con)
    add(con)
    assert asked.anew() == {"A", "B"}
    with store.transaction(con) as cursor:
        bears_on(cursor, ["A"])
        bears_on_any(cursor)
        bears_on(cursor, ["A"])
    assert asked.anew() == {"A", "B"}


def test_an_answer_found_within_a_transaction_holds_once_it_is_stored_and_never_where_it_failed(
    con: duckdb.DuckDBPyConnection
) -> None:
    asked = Asked(con)
    with pytest.raises(ZeroDivisionError), store.transaction(con) as cursor:
        bears_on(cursor, ["A"], {"A": "never"})
        raise ZeroDivisionError
    assert until_touched(con, ["A"], lambda: "A", lambda: "anew") is None
    with store.transaction(con) as cursor:
        bears_on(cursor, ["A"], {"A": "found within"})
        assert until_touched(con, ["A"], lambda: "A", lambda: "anew") is None
    assert until_touched(con, ["A"], lambda: "A", lambda: "anew") == "found within"
    assert asked.anew() == set()


def test_an_answer_that_was_being_found_while_something_was_stored_does_not_last(con: duckdb.DuckDBPyConnection) -> None:
    def find() -> str:
        with store.transaction(con) as cursor:
            bears_on(cursor, ["A"])
        return "before"

    assert until_touched(con, ["A"], lambda: "A", find) == "before"
    assert until_touched(con, ["A"], lambda: "A", lambda: "after") == "after"


def test_a_question_that_was_put_while_something_was_stored_is_answered_anew(con: duckdb.DuckDBPyConnection) -> None:
    def ask() -> str:
        with store.transaction(con) as cursor:
            bears_on(cursor, ["A"])
        return "A"

    assert until_touched(con, ["A"], ask, lambda: "before") == "before"
    assert until_touched(con, ["A"], lambda: "A", lambda: "after") == "after"
