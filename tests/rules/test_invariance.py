"""What must not matter: the order of rows, who else is evaluated beside, and what came to be known later.

Random worlds of all three programs, from fixed seeds, mix every kind of party, lead, event and verdict; whatever they
give, they must give it again.
"""

import copy
import datetime as dt
import json
import random
from pathlib import Path

import duckdb
import pytest

from core import results, store
from core.kept import connected, explain
from core.terms import catalogue

WORLDS = 200
START = dt.datetime(2025, 1, 6, 10)
CRITERIA = {
    "ptr": ["decision_role", "interest", "purchase_12m", "product_not_in_use", "not_active_prospect",
            "not_owned_by_other", "first_submitter", "no_competitor_suggested", "submitted_by_form"],
    "raf": ["decision_role", "interest", "purchase_12m", "sales_qualification", "still_engaged", "first_submitter",
            "not_accepted_elsewhere", "not_repeat", "product_eligible", "replied_30d", "source_not_barred"],
    "cerri": ["potential_client", "b2b_fit", "need_intent", "scale", "role_influence", "business_use_case",
              "identity_genuine", "not_competitor", "requirements_sufficient", "not_duplicate", "not_self_referral"],
}
PRODUCTS = ["integrator_io", "b2b_manager", "cloudextend_excel", "cloudextend_any", "services", "free_edition"]
SETTINGS = [
    {}, {}, {"ptr.commission_rate": 0.1, "raf.bonus_amount": 500},
    {"ptr.near_match": "conflict", "raf.near_match": "ignore", "timezone": "America/Los_Angeles"},
    {"ptr.on_first_rejected": "revive", "raf.on_first_rejected": "review", "ptr.second_while_pending": "hold"},
    {"ptr.same_lead_match": "organization", "raf.same_lead_match": "organization_product"},
    {"ptr.active_prospect_clock": "either", "raf.active_prospect_clock": "occurred",
     "ptr.exclude_partner_sourced_activity": True, "product_in_use_scope": "group", "ptr.commission_rate": 0.029},
    {"rule_versions": [{"from": "2025-03-01", "ptr.ownership_months": 1, "raf.reply_days": 10,
                        "cerri.duplicate.window_months": 3}]},
    {"cerri.qualification_final_at": "payout", "cerri.unresponsive_days": 20, "raf.typical_criteria": "hard",
     "raf.accepted_elsewhere.measured_at": "decision", "ptr.computed_fail_after_acceptance": "reject"},
]


def written(moment: dt.datetime) -> str:
    return moment.isoformat() + "Z"


