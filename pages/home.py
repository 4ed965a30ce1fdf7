"""Home: what waits, what is due, what to do first."""

import streamlit as st

from core import queue
from core.people.pages import may_open
from pages.parts import badges, database, frame, modal, people, words

acting = people.require("home")
can_open = may_open(acting, "triage") is None
con, as_of = database.connection(), database.as_of()
frame.title("Home", "What waits for a decision, and what to do first")
if as_of is None:
    frame.no_leads(acting)
    st.stop()

_, by_due = queue.counts(con, as_of, queue.Filters())
figures = [
    ("Waiting for a decision", by_due["all"], "undecided leads", {}),
    ("Due within three days", by_due["three"], "not yet late", {"due": "Next 3 days"}),
    ("Overdue", by_due["overdue"], "past their last day", {"due": "Overdue"}),
]
with st.grid(3, min_column_width=240, gap="small"):
    for place, (name, number, note, chosen) in enumerate(figures, start=1):
        with st.container(border=True, gap="xsmall"):
            st.metric(name, f"{number:,}", delta=note, delta_color="off", delta_arrow="off")
            label = "Open these leads" if chosen else "Open the queue"
            if can_open and st.button(label, shortcut=modal.key(str(place))):
                st.switch_page(frame.FILES["triage"], query_params=chosen)

if not can_open:
    frame.sample_note(queue.totals(con))
    st.stop()
st.subheader("First, these")
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
        st.switch_page(frame.FILES["triage"], query_params={"due": "Any day"})
frame.sample_note(queue.totals(con))
