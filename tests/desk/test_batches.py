"""Batches of payouts: four eyes, what was on the screen, one place a line, and what becomes of each payment."""

import datetime as dt
import hashlib
import json
from decimal import Decimal

import pytest

from core import desk, ledger
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
    payments,
    prepare,
    prepare_alone,
    proposed,
    result,
    settle,
    state,
    tell,
)
from tests.desk.test_money import told_of_payee
from tests.desk.world import NOW, act, ask, signed, undo


def set_to(con, name: str, value: str) -> None:
    desk.set_setting(con, signed("mona"), name, value, dt.date(2025, 1, 1), "decided by the owner")


def pay_in(con, currency: str, amount: str) -> None:
    """The customer of M1 pays in a currency, of which a tenth is owed."""
    act(con, desk.record_payment, "finn", "M1", "T1", currency, Decimal(amount), Decimal(amount))


def prepare_in(con, currency: str) -> str:
    found = ledger.proposal(con, "ptr", "check", currency, TODAY, (), NOW)
    return desk.prepare_batch(con, signed("finn"), "ptr", "check", currency, TODAY, (), found.total,
                              found.number).after["batch"]


def refusals(con) -> list[str]:
    return [json.loads(after)["action"] for (after,) in ask(con, "select after from journal where action = 'refused'")]


def test_a_batch_goes_from_prepared_to_paid_and_its_leads_know(con) -> None:
    batch = prepare(con)
    assert (state(con, "M1"), ledger.batch(con, batch)["state"]) == ("in_batch", "prepared")
    approve(con, batch)
    assert state(con, "M1") == "approved"
    export(con, batch)
    assert state(con, "M1") == "exported"
    done = settle(con, batch)
    assert done.after == {"batch": batch, "paid": 1, "failed": 0, "total": "200.30"}
    assert ask(con, "select status from payouts_owed where lead like 'M%'") == [("paid",), ("paid",)]
    assert ask(con, "select lead, amount, about from events where type = 'payout_paid' order by lead") == [
        ("M1", Decimal("100.10"), "pay-M1"), ("M2", Decimal("100.20"), "pay-M2")]
    assert (state(con, "M1"), ledger.batch(con, batch)["state"]) == ("paid", "settled")
    assert adds_up(con)


def test_the_lines_of_one_payee_are_one_payment(con) -> None:
    add_payable(con, "N1", "B", 500)
    found = ledger.payments(con, prepare(con)).to_dicts()
    assert sorted((row["partner"], row["amount"], len(row["lines"])) for row in found) == [
        ("A", Decimal("200.30"), 2), ("B", Decimal("50.00"), 1)]


def test_a_line_stands_in_one_batch(con) -> None:
    batch = prepare(con)
    assert proposed(con).number == 0
    for leave_out, total, number in ([], "200.30", 2), ([line_of(con, "M2")], "100.10", 1):
        with pytest.raises(Refusal, match=r"It is 0\.00 USD in 0 lines now"):
            desk.prepare_batch(con, signed("fay"), "ptr", "check", "USD", TODAY, leave_out, Decimal(total), number)
    desk.drop_batch(con, signed("finn"), batch)
    prepare_alone(con, "M1", "fay")
    assert proposed(con).lines["lead"].to_list() == ["M2"]
    assert adds_up(con)


def test_lines_can_be_left_out_and_those_earned_after_the_cut_off_are(con) -> None:
    add_payable(con, "N1", "B", 500, "2025-06-19T16:00:00Z")
    assert proposed(con, cut_off_on=dt.date(2025, 6, 18)).lines["lead"].to_list() == ["M1", "M2"]
    assert proposed(con, (line_of(con, "M1"),)).total == Decimal("150.20")


# --- four eyes ---------------------------------------------------------------------------------------------------------


def test_who_prepared_a_batch_does_not_approve_it(con) -> None:
    batch = prepare(con, "finn")
    with pytest.raises(Forbidden, match="another person of finance"):
        approve(con, batch, "finn")
    assert refusals(con) == ["approve_batch"]
    approve(con, batch, "fay")
    with pytest.raises(Refusal, match="is approved already"):
        approve(con, batch, "fay")


