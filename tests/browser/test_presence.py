"""Two people on one lead, each in a tab of their own, are told of each other; and no longer once one has left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import kept, queue, store
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as
from tests.conftest import copied


@pytest.fixture(scope="module")
def database(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample: a file can be open in one process only."""
    return copied(sample_file, tmp_path_factory.mktemp("presence"))


@pytest.fixture(scope="module")
def lead(database: Path) -> str:
    """An undecided lead."""
    con = store.connect(database)
    found = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 1)["lead"][0]
    con.close()
    return found


@pytest.fixture(scope="module")
def server(database: Path, lead: str) -> Iterator[Server]:
    """One dashboard on the copy."""
    running = Server(database)
    try:
        yield running.wait()
    finally:
        running.stop()


def test_who_has_the_same_lead_open_is_said_to_both(server: Server, browser: Browser, page: Page, lead: str) -> None:
    other = browser.new_page(viewport={"width": 1440, "height": 900})
    visit(other, f"{server.url}/checklist?lead={lead}")
    act_as(other, "Chen Sample")
    visit(page, f"{server.url}/checklist?lead={lead}")
    expect(page.get_by_text("Chen Sample has this lead open now.")).to_be_visible(timeout=SLOW)
    other.get_by_role("link", name="Home", exact=True).click()
    expect(other.get_by_role("heading", name="Home")).to_be_visible(timeout=SLOW)
    settle(other)
    page.get_by_role("heading", level=1).first.click()
    page.reload()
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=SLOW)
    settle(page)
    expect(page.get_by_text("has this lead open now.")).to_have_count(0)
    other.go_back()
    settle(other)
    page.reload()
    expect(page.get_by_text("Chen Sample has this lead open now.")).to_be_visible(timeout=SLOW)
    other.close()
    page.reload()
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=SLOW)
    settle(page)
    expect(page.get_by_text("has this lead open now.")).to_have_count(0)
