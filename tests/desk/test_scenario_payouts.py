"""The payouts of every hand-worked scenario: booked as they are expected, and through the desk to a payment file."""

import csv
import datetime as dt
import io
import json
from collections import Counter
from decimal import Decimal

import duckdb
import pytest

from core import desk, ledger, store
from core.__main__ import moment
from tests.desk.world import PEOPLE, ask, signed
from tests.scenarios.test_scenarios import SCENARIOS, document_of

WITH_PAYOUTS = [one for one in SCENARIOS if one["expected"].get("payouts")]
ACCOUNT = {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
FORMS = {"check": ("checks", "payment", "amount", "currency"), "wire": ("wires", "payment", "amount", "currency"),
         "gift_card": ("gift_cards", "external_id", "denomination", "currency_code")}
"""By method the form of its file, and its columns of the payment, the amount and the currency."""


def loaded(scenario: dict) -> duckdb.DuckDBPyConnection:
    """A database that holds a scenario and people of every role, as of its instant."""
    con, as_of = store.connect(), moment(scenario["as_of"], None)
    desk.begin(con, as_of)
    for name, role in PEOPLE.items():
        desk.add_person(con, signed("operator", now=as_of), name, name.title())
        desk.grant(con, signed("operator", now=as_of), name, role)
    desk.load(con, signed("operator", now=as_of), [json.dumps(document_of(scenario))])
    return con


def expected(scenario: dict, *statuses: str) -> list[tuple[str, str, Decimal, str]]:
    """Lead, payee, amount and currency of its payouts of a known amount."""
    return sorted((one["lead"], one["payee"], Decimal(str(one["amount"])), one["currency"])
                  for one in scenario["expected"]["payouts"] if one["amount"] and one["status"] in statuses)


def test_there_are_scenarios_of_every_way_to_pay() -> None:
    assert len(WITH_PAYOUTS) > 20
    methods = {payout["method"] for one in WITH_PAYOUTS for payout in one["expected"]["payouts"]
               if payout["status"] == "payable" and payout["amount"]}
    assert methods == set(FORMS)


@pytest.mark.parametrize("scenario", WITH_PAYOUTS, ids=lambda one: one["id"])
def test_the_payouts_of_a_scenario_are_booked_and_go_out_to_the_cent(scenario: dict) -> None:
    con = loaded(scenario)
    assert sorted(ask(con, "select lead, partner, amount, currency from earning_lines")) == expected(
        scenario, "payable", "blocked", "paid")
    now = moment(scenario["as_of"], None) + dt.timedelta(minutes=1)
    for (partner,) in ask(con, "select distinct partner from lines where blockers = ['payee.account_confirmation']"):
        told = desk.propose_payee_details(con, signed("chen", now=now), partner, ACCOUNT).after["details"]
        desk.confirm_payee_details(con, signed("mona", now=now), told)
    states = {"payable": "open", "blocked": "blocked", "paid": "paid"}
    assert set(ask(con, "select lead, state from lines")) == {
        (one["lead"], states[one["status"]]) for one in scenario["expected"]["payouts"] if one["amount"]}
    sent: Counter[tuple[str, str]] = Counter()
    for kind in ledger.ready(con):
        sent.update(paid_out(con, kind, now))
    owed: Counter[tuple[str, str]] = Counter()
    for _, payee, amount, currency in expected(scenario, "payable"):
        owed[payee, currency] += amount
    assert sent == owed
    assert not any(ledger.reconcile(con)["difference"].to_list()) and desk.first_fault(con) is None
    con.close()


def paid_out(con: duckdb.DuckDBPyConnection, kind: dict, now: dt.datetime) -> dict[tuple[str, str], Decimal]:
    """What the file of a batch of everything that is ready says, by payee and currency."""
    chosen = kind["program"], kind["method"], kind["currency"]
    found = ledger.proposal(con, *chosen, now.date(), (), now)
    batch = desk.prepare_batch(con, signed("finn", now=now), *chosen, now.date(), (), found.total,
                               found.number).after["batch"]
    desk.approve_batch(con, signed("fay", now=now), batch, found.total, found.number)
    form, payment, amount, currency = FORMS[kind["method"]]
    _, file = desk.export_batch(con, signed("finn", now=now), batch, form)
    payees = {row["payment"]: row["partner"] for row in ledger.payments(con, batch).to_dicts()}
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    assert len(rows) == len(payees)
    said: Counter[tuple[str, str]] = Counter()
    for row in rows:
        said[payees[row[payment]], row[currency]] += Decimal(row[amount])
    return said
