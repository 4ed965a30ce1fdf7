"""Checklist: one lead against every criterion of its program, as of now or of a past day."""

import streamlit as st

from core import queue
from pages.parts import as_of_bar, criteria, database, dates, frame, lead, stories, words

con, kept_as_of = database.connection(), database.as_of()
name = st.query_params.get("lead", "")
header = stories.header(con, name) if name else None
if kept_as_of is None or header is None:
    frame.title("Checklist", "One lead against the terms of its program")
    if kept_as_of is None:
        frame.no_leads()
    else:
        frame.no_such_lead(name)
    st.stop()

zone = queue.zones(con)[header["program"]]
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    words.heading(header["full_name"] or header["email"] or "Nobody named")
    words.line(text=words.join(header["role"], header["company"], by=", "), width="content")
    st.space("stretch")
    day = as_of_bar.ask(queue.local_day(kept_as_of, zone))
    frame.back_to_queue()

as_of = kept_as_of if day is None else queue.end_of_day(day, zone)
told = stories.story(name, as_of, kept_as_of)
if told is None:
    as_of_bar.show(day)
    frame.not_yet(dates.day(queue.local_day(header["submitted_at"], zone)))
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    lead.state_badges(told)
    words.quiet(words.join(name, told.program.short_name, f"from {header['partner_name']}",
                           lead.submitted_at(told, header["submitted_at"])), width="content")
if told.outcome["reason"]:
    with st.container(gap="xxsmall"):
        lead.reason(told)
as_of_bar.show(day)

main, aside = frame.main_and_aside()
with main:
    criteria.show(told)
with aside:
    is_open = told.outcome["disposition"] in ("pending", "qualified")
    cards = {
        "Missing to qualify": lead.missing if is_open else None,
        "What changes by itself": lead.changes,
        "Owner": lead.owner,
        "Conflicts": lead.conflicts if told.conflicts else None,
        lead.payout_title(told): lead.payout,
        "Clocks and duties": lead.clocks_and_duties,
        "Worth knowing": lead.flags if told.outcome["flags"] else None,
    }
    for title, block in cards.items():
        if block is None:
            continue
        with st.container(border=True, gap="xsmall"):
            st.subheader(title, anchor=False)
            block(told)
    st.subheader("Timeline", anchor=False)
    with st.container(gap="xsmall"):
        lead.timeline(told, queue.timeline(con, name, as_of))
