"""Full evaluation against the bare scan of what it reads, its growth with the number of leads, and its memory."""

import statistics
import time

import duckdb

from core import evaluation, store
from core.evaluation import Moment, evaluate
from core.terms import catalogue
from tests.bench.columns import COLUMNS_READ
from tests.bench.measuring import AS_OF, Row, apart, at_most, database, median_seconds, peak_gb, said, seconds

STAGES = {"_groups": "leads by terms", "_lay_out": "facts", "_contest": "rivals", "_settled": "criteria and outcomes",
          "_outrun": "outrun", "_repeated_contacts": "repeated contacts"}


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
    con = store.connect(database(leads))
    stages: dict[str, list[float]] = {label: [] for label in STAGES.values()}
    for name, label in STAGES.items():
        _time_calls(name, stages[label])
    times = [seconds(lambda: evaluate(con, catalogue(), [Moment(AS_OF)])) for _ in range(3)]
    peak = peak_gb()
    scan = bare_scan(con)  # last: what it brings into Arrow must not count as memory of the evaluation
    said(f"{leads:,} leads: bare scan {scan:.2f} s, evaluation {statistics.median(times):.2f} s")
    for label, found in stages.items():
        said(f"  {label:24} {sum(found) / 3:7.2f} s  {sum(found) / 3 / scan:5.1f} times the scan")
    return {"leads": leads, "scan_s": scan, "evaluation_s": statistics.median(times), "peak_gb": peak}


def _time_calls(name: str, into: list[float]) -> None:
    function = getattr(evaluation, name)

    def timed(*args: object, **kwargs: object) -> object:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            into.append(time.perf_counter() - started)

    setattr(evaluation, name, timed)


def rows(leads: int) -> list[Row]:
    """At a tenth of the leads and at all of them, each in a process of its own."""
    small, large = apart(measure, leads // 10), apart(measure, leads)
    return [
        at_most(f"full evaluation of {large['leads']:,} leads, multiple of the bare scan",
                large["evaluation_s"] / large["scan_s"], 6),
        at_most(f"growth of full evaluation, {small['leads']:,} to {large['leads']:,} leads",
                large["evaluation_s"] / small["evaluation_s"], 10.5),
        at_most(f"peak memory of evaluation at {large['leads']:,} leads", large["peak_gb"], 2, "GB"),
    ]
