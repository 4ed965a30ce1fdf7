"""A partner's registration by itself: the definition, what bars it, the form, the clock, duties and flags."""

import json

import pytest

from core import results
from core.terms import catalogue
from tests.rules.building_ptr import (
    ACCEPTED_AS_OF,
    Case,
    accepted,
    activity,
    differences,
    document,
    event,
    held,
    judged,
    outcomes_of,
    ptr,
    rejected,
    valid,
)
from tests.scenarios.expectations import SCENARIOS, document_of

LA = {"timezone": "America/Los_Angeles"}
SOON = "2025-03-04T15:00:00Z"


def prospect(story: str, verdict: str, *parts: object, as_of: str = SOON, lead: dict | None = None,
             **more: object) -> Case:
    """One registration of 3 March 2025 and what the active-prospect rule says of it."""
    wanted: dict = {"criteria": {"not_active_prospect": verdict}}
    if verdict == "fail":
        wanted |= {"disposition": "rejected", "reason": "ptr.valid.2", "owner": None}
    if verdict == "unknown":
        wanted |= {"disposition": "pending", "pending_on_also": ["not_active_prospect"], "owner": "A"}
    return Case(story, document(lead or ptr(), *parts, as_of=as_of, **more), {"P1": wanted})


# 3 March 2025 - 90 days = 3 December 2024
PROSPECTS = [
    prospect("activity logged 89 days before stands against the lead", "fail", activity("2024-12-04")),
    prospect("activity logged on day 90 stands against the lead", "fail", activity("2024-12-03T00:00:00Z")),
    prospect("activity logged on day 91 does not", "pass", activity("2024-12-02T23:59:59Z")),
    prospect("an exclusive edge leaves day 90 out", "pass", activity("2024-12-03"), settings={"lookback_edge": "exclusive"}),
    prospect("an exclusive edge keeps day 89 in", "fail", activity("2024-12-04"), settings={"lookback_edge": "exclusive"}),
    prospect("activity logged an hour before counts", "fail", activity("2025-03-03T15:00:00Z")),
    prospect("activity logged after the submission does not count", "pass", activity("2025-03-03T17:00:00Z")),
    prospect("activity that occurred on day 95 and was logged on day 80 counts by its logging", "fail",
             activity("2024-12-13", occurred="2024-11-28")),
    prospect("where occurrence counts activity of day 95 logged on day 80 does not count", "pass",
             activity("2024-12-13", occurred="2024-11-28"), settings={"ptr.active_prospect_clock": "occurred"}),
    prospect("where either counts activity of day 95 logged on day 80 counts", "fail",
             activity("2024-12-13", occurred="2024-11-28"), settings={"ptr.active_prospect_clock": "either"}),
    prospect("activity that occurred before and was logged after the submission does not count", "pass",
             activity("2025-03-04T10:00:00Z", occurred="2025-02-20")),
    prospect("where occurrence counts activity of before that was logged after the submission counts", "fail",
             activity("2025-03-04T10:00:00Z", occurred="2025-02-20"), settings={"ptr.active_prospect_clock": "occurred"}),
    prospect("where either counts activity of before that was logged after the submission counts", "fail",
             activity("2025-03-04T10:00:00Z", occurred="2025-02-20"), settings={"ptr.active_prospect_clock": "either"}),
    prospect("the days of the look-back are a setting", "pass", activity("2024-12-31"),
             settings={"ptr.active_prospect_days": 60}),
    prospect("the look-back counts days in the zone of the program", "fail", activity("2024-12-03T08:00:00Z"),
             lead=ptr(on="2025-03-04T02:00:00Z"), as_of="2025-03-04T18:00:00Z", settings=LA),
    prospect("the day before in the zone of the program is day 91", "pass", activity("2024-12-03T07:59:00Z"),
             lead=ptr(on="2025-03-04T02:00:00Z"), as_of="2025-03-04T18:00:00Z", settings=LA),
    prospect("activity that names the lead's contact counts", "fail", activity("2025-02-20", contact="C1")),
    prospect("activity that names a colleague is for a person", "unknown", activity("2025-02-20", contact="C2")),
    prospect("activity with a colleague alone, without the organization, is for a person", "unknown",
             activity("2025-02-20", contact="C2", org=None)),
    prospect("activity that names the contact alone counts", "fail", activity("2025-02-20", contact="C1", org=None)),
    prospect("activity with another organization does not count", "pass", activity("2025-02-20", org="O2")),
    prospect("activity that was not meaningful does not count", "pass", activity("2025-02-20", meaningful="no")),
    prospect("activity nobody has weighed is for a person", "unknown", activity("2025-02-20", meaningful="unknown")),
    prospect("activity without a word on its meaning is for a person", "unknown",
             activity("2025-02-20", meaningful=None)),
    prospect("unweighed activity on day 91 does not count", "pass", activity("2024-12-02", meaningful="unknown")),
    prospect("activity outside the sales cycle does not count", "pass", activity("2025-02-20", stage="none")),
    prospect("activity without a stage is for a person", "unknown", activity("2025-02-20", stage=None)),
    prospect("an unclear activity beside a clear one does not soften it", "fail", activity("2025-02-20"),
             activity("2025-02-25", meaningful="unknown")),
    prospect("an old clear activity beside a recent unclear one is for a person", "unknown", activity("2024-11-20"),
             activity("2025-02-25", meaningful="unknown")),
    prospect("activity from the partner's own introduction counts too", "fail",
             activity("2025-02-20", introduced_by="A")),
    prospect("where own introductions are left out they do not count", "pass",
             activity("2025-02-20", introduced_by="A"), settings={"ptr.exclude_partner_sourced_activity": True}),
    prospect("where own introductions are left out another partner's still count", "fail",
             activity("2025-02-20", introduced_by="B"), settings={"ptr.exclude_partner_sourced_activity": True}),
    prospect("where own introductions are left out activity nobody introduced still counts", "fail",
             activity("2025-02-20"), settings={"ptr.exclude_partner_sourced_activity": True}),
    prospect("a lead without a contact is met by activity with its organization", "fail", activity("2025-02-20"),
             lead=ptr(contact=None)),
    prospect("a lead without a contact and activity with one of its people are for a person", "unknown",
             activity("2025-02-20", contact="C2"), lead=ptr(contact=None)),
    prospect("the contact spelled another way is the same person", "fail",
             activity("2025-02-20", contact="C9", org=None),
             contacts=[{"id": "C9", "full_name": "M. Chen", "email": "MIA+x@Northwind.example"}]),
    prospect("a person can settle unclear activity as harmless", "pass", activity("2025-02-20", contact="C2"),
             judged("P1", "2025-03-04T10:00:00Z", not_active_prospect="pass")),
    prospect("a person can settle unclear activity as harmful", "fail", activity("2025-02-20", contact="C2"),
             judged("P1", "2025-03-04T10:00:00Z", not_active_prospect="fail")),
    prospect("activity of the last day in a year of 366 days is counted in days", "fail",
             activity("2023-12-02"), lead=ptr(on="2024-03-01"), as_of="2024-03-02"),
    prospect("the day before it in a year of 366 days is day 91", "pass",
             activity("2023-12-01"), lead=ptr(on="2024-03-01"), as_of="2024-03-02"),
]


