"""The queues of Triage with how many leads stand in each, and the filters; all bound to the URL."""

import datetime as dt
from dataclasses import replace

import duckdb
import streamlit as st

from core import days, queue, store
from core.queue import Filters
from core.terms import catalogue
from pages.parts import as_of_bar, dates, words

QUEUES = {"All open": "open", "New": "new", "In review": "review", "Action required": "asked",
          "About to expire": "ending", "Overdue": "overdue", "Look-alikes": "alike", "Mine": "mine",
          "Set aside": "aside", "Decided": "decided", "All": None}
HOLDS = {
    "open": "undecided", "new": "leads that nobody has taken or judged",
    "review": "leads that somebody has taken or judged",
    "asked": "leads that wait for their partner's answer",
    "ending": "leads whose reply, engagement or ownership ends within 7 days", "overdue": "past their last day",
    "alike": "leads that look like another record", "mine": "leads that you have taken",
    "aside": "set aside until a later day",
    "decided": "decided", None: "in all",
}
"""What the leads of a queue are, after their number."""
EMPTY = {
    "new": "Nobody waits for a first look. Go on with what is in review.",
    "review": "Nothing is under review. Take a new lead: press N for the next that nobody has.",
    "asked": "No partner owes an answer.", "ending": "Nothing ends within 7 days.", "overdue": "Nothing is overdue.",
    "alike": "No undecided lead looks like another record.",
    "mine": "You work on no lead here. Take one: press N for the next that nobody has.",
    "aside": "Nothing is set aside.",
}
"""What an empty queue says."""
MIXED = ("ending", "aside", "decided", None)
"""Queues whose leads differ in their disposition."""
DECIDED = {"Qualified": "qualified", "Rejected": "rejected", "Expired": "expired"}
DUE = {"Overdue": "overdue", "Today": "today", "Next 3 days": "three", "Next 7 days": "seven"}
ORDERS = {"Most costly to leave": "cost", "Least still needed": "least", "Longest waiting": "oldest",
          "Newest": "newest"}
OFF = Filters(None, queue="open")
"""What is shown before anything is chosen."""
KEYS = ("queue", "decided", "due", "program", "partner", "order", "search", "page", "as_of")


def _reset() -> None:
    """Another choice begins at its first page, with no lead ticked and nothing left to take back."""
    st.session_state["page"] = 1
    for key in ("ticked", "last-view"):
        st.session_state.pop(key, None)


def restore() -> None:
    """After the browser's Back from a lead the address holds that lead instead of the filters: put them back.

    In the run of the Back itself the address stands above all else, so it takes a second one.
    """
    if "lead" in st.query_params:
        st.query_params.from_dict(st.session_state.get("queue_query", {}))
        st.session_state["is_back"] = True
        st.rerun()
    if st.session_state.pop("is_back", False):
        for key, value in st.session_state.get("filters", {}).items():
            st.session_state[key] = value


def remember(chosen: Filters) -> None:
    """Keep the filters for the way back and for the next lead, as values and as the query of a link."""
    st.session_state["queue_chosen"] = chosen
    st.session_state["filters"] = {key: st.session_state[key] for key in KEYS if key in st.session_state}
    st.session_state["queue_query"] = {key: value for key, value in st.query_params.items() if key in KEYS}


def _choose(label: str, choices: list[str], key: str, everything: str, width: int) -> str | None:
    return st.selectbox(label, choices, index=None, key=key, bind="query-params", on_change=_reset, width=width,
                        placeholder=everything, label_visibility="collapsed", persist_state="session")


