"""Earning lines: booked once with what settled them, held, corrected, and proven to add up."""

import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import desk, kept, ledger, past, review, store
from core.__main__ import moment
from core.model import Refusal
from core.people import Forbidden
from tests.desk.payouts import (
    TODAY,
    add_payable,
    adds_up,
    approve,
    export,
    line_of,
    pay_all,
    prepare,
    prepare_alone,
    proposed,
    settle,
    state,
    tell,
)
from tests.desk.world import NOW, act, ask, signed, undo
from tests.faults import schemas
from tests.scenarios.expectations import SCENARIOS, document_of

ROOT = Path(__file__).parents[2]

LATE = dt.datetime(2025, 7, 20, 12)
"""After the commissions of the world were due."""

def line(con, lead: str) -> dict:
    return next(row for row in ledger.lines(con, ledger.Filters(lead=lead)).to_dicts() if row["kind"] != "adjustment")


# --- booking -----------------------------------------------------------------------------------------------------------


def test_a_line_says_what_settled_its_amount(con) -> None:
    found = line(con, "M1")
    assert {name: found[name] for name in ("partner", "program", "kind", "amount", "currency", "clause", "rule",
                                           "rule_from", "rate", "base_amount", "earned_on", "period", "state")} == {
        "partner": "A", "program": "ptr", "kind": "commission", "amount": Decimal("100.10"), "currency": "USD",
        "clause": "ptr.pay.0", "rule": "ptr.commission_rate", "rule_from": dt.date(1900, 1, 1),
        "rate": Decimal("0.1"), "base_amount": Decimal("1001.00"), "earned_on": dt.date(2025, 6, 16),
        "period": dt.date(2025, 6, 1), "state": "open"}
    assert not found["is_computed_otherwise"]


def test_a_change_that_makes_something_owed_books_it_in_the_same_entry(con) -> None:
    act(con, desk.accept, "chen", "P1")
    for criterion in ("interest", "decision_role"):
        act(con, desk.judge, "sara", "P1", criterion, "pass", "n")
    act(con, desk.record_deal, "sara", "P1", "T9")
    assert ask(con, "select count(*) from earning_lines where lead = 'P1'") == [(0,)]
    paid = act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("1000.05"), Decimal("333.35"))
    assert line(con, "P1")["amount"] == Decimal("33.34")
    [(rows,)] = ask(con, "select rows from journal where number = ?", paid.number)
    assert line_of(con, "P1") in {name for table, name, _ in json.loads(rows) if table == "earning_lines"}
    assert adds_up(con)


def test_a_later_rate_books_nothing_anew_and_a_later_lead_is_booked_by_it(con) -> None:
    desk.set_setting(con, signed("mona"), "ptr.commission_rate", "0.2", dt.date(2025, 6, 21), "new contract")
    assert line(con, "M1")["amount"] == Decimal("100.10")
    assert ask(con, "select count(*) from earning_lines") == [(2,)]


def test_a_reward_is_booked_on_the_day_of_its_approval(con) -> None:
    act(con, desk.approve, "mona", "L1")
    found = line(con, "L1")
    assert (found["kind"], found["amount"], found["clause"], found["rule"], found["earned_on"], found["rate"]) == (
        "reward", Decimal("100.00"), "cerri.2.R", "cerri.sql_reward.amount", TODAY, None)
    assert (found["state"], found["blockers"]) == ("blocked", ["external_terms_not_configured"])


def test_what_has_no_amount_is_booked_once_somebody_sets_it() -> None:
    scenario = next(one for one in SCENARIOS if one["id"] == "RF-002")
    as_of = moment(scenario["as_of"], None)
    con = store.connect()
    desk.begin(con, as_of)
    desk.load(con, signed("operator", now=as_of), [json.dumps(document_of(scenario))])
    assert ask(con, "select count(*) from earning_lines") == [(0,)]
    assert [(one.name, one.unknown, one.amount) for one in ledger.blocked(con)] == [
        ("bonus_amount_not_set", 1, Decimal("0.00"))]
    first_day = ask(con, "select min(submitted_at) from leads")[0][0].date()
    desk.set_setting(con, signed("operator", now=as_of), "raf.bonus_amount", "500", first_day, "the owner said so")
    assert ask(con, "select kind, amount, clause, rule, rule_from from earning_lines") == [
        ("reward", Decimal("500.00"), "raf.pay.0", "raf.bonus_amount", first_day)]
    assert adds_up(con)
    con.close()


