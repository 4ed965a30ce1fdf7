"""Work on very many rows in pieces: two of them side by side, or the next while one is used.

Polars, numpy and DuckDB let go of Python's lock while they work, so two threads keep two processors busy; and of what
a piece needs on its way, memory holds two pieces and not a million rows. Called wherever a million rows come through.
Knows nothing of what stands in them.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

ROWS = 100_000
"""Rows of a piece."""
SIDE_BY_SIDE = 2
"""As many as DuckDB's threads (`store.CONFIG`)."""

Rows = TypeVar("Rows", pl.DataFrame, pl.Series)
Piece, Answer = TypeVar("Piece"), TypeVar("Answer")


def by_pieces(rule: Callable[[Rows], pl.DataFrame | pl.Series], rows: Rows) -> pl.DataFrame | pl.Series:
    """What a rule says of a frame or column, asked two pieces at a time.

    The rule must say the same of a row whichever rows stand beside it, and give one row for each.
    """
    return rule(rows) if len(rows) <= ROWS else pl.concat(answers(rule, slices(rows)))


def answers(rule: Callable[[Piece], Answer], pieces: Iterable[Piece]) -> Iterator[Answer]:
    """What a rule says of each piece, in their order, two being asked at a time."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        yield from threads.map(rule, pieces)


def ahead(items: Iterable[Piece]) -> Iterator[Piece]:
    """The items in their order, the next being made while one is used."""
    left = iter(items)
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, left, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, left, None)
            yield item


def slices(rows: Rows) -> list[Rows]:
    """The pieces of a frame or column; they share its memory."""
    return [rows[begins:begins + ROWS] for begins in range(0, len(rows), ROWS)]
