"""Statements: what one partner earned in a month, was paid and is still owed; to read, to print, to take along.

Called by the page Payouts.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import days, ledger, queue
from core import statements as reads
from core.exports.statements import as_csv, as_html
from core.model import Refusal
from core.people import Person
from core.terms import catalogue
from pages.parts import dates, files, frame, grids, words
from pages.parts.money import money

URL = "query-params"


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """Choose program, partner and month; the statement, and its files."""
    programs = {one.short_name: one.id for one in catalogue().programs.values()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        program = programs[st.selectbox("Program", list(programs), key="statement_program", width=210, bind=URL)]
        names = {f"{row['partner_name']} · {row['partner']}": row["partner"]
                 for row in queue.partners(con, program).to_dicts()}
        chosen = st.selectbox("Partner", list(names), index=None, key="statement_partner", width=320,
                              placeholder="Choose a partner", bind=URL)
        today = days.local_day(as_of, days.zones(con)[program])
        months = {f"{one:%B %Y}": one for one in reads.months(today)}
        month = months[st.selectbox("Month", list(months), key="statement_month", width=180, bind=URL)]
    if chosen is None:
        with st.container(border=True):
            st.text("Choose a partner: the statement says what was earned, paid and is to be paid, and why leads were "
                    "refused where the program owes that.")
        return
    try:
        found = reads.statement(con, names[chosen], program, month, as_of)
    except Refusal as refusal:
        words.line(text=str(refusal))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(found.title, anchor=False)
        st.space("stretch")
        st.download_button("To print (HTML)", as_html(found), found.file_name("html"), "text/html", on_click="ignore",
                           icon=":material/print:")
        st.download_button("As CSV", as_csv(found), found.file_name("csv"), "text/csv", on_click="ignore",
                           icon=":material/download:")
    if not found.accounts and not found.refused:
        words.line(text="Nothing was earned, paid or refused in this month, and nothing was left from before.")
    for one in found.accounts:
        with frame.card(one.currency):
            ended = [("No longer owed", one.no_longer_owed)] if one.ended else []
            with st.grid(4 + len(ended), min_column_width=235, gap="small"):
                for label, amount in (("Brought forward", one.brought_forward), ("Earned", one.earned), *ended,
                                      ("Paid", one.paid), (found.carried_as, one.carried)):
                    st.metric(label, money(amount, one.currency))
            _table([{"Lead": line.lead, "For": line.what, "Clause": line.clause, "Amount": line.amount,
                     "Earned": line.earned_on, "Counts as": line.state} for line in one.lines], "Lines of the month",
                   one.currency)
            _table([{"Lead": line.lead, "For": line.what, "Clause": line.clause, "Amount": line.amount,
                     "Counts as": line.state} for line in one.ended], "What ended in the month", one.currency)
            _table([{"Paid on": paid.paid_on, "Amount": paid.amount, "Reference": paid.remark or "—",
                     "Leads": ", ".join(paid.leads)} for paid in one.payments], "Payments of the month",
                   one.currency)
    if found.refused:
        with frame.card("Refused"):
            for one in found.refused:
                words.line(one.lead, one.explanation, words.join(one.clause, dates.day(one.refused_on)))


def _table(rows: list[dict], alt: str, currency: str) -> None:
    if rows:
        day, shown = st.column_config.DateColumn(format="D MMM YYYY"), pl.DataFrame(rows, infer_schema_length=None)
        grids.shown(shown, alt, column_config={
            "Amount": st.column_config.NumberColumn(format="accounting"), "Earned": day, "Paid on": day})
        files.downloads(lambda: shown, f"{alt}, {currency}".lower().replace(" ", "-").replace(",", ""))
