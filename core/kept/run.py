"""What the kept evaluation stands for: the instant, when it is due again, and the rules it was made by.

Called by the other modules of this room.
"""

import datetime as dt
import functools
import hashlib
from collections.abc import Collection

import duckdb

from core import days, store
from core.evaluation import FOREVER
from core.results import entries_of
from core.terms import Catalogue, Entry, catalogue

SQL = store.HERE / "sql"
RULES = ("terms/*.toml", "terms/*.py", "rules/*.py", "facts/**/*.sql", "facts/**/*.py", "evaluation/*.py",
         "calendar.py")
"""Files from which an evaluation follows beside the stored rows."""
FEW, SHARE, MANY = 300, 20, 20_000
"""A part is taken out up to FEW leads and one in SHARE of all, but never more than MANY; beyond that evaluating
everything costs less, as measured on 10,000 and 60,000 sample leads (two to three are connected to each).
"""


def run_of(cursor: duckdb.DuckDBPyConnection) -> dict | None:
    """The kept run: as_of, leads, changes_at, made_by; None where nothing is kept."""
    rows = store.rows(cursor, SQL / "kept_run.sql").to_dicts()
    return rows[0] if rows else None


def keep_run(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime, leads: int, changes_at: dt.datetime) -> None:
    """Put a run in the place of the kept one. changes_at: when something may differ (UTC)."""
    cursor.execute("delete from evaluation_runs").fetchall()
    store.insert(cursor, "evaluation_runs",
                 {"as_of": as_of, "leads": leads, "changes_at": changes_at, "made_by": rules_digest()})


def move_run(cursor: duckdb.DuckDBPyConnection, run: dict, settings: list[Entry], as_of: dt.datetime, more: int,
             turns: list[dt.datetime | None]) -> None:
    """Let what is kept stand for a later instant: `more` leads, and the next instants at which some may differ."""
    zones = zones_of(catalogue(), settings)
    before = run["changes_at"] if run["changes_at"] > as_of else next_turn(cursor, as_of, zones)
    changes_at = min(turn for turn in (*turns, before, _next_midnight(as_of, zones)) if turn is not None)
    keep_run(cursor, as_of, run["leads"] + more, changes_at)


def next_turn(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime, zones: set[str]) -> dt.datetime:
    """The first instant at which anything kept may differ, the next midnight at the latest."""
    turn = store.rows(cursor, SQL / "next_turn.sql")["next_at"][0]
    midnight = _next_midnight(as_of, zones)
    return min(turn, midnight) if turn else midnight


def _next_midnight(as_of: dt.datetime, zones: set[str]) -> dt.datetime:
    """The first instant after `as_of` at which a local day begins in one of the zones."""
    following = {zone: days.local_day(as_of, zone) + dt.timedelta(1) for zone in zones}
    return min(days.instant(dt.datetime.combine(day, dt.time()), zone) for zone, day in following.items())


def zones_of(terms: Catalogue, settings: list[Entry]) -> set[str]:
    """Every zone in which days of some lead begin, and UTC."""
    return {"UTC", *days.every_zone(terms, settings)}


@functools.cache
def rules_digest() -> str:
    """What the terms and rules of this program are known by: kept by others, everything is evaluated again."""
    here = store.HERE.parent
    files = sorted(file for pattern in RULES for file in here.glob(pattern))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def settings_of(cursor: duckdb.DuckDBPyConnection, terms: Catalogue) -> list[Entry]:
    """Every stored setting that is known now."""
    return entries_of(store.rows(cursor, SQL / "settings.sql", known_at=FOREVER), terms)


def named(cursor: duckdb.DuckDBPyConnection, name: str, **values: object) -> set[str]:
    """The names in the one column of a statement."""
    return set(store.rows(cursor, SQL / f"{name}.sql", **values).to_series().drop_nulls())


def is_due(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> bool:
    """Whether leads are stored and what is kept may not stand for an instant (UTC) any more. Reads one row."""
    with con.cursor() as cursor:
        run = run_of(cursor)
        if run is None or run["made_by"] != rules_digest():
            return bool(cursor.execute("select exists(from leads)").fetchall()[0][0])
        return run["changes_at"] <= now


def turns_at(con: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    """The instant (UTC) from which what is kept is due again; None where nothing is kept."""
    with con.cursor() as cursor:
        run = run_of(cursor)
    return run and run["changes_at"]


def is_much(concerned: Collection[str], run: dict) -> bool:
    """Whether evaluating everything costs less than evaluating some leads and those connected to them."""
    return len(concerned) > min(MANY, FEW + run["leads"] // SHARE)