def test_who_approved_a_batch_does_not_record_what_became_of_it(con) -> None:
    batch = prepare(con, "finn")
    approve(con, batch, "fay")
    export(con, batch, "fay")
    with pytest.raises(Forbidden, match="Who approved"):
        settle(con, batch, who="fay")
    assert refusals(con) == ["record_results"]


def test_who_recorded_a_customer_payment_does_not_approve_the_batch_and_may_record_its_results(con) -> None:
    act(con, desk.record_payment, "fay", "M1", "T1", "USD", Decimal("500.00"), Decimal("500.00"))
    desk.grant(con, signed("operator"), "sven", "finance")
    batch = prepare(con, "finn")
    with pytest.raises(Forbidden, match=r"fay had a part in M1 \(recorded a customer payment\)"):
        approve(con, batch, "fay")
    approve(con, batch, "sven")
    export(con, batch, "finn")
    assert settle(con, batch, who="fay").after["paid"] == 1


def test_who_corrected_a_line_does_not_approve_the_batch_that_pays_it(con) -> None:
    act(con, desk.adjust_line, "fay", "M1", line_of(con, "M1"), Decimal("5.00"), "mistake", "too little")
    batch = prepare(con, "finn")
    with pytest.raises(Forbidden, match=r"fay had a part in M1 \(corrected what was earned\)"):
        approve(con, batch, "fay")
    desk.drop_batch(con, signed("finn"), batch)
    batch = prepare(con, "fay")
    approve(con, batch, "finn")
    export(con, batch, "fay")
    assert settle(con, batch, who="fay").after["total"] == "205.30"


def undid_a_verdict(con) -> None:
    undo(con, "mona", act(con, desk.judge, "sara", "M1", "interest", "fail", "no"), "M1")


def undid_a_rejection(con) -> None:
    undo(con, "mona", act(con, desk.reject, "chen", "M1", "ptr.process.2b", "x"), "M1")


def searched(con) -> None:
    act(con, desk.record_search, "mona", "M1", "the CRM, by name")


def logged(con) -> None:
    act(con, desk.log_activity, "mona", "M1", "demo", "phone")


def resolved_a_dispute(con) -> None:
    opened = act(con, desk.open_dispute, "sara", "M1", "amount", "too little")
    act(con, desk.resolve_dispute, "mona", "M1", opened.after["dispute"], "dismissed", "as agreed")


def resolved_a_finding(con) -> None:
    found = act(con, desk.record_finding, "chen", "M1", "abuse", "made up")
    act(con, desk.resolve_finding, "mona", "M1", found.after["finding"], "looked into")


@pytest.mark.parametrize("deed", [undid_a_verdict, undid_a_rejection, searched, logged, resolved_a_dispute,
                                  resolved_a_finding])
def test_whoever_did_anything_that_bears_on_a_lead_or_its_holds_does_not_approve_its_payout(con, deed) -> None:
    desk.grant(con, signed("operator"), "mona", "finance")
    deed(con)
    batch = prepare_alone(con, "M1")
    with pytest.raises(Forbidden, match="mona had a part in M1"):
        approve(con, batch, "mona")
    approve(con, prepare_alone(con, "M2"), "mona")


def test_who_only_looked_after_a_lead_approves_its_payout(con) -> None:
    undo(con, "fay", act(con, desk.claim, "fay", "M1"), "M1")
    act(con, desk.claim, "fay", "M1")
    act(con, desk.release, "fay", "M1")
    act(con, desk.comment, "fay", "M1", "paid by check")
    act(con, desk.snooze, "fay", "M1", dt.date(2025, 7, 1))
    approve(con, prepare_alone(con, "M1"), "fay")


@pytest.mark.parametrize("own", [{"email": "Owner+x@partner-a.example"}, {"email": "pat@mail.partner-a.example"},
                                 {"partner": "A"}])
