"""Pipeline: all leads together, for managers: how far, where they die, how long, what will be owed; and their rows."""

import streamlit as st

from core import days, desk
from pages.parts import as_of_bar, database, frame, people, pipeline_charts, pipeline_filters, pipeline_rows, stories

acting = people.require("pipeline")
con, kept_as_of = database.connection(), database.as_of()
if kept_as_of is None:
    frame.title("Pipeline", "All leads together")
    frame.no_leads(acting)
    st.stop()

shown = pipeline_charts.shown_to(acting)
zones = days.zones(con)
zone = zones[pipeline_filters.program() or next(iter(zones))]
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    frame.title("Pipeline", "All leads together" if "funnel" in shown else "What is earned and not paid")
    st.space("stretch")
    day = as_of_bar.ask(days.local_day(kept_as_of, zone))
    files = st.container(width="content")
as_of_bar.show(day)
as_of = kept_as_of if day is None else days.end_of_day(day, zone)
chosen = pipeline_filters.ask(con, as_of, has_months="funnel" in shown)
entry = desk.head(con).number
if day and stories.of_day(as_of, entry) is None:
    frame.too_many_leads()
    st.stop()

asked = (chosen, pipeline_filters.by(), as_of, bool(day), entry)
found = pipeline_charts.read(*asked)
if not found.now["submitted"] and "funnel" in shown:
    pipeline_filters.nothing_found(con, as_of)
    st.stop()

with files:
    pipeline_charts.downloads(found, shown)
pipeline_charts.figures(found, shown)
pipeline_charts.cards(found, shown, asked)
pipeline_rows.show(con, chosen, found, shown, as_of, day, entry)
