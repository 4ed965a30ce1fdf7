"""What memory the app holds at rest: started on a database with every lead evaluated, and asked whether it answers."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from core import desk, kept, store
from tests.bench.measuring import Row, apart, at_most, database, folder

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120
"""Seconds until the app must answer."""


def rows(leads: int) -> list[Row]:
    """The memory of its process, a moment after it began to answer."""
    with folder() as place:
        path = apart(evaluated, leads, place / "leads.duckdb")
        return [at_most(f"memory of the app at rest with {leads:,} leads", at_rest(path), 0.5, "GB")]


def evaluated(leads: int, path: Path) -> Path:
    """A copy of the sample database that the desk has opened, evaluated as of now."""
    shutil.copy(database(leads), path)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    con = store.connect(path)
    desk.begin(con, now)
    kept.refresh(con, now)
    con.close()
    return path


def at_rest(path: Path) -> float:
    """GB that a process of the app holds once it answers. Raises TimeoutError where it does not."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LEADS_DB": str(path)},
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        held = subprocess.run(["ps", "-o", "rss=", "-p", str(process.pid)], capture_output=True, text=True, check=True)
        return int(held.stdout) / 2**20
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(PATIENCE * 4):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.25)
    raise TimeoutError(f"The app did not answer within {PATIENCE} s.")
