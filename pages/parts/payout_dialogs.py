"""The dialogs about money: each repeats what is at stake and asks for what one action of the desk needs.

Called by the parts of the page Payouts. seen: what tells one offer from the next, so that it is taken once.
"""

import datetime as dt
from collections.abc import Callable

import polars as pl
import streamlit as st

from core import days, desk, exports, ledger
from core.desk.money import read_amount
from core.model import Refusal
from core.people import directory
from core.terms import catalogue
from pages.parts import acts, badges, database, dates, dialogs, grids, modal, words
from pages.parts.money import money

DIRECTIONS = {"Less is owed": -1, "More is owed": 1}
MOST_LINES = 200
"""Lines that are offered to be left out at once."""


def ends(is_sent: bool, act: Callable[[], object]) -> None:
    """Close the dialog where the action was done, else say why not."""
    try:
        is_done = is_sent and act()
    except Refusal as refusal:
        acts.refuse(str(refusal), "dialog")
        is_done = False
    if is_done:
        modal.close()
        st.rerun()
    acts.refused("dialog")


@modal.dialog("Correct a line")
def correct(row: dict, version: int) -> None:
    """A second line beside the first, with a reason; the first never changes. row: of `ledger.lines`."""
    words.line(money(row["amount"], row["currency"]), f"to {row['partner_name']} for {row['lead']}.", row["id"])
    st.caption("The line stays as it is. The correction stands beside it and is settled with it or, once it is paid, "
               "with the payee's next batch.")
    with st.form(f"correct-{row['id']}", border=False):
        reason = st.selectbox("Reason", list(ledger.CODES), format_func=lambda one: ledger.CODES[one][0], required=True)
        text = st.text_input(f"Amount in {row['currency']}", placeholder="1,234.50")
        way = st.radio("Where the amount was wrong", list(DIRECTIONS), horizontal=True)
        note = st.text_area("Why, and where that is written", height=90)
        is_sent = dialogs.send("Correct")
    sign = ledger.CODES[reason][1] or DIRECTIONS[way]
    ends(is_sent, lambda: acts.do(
        desk.adjust_line, f"adjust/{row['id']}/{reason}/{text}", version, "Corrected.", lead=row["lead"],
        line=row["id"], amount=read_amount(text) * sign, reason=reason, note=note))


@modal.dialog("Prepare a batch", width="large")
def prepare(seen: int) -> None:
    """What is paid in one program, by one method, in one currency; who is carried forward; what is left out."""
    con, now = database.connection(), database.now()
    ready = ledger.ready(con)
    if not ready:
        st.text("Nothing can be paid now. ‘In the way’ says what waits for whom.")
        return
    chosen = st.selectbox("What is paid", ready, format_func=_kind, required=True)
    today = days.local_day(now, days.zones(con)[chosen["program"]])
    cut_off_on = st.date_input("Earned until the end of", value=today, max_value=today, format="YYYY-MM-DD")
    kind = chosen["program"], chosen["method"], chosen["currency"]
    if cut_off_on is None:
        return
    leave_out = _left_out(ledger.proposal(con, *kind, cut_off_on, (), now), chosen["currency"])
    found = ledger.proposal(con, *kind, cut_off_on, leave_out, now)
    _payees(found, chosen["currency"])
    total = money(found.total, chosen["currency"])
    words.line(total, f"in {found.number:,} line{'' if found.number == 1 else 's'}.",
               "Another person approves it; nothing leaves until it is given out.")
    is_sent = st.button(f"Prepare {total}", type="primary", shortcut="Ctrl+Enter", disabled=not found.number)
    ends(is_sent, lambda: acts.do(
        desk.prepare_batch, f"prepare/{kind}/{cut_off_on}/{sorted(leave_out)}", seen, f"Prepared: {total}.",
        program=kind[0], method=kind[1], currency=kind[2], cut_off_on=cut_off_on, leave_out=leave_out,
        total=found.total, number=found.number))


def _left_out(every: ledger.Proposal, currency: str) -> list[str]:
    """The lines that somebody leaves out; of very many lines those are offered that a search finds."""
    partners = dict(every.payees.select("partner", "partner_name").iter_rows())
    lines = every.lines.with_columns(payee=pl.col("partner").replace(partners))
    names = words.apart({row["id"]: f"{row['lead']} · {row['payee']} · {money(row['amount'], currency)}"
                         for row in lines.to_dicts()})  # of all, so that a label stays while one searches
    is_chosen = pl.col("id").is_in(st.session_state.get("left-out", []))
    if lines.height > MOST_LINES:
        word = st.text_input(f"Find lines to leave out among {lines.height:,}", placeholder="Lead or payee",
                             icon=":material/search:").strip().lower()
        is_found = pl.any_horizontal(pl.col("lead", "payee").str.to_lowercase().str.contains(word, literal=True))
        found = lines.filter(is_found & ~is_chosen).head(MOST_LINES if word else 0)
        lines = pl.concat([lines.filter(is_chosen), found])
    st.session_state["left-out"] = lines.filter(is_chosen)["id"].to_list()  # a choice that is no line any more goes
    return st.multiselect("Leave out", lines["id"].to_list(), key="left-out", format_func=names.__getitem__,
                          placeholder="Nothing is left out")


