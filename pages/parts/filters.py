"""The filters of the queue, bound to the URL, with a count beside each choice."""

import datetime as dt

import duckdb
import streamlit as st

from core import queue
from core.queue import Filters
from core.terms import catalogue
from pages.parts import words

DISPOSITION = {"Pending": "pending", "Qualified": "qualified", "Rejected": "rejected", "Expired": "expired",
               "All": None}
DUE = {"Any day": None, "Overdue": "overdue", "Today": "today", "Next 3 days": "three", "Next 7 days": "seven"}
WHOSE = {"Mine": "mine", "Nobody's": "nobody", "Set aside": "aside"}
KEYS = ("disposition", "due", "program", "partner", "whose", "search", "page")


def _reset() -> None:
    """Another choice begins at its first page, with no lead ticked."""
    st.session_state["page"] = 1
    st.session_state.pop("ticked", None)


def _said(key: str, choices: dict[str, str | None]) -> str:
    """What a choice says before it is drawn, as its counts depend on it: of the session, the address, or its first."""
    said = st.session_state.get(key, st.query_params.get(key))
    return said if said in choices else next(iter(choices))


def restore() -> None:
    """After the browser's Back from a lead the address holds that lead instead of the filters: put them back.

    In the run of the Back itself the address stands above all else, so it takes a second one.
    """
    if "lead" in st.query_params:
        st.query_params.from_dict(st.session_state.get("queue_query", {}))
        st.session_state["is_back"] = True
        st.rerun()
    if st.session_state.pop("is_back", False):
        for key, value in st.session_state.get("queue", {}).items():
            st.session_state[key] = value


def remember() -> None:
    """Keep the filters for the way back, as values and as the query of a link."""
    st.session_state["queue"] = {key: st.session_state[key] for key in KEYS if key in st.session_state}
    st.session_state["queue_query"] = {key: value for key, value in st.query_params.items() if key in KEYS}


def ask(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, person: str) -> tuple[Filters, dict[str, int]]:
    """Draw the filters; returns what is chosen and the counts per due choice under it. person: whose `Mine` is."""
    places = st.grid(2, min_column_width=430, gap=("xsmall", "small"))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        search = st.text_input("Search", key="search", bind="query-params", on_change=_reset, width=300,
                               placeholder="Name, company, domain or lead id", icon=":material/search:",
                               label_visibility="collapsed", persist_state="session")
        programs = {one.short_name: one.id for one in catalogue().programs.values()}
        program = programs.get(st.selectbox(
            "Program", list(programs), index=None, key="program", bind="query-params", on_change=_reset,
            placeholder="All programs", label_visibility="collapsed", width=210, persist_state="session"))
        names = {f"{row['partner_name']} · {row['partner']}": row["partner"]
                 for row in queue.partners(con, program).to_dicts()}
        partner = names.get(st.selectbox(
            "Partner", list(names), index=None, key="partner", bind="query-params", on_change=_reset,
            placeholder="All partners", label_visibility="collapsed", width=260, persist_state="session"))
        whose = WHOSE.get(st.selectbox(
            "Whose", list(WHOSE), index=None, key="whose", bind="query-params", on_change=_reset,
            placeholder="Everybody's", label_visibility="collapsed", width=150, persist_state="session"))
        st.space("stretch")
        st.toggle("Plain list", key="plain", bind="query-params",
                  help="Rows as text with a button each, for keyboards and screen readers")
    disposition = DISPOSITION[_said("disposition", DISPOSITION)]
    due = DUE[_said("due", DUE)]
    chosen = Filters(disposition, due, program, partner, search or "", whose, person)
    by_disposition, by_due = queue.counts(con, as_of, chosen)
    with places:
        st.radio("Disposition", list(DISPOSITION), key="disposition", bind="query-params", horizontal=True,
                 on_change=_reset, label_visibility="collapsed", persist_state="session",
                 captions=[f"{by_disposition[value or 'all']:,}" for value in DISPOSITION.values()])
        st.radio("Due", list(DUE), key="due", bind="query-params", horizontal=True, on_change=_reset,
                 label_visibility="collapsed", persist_state="session",
                 captions=[f"{by_due[value or 'all']:,}" for value in DUE.values()])
    return chosen, by_due


def _clear() -> None:
    for key, value in {"disposition": "Pending", "due": "Any day", "program": None, "partner": None, "whose": None,
                       "search": "", "page": 1}.items():
        st.session_state[key] = value


def nothing_found(con: duckdb.DuckDBPyConnection, chosen: Filters) -> None:
    """No lead passes the filters: say which are on and offer to take them off, or to search for the closest names."""
    with st.container(border=True):
        if chosen.search.strip():
            st.text(f"No lead matches ‘{chosen.search.strip()}’ under these filters.")
            _closest(queue.closest(con, chosen.search))
        elif chosen.whose == "mine":
            st.text("You work on no lead under these filters. Take one: press N for the next that nobody has.")
        elif chosen.due:
            st.text("Nothing is due then. Choose another day, or look at everything that waits.")
        else:
            st.text("No lead is left under these filters.")
        st.button("Take the filters off", on_click=_clear)


def _closest(names: list[tuple[str, int]]) -> None:
    """Names that are spelled alike, each to be searched for; they come from outside and are no labels."""
    for place, (name, leads) in enumerate(names):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words.line(text="Or:" if place else "Closest:", quiet=f"{name} ({leads:,})", width="content")
            st.button("Search for this", key=f"closest-{place}", on_click=_search_all, args=(name,), type="tertiary")


def _search_all(name: str) -> None:
    """Search for a name under no other filter."""
    _clear()
    st.session_state["search"] = name
    st.session_state["disposition"] = "All"
