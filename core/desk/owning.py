"""Who owns a lead, where people decide it: conflict cases, transfers, findings of abuse, breaches.

What evaluation understands is used, nothing is faked: a settlement is a pair of human verdicts on the ownership
criteria, the end of an ownership is its event. The terms know no longer ownership than their months, so an ownership
cannot be extended for one lead: the months are a setting.
"""

import duckdb

from core.desk.decisions import needs
from core.desk.decisions import standing as standing_decision
from core.desk.step import Done, Signed, Step, lead_row, leads_of_partner, perform
from core.model import Refusal
from core.rules.ownership import CRITERIA
from core.terms import catalogue


def open_conflict(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, other: str, note: str) -> Done:
    """Open a case on which of two leads has priority."""
    def write(step: Step) -> None:
        needs(note, "what is in question")
        _rival(step, other)
        if any({lead, other} == {one["lead"], one["other_lead"]} for one in step.read("open_conflicts.sql", lead=lead)):
            raise Refusal(f"There is an open case between {lead} and {other} already.")
        row = step.put("conflict_cases", {"lead": lead, "other_lead": other, "note": note.strip(),
                                          "opened_by": step.person.id})
        step.touched.add(other)
        step.after |= {"case": row, "other": other}

    return perform(con, signed, "open_conflict", {"other": other, "note": note}, write, lead=lead)


def _rival(step: Step, other: str) -> dict:
    found = lead_row(step.con, other)
    companies = {catalogue().programs[one["program"]].company for one in (step.lead, found)}
    if other == step.lead["lead"] or len(companies) > 1 or found["partner"] == step.lead["partner"]:
        raise Refusal(f"{other} is no lead of another partner of the same company.")
    return found


def settle_conflict(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, case: str, winner: str,
                    reason: str) -> Done:
    """Settle an open case: the winner's ownership criteria are judged met, those of the other not met."""
    def write(step: Step) -> None:
        needs(reason, "the reason of the settlement")
        found = {row["id"]: row for row in step.read("open_conflicts.sql", lead=lead)}
        if case not in found:
            raise Refusal(f"{case} is no open case on {lead}.")
        pair = (found[case]["lead"], found[case]["other_lead"])
        if winner not in pair:
            raise Refusal(f"{winner} is not part of the case; it is between {pair[0]} and {pair[1]}.")
        for one in pair:
            _judge_place(step, one, "pass" if one == winner else "fail", reason)
        step.put("conflict_settlements", {"conflict_case": case, "lead": lead, "winner": winner,
                                          "note": reason.strip(), "settled_by": step.person.id})
        step.touched |= set(pair)
        step.after |= {"case": case, "winner": winner}

    content = {"case": case, "winner": winner, "reason": reason}
    return perform(con, signed, "settle_conflict", content, write, lead=lead)


def _judge_place(step: Step, lead: str, verdict: str, reason: str) -> None:
    """A verdict on each criterion that says whether a lead came first and whether another owned it."""
    program = lead_row(step.con, lead)["program"]
    for (of_program, _), criterion in CRITERIA.items():
        if of_program == program:
            step.put("verdicts", {"lead": lead, "criterion": criterion, "verdict": verdict,
                                  "decided_by": step.person.id, "note": reason.strip(),
                                  "happened_at": step.at_instant})


def transfer_ownership(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, to: str, reason: str) -> Done:
    """End the ownership of a lead and let another partner's lead for the same take its place.

    The other lead is judged free of rivals; it owns the account once it is accepted, from that day on.
    """
    def write(step: Step) -> None:
        needs(reason, "why the ownership changes hands")
        _rival(step, to)
        now = standing_decision(step.con, lead)
        if now != "accepted":
            raise Refusal(f"{lead} is {now}, so there is no ownership to transfer.")
        step.event("disassociated", reason=reason.strip())
        _judge_place(step, to, "pass", reason)
        step.touched.add(to)
        step.before |= {"owner": step.lead["owner"]}
        step.after |= {"to": to}

    return perform(con, signed, "transfer_ownership", {"to": to, "reason": reason}, write, lead=lead)


FINDINGS = ("false_lead", "abuse", "unsolicited")


def record_finding(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, kind: str, note: str) -> Done:
    """Record that abuse was found on a lead; `unsolicited` bars its partner from that moment on (raf.invalid.5)."""
    def write(step: Step) -> None:
        needs(note, "what was found")
        if kind not in FINDINGS:
            raise Refusal(f"{kind} is no finding; there are {', '.join(FINDINGS)}.")
        step.event("abuse_finding", kind=kind, partner=step.lead["partner"], reason=note.strip())
        step.bears_on |= set(leads_of_partner(step, step.lead["partner"]))
        step.after |= {"kind": kind}

    return perform(con, signed, "record_finding", {"kind": kind, "note": note}, write, lead=lead)


def record_breach(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, kind: str, note: str,
                  customer_asked: str = "unknown", partner: str | None = None) -> Done:
    """Record a breach. kind: competitor_suggested by the lead's partner (customer_asked: yes, no, unknown;
    ptr.maintain.1a), or partner_introduced by the company (partner: who was brought in; ptr.maintain.1b)."""
    def write(step: Step) -> None:
        needs(note, "what happened")
        own = step.lead
        if kind == "competitor_suggested":
            if customer_asked not in ("yes", "no", "unknown"):
                raise Refusal("Whether the customer asked takes yes, no or unknown.")
            step.event(kind, partner=own["partner"], customer_asked=customer_asked, reason=note.strip())
        elif kind == "partner_introduced":
            if partner is None or not step.read("partner.sql", partner=partner):
                raise Refusal("Say which partner was brought in; it must be known here.")
            company = catalogue().programs[own["program"]].company
            step.event(kind, partner=partner, org=own["org"], org_key=own["org_key"], decided_by=company,
                       reason=note.strip())
        else:
            raise Refusal(f"{kind} is no breach; there are competitor_suggested and partner_introduced.")
        step.bears_on |= set(leads_of_partner(step, own["partner"]))
        step.after |= {"kind": kind}

    content = {"kind": kind, "note": note, "customer_asked": customer_asked, "partner": partner}
    return perform(con, signed, "record_breach", content, write, lead=lead)