def test_nobody_has_to_do_with_a_batch_that_pays_a_partner_they_belong_to(con, own: dict) -> None:
    desk.add_person(con, signed("operator"), "pat", "Pat", **own)
    desk.grant(con, signed("operator"), "pat", "finance")
    with pytest.raises(Forbidden, match="belongs to A"):
        prepare(con, "pat")
    batch = prepare(con, "finn")
    steps = [lambda: approve(con, batch, "pat"), lambda: desk.drop_batch(con, signed("pat"), batch)]
    for step in steps:
        with pytest.raises(Forbidden, match="belongs to A"):
            step()
    approve(con, batch)
    for step in (lambda: export(con, batch, "pat"), lambda: desk.reopen_batch(con, signed("pat"), batch)):
        with pytest.raises(Forbidden, match="belongs to A"):
            step()
    export(con, batch)
    with pytest.raises(Forbidden, match="belongs to A"):
        settle(con, batch, who="pat")
    assert refusals(con) == ["prepare_batch", "approve_batch", "drop_batch", "export_batch", "reopen_batch",
                             "record_results"]
    found = {row["action"]: row["why_not"] for row in desk.possible(con, "pat", "M1", NOW)}
    assert found["adjust_line"] == "You belong to the partner of this lead."


def test_above_the_limit_a_second_person_approves_after_the_first(con) -> None:
    set_to(con, "second_approval_above", "200.29")
    desk.grant(con, signed("operator"), "sven", "finance")
    batch = prepare(con)
    assert approve(con, batch, "fay").after["needs_second"]
    with pytest.raises(Refusal, match="a second one approves it first"):
        export(con, batch)
    for who in ("finn", "fay"):
        with pytest.raises(Forbidden, match="another person"):
            approve(con, batch, who)
    assert approve(con, batch, "sven").after["is_second"]
    desk.revoke(con, signed("operator"), "sven", "finance")
    with pytest.raises(Refusal, match=r"holds no more\. .*sven holds no such role today"):
        export(con, batch)
    desk.grant(con, signed("operator"), "sven", "finance", "ptr")
    export(con, batch)
    with pytest.raises(Forbidden, match="Who approved"):
        settle(con, batch, who="sven")
    assert adds_up(con)


@pytest.mark.parametrize("what", ["judged", "of the partner", "recorded money", "lost the role"])
def test_an_approval_holds_no_more_once_its_approver_could_not_approve(con, what: str) -> None:
    desk.grant(con, signed("operator"), "fay", "sales")
    batch = prepare(con, "finn")
    approve(con, batch, "fay")
    if what == "judged":
        act(con, desk.judge, "fay", "M1", "interest", "pass", "n")
    elif what == "lost the role":
        desk.revoke(con, signed("operator"), "fay", "finance")
    elif what == "of the partner":
        with con.cursor() as cursor:
            cursor.execute("update people set partner = 'A' where id = 'fay'").fetchall()
    else:
        act(con, desk.record_deal, "fay", "M1", "T9")
    with pytest.raises(Refusal, match=rf"The approval of {batch} holds no more. .*fay .* let another person approve"):
        export(con, batch)
    assert refusals(con) == ["export_batch"]
    desk.reopen_batch(con, signed("finn"), batch)
    desk.grant(con, signed("operator"), "sven", "finance")
    approve(con, batch, "sven")
    export(con, batch)
    act(con, desk.judge, "sara", "M1", "interest", "pass", "n")
    assert export(con, batch)  # what was given out stays so


def test_raising_the_limit_after_the_approval_lets_nothing_out(con) -> None:
    set_to(con, "second_approval_above", "150")
    batch = prepare(con)
    approve(con, batch, "fay")
    later = NOW + dt.timedelta(1)
    desk.set_setting(con, signed("mona"), "second_approval_above", "100000", later.date(), "decided by the owner")
    with pytest.raises(Refusal, match="a second one approves it first"):
        export(con, batch, now=later)
    desk.grant(con, signed("operator"), "sven", "finance")
    assert approve(con, batch, "sven", later).after["is_second"]
    export(con, batch, now=later)


def test_lowering_the_limit_after_the_approval_asks_for_a_second_one(con) -> None:
    batch = prepare(con)
    approve(con, batch, "fay")
    later = NOW + dt.timedelta(1)
    desk.set_setting(con, signed("mona"), "second_approval_above", "150", later.date(), "decided by the owner")
    with pytest.raises(Refusal, match="a second one approves it first"):
        export(con, batch, now=later)


def test_at_the_limit_one_approval_is_enough(con) -> None:
    set_to(con, "second_approval_above", "200.30")
    batch = prepare(con)
    assert not approve(con, batch).after["needs_second"]
    export(con, batch)


