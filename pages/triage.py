"""Triage: every lead in the order in which waiting costs, with a peek at one of them."""

import streamlit as st

from core import queue
from pages.parts import database, filters, frame, peek, table

SIZE = 20

con, as_of = database.connection(), database.as_of()
if as_of is None:
    frame.title("Triage", "Nothing to do")
    frame.no_leads()
    st.stop()

filters.restore()
title = st.empty()
chosen, by_due = filters.ask(con, as_of)
waiting = by_due[chosen.due or "all"]
with title.container():
    frame.title("Triage", f"{waiting:,} {chosen.disposition or 'in all'}, most costly to leave first")
if not waiting:
    filters.nothing_found(chosen)
    st.stop()

main, aside = frame.main_and_aside()
with main:
    slot = st.container(gap="small")
    *_, pages = queue.span(1, SIZE, waiting)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = st.container(width="content")
        st.space("stretch")
        number = st.pagination(pages, key="page", bind="query-params", persist_state="session")
    first, last, _ = queue.span(number, SIZE, waiting)
    said.caption(f"{first:,}-{last:,} of {waiting:,}", width="content")
rows = queue.page(con, as_of, chosen, number, SIZE)
picked = table.show(slot, rows, with_disposition=chosen.disposition is None)
filters.remember()
with aside:
    peek.show(con, picked, as_of)
