"""The directory of partners: search, one program or all, and what asks for attention with each.

Called by the page of partners. Names come from outside and stand in table cells and plain text alone.
"""

import datetime as dt

import duckdb
import polars as pl
import streamlit as st

from core import partners, queue
from core.terms import catalogue
from pages.parts import badges, files, frame, grids, modal, words
from pages.parts.cases import PERCENT, Known
from pages.parts.money import money

KINDS = {"affiliate": "Affiliate", "customer_contact": "Customer", "other": "Other source",
         "referral_partner": "Referral partner"}
BARRED, FOUND = badges.Look("Barred", "block", "red"), badges.Look("Findings", "report", "orange")
GOOD = badges.Look("Good standing", "check", "gray")
SIZE = 15
TABLE = {"Partner": pl.String, "Standing": pl.String, "Attention": pl.String, "Sent": pl.Int64, "Qualified": pl.Int64,
         "Rejected": pl.Int64, "Accepted": pl.Float64, "Owns": pl.Int64, "Owed": pl.String, "Paid": pl.String}


def back() -> None:
    """The way from one partner to all."""
    if st.button("All partners", icon=":material/arrow_back:", type="tertiary", shortcut=modal.key("l")):
        for name in ("partner", "reason", "lead"):
            st.query_params.pop(name, None)
        st.rerun()


def _reset() -> None:
    st.session_state["partners_page"] = 1


def ask(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, known: Known) -> pl.DataFrame:
    """Draw the filters; returns the figures of the partners under them."""
    looks = {"bind": "query-params", "on_change": _reset, "label_visibility": "collapsed"}
    programs = {one.short_name: one.id for one in catalogue().programs.values()}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        search = st.text_input("Search", key="partners_search", width=300, placeholder="Name or id of a partner",
                               icon=":material/search:", **looks)
        program = programs.get(st.selectbox("Program", list(programs), index=None, key="partners_program", width=210,
                                            placeholder="All programs", **looks))
    every = partners.figures(con, as_of, program, day=known.day) if program else known.partners
    return partners.found_by(every, search or "")


def show(found: pl.DataFrame, known: Known) -> None:
    """One page of the directory as a table; a ticked row opens its partner."""
    if found.is_empty():
        with st.container(border=True):
            st.text("No partner matches. Search for another name, or take the program off.")
        return
    *_, pages = queue.span(1, SIZE, found.height)
    slot = st.container(gap="small")
    number = st.pagination(pages, key="partners_page", bind="query-params")
    rows = found.slice((number - 1) * SIZE, SIZE).to_dicts()
    ids = [row["partner"] for row in rows]
    sums = {one: known.money.get(one, []) for one in ids}
    shown = pl.DataFrame([_cells(row, sums[row["partner"]]) for row in rows], schema=TABLE)
    with slot:
        column = st.column_config
        grids.opening(
            shown, ids, "directory", "Partners with standing, figures and money, those that ask for attention first",
            open_partner, most=SIZE, column_config={
                "Partner": column.TextColumn(width=180), "Standing": column.TextColumn(width=96),
                "Attention": column.TextColumn("Asks for attention", width=230),
                "Accepted": column.ProgressColumn(width=90, **PERCENT),
                "Owed": column.TextColumn("To be paid", width=140), "Paid": column.TextColumn(width=130)})
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"Accepted: of what was answered in {partners.LATELY_MONTHS} months.", width="content")
            st.space("stretch")
            files.downloads(lambda: shown, "partners")


def open_partner(name: str) -> None:
    """The way to one partner."""
    if st.button(f"Open {words.label(name, 'this partner')}", key=f"open-{name}"):
        st.switch_page(frame.FILES["partners"], query_params={"partner": name})


def look(row: dict) -> badges.Look:
    """How a partner stands."""
    return BARRED if row["is_barred"] else FOUND if row["findings"] else GOOD


def _cells(row: dict, sums: list[dict]) -> dict:
    return {
        "Partner": row["partner_name"], "Standing": look(row).word,
        "Attention": ", ".join(partners.attention(row)) or "—",
        "Sent": row["submitted"], "Qualified": row["qualified"], "Rejected": row["rejected"],
        "Accepted": row["percent"], "Owns": row["owned"], "Owed": sums_in_words(sums, "owed") or "—",
        "Paid": sums_in_words(sums, "paid") or "—",
    }


def sums_in_words(sums: list[dict], name: str) -> str:
    """One sum per currency; which are not known; empty where nothing is of that name."""
    told = [(row["currency"], partners.known_sum(row, name)) for row in sums if row[f"{name}_lines"]]
    known = [money(amount, currency) for currency, amount in told if amount is not None]
    unknown = [currency for currency, amount in told if amount is None]
    if unknown:
        known.append(f"{', '.join(unknown)} not known" if known else "not known")
    return ", ".join(known)


def no_such_partner(name: str) -> None:
    """Nobody of that id."""
    with st.container(border=True):
        st.text(f"There is no partner ‘{name}’. Check the id, or search among all partners.")