def test_a_line_whose_lead_is_no_longer_qualified_is_void_and_alive_again_when_it_qualifies_again(con) -> None:
    rejected = act(con, desk.reject, "chen", "M1", "ptr.process.2b", "not theirs")
    assert state(con, "M1") == "void"
    assert ledger.reconcile(con).select("owed", "void", "open").rows() == [
        (Decimal("200.30"), Decimal("100.10"), Decimal("100.20"))]
    undo(con, "chen", rejected, "M1")
    assert state(con, "M1") == "open"
    assert ask(con, "select count(*) from earning_lines where lead = 'M1'") == [(1,)]
    assert adds_up(con)


def test_taking_back_what_booked_a_line_takes_no_line_away(con) -> None:
    act(con, desk.reject, "chen", "M1", "ptr.process.2b", "not theirs")
    paid = act(con, desk.record_payment, "finn", "M2", "T2", "USD", Decimal("10.00"), Decimal("10.00"))
    undo(con, "finn", paid, "M2")
    assert ask(con, "select state, amount from lines where lead = 'M2' order by amount") == [
        ("void", Decimal("1.00")), ("open", Decimal("100.20"))]
    assert adds_up(con)


def test_the_latest_of_two_payouts_of_a_lead_can_be_paid_first(con) -> None:
    act(con, desk.record_payment, "finn", "M1", "T1", "USD", Decimal("50.00"), Decimal("50.00"))
    [(second,)] = ask(con, "select id from earning_lines where amount = 5")
    batch = prepare(con, leave_out=(line_of_amount(con, "100.10"), line_of_amount(con, "100.20")))
    approve(con, batch)
    export(con, batch)
    settle(con, batch)
    assert ask(con, "select id, state from lines where lead = 'M1' order by amount") == [
        (second, "paid"), (line_of_amount(con, "100.10"), "open")]
    assert adds_up(con)


def line_of_amount(con, amount: str) -> str:
    return ask(con, "select id from earning_lines where amount = ?", Decimal(amount))[0][0]


def test_what_was_paid_before_it_came_to_us_is_booked_as_paid(con) -> None:
    add_payable(con, "N1", "B", 500, also=(
        {"id": "outside", "type": "payout_paid", "lead": "N1", "at": "2025-06-19T12:00:00Z", "amount": 50},))
    assert state(con, "N1") == "paid"
    assert proposed(con).payees["partner"].to_list() == ["A"]
    assert adds_up(con)


def test_a_single_payout_and_a_batch_of_all_keep_the_same_books(con) -> None:
    batch = prepare_alone(con, "M1")
    approve(con, batch)
    assert (state(con, "M1"), state(con, "M2")) == ("approved", "open")
    export(con, batch)
    settle(con, batch)
    assert (state(con, "M1"), state(con, "M2")) == ("paid", "open")
    pay_all(con)
    assert ledger.totals(con, "state").select("value", "amount").rows() == [("paid", Decimal("200.30"))]
    assert adds_up(con)


# --- amounts -----------------------------------------------------------------------------------------------------------


def test_five_dollars_at_two_and_nine_tenths_percent_are_fifteen_cents() -> None:
    con = store.connect()
    desk.begin(con, NOW)
    add_payable(con, "N1", "B", 5.00, settings={"ptr.commission_rate": 0.029})
    assert line(con, "N1")["amount"] == Decimal("0.15")
    con.close()


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cents=st.lists(st.integers(1, 10**9), min_size=20, max_size=60), rate=st.decimals("0.0001", "0.9999", places=6))
def test_every_booked_commission_is_the_exact_share_half_up(cents: list[int], rate: Decimal) -> None:
    con = store.connect()
    desk.begin(con, NOW)
    more = tuple({"id": f"pay-{number}", "type": "customer_payment", "at": "2025-06-16T17:00:00Z", "lead": "N1",
                  "transaction": "T-N1", "subscription_amount": amount / 100, "currency": "USD"}
                 for number, amount in enumerate(cents))
    add_payable(con, "N1", "B", 10_000, settings={"ptr.commission_rate": float(rate)}, also=more)
    for number, amount in enumerate(cents):
        exact = Fraction(rate) * amount
        expected = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
        booked = ask(con, "select amount from earning_lines where earned_by = ?", f"pay-{number}")
        assert [100 * found for (found,) in booked] == ([expected] if expected else [])
    con.close()


