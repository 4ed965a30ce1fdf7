"""Home: what waits, what is due, what changed since one was last here, what to do first."""

from functools import partial

import streamlit as st

from core import home, queue
from core.people.pages import may_open
from pages.parts import (
    acts,
    database,
    frame,
    home_changes,
    home_figures,
    home_leads,
    home_money,
    home_tour,
    people,
)

acting = people.require("home")
can_open = may_open(acting, "triage") is None
con, as_of, now = database.connection(), database.as_of(), database.now()
frame.title("Home", "What waits for a decision, and what to do first" if can_open else "Where to go on")
acts.tell()
if as_of is None:
    frame.no_leads(acting)
    st.stop()

home_figures.go()
totals = queue.totals(con)
if not can_open:
    home_figures.next_steps()
    frame.sample_note(totals)
    st.stop()
by_due = queue.counts(con, as_of, queue.Filters()).dues
home_figures.show(home_figures.of(con, acting, by_due, as_of))
if totals["sample_leads"] and home_tour.is_shown(con, acting):
    home_tour.show(con)

main, aside = frame.main_and_aside()
with main:
    st.subheader("First, these", anchor=False)
    if home_figures.works_on_leads(acting):
        home_leads.show(con, as_of, by_due["all"])
    else:
        home_money.show(con, acting, now)
with aside:
    home_changes.show(con, home.changes(con, acting, now), now)
frame.sample_note(totals, partial(home_tour.take, con, acting),
                  partial(home_tour.clear, acting, totals["sample_leads"]))
