"""The figures of the Home page, by role; each opens its rows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import streamlit as st

from core import home, ledger, people
from core.people import Person
from pages.parts import dates, frame, modal, words
from pages.parts.money import money


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, its value, a note, and what its button says and does."""

    name: str
    value: str
    note: str
    opens: str
    does: Callable[..., None] = field(repr=False)
    arguments: tuple = ()


def works_on_leads(acting: Person) -> bool:
    """Whether leads wait for a person at all, and not money or people alone."""
    return any(role in ("sales", "channel", "manager") for role, _ in acting.roles)


def of(con: duckdb.DuckDBPyConnection, acting: Person, by_due: dict[str, int], as_of: dt.datetime) -> list[Figure]:
    """What counts for the roles of a person. by_due: undecided leads per due choice. as_of: of the kept evaluation."""
    roles = {role for role, _ in acting.roles}
    found = []
    if works_on_leads(acting):
        found += [
            Figure("Waiting for a decision", f"{by_due['all']:,}", "undecided leads", "Open the queue", _goes,
                   ("triage", {})),
            Figure("Due within three days", f"{by_due['three']:,}", "not yet late", "Open these leads", _goes,
                   ("triage", {"due": "Next 3 days"})),
            Figure("Overdue", f"{by_due['overdue']:,}", "past their last day", "Open these leads", _goes,
                   ("triage", {"queue": "Overdue"})),
        ]
    if "finance" in roles:
        found += _money(con)
    if roles & people.permissions()["settle_conflict"].roles.keys():
        found.append(Figure("Conflicts to settle", f"{home.conflicts_to_settle(con, as_of):,}", "who holds the lead",
                            "Open the conflicts", _goes, ("conflicts", {"cases": "To settle"})))
    if "manager" in roles:
        rows, count = home.waiting_for_act(con, acting, "approve")
        found.append(Figure("Approvals waiting", f"{count:,}", "nothing else is missing", "Open the approvals",
                            modal.ask, (approvals, rows, count)))
    return found


def _goes(page: str, chosen: dict[str, str]) -> None:
    st.session_state["home_goes"] = (page, chosen)


MONEY = {"ready": ("Ready to pay", "Ready"), "overdue": ("Overdue to pay", "Overdue"),
         "blocked": ("Blocked or held", "Blocked or held")}
"""Figures of the ledger: what each is called here, and what its lines are chosen by on the page Payouts."""


def _money(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """What is ready, overdue and blocked, in the currency of most lines; each opens exactly its lines."""
    found = ledger.figures(ledger.standing(con))
    if not found:
        unknown = ledger.unknown_amounts(con)
        return [Figure("Owed", "not known" if unknown else "nothing", f"{unknown:,} payouts wait for an amount",
                       "Open what is in the way", _goes, ("payouts", {"view": "In the way"}))]
    row, *others = found
    more = f", and in {', '.join(one['currency'] for one in others)}" if others else ""
    return [
        Figure(label, money(row[f"{name}_amount"], row["currency"]), f"{words.lines(row[name])}{more}",
               "Open these lines", _goes, ("payouts", {"payouts_state": state, "currency": row["currency"]}))
        for name, (label, state) in MONEY.items()
    ]


def show(figures: list[Figure]) -> None:
    """The figures in a row, each with the key of its place."""
    with st.grid(max(3, len(figures)), min_column_width=200, gap="small"):
        for place, figure in enumerate(figures, start=1):
            with st.container(border=True, gap="xsmall"):
                st.metric(figure.name, figure.value, delta=figure.note, delta_color="off", delta_arrow="off")
                st.button(figure.opens, key=f"figure-{place}", shortcut=modal.key(str(place)),
                          on_click=figure.does, args=figure.arguments)


STEPS = (
    ("People", "Add people, and see which roles they hold.", "admin", {"section": "People"}),
    ("Roles given", "See who was given which role, and by whom.", "admin", {"section": "Roles given"}),
    ("Journal", "See what was done to people and settings.", "journal", {}),
)
"""What somebody does here who opens no lead: what it is called, what it is for, and its page with the query."""


def next_steps() -> None:
    """The ways on of an admin, who sees neither leads nor money."""
    with st.grid(3, min_column_width=240, gap="small"):
        for place, (name, what, page, query) in enumerate(STEPS, start=1):
            with st.container(border=True, gap="xsmall"):
                st.subheader(name, anchor=False)
                st.text(what)
                if st.button(f"Open {name.lower()}", key=f"step-{place}", shortcut=modal.key(str(place))):
                    st.switch_page(frame.FILES[page], query_params=query)


def go() -> None:
    """On to the page whose figure was opened: a callback cannot leave the page by itself."""
    if found := st.session_state.pop("home_goes", None):
        page, query = found
        st.switch_page(frame.FILES[page], query_params=query)


@modal.dialog("Approvals waiting", width="large")
def approvals(rows: list[dict], count: int) -> None:
    """Leads that lack nothing but the approval."""
    st.caption("Every criterion is met; only the approval is missing."
               + (f" The first {len(rows)} of {count:,}." if count > len(rows) else ""))
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            due = f"due {dates.day(row['due_on'])}" if row["due_on"] else None
            words.line(row["company"] or row["lead"], quiet=words.join(row["lead"], f"from {row['partner_name']}", due))
            frame.open_lead(row["lead"], key="approval")
