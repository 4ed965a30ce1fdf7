"""Earning lines: six figures, the lines by what they count as, and what stands in the way by who can clear it.

Called by the page Payouts, for a past day without verbs (acting: None). A figure opens its lines; a ticked line shows
its chain: amount, lead, criteria, clauses, and who decided.
"""

import contextlib
import datetime as dt
from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st
from streamlit.errors import StreamlitAPIException

from core import days, kept, ledger, queue
from core.people import Person
from core.terms import catalogue
from pages.parts import ahead, badges, dates, files, frame, grids, line_chain, words
from pages.parts.money import money

SIZE = 20
NARROWED = {"blocker": "Every blocker", "due": "Every due day", "batch": "Every batch", "lead": "Every lead"}
"""What an address narrows the lines to beside the fields, and how the way out of it is called."""
MOST = 50
"""Rows of what is in the way that are listed; the files hold all of them."""
FIGURES = {"owed": "Owed", "ready": "Ready", "blocked": "Blocked or held", "under_way": "Under way", "paid": "Paid",
           "clawed_back": "Clawed back"}
STAGES = {badges.LINE[state].word: (state,) for state in ("in_batch", "approved", "exported")}
STATES = {"Every line": None, "Overdue": None, **{FIGURES[name]: states for name, states in ledger.FIGURES.items()},
          **STAGES, "No longer owed": ("void",), "Clawed back": None}


def _program(key: str) -> str | None:
    """One program or all."""
    programs = {one.short_name: one.id for one in catalogue().programs.values()}
    return programs.get(st.selectbox("Program", list(programs), index=None, key=key, width=210, bind="query-params",
                                     placeholder="All programs", label_visibility="collapsed",
                                     on_change=_first_page))


