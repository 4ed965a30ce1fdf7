"""Partner and referral leads as facts documents in few words, and how a result is compared with what is expected.

Used by the tests of core/rules for both Celigo programs. A case names its story in one sentence; a module evaluates
all its cases side by side once, as core.results does for documents.
"""

import datetime as dt
import json
from dataclasses import dataclass, field

from core import results
from core.terms import catalogue

A_DAY = dt.timedelta(1)
ACCEPTED_AS_OF = "2025-06-20T15:00:00Z"

PARTNERS = [
    *({"id": one, "kind": "referral_partner", "name": f"Partner {one}", "country": "US",
       "check_address": f"1 Main St, {one}", "check_address_confirmed_at": "2023-01-10T12:00:00Z"} for one in "ABCD"),
    *({"id": one, "kind": "customer_contact", "first_name": f"First{one}", "last_name": f"Last{one}",
       "email": f"{one.lower()}@customer-{one.lower()}.example", "country": "US"} for one in "STU"),
]
ORGANIZATIONS = [
    {"id": "O1", "name": "Northwind Logistics", "domain": "northwind.example", "kind": "business"},
    {"id": "O2", "name": "Fabrikam", "domain": "fabrikam.example", "kind": "business"},
]
CONTACTS = [
    {"id": "C1", "org": "O1", "full_name": "Mia Chen", "email": "mia@northwind.example", "role": "VP Operations"},
    {"id": "C2", "org": "O1", "full_name": "Raj Patel", "email": "raj@northwind.example", "role": "Director IT"},
    {"id": "C3", "org": "O2", "full_name": "Zoe Diaz", "email": "zoe@fabrikam.example", "role": "CFO"},
]


def at(day: str) -> str:
    """An instant: a bare day means four in the afternoon UTC."""
    return day if "T" in day else f"{day}T16:00:00Z"


def lead(name: str, program: str, partner: str, on: str, **more: object) -> dict:
    """A lead for Mia Chen of Northwind through the form, unless said otherwise."""
    decides = (dt.date.fromisoformat(on[:10]) + 210 * A_DAY).isoformat()
    return {
        "id": name, "program": program, "partner": partner, "contact": "C1", "org": "O1", "submitted_at": at(on),
        "channel": "web_form", "products": ["integrator_io"], "expected_decision_date": decides,
        **({"source_context": "normal", "follow_up_with": "prospect"} if program == "ptr" else {}), **more,
    }


def ptr(name: str = "P1", partner: str = "A", on: str = "2025-03-03", **more: object) -> dict:
    """A registration by a referral partner."""
    return lead(name, "ptr", partner, on, **more)


def raf(name: str = "R1", partner: str = "S", on: str = "2025-03-03", **more: object) -> dict:
    """A referral by a friend."""
    return lead(name, "raf", partner, on, **more)


def event(type_: str, on: str, lead: str | None = None, /, **more: object) -> dict:
    """Something that happened."""
    return {"type": type_, "at": at(on), **({"lead": lead} if lead else {}), **more}


def accepted(lead: str = "P1", on: str = "2025-03-04") -> dict:
    """Celigo accepts a lead."""
    return event("accepted", on, lead, by="channel")


def rejected(lead: str = "P1", on: str = "2025-03-05", **more: object) -> dict:
    """Celigo rejects a lead, with a reason."""
    return event("rejected", on, lead, by="channel", **{"reason": "registration incomplete", **more})


def judged(lead: str = "P1", on: str = "2025-03-04", **verdicts: str) -> list[dict]:
    """People's verdicts."""
    return [{"lead": lead, "criterion": criterion, "verdict": verdict, "by": "channel", "at": at(on)}
            for criterion, verdict in verdicts.items()]


def valid(lead: str = "P1", on: str = "2025-03-04") -> list[dict]:
    """The two parts of the definition that only a person can judge."""
    return judged(lead, on, decision_role="pass", interest="pass")


def held(name: str = "P1", partner: str = "A", on: str = "2025-03-03", accepted_on: str = "2025-03-04",
         **more: object) -> list[dict]:
    """A registration that was judged valid and accepted."""
    return [ptr(name, partner, on, **more), accepted(name, accepted_on), *valid(name, accepted_on)]


def sold(lead: str = "P1", won: str = "2025-06-02", paid: str = "2025-06-16", transaction: str = "T1",
         **payment: object) -> list[dict]:
    """A deal won and one payment of the customer for it."""
    amounts = {"subscription_amount": 60000, "other_amount": 15000, "currency": "USD", **payment}
    return [event("deal_won", won, lead, transaction=transaction),
            event("customer_payment", paid, lead, transaction=transaction, **amounts)]


def activity(logged: str, occurred: str | None = None, **more: object) -> dict:
    """A meaningful activity of a rep in the sales cycle at Northwind."""
    occurred = occurred or logged
    return {"type": "sales_activity", "at": at(occurred), "occurred_at": at(occurred), "logged_at": at(logged),
            "org": "O1", "rep": "rep1", "stage": "in_sales_cycle", "kind": "meeting", "meaningful": "yes",
            **more}


