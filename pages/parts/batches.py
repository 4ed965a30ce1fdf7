"""Batches of payouts: those under way and those before, one in full, and the next step of it.

Called by the page Payouts. Who may do which step is the desk's to say; a step that a role does not know is not drawn.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import days, desk, exports, ledger
from core.people import Person, directory, may
from core.terms import catalogue
from pages.parts import acts, badges, database, dates, files, frame, grids, modal, payout_dialogs, payout_lines, words
from pages.parts.money import money

STATES = {
    "prepared": badges.Look("Prepared", "inventory_2", "blue"), "approved": badges.Look("Approved", "verified", "blue"),
    "exported": badges.Look("Given out", "outbox", "blue"), "settled": badges.Look("Settled", "check", "gray"),
    "dropped": badges.Look("Given up", "remove", "gray"),
}
RESULTS = {"paid": "Paid", "failed": "Failed", None: "—"}
STEPS = {"approved": "approved it", "second_approved": "approved it as the second", "exported": "gave it out",
         "reopened": "took the approval back", "dropped": "gave it up"}


def prepare_button(con: ledger.Con, acting: Person, is_next: bool) -> None:
    """Prepare a batch, for who may. is_next: nothing else on the page is the next step."""
    if any(may(acting, "prepare_batch", program) is None for program in catalogue().programs):
        st.button("Prepare a batch…", type="primary" if is_next else "secondary", shortcut=modal.key("b"),
                  icon=":material/inventory_2:", on_click=modal.ask,
                  args=(payout_dialogs.prepare, desk.head(con).number))


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """Every batch, the latest first; the ticked one in full."""
    found = ledger.batches(con)
    if found.is_empty():
        with st.container(border=True):
            st.text("No batch was prepared yet. What is ready can be put into one.")
        return
    rows = found.to_dicts()
    ids = [row["id"] for row in rows]
    main, aside = frame.main_and_aside()
    with main:
        cells = pl.DataFrame([_cells(con, row) for row in rows])
        picked = grids.ticked(cells, ids, "batch", "Batches with their state and total", column_config={
            "Total": st.column_config.NumberColumn(format="accounting"),
            "Until": st.column_config.DateColumn(format="D MMM YYYY")})
        if picked is None and "batch" in st.query_params:
            words.quiet(f"There is no batch ‘{st.query_params['batch']}’; here is the latest.")
        files.downloads(lambda: cells, "batches")
        row = rows[ids.index(picked)] if picked else rows[0]
        _payments(con, row)
    with aside:
        _card(con, acting, row)


def _cells(con: ledger.Con, row: dict) -> dict:
    return {"State": STATES[row["state"]].word, "Program": catalogue().programs[row["program"]].short_name,
            "By": row["method"].replace("_", " "), "Until": row["cut_off_on"], "Payees": row["payments"],
            "Total": row["total"], "Currency": row["currency"],
            "Prepared by": directory.name(con, row["prepared_by"])}


def _payments(con: ledger.Con, row: dict) -> None:
    st.subheader("Payments", anchor=False)
    column = st.column_config
    found = ledger.payments(con, row["id"])
    cells = pl.DataFrame(map(_payment, found.to_dicts()), infer_schema_length=None)
    grids.opening(cells, found["partner"].to_list(), f"payments-{row['id']}", "Payments of the batch",
                  lambda one: payout_lines.opener(one, program=row["program"], currency=row["currency"], partner=one,
                                                  batch=row["id"]), most=12,
                  column_config={"Amount": column.NumberColumn(f"Amount, {row['currency']}", format="accounting"),
                                 "Lines": column.NumberColumn(width=52), "Result": column.TextColumn(width=84),
                                 "On": column.TextColumn(width=92), "Payment": column.TextColumn(width=110)})
    files.downloads(lambda: cells, f"payments-{row['id']}")


def _payment(one: dict) -> dict:
    """A row of the payments. What came back shows the day of that, and why."""
    result, day, told = RESULTS[one["result"]], one["paid_on"], one["reference"] or one["reason"]
    if one["returned_on"]:
        result, day, told = "Came back", one["returned_on"], one["returned_why"]
    return {"Payee": one["partner_name"], "Amount": one["amount"], "Lines": len(one["lines"]), "Result": result,
            "On": dates.day(day) if day else "—", "Reference or reason": told or "—", "Payment": one["payment"]}


def _card(con: ledger.Con, acting: Person | None, row: dict) -> None:
    """One batch: where it stands, who did what, and what comes next."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(STATES[row["state"]])
            words.quiet(row["id"])
        words.line(money(row["total"], row["currency"]), f"{payout_dialogs.sizes(row)}.")
        zone = days.zones(con)[row["program"]]
        today = days.local_day(database.now(), zone)
        words.line(first=dates.short(days.local_moment(row["recorded_at"], zone), today),
                   text=f"{directory.name(con, row['prepared_by'])} prepared it.")
        for one in ledger.steps(con, row["id"]).to_dicts():
            words.line(first=dates.short(days.local_moment(one["recorded_at"], zone), today),
                       text=f"{directory.name(con, one['person'])} {STEPS[one['step']]}.",
                       quiet=words.join(one["form"] and exports.FORMS[one["form"]].label, one["sha256"] and
                                        f"SHA-256 {one['sha256'][:12]}…"))
        if row["state"] in ("exported", "settled"):
            waiting = row["payments"] - row["paid"] - row["failed"] - row["returned"]
            words.line(money(row["paid_total"], row["currency"]) + " arrived:", words.join(
                *(f"{count:,} {said}" for count, said in (
                    (row["paid"], "paid"), (row["failed"], "failed"), (row["returned"], "came back"),
                    (waiting, "not answered yet")) if count), by=", ") + ".")
        if row["state"] == "approved" and desk.needs_second_approval(con, row["id"], database.now()):
            words.line("A second approval is needed:", f"it {desk.why_above(row)}.")
        if acting and may(acting, "approve_batch", row["program"]) is None:
            _verbs(con, acting, row)


