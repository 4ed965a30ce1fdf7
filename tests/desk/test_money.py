"""Payments, and four eyes on every payout."""

import json
from decimal import Decimal

import pytest

from core import desk
from core.model import Refusal
from core.people import Forbidden
from tests.desk.world import NOW, act, approve, ask, disposition, document, signed, undo

M1 = ("pay-M1", Decimal("100.10"), "USD")


def test_a_payout_is_approved_by_one_and_paid_by_another(con) -> None:
    approved = approve(con, "finn", "M1", *M1)
    with pytest.raises(Forbidden, match="does not pay it"):
        act(con, desk.pay_payout, "finn", "M1", approved.after["approval"])
    act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])
    assert ask(con, "select status from payouts_owed where lead = 'M1'") == [("paid",)]
    with pytest.raises(Refusal, match="is paid"):
        act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])
    with pytest.raises(Refusal, match="answered since"):
        undo(con, "finn", approved, "M1")


def test_a_payout_is_approved_once_and_again_only_after_it_was_taken_back(con) -> None:
    approved = approve(con, "finn", "M1", *M1)
    with pytest.raises(Refusal, match="approved already"):
        approve(con, "fay", "M1", *M1)
    undo(con, "finn", approved, "M1")
    approve(con, "fay", "M1", *M1)
    assert desk.first_fault(con) is None


def test_an_amount_that_is_not_owed_is_refused(con) -> None:
    with pytest.raises(Refusal, match=r"100\.10 USD is owed for M1 now"):
        approve(con, "finn", "M1", "pay-M1", Decimal("100.11"), "USD")
    with pytest.raises(Refusal, match="whole cents"):
        approve(con, "finn", "M1", "pay-M1", Decimal("100.101"), "USD")
    with pytest.raises(Refusal, match="earned nothing"):
        approve(con, "finn", "M1", "pay-M2", Decimal("100.10"), "USD")


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
        approve(con, who, "M1", *M1)
    assert ask(con, "select action from journal order by number desc limit 1") == [("refused",)]
    assert {row["action"]: row["why_not"] for row in desk.possible(con, who, "M1", ask(
        con, "select max(recorded_at) from journal")[0][0])}["approve_payout"] is not None
    approved = approve(con, "finn", "M1", *M1)
    with pytest.raises(Forbidden):
        act(con, desk.pay_payout, who, "M1", approved.after["approval"])


def test_an_open_dispute_or_conflict_holds_the_money(con) -> None:
    opened = act(con, desk.open_dispute, "mona", "M1", "amount", "They expected more.")
    with pytest.raises(Refusal, match="dispute on M1 is open"):
        approve(con, "finn", "M1", *M1)
    with pytest.raises(Forbidden, match="does not resolve it"):
        act(con, desk.resolve_dispute, "mona", "M1", opened.after["dispute"], "dismissed", "rate as agreed")
    act(con, desk.resolve_dispute, "marc", "M1", opened.after["dispute"], "dismissed", "rate as agreed")
    approve(con, "finn", "M1", *M1)


def test_what_qualified_a_lead_cannot_be_taken_back_under_an_approved_payout(con) -> None:
    done = act(con, desk.judge, "sara", "M1", "interest", "pass", "n")
    approve(con, "finn", "M1", *M1)
    with pytest.raises(Refusal, match="approved or paid"):
        undo(con, "sara", done, "M1")


def test_what_was_approved_is_not_paid_once_something_else_is_owed(con) -> None:
    approved = approve(con, "finn", "M1", *M1)
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


def test_an_approval_holds_for_the_payee_details_that_were_on_the_screen(con) -> None:
    seen = desk.payee_version(con, "M1")
    told_of_payee(con, "details", "partner desk")
    with pytest.raises(Refusal, match="How the partner of M1 is paid has changed since you saw it"):
        act(con, desk.approve_payout, "finn", "M1", *M1, seen)
    approved = approve(con, "finn", "M1", *M1)
    told_of_payee(con, "later", "partner desk")
    with pytest.raises(Refusal, match="has changed since the approval"):
        act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])
    undo(con, "finn", approved, "M1")
    again = approve(con, "finn", "M1", *M1)
    act(con, desk.pay_payout, "fay", "M1", again.after["approval"])
    assert desk.first_fault(con) is None


@pytest.mark.parametrize("by", ["finn", "Finn", "finn@vendor.example"])
def test_who_changed_how_a_partner_is_paid_decides_about_none_of_their_payouts(con, by: str) -> None:
    if "@" in by:
        with con.cursor() as cursor:
            cursor.execute("update people set email = ? where id = 'finn'", [by]).fetchall()
    told_of_payee(con, "details", by)
    with pytest.raises(Forbidden, match="finn changed how the partner of M1 is paid"):
        approve(con, "finn", "M1", *M1)
    assert ask(con, "select person, action from journal order by number desc limit 1") == [("finn", "refused")]
    found = {row["action"]: row["why_not"] for row in desk.possible(con, "finn", "M1", NOW)}
    assert "You changed how the partner is paid" in found["approve_payout"]
    approved = approve(con, "fay", "M1", *M1)
    with pytest.raises(Forbidden):
        act(con, desk.pay_payout, "finn", "M1", approved.after["approval"])


