"""Changing a setting without leaving the page: the value and its day, what it would change, then the reason.

Called by the page Terms. What is set is exactly what was looked at: the fields are read when the preview is asked for.
"""

import datetime as dt
import json

import polars as pl
import streamlit as st

from core import desk, in_force
from core.desk.terms import touched
from core.in_force import Dated, Difference
from core.model import Refusal
from core.people import directory
from core.terms import as_json
from pages.parts import acts, badges, database, dates, files, grids, modal, terms_values, words
from pages.parts.money import money

SHOWN = 50
MANY = 2_000
"""Leads from which on it is said that evaluating them takes a while."""
PREVIEW = "what_if"


def forget() -> None:
    """Nothing has been looked at yet."""
    st.session_state.pop(PREVIEW, None)


@modal.dialog("Change a setting", width="large")
def change(one: Dated, entry: int) -> None:
    """Ask for value and day, show what would change, ask for the reason, set it. entry: the last one of the journal
    when it was offered."""
    name = one.setting.name
    words.line(terms_values.said(one.setting, one.value), one.setting.meaning, name)
    first = in_force.first_day(one, database.now())
    with st.form(f"what-if-{name}", border=False):
        text = _field(one)
        day = st.date_input("From which day it counts", value=first or one.on, min_value=first, format="YYYY-MM-DD")
        st.caption("It has a value, which leads already here keep: it can change from tomorrow on." if first else
                   "It was never set, so it may count from an earlier day: what waits for it goes on.")
        is_asked = st.form_submit_button("Show what would change", icon=":material/difference:")
    if is_asked:
        forget()
        _look(name, text, day)
    acts.refused("dialog")
    if found := st.session_state.get(PREVIEW):
        text, day, leads, differs, preview = found
        _show(day, leads, differs, preview)
        _set(one, text, day, entry)


@modal.dialog("Take back what was set", width="large")
def take_back(one: Dated, entry: int) -> None:
    """What was set last, what would change without it, then the reason. entry: as of `change`."""
    name, last, con = one.setting.name, one.last_set, database.connection()
    words.line(terms_values.said(one.setting, last.value), terms_values.since(last), name)
    words.quiet(terms_values.source(last, directory.names(con)))
    try:
        found = _without(name, last.effective_on, entry)
    except Refusal as refusal:
        words.line(text=str(refusal))
        return
    _show(last.effective_on, len(touched(con, name, last.effective_on)), in_force.difference(found), found)
    with st.form(f"take-back-{name}", border=False):
        reason = st.text_area("Why it is taken back", height=80)
        is_sent = st.form_submit_button("Take it back", type="primary", shortcut="Ctrl+Enter")
    if is_sent:
        with st.spinner("Taking it back, and evaluating again what it bears on.", show_time=True):
            done = acts.do(desk.take_back_setting, f"take-back/{name}/{last.effective_on}", entry, "Taken back.",
                           name=name, effective_on=last.effective_on, reason=reason, seen=one.recorded)
        if done:
            modal.close()
            st.rerun()
    acts.refused("dialog")


@st.cache_data(max_entries=5, ttl=600, show_spinner="Evaluating what it bears on, twice.")
def _without(name: str, day: dt.date, entry: int) -> pl.DataFrame:
    """What would change without it. entry: the last one of the journal, so that no change is answered by what was."""
    del entry
    return desk.preview_taking_back(database.connection(), name, day, database.now())


def _field(one: Dated) -> str | None:
    """The field of a setting's type; what was entered as JSON, None where nothing was."""
    setting, value = one.setting, one.value
    label = "New value" if setting.unit in ("none", "money") else f"New value, in {setting.unit}"
    if setting.type == "choice":
        index = setting.choices.index(value) if value in setting.choices else None
        chosen = st.selectbox(label, setting.choices, index=index, placeholder="Choose a reading")
        return chosen and json.dumps(chosen)
    if setting.type == "boolean":
        return {"yes": "true", "no": "false", None: None}[
            st.selectbox(label, ["yes", "no"], index=None if value is None else 1 - int(value))]
    if setting.type == "integer":
        number = st.number_input(label, min_value=0 if setting.least is None else setting.least, step=1, value=value)
        return None if number is None else str(number)
    if setting.type in ("list", "map"):
        return st.text_area(f"{label}, as JSON", value=as_json(value) or "", height=110,
                            placeholder=_example(one)).strip() or None
    entered = st.text_input(label, value="" if value is None else str(value),
                            placeholder="0.1 for ten percent" if setting.unit == "rate" else "").strip()
    return (json.dumps(entered) if setting.type in ("text", "zone") else entered) if entered else None


