"""The entries of the journal: the filters, bound to the address, and each entry in words with its values.

Called by the page Journal. No name is looked up for the id of a contact or a partner: who was erased stays so.
"""

import json

import duckdb
import streamlit as st

from core import days, queue
from core.desk import entries
from core.desk.entries import Asked
from core.people import directory
from pages.parts import badges, dates, files, frame, words

UNDONE, REFUSED = badges.Look("Taken back", "undo", "gray"), badges.Look("Refused", "block", "red")
TIME = "By time"
FIELDS = {"by": None, "action": None, "entry_of": "", "from": None, "until": None, "undone": False,
          "journal_page": 1}
"""The filters by their names in the address, each with what it is when it is off."""


def _reset() -> None:
    """Another choice begins at its first page."""
    st.session_state["journal_page"] = 1


def ask(con: duckdb.DuckDBPyConnection, actions: tuple[str, ...] | None) -> tuple[Asked, str]:
    """Draw the filters; what is chosen, and the time zone in which days are meant. actions: those to be seen at all."""
    zone = next(iter(days.zones(con).values()))
    names = directory.names(con)
    persons, found = entries.writers(con, actions)
    people = {f"{names[one]} · {one}" if one in names else one: one for one in persons}
    labels = {entries.label(one): one for one in found}
    looks = {"bind": "query-params", "on_change": _reset}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        person = people.get(st.selectbox("Person", list(people), index=None, key="by", placeholder="Everybody",
                                         width=220, **looks))
        action = labels.get(st.selectbox("Action", list(labels), index=None, key="action", placeholder="Every action",
                                         width=220, **looks))
        lead = "" if actions else st.text_input("Lead", key="entry_of", placeholder="Lead id", width=140, **looks)
        first, last = (st.date_input(label, value=None, key=key, format="YYYY-MM-DD", width=150, **looks)
                       for label, key in (("From day", "from"), ("Until day", "until")))
        undone = st.toggle("Taken back alone", key="undone", **looks)
    begins_at, ends_at = days.span_of_days(first, last, zone)
    return Asked(person, action, lead.strip() or None, begins_at, ends_at, undone, actions), zone


def _clear() -> None:
    for key, value in FIELDS.items():
        st.session_state[key] = value


def nothing_found() -> None:
    """No entry passes the filters."""
    with st.container(border=True):
        st.text("No entry is left under these filters.")
        st.button("Take the filters off", on_click=_clear)


def show(con: duckdb.DuckDBPyConnection, asked: Asked, found: int, zone: str, sees_leads: bool, size: int) -> None:
    """One page of entries with the way to the others."""
    *_, pages = queue.span(1, size, found)
    place = st.container(gap="small")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = st.container(width="content")
        _download(con, asked, found)
        st.space("stretch")
        number = st.pagination(pages, key="journal_page", bind="query-params") if pages > 1 else 1
    first, last, _ = queue.span(number, size, found)
    said.caption(f"{first:,}-{last:,} of {found:,}", width="content")
    names = directory.names(con)
    with place:
        for row in entries.page(con, asked, first - 1, size):
            _entry(row, names, zone, sees_leads)


def _download(con: duckdb.DuckDBPyConnection, asked: Asked, found: int) -> None:
    """What is filtered, as a file."""
    is_much = found > entries.MOST
    files.downloads(lambda: entries.table(con, asked), "journal", "All as", disabled=is_much, help=(
        f"More than {entries.MOST:,} entries: narrow them first." if is_much else "Every entry under the filters"))


def _entry(row: dict, names: dict[str, str], zone: str, sees_leads: bool) -> None:
    who = TIME if row["person"] == "time" else names.get(row["person"], row["person"])
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"entry-{row['number']}"):
        with st.container(gap=None, width="stretch"):
            words.line(who, f"{entries.sentence(row)}.",
                       dates.moment(days.local_moment(row["recorded_at"], zone), seconds=True))
            _in_words(row, sees_leads)
        if row["is_undone"]:
            badges.badge(UNDONE)
        if row["action"] == "refused":
            badges.badge(REFUSED)
        if sees_leads:
            for lead in row["first_leads"] or [row["lead"]] * (row["lead"] is not None):
                frame.open_lead(lead)
        frame.popover(f"Entry {row['number']:,}", f"values-{row['number']}", _values, row)


def _values(row: dict) -> None:
    """Before and after, as they are recorded."""
    for name in ("before", "after"):
        st.caption(name.capitalize())
        st.code(json.dumps(row[name], indent=1, ensure_ascii=False), language=None, wrap_lines=True)


def _in_words(row: dict, sees_leads: bool) -> None:
    """What it changed: before → after, and how many leads by that."""
    said = [f"{what}: {after}" if before is None else f"{what}: {before} → {after}"
            for what, before, after in entries.changes(row)]
    more = row["leads"] - len(row["first_leads"])
    if sees_leads and more > 0:
        said.append(f"{row['leads']:,} leads changed by it")
    if said:
        words.quiet(words.join(*said))
