"""The peek beside the queue: where one lead stands, what is missing, who holds it, what it is worth; and its verbs."""

import datetime as dt

import duckdb
import streamlit as st

from core import desk, review, similar, work
from core.people import Person
from pages.parts import acts, as_of_bar, compare, database, dates, frame, lead, modal, presence, stories, verbs, words

MOST_MISSING = 4


def show(con: duckdb.DuckDBPyConnection, acting: Person, name: str, as_of: dt.datetime) -> None:
    """One card with the answers, and the verbs that need no more than a look."""
    with st.container(border=True, gap="small"):
        version = acts.seen(con, name)
        told, header = stories.story(name, as_of, desk.head(con).number), stories.header(con, name)
        if told is None or header is None:
            st.text("This lead is not there any more. Pick another one.")
            return
        alike, found = similar.similar(con, name, 1)
        done = work.work(con, acting, name, database.now(), told.today)
        names = {row["id"]: row["name"] for row in work.holders(con, database.now())}
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            lead.state_badges(told)
            lead.worker_badge(done, acting.id, names)
            st.space("stretch")
            words.quiet(name, width="content")
        _who(told, header)
        presence.show(name, acting)
        acts.tell(name)
        with st.container(horizontal=True, gap="small"):
            if st.button("Open", type="primary", shortcut=modal.key("o")):
                st.switch_page(frame.FILES["checklist"], query_params={"lead": name})
            verbs.take(done, name, version)
            if done.worker == acting.id:
                verbs.release(done, name, version)
            compare.button(name, found)
        _missing(told)
        compare.summary(alike, found)
        _owner_and_payout(told)


def look(con: duckdb.DuckDBPyConnection, name: str, as_of: dt.datetime, day: dt.date) -> None:
    """The same card as of a past day, without the verbs."""
    with st.container(border=True, gap="small"):
        told, header = stories.story(name, as_of, desk.head(con).number), stories.header(con, name)
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            lead.state_badges(told)
            st.space("stretch")
            words.quiet(name, width="content")
        _who(told, header)
        if st.button("Open", type="primary", shortcut=modal.key("o")):
            st.switch_page(frame.FILES["checklist"], query_params={"lead": name, as_of_bar.KEY: day.isoformat()})
        _missing(told)
        _owner_and_payout(told)


def _who(told: review.Story, header: dict) -> None:
    with st.container(gap=None):
        words.line(header["full_name"] or header["email"] or "Nobody named")
        words.line(text=words.join(header["role"], header["company"], by=", ") or "Role and company are not known")
    submitted = dates.day(stories.local_day(told, header["submitted_at"]))
    words.quiet(words.join(told.program.short_name, f"from {header['partner_name']}", submitted),
                exact=dates.exact(header["submitted_at"], told.zone))


def _missing(told: review.Story) -> None:
    """How many criteria are met, and the first of what is missing."""
    met, asked = told.progress
    words.line(f"{met} of {asked} criteria are met.")
    lead.reason(told)
    with st.container(gap="xsmall"):
        for need, because in told.missing[:MOST_MISSING]:
            words.line(need.label, quiet=because)
        if len(told.missing) > MOST_MISSING:
            words.quiet(f"and {len(told.missing) - MOST_MISSING} more")


def _owner_and_payout(told: review.Story) -> None:
    st.subheader("Owner", anchor=False)
    lead.owner(told)
    st.subheader(lead.payout_title(told), anchor=False)
    lead.payout(told)