def _example(one: Dated) -> str:
    choices = one.setting.choices
    return json.dumps({"anchor": choices[0], "plus_months": 0, "plus_days": 30}) if choices else "[]"


def _look(name: str, text: str | None, day: dt.date | None) -> None:
    """Compute what would change and keep it for this dialog."""
    if text is None or day is None:
        acts.refuse("Enter a value and the day from which it counts.", "dialog")
        return
    con = database.connection()
    leads = len(touched(con, name, day))
    slow = " This takes a while; the page goes on by itself." if leads > MANY else ""
    try:
        with st.spinner(f"Evaluating {leads:,} leads and those beside them, twice.{slow}", show_time=True):
            preview = desk.preview_setting(con, name, text, day, database.now())
    except Refusal as refusal:
        acts.refuse(str(refusal), "dialog")
    else:
        st.session_state[PREVIEW] = (text, day, leads, in_force.difference(preview), preview)


def _show(day: dt.date, leads: int, found: Difference, preview: pl.DataFrame) -> None:
    """What would change, in sums and then lead by lead."""
    with st.container(border=True, gap="xsmall"):
        if not leads:
            words.line(text=f"No lead has come from {dates.day(day)} on. It will count for those that do; what is here "
                            "stays as it is.")
            return
        if not found.leads:
            words.line(text=f"Nothing: none of the {leads:,} leads it bears on has another verdict, disposition or "
                            "payout by it.")
            return
        words.line(f"{found.leads:,} {'lead' if found.leads == 1 else 'leads'} would change.",
                   f"It bears on {leads:,} and on those connected to them.")
        for before, after, number in found.dispositions:
            _moved(badges.DISPOSITION[before], badges.DISPOSITION[after], f"{number:,}")
        for label, before, after, number in found.verdicts:
            _moved(badges.VERDICT[before], badges.VERDICT[after], f"{number:,} · {label}")
        for currency, before, after in found.money:
            if before != after:
                words.line(f"{money(before, currency)} → {money(after, currency)}",
                           "owed in all to these leads' partners", "blocked or not")
        _listed(preview)


def _moved(before: badges.Look, after: badges.Look, said: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        badges.badge(before)
        st.text("→", width="content")
        badges.badge(after)
        words.line(text=said, width="content")


def _listed(preview: pl.DataFrame) -> None:
    rows = in_force.listed(preview)
    shown = rows.head(SHOWN).select(one.name for one in rows if one.null_count() < rows.height).fill_null("—")
    column = st.column_config.TextColumn
    grids.shown(shown, "Leads that would change", most=6,
                column_config={name: column(name.replace("_", " ").capitalize()) for name in shown.columns})
    with st.container(horizontal=True, vertical_alignment="center"):
        words.quiet(f"{shown.height:,} of {rows.height:,} are listed.", width="content")
        files.downloads(lambda: rows, "what-would-change", "All as", "Every lead that would change")


def _set(one: Dated, text: str, day: dt.date, entry: int) -> None:
    """The reason, and the change itself."""
    name = one.setting.name
    with st.form(f"set-{name}", border=False):
        reason = st.text_area("Who decided it, and where that is written", key=f"reason-{name}", height=80,
                              persist_state="page")
        is_sent = st.form_submit_button(f"Set it from {dates.day(day)}", type="primary", shortcut="Ctrl+Enter")
    if is_sent:
        with st.spinner("Setting it, and evaluating again what it bears on.", show_time=True):
            done = acts.do(desk.set_setting, f"setting/{name}/{text}/{day}", entry,
                           f"Set from {dates.day(day)}.", name=name, text=text, effective_on=day, source=reason,
                           seen=one.recorded)
        if done:
            forget()
            modal.close()
            st.rerun()
    acts.refused("dialog")
