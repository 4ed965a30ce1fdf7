"""Payments, and four eyes on every payout."""

from decimal import Decimal

import pytest

from core import desk
from core.model import Refusal
from core.people import Forbidden
from tests.desk.world import act, ask, disposition, signed, undo

M1 = ("pay-M1", Decimal("100.10"), "USD")


def test_a_payout_is_approved_by_one_and_paid_by_another(con) -> None:
    approved = act(con, desk.approve_payout, "finn", "M1", *M1)
    with pytest.raises(Forbidden, match="does not pay it"):
        act(con, desk.pay_payout, "finn", "M1", approved.after["approval"])
    act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])
    assert ask(con, "select status from payouts_owed where lead = 'M1'") == [("paid",)]
    with pytest.raises(Refusal, match="is paid"):
        act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])
    with pytest.raises(Refusal, match="answered since"):
        undo(con, "finn", approved, "M1")


def test_a_payout_is_approved_once_and_again_only_after_it_was_taken_back(con) -> None:
    approved = act(con, desk.approve_payout, "finn", "M1", *M1)
    with pytest.raises(Refusal, match="approved already"):
        act(con, desk.approve_payout, "fay", "M1", *M1)
    undo(con, "finn", approved, "M1")
    act(con, desk.approve_payout, "fay", "M1", *M1)
    assert desk.first_fault(con) is None


def test_an_amount_that_is_not_owed_is_refused(con) -> None:
    with pytest.raises(Refusal, match=r"100\.10 USD is owed for M1 now"):
        act(con, desk.approve_payout, "finn", "M1", "pay-M1", Decimal("100.11"), "USD")
    with pytest.raises(Refusal, match="whole cents"):
        act(con, desk.approve_payout, "finn", "M1", "pay-M1", Decimal("100.101"), "USD")
    with pytest.raises(Refusal, match="earned nothing"):
        act(con, desk.approve_payout, "finn", "M1", "pay-M2", Decimal("100.10"), "USD")


@pytest.mark.parametrize("what", ["judged", "accepted", "role changed", "took it back", "partner by address",
                                  "partner by domain", "partner by record"])
def test_who_had_a_part_in_the_lead_or_is_of_the_partner_never_approves_its_payout(con, what: str) -> None:
    who = "sara"
    if what in ("judged", "role changed", "took it back"):
        done = act(con, desk.judge, "sara", "M1", "interest", "pass", "n")
        if what == "took it back":
            undo(con, "sara", done, "M1")
    elif what == "accepted":
        with con.cursor() as cursor:
            cursor.execute("insert into events (id, type, happened_at, recorded_at, lead, decided_by) values "
                           "('e', 'accepted', '2025-03-05', '2025-03-05', 'M1', 'Sara')").fetchall()
    else:
        who = "pat"
        own = {"partner by address": {"email": "Owner+x@partner-a.example"},
               "partner by domain": {"email": "pat@mail.partner-a.example"}, "partner by record": {"partner": "A"}}[what]
        desk.add_person(con, signed("operator"), "pat", "Pat", **own)
    desk.grant(con, signed("operator"), who, "finance")
    if what == "role changed":
        desk.revoke(con, signed("operator"), "sara", "sales")
    with pytest.raises(Forbidden, match=r"had a part|belongs to the partner"):
        act(con, desk.approve_payout, who, "M1", *M1)
    assert ask(con, "select action from journal order by number desc limit 1") == [("refused",)]
    assert {row["action"]: row["why_not"] for row in desk.possible(con, who, "M1", ask(
        con, "select max(recorded_at) from journal")[0][0])}["approve_payout"] is not None
    approved = act(con, desk.approve_payout, "finn", "M1", *M1)
    with pytest.raises(Forbidden):
        act(con, desk.pay_payout, who, "M1", approved.after["approval"])


def test_an_open_dispute_or_conflict_holds_the_money(con) -> None:
    opened = act(con, desk.open_dispute, "mona", "M1", "amount", "They expected more.")
    with pytest.raises(Refusal, match="dispute on M1 is open"):
        act(con, desk.approve_payout, "finn", "M1", *M1)
    with pytest.raises(Forbidden, match="does not resolve it"):
        act(con, desk.resolve_dispute, "mona", "M1", opened.after["dispute"], "dismissed", "rate as agreed")
    act(con, desk.resolve_dispute, "marc", "M1", opened.after["dispute"], "dismissed", "rate as agreed")
    act(con, desk.approve_payout, "finn", "M1", *M1)


def test_what_qualified_a_lead_cannot_be_taken_back_under_an_approved_payout(con) -> None:
    done = act(con, desk.judge, "sara", "M1", "interest", "pass", "n")
    act(con, desk.approve_payout, "finn", "M1", *M1)
    with pytest.raises(Refusal, match="approved or paid"):
        undo(con, "sara", done, "M1")


def test_what_was_approved_is_not_paid_once_something_else_is_owed(con) -> None:
    approved = act(con, desk.approve_payout, "finn", "M1", *M1)
    act(con, desk.record_breach, "chen", "M1", "competitor_suggested", "They named a rival.", "no")
    with pytest.raises(Refusal, match="forfeited"):
        act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])


def test_a_customer_payment_earns_a_commission_to_the_cent(con) -> None:
    act(con, desk.accept, "chen", "P1")
    for criterion in ("interest", "decision_role"):
        act(con, desk.judge, "sara", "P1", criterion, "pass", "n")
    assert disposition(con, "P1") == "qualified"
    with pytest.raises(Refusal, match="Record the deal first"):
        act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("10.00"))
    deal = act(con, desk.record_deal, "sara", "P1", "T9")
    with pytest.raises(Refusal, match="recorded already"):
        act(con, desk.record_deal, "sara", "P1", "T9")
    with pytest.raises(Refusal, match="more than the whole"):
        act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("10"), Decimal("9"), Decimal("2"))
    act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("1000.05"), Decimal("333.35"))
    assert ask(con, "select amount from payouts_owed where lead = 'P1'") == [(Decimal("33.34"),)]
    act(con, desk.record_refund, "finn", "P1", "T9", Decimal("5"), "USD")
    assert deal.after["transaction"] == "T9"
