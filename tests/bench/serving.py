"""The dashboard, or an empty page, as a process of its own, with what it costs; and a database to serve.

Called by the measurements of pages. Knows no page.
"""

import contextlib
import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core import desk, people
from core.desk import Signed, journal
from tests.bench.measuring import FOLDER, MADE_BY, UNTIL, apart, digest, folder, said, seconds

ROOT = Path(__file__).resolve().parents[2]
EMPTY = Path(__file__).with_name("empty.py")
PATIENCE = 120
"""Seconds until a server must answer."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A running server: where, and which process."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time that its process has used."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / TICKS

    def gb(self) -> float:
        """Memory that its process holds."""
        found = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True, check=True)
        return int(found.stdout) / 2**20


@contextlib.contextmanager
def served(script: Path = ROOT / "app.py", path: Path | None = None) -> Iterator[Served]:
    """A server of a script, over a database where it needs one, that ends with the block.

    Raises TimeoutError where it does not answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)], cwd=ROOT,
        env={**os.environ, **({"LEADS_DB": str(path)} if path else {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/_stcore/health")
        yield Served(url, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(PATIENCE * 20):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(f"The server did not answer within {PATIENCE} s.")


@contextlib.contextmanager
def worked_on(leads: int) -> Iterator[Path]:
    """A copy of a sample as the dashboard makes it: with its people, evaluated, every line booked; gone afterwards."""
    whole = FOLDER / f"desk-{leads}-{UNTIL:%Y%m%d}-{digest(MADE_BY)}.duckdb"
    if not whole.exists():
        said(f"made {leads:,} leads at the desk in {seconds(lambda: apart(_make, whole, leads)):.0f} s")
    with folder() as place:
        yield copied(whole, place)


def copied(file: Path, place: Path) -> Path:
    """A database with its head file and key in another folder."""
    for part in (file, journal.head_file(file), journal.key_file(file)):
        shutil.copy(part, place / part.name)
    return place / file.name


def _make(path: Path, leads: int) -> None:
    with folder() as place:
        made = place / path.name
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
        con = desk.open_database(made, now)
        desk.make_sample(con, Signed(people.OPERATOR, "sample", now), leads, 1, UNTIL)
        con.close()
        for part in (journal.head_file(made), journal.key_file(made), made):
            part.rename(path.with_name(part.name))