def test_splitting_what_is_above_the_limit_into_smaller_batches_does_not_help(con) -> None:
    set_to(con, "second_approval_above", "150")
    first = prepare(con, leave_out=(line_of(con, "M2"),))
    second = prepare(con)
    for batch in (first, second):
        assert approve(con, batch).after["needs_second"]
        with pytest.raises(Refusal, match="a second one approves it first"):
            export(con, batch)
    assert refusals(con) == ["export_batch", "export_batch"]


def test_parts_prepared_on_two_days_and_approved_on_one_do_not_pass_below_the_limit(con) -> None:
    set_to(con, "second_approval_above", "150")
    tomorrow = NOW + dt.timedelta(1)
    first = prepare(con, leave_out=(line_of(con, "M2"),))
    second = prepare(con, now=tomorrow)
    for batch in (first, second):
        assert approve(con, batch, now=tomorrow).after["needs_second"]
        with pytest.raises(Refusal, match="a second one approves it first"):
            export(con, batch, now=tomorrow)


def test_a_batch_approved_on_another_day_than_it_was_prepared_counts_on_both(con) -> None:
    set_to(con, "second_approval_above", "150")
    tomorrow = NOW + dt.timedelta(1)
    first = prepare(con, leave_out=(line_of(con, "M2"),))
    assert not approve(con, first, now=tomorrow).after["needs_second"]
    export(con, first, now=tomorrow)
    second = prepare(con, now=tomorrow)
    assert approve(con, second, now=tomorrow).after["needs_second"]
    desk.drop_batch(con, signed("finn", now=tomorrow), second)
    third = prepare(con, now=tomorrow + dt.timedelta(1))
    assert not approve(con, third, now=tomorrow + dt.timedelta(2)).after["needs_second"]


@pytest.mark.parametrize("word", ["failed", "paid"])
def test_what_failed_or_came_back_still_counts_on_its_day(con, word: str) -> None:
    set_to(con, "second_approval_above", "150")
    first = prepare(con, leave_out=(line_of(con, "M2"),))
    approve(con, first)
    export(con, first)
    settle(con, first, word)
    if word == "paid":
        desk.record_return(con, signed("finn"), payments(con, first)["A"], TODAY, "account closed")
    second = prepare(con, leave_out=(line_of(con, "M1"),))
    assert approve(con, second).after["needs_second"]


def test_paying_one_line_after_the_other_does_not_pass_below_the_limit(con) -> None:
    set_to(con, "second_approval_above", "150")
    first = prepare_alone(con, "M1")
    assert not approve(con, first).after["needs_second"]
    export(con, first)
    settle(con, first)
    second = prepare_alone(con, "M2", "fay")
    assert approve(con, second, "finn").after["needs_second"]
    with pytest.raises(Refusal, match="a second one approves it first"):
        export(con, second)


def test_once_there_is_a_limit_a_batch_in_another_currency_needs_a_second_person(con) -> None:
    pay_in(con, "EUR", "14.00")
    batch = prepare_in(con, "EUR")
    assert not desk.needs_second_approval(con, batch, NOW)
    set_to(con, "second_approval_above", "150")
    assert approve(con, batch).after["needs_second"]
    said = rf"{batch} is in EUR, and what one person approves is limited in USD .*: a second one approves it first"
    with pytest.raises(Refusal, match=said):
        export(con, batch)
    desk.grant(con, signed("operator"), "sven", "finance")
    approve(con, batch, "sven")
    export(con, batch)
    assert adds_up(con)


# --- what was on the screen --------------------------------------------------------------------------------------------


def test_other_totals_than_were_seen_are_refused_with_the_difference(con) -> None:
    seen = proposed(con)
    add_payable(con, "N1", "B", 500)
    with pytest.raises(Refusal, match=r"250\.30 USD in 3 lines now, not 200\.30 in 2: \+50\.00 in \+1 lines"):
        desk.prepare_batch(con, signed("finn"), "ptr", "check", "USD", TODAY, (), seen.total, seen.number)
    batch = prepare(con)
    with pytest.raises(Refusal, match=r"250\.30 USD in 3 lines now, not 200\.30 in 3"):
        desk.approve_batch(con, signed("fay"), batch, seen.total, 3)
    assert ledger.batch(con, batch)["state"] == "prepared"