def show(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """The lines by what they count as, a page of them; the chain of the ticked one beside them."""
    figures = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        program = _program("payouts_program")
        label = st.selectbox("What they count as", list(STATES), key="payouts_state", width=180, bind="query-params",
                             label_visibility="collapsed", on_change=_first_page)
        partner = _partner(con, program)
        month = st.container(width="content")
        blocker, due, batch, lead = (_narrowed(*one) for one in NARROWED.items())
        due = _due(due)
        st.space("stretch")
        found = ledger.standing(con, ledger.Filters(program=program, partner=partner, blocker=blocker, due=due,
                                                   batch=batch, lead=lead))
        with month:
            period = _month(found["period"].unique().sort(descending=True).to_list())
        if period:
            found = found.filter(period=period)
        sums = ledger.figures(found)
        currency = _currency([row["currency"] for row in sums])
    with figures:
        _figures(next((row for row in sums if row["currency"] == currency), None))
    chosen = ledger.Filters(STATES[label], label == "Overdue", blocker, currency, program, partner, period, lead,
                            batch, due, label == "Clawed back")
    count = ledger.count(found, chosen)
    if not count:
        _nothing(con, label, batch, lead)
        return
    main, aside = frame.main_and_aside()
    *_, pages = queue.span(1, SIZE, count)
    with main:
        slot = st.container(gap="small")
        with st.container(horizontal=True, vertical_alignment="center"):
            said = st.container(width="content")
            st.space("stretch")
            number = st.pagination(pages, key="payouts_page", bind="query-params", on_change=grids.tick,
                                   args=("line", None))
        first, last, _ = queue.span(number, SIZE, count)
        said.caption(f"{first:,}-{last:,} of {count:,}", width="content")
        rows = ledger.lines(con, chosen, number, SIZE)
        ids, looks = rows["id"].to_list(), _columns(currency)
        with slot:
            picked = grids.ticked(_cells(rows), ids, "line", "Earning lines with payee, clause, amount and due day",
                                  most=SIZE, column_config=looks, column_order=list(looks))
            files.downloads(lambda: _cells(rows), "earning-lines")
    with aside:
        line_chain.show(con, acting, _line(con, rows, picked), as_of)
    if acting:
        ahead.read(partial(kept.explain_ahead, con, rows["lead"].drop_nulls().to_list(), as_of))


def _line(con: ledger.Con, rows: pl.DataFrame, picked: str | None) -> dict:
    """The line whose chain is shown: the ticked one, that of a link, or the first of the page."""
    wanted = picked or st.query_params.get("line")
    found = wanted and ledger.line(con, wanted)
    if found and not picked:
        words.quiet("The line of the link is not among these rows.")
    elif wanted and not found:
        words.quiet(f"There is no line ‘{wanted}’; this is the first.")
    return found or rows.row(0, named=True)


def _first_page() -> None:
    """Another choice begins at its first page, with no line ticked."""
    st.session_state["payouts_page"] = 1
    grids.tick("line", None)


def _partner(con: ledger.Con, program: str | None) -> str | None:
    """One payee or all; the address names the one that is chosen."""
    names = dict(queue.partners(con, program).select("partner", "partner_name").rows())
    if "payouts_payee" not in st.session_state:
        st.session_state["payouts_payee"] = told = st.query_params.get("payee")
        if told and told not in names:
            words.quiet(f"There is no payee ‘{told}’ here.", width="content")
    if st.session_state["payouts_payee"] not in names:
        st.session_state["payouts_payee"] = None
    chosen = st.selectbox("Payee", list(names), index=None, key="payouts_payee", width=190, placeholder="Every payee",
                          format_func=lambda one: f"{names[one]} · {one}", label_visibility="collapsed",
                          on_change=_first_page)
    if chosen:
        st.query_params["payee"] = chosen
    else:
        st.query_params.pop("payee", None)
    return chosen


def _month(periods: list[dt.date]) -> dt.date | None:
    """One month of booking or all."""
    names = {f"{one:%B %Y}": one for one in periods}
    return names.get(st.selectbox("Booked in", list(names), index=None, key="payouts_month", width=150,
                                  bind="query-params", placeholder="Every month", label_visibility="collapsed",
                                  on_change=_first_page))


def _due(told: str | None) -> str | dt.date | None:
    """When lines fall due, as an address says it; what it cannot mean narrows nothing."""
    if told in (None, ledger.OVERDUE, ledger.UNKNOWN):
        return told
    try:
        return dt.date.fromisoformat(told).replace(day=1)
    except ValueError:
        return None


def _narrowed(name: str, undo: str) -> str | None:
    """What an address narrows the lines to beside the fields, and the way out of it."""
    found = st.query_params.get(name)
    if found:
        words.quiet(found.replace("_", " "), width="content")
        st.button(undo, icon=":material/close:", type="tertiary", key=f"undo-{name}", on_click=_widen, args=(name,))
    return found


def _widen(name: str) -> None:
    grids.tick(name, None)
    _first_page()


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
    with st.grid(len(FIGURES) // 2, min_column_width=190, gap="small"):
        for name, label in FIGURES.items():
            with st.container(border=True, gap="xsmall"):
                st.metric(label, money(abs(row[f"{name}_amount"]), currency), delta_color="off", delta_arrow="off",
                          delta=words.lines(row[name]))
                st.button(f"Show {label.lower()}", key=f"figure-{name}", type="tertiary", disabled=not row[name],
                          on_click=_figure, args=(label,))
    said = "Owed = ready + blocked or held + under way." if row["owed"] else ""
    late = f"{words.lines(row['overdue'])} overdue, {money(row['overdue_amount'], currency)}." if row["overdue"] else ""
    words.quiet(words.join(said, late, by=" "))


def _figure(label: str) -> None:
    st.session_state["payouts_state"] = label
    _first_page()


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


def _nothing(con: ledger.Con, label: str, batch: str | None, lead: str | None) -> None:
    with st.container(border=True):
        if batch and ledger.batch(con, batch) is None:
            st.text(f"There is no batch ‘{batch}’. Take it off above.")
        elif lead:
            st.text(f"No line of ‘{lead}’ counts here. Take the lead off above, or choose every line.")
        elif label == "Every line":
            st.text("Nothing is owed yet. A line is booked the moment a lead earns something; ‘In the way’ shows what "
                    "waits for an amount.")
        else:
            st.text(f"No line counts as ‘{label}’ here. Choose another, or every line.")


def blocked(con: ledger.Con, acting: Person | None, as_of: dt.datetime) -> None:
    """What stands in the way, by who can clear it; what was paid and is in question."""
    found = ledger.blocked(con)
    if found:
        _in_the_way(con, found)
    else:
        with st.container(border=True):
            st.text("Nothing is in the way: what is owed can be paid.")
    _in_question(con)
    _alike(con)
    _unexplained(con)


def _in_the_way(con: ledger.Con, found: list[ledger.Blocker]) -> None:
    """Causes with the payouts behind each, those that the same people can clear together; the way to each payout."""
    payouts: dict[str, int] = {}
    for one in found:
        payouts[one.who] = max(payouts.get(one.who, 0), one.payouts)
    ordered = {_cause(one): one for one in sorted(found, key=lambda one: (-payouts[one.who], one.who, -one.payouts))}
    waiting = sum(one.payouts for one in found)
    asked: list[str] = []

    def draw(one: str) -> None:
        if _payouts(ordered[one], one):
            asked.append(one)

    with frame.card("In the way"):
        wait = "payout waits" if waiting == 1 else "payouts wait"
        st.caption(f"{waiting:,} {wait}; one that two causes hold back counts under both.")
        column = st.column_config
        grids.opening(
            pl.DataFrame([_blocker(one) for one in ordered.values()]), list(ordered), "blocked",
            "What stands in the way of payouts, and who can clear it", draw,
            column_config={"What is in the way": column.TextColumn(width=272), "Program": column.TextColumn(width=104),
                           "Payouts": column.NumberColumn(format="localized", width=72),
                           "Amount": column.NumberColumn(format="accounting", width=104),
                           "Currency": column.TextColumn(width=72), "Waits for": column.TextColumn(width=250),
                           "Overdue": column.NumberColumn(format="localized", width=72),
                           "No amount": column.NumberColumn(format="localized", width=84)})
        for one in asked:
            words.line(f"{ordered[one].label},", quiet=f"{_blocker(ordered[one])['Program']}: no amount is known")
            _unknown(con, ordered[one], one)


def _cause(one: ledger.Blocker) -> str:
    return f"{one.program}-{one.name}-{one.currency}"


def _blocker(one: ledger.Blocker) -> dict:
    return {"What is in the way": one.label, "Program": catalogue().programs[one.program].short_name,
            "Payouts": one.payouts, "Amount": one.amount if one.payouts > one.unknown else None,
            "Currency": one.currency, "Waits for": one.who or "nobody: it stays so", "Overdue": one.overdue,
            "No amount": one.unknown, "Clause": one.clause.id if one.clause else "—"}


def _payouts(one: ledger.Blocker, key: str) -> bool:
    """The clause in our words, the lines; whether one asks for the payouts of an amount that nobody can say yet, which
    have no line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        if not grids.is_plain():  # there the row itself says it
            words.line(f"{one.label}.", one.who and f"Waits for {one.who}.", width="content")
        if one.clause:
            frame.clause(one.clause, f"blocked-{key}")
        if one.payouts > one.unknown:
            opener(f"blocked-{key}", program=one.program, currency=one.currency, blocker=one.name)
        return one.unknown > 0 and st.toggle("Payouts without an amount", key=f"leads-blocked-{key}")


def _in_question(con: ledger.Con) -> None:
    """What was paid, and may have to be taken back: each opens its lead, where its line is corrected."""
    found = ledger.in_question(con)
    if found.is_empty():
        return
    with frame.card("Paid, and in question since"):
        st.caption("Nothing is taken back by itself. Look at each, and correct its line where it must be.")
        _listed(found, "paid-and-in-question", "Payments that are in question", lambda row: {
            "Payee": row["partner_name"], "Lead": row["lead"], "Amount": row["amount"], "Currency": row["currency"],
            "Why": ", ".join(badges.FLAGS.get(name, name) for name in row["flags"] or ())})


def _alike(con: ledger.Con) -> None:
    """Customer payments that may be one and the same, and each of which earns."""
    found = ledger.alike(con)
    if found.is_empty():
        return
    with frame.card("Customer payments recorded more than once?"):
        st.caption("The same deal, time and amount, and each earns a commission. Where it is one payment, correct the "
                   "line of the other as a duplicate.")
        _listed(found, "customer-payments-alike", "Customer payments that are alike", lambda row: {
            "Transaction": row["transaction"], "Lead": row["lead"], "Amount": row["amount"],
            "Currency": row["currency"], "Recorded": f"{row['times']} times"})


def _unexplained(con: ledger.Con) -> None:
    """What was paid though nothing is owed by what is known: somebody must say which of the two is wrong."""
    found, zones = ledger.unexplained(con), days.zones(con)
    if found.is_empty():
        return
    with frame.card("Paid, and owed by no line"):
        st.caption(f"Imports tell of {found.height:,} such payment{'' if found.height == 1 else 's'}. Either the lead "
                   "should count, or the partner owes it back.")
        _listed(found, "paid-and-owed-by-no-line", "Payments that no line stands for", lambda row: {
            "Payee": row["partner_name"] or "nobody named", "Lead": row["lead"] or "none",
            "The lead is": row["disposition"] or "not known", "Amount": row["amount"],
            "Currency": row["currency"] or "not told",
            "Paid": dates.day(days.local_day(row["happened_at"], zones.get(row["program"], "UTC")))})


def _unknown(con: ledger.Con, one: ledger.Blocker, key: str) -> None:
    """The payouts of an amount that nobody can say yet, which stand in no line."""
    _listed(ledger.unknown_payouts(con, one), f"no-amount-{key}", "Payouts of an amount not known", lambda row: {
        "Lead": row["lead"], "Payee": row["partner_name"],
        "Due": dates.day(row["due_on"]) if row["due_on"] else "not known"})


def _listed(found: pl.DataFrame, name: str, alt: str, cells: Callable[[dict], dict]) -> None:
    """The first rows, each of which opens its lead; the files hold all of them. name: of key and files."""
    def table(rows: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame([cells(row) for row in rows.to_dicts()], infer_schema_length=None)

    first = found.head(MOST)
    leads = {f"{name}-{place}": lead for place, lead in enumerate(first["lead"])}
    amounts = {"Amount": st.column_config.NumberColumn(format="accounting")} if "amount" in found.columns else None
    grids.opening(table(first), list(leads), name, alt,
                  lambda one: frame.open_lead(leads[one], key=one) if leads[one] else None, column_config=amounts)
    if found.height > MOST:
        words.quiet(f"and {found.height - MOST:,} more, which are in the files")
    files.downloads(lambda: table(found), name, f"All {found.height:,} as", "Every row")


def opener(key: str, label: str = "Its lines", **chosen: object) -> None:
    """A button that shows exactly some lines. key: where it stands. chosen: what `open_lines` takes."""
    st.button(label, key=f"lines-{key}", type="tertiary", on_click=open_lines, kwargs=chosen)


def open_lines(state: str = "Every line", program: str | None = None, currency: str | None = None,
               partner: str | None = None, period: dt.date | None = None, **narrowed: str) -> None:
    """Show the lines of these and no others. narrowed: some of NARROWED, as an address says it."""
    fields = {"payouts_state": state, "payouts_program": program and catalogue().programs[program].short_name,
              "payouts_month": period and f"{period:%B %Y}"} | ({"currency": currency} if currency else {})
    st.session_state.update(fields | {"view": "Lines", "payouts_payee": partner})
    forget()
    st.query_params.update(narrowed)
    with contextlib.suppress(StreamlitAPIException):  # fields that are drawn put themselves into the address
        st.query_params.update({name: said for name, said in fields.items() if said and said != "Every line"})


def forget() -> None:
    """Another view begins with nothing ticked and not narrowed by what an address said."""
    for name in ("payee", *NARROWED):
        grids.tick(name, None)
    _first_page()
