"""Money around the days on which clocks and calendars turn, under servers of several time zones.

`python -m tests.faults.clocks SIZE` is one such server: it prints what its ledger says. Its own clock is set back
before every step of the batch.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from core import desk, ledger, payees
from core.statements import statement
from tests.desk.payouts import approve, export, prepare, result
from tests.desk.world import NOW, ask, build, document, party, signed

ROOT = Path(__file__).parents[2]
ZONES = ("UTC", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Kiritimati")
"""Zones that servers stand in."""
HOME = "America/New_York"
"""The program's zone: it has summer time."""
TURNS = (dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(2024, 3, 9), dt.date(2024, 3, 10),
         dt.date(2024, 3, 11), dt.date(2024, 11, 2), dt.date(2024, 11, 3), dt.date(2024, 11, 4), dt.date(2024, 12, 31),
         dt.date(2025, 1, 1), dt.date(2025, 1, 2))
"""Days (UTC) around a leap day, both turns of summer time, and the end of a year."""
STEP = dt.timedelta(minutes=30)
MONTHS = (dt.date(2024, 2, 1), dt.date(2024, 3, 1), dt.date(2024, 10, 1), dt.date(2024, 11, 1), dt.date(2024, 12, 1),
          dt.date(2025, 1, 1))


def clocks(folder: Path, size: int) -> dict[str, object]:
    """T1: payments of every half hour of such days; each server says the same, and that is what a calendar says."""
    said = {zone: json.loads(subprocess.run(
        [sys.executable, "-m", "tests.faults.clocks", str(size)], cwd=ROOT, capture_output=True, text=True, timeout=900,
        env=os.environ | {"TZ": zone}, check=True).stdout) for zone in ZONES}
    first = said[ZONES[0]]
    return {"payments": len(first["lines"]), "servers": len(ZONES),
            "wrong": len(first["wrong"]), "which": first["wrong"][:3] or None,
            "differing": sum(one != first for one in said.values())}


def instants(size: int) -> list[dt.datetime]:
    """At most so many half hours of these days (UTC), spread over all of them."""
    every = [dt.datetime.combine(day, dt.time()) + number * STEP for day in TURNS for number in range(48)]
    return [every[place * len(every) // size] for place in range(size)] if size < len(every) else every


def served(folder: Path, size: int) -> dict[str, object]:
    """What one server says of lines, cut-offs, statements and years, and what of it no calendar says."""
    con = build(folder / "leads.duckdb")
    received = {f"N{number}": at for number, at in enumerate(instants(size))}
    desk.load(con, signed("operator"), [json.dumps(_told(received))])
    days = {lead: at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(HOME)).date() for lead, at in received.items()}
    lines = {lead: (earned, booked, due, str(amount)) for lead, earned, booked, due, amount in ask(
        con, "select lead, earned_on, period, due_on, amount from kept_lines order by lead")}
    wrong = [(lead, lines.get(lead)) for lead, day in days.items()
             if lines.get(lead) != (day, day.replace(day=1), day + dt.timedelta(30), "10.00")]
    cut_offs = {}
    for day in sorted(set(days.values())):
        found = ledger.proposal(con, "ptr", "check", "USD", day, (), NOW)
        cut_offs[str(day)] = [found.number, str(found.total)]
        if found.number != sum(one <= day for one in days.values()):
            wrong.append(("cut-off", str(day), found.number))
    wrong += _paid_by_a_clock_that_goes_back(con, days)
    statements = {}
    for month in MONTHS:
        [account] = statement(con, "A", "ptr", month, NOW).accounts or (None,)
        sums = (account.brought_forward, account.earned, account.paid, account.carried) if account else ()
        statements[str(month)] = [str(one) for one in sums]
        earned = sum(one.replace(day=1) == month for one in days.values()) * Decimal("10.00")
        if (account.earned if account else 0) != earned:
            wrong.append(("statement", str(month), str(sums)))
    years = [[str(value) for value in row] for year in (2024, 2025) for row in payees.reporting(con, year, NOW).rows()]
    con.close()
    return {"lines": {lead: [str(value) for value in row] for lead, row in lines.items()}, "cut_offs": cut_offs,
            "statements": statements, "years": years, "wrong": [str(one) for one in wrong]}


def _paid_by_a_clock_that_goes_back(con, days: dict[str, dt.date]) -> list[tuple]:
    """A batch of everything, each of whose steps is done by a clock a day earlier than the one before: what was wrong."""
    clock = [NOW - number * dt.timedelta(1) for number in range(4)]
    batch = prepare(con, now=clock[0])
    approve(con, batch, now=clock[1])
    export(con, batch, now=clock[2])
    paid_on = NOW.date()
    desk.record_results(con, signed("finn", now=clock[3]), batch,
                        [result(one, "paid", paid_on) for one in ledger.payments(con, batch)["payment"]])
    steps = ask(con, "select number, recorded_at from journal order by number")
    told = [at for _, at in steps]
    wrong = [] if told == sorted(set(told)) else [("the order of instants is not that of the journal",)]
    states = ask(con, "select state, paid_on, count(*) from kept_lines group by all")
    return wrong if states == [("paid", paid_on, len(days))] else [*wrong, ("states", states)]


def _told(received: dict[str, dt.datetime]) -> dict:
    """Registrations of partner A, each of which earns a commission of a tenth of 100 by a payment of an instant."""
    parties = [party(1000 + number, f"Turn{number}") for number in range(len(received))]
    about = {"program": "ptr", "partner": "A", "submitted_at": "2024-01-03T16:00:00Z", "channel": "web_form",
             "products": ["integrator_io"], "follow_up_with": "prospect", "source_context": "normal",
             "expected_decision_date": "2024-07-29"}
    known = document()
    told = {"id": "turns", "settings": known["settings"] | {"timezone": HOME}, "partners": known["partners"],
            "organizations": [org for org, _ in parties], "contacts": [contact for _, contact in parties],
            "leads": [], "events": [], "verdicts": []}
    for (lead, at), (org, contact) in zip(received.items(), parties, strict=True):
        told["leads"].append(about | {"id": lead, "org": org["id"], "contact": contact["id"]})
        told["events"] += [
            {"type": "accepted", "at": "2024-01-04T16:00:00Z", "lead": lead, "by": "imported"},
            {"type": "deal_won", "at": "2024-01-05T16:00:00Z", "lead": lead, "transaction": f"T-{lead}"},
            {"id": f"pay-{lead}", "type": "customer_payment", "at": f"{at.isoformat()}Z", "lead": lead,
             "transaction": f"T-{lead}", "subscription_amount": 100, "currency": "USD"}]
        told["verdicts"] += [{"lead": lead, "criterion": one, "verdict": "pass", "by": "imported",
                              "at": "2024-01-04T16:00:00Z"} for one in ("decision_role", "interest")]
    return told


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(served(Path(place), int(sys.argv[1]))))
