"""The ledger of a past day: what stood there then, by what is known today of leads."""

import datetime as dt
from decimal import Decimal

from core import desk, ledger, past, review
from core.statements import statement
from tests.desk.payouts import add_payable, adds_up, line_of, pay_all, payments
from tests.desk.world import NOW, act, ask, signed

BEFORE = dt.datetime(2025, 6, 15, 23, 59, 59)
EARNED = dt.datetime(2025, 6, 18, 23, 59, 59)
PAID = dt.datetime(2025, 6, 21, 23, 59, 59)
LATER = dt.datetime(2025, 7, 3, 12)
JUNE, JULY = dt.date(2025, 6, 1), dt.date(2025, 7, 1)


def of_day(con, as_of: dt.datetime):
    return past.everything(con, as_of, past.of_day(con, as_of))


def states(con) -> list[tuple]:
    return ledger.totals(con, "state").select("value", "lines", "amount").rows()


def test_each_past_day_shows_what_stood_in_the_ledger_then(con) -> None:
    act(con, desk.adjust_line, "finn", "M1", line_of(con, "M1"), Decimal("-0.10"), "mistake", "a cent too many")
    desk.undo(con, signed("finn", con, "M1"), desk.told(con, "M1")[0]["number"], "it was right")
    batch = pay_all(con)
    desk.record_return(con, signed("finn", now=LATER), payments(con, batch)["A"], LATER.date(), "account closed")
    now = states(con)
    assert states(of_day(con, BEFORE)) == []
    assert states(of_day(con, EARNED)) == [("open", 2, Decimal("200.30"))]
    assert ledger.batches(of_day(con, EARNED)).is_empty()
    assert states(of_day(con, PAID)) == [("paid", 2, Decimal("200.30"))]
    assert ledger.batch(of_day(con, PAID), batch)["state"] == "settled"
    assert states(of_day(con, LATER + dt.timedelta(1))) == now == [("open", 2, Decimal("200.30"))]
    for as_of in (BEFORE, EARNED, PAID, LATER):
        assert ledger.reconcile(of_day(con, as_of)).filter(difference=0).height == ledger.reconcile(
            of_day(con, as_of)).height
    assert states(con) == now and adds_up(con)


def test_a_statement_and_a_chain_of_a_past_day_know_nothing_of_what_followed(con) -> None:
    pay_all(con)
    then = of_day(con, EARNED)
    [account] = statement(then, "A", "ptr", JUNE, EARNED).accounts
    assert (account.paid, account.carried) == (0, Decimal("200.30"))
    found = ledger.chain(then, ledger.line(then, line_of(con, "M1")), lambda lead: review.story(con, lead, EARNED))
    assert found.line["state"] == "open" and found.story is not None
    assert "batch prepared" not in {one["what"] for one in found.deeds}
    assert "payout_paid" not in {one["what"] for one in found.deeds}


def test_what_came_in_later_but_was_earned_before_is_known_today(con) -> None:
    add_payable(con, "N1", "B", 500, received="2025-06-16T16:00:00Z")
    assert ask(con, "select recorded_at::date from lines where lead = 'N1'") == [(NOW.date(),)]
    assert states(of_day(con, EARNED)) == [("open", 3, Decimal("250.30"))]


def test_a_past_ledger_leaves_no_trace_for_other_readers(con) -> None:
    before = states(con)
    then = of_day(con, BEFORE)
    assert states(then) == []
    assert states(con) == before