def bought(product: str = "integrator_io", **more: object) -> dict:
    return {"product": product, "purchased_at": "2023-05-01", "in_use": True, "contract_end": None, **more}


def northwind(*products: dict, **more: object) -> dict:
    return {"id": "O1", "name": "Northwind Logistics", "domain": "northwind.example", "kind": "business",
            "customer_products": list(products), **more}


PARENT = {"id": "O8", "name": "Holding", "domain": "holding.example", "kind": "business",
          "customer_products": [bought()]}
SISTER = {"id": "O9", "name": "Sister", "domain": "sister.example", "parent": "O8", "kind": "business",
          "customer_products": [bought()]}
BARE_PARENT = PARENT | {"customer_products": []}


def product(story: str, verdict: str, *organizations: dict, parts: tuple = (), settings: dict | None = None,
            **lead: object) -> Case:
    wanted: dict = {"criteria": {"product_not_in_use": verdict}}
    if verdict == "fail":
        wanted |= {"disposition": "rejected", "reason": "ptr.valid.1"}
    if verdict == "unknown":
        wanted |= {"disposition": "pending", "pending_on_also": ["product_not_in_use"], "owner": "A"}
    found = document(ptr(**lead), *parts, as_of=SOON, organizations=list(organizations), settings=settings)
    return Case(story, found, {"P1": wanted})