def _verbs(con: ledger.Con, acting: Person, row: dict) -> None:
    seen = desk.head(con).number
    state = row["state"]
    waits = state == "prepared" or (state == "approved" and desk.needs_second_approval(con, row["id"], database.now()))
    not_approved, not_told = desk.why_not_approve(row, acting.id), desk.why_not_record(row, acting.id)
    with st.container(horizontal=True, gap="small"):
        if waits:
            st.button("Approve…", type="primary", shortcut=modal.key("a"), on_click=modal.ask, help=not_approved,
                      args=(payout_dialogs.approve, row, seen), disabled=not_approved is not None)
        if state == "approved":
            st.button("Take the approval back…", on_click=modal.ask, args=(payout_dialogs.step, "reopen", row, seen))
        if state in ("prepared", "approved"):
            st.button("Give it up…", on_click=modal.ask, args=(payout_dialogs.step, "drop", row, seen))
        if state == "exported":
            st.button("What became of it…", type="primary", help=not_told,
                      on_click=modal.ask, args=(payout_dialogs.results, row, seen), disabled=not_told is not None)
        if row["paid"]:
            st.button("A payment came back…", on_click=modal.ask, args=(payout_dialogs.came_back, row, seen),
                      help=not_told, disabled=not_told is not None)
        if row["failed"]:
            st.button("A failed one did arrive…", on_click=modal.ask, help=not_told,
                      args=(payout_dialogs.arrived_after_all, row, seen), disabled=not_told is not None)
        if row["returned"]:
            st.button("It did arrive…", on_click=modal.ask, args=(payout_dialogs.arrived, row, seen), help=not_told,
                      disabled=not_told is not None)
    if own := (not_approved if waits else not_told if state == "exported" else None):
        words.quiet(own)
    if state in ("exported", "settled") or (state == "approved" and not waits):
        _give_out(acting, row, seen)
    acts.refused("dialog")


def _give_out(acting: Person | None, row: dict, seen: int) -> None:
    """The files of a batch: made and journalled at a press, then downloaded by who pressed and nobody else."""
    for form in exports.FORMS.values():
        if not form.fits(row["method"]):
            continue
        key = f"file-{acting.id}-{row['id']}-{form.name}"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if st.button(f"Give out: {form.label}", key=f"give-{key}"):
                made = acts.do(desk.export_batch, f"export/{row['id']}/{form.name}", seen,
                               "Given out. The batch is locked; keep the file, it is not stored here.", batch=row["id"],
                               form=form.name)
                if made:
                    st.session_state[key] = made[1]
                    st.rerun()
            if key in st.session_state:
                name = form.file_name(row["program"], row["method"], row["cut_off_on"], row["id"])
                st.download_button("Download", st.session_state[key], name, form.mime, on_click="ignore",
                                   icon=":material/download:", key=f"take-{key}")
        if form.warning:
            words.quiet(form.warning)
