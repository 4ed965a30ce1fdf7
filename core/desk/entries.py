"""The journal as pages show it: entries found by filters, in words and as values, and the state of the chain.

Called by the page Journal. Reads only. An entry holds ids, values and digests; no name is looked up for an id that may
be an erased person's.
"""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

import duckdb
import polars as pl

from core import people, store
from core.desk import journal
from core.desk.journal import SQL, Head
from core.model import Refusal

MOST = 100_000
"""Entries that leave in one file at most."""
LABELS = {"begin": "Open the journal", "advance": "Evaluated again as time passed", "refused": "Refused attempt",
          "complete_closings": "Complete closed months"}
"""Actions that stand in no permission table."""
DONE = {"begin": "opened the journal", "advance": "evaluated again what was due",
        "complete_closings": "wrote down which refusals stand in closed months"}
NOT_SAID = ("approval", "case", "event", "grant", "id", "near_match", "payee_version", "standing", "view")
"""Values that tell a person nothing beside their entry: ids of rows, and what the words say already."""
NO_VALUE = "not set"


@dataclass(frozen=True)
class Asked:
    """What the journal is narrowed to; None and empty: everything.

    lead: entries asked for it, or that changed it. begins_at, ends_at: instants (UTC), the second excluded. actions:
    those that may be seen at all.
    """

    person: str | None = None
    action: str | None = None
    lead: str | None = None
    begins_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    is_undone: bool = False
    actions: tuple[str, ...] | None = None


def of_no_lead() -> tuple[str, ...]:
    """Actions that concern neither a lead nor money: people, settings and what was loaded as a whole."""
    table = people.permissions()
    return ("begin", "set_setting", "take_back_setting", *(name for name, row in table.items() if row.is_global))


def writers(con: duckdb.DuckDBPyConnection, actions: Collection[str] | None) -> tuple[list[str], list[str]]:
    """Who stands in the journal, and which actions do. actions: those that may be seen at all."""
    rows = store.read(con, SQL / "writers.sql")
    if actions is not None:
        rows = rows.filter(pl.col("action").is_in([*actions, "refused"]))
    return sorted(rows["person"].unique()), sorted(rows["action"].unique(), key=label)


def count(con: duckdb.DuckDBPyConnection, asked: Asked) -> int:
    """How many entries pass the filters."""
    return store.read(con, SQL / "entries_found.sql", **_values(asked))["entries"][0]


def page(con: duckdb.DuckDBPyConnection, asked: Asked, start: int, size: int) -> list[dict]:
    """Entries under the filters, the latest first.

    number, recorded_at (UTC), person, action, lead, before and after (dicts), is_undone, leads (how many it changed),
    first_leads (up to three of them), disposition_before, disposition (where it changed one lead).
    """
    rows = store.read(con, SQL / "entries_page.sql", **_values(asked), start=start, size=size).to_dicts()
    return [row | {name: journal.read_plain(row[name]) for name in ("before", "after")} for row in rows]


def table(con: duckdb.DuckDBPyConnection, asked: Asked) -> pl.DataFrame:
    """The entries under the filters as rows of a file, up to MOST: `page` in words, before and after as JSON."""
    rows = page(con, asked, 0, MOST)
    return pl.DataFrame([
        {"number": row["number"], "recorded_at": f"{row['recorded_at'].isoformat()}Z", "person": row["person"],
         "action": row["action"], "what": sentence(row), "lead": row["lead"], "leads_changed": row["leads"],
         "disposition_before": row["disposition_before"], "disposition": row["disposition"],
         **{name: json.dumps(row[name], ensure_ascii=False) for name in ("before", "after")},
         "is_undone": row["is_undone"]} for row in rows
    ], infer_schema_length=None)


def _values(asked: Asked) -> dict[str, object]:
    return asdict(asked) | {"actions": None if asked.actions is None else list(asked.actions)}


def label(action: str) -> str:
    """An action as a choice of a list."""
    known = people.known_actions().get(action)
    return known.label if known else LABELS.get(action, action)


def sentence(row: dict) -> str:
    """What an entry says its person did: `took the lead on`."""
    known = people.known_actions().get(row["action"])
    if row["action"] == "refused":
        return f"was refused: {label(row['after'].get('action', '')).lower()}"
    return known.done if known else DONE.get(row["action"], row["action"])


def changes(row: dict) -> list[tuple[str, str | None, str]]:
    """What an entry changed in words: (what, before, after), before None where it only says what came about."""
    before = row["before"]
    not_said = (*NOT_SAID, "action") if row["action"] == "refused" else NOT_SAID  # the sentence names it already
    in_order = sorted(row["after"].items(), key=lambda one: one[0] != "name")  # what it is about, first
    said = [(name.replace("_", " "), _said(before[name]) if name in before else None, _said(value))
            for name, value in in_order
            if name not in not_said and not isinstance(value, list | dict) and (value is not None or name in before)]
    if row["disposition"] and row["disposition_before"] not in (None, row["disposition"]):
        said.append(("disposition", row["disposition_before"], row["disposition"]))
    return said


def _said(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: NO_VALUE, True: "yes", False: "no"}[value]
    return f"{value:,}" if type(value) is int else str(value).strip('"')  # a setting's value stands as JSON


@dataclass(frozen=True)
class Chain:
    """Where the journal ends, and whether its head outside the database says the same.

    outside: agrees, differs, missing or unreadable. told: the entry that stands outside as the last one.
    """

    head: Head
    outside: str
    told: int | None


def chain(con: duckdb.DuckDBPyConnection) -> Chain:
    """The end of the journal against the head file. Reads one row and one small file."""
    keeper = journal.book(con)
    try:
        earlier, head, now = keeper.heads(), journal.head(con), keeper.heads()
    except Refusal:
        return Chain(journal.head(con), "unreadable", None)
    if now is None:
        return Chain(head, "missing", None)
    agrees = head in (*(earlier or {}).values(), *now.values())
    return Chain(head, "agrees" if agrees else "differs", now["confirmed"].number)
