"""A conflict from its alert to its settlement, in a real Chromium: opened by sales, looked at by keys, settled, undone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import conflicts, desk, kept, partners
from core.conflicts import Filters
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as, confirm, press
from tests.conftest import copied, now


@pytest.fixture(scope="module")
def database(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample that may be changed."""
    return copied(sample_file, tmp_path_factory.mktemp("conflicts"))


@pytest.fixture(scope="module")
def found(database: Path) -> dict:
    """Read before the server takes the file: the open cases in order, those with another lead, and a partner."""
    con = desk.open_database(database, now())
    as_of = kept.kept_as_of(con)
    rows = conflicts.narrowed(conflicts.index(con, as_of), Filters())[0].to_dicts()
    known = [conflicts.case(con, row["lead"], as_of, row) for row in rows if row["program"] == "ptr"]
    told = {"leads": [row["lead"] for row in rows], "cases": [one for one in known if one.other and one.rivals],
            "partner": partners.figures(con, as_of, "ptr")["partner"][0]}
    con.close()
    assert len(told["cases"]) > 2
    return told


@pytest.fixture(scope="module")
def server(database: Path, found: dict) -> Iterator[Server]:
    """One dashboard on the copy."""
    running = Server(database)
    try:
        yield running.wait()
    finally:
        running.stop()


def test_a_conflict_goes_from_its_alert_to_its_settlement_and_back(server: Server, page: Page, found: dict) -> None:
    case = found["cases"][0]
    visit(page, server.url)
    act_as(page, "Chen Sample")
    page.get_by_role("button", name="Open the conflicts").click()
    page.wait_for_url("**/conflicts**", wait_until="commit")
    settle(page)
    page.get_by_role("textbox", name="Search").fill(case.lead)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="To settle: is it the same lead?")).to_be_visible(timeout=SLOW)
    act_as(page, "Sara Sample")
    expect(page.get_by_role("button", name="Both stand…")).to_have_count(0)
    page.get_by_role("button", name="Open a case…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Against the lead").click()
    page.get_by_role("option", name=re.compile(case.other)).click()
    dialog.get_by_role("textbox", name="What is in question").fill("Both partners name the same project.")
    confirm(page)
    expect(dialog).to_have_count(0, timeout=SLOW)
    expect(page.get_by_text("Sara Sample opened a case on")).to_be_visible(timeout=SLOW)

    # a list of choices does not stay open while its field lies under the bar of the pages
    page.locator("h1").first.evaluate("one => one.scrollIntoView({block: 'end'})")
    act_as(page, "Chen Sample")
    press(page, "2")
    expect(dialog.get_by_text("The same lead: the earlier holds it")).to_be_visible(timeout=SLOW)
    dialog.get_by_role("textbox", name="Why").fill("The log names one project.")
    confirm(page)
    expect(dialog).to_have_count(0, timeout=SLOW)
    expect(page.get_by_text("Chen Sample settled it on")).to_be_visible(timeout=SLOW)
    settle(page)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Chen Sample settled it on")).to_have_count(0, timeout=SLOW)
    expect(page.get_by_role("heading", name="To settle: is it the same lead?")).to_be_visible(timeout=SLOW)


def test_keys_go_to_the_next_case_and_back_and_the_address_follows(server: Server, page: Page, found: dict) -> None:
    visit(page, f"{server.url}/conflicts?cases_program=Refer-a-Friend")
    first = page.get_by_text(re.compile(r"Choose another case: 1 of \d+"))
    expect(first).to_be_visible(timeout=SLOW)
    press(page, "j")
    expect(page.get_by_text(re.compile(r"Choose another case: 2 of \d+"))).to_be_visible(timeout=SLOW)
    assert "case=R-" in page.url and "cases_program=Refer-a-Friend" in page.url
    page.reload()
    expect(page.get_by_text(re.compile(r"Choose another case: 2 of \d+"))).to_be_visible(timeout=SLOW)
    press(page, "k")
    expect(first).to_be_visible(timeout=SLOW)


def test_of_two_people_on_one_case_the_second_is_told_and_loses_nothing(
    server: Server, browser: Browser, page: Page, found: dict
) -> None:
    lead = found["cases"][1].lead
    visit(page, f"{server.url}/conflicts?case={lead}")
    act_as(page, "Mona Sample")
    press(page, "1")
    dialog = page.get_by_role("dialog")
    why = dialog.get_by_role("textbox", name="Why")
    why.fill("They are two projects.")
    other = browser.new_page()
    visit(other, f"{server.url}/checklist?lead={lead}")
    press(other, "t")
    expect(other.get_by_text("Sara Sample took the lead on")).to_be_visible(timeout=SLOW)
    other.close()
    why.press("Control+Enter")
    expect(dialog.get_by_text("has changed since you saw it: sara took the lead on")).to_be_visible(timeout=SLOW)
    expect(why).to_have_value("They are two projects.")


def test_a_partner_is_found_opened_and_left_again(server: Server, page: Page, found: dict) -> None:
    visit(page, f"{server.url}/partners?partners_search={found['partner']}")
    page.get_by_text("Plain lists").click()
    page.get_by_role("button", name=f"Open {found['partner']}").click()
    page.wait_for_url(f"**partner={found['partner']}**", wait_until="commit")
    expect(page.get_by_role("heading", name="Leads")).to_be_visible(timeout=SLOW)
    settle(page)
    page.get_by_role("button", name="These in Triage").click()
    page.wait_for_url("**/triage?**partner=**", wait_until="commit")
    expect(page.get_by_text("most costly to leave first")).to_be_visible(timeout=SLOW)


def test_a_click_on_a_mark_of_the_lanes_opens_its_lead(server: Server, page: Page, found: dict) -> None:
    case = found["cases"][2]
    visit(page, f"{server.url}/conflicts?case={case.lead}")
    mark = page.get_by_test_id("stVegaLiteChart").locator("path[aria-roledescription='point'][aria-label*='Lead:']").first
    expect(mark).to_be_visible(timeout=SLOW)
    settle(page)
    lead = re.search(r"Lead: ([A-Z]-[0-9]+)", mark.get_attribute("aria-label"))[1]
    mark.click()
    page.wait_for_url(f"**/checklist?lead={lead}", wait_until="commit")
    expect(page.get_by_text(lead).first).to_be_visible(timeout=SLOW)
