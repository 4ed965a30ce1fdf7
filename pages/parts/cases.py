"""The cases of the page of conflicts: the choice of one, its headline, its parties, and what ends soon.

Names come from outside and never pass through Markdown. Decides nothing.
"""

import datetime as dt
from dataclasses import dataclass

import duckdb
import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import conflicts, days, desk, partners, past, queue, review
from core.conflicts import Case, Filters
from core.evaluation import Evaluation
from core.terms import catalogue
from pages.parts import (
    as_of_bar,
    badges,
    criteria,
    database,
    dates,
    files,
    frame,
    grids,
    modal,
    stories,
    words,
)

STATES = {"To settle": "open", "Settled": "settled", "Decided by the rules": "decided"}
KEYS = ("cases_program", "cases_partner")
SIZE = 8
MOST_OF_ALL = 10


@dataclass(frozen=True)
class Known:
    """What is known of all leads at one instant, read when it is asked for and kept in memory until the next change.

    day: the evaluation of a past day. entry: the last one of the journal.
    """

    as_of: dt.datetime
    entry: int
    day: Evaluation | None

    @property
    def index(self) -> pl.DataFrame:
        """core.conflicts.index"""
        return _index(self.as_of, self.entry, self.day is not None, _day=self.day)

    @property
    def partners(self) -> pl.DataFrame:
        """core.partners.figures"""
        return _partners(self.as_of, self.entry, self.day is not None, _day=self.day)

    @property
    def money(self) -> dict[str, list[dict]]:
        """core.partners.money"""
        return _money(self.as_of, self.entry, self.day is not None, _day=self.day)


def at(kept_as_of: dt.datetime, day: dt.date | None, zone: str) -> tuple[dt.datetime, Known]:
    """The instant that the page shows, now or the end of a past day, under its bar, and what is known at it; ends the
    page where the leads are too many to evaluate for a past day."""
    as_of_bar.show(day)
    as_of = kept_as_of if day is None else days.end_of_day(day, zone)
    entry = desk.head(database.connection()).number
    evaluated = None if day is None else stories.of_day(as_of, entry)
    if day is not None and evaluated is None:
        frame.too_many_leads()
        st.stop()
    return as_of, Known(as_of, entry, evaluated)


@st.cache_resource(max_entries=4, ttl=3600, show_spinner=False)  # not copied: nobody writes to what is kept here
def _index(as_of: dt.datetime, entry: int, is_past: bool, _day: Evaluation | None) -> pl.DataFrame:
    del entry, is_past
    return conflicts.index(database.connection(), as_of, _day)


@st.cache_resource(max_entries=4, ttl=3600, show_spinner=False)
def _partners(as_of: dt.datetime, entry: int, is_past: bool, _day: Evaluation | None) -> pl.DataFrame:
    del entry, is_past
    return partners.figures(database.connection(), as_of, day=_day)


@st.cache_resource(max_entries=4, ttl=3600, show_spinner=False)
def _money(as_of: dt.datetime, entry: int, is_past: bool, _day: Evaluation | None) -> dict[str, list[dict]]:
    del entry, is_past
    con = database.connection()
    return partners.money(con if _day is None else past.everything(con, as_of, _day))


def case(lead: str, as_of: dt.datetime, known: Known) -> Case | None:
    """One case as of an instant."""
    return _case(lead, as_of, known.entry, _known=known)


@st.cache_resource(max_entries=100, ttl=3600, show_spinner=False)  # not copied: cases are frozen
def _case(lead: str, as_of: dt.datetime, entry: int, _known: Known) -> Case | None:
    del entry
    rows = _known.index.filter(pl.col("lead") == lead).to_dicts()
    return conflicts.case(database.connection(), lead, as_of, rows[0] if rows else None,
                          past.known_at(as_of, _known.day))


def program_of_filter(con: duckdb.DuckDBPyConnection) -> str:
    """The program whose days count: the chosen one, else the first."""
    return _programs().get(st.session_state.get("cases_program")) or next(iter(days.zones(con)))


def _programs() -> dict[str, str]:
    return {one.short_name: one.id for one in catalogue().programs.values()}


