"""What each role does, in a real Chromium: sales, channel and manager decide; two people on one lead; keys and dialogs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import desk, kept, queue, similar
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.conftest import copied, now

SIX = 6


@pytest.fixture(scope="module")
def database(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample that may be changed."""
    return copied(sample_file, tmp_path_factory.mktemp("journeys"))


@pytest.fixture(scope="module")
def leads(database: Path) -> dict[str, list[str]]:
    """Undecided leads: of Cerri, those with most criteria open first, and referrals that nobody has accepted."""
    con = desk.open_database(database, now())
    as_of = kept.kept_as_of(con)
    cerri = queue.page(con, as_of, queue.Filters(program="cerri"), 1, 60).to_dicts()
    raf = queue.page(con, as_of, queue.Filters(program="raf"), 1, 60)["lead"].to_list()

    def can_accept(lead: str) -> bool:
        return {row["action"]: row["why_not"] for row in desk.possible(con, "sara", lead, now())}["accept"] is None

    most_open_first = sorted(cerri, key=lambda row: row["met"] - row["asked"])
    found = {"cerri": [row["lead"] for row in most_open_first],
             "raf": [lead for lead in raf if can_accept(lead)], "called": [most_open_first[4]["lead"]],
             "alike": [lead for lead in raf if similar.similar(con, lead)[1]]}
    signed = desk.Signed("sara", "a call", now(), desk.version(con, found["called"][0]))
    desk.log_activity(con, signed, found["called"][0], "call", "phone", note="Thirty projects in four sites")
    con.close()
    assert len(found["cerri"]) > 4
    assert found["raf"]
    return found


@pytest.fixture(scope="module")
def server(database: Path, leads: dict) -> Iterator[Server]:
    """One dashboard on the copy."""
    running = Server(database)
    try:
        yield running.wait()
    finally:
        running.stop()


def confirm(page: Page) -> None:
    """Confirm an open dialog by its key, once it listens."""
    settle(page)
    page.keyboard.press("Control+Enter")


def act_as(page: Page, name: str) -> None:
    """Choose who acts."""
    settle(page)
    page.get_by_role("combobox", name="Acting as").fill(name)
    page.get_by_role("option", name=name).click()
    settle(page)
    page.get_by_role("heading", level=1).first.click()  # away from the field, where letters would be typed


def press(page: Page, key: str) -> None:
    """A key on a page that is at rest: one pressed as its button appears is lost."""
    settle(page)
    page.wait_for_timeout(600)
    settle(page)
    page.keyboard.press(key)


def checklist(server: Server, lead: str) -> str:
    """The address of a lead."""
    return f"{server.url}/checklist?lead={lead}"


def bar(page: Page) -> str:
    """What the bar at the foot says."""
    return page.get_by_test_id("stBottom").inner_text()


def passed(page: Page) -> int:
    """How many criteria pass, as the bar says."""
    return int(re.search(r"(\d+) pass", bar(page))[1])


def test_sales_takes_a_lead_logs_a_call_and_judges_six_criteria_by_keys_then_a_manager_approves(
    server: Server, page: Page, leads: dict
) -> None:
    lead = leads["cerri"][0]
    visit(page, f"{server.url}/triage?search={lead}")
    page.get_by_role("button", name="Take").dblclick()
    expect(page.get_by_text("It is yours.")).to_be_visible(timeout=SLOW)
    press(page, "o")
    page.wait_for_url("**/checklist?lead=**", wait_until="commit")
    expect(page.get_by_text("Sara Sample took the lead on")).to_have_count(1, timeout=SLOW)

    press(page, "e")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="What happened").click()
    page.get_by_role("option", name="A call was held").click()
    dialog.get_by_role("textbox", name="Note").fill("Thirty projects in four sites")
    confirm(page)
    expect(dialog).to_have_count(0, timeout=SLOW)
    settle(page)
    expect(page.get_by_role("combobox", name="Rests on a logged event")).to_have_value(re.compile("Discovery call"))

    for number in range(1, SIX + 1):
        press(page, "p")
        expect(page.get_by_text("Sara Sample judged a criterion")).to_have_count(number, timeout=SLOW)
    settle(page)

    expect(page.get_by_role("button", name="Approve…")).to_have_count(0)

    act_as(page, "Mona Sample")
    press(page, "a")
    expect(dialog.get_by_text("criteria pass")).to_be_visible(timeout=SLOW)
    confirm(page)
    expect(page.get_by_text("Mona Sample approved the lead as sales-qualified")).to_be_visible(timeout=SLOW)
    settle(page)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Mona Sample took an entry back")).to_be_visible(timeout=SLOW)


def test_from_the_queue_to_a_decision_on_six_criteria_takes_at_most_ten_keystrokes(
    server: Server, page: Page, leads: dict
) -> None:
    """By somebody who may judge and approve, on a lead whose call is on record."""
    visit(page, f"{server.url}/triage?search={leads['called'][0]}")
    act_as(page, "Mona Sample")
    pressed = []

    def key(name: str) -> None:
        pressed.append(name)
        press(page, name)

    key("o")
    page.wait_for_url("**/checklist?lead=**", wait_until="commit")
    for number in range(1, SIX + 1):
        key("p")
        expect(page.get_by_text("Mona Sample judged a criterion")).to_have_count(number, timeout=SLOW)
    key("a")
    expect(page.get_by_role("dialog").get_by_text("criteria pass")).to_be_visible(timeout=SLOW)
    key("Control+Enter")
    expect(page.get_by_text("Mona Sample approved the lead as sales-qualified")).to_be_visible(timeout=SLOW)
    assert len(pressed) <= 10


