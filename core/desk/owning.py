"""Who owns a lead, where people decide it: transfers, findings of abuse, breaches.

What evaluation understands is used, nothing is faked: the end of an ownership is its event. The terms know no longer
ownership than their months, so an ownership cannot be extended for one lead: the months are a setting.
"""

import duckdb

from core.desk.conflicts import judge_place, rival
from core.desk.decisions import needs
from core.desk.decisions import standing as standing_decision
from core.desk.step import Done, Signed, Step, leads_of_partner, perform
from core.model import Refusal
from core.terms import catalogue


def transfer_ownership(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, to: str, reason: str) -> Done:
    """End the ownership of a lead and let another partner's lead for the same take its place.

    The other lead is judged free of rivals; it owns the account once it is accepted, from that day on.
    """
    def write(step: Step) -> None:
        needs(reason, "why the ownership changes hands")
        rival(step, to)
        now = standing_decision(step.con, lead)
        if now != "accepted":
            raise Refusal(f"{lead} is {now}, so there is no ownership to transfer.")
        step.event("disassociated", reason=reason.strip())
        judge_place(step, to, "pass", reason)
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