def _reset() -> None:
    """Another choice begins at its first case."""
    st.query_params.pop("case", None)
    st.session_state["cases_page"] = 1


def ask(index: pl.DataFrame) -> tuple[Filters, pl.DataFrame, dict[str, int]]:
    """Draw the filters; returns what is chosen, the cases under it in order, and the counts by state."""
    top = st.container()
    looks = {"bind": "query-params", "on_change": _reset, "label_visibility": "collapsed"}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        search = st.text_input("Search", key="cases_search", width=300, icon=":material/search:",
                               placeholder="Company, contact, partner or lead id", **looks)
        program = _programs().get(st.selectbox("Program", list(_programs()), index=None, key="cases_program", width=210,
                                               placeholder="All programs", **looks))
        names = {f"{name} · {partner}": partner for partner, name in
                 index.select("partner", "partner_name").unique().sort("partner_name", "partner").iter_rows()}
        partner = names.get(st.selectbox("Partner", list(names), index=None, key="cases_partner", width=260,
                                         placeholder="All partners", **looks))
    state = st.session_state.get("cases", st.query_params.get("cases"))  # its counts depend on it
    chosen = Filters(STATES.get(state, "open"), program, partner, search or "")
    found, counts = conflicts.narrowed(index, chosen)
    with top:
        st.radio("State", list(STATES), key="cases", horizontal=True, captions=[
            f"{counts[state]:,}" for state in STATES.values()], **looks)
    return chosen, found, counts


def said(counts: dict[str, int], endings: int) -> str:
    """The caption of the page."""
    return f"{counts['open']:,} to settle, {_count(endings, 'ownership')} {_ends(endings)} within 30 days"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _ends(number: int) -> str:
    return "ends" if number == 1 else "end"


def _go(lead: str) -> None:
    st.query_params["case"] = lead


def pick(index: pl.DataFrame, found: pl.DataFrame, head: DeltaGenerator) -> dict | None:
    """The case that is shown, with the ways to the others: keys, and a list. index: every case, found: the chosen."""
    leads = found["lead"].to_list()
    wanted = st.query_params.get("case")
    row = conflicts.named(index, found, wanted)
    place = leads.index(row["lead"]) if row and row["lead"] in leads else None
    with head:
        for label, letter, step in (("Previous", "k", -1), ("Next", "j", 1)):
            there = beside(found, row and row["lead"], step)
            st.button(label, key=f"go{step}", shortcut=modal.key(letter), type="tertiary", on_click=_go, args=(there,),
                      disabled=there is None)
    if wanted and (row is None or wanted not in (row["lead"], row["winner"])):
        words.quiet("The lead of the link is in no conflict; here is the first case of the list.")
    if leads:
        label = f"{place + 1:,} of {len(leads):,}" if place is not None else f"{len(leads):,} in the list"
        with st.expander(f"Choose another case: {label}"):
            _list(found, place or 0)
    return row


def beside(found: pl.DataFrame, lead: str | None, step: int) -> str | None:
    """The case so many steps after that of a lead in the list, around its end; the first where the lead is not in it,
    None where it holds no other."""
    leads = found["lead"].to_list()
    there = leads[(leads.index(lead) + step) % len(leads)] if lead in leads else next(iter(leads), None)
    return None if there == lead else there


