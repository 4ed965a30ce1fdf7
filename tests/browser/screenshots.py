"""Every page, light and dark, wide and narrow, from the sample, as pictures in a folder: `make screenshots OUT=...`."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import IDLE
from tests.browser.test_journeys import act_as

ROOT = Path(__file__).parents[2]
PEOPLE = {"payouts": "Finn Sample", "pipeline": "Mona Sample",
          "settings": "Mona Sample", "journal": "Mona Sample", "admin": "Ada Sample"}
"""Who opens a page that the first person of the sample may not open, or not use."""
SIZES = {"": (1440, 900), "-narrow": (800, 1100)}


@contextlib.contextmanager
def dashboard(db: Path) -> Iterator[str]:
    """The address of a dashboard over a database, served by a process of its own that ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"LEADS_DB": str(db)})
    try:
        for _ in range(120):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                break
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def lead_of(db: Path, disposition: str) -> str:
    """A lead with that disposition."""
    from core import store

    con = store.connect(db)
    with con.cursor() as cursor:
        found = cursor.execute(
            "select lead from evaluations where disposition = $disposition and program = 'raf' order by due_on, lead limit 1",
            {"disposition": disposition},
        ).fetchall()
    con.close()
    return found[0][0]


def partner_of(db: Path) -> str:
    """The partner that asks for most attention."""
    from core import kept, partners, store

    con = store.connect(db)
    found = partners.figures(con, kept.kept_as_of(con))["partner"][0]
    con.close()
    return found


def main() -> None:
    """Make the sample, serve it, and picture every page."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        db = Path(folder) / "leads.duckdb"
        subprocess.run([sys.executable, "-m", "core", "sample", "--leads", "4000", "--db", db], cwd=ROOT, check=True)
        pages = {"home": "/", "triage": "/triage", "checklist": f"/checklist?lead={lead_of(db, 'pending')}",
                 "conflicts": "/conflicts", "partners": "/partners", "partner": f"/partners?partner={partner_of(db)}",
                 "matches": "/matches", "pipeline": "/pipeline", "payouts": "/payouts", "intake": "/intake",
                 "rejected": f"/checklist?lead={lead_of(db, 'rejected')}",
                 "terms": "/terms?program=raf&clause=raf.valid.2", "settings": "/terms?program=raf&part=Settings",
                 "journal": "/journal", "admin": "/admin"}
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        with dashboard(db) as address:
            for (size, (width, height)), scheme, (name, path) in (
                (size, scheme, page) for size in SIZES.items() for scheme in ("light", "dark") for page in pages.items()
            ):
                tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                tab.goto(address + path)
                tab.wait_for_selector("h1", timeout=30_000)
                tab.wait_for_function(IDLE)
                if name in PEOPLE:
                    act_as(tab, PEOPLE[name])
                    tab.wait_for_function(IDLE)
                tab.wait_for_load_state("networkidle")
                tab.screenshot(path=out / f"{name}-{scheme}{size}.png")
                tab.close()
        browser.close()


if __name__ == "__main__":
    main()
