"""Rows in pieces: the same answers as for the whole, in the same order, and faults that are not swallowed."""

import threading

import polars as pl
import pytest

from core import pieces


@pytest.mark.parametrize("rows", [0, 1, pieces.ROWS, 2 * pieces.ROWS + 1])
def test_a_column_in_pieces_gives_what_the_whole_column_gives(rows: int) -> None:
    column = pl.int_range(rows, eager=True).alias("row")
    assert pieces.by_pieces(lambda some: some * 2, column).equals(column * 2)
    assert pieces.by_pieces(lambda some: some.select(pl.col("row") * 2), column.to_frame()).equals((column * 2).to_frame())


def test_two_pieces_are_asked_at_a_time() -> None:
    both = threading.Barrier(pieces.SIDE_BY_SIDE, timeout=30)
    assert list(pieces.answers(lambda one: both.wait() >= 0 and one, [3, 1, 2, 4])) == [3, 1, 2, 4]


def test_the_next_item_is_made_while_one_is_used() -> None:
    is_made = threading.Event()

    def items():
        yield 1
        is_made.set()
        yield 2

    used = pieces.ahead(items())
    assert next(used) == 1 and is_made.wait(timeout=30)
    assert list(used) == [2]


def test_a_fault_on_the_way_is_raised_where_the_items_are_used() -> None:
    def items():
        yield 1
        raise ValueError("no second one")

    used = pieces.ahead(items())
    assert next(used) == 1
    with pytest.raises(ValueError, match="no second one"):
        next(used)
