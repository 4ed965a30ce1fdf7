"""Payments that came back after they were paid: the lines are open again, the books add up, closed months stay."""

import datetime as dt
from decimal import Decimal

import pytest

from core import desk, ledger
from core.exports.statements import as_csv, as_html
from core.model import Refusal
from core.people import Forbidden
from core.statements import statement
from tests.desk.payouts import TODAY, add_payable, adds_up, approve, export, line_of, payments, prepare, settle, state
from tests.desk.payouts import pay_all as paid_by
from tests.desk.world import act, ask, signed

LATER = dt.datetime(2025, 7, 3, 12)
BACK_ON = dt.date(2025, 7, 2)
JUNE, JULY = dt.date(2025, 6, 1), dt.date(2025, 7, 1)


def paid(con) -> tuple[str, str]:
    """A batch that was paid, and its payment to partner A."""
    batch = paid_by(con)
    return batch, payments(con, batch)["A"]


def come_back(con, payment: str, who: str = "finn", on: dt.date = BACK_ON, why: str = "account closed",
              now: dt.datetime = LATER) -> desk.Done:
    return desk.record_return(con, signed(who, now=now), payment, on, why)


def arrived(con, payment: str, who: str = "finn", why: str = "the bank says so", now: dt.datetime = LATER) -> desk.Done:
    return desk.drop_return(con, signed(who, now=now), payment, why)


def balance(con, month: dt.date) -> list[tuple]:
    return [(one.brought_forward, one.earned, one.paid, one.carried)
            for one in statement(con, "A", "ptr", month, LATER).accounts]


def test_the_lines_of_a_payment_that_came_back_are_open_again_and_due_when_they_were(con) -> None:
    due = ask(con, "select due_on from lines where lead = 'M1'")
    batch, payment = paid(con)
    done = come_back(con, payment)
    assert done.after == {"batch": batch, "payment": payment, "amount": "200.30", "currency": "USD"}
    assert (state(con, "M1"), state(con, "M2")) == ("open", "open")
    assert ask(con, "select status from payouts_owed where lead like 'M%'") == [("payable",), ("payable",)]
    assert ask(con, "select due_on from lines where lead = 'M1'") == due
    row = ledger.batch(con, batch)
    assert (row["state"], row["paid"], row["returned"], row["paid_total"]) == ("settled", 0, 1, 0)
    [told] = ledger.payments(con, batch).to_dicts()
    assert (told["result"], told["returned_on"], told["returned_why"]) == ("paid", BACK_ON, "account closed")
    assert adds_up(con) and desk.first_fault(con) is None


def test_they_are_paid_by_the_next_batch_and_only_once(con) -> None:
    _, payment = paid(con)
    come_back(con, payment)
    with pytest.raises(Refusal, match="come back already"):
        come_back(con, payment)
    again = prepare(con, now=LATER)
    approve(con, again, now=LATER)
    export(con, again, now=LATER)
    settle(con, again, paid_on=LATER.date(), now=LATER)
    assert state(con, "M1") == "paid"
    assert ask(con, "select sum(amount) from events where type = 'payout_paid' and id not in (select id from voids)") == [
        (Decimal("200.30"),)]
    with pytest.raises(Refusal, match="another batch"):
        arrived(con, payment)
    assert adds_up(con) and desk.first_fault(con) is None


def test_a_payment_that_arrived_after_all_counts_as_paid_on_its_day(con) -> None:
    batch, payment = paid(con)
    for _ in range(2):
        come_back(con, payment)
        arrived(con, payment)
        assert (state(con, "M1"), ledger.batch(con, batch)["paid"]) == ("paid", 1)
        assert ask(con, "select paid_on from lines where lead = 'M1'") == [(TODAY,)]
    with pytest.raises(Refusal, match="not recorded as come back"):
        arrived(con, payment)
    assert adds_up(con) and desk.first_fault(con) is None


def test_a_correction_that_was_netted_in_the_payment_is_open_again_with_it(con) -> None:
    act(con, desk.adjust_line, "finn", "M1", line_of(con, "M1"), Decimal("-40.00"), "refund", "half of it went back")
    batch = prepare(con, "finn")
    desk.drop_batch(con, signed("finn"), batch)
    batch = prepare(con, "fay")
    desk.grant(con, signed("operator"), "marc", "finance")
    approve(con, batch, "marc")
    export(con, batch, "fay")
    settle(con, batch, who="fay")
    come_back(con, payments(con, batch)["A"], "fay")
    assert ask(con, "select amount, state from lines where lead = 'M1' order by amount") == [
        (Decimal("-40.00"), "open"), (Decimal("100.10"), "open")]
    assert adds_up(con)


