"""Facts documents: what is read, what is refused, and that nothing is dropped."""

import copy
import json
from decimal import Decimal

import pytest

from core.intake.document import parse_line, read_document
from core.model import BadField
from core.terms import catalogue
from tests.scenarios.expectations import SCENARIOS, document_of

BASE = document_of(next(one for one in SCENARIOS if one["id"] == "PT-001"))


def read(**changes: object):
    return read_document(parse_line(json.dumps(copy.deepcopy(BASE) | changes)), catalogue())


def with_first(table: str, **changes: object) -> dict:
    rows = copy.deepcopy(BASE[table])
    rows[0] |= changes
    return {table: rows}


PAYMENT = {"type": "customer_payment", "at": "2025-06-16T16:00:00Z", "lead": "P1", "transaction": "T1",
           "currency": "USD", "subscription_amount": 5}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"as_of": None}, "as_of", "is missing"),
        ({"as_of": "yesterday"}, "as_of", "takes an instant"),
        (with_first("leads", id=None), "leads[0].id", "is missing"),
        (with_first("leads", program="abc"), "leads[0].program", "there is no such program"),
        (with_first("leads", partner="Z"), "leads[0].partner", "names 'Z'"),
        (with_first("leads", contact="Z"), "leads[0].contact", "names 'Z'"),
        (with_first("leads", products="integrator_io"), "leads[0].products", "takes a list"),
        (with_first("leads", source_context="fair"), "leads[0].source_context", "it takes normal"),
        (with_first("events", type="dance"), "events[0].type", "it takes outreach"),
        (with_first("events", at="2025-13-01T00:00:00Z"), "events[0].at", "takes an instant"),
        (with_first("events", automated="no"), "events[0].automated", "takes true or false"),
        (with_first("verdicts", verdict="waived"), "verdicts[0].verdict", "it takes pass, fail, unknown"),
        (with_first("partners", kind="friend"), "partners[0].kind", "it takes affiliate"),
        ({"leads": {}}, "leads", "is not a list"),
        ({"leads": [3]}, "leads[0]", "is not an object"),
        ({"leads": BASE["leads"] * 2}, "leads[1].id", "stands twice"),
        ({"settings": {"ptr.commision_rate": 0.1}}, "settings", "did you mean ptr.commission_rate"),
        ({"settings": {"ptr.renewal": "maybe"}}, "settings", "takes one of review, extend, no"),
        ({"settings": {"rule_versions": [{"ptr.payout_days": 3}]}}, "settings.rule_versions[0].from", "is missing"),
        ({"events": [{"type": "customer_payment", "at": "2025-06-16T16:00:00Z", "lead": "P1", "currency": "USD"}]},
         "events[0].transaction", "names its transaction"),
        *(({"events": [PAYMENT | {"currency": code}]}, "events[0].currency", "three capital letters of a currency")
          for code in ("usd", "EURO", "XYZ", "XXX")),
        ({"events": [PAYMENT | {"type": "customer_refund", "currency": "dollars"}]}, "events[0].currency", "ISO 4217"),
        ({"events": [{"type": "discretion", "at": "2025-06-16T16:00:00Z", "lead": "P1", "decision": "waive"}]},
         "events[0].criterion", "names its criterion"),
        ({"events": [{"type": "ownership_extended", "at": "2025-06-16T16:00:00Z", "lead": "P1"}]},
         "events[0].until", "names its last day"),
        ({"events": [{"type": "ownership_extended", "at": "2025-06-16T16:00:00Z", "lead": "P1", "until": "9999-12-31"}]},
         "events[0].until", "before the year 9000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_path(changes: dict, field: str, message: str) -> None:
    with pytest.raises(BadField) as bad:
        read(**changes)
    assert bad.value.field == field
    assert message in bad.value.message


@pytest.mark.parametrize("line", ["[]", "3", '"x"', "nul", '{"id": 1', ""])
def test_a_line_that_is_no_object_is_refused(line: str) -> None:
    with pytest.raises(BadField):
        parse_line(line)


def test_amounts_are_read_exactly_and_more_than_cents_is_refused() -> None:
    line = json.dumps(BASE).replace("60000.0", "60000.10")
    payment = next(row for row in read_document(parse_line(line), catalogue()).rows["events"]
                   if row["type"] == "customer_payment")
    assert payment["subscription_amount"] == Decimal("60000.10")
    with pytest.raises(BadField, match="at most two decimals"):
        read_document(parse_line(json.dumps(BASE).replace("60000.0", "60000.105")), catalogue())


def test_fields_that_we_do_not_know_are_kept() -> None:
    row = read(**with_first("leads", campaign="spring")).rows["leads"][0]
    assert json.loads(row["other_details"]) == {"campaign": "spring"}


def test_the_same_row_has_the_same_id_wherever_it_stands() -> None:
    forward = {row["id"] for row in read().rows["events"]}
    backward = {row["id"] for row in read(events=BASE["events"][::-1]).rows["events"]}
    assert forward == backward


def test_two_payments_alike_are_two_payments() -> None:
    payment = next(event for event in BASE["events"] if event["type"] == "customer_payment")
    rows = read(events=[*BASE["events"], payment]).rows["events"]
    assert len({row["id"] for row in rows if row["type"] == "customer_payment"}) == 2


def test_zones_are_brought_to_utc() -> None:
    row = read(**with_first("leads", submitted_at="2025-03-03T16:00:00+02:00")).rows["leads"][0]
    assert row["submitted_at"].isoformat() == "2025-03-03T14:00:00"