def document(*parts: dict | list, as_of: str = ACCEPTED_AS_OF, settings: dict | None = None,
             partners: list[dict] = (), organizations: list[dict] = (), contacts: list[dict] = ()) -> dict:
    """A facts document from leads, events and verdicts in any order; parties given replace those of the same id."""
    rows = [row for part in parts for row in (part if isinstance(part, list) else [part])]

    def with_others(given: list[dict], usual: list[dict]) -> list[dict]:
        names = {one["id"] for one in given}
        return [*given, *(one for one in usual if one["id"] not in names)]

    return {
        "as_of": at(as_of), "settings": settings or {},
        "partners": with_others(list(partners), PARTNERS),
        "organizations": with_others(list(organizations), ORGANIZATIONS),
        "contacts": with_others(list(contacts), CONTACTS),
        "leads": [row for row in rows if "program" in row and "submitted_at" in row],
        "events": [row for row in rows if "type" in row],
        "verdicts": [row for row in rows if "verdict" in row],
    }


@dataclass
class Case:
    """A story, its document and what must come out.

    leads: by id, the fields named; `criteria`, `flags` and `pending_on_also` need only contain what is named,
    `without` names flags that must not be there. conflicts, payouts: complete where given; payouts with the fields
    named. clocks: by lead, the due day and state of the response clock, or None. duties: by lead, the state per duty.
    """

    story: str
    document: dict
    leads: dict[str, dict] = field(default_factory=dict)
    conflicts: list[tuple[str, str, str]] | None = None
    payouts: list[dict] | None = None
    clocks: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    duties: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.story.replace(" ", "_")


def evaluated(documents: list[dict]) -> list[dict]:
    """The results of documents, in their order; evaluated side by side."""
    lines = [json.dumps({"id": str(number), **one}) for number, one in enumerate(documents)]
    found = list(results.of_lines(lines, catalogue()))
    return found


def outcomes_of(cases: list[Case]) -> dict[str, dict]:
    """The result per story."""
    stories = [case.story for case in cases]
    assert len(set(stories)) == len(stories), [one for one in stories if stories.count(one) > 1]
    return dict(zip(stories, evaluated([case.document for case in cases]), strict=True))


def differences(case: Case, result: dict) -> list[str]:
    """What the result has otherwise than the case expects."""
    if "error" in result:
        return [str(result["error"])]
    found = []
    for name, wanted in case.leads.items():
        got = result["leads"][name]
        for key, value in wanted.items():
            if key == "criteria":
                found += [f"{name}: {criterion} is {got['criteria'][criterion]}, not {verdict}"
                          for criterion, verdict in value.items() if got["criteria"][criterion] != verdict]
            elif key == "flags":
                found += [f"{name}: flag {flag} is missing" for flag in value if flag not in got["flags"]]
            elif key == "without":
                found += [f"{name}: flag {flag} is too much" for flag in value if flag in got["flags"]]
            elif key == "pending_on":
                if sorted(got[key]) != sorted(value):
                    found.append(f"{name}: pending on {sorted(got[key])}, not {sorted(value)}")
            elif key == "pending_on_also":
                found += [f"{name}: not pending on {one}" for one in value if one not in got["pending_on"]]
            elif key == "not_pending_on":
                found += [f"{name}: pending on {one}" for one in value if one in got["pending_on"]]
            elif got[key] != value:
                found.append(f"{name}: {key} is {got[key]!r}, not {value!r}")
    if case.conflicts is not None:
        got = [(one["winner"], one["loser"], one["clause"]) for one in result["conflicts"]]
        if sorted(got) != sorted(case.conflicts):
            found.append(f"conflicts are {sorted(got)}, not {sorted(case.conflicts)}")
    if case.payouts is not None:
        got = sorted(({"overdue": False, **one} for one in result["payouts"]), key=lambda one: one["lead"])
        if len(got) != len(case.payouts):
            found.append(f"{len(got)} payouts, not {len(case.payouts)}: {got}")
        for one, wanted in zip(got, case.payouts, strict=False):
            found += [f"payout {key} is {one[key]!r}, not {value!r}" for key, value in wanted.items()
                      if (sorted(one[key]) != sorted(value) if key == "blockers" else one[key] != value)]
    clocks = {one["lead"]: (one["due"], one["state"]) for one in result["clocks"] if one["clock"] == "response_sla"}
    found += [f"{name}: clock is {clocks.get(name)}, not {wanted}"
              for name, wanted in case.clocks.items() if clocks.get(name) != wanted]
    duties = {(one["lead"], one["duty"]): one["state"] for one in result["duties"]}
    found += [f"{name}: {duty} is {duties.get((name, duty))}, not {state}"
              for name, wanted in case.duties.items() for duty, state in wanted.items()
              if duties.get((name, duty)) != state]
    return found
