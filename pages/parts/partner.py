"""One partner in depth: how it stands, its leads by state, money, duties, requests, findings and disputes.

Called by the page of partners. Names and notes come from outside and never pass through Markdown. Decides nothing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import duckdb
import polars as pl
import streamlit as st

from core import desk, partners, queue, review
from core.partners import Filters, Partner
from core.people import Person
from core.people.directory import name as name_of
from core.reasons import in_words
from core.terms import catalogue
from pages.parts import (
    acts,
    badges,
    database,
    dates,
    directory,
    files,
    frame,
    grids,
    modal,
    partner_dialogs,
    people,
    words,
)
from pages.parts.cases import Known
from pages.parts.money import money

STATES = {"All": (None, "submitted"), "Pending": ("pending", "pending"), "Qualified": ("qualified", "qualified"),
          "Rejected": ("rejected", "rejected"), "Expired": ("expired", "expired"), "Owns now": (None, "owned")}
"""Choices of the leads: disposition, and the figure that counts them."""
SIZE, FEW = 10, 4
LEADS = {"Lead": pl.String, "State": pl.String, "Contact, company": pl.String, "Sent": pl.Date, "Why": pl.String,
         "Owns until": pl.String}
FINDINGS = {"false_lead": "False lead", "abuse": "Abuse of the program", "unsolicited": "Unsolicited referrals"}
ASKED = {"yes": "the customer had asked", "no": "the customer had not asked", "unknown": "nobody knows whether the "
         "customer asked"}


def read(name: str, as_of: dt.datetime, known: Known) -> Partner | None:
    """One partner as of an instant."""
    return _read(name, as_of, known.entry, _known=known)


@st.cache_resource(max_entries=100, ttl=3600, show_spinner=False)
def _read(name: str, as_of: dt.datetime, entry: int, _known: Known) -> Partner | None:
    del entry
    return partners.one(database.connection(), name, as_of, _known.day)


def heading(shown: Partner) -> None:
    """Who it is."""
    details = shown.details
    words.heading(details["partner_name"])
    words.quiet(words.join(directory.KINDS[details["kind"]], details["partner"], details["domain"], details["country"],
                           f"known since {dates.day(details['recorded_at'])}"), width="content")


def standing(shown: Partner) -> None:
    """How it stands, and what asks for attention."""
    row = shown.figures or {"is_barred": shown.is_barred, "findings": len(shown.findings)}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badges.badge(directory.look(row))
        if row["is_barred"]:
            words.line(text="Unsolicited referrals were found: what is not paid yet and all it sends is rejected.",
                       quiet="raf.invalid.5", width="content")
        elif shown.figures:
            said = partners.attention(shown.figures)
            words.line(text=f"{', '.join(said)}." if said else "Nothing asks for attention.", width="content")
        if shown.figures and st.button("Its conflicts", type="tertiary", icon=":material/call_split:"):
            label = f"{shown.details['partner_name']} · {shown.details['partner']}"
            st.switch_page(frame.FILES["conflicts"], query_params={"cases_partner": label})


def figures(shown: Partner) -> None:
    """Three figures of the whole, each with what it is of."""
    row = shown.figures
    if row is None:
        with st.container(border=True):
            st.text("This partner has sent no lead.")
        return
    rate = row["percent"]
    told = (("Sent", f"{row['submitted']:,}", f"{row['submitted_lately']:,} in {partners.LATELY_MONTHS} months"),
            ("Accepted", "not known" if rate is None else f"{rate:.0f} %", f"of {row['answered_lately']:,} answered"),
            ("Live claims", f"{row['live']:,}", f"{row['owned']:,} owned"))
    with st.grid(3, min_column_width=170, gap="small"):
        for name, value, note in told:
            with st.container(border=True):
                st.metric(name, value, delta=note, delta_color="off", delta_arrow="off")


def _reset() -> None:
    st.session_state["lead_page"] = 1
    grids.tick("lead", None)


def leads(con: duckdb.DuckDBPyConnection, acting: Person, shown: Partner, known: Known, is_past: bool) -> None:
    """Its leads by state and reason, one page of them, and what can be done about the one that is ticked."""
    if shown.figures is None:
        return
    name = shown.details["partner"]
    with frame.section("Leads"):
        state = st.radio("State", list(STATES), key="lead_state", bind="query-params", horizontal=True,
                         label_visibility="collapsed", on_change=_reset,
                         captions=[f"{shown.figures[figure]:,}" for _, figure in STATES.values()])
        chosen = Filters(STATES[state][0], _by_clause(shown, state), state == "Owns now")
        slot = st.container(gap="small")
        number = grids.page_of("lead_page")
        rows, found = partners.leads(con, name, chosen, number, SIZE, known.day)
        *_, pages = queue.span(1, SIZE, found)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{found:,} {'lead' if found == 1 else 'leads'}, the latest first", width="content")
            st.space("stretch")
            if pages > 1:
                st.pagination(pages, key="lead_page", bind="query-params")
        with slot:
            _page(con, acting, shown, rows, STATES[state][0], is_past)


def _by_clause(told: Partner, state: str) -> str | None:
    """Why leads were rejected or have expired, by clause; returns the one that is ticked."""
    rows = [row for row in told.reasons if STATES[state][0] in (None, row["disposition"])]
    if state in ("Pending", "Qualified", "Owns now") or not rows:
        return None
    shown = pl.DataFrame([{"Leads": row["leads"], "State": badges.DISPOSITION[row["disposition"]].word,
                           "Why": _why(row["reason"]), "Clause": row["reason"]} for row in rows])
    ids = [f"{row['disposition']}/{row['reason']}" for row in rows]
    with st.expander("Rejected and expired by clause", expanded="reason" in st.query_params):
        picked = grids.ticked(shown, ids, "reason", "Reasons with how many leads, the most frequent first",
                              column_config={"Leads": st.column_config.NumberColumn(width=56)})
        files.downloads(lambda: shown, f"reasons-{told.details['partner']}")
    return rows[ids.index(picked)]["reason"] if picked else None


def _why(reason: str | None) -> str | None:
    return in_words(reason) if reason else None


def _page(con: duckdb.DuckDBPyConnection, acting: Person, shown: Partner, rows: pl.DataFrame, disposition: str | None,
          is_past: bool) -> None:
    if rows.is_empty():
        words.quiet("No lead is in this state.")
        return
    ids = rows["lead"].to_list()
    column = st.column_config
    cells = pl.DataFrame([_cells(row) for row in rows.to_dicts()], schema=LEADS)
    picked = grids.ticked(
        cells, ids, "lead", "Leads of the partner with state and reason", most=SIZE, column_config={
            "Lead": column.TextColumn(width=84), "State": column.TextColumn(width=76),
            "Contact, company": column.TextColumn(width=190), "Sent": column.DateColumn(width=84, format="D MMM YYYY"),
            "Why": column.TextColumn(width=180), "Owns until": column.TextColumn(width=90)})
    files.downloads(lambda: cells, f"leads-{shown.details['partner']}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        lead = picked or ids[0]
        words.line(lead, width="content")
        frame.open_lead(lead)
        if not is_past:
            _verbs(con, acting, shown, lead)
        st.space("stretch")
        label = f"{shown.details['partner_name']} · {shown.details['partner']}"
        if st.button("These in Triage", type="tertiary", icon=":material/inbox:"):
            chosen = {None: {"queue": "All"}, "pending": {"queue": "All open"}}.get(
                disposition, {"queue": "Decided", "decided": badges.DISPOSITION[disposition or "pending"].word})
            st.switch_page(frame.FILES["triage"], query_params=chosen | {"partner": label})
    if not is_past:
        acts.tell(lead)


def _cells(row: dict) -> dict:
    needs = review.needed(catalogue().programs[row["program"]], row["pending_on"])
    waits = f"needs {needs[0][1]}" if needs and row["disposition"] == "pending" else None
    owned = row["owner_status"] == "confirmed"
    until = dates.day(row["owner_until"]) if row["owner_until"] else "no end"
    return {
        "Lead": row["lead"], "State": badges.DISPOSITION[row["disposition"]].word,
        "Contact, company": words.join(row["full_name"] or row["email"], row["company"], by=", ") or "Nobody named",
        "Sent": row["submitted_at"].date(), "Why": _why(row["reason"]) or waits or "—",
        "Owns until": until if owned else "—",
    }


def _verbs(con: duckdb.DuckDBPyConnection, acting: Person, shown: Partner, lead: str) -> None:
    version = acts.seen(con, lead)
    why_not = {row["action"]: row["why_not"] for row in desk.possible(con, acting.id, lead, database.now())
               if row["is_offered"]}
    for action, label, draw, key in (("record_finding", "Record a finding…", partner_dialogs.finding, None),
                                     ("record_breach", "Record a breach…", partner_dialogs.breach, None),
                                     ("open_dispute", "Open a dispute…", partner_dialogs.dispute, modal.key("h"))):
        if action in why_not:
            refused = acts.LOOK_FIRST if acts.stale(lead) else why_not[action]
            st.button(label, key=f"{action}-{lead}-{version}", type="tertiary", disabled=bool(refused), help=refused,
                      shortcut=key, on_click=modal.ask, args=(draw, lead, shown.details["partner_name"]))
    if last := st.session_state.get(f"last-{lead}"):
        number, said = last
        st.button("Undo", key=f"undo-last-{number}", icon=":material/undo:", type="tertiary", help=said,
                  on_click=acts.take_back, args=(lead, number, "Taken back right after it was recorded."))


MONEY = {"due": badges.PAYOUT["payable"], "blocked": badges.PAYOUT["blocked"],
         "under_way": badges.Look("Under way", "schedule", "blue"), "paid": badges.PAYOUT["paid"]}
"""Sums of `core.partners.money`, and how each looks."""


def money_card(shown: Partner) -> None:
    """What it is owed and was paid, by currency."""
    with frame.card("Money"):
        if not shown.money:
            words.line(text="Nothing is owed and nothing was paid.")
        for row in shown.money:
            for name, look in MONEY.items():
                if row[f"{name}_lines"]:
                    _sum(row, name, look)
            if row["overdue_lines"]:
                words.quiet(f"{words.lines(row['overdue_lines'])} in {row['currency']} past the due day.")
            people.open_lines(f"lines-{row['currency']}", payee=shown.details["partner"], currency=row["currency"])


def _sum(row: dict, name: str, look: badges.Look) -> None:
    unknown, lines = row[f"unknown_{name}"], row[f"{name}_lines"]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        badges.badge(look, width=96)
        words.line(money(partners.known_sum(row, name), row["currency"]),
                   quiet=f"{words.lines(lines)} in {row['currency']}"
                         + (f", {unknown:,} without an amount" if 0 < unknown < lines else ""))


def waiting(con: duckdb.DuckDBPyConnection, acting: Person, shown: Partner, is_past: bool) -> None:
    """What waits: disputes, requests, duties, and warnings about payee details."""
    if shown.disputes:
        with frame.card("Disputes"):
            for row in shown.disputes:
                _dispute(con, acting, row, is_past)
    if shown.requests:
        with frame.card("Open requests"):
            for row in shown.requests:
                words.line(first=dates.day(row["recorded_at"]), text=row["note"] or "",
                           quiet=f"by {name_of(con, row['asked_by'])}")
                frame.open_lead(row["lead"])
    if shown.warnings:
        with frame.card("Same payee details as another"):
            for row in shown.warnings:
                words.line(row["other_name"], ", ".join(row["reasons"]) + ".", row["other"])
                frame.open_match(row["id"], key="partner")
    with frame.card("Open duties"):
        if not shown.duties:
            words.line(text="Nobody owes anybody anything.")
        for (duty, state), count in Counter((row["duty"], row["state"]) for row in shown.duties).items():
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
                badges.badge(badges.DUTY[state])
                words.line(f"{count:,}", badges.DUTY_NAMES.get(duty, duty.replace("_", " ")), width="stretch")
                first = [row["lead"] for row in shown.duties if (row["duty"], row["state"]) == (duty, state)]
                frame.popover("Leads", f"duty-{duty}-{state}", _leads, first)


def _leads(found: list[str]) -> None:
    """The way to each of the first leads."""
    for lead in found[:FEW * 5]:
        frame.open_lead(lead)
    if len(found) > FEW * 5:
        words.quiet(f"and {len(found) - FEW * 5:,} more")


def _dispute(con: duckdb.DuckDBPyConnection, acting: Person, row: dict, is_past: bool) -> None:
    name = partner_dialogs.DISPUTES[row["kind"]]
    opened = f"{name_of(con, row['opened_by'])}, {dates.day(row['recorded_at'])}"
    words.line(name, row["note"] or "", words.join(row["lead"], opened))
    if row["outcome"]:
        words.quiet(words.join(partner_dialogs.OUTCOMES[row["outcome"]], row["resolution"],
                               f"{name_of(con, row['resolved_by'])}, {dates.day(row['resolved_at'])}"))
    elif not is_past:
        _resolve(con, acting, row, "resolve_dispute", partner_dialogs.resolve, row)


def _resolve(con: duckdb.DuckDBPyConnection, acting: Person, row: dict, action: str, draw: Callable[..., None],
             *given: object) -> None:
    """The button that resolves a dispute or a finding, for who knows how. draw, given: its dialog."""
    acts.seen(con, row["lead"])
    asked = next(one for one in desk.possible(con, acting.id, row["lead"], database.now()) if one["action"] == action)
    if not asked["is_offered"]:
        return
    refused = acts.LOOK_FIRST if acts.stale(row["lead"]) else asked["why_not"]
    st.button("Resolve…", key=f"resolve-{row['id']}", disabled=bool(refused), help=refused, on_click=modal.ask,
              args=(draw, *given))


def findings(con: duckdb.DuckDBPyConnection, acting: Person, shown: Partner, is_past: bool) -> None:
    """Findings of abuse, breaches, and refunds that hold money or did; those that hold some first."""
    if not shown.findings:
        return
    with frame.card("Findings, breaches and refunds"):
        rows = sorted(shown.findings, key=lambda row: not row["is_holding"])
        for row in rows[:FEW * 2]:
            _found(con, acting, row, is_past)
        if len(rows) > FEW * 2:
            with st.expander(f"{len(rows) - FEW * 2:,} more"):
                for row in rows[FEW * 2:]:
                    _found(con, acting, row, is_past)


def _found(con: duckdb.DuckDBPyConnection, acting: Person, row: dict, is_past: bool) -> None:
    by = row["decided_by"] and f"by {name_of(con, row['decided_by'])}"
    words.line(first=dates.day(row["happened_at"]), text=_finding(row), quiet=words.join(row["lead"], row["note"], by))
    if row["resolved_by"]:
        who = name_of(con, row["resolved_by"])
        words.quiet(words.join("Resolved", row["resolution"], f"{who}, {dates.day(row['resolved_at'])}"))
    elif row["is_holding"] and not is_past:
        _resolve(con, acting, row, "resolve_finding", partner_dialogs.resolve_finding, row, _finding(row))


def _finding(row: dict) -> str:
    if row["type"] == "abuse_finding":
        return FINDINGS.get(row["kind"], "Finding of abuse")
    if row["type"] == "customer_refund":
        return "The customer got money back"
    if row["type"] == "competitor_suggested":
        return f"Suggested a competitor; {ASKED[row['customer_asked'] or 'unknown']}"
    return f"{row['named_partner']} was brought into its account"
