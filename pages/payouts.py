"""Payouts: what is owed and why, what stands in the way, batches, payees, statements, and the proof that it adds up."""

import streamlit as st

from core import days, past, queue
from pages.parts import (
    acts,
    as_of_bar,
    batches,
    cases,
    database,
    frame,
    payees,
    payout_ahead,
    payout_lines,
    payout_months,
    payout_years,
    people,
    statements,
)

VIEWS = {"Lines": payout_lines.show, "In the way": payout_lines.blocked, "Ahead": payout_ahead.show,
         "Batches": batches.show, "Payees": payees.show, "Statements": statements.show,
         "Months": payout_months.show, "Years": payout_years.show}

acting = people.require("payouts")
con, kept_as_of = database.connection(), database.as_of()
if kept_as_of is None:
    frame.title("Payouts", "What is owed, why, and when")
    frame.no_leads(acting)
    st.stop()

zone = next(iter(days.zones(con).values()))
head = st.container(horizontal=True, vertical_alignment="center", gap="small")
with head:
    frame.title("Payouts", "What is owed, why, and when")
    st.space("stretch")
    day = as_of_bar.ask(days.local_day(kept_as_of, zone))
as_of, known = cases.at(kept_as_of, day, zone)

acts.tell()
view = st.radio("Show", list(VIEWS), horizontal=True, key="view", bind="query-params", label_visibility="collapsed",
                on_change=payout_lines.forget)
if day is None:
    with head:
        batches.prepare_button(con, acting, is_next=view == "Lines")
    VIEWS[view](con, acting, as_of)
else:
    VIEWS[view](past.everything(con, as_of, known.day), None, as_of)
frame.sample_note(queue.totals(con))
