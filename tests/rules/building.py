"""Facts documents for the rule tests: the happy path of a lead, and what is different this time.

Called by the tests of one program. `given` puts a test's document on the pile, `the_pile` evaluates all of a module's
at once, so that a file of some hundred documents takes seconds.

A day alone stands for 15:00 UTC of that day (17:00 for a referral); "2025-03-08 23:59:59.999" is taken as it is.
"""

import copy
import datetime as dt
import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest

from core import results
from core.terms import catalogue

HOURS = {"cerri": "15:00:00", "raf": "17:00:00", "ptr": "16:00:00"}
JUDGED = {
    "cerri": ("potential_client", "b2b_fit", "need_intent", "scale", "role_influence", "business_use_case",
              "identity_genuine", "not_competitor"),
    "raf": ("decision_role", "interest", "sales_qualification"),
    "ptr": ("decision_role", "interest"),
}
PATHS = {
    "cerri": (("outreach", 1), ("reply", 2), ("discovery_call", 9), ("verdicts", 9), ("approved", 17)),
    "raf": (("accepted", 2), ("outreach", 3), ("reply", 7), ("opportunity_created", 17), ("verdicts", 17),
            ("confirmed", 18)),
    "ptr": (("verdicts", 1), ("accepted", 1)),
}
DETAILS = {
    "outreach": {"channel": "email"},
    "reply": {"channel": "email", "automated": False},
    "discovery_call": {"status": "completed"},
    "opportunity_created": {"new": True},
}
PEOPLE = {
    "C1": {"org": "O1", "full_name": "Mia Chen", "email": "mia@northwind.example", "company": "Northwind Logistics",
           "role": "VP Operations"},
    "C2": {"org": "O1", "full_name": "Raj Patel", "email": "raj@northwind.example", "company": "Northwind Logistics",
           "role": "Director IT"},
    "C3": {"org": "O2", "full_name": "Ana Silva", "email": "ana@balticfoods.example", "company": "Baltic Foods",
           "role": "COO"},
}
COMPANIES = {
    "O1": {"name": "Northwind Logistics", "domain": "northwind.example", "kind": "business"},
    "O2": {"name": "Baltic Foods", "domain": "balticfoods.example", "kind": "business"},
    "O3": {"name": "Southwind Trading", "domain": "southwind.example", "kind": "business"},
}
PARTNER_KINDS = {"cerri": "affiliate", "raf": "customer_contact", "ptr": "referral_partner"}


def instant(text: str, hour: str = "15:00:00") -> str:
    """A day, or a day and a time, as an instant in UTC."""
    day, _, time = text.partition(" ")
    return f"{day}T{time or hour}Z"


def days_after(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day[:10]) + dt.timedelta(days)).isoformat()


@dataclass
class Story:
    """One lead with what happened on it."""

    lead: dict
    events: list[dict] = field(default_factory=list)
    verdicts: list[dict] = field(default_factory=list)


def _story(program: str, name: str, at: str, until: str | None, but: Iterable[str], judged: dict,
           fields: dict) -> Story:
    hour = HOURS[program]
    story = Story({"id": name, "program": program, "submitted_at": instant(at, hour), **fields})
    for step, days in PATHS[program] if until is not None else ():
        moment = instant(days_after(at, days), hour)
        if step == "verdicts":
            verdicts = dict.fromkeys(JUDGED[program], "pass") | judged
            story.verdicts = [
                {"lead": name, "criterion": criterion, "verdict": verdict, "by": "sales", "at": moment}
                for criterion, verdict in verdicts.items() if verdict
            ]
        elif step not in but:
            story.events.append({"type": step, "at": moment, "lead": name, **DETAILS.get(step, {})})
        if step == until:
            break
    if until is None and judged:
        moment = instant(days_after(at, 9), hour)
        story.verdicts = [{"lead": name, "criterion": criterion, "verdict": verdict, "by": "sales", "at": moment}
                          for criterion, verdict in judged.items()]
    return story


def sign_up(name: str = "L1", at: str = "2025-03-03", until: str | None = "approved", but: Iterable[str] = (),
            judged: dict | None = None, **fields: object) -> Story:
    """A Cerri lead on its happy path up to a step (None: nothing has happened yet), `but` for some steps."""
    base = {"partner": "A", "contact": "C1", "org": "O1", "channel": "trial_signup", "new_contact_record": True}
    return _story("cerri", name, at, until, but, judged or {}, base | fields)


def referral(name: str = "R1", at: str = "2025-02-03", until: str | None = "confirmed", but: Iterable[str] = (),
             judged: dict | None = None, **fields: object) -> Story:
    """A Refer-a-Friend lead on its happy path up to a step, `but` for some steps."""
    base = {"partner": "A", "contact": "C1", "org": "O1", "channel": "web_form", "products": ["integrator_io"],
            "expected_decision_date": days_after(at, 210)}
    return _story("raf", name, at, until, but, judged or {}, base | fields)


