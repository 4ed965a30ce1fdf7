"""Every page in Chromium, with hostile strings in every field that partners, files and people fill.

Text from outside stays text: no dialog opens, nothing is asked of another origin, nothing of it becomes an element. And
no page breaks a rule of accessibility (WCAG 2.1 A and AA), in light or in dark, or needs more than a narrow window.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core import desk, kept, partners, queue, similar
from core.desk import Signed
from core.people.pages import pages
from core.queue import Filters
from tests.browser.conftest import SLOW, Server, settle, visit
from tests.browser.test_journeys import act_as
from tests.conftest import copied, now

HOSTILE = ("x \"'><script>alert(1)</script><svg onload=alert(2)><img src=http://evil.example/a.png onerror=alert(3)>"
           "<iframe src=javascript:alert(4)></iframe> ![m](http://evil.example/b.png) [l](javascript:alert(5)) "
           "<http://evil.example/c> **b** `c` $\\href{http://evil.example/d}{x}$ :material/bug_report: :red[r] {{7*7}} "
           "\u202etxt\u2066 =HYPERLINK(\"http://evil.example/e\")")
SHORT = "<img src=x onerror=alert(12)> ![m](http://evil.example/h.png) =1+1"
LINK = "https://evil.example/\"><img src=x onerror=alert(6)>"
OUTSIDE = {
    "contacts": ("full_name", "email", "company", "role", "phone", "street", "postal_code", "city", "other_details"),
    "organizations": ("name", "domain", "country", "phone", "street", "postal_code", "city", "other_details"),
    "partners": ("name", "first_name", "last_name", "email", "domain", "country", "check_address", "wire_details"),
    "events": ("decided_by", "reason", "what", "rep", "stage", "transaction", "other_details"),
    "verdicts": ("decided_by", "note"),
}
"""What comes in with leads, files and the CRM: columns whose text nobody here chooses."""
PERSONS = {"sara": "Sara Sample", "mona": "Mona Sample", "finn": "Finn Sample", "ada": "Ada Sample"}
ADDRESSES = {
    "sara": ["home", "triage?queue=All", "triage?queue=All&plain=true", "triage?queue=Look-alikes&plain=true",
             "triage?queue=Decided", "triage?queue=Mine", "triage?as_of={day}", "checklist", "checklist?lead={lead}",
             "checklist?lead={rejected}", "checklist?lead={oldest}&as_of={day}", "checklist?lead={lead}&as_of={today}",
             "checklist?lead=<img src=x onerror=alert(7)>", "conflicts", "conflicts?case={second}", "partners",
             "partners?partner={partner}", "partners?partner=<svg onload=alert(8)>", "matches", "intake"],
    "mona": ["pipeline", "pipeline?tables=true", "terms", "terms?program=raf&clause=raf.valid.2",
             "terms?program=raf&part=Settings", "terms?program=raf&part=Criteria",
             "terms?program=raf&part=Criteria&criterion=replied_30d&verdict=fail",
             "terms?program=raf&part=Open questions", "journal"],
    "finn": ["home", "payouts", "payouts?as_of={day}", "payouts?plain=true", "payouts?view=Months&plain=true",
             *(f"payouts?view={view}"
               for view in ("In the way", "Ahead", "Batches", "Payees", "Statements", "Months", "Years"))],
    "ada": ["admin", "admin?section=Roles given", "admin?section=Erase a contact", "admin?section=For operators"],
}
"""By person what is opened."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
WIDTHS = (1280, 800)
"""Of windows in which every page can be used."""
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 20, 24)"}
"""Of the page in each mode, as .streamlit/config.toml says."""


def told(con: duckdb.DuckDBPyConnection, named: dict[str, str], folder: Path) -> None:
    """Write the text into everything that people fill, each through the desk."""
    ran = iter(range(1000))

    def signed(person: str, lead: str | None = None) -> Signed:
        return Signed(person, f"hostile/{next(ran)}", now(), desk.version(con, lead) if lead else None)

    def act(action, person: str, lead: str, *given: object, **more: object) -> desk.Done:
        return action(con, signed(person, lead), lead, *given, **more)

    lead = named["lead"]
    act(desk.claim, "sara", lead)
    act(desk.comment, "sara", lead, HOSTILE)
    act(desk.snooze, "sara", lead, now().date() + dt.timedelta(30), HOSTILE)
    act(desk.log_activity, "sara", lead, "call", "phone", note=HOSTILE)
    act(desk.judge, "sara", lead, "b2b_fit", "pass", HOSTILE)
    act(desk.judge, "sara", lead, "scale", "pass", link=LINK)
    asked = act(desk.request_action, "sara", lead, ["scale"], HOSTILE)
    act(desk.answer_request, "sara", lead, asked.after["request"], HOSTILE)
    act(desk.request_action, "sara", lead, ["scale"], HOSTILE)
    disputed = act(desk.open_dispute, "sara", lead, "other", HOSTILE)
    act(desk.resolve_dispute, "mona", lead, disputed.after["dispute"], "dismissed", HOSTILE)
    act(desk.open_dispute, "sara", lead, "other", HOSTILE)
    act(desk.record_finding, "mona", lead, "false_lead", HOSTILE)
    act(desk.reject, "sara", named["rejected"], "cerri.3.3", HOSTILE)
    desk.save_view(con, signed("sara"), HOSTILE[:60], Filters(None, queue="new"), is_shared=True)
    desk.save_view(con, signed("sara"), "<img src=x onerror=alert(9)>", Filters(None, queue="open"), is_shared=True)
    desk.set_setting(con, signed("mona"), "raf.bonus_amount", "500", now().date() + dt.timedelta(1), HOSTILE)
    desk.propose_payee_details(con, signed("finn"), named["partner"],
                               {"first_name": SHORT, "last_name": SHORT, "street": SHORT, "city": SHORT, "country": "DE"})
    desk.add_person(con, signed("ada"), "eve", HOSTILE, "eve@evil.example")
    desk.grant(con, signed("ada"), "eve", "sales")
    act(desk.assign, "mona", named["second"], "eve")
    act(desk.comment, "eve", named["second"], HOSTILE, ["sara"])
    for row in con.cursor().execute("select id from near_matches order by score desc limit 1").fetchall():
        desk.settle_match(con, signed("sara"), row[0], "different", HOSTILE)
    desk.import_file(con, signed("sara"), rows_of(folder), "cerri", "leads", named["partner_of_lead"])


