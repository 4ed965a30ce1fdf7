"""Conflicts: leads that claim the same place, one case a view: who holds it until when, why, and what is to settle."""

from functools import partial

import streamlit as st

from core import conflicts, days
from pages.parts import acts, ahead, as_of_bar, cases, database, frame, lanes, people, settling

acting = people.require("conflicts")
con, kept_as_of = database.connection(), database.as_of()
if kept_as_of is None:
    frame.title("Conflicts", "Who holds a lead, and until when")
    frame.no_leads(acting)
    st.stop()

zone = days.zones(con)[cases.program_of_filter(con)]
head = st.container(horizontal=True, vertical_alignment="center", gap="small")
with head:
    title = st.container(width="content")
    st.space("stretch")
    day = as_of_bar.ask(days.local_day(kept_as_of, zone))
as_of, known = cases.at(kept_as_of, day, zone)

chosen, found, counts = cases.ask(known.index)
endings = conflicts.endings(con, as_of, chosen.program, chosen.partner, known.day)
with title:
    frame.title("Conflicts", cases.said(counts, endings.height))
row = cases.pick(known.index, found, head)
if row is None:
    cases.nothing(counts, endings.height, chosen)
    cases.endings(endings)
    st.stop()

version = acts.seen(con, row["lead"])  # before the rest is read, so that a change in between is noticed
case = cases.case(row["lead"], as_of, known)
if case is None:
    frame.no_such_lead(row["lead"])
    st.stop()
if day is None:
    acts.tell(case.lead)
cases.headline(case)
lanes.show(case, as_of, known.entry)
main, aside = frame.main_and_aside()
with main:
    verbs = settling.verbs_of(con, acting, case, as_of, version) if day is None else None
    settling.show(case, verbs)
if day is None and (following := cases.beside(found, row["lead"], 1)):
    ahead.read(partial(settling.foresee, following, as_of, known))
with aside:
    cases.parties(case, known.partners)
    cases.endings(endings)
    cases.most(known.partners)
