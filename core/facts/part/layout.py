"""The rows of a part laid beside the database, in one in memory where the statements of facts find nothing else.

Called by kept, with the rows that `core.facts.part` took out. Gives no verdict and reads no clock.
"""

import atexit
import contextlib
import re
import threading
from collections import deque
from collections.abc import Iterator

import duckdb
import polars as pl

from core import store
from core.facts import Layout
from core.facts.part import COLUMNS, Rows

MESSAGES = ("outreach", "reply", "engagement", "discovery_call", "requirements_received", "disengaged", "email_bounce")
DECISIONS = ("approved", "accepted", "rejected", "confirmed", "withdrawn", "discretion", "disassociated",
             "opportunity_created", "payout_paid", "abuse_finding", "notice_sent", "history_searched",
             "ownership_extended")
EMPTY_WITHOUT: dict[str, tuple[str, ...]] = {
    "activities": ("sales_activity",), "answers": ("match_answers",), "bars": ("abuse_finding",),
    "bounces": ("email_bounce",), "deals": ("deal_won",), "decisions": DECISIONS, "duplicates": ("several leads",),
    "finals": ("approved", "payout_paid"), "groups": ("group",), "history": ("history_coverage",),
    "holdings": ("organization_owners", "group"), "initial": ("several leads",),
    "introductions": ("partner_introduced",), "judgements": ("verdicts",), "lookalikes": ("near_matches",),
    "messages": MESSAGES,
    "near": ("near_matches",),
    "outrun": ("several leads",), "payments": ("customer_payment",), "products": ("organization_products",),
    "rivals": ("several leads",), "suggestions": ("competitor_suggested",), "terminations": ("program_terminated",),
    "touches": ("several leads", "crm_touch"), "updates": ("source_contacted", "update_requested", "update_provided"),
    "waivers": ("discretion",),
}
"""Statements of facts that have no rows in a part that holds none of these: event types, tables, several leads, a
group of companies. They are not asked then, since planning them is most of what a small part costs."""


class Beside(Layout):
    """A database in memory that holds the rows of one part at a time; its relations and planned statements stay.

    The rows of a part are never committed: they go by a rollback.
    """

    is_small = False
    """Of many leads the rows come as columns; few are read by planned statements."""

    def __init__(self) -> None:
        self.planned: set[str] = set()
        self.none: dict[str, pl.DataFrame] = {}
        self.holds: set[str] = set()
        self.filled: set[str] = set()
        self.rows: Rows = {}
        self.has_new_relations = False
        super().__init__(store.connect(config={"threads": "1"}), None, None)
        for table, columns in COLUMNS.items():  # without the keys, checks and triggers of what is stored
            names = ", ".join(f'"{name}"' for name in columns)
            self.cursor.execute(f"create temp table {table} as select {names} from memory.main.{table}").fetchall()

    def fill(self, rows: Rows, as_of: object, known_at: object) -> None:
        """Take the rows of a part in, to be looked at as of an instant."""
        self.values = {"as_of": as_of, "known_at": known_at}
        self.cursor.begin()
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
        self.asking = None
        if self.has_new_relations:
            for table in self.filled:
                self.cursor.execute(f"delete from {table}").fetchall()
            self.cursor.commit()
            self.has_new_relations = False
        else:
            self.cursor.rollback()
        self.filled.clear()

    def _put(self, table: str, frame: pl.DataFrame) -> None:
        """Put rows in the place of those that a table holds."""
        if table in self.filled:
            self.cursor.execute(f"delete from {table}").fetchall()
            self.filled.remove(table)
        if not frame.is_empty():
            store.append(self.cursor, table, frame)
            self.filled.add(table)

    def _relate(self, name: str, definition: str, values: dict[str, object] | None = None) -> None:
        """Make an empty relation where there is none of that name yet."""
        if name not in self.relations:
            self.cursor.execute(f"create temp table {name} as {definition} limit 0", values).fetchall()
            self.relations.add(name)
            self.has_new_relations = True

    def give(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable as a relation of that name, always of the same columns."""
        if name not in self.relations:
            self.cursor.register(f"{name}_rows", frame.clear())
            self._relate(name, f"from {name}_rows")
            self.cursor.unregister(f"{name}_rows")
        self._put(name, frame)

    def read(self, name: str) -> pl.DataFrame:
        """The rows of one statement of facts."""
        if name not in self.none:
            text, values = self._statement(name)
            self.none[name] = self.cursor.sql(text, params=values or None).pl().clear()
        if self._is_empty(name):
            return self.none[name]
        if self.rows["leads"].height > MANY:
            return super().read(name)
        rows = self._run(name, "").fetchall()
        return pl.DataFrame(rows, schema=self.none[name].schema, orient="row") if rows else self.none[name]

    def keep(self, name: str, under: str | None = None) -> None:
        """Run a statement of facts and keep its rows as a relation for later ones."""
        relation = under or name
        text, values = self._statement(name)
        self._relate(relation, f"from ({text})", values or None)
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


MANY = 100
"""Leads from which on rows are brought out of the database as a frame and not one by one."""

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
AT_ONCE = threading.BoundedSemaphore(2)
"""Parts that are laid out at the same time, a core each: more would only take memory and each other's time."""


@contextlib.contextmanager
def beside(rows: Rows, as_of: object, known_at: object) -> Iterator[Beside]:
    """A layout of the rows of a part and nothing else, until the end of the block."""
    with AT_ONCE:
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
