"""Erasing a contact: find the person, see what goes and what stays, confirm by typing; and the commands of operators.

Called by the page Admin. Shows of a contact what it takes to know whom one erases, and nothing of their leads.
"""

import duckdb
import streamlit as st

from core import desk
from core.desk import erasing
from core.model import Refusal
from core.people import Person, may
from pages.parts import acts, badges, database, dates, frame, modal, words

MOST, LETTERS = 10, 3
RESULT = "erased"
TABLES = {
    "contacts": ("contact record", "contact records", "name, address, phone and other details go"),
    "leads": ("lead", "leads", "what came with it beyond our columns goes; verdicts and decisions stay"),
    "events": ("event", "events", "addresses and texts go; that it happened stays"),
    "partners": ("partner record", "partner records", "name, address and payee details of the person go"),
    "near_matches": ("look-alike question", "look-alike questions", "the keys become digests"),
    "verdict_evidence": ("link of a verdict", "links of verdicts", "the link goes"),
    "import_refusals": ("refused row of a file", "refused rows of files", "its cells and the reason go"),
}
"""By table: what its rows are called, and what becomes of them. What stands not here are notes that people wrote."""
GONE, STAYS = badges.Look("Goes", "delete", "red"), badges.Look("Stays", "lock", "gray")


def in_words(table: str, rows: int) -> tuple[str, str]:
    """How many rows of a table, and what becomes of them."""
    notes = table.replace("_", " ")
    noun, many, what = TABLES.get(table, (f"note in {notes}", f"notes in {notes}", "the text goes"))
    return f"{rows:,} {noun if rows == 1 else many}", what


def show(con: duckdb.DuckDBPyConnection, acting: Person, is_now: bool) -> None:
    """The search and its candidates, each with the way to erase it."""
    _result()
    if not is_now:
        words.line(text="What is erased is erased for every day. Go back to now to erase.")
        return
    if refused := may(acting, "erase", None):
        words.line(text=refused)
        return
    search = st.text_input("Whom", key="whom", placeholder="E-mail, name, company or contact id", width=420,
                           icon=":material/search:").strip()
    if len(search) < LETTERS:
        words.quiet(f"Enter {LETTERS} letters or more of what the person gave, best their whole e-mail address.")
        return
    found, seen = erasing.candidates(con, search, MOST + 1), desk.head(con).number
    if not found:
        with st.container(border=True):
            st.text("No contact matches, nor does a refused row of a file; or the one that did is erased already.")
        return
    with st.container(gap="small"):
        for row in found[:MOST]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"contact-{row['id']}"):
                words.line(row["full_name"] or row["email"], quiet=words.join(row["email"], row["company"], row["id"]))
                st.button("Erase…", key=f"erase-{row['id']}", help="See first what goes and what stays",
                          on_click=modal.ask, args=(erase, row, seen))
    if len(found) > MOST:
        words.quiet(f"There are more than these {MOST}. Enter more letters.")


@modal.dialog("Erase this person's data?", width="medium")
def erase(row: dict, seen: int) -> None:
    """What goes, what stays, and the id to type. seen: the last entry of the journal when it was offered."""
    con, contact = database.connection(), row["id"]
    try:
        goes = _what_goes(contact, desk.head(con).number)
    except Refusal as refusal:
        words.line(text=str(refusal))
        return
    words.line(row["full_name"] or row["email"], quiet=words.join(row["email"], row["company"]))
    _lines({table: len(ids) for table, ids in goes.ids().items()}, goes.kept)
    with st.form(f"erase-{contact}", border=False):
        st.text(f"Nothing brings it back. Type the id {contact} to confirm.")
        typed = st.text_input("The id of the contact", max_chars=200)
        is_sent = st.form_submit_button("Erase for good", type="primary", shortcut="Ctrl+Enter")
    if is_sent and typed.strip() != contact:
        acts.refuse("That is not the id of this contact. Nothing was erased.", "dialog")
    elif is_sent:
        with st.spinner("Erasing, and evaluating again what it bears on.", show_time=True):
            done = acts.do(desk.erase, f"erase/{contact}", seen, "Erased.", contact=contact)
        if done:
            st.cache_resource.clear()  # what pages keep in memory names the person
            st.cache_data.clear()
            st.session_state[RESULT] = (contact, done.number, done.after)
            st.session_state.pop("whom", None)
            modal.close()
            st.rerun()
    acts.refused("dialog")


@st.cache_resource(max_entries=20, ttl=600, show_spinner="Looking through every text for what names this person…")
def _what_goes(contact: str, entry: int) -> erasing.Goes:
    """What erasing a contact would empty: it takes a while, and the dialog is drawn again when it is sent. entry: the
    last one of the journal, so that no change is answered by what was before."""
    del entry
    return erasing.what_goes(database.connection(), contact, database.now())


def _lines(counts: dict[str, int], kept: list[dict]) -> None:
    with st.container(gap="xxsmall"):
        for table, rows in counts.items():
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                badges.badge(GONE, width=80)
                words.line(*in_words(table, rows))
        for row in kept:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                badges.badge(STAYS, width=80)
                words.line(_of_kept(row), row["because"], _until(row))
    words.quiet("Verdicts, decisions, amounts and the journal stay; a digest stands for the person, so that limits "
                "still hold.")


def _of_kept(row: dict) -> str:
    return row.get("what") or f"How partner {row['partner']} is paid"


def _until(row: dict) -> str:
    if "what" in row:
        return ""
    return f"until {dates.day(row['until'])}" if row["until"] else "until somebody sets or pays it"


def _result() -> None:
    """What became of the last erasure, until it is closed."""
    if RESULT not in st.session_state:
        return
    contact, number, after = st.session_state[RESULT]
    with frame.card(f"Erased, entry {number:,}"):
        counts = {table: rows for table, rows in after.items() if table != "kept"}
        what = "Contact" if "contacts" in counts else "Refused row"
        words.line(f"{what} {contact}", ", ".join(in_words(table, rows)[0] for table, rows in counts.items()) + ".")
        for row in after["kept"]:
            words.line(f"{_of_kept(row)} stays:", row["because"], row.get("until") or "")
        words.quiet("Backups, and files of refused rows outside, are not touched. The freed parts of the database are "
                    "emptied when an operator has it rewritten: see the commands.")
        st.button("Close", key="close-erased", type="tertiary", on_click=lambda: st.session_state.pop(RESULT))


COMMANDS = (
    ("Is everything what the journal says? Ends with status 1 and names the first fault where not.", "verify"),
    ("A proven copy, with its head file and key. Keep it where others cannot write.", "backup /backups/leads.duckdb"),
    ("A backup in the place of a database that was moved away; proven as well.", "restore /backups/leads.duckdb"),
    ("After an erasure: write the file anew, so that nothing erased stays in its freed parts.", "rewrite"),
    ("People and roles without the dashboard, where no admin is left.", "people list"),
)


def commands() -> None:
    """What operators do at the command line of this machine."""
    words.line(text="Stop the dashboard first: only one program at a time can have the database.")
    for what, command in COMMANDS:
        with st.container(gap="xxsmall"):
            words.line(text=what)
            st.code(f".venv/bin/python -m core {command} --db {database.name()}", language=None, wrap_lines=True)
    words.quiet("Beside the database stand its head file (.head) and its key (.key). They belong into every backup.")
