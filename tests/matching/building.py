"""Databases for the tests of matching: a world of the rule tests, loaded, with its look-alikes asked about."""

import datetime as dt
import json

import duckdb
import polars as pl

from core import results, store
from core.matching import answers, finding, reading
from core.terms import catalogue

ASKED = dt.datetime(2024, 1, 1)
"""When look-alikes are asked about here: before anything happens, so that no approval stands before the question."""


def world(*documents: dict, ask: bool = True, now: dt.datetime = ASKED) -> duckdb.DuckDBPyConnection:
    """A database in memory with documents; ask: look for look-alikes."""
    con = store.connect()
    results.load(con, [json.dumps(one, default=str) for one in documents], catalogue())
    if ask:
        with store.transaction(con) as cursor:
            finding.propose(cursor, now)
    return con


def people(*rows: dict) -> dict:
    """A document of contacts alone; each row is one of them."""
    organizations = sorted({row["org"] for row in rows if row.get("org")})
    return {
        "organizations": [{"id": one, "name": f"Company {one}", "domain": f"{one.lower()}-works.example"}
                          for one in organizations],
        "contacts": [{"id": f"K{number}", **row} for number, row in enumerate(rows)],
    }


def companies(*rows: dict) -> dict:
    return {"organizations": [{"id": f"O{number}", **row} for number, row in enumerate(rows)]}


def proposals(con: duckdb.DuckDBPyConnection) -> list[dict]:
    with con.cursor() as cursor:
        return cursor.sql("select * from near_matches order by id").pl().to_dicts()


def reasons(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The reasons of the only proposal; empty where there is none."""
    found = proposals(con)
    assert len(found) <= 1, found
    return found[0]["reasons"] if found else []


def say(con: duckdb.DuckDBPyConnection, said: str, now: dt.datetime, match: str | None = None) -> str:
    """Answer the only open question, or the one named; returns its id."""
    name = match or reading.open_matches(con)[0]["id"]
    with store.transaction(con) as cursor:
        answers.answer(cursor, name, said, "Nadia", None, now)
    return name


def evaluated(con: duckdb.DuckDBPyConnection, as_of: str, known_at: dt.datetime = dt.datetime(9999, 1, 1)) -> dict:
    return results.of_database(con, catalogue(), dt.datetime.fromisoformat(as_of), known_at)


def count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    with con.cursor() as cursor:
        return cursor.sql(f"select count(*) as n from {table}").pl()["n"][0]


def frame(con: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    with con.cursor() as cursor:
        return cursor.sql(f"select * from {table}").pl()
