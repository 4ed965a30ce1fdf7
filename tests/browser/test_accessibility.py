"""Every page, light and dark, breaks no rule of accessibility (WCAG 2.1 A and AA), as who may open it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core import kept, partners, queue, similar, store
from core.people.pages import pages
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 20, 24)"}
"""Of the page in each mode, as .streamlit/config.toml says."""
BY = {"sales": "Sara Sample", "manager": "Mona Sample", "finance": "Finn Sample", "admin": "Ada Sample"}
ADDRESSES = {
    "home": ["home", "home as finance"],
    "triage": ["triage", "triage?plain=true", "triage?queue=Decided", "triage?queue=Mine"],
    "checklist": ["checklist", "checklist?lead={rejected}", "checklist?lead={pending}&as_of={day}"],
    "conflicts": ["conflicts", "conflicts?case={pending}"], "partners": ["partners", "partners?partner={partner}"],
    "pipeline": ["pipeline", "pipeline?tables=true"], "matches": ["matches"],
    "payouts": ["payouts", "payouts?as_of={day}",
                *(f"payouts?view={view}" for view in ("In the way", "Ahead", "Batches", "Payees", "Statements", "Months"))],
    "intake": ["intake"], "journal": ["journal"], "admin": ["admin", "admin?section=For operators"],
    "terms": ["terms", "terms?program=raf&clause=raf.valid.2", "terms?program=raf&part=Settings",
              "terms?program=raf&part=Criteria&criterion=replied_30d&verdict=fail",
              "terms?program=raf&part=Open questions"],
}
"""By page what is opened, as a role that is named or else as the first that may."""


@pytest.fixture(scope="module")
def named(sample_file: Path) -> dict[str, str]:
    """What the addresses name, read before the server takes the file."""
    con = store.connect(sample_file)
    as_of = kept.kept_as_of(con)
    found = {"rejected": queue.page(con, as_of, queue.Filters("rejected"), 1, 1)["lead"][0],
             "partner": partners.figures(con, as_of)["partner"][0]}
    oldest = queue.page(con, as_of, queue.Filters(sorted_by="oldest"), 1, 1).row(0, named=True)
    found |= {"pending": oldest["lead"], "day": oldest["submitted_at"].date().isoformat()}
    waiting = queue.page(con, as_of, queue.Filters(), 1, 200)["lead"]
    found["alike"] = next(lead for lead in waiting if similar.similar(con, lead)[1])
    con.close()
    return found


@pytest.fixture(scope="module")
def server(sample_file: Path, named: dict) -> Iterator[Server]:
    """One dashboard on the shared sample."""
    running = Server(sample_file)
    try:
        yield running.wait()
    finally:
        running.stop()


def breaks_no_rule(page: Page) -> None:
    """What is shown breaks no rule in light, and once the browser turned dark."""
    for scheme, colour in BACKGROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", colour, timeout=SLOW)
        settle(page)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, (scheme, found.generate_report())


def test_no_page_is_left_out() -> None:
    assert set(ADDRESSES) == set(pages())


@pytest.mark.parametrize("address", [one for each in ADDRESSES.values() for one in each])
def test_no_page_breaks_the_rules_of_accessibility(server: Server, page: Page, named: dict, address: str) -> None:
    path, _, role = address.partition(" as ")
    name = path.partition("?")[0] or "home"
    path = "" if path == "home" else path.format(**named)
    visit(page, f"{server.url}/{path}")
    role = role or next(one for one in BY if one in pages()[name].roles)
    if role != "sales":
        act_as(page, BY[role])
        settle(page)
    breaks_no_rule(page)


@pytest.mark.parametrize(("address", "who", "button"), [
    ("triage?search={alike}", "Sara Sample", "Compare"), ("triage", "Sara Sample", "Save view…"),
    ("triage", "Sara Sample", "Keys"), ("pipeline", "Mona Sample", "Download"),
])
def test_what_a_button_opens_breaks_no_rule_either(
    server: Server, page: Page, named: dict, address: str, who: str, button: str
) -> None:
    visit(page, f"{server.url}/{address.format(**named)}")
    if who != "Sara Sample":
        act_as(page, who)
    page.get_by_role("button", name=button).first.click()
    expect(page.get_by_role("dialog").or_(page.get_by_test_id("stPopoverBody")).first).to_be_visible(timeout=SLOW)
    settle(page)
    breaks_no_rule(page)
