"""Terms: a program to read: clauses, criteria with their counts, settings by date, and what the text leaves open."""

import streamlit as st

from core import days, in_force
from core.people.pages import may_open
from core.terms import catalogue
from pages.parts import (
    acts,
    as_of_bar,
    database,
    frame,
    people,
    terms_clauses,
    terms_criteria,
    terms_settings,
    words,
)

acting = people.require("terms")
con, sees_leads = database.connection(), may_open(acting, "triage") is None and database.as_of() is not None
program = catalogue().programs[terms_clauses.of_address()]
zone = days.zones(con)[program.id]
today = days.local_day(database.now(), zone)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    frame.title("Terms", program.name)
    st.space("stretch")
    day = as_of_bar.ask(today)
as_of_bar.show(day)
acts.tell()
if day:
    dated = in_force.settings(con, program, day, days.end_of_day(day, zone))
else:
    dated = in_force.settings(con, program, today)
questions = in_force.questions(program, dated)
terms_clauses.ask_program(program)
part = terms_clauses.ask_part({"Clauses": len(program.clauses), "Criteria": len(program.criteria),
                               "Settings": len(dated), "Open questions": len(questions)})
words.quiet(f"{program.source}. In our own words; the text itself decides.")

if part == "Clauses":
    terms_clauses.show(program, dated)
elif part == "Criteria":
    terms_criteria.show(con, program, is_now=day is None, sees_leads=sees_leads)
elif part == "Settings":
    found = in_force.matching(dated, terms_settings.ask())
    terms_settings.show(con, acting, found, is_now=day is None, sees_leads=sees_leads)
else:
    terms_settings.questions(con, acting, questions, is_now=day is None)