def registration(name: str = "P1", at: str = "2025-03-03", until: str | None = "accepted", but: Iterable[str] = (),
                 judged: dict | None = None, **fields: object) -> Story:
    """A referral partner's lead."""
    base = {"partner": "P", "contact": "C1", "org": "O1", "channel": "web_form", "products": ["integrator_io"],
            "source_context": "normal", "follow_up_with": "prospect",
            "expected_decision_date": days_after(at, 210)}
    return _story("ptr", name, at, until, but, judged or {}, base | fields)


def event(what: str, at: str, lead: str | None = None, /, **fields: object) -> dict:
    """An event; `lead` is left out where it concerns a contact, an organization or a partner."""
    return {"type": what, "at": instant(at), **({"lead": lead} if lead else {}), **fields}


def verdict(criterion: str, value: str, at: str, lead: str) -> dict:
    return {"lead": lead, "criterion": criterion, "verdict": value, "by": "sales", "at": instant(at)}


def activity(at: str = "2024-12-02", **fields: object) -> dict:
    """A meaningful meeting of a rep with Mia, in the sales cycle; a field of None is left out."""
    base = {"type": "sales_activity", "at": instant(at), "org": "O1", "contact": "C1", "rep": "rep1",
            "stage": "in_sales_cycle", "kind": "meeting", "meaningful": "yes", "occurred_at": instant(at),
            "logged_at": instant(at)}
    return {name: value for name, value in (base | fields).items() if value is not None}


def document(*stories: Story, events: Iterable[dict] = (), verdicts: Iterable[dict] = (), as_of: str,
             settings: dict | None = None, plus: Iterable[str] = (), **changed: dict) -> dict:
    """Stories with the partners, contacts and organizations that they name; `changed` gives fields of one by its id.

    plus: ids of further contacts and organizations.
    """
    leads = [copy.deepcopy(one.lead) for one in stories]
    kinds = {one["partner"]: PARTNER_KINDS[one["program"]] for one in leads}
    named = {value for one in leads for value in (one.get("contact"), one.get("org"))} | {*plus, *changed}
    contacts = {one: PEOPLE.get(one, {}) | changed.get(one, {}) for one in named if one and one.startswith("C")}
    named |= {one.get("org") for one in contacts.values()}
    organizations = {one: COMPANIES.get(one, {}) | changed.get(one, {}) for one in named if one and one[0] == "O"}
    partners = {one: _partner(one, kind) | changed.get(one, {}) for one, kind in kinds.items()}
    partners |= {one: _partner(one, "affiliate") | changed.get(one, {}) for one in plus if one in "ABDEFP"}
    return {
        "as_of": instant(as_of),
        "settings": settings or {},
        "partners": [{"id": name, **row} for name, row in sorted(partners.items())],
        "organizations": [{"id": name, **row} for name, row in sorted(organizations.items())],
        "contacts": [{"id": name, **row} for name, row in sorted(contacts.items())],
        "leads": leads,
        "events": [*(one for story in stories for one in story.events), *events],
        "verdicts": [*(one for story in stories for one in story.verdicts), *verdicts],
    }


def _partner(name: str, kind: str) -> dict:
    if kind == "affiliate":
        host = f"aff-{name.lower()}.example"
        return {"kind": kind, "name": f"Affiliate {name}", "email": f"owner@{host}", "domain": host, "country": "US"}
    if kind == "referral_partner":
        return {"kind": kind, "name": f"Partner {name}", "country": "US", "check_address": "1 Main St",
                "check_address_confirmed_at": "2023-01-10T12:00:00Z"}
    return {"kind": kind, "first_name": f"First{name}", "last_name": f"Last{name}",
            "email": f"{name.lower()}@customer-{name.lower()}.example", "country": "US"}


class Pile:
    """The documents of a test module, evaluated together when the first test asks."""

    def __init__(self) -> None:
        self.documents: list[dict] = []
        self._results: dict[int, dict] = {}

    def put(self, one: dict) -> int:
        """Add a document; returns the number under which its result is found."""
        self.documents.append({**one, "id": str(len(self.documents))})
        return len(self.documents) - 1

    def result(self, number: int) -> dict:
        if not self._results:
            self._results = {int(one["id"]): one for one in evaluated(self.documents)}
        return self._results[number]

    def given(self, one: dict) -> Callable:
        """Hand a test the result of one document, as its only argument."""
        number = self.put(one)

        def with_result(test: Callable) -> Callable:
            @functools.wraps(test)
            def run() -> None:
                test(self.result(number))

            del run.__wrapped__  # pytest would ask for the arguments of the test itself
            return run

        return with_result


    def each(self, rows: dict[str, tuple[dict, dict]]) -> pytest.MarkDecorator:
        """Run a test once per row, with the number of its document and what is expected; the sentences name them."""
        numbered = [(self.put(one), expected) for one, expected in rows.values()]
        return pytest.mark.parametrize(("number", "expected"), numbered, ids=list(rows))


