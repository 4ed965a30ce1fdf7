"""What the swim lanes of a case show, one row per mark: who submitted, waited, owned and lost when, and what we did.

Called by the page of conflicts, which draws the marks (core/charts/lanes.py) and lists them. Changes nothing.
"""

import datetime as dt
from collections.abc import Callable

import polars as pl

from core import calendar, days
from core.conflicts import Case, Party
from core.terms import catalogue

MOST_LANES = 8
OURS = "Our own sales"
ACTIVITIES = {"sales_activity": "Sales activity", "outreach": "We wrote or called", "discovery_call": "Discovery call"}
DECIDED = {"accepted": "Accepted", "approved": "Accepted", "rejected": "Rejected", "discretion": "Rejected",
           "withdrawn": "Withdrawn"}
BEATEN = {"ptr.conflict.1": "owned", "ptr.conflict.2": "second", "raf.invalid.1a": "accepted elsewhere",
          "raf.invalid.1b": "second", "cerri.3.4": "known before"}
"""Why a lead lost, in a word or two beside its mark."""
LAPSED = {"reply_30d": "No reply in time", "engagement_3m": "Not engaged in time"}
MARKS = {"lane": pl.String, "what": pl.String, "begins_at": pl.Datetime("us"), "ends_at": pl.Datetime("us"),
         "label": pl.String, "clause": pl.String, "lead": pl.String, "partner": pl.String}
"""Columns of `marks`. begins_at, ends_at: by the clock of the program (ends_at null: a moment). label: up to five words
that stand beside the mark; empty: none does."""
PERIODS = ("Waits for our answer", "Owns", "Look-back window")


def marks(case: Case, as_of: dt.datetime) -> tuple[pl.DataFrame, list[str], int]:
    """Columns MARKS, one row per mark; the lanes from top to bottom; how many parties have no lane for want of room."""
    shown = _shown(case)
    names = {}
    for one in shown:
        differs = one.program != case.party.program
        short = f" ({catalogue().programs[one.program].short_name})" if differs else ""
        names.setdefault((one.partner, one.program), f"{one.partner_name}{short}")
    rows = [row for one in shown for row in _of_party(case, one, names[one.partner, one.program], as_of)]
    rows += _ours(case, {one.lead for one in shown})
    window = _look_back(case)
    lanes = [*dict.fromkeys(names.values()), OURS]
    zone = case.story.zone
    local = [{**row, **{name: row[name] and days.local_moment(row[name], zone) for name in ("begins_at", "ends_at")}}
             for row in rows]
    left_out = len({(one.partner, one.program) for one in case.parties}) - len(names)
    return pl.DataFrame([*local, *window], schema=MARKS).sort("begins_at", maintain_order=True), lanes, left_out


def _shown(case: Case) -> list[Party]:
    """The parties with a lane: those of the question and who holds the place, then those that came next to them."""
    first = {case.lead, case.other, case.holder.lead if case.holder else None}
    came = case.party.submitted_at
    ranked = sorted(case.parties, key=lambda one: (one.lead not in first, abs(one.submitted_at - came)))
    kept = list(dict.fromkeys((one.partner, one.program) for one in ranked))[:MOST_LANES]
    return [one for one in case.parties if (one.partner, one.program) in kept]


