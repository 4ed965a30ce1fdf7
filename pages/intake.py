"""Intake: a file of another system is looked at, asked about and brought in; an earlier one is taken back."""

import streamlit as st

from core.model import Refusal
from pages.parts import acts, database, frame, intake_file, intake_mapping, intake_report, people, words

acting = people.require("intake")
con = database.connection()
frame.title("Intake", "Files of other systems, brought in as leads or as history")
acts.tell()
upload = intake_file.ask(acting)
intake_report.show()
if upload:
    try:
        proposal = intake_mapping.propose(con, upload)
    except Refusal as refusal:
        with st.container(border=True):
            words.line(text=str(refusal))
    else:
        intake_mapping.show(upload, proposal)
        intake_report.bring(con, upload, proposal)
intake_report.earlier(con)
