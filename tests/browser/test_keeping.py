"""Who keeps terms and people, in a real Chromium: a manager sets a setting, an admin grants a role and erases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core import desk
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as, confirm, press
from tests.conftest import copied, now


@pytest.fixture(scope="module")
def database(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample that may be changed."""
    return copied(sample_file, tmp_path_factory.mktemp("keeping"))


@pytest.fixture(scope="module")
def contact(database: Path) -> dict[str, str]:
    """A contact with an address and a name of its own."""
    con = desk.open_database(database, now())
    with con.cursor() as cursor:
        row = cursor.execute(
            "select c.id, c.full_name, c.email from contacts as c join leads as l on l.contact = c.id "
            "where c.email is not null and regexp_full_match(c.full_name, '[A-Za-z]+ [A-Za-z]{5,}') order by c.id desc "
            "limit 1").fetchall()[0]
    con.close()
    return dict(zip(("id", "name", "email"), row, strict=True))


@pytest.fixture(scope="module")
def server(database: Path, contact: dict) -> Iterator[Server]:
    """One dashboard on the copy."""
    running = Server(database)
    try:
        yield running.wait()
    finally:
        running.stop()


def test_a_manager_looks_at_what_a_bonus_would_change_sets_it_and_finds_it_in_the_journal(
    server: Server, page: Page
) -> None:
    visit(page, server.url)
    act_as(page, "Mona Sample")
    page.get_by_role("link", name="Terms").click()
    expect(page.get_by_role("heading", name="Terms")).to_be_visible(timeout=SLOW)
    settle(page)
    page.get_by_role("radio", name="Refer-a-Friend").check(force=True)
    page.wait_for_url("**program=raf**", wait_until="commit")
    settle(page)
    page.get_by_text("Settings", exact=True).click()
    expect(page.get_by_text("payout lines wait for it")).to_be_visible(timeout=SLOW)
    settle(page)

    page.locator(".st-key-setting-raf-bonus_amount").get_by_role("button", name="Change…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("spinbutton", name="year").press_sequentially("2020")
    page.keyboard.press("Escape")  # the calendar that opens beside the field
    dialog.get_by_role("textbox", name="New value").fill("500")
    dialog.get_by_role("button", name="Show what would change").click()
    expect(dialog.get_by_text("not known → US$")).to_be_visible(timeout=SLOW)
    settle(page)
    dialog.get_by_role("textbox", name="Who decided it").fill("The board, minutes of March")
    confirm(page)
    expect(dialog).to_have_count(0, timeout=SLOW)
    expect(page.get_by_text("Set by Mona Sample")).to_be_visible(timeout=SLOW)
    settle(page)

    page.get_by_role("link", name="Journal").click()
    expect(page.get_by_text("value: not set → 500.00")).to_be_visible(timeout=SLOW)
    settle(page)
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("Every row is what entry")).to_be_visible(timeout=SLOW)


def test_an_admin_grants_a_role_and_erases_a_contact(server: Server, page: Page, contact: dict) -> None:
    visit(page, server.url)
    act_as(page, "Ada Sample")
    page.get_by_role("link", name="Admin").click()
    expect(page.get_by_role("heading", name="Admin")).to_be_visible(timeout=SLOW)
    settle(page)
    row = page.locator(".st-key-person-sara")
    row.get_by_role("button", name="Grant…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Role").click()
    page.get_by_role("option", name="channel").click()
    confirm(page)
    expect(dialog).to_have_count(0, timeout=SLOW)
    expect(row.get_by_text("channel in every program")).to_be_visible(timeout=SLOW)
    settle(page)

    page.get_by_text("Erase a contact", exact=True).click()
    whom = page.get_by_role("textbox", name="Whom")
    expect(whom).to_be_visible(timeout=SLOW)
    whom.fill(contact["email"])
    whom.press("Enter")
    found = page.locator(f".st-key-contact-{contact['id']}")
    expect(found.get_by_text(contact["name"])).to_be_visible(timeout=SLOW)
    settle(page)
    found.get_by_role("button", name="Erase…").click()
    dialog.get_by_role("textbox", name="The id of the contact").fill(contact["id"])
    confirm(page)
    expect(page.get_by_text(f"Contact {contact['id']}")).to_be_visible(timeout=SLOW)
    settle(page)
    expect(page.get_by_text(contact["name"])).to_have_count(0)
    expect(page.get_by_text(contact["email"])).to_have_count(0)


def test_a_clause_of_a_verdict_opens_in_the_terms(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/triage?program=Refer-a-Friend")
    press(page, "o")
    page.wait_for_url("**/checklist?lead=**", wait_until="commit")
    expect(page.get_by_text("Qualification", exact=True)).to_be_visible(timeout=SLOW)
    settle(page)
    page.locator("[class*=st-key-clause-]").first.get_by_role("button").click()
    page.get_by_role("link", name="In the terms").click()
    page.wait_for_url("**/terms?program=raf&clause=**", wait_until="commit")
    expect(page.get_by_text("Decided by").first).to_be_visible(timeout=SLOW)
