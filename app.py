"""The launcher: `streamlit run app.py`. Opens the database, serves pages/shell.py and answers /healthz.

Must not hold pages or rules: Streamlit would run a script beside `pages/` without the shell.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core import log
from core.model import Refusal
from pages.parts import database

ROOT = Path(__file__).resolve().parent


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Open the database and bring the evaluation up to today; keep it so while the app runs."""
    log.start()
    try:
        await run_in_threadpool(database.start)
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)  # noqa: T201
        os._exit(1)  # an exception from here would be printed as a traceback by the server
    daily = asyncio.create_task(database.keep_current())
    yield
    daily.cancel()


async def healthz(_: Request) -> JSONResponse:
    """200 with the number of evaluated leads where the database answers, else 503."""
    found = await run_in_threadpool(database.health)
    return JSONResponse(found, status_code=200 if found["ok"] else 503)


app = st.App(ROOT / "pages" / "shell.py", lifespan=lifespan, routes=[Route("/healthz", healthz)])
