"""The one connection of the process, and the moment that pages show. Called by app.py and every page.

The only place of the pages that reads a clock or the environment.
"""

import asyncio
import datetime as dt
import os
import threading
from pathlib import Path

import duckdb
from starlette.concurrency import run_in_threadpool

from core import desk, queue
from core.model import Refusal

DEFAULT = Path(__file__).parents[2] / "data" / "leads.duckdb"
_lock = threading.Lock()
_open: list[duckdb.DuckDBPyConnection] = []


def now() -> dt.datetime:
    """The present instant, UTC without zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def start() -> None:
    """Open LEADS_DB and evaluate it where that was last done on an earlier day. Raises Refusal in plain words."""
    refresh(connection())


def refresh(con: duckdb.DuckDBPyConnection) -> None:
    """Evaluate again where the kept evaluation is of an earlier day."""
    if queue.is_outdated(con, now()):
        desk.advance(con, now())


def connection() -> duckdb.DuckDBPyConnection:
    """The open database. Reads take a cursor each: one connection shared by threads mixes their rows."""
    with _lock:
        if not _open:
            path = Path(os.environ.get("LEADS_DB") or DEFAULT)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _open.append(desk.open_database(path, now()))
            except (OSError, duckdb.Error) as error:
                raise Refusal(f"{path} cannot be opened as a database: {str(error).splitlines()[0]}") from error
        return _open[0]


def close() -> None:
    """Close the database, so that another can be opened (tests)."""
    with _lock:
        while _open:
            _open.pop().close()


def as_of() -> dt.datetime | None:
    """The instant (UTC) that pages call now: of the kept evaluation, so that all pages agree. None: nothing kept."""
    return queue.shown_as_of(connection())


def health() -> dict[str, object]:
    """Whether the database answers, for /healthz."""
    try:
        return {"ok": True, **queue.health(connection())}
    except (Refusal, duckdb.Error):
        return {"ok": False}


async def keep_current() -> None:
    """Look every ten minutes whether a new day has begun, and evaluate again then."""
    while True:
        await asyncio.sleep(600)
        await run_in_threadpool(refresh, connection())
