"""A process that acts at the desk until it is killed, refused or done, and tells what was stored by then.

Forked from a process that has imported most of what it needs, so that hundreds of them cost what they do.
"""

import contextlib
import multiprocessing
import os
import resource
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import duckdb

from core import desk
from core.desk import Done, Signed
from core.model import Refusal
from tests.desk.world import NOW, ask

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["duckdb", "numpy", "polars", "pyarrow", "core.people", "core.facts", "core.rules.outcome"])
"""Not all: what starts threads when it is imported cannot be forked."""


@dataclass(frozen=True)
class Writer:
    """A process that is ready to act, and the end of the pipe through which it is told what to do and tells."""

    process: BaseProcess
    pipe: Connection

    def act(self, path: Path, run: int, **more: object) -> "Writer":
        """Let it act on a database. more: as of `act`."""
        self.pipe.send((path, run, more))
        return self

    def told(self) -> list[str]:
        """All that it told until it ended."""
        found = []
        with contextlib.suppress(EOFError, ConnectionResetError):
            while True:
                found.append(self.pipe.recv())
        self.process.join()
        return found


def ready() -> Writer:
    """A process that waits for what to do, so that it gets ready while others are at work."""
    ours, theirs = FORKED.Pipe()
    process = FORKED.Process(target=wait, args=(theirs,))
    process.start()
    theirs.close()
    return Writer(process, ours)


def one_after_another(size: int) -> Iterator[Writer]:
    """So many processes, each ready by the time it is asked for."""
    coming = ready()
    for number in range(size):
        this, coming = coming, ready() if number + 1 < size else None
        yield this


def wait(pipe: Connection) -> None:
    """Do what is told, or nothing where nobody asks any more."""
    with contextlib.suppress(EOFError):
        path, run, more = pipe.recv()
        act(path, run, pipe, **more)


def stored(told: list[str]) -> set[str]:
    """The keys that a process named as stored."""
    return {line.removeprefix("stored ") for line in told if line.startswith("stored ")}


def refusals(told: list[str]) -> list[str]:
    """What a process said where it did not go on, in its words."""
    return [line.removeprefix("refused ") for line in told if line.startswith("refused ")]


def act(path: Path, run: int, pipe: Connection, most: int = 1_000_000, largest: int | None = None,
        dies: bool = False) -> None:
    """Open a database and make changes. largest: bytes to which a file may grow. dies: end without closing."""
    if largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    pipe.send("begun")
    try:
        con = desk.open_database(path, NOW)
        pipe.send("open")
        for number in range(run % 9, run % 9 + most):  # so that each kind of change is sometimes the first
            pipe.send(f"stored {change(con, run, number)}")
        if not dies:
            con.close()
    except Refusal as refusal:
        pipe.send(f"refused {refusal}")
    except BaseException:
        pipe.send(f"refused {traceback.format_exc()}")
    os._exit(0)


def change(con: duckdb.DuckDBPyConnection, run: int, number: int) -> str:
    """The change of that number: a comment, a verdict, an acceptance or its undoing; returns its key."""
    lead = ("P1", "R1", "L2")[number % 3]
    signed = Signed("chen", f"{run}/{number}", NOW, desk.version(con, lead))
    if number % 9 == 4:
        desk.judge(con, signed, lead, "interest", ("pass", "fail")[number % 2], f"verdict number {number}")
    elif number % 9 == 6:
        _accept_or_undo(con, signed, lead)
    else:
        desk.comment(con, signed, lead, f"comment number {number} " + "x" * 200)
    return signed.key


def is_repeatable(number: int) -> bool:
    """Whether the change of that number is the same whatever was done before."""
    return number % 9 != 6


def _accept_or_undo(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str) -> Done:
    standing = ask(con, "select id from events where lead = ? and type = 'accepted' and id not in (select id from voids)",
                   lead)
    if not standing:
        return desk.accept(con, signed, lead)
    entry = ask(con, "select max(number) from journal where action = 'accept' and lead = ?", lead)[0][0]
    return desk.undo(con, signed, entry, "a mistake")
