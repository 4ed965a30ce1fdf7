"""What earlier versions approved and paid, a line by itself: read, counted, verified and told in words as before."""

from decimal import Decimal

import pytest

from core import desk, home, ledger, people, review
from core.desk import entries
from core.model import Refusal
from core.people import Forbidden
from tests.desk import former
from tests.desk.payouts import adds_up, approve, line_of, pay_all, prepare, prepare_alone, proposed, state
from tests.desk.test_batches import set_to
from tests.desk.world import NOW, act, ask, undo


def test_a_line_that_was_paid_by_itself_stays_paid_and_neither_entry_is_taken_back(con) -> None:
    approved = former.approved(con, "finn", "M1")
    assert (state(con, "M1"), adds_up(con)) == ("approved", True)
    paid = former.paid(con, "fay", "M1", approved.after["approval"])
    assert ask(con, "select status from payouts_owed where lead = 'M1'") == [("paid",)]
    with pytest.raises(Refusal, match="answered since"):
        undo(con, "finn", approved, "M1")
    with pytest.raises(Refusal, match=r"\(Record a payout as paid\) cannot be taken back"):
        undo(con, "fay", paid, "M1")
    assert [(one["sentence"], one["can_be_undone"]) for one in desk.told(con, "M1")[:2]] == [
        ("recorded a payout as paid", False), ("approved a payout", True)]
    deeds = ledger.chain(con, ledger.line(con, line_of(con, "M1")), lambda lead: review.story(con, lead, NOW)).deeds
    assert {("finn", "payout approved"), ("fay", "payout_paid")} <= {(one["person"], one["what"]) for one in deeds}
    assert proposed(con).lines["lead"].to_list() == ["M2"]
    pay_all(con)
    assert ledger.totals(con, "state").select("value", "amount").rows() == [("paid", Decimal("200.30"))]
    assert adds_up(con)


def test_an_approval_that_was_never_paid_is_taken_back_so_that_a_batch_pays_its_line(con) -> None:
    act(con, desk.judge, "sven", "M1", "interest", "fail", "n")
    judged = act(con, desk.judge, "sara", "M1", "interest", "pass", "n")
    approved = former.approved(con, "finn", "M1")
    assert proposed(con).lines["lead"].to_list() == ["M2"]
    with pytest.raises(Refusal, match="approved or paid"):
        undo(con, "sara", judged, "M1")
    with pytest.raises(Forbidden, match="they, or a manager"):
        undo(con, "fay", approved, "M1")
    undo(con, "finn", approved, "M1")
    assert state(con, "M1") == "open"
    pay_all(con)
    assert (state(con, "M1"), adds_up(con)) == ("paid", True)


def test_what_was_approved_by_itself_counts_on_its_day(con) -> None:
    set_to(con, "second_approval_above", "150")
    former.approved(con, "finn", "M1")
    assert approve(con, prepare(con)).after["needs_second"]


def test_what_must_hold_of_what_was_approved_and_paid_by_itself_is_verified(con) -> None:
    former.paid(con, "finn", "M1", former.approved(con, "finn", "M1").after["approval"])
    prepare_alone(con, "M2")
    former.approved(con, "fay", "M2")
    told = list(desk.faults(con))
    assert any(one.startswith("A payout was paid by who approved it: ") for one in told)
    assert f"A line is in a batch and approved by itself: {line_of(con, 'M2')}." in told
    assert len(told) == 2


def test_nobody_can_do_it_any_more_and_entries_say_what_it_was(con) -> None:
    old = people.known_actions().keys() - people.permissions().keys()
    assert old == {"approve_payout", "pay_payout"}
    assert not any(hasattr(desk, action) for action in old)
    assert not old & {row["action"] for row in desk.possible(con, "finn", "M1", NOW)}
    former.approved(con, "finn", "M1")
    former.approved(con, "finn", "M2")
    [entry] = entries.page(con, entries.Asked(action="approve_payout", lead="M1"), 0, 10)
    assert (entries.label("approve_payout"), entries.sentence(entry)) == ("Approve a payout", "approved a payout")
    assert ("earned by", None, "pay-M1") in entries.changes(entry)
    refused = entry | {"action": "refused", "after": {"action": "pay_payout"}}
    assert entries.sentence(refused) == "was refused: record a payout as paid"
    assert "approved a payout" in changes_told_to(con, "mona")
    assert "approved a payout" not in changes_told_to(con, "sara")  # what is done with money is for who reads the journal


def changes_told_to(con, who: str) -> set[str]:
    [(now,)] = ask(con, "select max(recorded_at) from journal")
    return {row["sentence"] for row in home.changes(con, people.person(con, who, now), now).rows}
