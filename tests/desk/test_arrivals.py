"""Payments that were recorded as failed and did arrive: their lines are paid, once, and closed months stay."""

import datetime as dt
from decimal import Decimal

import pytest

from core import desk, ledger, past
from core.model import Refusal
from core.people import Forbidden
from core.statements import statement
from tests.desk.payouts import (
    TODAY,
    add_payable,
    adds_up,
    approve,
    export,
    line_of,
    pay_all,
    payments,
    prepare,
    settle,
    state,
    tell,
)
from tests.desk.world import NOW, act, ask, signed

LATER = dt.datetime(2025, 7, 3, 12)
JUNE, JULY = dt.date(2025, 6, 1), dt.date(2025, 7, 1)


def failed(con) -> tuple[str, str]:
    """A batch whose payment failed, and its payment to partner A."""
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    settle(con, batch, "failed")
    return batch, payments(con, batch)["A"]


def arrived(con, payment: str, who: str = "finn", on: dt.date = TODAY, why: str = "the bank says so",
            now: dt.datetime = LATER) -> desk.Done:
    return desk.record_arrival(con, signed(who, now=now), payment, on, why, "TX-9")


def test_a_failed_payment_that_did_arrive_is_paid_and_its_lines_stand_in_no_other_batch(con) -> None:
    batch, payment = failed(con)
    assert state(con, "M1") == "open"
    assert arrived(con, payment).after == {"batch": batch, "payment": payment, "amount": "200.30", "currency": "USD"}
    assert (state(con, "M1"), ledger.proposal(con, "ptr", "check", "USD", LATER.date(), (), LATER).number) == ("paid", 0)
    row = ledger.batch(con, batch)
    assert (row["state"], row["paid"], row["failed"], row["paid_total"]) == ("settled", 1, 0, Decimal("200.30"))
    [told] = ledger.payments(con, batch).to_dicts()
    assert (told["result"], told["paid_on"], told["reference"], told["reason"]) == ("paid", TODAY, "TX-9", "the bank says so")
    assert ask(con, "select result, reason from payment_results") == [("failed", "no such account")]
    assert ask(con, "select status from payouts_owed where lead like 'M%'") == [("paid",), ("paid",)]
    assert adds_up(con)
    with pytest.raises(Refusal, match=f"no payment {payment} that was recorded as failed"):
        arrived(con, payment)


def test_a_file_that_says_so_is_told_where_it_is_recorded(con) -> None:
    batch, payment = failed(con)
    with pytest.raises(Refusal, match=r"is recorded as failed already\. If it did arrive after all, record that it arrived\."):
        settle(con, batch)
    arrived(con, payment)
    with pytest.raises(Refusal, match="nothing new is told"):
        settle(con, batch, now=LATER)


@pytest.mark.parametrize("is_given_out", [False, True])
def test_once_another_batch_has_its_lines_it_is_refused_by_the_name_of_that_batch(con, is_given_out: bool) -> None:
    _, payment = failed(con)
    second = prepare(con, now=LATER)
    if is_given_out:
        approve(con, second, now=LATER)
        export(con, second, now=LATER)
    with pytest.raises(Refusal, match=f"stands in another batch by now, {second}"):
        arrived(con, payment)
    if not is_given_out:
        desk.drop_batch(con, signed("finn", now=LATER), second)
        arrived(con, payment)
        assert state(con, "M1") == "paid"
    assert adds_up(con)


def test_what_was_paid_otherwise_meanwhile_is_not_paid_again(con) -> None:
    _, payment = failed(con)
    tell(con, {"id": "outside", "type": "payout_paid", "lead": "M1", "at": "2025-06-20T11:00:00Z", "amount": 100.10,
               "about": "pay-M1"})
    with pytest.raises(Refusal, match="pays for M1 was paid otherwise by now"):
        arrived(con, payment)