def rows_of(folder: Path) -> Path:
    """A file with hostile header, cells and name, of which one row is good and two are refused."""
    file = folder / "a ![x](http:⁄⁄evil.example⁄f.png) <img src=x onerror=alert(10)>.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Full name", "Email", "Company", "Submitted", HOSTILE])
        writer.writerow([HOSTILE, "anna@good.example", HOSTILE, "2026-06-01", HOSTILE])
        writer.writerow([HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE])
        writer.writerow([HOSTILE, "ben@good.example", HOSTILE, "31/02/2026", HOSTILE])
    return file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database and the file stand."""
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def named(sample_file: Path, folder: Path) -> tuple[Path, dict[str, str]]:
    """The database full of it, and what the addresses name."""
    path = copied(sample_file, folder)
    con = desk.open_database(path, now())
    as_of = kept.kept_as_of(con)
    pending = queue.page(con, as_of, Filters(program="cerri"), 1, 3)
    found = {"lead": pending["lead"][0], "rejected": pending["lead"][1], "partner_of_lead": pending["partner"][0],
             "partner": partners.figures(con, as_of)["partner"][0]}
    oldest = queue.page(con, as_of, Filters(sorted_by="oldest"), 1, 1).row(0, named=True)
    waiting = queue.page(con, as_of, Filters(), 1, 200)["lead"]
    found |= {"today": as_of.date().isoformat(), "oldest": oldest["lead"], "day": oldest["submitted_at"].date().isoformat(),
              "alike": next(lead for lead in waiting if similar.similar(con, lead)[1])}
    with con.cursor() as cursor:
        found["second"] = cursor.execute(
            "select c.loser from conflicts as c join evaluations as e on e.lead = c.loser order by 1 limit 1"
        ).fetchall()[0][0]
    told(con, found, folder)
    with con.cursor() as cursor:
        for table, columns in OUTSIDE.items():
            for column in columns:
                cursor.execute(f"update {table} set {column} = $text where {column} is not null or rowid % 3 = 0",
                               {"text": HOSTILE}).fetchall()
    con.close()
    return path, found


@pytest.fixture(scope="module")
def server(named: tuple) -> Iterator[Server]:
    """One dashboard on it."""
    running = Server(named[0])
    try:
        yield running.wait()
    finally:
        running.stop()


@pytest.fixture
def tab(page: Page) -> Iterator[Page]:
    """A tab that fails its test where a dialog opens or something is asked of another origin."""
    opened: list[str] = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    yield page
    assert not opened


def looked_at(tab: Page) -> None:
    """Nothing of the text became an element, and no page broke."""
    settle(tab)
    assert tab.locator("img[src*='evil'], img[src='x'], a[href*='evil'], a[href^='javascript'], iframe[src*='alert'], "
                       "svg[onload], [onerror]").count() == 0
    assert tab.get_by_test_id("stException").count() == 0


def breaks_no_rule(tab: Page) -> None:
    """What is shown breaks no rule in light, and once the browser turned dark. Nothing lies under the pointer: there
    Streamlit writes in the colour of its primary buttons, which cannot stand out from dark and below white alike."""
    tab.mouse.move(1, 1)
    for scheme, colour in BACKGROUNDS.items():
        tab.emulate_media(color_scheme=scheme)
        expect(tab.get_by_test_id("stApp")).to_have_css("background-color", colour, timeout=SLOW)
        settle(tab)
        found = Axe().run(tab, options=RULES)
        where = [node["html"] for one in found.response["violations"] for node in one["nodes"]]
        assert found.violations_count == 0, (scheme, where, found.generate_report())


def fits(tab: Page) -> None:
    """Nothing lies beyond the edge of a narrow window: nobody has to scroll sideways."""
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 1000})
        tab.wait_for_function("""() => {
            const main = document.querySelector("[data-testid=stMain]");
            return main.scrollWidth <= main.clientWidth;
        }""", timeout=SLOW)  # a grid follows the window a moment later


def opened(tab: Page, server: Server, person: str, address: str) -> None:
    """Open an address as a person."""
    visit(tab, f"{server.url}/{address.removeprefix('home')}")
    if person != "sara":
        act_as(tab, PERSONS[person])


def test_no_page_is_left_out() -> None:
    assert {one.partition("?")[0] for each in ADDRESSES.values() for one in each} == set(pages())


@pytest.mark.parametrize(("person", "address"), [(who, one) for who, each in ADDRESSES.items() for one in each])
def test_no_page_runs_anything_of_it_or_breaks_a_rule_of_accessibility(
    server: Server, tab: Page, named: tuple, person: str, address: str
) -> None:
    opened(tab, server, person, address.format(**named[1]))
    for folded in tab.get_by_test_id("stExpander").all():
        folded.locator("summary").first.click()
    tab.mouse.wheel(0, 3000)
    looked_at(tab)
    breaks_no_rule(tab)
    fits(tab)


@pytest.mark.parametrize(("address", "person", "button"), [
    ("triage?search={alike}", "sara", "Compare"), ("triage", "sara", "Save view…"), ("triage", "sara", "Keys"),
    ("checklist?lead={lead}", "sara", "Reject…"), ("checklist?lead={lead}", "sara", "Ask the partner…"),
    ("checklist?lead={lead}", "mona", "Approve…"),
    ("pipeline", "mona", "Download"), ("payouts", "finn", "Prepare a batch…"),
    ("payouts?view=Payees", "finn", "Record details…"), ("payouts?view=Months", "finn", "Close…"),
    ("terms?program=raf&part=Settings", "mona", "Change…"), ("conflicts", "mona", "Open a case…"),
    ("partners?partner={partner}", "mona", "Record a finding…"), ("admin", "ada", "Add a person…"),
    ("intake", "sara", "One lead by hand…"),
])
def test_what_a_button_opens_breaks_no_rule_either(
    server: Server, tab: Page, named: tuple, address: str, person: str, button: str
) -> None:
    opened(tab, server, person, address.format(**named[1]))
    tab.get_by_role("button", name=button).first.click()
    expect(tab.get_by_role("dialog").or_(tab.get_by_test_id("stPopoverBody")).first).to_be_visible(timeout=SLOW)
    looked_at(tab)
    breaks_no_rule(tab)


def test_an_open_clause_breaks_no_rule_either(server: Server, tab: Page, named: tuple) -> None:
    opened(tab, server, "sara", f"checklist?lead={named[1]['lead']}")
    tab.locator("[data-testid=stPopover] button").nth(1).click()
    expect(tab.get_by_text("Decided by").first).to_be_visible(timeout=SLOW)
    looked_at(tab)
    breaks_no_rule(tab)


def test_dialogs_and_popovers_hold_it_as_text_too(server: Server, tab: Page, named: tuple) -> None:
    visit(tab, f"{server.url}/checklist?lead={named[1]['lead']}")
    for name in ("Compare", "Dispute…", "Reject…", "Ask the partner…"):
        button = tab.get_by_role("button", name=name).first
        if button.count() and button.is_enabled():
            button.click()
            expect(tab.get_by_role("dialog")).to_be_visible(timeout=SLOW)
            looked_at(tab)
            tab.keyboard.press("Escape")
            expect(tab.get_by_role("dialog")).to_have_count(0, timeout=SLOW)
    visit(tab, f"{server.url}/triage")
    tab.get_by_role("button", name="Save view…").click()
    expect(tab.get_by_role("dialog").get_by_text("<img src=x onerror=alert(9)>")).to_be_visible(timeout=SLOW)
    looked_at(tab)


def test_an_upload_asks_and_reports_in_plain_text(server: Server, tab: Page, folder: Path) -> None:
    visit(tab, f"{server.url}/intake")
    file = rows_of(folder)
    file.write_text(file.read_text(encoding="utf-8").replace("2026-06-01", "2026-06-02"), encoding="utf-8")
    tab.locator("input[type=file]").set_input_files(file)
    expect(tab.get_by_role("button", name="Import").first).to_be_visible(timeout=SLOW)
    looked_at(tab)


def test_what_is_typed_comes_back_as_text(server: Server, tab: Page) -> None:
    visit(tab, f"{server.url}/triage")
    tab.get_by_role("textbox", name="Search").fill("<img src=x onerror=alert(11)>![a](http://evil.example/g.png)")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("No lead matches")).to_be_visible(timeout=SLOW)
    looked_at(tab)


def test_the_text_is_there_at_all(server: Server, browser: Browser, tab: Page, named: tuple) -> None:
    visit(tab, f"{server.url}/checklist?lead={named[1]['lead']}")
    expect(tab.locator("h1").filter(has_text="<script>alert(1)</script>")).to_be_visible(timeout=SLOW)
    assert tab.get_by_text("alert(1)").count() > 3
