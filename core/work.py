"""How people share the work on leads, as pages show it: who there is, who works on what, what may be done now.

Called by pages; changes nothing (`core/desk` does). Must not read a clock: instants are passed in.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb

from core import days, desk, people, queue, review, store
from core.people import Person, directory
from core.queue import Filters
from core.terms import catalogue

SQL = store.HERE / "sql"
EVERY = Filters(None, queue="open")
"""Every undecided lead: of so many the next is found in a shorter way."""


def holders(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> list[dict]:
    """Everybody who holds a role now: id, name, roles (as `role` or `role:program`); by role, those for every program
    first, then by name."""
    found = [{"id": row["id"], "name": row["name"] or row["id"], "roles": sorted(row["roles"])}
             for row in people.everyone(con, now) if row["roles"]]

    def place(row: dict) -> tuple:
        first = min(people.ROLES.index(role.split(":")[0]) for role in row["roles"])
        return first, row["id"] == people.OPERATOR, ":" in row["roles"][0], row["name"]

    return sorted(found, key=place)


def holders_in(con: duckdb.DuckDBPyConnection, program: str, now: dt.datetime) -> list[dict]:
    """Those of `holders` with a role in a program, or in every one."""
    return [row for row in holders(con, now)
            if any(role.partition(":")[2] in ("", program) for role in row["roles"])]


def programs_of(someone: Person, programs: Iterable[str]) -> list[str]:
    """The programs in which a person holds any role."""
    return [one for one in programs if any(someone.holds(role, one) for role in people.ROLES)]


def next_lead(con: duckdb.DuckDBPyConnection, someone: Person, as_of: dt.datetime, after: str | None = None,
              besides: Iterable[str] = (), within: Filters = EVERY) -> str | None:
    """The next undecided lead of the person's programs that nobody else works on, after one in the queue's order.

    besides: leads that others have open. within: the part of the queue that the person works in.
    """
    zones = days.zones(con)
    own = programs_of(someone, zones)
    if within == EVERY:
        todays = [days.local_day(as_of, zones[one]) for one in own]
        found = store.read(con, SQL / "next_lead.sql", programs=own, todays=todays, person=someone.id, after=after,
                           besides=list(besides))
        return found["lead"][0] if found.height else None
    return queue.following(con, as_of, replace(within, person=someone.id), someone.id, own, after, besides)


def views(con: duckdb.DuckDBPyConnection, someone: Person) -> list[dict]:
    """The views of the queue that a person may choose from, their own first: id, name, person, person_name, is_shared
    and the columns of saved_views that say what is chosen."""
    programs = [one for one in catalogue().programs if people.may(someone, "save_view", one) is None]
    return store.read(con, SQL / "saved_views.sql", person=someone.id, programs=programs).to_dicts()


@dataclass(frozen=True)
class Work:
    """What people do on one lead now.

    why_not: by action of the permission table that its program knows, None where the person may do it. offered: those
    of them that a role of the person knows; the others are not drawn.
    """

    worker: str | None
    aside_until: dt.date | None
    why_not: dict[str, str | None]
    offered: frozenset[str]
    requests: list[dict]
    comments: list[dict]
    deals: list[dict]
    history: list[dict]


def work(con: duckdb.DuckDBPyConnection, someone: Person, lead: str, now: dt.datetime, today: dt.date) -> Work:
    """What people do on a lead, and what this person may do with it. today: in the zone of its program."""
    row = store.read(con, SQL / "lead_work.sql", lead=lead, today=today).row(0, named=True)
    actions = desk.possible(con, someone.id, lead, now)
    return Work(
        worker=row["worker"], aside_until=row["aside_until"], why_not=_why_not(con, actions, someone.id, row["worker"]),
        offered=frozenset(one["action"] for one in actions if one["is_offered"]),
        requests=desk.open_requests(con, lead),
        comments=store.read(con, SQL / "comments.sql", lead=lead).to_dicts(),
        deals=store.read(con, SQL / "deals_of_lead.sql", lead=lead).to_dicts(), history=desk.told(con, lead),
    )


def _why_not(con: duckdb.DuckDBPyConnection, actions: list[dict], person: str, worker: str | None
             ) -> dict[str, str | None]:
    found = {one["action"]: one["why_not"] for one in actions}
    if worker == person:
        found["claim"] = found["claim"] or "You work on this lead already."
    elif worker is not None:
        found["claim"] = found["claim"] or f"{directory.name(con, worker)} works on this lead."
    else:
        found["release"] = found["release"] or "Nobody works on this lead."
    return found


def preview(con: duckdb.DuckDBPyConnection, someone: Person, leads: Iterable[str], action: str, now: dt.datetime
            ) -> list[dict]:
    """What an action would do on each of several leads: lead, program, version, why_not (None where it can be done)."""
    rows = []
    for lead in leads:
        actions = desk.possible(con, someone.id, lead, now)
        why_not = _why_not(con, actions, someone.id, desk.worker(con, lead))
        rows.append({"lead": lead, "program": review.header(con, lead)["program"], "version": desk.version(con, lead),
                     "why_not": why_not.get(action, "Its program knows no such step.")})
    return rows
