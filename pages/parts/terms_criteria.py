"""The criteria of a program with how many leads pass, fail and wait; a count opens its leads beneath it.

Called by the page Terms.
"""

import duckdb
import polars as pl
import streamlit as st

from core import days, in_force, queue, review
from core.terms import CriterionText, Program
from pages.parts import badges, dates, files, frame, grids, words
from pages.parts.criteria import HEADINGS

SIZE = 20


def show(con: duckdb.DuckDBPyConnection, program: Program, is_now: bool, sees_leads: bool) -> None:
    """The criteria by group. sees_leads: whether the person may see how leads stand; counts are those of now."""
    tallies = in_force.tallies(con, program) if is_now and sees_leads else {}
    if sees_leads and not is_now:
        words.quiet("How many leads pass and fail is kept for now alone. Go back to now to see it.")
    for group in review.GROUPS:
        texts = [one for one in program.criteria.values() if one.group == group]
        if texts:
            st.subheader(HEADINGS[group], anchor=False)
        for text in texts:
            _criterion(con, program, text, tallies.get(text.id, {}))


def _criterion(con: duckdb.DuckDBPyConnection, program: Program, text: CriterionText, tally: dict[str, int]) -> None:
    chosen = st.query_params.get("verdict") if st.query_params.get("criterion") == text.id else None
    chosen = chosen if tally.get(chosen) else None
    with st.container(border=chosen is not None, gap="xxsmall", key=f"criterion-{text.id}"):
        words.line(text.label, text.question, words.join(", ".join(text.clauses), badges.DECIDES[text.decided_by]))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            for verdict, number in tally.items():
                look = badges.VERDICT[verdict]
                if number:
                    st.button(f"{number:,} {look.word.lower()}", key=f"count-{text.id}-{verdict}",
                              icon=f":material/{look.icon}:", type="tertiary", on_click=_choose,
                              args=(text.id, None if verdict == chosen else verdict),
                              help="Close the list" if verdict == chosen else "Show these leads")
        if chosen:
            _leads(con, program, text, chosen, tally[chosen])


def _choose(criterion: str, verdict: str | None) -> None:
    for name, value in (("criterion", criterion), ("verdict", verdict)):
        if verdict is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value
    st.session_state["leads_page"] = 1


def _leads(con: duckdb.DuckDBPyConnection, program: Program, text: CriterionText, verdict: str, leads: int) -> None:
    """The leads behind a count: a page of them as a table, all of them as a file."""
    *_, pages = queue.span(1, SIZE, leads)
    place = st.container(gap="xsmall")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        number = st.pagination(pages, key="leads_page", bind="query-params") if pages > 1 else 1
        st.space("stretch")
        files.downloads(lambda: in_force.leads_of(con, program, text.id, verdict),
                        f"{program.id}-{text.id}-{verdict}", f"All {leads:,} as", "Every lead with this verdict")
        st.button("Close", key="close-leads", type="tertiary", on_click=_choose, args=(text.id, None))
    rows = in_force.leads_of(con, program, text.id, verdict, (number - 1) * SIZE, SIZE)
    zone = days.zones(con)[program.id]
    with place:
        _table(rows, zone, verdict)


def _told(row: dict, zone: str) -> tuple[str, ...]:
    who = words.join(row["full_name"], row["company"], by=", ") or "Nobody named"
    return (who, row["partner_name"], dates.day(days.local_day(row["submitted_at"], zone)),
            badges.DISPOSITION[row["disposition"]].word)


def _table(rows: pl.DataFrame, zone: str, verdict: str) -> None:
    ids = rows["lead"].to_list()
    shown = [(row["lead"], *_told(row, zone)) for row in rows.to_dicts()]
    column = st.column_config.TextColumn
    grids.opening(
        pl.DataFrame(shown, schema=["lead", "who", "partner", "submitted", "disposition"], orient="row"),
        ids, "leads", f"Leads whose verdict is {verdict}", frame.open_lead, most=SIZE,
        column_config={"lead": column("Lead", width=100), "who": column("Contact, company", width=300),
                       "partner": column("From", width=220), "submitted": column("Submitted", width=110),
                       "disposition": column("Disposition", width=110)})
