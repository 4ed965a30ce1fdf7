"""Earning lines: five figures, the lines by what they count as, and what stands in the way by who can clear it.

Called by the page Payouts, for a past day without verbs (acting: None). A figure opens its lines; a ticked line shows
its chain: amount, lead, criteria, clauses, and who decided.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import ledger, queue
from core.people import Person
from core.terms import catalogue
from pages.parts import badges, dates, files, frame, line_chain, words
from pages.parts.money import money

SIZE = 20
FIGURES = {"owed": "Owed", "ready": "Ready", "blocked": "Blocked or held", "under_way": "Under way", "paid": "Paid"}
STATES = {"Every line": None, "Overdue": None, **{label: ledger.FIGURES[name] for name, label in FIGURES.items()},
          "No longer owed": ("void",)}


def _program(key: str) -> str | None:
    """One program or all."""
    programs = {one.short_name: one.id for one in catalogue().programs.values()}
    return programs.get(st.selectbox("Program", list(programs), index=None, key=key, width=210, bind="query-params",
                                     placeholder="All programs", label_visibility="collapsed"))


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """The lines by what they count as, a page of them; the chain of the ticked one beside them."""
    figures = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        program = _program("payouts_program")
        label = st.selectbox("What they count as", list(STATES), key="payouts_state", width=200, bind="query-params",
                             label_visibility="collapsed")
        partner, blocker = _narrowed("payee", "Every payee"), _narrowed("blocker", "Every blocker")
        st.space("stretch")
        found = ledger.standing(con, program, partner, blocker)
        sums = ledger.figures(found)
        currency = _currency([row["currency"] for row in sums])
    with figures:
        _figures(next((row for row in sums if row["currency"] == currency), None))
    chosen = ledger.Filters(STATES[label], label == "Overdue", blocker, currency, program, partner)
    count = ledger.count(found, chosen)
    if not count:
        _nothing(label)
        return
    main, aside = frame.main_and_aside()
    *_, pages = queue.span(1, SIZE, count)
    with main:
        slot = st.container(gap="small")
        with st.container(horizontal=True, vertical_alignment="center"):
            said = st.container(width="content")
            st.space("stretch")
            number = st.pagination(pages, key="payouts_page", bind="query-params")
        first, last, _ = queue.span(number, SIZE, count)
        said.caption(f"{first:,}-{last:,} of {count:,}", width="content")
        rows = ledger.lines(con, chosen, number, SIZE)
        ids, looks = rows["id"].to_list(), _columns(currency)
        with slot:
            picked = frame.ticked(_cells(rows), ids, "lines", "Earning lines with payee, clause, amount and due day",
                                  most=SIZE, column_config=looks, column_order=list(looks))
            files.downloads(lambda: _cells(rows), "earning-lines")
    with aside:
        line_chain.show(con, acting, rows.row(ids.index(picked) if picked else 0, named=True), as_of)


def _narrowed(name: str, undo: str) -> str | None:
    """What an address narrows the lines to beside the fields, and the way out of it."""
    found = st.query_params.get(name)
    if found and st.button(undo, icon=":material/close:", type="tertiary", key=f"undo-{name}"):
        st.query_params.pop(name)
        st.rerun()
    return found


def _currency(found: list[str]) -> str | None:
    """The currency of figures and lines: that of most lines, or another one. None where nothing is booked."""
    if len(found) < 2:
        return found[0] if found else None
    return st.selectbox("Currency", found, key="currency", bind="query-params", width=110,
                        label_visibility="collapsed", required=True)


def _figures(row: dict | None) -> None:
    """What is owed in a currency, and where it stands."""
    if row is None:
        return
    currency = row["currency"]
    with st.grid(5, min_column_width=190, gap="small"):
        for name, label in FIGURES.items():
            with st.container(border=True, gap="xsmall"):
                st.metric(label, money(row[f"{name}_amount"], currency), delta_color="off", delta_arrow="off",
                          delta=words.lines(row[name]))
                st.button(f"Show {label.lower()}", key=f"figure-{name}", type="tertiary", disabled=not row[name],
                          on_click=st.session_state.__setitem__, args=("payouts_state", label))
    said = "Owed = ready + blocked or held + under way." if row["owed"] else ""
    late = f"{words.lines(row['overdue'])} overdue, {money(row['overdue_amount'], currency)}." if row["overdue"] else ""
    words.quiet(words.join(said, late, by=" "))


def _cells(rows: pl.DataFrame) -> pl.DataFrame:
    """The table as people read it."""
    return pl.DataFrame([
        {"Payee": row["partner_name"], "Lead": row["lead"], "For": _what_for(row), "Clause": row["clause"] or "—",
         "Amount": row["amount"], "Currency": row["currency"], 
         "Due": dates.day(row["due_on"]) if row["due_on"] else "not known",
         "Counts as": "Overdue" if row["is_overdue"] and row["state"] not in ("paid", "void")
         else badges.LINE[row["state"]].word}
        for row in rows.to_dicts()
    ])


def _columns(currency: str | None) -> dict:
    """The columns that are shown; the currency stands in their heading, and in a column of the file."""
    column = st.column_config
    return {
        "Payee": column.TextColumn(width=146), "Lead": column.TextColumn(width=84), "For": column.TextColumn(width=96),
        "Clause": column.TextColumn(width=76),
        "Amount": column.NumberColumn(f"Amount, {currency}", format="accounting", width=104),
        "Due": column.TextColumn(width=92), "Counts as": column.TextColumn(width=80),
    }


def _what_for(row: dict) -> str:
    if row["kind"] == "adjustment":
        return ledger.CODES[row["reason"]][0]
    return "Commission" if row["kind"] == "commission" else "Reward"


def _nothing(label: str) -> None:
    with st.container(border=True):
        if label == "Every line":
            st.text("Nothing is owed yet. A line is booked the moment a lead earns something; ‘In the way’ shows what "
                    "waits for an amount.")
        else:
            st.text(f"No line counts as ‘{label}’ here. Choose another, or every line.")


def blocked(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """What stands in the way, by who can clear it."""
    found = ledger.blocked(con)
    if not found:
        with st.container(border=True):
            st.text("Nothing is in the way: what is owed can be paid.")
        return
    for who in dict.fromkeys(one.who for one in sorted(found, key=lambda one: -one.payouts)):
        with frame.card(f"Waits for {who}"):
            for one in found:
                if one.who == who:
                    _in_the_way(one)
    asked = ledger.in_question(con)
    if not asked.is_empty():
        with frame.card("Paid, and in question since"):
            st.caption("Nothing is taken back by itself. Look at each, and correct its line where it must be.")
            for row in asked.to_dicts():
                words.line(row["partner_name"], money(row["amount"], row["currency"]),
                           ", ".join(badges.FLAGS.get(name, name) for name in row["flags"] or ()))
                frame.open_lead(row["lead"], key=f"question-{row['id']}")


def _in_the_way(one: ledger.Blocker) -> None:
    """One cause: how many payouts, what it is, its clause, what it comes to."""
    program = catalogue().programs[one.program].short_name
    sums = words.join(money(one.amount, one.currency) if one.amount else None,
                      one.unknown and f"{one.unknown:,} of an amount not known", by=", and ")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        badges.badge(badges.Look(f"{one.payouts:,} payout{'' if one.payouts == 1 else 's'}", "block", "orange"),
                     width=130)
        words.line(f"{one.label}.", sums, words.join(program, one.overdue and f"{one.overdue:,} overdue"),
                   width="stretch")
        key = f"blocked-{one.program}-{one.name}-{one.currency}"
        if one.clause:
            line_chain.clause(one.clause, key)
        if one.amount:
            st.button("Lines", key=f"lines-{key}", type="tertiary", on_click=_open, args=(one,))


def _open(one: ledger.Blocker) -> None:
    """The lines that something blocks, or that are held."""
    is_held = one.name.startswith("hold.")
    st.session_state["view"], st.session_state["payouts_state"] = "Lines", "Blocked or held"
    st.session_state["payouts_program"] = catalogue().programs[one.program].short_name
    st.session_state["currency"] = one.currency
    st.query_params.pop("blocker", None)
    if not is_held:
        st.query_params["blocker"] = one.name
