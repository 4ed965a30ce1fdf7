"""Full evaluation, from stored keys to stored verdicts, against the bare scan of what it reads; its growth with the
number of leads, and its memory.

What is stored replaces what an earlier evaluation stored, as it does in use.
"""

import statistics
import time
from types import ModuleType

import duckdb

from core import evaluation, kept, store
from core.kept import whole
from tests.bench.columns import COLUMNS_READ
from tests.bench.measuring import AS_OF, Row, apart, at_most, copy, median_seconds, peak_gb, said, seconds

STAGES = {
    (evaluation, "divided"): "leads by terms", (evaluation, "lay_out"): "facts", (evaluation, "contest"): "rivals",
    (evaluation, "settled"): "criteria and outcomes", (evaluation, "outrun"): "outrun",
    (evaluation, "repeated_contacts"): "repeated contacts", (whole, "keep"): "rows to be stored",
    (store, "create_indexes"): "indexes",
}


def bare_scan(con: duckdb.DuckDBPyConnection) -> float:
    """Seconds to read exactly the columns that evaluation uses of the stored tables into Arrow; warm median of five."""
    def scan() -> None:
        for table, columns in COLUMNS_READ.items():
            with con.cursor() as cursor:
                cursor.sql(f"select {', '.join(columns)} from {table}").to_arrow_table()

    scan()
    return median_seconds(scan, times=5)


def measure(leads: int) -> dict:
    """Bare scan and full evaluation (seconds, median of three) and peak memory (GB), in this process."""
    with copy(leads) as con:
        kept.refresh(con, AS_OF)
        stages: dict[str, list[float]] = {label: [] for label in STAGES.values()}
        for (room, name), label in STAGES.items():
            _time_calls(room, name, stages[label])
        times = [seconds(lambda: kept.refresh(con, AS_OF)) for _ in range(3)]
        peak = peak_gb()
        scan = bare_scan(con)  # last: what it brings into Arrow must not count as memory of the evaluation
    said(f"{leads:,} leads: bare scan {scan:.2f} s, evaluation {statistics.median(times):.2f} s")
    for label, found in stages.items():
        said(f"  {label:24} {sum(found) / 3:7.2f} s  {sum(found) / 3 / scan:5.1f} times the scan")
    return {"leads": leads, "scan_s": scan, "evaluation_s": statistics.median(times), "peak_gb": peak}


def _time_calls(room: ModuleType, name: str, into: list[float]) -> None:
    function = getattr(room, name)

    def timed(*args: object, **kwargs: object) -> object:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            into.append(time.perf_counter() - started)

    setattr(room, name, timed)


def rows(leads: int) -> list[Row]:
    """At a tenth of the leads and at all of them, each in a process of its own."""
    small, large = apart(measure, leads // 10), apart(measure, leads)
    return [
        *(at_most(f"full evaluation of {one['leads']:,} leads, multiple of the bare scan",
                  one["evaluation_s"] / one["scan_s"], 6) for one in (small, large)),
        at_most(f"growth of full evaluation, {small['leads']:,} to {large['leads']:,} leads",
                large["evaluation_s"] / small["evaluation_s"], 10.5),
        at_most(f"peak memory of evaluation at {large['leads']:,} leads", large["peak_gb"], 2, "GB"),
    ]
