"""Home by role: figures that open their rows, what changed since one was here, the first tour, the sample cleared."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core import conflicts, desk, home, kept, ledger, people, queue
from core.terms import catalogue
from pages.parts import database
from tests.conftest import now
from tests.pages.test_pages import drawn, words_of


def seen_by(person: str) -> AppTest:
    at = drawn("home")
    at.selectbox(key="acting").select(person).run()
    assert not at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception
    return at


def test_a_manager_sees_approvals_that_lack_nothing_else(con: duckdb.DuckDBPyConnection) -> None:
    with con.cursor() as cursor:
        rows = cursor.execute("select lead, pending_on from evaluations where disposition = 'pending' and "
                              "program = 'cerri'").fetchall()
    acts = {one.id for one in catalogue().programs["cerri"].criteria.values() if one.decided_by == "act"}
    expected = {lead for lead, pending_on in rows if pending_on and set(pending_on) <= acts}
    at = seen_by("mona")
    assert {one.label: one.value for one in at.metric}["Approvals waiting"] == f"{len(expected):,}"
    found, count = home.waiting_for_act(con, people.person(con, "mona", now()), "approve")
    assert count == len(expected)
    assert {row["lead"] for row in found} <= expected
    press(at, "Open the approvals")
    assert "only the approval is missing" in words_of(at)


def test_who_may_not_approve_is_shown_no_approvals(con: duckdb.DuckDBPyConnection) -> None:
    assert "Approvals waiting" not in [one.label for one in seen_by("sara").metric]
    assert home.waiting_for_act(con, people.person(con, "sara", now()), "approve") == ([], 0)


def test_finance_sees_what_is_ready_overdue_and_blocked_and_each_opens_its_lines(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("finn")
    assert [one.label for one in at.metric] == ["Ready to pay", "Overdue to pay", "Blocked or held"]
    row = ledger.figures(ledger.standing(con))[0]
    assert row["blocked"] > 0
    chosen = {"ready": "Ready", "overdue": "Overdue", "blocked": "Blocked or held"}
    for metric, (name, state) in zip(at.metric, chosen.items(), strict=True):
        assert metric.delta.startswith(f"{row[name]:,} line")
        lines = drawn("payouts", payouts_state=state, currency=row["currency"])
        lines.selectbox(key="acting").select("finn").run()
        assert (f" of {row[name]:,}" in words_of(lines)) == (row[name] > 0)


def test_whoever_did_nothing_yet_is_told_of_the_last_day(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("sara")
    assert "In the last 24 hours; you have done nothing here yet" in words_of(at)


def test_what_others_did_since_is_told_and_ones_own_steps_are_not(con: duckdb.DuckDBPyConnection) -> None:
    first, second = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 2)["lead"]
    desk.claim(con, desk.Signed("sara", "hers", now(), desk.version(con, first)), first)
    desk.claim(con, desk.Signed("chen", "theirs", now(), desk.version(con, second)), second)
    told = home.changes(con, people.person(con, "sara", now()), now() + dt.timedelta(hours=5))
    assert told.was_here
    assert [(row["lead"], row["person_name"], row["sentence"]) for row in told.rows] == [
        (second, "Chen Sample", "took the lead on")]
    said = words_of(seen_by("sara"))
    assert '<span style="font-weight:600">Chen Sample</span> took the lead on.' in said
    assert "By time:" not in said


def test_money_and_people_are_told_to_who_may_read_the_journal_alone(con: duckdb.DuckDBPyConnection) -> None:
    desk.add_person(con, desk.Signed("ada", "somebody", now(), desk.head(con).number), "ned", "Ned Sample")
    partner = queue.partners(con, None)["partner"][0]
    desk.propose_payee_details(con, desk.Signed("finn", "payee", now(), desk.head(con).number), partner,
                               {"first_name": "Nell"})
    later = now() + dt.timedelta(hours=1)
    for person, sees in (("sara", False), ("chen", False), ("mona", True)):
        told = home.changes(con, people.person(con, person, now()), later, most=1000)
        said = {row["sentence"] for row in told.rows}
        assert (said >= {"added a person", "recorded how a partner is paid"}) == sees
        assert ("added a person" in said) == sees


def test_an_admin_sees_no_counts_of_leads_but_where_to_go_on(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("ada")
    assert not at.metric
    assert "Waiting for a decision" not in words_of(at)
    labels = [one.label for one in at.button]
    assert {"Open people", "Open roles given", "Open journal"} <= set(labels)


def test_finance_is_shown_what_it_can_pay_and_not_the_queue_of_leads(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("finn")
    late = ledger.lines(con, ledger.Filters(("open",), is_overdue=True), 1, 5)["partner_name"].to_list()
    said = words_of(at)
    assert "Still needed" not in said
    assert all(name in said for name in late)
    if not late:
        assert "No batch waits for you, and nothing that can be paid is overdue." in said


def test_a_sitting_goes_on_until_four_hours_without_a_step(con: duckdb.DuckDBPyConnection) -> None:
    leads = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 3)["lead"]
    begun = now() + dt.timedelta(1)
    instants = [begun, begun + dt.timedelta(hours=20), begun + dt.timedelta(hours=22)]
    for lead, at in zip(leads, instants, strict=True):
        desk.claim(con, desk.Signed("sara", f"claims {lead}", at, desk.version(con, lead)), lead)
    assert home.last_here(con, "sara", begun + dt.timedelta(hours=23)).replace(microsecond=0) == instants[0]
    assert home.last_here(con, "sara", begun + dt.timedelta(hours=27)).replace(microsecond=0) == instants[2]
    assert home.last_here(con, "nobody", begun) is None


def test_what_time_changed_is_told_as_by_time(con: duckdb.DuckDBPyConnection) -> None:
    later = now() + dt.timedelta(20)
    before = dict(rows_of(con))
    desk.advance(con, later)
    moved = {lead for lead, disposition in rows_of(con) if before[lead] != disposition}
    assert moved
    told = home.changes(con, people.person(con, "sara", now()), later + dt.timedelta(hours=1), most=1000)
    by_time = [row for row in told.rows if row["is_by_time"]]
    assert {row["lead"] for row in by_time} == moved
    assert told.by_time == len(by_time)
    assert all(row["sentence"].startswith("was ") for row in by_time)


def rows_of(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    with con.cursor() as cursor:
        return cursor.execute("select lead, disposition from evaluations").fetchall()


def test_the_first_tour_names_sample_leads_and_can_be_dismissed_and_taken_again(
        con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("sara")
    found = home.tour(con)
    assert len(found) >= 4
    said = words_of(at)
    assert all(sentence.split(":")[0] in said for _, sentence in found)
    assert "Take the tour" not in [one.label for one in at.button]
    press(at, "Dismiss")
    assert "A first look" not in words_of(at)
    press(at, "Take the tour")
    assert "A first look" in words_of(at)


def test_whoever_worked_here_before_is_shown_no_tour(con: duckdb.DuckDBPyConnection) -> None:
    lead = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 1)["lead"][0]
    desk.claim(con, desk.Signed("sara", "hers", now(), desk.version(con, lead)), lead)
    assert "A first look" not in words_of(seen_by("sara"))


def test_the_sample_is_cleared_from_here_by_a_manager_alone(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "leads.duckdb"
    con = desk.open_database(path, now())
    desk.make_sample(con, desk.Signed("operator", "sample", now()), 80, 2, now().date() - dt.timedelta(1))
    con.close()
    monkeypatch.setenv("LEADS_DB", str(path))
    database.close()
    assert "Clear sample…" not in [one.label for one in seen_by("sara").button]
    at = press(press(seen_by("mona"), "Clear sample…"), "Clear the sample")
    assert "There are no leads yet" in words_of(at)
    assert queue.totals(database.connection())["leads"] == 0
    assert desk.first_fault(database.connection()) is None
    database.close()


def test_a_refusal_to_clear_is_said_in_the_dialog(con: duckdb.DuckDBPyConnection) -> None:
    at = press(press(seen_by("mona"), "Clear sample…"), "Clear the sample")
    assert "No sample was made here at the desk" in words_of(at)
    assert queue.totals(con)["leads"] > 0


def test_an_approval_counts_every_criterion_but_itself(con: duckdb.DuckDBPyConnection) -> None:
    found, _ = home.waiting_for_act(con, people.person(con, "mona", now()), "approve")
    at = drawn("checklist", lead=found[0]["lead"])
    at.selectbox(key="acting").select("mona").run()
    press(at, "Approve…")
    assert "criteria pass." in words_of(at)
    assert "unknown:" not in words_of(at)


def test_who_settles_conflicts_is_told_how_many_wait_and_is_led_there(con: duckdb.DuckDBPyConnection) -> None:
    waiting = conflicts.index(con, kept.kept_as_of(con)).filter(state="open").height
    assert waiting
    for person in ("chen", "mona"):
        at = seen_by(person)
        assert {one.label: one.value for one in at.metric}["Conflicts to settle"] == f"{waiting:,}"
    at = press(seen_by("chen"), "Open the conflicts")
    assert f"{waiting:,} to settle" in words_of(at)
    for person in ("sara", "finn"):
        assert "Conflicts to settle" not in [one.label for one in seen_by(person).metric]
