"""Who else has a lead open now: kept in this process alone, by session, and never stored.

Called by the shell at the beginning of every drawing, and by what shows one lead. A look counts until its session shows
something else or its tab is closed, at most for WHILE: a tab that is left open says nothing any more.
"""

import datetime as dt
import threading

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.people import Person
from pages.parts import database, words

WHILE = dt.timedelta(minutes=10)
_lock = threading.Lock()
_open: dict[str, tuple[str, Person, dt.datetime]] = {}
"""By session: the lead, who looks, and since when it is drawn."""


def _session() -> str:
    found = get_script_run_ctx()
    return found.session_id if found else ""


def leave() -> None:
    """This session draws anew: it shows no lead until it says so."""
    with _lock:
        _open.pop(_session(), None)


def _is_closed(session: str) -> bool:
    return runtime.exists() and not runtime.get_instance().is_active_session(session)


def _others(now: dt.datetime) -> list[tuple[str, Person]]:
    with _lock:
        for session, (_, _, at) in list(_open.items()):
            if now - at > WHILE or _is_closed(session):
                _open.pop(session)
        return [(lead, someone) for session, (lead, someone, _) in _open.items() if session != _session()]


def of_others() -> set[str]:
    """Leads that other sessions have open."""
    return {lead for lead, _ in _others(database.now())}


def show(lead: str, acting: Person) -> None:
    """This session shows a lead; one line where other people have it open too."""
    now = database.now()
    with _lock:
        _open[_session()] = (lead, acting, now)
    here = sorted({someone.name or someone.id for other, someone in _others(now)
                   if other == lead and someone.id != acting.id})
    if here:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.badge("Open elsewhere", icon=":material/visibility:", color="blue")
            words.line(text=f"{' and '.join(here)} {'has' if len(here) == 1 else 'have'} this lead open now.",
                       width="content")
