"""Taking back: what rests on an entry, what was decided since, what is paid, and who may."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from core import desk
from core.model import Refusal
from core.people import Forbidden
from tests.desk.payouts import adds_up, pay_all, prepare, state
from tests.desk.world import act, ask, colleague, disposition, document, party, signed, undo


def test_a_transfer_is_not_taken_back_once_the_other_lead_was_accepted(con) -> None:
    act(con, desk.accept, "chen", "P1")
    moved = act(con, desk.transfer_ownership, "chen", "P1", "P2", "Partner A left the account.")
    accepted = act(con, desk.accept, "chen", "P2")
    with pytest.raises(Refusal, match=f"Entry {accepted.number} decided on P2 afterwards"):
        undo(con, "chen", moved, "P1")
    undo(con, "chen", accepted, "P2")
    undo(con, "chen", moved, "P1")
    assert ask(con, "select owner_status from evaluations where lead = 'P1'") == [("confirmed",)]


def test_a_settlement_is_not_taken_back_under_what_was_decided_since_on_either_lead(con) -> None:
    desk.load(con, signed("operator"), [json.dumps(colleague())])
    settled = act(con, desk.settle_conflict, "chen", "P1", None, "P3", "B introduced them.", other="P3")
    accepted = act(con, desk.accept, "chen", "P3")
    with pytest.raises(Refusal, match=f"Entry {accepted.number} decided on P3 afterwards"):
        undo(con, "chen", settled, "P1")
    undo(con, "chen", accepted, "P3")
    undo(con, "chen", settled, "P1")


def test_an_acceptance_is_not_taken_back_under_the_extension_of_its_ownership(con) -> None:
    accepted = act(con, desk.accept, "chen", "P1")
    act(con, desk.extend_ownership, "chen", "P1", dt.date(2027, 1, 1), "A long tender.")
    with pytest.raises(Refusal, match="decided on P1 afterwards"):
        undo(con, "chen", accepted, "P1")


def test_an_activity_is_not_taken_back_under_a_verdict_that_rests_on_it(con) -> None:
    logged = act(con, desk.log_activity, "sara", "P1", "call")
    judged = act(con, desk.judge, "sara", "P1", "interest", "pass", event=logged.after["event"])
    with pytest.raises(Refusal, match="given as the evidence of a verdict since"):
        undo(con, "sara", logged, "P1")
    undo(con, "sara", judged, "P1")
    undo(con, "sara", logged, "P1")


def test_a_deal_is_not_taken_back_under_a_payment_or_a_refund(con) -> None:
    deal = act(con, desk.record_deal, "sara", "P1", "T9")
    paid = act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("100.00"))
    refunded = act(con, desk.record_refund, "finn", "P1", "T9", Decimal("1.00"), "USD")
    for later in (paid, refunded):
        with pytest.raises(Refusal, match=f"Money is recorded on the deal of entry {deal.number}"):
            undo(con, "sara", deal, "P1")
        undo(con, "finn", later, "P1")
    undo(con, "sara", deal, "P1")


def unsearched(con) -> None:
    """N7: what M1 is, but that nobody knows whether its contact was known before."""
    told = document(payable=1)
    org, contact = party(700, "Firmx")
    own = {"lead": "N7"}
    lead = next(one for one in told["leads"] if one["id"] == "M1") | {
        "id": "N7", "partner": "B", "contact": "C700", "org": "O700", "history_lookup": "unavailable"}
    desk.load(con, signed("operator"), [json.dumps({
        "id": "n7", "partners": told["partners"], "organizations": [org], "contacts": [contact], "leads": [lead],
        "events": [one | own | ({"id": "pay-N7"} if "id" in one else {})
                   for one in told["events"] if one.get("lead") == "M1"],
        "verdicts": [one | own for one in told["verdicts"] if one["lead"] == "M1"],
    })])


@pytest.mark.parametrize("is_paid", [False, True])
def test_the_search_that_made_a_lead_payable_is_not_taken_back_under_its_batch(con, is_paid: bool) -> None:
    unsearched(con)
    assert disposition(con, "N7") == "pending"
    searched = act(con, desk.record_search, "sara", "N7", "the CRM, by name and domain")
    (pay_all if is_paid else prepare)(con)
    with pytest.raises(Refusal, match="A payout of N7 is in a batch, approved or paid, and would be owed no more"):
        undo(con, "sara", searched, "N7")
    assert disposition(con, "N7") == "qualified"


def test_what_changes_nothing_that_is_owed_is_taken_back_under_a_batch_that_was_paid(con) -> None:
    judged = act(con, desk.judge, "sara", "M1", "interest", "pass", "she wrote so too")
    pay_all(con)
    undo(con, "sara", judged, "M1")
    assert (state(con, "M1"), disposition(con, "M1")) == ("paid", "qualified")
    assert adds_up(con)


def test_who_may_not_do_a_thing_any_more_does_not_take_it_back_either(con) -> None:
    judged = act(con, desk.judge, "sara", "P1", "interest", "pass", "n")
    desk.revoke(con, signed("operator"), "sara", "sales")
    desk.grant(con, signed("operator"), "sara", "finance")
    with pytest.raises(Forbidden, match=r"Judge a criterion: this is for .* sara holds no such role today"):
        undo(con, "sara", judged, "P1")
    desk.grant(con, signed("operator"), "sara", "channel")
    undo(con, "sara", judged, "P1")