class World:
    """One random world whose names no other shares."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.extending = random.Random(seed)  # drawn apart: what else happens is the same with and without
        self.prefix = f"w{seed}"
        self.rows = 0
        self.calm = seed % 3 > 0  # most worlds go well enough for leads to come through

    def one(self, *choices: object) -> object:
        return self.random.choice(choices)

    def some(self, chance: float) -> bool:
        return self.random.random() < chance

    def name(self, kind: str, number: int) -> str:
        return f"{self.prefix}{kind}{number}"

    def when(self, first: dt.datetime = START, days: int = 300) -> dt.datetime:
        """An instant of a coarse grid, so that ties come up."""
        return first + dt.timedelta(days=self.random.randrange(days), hours=self.one(0, 0, 6, 13))

    def parties(self) -> tuple[list[dict], list[dict], list[dict]]:
        organizations: list[dict] = []
        for n in range(self.one(2, 3, 4)):
            domain = f"{self.prefix}-{n}.example" if self.some(0.7) else None
            organizations.append({
                "id": self.name("O", n), "name": f"{self.prefix.title()} {self.one('North', 'South')} {self.one('Inc', '')}",
                "domain": domain, "kind": self.one("business", "agency", "competitor", None),
                "parent": self.name("O", self.random.randrange(n)) if n and self.some(0.4) else None,
                "customer_products": [
                    {"product": self.one(*PRODUCTS), "purchased_at": self.one("2023-01-01", "2025-02-01", None),
                     "in_use": self.one(True, True, False, None), "contract_end": self.one(None, "2025-03-01")}
                    for product in [self.one(*PRODUCTS)] if self.some(0.4)
                ],
            })
        partners = [
            {"id": self.name("A", n), "kind": kind, "name": f"Partner {n}", "country": self.one("US", "DE", None),
             "email": f"p{n}@{self.prefix}-{self.one('x', '0')}.example", "first_name": self.one("Ann", None),
             "last_name": "Low", "check_address": self.one("1 Main St", None),
             "check_address_confirmed_at": self.one("2025-02-01T00:00:00Z", None), "wire_details": self.one("IBAN", None)}
            for n, kind in enumerate(["referral_partner"] * 3 + ["customer_contact"] * 2 + ["affiliate"] * 2)
        ]
        contacts = []
        for n in range(self.one(2, 3, 4, 5)):
            local = self.one("mia", "raj", "zoe", "info")
            host = self.one(f"{self.prefix}-0.example", f"{self.prefix}-1.example", "gmail.com")
            local = f"{local}.{self.prefix}" if host == "gmail.com" else local
            address = self.one(f"{local}@{host}", f"{local}@{host}", f"{local.upper()}+a@{host}", None)
            contacts.append({
                "id": self.name("C", n), "org": self.one(None, *[one["id"] for one in organizations]),
                "full_name": self.one("Mia Chen", "Raj Patel", None), "email": address,
                "company": self.one(None, f"{self.prefix} North"), "role": self.one("CFO", None),
                "employer_partner": self.one(None, None, self.name("A", 5)),
            })
        return organizations, partners, contacts

    def document(self, with_settings: bool = True) -> dict:
        organizations, partners, contacts = self.parties()
        self.orgs, self.people = [one["id"] for one in organizations], [one["id"] for one in contacts]
        by_program = {"ptr": partners[:3], "raf": partners[3:5], "cerri": partners[5:]}
        leads = []
        for n in range(self.one(3, 4, 5, 6, 7)):
            program = self.one("ptr", "ptr", "raf", "raf", "cerri")
            channel = self.one(*["web_form"] * 8, "email") if program != "cerri" else self.one(
                "trial_signup", "contact_form", "page_view", "email")
            came = self.when(days=60)
            leads.append({
                "id": self.name("L", n), "program": program, "partner": self.one(*by_program[program])["id"],
                "contact": self.one(None, *self.people * 3, *self.people[:1] * 6), "org": self.one(None, None, *self.orgs),
                "submitted_at": written(came), "channel": channel if self.some(0.95) else None,
                "new_contact_record": self.one(True, False, None) if program == "cerri" else None,
                "first_click_at": written(came - dt.timedelta(3)) if self.some(0.3) else None,
                "products": ["integrator_io"] if self.calm and self.some(0.8) else self.random.sample(PRODUCTS, self.one(0, 1, 1, 2)),
                "expected_decision_date": "2025-08-01" if self.calm and self.some(0.9) else self.one(
                    "2025-08-01", "2026-12-31", None),
                "source_context": "normal" if self.calm else self.one("normal", "purchased_list", "trade_show"),
                "follow_up_with": self.one("prospect", "partner", None),
                "deal_stage_at_submission": self.one(None, "proposal"),
                "history_lookup": None if self.calm else self.one(None, None, "unavailable"),
            })
        events = [one for lead in leads for one in self.course(lead)] + self.around(leads)
        verdicts = [
            {"id": f"{self.prefix}v{n}", "lead": lead["id"], "criterion": criterion, "by": self.one("channel", "sales"),
             "verdict": self.one("pass", "pass", "pass", "fail", "unknown") if self.some(0.15 if self.calm else 1) else "pass",
             "at": written(self.when(dt.datetime.fromisoformat(lead["submitted_at"][:-1]), 40))}
            for n, (lead, criterion) in enumerate(
                (lead, criterion) for lead in leads for criterion in self.judged(lead["program"])
            )
        ]
        for row in (*events, *verdicts):
            if self.some(0.2):
                happened = dt.datetime.fromisoformat(row["at"][:-1])
                row["recorded_at"] = written(happened + dt.timedelta(days=self.random.randrange(60)))
        return {
            "id": self.prefix, "as_of": written(self.when(dt.datetime(2025, 2, 1), 450)),
            "settings": self.one(*SETTINGS) if with_settings else {}, "partners": partners,
            "organizations": organizations, "contacts": contacts, "leads": leads, "events": events,
            "verdicts": verdicts,
        }

    def judged(self, program: str) -> list[str]:
        """What people judged: in calm worlds mostly what only people can."""
        mine = 9 if program == "cerri" else 2 if program == "ptr" else 4
        chance = {True: (0.9, 0.08), False: (0.5, 0.3)}[self.calm]
        return [name for n, name in enumerate(CRITERIA[program]) if self.some(chance[n >= mine])]

    def event(self, type_: str, at: dt.datetime, /, **more: object) -> dict:
        self.rows += 1
        return {"id": f"{self.prefix}e{self.rows}", "type": type_, "at": written(at), **more}

    def course(self, lead: dict) -> list[dict]:
        came, name, partner = dt.datetime.fromisoformat(lead["submitted_at"][:-1]), lead["id"], lead["partner"]

        def on(type_: str, days: int = 40, /, **more: object) -> dict:
            return self.event(type_, self.when(came, days), lead=name, **more)

        kinds = [
            (0.7, lambda: on("outreach", 20, channel="email")),
            (0.6, lambda: on("reply", 50, channel=self.one("email", "phone", "chat"), automated=self.some(0.2))),
            (0.3, lambda: on("engagement", 120)), (0.15, lambda: on("disengaged", 120)),
            (0.3, lambda: on("discovery_call", status=self.one("completed", "booked", "no_show"))),
            (0.2, lambda: on("requirements_received")), (0.7, lambda: on("accepted", 15, by="channel")),
            (0.15, lambda: on("accepted", 60, by="channel")),
            (0.25, lambda: on("rejected", 30, by="channel", reason=self.one("no", None))),
            (0.1, lambda: on("withdrawn", 60, by=partner)), (0.1, lambda: on("disassociated", 150, by="channel")),
            (0.5, lambda: on("approved", by="cerri")), (0.5, lambda: on("confirmed", 100)),
            (0.5, lambda: on("opportunity_created", 80, new=self.one(True, True, True, False),
                             opened_at=self.one(None, None, "2025-01-01"))),
            (0.08, lambda: on("discretion", decision="reject", reason="why")),
            (0.15, lambda: on("discretion", decision="waive", criterion=self.one(*CRITERIA[lead["program"]]))),
            (0.8, lambda: on("deal_won", 200, transaction=f"{name}T")),
            (0.8, lambda: on("customer_payment", 250, transaction=f"{name}T", currency=self.one("USD", "EUR"),
                             subscription_amount=self.one(100.05, 60000, 0, None), other_amount=self.one(10, None))),
            (0.3, lambda: on("customer_payment", 250, transaction=f"{name}T", currency="USD", subscription_amount=0.05)),
            (0.15, lambda: on("customer_refund", 300, transaction=f"{name}T", subscription_amount=5)),
            (0.25, lambda: on("payout_paid", 300, amount=self.one(100, None, 6000))),
            (0.2, lambda: on("notice_sent", 300, about=self.one("payout", "rejection"))),
            (0.2, lambda: on("update_requested", 60)),
            (0.2, lambda: on("update_provided", 90, descriptive=self.one("yes", "no", "unknown", None))),
            (0.06, lambda: on("abuse_finding", kind=self.one("false_lead", "abuse", "unsolicited"))),
            (0.1, lambda: on("email_bounce", contact=lead["contact"], kind=self.one("hard", "soft"))),
            (0.1, lambda: on("history_searched")),
            (0.1, lambda: on("competitor_suggested", 200, partner=partner, customer_asked=self.one("yes", "no", None))),
        ]
        hard = {"disengaged", "rejected", "withdrawn", "disassociated", "discretion", "abuse_finding", "email_bounce"}
        made = [make() for chance, make in kinds if self.some(chance)]
        kept = [one for one in made if not (self.calm and one["type"] in hard and self.some(0.7))]
        return kept + [self.event("ownership_extended", came + dt.timedelta(self.extending.randrange(200)), lead=name,
                                  by="channel", until=until) for until in ("2026-06-30", "2025-04-01")
                       if self.extending.random() < 0.1]

    def around(self, leads: list[dict]) -> list[dict]:
        """Events that name no lead."""
        partners = sorted({lead["partner"] for lead in leads})
        before = START - dt.timedelta(120)
        made = []
        for _ in range(self.one(0, 1, 2, 3)):
            org, person = self.one(None, *self.orgs), self.one(None, *self.people)
            occurred = self.when(before, 200)
            made += [
                self.event("crm_touch", self.when(before - dt.timedelta(100), 300), org=org, contact=person,
                           kind=self.one("record_created", "inbound", "outbound")),
                self.event("sales_activity", occurred, org=org, contact=person, rep=self.one("rep1", None),
                           stage=self.one("in_sales_cycle", "none", None), occurred_at=written(occurred),
                           meaningful="no" if self.calm and self.some(0.7) else self.one("yes", "yes", "no", "unknown"),
                           logged_at=written(occurred + dt.timedelta(self.one(0, 0, 3, 40))),
                           introduced_by=self.one(None, *partners)),
                self.event("competitor_suggested", self.when(), partner=self.one(*partners), org=self.one(*self.orgs),
                           customer_asked=self.one("yes", "no", "unknown")),
                self.event("partner_introduced", self.when(), partner=self.one(*partners), org=self.one(*self.orgs),
                           by=self.one("celigo", "customer")),
                self.event("source_contacted", self.when(), partner=self.one(*partners)),
                self.event("wire_requested", self.when(), partner=self.one(*partners)),
                self.event("payee_details_provided", self.when(), partner=self.one(*partners),
                           field=self.one("wire_details", "check_address", "check_address_confirmation")),
            ]
        if self.some(0.1):
            made.append(self.event("abuse_finding", self.when(), partner=self.one(*partners), kind="unsolicited"))
        self.random.shuffle(made)
        return made[: self.one(2, 5, 9)]


def with_end(world: dict, number: int) -> dict:
    """The world, in some with the end of a program; a database has but one such end, so only for documents."""
    if number % 5 == 0:
        end = {"id": f"{world['id']}end", "type": "program_terminated", "at": "2025-03-01T00:00:00Z", "program": "raf"}
        return world | {"events": [*world["events"], end]}
    return world


def results_of(documents: list[dict]) -> list[dict]:
    found = list(results.of_lines([json.dumps(one) for one in documents], catalogue()))
    assert [one["error"] for one in found if "error" in one] == []
    return found


def in_order(result: dict) -> dict:
    """A result whose lists stand in one order, where the order says nothing."""
    ordered = copy.deepcopy(result)
    for name in ("conflicts", "payouts", "clocks", "duties"):
        ordered[name].sort(key=lambda one: json.dumps(one, sort_keys=True))
    return ordered


def what_differs(one: dict, other: dict) -> list[str]:
    """The places in which two results differ, written short."""
    found = []
    for name in sorted({*one["leads"], *other["leads"]}):
        a, b = one["leads"].get(name, {}), other["leads"].get(name, {})
        for key in sorted({*a, *b}):
            x, y = a.get(key), b.get(key)
            if key == "criteria" and x and y:
                found += [f"{name} {each}: {x[each]} / {y[each]}" for each in x if x[each] != y.get(each)]
            elif x != y:
                found.append(f"{name} {key}: {x} / {y}")
        fa, fb = one["findings"].get(name, {}), other["findings"].get(name, {})
        found += [f"{name} finding {each}: {fa.get(each)} / {fb.get(each)}"
                  for each in sorted({*fa, *fb}) if fa.get(each) != fb.get(each)]
    one, other = in_order(one), in_order(other)
    found += [f"{name}: {one[name]} / {other[name]}" for name in ("conflicts", "payouts", "clocks", "duties")
              if one[name] != other[name]]
    return found


def all_differences(pairs: list[tuple[str, dict, dict]]) -> list[str]:
    return [f"{title}: {text}" for title, one, other in pairs for text in what_differs(one, other)]


@pytest.fixture(scope="module")
def worlds() -> list[dict]:
    return [with_end(World(seed).document(), seed) for seed in range(WORLDS)]


@pytest.fixture(scope="module")
def together(worlds: list[dict]) -> list[dict]:
    return results_of(worlds)


def test_the_worlds_hold_every_outcome(together: list[dict]) -> None:
    leads = [lead for result in together for lead in result["leads"].values()]
    assert {lead["disposition"] for lead in leads} == {"qualified", "rejected", "pending", "expired"}
    assert {lead["owner_status"] for lead in leads} == {"confirmed", "provisional", "none", "lapsed", "disassociated"}
    topics = {name for lead in leads for name in lead["pending_on"]}
    assert {"renewal_review", "cross_program_review", "acceptance_conflicts_with_rule", "program_terminated"} <= topics
    statuses = {one["status"] for result in together for one in result["payouts"]}
    assert {"blocked", "paid", "forfeited"} <= statuses
    clauses = {one["clause"] for result in together for one in result["conflicts"]}
    assert clauses == {"cerri.3.4", "raf.invalid.1a", "raf.invalid.1b", "ptr.conflict.1", "ptr.conflict.2"}


def test_the_order_of_rows_changes_nothing(worlds: list[dict], together: list[dict]) -> None:
    mixed = copy.deepcopy(worlds)
    for number, world in enumerate(mixed):
        for name in ("partners", "organizations", "contacts", "leads", "events", "verdicts"):
            random.Random(number).shuffle(world[name])
    again = results_of(mixed)
    pairs = [(world["id"], *both) for world, both in zip(worlds, zip(together, again, strict=True), strict=True)]
    assert all_differences(pairs) == []


def test_a_document_gives_the_same_beside_other_documents(worlds: list[dict], together: list[dict]) -> None:
    apart = [result for first in range(0, WORLDS, 50) for result in results_of(worlds[first:first + 50])]
    alone = [(number, results_of([worlds[number]])[0]) for number in range(0, WORLDS, 40)]
    pairs = [(world["id"], *both) for world, both in zip(worlds, zip(together, apart, strict=True), strict=True)]
    pairs += [(worlds[number]["id"], together[number], result) for number, result in alone]
    assert all_differences(pairs) == []


def known_by(document: dict, as_of: dt.datetime, known_at: dt.datetime) -> dict:
    """What of a document had happened and been recorded by then."""
    def counts(row: dict, at: str) -> bool:
        return row[at] <= written(as_of) and row.get("recorded_at", row[at]) <= written(known_at)

    return document | {
        "as_of": written(as_of),
        "leads": [row for row in document["leads"] if counts(row, "submitted_at")],
        "events": [row for row in document["events"] if counts(row, "at")],
        "verdicts": [row for row in document["verdicts"] if counts(row, "at")],
    }


def test_a_past_day_is_not_changed_by_what_happened_later(worlds: list[dict]) -> None:
    days = [dt.datetime(2025, 2, 1) + dt.timedelta(number % 360) for number in range(WORLDS)]
    forever = dt.datetime(2099, 1, 1)
    then = results_of([known_by(world, day, forever) for world, day in zip(worlds, days, strict=True)])
    since = results_of([world | {"as_of": written(day)} for world, day in zip(worlds, days, strict=True)])
    pairs = [(world["id"], *both) for world, both in zip(worlds, zip(then, since, strict=True), strict=True)]
    assert all_differences(pairs) == []


@pytest.fixture(scope="module")
def plain() -> list[dict]:
    return [World(seed).document(with_settings=False) for seed in range(1000, 1060)]


@pytest.fixture(scope="module")
def database(plain: list[dict], tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    path: Path = tmp_path_factory.mktemp("invariance") / "leads.duckdb"
    con = store.connect(path)
    results.load(con, [json.dumps(one) for one in plain], catalogue())
    yield con
    con.close()


def parts_of(whole: dict, names: set[str]) -> dict:
    """The part of a result that is about some leads."""
    return {
        "leads": {name: one for name, one in whole["leads"].items() if name in names},
        "findings": {name: one for name, one in whole["findings"].items() if name in names},
        "conflicts": [one for one in whole["conflicts"] if one["loser"] in names],
        **{name: [one for one in whole[name] if one["lead"] in names] for name in ("payouts", "clocks", "duties")},
    }


def test_a_database_gives_what_its_documents_give(plain: list[dict], database: duckdb.DuckDBPyConnection) -> None:
    day = dt.datetime(2025, 7, 1)
    whole = results.of_database(database, catalogue(), day)
    apart = results_of([one | {"as_of": written(day)} for one in plain])
    assert all_differences([(one["id"], parts_of(whole, set(one["leads"])), one) for one in apart]) == []


@pytest.mark.parametrize(("day", "known"), [
    ("2025-02-10", "2025-02-10"), ("2025-03-15", "2025-03-20"), ("2025-05-01", "2025-05-01"),
    ("2025-09-01", "2025-06-01"), ("2026-04-01", "2026-01-01"),
])
def test_a_past_day_gives_what_was_known_then(day: str, known: str, plain: list[dict],
                                              database: duckdb.DuckDBPyConnection) -> None:
    as_of, known_at = dt.datetime.fromisoformat(day), dt.datetime.fromisoformat(known)
    whole = results.of_database(database, catalogue(), as_of, known_at)
    then = results_of([known_by(one, as_of, known_at) for one in plain])
    assert all_differences([(one["id"], parts_of(whole, set(one["leads"])), one) for one in then]) == []
    assert sum(len(one["leads"]) for one in then) == len(whole["leads"]) > 0


def as_explained(whole: dict, names: set[str], explained: dict, lead: str) -> dict:
    """What the whole says of some leads, with the findings that an explanation of one of them gives: its own always,
    and of others where they stand under the same program and terms."""
    assert explained["findings"][lead]
    told = parts_of(whole, names)
    return told | {"findings": {name: one if explained["findings"].get(name) else {}
                                for name, one in told["findings"].items()}}


def test_a_connected_part_gives_the_same_as_the_whole(plain: list[dict], database: duckdb.DuckDBPyConnection) -> None:
    day = dt.datetime(2025, 7, 1)
    whole = results.of_database(database, catalogue(), day)
    found = []
    for world in plain:
        seen: set[str] = set()
        for lead in world["leads"]:
            if lead["id"] in seen:
                continue
            part = connected(database, lead["id"])
            assert set(part) <= {one["id"] for one in world["leads"]}, "a part reaches into another world"
            seen |= set(part)
            if len(part) == len(world["leads"]):
                continue
            alone = results.by_document(explain(database, lead["id"], day), catalogue())[0]
            found.append((world["id"], as_explained(whole, set(part), alone, lead["id"]), alone))
        if len(found) >= 15:
            break
    assert len(found) >= 15
    assert all_differences(found) == []


def test_the_explanation_of_a_lead_is_that_of_the_whole(plain: list[dict], database: duckdb.DuckDBPyConnection) -> None:
    day = dt.datetime(2025, 7, 1)
    whole = results.of_database(database, catalogue(), day)
    found = []
    for world in plain[:4]:
        lead = world["leads"][0]["id"]
        explained = results.by_document(explain(database, lead, day), catalogue())[0]
        found.append((world["id"], as_explained(whole, set(explained["leads"]), explained, lead), explained))
    assert all_differences(found) == []


BASE = {
    "as_of": "2025-04-01T00:00:00Z",
    "partners": [{"id": "A", "kind": "referral_partner", "country": "US", "check_address": "1 Main St",
                  "check_address_confirmed_at": "2024-01-01T00:00:00Z"},
                 {"id": "S", "kind": "other", "first_name": "S", "last_name": "T", "email": "s@t.example"},
                 {"id": "F", "kind": "affiliate"}],
    "organizations": [{"id": one, "name": one, "domain": f"{one.lower()}.example"} for one in ("OP", "OR", "OK")],
    "contacts": [{"id": f"C{one}", "org": f"O{one}", "full_name": "Mia Chen", "company": "X", "role": "CFO",
                  "email": f"mia@o{one.lower()}.example"} for one in "PRK"],
    "leads": [{"id": one, "program": program, "partner": partner, "contact": f"C{one}", "org": f"O{one}",
               "submitted_at": "2025-03-01T10:00:00Z", "channel": channel, "products": ["integrator_io"],
               "expected_decision_date": "2025-08-01", "new_contact_record": True}
              for one, program, partner, channel in (("P", "ptr", "A", "web_form"), ("R", "raf", "S", "web_form"),
                                                     ("K", "cerri", "F", "trial_signup"))],
    "events": [
        *({"type": "accepted", "at": "2025-03-02T10:00:00Z", "lead": one} for one in "PR"),
        {"type": "approved", "at": "2025-03-20T10:00:00Z", "lead": "K"},
        {"type": "outreach", "at": "2025-03-03T10:00:00Z", "lead": "K", "channel": "email"},
        {"type": "reply", "at": "2025-03-04T10:00:00Z", "lead": "K", "channel": "email"},
        {"type": "deal_won", "at": "2025-03-10T10:00:00Z", "lead": "P", "transaction": "T"},
        {"type": "customer_payment", "at": "2025-03-11T10:00:00Z", "lead": "P", "transaction": "T", "currency": "USD",
         "subscription_amount": 100},
        {"type": "customer_payment", "at": "2025-03-11T10:00:00Z", "lead": "P", "transaction": "T2", "currency": "USD",
         "subscription_amount": 100},
    ],
    "verdicts": [{"lead": one, "criterion": name, "verdict": "pass", "at": "2025-03-05T10:00:00Z"}
                 for one, program in (("P", "ptr"), ("R", "raf"), ("K", "cerri"))
                 for name in CRITERIA[program] if name != "not_duplicate"],
}
LATER = [
    {"type": "program_terminated", "program": "raf"}, {"type": "program_terminated", "program": "ptr"},
    {"type": "abuse_finding", "partner": "S", "kind": "unsolicited"}, {"type": "abuse_finding", "lead": "R", "kind": "abuse"},
    {"type": "deal_won", "lead": "P", "transaction": "T2"},
    {"type": "customer_refund", "lead": "P", "transaction": "T", "subscription_amount": 100},
    {"type": "approved", "lead": "K"}, {"type": "payout_paid", "lead": "K"}, {"type": "payout_paid", "lead": "P"},
    {"type": "payout_paid", "lead": "R"}, {"type": "rejected", "lead": "P"}, {"type": "withdrawn", "lead": "R"},
    {"type": "disassociated", "lead": "P"}, {"type": "disengaged", "lead": "K"},
    {"type": "email_bounce", "contact": "CK", "kind": "hard"}, {"type": "crm_touch", "contact": "CK", "kind": "inbound"},
    {"type": "sales_activity", "org": "OP", "rep": "r", "stage": "in_sales_cycle", "meaningful": "yes"},
    {"type": "competitor_suggested", "partner": "A", "org": "OP", "customer_asked": "no"},
    {"type": "partner_introduced", "partner": "S", "org": "OP", "by": "celigo"},
    {"type": "wire_requested", "partner": "S"}, {"type": "history_searched", "lead": "P"},
    {"type": "payee_details_provided", "partner": "A", "field": "wire_details"},
    {"type": "discretion", "lead": "R", "decision": "reject"}, {"type": "update_requested", "lead": "P"},
    {"type": "ownership_extended", "lead": "P", "until": "2026-12-31"},
]


@pytest.fixture(scope="module")
def beside_a_later_document() -> list[dict]:
    """The base with each later event, and last the base alone; all beside a document of a later day."""
    knowing = [BASE | {"events": [*BASE["events"], one | {"at": "2025-05-01T10:00:00Z"}]} for one in LATER]
    return results_of([BASE | {"as_of": "2026-01-01T00:00:00Z"}, *knowing, BASE])[1:]


@pytest.mark.parametrize("number", range(len(LATER)), ids=lambda n: " ".join(str(one) for one in LATER[n].values()))
def test_what_comes_after_the_day_is_not_seen_beside_a_later_document(number: int, beside_a_later_document: list) -> None:
    assert what_differs(beside_a_later_document[-1], beside_a_later_document[number]) == []


def test_sister_companies_are_connected(tmp_path: Path) -> None:
    """A lead of a sister company is what makes cerri.3.4 unknown, so it belongs to the part."""
    world = {
        "id": "sisters", "as_of": "2025-04-01T00:00:00Z", "partners": [{"id": "A", "kind": "affiliate"}],
        "organizations": [{"id": "H", "name": "Holding", "domain": "holding.example"},
                          *({"id": one, "name": f"Sister {one}", "domain": f"{one.lower()}.example", "parent": "H"}
                            for one in ("O1", "O2"))],
        "contacts": [{"id": f"C{n}", "org": f"O{n}", "full_name": f"Person {n}", "email": f"p@o{n}.example"}
                     for n in (1, 2)],
        "leads": [{"id": f"L{n}", "program": "cerri", "partner": "A", "contact": f"C{n}", "org": f"O{n}",
                   "submitted_at": f"2025-03-0{n}T10:00:00Z", "channel": "contact_form", "new_contact_record": True}
                  for n in (1, 2)],
    }
    con = store.connect(tmp_path / "leads.duckdb")
    results.load(con, [json.dumps(world)], catalogue())
    day = dt.datetime(2025, 4, 1)
    whole = results.of_database(con, catalogue(), day)
    assert whole["leads"]["L2"]["criteria"]["not_duplicate"] == "unknown"
    part = connected(con, "L2")
    alone = results.by_document(explain(con, "L2", day), catalogue())[0]
    con.close()
    assert what_differs(parts_of(whole, set(part)), alone) == []


@pytest.mark.parametrize("document", [
    {"leads": []}, {}, {"partners": [], "organizations": [], "contacts": [], "leads": [], "events": [], "verdicts": []},
    {"leads": None, "events": None, "settings": None},
    {"events": [{"type": "program_terminated", "program": "raf", "at": "2025-01-01T00:00:00Z"}]},
    {"partners": [{"id": "A", "kind": "other"}],
     "leads": [{"id": "L", "program": "ptr", "partner": "A", "submitted_at": "2025-02-01T00:00:00Z"}]},
])
def test_a_document_without_leads_of_its_day_gives_an_empty_result(document: dict) -> None:
    found = results_of([{"id": "X", "as_of": "2025-01-02T00:00:00Z", **document}])
    assert found == [{"id": "X", "leads": {}, "conflicts": [], "payouts": [], "clocks": [], "duties": [],
                      "findings": {}}]


@pytest.mark.parametrize("program", ["ptr", "raf", "cerri"])
def test_a_lead_with_nothing_but_its_own_line_is_evaluated(program: str) -> None:
    lead = {"id": "L", "program": program, "partner": "A", "submitted_at": "2025-01-01T00:00:00Z"}
    found = results_of([{"as_of": "2025-01-02T00:00:00Z", "partners": [{"id": "A", "kind": "other"}], "leads": [lead]}])
    assert set(found[0]["leads"]["L"]["criteria"].values()) <= {"pass", "fail", "unknown", "na"}


NAMELESS = [
    "outreach", "reply", "engagement", "disengaged", "discovery_call", "requirements_received", "crm_touch",
    "sales_activity", "email_bounce", "approved", "accepted", "rejected", "confirmed", "withdrawn",
    "opportunity_created", "deal_won", "payout_paid", "payee_details_provided", "payee_change_requested",
    "wire_requested", "notice_sent", "update_requested", "update_provided", "disassociated", "competitor_suggested",
    "partner_introduced", "abuse_finding", "source_contacted", "history_searched", "ownership_extended",
]


@pytest.fixture(scope="module")
def with_nameless_events() -> dict[str, dict]:
    leads = [{"id": program, "program": program, "partner": "A", "submitted_at": "2025-01-01T00:00:00Z"}
             for program in ("ptr", "raf", "cerri")]
    document = {"as_of": "2025-01-02T00:00:00Z", "partners": [{"id": "A", "kind": "other"}], "leads": leads}
    events = [[{"type": kind, "at": "2025-01-01T12:00:00Z", "until": "2026-12-31"}] for kind in NAMELESS]
    return dict(zip(["", *NAMELESS], results_of([document, *(document | {"events": one} for one in events)]), strict=True))


@pytest.mark.parametrize("kind", NAMELESS)
def test_an_event_that_names_nobody_changes_nothing(kind: str, with_nameless_events: dict[str, dict]) -> None:
    assert what_differs(with_nameless_events[""], with_nameless_events[kind]) == []
