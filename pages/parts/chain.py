"""The chain of the journal: where it ends, whether its anchor outside the database agrees, and the check of it all.

Called by the page Journal. The last check is known to everybody as long as the dashboard runs; one runs at a time.
"""

import datetime as dt
import threading
from dataclasses import dataclass, field

import duckdb
import streamlit as st

from core import desk
from core.desk import entries
from pages.parts import badges, database, dates, words

OUTSIDE = {
    "agrees": (badges.Look("Anchor agrees", "link", "green"), "The head file outside the database names this entry."),
    "differs": (badges.Look("Anchor differs", "link_off", "red"),
                "Outside the database, entry {} is known as the end. Restore the last backup, or bring the right file "
                "back."),
    "missing": (badges.Look("No anchor", "link_off", "red"),
                "The head file is missing. Bring it back from the last backup, together with the database."),
    "unreadable": (badges.Look("No anchor", "link_off", "red"),
                   "The head file cannot be read. Bring it back from the last backup, together with the database."),
}
HOW_LONG = "Reads every row, some 10 seconds for each 100,000 leads. Others go on meanwhile."
WHOLE, FAULT = badges.Look("Whole", "verified", "green"), badges.Look("Fault", "error", "red")


@dataclass
class Checked:
    """The last check of this process: when it ended, how long it took, at which entry, and the first fault."""

    running: threading.Lock = field(default_factory=threading.Lock)
    ended_at: dt.datetime | None = None
    seconds: int = 0
    entry: int = 0
    fault: str | None = None


@st.cache_resource(show_spinner=False)
def _checked(path: str) -> Checked:
    """One for each database file. path: tells them apart."""
    del path
    return Checked()


def show(con: duckdb.DuckDBPyConnection) -> None:
    """The state of the chain, the last check, and the button for another."""
    found, checked = entries.chain(con), _checked(database.name())
    look, sentence = OUTSIDE[found.outside]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(look)
            words.line(f"Entry {found.head.number:,} is the last.", sentence.format(found.told), width="content")
            st.space("stretch")
            with st.popover("Its hash", type="tertiary"):
                st.code(found.head.hash or "none yet", language=None, wrap_lines=True)
            is_asked = st.button("Verify now", icon=":material/fact_check:", help=HOW_LONG)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _last(checked)
        if is_asked:
            _verify(con, checked)


def _last(checked: Checked) -> None:
    """What the last check found."""
    if checked.ended_at is None:
        words.quiet("Nobody has checked the rows against it since the dashboard was started.")
        return
    badges.badge(FAULT if checked.fault else WHOLE)
    words.line(text=checked.fault or f"Every row is what entry {checked.entry:,} and those before it say.",
               quiet=f"Checked {dates.moment(checked.ended_at, seconds=True)} UTC, in {checked.seconds:,} s.")


def _verify(con: duckdb.DuckDBPyConnection, checked: Checked) -> None:
    """Check chain, leads, rows and invariants, with a bar; not while another check runs."""
    if not checked.running.acquire(blocking=False):
        st.toast("A check is running already. Its result stands here when it is done.", icon=":material/hourglass:")
        return
    try:
        bar, begun_at, entry = st.progress(0.0, "Checking the chain"), database.now(), desk.head(con).number
        fault = desk.first_fault(con, lambda what, share: bar.progress(share, f"Checking {what}"))
        checked.ended_at, checked.entry, checked.fault = database.now(), entry, fault
        checked.seconds = int((checked.ended_at - begun_at).total_seconds())
    finally:
        checked.running.release()
    st.rerun()
