"""Bringing the file in, what became of each of its rows, and the earlier imports. Called by the page Intake."""

import datetime as dt
import hashlib

import duckdb
import streamlit as st

from core import days, desk, queue
from core.intake import history
from core.intake.mapping import Proposal
from core.model import Refusal
from core.terms import catalogue
from pages.parts import acts, badges, database, dates, modal, people, words
from pages.parts.intake_file import REPORT, Upload, remove

TAKEN_BACK = badges.Look("Taken back", "undo", "gray")
SIZE = 10


def bring(con: duckdb.DuckDBPyConnection, upload: Upload, proposal: Proposal) -> None:
    """The button that brings the rows in; what became of them is shown at the next drawing."""
    has_partner = upload.target[2] or any(one.field == "partner" and one.column for one in proposal.fields)
    is_of_nobody = proposal.kind == "leads" and not has_partner
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_sent = st.button(f"Import {words.rows(proposal.rows)}", type="primary",
                            disabled=bool(proposal.needs) or proposal.is_unknown or is_of_nobody)
        if proposal.needs:
            st.caption("Answer the questions first.", width="content")
        elif proposal.is_unknown:
            st.caption("Say first which column is which.", width="content")
        elif is_of_nobody:
            st.caption("Say first whose leads these are: the partner above for the whole file, or its column.",
                       width="content")
    if not is_sent:
        return
    bar = st.progress(0.0, "Reading the file")
    try:
        _, report = desk.import_file(
            con, people.signed(f"import/{upload.folder.name}/{_digest(upload)}", None), upload.path, *upload.target,
            upload.answers, lambda stage, done, of: bar.progress(min(done / of, 1.0) if of else 0.0,
                                                                 stage.capitalize()))
    except Refusal as refusal:
        acts.refuse(str(refusal), "page")
    else:
        rejects = report.refused_file.read_bytes() if report.refused_file else None
        st.session_state[REPORT] = (upload.path.name, report, rejects)
        remove()
    st.rerun()


def _digest(upload: Upload) -> str:
    """Of what is asked with the file: the same again is the same change."""
    return hashlib.sha256(repr((upload.target, upload.answers)).encode()).hexdigest()[:16]


def show() -> None:
    """The report of the last file, until another is uploaded or it is closed."""
    if REPORT not in st.session_state:
        return
    name, report, rejects = st.session_state[REPORT]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words.line(name, quiet=f"{words.rows(report.rows_read)}, read as {report.kind}", width="content")
            st.space("stretch")
            st.button("Close", type="tertiary", on_click=lambda: st.session_state.pop(REPORT))
        with st.container(horizontal=True, gap="large"):
            st.metric("Accepted", f"{report.accepted:,}", width="content")
            st.metric("Refused", f"{len(report.refused):,}", width="content")
        for part, told in report.covers.items():
            words.line(text=f"{part.capitalize()}: now told of for {told['organizations']:,} organizations; "
                            f"{told['leads']:,} stored leads waited for that.")
            if told["lead_ids"]:
                more = told["leads"] - len(told["lead_ids"])
                words.quiet(f"{', '.join(told['lead_ids'])}{f' and {more:,} more' if more else ''}")
        for note in report.notes:
            words.quiet(note)
        if report.refused:
            st.dataframe({"Row": [row["row"] for row in report.refused],
                          "Column": [row["column"] or "" for row in report.refused],
                          "Why it was refused": [row["reason"] for row in report.refused]},
                         hide_index=True, alt="Refused rows", height="content" if len(report.refused) < SIZE else 390,
                         column_config={"Row": st.column_config.NumberColumn(width=60, format="%d"),
                                        "Column": st.column_config.TextColumn(width=160),
                                        "Why it was refused": st.column_config.TextColumn(width=860)})
        if rejects:
            st.download_button("Download the refused rows", rejects, f"{name}.refused.csv", "text/csv",
                               on_click="ignore", icon=":material/download:")
            st.caption("Mend them there and bring that file in: the reasons are left out when it is read.")


def earlier(con: duckdb.DuckDBPyConnection) -> None:
    """Earlier imports, newest first, with the way to take one back."""
    found, zones = history.earlier(con), days.zones(con)
    st.subheader("Earlier imports", anchor=False)
    if found.is_empty():
        st.caption("Nothing was brought in from a file yet.")
        return
    *_, pages = queue.span(1, SIZE, found.height)
    number = st.pagination(pages, key="intake-page") if pages > 1 else 1
    with st.container(gap="xsmall"):
        for row in found.slice((number - 1) * SIZE, SIZE).to_dicts():
            _earlier_row(row, zones[row["program"]])


def _earlier_row(row: dict, zone: str) -> None:
    told = words.join(catalogue().programs[row["program"]].short_name, row["kind"], _moment(row["imported_at"], zone),
                      f"{row['accepted']:,} accepted, {row['refused']:,} refused")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"import-{row['id']}"):
        words.line(row["file_name"], quiet=told, width="content")
        st.space("stretch")
        if row["taken_back_at"]:
            badges.badge(TAKEN_BACK)
            words.quiet(f"{_moment(row['taken_back_at'], zone)} by {row['taken_back_by']}", width="content")
        else:
            st.button("Take back", key=f"take-back-{row['id']}", on_click=modal.ask, args=(take_back, row))


def _moment(at: dt.datetime, zone: str) -> str:
    return dates.moment(days.local_moment(at, zone))


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
            if REPORT in st.session_state and st.session_state[REPORT][1].import_id == row["id"]:
                del st.session_state[REPORT]
            modal.close()
            st.rerun()
    acts.refused("dialog")