PRODUCTS = [
    product("a product bought and in use bars the lead", "fail", northwind(bought())),
    product("a product bought and not used does not bar it", "pass", northwind(bought(in_use=False))),
    product("where the purchase is enough an unused product bars it", "fail", northwind(bought(in_use=False)),
            settings={"require_in_use": False}),
    product("whether a bought product is used may be unknown", "unknown", northwind(bought(in_use=None))),
    product("another product in use does not bar it", "pass", northwind(bought("b2b_manager"))),
    product("one of two products in use bars the lead for it", "fail",
            northwind(bought("b2b_manager"), bought())),
    product("a contract that ended the day before does not bar it", "pass",
            northwind(bought(contract_end="2025-03-02"))),
    product("a contract that ends on the day of submission bars it", "fail",
            northwind(bought(contract_end="2025-03-03"))),
    product("a purchase on the day of submission bars it", "fail", northwind(bought(purchased_at="2025-03-03"))),
    product("a purchase after the submission does not bar it", "pass", northwind(bought(purchased_at="2025-03-04"))),
    product("CloudExtend as a whole is in use with any of its editions", "fail",
            northwind(bought("cloudextend_excel")), products=["cloudextend_any"]),
    product("an edition of CloudExtend is in use with CloudExtend as a whole", "fail",
            northwind(bought("cloudextend_any")), products=["cloudextend_excel"]),
    product("one edition of CloudExtend is not another", "pass", northwind(bought("cloudextend_excel")),
            products=["cloudextend_outlook"]),
    product("a parent that uses the product is for a person", "unknown", northwind(parent="O8"), PARENT),
    product("a sister that uses the product is for a person", "unknown", northwind(parent="O8"), BARE_PARENT, SISTER),
    product("a subsidiary that uses the product is for a person", "unknown", northwind(),
            PARENT | {"id": "O8", "parent": "O1"}),
    product("a grandparent that uses the product is for a person", "unknown", northwind(parent="O9"),
            SISTER | {"customer_products": []}, PARENT),
    product("where only the organization counts a parent does not bar it", "pass", northwind(parent="O8"), PARENT,
            settings={"product_in_use_scope": "organization"}),
    product("where the group counts a parent bars it", "fail", northwind(parent="O8"), PARENT,
            settings={"product_in_use_scope": "group"}),
    product("where the group counts it may be unknown whether a parent uses it", "unknown", northwind(parent="O8"),
            PARENT | {"customer_products": [bought(in_use=None)]}, settings={"product_in_use_scope": "group"}),
    product("a parent whose contract ended does not matter", "pass", northwind(parent="O8"),
            PARENT | {"customer_products": [bought(contract_end="2024-12-31")]}),
    product("own use weighs more than a parent's", "fail", northwind(bought(), parent="O8"), PARENT),
    product("a customer and a lead without a product are for a person", "unknown", northwind(bought()), products=[]),
    product("a lead without a product at no customer passes", "pass", northwind(), products=[]),
    product("another record of the same domain is the same organization", "fail", northwind(),
            {"id": "O9", "name": "Northwind Ltd", "domain": "www.northwind.example", "customer_products": [bought()]}),
    product("a person can settle the use by a parent", "pass", northwind(parent="O8"), PARENT,
            parts=(judged("P1", "2025-03-04T10:00:00Z", product_not_in_use="pass"),)),
    product("a person can count the use by a parent", "fail", northwind(parent="O8"), PARENT,
            parts=(judged("P1", "2025-03-04T10:00:00Z", product_not_in_use="fail"),)),
]

UNSEARCHED = {"history_lookup": "unavailable"}
BOTH_UNKNOWN = {"not_active_prospect": "unknown", "product_not_in_use": "unknown"}
HISTORY = [
    Case("without a search of the history nothing that rests on it passes",
         document(ptr(**UNSEARCHED), as_of=SOON),
         {"P1": {"disposition": "pending", "criteria": BOTH_UNKNOWN, "owner": "A",
                 "pending_on": ["not_active_prospect", "product_not_in_use", "decision_role", "interest", "accepted"]}}),
    Case("an activity at hand fails the lead even without a search",
         document(ptr(**UNSEARCHED), activity("2025-02-20"), as_of=SOON),
         {"P1": {"disposition": "rejected", "reason": "ptr.valid.2",
                 "criteria": {"not_active_prospect": "fail", "product_not_in_use": "unknown"}}}),
    Case("a product at hand fails the lead even without a search",
         document(ptr(**UNSEARCHED), as_of=SOON, organizations=[northwind(bought())]),
         {"P1": {"disposition": "rejected", "reason": "ptr.valid.1",
                 "criteria": {"not_active_prospect": "unknown", "product_not_in_use": "fail"}}}),
    Case("old activity at hand is no search", document(ptr(**UNSEARCHED), activity("2024-06-01"), as_of=SOON),
         {"P1": {"criteria": BOTH_UNKNOWN}}),
    Case("an unused product at hand is no search",
         document(ptr(**UNSEARCHED), as_of=SOON, organizations=[northwind(bought(in_use=False))]),
         {"P1": {"criteria": BOTH_UNKNOWN}}),
    Case("a recorded search lets both pass",
         document(ptr(**UNSEARCHED), event("history_searched", "2025-03-04T10:00:00Z", "P1"), as_of=SOON),
         {"P1": {"criteria": {"not_active_prospect": "pass", "product_not_in_use": "pass"}}}),
    Case("a search after the day looked at does not count yet",
         document(ptr(**UNSEARCHED), event("history_searched", "2025-03-05", "P1"), as_of=SOON),
         {"P1": {"criteria": BOTH_UNKNOWN}}),
    Case("a person's verdict stands in for the search of one part",
         document(ptr(**UNSEARCHED), judged("P1", "2025-03-04T10:00:00Z", not_active_prospect="pass"), as_of=SOON),
         {"P1": {"criteria": {"not_active_prospect": "pass", "product_not_in_use": "unknown"}}}),
    Case("an accepted lead without a search is owned and pending",
         document(held(**UNSEARCHED)),
         {"P1": {"disposition": "pending", "owner": "A", "owner_status": "confirmed",
                 "pending_on": ["not_active_prospect", "product_not_in_use"]}}),
]


def crowd(names: int) -> dict:
    """So many leads of companies with different names behind one domain, a day apart."""
    organizations = [{"id": f"X{n}", "name": f"Company number {n}", "domain": "agency.example"} for n in range(names)]
    contacts = [{"id": f"Y{n}", "org": f"X{n}", "full_name": f"Person {n}", "company": f"Company number {n}",
                 "email": f"p{n}@agency.example"} for n in range(names)]
    leads = [ptr(f"L{n:02}", "A", f"2025-03-{n + 1:02}", contact=f"Y{n}", org=f"X{n}") for n in range(names)]
    return document(leads, as_of="2025-04-01", organizations=organizations, contacts=contacts)