# --- holds -------------------------------------------------------------------------------------------------------------


def test_an_open_dispute_holds_the_lines_of_its_lead_and_only_those(con) -> None:
    opened = act(con, desk.open_dispute, "mona", "M1", "amount", "They expected more.")
    assert (state(con, "M1"), state(con, "M2")) == ("held", "open")
    assert line(con, "M1")["holds"] == [f"dispute:{opened.after['dispute']}"]
    assert proposed(con).lines["lead"].to_list() == ["M2"]
    assert [(one.name, one.payouts) for one in ledger.blocked(con) if one.program == "ptr"] == [("hold.dispute", 1)]
    act(con, desk.resolve_dispute, "marc", "M1", opened.after["dispute"], "dismissed", "rate as agreed")
    assert (state(con, "M1"), proposed(con).number) == ("open", 2)


def test_an_open_conflict_case_holds_both_sides_until_it_is_settled(con) -> None:
    add_payable(con, "N1", "B", 500)
    opened = act(con, desk.open_conflict, "chen", "M1", "N1", "who came first")
    assert (state(con, "M1"), state(con, "N1"), state(con, "M2")) == ("held", "held", "open")
    act(con, desk.settle_conflict, "mona", "M1", opened.after["case"], "M1", "they were first")
    assert state(con, "M1") == "open"
    assert line(con, "N1")["holds"] == []


@pytest.mark.parametrize("origin", ["recorded", "told by a document"])
def test_a_finding_holds_until_another_person_resolves_it(con, origin: str) -> None:
    batch = prepare_alone(con, "M1")
    if origin == "recorded":
        finding = act(con, desk.record_finding, "chen", "M1", "abuse", "It looks made up.").after["finding"]
    else:
        finding = "found"
        tell(con, {"id": finding, "type": "abuse_finding", "at": "2025-06-19T14:00:00Z", "lead": "M1", "kind": "abuse",
                   "partner": "A", "by": "Chen"})
    with pytest.raises(Refusal, match=r"M1 \(100\.10 USD\) is held by an open case \(finding:"):
        approve(con, batch)
    desk.drop_batch(con, signed("finn"), batch)
    assert (state(con, "M1"), state(con, "M2")) == ("held", "open")
    assert proposed(con).lines["lead"].to_list() == ["M2"]
    with pytest.raises(Forbidden, match="Who recorded it does not resolve it"):
        act(con, desk.resolve_finding, "chen", "M1", finding, "a mistake")
    with pytest.raises(Refusal, match="Write why it holds no money"):
        act(con, desk.resolve_finding, "mona", "M1", finding, " ")
    with pytest.raises(Refusal, match="is no finding or refund that holds the money of M2"):
        act(con, desk.resolve_finding, "mona", "M2", finding, "looked into")
    done = act(con, desk.resolve_finding, "mona", "M1", finding, "looked into")
    assert state(con, "M1") == "open"
    with pytest.raises(Refusal, match="is no finding or refund that holds"):
        act(con, desk.resolve_finding, "mona", "M1", finding, "looked into")
    undo(con, "mona", done, "M1")
    assert state(con, "M1") == "held"
    act(con, desk.resolve_finding, "mona", "M1", finding, "looked into")
    approve(con, prepare_alone(con, "M1"))
    assert adds_up(con)


def test_a_finding_that_was_resolved_is_not_taken_back_before_that_is(con) -> None:
    found = act(con, desk.record_finding, "chen", "M1", "abuse", "It looks made up.")
    act(con, desk.resolve_finding, "mona", "M1", found.after["finding"], "looked into")
    with pytest.raises(Refusal, match="answered since"):
        undo(con, "chen", found, "M1")


def test_a_finding_of_abuse_holds_until_it_is_taken_back(con) -> None:
    found = act(con, desk.record_finding, "chen", "M1", "abuse", "It looks made up.")
    assert state(con, "M1") == "held"
    undo(con, "chen", found, "M1", "It was genuine.")
    assert state(con, "M1") == "open"


