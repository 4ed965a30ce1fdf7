"""How soon the app is there: from the start of its process until the first page is drawn, beside an empty app."""

import statistics
import time
from pathlib import Path

from tests.bench.measuring import Row, at_most, said
from tests.bench.serving import EMPTY, ROOT, served, worked_on
from tests.bench.tabs import chromium, tab

TIMES = 5
"""How often each is started, in turn."""


def rows(leads: int) -> list[Row]:
    """The start on a database of that size, evaluated for today, as a multiple of an empty app's."""
    with worked_on(leads) as path:
        drawn(ROOT / "app.py", path)  # evaluated up to today, once
        took = [(drawn(EMPTY), drawn(ROOT / "app.py", path)) for _ in range(TIMES)]
    empty, app = (statistics.median(times) for times in zip(*took, strict=True))
    said(f"an empty app is drawn {empty:.2f} s after its start, the app on {leads:,} leads after {app:.2f} s")
    return [at_most(f"start of the app on {leads:,} leads until its first page is drawn, multiple of an empty app's",
                    app / empty, 3)]


def drawn(script: Path, path: Path | None = None) -> float:
    """Seconds from the start of a server until a browser that waits for it has drawn the first page."""
    with chromium() as browser, tab(browser) as shown:
        started = time.monotonic()
        with served(script, path) as app:
            answered = time.monotonic() - started
            return answered + shown.open(app.url) / 1e3
