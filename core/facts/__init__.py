"""SQL that lays every lead out as one row of facts: what was said and done, without any verdict.

Called by evaluation. Every statement of this folder reads stored tables, the `subject` (one row per lead in scope,
with its moment and the numbers of its keys) and the statements before it; values come only through `$as_of` and
`$known_at`.
`asking` holds the programs whose criteria read a statement, so that no fact is laid out for nobody.
"""

import functools
from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from core import store
from core.facts import identity
from core.terms import Program

HERE = Path(__file__).parent
KEYS = ("person_key", "org_key", "email_org_key")
"""The keys by which leads meet others."""


class Layout:
    """The facts of one evaluation: runs statements on the caller's cursor, each at most once.

    cursor: of an open transaction, whose uncommitted rows are seen, or a connection of its own; no other thread may
    use it meanwhile. as_of, known_at: UTC instants; what happened or was recorded later is not seen. `close` takes the
    temporary relations away.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, as_of: object, known_at: object):
        self.cursor = cursor
        self.values = {"as_of": as_of, "known_at": known_at}
        self.relations: set[str] = set()
        self.views: set[str] = set()
        self.asking: list[str] | None = None

    def see(self) -> None:
        """Look at the stored tables as they stood: without what was taken back, under the roots that people named."""
        self._leave_out_voided()
        self._identify()

    def _leave_out_voided(self) -> None:
        """Hide events and verdicts that were taken back by then behind views; nothing where none was."""
        self.keep("voided")
        for (table,) in self.cursor.execute("select distinct relation from voided").fetchall():
            self._shadow(f"standing_{table}", HERE / "standing_rows.sql", table)
            self._shadow(table, HERE / "standing_rows.sql", table)

    def _identify(self) -> None:
        """What people answered about look-alikes: keys called the same stand under one root in every table that is
        read from here on, and what is still open stands in `near`. Without answers the tables are read as they are.
        """
        answered = self.read("answers")
        roots = identity.roots(answered.filter(answer="same"))
        self.give("answered", answered)
        self.give("roots", roots)
        if not roots.is_empty():
            self._stand_under(roots)
        self.related = answered.filter(kind="organization", answer="related")
        self.near = self.read("near")

    def _stand_under(self, roots: pl.DataFrame) -> None:
        """Let every table be read with each key of `roots` (kind, key, root) replaced by its root."""
        for file in sorted((HERE / "rooted").glob("*.sql")):
            self._shadow(file.stem, file, file.stem)

    def _shadow(self, view: str, file: Path, table: str) -> None:
        """Make a temporary view that reads a stored table, or what `standing_` hides of it already.

        A view of a table's own name shadows it for this cursor alone. In it `main.leads` would be the view itself: only
        the catalog tells them apart.
        """
        standing = f"standing_{table}"
        name = self.cursor.execute("select current_database()").fetchall()[0][0].replace('"', '""')
        stored = standing if standing in self.views else f'"{name}".main.{table}'
        text = store.statement(file).replace("stored_rows", stored)
        self.cursor.execute(f"create or replace temp view {view} as {text}").fetchall()
        self.views.add(view)

    def numbered(self, leads: pl.DataFrame) -> pl.DataFrame:
        """The rows of `leads` with a number in the place of each key, and `is_met`: whether anything else names one.

        Leads meet by comparing numbers, which takes a fifth of comparing texts; and most meet nobody, which is found
        out by counting. Kept for the statements: `near`, `org_groups` and `naming` under the same numbers, and
        `key_numbers` of the keys that other rows name.
        """
        named, near, groups = self.read("named_keys"), self.near, self._groups()
        of_leads = [leads[name] for name in KEYS]
        of_others = [named["key"], near["key"], near["near_key"], groups["org_key"], groups["group_key"]]
        numbers, is_met = identity.numbered(of_leads, of_others)
        key, near_key, org_key, group_key = numbers[-4:]
        self.give("key_numbers", named.with_columns(number=numbers[-5]))
        self.give("near", near.with_columns(key_number=key, near_key_number=near_key))
        self.give("org_groups", pl.DataFrame({"org_key": org_key, "group_key": group_key}))
        self.keep("naming")
        return leads.with_columns(**dict(zip(KEYS, numbers, strict=False)), is_met=is_met)

    def _groups(self) -> pl.DataFrame:
        """org_key, group_key: groups of companies by their parents, and by what people called related."""
        groups = self.read("groups")
        if self.related.is_empty():
            return groups
        roots = dict(self.cursor.sql("select key, root from roots where kind = 'organization'").fetchall())
        pairs = [tuple(roots.get(key, key) for key in pair)
                 for pair in self.related.select("left_key", "right_key").rows()]
        return identity.with_related(groups, pairs)

    def close(self) -> None:
        """Take the temporary relations away."""
        for name in sorted(self.views, key=lambda name: name.startswith("standing_")):
            self.cursor.execute(f"drop view if exists temp.{name}").fetchall()
        for name in self.relations:
            self.cursor.execute(f"drop table if exists temp.{name}").fetchall()

    def give(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable as a relation of that name."""
        self.cursor.register(f"{name}_rows", frame)
        self.cursor.execute(f"create or replace temp table {name} as select * from {name}_rows").fetchall()
        self.cursor.unregister(f"{name}_rows")
        self.relations.add(name)

    def read(self, name: str) -> pl.DataFrame:
        """The rows of one statement of this folder."""
        text, values = self._statement(name)
        if self.is_small:
            return store.rows_of(self.cursor, text, f"facts/{name}", values)
        return self.cursor.sql(text, params=values or None).pl()

    @functools.cached_property
    def is_small(self) -> bool:
        """Whether so little is stored that rows are brought one by one sooner than as columns (core/store)."""
        counted = ("leads", "contacts", "events", "near_matches")
        text = " + ".join(f"(select count(*) from {table})" for table in counted)
        return self.cursor.execute(f"select {text} < {store.MANY}").fetchall()[0][0]

    def keep(self, name: str) -> None:
        """Run a statement and keep its rows as a relation for later ones, without bringing them here."""
        text, values = self._statement(name)
        self.cursor.execute(f"create or replace temp table {name} as {text}", values or None).fetchall()
        self.relations.add(name)

    def _statement(self, name: str) -> tuple[str, dict[str, object]]:
        text = store.statement(HERE / f"{name}.sql")
        return text, {key: value for key, value in self.values.items() if f"${key}" in text}

    def ask(self, programs: Iterable[Program]) -> None:
        """Name the programs for which the next statements are read."""
        names = sorted({one.id for one in programs})
        if names != self.asking:
            self.give("asking", pl.DataFrame({"program": names}, schema={"program": pl.String}))
            self.asking = names

