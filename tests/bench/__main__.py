"""The benchmarks: ratios measured in one run, one table with aim and result.

`make bench` runs all. BENCH_ARGS="--json --only criteria,imports --leads 100000" gives JSON, some of them, another size.

A measurement is a module of this folder with one function, `rows(leads) -> list[Row]` (see `measuring`): it takes the
size, says on standard error what it finds on the way, compares the results of what it times, and gives its lines of
the table. To add one, write the module and name it in MEASUREMENTS. Each runs in a process of its own, so that its
memory is its own. Sample databases are made once a size, under the system's folder for temporary files.
"""

import argparse
import dataclasses
import importlib
import json
import os
from collections.abc import Iterable

from tests.bench.measuring import Row, apart, said, seconds

MEASUREMENTS = {
    "evaluation": "full evaluation against the bare scan, growth, memory",
    "explained": "the same with sentences, evidence and change days",
    "criteria": "row-wise criteria against pandas, plain Python, json-logic and zen-engine",
    "first_page": "the first page of any queue against the bare query",
    "money": "the reads of each view of Payouts over all earning lines",
    "at_rest": "memory of the app at rest",
    "answers": "clicks in a browser beside an empty page",
    "crowd": "twenty people at once beside one",
    "start": "start of the app beside an empty app",
    "imports": "import of a CSV file with everything included against DuckDB's read_csv, and memory",
    "what_if": "the whole under changed terms against a full evaluation",
    "changes": "one change, and the turn of a day",
    "organization": "one change in a large organization beside an ordinary one",
    "matching": "look-alikes: labelled people beside splink, labelled company names",
}


def measured(name: str, leads: int) -> list[Row]:
    """The rows of one measurement; where it fails, the table says so and the others go on."""
    found: list[Row] = []

    def work() -> None:
        found.extend(apart(importlib.import_module(f"tests.bench.{name}").rows, leads))

    said(f"\n{name}: {MEASUREMENTS[name]}")
    try:
        said(f"{name} took {seconds(work):.0f} s")
    except Exception as error:
        said(f"{name} failed: {type(error).__name__}: {error}")
        return [Row(f"{name}: {MEASUREMENTS[name]}", "to be measured", "failed", False)]
    return found


def table(rows: Iterable[Row]) -> str:
    """The rows as lines of text, columns aligned."""
    cells = [("what", "aim", "result", ""), *((row.what, row.aim, row.result, "met" if row.met else "NOT MET")
                                              for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
                     for line in cells)


def main() -> None:
    """Measure and print."""
    listed = "\n".join(f"  {name:12} {text}" for name, text in MEASUREMENTS.items())
    parser = argparse.ArgumentParser(description=f"{__doc__}\nmeasurements:\n{listed}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--leads", type=int, default=1_000_000, help="size (default: 1,000,000)")
    parser.add_argument("--only", default=",".join(MEASUREMENTS), help="names with commas between them")
    options = parser.parse_args()
    chosen = options.only.split(",")
    if unknown := sorted(set(chosen) - set(MEASUREMENTS)):
        parser.error(f"there is no measurement {', '.join(unknown)} that runs; there are {', '.join(MEASUREMENTS)}")
    rows = [row for name in chosen for row in measured(name, options.leads)]
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "leads": options.leads,
                          "table": [dataclasses.asdict(row) for row in rows]}))
    else:
        print(f"\n{table(rows)}")


if __name__ == "__main__":
    main()
