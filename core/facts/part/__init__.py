"""A part of the leads with everything that bears upon it, taken out of the database.

Called by kept, for one lead to explain and for the leads that a change touched. A part is closed: its leads share
persons, organizations and groups of companies with no lead outside (crowds apart, W23), so that evaluating its rows
alone (`layout`) gives what evaluating everything gives. Which columns they meet by is said here and in core/facts/*.sql
alone. Gives no verdict, reads no clock, writes nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import duckdb
import polars as pl

from core import store
from core.facts import KEYS, identity

HERE = Path(__file__).parent
Rows = dict[str, pl.DataFrame]
"""Per table, the stored rows of a part, with the columns that facts read."""

COLUMNS = {
    "leads": (
        "id", "program", "partner", "contact", "org", "submitted_at", "recorded_at", "channel", "new_contact_record",
        "first_click_at", "products", "expected_decision_on", "source_context", "follow_up_with",
        "deal_stage_at_submission", "history_lookup", "person_key", "org_key", "email_org_key", "person_key_crowded",
        "org_key_crowded", "email_org_key_crowded",
    ),
    "contacts": ("id", "full_name", "company", "role", "email_class", "employer_partner", "person_key", "address_key",
                 "email_org_key"),
    "partners": (
        "id", "name", "domain", "country", "email_class", "other_details", "first_name", "last_name", "check_address",
        "check_address_confirmed_at", "wire_details", "address_key", "org_key",
    ),
    "organizations": ("id", "name", "parent", "org_key"),
    "near_matches": ("id", "kind", "left_key", "right_key", "left_table", "left_record", "right_table", "right_record",
                     "score", "is_lookalike", "recorded_at"),
    "match_answers": ("id", "near_match", "answer", "happened_at", "recorded_at"),
    "organization_owners": ("organization", "partner", "percent", "is_controlled", "recorded_at"),
    "organization_products": ("organization", "product", "purchased_on", "is_in_use", "contract_ends_on",
                              "recorded_at"),
    "events": (
        "id", "type", "happened_at", "recorded_at", "lead", "contact", "partner", "program", "email", "channel",
        "automated", "kind", "call_status", "decided_by", "decision", "criterion", "reason", "rep", "stage",
        "meaningful", "introduced_by", "occurred_at", "logged_at", "is_new", "opened_on", "transaction",
        "subscription_amount", "other_amount", "total_amount", "amount", "currency", "field", "what", "about",
        "descriptive", "customer_asked", "until_on", "person_key", "org_key",
    ),
    "verdicts": ("id", "lead", "criterion", "verdict", "decided_by", "happened_at", "recorded_at"),
    "wide_events": ("id", "partner", "program"),
    "history_coverage": ("org_key", "part", "recorded_at", "import"),
    "imports": ("id", "program"),
    "voids": ("id", "relation", "recorded_at"),
}
"""What facts read of each table. A row that is looked up costs as much as it has columns."""


def rows_of(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> Rows:
    """Every stored row that bears upon given leads and those connected to them, as the caller's transaction sees it."""
    found, keys = _connected(cursor, leads)
    own, organizations = found["leads"], found["organizations"]
    ids, partners = _named(own, "id"), _named(own, "partner")
    near = pl.concat([found["near_matches"], _near(cursor, partners)]).unique("id")
    found["near_matches"] = near
    found["match_answers"] = _behind(cursor, "match_answers", near_match=_named(near, "id"))
    found["wide_events"] = wide = _behind(cursor, "wide_events", partner=partners, program=_named(own, "program"))
    of_organizations = _org_keys(own) | _named(organizations, "org_key") | keys["organization"]
    events = _behind(cursor, "events", lead=ids, person_key=_named(own, "person_key") | keys["person"],
                     org_key=of_organizations, id=_named(wide, "id")).unique("id")
    verdicts = _behind(cursor, "verdicts", lead=ids)
    voids = _behind(cursor, "voids", id=_named(events, "id") | _named(verdicts, "id"))
    found["events"] = _standing(events, voids, "events")
    found["verdicts"] = _standing(verdicts, voids, "verdicts")
    beside = {table: _named(near.filter(pl.col(f"{side}_table") == table), f"{side}_record")
              for table in ("contacts", "partners") for side in ("left", "right") if not near.is_empty()}
    found["contacts"] = _behind(cursor, "contacts", id=_named(own, "contact") | beside.get("contacts", set()))
    found["partners"] = _behind(cursor, "partners", id=partners | beside.get("partners", set()))
    found["organization_owners"] = _behind(cursor, "organization_owners", partner=partners)
    found["organization_products"] = _behind(cursor, "organization_products", organization=_named(organizations, "id"))
    if own["history_lookup"].null_count() < own.height:
        found["history_coverage"] = _behind(cursor, "history_coverage", org_key=of_organizations)
        found["imports"] = _behind(cursor, "imports", id=_named(found["history_coverage"], "import"))
    return found