def evaluated(documents: list[dict]) -> list[dict]:
    return list(results.of_lines([json.dumps(one) for one in documents], catalogue()))


def check(result: dict, lead: str = "L1", *, says: dict | None = None, **expected: object) -> None:
    """Compare what is named; lists whose order means nothing are compared as sets.

    Of a lead: disposition, reason, also, pending_on, flags, owner, owner_status, last_owner, criteria (some of them);
    of the document: conflicts [(winner, loser, clause)], payouts (some fields each), clocks and duties {name: value or
    None where it is not listed}. says: words that the sentence of a criterion contains.
    """
    assert "error" not in result, result["error"]
    found = result["leads"][lead]
    wrong = [
        f"{name} is {got}, not {wanted}"
        for name, wanted in expected.items()
        for got, wanted in [_beside(result, lead, found, name, wanted)]
        if got != wanted
    ]
    sentences = {one: result["findings"][lead][one]["because"] for one in says or {}}
    wrong += [f"{one!r} is not in: {sentences[name]}" for name, words in (says or {}).items() for one in words
              if one not in sentences[name]]
    assert wrong == [], f"{wrong}; {lead} is {found['disposition']} for {found['reason']}, open {found['pending_on']}"


def _beside(result: dict, lead: str, found: dict, name: str, wanted: object) -> tuple[object, object]:
    """What was found and what was wanted, in the same form."""
    if name in ("pending_on", "flags"):
        return set(found[name]), set(wanted)
    if name == "criteria":
        return {one: found["criteria"][one] for one in wanted}, wanted
    if name == "conflicts":
        return {(one["winner"], one["loser"], one["clause"]) for one in result["conflicts"]}, set(wanted)
    if name == "payouts":
        full = [{"overdue": False, **one} for one in result["payouts"]]
        if len(full) != len(wanted):
            return full, wanted
        return [{key: got[key] for key in one} for got, one in zip(full, wanted, strict=True)], wanted
    if name == "clocks":
        clocks = {one["clock"]: (one["due"], one["state"]) for one in result["clocks"] if one["lead"] == lead}
        return {one: clocks.get(one) for one in wanted}, wanted
    if name == "duties":
        duties = {one["duty"]: one["state"] for one in result["duties"] if one["lead"] == lead}
        return {one: duties.get(one) for one in wanted}, wanted
    return found[name], wanted


def until(one: dict, as_of: str) -> dict:
    """The same document at another moment, without what its own moment could not know yet."""
    return {
        **one,
        "as_of": as_of,
        **{name: [row for row in one[name] if _at(row["at"]) <= _at(one["as_of"])] for name in ("events", "verdicts")},
    }


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def wrong_change_days(documents: list[dict], zone_of: Callable[[dict], dt.tzinfo]) -> list[str]:
    """Findings whose verdict does not change exactly on the day they announce, or changes though they announce none.

    Documents are evaluated again at the last instant before each announced day, at its first instant, and ten years
    later with nothing new happening; of findings that say the same but for their days, three.
    """
    documents = [until(one, one["as_of"]) for one in documents]
    now = evaluated(documents)
    announced, said = [], Counter()
    for number, (one, result) in enumerate(zip(documents, now, strict=True)):
        for lead, findings in result["findings"].items():
            for criterion, found in findings.items():
                alike = (criterion, re.sub(r"\d+ \w+ \d{4}|[LRP]\d", "", found["because"]), str(one["settings"]))
                said[alike] += 1
                if said[alike] <= 3:
                    moments = _moments(one["as_of"], found["changes_on"], zone_of(one))
                    announced.append((number, lead, criterion, found["verdict"], moments))
    asked = sorted({(number, moment) for number, *_, moments in announced for moment in moments})
    later = dict(zip(asked, evaluated([until(documents[number], moment) for number, moment in asked]), strict=True))
    wrong = []
    for number, lead, criterion, verdict_now, moments in announced:
        seen = [later[number, moment]["leads"][lead]["criteria"][criterion] for moment in moments]
        if seen[0] != verdict_now or (len(seen) == 2 and seen[1] == verdict_now):
            wrong.append(f"document {documents[number]['id']}, {lead}.{criterion}: {verdict_now}, {moments}: {seen}")
    return wrong


def in_other_order(one: dict) -> dict:
    """The same document with all its rows back to front."""
    return {name: rows[::-1] if isinstance(rows, list) else rows for name, rows in one.items()}


def _moments(as_of: str, day: str | None, zone: dt.tzinfo) -> list[str]:
    if day is None:
        return [f"{int(as_of[:4]) + 10}-12-01T12:00:00Z"]
    midnight = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), zone).astimezone(dt.UTC)
    return [f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
            for moment in (midnight - dt.timedelta(milliseconds=1), midnight)]
