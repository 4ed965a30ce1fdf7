"""Whether the database is what the journal says: chain, leads changed, rows against their digests, invariants.

Called by the command line, and on every backup. Reads only. What can be computed again (the kept evaluation) is not
part of it: it is computed again.
"""

import contextlib
from collections.abc import Callable, Iterator

import duckdb

from core import store
from core.desk import journal
from core.desk.journal import SQL

PIECE = 20_000
"""Rows whose digests are compared at once."""


Progress = Callable[[str, float], None]
"""What is told while it lasts: what is looked at now, and how much of all is done, from 0 to 1."""


def _untold(_: str, __: float) -> None:
    """Nobody listens."""


def first_fault(con: duckdb.DuckDBPyConnection, progress: Progress = _untold) -> str | None:
    """One sentence that names the first thing that is not as it should be; None where all is."""
    try:
        return next(faults(con, progress), None)
    except duckdb.Error as error:
        return f"The database cannot be read to its end: {str(error).splitlines()[0]}"


def faults(con: duckdb.DuckDBPyConnection, progress: Progress = _untold) -> Iterator[str]:
    """Everything that is not as it should be, one sentence each, the journal's own faults first."""
    keeper = journal.book(con)
    earlier = keeper.heads()
    with _snapshot(con) as within:
        progress("the chain of entries", 0.0)
        entries = store.read(within, SQL / "journal.sql").to_dicts()
        yield from _chain(keeper, entries)
        yield from _outside(entries, earlier, keeper.heads())
        progress("the leads that entries changed", 0.2)
        yield from _leads(within, keeper, entries)
        progress("the rows that entries wrote", 0.3)
        yield from _rows(within, keeper, entries)
        yield from _totals(within, keeper, entries, progress)
        for row in store.read(within, SQL / "broken_invariants.sql").to_dicts():
            yield f"{row['what']}: {row['id']}."
        missing = TRIGGERS - store.read(within, SQL / "triggers.sql").height
        if missing:
            yield f"{missing} of the {TRIGGERS} triggers that keep tables append-only are missing."


@contextlib.contextmanager
def _snapshot(con: duckdb.DuckDBPyConnection | store.Within) -> Iterator[store.Within]:
    """One state of the database, whoever writes meanwhile; nobody waits for it."""
    with con.cursor() as cursor:
        if isinstance(con, store.Within):
            yield con
            return
        cursor.begin()
        try:
            yield store.Within(cursor)
        finally:
            cursor.rollback()


TRIGGERS = sum(store.statement(file).count("\ncreate trigger ") - store.statement(file).count("\ndrop trigger ")
               for file in store.MIGRATIONS)
"""How many triggers the migrations leave."""


def _chain(keeper: journal.Book, entries: list[dict]) -> Iterator[str]:
    previous = journal.NOTHING
    for place, row in enumerate(entries, start=1):
        if row["number"] != place:
            yield f"Entry {place} is missing from the journal."
            return
        if row["previous"] != previous:
            yield f"Entry {place} does not follow on the entry before it."
            return
        if row["hash"] != journal.hash_of(keeper, row):
            yield f"Entry {place} ({row['action']}) is not what it was when it was written."
            return
        previous = row["hash"]


def _outside(entries: list[dict], earlier: dict | None, now: dict | None) -> Iterator[str]:
    """The end of the journal against the head file, as that was before and after the journal was read."""
    last = journal.Head(entries[-1]["number"], entries[-1]["hash"]) if entries else journal.Head()
    if earlier is None or now is None:
        yield f"The journal ends at entry {last.number}; the head file that says so outside the database is missing."
    elif last not in (*earlier.values(), *now.values()) and not (
        earlier["confirmed"].number < last.number < now["confirmed"].number  # others wrote meanwhile
    ):
        told = now["confirmed"].number
        yield f"The journal ends at entry {last.number}; outside the database, entry {told} is known as its end."


def _leads(within: store.Within, keeper: journal.Book, entries: list[dict]) -> Iterator[str]:
    found: dict[int, list[tuple]] = {}
    for number, *row in store.read(within, SQL / "all_leads_of_entries.sql").rows():
        found.setdefault(number, []).append(tuple(row))
    for row in entries:
        if row["changes"] != journal.changes_digest(keeper, found.pop(row["number"], [])):
            yield f"The leads that entry {row['number']} ({row['action']}) changed are not those it named."
    for number in found:
        yield f"Leads are named as changed by entry {number}, which is not there."


def _written(entries: list[dict]) -> dict[str, dict[str, tuple[str, int]]]:
    """By table and id, the digest that the latest entry gives, and its number."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for row in entries:
        for table, name, digest in journal.read_plain(row["rows"]):
            found.setdefault(table, {})[name] = (digest, row["number"])
    return found


def _rows(within: store.Within, keeper: journal.Book, entries: list[dict]) -> Iterator[str]:
    for table, known in _written(entries).items():
        names = sorted(known, key=lambda name: known[name][1])
        for start in range(0, len(names), PIECE):
            piece = names[start:start + PIECE]
            stands = journal.row_digests(within, keeper, table, piece)
            for name in piece:
                digest, number = known[name]
                if name not in stands:
                    yield f"Entry {number} wrote {name} into {table}; it is gone."
                elif stands[name] != digest:
                    yield f"Entry {number} wrote {name} into {table}; it is not what it was."


def _totals(within: store.Within, keeper: journal.Book, entries: list[dict], progress: Progress) -> Iterator[str]:
    expected: dict[str, list] = {}
    last: dict[str, int] = {}
    for row in entries:
        for table, added in journal.read_plain(row["totals"]).items():
            before = expected.get(table, [0, "0"])
            expected[table] = [before[0] + added[0], str(int(before[1]) + int(added[1]))]
            last[table] = row["number"]
    written = _written(entries)
    for place, table in enumerate(journal.TABLES):
        progress(f"the rows of {table.replace('_', ' ')}", 0.4 + 0.6 * place / len(journal.TABLES))
        stands = journal.totals(within, keeper, table, written.get(table, ()))
        told = expected.get(table, [0, "0"])
        if stands == told:
            continue
        of = f", last written in bulk by entry {last[table]}," if table in last else ""
        if stands[0] == told[0]:
            yield f"A row of {table}{of} is not what it was."
        else:
            yield f"{table}{of} has {stands[0]} rows beside those that entries name one by one, not {told[0]}."
