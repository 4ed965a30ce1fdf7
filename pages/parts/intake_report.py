"""Bringing the file in, and the report of an import: what became of its rows, what it brought and found.

Called by the page Intake. The report of an import stands in the address, so that a reload and a link keep it; of a file
of which nothing came in nothing is stored, so its report is the session's alone.
"""

import datetime as dt
import hashlib
from collections.abc import Callable

import duckdb
import polars as pl
import streamlit as st

from core import days, desk, inert
from core.intake import formats, history
from core.intake.imports import Report
from core.intake.mapping import Proposal
from core.model import Refusal
from pages.parts import acts, badges, dates, frame, grids, people, words
from pages.parts.intake_file import OF_IMPORT, REPORT, Upload, remove
from pages.parts.intake_mapping import progress_in

NOTHING = badges.Look("Nothing came in", "error", "red")
SHOWN = 1_000
"""Refused rows that are shown; the file holds all."""
LINKS = 20
"""Leads that are opened from a report."""


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
    try:
        _, report = desk.import_file(
            con, people.signed(f"import/{upload.folder.name}/{_digest(upload)}", None), upload.path, *upload.target,
            upload.answers, progress_in(st.empty()))
    except Refusal as refusal:
        acts.refuse(str(refusal), "page")
    else:
        if report.import_id:
            open_report(report.import_id)
        else:
            rejects = report.refused_file.read_bytes() if report.refused_file else None
            st.session_state[REPORT] = (upload.path.name, report, rejects)
        remove()
    st.rerun()


def _digest(upload: Upload) -> str:
    """Of what is asked with the file: the same again is the same change."""
    return hashlib.sha256(repr((upload.target, upload.answers)).encode()).hexdigest()[:16]


def open_report(import_id: str) -> None:
    """The report of an import is shown from now on."""
    st.session_state.pop(REPORT, None)
    st.query_params[OF_IMPORT] = import_id


def close_report() -> None:
    """No report is shown any more."""
    st.session_state.pop(REPORT, None)
    st.query_params.pop(OF_IMPORT, None)


def show(con: duckdb.DuckDBPyConnection) -> None:
    """The report that the address names, or of the last file of which nothing came in; until it is closed."""
    if wanted := st.query_params.get(OF_IMPORT):
        _stored(con, wanted)
    elif REPORT in st.session_state:
        _of_nothing(*st.session_state[REPORT])


def _stored(con: duckdb.DuckDBPyConnection, import_id: str) -> None:
    told = history.report(con, import_id)
    if told is None:
        words.quiet("The import of the link is not there.")
        return
    came = moment(told["imported_at"], days.zones(con)[told["program"]])
    with st.container(border=True, gap="small"):
        _head(told["file_name"], words.join(f"{words.rows(told['rows_read'])}, read as {told['kind']}", came))
        _counts(told["accepted"], told["refused"])
        if told["taken_back_at"]:
            words.line(text="It was taken back: what it brought is gone, and so are its refused rows.")
            return
        _leads("Brought:", history.leads(con, import_id, LINKS), told["accepted"] if told["kind"] == "leads" else 0)
        for part, covered in told["covers"].items():
            words.line(text=f"{part.capitalize()}: now told of for {covered['organizations']:,} organizations; "
                            f"{covered['leads']:,} stored leads waited for that.")
            _leads("Covered now:", covered["lead_ids"][:LINKS], covered["leads"])
        if told["look_alikes"]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                words.line("Look-alikes:", f"{told['look_alikes']:,} found, {told['open_look_alikes']:,} to answer",
                           width="content")
                st.page_link(frame.FILES["matches"], label="Look-alikes", icon=":material/compare:")
        for note in told["notes"]:
            words.quiet(note)
        refused = history.refusals(con, import_id, SHOWN).to_dicts()
        if told["refused"] and not refused:
            words.quiet("It came in before refused rows were kept.")
        elif refused:
            _refused(refused, told["refused"])
            with st.container(horizontal=True, gap="small"):
                _download(told["file_name"], lambda: formats.as_file(history.refused_rows(con, import_id)))
                st.download_button("As XLSX", lambda: inert.as_xlsx(history.refused_rows(con, import_id)),
                                   f"{told['file_name']}.refused.xlsx", on_click="ignore", icon=":material/download:")


def _of_nothing(name: str, report: Report, rejects: bytes | None) -> None:
    with st.container(border=True, gap="small"):
        _head(name, f"{words.rows(report.rows_read)}, read as {report.kind}")
        _counts(0, len(report.refused))
        for note in report.notes:
            words.quiet(note)
        if report.refused:
            _refused(report.refused[:SHOWN], len(report.refused))
        if rejects:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                badges.badge(NOTHING)
                words.line(text="Of this file nothing is stored, also not this report. Download the refused rows now.")
            _download(name, rejects)


def _head(name: str, quiet: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words.line(name, quiet=quiet, width="content")
        st.space("stretch")
        st.button("Close", key="close-report", type="tertiary", on_click=close_report)


def _counts(accepted: int, refused: int) -> None:
    with st.container(horizontal=True, gap="large"):
        st.metric("Accepted", f"{accepted:,}", width="content")
        st.metric("Refused", f"{refused:,}", width="content")


def _leads(what: str, leads: list[str], all_of_them: int) -> None:
    """Links to the first of some leads, and how many more there are."""
    if not leads:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words.quiet(what, width="content")
        for lead in leads:
            frame.open_lead(lead)
        if all_of_them > len(leads):
            words.quiet(f"and {all_of_them - len(leads):,} more", width="content")


def _refused(rows: list[dict], all_of_them: int) -> None:
    shown = pl.DataFrame(rows, schema={"row": pl.Int64, "column": pl.String, "reason": pl.String})
    grids.shown(shown.rename({"row": "Row", "column": "Column", "reason": "Why it was refused"}), "Refused rows",
                column_config={"Row": st.column_config.NumberColumn(width=60, format="%d"),
                               "Column": st.column_config.TextColumn(width=160),
                               "Why it was refused": st.column_config.TextColumn(width=860)})
    if all_of_them > len(rows):
        words.quiet(f"The first {len(rows):,} of {all_of_them:,} are shown; the file holds all.")
    words.quiet("Mend them in the file and bring that in: the reasons are left out when it is read.")


def _download(name: str, content: bytes | Callable[[], bytes]) -> None:
    st.download_button("Download the refused rows", content, f"{name}.refused.csv", "text/csv", on_click="ignore",
                       icon=":material/download:")


def moment(at: dt.datetime, zone: str) -> str:
    """An instant by the clock of a program."""
    return dates.moment(days.local_moment(at, zone))