def test_a_view_is_saved_shared_chosen_by_a_colleague_and_taken_back(
    server: Server, browser: Browser, page: Page
) -> None:
    visit(page, f"{server.url}/triage?queue=New&program=Refer-a-Friend&order=Newest")
    page.get_by_role("button", name="Save view…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Fresh referrals")
    dialog.get_by_text("Share with everybody of Refer-a-Friend").click()
    confirm(page)
    expect(page.get_by_text("‘Fresh referrals’ is saved.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("combobox", name="View")).to_have_value("Fresh referrals")

    other = browser.new_page(viewport={"width": 1440, "height": 900})
    visit(other, f"{server.url}/triage")
    act_as(other, "Chen Sample")
    other.get_by_role("combobox", name="View").click()
    other.get_by_role("option", name="Fresh referrals · Sara Sample").click()
    other.wait_for_url("**order=Newest**", wait_until="commit")
    settle(other)
    assert "queue=New" in other.url and "program=Refer-a-Friend" in other.url
    expect(other.get_by_text("leads that nobody has taken or judged, newest first")).to_be_visible(timeout=SLOW)
    other.close()

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Taken back.")).to_be_visible(timeout=SLOW)
    settle(page)
    expect(page.get_by_role("combobox", name="View")).to_have_count(0)


def test_similar_registrations_stand_side_by_side_and_letters_sleep_meanwhile(
    server: Server, page: Page, leads: dict
) -> None:
    visit(page, f"{server.url}/triage?search={leads['alike'][0]}")
    press(page, "d")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Differs").first).to_be_visible(timeout=SLOW)
    expect(dialog.get_by_text("Lead ·")).to_have_count(2, timeout=SLOW)
    page.keyboard.press("o")
    settle(page)
    assert "/triage" in page.url
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=SLOW)


def test_a_referral_is_accepted_and_then_rejected_with_its_clause_and_words(
    server: Server, page: Page, leads: dict
) -> None:
    visit(page, checklist(server, leads["raf"][0]))
    press(page, "a")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Accept this lead?")).to_be_visible(timeout=SLOW)
    confirm(page)
    expect(page.get_by_text("Sara Sample accepted the lead")).to_be_visible(timeout=SLOW)
    press(page, "x")
    dialog.get_by_role("combobox", name="Reason").click()
    page.get_by_role("option", name="False lead or abuse").click()
    explanation = dialog.get_by_role("textbox", name="Explanation")
    expect(explanation).to_have_value(re.compile("^Thank you for your submission"), timeout=SLOW)
    explanation.fill("The address belongs to nobody.")
    confirm(page)
    expect(page.get_by_text("Sara Sample rejected the lead")).to_be_visible(timeout=SLOW)
    settle(page)
    assert bar(page).startswith("Rejected")


def test_of_two_people_on_one_lead_the_second_is_told_and_loses_nothing(
    server: Server, browser: Browser, page: Page, leads: dict
) -> None:
    lead = leads["cerri"][1]
    visit(page, checklist(server, lead))
    note = page.get_by_role("textbox", name="Or a note")
    note.fill("They run thirty projects")
    other = browser.new_page()
    visit(other, checklist(server, lead))
    act_as(other, "Chen Sample")
    press(other, "t")
    expect(other.get_by_text("Chen Sample took the lead on")).to_be_visible(timeout=SLOW)
    other.close()

    page.get_by_role("button", name="Pass").click()
    expect(page.get_by_text("has changed since you saw it: chen took the lead on")).to_be_visible(timeout=SLOW)
    settle(page)
    expect(note).to_have_value("They run thirty projects")
    expect(page.get_by_role("button", name="Pass")).to_be_disabled()
    assert page.get_by_text("judged a criterion").count() == 0
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("has changed since you saw it")).to_have_count(0, timeout=SLOW)
    settle(page)
    page.get_by_role("button", name="Pass").click()
    expect(page.get_by_text("Sara Sample judged a criterion")).to_be_visible(timeout=SLOW)


def test_letters_do_nothing_while_one_types_or_a_dialog_is_open(server: Server, page: Page, leads: dict) -> None:
    visit(page, checklist(server, leads["cerri"][2]))
    before = passed(page)
    note = page.get_by_role("textbox", name="Or a note")
    note.click()
    page.keyboard.type("tpfuaxzmejk")
    settle(page)
    expect(note).to_have_value("tpfuaxzmejk")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Tab")
    press(page, "x")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=SLOW)
    settle(page)
    for letter in "tpfuaz":
        page.keyboard.press(letter)
    settle(page)
    expect(dialog.get_by_text("Reject this lead")).to_be_visible()
    expect(page.get_by_text("Nobody has done anything here yet.")).to_have_count(1)
    assert passed(page) == before
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_page_that_is_not_for_a_role_says_so(server: Server, page: Page) -> None:
    visit(page, server.url)
    act_as(page, "Ada Sample")
    expect(page.get_by_role("link", name="Triage")).to_have_count(0)
    expect(page.get_by_text("First, these")).to_have_count(0)
