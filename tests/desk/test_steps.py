"""What holds for every change: permission, version, key, one transaction, one entry."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from core import desk, people, store
from core.desk import Signed, Stale, journal
from core.desk.step import recorded
from core.model import Refusal
from core.people import Forbidden
from tests.desk.world import NOW, act, ask, build, computed_rows, disposition, kept_rows, same, signed, undo


def entries(con) -> int:
    return ask(con, "select count(*) from journal")[0][0]


def test_an_acceptance_is_one_event_one_entry_and_a_new_version(con) -> None:
    before = entries(con)
    done = act(con, desk.accept, "chen", "P1")
    assert entries(con) == before + 1
    assert ask(con, "select type, decided_by from events where lead = 'P1'") == [("accepted", "chen")]
    assert done.version("P1") == desk.version(con, "P1") == 1
    assert desk.told(con, "P1")[0]["sentence"] == "accepted the lead"


def test_the_same_key_again_gives_the_first_result_and_changes_nothing(con) -> None:
    first = desk.accept(con, Signed("chen", "once", NOW, 0), "P1")
    count = entries(con)
    again = desk.accept(con, Signed("chen", "once", NOW, 0), "P1")
    assert again.is_repeated and (again.number, again.after, again.leads) == (first.number, first.after, first.leads)
    assert entries(con) == count


def test_the_same_key_for_another_change_is_refused(con) -> None:
    desk.accept(con, Signed("chen", "once", NOW, 0), "P1")
    with pytest.raises(Refusal, match="used for another change"):
        desk.accept(con, Signed("chen", "once", NOW, 0), "R1")
    with pytest.raises(Refusal, match="used for another change"):
        desk.accept(con, Signed("sara", "once", NOW, 0), "P1")


def test_a_change_without_a_key_is_refused(con) -> None:
    with pytest.raises(Refusal, match="idempotency key"):
        desk.accept(con, Signed("chen", " ", NOW, 0), "P1")


def test_what_changed_after_it_was_shown_is_refused_with_the_difference(con) -> None:
    seen = desk.version(con, "P1")
    act(con, desk.judge, "sara", "P1", "interest", "pass", "wrote so")
    act(con, desk.reject, "chen", "P1", "ptr.def.a", "They do not decide.")
    with pytest.raises(Stale) as refusal:
        desk.accept(con, Signed("chen", "late", NOW, seen), "P1")
    assert [row["action"] for row in refusal.value.since] == ["judge", "reject"]
    assert "sara judged a criterion" in str(refusal.value)
    assert "chen rejected the lead (pending before, rejected now)" in str(refusal.value)
    assert journal.book(con).digest("late") not in [key for (key,) in ask(con, "select key from journal")]


def test_a_change_of_another_lead_that_changes_this_one_makes_it_stale(con) -> None:
    seen = desk.version(con, "P2")
    act(con, desk.reject, "chen", "P1", "ptr.def.a", "They do not decide.")
    assert disposition(con, "P2") == "pending"
    with pytest.raises(Stale, match="rejected before, pending now"):
        desk.comment(con, Signed("chen", "late", NOW, seen), "P2", "text")


def test_an_action_on_a_lead_must_say_which_version_was_seen(con) -> None:
    with pytest.raises(Refusal, match="Say which version"):
        desk.accept(con, Signed("chen", "x", NOW), "P1")


def test_a_role_taken_back_between_two_steps_counts_at_once(con) -> None:
    act(con, desk.claim, "chen", "P1")
    desk.revoke(con, signed("operator"), "chen", "channel")
    with pytest.raises(Forbidden, match="chen holds no such role today"):
        act(con, desk.accept, "chen", "P1")


def test_a_role_counts_from_its_first_to_its_last_instant(con) -> None:
    desk.add_person(con, signed("operator"), "tom", "Tom")
    desk.grant(con, signed("operator"), "tom", "channel", "ptr", NOW + dt.timedelta(1), NOW + dt.timedelta(2))
    for day, may in ((0.9, False), (1.1, True), (1.99, True), (2, False)):
        moment = NOW + dt.timedelta(day)
        assert (people.may(people.person(con, "tom", moment), "accept", "ptr", "pending") is None) == may
        assert people.may(people.person(con, "tom", moment), "accept", "raf", "pending") is not None


def test_nobody_grants_a_role_to_themselves(con) -> None:
    with pytest.raises(Forbidden, match="to themselves"):
        desk.grant(con, signed("ada"), "ada", "finance")


@pytest.mark.parametrize("person", (*people.TAKEN, "Time", "NOBODY"))
def test_what_stands_for_nobody_in_particular_is_no_id_of_a_person(con, person: str) -> None:
    with pytest.raises(Refusal, match="Take another id"):
        desk.add_person(con, signed("ada"), person, "Somebody")


def test_an_approval_or_a_deal_that_lost_its_place_is_seen(con) -> None:
    act(con, desk.approve, "mona", "L1")
    act(con, desk.record_deal, "sara", "P1", "T9")
    taken = act(con, desk.record_deal, "sara", "P2", "T9")
    undo(con, "sara", taken, "P2")
    assert desk.first_fault(con) is None
    ask(con, "update places set key = 'approval/L2' where key = 'approval/L1'")
    assert [one.split(":")[0] for one in desk.faults(con)] == ["An approval does not hold its place"]
    ask(con, "delete from places")
    assert {one.split(":")[0] for one in desk.faults(con)} == {
        "An approval does not hold its place", "A deal does not hold its place"}


def test_what_was_forbidden_stands_in_the_journal(con) -> None:
    with pytest.raises(Forbidden):
        act(con, desk.accept, "finn", "P1")
    assert ask(con, "select person, action, lead, after from journal order by number desc limit 1") == [
        ("finn", "refused", "P1", '{"action": "accept"}')]
    with pytest.raises(Forbidden):
        desk.accept(con, Signed("Mia Chen <mia@x.example>", "k", NOW, 0), "P1")  # also not in the log, as of no test
    assert ask(con, "select person from journal order by number desc limit 1") == [("nobody",)]


def test_an_error_in_the_middle_leaves_nothing_behind(con) -> None:
    before = (entries(con), desk.version(con, "P1"), kept_rows(con))
    with pytest.raises(Refusal, match="no reason of"):
        act(con, desk.reject, "chen", "P1", "ptr.def.z", "text")
    with pytest.raises(duckdb.Error), recorded(con, journal.book(con)) as cursor:
        cursor.execute("insert into comments values ('c', 'P1', 'chen', 'text', [], '2025-01-01')").fetchall()
        cursor.execute("select error('out of paper')").fetchall()
    assert (entries(con), desk.version(con, "P1"), kept_rows(con)) == before
    assert ask(con, "select count(*) from comments") == [(0,)]


def test_a_clock_set_back_does_not_change_the_order(con) -> None:
    act(con, desk.judge, "sara", "P1", "interest", "pass", "first")
    back = Signed("sven", "back", NOW - dt.timedelta(3), desk.version(con, "P1"))
    desk.judge(con, back, "P1", "interest", "fail", "second")
    assert disposition(con, "P1") == "rejected"
    moments = [moment for (moment,) in ask(con, "select recorded_at from journal order by number")]
    assert moments == sorted(set(moments))


def test_two_verdicts_of_the_same_second_are_told_apart_by_their_order(con) -> None:
    for verdict in ("pass", "fail", "pass"):
        act(con, desk.judge, "sara", "P1", "interest", verdict, "so")
    assert "interest" not in ask(con, "select pending_on from evaluations where lead = 'P1'")[0][0]


def test_the_kept_evaluation_after_each_action_is_that_from_scratch(con) -> None:
    for action, who, lead, arguments in (
        (desk.judge, "sara", "P1", ("interest", "pass", "n")), (desk.accept, "chen", "P1", ()),
        (desk.approve, "mona", "L1", ()), (desk.log_activity, "sara", "L2", ("outreach", "email")),
        (desk.record_finding, "chen", "R1", ("unsolicited", "many")), (desk.reject, "chen", "P1", ("ptr.def.a", "no")),
    ):
        act(con, action, who, lead, *arguments)
        last = ask(con, "select max(recorded_at) from journal")[0][0]
        assert same(kept_rows(con), computed_rows(con, last)), action.__name__


def test_a_lead_in_bulk_gives_a_result_per_row_and_can_be_repeated(con) -> None:
    rows = [("P1", 0, {"criterion": "interest", "verdict": "pass", "note": "n"}),
            ("R1", 5, {"criterion": "interest", "verdict": "pass", "note": "n"}),
            ("R9", 0, {"criterion": "interest", "verdict": "pass", "note": "n"})]
    told = []
    first = desk.each(con, Signed("sara", "bulk", NOW), desk.judge, rows, lambda *one: told.append(one))
    assert told == [(0, 3), (1, 3), (2, 3)]
    assert [result.done is not None for result in first] == [True, False, False]
    assert isinstance(first[1].refusal, Stale) and "no lead R9" in str(first[2].refusal)
    count = entries(con)
    again = desk.each(con, Signed("sara", "bulk", NOW), desk.judge, rows)
    assert again[0].done.is_repeated and entries(con) == count


def test_a_lead_named_twice_in_bulk_counts_once_with_one_result(con) -> None:
    rows = [(lead, 0, {"text": text}) for lead, text in (("P1", "first"), ("R1", "other"), ("P1", "first"))]
    found = desk.each(con, Signed("sara", "bulk", NOW), desk.comment, rows)
    assert [(one.lead, one.refusal) for one in found] == [("P1", None), ("R1", None)]
    assert ask(con, "select lead from comments order by lead") == [("P1",), ("R1",)]


def test_a_day_that_passed_raises_the_version_of_what_it_changed(con) -> None:
    act(con, desk.accept, "chen", "P1")
    assert desk.advance(con, NOW + dt.timedelta(1)) >= 0
    before = desk.version(con, "P1")
    assert desk.advance(con, NOW + dt.timedelta(600)) >= 1
    assert desk.version(con, "P1") == before + 1
    assert "as time passed" in desk.told(con, "P1")[0]["sentence"]
    assert desk.first_fault(con) is None


def test_what_a_person_may_do_is_told_with_the_reason_why_not(con) -> None:
    found = {row["action"]: row["why_not"] for row in desk.possible(con, "chen", "P1", NOW)}
    assert found["accept"] is None and found["claim"] is None
    assert "approve" not in found
    assert "chen holds no such role" in found["adjust_line"]
    act(con, desk.accept, "chen", "P1")
    found = {row["action"]: row["why_not"] for row in desk.possible(con, "chen", "P1", NOW)}
    assert found["accept"] == "The lead is accepted; this can only follow on undecided or rejected or disassociated."
    assert found["end_ownership"] is None


def test_a_second_connection_to_a_database_file_sees_what_was_done(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    con = build(path)
    once = Signed("chen", "once", NOW, 0)
    desk.accept(con, once, "P1")
    con.close()
    con = desk.open_database(path, NOW)
    assert desk.version(con, "P1") == 1
    undo(con, "chen", desk.accept(con, once, "P1"), "P1")
    assert desk.first_fault(con) is None
    con.close()


def test_an_entry_holds_no_word_of_its_key_and_one_that_does_is_still_known_by_it(con) -> None:
    once = Signed("chen", "form/Mia Canaryq/mia@canaryq.example", NOW, 0)
    done = desk.accept(con, once, "P1")
    assert "anaryq" not in str(ask(con, "select * from journal"))
    assert desk.accept(con, once, "P1") == replace(done, is_repeated=True)
    [(number, key)] = ask(con, "select number, key from journal order by number desc limit 1")
    with con.cursor() as cursor:  # as earlier versions wrote it
        cursor.execute("drop trigger journal_kept on journal").fetchall()
        cursor.execute("update journal set key = ? where number = ?", [once.key, number]).fetchall()
    assert desk.accept(con, once, "P1").is_repeated and key == journal.book(con).digest(once.key)


def test_who_saw_an_older_state_is_told_the_difference_and_not_that_they_may_not(con) -> None:
    seen = desk.version(con, "P1")
    act(con, desk.reject, "chen", "P1", "ptr.def.a", "They do not decide.")
    with pytest.raises(Stale, match="chen rejected the lead"):
        desk.judge(con, Signed("sara", "late", NOW, seen), "P1", "interest", "pass", "n")
    with pytest.raises(Forbidden):  # who may not in any state is told so
        desk.judge(con, Signed("finn", "never", NOW, seen), "P1", "interest", "pass", "n")


def test_nobody_decides_on_a_lead_as_it_was_before_its_day_came(con) -> None:
    act(con, desk.accept, "sara", "R1")
    later = NOW + dt.timedelta(120)
    seen = desk.version(con, "R1")
    with pytest.raises(Stale, match="evaluated again"):
        desk.confirm(con, Signed("sara", "late", later, seen), "R1")
    assert disposition(con, "R1") == "expired"
    with pytest.raises(Forbidden, match="the lead is expired"):
        desk.confirm(con, Signed("sara", "later", later, desk.version(con, "R1")), "R1")


def test_a_row_is_known_by_one_text_whether_told_alone_or_in_bulk(con) -> None:
    keeper = journal.book(con)
    for table in journal.TABLES:
        with con.cursor() as cursor:
            if "id" not in store.columns(cursor, table):
                continue
            texts = dict(cursor.execute(f"select id, {store.written_out(cursor, table)} from {table}").fetchall())
            found = journal.row_digests(cursor, keeper, table, texts)
        assert found == {name: keeper.digest(f"{table}\x1e{text}") for name, text in texts.items()}, table
