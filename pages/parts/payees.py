"""How partners are paid: who is ready, what is missing by which clause, and the details, which two people settle.

Called by the page Payouts. Account numbers are masked in every read; what is typed here is shown to nobody again.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import days, desk, ledger, queue, review
from core import payees as reads
from core.people import Person, directory, may
from core.terms import catalogue
from pages.parts import (
    acts,
    badges,
    database,
    dates,
    dialogs,
    files,
    frame,
    grids,
    modal,
    payout_dialogs,
    payout_years,
    words,
)

SIZE = 15
READY, MISSING = badges.Look("Ready", "check_circle", "green"), badges.Look("Missing", "block", "orange")
VERSIONS = {
    "waiting": badges.Look("Waits for a second person", "hourglass_empty", "yellow"),
    "cooling_off": badges.Look("Cooling off", "schedule", "yellow"), "in_use": badges.Look("In use", "check", "green"),
    "replaced": badges.Look("Replaced", "history", "gray"), "dropped": badges.Look("Never used", "remove", "gray"),
}
FIELDS = {
    "country": "Country (two letters, such as US)", "first_name": "First name", "last_name": "Last name",
    "business_email": "Business e-mail", "street": "Street", "street_more": "Street, second line", "city": "City",
    "region": "State or region", "postal_code": "Postal code", "iban": "IBAN", "bic": "BIC",
    "account_number": "Account number", "routing_number": "Routing number",
}
"""Details that every program knows, as they are asked for; what a program asks beyond them comes after."""


def _reset() -> None:
    """Another search begins at its first page."""
    st.session_state["payees_page"] = 1
    grids.tick("payee", None)


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """Partners that can earn, those of whom something is missing first; the ticked one in full."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        search = st.text_input("Search", key="payee_search", width=280, placeholder="Name or id of a partner",
                               icon=":material/search:", label_visibility="collapsed", bind="query-params",
                               on_change=_reset)
    found = reads.found_by(reads.readiness(con, as_of), search or "")
    if found.is_empty():
        with st.container(border=True):
            st.text("No partner matches. Search for another name.")
        return
    wanted = st.query_params.get("payee", "")
    told = found.filter((pl.concat_str("program", "partner", separator="/") == wanted) | (pl.col("partner") == wanted)
                        ).to_dicts()
    main, aside = frame.main_and_aside()
    *_, pages = queue.span(1, SIZE, found.height)
    with main:
        slot = st.container()
        number = st.pagination(pages, key="payees_page", bind="query-params") if pages > 1 else 1
        rows = found.slice((number - 1) * SIZE, SIZE).to_dicts()
        with slot:
            cells = pl.DataFrame([_cells(row) for row in rows])
            grids.ticked(cells, [_id(row) for row in rows], "payee", "Partners with what is missing to pay them",
                         most=SIZE)
            if wanted and not told:
                words.quiet(f"There is no payee ‘{wanted}’ here; this is the first.")
            files.downloads(lambda: cells, "payees")
    chosen = (told or rows)[0]
    with aside:
        _card(con, acting, chosen, as_of)


def _id(row: dict) -> str:
    """How the address names a payee: a partner can be one of several programs."""
    return f"{row['program']}/{row['partner']}"


def _cells(row: dict) -> dict:
    return {"Partner": row["name"] or row["partner"], "Program": catalogue().programs[row["program"]].short_name,
            "Missing": _missing(row),
            "By": (row["method"] or "not known").replace("_", " "), "Country": row["country"] or "not known",
            "Waits": "for a second person" if row["waiting"] else "—"}


def _missing(row: dict) -> str:
    if row["is_unconfirmed"]:
        return "a second person, to confirm the account" if row["waiting"] else "the account, to be recorded here"
    return ", ".join(_field(one) for one in row["missing"]) or "nothing, ready"


def _field(name: str) -> str:
    return badges.PAYEE_FIELDS.get(name, name.replace("_", " "))


