"""On which leads a change bears. Called by whoever stores something, inside the same transaction."""

import datetime as dt
from collections.abc import Collection, Mapping

import duckdb

from core import store
from core.facts import part
from core.kept.run import SQL, named
from core.terms import catalogue

EVER = dt.datetime(1, 1, 1)


def touched_by(cursor: duckdb.DuckDBPyConnection, rows: Mapping[str, Collection[str]]) -> set[str]:
    """Ids of the leads that stored rows bear on.

    rows: per table (leads, events, verdicts, contacts, organizations, partners, near_matches) the ids of its rows; what
    an organization bought and who owns it goes by its id, and under `history_coverage` stand the keys of organizations
    whose history was imported. Asked after rows were added, and before rows are taken away.
    """
    leads, partners = set(rows.get("leads", ())), set(rows.get("partners", ()))
    persons, keys = set(), set(rows.get("history_coverage", ()))
    if ids := rows.get("verdicts"):
        leads |= named(cursor, "leads_of_verdicts", ids=ids)
    if ids := rows.get("contacts"):
        persons |= named(cursor, "persons_of_contacts", ids=ids)
    if ids := rows.get("organizations"):
        keys |= named(cursor, "keys_of_organizations", ids=ids)
    if ids := rows.get("events"):
        told = store.rows(cursor, SQL / "bearing_events.sql", ids=ids)
        programs = set(told["program"].drop_nulls())
        leads |= set(told["lead"].drop_nulls())
        persons |= set(told["person_key"].drop_nulls())
        keys |= set(told["org_key"].drop_nulls())
        partners |= set(told["partner"].drop_nulls())
        if programs:
            leads |= named(cursor, "leads_of_programs", programs=programs, since=EVER)
    if ids := rows.get("near_matches"):
        told = store.rows(cursor, SQL / "keys_of_near_matches.sql", ids=ids)
        persons |= set(told.filter(kind="person")["key"])
        keys |= set(told.filter(kind="organization")["key"])
        partners |= set(told.filter(kind="partner")["key"])
    persons, keys = part.joined_keys(cursor, persons, keys)
    if persons or keys or partners:
        leads |= named(cursor, "leads_touched", persons=persons, organizations=keys, partners=partners)
    return leads


def touched_by_setting(cursor: duckdb.DuckDBPyConnection, name: str, effective_on: dt.date) -> set[str]:
    """Ids of the leads that a setting bears on from its first day in force."""
    programs = {one for one in catalogue().programs if "." not in name or name.split(".")[0] == one}
    # a day begins somewhere up to 14 hours before it does in UTC
    since = dt.datetime.combine(effective_on, dt.time()) - dt.timedelta(1)
    return named(cursor, "leads_of_programs", programs=programs, since=since)
