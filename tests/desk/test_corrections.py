"""Corrections: they go with their line, are netted whatever the cut-off, and nothing of them is paid or let go twice."""

import datetime as dt
from decimal import Decimal

import pytest

from core import desk, ledger
from core.model import Refusal
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
    prepare_alone,
    proposed,
    settle,
    state,
)
from tests.desk.world import NOW, act, ask, signed

LATER = dt.datetime(2025, 7, 2, 15)


def correct(con, amount: str, reason: str = "mistake", lead: str = "M1", now: dt.datetime = NOW) -> desk.Done:
    return desk.adjust_line(con, signed("finn", con, lead, now=now), lead, line_of(con, lead), Decimal(amount), reason,
                            "as agreed")


def corrections(con) -> list[tuple]:
    return ask(con, "select amount, state from lines where kind = 'adjustment' order by amount")


def paid_with(con, *amounts: str) -> tuple[str, list[desk.Done]]:
    """A batch that was paid, with corrections of M1 in it; what made them."""
    desk.grant(con, signed("operator"), "marc", "finance")
    made = [correct(con, amount) for amount in amounts]
    batch = prepare(con, "fay")
    approve(con, batch, "marc")
    export(con, batch, "fay")
    settle(con, batch, who="fay")
    return batch, made


def test_a_correction_that_was_netted_with_another_lead_counts_as_paid_again_once_its_payment_arrived(con) -> None:
    desk.grant(con, signed("operator"), "marc", "finance")
    for lead, amount in (("M1", None), ("M2", "-40.00")):
        if amount:
            correct(con, amount, lead="M1")
        batch = prepare_alone(con, lead, "fay")
        approve(con, batch, "marc")
        export(con, batch, "fay")
        settle(con, batch, who="fay")
    assert corrections(con) == [(Decimal("-40.00"), "paid")]
    [payment] = payments(con, batch).values()
    desk.record_return(con, signed("fay"), payment, TODAY, "account closed")
    assert corrections(con) == [(Decimal("-40.00"), "open")] and adds_up(con)
    desk.drop_return(con, signed("fay"), payment, "the bank says so")
    assert corrections(con) == [(Decimal("-40.00"), "paid")] and adds_up(con)


# --- with their line ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["-40.00", "500.00"])
def test_a_correction_of_what_is_no_longer_owed_and_was_never_paid_is_void_with_it(con, amount: str) -> None:
    correct(con, amount)
    rejected = act(con, desk.reject, "chen", "M1", "ptr.process.2b", "not theirs")
    assert corrections(con) == [(Decimal(amount), "void")]
    assert (proposed(con).total, proposed(con).number) == (Decimal("100.20"), 1)
    assert adds_up(con)
    desk.undo(con, signed("chen", con, "M1"), rejected.number, "it was theirs")
    assert corrections(con) == [(Decimal(amount), "open")]
    assert proposed(con).number == 3


def test_a_correction_is_blocked_and_held_with_its_line(con) -> None:
    correct(con, "5.00")
    act(con, desk.record_breach, "chen", "M1", "competitor_suggested", "They may have named a rival.", "unknown")
    assert (state(con, "M1"), corrections(con)) == ("blocked", [(Decimal("5.00"), "blocked")])
    act(con, desk.open_dispute, "mona", "M2", "amount", "They expected more.")
    correct(con, "7.00", lead="M2")
    assert (Decimal("7.00"), "held") in corrections(con)
    assert proposed(con).number == 0


def test_a_correction_of_what_was_paid_stays_open_whatever_becomes_of_the_lead(con) -> None:
    batch = pay_all(con)
    correct(con, "-40.00", "refund")
    act(con, desk.reject, "chen", "M1", "ptr.process.2b", "not theirs")
    assert corrections(con) == [(Decimal("-40.00"), "open")]
    desk.record_return(con, signed("finn"), payments(con, batch)["A"], TODAY, "account closed")
    assert (state(con, "M1"), corrections(con)) == ("void", [(Decimal("-40.00"), "void")])
    assert adds_up(con)


def test_a_correction_goes_with_its_line_or_once_that_is_paid(con) -> None:
    desk.grant(con, signed("operator"), "marc", "finance")
    correct(con, "5.00")
    assert proposed(con, (line_of(con, "M1"),)).lines["lead"].to_list() == ["M2"]
    batch = prepare(con, "fay", leave_out=(ask(con, "select id from lines where amount = 5")[0][0],))
    assert proposed(con).number == 0
    with pytest.raises(Refusal, match="finn had a part in M1"):
        approve(con, batch, "finn")
    approve(con, batch, "marc")
    export(con, batch, "fay")
    settle(con, batch, who="fay")
    assert proposed(con).total == Decimal("5.00")