def _list(found: pl.DataFrame, place: int) -> None:
    *_, pages = queue.span(1, SIZE, found.height)
    slot = st.container(gap="xsmall")
    number = st.pagination(pages, key="cases_page", default=place // SIZE + 1, bind="query-params")
    for row in found.slice((number - 1) * SIZE, SIZE).to_dicts():
        with slot.container(horizontal=True, vertical_alignment="center", gap="small"):
            if row["due_on"] and row["state"] == "open":
                words.quiet(f"due {dates.day(row['due_on'])}", width="content")
            words.line(row["company"] or row["lead"],
                       words.join(f"claimed by {row['partner_name']}", dates.day(row["submitted_at"]), by=", "),
                       words.join(row["lead"], row["clause"], row["winner"] and f"lost to {row['winner']}"))
            st.button(f"Show {words.label(row['lead'], 'this case')}", key=f"show-{row['lead']}", on_click=_go,
                      args=(row["lead"],))


def headline(case: Case) -> None:
    """Who holds what until when, and in a sentence or two why, each with its clause."""
    holder, zone = case.holder, case.story.zone
    if holder is None:
        said = f"Nobody holds {case.company}"
    elif holder.outcome["owner_status"] == "provisional":
        since = dates.day(days.local_day(holder.submitted_at, zone))
        said = f"{holder.partner_name} is first in line for {case.company}, undecided since {since}"
    else:
        until = holder.outcome["owner_until"]
        said = f"{holder.partner_name} holds {case.company}" + (f" until {dates.day(until)}" if until else "")
    words.subheading(said)
    with st.container(gap="xxsmall"):
        for line in case.lines:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                words.line(text=_because(case, line), width="content")
                criteria.clause(case.story, line)
        _outcome(case)
        _soon(case)


def _because(case: Case, line: review.Line) -> str:
    """The finding with the partners' names in the place of their ids."""
    said = case.story.said(line)
    for one in case.parties:
        said = said.replace(f"{one.lead} of {one.partner} ", f"{one.lead} of {one.partner_name} ")
        said = said.replace(f"{one.lead} of {one.partner},", f"{one.lead} of {one.partner_name},")
    return said


def _outcome(case: Case) -> None:
    disposition = case.party.outcome["disposition"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badges.badge(badges.DISPOSITION[disposition])
        sent = dates.day(days.local_day(case.party.submitted_at, case.story.zone))
        words.line(case.lead, f"of {case.party.partner_name}, sent on {sent} for "
                   f"{case.party.full_name or 'nobody named'}.", width="content")
        frame.open_lead(case.lead)
    if case.is_open and not case.lines and conflicts.TOPIC in case.party.outcome["pending_on"]:
        words.line(text=review.TOPICS[conflicts.TOPIC][1])
    if case.row and case.row["opened_by"] and case.is_open:
        words.quiet(f"{_who(case, 'opened_by')} opened a case on {dates.day(case.row['opened_at'])}.")
    if case.row and case.row["settled_by"]:
        words.quiet(f"{_who(case, 'settled_by')} settled it on {dates.day(case.row['settled_at'])}.")


def _who(case: Case, did: str) -> str:
    return case.story.names.get(case.row[did], case.row[did])


def _soon(case: Case) -> None:
    """That the ownership ends soon."""
    until = case.holder and case.holder.outcome["owner_until"]
    left = (until - case.story.today).days if until else None
    if left is None or not 0 <= left <= conflicts.ENDS_WITHIN_DAYS:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        when = "today" if left == 0 else f"in {_count(left, 'day')}"
        words.line(text=f"The ownership ends {when} unless a deal is won.", width="content")
        frame.clause(review.clause_of("ptr.process.3.1.1a"), "ends-soon")


MOST_PARTIES = 8
PARTY = {"Partner": pl.String, "Standing": pl.String, "Accepted": pl.Float64, "Live": pl.Int64}
PERCENT = {"format": "%.0f%%", "min_value": 0, "max_value": 100}


def parties(case: Case, figures: pl.DataFrame) -> None:
    """Who claims it, those of the question first: how each stands, how often it is accepted, how much it claims."""
    by_id = {row["partner"]: row for row in figures.to_dicts()}
    asked = (case.lead, case.other)
    first: dict[str, conflicts.Party] = {}
    for one in sorted(case.parties, key=lambda one: (one.lead not in asked, not one.is_live, one.submitted_at)):
        first.setdefault(one.partner, one)
    rows = [(one, by_id.get(partner)) for partner, one in first.items()]
    with frame.section("Parties"):
        grids.shown(
            pl.DataFrame([_party(one, row) for one, row in rows[:MOST_PARTIES]], schema=PARTY),
            "The parties with their standing, acceptance rate and live claims", column_config={
                "Partner": st.column_config.TextColumn(width=130), "Standing": st.column_config.TextColumn(width=84),
                "Accepted": st.column_config.ProgressColumn(width=84, **PERCENT),
                "Live": st.column_config.NumberColumn(width=48)})
        if len(rows) > MOST_PARTIES:
            words.quiet(f"and {len(rows) - MOST_PARTIES:,} more")
        st.caption(f"Accepted: of what was answered in {partners.LATELY_MONTHS} months. Live: undecided or owned.")
        _compared([row for one, row in rows if row and one.lead in asked], figures)


STANDING = {"confirmed": "Owns", "provisional": "First in line", "lapsed": "Owned", "disassociated": "Taken off"}


def _party(one: conflicts.Party, row: dict | None) -> dict:
    standing = STANDING.get(one.outcome["owner_status"], badges.DISPOSITION[one.outcome["disposition"]].word)
    return {"Partner": one.partner_name, "Standing": standing, "Accepted": row and row["percent"],
            "Live": row and row["live"]}


def _compared(rows: list[dict], figures: pl.DataFrame) -> None:
    """Who of the parties registers far more than others do."""
    for row in rows:
        if times := partners.far_more(figures, row["submitted_lately"]):
            words.quiet(f"{row['partner_name']} sends {times} times as many leads as the partner in the middle.")


ENDING = {"Ends": pl.String, "Company": pl.String, "Partner": pl.String, "Lead": pl.String}


def endings(rows: pl.DataFrame) -> None:
    """Ownerships that end within 30 days, the soonest first; a ticked row opens its lead."""
    with frame.section(f"{_count(rows.height, 'ownership')} {_ends(rows.height)} within 30 days"):
        if rows.is_empty():
            words.quiet("No ownership ends soon.")
            return
        leads = rows["lead"].to_list()
        shown = [{"Ends": f"{row['owner_until'].day} {row['owner_until']:%b}, {dates.left(row['days_left']).lower()}",
                  "Company": row["company"] or row["full_name"], "Partner": row["partner_name"], "Lead": row["lead"]}
                 for row in rows.to_dicts()]
        grids.opening(pl.DataFrame(shown, schema=ENDING), leads, "endings",
                      "Ownerships that end soon, with company and partner", frame.open_lead, column_config={
                          "Ends": st.column_config.TextColumn(width=92),
                          "Company": st.column_config.TextColumn(width=116),
                          "Partner": st.column_config.TextColumn(width=96),
                          "Lead": st.column_config.TextColumn(width=84)})
        files.downloads(lambda: pl.DataFrame(shown, schema=ENDING), "ownerships-that-end")


def most(figures: pl.DataFrame) -> None:
    """Who claims most, with how much of it is accepted."""
    with st.expander("Who registers most"):
        top = figures.sort("live", "submitted", "partner", descending=[True, True, False]).head(MOST_OF_ALL)
        shown = top.select(Partner="partner_name", Sent="submitted_lately", Accepted="percent", Live="live")
        grids.shown(shown, "The partners with most live claims",
                    column_config={"Accepted": st.column_config.ProgressColumn(**PERCENT)})
        files.downloads(lambda: shown, "who-registers-most")
        st.caption(f"Sent and accepted in {partners.LATELY_MONTHS} months; the partner in the middle sent "
                   f"{partners.median_submitted(figures):,}.")


def nothing(counts: dict[str, int], ends: int, chosen: Filters) -> None:
    """No case is left under the filters."""
    with st.container(border=True):
        if chosen.search.strip():
            st.text(f"No case matches ‘{chosen.search.strip()}’ under these filters.")
        elif chosen.state == "open" and not (chosen.program or chosen.partner):
            soon = f" {_count(ends, 'ownership')} {_ends(ends)} within 30 days: look at them." if ends else ""
            st.text(f"No two partners claim the same lead.{soon}")
        else:
            st.text("No case is left under these filters.")
        others = [f"{counts[state]:,} {label.lower()}" for label, state in STATES.items()
                  if state != chosen.state and counts[state]]
        if others:
            st.caption(f"There are {' and '.join(others)}.")
        if chosen.search or chosen.program or chosen.partner:
            st.button("Take the filters off", on_click=_clear)


def _clear() -> None:
    for key, value in dict.fromkeys(KEYS, None).items():
        st.session_state[key] = value
    st.session_state["cases_search"] = ""
    _reset()
