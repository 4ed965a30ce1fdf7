"""The fault trials at full size, as one table: `python -m tests.faults [--share 0.1] [NAME ...]`."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.faults import trials

FULL = {"kills": 500, "races": 1000, "full_disks": 200, "tampering": 1000, "bit_flips": 1000, "backups": 10}
BAD = ("lost", "torn", "missing", "double", "fault", "unclear", "not_reopened", "missed", "wrong", "entry_not_named")
"""Figures that must be nothing."""


def main() -> None:
    """Run the trials named, or all, at a share of their full size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*FULL, []], default=[])
    parser.add_argument("--share", type=float, default=1.0)
    chosen = parser.parse_args()
    failed = False
    for name in chosen.names or FULL:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            found = getattr(trials, name)(Path(folder), max(2, round(FULL[name] * chosen.share)))
        holds = not any(found.get(figure) for figure in BAD) and found.get("reopening_p99", 0) < 1
        failed |= not holds
        figures = ", ".join(f"{figure.replace('_', ' ')} {value}" for figure, value in found.items())
        print(f"{'holds' if holds else 'FAILS':6} {name:11} {time.perf_counter() - began:7.0f} s  {figures}", flush=True)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
