"""Answers of reads, kept in memory until something is stored: what nobody changed is not read again.

Called by the reads of pages, and by what explains leads. An answer can never be older than the database: the number of
commits is looked at before a read, and counted on after each commit, so that what was read before a commit is not given
out after it. Where a transaction says on which leads it bears, what is known of others outlives it.
"""

import functools
import threading
import weakref
from collections.abc import Callable, Collection, Hashable, Mapping
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


def stored(con: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection) -> None:
    """A transaction of a connection ended with a commit, which may have failed. Called after every one."""
    with _lock:
        _commits[0] += 1
        leads, known = _under_way.pop(cursor, None) or (None, {})
        if leads is None or len(_touched) > MOST_TOUCHED:
            _touched.clear()
            _all_touched[0] = _commits[0]
        else:
            _touched.update(dict.fromkeys(leads, _commits[0]))
        for question, answer in known.items():
            _keep(con, question, _commits[0], answer)


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


# --- what is known of leads ------------------------------------------------------------------------------------------

MOST_OF_LEADS = 400
"""Answers on leads that are kept of one database: each holds whole evaluations of a few leads."""
MOST_TOUCHED = 100_000
"""Leads of which it is known when something stored last bore on them; beyond that on all."""
_touched: dict[str, int] = {}
_all_touched = [0]
"""By lead the number of the last commit that bore on it, and of the last that may have borne on any."""


_under_way: weakref.WeakKeyDictionary[duckdb.DuckDBPyConnection, tuple[set[str], dict] | None] = (
    weakref.WeakKeyDictionary())
"""By cursor of an open transaction that said so: the leads it bears on, and answers that hold once it is stored; None
where it may bear on any lead."""
_of_leads: weakref.WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[Hashable, tuple[int, object]]] = (
    weakref.WeakKeyDictionary())
"""By connection and question how many commits there had been when the answer was found, and the answer."""


def bears_on(cursor: duckdb.DuckDBPyConnection, leads: Collection[str],
             known: Mapping[Hashable, object] | None = None) -> None:
    """What the open transaction of a cursor changes bears on these leads, and on those it has named before, and on no
    others. known: by question answers that hold once it is stored."""
    with _lock:
        before = _under_way.get(cursor, (set(), {}))
        _under_way[cursor] = before and (before[0] | set(leads), before[1] | dict(known or {}))


def bears_on_any(cursor: duckdb.DuckDBPyConnection) -> None:
    """What the open transaction of a cursor changes may bear on any lead, whatever else it says."""
    with _lock:
        _under_way[cursor] = None


def until_touched(con: duckdb.DuckDBPyConnection, leads: Collection[str], ask: Callable[[], Hashable],
                  find: Callable[[], Answer]) -> Answer:
    """The answer to a question on leads, which nobody may alter; found anew once something stored bears on one.

    ask: gives the question; called once the commits are counted, since what it reads may change with the next one.
    """
    if not isinstance(con, duckdb.DuckDBPyConnection):
        return find()
    number = _commits[0]
    question = ask()
    with _lock:
        if _holds(con, leads, question):
            return _of_leads[con][question][1]
    found = find()
    with _lock:
        _keep(con, question, number, found)
    return found


def find_together(con: duckdb.DuckDBPyConnection, leads: Collection[str],
                  ask: Callable[[], Callable[[str], Hashable]], find: Callable[[list[str]], Mapping[str, object]]
                  ) -> None:
    """Find what is not known, or holds no longer, of the answers to one question a lead, all at once.

    ask: gives by lead its question, called as in `until_touched`. find: gives by lead the answers to those of some.
    """
    number = _commits[0]
    question_of = ask()
    with _lock:
        unknown = [lead for lead in leads if not _holds(con, [lead], question_of(lead))]
    if unknown:
        found = find(unknown)
        with _lock:
            for lead, answer in found.items():
                _keep(con, question_of(lead), number, answer)


def _holds(con: duckdb.DuckDBPyConnection, leads: Collection[str], question: Hashable) -> bool:
    """Whether an answer is known that nothing stored since bears on. Called under the lock."""
    before, _ = _of_leads.get(con, {}).get(question, (-1, None))
    return before >= max([_all_touched[0], *(_touched.get(lead, 0) for lead in leads)])


def _keep(con: duckdb.DuckDBPyConnection, question: Hashable, number: int, answer: object) -> None:
    """Keep an answer; where there are too many the oldest gives way."""
    answers = _of_leads.setdefault(con, {})
    answers.pop(question, None)
    if len(answers) >= MOST_OF_LEADS:
        del answers[next(iter(answers))]
    answers[question] = number, answer