@pytest.mark.parametrize("is_approved", [False, True])
@pytest.mark.parametrize(("what", "why"), [
    ("dispute", r"M1 \(100\.10 USD\) is held by an open case \(dispute:"),
    ("conflict", r"M1 \(100\.10 USD\) is held by an open case \(conflict:"),
    ("finding", r"M1 \(100\.10 USD\) is held by an open case \(finding:"),
    ("breach", r"M1 \(100\.10 USD\) is forfeited elsewhere"),
    ("rejected", r"M1 \(100\.10 USD\) is no longer owed"),
    ("paid elsewhere", r"M1 \(100\.10 USD\) is paid elsewhere"),
])
def test_a_line_that_cannot_be_paid_any_more_is_named_before_approval_and_before_export(
        con, what: str, why: str, is_approved: bool) -> None:
    batch = prepare(con)
    if is_approved:
        approve(con, batch)
    if what == "dispute":
        act(con, desk.open_dispute, "mona", "M1", "amount", "They expected more.")
    elif what == "conflict":
        act(con, desk.open_conflict, "chen", "M1", "P2", "who came first")
    elif what == "finding":
        act(con, desk.record_finding, "chen", "M1", "abuse", "It looks made up.")
    elif what == "breach":
        act(con, desk.record_breach, "chen", "M1", "competitor_suggested", "They named a rival.", "no")
        why = why.replace(" elsewhere", "")
    elif what == "rejected":
        act(con, desk.reject, "chen", "M1", "ptr.process.2b", "not theirs")
    else:
        tell(con, {"id": "outside", "type": "payout_paid", "lead": "M1", "at": "2025-06-19T12:00:00Z", "amount": 100.10,
                   "about": "pay-M1"})
    with pytest.raises(Refusal, match=why):
        (export if is_approved else approve)(con, batch)
    assert refusals(con) == []  # nobody did what they may not do
    desk.drop_batch(con, signed("finn"), batch)
    assert proposed(con).lines["lead"].to_list() == ["M2"] or what == "breach"
    assert adds_up(con)


def test_details_that_change_before_the_approval_or_after_it_void_it(con) -> None:
    batch = prepare(con)
    told_of_payee(con, "first", "partner desk")
    with pytest.raises(Refusal, match="how A is paid has changed"):
        approve(con, batch)
    desk.drop_batch(con, signed("finn"), batch)
    batch = prepare(con)
    approve(con, batch)
    told_of_payee(con, "second", "partner desk")
    with pytest.raises(Refusal, match="how A is paid has changed"):
        export(con, batch)
    assert refusals(con) == ["approve_batch", "export_batch"]
    assert ledger.batch(con, batch)["state"] == "approved"
    desk.drop_batch(con, signed("finn"), batch)
    pay_all(con)
    assert adds_up(con)


# --- the file ----------------------------------------------------------------------------------------------------------


def test_the_same_batch_gives_the_same_bytes_and_their_digest_stands_in_the_journal(con) -> None:
    batch = prepare(con)
    with pytest.raises(Refusal, match="is prepared; this takes one that is approved"):
        export(con, batch)
    approve(con, batch)
    asked = signed("finn")
    done, content = desk.export_batch(con, asked, batch, "checks")
    assert done.after["sha256"] == hashlib.sha256(content).hexdigest()
    again, same = desk.export_batch(con, asked, batch, "checks")
    assert (again.is_repeated, same) == (True, content)
    assert export(con, batch) == content
    with pytest.raises(Refusal, match="is not given out as gift_cards; take checks"):
        desk.export_batch(con, signed("finn"), batch, "gift_cards")
    told_of_payee(con, "later", "partner desk")
    assert export(con, batch) == content  # the details of the file are those of the approval
    assert ledger.steps(con, batch)["sha256"].drop_nulls().unique().to_list() == [done.after["sha256"]]


@pytest.mark.parametrize("column", ["check_address", "name"])
def test_another_record_gives_no_second_file_and_says_who_has_the_first(con, column: str) -> None:
    batch = prepare(con)
    approve(con, batch)
    asked = signed("finn")
    desk.export_batch(con, asked, batch, "checks")
    with con.cursor() as cursor:
        cursor.execute(f"update partners set {column} = 'Renamed' where id = 'A'").fetchall()
    for key in (asked, signed("finn")):
        with pytest.raises(Refusal, match="not stored here: take the one that finance kept"):
            desk.export_batch(con, key, batch, "checks")


