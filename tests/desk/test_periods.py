"""Closed months: nothing is booked in them by any path, what comes late lands in the first open one."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from core import desk, ledger
from core.model import Refusal
from tests.desk.payouts import add_payable, adds_up, approve, export, line_of, prepare, proposed, settle, tell
from tests.desk.world import NOW, ask, signed

MAY, JUNE, JULY = dt.date(2025, 5, 1), dt.date(2025, 6, 1), dt.date(2025, 7, 1)
LATER = dt.datetime(2025, 7, 3, 12)


def close(con, month: dt.date = JUNE, now: dt.datetime = LATER) -> None:
    desk.close_period(con, signed("fay", now=now), "ptr", month)


def sums(con, month: dt.date = JUNE) -> list[tuple]:
    """What was booked and what was paid in a month."""
    return ledger.months(con).filter(program="ptr", period=month).select("lines", "booked", "paid").rows()


def periods(con, lead: str) -> list[tuple]:
    return ask(con, "select earned_on, period from earning_lines where lead = ? order by recorded_at", lead)


def test_a_month_is_closed_once_it_is_over_and_those_before_it_with_it(con) -> None:
    with pytest.raises(Refusal, match="June 2025 is not over in ptr before 2025-07-01"):
        close(con, now=NOW)
    with pytest.raises(Refusal, match="named by its first day"):
        close(con, dt.date(2025, 6, 2))
    close(con)
    for month in (JUNE, MAY):
        with pytest.raises(Refusal, match="is closed already"):
            close(con, month)
    assert ledger.months(con).filter(period=JUNE)["is_closed"].to_list() == [True]
    assert adds_up(con)


def test_the_key_by_which_a_month_was_closed_closes_none_of_another_program(con) -> None:
    asked = signed("fay", now=LATER)
    assert not desk.close_period(con, asked, "ptr", JUNE).is_repeated
    assert desk.close_period(con, asked, "ptr", JUNE).is_repeated
    with pytest.raises(Refusal, match="used for another change"):
        desk.close_period(con, asked, "cerri", JUNE)


def test_a_month_is_over_when_it_is_over_in_the_zone_of_the_program(con) -> None:
    desk.set_setting(con, signed("mona"), "timezone", '"America/Los_Angeles"', dt.date(2025, 6, 21), "head office")
    with pytest.raises(Refusal, match="is not over"):
        close(con, now=dt.datetime(2025, 7, 1, 6, 59))
    close(con, now=dt.datetime(2025, 7, 1, 7))


def test_what_was_earned_in_a_closed_month_and_comes_late_is_booked_in_the_first_open_one(con) -> None:
    close(con)
    before = sums(con)
    add_payable(con, "N1", "B", 500, "2025-05-16T16:00:00Z")
    tell(con, {"id": "late", "type": "customer_payment", "at": "2025-06-17T16:00:00Z", "lead": "M1", "transaction": "T1",
               "subscription_amount": 20, "currency": "USD"})
    desk.record_payment(con, signed("finn", con, "M2", now=LATER), "M2", "T2", "USD", Decimal("10.00"),
                        Decimal("10.00"), received_at=dt.datetime(2025, 6, 18))
    assert periods(con, "N1") == [(dt.date(2025, 5, 16), JULY)]
    assert periods(con, "M1")[1:] == [(dt.date(2025, 6, 17), JULY)]
    assert periods(con, "M2")[1:] == [(dt.date(2025, 6, 18), JULY)]
    assert sums(con) == before
    assert adds_up(con)


def test_a_refund_recorded_late_and_its_correction_touch_the_open_month_alone(con) -> None:
    close(con)
    before = sums(con)
    desk.record_refund(con, signed("finn", con, "M1", now=LATER), "M1", "T1", Decimal("5"), "USD",
                       refunded_at=dt.datetime(2025, 6, 18))
    desk.adjust_line(con, signed("finn", con, "M1", now=LATER), "M1", line_of(con, "M1"), Decimal("-0.50"), "refund",
                     "The customer left.")
    assert periods(con, "M1")[1:] == [(LATER.date(), JULY)]
    assert sums(con) == before


def test_a_correction_is_booked_in_the_first_open_month_where_its_own_is_closed(con) -> None:
    """The clock is set back after July was closed: no correction lands in July any more."""
    close(con, JULY, dt.datetime(2025, 8, 1, 12))
    desk.adjust_line(con, signed("finn", con, "M1", now=LATER), "M1", line_of(con, "M1"), Decimal("-0.50"), "refund", "n")
    assert periods(con, "M1")[1:] == [(dt.date(2025, 8, 1), dt.date(2025, 8, 1))]


def test_a_payment_of_a_day_in_a_closed_month_counts_in_the_first_open_one(con) -> None:
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    close(con)
    before = sums(con)
    settle(con, batch, paid_on=dt.date(2025, 6, 30), now=LATER)
    assert ask(con, "select paid_on, period from payment_results") == [(dt.date(2025, 6, 30), JULY)]
    assert sums(con) == before
    assert sums(con, JULY) == [(0, Decimal("0.00"), Decimal("200.30"))]
    assert adds_up(con)


def test_a_correction_of_a_closed_month_is_not_taken_back_but_corrected(con) -> None:
    made = desk.adjust_line(con, signed("finn", con, "M1"), "M1", line_of(con, "M1"), Decimal("-0.50"), "refund", "n")
    close(con)
    before = sums(con)
    with pytest.raises(Refusal, match="in a month that is closed since"):
        desk.undo(con, signed("finn", con, "M1", now=LATER), made.number, "a mistake")
    assert sums(con) == before


def test_rejecting_a_lead_and_taking_it_back_leave_what_was_booked_in_a_closed_month(con) -> None:
    close(con)
    before = sums(con)
    desk.reject(con, signed("chen", con, "M1", now=LATER), "M1", "ptr.process.2b", "not theirs")
    assert sums(con) == before
    assert ledger.totals(con, "state")["value"].to_list() == ["open", "void"]
    assert adds_up(con)


def test_the_database_itself_refuses_a_line_or_a_payment_in_a_closed_month(con) -> None:
    batch = prepare(con)
    close(con)
    line = ("insert into earning_lines (id, lead, earned_by, partner, program, kind, amount, currency, earned_on, period, "
            "recorded_at, recorded_by) values ('x', 'M1', 'x', 'A', 'ptr', 'reward', 1, 'USD', '2025-06-20', ?, "
            "'2025-07-04', 'x')")
    paid = ("insert into payment_results (id, batch, payment, result, paid_on, period, recorded_by, recorded_at) values "
            f"('x', '{batch}', 'x', 'paid', '2025-06-30', ?, 'x', '2025-07-04')")
    for text in (line, paid):
        for month in (JUNE, MAY):
            with con.cursor() as cursor, pytest.raises(duckdb.ConstraintException):
                cursor.execute(text, [month]).fetchall()
    with con.cursor() as cursor, pytest.raises(duckdb.ConstraintException):
        cursor.execute("update earning_lines set period = '2025-07-01'").fetchall()
    with con.cursor() as cursor, pytest.raises(duckdb.ConstraintException):
        cursor.execute("delete from period_closings").fetchall()
    with con.cursor() as cursor:
        cursor.execute(line, [JULY]).fetchall()


def test_months_of_another_program_stay_open(con) -> None:
    close(con)
    tell(con, {"id": "late", "type": "approved", "at": "2025-06-19T16:00:00Z", "lead": "L1", "by": "mona"})
    assert periods(con, "L1") == [(dt.date(2025, 6, 19), JUNE)]
    assert proposed(con, now=LATER).number == 2