def connected(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> pl.DataFrame:
    """Leads joined to given ones by persons, organizations, groups and look-alikes."""
    return _connected(cursor, leads)[0]["leads"]


def _connected(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> tuple[Rows, dict[str, set[str]]]:
    """Those leads with the records of their organizations and their look-alikes, and the keys gone through, by kind."""
    part = fresh = _behind(cursor, "leads", id=leads)
    records, near = [_behind(cursor, "organizations")], [_near(cursor, ())]
    known: dict[str, set[str]] = {"person": set(), "organization": set()}
    persons, keys = _keys_of(fresh)
    while persons or keys:
        records.append(related(cursor, keys))
        keys |= _named(records[-1], "org_key") - known["organization"]
        known["person"] |= persons
        known["organization"] |= keys
        near.append(_near(cursor, persons | keys))
        met = pl.concat([
            _behind(cursor, "leads", "met_by_person", person_key=persons),
            _behind(cursor, "leads", "met_by_organization", org_key=keys, email_org_key=keys),
        ])
        fresh = met.unique("id").join(part, on="id", how="anti")
        part = pl.concat([part, fresh])
        more_persons, more_keys = _keys_of(fresh)
        persons = (more_persons | _sides(near[-1], "person")) - known["person"]
        keys = (more_keys | _sides(near[-1], "organization")) - known["organization"]
    behind = joined_keys(cursor, _named(part, "person_key") - known["person"], _org_keys(part) - known["organization"])
    for kind, more in zip(known, behind, strict=True):  # nobody is met behind a crowd, but what looks like it counts
        known[kind] |= more
        near.append(_near(cursor, more))
    records.append(related(cursor, behind[1]))
    rows = {"leads": part, "organizations": pl.concat(records).unique("id"), "near_matches": pl.concat(near)}
    return rows, known


def closed_parts(rows: Rows) -> list[set[str]]:
    """The leads of a part divided into the smallest that are closed themselves."""
    parents = dict(rows["organizations"].select("id", "org_key").iter_rows())
    near = rows["near_matches"].filter(pl.col("kind").is_in(["person", "organization"]))
    pairs = [*near.select("left_key", "right_key").iter_rows(),
             *((key, parents.get(parent, key)) for key, parent in
               rows["organizations"].select("org_key", "parent").iter_rows())]
    # No key is like that: a person's is an address without a space, an organization's begins with its kind.
    of_lead = {lead: f"lead {lead}" for lead in rows["leads"]["id"]}
    for lead, persons, organizations in _meeting_by(rows["leads"]):
        pairs += [(of_lead[lead], key) for key in (of_lead[lead], *persons, *organizations)]
    root = identity.stands_for(pairs)
    parts: dict[str, set[str]] = {}
    for lead, name in of_lead.items():
        parts.setdefault(root[name], set()).add(lead)
    return list(parts.values())


def joined_keys(cursor: duckdb.DuckDBPyConnection, persons: Collection[str],
                organizations: Collection[str]) -> tuple[set[str], set[str]]:
    """Given keys of persons and organizations and all that parents and look-alikes join to them, however far."""
    known: tuple[set[str], set[str]] = set(), set()
    fresh = set(persons), set(organizations)
    while fresh[0] or fresh[1]:
        keys = fresh[1] | _named(related(cursor, fresh[1]), "org_key")
        known[0].update(fresh[0])
        known[1].update(keys)
        near = _near(cursor, fresh[0] | keys)
        fresh = _sides(near, "person") - known[0], _sides(near, "organization") - known[1]
    return known


def _near(cursor: duckdb.DuckDBPyConnection, keys: Collection[str]) -> pl.DataFrame:
    """What was ever asked about given keys."""
    return _behind(cursor, "near_matches", left_key=keys, right_key=keys)


def _sides(near: pl.DataFrame, kind: str) -> set[str]:
    """The keys on both sides of near matches of a kind."""
    of_kind = near.filter(pl.col("kind") == kind)
    return _named(of_kind, "left_key") | _named(of_kind, "right_key")


def related(cursor: duckdb.DuckDBPyConnection, keys: Collection[str]) -> pl.DataFrame:
    """The records of given organization keys and of all that parents join to them, upwards and downwards."""
    met = found = _behind(cursor, "organizations", org_key=keys)
    asked = set(keys)
    while not met.is_empty():
        near = _named(met, "org_key") - asked
        asked |= near
        around = _behind(cursor, "organizations", org_key=near, id=_named(met, "parent") - _named(found, "id"),
                         parent=_named(met, "id"))
        met = around.unique("id").join(found, on="id", how="anti")
        found = pl.concat([found, met])
    return found


def _behind(cursor: duckdb.DuckDBPyConnection, table: str, way: str = "behind",
            **keys: Collection[str]) -> pl.DataFrame:
    """The rows of a table that hold one of given keys, by column: once for every way to them. Each way has an index.

    way: the statement; where no key is given nothing is asked.
    """
    asked = {column: some for column, some in keys.items() if some}
    if not asked and table in _none:
        return _none[table]
    text = store.statement(HERE / f"{way}.sql").replace("stored_rows", table)
    text = text.replace("stored_columns", ", ".join(f'"{name}"' for name in COLUMNS[table]))
    found = []
    for lot in _lots(cursor, table, asked or {COLUMNS[table][0]: ()}):
        ways = [text.replace("key_column", column).replace("$keys", f"${column}") for column in lot]
        found.append(store.rows_of(cursor, "\nunion all\n".join(ways), f"behind {table}", lot))
    _none.setdefault(table, found[0].clear())
    return pl.concat(found)


def _lots(cursor: duckdb.DuckDBPyConnection, table: str,
          asked: Mapping[str, Collection[str]]) -> Iterator[Mapping[str, Collection[str]]]:
    """The keys by column, in lots that are looked up in the indexes; all at once where there are few, or so many that
    looking through the table takes less."""
    most = max(map(len, asked.values()))
    if most <= store.FEW or most * LOOK_UP > cursor.execute(f"select count(*) from {table}").fetchall()[0][0]:
        yield asked
        return
    in_order = {column: sorted(keys) for column, keys in asked.items()}
    for first in range(0, most, store.FEW):
        yield {column: keys[first:first + store.FEW] for column, keys in in_order.items() if first < len(keys)}


LOOK_UP = 1_000
"""Rows of a table that are looked through in the time that looking one key up takes, as measured on 4,400,000."""


_none: Rows = {}
"""No rows of each table."""


def _standing(rows: pl.DataFrame, voids: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows of a table without those that were taken back."""
    return rows.join(voids.filter(relation=table), on="id", how="anti") if voids.height else rows


def _named(frame: pl.DataFrame, column: str) -> set[str]:
    return set(frame[column].to_list()) - {None}


def _org_keys(frame: pl.DataFrame) -> set[str]:
    return _named(frame, "org_key") | _named(frame, "email_org_key")


def _keys_of(leads: pl.DataFrame) -> tuple[set[str], set[str]]:
    """Keys of persons and organizations by which leads meet others."""
    persons: set[str] = set()
    organizations: set[str] = set()
    for _, person, of_lead in _meeting_by(leads):
        persons |= person
        organizations |= of_lead
    return persons, organizations


def _meeting_by(leads: pl.DataFrame) -> Iterator[tuple[str, set[str], set[str]]]:
    """By lead the keys of its person and organizations by which it meets others; behind a crowd nobody meets (W23)."""
    keys = leads.select("id", *(f"{key}{of}" for key in KEYS for of in ("", "_crowded")))
    for lead, person, is_crowd, org, is_org_crowd, email_org, is_email_org_crowd in keys.iter_rows():
        persons = set() if is_crowd else {person}
        organizations = set() if is_org_crowd else {org}
        if not (is_org_crowd and is_email_org_crowd):  # some programs look at the one, some at the other
            organizations.add(email_org)
        yield lead, persons - {None}, organizations - {None}
