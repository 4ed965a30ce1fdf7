"""The benchmarks: ratios measured in one run, one table with aim and result.

`make bench` runs all; BENCH_ARGS="--json --leads 10000,100000" gives JSON and other sizes. Sample databases are made
once a size, under the system's folder for temporary files, and kept for the next run.
"""

import argparse
import datetime as dt
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core import evaluation, sample, store
from core.evaluation import Moment, evaluate
from core.terms import catalogue
from tests.bench import matching
from tests.bench.columns import COLUMNS_READ

UNTIL = dt.date(2026, 11, 20)
AS_OF = dt.datetime(2026, 11, 20, 23, 59)
STAGES = {"_groups": "leads by terms", "_lay_out": "facts", "_contest": "rivals", "_settled": "criteria and outcomes",
          "_outrun": "outrun", "_repeated_contacts": "repeated contacts"}


def database(leads: int) -> Path:
    """A sample database of that size, made where it is missing."""
    folder = Path(tempfile.gettempdir()) / "lead-review-bench"
    folder.mkdir(exist_ok=True)
    path = folder / f"sample-{leads}-{UNTIL:%Y%m%d}.duckdb"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        started = time.perf_counter()
        con = store.connect(part)
        sample.write(con, leads, 1, UNTIL)
        con.close()
        part.rename(path)
        print(f"made {leads:,} sample leads in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return path


def bare_scan(con) -> float:
    """Seconds to read exactly the columns that evaluation uses of the stored tables into Arrow; warm median of five."""
    times = []
    for _ in range(6):
        started = time.perf_counter()
        for table, columns in COLUMNS_READ.items():
            with con.cursor() as cursor:
                cursor.sql(f"select {', '.join(columns)} from {table}").to_arrow_table()
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def measure(leads: int) -> dict:
    """Bare scan, full evaluation and its stages (seconds, median of three), and peak memory (MB), in this process."""
    con = store.connect(database(leads))
    stages: dict[str, list[float]] = {label: [] for label in STAGES.values()}
    for name, label in STAGES.items():
        _time_calls(name, stages[label])
    times = []
    for _ in range(3):
        started = time.perf_counter()
        evaluate(con, catalogue(), [Moment(AS_OF)])
        times.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scan = bare_scan(con)  # last: what it brings into Arrow must not count as memory of the evaluation
    return {
        "leads": leads, "scan_s": scan, "evaluation_s": statistics.median(times),
        "stages_s": {label: sum(found) / 3 for label, found in stages.items()},
        "peak_mb": peak / 1024,
    }


def _time_calls(name: str, into: list[float]) -> None:
    function = getattr(evaluation, name)

    def timed(*args: object, **kwargs: object) -> object:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            into.append(time.perf_counter() - started)

    setattr(evaluation, name, timed)


def in_its_own_process(leads: int) -> dict:
    """The same, measured in a process of its own, so that memory is that of one size alone."""
    answer = subprocess.run([sys.executable, "-m", "tests.bench", "--one", str(leads)], capture_output=True, text=True,
                            check=False)
    if answer.returncode:
        raise SystemExit(f"The measurement at {leads:,} leads failed:\n{answer.stderr[-2000:]}")
    return json.loads(answer.stdout.splitlines()[-1])


def rows_of(found: list[dict]) -> list[dict]:
    """The table: what, aim, result, and whether it is met."""
    rows = []

    def add(what: str, aim: str, value: float, limit: float, unit: str = "times") -> None:
        rows.append({"what": what, "aim": aim, "result": f"{value:.1f} {unit}", "met": value <= limit})

    for one in found:
        add(f"full evaluation of {one['leads']:,} leads, multiple of the bare scan", "15 times or less",
            one["evaluation_s"] / one["scan_s"], 15)
    small, large = found[0], found[-1]
    if small is not large:
        factor = large["leads"] / small["leads"]
        add(f"growth of full evaluation, {small['leads']:,} to {large['leads']:,} leads",
            f"{1.1 * factor:.0f} times or less", large["evaluation_s"] / small["evaluation_s"], 1.1 * factor)
    add(f"peak memory of evaluation at {large['leads']:,} leads", "2 GB or less", large["peak_mb"] / 1024, 2, "GB")
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--leads", default="100000,1000000", help="sizes, smallest first")
    parser.add_argument("--one", type=int, help="measure one size in this process and print JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    sizes = [int(size) for size in options.leads.split(",")]
    for size in sizes:
        database(size)
    found = [in_its_own_process(size) for size in sizes]
    rows = rows_of(found) + matching.measured()
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "measured": found, "table": rows}))
        return
    for one in found:
        print(f"\n{one['leads']:,} leads: bare scan {one['scan_s']:.2f} s, evaluation {one['evaluation_s']:.2f} s")
        for label, seconds in one["stages_s"].items():
            print(f"  {label:24} {seconds:7.2f} s  {seconds / one['scan_s']:5.1f} times the scan")
    width = max(len(row["what"]) for row in rows)
    print(f"\n{'what':{width}}  {'aim':18} {'result':>12}")
    for row in rows:
        print(f"{row['what']:{width}}  {row['aim']:18} {row['result']:>12}  {'met' if row['met'] else 'NOT MET'}")


if __name__ == "__main__":
    main()
