"""What a reviewer finds out: verdicts with their evidence, activities, the search of the CRM."""

import datetime as dt

import duckdb

from core.desk.decisions import needs
from core.desk.step import Done, Signed, Step, perform
from core.model import VERDICTS, Refusal
from core.terms import catalogue

ACTIVITIES: dict[str, dict[str, object]] = {
    "outreach": {"type": "outreach"},
    "reply": {"type": "reply", "automated": False},
    "automatic_reply": {"type": "reply", "automated": True},
    "call": {"type": "discovery_call", "call_status": "completed"},
    "demo": {"type": "discovery_call", "call_status": "completed", "kind": "demo"},
    "call_booked": {"type": "discovery_call", "call_status": "booked"},
    "call_missed": {"type": "discovery_call", "call_status": "no_show"},
    "hard_bounce": {"type": "email_bounce", "kind": "hard"},
    "soft_bounce": {"type": "email_bounce", "kind": "soft"},
    "requirements": {"type": "requirements_received"},
    "engagement": {"type": "engagement"},
    "decline": {"type": "disengaged"},
}
"""What can be logged on a lead, and the event that each is."""

CHANNELS = ("email", "phone", "meeting", "chat", "other")


def judge(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, criterion: str, verdict: str, note: str = "",
          link: str | None = None, event: str | None = None) -> Done:
    """Record a verdict (pass, fail, unknown) on a criterion, or on a fact that one needs; the latest counts.

    It rests on a note, a link or a logged event of the same lead; one of them must be given.
    """
    def write(step: Step) -> None:
        program = catalogue().programs[step.lead["program"]]
        if verdict not in VERDICTS[:3]:
            raise Refusal(f"A verdict is pass, fail or unknown, not {verdict}.")
        may_judge = {name for name, one in program.criteria.items() if one.decided_by in ("human", "both")}
        if criterion not in may_judge | set(program.human_inputs):
            raise Refusal(f"{criterion} is not for a person to judge in {program.name}.")
        if not (note.strip() or link or event):
            raise Refusal("A verdict rests on a note, a link or a logged event: give one of them.")
        if event and not step.read("event_of_lead.sql", lead=lead, event=event):
            raise Refusal(f"{event} is no event of {lead}.")
        before = step.read("verdict_of.sql", lead=lead, criterion=criterion)
        row = step.put("verdicts", {
            "lead": lead, "criterion": criterion, "verdict": verdict, "decided_by": step.person.id,
            "note": note.strip() or None, "happened_at": step.at_instant,
        })
        if link or event:
            step.put("verdict_evidence", {"verdict": row, "event": event, "link": link})
        step.before |= {"verdict": before[0]["verdict"] if before else None}
        step.after |= {"criterion": criterion, "verdict": verdict, "id": row}

    content = {"criterion": criterion, "verdict": verdict, "note": note, "link": link, "event": event}
    return perform(con, signed, "judge", content, write, lead=lead)


def log_activity(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, kind: str, channel: str | None = None,
                 occurred_at: dt.datetime | None = None, note: str = "") -> Done:
    """Log what was said or done on a lead, one of ACTIVITIES. occurred_at: UTC, where it was earlier than now."""
    def write(step: Step) -> None:
        if kind not in ACTIVITIES:
            raise Refusal(f"{kind} is no activity; there are {', '.join(ACTIVITIES)}.")
        if channel is not None and channel not in CHANNELS:
            raise Refusal(f"{channel} is no channel; there are {', '.join(CHANNELS)}.")
        moment = past(step, occurred_at)
        found = ACTIVITIES[kind] | {"channel": channel, "rep": step.person.id, "reason": note.strip() or None}
        event = step.event(found.pop("type"), moment, **found)
        step.after |= {"kind": kind, "event": event, "happened_at": moment}

    content = {"kind": kind, "channel": channel, "occurred_at": occurred_at, "note": note}
    return perform(con, signed, "log_activity", content, write, lead=lead)


def past(step: Step, occurred_at: dt.datetime | None) -> dt.datetime:
    """The instant of what is recorded now. Raises Refusal where it has not come yet."""
    if occurred_at is not None and occurred_at > step.at_instant:
        raise Refusal(f"{occurred_at:%Y-%m-%d %H:%M} UTC has not come yet: what is recorded has happened.")
    return occurred_at or step.at_instant


def record_search(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, note: str) -> Done:
    """Record that somebody searched the CRM for the history of a lead (W22); the note says where and for what."""
    def write(step: Step) -> None:
        needs(note, "where you searched, and for what")
        step.after |= {"event": step.event("history_searched", reason=note.strip())}

    return perform(con, signed, "record_search", {"note": note}, write, lead=lead)
