"""Home: what waits, what is due, what changed since one was last here, what to do first."""

from functools import partial

import streamlit as st

from core import home, queue
from core.people.pages import may_open
from pages.parts import acts, badges, database, frame, home_changes, home_figures, home_tour, people, words

acting = people.require("home")
can_open = may_open(acting, "triage") is None
con, as_of, now = database.connection(), database.as_of(), database.now()
frame.title("Home", "What waits for a decision, and what to do first")
acts.tell()
if as_of is None:
    frame.no_leads(acting)
    st.stop()

home_figures.go()
by_due = queue.counts(con, as_of, queue.Filters()).dues
home_figures.show(home_figures.of(con, acting, by_due), can_open)
totals = queue.totals(con)
if not can_open:
    frame.sample_note(totals)
    st.stop()
if totals["sample_leads"] and home_tour.is_shown(con, acting):
    home_tour.show(con)

main, aside = frame.main_and_aside()
with main:
    st.subheader("First, these", anchor=False)
    first = queue.page(con, as_of, queue.Filters(due="any"), 1, 5).to_dicts()
    if not first:
        st.text("Nothing has a last day. The queue holds what waits without one.")
    else:
        with st.container(border=True, gap="small"):
            for row in first:
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    badges.badge(badges.due(row["days_left"]), width=130)
                    company = row["company"] or row["full_name"] or row["lead"]
                    with st.container(gap=None, width="stretch"):
                        words.line(f"{company}, from {row['partner_name']}")
                        words.quiet(badges.what_is_due(row["due_clock"], row["days_left"], row["due_on"], row["needs"]))
                    frame.open_lead(row["lead"])
        if st.button(f"All {by_due['all']:,}", icon=":material/arrow_forward:", icon_position="right"):
            st.switch_page(frame.FILES["triage"], query_params={"queue": "All open"})
with aside:
    home_changes.show(con, home.changes(con, acting, now), now)
frame.sample_note(totals, partial(home_tour.take, con, acting),
                  partial(home_tour.clear, acting, totals["sample_leads"]))
