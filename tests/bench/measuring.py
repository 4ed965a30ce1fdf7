"""What every measurement shares: a row of the table, sample databases, repeated timing, a process of its own.

Called by the measurements of this folder. Must not know what any of them measures.
"""

import concurrent.futures
import contextlib
import dataclasses
import datetime as dt
import hashlib
import multiprocessing
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb

from core import facts, sample, store

UNTIL = dt.date(2026, 11, 20)
AS_OF = dt.datetime(2026, 11, 20, 23, 59)
FOLDER = Path(tempfile.gettempdir()) / "lead-review-bench"
STATUS = Path("/proc/self/status")
MADE_BY = (*sorted(Path(sample.__file__).parent.glob("*.*")), *sorted(facts.HERE.glob("*keys.py")), *store.MIGRATIONS)
"""The files on which the content of a sample database depends."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, what it should be, what it is, and whether that is met."""

    what: str
    aim: str
    result: str
    met: bool


def at_most(what: str, value: float, limit: float, unit: str = "times") -> Row:
    """A row for a figure that should not exceed its limit."""
    return Row(what, f"{limit:,.4g} {unit} or less", f"{_short(value)} {unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "times") -> Row:
    """A row for a figure that should reach its limit."""
    return Row(what, f"{limit:,.4g} {unit} or more", f"{_short(value)} {unit}", value >= limit)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_seconds(work: Callable[[], object], times: int = 3) -> float:
    """The median of several calls."""
    return statistics.median(seconds(work) for _ in range(times))


def p95(times: list[float]) -> float:
    """What 95 of 100 stay below."""
    return statistics.quantiles(times, n=20)[-1]


def peak_gb() -> float:
    """The most memory that this process has held so far, in GB."""
    if STATUS.exists():  # rusage would also count what the process held that started this one
        kept = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(kept.split()[1]) / 2**20
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def said(text: str) -> None:
    """Tell on standard error what is going on; the table alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)


def apart(work: Callable, *values: object) -> object:
    """The answer of a module's function, called in a process of its own, so that its memory is its own.

    What libraries print there goes to standard error: standard output is for the table.
    """
    fresh = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, fresh, os.dup2, (2, 1)) as process:
        return process.submit(work, *values).result()


def database(leads: int) -> Path:
    """A sample database of that size, made where it is missing and kept for the next run. It is not evaluated.

    Only for reading: whoever writes takes a `copy`.
    """
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"sample-{leads}-{UNTIL:%Y%m%d}-{digest(MADE_BY)}.duckdb"
    if not path.exists():
        apart(_make, path, leads)
    return path


def digest(files: Iterable[Path]) -> str:
    """What files are known by, in short."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def _make(path: Path, leads: int) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")  # another run may make the same at this moment
    con = store.connect(part)
    took = seconds(lambda: sample.write(con, leads, 1, UNTIL))
    con.close()
    part.rename(path)
    said(f"made {leads:,} sample leads in {took:.0f} s")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for what is written during a measurement; gone afterwards."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as path:
        yield Path(path)


@contextlib.contextmanager
def copy(leads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """An open copy of a sample database that may be written to; gone afterwards."""
    with folder() as place:
        con = store.connect(shutil.copy(database(leads), place / "copy.duckdb"))
        try:
            yield con
        finally:
            con.close()