def _of_party(case: Case, one: Party, lane: str, as_of: dt.datetime) -> list[dict]:
    def row(what: str, begins_at: dt.datetime, ends_at: dt.datetime | None = None, label: str = "",
            clause: str | None = None) -> dict:
        return {"lane": lane, "what": what, "begins_at": begins_at, "ends_at": ends_at, "label": label,
                "clause": clause, "lead": one.lead, "partner": one.partner_name}

    zone, outcome = case.story.zone, one.outcome
    decisions = [each for each in case.happened if each["lead"] == one.lead and each["type"] in DECIDED]
    came = one.submitted_at
    beaten = outcome["reason"] in BEATEN
    rows = []
    if beaten and not decisions:  # the rule looks at the moment of submission
        label = f"{_day(came, zone)}: {BEATEN[outcome['reason']]}"
        return [row("Rejected", came, label=label, clause=outcome["reason"])]
    asked = ": you decide" if one.lead == case.lead and case.is_open else ""
    rows.append(row("Submitted", came, label=f"{_day(came, zone)}{'' if decisions else asked}"))
    answered_at = decisions[0]["happened_at"] if decisions else None
    if answered_at or outcome["disposition"] == "pending":
        rows.append(row("Waits for our answer", came, answered_at or as_of))
    for each in decisions:
        word = DECIDED[each["type"]]
        why = asked if each is decisions[-1] else ""
        if word == "Rejected" and beaten:
            why = f": {BEATEN[outcome['reason']]}"
        clause = outcome["reason"] if word == "Rejected" else None
        rows.append(row(word, each["happened_at"], label=f"{word} {_day(each['happened_at'], zone)}{why}",
                        clause=clause))
    rows += _ownership(case, one, row, as_of)
    for clock, due_on in one.lapsed:
        end = days.end_of_day(due_on, zone)
        rows.append(row("Lapsed", end, label=f"{LAPSED.get(clock, 'Lapsed')}, {due_on.day} {due_on:%b}",
                        clause=outcome["reason"]))
    return rows


def _ownership(case: Case, one: Party, row: Callable[..., dict], as_of: dt.datetime) -> list[dict]:
    """The bar of an ownership with its end: from the acceptance, until its last day, or until the partner was taken
    off, or open where the terms know no end."""
    zone, outcome = case.story.zone, one.outcome
    accepted = [each["happened_at"] for each in case.happened
                if each["lead"] == one.lead and each["type"] in ("accepted", "approved", "confirmed")]
    if not accepted or outcome["owner_status"] not in ("confirmed", "lapsed", "disassociated"):
        return []
    until = outcome["owner_until"]
    ended = next((each["happened_at"] for each in case.happened
                  if each["lead"] == one.lead and each["type"] == "disassociated"), None)
    clause = "ptr.process.3.1.1a" if one.program == "ptr" else None
    if ended:
        return [row("Owns", accepted[-1], ended, f"Owned until {_day(ended, zone)}", clause),
                row("Ownership ends", ended, label=f"Taken off {_day(ended, zone)}", clause="ptr.maintain.2b")]
    if until is None:
        return [row("Owns", accepted[-1], as_of, f"Owns since {_long(accepted[-1], zone)}", clause)]
    end = days.end_of_day(until, zone)
    verb = "Owned" if outcome["owner_status"] == "lapsed" else "Owns"
    extended = ", extended" if any(each["lead"] == one.lead and each["type"] == "ownership_extended"
                                   and each["happened_at"] >= accepted[-1] for each in case.happened) else ""
    label = f"{verb} {_long(accepted[-1], zone)} to {_long(end, zone)}{extended}"
    return [row("Owns", accepted[-1], end, label, clause),
            row("Ownership ends", end, clause=clause)]


def _ours(case: Case, shown: set[str]) -> list[dict]:
    """What our own sales did with the person or organization."""
    return [
        {"lane": OURS, "what": ACTIVITIES[each["type"]], "begins_at": each["logged_at"] or each["happened_at"],
         "ends_at": None, "label": "", "clause": None, "lead": each["lead"], "partner": each["who"]}
        for each in case.happened if each["type"] in ACTIVITIES and (each["lead"] is None or each["lead"] in shown)
    ]


def _look_back(case: Case) -> list[dict]:
    """The days before the lead in question in which our own activity counts against it, day by the local calendar."""
    back = case.story.terms.get("active_prospect_days")
    line = next((one for one in case.story.lines if one.text.id == "not_active_prospect"), None)
    if back is None or line is None:
        return []
    came = days.local_moment(case.party.submitted_at, case.story.zone)
    first = pl.select(calendar.add_days(pl.lit(came.date()), -back)).item()
    return [{"lane": OURS, "what": "Look-back window", "begins_at": dt.datetime.combine(first, dt.time()),
             "ends_at": came, "label": f"{back} days before {case.party.partner_name}", "clause": line.clause.id,
             "lead": case.lead, "partner": case.party.partner_name}]


def _day(instant: dt.datetime, zone: str) -> str:
    day = days.local_day(instant, zone)
    return f"{day.day} {day:%b}"


def _long(instant: dt.datetime, zone: str) -> str:
    return f"{_day(instant, zone)} {days.local_day(instant, zone):%Y}"