# --- corrections -------------------------------------------------------------------------------------------------------


def correct(con, amount: str, reason: str, who: str = "finn", lead: str = "M1"):
    return act(con, desk.adjust_line, who, lead, line_of(con, lead), Decimal(amount), reason, "as agreed")


@pytest.mark.parametrize(("amount", "reason", "why"), [
    ("-100.11", "refund", r"100\.10 USD of line-\w+ is left to take back, not 100\.11"),
    ("5.00", "refund", "below nothing"), ("-5.00", "write_off", "above nothing"), ("0.00", "mistake", "other than"),
    ("5.00", "write_off", "is still to be taken back"), ("-1.001", "refund", "whole cents"), ("-1.00", "whim", "no reason"),
])
def test_a_correction_that_cannot_be_is_refused(con, amount: str, reason: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        correct(con, amount, reason)
    assert ask(con, "select count(*) from earning_lines") == [(2,)]


def test_no_more_is_taken_back_in_parts_than_was_earned_and_no_more_let_go_than_was_taken_back(con) -> None:
    pay_all(con)
    correct(con, "-60.00", "refund")
    correct(con, "-40.10", "disqualified_after_payment")
    with pytest.raises(Refusal, match="is left to take back"):
        correct(con, "-0.01", "duplicate")
    with pytest.raises(Refusal, match="is still to be taken back"):
        correct(con, "100.11", "write_off")
    correct(con, "100.10", "write_off")
    assert ledger.reconcile(con).select("owed", "clawed_back", "open", "paid").rows() == [
        (Decimal("200.30"), Decimal("0.00"), Decimal("0.00"), Decimal("200.30"))]
    assert adds_up(con)


def test_a_correction_is_taken_back_until_it_stands_in_a_batch(con) -> None:
    pay_all(con)
    first = correct(con, "-10.00", "refund")
    undo(con, "finn", first, "M1")
    assert ask(con, "select count(*) from lines where kind = 'adjustment'") == [(0,)]
    second = correct(con, "-10.00", "refund")
    add_payable(con, "N1", "A", 500)
    batch = prepare(con)
    with pytest.raises(Refusal, match="answered since"):
        undo(con, "finn", second, "M1")
    desk.drop_batch(con, signed("finn"), batch)
    undo(con, "finn", second, "M1")
    assert adds_up(con)


def test_a_correction_needs_a_reason_in_words_and_somebody_who_is_not_involved(con) -> None:
    with pytest.raises(Refusal, match="cannot be left out"):
        act(con, desk.adjust_line, "finn", "M1", line_of(con, "M1"), Decimal("-1.00"), "refund", " ")
    desk.add_person(con, signed("operator"), "pat", "Pat", partner="A")
    desk.grant(con, signed("operator"), "pat", "finance")
    with pytest.raises(Forbidden, match="You belong to the partner of this lead"):
        correct(con, "5.00", "mistake", who="pat")
    with pytest.raises(Refusal, match="is no line that M2 earned"):
        act(con, desk.adjust_line, "finn", "M2", line_of(con, "M1"), Decimal("-1.00"), "refund", "n")
    act(con, desk.reject, "chen", "M1", "ptr.process.2b", "not theirs")
    with pytest.raises(Refusal, match="nothing to correct"):
        correct(con, "-1.00", "refund")


def test_nothing_happens_by_itself_to_what_was_paid_and_is_in_question(con) -> None:
    pay_all(con)
    act(con, desk.record_refund, "finn", "M1", "T1", Decimal("1001.00"), "USD")
    assert (state(con, "M1"), ledger.in_question(con)["lead"].to_list()) == ("paid", ["M1"])
    correct(con, "-100.10", "refund")
    assert ledger.in_question(con).is_empty()
    assert adds_up(con)


def test_what_a_customer_got_back_before_the_payout_waits_until_the_line_is_corrected(con) -> None:
    batch = prepare_alone(con, "M1")
    refund = act(con, desk.record_refund, "finn", "M1", "T1", Decimal("501.00"), "USD")
    with pytest.raises(Refusal, match=r"M1 \(100\.10 USD\) is held by an open case \(refund:"):
        approve(con, batch)
    desk.drop_batch(con, signed("finn"), batch)
    assert (state(con, "M1"), state(con, "M2")) == ("held", "open")
    [why] = ledger.blocked(con)
    assert (why.name, why.clause.id, why.amount) == ("hold.refund", "ptr.pay.0", Decimal("100.10"))
    correct(con, "-50.10", "refund")
    assert state(con, "M1") == "open" and ledger.blocked(con) == []
    assert proposed(con).lines.filter(lead="M1")["amount"].sum() == Decimal("50.00")
    act(con, desk.record_refund, "finn", "M1", "T1", Decimal("100.00"), "USD")
    assert state(con, "M1") == "held"
    assert refund.after["event"] not in str(line(con, "M1")["holds"])
    assert adds_up(con)


def test_a_refund_holds_what_its_deal_earned_and_no_other_deal_of_the_lead(con) -> None:
    tell(con, {"id": "won-more", "type": "deal_won", "at": "2025-06-03T16:00:00Z", "lead": "M1", "transaction": "T7"},
         {"id": "pay-more", "type": "customer_payment", "at": "2025-06-17T16:00:00Z", "lead": "M1", "transaction": "T7",
          "subscription_amount": 500, "currency": "USD"})
    act(con, desk.record_refund, "finn", "M1", "T7", Decimal("100.00"), "USD")

    def states() -> dict[str, str]:
        found = ledger.lines(con, ledger.Filters(lead="M1")).filter(kind="commission").to_dicts()
        return {row["earned_by"]: row["state"] for row in found}

    assert states() == {"pay-M1": "open", "pay-more": "held"}
    by_event = dict(ask(con, "select earned_by, id from earning_lines where lead = 'M1'"))
    act(con, desk.adjust_line, "finn", "M1", by_event["pay-M1"], Decimal("-1.00"), "mistake", "of the other deal")
    assert states() == {"pay-M1": "open", "pay-more": "held"}
    assert proposed(con).lines.filter(lead="M1")["amount"].sum() == Decimal("99.10")
    act(con, desk.adjust_line, "finn", "M1", by_event["pay-more"], Decimal("-10.00"), "refund", "given back")
    assert states() == {"pay-M1": "open", "pay-more": "open"}
    assert adds_up(con)


def test_a_refund_of_a_deal_on_which_nothing_was_paid_holds_all_that_its_lead_earned(con) -> None:
    tell(con, {"id": "back", "type": "customer_refund", "at": "2025-06-19T15:00:00Z", "lead": "M1", "transaction": "t1",
               "amount": 100, "currency": "USD"})
    assert (state(con, "M1"), state(con, "M2")) == ("held", "open")
    act(con, desk.resolve_finding, "mona", "M1", "back", "It is of another lead.")
    assert state(con, "M1") == "open"
    assert adds_up(con)


def test_a_correction_that_counts_no_more_answers_no_refund(con) -> None:
    more = act(con, desk.record_payment, "finn", "M1", "T1", "USD", Decimal(300), Decimal(300))
    act(con, desk.record_refund, "finn", "M1", "T1", Decimal(900), "USD")
    [(line,)] = ask(con, "select id from earning_lines where lead = 'M1' and earned_by = ?", more.after["event"])
    act(con, desk.adjust_line, "finn", "M1", line, Decimal("-1.00"), "refund", "of the second payment")
    assert ask(con, "select distinct state from lines where lead = 'M1'") == [("open",)]
    undo(con, "finn", more, "M1")
    assert ask(con, "select state from lines where lead = 'M1' order by amount desc") == [("held",), ("void",), ("void",)]
    assert adds_up(con)


def test_a_refund_that_changes_nothing_is_let_stand_by_another_person(con) -> None:
    refund = act(con, desk.record_refund, "finn", "M1", "T1", Decimal("1.00"), "USD").after["event"]
    assert state(con, "M1") == "held"
    desk.grant(con, signed("operator"), "finn", "manager")
    with pytest.raises(Forbidden, match="Who recorded it does not resolve it"):
        act(con, desk.resolve_finding, "finn", "M1", refund, "It was for the set-up.")
    done = act(con, desk.resolve_finding, "mona", "M1", refund, "It was for the set-up.")
    assert state(con, "M1") == "open"
    undo(con, "mona", done, "M1")
    assert state(con, "M1") == "held"
    assert adds_up(con)


def test_a_refund_after_a_correction_is_in_question_again(con) -> None:
    pay_all(con)
    correct(con, "1.00", "mistake")
    act(con, desk.record_refund, "finn", "M1", "T1", Decimal("1001.00"), "USD")
    assert ledger.in_question(con).select("lead", "flags").rows() == [("M1", ["refund_review"])]
    correct(con, "-101.10", "refund")
    assert ledger.in_question(con).is_empty()


@pytest.mark.parametrize(("amount", "currency", "flags"), [
    (100.10, "USD", None), (100.10, None, None), (None, None, None), (100.11, "USD", ["told_otherwise"]),
    (100.10, "EUR", ["told_otherwise"]), (90, None, ["told_otherwise"])])
def test_what_an_event_tells_to_be_paid_with_another_amount_is_in_question_until_it_is_corrected(
        con, amount: float | None, currency: str | None, flags: list[str] | None) -> None:
    said = {"amount": amount, "currency": currency}
    tell(con, {"type": "payout_paid", "at": "2025-06-20T14:00:00Z", "lead": "M1"}
         | {name: value for name, value in said.items() if value is not None})
    found = ledger.in_question(con).select("lead", "flags").rows()
    assert found == ([("M1", flags)] if flags else [])
    correct(con, "-0.01", "mistake")
    assert ledger.in_question(con).is_empty() and adds_up(con)


@pytest.mark.parametrize(("first", "second", "flags"), [
    (50, 100.10, set()), (50, 100.11, {"told_otherwise"}), (50, None, set()), (None, None, set())])
def test_payments_told_without_naming_what_they_pay_are_compared_together_whatever_their_order(
        con, first: float | None, second: float | None, flags: set[str]) -> None:
    tell(con, {"type": "customer_payment", "id": "second", "at": "2025-06-17T16:00:00Z", "lead": "M1", "transaction": "T1",
               "subscription_amount": 500, "currency": "USD"},
         *({"type": "payout_paid", "at": f"2025-06-20T{hour}:00:00Z", "lead": "M1"} | (
             {} if amount is None else {"amount": amount, "currency": "USD"})
           for hour, amount in ((14, first), (15, second))))
    assert sorted(ask(con, "select amount, state from lines where lead = 'M1'")) == [
        (Decimal("50.00"), "paid"), (Decimal("100.10"), "paid")]
    assert {one for row in ledger.in_question(con)["flags"] for one in row} == flags


@pytest.mark.parametrize("about", [{"about": "pay-M1"}, {}])
def test_what_was_paid_elsewhere_while_its_batch_was_out_is_in_question(con, about: dict) -> None:
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    tell(con, {"type": "payout_paid", "at": "2025-06-20T14:00:00Z", "lead": "M1", "amount": 100.10, "currency": "USD"}
         | about)
    assert ledger.in_question(con).is_empty() and ledger.unexplained(con).is_empty()
    settle(con, batch)
    assert ledger.in_question(con).select("lead", "flags").rows() == [("M1", ["paid_twice"])]
    assert ledger.unexplained(con).is_empty()
    correct(con, "-100.10", "duplicate")
    assert ledger.in_question(con).is_empty()
    assert adds_up(con)


def test_what_was_paid_elsewhere_of_another_line_is_not_in_question(con) -> None:
    act(con, desk.record_payment, "finn", "M1", "T1", "USD", Decimal("50.00"), Decimal("50.00"))
    tell(con, {"type": "payout_paid", "at": "2025-06-19T14:00:00Z", "lead": "M1", "amount": 100.10, "currency": "USD"})
    pay_all(con)
    assert ask(con, "select state from lines where lead = 'M1'") == [("paid",), ("paid",)]
    assert ledger.in_question(con).is_empty()


def test_a_payment_that_no_line_stands_for_is_told(con) -> None:
    paid = {"type": "payout_paid", "at": "2025-06-19T14:00:00Z", "amount": 70.0, "currency": "USD"}
    pay_all(con)
    assert ledger.unexplained(con).is_empty()
    tell(con, paid | {"lead": "P1"})
    assert ledger.unexplained(con).select("lead", "amount").rows() == [("P1", Decimal("70.00"))]
    tell(con, paid | {"lead": "M1", "about": "pay-of-nothing"})
    assert ledger.unexplained(con)["lead"].to_list().count("M1") == 1


@pytest.mark.parametrize("about", [{"about": "pay-M1"}, {}])
def test_of_two_payments_for_one_line_the_second_is_told(con, about: dict) -> None:
    paid = {"type": "payout_paid", "lead": "M1", "amount": 100.10, "currency": "USD"} | about
    tell(con, paid | {"at": "2025-06-18T14:00:00Z"})
    assert state(con, "M1") == "paid" and ledger.unexplained(con).is_empty()
    tell(con, paid | {"at": "2025-06-19T14:00:00Z"})
    [row] = ledger.unexplained(con).to_dicts()
    assert (row["lead"], row["partner"], row["happened_at"]) == ("M1", "A", dt.datetime(2025, 6, 19, 14))


def test_what_somebody_wrote_about_a_correction_goes_with_the_person(con) -> None:
    correct(con, "-1.00", "refund")
    contact = ask(con, "select contact from leads where id = 'M1'")[0][0]
    desk.erase(con, signed("ada"), contact)
    assert ask(con, "select note from earning_lines where kind = 'adjustment'") == [("(erased)",)]
    assert adds_up(con)


# --- reads -------------------------------------------------------------------------------------------------------------


def test_every_total_opens_its_rows(con) -> None:
    add_payable(con, "N1", "B", 500)
    for by, filter_ in (("state", "states"), ("program", "program"), ("partner", "partner"), ("period", "period")):
        for row in ledger.totals(con, by).to_dicts():
            value = dt.date.fromisoformat(row["value"]) if by == "period" else row["value"]
            rows = ledger.lines(con, ledger.Filters(**{filter_: (value,) if filter_ == "states" else value}))
            assert (rows.height, rows["amount"].sum()) == (row["lines"], row["amount"])
    assert [ledger.lines(con, ledger.Filters(), number, 2).height for number in (1, 2, 3)] == [2, 1, 0]


def test_what_is_ahead_is_told_by_the_day_it_falls_due(con) -> None:
    assert ledger.ahead(con).rows() == [("ptr", dt.date(2025, 7, 16), "USD", False, 2, Decimal("200.30"))]
    assert ledger.by_month(ledger.ahead(con)).rows() == [
        (False, dt.date(2025, 7, 1), "ptr", "USD", 2, Decimal("200.30"))]
    late = past.everything(con, LATE, past.of_day(con, LATE))
    assert ledger.by_month(ledger.ahead(late)).rows() == [(True, None, "ptr", "USD", 2, Decimal("200.30"))]
    pay_all(con)
    assert ledger.by_month(ledger.ahead(con)).is_empty()


def test_what_is_ahead_is_less_what_is_taken_back_by_the_day_of_its_line_until_that_is_paid(con) -> None:
    correct(con, "-0.10", "mistake")
    assert ledger.ahead(con).rows() == [("ptr", dt.date(2025, 7, 16), "USD", False, 3, Decimal("200.20"))]
    chosen = ledger.Filters(due=dt.date(2025, 7, 1))
    assert ledger.lines(con, chosen)["amount"].sum() == ledger.standing(con, chosen)["amount"].sum() == Decimal("200.20")
    pay_all(con)
    assert ledger.ahead(con).is_empty()
    correct(con, "-1.00", "mistake")
    assert ledger.ahead(con).rows() == [("ptr", None, "USD", False, 1, Decimal("-1.00"))]


def test_a_cent_leads_to_its_clause_its_evidence_and_who_decided(con) -> None:
    act(con, desk.judge, "sara", "M1", "interest", "pass", "They asked for a demo.")
    pay_all(con)
    line = ledger.line(con, line_of(con, "M1"))
    found = ledger.chain(con, line, lambda lead: review.story(con, lead, NOW + dt.timedelta(1)))
    assert (found.clause.id, found.setting.name) == ("ptr.pay.0", "ptr.commission_rate")
    judged = next(one for one in found.story.lines if one.text.id == "interest")
    assert judged.clause.id.startswith("ptr.") and judged.evidence
    deeds = {(one["person"], one["what"]) for one in found.deeds}
    assert {("sara", "judged interest: pass"), ("finn", "batch prepared"), ("fay", "batch approved"),
            ("finn", "payout_paid")} <= deeds
    assert ledger.line(con, "line-nowhere") is None


def test_the_command_proves_that_all_adds_up_and_fails_where_it_does_not(path) -> None:
    def run() -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, "-m", "core", "reconcile", "--db", path], cwd=ROOT, timeout=300,
                              capture_output=True, text=True)

    con = desk.open_database(path, NOW)
    pay_all(con)
    con.close()
    answer = run()
    assert answer.returncode == 0
    [row] = [json.loads(text) for text in answer.stdout.splitlines()]
    assert (row["owed"], row["paid"], row["open"], row["difference"]) == ("200.30", "200.30", "0.00", "0.00")
    con = desk.open_database(path, NOW)
    with con.cursor() as cursor:
        cursor.execute("drop trigger batch_lines_kept on batch_lines").fetchall()
        cursor.execute("update batch_lines set amount = amount - 1 where line = ?", [line_of(con, "M1")]).fetchall()
    assert any("does not add up (1.00)" in fault for fault in desk.faults(con))
    con.close()
    answer = run()
    assert answer.returncode == 1 and "1 of 1 do not add up, first A in ptr, June 2025: 1.00 USD." in answer.stderr


