"""Finance from a blocked payout to a paid batch, two people in two browsers; neither can do what the other must."""

import csv
import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import desk, ledger, people
from core.desk import Signed
from core.people import Forbidden
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as
from tests.conftest import now
from tests.desk.world import ask

IBAN = "DE89370400440532013000"
OWED = "100.10"


def document() -> str:
    """One registration with a commission of a tenth on 1,001.00, of a partner abroad whose bank account nobody knows."""
    def ago(days: int) -> str:
        return f"{(now() - dt.timedelta(days)).isoformat()}Z"

    return json.dumps({
        "id": "blocked", "settings": {"ptr.commission_rate": 0.1},
        "partners": [{"id": "SPREE", "kind": "referral_partner", "name": "Spree Partners", "country": "DE",
                      "email": "office@spree.example"}],
        "organizations": [{"id": "O1", "name": "Contoso Logistics", "domain": "contoso.example", "kind": "business"}],
        "contacts": [{"id": "C1", "org": "O1", "full_name": "Mia Contoso", "email": "mia@contoso.example",
                      "company": "Contoso Logistics", "role": "VP Operations"}],
        "leads": [{"id": "M1", "program": "ptr", "partner": "SPREE", "contact": "C1", "org": "O1",
                   "submitted_at": ago(100), "channel": "web_form", "products": ["integrator_io"],
                   "follow_up_with": "prospect", "source_context": "normal",
                   "expected_decision_date": (now().date() + dt.timedelta(60)).isoformat()}],
        "events": [
            {"type": "accepted", "at": ago(99), "lead": "M1", "by": "imported"},
            {"type": "deal_won", "at": ago(50), "lead": "M1", "transaction": "T1"},
            {"id": "pay-M1", "type": "customer_payment", "at": ago(20), "lead": "M1", "transaction": "T1",
             "subscription_amount": 1001, "currency": "USD"},
        ],
        "verdicts": [{"lead": "M1", "criterion": one, "verdict": "pass", "by": "imported", "at": ago(99)}
                     for one in ("decision_role", "interest")],
    })


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The people of the sample, and the blocked payout."""
    path = tmp_path / "leads.duckdb"
    con = desk.open_database(path, now())
    for name, whole_name, role, program in people.SAMPLE:
        desk.add_person(con, Signed("operator", f"person/{name}", now()), name, whole_name)
        desk.grant(con, Signed("operator", f"grant/{name}", now()), name, role, program)
    desk.load(con, Signed("operator", "load", now()), [document()])
    con.close()
    return path


@contextmanager
def served(database: Path) -> Iterator[str]:
    """The address of a dashboard over the database, for as long as the block runs."""
    running = Server(database)
    try:
        yield running.wait().url
    finally:
        running.stop()


@pytest.fixture
def finn(browser: Browser) -> Iterator[Page]:
    """Finn's browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def fay(browser: Browser) -> Iterator[Page]:
    """Fay's browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def at(page: Page, address: str, view: str, who: str) -> None:
    """A view of the page Payouts, as a person."""
    visit(page, f"{address}/payouts?view={view.replace(' ', '+')}")
    act_as(page, who)


def press(page: Page, name: str | re.Pattern) -> None:
    """A button of the page or of an open dialog, once all is at rest."""
    settle(page)
    page.get_by_role("button", name=name).last.click()
    settle(page)


def test_a_blocked_payout_is_unblocked_and_paid_by_two_people_neither_of_whom_could_alone(
    database: Path, finn: Page, fay: Page, tmp_path: Path
) -> None:
    with served(database) as address:
        it_is_unblocked(address, finn, fay)
        batch = it_is_prepared_and_not_approved_by_who_prepared_it(address, finn)
    the_desk_refuses_it_too_and_writes_that_down(database, batch)
    with served(database) as address:
        it_is_approved_by_another(address, fay)
        file = it_is_given_out_as_a_file(address, finn, tmp_path)
        it_is_paid_as_a_returned_file_says(address, finn, fay, file)
    the_books_agree(database, batch, file)


def it_is_unblocked(address: str, finn: Page, fay: Page) -> None:
    at(finn, address, "In the way", "Finn Sample")
    expect(finn.get_by_text("wire details")).to_have_count(1, timeout=SLOW)
    finn.get_by_text("Plain lists").click()
    expect(finn.get_by_text(f"Amount: {OWED}")).to_have_count(1, timeout=SLOW)
    expect(finn.get_by_role("button", name="Its lines")).to_be_visible()
    finn.get_by_text("Plain lists").click()

    at(fay, address, "Payees", "Mona Sample")  # a manager sits at this browser and records what the partner wrote
    press(fay, "Record details…")
    dialog = fay.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Country (two letters").fill("DE")
    dialog.get_by_role("textbox", name="IBAN").fill(IBAN)
    press(fay, re.compile("^Record"))
    expect(dialog).to_have_count(0, timeout=SLOW)

    at(finn, address, "Payees", "Finn Sample")
    press(finn, "Confirm details…")
    expect(finn.get_by_role("dialog").get_by_text("3000")).to_be_visible(timeout=SLOW)  # the end of the account, masked
    assert IBAN not in finn.content()
    press(finn, re.compile("^Confirm"))
    expect(finn.get_by_role("dialog")).to_have_count(0, timeout=SLOW)
    at(finn, address, "In the way", "Finn Sample")
    expect(finn.get_by_text("Nothing is in the way")).to_be_visible(timeout=SLOW)


def it_is_prepared_and_not_approved_by_who_prepared_it(address: str, finn: Page) -> str:
    at(finn, address, "Lines", "Finn Sample")
    press(finn, re.compile("^Prepare a batch"))
    expect(finn.get_by_role("dialog").get_by_text("Another person approves it")).to_be_visible(timeout=SLOW)
    press(finn, re.compile(rf"^Prepare US\${re.escape(OWED)}"))
    expect(finn.get_by_role("dialog")).to_have_count(0, timeout=SLOW)
    at(finn, address, "Batches", "Finn Sample")
    expect(finn.get_by_role("button", name=re.compile("^Approve…"))).to_be_disabled(timeout=SLOW)
    expect(finn.get_by_text("another person of finance does")).to_have_count(1)
    finn.keyboard.press("a")
    settle(finn)
    expect(finn.get_by_role("dialog")).to_have_count(0)
    return re.search(r"batches-\w+", finn.locator("body").inner_text())[0]


def the_desk_refuses_it_too_and_writes_that_down(database: Path, batch: str) -> None:
    con = desk.open_database(database, now())
    row = ledger.batch(con, batch)
    with pytest.raises(Forbidden, match="Who prepared or approved a batch does not approve it"):
        desk.approve_batch(con, Signed("finn", "own batch", now()), batch, row["total"], row["lines"])
    assert ledger.batch(con, batch)["state"] == "prepared"
    con.close()


def it_is_approved_by_another(address: str, fay: Page) -> None:
    visit(fay, f"{address}/journal")
    act_as(fay, "Fay Sample")
    expect(fay.get_by_text("was refused: approve a batch")).to_have_count(1, timeout=SLOW)
    at(fay, address, "Batches", "Fay Sample")
    press(fay, re.compile("^Approve…"))
    dialog = fay.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Type the total").fill("100.00")
    press(fay, re.compile(r"^Approve US\$"))
    expect(dialog.get_by_text("Look again")).to_be_visible(timeout=SLOW)
    dialog.get_by_role("textbox", name="Type the total").fill(OWED)
    press(fay, re.compile(r"^Approve US\$"))
    expect(dialog).to_have_count(0, timeout=SLOW)
    expect(fay.get_by_text("Fay Sample approved it.")).to_be_visible(timeout=SLOW)


def it_is_given_out_as_a_file(address: str, finn: Page, folder: Path) -> bytes:
    at(finn, address, "Batches", "Finn Sample")
    finn.get_by_role("button", name=re.compile("^Give out")).first.click()
    with finn.expect_download(timeout=SLOW) as given:
        finn.get_by_role("button", name="Download", exact=True).click(timeout=SLOW)
    given.value.save_as(folder / "wires.csv")
    content = (folder / "wires.csv").read_bytes()
    expect(finn.get_by_text(f"SHA-256 {hashlib.sha256(content).hexdigest()[:12]}…")).to_have_count(1, timeout=SLOW)
    return content


def it_is_paid_as_a_returned_file_says(address: str, finn: Page, fay: Page, file: bytes) -> None:
    at(fay, address, "Batches", "Fay Sample")
    expect(fay.get_by_role("button", name=re.compile("^What became of it"))).to_be_disabled(timeout=SLOW)

    at(finn, address, "Batches", "Finn Sample")
    press(finn, re.compile("^What became of it"))
    finn.get_by_role("dialog").locator("input[type=file]").set_input_files(
        {"name": "back.csv", "mimeType": "text/csv", "buffer": returned(file)})
    expect(finn.get_by_role("dialog").get_by_text("1 paid, 0 failed")).to_be_visible(timeout=SLOW)
    finn.get_by_role("dialog").get_by_role("button", name="Record 1").click()
    expect(finn.get_by_role("dialog")).to_have_count(0, timeout=SLOW)
    expect(finn.get_by_text("Settled", exact=True)).to_have_count(1, timeout=SLOW)

    at(finn, address, "Lines", "Finn Sample")
    expect(finn.get_by_text(re.compile(r"Paid \d"))).to_be_visible(timeout=SLOW)


def returned(file: bytes) -> bytes:
    """The file as the bank sends it back: what became of each payment, and when."""
    rows = list(csv.DictReader(io.StringIO(file.decode())))
    assert [(row["iban"], row["amount"]) for row in rows] == [(IBAN, OWED)]
    answered = [row | {"result": "executed", "paid_on": now().date().isoformat(), "reference": "TX-1"} for row in rows]
    text = io.StringIO()
    out = csv.DictWriter(text, answered[0])
    out.writeheader()
    out.writerows(answered)
    return text.getvalue().encode()


def the_books_agree(database: Path, batch: str, file: bytes) -> None:
    con = desk.open_database(database, now())
    assert ask(con, "select lead, state, amount::varchar, paid_on from lines") == [("M1", "paid", OWED, now().date())]
    assert ask(con, "select json_extract_string(after, '$.sha256') from journal where action = 'export_batch'") == [
        (hashlib.sha256(file).hexdigest(),)]
    assert ask(con, "select person, action from journal where action like '%batch' or action = 'record_results' or "
                    "action = 'refused' order by number") == [
        ("finn", "prepare_batch"), ("finn", "refused"), ("fay", "approve_batch"), ("finn", "export_batch"),
        ("finn", "record_results")]
    assert (ledger.batch(con, batch)["state"], desk.first_fault(con)) == ("settled", None)
    con.close()
