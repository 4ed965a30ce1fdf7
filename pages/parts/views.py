"""Views of the queue under a name: the choice among them, and the dialog that saves and deletes them."""

import duckdb
import streamlit as st

from core import desk, work
from core.people import Person
from core.queue import Filters
from core.terms import catalogue
from pages.parts import acts, badges, database, filters, modal, words

SHARED = badges.Look("Shared", "group", "blue")


def _chosen(row: dict) -> Filters:
    return Filters(row["disposition"], row["due"], row["program"], row["partner"], queue=row["queue"],
                   sorted_by=row["sorted_by"])


def _is_shown(row: dict, chosen: Filters) -> bool:
    return _chosen(row) == Filters(chosen.disposition, chosen.due, chosen.program, chosen.partner, chosen.search,
                                   chosen.queue, sorted_by=chosen.sorted_by)


def open_link(con: duckdb.DuckDBPyConnection, acting: Person) -> None:
    """A link that names a view puts the filters to it; from then on they stand in the address."""
    if name := st.query_params.pop("view", None):
        found = next((row for row in work.views(con, acting) if row["id"] == name), None)
        if found:
            filters.choose(con, _chosen(found))
        else:
            acts.refuse("The view of this link is deleted, or it is not shared with you.", "page")


def select(con: duckdb.DuckDBPyConnection, acting: Person, chosen: Filters) -> None:
    """The views to choose from, the one that is on the screen chosen; and the way to save or delete one."""
    found = {row["id"]: row for row in work.views(con, acting)}
    st.session_state["saved_view"] = next((name for name, row in found.items() if _is_shown(row, chosen)), None)

    def pick() -> None:
        if row := found.get(st.session_state["saved_view"]):
            filters.choose(con, _chosen(row))

    names = words.apart({view: row["name"] if row["person"] == acting.id else f"{row['name']} · {row['person_name']}"
                         for view, row in found.items()})
    if found:
        st.selectbox("View", list(found), index=None, key="saved_view", format_func=names.__getitem__, on_change=pick,
                     placeholder="Saved views", label_visibility="collapsed", width=210)
    st.button("Save view…", icon=":material/bookmark:", type="tertiary", on_click=modal.ask,
              args=(dialog, acting, chosen))


def told() -> None:
    """What was just saved or deleted, with the way back."""
    if found := st.session_state.get("last-view"):
        said, action, arguments = found
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words.line(text=said, width="content")
            st.button("Undo", key="undo-view", type="tertiary", icon=":material/undo:", on_click=_undo,
                      args=(action, arguments))


def _undo(action: str, arguments: dict) -> None:
    if _do(action, "Taken back.", arguments):
        st.session_state.pop("last-view")


def _do(action: str, said: str, arguments: dict) -> desk.Done | None:
    head = desk.head(database.connection()).number  # the same change again is another one
    return acts.do(getattr(desk, action), f"view/{action}/{arguments}", head, said, **arguments)


@modal.dialog("Views")
def dialog(acting: Person, chosen: Filters) -> None:
    """Save what is chosen under a name, or delete a view."""
    con = database.connection()
    words.line("Now:", _words(chosen), "What is searched for is not kept." if chosen.search else "")
    program = chosen.program and catalogue().programs[chosen.program].short_name
    with st.form("save-view", border=False):
        name = st.text_input("Name", max_chars=60, placeholder="What you will look for")
        is_shared = st.toggle(f"Share with everybody of {program}" if program else "Share with everybody",
                              help="Others can choose it; you and managers can delete it")
        is_sent = st.form_submit_button("Save this view", type="primary", shortcut="Ctrl+Enter")
    if is_sent:
        arguments = {"name": name, "chosen": chosen, "is_shared": is_shared}
        if done := _do("save_view", "Saved.", arguments):
            st.session_state["last-view"] = (f"‘{name.strip()}’ is saved.", "forget_view",
                                             {"view": done.after["view"]})
            modal.close()
            st.rerun()
    acts.refused("dialog")
    _list(con, acting)


def _list(con: duckdb.DuckDBPyConnection, acting: Person) -> None:
    rows = work.views(con, acting)
    words.line("Saved")
    if not rows:
        words.quiet("No view is saved yet. A view keeps the queue, the filters and the order.")
    for row in rows:
        is_own = row["person"] == acting.id
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words.line(row["name"], quiet=words.join(_words(_chosen(row)), None if is_own else row["person_name"]))
            if row["is_shared"]:
                badges.badge(SHARED)
            if is_own or (row["is_shared"] and acting.holds("manager", row["program"])):
                st.button("Delete", key=f"forget-{row['id']}", type="tertiary", on_click=_forget, args=(row,))


def _forget(row: dict) -> None:
    if _do("forget_view", "Deleted.", {"view": row["id"]}):
        again = {"name": row["name"], "chosen": _chosen(row), "is_shared": row["is_shared"]}
        st.session_state["last-view"] = (f"‘{row['name']}’ is deleted.", "save_view", again)


def _words(chosen: Filters) -> str:
    """What is chosen, in the words of the filters."""
    return words.join(*filters.labels(database.connection(), chosen).values())
