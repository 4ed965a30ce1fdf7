"""Answers of reads, kept until something is stored."""

import duckdb
import pytest

from core import store
from core.store.answers import until_stored


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
