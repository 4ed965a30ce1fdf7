"""Short ways to have payouts on the way: further payable leads, batches, and what became of them."""

import datetime as dt
import itertools
import json
from decimal import Decimal

import duckdb

from core import desk, ledger
from core.desk import Done
from core.exports import Result
from tests.desk.world import NOW, ask, document, party, signed

_numbers = itertools.count(500)
TODAY = NOW.date()
RESULT_ROW = 2


def add_payable(con: duckdb.DuckDBPyConnection, lead: str, partner: str, subscription: float,
                received: str = "2025-06-16T16:00:00Z", settings: dict | None = None,
                also: tuple[dict, ...] = ()) -> None:
    """A registration of a partner with a payable commission of a tenth. also: further events of it."""
    number = next(_numbers)
    org, contact = party(number, f"Firm{number}")
    told = {
        "id": f"more {lead}", "partners": document()["partners"], "organizations": [org], "contacts": [contact],
        "settings": settings or {},
        "leads": [{"id": lead, "program": "ptr", "partner": partner, "contact": contact["id"], "org": org["id"],
                   "submitted_at": "2025-03-03T16:00:00Z", "channel": "web_form", "products": ["integrator_io"],
                   "follow_up_with": "prospect", "source_context": "normal", "expected_decision_date": "2025-09-29"}],
        "events": [
            {"type": "accepted", "at": "2025-03-04T16:00:00Z", "lead": lead, "by": "imported"},
            {"type": "deal_won", "at": "2025-03-05T16:00:00Z", "lead": lead, "transaction": f"T-{lead}"},
            {"id": f"pay-{lead}", "type": "customer_payment", "at": received, "lead": lead,
             "transaction": f"T-{lead}", "subscription_amount": subscription, "currency": "USD"}, *also,
        ],
        "verdicts": [{"lead": lead, "criterion": one, "verdict": "pass", "by": "imported",
                      "at": "2025-03-04T16:00:00Z"} for one in ("decision_role", "interest")],
    }
    desk.load(con, signed("operator"), [json.dumps(told)])


def tell(con: duckdb.DuckDBPyConnection, *events: dict) -> None:
    """What else happened to leads of the world, as a document tells it."""
    told = document(payable=2)
    told["events"] += events
    desk.load(con, signed("operator"), [json.dumps(told)])


def line_of(con: duckdb.DuckDBPyConnection, lead: str) -> str:
    """The one line that a lead earned."""
    [(line,)] = ask(con, "select id from earning_lines where lead = ? and kind <> 'adjustment'", lead)
    return line


def state(con: duckdb.DuckDBPyConnection, lead: str) -> str:
    """What the line that a lead earned counts as."""
    [(found,)] = ask(con, "select state from lines where lead = ? and kind <> 'adjustment'", lead)
    return found


def proposed(con: duckdb.DuckDBPyConnection, leave_out: tuple[str, ...] = (), cut_off_on: dt.date = TODAY,
             now: dt.datetime = NOW) -> ledger.Proposal:
    return ledger.proposal(con, "ptr", "check", "USD", cut_off_on, leave_out, now)


def prepare(con: duckdb.DuckDBPyConnection, who: str = "finn", leave_out: tuple[str, ...] = (),
            cut_off_on: dt.date = TODAY, now: dt.datetime = NOW) -> str:
    """A batch of everything that can be paid by check, as it is proposed."""
    found = proposed(con, leave_out, cut_off_on, now)
    return desk.prepare_batch(con, signed(who, now=now), "ptr", "check", "USD", cut_off_on, leave_out, found.total,
                              found.number).after["batch"]


def prepare_alone(con: duckdb.DuckDBPyConnection, lead: str, who: str = "finn", now: dt.datetime = NOW) -> str:
    """A single payout: a batch with the line that a lead earned and no other."""
    others = ask(con, "select id from lines where state = 'open' and kind <> 'adjustment' and lead <> ?", lead)
    return prepare(con, who, tuple(line for (line,) in others), now=now)


def approve(con: duckdb.DuckDBPyConnection, batch: str, who: str = "fay", now: dt.datetime = NOW) -> Done:
    row = ledger.batch(con, batch)
    return desk.approve_batch(con, signed(who, now=now), batch, row["total"], row["lines"])


def export(con: duckdb.DuckDBPyConnection, batch: str, who: str = "finn", now: dt.datetime = NOW) -> bytes:
    return desk.export_batch(con, signed(who, now=now), batch, "checks")[1]


def result(payment: str, word: str = "paid", paid_on: dt.date = TODAY, reason: str | None = None,
           amount: Decimal | None = None, currency: str | None = None) -> Result:
    return Result(RESULT_ROW, payment, word, paid_on if word == "paid" else None, None,
                  reason or ("no such account" if word == "failed" else None), amount, currency)


def payments(con: duckdb.DuckDBPyConnection, batch: str) -> dict[str, str]:
    """The payment of each payee in a batch."""
    return dict(ledger.payments(con, batch).select("partner", "payment").rows())


def settle(con: duckdb.DuckDBPyConnection, batch: str, word: str = "paid", who: str = "finn",
           paid_on: dt.date = TODAY, now: dt.datetime = NOW) -> Done:
    """Record the same of every payment of a batch."""
    found = [result(one, word, paid_on) for one in payments(con, batch).values()]
    return desk.record_results(con, signed(who, now=now), batch, found)


def pay_all(con: duckdb.DuckDBPyConnection) -> str:
    """A batch from its preparation until everything in it is paid."""
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    settle(con, batch)
    return batch


def adds_up(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether no line, batch or month is other than it must be."""
    return desk.first_fault(con) is None and not any(ledger.reconcile(con)["difference"].to_list())
