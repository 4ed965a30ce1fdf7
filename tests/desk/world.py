"""A small database to act on: a few leads of each program, people of every role, and short ways to act and to look."""

import datetime as dt
import inspect
import itertools
import json
from pathlib import Path

import duckdb

from core import desk, kept, store
from core.desk import Done, Signed
from core.evaluation import FOREVER, Moment, evaluate
from core.kept import with_due_days
from core.results import stored_settings
from core.terms import catalogue

NOW = dt.datetime(2025, 6, 20, 15)
_keys = itertools.count(1)

JUDGED_BY_SALES = ("potential_client", "b2b_fit", "need_intent", "scale", "role_influence", "business_use_case",
                   "identity_genuine", "not_competitor")
CERRI_EVENTS = [
    {"type": "outreach", "at": "2025-03-04T15:00:00Z", "channel": "email"},
    {"type": "reply", "at": "2025-03-05T15:00:00Z", "channel": "email", "automated": False},
    {"type": "discovery_call", "at": "2025-03-12T15:00:00Z", "status": "completed"},
]


def party(number: int, name: str) -> tuple[dict, dict]:
    domain = f"{name.lower()}.example"
    return (
        {"id": f"O{number}", "name": f"{name} Logistics", "domain": domain, "kind": "business"},
        {"id": f"C{number}", "org": f"O{number}", "full_name": f"Mia {name}", "email": f"mia@{domain}",
         "company": f"{name} Logistics", "role": "VP Operations"},
    )


def document(payable: int = 0) -> dict:
    """L1: a cerri lead with every verdict but the approval. L2: one that nobody has looked at. P1 of partner A and
    P2 of partner B for the same contact. R1: a referral. M1, M2, ...: registrations with a payable commission."""
    names = ("Northwind", "Contoso", "Fabrikam", "Tailspin")
    parties = [party(number, name) for number, name in enumerate(names, start=1)]
    registration = {"program": "ptr", "channel": "web_form", "products": ["integrator_io"], "follow_up_with": "prospect",
                    "source_context": "normal", "expected_decision_date": "2025-09-29"}
    leads = [
        {"id": "L1", "program": "cerri", "partner": "F", "contact": "C1", "org": "O1",
         "submitted_at": "2025-03-03T15:00:00Z", "channel": "trial_signup", "new_contact_record": True},
        {"id": "L2", "program": "cerri", "partner": "F", "contact": "C2", "org": "O2",
         "submitted_at": "2025-06-17T15:00:00Z", "channel": "trial_signup", "new_contact_record": True},
        registration | {"id": "P1", "partner": "A", "contact": "C3", "org": "O3",
                        "submitted_at": "2025-06-18T16:00:00Z"},
        registration | {"id": "P2", "partner": "B", "contact": "C3", "org": "O3",
                        "submitted_at": "2025-06-19T16:00:00Z"},
        {"id": "R1", "program": "raf", "partner": "S", "contact": "C4", "org": "O4", "channel": "web_form",
         "submitted_at": "2025-06-16T17:00:00Z", "products": ["integrator_io"], "expected_decision_date": "2025-09-01"},
    ]
    events = [event | {"lead": "L1"} for event in CERRI_EVENTS]
    verdicts = [{"lead": "L1", "criterion": name, "verdict": "pass", "by": "imported", "at": "2025-03-12T15:00:00Z"}
                for name in JUDGED_BY_SALES]
    for number in range(1, payable + 1):
        name, org = f"M{number}", 100 + number
        parties.append(party(org, f"Payer{number}"))
        leads.append(registration | {"id": name, "partner": "A", "contact": f"C{org}", "org": f"O{org}",
                                     "submitted_at": "2025-03-03T16:00:00Z"})
        events += [
            {"type": "accepted", "at": "2025-03-04T16:00:00Z", "lead": name, "by": "imported"},
            {"type": "deal_won", "at": "2025-06-02T16:00:00Z", "lead": name, "transaction": f"T{number}"},
            {"id": f"pay-{name}", "type": "customer_payment", "at": "2025-06-16T16:00:00Z", "lead": name,
             "transaction": f"T{number}", "subscription_amount": 1000 + number, "currency": "USD"},
        ]
        verdicts += [{"lead": name, "criterion": one, "verdict": "pass", "by": "imported",
                      "at": "2025-03-04T16:00:00Z"} for one in ("decision_role", "interest")]
    confirmed = {"country": "US", "check_address": "1 Main St", "check_address_confirmed_at": "2023-01-10T12:00:00Z"}
    return {
        "id": "world", "settings": {"ptr.commission_rate": 0.1},
        "partners": [
            {"id": "A", "kind": "referral_partner", "name": "Partner A", "domain": "partner-a.example"} | confirmed,
            {"id": "B", "kind": "referral_partner", "name": "Partner B", "email": "b@partner-b.example"} | confirmed,
            {"id": "F", "kind": "affiliate", "name": "Affiliate F", "email": "f@affiliate.example", "country": "US"},
            {"id": "S", "kind": "customer_contact", "first_name": "Sol", "last_name": "Source",
             "email": "sol@customer.example", "country": "US"},
        ],
        "organizations": [org for org, _ in parties], "contacts": [contact for _, contact in parties],
        "leads": leads, "events": events, "verdicts": verdicts,
    }