# --- what was there before ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", [5, 11])
def test_what_an_earlier_schema_owed_is_booked_when_it_is_next_brought_up_to_now(tmp_path, last: int) -> None:
    path = tmp_path / "leads.duckdb"
    schemas.of_schema(path, last, "insert into leads (id, program, partner, submitted_at, recorded_at) values "
                                  "('R9', 'raf', 'A', '2025-03-03', '2025-03-03')",
                      "insert into events (id, type, happened_at, recorded_at, lead, amount) values "
                      "('e1', 'payout_paid', '2025-04-03', '2025-04-03', 'R9', 500)")
    con = desk.open_database(path, NOW)
    desk.advance(con, NOW)
    assert ask(con, "select lead, amount, rule, earned_on, recorded_by from earning_lines") == [
        ("R9", Decimal("500.00"), None, dt.date(2025, 4, 3), "time")]
    assert state(con, "R9") == "paid"
    assert adds_up(con)
    con.close()


def test_what_was_kept_before_the_migration_is_due_at_once_so_that_it_is_booked(tmp_path) -> None:
    path = tmp_path / "leads.duckdb"
    schemas.of_schema(path, 14)
    con = duckdb.connect(str(path))
    con.execute("insert into payouts_owed values ('P1', 'P1', 'A', 500, 'USD', 'check', '2025-06-01', 'payable', [], false)"
                ).fetchall()
    con.execute("insert into evaluation_runs (as_of, leads, changes_at, made_by) values ('2025-06-20 14:00', 1, "
                "'2025-06-21', ?)", [kept.rules_digest()]).fetchall()
    con.close()
    con = desk.open_database(path, NOW)
    assert kept.is_due(con, NOW)
    desk.advance(con, NOW)
    assert ask(con, "select lead, amount from earning_lines") == [("P1", Decimal("500.00"))]
    assert not kept.is_due(con, NOW)
    assert desk.first_fault(con) is None
    con.close()


def test_leads_of_an_import_that_stand_in_a_batch_are_not_taken_back(con, tmp_path) -> None:
    with con.cursor() as cursor:
        cursor.execute("insert into imports (id, file_name, program, kind, imported_at, rows_read, accepted, refused, "
                       "mapping) values ('i', 'leads.csv', 'ptr', 'leads', '2025-06-01', 1, 1, 0, '{}')").fetchall()
        cursor.execute("update leads set import = 'i' where id = 'M1'").fetchall()
        cursor.execute("update events set import = 'i' where lead = 'M1'").fetchall()
        cursor.execute("delete from verdicts where lead = 'M1'").fetchall()
    prepare(con)
    with pytest.raises(Refusal, match="a batch of payouts rests on its lead M1"):
        desk.take_back(con, signed("sara"), "i")
