"""Accepting, rejecting, approving, confirming, waiving, and taking it back."""

import datetime as dt

import pytest

from core import desk
from core.desk.decisions import STANDING, standing, transitions
from core.model import Refusal
from core.people import Forbidden
from tests.desk.payouts import approve, prepare
from tests.desk.world import NOW, act, ask, computed_rows, disposition, kept_rows, same, signed, undo


def test_a_rejection_names_a_clause_and_is_explained_where_the_program_owes_it(con) -> None:
    with pytest.raises(Refusal, match="owes the partner a reason"):
        act(con, desk.reject, "chen", "P1", "ptr.def.a", "  ")
    act(con, desk.reject, "chen", "P1", "ptr.def.a", "They do not decide.")
    assert ask(con, "select type, what, reason from events where lead = 'P1'") == [
        ("rejected", "ptr.def.a", "They do not decide.")]
    assert ask(con, "select state from duties where lead = 'P1' and duty = 'explain_rejection'") == [("done",)]


def test_a_referral_may_be_rejected_without_words_and_a_cerri_lead_may_not(con) -> None:
    act(con, desk.reject, "sara", "R1", "raf.def.2a")
    assert disposition(con, "R1") == "rejected"
    with pytest.raises(Refusal, match="owes the partner a reason"):
        act(con, desk.reject, "mona", "L1", "cerri.2.D")
    act(con, desk.reject, "mona", "L1", "cerri.2.D", "Not for us.")
    assert disposition(con, "L1") == "rejected"


def test_an_approval_qualifies_a_lead_and_stands_once(con) -> None:
    act(con, desk.approve, "mona", "L1")
    assert disposition(con, "L1") == "qualified"
    with pytest.raises(Refusal):
        act(con, desk.approve, "marc", "L1")
    assert ask(con, "select count(*) from events where type = 'approved'") == [(1,)]


def test_sales_cannot_approve_and_finance_cannot_accept(con) -> None:
    with pytest.raises(Forbidden):
        act(con, desk.approve, "sara", "L1")
    with pytest.raises(Forbidden):
        act(con, desk.accept, "finn", "P1")


def test_a_confirmation_follows_on_an_acceptance(con) -> None:
    with pytest.raises(Refusal, match="can only follow on accepted"):
        act(con, desk.confirm, "sara", "R1")
    act(con, desk.accept, "sara", "R1")
    act(con, desk.confirm, "sara", "R1")
    assert standing(con, "R1") == "confirmed"


def test_a_waiver_sets_a_failed_criterion_aside_where_the_terms_allow_it(con) -> None:
    act(con, desk.judge, "sara", "L1", "scale", "fail", "two people")
    assert disposition(con, "L1") == "rejected"
    with pytest.raises(Refusal, match="not_duplicate cannot be waived"):
        act(con, desk.waive, "mona", "L1", "not_duplicate", "why")
    act(con, desk.waive, "mona", "L1", "scale", "A pilot for the group.")
    assert disposition(con, "L1") == "pending"
    with pytest.raises(Refusal, match="waived already"):
        act(con, desk.waive, "mona", "L1", "scale", "again")
    with pytest.raises(Forbidden, match="knows no such step"):
        act(con, desk.waive, "mona", "P1", "interest", "why")


def test_an_undo_restores_what_was_and_past_days_stay_as_they_were_known(con) -> None:
    before = kept_rows(con)
    done = act(con, desk.reject, "chen", "P1", "ptr.def.a", "They do not decide.")
    rejected_at = ask(con, "select max(recorded_at) from journal")[0][0]
    assert disposition(con, "P1") == "rejected" and disposition(con, "P2") == "pending"
    undo(con, "chen", done, "P1")
    assert same(kept_rows(con), before)
    then = {row[0]: row[3] for row in computed_rows(con, rejected_at, rejected_at)["evaluations"]}
    assert then["P1"] == "rejected" and then["P2"] == "pending"
    now = {row[0]: row[3] for row in computed_rows(con, rejected_at)["evaluations"]}
    assert now["P1"] == "pending" and now["P2"] == "rejected"
    assert desk.told(con, "P1")[1]["is_undone"]


def test_a_lead_can_be_decided_anew_after_an_undo(con) -> None:
    for _ in range(2):
        undo(con, "mona", act(con, desk.approve, "mona", "L1"), "L1")
        assert disposition(con, "L1") == "pending" and standing(con, "L1") == "undecided"
    act(con, desk.approve, "mona", "L1")
    assert disposition(con, "L1") == "qualified"


def test_an_undo_is_refused_twice_by_strangers_and_under_a_later_decision(con) -> None:
    accepted = act(con, desk.accept, "sara", "R1")
    confirmed = act(con, desk.confirm, "sara", "R1")
    with pytest.raises(Refusal, match="decided on R1 afterwards"):
        undo(con, "sara", accepted, "R1")
    with pytest.raises(Forbidden, match="is sara's"):
        undo(con, "sven", confirmed, "R1")
    undone = undo(con, "mona", confirmed, "R1")
    with pytest.raises(Refusal, match="taken back already"):
        undo(con, "sara", confirmed, "R1")
    with pytest.raises(Refusal, match="cannot be taken back"):
        undo(con, "mona", undone, "R1")
    undo(con, "sara", accepted, "R1")
    assert standing(con, "R1") == "undecided"