def test_it_can_come_back_and_arrive_again(con) -> None:
    batch, payment = failed(con)
    arrived(con, payment)
    desk.record_return(con, signed("finn", now=LATER), payment, TODAY, "a mistake")
    assert (state(con, "M1"), ledger.batch(con, batch)["returned"]) == ("open", 1)
    desk.drop_return(con, signed("finn", now=LATER), payment, "it is there")
    assert (state(con, "M1"), ledger.batch(con, batch)["paid"]) == ("paid", 1)
    assert adds_up(con)


def test_a_correction_that_was_netted_in_it_is_paid_with_it_and_not_taken_back(con) -> None:
    made = act(con, desk.adjust_line, "finn", "M1", line_of(con, "M1"), Decimal("-40.00"), "refund", "half of it went back")
    batch = prepare(con, "fay")
    desk.grant(con, signed("operator"), "marc", "finance")
    approve(con, batch, "marc")
    export(con, batch, "fay")
    settle(con, batch, "failed", who="fay")
    payment = payments(con, batch)["A"]
    with pytest.raises(Refusal, match=f"stands in {payment}, which was recorded as failed"):
        desk.undo(con, signed("finn", con, "M1"), made.number, "so")
    arrived(con, payment, "fay")
    assert ask(con, "select amount, state from lines where lead = 'M1' order by amount") == [
        (Decimal("-40.00"), "paid"), (Decimal("100.10"), "paid")]
    assert adds_up(con)


@pytest.mark.parametrize(("on", "why", "said"), [
    (TODAY - dt.timedelta(1), "so", "between 2025-06-20, when it was given out, and 2025-07-03"),
    (LATER.date() + dt.timedelta(1), "so", "was paid between"), (TODAY, " ", "Write how it is known that it arrived"),
])
def test_it_takes_a_day_since_it_was_given_out_and_a_reason(con, on: dt.date, why: str, said: str) -> None:
    _, payment = failed(con)
    with pytest.raises(Refusal, match=said):
        arrived(con, payment, on=on, why=why)


def test_only_what_failed_arrives_after_all_and_who_approved_does_not_say_so(con) -> None:
    add_payable(con, "N1", "B", 500)
    batch = pay_all(con)
    with pytest.raises(Refusal, match="that was recorded as failed"):
        arrived(con, payments(con, batch)["A"])
    add_payable(con, "N2", "A", 500)
    _, payment = failed(con)
    with pytest.raises(Forbidden, match="Who approved"):
        arrived(con, payment, "fay")


def test_it_counts_in_the_first_open_month_and_closed_months_stay(con) -> None:
    _, payment = failed(con)
    desk.close_period(con, signed("fay", now=LATER), "ptr", JUNE)
    june = statement(con, "A", "ptr", JUNE, LATER)
    arrived(con, payment)
    assert ask(con, "select paid_on, period from payment_arrivals") == [(TODAY, JULY)]
    assert statement(con, "A", "ptr", JUNE, LATER).accounts[0].carried == june.accounts[0].carried == Decimal("200.30")
    [july] = statement(con, "A", "ptr", JULY, LATER).accounts
    assert (july.brought_forward, july.paid, july.carried) == (Decimal("200.30"), Decimal("200.30"), 0)
    assert adds_up(con)


def test_on_a_past_day_it_had_failed(con) -> None:
    batch, payment = failed(con)
    arrived(con, payment)
    day = dt.datetime(2025, 6, 25)
    then = past.everything(con, day, past.of_day(con, day))
    assert ledger.payments(then, batch)["result"].to_list() == ["failed"] and ledger.batch(then, batch)["failed"] == 1
    assert not any(ledger.reconcile(then)["difference"].to_list())


def test_a_repeated_key_records_it_once_and_the_chain_of_a_line_tells_it(con) -> None:
    _, payment = failed(con)
    asked = signed("finn", key="arrived", now=LATER)
    first, second = (desk.record_arrival(con, asked, payment, TODAY, "so") for _ in range(2))
    assert (first.number, second.is_repeated) == (second.number, True)
    found = ledger.chain(con, ledger.line(con, line_of(con, "M1")), lambda _: None)
    assert ("finn", "failed payment arrived") in {(row["person"], row["what"]) for row in found.deeds}
    assert desk.first_fault(con) is None and NOW < LATER