def test_what_is_still_to_be_paid_of_a_paid_line_is_offered_by_itself(con) -> None:
    pay_all(con)
    assert ledger.ready(con) == []
    correct(con, "20.00", "mistake")
    correct(con, "-5.00", "refund", lead="M2")
    [ready] = ledger.ready(con)
    assert (ready["method"], ready["lines"], ready["amount"]) == ("check", 2, Decimal("15.00"))
    assert (proposed(con).number, proposed(con).total) == (2, Decimal("15.00"))
    correct(con, "-60.00", "refund")
    assert ledger.ready(con) == []  # only to be taken back


def test_a_correction_whose_payment_came_back_meanwhile_is_not_paid_alone(con) -> None:
    desk.grant(con, signed("operator"), "marc", "finance")
    first = pay_all(con)
    correct(con, "5.00")
    batch = prepare(con)
    desk.record_return(con, signed("finn"), payments(con, first)["A"], TODAY, "account closed")
    with pytest.raises(Refusal, match=r"M1 \(5\.00 USD\) is a correction of what is open\. Drop it"):
        approve(con, batch, "marc")
    desk.drop_batch(con, signed("finn"), batch)
    assert proposed(con).total == Decimal("205.30")
    assert adds_up(con)


def test_verification_names_a_correction_that_was_paid_for_nothing(con) -> None:
    correction = correct(con, "5.00").after["line"]
    act(con, desk.reject, "chen", "M1", "ptr.process.2b", "not theirs")
    with con.cursor() as cursor:
        for forged in (
            "insert into batches values ('b', 'ptr', 'check', 'USD', '2025-06-20', '2025-06-20', 'finn', '2025-06-20')",
            f"insert into batch_lines values ('b-1', 'b', '{correction}', 'A', 'p', 'v', 5, '2025-06-20')",
            "insert into payment_results values "
            "('r', 'b', 'p', 'paid', '2025-06-20', '2025-06-01', null, null, 'finn', '2025-06-20')",
        ):
            cursor.execute(forged).fetchall()
    assert f"A correction was paid whose line is void and was never paid: {correction}." in desk.faults(con)


# --- netted ------------------------------------------------------------------------------------------------------------


def test_what_is_taken_back_is_netted_whatever_the_cut_off(con) -> None:
    correct(con, "-40.00", "duplicate", now=LATER)
    correct(con, "7.00", now=LATER)
    june = proposed(con, cut_off_on=dt.date(2025, 6, 30), now=LATER)
    assert (june.total, june.number) == (Decimal("160.30"), 3)
    assert proposed(con, cut_off_on=LATER.date(), now=LATER).total == Decimal("167.30")


def test_what_is_taken_back_after_a_batch_was_prepared_stops_its_approval_and_its_file(con) -> None:
    desk.grant(con, signed("operator"), "marc", "finance")
    batch = prepare(con)
    correct(con, "-100.10", "duplicate")
    said = r"M1 \(-100\.10 USD\) is to be taken off what A is paid\. Drop it and prepare another"
    with pytest.raises(Refusal, match=said):
        approve(con, batch)
    desk.drop_batch(con, signed("finn"), batch)
    batch = prepare(con)
    approve(con, batch)
    correct(con, "-1.00", "refund", lead="M2")
    with pytest.raises(Refusal, match=r"M2 \(-1\.00 USD\) is to be taken off"):
        export(con, batch)
    desk.drop_batch(con, signed("finn"), batch)
    batch = prepare(con)
    approve(con, batch, "marc")
    export(con, batch)
    assert settle(con, batch).after["total"] == "99.20"
    assert adds_up(con)


def test_what_is_added_or_taken_back_of_others_stops_no_batch(con) -> None:
    add_payable(con, "N1", "B", 500)
    batch = prepare(con, leave_out=(line_of(con, "N1"),))
    correct(con, "5.00")
    correct(con, "-5.00", "refund", lead="N1")
    approve(con, batch)
    export(con, batch)
    assert settle(con, batch).after["total"] == "200.30"
    assert proposed(con).total == Decimal("50.00")


# --- to nothing --------------------------------------------------------------------------------------------------------


