"""What a screen shows of look-alikes: the open questions with both records side by side, and whom they touch.

Called by pages, the desk and the command line. Changes nothing.
"""

import weakref

import duckdb
import polars as pl

from core import accounts, store
from core.matching.relations import SQL


def open_matches(con: duckdb.DuckDBPyConnection, most: int = 100, kind: str | None = None, only: str | None = None
                 ) -> list[dict]:
    """Questions that nobody has answered, warnings about domains first, then the likeliest.

    kind: of that kind alone. only: that one near match, where it is open.
    Each: id, kind, score, reasons, is_lookalike, left and right ({"table", "id"}), fields ([{"field", "left", "right",
    "differs"}], what differs first), leads and partners (ids of those it touches),
    partner_names (by id), answers (how many were given and
    taken back).
    """
    matches = store.read(con, SQL / "open_matches.sql", most=most, kind=kind, only=only)
    shown = {
        table: {row["id"]: row for row in store.read(
            con, SQL / f"shown_{table}.sql", records=_records(matches, table)).to_dicts()}
        for table in ("contacts", "organizations", "partners")
    }
    touched = leads_of(con, matches["id"].to_list()).group_by("id").agg(
        pl.col("lead").unique().sort(), pl.col("partner").unique().sort()
    )
    by_match = {row["id"]: row for row in touched.to_dicts()}
    none = {"lead": [], "partner": []}
    questions = [_question(row, shown, by_match.get(row["id"], none)) for row in matches.to_dicts()]
    ids = sorted({partner for one in questions for partner in one["partners"]})
    names = dict(store.read(con, SQL / "shown_partners.sql", records=ids).select("id", "name").rows())
    for one in questions:
        one["partner_names"] = {partner: names.get(partner) for partner in one["partners"]}
    return questions


def count_open(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many questions nobody has answered, by kind: person, organization, partner."""
    return dict(store.read(con, SQL / "open_match_count.sql").rows())


def answered(con: duckdb.DuckDBPyConnection, most: int = 100) -> list[dict]:
    """Questions with an answer that stands, the latest first: id, kind, left_name, right_name, answer, decided_by,
    note, happened_at (UTC), answers (how many were given)."""
    return store.read(con, SQL / "answered_matches.sql", most=most).to_dicts()


def leads_of(con: duckdb.DuckDBPyConnection, matches: list[str]) -> pl.DataFrame:
    """id (of the near match), lead, partner: the leads under either key of given near matches."""
    return store.read(con, SQL / "leads_of_matches.sql", matches=matches)


def look_alikes(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Leads whose person or company may be the same as another, where nobody has said.

    Looked for once, and again when records came or went, or somebody answered.
    """
    until = store.read(con, SQL / "look_alikes_until.sql").row(0)
    known, leads = _look_alikes.get(con, (None, []))
    if known != until:
        leads = store.read(con, SQL / "look_alikes.sql")["lead"].to_list()
        _look_alikes[con] = until, leads
    return leads


_look_alikes: weakref.WeakKeyDictionary[duckdb.DuckDBPyConnection, tuple[tuple, list[str]]] = (
    weakref.WeakKeyDictionary())
"""By connection: what the look-alikes followed from when they were looked for, and they."""


def near_keys(con: duckdb.DuckDBPyConnection, keys: list[str]) -> set[str]:
    """The keys and every key that was ever asked about as a look-alike of one of them, or of one so found."""
    return set(store.read(con, SQL / "near_keys.sql", keys=keys)["key"])


def _records(matches: pl.DataFrame, table: str) -> list[str]:
    sides = [matches.filter(pl.col(f"{side}_table") == table)[f"{side}_record"] for side in ("left", "right")]
    return pl.concat(sides).unique().sort().to_list()


def _shown(field: str, value: object) -> object:
    """A field's value as it is shown: of bank details the last characters alone."""
    return accounts.masked(value) if field == "wire_details" else value


def _question(match: dict, shown: dict[str, dict[str, dict]], touched: dict) -> dict:
    left, right = (shown[match[f"{side}_table"]].get(match[f"{side}_record"], {}) for side in ("left", "right"))
    fields = [
        {"field": name, "left": _shown(name, left.get(name)), "right": _shown(name, right.get(name)),
         "differs": left.get(name) != right.get(name)}
        for name in dict.fromkeys((*left, *right)) if left.get(name) is not None or right.get(name) is not None
    ]
    return {
        "id": match["id"], "kind": match["kind"], "score": match["score"], "reasons": match["reasons"],
        "is_lookalike": match["is_lookalike"],
        **{side: {"table": match[f"{side}_table"], "id": match[f"{side}_record"]} for side in ("left", "right")},
        "fields": sorted(fields, key=lambda one: not one["differs"]),
        "leads": touched["lead"], "partners": touched["partner"], "answers": match["answers"],
    }