def test_the_end_and_the_transfer_of_an_ownership_free_the_account(con) -> None:
    act(con, desk.accept, "chen", "P1")
    with pytest.raises(Refusal, match="Write why"):
        act(con, desk.end_ownership, "chen", "P1", " ")
    moved = act(con, desk.transfer_ownership, "chen", "P1", "P2", "Partner A left the account.")
    assert ask(con, "select owner_status from evaluations where lead = 'P1'") == [("disassociated",)]
    assert disposition(con, "P2") == "pending"
    act(con, desk.accept, "chen", "P2")
    assert ask(con, "select owner, owner_status from evaluations where lead = 'P2'") == [("B", "confirmed")]
    assert {"P1", "P2"} <= {row["lead"] for row in moved.leads}


def test_an_ownership_is_extended_while_it_runs_with_a_reason_and_can_be_taken_back(con) -> None:
    def until() -> list[tuple]:
        return ask(con, "select owner_status, owner_until::varchar from evaluations where lead = 'P1'")

    longer = dt.date(2026, 12, 31)
    with pytest.raises(Refusal, match="not owned now"):
        act(con, desk.extend_ownership, "chen", "P1", longer, "A long tender.")
    act(con, desk.accept, "chen", "P1")
    for day, reason, refused in ((longer, " ", "Write why"), (dt.date(2026, 6, 20), "Why.", "until 2026-06-20 already"),
                                 (dt.date(9999, 12, 31), "Why.", "never ends")):
        with pytest.raises(Refusal, match=refused):
            act(con, desk.extend_ownership, "chen", "P1", day, reason)
    with pytest.raises(Forbidden, match="channel or manager"):
        act(con, desk.extend_ownership, "sara", "P1", longer, "Why.")
    done = act(con, desk.extend_ownership, "chen", "P1", longer, "A long tender.")
    assert until() == [("confirmed", "2026-12-31")]
    assert same(kept_rows(con), computed_rows(con, NOW + dt.timedelta(seconds=1)))
    undo(con, "chen", done, "P1")
    assert until() == [("confirmed", "2026-06-20")]
    ended = dt.datetime(2026, 6, 21, 9)
    desk.advance(con, ended)
    with pytest.raises(Refusal, match="the lead is expired"):
        desk.extend_ownership(con, signed("chen", con, "P1", now=ended), "P1", longer, "Why.")


def test_who_extended_an_ownership_does_not_pay_for_it(con) -> None:
    desk.grant(con, signed("ada"), "chen", "finance")
    act(con, desk.extend_ownership, "chen", "M1", dt.date(2026, 12, 31), "A long tender.")
    with pytest.raises(Refusal, match="had a part in M1"):
        approve(con, prepare(con), "chen")


def test_a_conflict_case_is_settled_by_verdicts_on_both_leads(con) -> None:
    opened = act(con, desk.open_conflict, "chen", "P1", "P2", "A says they spoke first.")
    with pytest.raises(Refusal, match="open case between"):
        act(con, desk.open_conflict, "chen", "P2", "P1", "again")
    act(con, desk.settle_conflict, "mona", "P2", opened.after["case"], "P2", "B introduced them.")
    assert disposition(con, "P1") == "rejected" and disposition(con, "P2") == "pending"
    with pytest.raises(Refusal, match="no open case"):
        act(con, desk.settle_conflict, "mona", "P2", opened.after["case"], "P1", "other")
    with pytest.raises(Refusal, match="answered since"):
        undo(con, "chen", opened, "P1")


def test_a_verdict_rests_on_something_and_only_on_what_people_judge(con) -> None:
    with pytest.raises(Refusal, match="rests on a note"):
        act(con, desk.judge, "sara", "P1", "interest", "pass")
    with pytest.raises(Refusal, match="not for a person to judge"):
        act(con, desk.judge, "sara", "P1", "accepted", "pass", "n")
    with pytest.raises(Refusal, match="no event of P1"):
        act(con, desk.judge, "sara", "P1", "interest", "pass", event="outreach-1")
    logged = act(con, desk.log_activity, "sara", "P1", "call")
    act(con, desk.judge, "sara", "P1", "interest", "pass", event=logged.after["event"])
    assert ask(con, "select event from verdict_evidence") == [(logged.after["event"],)]


def test_an_activity_may_be_earlier_but_not_later_than_now(con) -> None:
    yesterday = NOW - dt.timedelta(1)
    done = act(con, desk.log_activity, "sara", "L2", "outreach", "email", yesterday)
    assert ask(con, "select happened_at from events where id = ?", done.after["event"]) == [(yesterday,)]
    with pytest.raises(Refusal, match="has not come yet"):
        act(con, desk.log_activity, "sara", "L2", "reply", "email", NOW + dt.timedelta(1))


def test_a_setting_is_previewed_before_it_is_set_and_nothing_is_stored_by_that(con) -> None:
    before = (kept_rows(con), ask(con, "select count(*) from settings"))
    day, setting = dt.date(2025, 1, 1), "cerri.unresponsive_days"
    preview = desk.preview_setting(con, setting, "30", day, NOW + dt.timedelta(seconds=1))
    assert preview.select("lead", "disposition_before", "disposition").rows() == [("L1", "pending", "rejected")]
    assert (kept_rows(con), ask(con, "select count(*) from settings")) == before
    with pytest.raises(Forbidden):
        desk.set_setting(con, signed("sara"), setting, "30", day, "board")
    done = desk.set_setting(con, signed("mona"), setting, "30", day, "board")
    assert disposition(con, "L1") == "rejected" and [row["lead"] for row in done.leads] == ["L1"]
    assert desk.first_fault(con) is None


def test_the_tables_of_actions_permissions_and_transitions_fit_together() -> None:
    from core.people import permissions

    assert {action.__name__ for action in desk.ACTIONS} == set(permissions())
    assert set(transitions()) <= set(permissions())
    assert set(STANDING) >= {kind for row in transitions().values() for kind in row["events"].values()}