CROWDS = [
    Case("twenty company names behind a domain still identify an organization", crowd(20),
         {f"L{n:02}": {"criteria": {"not_active_prospect": "pass", "product_not_in_use": "pass"}} for n in range(20)}),
    Case("the twenty-first company name makes the domain identify nobody for its lead alone", crowd(21),
         {**{f"L{n:02}": {"criteria": {"not_active_prospect": "pass", "product_not_in_use": "pass",
                                       "first_submitter": "pass", "not_owned_by_other": "pass"}} for n in range(20)},
          "L20": {"disposition": "pending", "criteria": {"not_active_prospect": "unknown",
                                                         "product_not_in_use": "unknown"}}}),
]


def decides(story: str, verdict: str, on: str, date: str | None, *parts: object, as_of: str | None = None,
            **settings: object) -> Case:
    wanted: dict = {"criteria": {"purchase_12m": verdict}}
    if verdict == "fail":
        wanted |= {"disposition": "rejected", "reason": "ptr.def.c"}
    found = document(ptr(on=on, expected_decision_date=date), *parts, as_of=as_of or "2025-12-31", settings=settings)
    return Case(story, found, {"P1": wanted})


HORIZON = [
    decides("a decision one day after twelve months is too late", "fail", "2025-03-03", "2026-03-04"),
    decides("a decision on the clamped last day of twelve months is in time", "pass", "2024-02-29", "2025-02-28"),
    decides("a decision on the same day next year is in time from 28 February", "pass", "2024-02-28", "2025-02-28"),
    decides("a decision on 1 March is too late from 28 February", "fail", "2024-02-28", "2025-03-01"),
    decides("twelve months before a leap day end on 28 February", "pass", "2023-02-28", "2024-02-28"),
    decides("twelve months from 28 February do not reach a leap day", "fail", "2023-02-28", "2024-02-29"),
    decides("a decision on the day of submission is in time", "pass", "2025-03-03", "2025-03-03"),
    decides("the horizon is a setting", "fail", "2025-03-03", "2025-09-04", **{"ptr.purchase_horizon_months": 6}),
    decides("the last day of a changed horizon is in time", "pass", "2025-03-03", "2025-09-03",
            **{"ptr.purchase_horizon_months": 6}),
    decides("the horizon starts on the local day of submission", "fail", "2025-03-04T02:00:00Z", "2026-03-04", **LA),
    decides("without a date the horizon is unknown", "unknown", "2025-03-03", None),
    decides("a person can say that a decision without a date is in time", "pass", "2025-03-03", None,
            judged(purchase_12m="pass")),
    decides("a person can say that a decision without a date is too late", "fail", "2025-03-03", None,
            judged(purchase_12m="fail")),
    decides("the verdict unknown leaves a missing date unknown", "unknown", "2025-03-03", None,
            judged(purchase_12m="unknown")),
]

LISTS = [Case("a lead from neither a list nor a show is not tested for it", document(held()),
              {"P1": {"disposition": "qualified", "criteria": {"list_or_show_definition_met": "na"}}})]
for context, clause in (("purchased_list", "ptr.invalid.1"), ("trade_show", "ptr.invalid.2")):
    for role, interest, date, verdict in (
        ("pass", "pass", "2025-09-29", "pass"), ("pass", "pass", None, "unknown"), ("pass", None, "2025-09-29", "unknown"),
        (None, "fail", "2025-09-29", "fail"), ("fail", None, None, "fail"), (None, None, "2027-01-01", "fail"),
    ):
        verdicts = {name: one for name, one in (("decision_role", role), ("interest", interest)) if one}
        wanted = {"criteria": {"list_or_show_definition_met": verdict}}
        if verdict == "fail":
            first = "ptr.def.a" if role == "fail" else "ptr.def.b" if interest == "fail" else "ptr.def.c"
            wanted |= {"disposition": "rejected", "reason": first, "also": [clause]}
        if verdict == "unknown":
            wanted |= {"disposition": "pending", "pending_on_also": ["list_or_show_definition_met"]}
        LISTS.append(Case(
            f"a lead from a {context} with role {role}, interest {interest} and date {date} is {verdict}",
            document(ptr(source_context=context, expected_decision_date=date), judged("P1", **verdicts),
                     as_of="2025-03-20"), {"P1": wanted}))
    LISTS.append(Case(
        f"a lead from a {context} that is accepted before it was judged is owned and pending",
        document(ptr(source_context=context), accepted(), judged("P1", decision_role="pass")),
        {"P1": {"disposition": "pending", "owner": "A", "owner_status": "confirmed",
                "pending_on": ["interest", "list_or_show_definition_met"]}}))

