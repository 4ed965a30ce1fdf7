"""Admin: people and the roles they hold, how that came, the erasure of a contact, and the commands of operators."""

import streamlit as st

from core import days
from core.evaluation import FOREVER
from pages.parts import acts, admin_erasing, admin_people, as_of_bar, database, frame, people

PARTS = ("People", "Roles given", "Erase a contact", "For operators")

acting = people.require("admin")
con = database.connection()
zone = next(iter(days.zones(con).values()))
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    frame.title("Admin", "People and roles, and what is erased")
    st.space("stretch")
    day = as_of_bar.ask(days.local_day(database.now(), zone))
as_of_bar.show(day)
acts.tell()
moment, known_at = (days.end_of_day(day, zone),) * 2 if day else (database.now(), FOREVER)
part = st.radio("Part", PARTS, key="section", bind="query-params", horizontal=True, label_visibility="collapsed")
if part == "People":
    admin_people.show(con, acting, moment, known_at, zone)
elif part == "Roles given":
    admin_people.history(con, known_at, zone)
elif part == "Erase a contact":
    admin_erasing.show(con, acting, is_now=day is None)
else:
    admin_erasing.commands()
