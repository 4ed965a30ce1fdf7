"""One earning line in full: why this amount, why it is owed, who decided; and its correction.

Called by the page Payouts. From a dollar to its clause in two clicks: tick the line, open the clause.
"""

import datetime as dt
import re

import streamlit as st

from core import currencies, days, desk, ledger
from core.ledger import Chain
from core.people import Person, directory, may
from core.terms import Clause, catalogue
from pages.parts import badges, criteria, dates, frame, modal, payout_dialogs, stories, words
from pages.parts.money import money, percent

HOLDS = {"dispute": "A dispute is open", "conflict": "A conflict case is open", "finding": "A finding of abuse stands",
         "refund": "The customer got money back"}
JUDGED = re.compile("judged ([a-z_0-9]+): ([a-z]+)")


def show(con: ledger.Con, acting: Person | None, row: dict, as_of: dt.datetime) -> None:
    """The chain of a line (of `ledger.lines`), in a frame."""
    entry = desk.head(con).number
    found = ledger.chain(con, row, lambda lead: stories.story(lead, as_of, entry))
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges.badge(badges.LINE[row["state"]])
            if row["is_overdue"]:
                badges.badge(badges.Look("Overdue", "warning", "red"))
            words.quiet(row["id"])
        words.line(money(row["amount"], row["currency"]), f"to {row['partner_name']}")
        _when(row)
        for one in found.returns:
            words.line(f"A payment of {dates.day(one['paid_on'])} came back on {dates.day(one['returned_on'])}:",
                       one["reason"])
            _batch(one)
        if row["batch"] or row["payment"]:
            _batch(row)
        with frame.section("Why this amount"):
            _amount(found)
        with frame.section("What stands in the way") if row["blockers"] or row["holds"] else st.container():
            _in_the_way(row)
        if found.story:
            with frame.section("Why it is owed"):
                _criteria(found)
        with frame.section("Who decided"):
            _deeds(con, found)
        with st.container(horizontal=True, gap="small"):
            frame.open_lead(row["lead"], key=f"line-{row['id']}")
            _correct(con, acting, row)


def _batch(row: dict) -> None:
    """The payment that a line stands in, and the way to its batch where it is in one. row: batch, payment."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words.quiet(words.join("Payment", row["payment"], by=" "), width="content")
        if row["batch"]:
            st.button(f"Batch {words.label(row['batch'], 'of it')}", key=f"batch-{row['batch']}-{row['payment']}",
                      type="tertiary", on_click=_open_batch, args=(row["batch"],))


def _open_batch(name: str) -> None:
    st.session_state["view"] = "Batches"
    st.query_params["batch"] = name


def _when(row: dict) -> None:
    said = [f"Earned {dates.day(row['earned_on'])}, booked in {row['period']:%B %Y}."]
    if row["state"] == "paid" and row["paid_on"]:
        said.append(f"Paid {dates.day(row['paid_on'])}.")
    elif row["state"] not in ("paid", "void"):
        said.append(f"Due {dates.day(row['due_on'])}." if row["due_on"] else "No due day is known.")
    words.quiet(" ".join(said))


def _amount(found: Chain) -> None:
    """The sum as one would write it on paper."""
    row = found.line
    if row["kind"] == "adjustment":
        label, _ = ledger.CODES[row["reason"]]
        words.line(f"{label}.", row["note"] or "", f"corrects {row['corrects']}")
    elif row["kind"] == "commission":
        words.line(text=f"{money(row['base_amount'], row['currency'])} base of the commission")
        words.line(text=f"× {percent(row['rate'])} commission rate", quiet=_rule(found))
        words.line(f"= {money(row['amount'], row['currency'])}",
                   quiet="half-up to the unit" if row["currency"] in currencies.WHOLE else "half-up to the cent")
    else:
        words.line(money(row["amount"], row["currency"]), "for the lead.", _rule(found))
    if found.clause:
        frame.clause(found.clause, f"earned-{row['id']}")
    if row["kind"] != "adjustment" and row["computed_amount"] not in (None, row["amount"]):
        words.line("Today's terms would give", f"{money(row['computed_amount'], row['currency'])}; what was booked "
                                               "counts.")
    for one in found.corrections.to_dicts():
        words.line(f"{money(one['amount'], one['currency'])}", f"{ledger.CODES[one['reason']][0]}.", one["note"] or "")


def _rule(found: Chain) -> str:
    row = found.line
    if not row["rule"]:
        return "as it was paid"
    since = f"in force since {dates.day(row['rule_from'])}" if found.is_set else "as the terms say"
    return f"{row['rule']}, {since}"


def _in_the_way(row: dict) -> None:
    for name in row["blockers"]:
        what, who = ledger.blocker(name)
        words.line(text=f"{what}.", quiet=who and f"Waits for {who}.")
    for name in row["holds"]:
        kind, _, case = name.partition(":")
        words.line(text=f"{HOLDS[kind]}.", quiet=case)


@st.fragment
def _criteria(found: Chain) -> None:
    """The criteria that its lead meets, and the clause of each in our words, with what it rests on."""
    lines = {line.text.id: line for line in found.story.lines if line.verdict in ("pass", "waived", "fail")}
    words.each([{"strong": line.text.label, "text": found.story.said(line), "quiet": _short(line.clause)}
                for line in lines.values()])
    opened = st.pills("A clause in full", list(lines), format_func=lambda one: _short(lines[one].clause),
                      key=f"clauses-{found.line['id']}")
    if opened:
        criteria.in_full(found.story, lines[opened])


def _short(one: Clause) -> str:
    return one.id.removeprefix(f"{one.program}.")


def _deeds(con: ledger.Con, found: Chain) -> None:
    zone = days.zones(con)[found.line["program"]]
    words.each([{"first": dates.day(days.local_day(row["happened_at"], zone)), "text": _deed(found, row["what"]),
                 "quiet": directory.name(con, row["person"]) if row["person"] else ""} for row in found.deeds])


def _deed(found: Chain, what: str) -> str:
    """What was done, a verdict by the label of its criterion."""
    if judged := JUDGED.fullmatch(what):
        criterion = catalogue().programs[found.line["program"]].criteria.get(judged[1])
        name = criterion.label if criterion else judged[1].replace("_", " ").capitalize()
        return f"{name}: {badges.VERDICT[judged[2]].word.lower()}"
    return badges.EVENTS.get(what, what.replace("_", " ").capitalize())


def _correct(con: ledger.Con, acting: Person | None, row: dict) -> None:
    if acting and may(acting, "adjust_line", row["program"]) is None and row["kind"] != "adjustment":
        st.button("Correct…", key=f"correct-{row['id']}", on_click=modal.ask,
                  args=(payout_dialogs.correct, row, desk.version(con, row["lead"])))