@pytest.mark.parametrize(("on", "why", "said"), [
    (TODAY - dt.timedelta(1), "account closed", "came back between 2025-06-20, when it was paid, and 2025-07-03"),
    (LATER.date() + dt.timedelta(1), "account closed", "came back between"), (BACK_ON, " ", "Write why it came back"),
])
def test_it_takes_a_day_since_the_payment_and_a_reason(con, on: dt.date, why: str, said: str) -> None:
    _, payment = paid(con)
    with pytest.raises(Refusal, match=said):
        come_back(con, payment, on=on, why=why)


def test_only_what_was_paid_comes_back(con) -> None:
    batch = prepare(con)
    with pytest.raises(Refusal, match=r"no payment .* that was recorded as paid"):
        come_back(con, payments(con, batch)["A"])
    approve(con, batch)
    export(con, batch)
    settle(con, batch, "failed")
    with pytest.raises(Refusal, match=r"no payment .* that was recorded as paid"):
        come_back(con, payments(con, batch)["A"])


def test_who_approved_the_batch_records_neither(con) -> None:
    _, payment = paid(con)
    with pytest.raises(Forbidden, match="Who approved"):
        come_back(con, payment, "fay")
    come_back(con, payment)
    with pytest.raises(Forbidden, match="Who approved"):
        arrived(con, payment, "fay")
    assert ask(con, "select count(*) from journal where action = 'refused'") == [(2,)]


def test_what_came_back_touches_the_open_month_alone(con) -> None:
    add_payable(con, "N1", "B", 500)
    _, payment = paid(con)
    desk.close_period(con, signed("fay", now=LATER), "ptr", JUNE)
    june = ledger.months(con).filter(period=JUNE, program="ptr").rows()
    come_back(con, payment, on=dt.date(2025, 6, 28))
    assert ledger.months(con).filter(period=JUNE, program="ptr").rows() == june
    assert ledger.months(con).filter(period=JULY, program="ptr")["paid"].to_list() == [Decimal("-200.30")]
    august = dt.datetime(2025, 8, 1, 12)
    desk.close_period(con, signed("fay", now=august), "ptr", JULY)
    with pytest.raises(Refusal, match="July 2025, which is closed"):
        arrived(con, payment, now=august)
    assert adds_up(con) and desk.first_fault(con) is None


def test_the_statement_keeps_the_month_of_the_payment_and_takes_it_off_where_it_came_back(con) -> None:
    _, payment = paid(con)
    june = statement(con, "A", "ptr", JUNE, LATER)
    come_back(con, payment)
    assert balance(con, JUNE) == [(0, Decimal("200.30"), Decimal("200.30"), 0)]
    assert balance(con, JULY) == [(0, 0, Decimal("-200.30"), Decimal("200.30"))]
    assert statement(con, "A", "ptr", JUNE, LATER).accounts[0].payments == june.accounts[0].payments
    [back] = statement(con, "A", "ptr", JULY, LATER).accounts[0].payments
    assert (back.paid_on, back.remark, back.amount) == (BACK_ON, "The payment came back.", Decimal("-200.30"))


def test_no_note_of_ours_on_a_payment_stands_in_a_statement(con) -> None:
    _, payment = paid(con)
    for _ in range(2):
        come_back(con, payment, why="canary, they look like fraud")
        for month in (JUNE, JULY):
            told = statement(con, "A", "ptr", month, LATER)
            assert "canary" not in repr(told) and b"canary" not in as_html(told) + as_csv(told)
        arrived(con, payment, why="canary, after a phone call")
    assert "canary" in repr(ask(con, "select reason from payment_returns"))
    told = statement(con, "A", "ptr", JULY, LATER)
    assert "canary" not in repr(told)


def test_the_chain_of_a_line_tells_that_its_payment_came_back(con) -> None:
    batch, payment = paid(con)
    come_back(con, payment)
    found = ledger.chain(con, ledger.line(con, line_of(con, "M1")), lambda _: None)
    assert [(row["batch"], row["paid_on"], row["returned_on"], row["reason"]) for row in found.returns] == [
        (batch, TODAY, BACK_ON, "account closed")]
    assert ("finn", "payment came back") in {(row["person"], row["what"]) for row in found.deeds}


def test_a_repeated_key_records_it_once(con) -> None:
    _, payment = paid(con)
    first = desk.record_return(con, signed("finn", key="back", now=LATER), payment, BACK_ON, "account closed")
    second = desk.record_return(con, signed("finn", key="back", now=LATER), payment, BACK_ON, "account closed")
    assert (first.number, second.is_repeated) == (second.number, True)
    assert ask(con, "select count(*) from payment_returns") == [(1,)]