def test_what_comes_to_exactly_nothing_is_settled_when_its_batch_is_given_out_and_stands_in_no_file(con) -> None:
    desk.set_setting(con, signed("mona"), "payout_minimum", "20", dt.date(2025, 1, 1), "decided by the owner")
    correct(con, "-100.10", "duplicate")
    correct(con, "-100.20", "duplicate", lead="M2")
    add_payable(con, "N1", "B", 500)
    assert proposed(con).payees.select("partner", "amount", "carried").rows() == [
        ("A", 0, None), ("B", Decimal("50.00"), None)]
    batch = prepare(con)
    approve(con, batch)
    file = export(con, batch, "fay").decode()
    own = payments(con, batch)
    assert own["A"] not in file and own["B"] in file
    assert ask(con, "select distinct state from lines where partner = 'A'") == [("paid",)]
    assert ask(con, "select status from payouts_owed where lead like 'M%'") == [("paid",), ("paid",)]
    assert export(con, batch, "fay").decode() == file
    with pytest.raises(Refusal, match="of which nothing comes back"):
        desk.record_return(con, signed("finn"), own["A"], TODAY, "n")
    assert settle(con, batch).after["total"] == "50.00"
    assert ledger.batch(con, batch)["state"] == "settled"
    assert adds_up(con)


def test_what_was_taken_back_and_let_go_is_settled_alone(con) -> None:
    pay_all(con)
    correct(con, "-60.00", "refund")
    correct(con, "60.00", "write_off")
    desk.grant(con, signed("operator"), "marc", "finance")
    batch = prepare(con, "fay")
    approve(con, batch, "marc")
    export(con, batch, "fay")
    assert (ledger.batch(con, batch)["state"], ledger.batch(con, batch)["total"]) == ("settled", 0)
    assert proposed(con).number == 0
    assert adds_up(con)


# --- let go and taken back ---------------------------------------------------------------------------------------------


def test_no_more_is_let_go_than_is_still_to_be_taken_back(con) -> None:
    paid_with(con, "-100.10")
    said = r"0\.00 USD of line-\w+ is still to be taken back, not 100\.10: what stands in a batch or was netted"
    with pytest.raises(Refusal, match=said):
        correct(con, "100.10", "write_off")
    correct(con, "-60.00", "refund", lead="M2")
    batch = prepare_more(con)
    with pytest.raises(Refusal, match=r"0\.00 USD of line-\w+ is still to be taken back, not 0\.01"):
        correct(con, "0.01", "write_off", lead="M2")
    desk.drop_batch(con, signed("finn"), batch)
    correct(con, "40.00", "write_off", lead="M2")
    with pytest.raises(Refusal, match=r"20\.00 USD of line-\w+ is still to be taken back, not 20\.01"):
        correct(con, "20.01", "write_off", lead="M2")
    assert adds_up(con)


def prepare_more(con) -> str:
    add_payable(con, "N1", "A", 1000)
    return prepare(con)


def test_what_others_rest_on_is_not_taken_back_before_them(con) -> None:
    pay_all(con)
    added, taken = correct(con, "5.00"), correct(con, "-105.10", "refund")
    with pytest.raises(Refusal, match=f"rest on entry {added.number}"):
        desk.undo(con, signed("finn", con, "M1"), added.number, "so")
    gone = correct(con, "105.10", "write_off")
    with pytest.raises(Refusal, match=f"rest on entry {taken.number}"):
        desk.undo(con, signed("finn", con, "M1"), taken.number, "so")
    for done in (gone, taken, added):
        desk.undo(con, signed("finn", con, "M1"), done.number, "so")
    assert corrections(con) == []
    assert adds_up(con)


def test_a_correction_in_a_payment_that_came_back_is_not_taken_back(con) -> None:
    batch, [made] = paid_with(con, "-40.00")
    payment = payments(con, batch)["A"]
    desk.record_return(con, signed("fay"), payment, TODAY, "account closed")
    with pytest.raises(Refusal, match=f"Entry {made.number} stands in {payment}, which was recorded as paid"):
        desk.undo(con, signed("finn", con, "M1"), made.number, "so")
    correct(con, "40.00")
    desk.drop_return(con, signed("fay"), payment, "the bank says so")
    assert corrections(con) == [(Decimal("-40.00"), "paid"), (Decimal("40.00"), "open")]
    assert ledger.payments(con, batch)["amount"].to_list() == [Decimal("160.30")]
    assert adds_up(con)


def test_verification_names_a_line_of_a_paid_payment_that_was_taken_back(con) -> None:
    _, [made] = paid_with(con, "-40.00")
    with con.cursor() as cursor:
        cursor.execute("insert into voids (id, relation, recorded_at, voided_by) values (?, 'earning_lines', ?, 'finn')",
                       [made.after["line"], NOW]).fetchall()
    assert any(one.startswith("A line of a payment that counts as paid was taken back") for one in desk.faults(con))