DECISIONS = [
    Case("a rejection by hand is the reason only where nothing else fails",
         document(ptr(), rejected(), as_of="2025-03-06"),
         {"P1": {"disposition": "rejected", "reason": "ptr.process.2b", "also": [], "owner": None,
                 "criteria": {"accepted": "fail"}}}),
    Case("a rejection by hand is not among the further reasons",
         document(ptr(), judged(interest="fail"), rejected(), as_of="2025-03-06"),
         {"P1": {"reason": "ptr.def.b", "also": []}}),
    Case("an acceptance after a rejection by hand stands",
         document(ptr(), rejected("P1", "2025-03-05"), accepted("P1", "2025-03-10"), valid()),
         {"P1": {"disposition": "qualified", "owner_until": "2026-03-10", "criteria": {"accepted": "pass"}}}),
    Case("a rejection after an acceptance stands",
         document(held(), rejected("P1", "2025-05-05")),
         {"P1": {"disposition": "rejected", "reason": "ptr.process.2b", "owner": None, "owner_status": "none"}}),
    Case("an acceptance does not fill in the definition",
         document(ptr(), accepted()),
         {"P1": {"disposition": "pending", "pending_on": ["decision_role", "interest"], "owner": "A",
                 "owner_status": "confirmed"}}),
    Case("a verdict that the definition is not met rejects an accepted lead",
         document(held(), judged("P1", "2025-05-01", decision_role="fail")),
         {"P1": {"disposition": "rejected", "reason": "ptr.def.a", "owner": None}}),
    Case("the latest verdict on a part of the definition counts",
         document(held(), judged("P1", "2025-05-01", interest="fail"), judged("P1", "2025-05-02", interest="pass")),
         {"P1": {"disposition": "qualified"}}),
    Case("a verdict taken back leaves the definition open",
         document(held(), judged("P1", "2025-05-01", interest="unknown")),
         {"P1": {"disposition": "pending", "pending_on": ["interest"], "owner": "A"}}),
    Case("a verdict after the day looked at does not count yet",
         document(ptr(), valid("P1", "2025-03-05"), as_of=SOON),
         {"P1": {"disposition": "pending", "pending_on": ["decision_role", "interest", "accepted"]}}),
    Case("an acceptance after the day looked at does not count yet",
         document(held(accepted_on="2025-03-06"), as_of="2025-03-05"),
         {"P1": {"disposition": "pending", "owner_status": "provisional", "owner_until": None}}),
    Case("a withdrawn lead is rejected without a clause and nobody owes an explanation",
         document(held(), event("withdrawn", "2025-05-05", "P1", by="A")),
         {"P1": {"disposition": "rejected", "reason": "withdrawn", "owner": None, "owner_status": "none"}},
         duties={"P1": {"explain_rejection": None}}),
    Case("the reasons stand in the order of the terms",
         document(ptr(channel="email", expected_decision_date="2027-01-01"), activity("2025-02-20"),
                  judged(decision_role="fail", interest="fail"), rejected(), as_of="2025-03-06",
                  organizations=[northwind(bought())]),
         {"P1": {"reason": "ptr.process.2a",
                 "also": ["ptr.valid.1", "ptr.valid.2", "ptr.def.a", "ptr.def.b", "ptr.def.c"]}}),
    Case("a lead whose way is not known waits for it",
         document(ptr(channel=None), as_of=SOON),
         {"P1": {"disposition": "pending", "criteria": {"submitted_by_form": "unknown"}}}),
    Case("a lead with hardly any field is pending and nothing breaks",
         document({"id": "P1", "program": "ptr", "partner": "A", "submitted_at": "2025-03-03T16:00:00Z"}, as_of=SOON),
         {"P1": {"disposition": "pending", "flags": ["follow_up_preference_missing"]}}, [], []),
]
for channel in ("email", "phone", "contact_form", "trial_signup", "page_view"):
    DECISIONS.append(Case(
        f"a lead that came by {channel} was not submitted", document(ptr(channel=channel), as_of=SOON),
        {"P1": {"disposition": "rejected", "reason": "ptr.process.2a", "owner": None}}, [], [],
        duties={"P1": {"explain_rejection": "open"}}))

AGAINST_RULE = {
    "for a product in use": ({"organizations": [northwind(bought())]}, {}, (), "ptr.valid.1", "product_not_in_use"),
    "of an active prospect": ({}, {}, (activity("2025-02-20"),), "ptr.valid.2", "not_active_prospect"),
    "with too late a decision": ({}, {"expected_decision_date": "2027-01-01"}, (), "ptr.def.c", "purchase_12m"),
    "by e-mail": ({}, {"channel": "email"}, (), "ptr.process.2a", "submitted_by_form"),
}
for words, (world, fields, parts, clause, criterion) in AGAINST_RULE.items():
    DECISIONS += [
        Case(f"an accepted lead {words} keeps its owner and waits for a person",
             document(held(**fields), *parts, **world),
             {"P1": {"disposition": "pending", "pending_on": ["acceptance_conflicts_with_rule"], "owner": "A",
                     "owner_status": "confirmed", "owner_until": "2026-03-04", "criteria": {criterion: "fail"}}}),
        Case(f"where the setting rejects an accepted lead {words} is rejected",
             document(held(**fields), *parts, settings={"ptr.computed_fail_after_acceptance": "reject"}, **world),
             {"P1": {"disposition": "rejected", "reason": clause, "owner": None, "owner_status": "none"}}),
        Case(f"an undecided lead {words} is rejected",
             document(ptr(**fields), *parts, as_of=SOON, **world),
             {"P1": {"disposition": "rejected", "reason": clause}}, duties={"P1": {"explain_rejection": "open"}}),
    ]


