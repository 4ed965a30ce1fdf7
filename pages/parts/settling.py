"""What people do about a case: both readings with their consequences, and the verbs of whoever holds the place.

Called by the page of conflicts. Decides nothing: the desk does, and says why not.
"""

import datetime as dt
from dataclasses import dataclass
from functools import partial

import duckdb
import streamlit as st

from core import conflicts, days, desk, review
from core.conflicts import Case, Party
from core.people import Person
from pages.parts import acts, badges, cases, database, dates, dialogs, frame, modal, words
from pages.parts.money import money


@dataclass(frozen=True)
class Verbs:
    """What may be done about a case now. version: of the lead in question, as shown. why_not: by action that a role of
    the person knows, for that lead; holder_why_not: for the lead that is owned."""

    version: int
    why_not: dict[str, str | None]
    holder: Party | None
    holder_version: int | None
    holder_why_not: dict[str, str | None]
    as_of: dt.datetime
    entry: int


def verbs_of(con: duckdb.DuckDBPyConnection, acting: Person, case: Case, as_of: dt.datetime, version: int) -> Verbs:
    """The verbs of a person on a case."""
    def why_not(lead: str) -> dict[str, str | None]:
        return {row["action"]: row["why_not"] for row in desk.possible(con, acting.id, lead, database.now())
                if row["is_offered"]}

    owner = case.holder if case.holder and case.holder.outcome["owner_status"] == "confirmed" else None
    return Verbs(version, why_not(case.lead), owner, acts.seen(con, owner.lead) if owner else None,
                 why_not(owner.lead) if owner else {}, as_of, desk.head(con).number)


def show(case: Case, verbs: Verbs | None) -> None:
    """What is to settle, or how it was; then the verbs. verbs: None where one can look, not decide."""
    if not case.is_open:
        _over(case)
    elif _has_readings(case):
        _readings(case, verbs)
    elif case.other is None:
        with frame.section("To settle"):
            words.line(text="No single lead stands against it. The checklist says what is not known, and what looks "
                            "alike.")
            frame.open_lead(case.lead)
    else:
        with frame.section("To settle"):
            words.line(text="This program settles it by a verdict on the checklist.")
            frame.open_lead(case.lead)
    if verbs:
        _row(case, verbs)


def _has_readings(case: Case) -> bool:
    return case.is_open and case.other is not None and conflicts.can_be_settled(case.party.program)


def _over(case: Case) -> None:
    with frame.section("Settled" if case.row and case.row["state"] == "settled" else "Decided by the rules"):
        if case.row is None:
            words.line(text="Nothing stands against this lead now.")
        elif case.row["winner"]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                words.line(case.row["winner"], f"won over {case.lead}. A person can still open a case.",
                           width="content")
                frame.open_lead(case.row["winner"])
            if clause := review.clause_of(case.row["clause"]):
                words.line(f"{clause.heading}:", clause.paraphrase, clause.id)
        else:
            words.line(text="Nothing is left to settle here.")


@dataclass(frozen=True)
class Reading:
    """One way to settle a case. winner: None where both stand. counted: its name in core.conflicts.chosen_before."""

    title: str
    verb: str
    winner: str | None
    counted: str
    key: str


def _ways(case: Case) -> list[Reading]:
    first, second = sorted((case.party, case.of(case.other)), key=lambda one: (one.submitted_at, one.lead))
    return [
        Reading("Two leads, and both stand", "Both stand…", None, "both", "1"),
        Reading("The same lead: the earlier holds it", "The earlier holds it…", first.lead, "earlier", "2"),
        Reading("The same lead: the later holds it", "The later holds it…", second.lead, "later", "3"),
    ]


def _readings(case: Case, verbs: Verbs | None) -> None:
    other = case.of(case.other)
    before = conflicts.chosen_before(database.connection(), case.party.program, case.known_at)
    both, earlier, _ = _ways(case)
    with frame.section("To settle: is it the same lead?"):
        for one in sorted((case.party, other), key=lambda one: one.submitted_at):
            day = dates.day(days.local_day(one.submitted_at, case.story.zone))
            words.line(one.partner_name, f"sent {_about(one)} on {day}.", one.lead)
        for name in _ambiguities(case):
            badges.badge(badges.READING, f"Reading {name}")
        places = st.grid(2, min_column_width=300, gap="small")
        for reading in (both, earlier):
            with places.container(border=True, gap="small", height="stretch"):
                _card(case, reading, verbs, before)


