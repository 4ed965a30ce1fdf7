"""A part of the leads with everything that bears upon it, taken out of the database and laid beside it.

Called by kept, for one lead to explain and for the leads that a change touched. A part is closed: its leads share
persons, organizations and groups of companies with no lead outside (crowds apart, W23), so that evaluating its rows
alone gives what evaluating everything gives. Which columns they meet by is said here and in core/facts/*.sql alone.
Gives no verdict, reads no clock, writes nothing to the database it reads.
"""

import atexit
import contextlib
import re
from collections import deque
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import polars as pl

from core import store
from core.facts import Layout

HERE = Path(__file__).parent
Rows = dict[str, pl.DataFrame]
"""Per table, the stored rows of a part, with all their columns."""


def rows_of(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> Rows:
    """Every stored row that bears upon given leads and those connected to them, as the caller's transaction sees it."""
    found, keys = _connected(cursor, leads)
    own, organizations = found["leads"], found["organizations"]
    partners = _named(own, "partner")
    persons = _named(own, "person_key") | keys["person"]
    organization_keys = _org_keys(own) | _named(organizations, "org_key") | keys["organization"]
    near = pl.concat([found["near_matches"], _read(cursor, "near_matches", keys=partners)]).unique("id")
    found["near_matches"] = near
    found["match_answers"] = _read(cursor, "match_answers", matches=_named(near, "id"))
    beside = {table: _named(near.filter(pl.col(f"{side}_table") == table), f"{side}_record")
              for table in ("contacts", "partners") for side in ("left", "right")}
    wide = _read(cursor, "wide_events", partners=partners, programs=_named(own, "program"))
    found["wide_events"] = wide
    found["events"] = _read(cursor, "events", leads=_named(own, "id"), persons=persons, ids=_named(wide, "id"),
                            organizations=organization_keys)
    found["verdicts"] = _read(cursor, "verdicts", leads=_named(own, "id"))
    found["contacts"] = _read(cursor, "contacts", ids=_named(own, "contact") | beside["contacts"])
    found["partners"] = _read(cursor, "partners", ids=partners | beside["partners"])
    found["organization_owners"] = _read(cursor, "organization_owners", partners=partners)
    found["organization_products"] = _read(cursor, "organization_products", organizations=_named(organizations, "id"))
    if own["history_lookup"].null_count() < own.height:
        found["history_coverage"] = _read(cursor, "history_coverage", organizations=organization_keys)
        found["imports"] = _read(cursor, "imports", ids=_named(found["history_coverage"], "import"))
    return found


def connected(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> pl.DataFrame:
    """Leads joined to given ones by persons, organizations, groups and look-alikes."""
    return _connected(cursor, leads)[0]["leads"]


def _connected(cursor: duckdb.DuckDBPyConnection, leads: Collection[str]) -> tuple[Rows, dict[str, set[str]]]:
    """Those leads with the records of their organizations and their look-alikes, and the keys gone through, by kind."""
    part = fresh = _read(cursor, "leads", ids=leads)
    records, near = [], [_read(cursor, "near_matches", keys=())]
    known: dict[str, set[str]] = {"person": set(), "organization": set()}
    persons = _named(fresh.filter(~pl.col("person_key_crowded")), "person_key")
    keys = _org_keys(fresh.filter(~pl.col("org_key_crowded")))
    while persons or keys:
        beside = related(cursor, keys)
        records.append(beside)
        keys |= _named(beside, "org_key") - known["organization"]
        known["person"] |= persons
        known["organization"] |= keys
        near.append(_read(cursor, "near_matches", keys=persons | keys))
        met = _read(cursor, "leads_of_keys", persons=persons, organizations=keys)
        fresh = met.unique("id").join(part, on="id", how="anti")
        part = pl.concat([part, fresh])
        persons = _named(fresh.filter(~pl.col("person_key_crowded")), "person_key") | _sides(near[-1], "person")
        keys = _org_keys(fresh.filter(~pl.col("org_key_crowded"))) | _sides(near[-1], "organization")
        persons, keys = persons - known["person"], keys - known["organization"]
    crowded = _named(part.filter("org_key_crowded"), "org_key")
    records.append(related(cursor, crowded))
    rows = {"leads": part, "organizations": pl.concat(records).unique("id"), "near_matches": pl.concat(near)}
    return rows, known


def joined_keys(cursor: duckdb.DuckDBPyConnection, persons: Collection[str],
                organizations: Collection[str]) -> tuple[set[str], set[str]]:
    """Given keys of persons and organizations and all that parents and look-alikes join to them, however far."""
    known: tuple[set[str], set[str]] = set(), set()
    fresh = set(persons), set(organizations)
    while fresh[0] or fresh[1]:
        keys = fresh[1] | _named(related(cursor, fresh[1]), "org_key") if fresh[1] else set()
        known[0].update(fresh[0])
        known[1].update(keys)
        near = _read(cursor, "near_matches", keys=fresh[0] | keys)
        fresh = _sides(near, "person") - known[0], _sides(near, "organization") - known[1]
    return known


def _sides(near: pl.DataFrame, kind: str) -> set[str]:
    """The keys on both sides of near matches of a kind."""
    of_kind = near.filter(pl.col("kind") == kind)
    return _named(of_kind, "left_key") | _named(of_kind, "right_key")


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


MESSAGES = ("outreach", "reply", "engagement", "discovery_call", "requirements_received", "disengaged", "email_bounce")
DECISIONS = ("approved", "accepted", "rejected", "confirmed", "withdrawn", "discretion", "disassociated",
             "opportunity_created", "payout_paid", "abuse_finding", "notice_sent", "history_searched")
NAMING = ("crm_touch", "sales_activity", "email_bounce", "competitor_suggested", "partner_introduced")
EMPTY_WITHOUT: dict[str, tuple[str, ...]] = {
    "activities": ("sales_activity",), "answers": ("match_answers",), "bars": ("abuse_finding",),
    "bounces": ("email_bounce",), "deals": ("deal_won",), "decisions": DECISIONS, "duplicates": ("several leads",),
    "finals": ("approved", "payout_paid"), "groups": ("group",), "history": ("history_coverage",),
    "holdings": ("organization_owners", "group"), "initial": ("several leads",),
    "introductions": ("partner_introduced",), "judgements": ("verdicts",), "messages": MESSAGES,
    "naming": NAMING, "near": ("near_matches",), "outrun": ("several leads",), "payments": ("customer_payment",),
    "products": ("organization_products",), "rivals": ("several leads",), "suggestions": ("competitor_suggested",),
    "talk": MESSAGES, "terminations": ("program_terminated",), "touches": ("several leads", "crm_touch"),
    "updates": ("source_contacted", "update_requested", "update_provided"),
    "waivers": ("discretion",),
}
"""Statements of facts that have no rows in a part that holds none of these: event types, tables, several leads, a
group of companies. They are not asked then, since planning them is most of what a small part costs."""


class Beside(Layout):
    """A database in memory that holds the rows of one part at a time; its relations and planned statements stay."""

    def __init__(self) -> None:
        self.planned: set[str] = set()
        self.schemas: dict[str, pl.Schema] = {}
        self.holds: set[str] = set()
        self.filled: set[str] = set()
        self.rows: Rows = {}
        super().__init__(store.connect(config={"threads": "1"}), None, None)
        for trigger, table in (("events_that_bear_widely", "events"),  # its rows are brought along
                               ("match_answers_whole", "match_answers")):  # a part comes and goes
            self.cursor.execute(f"drop trigger {trigger} on {table}").fetchall()

    def fill(self, rows: Rows, as_of: object, known_at: object) -> None:
        """Take the rows of a part in, to be looked at as of an instant."""
        self.values = {"as_of": as_of, "known_at": known_at}
        for table, frame in rows.items():
            self._put(table, frame)
        self.holds = {table for table, frame in rows.items() if not frame.is_empty()} | set(rows["events"]["type"])
        if rows["leads"].height > 1:
            self.holds.add("several leads")
        if rows["organizations"]["parent"].null_count() < rows["organizations"].height:
            self.holds.add("group")
        self.rows = rows
        self._identify()
        if not self.related.is_empty():
            self.holds.add("group")

    def _stand_under(self, roots: pl.DataFrame) -> None:
        """Put the rows in again with each key replaced by its root."""
        for table, frame in under_roots(self.rows, roots).items():
            self._put(table, frame)

    def clear(self) -> None:
        """Give the rows of the part up."""
        self.rows = {}
        for table in self.filled:
            self.cursor.execute(f"delete from {table}").fetchall()
        self.filled.clear()
        self.asking = None

    def _put(self, table: str, frame: pl.DataFrame) -> None:
        """Put rows in the place of those that a table holds."""
        if table in self.filled:
            self.cursor.execute(f"delete from {table}").fetchall()
            self.filled.remove(table)
        if not frame.is_empty():
            store.append(self.cursor, table, frame)
            self.filled.add(table)

    def give(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable as a relation of that name, always of the same columns."""
        if name not in self.relations:
            self.cursor.register(f"{name}_rows", frame.clear())
            self.cursor.execute(f"create table {name} as select * from {name}_rows").fetchall()
            self.cursor.unregister(f"{name}_rows")
            self.relations.add(name)
        self._put(name, frame)

    def read(self, name: str) -> pl.DataFrame:
        """The rows of one statement of facts."""
        if name not in self.schemas:
            text, values = self._statement(name)
            self.schemas[name] = self.cursor.sql(text, params=values or None).pl().schema
        if self._is_empty(name):
            return pl.DataFrame(schema=self.schemas[name])
        rows = self._run(name, "").fetchall()
        return pl.DataFrame(rows, schema=self.schemas[name], orient="row")

    def keep(self, name: str, under: str | None = None) -> None:
        """Run a statement of facts and keep its rows as a relation for later ones."""
        relation = under or name
        if relation not in self.relations:
            text, values = self._statement(name)
            self.cursor.execute(f"create table {relation} as from ({text}) limit 0", values or None).fetchall()
            self.relations.add(relation)
        if relation in self.filled:
            self.cursor.execute(f"delete from {relation}").fetchall()
        if not self._is_empty(name):
            self._run(name, f"insert into {relation}").fetchall()
            self.filled.add(relation)

    def _is_empty(self, name: str) -> bool:
        return name in EMPTY_WITHOUT and self.holds.isdisjoint(EMPTY_WITHOUT[name])

    def _run(self, name: str, purpose: str) -> duckdb.DuckDBPyConnection:
        """Execute a statement, planned at its first use."""
        text, values = self._statement(name)
        if name not in self.planned:
            for one in values:
                text = re.sub(rf"\${one}\b", f"${one}::timestamp", text)
            self.cursor.execute(f"prepare {name}_planned as {purpose} {text}").fetchall()
            self.planned.add(name)
        given = ", ".join(f"{one} := timestamp '{value.isoformat(sep=' ')}'" for one, value in values.items())
        return self.cursor.execute(f"execute {name}_planned({given})" if given else f"execute {name}_planned")


KEYS = {"person": ("person_key", "address_key"), "organization": ("org_key", "email_org_key")}
"""The columns of stored tables that hold keys, by kind."""


def under_roots(rows: Rows, roots: pl.DataFrame) -> Rows:
    """The tables with keys, each key of `roots` (kind, key, root) replaced by its root; as core/facts/rooted does."""
    found = {}
    for table in ("leads", "events", "contacts", "organizations", "partners", "history_coverage"):
        frame = rows.get(table)
        if frame is None:
            continue
        for kind, columns in KEYS.items():
            root = dict(roots.filter(kind=kind).select("key", "root").iter_rows())
            frame = frame.with_columns(pl.col(name).replace(root) for name in columns if name in frame.columns)
        if table == "leads":  # named only where it differs
            differs = pl.col("email_org_key") != pl.col("org_key")
            frame = frame.with_columns(email_org_key=pl.when(differs.fill_null(True)).then("email_org_key"))
        found[table] = frame
    return found


_idle: deque[Beside] = deque()
"""Databases that wait for a part; each is used by one thread at a time."""
atexit.register(_idle.clear)  # DuckDB wants its connections back before the interpreter ends


@contextlib.contextmanager
def beside(rows: Rows, as_of: object, known_at: object) -> Iterator[Beside]:
    """A layout of the rows of a part and nothing else, until the end of the block."""
    try:
        layout = _idle.pop()
    except IndexError:
        layout = Beside()
    try:
        layout.fill(rows, as_of, known_at)
        yield layout
        layout.clear()
    except BaseException:
        layout.cursor.close()  # what it holds is not known, so nobody gets it again
        raise
    _idle.append(layout)
