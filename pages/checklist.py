"""Checklist: one lead against every criterion of its program, with its verdicts and its decision; or of a past day."""

import streamlit as st

from core import days, desk, hints, letters, review, work
from pages.parts import (
    acts,
    as_of_bar,
    criteria,
    database,
    dates,
    dialogs,
    earning,
    frame,
    history,
    judging,
    lead,
    people,
    presence,
    stories,
    verbs,
    words,
)

acting = people.require("checklist")
con, kept_as_of = database.connection(), database.as_of()
name = st.query_params.get("lead", "")
header = stories.header(con, name) if name else None
if kept_as_of is None or header is None:
    frame.title("Checklist", "One lead against the terms of its program")
    if kept_as_of is None:
        frame.no_leads(acting)
    else:
        frame.no_such_lead(name)
    st.stop()

version = acts.seen(con, name)  # before the rest is read, so that a change in between is noticed
zone = days.zones(con)[header["program"]]
who = header["full_name"] or header["email"] or "Nobody named"
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    words.heading(who)
    words.line(text=words.join(header["role"], header["company"], by=", "), width="content")
    st.space("stretch")
    day = as_of_bar.ask(days.local_day(kept_as_of, zone))
    frame.back_to_queue()
    frame.next_lead(con, acting, kept_as_of, name)

as_of = kept_as_of if day is None else days.end_of_day(day, zone)
told = stories.story(name, as_of, desk.head(con).number)
if told is None:
    as_of_bar.show(day)
    frame.not_yet(dates.day(days.local_day(header["submitted_at"], zone)))
    st.stop()

names = {row["id"]: row["name"] for row in work.holders(con, database.now())}
done = None if day else work.work(con, acting, name, database.now(), told.today)
with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    lead.state_badges(told)
    if done:
        lead.worker_badge(done, acting.id, names)
    words.quiet(words.join(name, told.program.short_name, f"from {header['partner_name']}",
                           lead.submitted_at(told, header["submitted_at"])), width="content",
                exact=dates.exact(header["submitted_at"], told.zone))
if told.outcome["reason"]:
    with st.container(gap="xxsmall"):
        lead.reason(told)
if done and "request_action" in done.offered and (message := letters.expiry(told, header["company"])):
    with st.popover("Message to the partner", icon=":material/mail:"):
        dialogs.to_copy(message, told.program)
presence.show(name, acting)
as_of_bar.show(day)
happened = review.timeline(con, name, as_of)
if done:
    acts.tell(name)
    verbs.work_row(told, done, name, version, header["partner_name"])

main, aside = frame.main_and_aside()
with main:
    criteria.show(told, judging.of(told, done, name, version, happened, hints.hints(con, name, as_of))
                  if done and "judge" in done.offered else None)
with aside:
    lead.cards(told)
    if done and done.requests:
        with frame.card("Waiting for the partner"):
            history.requests(told, done, name, names)
    if done and not done.offered.isdisjoint(earning.ACTIONS):
        with frame.section("Deals and customer payments"):
            earning.show(told, done, name, version)
    if done:
        with frame.section("Comments and history"):
            history.comments(told, done, names)
            history.entries(told, done, name, names)
    with frame.section("Timeline"):
        lead.timeline(told, happened)
if done:
    verbs.decision_bar(told, done, name, version, header, who)