def _kind(row: dict) -> str:
    program = catalogue().programs[row["program"]].short_name
    method = (row["method"] or "no method").replace("_", " ")
    return f"{program} · {method} · {row['lines']:,} lines, {money(row['amount'], row['currency'])}"


def _payees(found: ledger.Proposal, currency: str) -> None:
    """Who is paid, and who is carried forward and why."""
    rows = [{"Payee": row["partner_name"] or row["partner"], "Lines": row["lines"], "Amount": row["amount"],
             "": ledger.CARRIED.get(row["carried"], "Is paid")} for row in found.payees.to_dicts()]
    if rows:
        grids.shown(pl.DataFrame(rows), "Payees of the batch, with what is carried forward", most=6, column_config={
            "Amount": st.column_config.NumberColumn(f"Amount, {currency}", format="accounting")})


def sizes(row: dict) -> str:
    """How many are paid by a batch, and of how many lines."""
    payees, lines = ("" if row[name] == 1 else "s" for name in ("payments", "lines"))
    return f"to {row['payments']:,} payee{payees} in {row['lines']:,} line{lines}"


@modal.dialog("Approve this batch?")
def approve(row: dict, seen: int) -> None:
    """The totals once more; they are repeated to the desk, which refuses others. row: of `ledger.batches`."""
    total = money(row["total"], row["currency"])
    words.line(total, f"{sizes(row)}, by {row['method'].replace('_', ' ')}.",
               f"Prepared by {directory.name(database.connection(), row['prepared_by'])}, "
               f"earned until {dates.day(row['cut_off_on'])}.")
    with st.form(f"approve-{row['id']}", border=False):
        typed = st.text_input("Type the total to confirm it", placeholder=f"{row['total']:,.2f}")
        is_sent = dialogs.send(f"Approve {total}")
    ends(is_sent, lambda: acts.do(
        desk.approve_batch, f"approve/{row['id']}/{typed}", seen,
        f"Approved: {total}. Nothing leaves until it is given out.", batch=row["id"], total=read_amount(typed),
        number=row["lines"]))


STEPS = {"reopen": ("Take the approval back", desk.reopen_batch, "The approval is taken back."),
         "drop": ("Give the batch up", desk.drop_batch, "Given up; its lines are open again.")}


def step(name: str, row: dict, seen: int) -> None:
    """Take an approval back, or give a batch up, before it is given out."""
    title, action, said = STEPS[name]

    @modal.dialog(f"{title}?")
    def ask() -> None:
        words.line(money(row["total"], row["currency"]), f"in {row['lines']:,} lines.", row["id"])
        with st.form(f"{name}-{row['id']}", border=False):
            is_sent = dialogs.send(title)
        ends(is_sent, lambda: acts.do(action, f"{name}/{row['id']}", seen, said, batch=row["id"]))

    ask()


@modal.dialog("What became of the payments", width="large")
def results(row: dict, seen: int) -> None:
    """A returned file, or one payment by hand."""
    file = st.file_uploader("A file that came back, with the payment's id and what became of it", type=["csv", "xlsx"])
    if file is not None:
        _from_file(row, file.name, file.getvalue(), seen)
    waiting = _labels(row, [one for one in ledger.payments(database.connection(), row["id"]).to_dicts()
                            if one["result"] is None])
    with st.form(f"result-{row['id']}", border=False):
        payment = st.selectbox("Or one payment", list(waiting), index=None, placeholder="Choose a payment",
                               format_func=waiting.__getitem__)
        result = st.radio("It was", ["paid", "failed"], horizontal=True, format_func=str.capitalize)
        paid_on = st.date_input("Paid on", value=None, format="YYYY-MM-DD")
        reason = st.text_input("Why it failed (for a failed one)")
        reference = st.text_input("Reference (may be left out)")
        is_sent = dialogs.send("Record it")
    _about(is_sent, payment, lambda one: acts.do(
        desk.record_results, f"result/{row['id']}/{one}", seen, "Recorded.", batch=row["id"],
        results=[exports.Result(1, one, result, paid_on if result == "paid" else None, reference.strip() or None,
                                reason.strip() or None, None)]))


def _choose(row: dict, result: str = "paid", is_returned: bool = False) -> str | None:
    """One of the payments of a batch: of those that failed, that were paid, or that came back."""
    found = _labels(row, [
        one for one in ledger.payments(database.connection(), row["id"]).to_dicts()
        if one["result"] == result and one["amount"] and (one["returned_on"] is not None) == is_returned])
    return st.selectbox("Payment", list(found), index=0 if len(found) == 1 else None, placeholder="Choose a payment",
                        format_func=found.__getitem__)