def _about(party: Party) -> str:
    return words.join(party.full_name or "nobody named", party.company, by=", ")


def _ambiguities(case: Case) -> list[str]:
    found = [name for line in case.lines for name in line.clause.ambiguities]
    return [name for name in dict.fromkeys(found) if name == "AMB-10"]


def _card(case: Case, reading: Reading, verbs: Verbs | None, before: dict[str, int]) -> None:
    words.line(reading.title)
    if verbs:
        consequences(case, reading, verbs)
    number = before[reading.counted]
    words.quiet("Nobody has chosen this yet." if not number else
                f"Chosen in {number:,} earlier {'case' if number == 1 else 'cases'}.")
    if verbs:
        st.space("stretch")
        _opener(case, reading, verbs, width="stretch")


def _opener(case: Case, reading: Reading, verbs: Verbs, **looks: object) -> None:
    if "settle_conflict" not in verbs.why_not:
        return
    why_not = acts.LOOK_FIRST if acts.stale(case.lead) else verbs.why_not["settle_conflict"]
    st.button(reading.verb, key=f"settle-{reading.counted}-{verbs.version}", shortcut=modal.key(reading.key),
              disabled=bool(why_not), help=why_not, on_click=modal.ask, args=(settle, case, reading, verbs), **looks)


def consequences(case: Case, reading: Reading, verbs: Verbs) -> None:
    """What would follow, lead by lead, as evaluation says."""
    known = {one.lead: one for one in case.parties}
    for row in _preview(case.lead, case.other, reading.winner, verbs.as_of, verbs.entry):
        party = known.get(row["lead"])
        words.line(party.partner_name if party else "", _becomes(row), row["lead"])


def foresee(lead: str, as_of: dt.datetime, known: cases.Known) -> None:
    """Read what showing a case will ask: the case itself, and what its readings would change; nothing once something
    was stored."""
    if desk.head(database.connection()).number != known.entry:
        return
    case = cases.case(lead, as_of, known)
    if case and _has_readings(case):
        for reading in _ways(case)[:2]:
            _preview(case.lead, case.other, reading.winner, as_of, known.entry)


@st.cache_data(max_entries=300, ttl=3600, show_spinner=False)
def _preview(lead: str, other: str, winner: str | None, as_of: dt.datetime, entry: int) -> list[dict]:
    del entry
    return desk.preview_settlement(database.connection(), lead, other, winner, as_of)


OWNS = {"confirmed": "owns it", "provisional": "is first in line", "lapsed": "owned it",
        "disassociated": "was taken off", "none": "holds nothing"}


def _becomes(row: dict) -> str:
    """One lead of a preview in words: what becomes of it, whether it holds the place, what money moves."""
    was, now = row["disposition_before"], row["disposition"]
    parts = [f"stays {now}" if was == now else f"is {now}, was {was}"]
    until = f" until {dates.day(row['owner_until'])}" if row["owner_until"] else ""
    parts.append(f"{OWNS[row['owner_status']]}{until}")
    if row["is_explained"] and not row["is_explained_before"]:
        parts.append("is owed an explanation")
    for currency in sorted(row["owed"].keys() | row["owed_before"].keys()):
        before, after = (_sum(row[name], currency) for name in ("owed_before", "owed"))
        if before != after:
            parts.append(f"is owed {after}, was owed {before}")
    return f"{', '.join(parts)}."


def _sum(owed: dict, currency: str) -> str:
    return money(owed[currency], currency) if currency in owed else "nothing"


def _row(case: Case, verbs: Verbs) -> None:
    """What else can be done: a case opened, the ownership extended, ended or handed on, the last step undone."""
    refused = acts.LOOK_FIRST if acts.stale(case.lead) else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        button = partial(st.button, type="tertiary", on_click=modal.ask)
        if _has_readings(case):
            _opener(case, _ways(case)[-1], verbs, type="tertiary")
        if case.rivals and "open_conflict" in verbs.why_not and _opened(case) is None:
            why_not = refused or verbs.why_not["open_conflict"]
            button("Open a case…", key=f"open-{case.lead}-{verbs.version}", args=(open_case, case), help=why_not,
                   disabled=bool(why_not))
        if owner := verbs.holder:
            refused = acts.LOOK_FIRST if acts.stale(owner.lead) else None
            longer = dialogs.extend, owner.lead, owner.partner_name, owner.outcome["owner_until"]
            ways = [("extend_ownership", "Extend the ownership…", longer),
                    ("end_ownership", "End the ownership…", (end, case, owner)),
                    ("transfer_ownership", "Hand it to another lead…", (transfer, case, owner))]
            for action, label, dialog in ways:
                if action in verbs.holder_why_not:
                    why_not = refused or verbs.holder_why_not[action]
                    button(label, key=f"{action}-{owner.lead}-{verbs.holder_version}", args=dialog, help=why_not,
                           disabled=bool(why_not))
        for lead in dict.fromkeys((case.lead, owner.lead if owner else case.lead)):
            if last := st.session_state.get(f"last-{lead}"):
                number, said = last
                st.button("Undo", key=f"undo-last-{number}", icon=":material/undo:", type="tertiary", help=said,
                          on_click=acts.take_back, args=(lead, number, "Taken back right after it was recorded."))
    if verbs.holder and verbs.holder.lead != case.lead and acts.stale(verbs.holder.lead):
        acts.tell(verbs.holder.lead)


