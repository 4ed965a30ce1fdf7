"""A tab of Chromium in which every step is timed by the browser itself: from the click until nothing moves any more.

Called by the measurements of pages. What Playwright needs to click and to look is not in the times, nor is what stands in
the page for screen readers alone and follows later on purpose: announcements that go away, the rows behind a canvas. A
canvas that stands there is drawn anew within a frame, which nothing in the page tells of.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 60
"""Seconds until a step must have settled."""
QUIET = 250
"""Milliseconds without a change after which a page has settled; they are not in the time."""
WATCH = """
window.step = {last: 0, clicked: 0};
for (const kind of ['pointerdown', 'keydown'])
  document.addEventListener(kind, () => { step.clicked = performance.now(); }, true);
const passing = '[data-testid=stToastContainer],[data-testid=stStatusWidget]';
const unseen = '[data-live-announcer],[data-testid=data-grid-canvas]';
new MutationObserver(changes => {
  if (changes.some(one => !one.target.parentElement?.closest(passing) && !one.target.parentElement?.closest(unseen)
                          && !one.target.closest?.(unseen))) step.last = performance.now();
}).observe(document, {subtree: true, childList: true, characterData: true,
                      attributeFilter: ['data-test-script-state', 'data-stale']});
"""
AT_REST = f"""() => performance.now() - step.last > {QUIET} && document.querySelector(
    '[data-testid=stApp][data-test-script-state=notRunning]') && !document.querySelector('[data-testid=stSkeleton]')"""


class Tab:
    """One tab, which knows by what goes over its websocket whether a script runs for it."""

    def __init__(self, browser: Browser):
        self.page: Page = browser.new_page(viewport={"width": 1440, "height": 900})
        self.page.set_default_timeout(PATIENCE * 1e3)
        self.page.add_init_script(WATCH)
        self.page.on("websocket", self._listen)
        self._asked, self._is_answered = 0, False

    def _listen(self, socket: object) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, payload: bytes) -> None:
        if BackMsg.FromString(payload).WhichOneof("type") == "rerun_script":
            self._asked, self._is_answered = self._asked + 1, False

    def _received(self, payload: bytes) -> None:
        said = ForwardMsg.FromString(payload)
        if said.WhichOneof("type") == "script_finished":
            self._is_answered = said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def open(self, url: str) -> float:
        """Open an address; milliseconds from the request until the page has settled."""
        return self._took(lambda: self.page.goto(url, wait_until="commit"), "0")

    def step(self, does: Callable[[], object]) -> float:
        """Do something whose last click or key runs the page; milliseconds from there until it has settled."""
        return self._took(does, "step.clicked")

    def _took(self, does: Callable[[], object], began: str) -> float:
        before, until = self._asked, time.monotonic() + PATIENCE
        does()
        while not (self._asked > before and self._is_answered and self.page.evaluate(AT_REST)):
            if time.monotonic() > until:
                raise TimeoutError("The page did not settle.")
            self.page.wait_for_timeout(30)
        return self.page.evaluate(f"step.last - {began}")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """One Chromium."""
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextlib.contextmanager
def tab(browser: Browser) -> Iterator[Tab]:
    """A new tab."""
    found = Tab(browser)
    yield found
    found.page.close()
