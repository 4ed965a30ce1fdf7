"""What waits for finance on the Home page: batches whose next step is this person's, and what is overdue and can be
paid.

Called by the page Home.
"""

import datetime as dt

import duckdb
import streamlit as st

from core import desk, ledger
from core.people import Person, may
from core.terms import catalogue
from pages.parts import badges, dates, frame, words
from pages.parts.money import money

SHORT = 5
STEPS = {"prepared": "to approve", "approved": "to give out", "exported": "to say what became of it"}
"""The next step of a batch by its state."""
WAITS = badges.Look("Waits for you", "inventory_2", "blue")


def show(con: duckdb.DuckDBPyConnection, acting: Person, now: dt.datetime) -> None:
    """Batches that wait for this person, then lines that could have been paid by now."""
    batches = _batches(con, acting, now)
    late = ledger.lines(con, ledger.Filters(("open",), is_overdue=True), 1, SHORT).to_dicts()
    if not batches and not late:
        st.text("No batch waits for you, and nothing that can be paid is overdue.")
        return
    with st.container(border=True, gap="small"):
        for row, step in batches[:SHORT]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                badges.badge(WAITS, width=130)
                with st.container(gap=None, width="stretch"):
                    words.line(text=f"A batch of {money(row['total'], row['currency'])} is {step}.")
                    words.quiet(words.join(catalogue().programs[row["program"]].short_name, row["id"]))
                if st.button("Open the batch", key=f"batch-{row['id']}"):
                    st.switch_page(frame.FILES["payouts"], query_params={"view": "Batches", "batch": row["id"]})
        for row in late:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                badges.badge(badges.Look("Overdue", "warning", "red"), width=130)
                with st.container(gap=None, width="stretch"):
                    words.line(text=f"{money(row['amount'], row['currency'])} to {row['partner_name']}")
                    words.quiet(f"Was due {dates.day(row['due_on'])}. It is ready to be paid.")
                frame.open_lead(row["lead"])
    if late and st.button("All overdue lines", icon=":material/arrow_forward:", icon_position="right"):
        st.switch_page(frame.FILES["payouts"], query_params={"payouts_state": "Overdue"})


def _batches(con: duckdb.DuckDBPyConnection, acting: Person, now: dt.datetime) -> list[tuple[dict, str]]:
    """Batches with their next step where it is this person's to do, those prepared first at the top."""
    found = []
    for row in reversed(ledger.batches(con).to_dicts()):
        if row["state"] not in STEPS or may(acting, "approve_batch", row["program"]) is not None:
            continue
        is_to_approve = row["state"] == "prepared" or (
            row["state"] == "approved" and desk.needs_second_approval(con, row["id"], now))
        if is_to_approve:
            why_not, step = desk.why_not_approve(row, acting.id), STEPS["prepared"]
        else:
            why_not = desk.why_not_record(row, acting.id) if row["state"] == "exported" else None
            step = STEPS[row["state"]]
        if why_not is None:
            found.append((row, step))
    return found