def test_who_imported_how_a_partner_is_paid_approves_nothing_of_theirs(con, tmp_path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Email,Company,Partner,Submitted\nnew@shop.example,Shop,A,2025-06-18\n")
    desk.grant(con, signed("operator"), "finn", "sales")
    done, _ = desk.import_file(con, signed("finn"), file, "ptr", "leads")
    with con.cursor() as cursor:
        cursor.execute("insert into events (id, type, happened_at, recorded_at, partner, field, import) values "
                       "('e', 'payee_details_provided', '2025-06-01', '2025-06-01', 'A', 'wire_details', ?)",
                       [done.after["import"]]).fetchall()
    with pytest.raises(Forbidden, match="finn changed how"):
        approve(con, "finn", "M1", *M1)


def test_who_recorded_the_money_of_a_lead_does_not_approve_its_payout_and_may_record_it_as_paid(con) -> None:
    deal = act(con, desk.record_deal, "finn", "M1", "T9")
    with pytest.raises(Forbidden, match=r"finn had a part in M1 \(deal_won\)"):
        approve(con, "finn", "M1", *M1)
    undo(con, "finn", deal, "M1")
    act(con, desk.record_refund, "fay", "M1", "T1", Decimal("1.00"), "USD")
    for who in ("finn", "fay"):
        with pytest.raises(Forbidden, match="had a part in M1"):
            approve(con, who, "M1", *M1)
        found = {row["action"]: row["why_not"] for row in desk.possible(con, who, "M1", NOW)}
        assert "You had a part in this lead" in found["approve_payout"] and found["pay_payout"] is None
    desk.grant(con, signed("operator"), "sven", "finance")
    approved = approve(con, "sven", "M1", *M1)
    act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])


def test_an_approval_holds_no_more_once_its_approver_had_a_part_in_the_lead(con) -> None:
    approved = approve(con, "finn", "M1", *M1)
    act(con, desk.record_refund, "finn", "M1", "T1", Decimal("1.00"), "USD")
    with pytest.raises(Refusal, match=r"The approval of the payout of M1 holds no more. finn had a part in M1"):
        act(con, desk.pay_payout, "fay", "M1", approved.after["approval"])


@pytest.mark.parametrize("what", ["events", "verdicts", "partners"])
def test_who_loaded_rows_of_a_lead_or_of_its_partner_approves_nothing_of_it(con, what: str) -> None:
    told = document(payable=2)
    if what == "events":
        told["events"].append({"type": "outreach", "at": "2025-06-19T15:00:00Z", "lead": "M1", "channel": "email"})
    elif what == "verdicts":
        told["verdicts"].append({"lead": "M1", "criterion": "interest", "verdict": "pass", "by": "imported",
                                 "at": "2025-06-19T16:00:00Z"})
    else:
        told["events"].append({"type": "payee_details_provided", "at": "2025-06-19T15:00:00Z", "partner": "A",
                               "field": "check_address", "by": "the partner"})
    desk.grant(con, signed("operator"), "mona", "finance")
    desk.load(con, signed("mona"), [json.dumps(told)])
    assert desk.load(con, signed("marc"), [json.dumps(told)]) == 0
    with pytest.raises(Forbidden, match="changed how" if what == "partners" else r"had a part in M1 \(loaded rows of it"):
        approve(con, "mona", "M1", *M1)
    if what != "partners":
        approve(con, "mona", "M2", "pay-M2", Decimal("100.20"), "USD")
    desk.grant(con, signed("operator"), "marc", "finance")
    approve(con, "marc", "M1", *M1)
    assert desk.first_fault(con) is None


def test_who_imported_a_lead_or_what_happened_on_it_does_not_approve_its_payout(con, tmp_path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Email,Company,Partner,Submitted\nnew@shop.example,Shop,A,2025-06-18\n")
    desk.grant(con, signed("operator"), "finn", "sales")
    done, _ = desk.import_file(con, signed("finn"), file, "ptr", "leads")
    with con.cursor() as cursor:
        cursor.execute("update events set import = ? where id = 'pay-M1'", [done.after["import"]]).fetchall()
        cursor.execute("update leads set import = ? where id = 'M2'", [done.after["import"]]).fetchall()
    with pytest.raises(Forbidden, match=r"finn had a part in M1 \(imported customer_payment\)"):
        approve(con, "finn", "M1", *M1)
    with pytest.raises(Forbidden, match=r"finn had a part in M2 \(imported it\)"):
        approve(con, "finn", "M2", "pay-M2", Decimal("100.20"), "USD")
    approve(con, "fay", "M1", *M1)


def test_a_payout_cannot_be_split_into_parts(con) -> None:
    for part in (Decimal("50.05"), Decimal("100.09"), Decimal("0.01")):
        with pytest.raises(Refusal, match=r"100\.10 USD is owed for M1 now"):
            approve(con, "finn", "M1", "pay-M1", part, "USD")
    assert ask(con, "select count(*) from payout_approvals") == [(0,)]


def told_of_payee(con, event: str, by: str) -> None:
    """A partner handed in other details, as somebody recorded them."""
    desk.load(con, signed("operator"), [json.dumps({"id": "told", "partners": document()["partners"], "events": [
        {"id": event, "type": "payee_details_provided", "partner": "A", "field": "wire_details", "by": by,
         "at": "2025-06-19T12:00:00Z"}]})])