def _labels(row: dict, payments: list[dict]) -> dict[str, str]:
    """What payments of a batch are called where one is chosen."""
    return words.apart({one["payment"]: f"{one['partner_name']} · {money(one['amount'], row['currency'])}"
                        for one in payments})


def _about(is_sent: bool, payment: str | None, act: Callable[[str], object]) -> None:
    """Do something to the chosen payment."""
    if is_sent and payment is None:
        acts.refuse("Choose the payment.", "dialog")
        is_sent = False
    ends(is_sent, lambda: act(payment))


@modal.dialog("A payment came back")
def came_back(row: dict, seen: int) -> None:
    """It was paid and the money returned; its lines are open again."""
    st.caption("What was recorded stays. Its lines are open again, due when they were, and stand in the next batch. "
               "Look at how the payee is paid before that.")
    with st.form(f"back-{row['id']}", border=False):
        payment = _choose(row)
        on = st.date_input("Came back on", value=None, format="YYYY-MM-DD")
        reason = st.text_input("Why, as the bank or the gift card service says")
        is_sent = dialogs.send("Record that it came back")
    if is_sent and on is None:
        acts.refuse("Say on which day it came back.", "dialog")
        is_sent = False
    _about(is_sent, payment, lambda one: acts.do(
        desk.record_return, f"back/{one}", seen, "Recorded. Its lines are open again.", payment=one, returned_on=on,
        reason=reason))


@modal.dialog("The payment did arrive")
def arrived(row: dict, seen: int) -> None:
    """That a payment came back was a mistake: it counts as paid again."""
    with st.form(f"arrived-{row['id']}", border=False):
        payment = _choose(row, is_returned=True)
        reason = st.text_input("How that is known")
        is_sent = dialogs.send("It did arrive")
    _about(is_sent, payment, lambda one: acts.do(
        desk.drop_return, f"arrived/{one}", seen, "Recorded. It counts as paid on its day again.", payment=one,
        reason=reason))


@modal.dialog("A failed payment did arrive")
def arrived_after_all(row: dict, seen: int) -> None:
    """It was recorded as failed, and the money arrived: its lines are paid, unless another batch has them."""
    st.caption("What was recorded stays. The payment counts as paid on the day on which it arrived.")
    with st.form(f"paid-after-all-{row['id']}", border=False):
        payment = _choose(row, "failed")
        on = st.date_input("Arrived on", value=None, format="YYYY-MM-DD")
        reason = st.text_input("How that is known")
        reference = st.text_input("Reference (may be left out)")
        is_sent = dialogs.send("Record that it arrived")
    if is_sent and on is None:
        acts.refuse("Say on which day it arrived.", "dialog")
        is_sent = False
    _about(is_sent, payment, lambda one: acts.do(
        desk.record_arrival, f"paid-after-all/{one}", seen, "Recorded. Its lines are paid.", payment=one, paid_on=on,
        reason=reason, reference=reference.strip() or None))


def _from_file(row: dict, name: str, content: bytes, seen: int) -> None:
    """What a returned file says, before it is recorded; rows that do not fit are given back, the others count."""
    con = database.connection()
    try:
        read = exports.read_results(content, name, days.zones(con)[row["program"]])
        found = desk.sort_out(con, row["id"], read.results, database.now())
    except Refusal as refusal:
        words.line(text=str(refusal))
        return
    paid = sum(one.result == "paid" for one in found.fresh)
    words.line(f"{paid:,} paid, {len(found.fresh) - paid:,} failed, {read.waiting:,} that say nothing yet"
               + (f", {found.known:,} recorded already." if found.known else "."))
    refused = (*read.refused, *found.refused)
    for sentence in refused[:5]:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            badges.badge(acts.NOT_DONE)
            words.line(text=sentence)
    if len(refused) > 5:
        words.quiet(f"And {len(refused) - 5:,} more rows that cannot be used.")
    is_sent = st.button(f"Record {len(found.fresh):,}", type="primary", disabled=not found.fresh)
    if is_sent:
        ends(True, lambda: acts.do(desk.record_results, f"results/{row['id']}/{name}/{len(content)}", seen,
                                   f"{len(found.fresh):,} recorded.", batch=row["id"], results=list(found.fresh)))


@modal.dialog("Close a month?")
def close(program: str, period: dt.date, seen: int) -> None:
    """Nothing is booked in it any more, by any path; that cannot be taken back."""
    name = catalogue().programs[program].short_name
    words.line(f"{period:%B %Y}, {name}.", "Nothing is booked in it or before it any more. What comes late lands in "
                                           "the first open month. This cannot be taken back.")
    with st.form(f"close-{program}-{period}", border=False):
        is_sent = dialogs.send(f"Close {period:%B %Y}")
    ends(is_sent, lambda: acts.do(desk.close_period, f"close/{program}/{period}", seen,
                                  f"{period:%B %Y} is closed.", program=program, period=period))