def _card(con: ledger.Con, acting: Person | None, row: dict, as_of: dt.datetime) -> None:
    partner, seen = row["partner"], desk.head(con).number
    with st.container(border=True, gap="small"):
        words.line(row["name"] or partner, quiet=partner)
        for one in reads.asked(con, partner, as_of):
            if one.program == row["program"]:
                with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
                    badges.badge(READY if one.is_there else MISSING, width=104)
                    words.line(_field(one.field).capitalize(), one.shown or "",
                               "" if one.is_there else f"Waits for {one.who}.")
        if clause := review.clause_of(row["clause"]):
            frame.clause(clause, f"payee-{partner}-{row['program']}")
        payout_years.line(con, partner, as_of)
        with st.container(horizontal=True, gap="small"):
            if acting and may(acting, "propose_payee_details", row["program"]) is None:
                st.button("Record details…", key=f"record-{partner}", on_click=modal.ask, args=(record, row, seen))
            if acting and row["waiting"] and may(acting, "confirm_payee_details", row["program"]) is None:
                st.button("Confirm details…", key=f"confirm-{partner}", type="primary", on_click=modal.ask,
                          args=(confirm, row, seen))
        with frame.section("Versions"):
            _versions(con, row, as_of)


def _versions(con: ledger.Con, row: dict, as_of: dt.datetime) -> None:
    found = reads.versions(con, row["partner"], as_of)
    if not found:
        words.quiet("None was recorded here; what stands on the partner's record counts, but for a bank account.")
    zone = days.zones(con)[row["program"]]
    for one in found:
        badges.badge(VERSIONS[one["state"]])
        confirmed = one["confirmed_by"] and f"confirmed by {directory.name(con, one['confirmed_by'])}"
        words.line(first=dates.day(days.local_day(one["recorded_at"], zone)),
                   text=words.join(f"recorded by {directory.name(con, one['proposed_by'])}", confirmed, by=", "),
                   quiet=", ".join(f"{_field(name)} {value}" for name, value in one["shown"].items()))


@modal.dialog("Record how this partner is paid", width="large")
def record(row: dict, seen: int) -> None:
    """What changes; the rest of the confirmed details stays. Another person confirms it."""
    con = database.connection()
    words.line(row["name"] or row["partner"], "Change what differs; what is left empty stays as it is.",
               "A second person confirms it before it counts.")
    asked = {one.field for one in reads.asked(con, row["partner"], database.now())}
    more = sorted(asked - {*FIELDS, "check_address", "check_address_confirmation", "wire_details", "email"})
    with st.form(f"payee-{row['partner']}", border=False), st.grid(2, min_column_width=240, gap="small"):
        stood = reads.filled_in(con, row["partner"], database.now())
        given = {name: st.text_input(label, stood.get(name, "")) for name, label in FIELDS.items()}
        given |= {name: st.text_input(_field(name).capitalize()) for name in more}
        is_sent = dialogs.send("Record")
    filled = {name: text for name, text in given.items() if text.strip() and text != stood.get(name)}
    payout_dialogs.ends(is_sent, lambda: acts.do(
        desk.propose_payee_details, f"payee/{row['partner']}/{sorted(filled.items())}", seen,
        "Recorded. A second person confirms it.", partner=row["partner"], given=filled))


@modal.dialog("Confirm how this partner is paid")
def confirm(row: dict, seen: int) -> None:
    """The version that waits, masked; compare it with what the partner wrote."""
    con = database.connection()
    one = next((one for one in reads.versions(con, row["partner"], database.now()) if one["id"] == row["waiting"]),
               None)
    words.line(row["name"] or row["partner"], f"recorded by {directory.name(con, row['waiting_by'])}.")
    for name, value in (one["shown"] if one else {}).items():
        words.line(f"{_field(name).capitalize()}:", value)
    st.caption("Compare it with what the partner wrote, by another way than it came in. It counts once its cooling-off "
               "is over.")
    with st.form(f"confirm-{row['partner']}", border=False):
        is_sent = dialogs.send("Confirm")
    payout_dialogs.ends(is_sent, lambda: acts.do(desk.confirm_payee_details, f"confirm/{row['waiting']}", seen,
                                                 "Confirmed.", details=row["waiting"]))
