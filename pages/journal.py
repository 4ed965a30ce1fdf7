"""Journal: what everybody did, found by person, action, lead and day, before and after; and the chain it stands in."""

import streamlit as st

from core.desk import entries
from core.people.pages import may_open
from pages.parts import chain, database, frame, journal_entries, people

SIZE = 25

acting = people.require("journal")
con, sees_leads = database.connection(), may_open(acting, "checklist") is None
title = st.empty()
chain.show(con)
asked, zone = journal_entries.ask(con, None if sees_leads else entries.of_no_lead())
found = entries.count(con, asked)
with title.container():
    frame.title("Journal", f"{found:,} {'entry' if found == 1 else 'entries'}, the latest first. Times in {zone}."
                + ("" if sees_leads else " Those on people and settings alone."))
if found:
    journal_entries.show(con, asked, found, zone, sees_leads, SIZE)
else:
    journal_entries.nothing_found()
