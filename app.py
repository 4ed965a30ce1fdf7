"""The launcher: `streamlit run app.py`. Opens the database, serves pages/shell.py and answers /healthz.

Whoever reaches the dashboard can act as anybody, so it serves this machine alone: it does not start where Streamlit
would listen on another address, and under another server it answers nobody who comes by another address. Must not
hold pages or rules: Streamlit would run a script beside `pages/` without the shell.
"""

import asyncio
import contextlib
import ipaddress
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from core import log
from core.model import Refusal
from pages.parts import ahead, database

ROOT = Path(__file__).resolve().parent
LOOPBACK_ONLY = (
    "There is no sign-in yet, so the dashboard serves this machine alone and does not listen on {}. "
    "Start it with --server.address 127.0.0.1."
)


def is_loopback(address: str | None) -> bool:
    """Whether an address that a server listens on can be reached from this machine alone. None: it is every address."""
    try:
        return address == "localhost" or ipaddress.ip_address(address or "0.0.0.0").is_loopback
    except ValueError:
        return False


class LoopbackOnly:
    """Refuses whoever reached the server by an address that other machines can reach."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what came over loopback."""
        host = (scope.get("server") or (None,))[0]
        if scope["type"] == "lifespan" or is_loopback(host):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008)(scope, receive, send)
        else:
            await PlainTextResponse(LOOPBACK_ONLY.format(host), 403)(scope, receive, send)


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Open the database and bring the evaluation up to today; keep it so while the app runs."""
    log.start()
    address = st.get_option("server.address")
    try:
        if not is_loopback(address):
            raise Refusal(LOOPBACK_ONLY.format(address or "every address"))
        await run_in_threadpool(database.start)
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)  # noqa: T201
        os._exit(1)  # an exception from here would be printed as a traceback by the server
    daily = asyncio.create_task(database.keep_current())
    ahead.begin()
    yield
    daily.cancel()
    await run_in_threadpool(ahead.end)


async def healthz(_: Request) -> JSONResponse:
    """200 with the number of evaluated leads where the database answers, else 503."""
    found = await run_in_threadpool(database.health)
    return JSONResponse(found, status_code=200 if found["ok"] else 503)


app = st.App(ROOT / "pages" / "shell.py", lifespan=lifespan, routes=[Route("/healthz", healthz)],
             middleware=[Middleware(LoopbackOnly)])
