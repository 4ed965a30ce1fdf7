"""A process that acts at the desk until it is killed: prints each key with a full stop once its change is stored."""

import sys
from pathlib import Path

from core import desk
from core.desk import Signed
from core.model import Refusal
from tests.desk.world import NOW, ask


def main(path: str, run: str, mode: str = "for ever", most: str = "1000000") -> None:
    con = desk.open_database(Path(path), NOW)
    print("open", flush=True)
    undo_next = None
    for number in range(int(most)):
        key = f"{run}/{number}"
        lead = ("P1", "R1", "L2")[number % 3]
        signed = Signed("chen", key, NOW, desk.version(con, lead))
        if lead == "P1" and undo_next is not None:
            desk.undo(con, signed, undo_next, "a mistake")
            undo_next = None
        elif lead == "P1" and number % 9 == 6 and ask(con, "select count(*) from events where lead = 'P1' and "
                                                           "id not in (select id from voids)") == [(0,)]:
            undo_next = desk.accept(con, signed, lead).number
        else:
            desk.comment(con, signed, lead, f"comment number {number} " + "x" * 200)
        print(f"{key}.", flush=True)
    if mode == "then-die":
        import os

        os._exit(0)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)
