"""People with the roles they hold, whom they belong to, and every role that was given or taken back.

Called by the page Admin.
"""

import datetime as dt

import duckdb
import streamlit as st

from core import days, desk, queue
from core.evaluation import FOREVER
from core.people import Person, directory, may
from core.terms import catalogue
from pages.parts import admin_dialogs, badges, dates, modal, words

SIZE = 20
HOLDS, LATER = badges.Look("Holds", "badge", "blue"), badges.Look("Later", "event", "gray")
TAKEN = badges.Look("Taken back", "undo", "gray")


def program_name(program: str | None) -> str:
    """A program, or all of them."""
    return catalogue().programs[program].short_name if program in catalogue().programs else program or "every program"


def role_name(held: str) -> str:
    """A role with its program: sales in Refer-a-Friend."""
    role, _, program = held.partition(":")
    return f"{role} in {program_name(program or None)}"


def _first(key: str) -> None:
    """Another choice begins at its first page."""
    st.session_state[key] = 1


def show(con: duckdb.DuckDBPyConnection, acting: Person, moment: dt.datetime, known_at: dt.datetime, zone: str) -> None:
    """Everybody, those with a role first; a page of them, with the verbs that the person may do.

    known_at: until which instant (UTC) changes count; where that is not for good, one can look only.
    """
    is_now = known_at == FOREVER
    seen = desk.head(con).number
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        search = st.text_input("Search", key="someone", placeholder="Name, id, address or partner", width=300,
                               icon=":material/search:", label_visibility="collapsed", bind="query-params",
                               on_change=_first, args=("people_page",))
        st.space("stretch")
        if is_now and may(acting, "add_person", None) is None:
            st.button("Add a person…", type="primary", icon=":material/person_add:", on_click=modal.ask,
                      args=(admin_dialogs.add, seen))
    found = directory.directory(con, moment, known_at, search.strip())
    if not found:
        with st.container(border=True):
            st.text("Nobody matches. Search for another part of the name, or add the person.")
        return
    *_, pages = queue.span(1, SIZE, len(found))
    number = st.pagination(pages, key="people_page", bind="query-params") if pages > 1 else 1
    first, last, _ = queue.span(number, SIZE, len(found))
    with st.container(gap="small"):
        for row in found[first - 1:last]:
            _person(row, acting, zone, seen if is_now else None)


def _person(row: dict, acting: Person, zone: str, seen: int | None) -> None:
    """seen: the last entry of the journal; None where one can look only."""
    belongs = row["partner"] and f"belongs to {words.join(row['partner_name'], row['partner'], by=', ')}"
    domain = row["domain"] and f"of {row['domain']}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"person-{row['id']}"):
        with st.container(gap="xxsmall", width="stretch"):
            words.line(row["name"] or row["id"], quiet=words.join(row["id"], row["email"], domain, belongs))
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                if not row["grants"]:
                    words.quiet("Holds no role.", width="content")
                for held in row["grants"]:
                    badges.badge(LATER if held["is_later"] else HOLDS, role_name(held["role"]))
                    if limits := _limits(held, zone):
                        words.quiet(limits, width="content")
        if seen is not None and may(acting, "grant", None) is None and row["id"] != acting.id:
            st.button("Grant…", key=f"grant-{row['id']}", type="tertiary", help=f"Give {row['id']} a role",
                      on_click=modal.ask, args=(admin_dialogs.grant, row, zone, seen))
        if seen is not None and may(acting, "revoke", None) is None and row["grants"]:
            st.button("Take back…", key=f"revoke-{row['id']}", type="tertiary", help=f"Take a role of {row['id']} back",
                      on_click=modal.ask, args=(admin_dialogs.revoke, row, seen))


def _limits(held: dict, zone: str) -> str:
    """From when and until when a role is held, where that is not simply since it was given."""
    begins = f"from {dates.day(days.local_day(held['begins_at'], zone))}" if held["is_later"] else None
    ends = held["ends_at"] and f"until {dates.moment(days.local_moment(held['ends_at'], zone))}"
    return words.join(begins, ends, by=" ")


def history(con: duckdb.DuckDBPyConnection, known_at: dt.datetime, zone: str) -> None:
    """Every role that was given or taken back, the latest first; of one person where one is chosen."""
    names = directory.names(con)
    labels = {f"{name} · {one}": one for one, name in names.items()}
    person = labels.get(st.selectbox("Person", list(labels), index=None, key="whose_roles", placeholder="Everybody",
                                     label_visibility="collapsed", width=300, bind="query-params",
                                     on_change=_first, args=("roles_page",)))
    *_, pages = queue.span(1, SIZE, directory.count_grants(con, known_at, person))
    number = st.pagination(pages, key="roles_page", bind="query-params") if pages > 1 else 1
    rows = directory.grants(con, known_at, person, (number - 1) * SIZE, SIZE)
    if not rows:
        words.quiet("No role was given yet.")
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(TAKEN if row["what"] == "taken back" else badges.Look("Granted", "badge", "blue"), width=120)
            begins = row["begins_at"] > row["recorded_at"] and dates.day(days.local_day(row["begins_at"], zone))
            words.line(names.get(row["person"], row["person"]),
                       words.join(f"{row['role']} in {program_name(row['program'])}", begins and f"from {begins}",
                                  row["ends_at"] and f"until {dates.moment(days.local_moment(row['ends_at'], zone))}",
                                  by=", "),
                       f"{dates.moment(days.local_moment(row['recorded_at'], zone))} by "
                       f"{names.get(row['by_person'], row['by_person'])}",
                       exact=dates.exact(row["recorded_at"], zone))
