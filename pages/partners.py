"""Partners: all, those that ask for attention first; or one in depth, with its leads, duties, money and disputes."""

import streamlit as st

from core import days
from pages.parts import acts, as_of_bar, cases, database, directory, frame, partner, people

acting = people.require("partners")
con, kept_as_of = database.connection(), database.as_of()
if kept_as_of is None:
    frame.title("Partners", "Who sends leads, and what becomes of them")
    frame.no_leads(acting)
    st.stop()

zone = next(iter(days.zones(con).values()))
name = st.query_params.get("partner", "")
head = st.container(horizontal=True, vertical_alignment="center", gap="small")
with head:
    title = st.container(width="content")
    st.space("stretch")
    day = as_of_bar.ask(days.local_day(kept_as_of, zone))
    if name:
        directory.back()
as_of, known = cases.at(kept_as_of, day, zone)

if not name:
    found = directory.ask(con, as_of, known)
    with title:
        frame.title("Partners", f"{found.height:,} with leads, those that ask for attention first")
    directory.show(found, known)
    st.stop()

shown = partner.read(name, as_of, known)
if shown is None:
    with title:
        frame.title("Partners", "One of them")
    directory.no_such_partner(name)
    st.stop()
with title:
    partner.heading(shown)
acts.tell()
partner.standing(shown)
main, aside = frame.main_and_aside()
with main:
    partner.figures(shown)
    partner.leads(con, acting, shown, known, is_past=day is not None)
with aside:
    partner.money_card(shown)
    partner.waiting(con, acting, shown, is_past=day is not None)
    partner.findings(con, shown)
