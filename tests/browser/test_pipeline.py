"""A manager from a chart to its leads and on to one of them, in a real Chromium; and back by the address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core import kept, pipeline, store
from core.pipeline import Chosen
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as
from tests.conftest import copied


@pytest.fixture(scope="module")
def database(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample: a file can be open in one process only."""
    return copied(sample_file, tmp_path_factory.mktemp("pipeline"))


@pytest.fixture(scope="module")
def lost(database: Path) -> dict:
    """What most leads of the last twelve months were lost under: mark, name, leads."""
    con = store.connect(database)
    as_of = kept.kept_as_of(con)
    months = pipeline.months(con, as_of)
    found = pipeline.read(con, Chosen(first=months[max(len(months) - 12, 0)], last=months[-1]), "program", as_of)
    con.close()
    return found.deaths.row(0, named=True)


@pytest.fixture(scope="module")
def server(database: Path, lost: dict) -> Iterator[Server]:
    """One dashboard on the copy."""
    running = Server(database)
    try:
        yield running.wait()
    finally:
        running.stop()


def open_page(page: Page, server: Server) -> None:
    """The Pipeline page as a manager sees it, with its charts drawn."""
    visit(page, server.url)
    act_as(page, "Mona Sample")
    page.get_by_role("link", name="Pipeline").click()
    expect(page.get_by_role("heading", name="Pipeline")).to_be_visible(timeout=SLOW)
    expect(page.locator("[aria-roledescription=bar]").first).to_be_visible(timeout=SLOW)
    settle(page)


def test_a_manager_goes_from_a_mark_to_its_leads_and_to_one_of_them(server: Server, page: Page, lost: dict) -> None:
    open_page(page, server)
    page.locator(f'[aria-roledescription=bar][aria-label*="{lost["name"]}"]').click()
    expect(page.get_by_role("heading", name=lost["mark"])).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(f"of {lost['leads']:,} leads, the latest first")).to_be_visible()
    page.wait_for_url("**rows=**", wait_until="commit")
    settle(page)
    grid = page.get_by_test_id("stDataFrame")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 17)
    link = page.get_by_role("link", name="Open ")
    expect(link).to_be_visible(timeout=SLOW)
    lead = link.inner_text().removeprefix("Open ")
    link.click()
    page.wait_for_url(f"**lead={lead}**", wait_until="commit")
    expect(page.get_by_text("Timeline")).to_be_visible(timeout=SLOW)


def test_without_a_mouse_a_mark_is_chosen_from_the_list_and_leads_are_links(
        server: Server, page: Page, lost: dict) -> None:
    open_page(page, server)
    choice = page.get_by_role("combobox", name="Open the leads of")
    choice.click()
    choice.fill(lost["mark"])
    page.get_by_role("option", name=lost["mark"]).click()
    expect(page.get_by_role("heading", name=lost["mark"])).to_be_visible(timeout=SLOW)
    page.get_by_text("Plain lists").click()
    expect(page.get_by_role("link", name="Open ")).to_have_count(min(20, lost["leads"]), timeout=SLOW)
