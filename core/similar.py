"""Similar registrations: leads for the same person or company as another, or for one that may be.

Called by pages before a decision; changes nothing and decides nothing.
"""

import datetime as dt

import duckdb

from core import days, store
from core.terms import catalogue

SQL = store.HERE / "sql"
FIELDS = ("name", "company", "email", "role", "domain", "country", "program", "partner", "submitted", "state",
          "products", "channel")
"""What is compared, in the order in which it is shown."""


def similar(con: duckdb.DuckDBPyConnection, lead: str, most: int = 8) -> tuple[list[dict], int]:
    """Leads like a lead, the nearest first, and how many there are beyond `most` too.

    Each: likeness (Same person, Maybe the same company, ...), near_match (the open question about it, or None), score
    (0 to 1, of that question), left (the lead) and right (the other) as {"table", "id"}, fields as
    core/matching/reading gives them.
    """
    persons, organizations = keys_of(con, lead)
    rows = store.read(con, SQL / "similar_leads.sql", lead=lead, most=most, persons=persons,
                      organizations=organizations, keys=persons | organizations).to_dicts()
    if len(rows) < 2:
        return [], 0
    zones = days.zones(con)
    own, *others = ({**row, "values": _values(row, zones[row["program"]])} for row in rows)
    return [_compared(own, other) for other in others], others[0]["found"]


def keys_of(con: duckdb.DuckDBPyConnection, lead: str) -> tuple[set[str], set[str]]:
    """The keys of a lead's person and organizations by which it may meet others; those that a crowd shares say nothing.
    """
    rows = store.read(con, SQL / "keys_of_lead.sql", lead=lead).to_dicts()
    return ({row["person"] for row in rows} - {None},
            {row[name] for row in rows for name in ("organization", "address")} - {None})


def _values(row: dict, zone: str) -> dict[str, object]:
    return {
        "name": row["name"], "company": row["company"], "email": row["email"], "role": row["role"],
        "domain": row["domain"], "country": row["country"], "partner": row["partner"],
        "program": catalogue().programs[row["program"]].short_name,
        "submitted": _day(days.local_day(row["submitted_at"], zone)),
        "state": row["disposition"] and row["disposition"].capitalize(), "products": ", ".join(row["products"]) or None,
        "channel": row["channel"] and row["channel"].replace("_", " "),
    }


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _compared(own: dict, other: dict) -> dict:
    left, right = own["values"], other["values"]
    fields = [{"field": name, "left": left[name], "right": right[name], "differs": left[name] != right[name]}
              for name in FIELDS if left[name] or right[name]]
    return {
        "likeness": other["likeness"], "near_match": other["near_match"], "score": other["score"],
        "left": {"table": "leads", "id": own["lead"]}, "right": {"table": "leads", "id": other["lead"]},
        "fields": sorted(fields, key=lambda one: not one["differs"]),
    }
