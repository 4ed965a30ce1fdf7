"""Answers of reads, kept in memory until something is stored: what nobody changed is not read again.

Called by the reads of pages. An answer can never be older than the database: the number of commits is looked at before
a read, and counted on after each commit, so that what was read before a commit is not given out after it.
"""

import functools
import threading
import weakref
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import duckdb

MOST = 2_000
"""Answers that are kept of one database."""
Values = ParamSpec("Values")
Answer = TypeVar("Answer")

_lock = threading.Lock()
_commits = [0]
_known: weakref.WeakKeyDictionary[duckdb.DuckDBPyConnection, tuple[int, dict]] = weakref.WeakKeyDictionary()
"""By connection: how many commits there had been, and the answers read since."""


def forget() -> None:
    """Something may have been stored. Called after every commit, also after one that failed."""
    with _lock:
        _commits[0] += 1


def until_stored(read: Callable[Values, Answer]) -> Callable[Values, Answer]:
    """Decorator of a read `(con, *values)`: the same question gets the same answer, which nobody may alter, until
    something is stored. Inside a transaction it is always read. values: all that they say stands in their `repr`."""
    @functools.wraps(read)
    def kept(con: duckdb.DuckDBPyConnection, *values: object, **named: object) -> Answer:
        if not isinstance(con, duckdb.DuckDBPyConnection):
            return read(con, *values, **named)
        answers, question = _since_last_commit(con), (read, repr((values, sorted(named.items()))))
        try:
            return answers[question]
        except KeyError:
            found = read(con, *values, **named)
        if len(answers) >= MOST:
            answers.clear()
        answers[question] = found
        return found

    return kept


def _since_last_commit(con: duckdb.DuckDBPyConnection) -> dict:
    with _lock:
        number, answers = _known.get(con, (None, {}))
        if number != _commits[0]:
            answers = {}
            _known[con] = (_commits[0], answers)
        return answers
