"""Reading rows of statements: short answers are planned once, long ones come as columns, whoever else reads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import store

TEXT = "select range as number from range($many)"


@pytest.mark.parametrize("many", [0, 3, store.MANY, store.MANY + 1])
def test_an_answer_is_the_same_however_long_the_one_before_it_was(many: int) -> None:
    con = store.connect()
    for before in (1, store.MANY + 1, many):
        with con.cursor() as cursor:
            found = store.rows_of(cursor, TEXT, f"lengths-{many}", {"many": before})
        assert found["number"].to_list() == list(range(before))
    con.close()


def test_threads_that_read_a_long_answer_at_the_same_moment_all_get_it() -> None:
    con, together = store.connect(), threading.Barrier(4)

    def read(turn: int) -> int:
        with con.cursor() as cursor:
            if turn == 0:
                store.rows_of(cursor, TEXT, "together", {"many": 1})
            together.wait()
            return store.rows_of(cursor, TEXT, "together", {"many": store.MANY + 500}).height

    with ThreadPoolExecutor(4) as threads:
        for _ in range(50):
            assert list(threads.map(read, range(4))) == [store.MANY + 500] * 4
    con.close()
