"""A part of the leads with everything that bears upon it, taken out of the database and laid beside it.

Called by kept, for one lead to explain and for the leads that a change touched. A part is closed: its leads share
persons, organizations and groups of companies with no lead outside (crowds apart, W23), so that evaluating its rows
alone gives what evaluating everything gives. Which columns they meet by is said here and in core/facts/*.sql alone.
Gives no verdict, reads no clock, writes nothing to the database it reads.
"""

import contextlib
from collections import deque
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import polars as pl

from core import store

HERE = Path(__file__).parent
Rows = dict[str, pl.DataFrame]
"""Per table, the stored rows of a part, with all their columns."""


def rows_of(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> Rows:
    """Every stored row that bears upon given leads and those connected to them, as the caller's transaction sees it."""
    found = connected(cursor, leads)
    own, organizations = found["leads"], found["organizations"]
    partners = _named(own, "partner")
    persons, organization_keys = _named(own, "person_key"), _org_keys(own) | _named(organizations, "org_key")
    wide = _read(cursor, "wide_events", partners=partners, programs=_named(own, "program"))
    found["wide_events"] = wide
    found["events"] = _read(cursor, "events", leads=_named(own, "id"), persons=persons, ids=_named(wide, "id"),
                            organizations=organization_keys)
    found["verdicts"] = _read(cursor, "verdicts", leads=_named(own, "id"))
    found["contacts"] = _read(cursor, "contacts", ids=_named(own, "contact"))
    found["partners"] = _read(cursor, "partners", ids=partners)
    found["organization_owners"] = _read(cursor, "organization_owners", partners=partners)
    found["organization_products"] = _read(cursor, "organization_products", organizations=_named(organizations, "id"))
    if own["history_lookup"].null_count() < own.height:
        found["history_coverage"] = _read(cursor, "history_coverage", organizations=_named(own, "org_key"))
        found["imports"] = _read(cursor, "imports", ids=_named(found["history_coverage"], "import"))
    return found


def connected(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> Rows:
    """Leads joined to given ones by persons, organizations and groups, and the records of those organizations."""
    part = fresh = _read(cursor, "leads", ids=leads)
    records: list[pl.DataFrame] = []
    known: set[str] = set()
    while True:
        persons = _named(fresh.filter(~pl.col("person_key_crowded")), "person_key") - known
        keys = _org_keys(fresh.filter(~pl.col("org_key_crowded")))
        beside = related(cursor, keys - known)
        records.append(beside)
        organizations = (keys | _named(beside, "org_key")) - known
        if not persons and not organizations:
            break
        known |= persons | organizations
        met = _read(cursor, "leads_of_keys", persons=persons, organizations=organizations)
        fresh = met.unique("id").join(part, on="id", how="anti")
        if fresh.is_empty():
            break
        part = pl.concat([part, fresh])
    crowded = _named(part.filter("org_key_crowded"), "org_key")
    if crowded:
        records.append(related(cursor, crowded))
    return {"leads": part, "organizations": pl.concat(records).unique("id")}


def related(cursor: duckdb.DuckDBPyConnection, keys: Collection[str]) -> pl.DataFrame:
    """The records of given organization keys and of all that parents join to them, upwards and downwards."""
    met = _read(cursor, "organizations", keys=keys, parents=(), children_of=()).unique("id")
    found, asked = met, set(keys)
    while not met.is_empty():
        near = _named(met, "org_key") - asked
        asked |= near
        parents, ids = _named(met, "parent") - _named(found, "id"), _named(met, "id")
        around = _read(cursor, "organizations", keys=near, parents=parents, children_of=ids)
        met = around.unique("id").join(found, on="id", how="anti")
        found = pl.concat([found, met])
    return found


def _read(cursor: duckdb.DuckDBPyConnection, name: str, **values: object) -> pl.DataFrame:
    return store.rows(cursor, HERE / f"{name}.sql", **values)


def _named(frame: pl.DataFrame, column: str) -> set[str]:
    return set(frame[column].drop_nulls())


def _org_keys(frame: pl.DataFrame) -> set[str]:
    return _named(frame, "org_key") | _named(frame, "email_org_key")


_idle: deque[duckdb.DuckDBPyConnection] = deque()
"""Databases in memory that wait for a part; each is used by one thread at a time."""


@contextlib.contextmanager
def beside(rows: Rows) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that holds the rows of a part and nothing else, until the end of the block."""
    try:
        con = _idle.pop()
    except IndexError:
        con = _empty_database()
    try:
        for table, frame in rows.items():
            store.append(con, table, frame)
        yield con
        for table in rows:
            con.execute(f"delete from {table}").fetchall()
    except BaseException:
        con.close()  # what it holds is not known, so nobody gets it again
        raise
    _idle.append(con)


def _empty_database() -> duckdb.DuckDBPyConnection:
    con = store.connect()
    con.execute("drop trigger events_that_bear_widely on events").fetchall()  # its rows are brought along
    return con