def ask(con: duckdb.DuckDBPyConnection | store.Within, as_of: dt.datetime, person: str) -> tuple[Filters, int]:
    """Draw queues and filters; returns what is chosen, and how many leads that are. person: whose `Mine` is."""
    place, row = st.container(), st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    with row:
        search = st.text_input("Search", key="search", bind="query-params", on_change=_reset, width=240,
                               placeholder="Name, company, domain or lead id", icon=":material/search:",
                               label_visibility="collapsed", persist_state="session")
        programs = {one.short_name: one.id for one in catalogue().programs.values()}
        program = programs.get(_choose("Program", list(programs), "program", "All programs", 155))
        partners = _partners(con, program)
        partner = partners.get(_choose("Partner", list(partners), "partner", "All partners", 180))
        due = DUE.get(_choose("Due", list(DUE), "due", "Any day", 130))
        order = ORDERS.get(_choose("Order", list(ORDERS), "order", next(iter(ORDERS)), 185), "cost")
    narrowed = Filters(None, due, program, partner, search or "", None, person, order)
    counts = queue.counts(con, as_of, narrowed)
    with place:
        name = QUEUES[st.radio(
            "Queue", list(QUEUES), key="queue", bind="query-params", horizontal=True, on_change=_reset,
            label_visibility="collapsed", persist_state="session",
            captions=[f"{counts.of(replace(narrowed, queue=one)):,}" for one in QUEUES.values()])]
    with row:
        disposition = DECIDED.get(_choose("Decided", list(DECIDED), "decided", "However decided", 155)
                                  ) if name == "decided" else None
    chosen = replace(narrowed, queue=name, disposition=disposition)
    return chosen, counts.of(chosen)


def _partners(con: duckdb.DuckDBPyConnection | store.Within, program: str | None) -> dict[str, str]:
    return {f"{row['partner_name']} · {row['partner']}": row["partner"]
            for row in queue.partners(con, program).to_dicts()}


def _label(choices: dict[str, str | None], value: str | None) -> str | None:
    return next((label for label, own in choices.items() if own == value), None)


def said(chosen: Filters) -> str:
    """What passes the filters and in which order, after the number of leads."""
    order = _label(ORDERS, chosen.sorted_by)
    return f"{chosen.disposition or HOLDS[chosen.queue]}, {order[0].lower()}{order[1:]} first"


def labels(con: duckdb.DuckDBPyConnection | store.Within, chosen: Filters) -> dict[str, str | None]:
    """What each filter says, by its key, where that is chosen; None where it narrows nothing."""
    program = chosen.program and catalogue().programs[chosen.program].short_name
    return {"queue": _label(QUEUES, chosen.queue), "decided": _label(DECIDED, chosen.disposition),
            "due": _label(DUE, chosen.due), "program": program,
            "partner": chosen.partner and _label(_partners(con, chosen.program), chosen.partner),
            "order": None if chosen.sorted_by == OFF.sorted_by else _label(ORDERS, chosen.sorted_by)}


def choose(con: duckdb.DuckDBPyConnection | store.Within, chosen: Filters) -> None:
    """Put the filters to what is chosen, before they are drawn: from a callback, or first on the page."""
    for key, value in (labels(con, chosen) | {"search": chosen.search}).items():
        st.session_state[key] = value
    _reset()


def nothing_found(con: duckdb.DuckDBPyConnection | store.Within, chosen: Filters, day: dt.date | None) -> None:
    """No lead passes the filters: say so and offer to take off those that are on, or to search for the closest names.

    day: a past one that is shown, with no lead at all where none had come in by then.
    """
    is_narrowed = any((chosen.search.strip(), chosen.due, chosen.program, chosen.partner, chosen.disposition))
    with st.container(border=True):
        if day and not queue.counts(con, days.end_of_day(day, next(iter(days.zones(con).values()))),
                                    Filters(None)).dispositions["all"]:
            st.text(f"No lead had come in by {dates.day(day)}.")
            as_of_bar.back("nothing")
            return
        if chosen.search.strip():
            st.text(f"No lead matches ‘{chosen.search.strip()}’ under these filters.")
            _closest(con, queue.closest(con, chosen.search))
        elif chosen.due:
            st.text("Nothing is due then. Choose another day, or look at everything that waits.")
        else:
            otherwise = "No lead is left under these filters." if is_narrowed else "No lead waits."
            st.text(EMPTY.get(chosen.queue, otherwise))
        if is_narrowed:
            st.button("Take the filters off", on_click=choose, args=(con, OFF))


def _closest(con: duckdb.DuckDBPyConnection | store.Within, names: list[tuple[str, int]]) -> None:
    """Names that are spelled alike, each to be searched for; they come from outside and are no labels."""
    for place, (name, leads) in enumerate(names):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words.line(text="Or:" if place else "Closest:", quiet=f"{name} ({leads:,})", width="content")
            st.button("Search for this", key=f"closest-{place}", type="tertiary", on_click=choose,
                      args=(con, Filters(None, search=name)))
