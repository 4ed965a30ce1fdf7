"""Journeys through the dashboard in a real Chromium against a real server on a database file of its own.

A missing browser fails: `make test` installs the packages that tests/packages.txt names.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect

from core import kept, queue, store
from core.desk import journal
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.conftest import copied, hostile_lead


@pytest.fixture(scope="module")
def facts(sample_file: Path) -> dict:
    """What pages should show, read before the server takes the file: leads by state, and the hostile one."""
    con = store.connect(sample_file)
    as_of = kept.kept_as_of(con)
    found = {
        state: queue.page(con, as_of, queue.Filters(state), 1, 20)["lead"].to_list()
        for state in ("pending", "rejected", "qualified")
    }
    found["hostile"] = hostile_lead(con)
    found["waiting"] = queue.counts(con, as_of, queue.Filters()).dues["all"]
    found["overdue"] = queue.counts(con, as_of, queue.Filters()).dues["overdue"]
    con.close()
    return found


@pytest.fixture(scope="module")
def server(sample_file: Path, facts: dict) -> Iterator[Server]:
    """One dashboard on the shared sample."""
    running = Server(sample_file)
    try:
        yield running.wait()
    finally:
        running.stop()


def click_row(page: Page, row: int) -> None:
    """Tick a row of the grid, which is a canvas."""
    box = page.get_by_test_id("stDataFrame").bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 17 + 35 * row)


@pytest.mark.parametrize("first", ["triage", "checklist"])
def test_a_page_opened_first_of_all_runs_inside_the_shell(
    sample_copy: Path, page: Page, facts: dict, first: str
) -> None:
    fresh = Server(sample_copy)
    try:
        fresh.wait()
        visit(page, f"{fresh.url}/{first}?lead={facts['pending'][0]}")
        for name in ("Home", "Triage", "Checklist"):
            expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        expect(page).to_have_title("Lead Review")
        expect(
            page.get_by_text("Missing to qualify" if first == "checklist" else "most costly to leave first")
        ).to_be_visible()
    finally:
        fresh.stop()


def test_a_page_that_is_not_for_a_role_is_refused_by_its_address_on_a_fresh_server(
    sample_copy: Path, page: Page
) -> None:
    fresh = Server(sample_copy)
    try:
        fresh.wait()
        for name, hidden in (("payouts", "Owed"), ("journal", "Verify now"), ("admin", "Roles given"),
                             ("pipeline", "Answered in time")):
            visit(page, f"{fresh.url}/{name}")
            expect(page.get_by_text("Or choose another person above.")).to_be_visible()
            expect(page.get_by_role("heading", name=name.capitalize())).to_be_visible()
            expect(page.get_by_text(hidden, exact=True)).to_have_count(0)
            expect(page.get_by_role("link", name=name.capitalize(), exact=True)).to_have_count(0)
    finally:
        fresh.stop()


@pytest.fixture
def sample_copy(sample_file: Path, facts: dict, tmp_path: Path) -> Path:
    """A copy of the sample: a file can be open in one process only."""
    return copied(sample_file, tmp_path)


def test_from_home_to_an_overdue_lead_its_clause_and_back(server: Server, page: Page, facts: dict) -> None:
    visit(page, server.url)
    page.get_by_role("button", name="Open these leads").nth(1).click()
    page.wait_for_url("**queue=Overdue**", wait_until="commit")
    settle(page)
    expect(page.get_by_text(f"{facts['overdue']:,} past their last day, most costly to leave first")).to_be_visible()
    page.get_by_role("button", name="Open", exact=False).filter(has_text="Open").last.click()
    page.wait_for_url("**/checklist?lead=**", wait_until="commit")
    settle(page)
    expect(page.get_by_role("heading", name="Missing to qualify")).to_be_visible()
    page.locator("[data-testid=stPopover] button").nth(1).click()
    expect(page.get_by_text("Decided by").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Queue").click()
    page.wait_for_url("**queue=Overdue**", wait_until="commit")
    settle(page)
    expect(page.get_by_text(f"{facts['overdue']:,} past their last day, most costly to leave first")).to_be_visible()


def test_the_browsers_back_keeps_filter_and_page(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/triage?queue=Decided&decided=Rejected&page=2")
    expect(page.get_by_text("rejected, most costly to leave first")).to_be_visible()
    page.get_by_role("button", name="Open").last.click()
    page.wait_for_url("**/checklist?lead=**", wait_until="commit")
    settle(page)
    page.go_back()
    expect(page.get_by_text("rejected, most costly to leave first")).to_be_visible(timeout=SLOW)
    settle(page)
    expect(page.get_by_text("21-40 of")).to_be_visible()
    assert "decided=Rejected" in page.url
    assert "page=2" in page.url


def test_filters_and_search_narrow_the_queue_and_stand_in_the_address(server: Server, page: Page, facts: dict) -> None:
    visit(page, f"{server.url}/triage")
    expect(page.get_by_text(f"{facts['waiting']:,} undecided, most costly to leave first")).to_be_visible()
    page.get_by_text("Decided", exact=True).first.click()
    page.wait_for_url("**queue=Decided**", wait_until="commit")
    settle(page)
    lead = facts["qualified"][3]
    page.get_by_role("textbox", name="Search").fill(lead)
    page.keyboard.press("Enter")
    page.wait_for_url("**search=**", wait_until="commit")
    expect(page.get_by_text("1 decided, most costly to leave first")).to_be_visible(timeout=SLOW)
    page.reload()
    expect(page.get_by_text("1 decided, most costly to leave first")).to_be_visible(timeout=SLOW)


def test_a_ticked_row_is_the_lead_that_opens_also_by_its_key(server: Server, page: Page, facts: dict) -> None:
    visit(page, f"{server.url}/triage")
    expect(page.locator("span").get_by_text(facts["pending"][0], exact=True)).to_be_visible()
    click_row(page, 3)
    expect(page.locator("span").get_by_text(facts["pending"][3], exact=True)).to_be_visible(timeout=SLOW)
    settle(page)
    page.wait_for_timeout(600)  # a shortcut that is pressed as its button appears is lost (notes, section 7)
    page.keyboard.press("o")
    page.wait_for_url(f"**/checklist?lead={facts['pending'][3]}", wait_until="commit")


def test_the_plain_list_holds_the_same_rows_as_text(server: Server, page: Page, facts: dict) -> None:
    visit(page, f"{server.url}/triage?plain=true")
    expect(page.get_by_role("button", name="Look at")).to_have_count(20)
    page.get_by_role("button", name=f"Look at {facts['pending'][5]}").click()
    expect(page.locator("span").get_by_text(facts["pending"][5], exact=True)).to_be_visible(timeout=SLOW)


def test_a_past_day_is_shown_with_its_bar_and_left_again(server: Server, page: Page, facts: dict) -> None:
    visit(page, f"{server.url}/checklist?lead={facts['hostile']}")
    expect(page.get_by_text("You can look, not decide")).to_have_count(0)
    page.get_by_role("button", name="As of now").click()
    field = page.get_by_test_id("stDateInput").first
    expect(field).to_be_visible()
    page.keyboard.press("Escape")
    day = "2026-11-01"
    visit(page, f"{server.url}/checklist?lead={facts['hostile']}&as_of={day}")
    expect(page.get_by_text("You can look, not decide")).to_be_visible()
    page.get_by_role("button", name="Back to now").click()
    expect(page.get_by_text("You can look, not decide")).to_have_count(0, timeout=SLOW)


def test_a_hostile_name_stays_text(server: Server, page: Page, facts: dict) -> None:
    visit(page, f"{server.url}/checklist?lead={facts['hostile']}")
    expect(page.locator("h1").filter(has_text="<img src=")).to_be_visible()
    assert page.locator("img[src*='evil']").count() == 0
    assert page.locator("a[href*='evil']").count() == 0
    visit(page, f"{server.url}/triage?queue=All&plain=true&search={facts['hostile']}")
    expect(page.get_by_text("**bold**").first).to_be_visible()


def test_a_database_in_use_is_one_sentence_and_no_start(tmp_path: Path) -> None:
    path = tmp_path / "busy.duckdb"
    holder = duckdb.connect(str(path))
    second = Server(path)
    said, _ = second.process.communicate(timeout=60)
    holder.close()
    assert second.process.returncode != 0
    assert "in use by another process" in said
    assert "Traceback" not in said


def test_bound_to_an_address_that_others_reach_it_does_not_start(tmp_path: Path) -> None:
    open_to_all = Server(tmp_path / "leads.duckdb", "--server.address", "0.0.0.0")
    said, _ = open_to_all.process.communicate(timeout=60)
    assert open_to_all.process.returncode != 0
    assert "There is no sign-in yet, so the dashboard serves this machine alone" in said
    assert "Traceback" not in said
    assert not (tmp_path / "leads.duckdb").exists()


def test_a_database_whose_journal_was_cut_off_is_one_sentence_and_no_start(sample_copy: Path) -> None:
    journal.head_file(sample_copy).unlink()
    cut = Server(sample_copy)
    said, _ = cut.process.communicate(timeout=60)
    assert cut.process.returncode != 0
    assert "is missing, which says where the journal of leads.duckdb ends" in said
    assert "Traceback" not in said
