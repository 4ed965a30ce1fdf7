"""How people share the work on leads: claims, comments, setting aside, questions to the partner, disputes."""

import datetime as dt
from collections.abc import Collection

import duckdb

from core import people
from core.desk.decisions import needs
from core.desk.step import Done, Signed, Step, perform
from core.model import Refusal
from core.terms import catalogue


def claim(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str) -> Done:
    """Take a lead on that nobody works on."""
    return perform(con, signed, "claim", {}, lambda step: _assign(step, signed.person, is_free=True), lead=lead)


def assign(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, person: str) -> Done:
    """Give a lead to a person who has a role in its program."""
    return perform(con, signed, "assign", {"person": person}, lambda step: _assign(step, person), lead=lead)


def release(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str) -> Done:
    """Lay a lead down, so that others can take it on."""
    def write(step: Step) -> None:
        if _worker(step) is None:
            raise Refusal(f"Nobody works on {lead}.")
        _put_assignment(step, None)

    return perform(con, signed, "release", {}, write, lead=lead)


def _assign(step: Step, person: str, is_free: bool = False) -> None:
    worker, lead = _worker(step), step.lead["lead"]
    if worker == person:
        raise Refusal(f"{person} works on {lead} already.")
    if is_free and worker is not None:
        raise Refusal(f"{worker} works on {lead}. Ask them to release it, or have it assigned to you.")
    someone = people.person(step.con, person, step.at_instant)
    if not any(someone.holds(role, step.lead["program"]) for role in people.ROLES):
        raise Refusal(f"{person} has no role in the program of {lead} today.")
    _put_assignment(step, person)


def _worker(step: Step) -> str | None:
    found = step.read("worker.sql", lead=step.lead["lead"])
    return found[0]["person"] if found else None


def _put_assignment(step: Step, person: str | None) -> None:
    step.before |= {"person": _worker(step)}
    step.put("assignments", {"lead": step.lead["lead"], "person": person, "assigned_by": step.person.id})
    step.after |= {"person": person}


def comment(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, text: str,
            mentions: Collection[str] = ()) -> Done:
    """Write a comment, and name the people who should see it."""
    def write(step: Step) -> None:
        needs(text, "the comment")
        for one in mentions:
            people.person(step.con, one, step.at_instant)
        row = step.put("comments", {"lead": lead, "person": step.person.id, "note": text.strip(),
                                    "mentions": sorted(set(mentions))})
        step.after |= {"comment": row, "mentions": sorted(set(mentions))}

    return perform(con, signed, "comment", {"text": text, "mentions": sorted(mentions)}, write, lead=lead)


def snooze(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, until_on: dt.date, reason: str = "") -> Done:
    """Set a lead aside until a day; clocks run on."""
    def write(step: Step) -> None:
        if until_on <= step.at_instant.date():
            raise Refusal(f"{until_on} is not in the future. Choose a later day.")
        step.put("snoozes", {"lead": lead, "person": step.person.id, "until_on": until_on,
                             "note": reason.strip() or None})
        step.after |= {"until_on": until_on}

    return perform(con, signed, "snooze", {"until_on": until_on, "reason": reason}, write, lead=lead)


def request_action(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, missing: Collection[str],
                   text: str, is_update: bool = False) -> Done:
    """Ask the partner for what is missing. missing: criteria that wait for it; text: what the partner reads.

    is_update: a request for news on an accepted registration (ptr.maintain.2a), which evaluation follows.
    """
    def write(step: Step) -> None:
        needs(text, "what the partner is asked")
        program = catalogue().programs[step.lead["program"]]
        if wrong := sorted(set(missing) - set(program.criteria) - set(program.human_inputs)):
            raise Refusal(f"{', '.join(wrong)}: no criterion of {program.name}.")
        if is_update and program.id != "ptr":
            raise Refusal(f"{program.name} knows no request for updates (ptr.maintain.2a).")
        row = step.put("action_requests", {"lead": lead, "missing": sorted(set(missing)), "note": text.strip(),
                                           "asked_by": step.person.id})
        step.after |= {"request": row, "missing": sorted(set(missing))}
        if is_update:
            step.event("update_requested")

    content = {"missing": sorted(missing), "text": text, "is_update": is_update}
    return perform(con, signed, "request_action", content, write, lead=lead)


def answer_request(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, request: str, text: str,
                   descriptive: str | None = None) -> Done:
    """Take the partner's answer to a request. descriptive: yes, no or unknown, where news were asked for: whether the
    update says enough (ptr.maintain.2b)."""
    def write(step: Step) -> None:
        needs(text, "what the partner answered")
        if request not in {row["id"] for row in step.read("open_requests.sql", lead=lead)}:
            raise Refusal(f"{request} is no open request on {lead}.")
        if descriptive not in (None, "yes", "no", "unknown"):
            raise Refusal("Whether an update says enough takes yes, no or unknown.")
        step.put("action_answers", {"request": request, "lead": lead, "note": text.strip(),
                                    "taken_by": step.person.id})
        if descriptive:
            step.event("update_provided", descriptive=descriptive)
        step.after |= {"request": request}

    content = {"request": request, "text": text, "descriptive": descriptive}
    return perform(con, signed, "answer_request", content, write, lead=lead)


DISPUTES = ("rejection", "ownership", "amount", "late_payment", "other")
OUTCOMES = ("upheld", "partly_upheld", "dismissed", "withdrawn")


def open_dispute(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, kind: str, text: str) -> Done:
    """Record a partner's objection, one of DISPUTES; while it is open, no payout of the lead is approved or paid."""
    def write(step: Step) -> None:
        needs(text, "what the partner objects to")
        if kind not in DISPUTES:
            raise Refusal(f"{kind} is no kind of dispute; there are {', '.join(DISPUTES)}.")
        row = step.put("disputes", {"lead": lead, "kind": kind, "note": text.strip(), "opened_by": step.person.id})
        step.after |= {"dispute": row, "kind": kind}

    return perform(con, signed, "open_dispute", {"kind": kind, "text": text}, write, lead=lead)


def resolve_dispute(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, dispute: str, outcome: str,
                    reason: str) -> Done:
    """Resolve a dispute with one of OUTCOMES and a reason; not by who opened it."""
    def write(step: Step) -> None:
        needs(reason, "the reason of the resolution")
        if outcome not in OUTCOMES:
            raise Refusal(f"{outcome} is no outcome; there are {', '.join(OUTCOMES)}.")
        found = {row["id"]: row for row in step.read("open_disputes.sql", lead=lead)}
        if dispute not in found:
            raise Refusal(f"{dispute} is no open dispute on {lead}.")
        if found[dispute]["opened_by"] == step.person.id:
            raise people.Forbidden("Who opened a dispute does not resolve it: ask another manager.")
        step.put("dispute_resolutions", {"dispute": dispute, "lead": lead, "outcome": outcome,
                                         "note": reason.strip(), "resolved_by": step.person.id})
        step.after |= {"dispute": dispute, "outcome": outcome}

    content = {"dispute": dispute, "outcome": outcome, "reason": reason}
    return perform(con, signed, "resolve_dispute", content, write, lead=lead)
