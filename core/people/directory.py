"""People as the page Admin shows them: who they are, whom they belong to, which roles they hold, and how it came so.

Called by pages; changes nothing (`core/desk/administration.py` does). Must not read a clock.
"""

import datetime as dt

import duckdb

from core import people, store
from core.store.answers import until_stored


def directory(con: duckdb.DuckDBPyConnection, moment: dt.datetime, known_at: dt.datetime,
              search: str | None = None) -> list[dict]:
    """People as of an instant, as recorded by an instant (UTC), those with a role first, by name.

    search: a part of id, name, address or partner.

    id, name, email, partner, partner_name, domain (the organization that their address makes them belong to), grants:
    role (as `role` or `role:program`), begins_at, ends_at, is_later; roles that are over or taken back are left out.
    """
    rows = store.read(con, people.HERE / "directory.sql", moment=moment, known_at=known_at,
                      search=search or None).to_dicts()
    return [row | {"domain": _domain(row["org_key"])} for row in rows]


def _domain(org_key: str | None) -> str | None:
    return org_key.partition(":")[2] if org_key else None


@until_stored
def names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The name of everybody who may act or ever might, by id."""
    return {row["id"]: row["name"] or row["id"] for row in store.read(con, people.HERE / "people.sql").to_dicts()}


def name(con: duckdb.DuckDBPyConnection, person: str) -> str:
    """The name of a person by id; the id of who is not known."""
    return names(con).get(person, person)


def grants(con: duckdb.DuckDBPyConnection, known_at: dt.datetime, person: str | None, start: int,
           size: int) -> list[dict]:
    """Roles given and taken back until an instant (UTC), the latest first.

    recorded_at, what (granted, taken back), person, role, program (None: every one), begins_at, ends_at, by_person.
    """
    return store.read(con, people.HERE / "grants.sql", known_at=known_at, person=person, start=start,
                      size=size).to_dicts()


def count_grants(con: duckdb.DuckDBPyConnection, known_at: dt.datetime, person: str | None) -> int:
    """How many there are of `grants`."""
    return store.read(con, people.HERE / "grants_count.sql", known_at=known_at, person=person)["changes"][0]


def partners(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Names of all partners by id, in the order of names."""
    return dict(store.read(con, people.HERE / "partner_names.sql").rows())