def test_a_batch_is_reopened_before_it_is_given_out_and_locked_afterwards(con) -> None:
    batch = prepare(con)
    with pytest.raises(Refusal, match="is prepared"):
        desk.reopen_batch(con, signed("finn"), batch)
    approve(con, batch)
    desk.reopen_batch(con, signed("finn"), batch)
    assert ledger.batch(con, batch)["state"] == "prepared"
    approve(con, batch)
    export(con, batch)
    for action in (desk.reopen_batch, desk.drop_batch):
        with pytest.raises(Refusal, match="is exported"):
            action(con, signed("finn"), batch)
    assert adds_up(con)


# --- what became of it -------------------------------------------------------------------------------------------------


def test_the_lines_of_a_failed_payment_go_into_another_batch_and_another_payment(con) -> None:
    add_payable(con, "N1", "B", 500)
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    first = payments(con, batch)
    with pytest.raises(Refusal, match="Say why"):
        desk.record_results(con, signed("finn"), batch, [result(first["A"], "failed", reason=" ")])
    done = desk.record_results(con, signed("finn"), batch, [result(first["A"], "failed"), result(first["B"])])
    assert (done.after["paid"], done.after["failed"]) == (1, 1)
    assert (state(con, "M1"), state(con, "N1")) == ("open", "paid")
    second = prepare(con)
    assert ledger.payments(con, second)["partner"].to_list() == ["A"]
    assert payments(con, second)["A"] != first["A"]
    for name, leads in ((batch, ["M1", "M2", "N1"]), (second, ["M1", "M2"])):
        of_batch = ledger.Filters(batch=name, currency="USD")
        assert sorted(ledger.lines(con, of_batch)["lead"]) == leads
        assert ledger.count(ledger.standing(con, of_batch), of_batch) == len(leads)
    approve(con, second)
    export(con, second)
    settle(con, second)
    assert ask(con, "select count(*) from events where type = 'payout_paid' and lead = 'M1'") == [(1,)]
    assert adds_up(con)


def test_a_returned_file_that_comes_twice_changes_nothing_and_one_that_says_otherwise_is_refused(con) -> None:
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    settle(con, batch)
    with pytest.raises(Refusal, match="nothing new is told"):
        settle(con, batch)
    with pytest.raises(Refusal, match="is recorded as paid on 2025-06-20 already"):
        settle(con, batch, "failed")
    assert ask(con, "select count(*) from events where type = 'payout_paid'") == [(2,)]


def test_rows_of_a_returned_file_that_do_not_fit_are_sorted_out_and_the_others_recorded(con) -> None:
    add_payable(con, "N1", "B", 500)
    batch = prepare(con)
    approve(con, batch)
    with pytest.raises(Refusal, match="takes one that is exported"):
        desk.sort_out(con, batch, [], NOW)
    export(con, batch)
    own = payments(con, batch)
    told = [result(own["A"]), result("pay-unknown"), result(own["B"], amount=Decimal("49.99"))]
    found = desk.sort_out(con, batch, told, NOW)
    assert found.refused == (f"Row 2: pay-unknown is no payment of {batch}.", f"Row 2: {own['B']} is 50.00 USD, not 49.99.")
    assert (found.fresh, found.known) == ((told[0],), 0)
    desk.record_results(con, signed("finn"), batch, found.fresh)
    again = desk.sort_out(con, batch, told, NOW)
    assert (again.fresh, again.known, again.refused) == ((), 1, found.refused)


@pytest.mark.parametrize("words", [("failed", "paid"), ("paid", "failed")])
def test_results_that_contradict_each_other_are_refused_and_repeated_ones_count_once(con, words: tuple[str, str]) -> None:
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    payment = payments(con, batch)["A"]
    told = [result(payment, word) for word in words]
    found = desk.sort_out(con, batch, told, NOW)
    assert (found.fresh, found.known, len(found.refused)) == ((), 0, 1)
    with pytest.raises(Refusal, match=f"The payment {payment} is told of in different ways"):
        desk.record_results(con, signed("finn"), batch, told)
    assert state(con, "M1") == "exported"
    assert desk.record_results(con, signed("finn"), batch, [result(payment)] * 2).after["paid"] == 1
    assert adds_up(con)


