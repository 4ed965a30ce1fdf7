"""Triage: every lead in the order in which waiting costs, with a peek at one of them, or one step for several."""

import streamlit as st

from core import queue
from pages.parts import acts, bulk, database, files, filters, frame, peek, people, table, views

SIZE = 20

acting = people.require("triage")
con, as_of = database.connection(), database.as_of()
if as_of is None:
    frame.title("Triage", "Nothing to do")
    frame.no_leads(acting)
    st.stop()

views.open_link(con, acting)
filters.restore()
title = st.empty()
chosen, waiting = filters.ask(con, as_of, acting.id)
with title.container(horizontal=True, vertical_alignment="center", gap="small"):
    frame.title("Triage", f"{waiting:,} {filters.said(chosen)}")
    table.toggle()
    views.select(con, acting, chosen)
    frame.next_lead(con, acting, as_of)
views.told()
if not waiting:
    acts.tell()
    filters.nothing_found(con, chosen)
    st.stop()

main, aside = frame.main_and_aside()
with main:
    slot = st.container(gap="small")
    *_, pages = queue.span(1, SIZE, waiting)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = st.container(width="content", horizontal=True, vertical_alignment="center", gap="small")
        st.space("stretch")
        number = st.pagination(pages, key="page", bind="query-params", persist_state="session")
    first, last, _ = queue.span(number, SIZE, waiting)
rows = queue.page(con, as_of, chosen, number, SIZE)
with said:
    st.caption(f"{first:,}-{last:,} of {waiting:,}", width="content")
    files.downloads(lambda: table.as_shown(rows), "leads")
ticked = table.show(slot, rows, with_disposition=chosen.disposition is None and chosen.queue in filters.MIXED)
filters.remember()
with aside:
    if len(ticked) > 1:
        bulk.show(con, acting, ticked)
    else:
        peek.show(con, acting, ticked[0], as_of)
