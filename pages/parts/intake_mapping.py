"""Which column is taken for which field and why, with the questions that come first. Called by the page Intake.

Column names and cells are from outside: they stand in lists of choices and in escaped lines, never in labels.
"""

import duckdb
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import days
from core.intake import imports
from core.intake.dates import READINGS
from core.intake.formats import Progress
from core.intake.mapping import ANSWER, CONTENTS, NAME, NO_COLUMN, REMEMBERED, FieldProposal, Proposal
from pages.parts import badges, database, grids, words
from pages.parts.intake_file import Upload, forget

WHY = {NAME: "by its name", CONTENTS: "by its contents", ANSWER: "as you said", REMEMBERED: "remembered"}
BEFORE = {"_sheet": "Which sheet is to be read?", "_encoding": "In which encoding is the file written?"}
QUESTION = badges.Look("Question", "help", "yellow")
NAMED = 30
"""Columns that nothing takes which are named."""
LONGEST = 24
"""Letters of an example that are shown, so that three of them stand in a line."""


def propose(con: duckdb.DuckDBPyConnection, upload: Upload) -> Proposal:
    """The proposal for the file with the answers so far. Raises Refusal."""
    asked = (upload.target, repr(upload.answers))
    kept, proposal = st.session_state.get("intake-proposal", (None, None))
    if kept != (upload.path, asked):
        place = st.empty()
        zone = days.zones(con)[upload.target[0]]
        proposal = imports.propose(con, upload.path, *upload.target, upload.answers, database.now(), zone,
                                   progress_in(place))
        place.empty()
        st.session_state["intake-proposal"] = ((upload.path, asked), proposal)
    return proposal


def show(upload: Upload, proposal: Proposal) -> None:
    """The questions, then the mapping, what is left of the file, and what is noted."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Which column is which", anchor=False, width="content")
        read = f"{words.rows(proposal.rows)}, read as {proposal.kind}" if proposal.rows else "not read yet"
        words.line(upload.path.name, quiet=read, width="content")
        st.space("stretch")
        if upload.answers:
            st.button("Forget my answers", type="tertiary", on_click=forget)
    examples = {row["column"]: row["examples"] for row in proposal.unused}
    examples |= {one.column: one.examples for one in proposal.fields if one.column}
    for number, need in enumerate(proposal.needs, 1):
        _question(upload, number, need, examples)
    columns = [column for column in examples if column]
    with st.container(gap="xsmall"):
        for one in proposal.fields:
            if one.column:
                _row(upload, one, columns, proposal.readings.get(one.column))
    if proposal.is_unknown:
        words.line(text="No column is known by its name. Say below which one holds what, first who a row is about: an "
                        "id, a name, an address or a company.")
        for row in proposal.unused[:NAMED]:
            words.line(f"{row['column']}:", _shown(row["examples"]))
    asked = {need["column"] for need in proposal.needs}
    missing = [one for one in proposal.fields if not one.column and one.field not in asked]
    if missing:
        with st.expander(f"{len(missing)} fields without a column", expanded=proposal.is_unknown):
            grid = st.grid(2, min_column_width=430, gap="xsmall")
            for one in missing:
                with grid.cell():
                    _row(upload, one, columns, None)
    if proposal.unused and not proposal.is_unknown:
        names = ", ".join(row["column"] for row in proposal.unused[:NAMED])
        more = f" and {len(proposal.unused) - NAMED} more" if len(proposal.unused) > NAMED else ""
        words.line(quiet=f"No field takes: {names}{more}.")
    for note in proposal.notes:
        words.quiet(note)


def progress_in(place: DeltaGenerator) -> Progress:
    """A bar that names what is being done, and how much of it is, where that is known."""
    bar = place.progress(0.0, "Reading the file")
    return lambda stage, done, of: bar.progress(min(done / of, 1.0) if of else 1.0, stage.capitalize())


def show_preview(proposal: Proposal, zone: str) -> None:
    """The first rows as they would be read, and how many would not come in."""
    preview = proposal.preview
    if preview is None:
        return
    st.subheader(f"The first {words.rows(preview.rows.height)} as they would be read", anchor=False)
    names = {name: _label(name) for name in preview.rows.columns} | {"refused": "Why it would be refused"}
    grids.shown(preview.rows.rename(names), "The first rows as they would be read",
                column_config={"Row": st.column_config.NumberColumn(width=60, format="%d")})
    if preview.refused is None:
        words.quiet(f"Times are by the clock of {zone}. The file is long: the import tells how many rows are refused.")
    elif first := preview.first_refused:
        where = words.join(f"row {first['row']:,}", first["column"], by=", ")
        words.line(f"{preview.refused:,} of {words.rows(proposal.rows)} would be refused,",
                   f"the first is {where}: {first['reason']}.", f"Times are by the clock of {zone}.")
    else:
        words.quiet(f"As far as is known now, every row would come in. Times are by the clock of {zone}.")


def _question(upload: Upload, number: int, need: dict, examples: dict[str, list[str]]) -> None:
    """What only the user can say; answered, the file is looked at again."""
    name, choices = need["column"], need["choices"]
    is_of_dates = set(choices) <= {*READINGS, NO_COLUMN}
    key = f"intake-need-{name}-{upload.path}"
    question = BEFORE.get(name) or (f"How are the dates in ‘{name}’ written?" if is_of_dates
                                    else f"Which column is the field ‘{_label(name)}’?")

    def answer() -> None:
        (upload.answer_dates if is_of_dates else upload.answer)(name, st.session_state[key])

    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(QUESTION)
            words.line(question, width="content")
        for column in [name] if is_of_dates else choices:
            if examples.get(column):
                words.line(first=f"{column}:", text=_shown(examples[column]))
        st.selectbox(f"Answer to question {number}", choices, index=None, key=key, on_change=answer, width=430,
                     placeholder="Choose", label_visibility="collapsed")


def _row(upload: Upload, one: FieldProposal, columns: list[str], reading: str | None) -> None:
    """A field with its column. The key tells proposals apart, so that a new one is shown as it is proposed."""
    key = f"intake-{one.field}-{one.column}-{upload.path}"
    choices = list(dict.fromkeys([NO_COLUMN, *one.alternatives, *columns]))

    def answer() -> None:
        upload.answer(one.field, st.session_state[key])

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words.line(_label(one.field), width=150)
        st.selectbox(f"Column of {_label(one.field)}", choices, index=choices.index(one.column or NO_COLUMN), key=key,
                     on_change=answer, label_visibility="collapsed", width=260, required=True)
        if one.why:
            words.line(quiet=words.join(WHY[one.why], reading), width=110)
        if one.examples:
            words.line(text=_shown(one.examples))


def _label(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _shown(examples: list[str]) -> str:
    return " · ".join(text if len(text) <= LONGEST else f"{text[:LONGEST - 1]}…" for text in examples)
