"""A partner's statement as a browser draws and prints it: it loads nothing, and nothing sticks out or is cut off."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from core.exports.statements import as_html
from tests.exports.test_statements import statement

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH & Co. KG"
WIDTH = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.mark.parametrize(("medium", "width"), [
    ("screen", 1280), ("screen", 800), ("screen", 390), ("print", 1280), ("print", 800)])
def test_it_stands_on_the_page_whatever_a_partner_is_called(
    browser: Browser, tmp_path: Path, medium: str, width: int
) -> None:
    file = tmp_path / "statement.html"
    file.write_bytes(as_html(replace(statement(LONG), partner_name=LONG)))
    page = browser.new_page(viewport={"width": width, "height": 1100})
    page.emulate_media(media=medium)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    drawn, wide = page.evaluate(WIDTH)
    assert drawn <= wide
    assert page.get_by_role("heading", name="Statement for June 2026").is_visible()
    assert asked == [file.as_uri()]
    assert len(page.screenshot(full_page=True)) > 20_000
    page.close()


def test_it_prints_on_paper(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "statement.html"
    file.write_bytes(as_html(statement()))
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
