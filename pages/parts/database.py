"""The one connection of the process, and the moment that pages show. Called by app.py and every page.

The only place of the pages that reads a clock or the environment.
"""

import asyncio
import datetime as dt
import importlib
import os
import shutil
import threading
from pathlib import Path

import duckdb
from starlette.concurrency import run_in_threadpool

from core import days, desk, kept, queue, review
from core.model import Refusal

DEFAULT = Path(__file__).parents[2] / "data" / "leads.duckdb"
LONGEST_WAIT = 600
"""Seconds after which the evaluation is looked at again in any case: a clock can be set."""
_lock = threading.Lock()
_forward = threading.Lock()
_open: list[duckdb.DuckDBPyConnection] = []


def now() -> dt.datetime:
    """The present instant, UTC without zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def start() -> None:
    """Open LEADS_DB and bring its evaluation up to now. Raises Refusal in plain words."""
    bring_forward(connection())


def bring_forward(con: duckdb.DuckDBPyConnection) -> None:
    """Evaluate again what time has changed since the kept moment, once for all who ask at the same time."""
    if kept.is_due(con, now()):
        with _forward:
            if kept.is_due(con, now()):
                desk.advance(con, now())


def connection() -> duckdb.DuckDBPyConnection:
    """The open database. Reads take a cursor each: one connection shared by threads mixes their rows."""
    with _lock:
        if not _open:
            path = _path()
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _open.append(desk.open_database(path, now()))
                shutil.rmtree(uploads(), ignore_errors=True)  # of a server that was killed: only one has the database
            except (OSError, duckdb.Error) as error:
                raise Refusal(f"{path} cannot be opened as a database: {str(error).splitlines()[0]}") from error
        return _open[0]


def uploads() -> Path:
    """The folder beside the database where uploaded files wait; emptied whenever a server opens the database."""
    return Path(f"{_path()}.uploads")


def name() -> str:
    """The file of the open database, as the command line names it."""
    return str(_path())


def _path() -> Path:
    return Path(os.environ.get("LEADS_DB") or DEFAULT)


def close() -> None:
    """Close the database, so that another can be opened (tests)."""
    with _lock:
        while _open:
            _open.pop().close()


def as_of() -> dt.datetime | None:
    """The instant (UTC) that pages call now: of the kept evaluation, so that all pages agree. None: nothing kept.

    Asked before anything is read, so that nobody is shown the state of a day that is over.
    """
    bring_forward(connection())
    return queue.shown_as_of(connection())


def health() -> dict[str, object]:
    """Whether the database answers, for /healthz."""
    try:
        return {"ok": True, **queue.health(connection())}
    except (Refusal, duckdb.Error):
        return {"ok": False}


def warm() -> None:
    """Load what pages are made of and explain a lead of each program, so that nobody waits for what is done once."""
    for file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        importlib.import_module(f"{__package__}.{file.stem}")
    con, as_of = connection(), queue.shown_as_of(connection())
    for program in days.zones(con) if as_of else ():
        for lead in queue.page(con, as_of, queue.Filters(program=program), 1, 1)["lead"]:
            review.story(con, lead, as_of)


async def keep_current() -> None:
    """Bring the evaluation forward when a local day begins or something else is due, so that no page waits for it."""
    await run_in_threadpool(warm)
    while True:
        turn = await run_in_threadpool(kept.turns_at, connection())
        wait = (turn - now()).total_seconds() if turn else LONGEST_WAIT
        await asyncio.sleep(min(max(wait, 1), LONGEST_WAIT))
        await run_in_threadpool(bring_forward, connection())
