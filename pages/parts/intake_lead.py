"""One lead written down by hand, with the fields and checks of a file with one row. Called by the page Intake."""

import datetime as dt

import streamlit as st

from core import days, desk, work
from core.intake.vocabulary import WORDS
from core.model import Refusal
from core.people import Person, directory
from core.terms import catalogue
from pages.parts import acts, database, dialogs, frame, modal, people

WHO = {"full_name": "Name", "email": "E-mail", "company": "Company", "role": "Role",
       "website": "Website of the company", "country": "Country", "phone": "Phone"}


@modal.dialog("One lead by hand", width="large")
def write_down(acting: Person, seen: int) -> None:
    """Whose lead it is, whom it is about, and when it came; brought in, it opens."""
    con = database.connection()
    programs = {catalogue().programs[one].short_name: one for one in work.programs_of(acting, catalogue().programs)}
    partners = {f"{name} · {partner}": partner for partner, name in directory.partners(con).items()}
    program = programs[st.selectbox("Program", list(programs), key="hand-program")]
    zone = days.zones(con)[program]
    with st.form("hand", border=False):
        partner = st.selectbox("Partner", list(partners), index=None, accept_new_options=True,
                               placeholder="Choose one, or type the id of a new one")
        grid = st.grid(2, min_column_width=260, gap="small")
        told = {}
        for name, label in WHO.items():
            with grid.cell():
                told[name] = st.text_input(label)
        with grid.cell():
            told["channel"] = _word("How it came", "channel")
        came_at = st.datetime_input(f"When it came, by the clock of {zone}", format="YYYY-MM-DD",
                                    value=days.local_moment(database.now(), zone))
        with st.expander("More that terms ask for"):
            told["products"] = st.text_input("Products, with commas between them")
            decides_on = st.date_input("The day by which they will decide", value=None, format="YYYY-MM-DD")
            told["follow_up_with"] = _word("With whom we follow up", "follow_up_with")
            told["source_context"] = _word("Where the partner has it from", "source_context")
        is_sent = dialogs.send("Bring it in")
    if is_sent:
        told |= {"submitted_at": _written(came_at), "expected_decision_date": decides_on and decides_on.isoformat()}
        _bring(program, partners.get(partner, partner), {name: text or "" for name, text in told.items()}, seen)
    acts.refused("dialog")


def _word(label: str, vocabulary: str) -> str | None:
    """One of our own words, or none."""
    return st.selectbox(label, list(WORDS[vocabulary]), index=None, placeholder="Not told",
                        format_func=lambda one: one.replace("_", " ").capitalize())


def _written(moment: dt.datetime | None) -> str | None:
    return moment and moment.isoformat(sep=" ", timespec="minutes")


def _bring(program: str, partner: str | None, told: dict[str, str], seen: int) -> None:
    if not partner:
        acts.refuse("Say whose lead it is: choose the partner, or type the id of a new one.", "dialog")
        return
    try:
        lead = desk.write_down(database.connection(), people.signed(f"hand/{sorted(told.items())}", seen), program,
                               partner.strip(), told)
    except Refusal as refusal:
        acts.refuse(str(refusal), "dialog")
        return
    st.session_state["toast"] = "Brought in."
    modal.close()
    st.switch_page(frame.FILES["checklist"], query_params={"lead": lead})
