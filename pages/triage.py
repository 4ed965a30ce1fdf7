"""Triage: every lead in the order in which waiting costs, with a peek at one of them, or one step for several."""

from functools import partial

import streamlit as st

from core import days, kept, past, queue
from pages.parts import acts, ahead, as_of_bar, bulk, cases, database, files, filters, frame, peek, people, table, views

SIZE = 20

acting = people.require("triage")
con, kept_as_of = database.connection(), database.as_of()
if kept_as_of is None:
    frame.title("Triage", "Nothing to do")
    frame.no_leads(acting)
    st.stop()

views.open_link(con, acting)
filters.restore()
title = st.container(horizontal=True, vertical_alignment="center", gap="small")
zone = next(iter(days.zones(con).values()))
with title:
    name = st.container()
    day = as_of_bar.ask(days.local_day(kept_as_of, zone))
as_of, known = cases.at(kept_as_of, day, zone)
shown = con if day is None else past.everything(con, as_of, known.day)
chosen, waiting = filters.ask(shown, as_of, acting.id)
with name:
    frame.title("Triage", f"{waiting:,} {filters.said(chosen)}")
with title:
    if day is None:
        views.select(con, acting, chosen)
        frame.next_lead(con, acting, as_of, within=chosen)
views.told()
if not waiting:
    acts.tell()
    filters.nothing_found(shown, chosen, day)
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
rows = queue.page(shown, as_of, chosen, number, SIZE)
with said:
    st.caption(f"{first:,}-{last:,} of {waiting:,}", width="content")
    files.downloads(lambda: table.as_shown(rows), "leads")
ticked = table.show(slot, rows, with_disposition=chosen.disposition is None and chosen.queue in filters.MIXED)
filters.remember(chosen)
with aside:
    if day is not None:
        peek.look(con, ticked[0], as_of, day)
    elif len(ticked) > 1:
        bulk.show(con, acting, ticked)
    else:
        peek.show(con, acting, ticked[0], as_of)
if day is None:
    ahead.read(partial(kept.explain_ahead, con, rows["lead"].to_list(), as_of))
