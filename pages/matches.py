"""Look-alikes: two records that may be the same, one question at a time, and the answers that were given."""

import streamlit as st

from core.matching import reading
from core.people import may
from pages.parts import acts, database, frame, lookalikes, people, words

MOST = 200

acting = people.require("matches")
con = database.connection()
if database.as_of() is None:
    frame.title("Look-alikes", "Records that may be the same")
    frame.no_leads(acting)
    st.stop()

counts = reading.count_open(con)
frame.title("Look-alikes", f"{sum(counts.values()):,} to answer, the likeliest first")
acts.tell()
if counts:
    kind = lookalikes.ask_kind(counts)
    questions = reading.open_matches(con, MOST, kind)
    wanted = st.query_params.get("match")
    place = next((number for number, one in enumerate(questions) if one["id"] == wanted), None)
    if place is None and wanted:
        found = reading.open_matches(con, 1, only=wanted)
        questions, place = found + questions, 0
        if not found:
            words.quiet("The question of the link is answered already, or there is none; here is the next one.")
    if questions:
        lookalikes.question(questions, place or 0, may(acting, "settle_match", None))
    else:
        words.line(text="Nothing of this kind is open. Choose another kind above.")
else:
    with st.container(border=True):
        st.text("No look-alike is open. New ones are found whenever leads or contacts come in; go on with the queue.")
        frame.back_to_queue()
lookalikes.last_answer()
lookalikes.answered(con)
