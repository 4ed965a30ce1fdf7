"""How fast the pages answer: the typical clicks of every page and role in a browser, beside an empty page's button."""

import statistics
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as NotThere

from tests.bench.measuring import Row, at_most, p95, said
from tests.bench.serving import EMPTY, Served, served, worked_on
from tests.bench.tabs import Tab, chromium, tab

ROUNDS = 4
"""How often every click is done, each time on other leads."""
Click = tuple[str, Callable[[], object]]
"""What a click is called, and the click itself."""
Visit = Callable[[Page, int], Iterator[Click]]
"""What a person does in a round (counted from 0)."""
OPENING = 5
"""How often a list is asked to open."""
PRESSED = 40
"""How often the button of the empty page is pressed, half before and half after."""


def rows(leads: int) -> list[Row]:
    """What 95 of 100 clicks need beyond an empty page."""
    return [row(f"any click among {leads:,} leads", leads, VISITS)]


def row(what: str, leads: int, visits: dict[str, Visit]) -> Row:
    """What 95 of 100 clicks of some persons need beyond an empty page."""
    with (worked_on(leads) as path, served(EMPTY) as empty, served(path=path) as app, chromium() as browser,
          tab(browser) as beside):
        beside.open(empty.url)
        before = pressed(beside)
        clicks = clicked(browser, app, visits)
        base = statistics.median(before + pressed(beside))
    beyond = {name: [took - base for took, _ in times] for name, times in clicks.items()}
    for name in sorted(beyond, key=lambda one: -max(beyond[one])):
        cpu = statistics.median(used for _, used in clicks[name])
        said(f"  {name:44} {'  '.join(f'{one:5.0f}' for one in beyond[name])} ms beyond; processor {cpu * 1e3:4.0f} ms")
    all_of_them = [one for times in beyond.values() for one in times]
    cpus = [used * 1e3 for times in clicks.values() for _, used in times]
    slowest = max(beyond, key=lambda one: statistics.median(beyond[one]))
    said(f"{len(all_of_them)} clicks among {leads:,} leads; an empty page's button takes {base:.0f} ms")
    said(f"processor time of the server, p95: {p95(cpus):.0f} ms")
    return at_most(f"{what} beyond an empty page's button, p95 (slowest: {slowest})", p95(all_of_them), 300, "ms")


