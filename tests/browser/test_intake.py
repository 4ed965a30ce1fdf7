"""A file of another system in a real Chromium: asked about, mapped, brought in, its refused rows mended, taken back."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as
from tests.conftest import copied

HUBSPOT = Path(__file__).parents[1] / "intake" / "exports" / "hubspot" / "contact_data.csv"
EXPORT = (
    "Id,FirstName,LastName,Email,Company,Website,Homepage__c,CreatedDate\n"
    "00Q1,Ann,Lee,ann@northfield.example,Northfield,,northfield.example,03/04/2024\n"
    "00Q2,Bo,Chen,bo@southfield.example,Southfield,,southfield.example,04/05/2024\n"
    "00Q3,Cy,Diaz,cy@westfield.example,Westfield,,westfield.example,soon\n"
)


@pytest.fixture(scope="module")
def server(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One dashboard on a copy that may be changed."""
    running = Server(copied(sample_file, tmp_path_factory.mktemp("intake")))
    try:
        yield running.wait()
    finally:
        running.stop()


def choose(page: Page, label: str, option: str) -> None:
    """An option of a list of choices."""
    field = page.get_by_role("combobox", name=label, exact=True)
    field.click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def send(page: Page, name: str, content: str | bytes) -> None:
    """Upload a file, and wait until it was looked at."""
    buffer = content if isinstance(content, bytes) else content.encode()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": buffer})
    expect(page.get_by_text("Which column is which")).to_be_visible(timeout=SLOW)
    settle(page)


def bring(page: Page, rows: str) -> None:
    """Press the button that brings the rows in, and wait for the report."""
    page.get_by_role("button", name=f"Import {rows}").click()
    expect(page.get_by_text("Accepted", exact=True)).to_be_visible(timeout=SLOW)
    settle(page)


def figures(page: Page) -> list[str]:
    """How many rows were accepted and refused, as the report says."""
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def test_an_export_is_asked_about_mapped_brought_in_mended_sent_again_and_taken_back(
    server: Server, page: Page, tmp_path: Path
) -> None:
    visit(page, f"{server.url}/intake")
    page.get_by_role("textbox", name=re.compile("Partner id")).fill("brightpath")
    page.get_by_role("textbox", name=re.compile("Partner id")).press("Tab")
    settle(page)
    choose(page, "What the file holds", "Leads")
    send(page, "leads.csv", EXPORT)
    expect(page.get_by_text("How are the dates in ‘CreatedDate’ written?")).to_be_visible()
    expect(page.get_by_role("button", name="Import 3 rows")).to_be_disabled()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()
    choose(page, "Answer to question 1", "day first")
    expect(page.get_by_role("button", name="Import 3 rows")).to_be_enabled(timeout=SLOW)  # drawn anew
    settle(page)
    choose(page, "Column of Website", "Homepage__c")
    expect(page.get_by_text("as you said").first).to_be_visible()
    bring(page, "3 rows")
    assert figures(page) == ["2", "1"]
    later = page.context.new_page()
    visit(later, page.url)
    assert figures(later) == ["2", "1"]
    expect(later.get_by_role("link", name="Open 00Q1")).to_be_visible()
    with later.expect_download() as workbook:
        later.get_by_role("button", name="As XLSX").click()
    assert workbook.value.suggested_filename == "leads.csv.refused.xlsx"
    later.close()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the refused rows").click()
    refused = tmp_path / "refused.csv"
    download.value.save_as(refused)
    assert "cy@westfield.example" in refused.read_text("utf-8-sig")
    assert "ann@northfield.example" not in refused.read_text("utf-8-sig")

    send(page, "leads.csv", EXPORT)
    bring(page, "3 rows")
    assert figures(page) == ["0", "3"]

    mended = refused.read_text("utf-8-sig").replace(",soon", ",05/06/2024")
    send(page, "mended.csv", mended)
    question = page.get_by_role("combobox", name="Answer to question 1")
    if question.count():  # one date alone decides less than three
        choose(page, "Answer to question 1", "day first")
    bring(page, "1 row")
    assert figures(page) == ["1", "0"]

    take_back = page.get_by_role("button", name="Take back")
    expect(take_back).to_have_count(2, timeout=SLOW)
    take_back.first.click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(take_back).to_have_count(1, timeout=SLOW)
    expect(page.get_by_text(re.compile("Taken back$")).first).to_be_visible(timeout=SLOW)


def test_a_hubspot_export_with_errors_comes_in_and_its_rows_are_corrected(
    server: Server, page: Page, tmp_path: Path
) -> None:
    head, *rows = list(csv.reader(HUBSPOT.read_text().splitlines()))
    created = head.index("property_createdate")
    right = rows[1][created]
    rows[1][created] = "soon"
    edited = tmp_path / "edited.csv"
    with edited.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *rows])  # as a spreadsheet of another country saves it
    visit(page, f"{server.url}/intake")
    page.get_by_role("textbox", name=re.compile("Partner id")).fill("brightpath")
    page.get_by_role("textbox", name=re.compile("Partner id")).press("Tab")
    settle(page)
    choose(page, "What the file holds", "Leads")
    send(page, "contacts.csv", edited.read_bytes())
    bring(page, f"{len(rows)} rows")
    assert figures(page) == [str(len(rows) - 1), "1"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the refused rows").click()
    download.value.save_as(tmp_path / "refused.csv")
    refused = (tmp_path / "refused.csv").read_text("utf-8-sig")
    assert refused.count("soon") >= 1 and rows[1][head.index("id")] in refused
    send(page, "mended.csv", re.sub("\\bsoon\\b", right, refused, count=1))
    bring(page, "1 row")
    assert figures(page) == ["1", "0"]


def test_finance_opens_its_pages_and_decides_nothing(server: Server, page: Page) -> None:
    visit(page, server.url)
    act_as(page, "Finn Sample")
    for name in ("Intake", "Look-alikes"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.get_by_role("link", name="Triage").first.click()
    expect(page.get_by_role("heading", level=1, name="Triage")).to_be_visible(timeout=SLOW)
    settle(page)
    page.get_by_role("button", name=re.compile("Next lead")).click()
    page.wait_for_url("**/checklist?lead=**", wait_until="commit")
    settle(page)
    expect(page.get_by_role("button", name="Reject…")).to_have_count(0, timeout=SLOW)
    for verb in ("Pass", "Fail", "Withdrawn…"):
        expect(page.get_by_role("button", name=verb, exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Comment…")).to_be_enabled()