def colleague() -> dict:
    """P3: a registration of partner B for a colleague of the contact of P1 and P2, so that a person is asked."""
    known = document()
    return {
        "id": "colleague", "partners": [one for one in known["partners"] if one["id"] == "B"],
        "organizations": [one for one in known["organizations"] if one["id"] == "O3"],
        "contacts": [{"id": "C33", "org": "O3", "full_name": "Rosa Fabrikam", "email": "rosa@fabrikam.example",
                      "company": "Fabrikam Logistics", "role": "Director IT"}],
        "leads": [{"id": "P3", "program": "ptr", "partner": "B", "contact": "C33", "org": "O3", "channel": "web_form",
                   "submitted_at": "2025-06-19T18:00:00Z", "products": ["integrator_io"], "follow_up_with": "prospect",
                   "source_context": "normal", "expected_decision_date": "2025-09-29"}],
    }


PEOPLE = {"sara": "sales", "sven": "sales", "chen": "channel", "mona": "manager", "marc": "manager",
          "finn": "finance", "fay": "finance", "ada": "admin"}


def build(path: Path | str = ":memory:", payable: int = 0) -> duckdb.DuckDBPyConnection:
    """The world in a database, evaluated at NOW."""
    con = desk.open_database(path, NOW) if path != ":memory:" else store.connect()
    desk.begin(con, NOW)
    for name, role in PEOPLE.items():
        desk.add_person(con, signed("operator"), name, name.title())
        desk.grant(con, signed("operator"), name, role)
    desk.load(con, signed("operator"), [json.dumps(document(payable))])
    return con


def signed(person: str, con: duckdb.DuckDBPyConnection | None = None, lead: str | None = None,
           key: str | None = None, now: dt.datetime = NOW) -> Signed:
    """Who asks, with the version of a lead as it stands at that instant: a page brings it forward before it shows it."""
    if lead and kept.kept_as_of(con) and kept.is_due(con, now):
        desk.advance(con, now)
    version = desk.version(con, lead) if lead else None
    return Signed(person, key or f"key-{next(_keys)}", now, version)


def act(con: duckdb.DuckDBPyConnection, action, person: str, lead: str, *arguments: object, **more: object) -> Done:
    """Do an action on a lead as it stands now, and on the other one that it names."""
    takes = inspect.signature(action)
    if "other_version" in takes.parameters:
        given = takes.bind(con, None, lead, *arguments, **more).arguments
        case = ask(con, "select lead, other_lead from conflict_cases where id = ?", given.get("case"))
        other = given.get("other") or given.get("to") or next((one for pair in case for one in pair if one != lead), None)
        known = other and ask(con, "select 1 from leads where id = ?", other)
        more = {"other_version": desk.version(con, other) if known else None} | more
    return action(con, signed(person, con, lead), lead, *arguments, **more)


def undo(con: duckdb.DuckDBPyConnection, person: str, done: Done, lead: str, reason: str = "a mistake") -> Done:
    return desk.undo(con, signed(person, con, lead), done.number, reason)


def ask(con: duckdb.DuckDBPyConnection, text: str, *values: object) -> list[tuple]:
    with con.cursor() as cursor:
        return cursor.execute(text, list(values)).fetchall()


def disposition(con: duckdb.DuckDBPyConnection, lead: str) -> str:
    return ask(con, "select disposition from evaluations where lead = ?", lead)[0][0]


def kept_rows(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """Everything that is kept of the evaluation, in order."""
    tables = ("evaluations", "conflicts", "clocks", "duties", "payouts_owed")
    return {table: ask(con, f"select * from {table} order by all") for table in tables}


def computed_rows(con: duckdb.DuckDBPyConnection, as_of: dt.datetime,
                  known_at: dt.datetime = FOREVER) -> dict[str, list[tuple]]:
    """The same from scratch."""
    found = evaluate(con, catalogue(), [Moment(as_of, stored_settings(con, catalogue(), known_at))], known_at=known_at)
    frames = {"evaluations": with_due_days(found).drop("no"), "conflicts": found.conflicts, "clocks": found.clocks,
              "duties": found.duties, "payouts_owed": found.payouts.drop("no")}
    rows = {}
    for table, frame in frames.items():
        names = [name for (name,) in ask(con, "select column_name from duckdb_columns() where table_name = ? order by "
                                              "column_index", table)]
        rows[table] = sorted(frame.select(names).rows(), key=repr)
    return rows


def same(left: dict[str, list[tuple]], right: dict[str, list[tuple]]) -> bool:
    return {table: sorted(rows, key=repr) for table, rows in left.items()} == {
        table: sorted(rows, key=repr) for table, rows in right.items()}