def pressed(beside: Tab) -> list[float]:
    """Milliseconds of the button of the empty page."""
    return [beside.step(beside.page.get_by_role("button", name="Press").click) for _ in range(PRESSED // 2)]


def clicked(browser: Browser, app: Served, visits_of: dict[str, Visit]) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of every click, and seconds of processor time that the server used for it, by its name."""
    found: dict[str, list[tuple[float, float]]] = {}
    for person, visits in visits_of.items():
        with tab(browser) as shown:
            for round_ in range(ROUNDS):
                shown.open(app.url)  # what was chosen in the last round is forgotten
                act_as(shown, person)
                for name, does in visits(shown.page, round_):
                    before = app.cpu()
                    try:
                        took = shown.step(does)
                    except (TimeoutError, NotThere) as error:
                        raise TimeoutError(f"{person}, round {round_}, {name}: {error}") from error
                    found.setdefault(name, []).append((took, app.cpu() - before))
    return found


def act_as(shown: Tab, person: str) -> None:
    """Choose who acts, where it is not the first person already."""
    if not shown.page.get_by_role("combobox", name="Acting as").input_value().startswith(person):
        shown.step(picks(shown.page, "Acting as", person)[1])


def goes(page: Page, title: str) -> Click:
    """To a page by the navigation."""
    return f"open {title}", page.get_by_role("link", name=title, exact=True).first.click


def chooses(page: Page, name: str) -> Click:
    """One of several choices that stand side by side."""
    return f"choose {name}", page.get_by_test_id("stRadio").get_by_text(name, exact=True).first.click


def presses(page: Page, name: str) -> Click:
    """A button: the last of the page whose name contains that."""
    return f"press {name}", page.get_by_role("button", name=name).last.click


def searches(page: Page, name: str, text: str) -> Click:
    """Words put into a field."""
    def does() -> None:
        page.get_by_role("textbox", name=name).first.fill(text)
        page.keyboard.press("Enter")

    return f"search by {name}", does


def picks(page: Page, name: str, option: str) -> Click:
    """An option of a list; the first where none is named."""
    def does() -> None:
        field, found = page.get_by_role("combobox", name=name).first, page.get_by_role("option", name=option).first
        field.fill(option)
        for _ in range(OPENING):
            if not found.is_visible():  # the list opens by a key, and closes where the page is drawn once more
                field.press("ArrowDown")
                page.wait_for_timeout(200)
        found.click()

    return f"pick {name}", does


def ticks(page: Page, row: int) -> Click:
    """A row of a table, which is a canvas."""
    def does() -> None:
        box = page.get_by_test_id("stDataFrame").first.bounding_box()
        page.mouse.click(box["x"] + 15, box["y"] + 35 + 17 + 35 * row)

    return "tick a row", does


def judges(page: Page, verdict: str) -> Iterator[Click]:
    """A verdict on the open criterion, with a note on what it rests on; nothing where none is open."""
    note = page.get_by_role("textbox", name="Or a note").first

    def does() -> None:
        note.fill("seen")
        page.get_by_role("button", name=verdict).first.click()

    if note.count():
        yield f"judge {verdict}", does


def turns(page: Page, number: int) -> Click:
    """To a page of a longer list."""
    return "turn the page", page.get_by_test_id("stPagination").get_by_role("button", name=f"Page {number}", exact=True).click


def sales(page: Page, round_: int) -> Iterator[Click]:
    """From the queue to a lead, verdicts by keys, on to the next."""
    yield goes(page, "Home")
    yield goes(page, "Triage")
    for queue in ("Decided", "Overdue", "In review", "All open"):
        yield chooses(page, queue)
    yield ticks(page, 2 * round_ + 1)
    yield turns(page, 2)
    yield ticks(page, 2 * round_ + 3)
    yield picks(page, "Program", "Cerri")
    yield searches(page, "Search", SEARCHED[round_])
    yield searches(page, "Search", "")
    yield presses(page, "Open")
    for verdict in ("Pass", "Fail"):
        yield from judges(page, verdict)
    yield presses(page, "Next")
    yield presses(page, "Comment…")
    yield "close a dialog", lambda: page.keyboard.press("Escape")
    for _ in range(3):
        yield presses(page, "Next lead")
        yield from judges(page, "Pass")
    if page.get_by_role("button", name="Take").last.is_enabled():  # nobody has it from an earlier round
        yield presses(page, "Take")
    yield presses(page, "Queue")


def channel(page: Page, round_: int) -> Iterator[Click]:
    """Conflicts, partners, look-alikes."""
    yield goes(page, "Conflicts")
    for _ in range(3):
        yield presses(page, "Next")
    yield chooses(page, "Settled")
    yield chooses(page, "Decided by the rules")
    yield searches(page, "Search", SEARCHED[round_])
    yield searches(page, "Search", "")
    yield presses(page, "Previous")
    yield goes(page, "Partners")
    yield searches(page, "Search", SEARCHED[round_])
    yield searches(page, "Search", "")
    yield ticks(page, round_)
    yield presses(page, "Open")
    yield presses(page, "All partners")
    yield goes(page, "Look-alikes")
    yield presses(page, "Next")
    yield presses(page, "Next")
    yield chooses(page, "Companies")


def manager(page: Page, round_: int) -> Iterator[Click]:
    """All leads together, the terms, the journal."""
    yield goes(page, "Home")
    yield goes(page, "Pipeline")
    yield picks(page, "Program", "Cerri")
    yield chooses(page, GROUPS[round_])
    yield picks(page, "Open the leads of", "")
    yield presses(page, "Close")
    yield goes(page, "Terms")
    yield chooses(page, "Criteria")
    yield chooses(page, "Settings")
    yield goes(page, "Journal")
    yield picks(page, "Person", "")
    yield goes(page, "Payouts")
    yield chooses(page, "Batches")


def payouts(page: Page, round_: int) -> Iterator[Click]:
    """What is owed, in every view."""
    yield goes(page, "Payouts")
    yield ticks(page, round_ + 1)  # no row below the edge of the window
    yield turns(page, 2)
    yield picks(page, "What they count as", "Ready")
    for view in ("In the way", "Ahead", "Batches", "Payees", "Statements", "Months", "Years", "Lines"):
        yield chooses(page, view)


def finance(page: Page, round_: int) -> Iterator[Click]:
    """What is owed, then all leads together and what was done."""
    yield goes(page, "Home")
    yield from payouts(page, round_)
    yield goes(page, "Pipeline")
    yield goes(page, "Journal")


def admin(page: Page, round_: int) -> Iterator[Click]:
    """People, and what was done to them."""
    yield goes(page, "Home")
    yield goes(page, "Admin")
    yield chooses(page, "Roles given")
    yield chooses(page, "Erase a contact")
    yield goes(page, "Journal")
    yield goes(page, "Terms")


VISITS = {"Sara Sample": sales, "Chen Sample": channel, "Mona Sample": manager, "Finn Sample": finance,
          "Ada Sample": admin}
"""What each person does in a round."""
SEARCHED = ("north", "C-10000", "anna", "group")
GROUPS = ("Partner", "Channel", "Month", "Partner")
"""What the funnel is divided by; it begins with programs."""
