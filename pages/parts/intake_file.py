"""The file that is being brought in: what it is for, where its bytes lie meanwhile, and what was answered about it.

Called by the page Intake and its parts. The bytes are a temporary file of the session, gone when another takes its
place, when they are brought in, with the session, or at the latest when the server starts again.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from core import work
from core.intake.formats import limits
from core.intake.vocabulary import KINDS
from core.people import Person
from core.terms import catalogue
from pages.parts import database, words

TELL = "Tell from the columns"
UPLOAD, REPORT = "intake-upload", "intake-report"
OF_IMPORT = "import"
"""Under which the address names the import whose report is shown."""


@dataclass
class Upload:
    """An uploaded file. answers: a mapping as `core.intake.imports` takes it. target: program, kind, partner."""

    folder: tempfile.TemporaryDirectory
    path: Path
    answers: dict[str, object] = field(default_factory=dict)
    target: tuple[str, str | None, str | None] | None = None

    def answer(self, name: str, column: str | None) -> None:
        """Which column is a field, or which sheet or encoding is meant."""
        self.answers[name] = column

    def answer_dates(self, column: str, reading: str) -> None:
        """How the dates of a column are read."""
        self.answers["_dates"] = self.answers.get("_dates", {}) | {column: reading}


def ask(acting: Person) -> Upload | None:
    """What the file is for, and the file; None until there is one."""
    programs = {catalogue().programs[one].short_name: one for one in work.programs_of(acting, catalogue().programs)}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        program = st.selectbox("Program", list(programs), key="intake-program", width=230, persist_state="session")
        kind = st.selectbox("What the file holds", [TELL, *KINDS], key="intake-kind", width=230,
                            format_func=str.capitalize, on_change=forget, persist_state="session")
        partner = st.text_input("Partner id, for leads whose row names none", key="intake-partner", width=330,
                                placeholder="May be left out", on_change=forget, persist_state="session").strip()
    number = st.session_state.setdefault("intake-number", 0)
    st.file_uploader("File", key=f"intake-file-{number}", on_change=_keep, args=(number,), label_visibility="collapsed")
    upload = st.session_state.get(UPLOAD)
    if upload is None:
        words.quiet("CSV, TSV, Excel, Parquet or JSON Lines, as another system exports it. You see first which column "
                    "is taken for what; nothing is stored before you import it.")
        words.quiet(f"A file may have {st.get_option('server.maxUploadSize')} MB here; one of up to "
                    f"{limits.FILE_BYTES // limits.MIB} MB comes in at the command line, with the dashboard stopped:")
        st.code(f".venv/bin/python -m core import FILE --program {programs[program]} --db {database.name()}",
                language=None, wrap_lines=True)
    else:
        upload.target = (programs[program], None if kind == TELL else kind, partner or None)
    return upload


def forget() -> None:
    """Answers were for what the file was taken for."""
    if upload := st.session_state.get(UPLOAD):
        upload.answers = {}


def remove() -> None:
    """The file is done with: its bytes go, and the field is empty for another."""
    if upload := st.session_state.pop(UPLOAD, None):
        upload.folder.cleanup()
    st.session_state["intake-number"] += 1


def _keep(number: int) -> None:
    """Put the bytes where the import can read them, under the file's own name."""
    if earlier := st.session_state.pop(UPLOAD, None):
        earlier.folder.cleanup()
    if file := st.session_state[f"intake-file-{number}"]:
        st.session_state.pop(REPORT, None)
        st.query_params.pop(OF_IMPORT, None)
        database.uploads().mkdir(mode=0o700, exist_ok=True)
        folder = tempfile.TemporaryDirectory(dir=database.uploads())
        path = Path(folder.name) / Path(file.name).name
        path.write_bytes(file.getvalue())
        st.session_state[UPLOAD] = Upload(folder, path)
