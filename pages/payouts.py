"""Payouts: what is owed and why, what stands in the way, batches, payees, statements, and the proof that it adds up."""

import streamlit as st

from core import queue
from pages.parts import (
    acts,
    batches,
    database,
    frame,
    payees,
    payout_lines,
    payout_months,
    people,
    statements,
)

VIEWS = {"Lines": payout_lines.show, "In the way": payout_lines.blocked, "Batches": batches.show,
         "Payees": payees.show, "Statements": statements.show, "Months": payout_months.show}

acting = people.require("payouts")
con, as_of = database.connection(), database.as_of()
if as_of is None:
    frame.title("Payouts", "What is owed, why, and when")
    frame.no_leads(acting)
    st.stop()

head = st.container(horizontal=True, vertical_alignment="center", gap="small")
acts.tell()
view = st.radio("Show", list(VIEWS), horizontal=True, key="view", bind="query-params", label_visibility="collapsed")
with head:
    frame.title("Payouts", "What is owed, why, and when")
    st.space("stretch")
    batches.prepare_button(con, acting, is_next=view == "Lines")
VIEWS[view](con, acting, as_of)
frame.sample_note(queue.totals(con))
