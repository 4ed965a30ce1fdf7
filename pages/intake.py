"""Intake: a file of another system is looked at, asked about and brought in; an earlier one is taken back."""

import streamlit as st

from core import days, desk
from core.model import Refusal
from pages.parts import (
    acts,
    database,
    frame,
    intake_earlier,
    intake_file,
    intake_lead,
    intake_mapping,
    intake_report,
    modal,
    people,
    words,
)

acting = people.require("intake")
con = database.connection()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    frame.title("Intake", "Files of other systems, brought in as leads or as history")
    st.space("stretch")
    st.button("One lead by hand…", icon=":material/edit_note:", on_click=modal.ask,
              args=(intake_lead.write_down, acting, desk.head(con).number), key="by-hand", shortcut=modal.key("b"))
acts.tell()
upload = intake_file.ask(acting)
intake_report.show(con)
if upload:
    try:
        proposal = intake_mapping.propose(con, upload)
    except Refusal as refusal:
        with st.container(border=True):
            words.line(text=str(refusal))
    else:
        intake_mapping.show(upload, proposal)
        intake_mapping.show_preview(proposal, days.zones(con)[upload.target[0]])
        intake_report.bring(con, upload, proposal)
intake_earlier.earlier(con)