def clock(story: str, received: str, due: str, state: str, *parts: object, as_of: str, channel: str = "web_form",
          **settings: object) -> Case:
    return Case(story, document(ptr(on=received, channel=channel), *parts, as_of=as_of, settings=settings),
                clocks={"P1": (due, state)})


CLOCKS = [
    clock("a lead of Thursday is answered by Monday", "2025-03-06", "2025-03-10", "running", as_of="2025-03-07"),
    clock("a lead of Friday is answered by Tuesday", "2025-03-07", "2025-03-11", "running", as_of="2025-03-08"),
    clock("a lead of Saturday is answered by Tuesday", "2025-03-08", "2025-03-11", "running", as_of="2025-03-08T18:00:00Z"),
    clock("a lead of Sunday is answered by Tuesday", "2025-03-09", "2025-03-11", "running", as_of="2025-03-10"),
    clock("a lead of Memorial Day is answered by Wednesday", "2025-05-26", "2025-05-28", "running", as_of="2025-05-27"),
    clock("a lead before Memorial Day loses the holiday", "2025-05-23", "2025-05-28", "running", as_of="2025-05-27"),
    clock("Thanksgiving is no business day", "2025-11-26", "2025-12-01", "running", as_of="2025-11-27"),
    clock("a holiday on Saturday is observed on Friday", "2026-07-01", "2026-07-06", "running", as_of="2026-07-02"),
    clock("a holiday on Sunday is observed on Monday", "2023-12-29", "2024-01-03", "running", as_of="2023-12-30"),
    clock("Juneteenth is no business day", "2025-06-18", "2025-06-23", "running", as_of="2025-06-18T20:00:00Z"),
    clock("without a holiday calendar Memorial Day is a business day", "2025-05-23", "2025-05-27", "running",
          as_of="2025-05-25", holiday_calendar="none"),
    clock("the day of receipt is a day in the zone of the program", "2025-03-08T02:00:00Z", "2025-03-11", "running",
          as_of="2025-03-10", **LA),
    clock("in UTC the same lead came on Saturday", "2025-03-08T02:00:00Z", "2025-03-11", "running", as_of="2025-03-10"),
    clock("on the last day the clock still runs", "2025-03-03", "2025-03-05", "running", as_of="2025-03-05T23:59:59Z"),
    clock("after the last day it is missed", "2025-03-03", "2025-03-05", "missed", as_of="2025-03-06T00:00:00Z"),
    clock("an acceptance late on the last day meets it", "2025-03-03", "2025-03-05", "met",
          accepted("P1", "2025-03-05T23:59:59Z"), as_of="2025-03-10"),
    clock("an acceptance the day after misses it", "2025-03-03", "2025-03-05", "missed",
          accepted("P1", "2025-03-06T00:00:00Z"), as_of="2025-03-10"),
    clock("a rejection meets it as well", "2025-03-03", "2025-03-05", "met", rejected("P1", "2025-03-04"),
          as_of="2025-03-10"),
    clock("the first decision meets it, not the last", "2025-03-03", "2025-03-05", "met", rejected("P1", "2025-03-04"),
          accepted("P1", "2025-03-20"), as_of="2025-03-22"),
    clock("an outreach to the contact does not meet it", "2025-03-03", "2025-03-05", "missed",
          event("outreach", "2025-03-04", "P1", channel="email"), as_of="2025-03-10"),
    clock("the last day ends at midnight in the zone of the program", "2025-03-03", "2025-03-05", "running",
          as_of="2025-03-06T07:59:00Z", **LA),
    clock("an acceptance at ten in the evening in Los Angeles is of that day", "2025-03-03", "2025-03-05", "met",
          accepted("P1", "2025-03-06T06:00:00Z"), as_of="2025-03-10", **LA),
    clock("the days to answer are a setting", "2025-03-03", "2025-03-10", "running", as_of="2025-03-04",
          **{"ptr.sla.business_days": 5}),
    Case("a lead that was not submitted has no clock", document(ptr(channel="email"), as_of=SOON),
         clocks={"P1": None}),
    Case("a registration rejected by the rule still waits for its answer",
         document(ptr(), ptr("P2", "B", "2025-03-04"), as_of="2025-03-05"),
         {"P2": {"reason": "ptr.conflict.2"}}, clocks={"P1": ("2025-03-05", "running"), "P2": ("2025-03-06", "running")}),
]

