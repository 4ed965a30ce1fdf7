"""The fault trials at full size, as one table: `python -m tests.faults [--share 0.1] [NAME ...]`."""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import clocks, forging, money, schemas, tampering, trials

TRIALS = {
    "kills": ("R1", trials.kills, 500, "killed at random instants while opening and acting; nothing lost or torn, "
                                       "the same key settles what was under way, p99 of reopening below 1 s"),
    "races": ("R3", money.races, 1000, "8 threads put the same 1,000 payouts into batches, then approve, give out and "
                                       "settle them, each once; one key 100 times; altered replays"),
    "balance": ("T2 T3", money.balance, 100_000, "steps of accepting, rejecting, taking back, correcting, splitting, "
                                                 "paying and closing; every cent accounted for, closed months still"),
    "clocks": ("T1", clocks.clocks, 576, "payments of every half hour around a leap day, summer time and the end of a "
                                         "year, on servers of five zones whose clock is set back; due days, months, "
                                         "cut-offs, statements"),
    "full_disks": ("R4", trials.full_disks, 100, "files may not grow beyond a random size"),
    "small_disks": ("R4", trials.small_disks, 60, "disks of a random size fill up; disks that are read-only"),
    "read_only": ("R4", trials.read_only, 50, "database, folder, key or head file may not be written or read"),
    "alterations": ("R5", tampering.alterations, 1000, "rows edited, deleted, inserted, reordered; tails cut; older "
                                                       "files; the first bad entry named"),
    "bit_flips": ("R6", tampering.bit_flips, 1000, "one bit of database or log; refused, told, or the same answer"),
    "backups": ("R7", trials.backups, 10, "copied under writers, restored, compared: rows, sums, head, triggers"),
    "large_backup": ("R7", trials.large_backup, 1_000_000, "a million leads copied and proven within 60 s, and put back"),
    "kills_in_migrations": ("R8", schemas.kills_in_migrations, 10_000, "killed before every line of every migration"),
    "forgeries": ("S1", forging.forgeries, 29, "messages of a browser forged: what a role is not offered is pressed"),
}
"""By name: the gate, the trial, its full size, and how it is tried."""

TESTED = {
    "S1": (["tests/people"], "the permission table: every role, action and state at the desk"),
    "S2": (["tests/desk/test_money.py", "tests/desk/test_batches.py"], "four eyes on every payout; the payee as when its "
                                                                      "batch was prepared; no parts"),
    "S3": (["tests/desk/test_steps.py", "tests/desk/test_batches.py", "-k",
            "changed or stale or version or seen or cannot_be_paid or details"], "what changed after it was shown"),
    "S5": (["tests/test_inert.py", "tests/exports/test_forms.py"], "cells that begin like formulas, opened by LibreOffice; "
                                                                   "amounts stay numbers"),
    "T3": (["tests/desk/test_periods.py"], "every path into a closed month"),
    "P1 P2": (["tests/desk/test_erasing.py"], "canaries in every text of a person; what is erased; what logs hold"),
    "R8 T1": (["tests/faults/test_faults.py", "-k", "schema or newer or zone"], "every earlier schema; time zones"),
}
"""By gate: tests that try it in full already, and how."""

BAD = ("lost", "torn", "unsettled", "missing", "double", "repeats_with_another_result", "altered_and_not_refused",
       "fault", "unclear", "not_refused", "not_reopened", "missed", "another_entry_named", "wrong", "survived",
       "bypasses", "pages_shown", "untried", "differing")
"""Figures that must be nothing."""

BELOW = {"reopening_p99": 1, "backup_seconds": 60}
"""Figures in seconds that must stay below a limit."""


def main() -> None:
    """Run the trials named, or all and the tests, at a share of their full size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TRIALS, []], default=[])
    parser.add_argument("--share", type=float, default=1.0)
    chosen = parser.parse_args()
    failed = False
    for name in chosen.names or TRIALS:
        gate, trial, full, how = TRIALS[name]
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            found = trial(Path(folder), max(2, round(full * chosen.share)))
        holds = not any(found.get(figure) for figure in BAD) and all(
            found.get(figure, 0) < limit for figure, limit in BELOW.items())
        failed |= not holds
        told(gate, name, holds, began, how, ", ".join(f"{one.replace('_', ' ')} {value}" for one, value in found.items()))
    for gate, (tests, how) in {} if chosen.names else TESTED.items():
        began = time.perf_counter()
        run = subprocess.run([sys.executable, "-m", "pytest", *tests], cwd=trials.ROOT, capture_output=True, text=True)
        failed |= run.returncode != 0
        told(gate, "tests", run.returncode == 0, began, how, (run.stdout.strip().splitlines() or ["nothing ran"])[-1])
    raise SystemExit(failed)


def told(gate: str, name: str, holds: bool, began: float, how: str, figures: str) -> None:
    """One row of the table, and below it the figures."""
    print(f"{gate:6} {'holds' if holds else 'FAILS':6} {name:20} {time.perf_counter() - began:6.0f} s  {how}\n"
          f"{'':43}{figures}", flush=True)


if __name__ == "__main__":
    main()
