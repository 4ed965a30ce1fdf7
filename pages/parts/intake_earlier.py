"""The earlier imports, with the report of each, and the way to take one back. Called by the page Intake."""

import duckdb
import streamlit as st

from core import days, desk, queue
from core.intake import history
from core.model import Refusal
from core.terms import catalogue
from pages.parts import acts, badges, database, modal, people, words
from pages.parts.intake_file import OF_IMPORT
from pages.parts.intake_report import close_report, moment, open_report

TAKEN_BACK = badges.Look("Taken back", "undo", "gray")
SIZE = 10


def earlier(con: duckdb.DuckDBPyConnection) -> None:
    """Earlier imports, newest first, with the way to take one back."""
    found, zones = history.earlier(con), days.zones(con)
    st.subheader("Earlier imports", anchor=False)
    if found.is_empty():
        st.caption("Nothing was brought in from a file yet.")
        return
    *_, pages = queue.span(1, SIZE, found.height)
    number = st.pagination(pages, key="intake_page", bind="query-params") if pages > 1 else 1
    with st.container(gap="xsmall"):
        for row in found.slice((number - 1) * SIZE, SIZE).to_dicts():
            _earlier_row(row, zones[row["program"]])


def _earlier_row(row: dict, zone: str) -> None:
    told = words.join(catalogue().programs[row["program"]].short_name, row["kind"], moment(row["imported_at"], zone),
                      f"{row['accepted']:,} accepted, {row['refused']:,} refused")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"import-{row['id']}"):
        words.line(row["file_name"], quiet=told, width="content")
        st.space("stretch")
        if row["taken_back_at"]:
            badges.badge(TAKEN_BACK)
            words.quiet(f"{moment(row['taken_back_at'], zone)} by {row['taken_back_by']}", width="content")
        else:
            st.button("Report", key=f"report-{row['id']}", on_click=open_report, args=(row["id"],))
            st.button("Take back", key=f"take-back-{row['id']}", on_click=modal.ask, args=(take_back, row))


@modal.dialog("Take this import back?")
def take_back(row: dict) -> None:
    """All that the file brought goes, as long as nothing rests on it."""
    words.line(row["file_name"], f"{words.rows(row['accepted'])} of {row['kind']} will be gone, "
                                 "with all that came in with it.")
    st.caption("The record of the import stays, and the file can be brought in again.")
    if st.button("Take it back", type="primary", shortcut="Ctrl+Enter"):
        try:
            signature = people.signed(f"take-back/{row['id']}", None)
            desk.take_back(database.connection(), signature, row["id"])
        except Refusal as refusal:
            acts.refuse(str(refusal), "dialog")
        else:
            st.session_state["toast"] = "Taken back."
            if st.query_params.get(OF_IMPORT) == row["id"]:
                close_report()
            modal.close()
            st.rerun()
    acts.refused("dialog")