DUTIES = [
    Case("a rejection with a reason is explained", document(ptr(), rejected(), as_of="2025-03-06"),
         duties={"P1": {"explain_rejection": "done"}}),
    Case("a rejection without a reason is not explained", document(ptr(), rejected(reason=None), as_of="2025-03-06"),
         duties={"P1": {"explain_rejection": "open"}}),
    Case("a blank reason explains nothing", document(ptr(), rejected(reason="  "), as_of="2025-03-06"),
         duties={"P1": {"explain_rejection": "open"}}),
    Case("a notice of the rejection closes the duty",
         document(ptr(), rejected(reason=None), event("notice_sent", "2025-03-06", "P1", about="rejection"),
                  as_of="2025-03-07"), duties={"P1": {"explain_rejection": "done"}}),
    Case("a notice about something else does not",
         document(ptr(), rejected(reason=None), event("notice_sent", "2025-03-06", "P1", about="payout"),
                  as_of="2025-03-07"), duties={"P1": {"explain_rejection": "open"}}),
    Case("a lead that was not rejected owes no explanation", document(held()),
         duties={"P1": {"explain_rejection": None, "follow_up_with_partner": None, "ask_follow_up_preference": None,
                        "partner_status_update": None, "do_not_introduce_other_partner": None}}),
    Case("a disassociated lead owes no explanation and no update",
         document(held(), event("update_requested", "2025-05-01", "P1"),
                  event("disassociated", "2025-06-01", "P1", by="channel", reason="no updates")),
         {"P1": {"disposition": "rejected", "reason": "ptr.maintain.2b", "owner": None,
                 "owner_status": "disassociated", "last_owner": "A"}},
         duties={"P1": {"explain_rejection": None, "partner_status_update": None}}),
    Case("an expired lead owes no explanation", document(held(), as_of="2026-03-10"),
         {"P1": {"disposition": "expired"}}, duties={"P1": {"explain_rejection": None}}),
    Case("a follow-up with the partner is open until somebody wrote to the partner",
         document(held(follow_up_with="partner"), event("source_contacted", "2025-03-06", partner="A")),
         duties={"P1": {"follow_up_with_partner": "done"}}),
    Case("a word to the prospect is no follow-up with the partner",
         document(held(follow_up_with="partner"), event("outreach", "2025-03-06", "P1", channel="email")),
         duties={"P1": {"follow_up_with_partner": "open"}}),
    Case("a word to another partner is no follow-up",
         document(held(follow_up_with="partner"), event("source_contacted", "2025-03-06", partner="B")),
         duties={"P1": {"follow_up_with_partner": "open"}}),
    Case("a word to the partner that names the lead is the follow-up",
         document(held(follow_up_with="partner"), event("source_contacted", "2025-03-06", "P1", partner="A")),
         duties={"P1": {"follow_up_with_partner": "done"}}),
    Case("before the acceptance no follow-up is owed", document(ptr(follow_up_with="partner"), as_of=SOON),
         duties={"P1": {"follow_up_with_partner": None}}),
    Case("an undecided lead without a preference is to be asked about", document(ptr(follow_up_with=None), as_of=SOON),
         {"P1": {"flags": ["follow_up_preference_missing"]}}, duties={"P1": {"ask_follow_up_preference": "open"}}),
]


def updates(story: str, duty: str, *events: dict, flags: tuple = (), without: tuple = ()) -> Case:
    return Case(story, document(held(), *events), {"P1": {"disposition": "qualified", "owner": "A", "flags": list(flags),
                "without": list(without)}}, duties={"P1": {"partner_status_update": duty}})


def asked(on: str) -> dict:
    return event("update_requested", on, "P1")


def told(on: str, descriptive: str) -> dict:
    return event("update_provided", on, "P1", descriptive=descriptive)


OUTSTANDING, QUALITY = "update_outstanding", "update_quality_review"
UPDATES = [
    updates("a descriptive update closes the request", "done", asked("2025-05-01"), told("2025-05-05", "yes"),
            without=(OUTSTANDING, QUALITY)),
    updates("an update that says nothing leaves the request open", "open", asked("2025-05-01"), told("2025-05-05", "no"),
            without=(OUTSTANDING, QUALITY)),
    updates("an update nobody has weighed is for review", "open", asked("2025-05-01"), told("2025-05-05", "unknown"),
            flags=(QUALITY,), without=(OUTSTANDING,)),
    updates("a descriptive update after an unweighed one settles both", "done", asked("2025-05-01"),
            told("2025-05-05", "unknown"), told("2025-05-06", "yes"), without=(OUTSTANDING, QUALITY)),
    updates("a new request after an answer is open again", "open", asked("2025-05-01"), told("2025-05-05", "yes"),
            asked("2025-06-01"), flags=(OUTSTANDING,)),
    updates("an update before the request does not answer it", "open", told("2025-04-20", "yes"), asked("2025-05-01"),
            flags=(OUTSTANDING,)),
]


def introduction(story: str, breached: bool, on: str = "2025-06-01", as_of: str = ACCEPTED_AS_OF,
                 lead: list | None = None, **more: object) -> Case:
    introduced = event("partner_introduced", on, **{"org": "O1", "partner": "B", "by": "celigo", **more})
    flag = ["breach_partner_introduced"]
    return Case(story, document(lead or held(), introduced, as_of=as_of),
                {"P1": {"flags": flag} if breached else {"without": flag}},
                duties={"P1": {"do_not_introduce_other_partner": "breached" if breached else None}})