@pytest.mark.parametrize(("wrong", "why"), [
    (result("pay-unknown"), "is no payment of"),
    (result("A", amount=Decimal("200.31")), r"is 200\.30 USD, not 200\.31"),
    (result("A", amount=Decimal("200.30"), currency="EUR"), r"is 200\.30 USD, not 200\.30 EUR\."),
    (result("A", "failed", currency="EUR"), r"is 200\.30 USD, not EUR\."),
    (result("A", paid_on=dt.date(2025, 6, 21)), "say on which day"),
    (result("A", paid_on=dt.date(2025, 6, 19)), "say on which day"),
    (result("A", "lost"), "is paid or failed, not lost"),
])
def test_a_result_that_cannot_be_so_is_refused(con, wrong, why: str) -> None:
    batch = prepare(con)
    approve(con, batch)
    export(con, batch)
    own = payments(con, batch)
    told = type(wrong)(**(vars(wrong) | {"payment": own.get(wrong.payment, wrong.payment)}))
    with pytest.raises(Refusal, match=why):
        desk.record_results(con, signed("finn"), batch, [told])
    assert ledger.batch(con, batch)["state"] == "exported"


# --- who is carried forward --------------------------------------------------------------------------------------------


def test_less_than_the_minimum_is_carried_forward_and_paid_once_there_is_more(con) -> None:
    set_to(con, "payout_minimum", "60")
    add_payable(con, "N1", "B", 500)
    found = proposed(con)
    assert found.payees.filter(partner="B")["carried"].to_list() == ["minimum"]
    assert found.total == Decimal("200.30")
    prepare(con)
    assert state(con, "N1") == "open"
    add_payable(con, "N2", "B", 100)
    assert proposed(con).total == Decimal("60.00")


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "400"), ("KWD", "400.00"), ("EUR", "499.90")])
def test_the_minimum_does_not_hold_back_what_is_owed_in_another_currency(con, currency: str, amount: str) -> None:
    set_to(con, "payout_minimum", "50")
    pay_in(con, currency, amount)
    assert ledger.proposal(con, "ptr", "check", currency, TODAY, (), NOW).payees["carried"].to_list() == [None]


def test_what_is_taken_back_is_netted_and_nobody_is_paid_below_nothing(con) -> None:
    pay_all(con)
    act(con, desk.adjust_line, "finn", "M1", line_of(con, "M1"), Decimal("-80.10"), "refund", "The customer left.")
    assert proposed(con).payees.select("amount", "carried").rows() == [(Decimal("-80.10"), "net")]
    add_payable(con, "N1", "A", 801)
    assert proposed(con).payees.select("amount", "carried").rows() == [(0, None)]  # nothing is left of 80.10
    add_payable(con, "N2", "A", 100)
    batch = prepare(con)
    assert ledger.payments(con, batch).select("amount", "partner").rows() == [(Decimal("10.00"), "A")]
    approve(con, batch)
    export(con, batch)
    settle(con, batch)
    assert ledger.totals(con, "state").select("value", "amount").rows() == [("paid", Decimal("210.30"))]
    assert adds_up(con)


def test_a_correction_is_not_left_out(con) -> None:
    pay_all(con)
    made = act(con, desk.adjust_line, "finn", "M1", line_of(con, "M1"), Decimal("-1.00"), "refund", "n").after["line"]
    add_payable(con, "N1", "A", 500)
    with pytest.raises(Refusal, match="is taken off in the next batch"):
        prepare(con, leave_out=(made,))


def test_who_was_told_of_lately_cools_off_until_the_last_day_has_passed(con) -> None:
    set_to(con, "payee_cooling_off_days", "3")
    told_of_payee(con, "details", "partner desk")
    assert proposed(con).payees["carried"].to_list() == ["cooling_off"]
    assert proposed(con, now=NOW + dt.timedelta(2)).payees["carried"].to_list() == ["cooling_off"]
    assert proposed(con, now=NOW + dt.timedelta(3)).payees["carried"].to_list() == [None]
