"""Disks that are full and files that may not be written, tried with other rights; prints figures by name.

Started by trials.py: `small` in a mount namespace of its own, so that nothing stays mounted; `read_only` without the
right of the administrator to write everywhere.
"""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from core.desk import journal
from tests.faults import trials, writer

ROOM = 64 << 20
CLOSED = ("the database", "the folder", "the folder while it is open", "all of it", "the key and the head file")


def small(folder: Path, size: int, told: Counter[str], seed: int = 1) -> None:
    """Disks of a random size that fill up; every third is read-only."""
    chance, disk = random.Random(seed), folder / "disk"
    needed = sum(file.stat().st_size for file in trials.files_of(folder / "leads.duckdb"))
    disk.mkdir()
    for number, at_work in enumerate(writer.one_after_another(size)):
        _mount(disk, "-t", "tmpfs", "-o", f"size={needed + chance.randrange(8_000, 300_000)}", "tmpfs")
        path = trials.copied(folder / "leads.duckdb", disk)
        if number % 3 == 2:
            _mount(disk, "-o", "remount,ro")
        said = at_work.act(path, number, most=200).told()
        _mount(disk, "-o", f"remount,rw,size={ROOM}")
        trials.settle(path, said, told)
        subprocess.run(["umount", disk], check=True)


def _mount(disk: Path, *options: str) -> None:
    subprocess.run(["mount", *options, disk], check=True)


def read_only(folder: Path, size: int, told: Counter[str]) -> None:
    """Files and folders whose rights to write, or to read, are taken away."""
    for number, at_work in enumerate(writer.one_after_another(size)):
        what = CLOSED[number % len(CLOSED)]
        path = trials.copied(folder / "leads.duckdb", folder / str(number))
        files = [path.parent, *trials.files_of(path)]
        rights = {file: file.stat().st_mode for file in files}
        closed = {"the database": [path], "all of it": files,
                  "the key and the head file": [journal.key_file(path), journal.head_file(path)]}.get(what, files[:1])
        if what == "the folder while it is open":
            at_work.act(path, number, most=200)
            while at_work.pipe.recv() != "open":
                pass
        for file in closed:
            file.chmod(0 if what.startswith("the key") else rights[file] & ~0o222)
        if what != "the folder while it is open":
            at_work.act(path, number, most=200)
        said = at_work.told()
        for file in files:
            file.chmod(rights[file])
        trials.settle(path, said, told)


if __name__ == "__main__":
    figures: Counter[str] = Counter()
    {"small": small, "read_only": read_only}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), figures)
    for name in ("refused", "not_refused", "lost", "unclear", "not_reopened"):
        print(name, figures[name])
