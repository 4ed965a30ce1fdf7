"""A process that flips bits of a database's files and says what then becomes of it: refused, told, same or wrong.

A process of its own, because a damaged file may kill it.
"""

import random
import sys
from pathlib import Path

import duckdb

from core import desk
from core.model import Refusal
from tests.desk.world import NOW, computed_rows, kept_rows
from tests.faults.trials import copied


def answer(con: duckdb.DuckDBPyConnection) -> str:
    """Everything that is computed, kept and found by an index."""
    leads = kept_rows(con)["evaluations"]
    return repr((computed_rows(con, NOW), kept_rows(con), [desk.told(con, row[0]) for row in leads]))


def main(path: str, folder: str, seed: str, first: str, last: str) -> None:
    whole = desk.open_database(copied(Path(path), Path(folder)), NOW)
    expected = answer(whole)
    whole.close()
    for number in range(int(first), int(last)):
        print(judged(Path(path), Path(folder), random.Random(f"{seed}/{number}"), expected), flush=True)


def judged(path: Path, folder: Path, chance: random.Random, expected: str) -> str:
    place = copied(path, folder)
    log = place.with_name(place.name + ".wal")
    file = log if log.exists() and chance.random() < 0.4 else place
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    try:
        con = desk.open_database(place, NOW)
    except (Refusal, duckdb.Error):
        return "refused"
    try:
        if desk.first_fault(con) is not None:
            return "told"
        return "same" if answer(con) == expected else "wrong"
    except duckdb.Error:
        return "refused"
    finally:
        con.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