INTRODUCTIONS = [
    introduction("Celigo may not bring another partner into an owned account", True),
    introduction("the customer may bring another partner", False, by="customer"),
    introduction("the owner itself is no other partner", False, partner="A"),
    introduction("another account is free", False, org="O2"),
    introduction("before the acceptance the account was nobody's", False, on="2025-03-01"),
    introduction("on the last day of the ownership it is a breach", True, on="2026-03-04T23:00:00Z", as_of="2026-03-05"),
    introduction("after the ownership it is none", False, on="2026-03-05T00:00:00Z", as_of="2026-03-06"),
    introduction("after a disassociation it is none", False, on="2025-06-10",
                 lead=[*held(), event("disassociated", "2025-06-01", "P1", by="channel")]),
    introduction("after the day looked at it is not known yet", False, on="2025-06-21"),
]

STAGES = [
    Case(f"a lead at the stage {stage} is {'late' if late else 'not late'}",
         document(held(deal_stage_at_submission=stage)),
         {"P1": {"disposition": "qualified", **({"flags": ["late_in_deal_cycle"]} if late else
                                               {"without": ["late_in_deal_cycle"]})}})
    for stage, late in ((None, False), ("proposal", True), ("negotiation", True))
]

LONGER = event("ownership_extended", "2025-12-01", "P1", by="channel", reason="a long tender", until="2026-06-30")
EXTENSIONS = [
    Case("an extended ownership runs until its new day, the day included", document(held(), LONGER, as_of="2026-06-30"),
         {"P1": {"owner": "A", "owner_status": "confirmed", "owner_until": "2026-06-30"}}),
    Case("an extended ownership runs out the day after", document(held(), LONGER, as_of="2026-07-01"),
         {"P1": {"disposition": "expired", "reason": "ptr.process.3.1.1a", "owner_status": "lapsed"}}),
    Case("before somebody extended it the months of the terms stand",
         document(held(), LONGER, as_of="2025-11-30"), {"P1": {"owner_until": "2026-03-04"}}),
    Case("while an extension runs nobody else takes the place",
         document(held(), LONGER, ptr("P2", "B", "2026-05-04"), as_of="2026-05-05"),
         {"P1": {"owner": "A"}, "P2": {"disposition": "rejected", "reason": "ptr.conflict.1"}},
         [("P1", "P2", "ptr.conflict.1")]),
    Case("the later of two extensions counts",
         document(held(), LONGER, event("ownership_extended", "2026-05-04", "P1", by="channel", until="2026-09-30"),
                  as_of="2026-08-01"), {"P1": {"owner": "A", "owner_until": "2026-09-30"}}),
    Case("an extension never shortens the months of the terms",
         document(held(), event("ownership_extended", "2025-12-01", "P1", by="channel", until="2026-01-31")),
         {"P1": {"owner_until": "2026-03-04"}}),
    Case("an extension of an earlier acceptance does not reach the next one",
         document(held(), event("ownership_extended", "2025-05-01", "P1", by="channel", until="2027-06-30"),
                  rejected("P1", "2025-05-02"), accepted("P1", "2025-05-05"), as_of="2025-05-06"),
         {"P1": {"owner_until": "2026-05-05"}}),
    Case("an extension is ended with its ownership",
         document(held(), LONGER, event("disassociated", "2026-04-01", "P1", by="channel"), as_of="2026-04-02"),
         {"P1": {"owner": None, "owner_status": "disassociated"}}),
]

CASES = [*PROSPECTS, *PRODUCTS, *HISTORY, *CROWDS, *HORIZON, *LISTS, *DECISIONS, *CLOCKS, *DUTIES, *UPDATES,
         *INTRODUCTIONS, *STAGES, *EXTENSIONS]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict]:
    return outcomes_of(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_registration(case: Case, outcomes: dict[str, dict]) -> None:
    assert differences(case, outcomes[case.story]) == []


def test_a_lead_that_had_not_come_yet_is_not_in_the_result() -> None:
    story = Case("not yet", document(ptr(on="2025-03-03"), as_of="2025-03-02"))
    assert outcomes_of([story])["not yet"]["leads"] == {}


def test_every_sentence_of_a_finding_names_its_days(outcomes: dict[str, dict]) -> None:
    found = outcomes["activity logged on day 90 stands against the lead"]["findings"]["P1"]["not_active_prospect"]
    assert (found["clause"], "3 December 2024" in found["because"]) == ("ptr.valid.2", True)


def test_deal_won_on_the_local_day_of_acceptance_was_won_while_owned() -> None:
    """In Los Angeles both fall on 4 March; by UTC the deal would lie a day before the acceptance."""
    document = document_of(next(one for one in SCENARIOS if one["id"] == "PT-001"))
    document["settings"]["timezone"] = "America/Los_Angeles"
    at = {"accepted": "2025-03-05T02:00:00Z", "deal_won": "2025-03-04T23:00:00Z"}
    document["events"] = [event | {"at": at.get(event["type"], event["at"])} for event in document["events"]]
    result = next(iter(results.of_lines([json.dumps(document | {"as_of": "2026-04-01T00:00:00Z"})], catalogue())))
    lead = result["leads"]["P1"]
    assert (lead["disposition"], lead["owner_status"], lead["owner_until"]) == ("qualified", "lapsed", "2026-03-04")
    assert [payout["amount"] for payout in result["payouts"]] == [6000.0]