def _opened(case: Case) -> str | None:
    """The open case that people work on."""
    return case.row["conflict_case"] if case.row and not case.row["settled_at"] else None


def _reason(label: str, key: str) -> str:
    return st.text_area(label, key=key, height=110, persist_state="page")


@modal.dialog("Settle this case")
def settle(case: Case, reading: Reading, verbs: Verbs) -> None:
    """One reading, with its consequences once more, and why."""
    key = f"settle-{case.lead}-{reading.counted}"
    words.line(reading.title)
    consequences(case, reading, verbs)
    with st.form(f"form-{key}", border=False):
        reason = _reason("Why, in words that both partners may read", key)
        is_sent = dialogs.send("Settle")
    opened = _opened(case)
    dialogs.ends(is_sent, case.lead, lambda: dialogs.act(
        desk.settle_conflict, case.lead, f"settle/{reading.counted}", "Settled.", [key], case=opened,
        winner=reading.winner, reason=reason, other=None if opened else case.other,
        other_version=case.of(case.other).version))


@modal.dialog("Open a case")
def open_case(case: Case) -> None:
    """Against which lead, and what is in question."""
    keys = [f"case-{name}-{case.lead}" for name in ("other", "note")]
    rivals = {one.lead: one for one in case.rivals}
    with st.form(f"form-{keys[0]}", border=False):
        other = st.selectbox("Against the lead", list(rivals), key=keys[0], required=True, persist_state="page",
                             format_func=lambda one: f"{one} of {rivals[one].partner_name}")
        note = _reason("What is in question", keys[1])
        is_sent = dialogs.send("Open the case")
    dialogs.ends(is_sent, case.lead, lambda: dialogs.act(
        desk.open_conflict, case.lead, f"open/{other}", "The case is open.", keys, other=other, note=note,
        other_version=rivals[other].version))


@modal.dialog("End this ownership")
def end(case: Case, owner: Party) -> None:
    """The partner is taken off the lead; from then on others may claim it."""
    key = f"end-{owner.lead}"
    words.line(owner.partner_name, f"owns {case.company} until {dates.day(owner.outcome['owner_until'])}. It ends now, "
               "and others may register the account.")
    with st.form(f"form-{key}", border=False):
        reason = _reason("Why it ends (ptr.maintain.2b)", key)
        is_sent = dialogs.send("End the ownership")
    dialogs.ends(is_sent, owner.lead, lambda: dialogs.act(
        desk.end_ownership, owner.lead, "end", "The ownership has ended.", [key], reason=reason))


@modal.dialog("Hand the place to another lead")
def transfer(case: Case, owner: Party) -> None:
    """The ownership ends, and another partner's lead takes its place once it is accepted."""
    keys = [f"transfer-{name}-{owner.lead}" for name in ("to", "reason")]
    others = {one.lead: one for one in case.parties if one.partner != owner.partner}
    words.line(owner.partner_name, "loses the account now. The other lead owns it from the day of its acceptance on.")
    with st.form(f"form-{keys[0]}", border=False):
        to = st.selectbox("To the lead", list(others), key=keys[0], required=True, persist_state="page",
                          format_func=lambda one: f"{one} of {others[one].partner_name}")
        reason = _reason("Why it changes hands", keys[1])
        is_sent = dialogs.send("Hand it over")
    dialogs.ends(is_sent, owner.lead, lambda: dialogs.act(
        desk.transfer_ownership, owner.lead, f"transfer/{to}", "Handed over.", keys, to=to, reason=reason,
        other_version=others[to].version if to else None))
