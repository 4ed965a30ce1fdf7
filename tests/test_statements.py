"""Statements from the ledger: each month follows on the one before it."""

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core import desk, kept, ledger
from core.exports import Result
from core.exports.statements import Statement, as_csv, as_html
from core.model import Refusal
from core.statements import statement
from tests.desk import former
from tests.desk.payouts import add_payable, adds_up, pay_all, payments, tell
from tests.desk.world import NOW, act, ask, build, signed

JUNE, JULY, AUGUST = (dt.date(2025, month, 1) for month in (6, 7, 8))
LATER = dt.datetime(2025, 8, 15, 12)
EARLY_JULY = dt.datetime(2025, 7, 3, 12)
PAID_IN_JUNE = {"type": "payout_paid", "at": "2025-06-18T16:00:00Z", "lead": "M1", "amount": 100.10, "currency": "USD"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the world, with two payable registrations: 100.10 and 100.20 for payments of 16 June."""
    folder = tmp_path_factory.mktemp("world")
    build(folder / "leads.duckdb", payable=2).close()
    return folder


@pytest.fixture
def con(made: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the world, open."""
    for file in made.iterdir():
        shutil.copy2(file, tmp_path / file.name)
    connection = desk.open_database(tmp_path / "leads.duckdb", NOW)
    yield connection
    connection.close()


def told(con, month: dt.date, as_of: dt.datetime = LATER, partner: str = "A", program: str = "ptr") -> Statement:
    return statement(con, partner, program, month, as_of)


def balance(found: Statement) -> list[tuple]:
    return [(one.currency, *map(str, (one.brought_forward, one.earned, one.paid, one.carried)))
            for one in found.accounts]


def close(con, month: dt.date, now: dt.datetime) -> None:
    desk.close_period(con, signed("fay", now=now), "ptr", month)


def months_paid(con) -> dict[dt.date, Decimal]:
    return dict(ledger.months(con).filter(program="ptr").select("period", "paid").rows())


def paid_batch(con, paid_on: dt.date, at: dt.datetime) -> None:
    found = ledger.proposal(con, "ptr", "check", "USD", paid_on, [], at)
    done = desk.prepare_batch(con, signed("finn", now=at), "ptr", "check", "USD", paid_on, [], found.total, found.number)
    batch = done.after["batch"]
    desk.approve_batch(con, signed("fay", now=at), batch, found.total, found.number)
    desk.export_batch(con, signed("fay", now=at), batch, "checks")
    desk.grant(con, signed("operator", now=at), "marc", "finance")
    [payment] = ledger.payments(con, batch)["payment"].to_list()
    desk.record_results(con, signed("marc", now=at), batch, [
        Result(2, payment, "paid", paid_on, "CHK-17", None, None)])


def test_a_month_shows_what_was_earned_and_what_is_still_to_be_paid(con) -> None:
    found = told(con, JUNE)
    assert balance(found) == [("USD", "0.00", "200.30", "0.00", "200.30")]
    [first, _] = found.accounts[0].lines
    assert (first.lead, first.what, first.clause, first.amount, first.earned_on, first.state) == (
        "Payer1 Logistics", "Commission, 10 % of 1,001.00 USD", "ptr.pay.0", Decimal("100.10"), dt.date(2025, 6, 16),
        "to be paid")
    assert [name for name, _, _ in found.clauses] == ["ptr.pay.0"]
    assert balance(told(con, JULY)) == [("USD", "200.30", "0.00", "0.00", "200.30")]
    assert told(con, dt.date(2025, 5, 1)).accounts == ()


def test_a_batch_that_was_paid_settles_the_month_in_which_it_was_paid(con) -> None:
    paid_batch(con, dt.date(2025, 7, 10), dt.datetime(2025, 7, 10, 12))
    assert balance(told(con, JUNE)) == [("USD", "0.00", "200.30", "0.00", "200.30")]
    july = told(con, JULY)
    assert balance(july) == [("USD", "200.30", "0.00", "200.30", "0.00")]
    [payment] = july.accounts[0].payments
    assert (payment.paid_on, payment.amount, payment.reference) == (dt.date(2025, 7, 10), Decimal("200.30"), "CHK-17")
    assert set(payment.leads) == {"Payer1 Logistics", "Payer2 Logistics"}
    assert told(con, AUGUST).accounts == ()


def test_a_correction_is_carried_into_the_months_that_follow(con) -> None:
    paid_batch(con, dt.date(2025, 7, 10), dt.datetime(2025, 7, 10, 12))
    at = dt.datetime(2025, 8, 3, 12)
    [line] = ledger.lines(con, ledger.Filters(lead="M1")).to_dicts()
    act_signed = desk.Signed("finn", "correct", at, desk.version(con, "M1"))
    desk.adjust_line(con, act_signed, "M1", line["id"], Decimal("-60.00"), "refund", "They sent it back.")
    august = told(con, AUGUST)
    assert balance(august) == [("USD", "0.00", "-60.00", "0.00", "-60.00")]
    assert august.accounts[0].lines[0].what == "Correction: a customer got money back"
    assert b"They sent it back" not in as_html(august) + as_csv(august)


def test_a_payout_paid_by_an_earlier_version_stands_in_the_month_of_its_day(con) -> None:
    former.approved_and_paid(con, "M1")
    june = told(con, JUNE)
    assert balance(june) == [("USD", "0.00", "200.30", "100.10", "100.20")]
    assert [one.paid_on for one in june.accounts[0].lines] == [dt.date(2025, 6, 20), None]


def test_what_is_no_longer_owed_is_taken_off_in_the_month_in_which_it_ended(con) -> None:
    act(con, desk.record_breach, "chen", "M1", "competitor_suggested", "They named a rival.", "no")
    assert ask(con, "select state from lines where lead = 'M1'") == [("void",)]
    found = told(con, JUNE)
    assert balance(found) == [("USD", "0.00", "200.30", "0.00", "100.20")]
    [ended] = found.accounts[0].ended
    assert (ended.lead, ended.amount, ended.state) == ("Payer1 Logistics", Decimal("-100.10"), "no longer owed")


def refuse(con, lead: str, verdict: str, now: dt.datetime) -> None:
    desk.judge(con, signed("sara", con, lead, now=now), lead, "interest", verdict, "asked again")


def test_a_line_that_ends_while_no_month_is_closed_ends_in_the_month_of_the_decision(con) -> None:
    refuse(con, "M1", "fail", dt.datetime(2025, 8, 3, 12))
    assert balance(told(con, JUNE)) == [("USD", "0.00", "200.30", "0.00", "200.30")]
    assert balance(told(con, JULY)) == [("USD", "200.30", "0.00", "0.00", "200.30")]
    assert balance(told(con, AUGUST)) == [("USD", "200.30", "0.00", "0.00", "100.20")]


def test_the_statement_of_a_closed_month_stays_as_it_was(con) -> None:
    close(con, JUNE, EARLY_JULY)
    june = balance(told(con, JUNE))
    refuse(con, "M1", "fail", EARLY_JULY)
    assert balance(told(con, JUNE)) == june == [("USD", "0.00", "200.30", "0.00", "200.30")]
    assert len(told(con, JUNE).accounts[0].lines) == 2
    close(con, JULY, LATER)
    refuse(con, "M1", "pass", LATER)
    assert balance(told(con, JULY)) == [("USD", "200.30", "0.00", "0.00", "100.20")]
    assert balance(told(con, AUGUST)) == [("USD", "100.20", "0.00", "0.00", "200.30")]
    assert [line.state for line in told(con, AUGUST).accounts[0].ended] == ["owed again"]
    assert adds_up(con)


def test_a_payment_stays_in_its_closed_month_when_it_came_back_and_its_lead_is_refused(con) -> None:
    batch = pay_all(con)
    close(con, JUNE, EARLY_JULY)
    desk.record_return(con, signed("finn", now=EARLY_JULY), payments(con, batch)["A"], EARLY_JULY.date(), "closed")
    refuse(con, "M1", "fail", EARLY_JULY)
    assert balance(told(con, JUNE)) == [("USD", "0.00", "200.30", "200.30", "0.00")]
    assert balance(told(con, JULY)) == [("USD", "0.00", "0.00", "-200.30", "100.20")]


def test_a_payment_that_an_event_tells_late_counts_in_the_first_open_month_and_stays_there(con) -> None:
    close(con, JUNE, EARLY_JULY)
    tell(con, PAID_IN_JUNE)
    assert balance(told(con, JUNE)) == [("USD", "0.00", "200.30", "0.00", "200.30")]
    assert balance(told(con, JULY)) == [("USD", "200.30", "0.00", "100.10", "100.20")]
    assert months_paid(con) == {JUNE: 0, JULY: Decimal("100.10")}
    close(con, JULY, LATER)
    refuse(con, "M1", "fail", LATER)
    assert balance(told(con, JULY)) == [("USD", "200.30", "0.00", "100.10", "100.20")]
    assert told(con, AUGUST).accounts[0].ended == ()
    assert told(con, JUNE).accounts[0].lines[0].state == "paid"


def test_a_second_payment_of_a_lead_does_not_move_the_first(con) -> None:
    tell(con, PAID_IN_JUNE)
    tell(con, {"type": "payout_paid", "at": "2025-06-19T16:00:00Z", "lead": "M1", "amount": 1, "currency": "USD"})
    assert [one.paid_on for one in told(con, JUNE).accounts[0].payments] == [dt.date(2025, 6, 18)]


def test_months_count_every_payment_as_the_proof_does(con) -> None:
    tell(con, PAID_IN_JUNE)
    former.approved_and_paid(con, "M2")
    add_payable(con, "N1", "B", 500)
    pay_all(con)
    assert months_paid(con) == {JUNE: Decimal("250.30")}
    assert ledger.reconcile(con, "ptr")["paid"].sum() == Decimal("250.30")


def test_a_line_that_waits_for_the_partner_says_so(con) -> None:
    with con.cursor() as cursor:
        cursor.execute("update partners set check_address = null where id = 'A'").fetchall()
    kept.refresh(con, NOW)
    assert {line.state for line in told(con, JUNE).accounts[0].lines} == {"your payment details are missing"}


def test_a_refused_lead_is_explained_where_the_program_owes_it(con) -> None:
    act(con, desk.reject, "chen", "P1", "ptr.def.a", "The contact decides nothing there.")
    [one] = told(con, JUNE).refused
    assert (one.lead, one.clause, one.explanation, one.refused_on) == (
        "Fabrikam Logistics", "ptr.def.a", "The contact decides nothing there.", dt.date(2025, 6, 20))
    assert told(con, JULY).refused == ()
    act(con, desk.reject, "sara", "R1", "raf.valid.1", "In use already.")
    assert told(con, JUNE, partner="S", program="raf").refused == ()


def refusals(con, month: dt.date) -> list[tuple]:
    return [(one.lead, one.clause, one.explanation, one.refused_on) for one in told(con, month).refused]


def test_a_lead_that_a_person_judged_away_is_explained_by_what_was_judged(con) -> None:
    refuse(con, "M1", "fail", NOW)
    refuse(con, "M2", "fail", EARLY_JULY)
    act(con, desk.judge, "sara", "M1", "decision_role", "fail", "and this")
    said = "Judged not met: interested in Celigo products."
    assert refusals(con, JUNE) == [("Payer1 Logistics", "ptr.def.b", said, dt.date(2025, 6, 20))]
    assert refusals(con, JULY) == [("Payer2 Logistics", "ptr.def.b", said, dt.date(2025, 7, 3))]
    act(con, desk.record_breach, "chen", "P1", "competitor_suggested", "They named a rival.", "no")
    assert len(refusals(con, JUNE)) == 1
    refuse(con, "M2", "pass", EARLY_JULY)
    assert refusals(con, JULY) == []


@pytest.mark.parametrize("by_event", [True, False])
def test_a_refusal_that_is_reversed_later_stays_in_its_closed_month(con, by_event: bool) -> None:
    if by_event:
        done = act(con, desk.reject, "chen", "P1", "ptr.def.a", "The contact decides nothing there.")
    else:
        done = act(con, desk.judge, "sara", "P1", "decision_role", "fail", "an intern")
    close(con, JUNE, EARLY_JULY)
    before = refusals(con, JUNE)
    assert len(before) == 1 and refusals(con, JULY) == []
    desk.undo(con, signed("chen" if by_event else "sara", con, "P1", now=LATER), done.number, "a mistake")
    assert refusals(con, JUNE) == before and refusals(con, AUGUST) == []


def test_a_refusal_that_was_reversed_before_its_month_was_closed_is_not_told(con) -> None:
    act(con, desk.judge, "sara", "P1", "decision_role", "fail", "an intern")
    act(con, desk.judge, "sara", "P1", "decision_role", "unknown", "not sure")
    close(con, JUNE, EARLY_JULY)
    assert refusals(con, JUNE) == refusals(con, JULY) == []


def test_every_month_begins_where_the_one_before_it_ended(con) -> None:
    paid_batch(con, dt.date(2025, 7, 10), dt.datetime(2025, 7, 10, 12))
    months = [told(con, month) for month in (JUNE, JULY, AUGUST)]
    ends = [[(one.currency, one.carried) for one in found.accounts if one.carried] for found in months]
    begins = [[(one.currency, one.brought_forward) for one in found.accounts if one.brought_forward]
              for found in months]
    assert begins[1:] == ends[:-1] and begins[0] == []


@pytest.mark.parametrize(("asked", "said"), [
    (("Q", "ptr", JUNE), "no partner Q"), (("A", "ppp", JUNE), "no program ppp"),
    (("A", "ptr", dt.date(2025, 6, 2)), "no first day"), (("A", "ptr", dt.date(2025, 9, 1)), "has begun"),
])
def test_what_cannot_be_stated_is_refused(con, asked: tuple, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        statement(con, *asked, LATER)
