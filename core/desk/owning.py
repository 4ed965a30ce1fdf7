"""Who owns a lead, where people decide it: extensions, transfers, findings of abuse, breaches.

What evaluation understands is used, nothing is faked: the extension and the end of an ownership are events of their
own. The terms give every lead the same months; more for one of them is a decision of the program, with its reason.
"""

import datetime as dt

import duckdb

from core import days, people, store
from core.desk.conflicts import judge_place, refuse_other_stale, rival
from core.desk.decisions import needs
from core.desk.decisions import standing as standing_decision
from core.desk.step import Done, Signed, Step, leads_of_partner, perform
from core.model import LAST_YEAR, Refusal
from core.terms import catalogue


def extend_ownership(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, until_on: dt.date, reason: str) -> Done:
    """Let the partner keep a lead that it owns until a later local day, the day included (ptr.process.3.1.1a).

    Evaluation follows: nobody else can take the place until then, and a deal won until then earns its commission.
    """
    def write(step: Step) -> None:
        needs(reason, "why the partner keeps the lead longer")
        if refused := why_not_extend(step.con, step.lead, step.at_instant):
            raise Refusal(refused)
        if until_on <= step.lead["owner_until"]:
            raise Refusal(f"The ownership of {lead} runs until {step.lead['owner_until']} already. Name a later day.")
        if until_on.year >= LAST_YEAR:
            raise Refusal(f"An ownership until {until_on} never ends. Name a day before the year {LAST_YEAR}.")
        step.event("ownership_extended", until_on=until_on, reason=reason.strip())
        step.before |= {"owner_until": str(step.lead["owner_until"])}
        step.after |= {"owner_until": str(until_on)}

    return perform(con, signed, "extend_ownership", {"until_on": str(until_on), "reason": reason}, write, lead=lead)


def why_not_extend(con: duckdb.DuckDBPyConnection | store.Within, lead: dict, at_instant: dt.datetime) -> str | None:
    """None where a lead (a row of lead.sql) is owned until a day that has not passed, else one sentence."""
    if lead["owner_status"] != "confirmed" or lead["owner_until"] is None:
        return f"{lead['lead']} is not owned now, so there is no ownership to extend."
    if days.local_day(at_instant, days.zones(con)[lead["program"]]) > lead["owner_until"]:
        return f"The ownership of {lead['lead']} ended on {lead['owner_until']}; what has ended is not extended."
    return None


def transfer_ownership(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, to: str, reason: str,
                       other_version: int | None = None) -> Done:
    """End the ownership of a lead and let another partner's lead for the same take its place.

    The other lead is judged free of rivals; it owns the account once it is accepted, from that day on.
    other_version: of that lead, as it was shown.
    """
    def write(step: Step) -> None:
        needs(reason, "why the ownership changes hands")
        rival(step, to)
        refuse_other_stale(step, to, other_version)
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
        event = step.event("abuse_finding", kind=kind, partner=step.lead["partner"], reason=note.strip())
        step.bears_on |= set(leads_of_partner(step, step.lead["partner"]))
        step.after |= {"kind": kind, "finding": event}

    return perform(con, signed, "record_finding", {"kind": kind, "note": note}, write, lead=lead)


def resolve_finding(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, finding: str, reason: str) -> Done:
    """Release the money that a finding of abuse or a refund holds, with a reason; not by who recorded it.

    finding: the event.

    What the rules make of it stays as it is: whether the lead qualifies, and whether its partner is barred. What was
    earned on money that the customer got back stays earned in full (AMB-29); a correction of the line takes of it.
    """
    def write(step: Step) -> None:
        needs(reason, "why it holds no money any more")
        found = {row["id"]: row for row in step.read("open_findings.sql", lead=lead, person=step.person.id)}
        if finding not in found:
            raise Refusal(f"{finding} is no finding or refund that holds the money of {lead}.")
        if found[finding]["is_own"]:
            raise people.Forbidden("Who recorded it does not resolve it: ask another of channel or a manager.")
        step.put("finding_resolutions", {"finding": finding, "lead": lead, "note": reason.strip(),
                                         "resolved_by": step.person.id})
        step.after |= {"finding": finding}

    return perform(con, signed, "resolve_finding", {"finding": finding, "reason": reason}, write, lead=lead)


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
