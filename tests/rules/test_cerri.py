"""Cerri's affiliate offer, criterion by criterion and setting by setting, worked out by hand from the clauses."""

import datetime as dt
import json
import zoneinfo

import polars as pl
import pytest

from core import kept, results, store
from core.terms import catalogue
from tests.rules.building import (
    Pile,
    check,
    document,
    evaluated,
    event,
    in_other_order,
    referral,
    sign_up,
    verdict,
    wrong_change_days,
)

pile = Pile()
NOW = "2025-04-01"
UNPAID = {"amount": 100.0, "currency": "USD", "method": None, "due": None, "status": "blocked",
          "blockers": ["external_terms_not_configured"]}
NONE = {"owner": None, "owner_status": "none", "payouts": []}
QUALIFIED = {"disposition": "qualified", "reason": None, "also": [], "pending_on": [], "owner": "A",
             "owner_status": "confirmed"}
EVERYTHING = ("two_way", "potential_client", "b2b_fit", "need_intent", "scale", "role_influence", "responsive",
              "engagement", "business_use_case", "contact_valid", "not_competitor", "not_unresponsive",
              "approval")


def one(*events: dict, lead: dict | None = None, until: str | None = "verdicts", but: tuple = (),
        judged: dict | None = None, at: str = "2025-03-03", as_of: str = NOW, settings: dict | None = None,
        verdicts: tuple = (), plus: tuple = (), **changed: dict) -> dict:
    """A lead of Mia by affiliate A that only lacks the approval, unless `until` says otherwise."""
    story = sign_up("L1", at, until, but, judged, **(lead or {}))
    return document(story, events=events, verdicts=verdicts, as_of=as_of, settings=settings, plus=plus, **changed)


def pending(*names: str, **criteria: str) -> dict:
    return {"disposition": "pending", "reason": None, "pending_on": [*names, "approval"], "owner": "A",
            "owner_status": "provisional", "payouts": [], "criteria": criteria}


def rejected(reason: str, *also: str, **criteria: str) -> dict:
    return {"disposition": "rejected", "reason": reason, "also": list(also), "pending_on": [], **NONE,
            "criteria": criteria}


def waiting(**criteria: str) -> dict:
    """Only the approval is missing."""
    return pending(**criteria)


@pile.given(one(until="approved"))
def test_approved_lead_that_meets_everything_earns_a_hundred_dollars(result: dict) -> None:
    verdicts = set(result["leads"]["L1"]["criteria"].values())
    assert verdicts == {"pass"}
    check(result, **QUALIFIED, payouts=[UNPAID], flags=[], conflicts=[])


@pile.given(one(until=None, as_of="2025-03-03 15:00:00"))
def test_lead_of_this_very_instant_waits_for_everything(result: dict) -> None:
    check(result, disposition="pending", pending_on=EVERYTHING, owner="A", owner_status="provisional")


# Lead creation


def crowded(one: dict, org: str | None = "O1", address: str = "p{}@northwind.example") -> dict:
    """The same with twenty other companies that contacts of two years before named behind one organization."""
    people = [{"id": f"K{n}", "org": org, "full_name": f"Person {n}", "email": address.format(n),
               "company": f"Company {n}", "role": "COO"} for n in range(20)]
    leads = [{"id": f"M{n}", "program": "cerri", "partner": "A", "contact": f"K{n}", "org": org,
              "submitted_at": f"2023-01-{n + 1:02}T10:00:00Z", "channel": "contact_form", "new_contact_record": True}
             for n in range(20)]
    return one | {"contacts": one["contacts"] + people, "leads": one["leads"] + leads}


NEW_RECORD_ONLY = {"cerri.stale_record_is_new_lead": False}


def created(**lead: object) -> dict:
    return one(lead=lead)


@pile.each({
    "trial sign-up": (created(), waiting(lead_created="pass")),
    "contact form": (created(channel="contact_form"), waiting(lead_created="pass")),
    "page view without a record": (
        created(channel="page_view", new_contact_record=False), rejected("cerri.1a", lead_created="fail")),
    "page view with a record": (created(channel="page_view"), rejected("cerri.1a", lead_created="fail")),
    "click": (created(channel="click", new_contact_record=False), rejected("cerri.1a", lead_created="fail")),
    "sign-up without any record": (created(new_contact_record=False), rejected("cerri.1a", lead_created="fail")),
    "phone call without any record": (
        created(channel="phone", new_contact_record=False), rejected("cerri.1a", lead_created="fail")),
    "phone": (created(channel="phone"), pending("lead_created", lead_created="unknown")),
    "e-mail": (created(channel="email"), pending("lead_created", lead_created="unknown")),
    "another form": (created(channel="web_form"), pending("lead_created", lead_created="unknown")),
    "channel not stated": (created(channel=None), pending("lead_created", lead_created="unknown")),
    "record not known": (created(new_contact_record=None), pending("lead_created", lead_created="unknown")),
    "sign-up with an old record": (
        one(event("crm_touch", "2022-02-01", contact="C1", kind="record_created"), lead={"new_contact_record": False}),
        waiting(lead_created="pass", not_duplicate="pass")),
    "sign-up with a record of last month": (
        one(event("crm_touch", "2025-02-01", contact="C1", kind="record_created"), lead={"new_contact_record": False}),
        rejected("cerri.3.4", lead_created="pass", not_duplicate="fail")),
    "old record is no new lead for this owner": (
        one(event("crm_touch", "2022-02-01", contact="C1", kind="record_created"), lead={"new_contact_record": False},
            settings=NEW_RECORD_ONLY),
        rejected("cerri.1a", lead_created="fail", not_duplicate="pass")),
    "by phone with an old record, for this owner": (
        one(event("crm_touch", "2022-02-01", contact="C1", kind="record_created"), settings=NEW_RECORD_ONLY,
            lead={"new_contact_record": False, "channel": "phone"}), rejected("cerri.1a", lead_created="fail")),
    "no new record and nobody searched, for this owner": (
        one(lead={"new_contact_record": False, "history_lookup": "unavailable"}, settings=NEW_RECORD_ONLY),
        rejected("cerri.1a", lead_created="fail")),
    "sign-up with an old record of the organization": (
        one(event("crm_touch", "2022-02-01", org="O1", kind="record_created"), lead={"new_contact_record": False}),
        rejected("cerri.1a", lead_created="fail", not_duplicate="pass")),
    "sign-up with an old record of a colleague": (
        one(event("crm_touch", "2022-02-01", contact="C2", kind="record_created"), lead={"new_contact_record": False},
            plus=("C2",)), rejected("cerri.1a", lead_created="fail", not_duplicate="pass")),
    "old records of the person and later of a colleague": (
        one(event("crm_touch", "2022-02-01", contact="C1", kind="record_created"),
            event("crm_touch", "2023-02-01", contact="C2", kind="inbound"), lead={"new_contact_record": False},
            plus=("C2",)), waiting(lead_created="pass", not_duplicate="pass")),
    "old record of the organization, and nobody searched": (
        one(event("crm_touch", "2022-02-01", org="O1", kind="record_created"),
            lead={"new_contact_record": False, "history_lookup": "unavailable"}),
        pending("lead_created", "not_duplicate", lead_created="unknown")),
    "no new record, and a crowd stands behind the address": (
        crowded(one(lead={"new_contact_record": False}), None, "mia@northwind.example"),
        pending("lead_created", "not_duplicate", lead_created="unknown")),
    "new record is a lead for that owner too": (
        one(settings=NEW_RECORD_ONLY), waiting(lead_created="pass")),
    "phone, which a person lets pass": (
        one(lead={"channel": "phone"}, judged={"lead_created": "pass"}), waiting(lead_created="pass")),
    "phone, which a person refuses": (
        one(lead={"channel": "phone"}, judged={"lead_created": "fail"}), rejected("cerri.1a", lead_created="fail")
        | {"reason": "cerri.1b"}),
})
def test_what_makes_a_lead(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


@pile.given(one(event("crm_touch", "2022-02-01", contact="C1", kind="record_created"),
                event("crm_touch", "2023-05-04", contact="C2", kind="inbound"), lead={"new_contact_record": False},
                plus=("C2",)))
def test_sentence_on_an_older_record_names_the_day_of_the_person(result: dict) -> None:
    check(result, says={"lead_created": ["1 February 2022"]})


# Two-way communication

SILENT = ("responsive", "not_unresponsive")


@pile.each({
    "only an automatic reply": (
        one(event("reply", "2025-03-05", "L1", channel="email", automated=True), but=("reply", "discovery_call")),
        pending("two_way", *SILENT, "engagement", two_way="unknown")),
    "nobody has written": (
        one(but=("outreach", "reply", "discovery_call")), pending("two_way", *SILENT, "engagement", two_way="unknown")),
    "the contact wrote first": (
        one(event("reply", "2025-03-03 18:00:00", "L1", channel="email"), but=("reply",)),
        waiting(two_way="pass", responsive="pass")),
    "only the contact wrote": (
        one(but=("outreach", "discovery_call")), pending("two_way", "engagement", two_way="unknown")),
    "answer by chat": (
        one(event("reply", "2025-03-05", "L1", channel="chat"), but=("reply", "discovery_call")),
        pending("engagement", two_way="pass")),
    "a held call is both directions": (
        one(but=("outreach", "reply")), waiting(two_way="pass", engagement="pass", responsive="pass")),
    "a booked call is neither": (
        one(event("discovery_call", "2025-03-12", "L1", status="booked"), but=("outreach", "reply", "discovery_call")),
        pending("two_way", *SILENT, "engagement", two_way="unknown", engagement="unknown")),
    "a call that nobody came to is neither": (
        one(event("discovery_call", "2025-03-12", "L1", status="no_show"), but=("reply", "discovery_call")),
        pending("two_way", *SILENT, "engagement", two_way="unknown", engagement="unknown")),
})
def test_two_way_communication(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


# What sales judges

HUMAN = {"potential_client": "cerri.2b", "b2b_fit": "cerri.2.1", "need_intent": "cerri.2.2", "scale": "cerri.2.3",
         "role_influence": "cerri.2.4", "business_use_case": "cerri.3.2", "not_competitor": "cerri.3.5"}


@pile.each({
    **{f"{name} judged not met": (one(until="approved", judged={name: "fail"}), rejected(clause, **{name: "fail"}))
       for name, clause in HUMAN.items()},
    **{f"{name} not judged": (one(judged={name: None}), pending(name, **{name: "unknown"})) for name in HUMAN},
    **{f"{name} judged unknown": (one(judged={name: "unknown"}), pending(name, **{name: "unknown"}))
       for name in HUMAN},
    **{f"approval does not fill in {name}": (
        one(until="approved", judged={name: None}), {"disposition": "pending", "pending_on": [name], "payouts": []})
       for name in HUMAN},
    "later pass replaces a fail": (
        one(judged={"scale": "fail"}, verdicts=(verdict("scale", "pass", "2025-03-15", "L1"),)), waiting(scale="pass")),
    "later fail replaces a pass": (
        one(verdicts=(verdict("scale", "fail", "2025-03-15", "L1"),)), rejected("cerri.2.3", scale="fail")),
    "later unknown reopens the question": (
        one(verdicts=(verdict("scale", "unknown", "2025-03-15", "L1"),)), pending("scale", scale="unknown")),
    "the order of the rows means nothing": (
        one(judged={"scale": "pass"}, verdicts=(verdict("scale", "fail", "2025-03-10", "L1"),)),
        waiting(scale="pass")),
    "a verdict of tomorrow is not known today": (
        one(verdicts=(verdict("scale", "fail", "2025-04-01 15:00:00.001", "L1"),)), waiting(scale="pass")),
    "a verdict of this instant is": (
        one(verdicts=(verdict("scale", "fail", "2025-04-01 15:00:00", "L1"),)), rejected("cerri.2.3", scale="fail")),
    "a fail after the approval changes nothing": (
        one(until="approved", verdicts=(verdict("scale", "fail", "2025-03-25", "L1"),)),
        QUALIFIED | {"criteria": {"scale": "pass"}, "payouts": [UNPAID]}),
    "kind of organization decides nothing": (one(O1={"kind": "competitor"}), waiting(not_competitor="pass")),
    "student or university decides nothing": (one(O1={"kind": "university"}), waiting(b2b_fit="pass")),
})
def test_human_criterion(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


# Contact details

ROBOT = "mia@mailinator.com"
RELAY = "abc123@privaterelay.appleid.com"
FREE = "mia.chen@gmail.com"
FREE_OK = {"cerri.freemail_is_business": True}
STRICT_DETAILS = {"cerri.incomplete_details": "fail"}


@pile.each({
    **{f"{name} {how}": (one(C1={name: value}), pending("contact_details", contact_details="unknown"))
       for name in ("full_name", "email", "company", "role")
       for how, value in (("missing", None), ("empty", ""), ("blank", "  "))},
    **{f"{name} missing, incomplete fails": (
        one(C1={name: None}, settings=STRICT_DETAILS), rejected("cerri.2.5a", contact_details="fail"))
       for name in ("full_name", "email", "company", "role")},
    "free mail": (one(C1={"email": FREE}), rejected("cerri.2.5a", contact_details="fail", contact_valid="pass")),
    "free mail admitted": (one(C1={"email": FREE}, settings=FREE_OK), waiting(contact_details="pass")),
    "free mail and no role": (one(C1={"email": FREE, "role": None}), rejected("cerri.2.5a", contact_details="fail")),
    "throwaway address": (
        one(C1={"email": ROBOT}), rejected("cerri.3.3", "cerri.2.5a", contact_details="fail", contact_valid="fail")),
    "throwaway address though free mail is admitted": (
        one(C1={"email": ROBOT}, settings=FREE_OK),
        rejected("cerri.3.3", "cerri.2.5a", contact_details="fail", contact_valid="fail")),
    "relay address": (
        one(C1={"email": RELAY}), rejected("cerri.3.3", "cerri.2.5a", contact_details="fail", contact_valid="fail")),
    "free mail waived": (
        one(event("discretion", "2025-03-15", "L1", decision="waive", criterion="contact_details", reason="founder"),
            C1={"email": FREE}), waiting(contact_details="waived")),
    "address with a tag": (one(C1={"email": "Mia+ppm@Northwind.example"}), waiting(contact_details="pass")),
})
def test_contact_details(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


@pile.given(one(C1={"role": None, "company": None}))
def test_sentence_names_every_missing_detail(result: dict) -> None:
    check(result, says={"contact_details": ["company", "role"]})


# Discovery call or requirements

REQUIREMENTS = event("requirements_received", "2025-03-10", "L1")


def without_call(*events: dict, **judged: str) -> dict:
    return one(*events, but=("discovery_call",), judged=judged)


@pile.each({
    "a held call": (one(), waiting(engagement="pass")),
    "no call": (without_call(), pending("engagement", engagement="unknown")),
    "a booked call": (
        without_call(event("discovery_call", "2025-03-12", "L1", status="booked")),
        pending("engagement", engagement="unknown")),
    "a booked call, then a held one": (
        without_call(event("discovery_call", "2025-03-08", "L1", status="booked"),
                     event("discovery_call", "2025-03-12", "L1", status="completed")), waiting(engagement="pass")),
    "requirements not judged": (without_call(REQUIREMENTS), pending("engagement", engagement="unknown")),
    "requirements that suffice": (
        without_call(REQUIREMENTS, requirements_sufficient="pass"), waiting(engagement="pass")),
    "requirements that do not suffice": (
        without_call(REQUIREMENTS, requirements_sufficient="fail"), pending("engagement", engagement="unknown")),
    "insufficient requirements and a held call": (
        one(REQUIREMENTS, judged={"requirements_sufficient": "fail"}), waiting(engagement="pass")),
    "a verdict on requirements that never came": (
        without_call(requirements_sufficient="pass"), pending("engagement", engagement="unknown")),
    "a call held after the approval": (
        one(event("discovery_call", "2025-03-25", "L1", status="completed"), until="approved",
            but=("discovery_call",)), {"disposition": "pending", "pending_on": ["engagement"], "payouts": []}),
})
def test_engagement(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


# Silence and declines

THIRTY = {"cerri.unresponsive_days": 30}
DECLINED = event("disengaged", "2025-03-25", "L1", what="declined")


def written_again(at: str = "2025-03-20", **more: object) -> dict:
    return one(event("outreach", at, "L1", channel="email"), **more)


@pile.each({
    "we wrote last": (written_again(), pending(*SILENT, responsive="unknown", not_unresponsive="unknown")),
    "an automatic reply is no sign of life": (
        one(event("outreach", "2025-03-20", "L1", channel="email"),
            event("reply", "2025-03-21", "L1", channel="email", automated=True)),
        pending(*SILENT, responsive="unknown")),
    "they answered at the same instant": (
        written_again("2025-03-12"), waiting(responsive="pass", not_unresponsive="pass")),
    "we wrote a moment later": (
        written_again("2025-03-12 15:00:00.001"), pending(*SILENT, responsive="unknown")),
    "a person settles the silence": (
        written_again(judged={"not_unresponsive": "pass"}), waiting(responsive="pass", not_unresponsive="pass")),
    "a person finds them gone": (
        written_again(judged={"not_unresponsive": "fail"}), rejected("cerri.3.6", not_unresponsive="fail")),
    "limit of 30 days, we wrote last, day 29": (
        written_again(settings=THIRTY), waiting(responsive="pass", not_unresponsive="pass")),
    "limit of 30 days, last instant of day 30": (
        one(settings=THIRTY, as_of="2025-04-11 23:59:59.999"), waiting(responsive="pass", not_unresponsive="pass")),
    "limit of 30 days, first instant of day 31": (
        one(settings=THIRTY, as_of="2025-04-12 00:00:00"),
        rejected("cerri.3.6", responsive="fail", not_unresponsive="fail")),
    "limit of 30 days, never heard of, day 30": (
        one(settings=THIRTY, but=("reply", "discovery_call"), as_of="2025-04-03 23:59:59.999"),
        pending("two_way", "engagement", not_unresponsive="pass", responsive="pass")),
    "limit of 30 days, never heard of, day 31": (
        one(settings=THIRTY, but=("reply", "discovery_call"), as_of="2025-04-04 00:00:00"),
        rejected("cerri.3.6", not_unresponsive="fail")),
    "limit of 30 days, second message does not restart it": (
        one(event("outreach", "2025-03-30", "L1"), settings=THIRTY, but=("reply", "discovery_call"),
            as_of="2025-04-04 00:00:00"), rejected("cerri.3.6", not_unresponsive="fail")),
    "limit of 30 days, nobody wrote": (
        one(settings=THIRTY, but=("outreach", "reply", "discovery_call"), as_of="2025-06-01"),
        pending("two_way", "engagement", *SILENT, not_unresponsive="unknown")),
    "limit of 30 days, approved in time and silent since": (
        one(settings=THIRTY, until="approved", as_of="2025-07-01"), QUALIFIED | {"payouts": [UNPAID]}),
    "declined": (one(DECLINED), rejected("cerri.3.6", not_unresponsive="fail", responsive="fail")),
    "declined, then approved all the same": (
        one(event("disengaged", "2025-03-15", "L1"), until="approved"),
        rejected("cerri.3.6", not_unresponsive="fail") | {"flags": ["approval_conflicts_with_exclusion"]}),
    "declined after the approval": (
        one(DECLINED, until="approved"),
        QUALIFIED | {"payouts": [UNPAID], "flags": ["declined_after_approval"]}),
    "declined after the approval, final at payout": (
        one(DECLINED, until="approved", settings={"cerri.qualification_final_at": "payout"}),
        rejected("cerri.3.6", not_unresponsive="fail")),
    "declined after the payout, final at payout": (
        one(event("payout_paid", "2025-03-22", "L1", amount=100), DECLINED, until="approved",
            settings={"cerri.qualification_final_at": "payout"}),
        QUALIFIED | {"payouts": [{"amount": 100.0, "status": "paid", "blockers": []}]}),
    "silence after the approval is not tested": (
        written_again("2025-03-25", until="approved"), QUALIFIED | {"payouts": [UNPAID]}),
    "silence before the approval is not tested after it": (
        written_again("2025-03-15", until="approved"), QUALIFIED | {"payouts": [UNPAID]}),
})
def test_silence(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


@pile.given(one(settings=THIRTY, but=("discovery_call",), as_of="2025-03-20"))
def test_limit_of_silence_is_said_with_its_days(result: dict) -> None:
    check(result, says={"not_unresponsive": ["5 March 2025", "30", "4 April 2025"]})
    assert result["findings"]["L1"]["not_unresponsive"]["changes_on"] == "2025-04-05"


# A real and reachable contact


def bounced(kind: str, at: str, *events: dict, **more: object) -> dict:
    return one(event("email_bounce", at, contact="C1", kind=kind), *events, **more)


NO_ANSWER = {"but": ("reply", "discovery_call")}


@pile.each({
    "hard bounce": (
        bounced("hard", "2025-03-04 15:01:00", **NO_ANSWER), rejected("cerri.3.3", contact_valid="fail")),
    "hard bounce, then a human reply": (bounced("hard", "2025-03-04 15:01:00"), waiting(contact_valid="pass")),
    "hard bounce after the reply": (bounced("hard", "2025-03-28"), rejected("cerri.3.3", contact_valid="fail")),
    "hard bounce, then an automatic reply": (
        bounced("hard", "2025-03-04 15:01:00", event("reply", "2025-03-06", "L1", channel="email", automated=True),
                **NO_ANSWER), rejected("cerri.3.3", contact_valid="fail")),
    "soft bounce and nothing since": (
        bounced("soft", "2025-03-04 15:01:00", **NO_ANSWER),
        pending("two_way", *SILENT, "engagement", contact_valid="pass")),
    "bounce on a colleague": (
        one(event("email_bounce", "2025-03-28", contact="C2", kind="hard"), plus=("C2",)),
        waiting(contact_valid="pass")),
    "hard bounce after the approval": (
        bounced("hard", "2025-03-28", until="approved"), QUALIFIED | {"payouts": [UNPAID]}),
    "identity not judged": (
        one(judged={"identity_genuine": None}), pending("contact_valid", contact_valid="unknown")),
    "identity not genuine": (
        one(judged={"identity_genuine": "fail"}), rejected("cerri.3.3", contact_valid="fail")),
    "throwaway address judged genuine": (
        one(C1={"email": ROBOT}, judged={"contact_valid": "pass"}),
        rejected("cerri.3.3", "cerri.2.5a", contact_valid="fail")),
})
def test_contact_is_real_and_reachable(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


# Self-referral


def owned(*owners: dict, **more: object) -> dict:
    return one(O1={"owned_by": list(owners)}, **more)


SELF = {"not_self_referral": "fail"}
OWN_DOMAIN = {"domain": "aff-a.example"}
CONTROL_30 = {"cerri.self_referral_control_percent": 30}


@pile.each({
    "the affiliate's own address": (one(C1={"email": "owner@aff-a.example"}), rejected("cerri.3.1", **SELF)),
    "the same with a tag and capitals": (one(C1={"email": "Owner+ppm@Aff-A.example"}), rejected("cerri.3.1", **SELF)),
    "the affiliate's domain": (one(C1={"email": "ann@aff-a.example"}), rejected("cerri.3.1", **SELF)),
    "a subdomain of it": (one(C1={"email": "ann@mail.aff-a.example"}), rejected("cerri.3.1", **SELF)),
    "organization of the affiliate's domain": (one(O1={"domain": "aff-a.example"}), rejected("cerri.3.1", **SELF)),
    "declared employee": (one(C1={"employer_partner": "A"}), rejected("cerri.3.1", **SELF)),
    "employee of another affiliate": (
        one(C1={"employer_partner": "B"}, plus=("B",)), waiting(not_self_referral="pass")),
    "same free-mail address": (
        one(A={"email": "aff.a@gmail.com", "domain": None}, C1={"email": "affa+ppm@gmail.com"}),
        rejected("cerri.3.1", "cerri.2.5a", **SELF)),
    "affiliate without address": (one(A={"email": None, "domain": None}), waiting(not_self_referral="pass")),
    "owns nothing": (owned({"partner": "A", "percent": 0}), waiting(not_self_referral="pass")),
    "owns one percent": (
        owned({"partner": "A", "percent": 1}), pending("not_self_referral", not_self_referral="unknown")),
    "owns half": (owned({"partner": "A", "percent": 50}), pending("not_self_referral", not_self_referral="unknown")),
    "owns a hundredth of a percent more than half": (
        owned({"partner": "A", "percent": 50.01}), rejected("cerri.3.1", **SELF)),
    "owns all": (owned({"partner": "A", "percent": 100}), rejected("cerri.3.1", **SELF)),
    "controls with ten percent": (
        owned({"partner": "A", "percent": 10, "control": True}), rejected("cerri.3.1", **SELF)),
    "owns a share that nobody knows": (
        owned({"partner": "A"}), pending("not_self_referral", not_self_referral="unknown")),
    "another affiliate owns all": (
        owned({"partner": "B", "percent": 100}, plus=("B",)), waiting(not_self_referral="pass")),
    "limit of 30 percent, owns 30": (
        owned({"partner": "A", "percent": 30}, settings=CONTROL_30),
        pending("not_self_referral", not_self_referral="unknown")),
    "limit of 30 percent, owns 31": (
        owned({"partner": "A", "percent": 31}, settings=CONTROL_30), rejected("cerri.3.1", **SELF)),
    "minority stake that a person lets pass": (
        owned({"partner": "A", "percent": 20}, judged={"not_self_referral": "pass"}),
        waiting(not_self_referral="pass")),
    "minority stake that a person calls control": (
        owned({"partner": "A", "percent": 20}, judged={"not_self_referral": "fail"}), rejected("cerri.3.1", **SELF)),
    "a link that only a person can see": (
        one(judged={"not_self_referral": "fail"}), rejected("cerri.3.1", **SELF)),
    "own address that a person lets pass": (
        one(C1={"email": "owner@aff-a.example"}, judged={"not_self_referral": "pass"}), rejected("cerri.3.1", **SELF)),
    "affiliate owns most of the parent company": (
        one(O1={"parent": "O2"}, O2={"owned_by": [{"partner": "A", "percent": 80}]}),
        pending("not_self_referral", not_self_referral="unknown")),
    "the affiliate's domain, behind which a crowd stands": (
        crowded(one(O1=OWN_DOMAIN)), pending("not_self_referral", "not_duplicate", not_self_referral="unknown")),
    "the affiliate's domain in an address only, behind which a crowd stands": (
        crowded(one(C1={"email": "mia@aff-a.example"}), None, "p{}@aff-a.example"),
        pending("not_self_referral", "not_duplicate", not_self_referral="unknown")),
    "the affiliate's domain in an address, at an organization behind which a crowd stands": (
        crowded(one(C1={"email": "mia@aff-a.example"})), rejected("cerri.3.1", **SELF)),
    "the affiliate's own address, behind which a crowd stands": (
        crowded(one(A={"email": FREE, "domain": None}, C1={"email": FREE}, settings=FREE_OK), None, FREE),
        pending("not_self_referral", "not_duplicate", not_self_referral="unknown")),
    "a declared employee who uses that address": (
        crowded(one(A={"email": FREE, "domain": None}, C1={"email": FREE, "employer_partner": "A"}, settings=FREE_OK),
                None, FREE), rejected("cerri.3.1", **SELF)),
    "a declared employee in that crowd": (
        crowded(one(O1=OWN_DOMAIN, C1={"employer_partner": "A"})), rejected("cerri.3.1", **SELF)),
    "an organization that the affiliate owns most of, behind a crowd": (
        crowded(one(O1=OWN_DOMAIN | {"owned_by": [{"partner": "A", "percent": 60}]})), rejected("cerri.3.1", **SELF)),
    "an organization that it controls, behind a crowd": (
        crowded(one(O1=OWN_DOMAIN | {"owned_by": [{"partner": "A", "control": True}]})),
        rejected("cerri.3.1", **SELF)),
})
def test_self_referral(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


@pile.given(owned({"partner": "A", "percent": 51}))
def test_sentence_on_a_majority_names_share_and_limit(result: dict) -> None:
    check(result, says={"not_self_referral": ["51", "50"]})


# Known or contacted within six months

KNOWN = {"not_duplicate": "fail"}
NEW = {"not_duplicate": "pass"}


def touched(at: str, *, lead_at: str = "2025-03-03", settings: dict | None = None, kind: str = "outbound",
            lead: dict | None = None, **where: object) -> dict:
    as_of = f"{int(lead_at[:4])}-12-31"
    return one(event("crm_touch", at, kind=kind, **(where or {"org": "O1"})), at=lead_at, as_of=as_of,
               settings=settings, lead=lead)


ADD = {"lookback_direction": "add"}
OPEN_EDGE = {"lookback_edge": "exclusive"}
LOS_ANGELES = {"timezone": "America/Los_Angeles"}
NEW_YORK = {"timezone": "America/New_York"}
EVER = {"cerri.duplicate.reading": "known_ever"}


@pile.each({
    "contact exactly six months ago still counts": (touched("2024-09-03"), rejected("cerri.3.4", **KNOWN)),
    "first instant of that day counts": (touched("2024-09-03 00:00:00"), rejected("cerri.3.4", **KNOWN)),
    "last instant of the day before does not": (touched("2024-09-02 23:59:59.999"), waiting(**NEW)),
    "the day after counts": (touched("2024-09-04"), rejected("cerri.3.4", **KNOWN)),
    "open edge, exactly six months ago": (touched("2024-09-03", settings=OPEN_EDGE), waiting(**NEW)),
    "open edge, a day less": (touched("2024-09-04", settings=OPEN_EDGE), rejected("cerri.3.4", **KNOWN)),
    "a moment before the lead": (touched("2025-03-03 14:59:59.999"), rejected("cerri.3.4", **KNOWN)),
    "the record that the lead itself made": (
        touched("2025-03-03 15:00:00", kind="record_created", contact="C1"), waiting(**NEW)),
    "our follow-up after the lead": (touched("2025-03-04", contact="C1"), waiting(**NEW)),
    "31 August reaches back to 28 February": (
        touched("2025-02-28", lead_at="2025-08-31"), rejected("cerri.3.4", **KNOWN)),
    "31 August does not reach back to 27 February": (touched("2025-02-27", lead_at="2025-08-31"), waiting(**NEW)),
    "30 August reaches back to 28 February": (
        touched("2025-02-28", lead_at="2025-08-30"), rejected("cerri.3.4", **KNOWN)),
    "31 August of a leap year reaches back to 29 February": (
        touched("2024-02-29", lead_at="2024-08-31"), rejected("cerri.3.4", **KNOWN)),
    "31 August of a leap year does not reach 28 February": (
        touched("2024-02-28", lead_at="2024-08-31"), waiting(**NEW)),
    "29 February reaches back to 29 August": (
        touched("2023-08-29", lead_at="2024-02-29"), rejected("cerri.3.4", **KNOWN)),
    "29 February does not reach 28 August": (touched("2023-08-28", lead_at="2024-02-29"), waiting(**NEW)),
    "adding: 28 February is over by 29 August": (
        touched("2025-02-28", lead_at="2025-08-29", settings=ADD), waiting(**NEW)),
    "adding: 28 February reaches 28 August": (
        touched("2025-02-28", lead_at="2025-08-28", settings=ADD), rejected("cerri.3.4", **KNOWN)),
    "adding: 31 August reaches 28 February": (
        touched("2024-08-31", lead_at="2025-02-28", settings=ADD), rejected("cerri.3.4", **KNOWN)),
    "adding: 31 August does not reach 1 March": (
        touched("2024-08-31", lead_at="2025-03-01", settings=ADD), waiting(**NEW)),
    "twelve months by the owner's wish": (
        touched("2024-03-03", settings={"cerri.duplicate.window_months": 12}), rejected("cerri.3.4", **KNOWN)),
    "twelve months and a day": (
        touched("2024-03-02", settings={"cerri.duplicate.window_months": 12}), waiting(**NEW)),
    "in Los Angeles the lead came a day earlier": (
        touched("2024-09-02 07:00:00", lead_at="2025-03-03 07:59:59", settings=LOS_ANGELES),
        rejected("cerri.3.4", **KNOWN)),
    "in Los Angeles that day begins at seven in summer": (
        touched("2024-09-02 06:59:59.999", lead_at="2025-03-03 07:59:59", settings=LOS_ANGELES), waiting(**NEW)),
    "at eight in winter the lead is of the next day": (
        touched("2024-09-03 06:59:59.999", lead_at="2025-03-03 08:00:00", settings=LOS_ANGELES), waiting(**NEW)),
    "an old record, known ever": (
        touched("2019-02-01", settings=EVER, kind="record_created"), rejected("cerri.3.4", **KNOWN)),
    "nothing, known ever": (one(settings=EVER), waiting(**NEW)),
    **{f"touch of kind {kind}": (touched("2025-01-10", kind=kind), rejected("cerri.3.4", **KNOWN))
       for kind in ("record_created", "inbound", "outbound")},
    "the person, not the organization": (touched("2025-01-10", contact="C1"), rejected("cerri.3.4", **KNOWN)),
    "a colleague": (
        one(event("crm_touch", "2025-01-10", contact="C2", kind="inbound"), plus=("C2",)),
        rejected("cerri.3.4", **KNOWN)),
    "a bare address of the person": (
        touched("2025-01-10", email="MIA+news@northwind.example"), rejected("cerri.3.4", **KNOWN)),
    "a bare address of the organization": (
        touched("2025-01-10", email="someone@northwind.example"), rejected("cerri.3.4", **KNOWN)),
    "a bare address of nobody here": (touched("2025-01-10", email="someone@elsewhere.example"), waiting(**NEW)),
    "a bare free-mail address": (touched("2025-01-10", email="someone@gmail.com"), waiting(**NEW)),
    "another organization": (
        one(event("crm_touch", "2025-01-10", org="O2", kind="inbound"), plus=("O2",)), waiting(**NEW)),
    "two free-mail contacts are not one organization": (
        one(event("crm_touch", "2025-01-10", contact="C3", kind="inbound"), plus=("C3",), settings=FREE_OK,
            C1={"email": FREE}, C3={"email": "ana.silva@gmail.com", "org": "O2"}), waiting(**NEW)),
    "the same free-mail person": (
        one(event("crm_touch", "2025-01-10", email="miachen+x@googlemail.com", kind="inbound"), settings=FREE_OK,
            C1={"email": FREE}), rejected("cerri.3.4", **KNOWN)),
})
def test_known_or_contacted_before(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


SHARED = "{}@shared.example"


def from_shared(at: str) -> dict:
    """Mia writes from a domain from which twenty other companies wrote two years before; one of them was written to."""
    one_of_them = event("crm_touch", at, contact="K3", kind="outbound")
    return crowded(one(one_of_them, C1={"email": SHARED.format("mia")}), None, SHARED.format("p{}"))


@pile.each({
    "one of a crowd that shares the domain of the address": (
        from_shared("2025-01-10"), pending("not_duplicate", not_duplicate="unknown") | {"conflicts": []}),
    "twenty names are none yet": (
        (twenty := from_shared("2025-01-10")) | {"leads": twenty["leads"][:-1]}, rejected("cerri.3.4", **KNOWN)),
    "a colleague, though a crowd shares the domain of the address": (
        (colleague := from_shared("2025-01-10")) | {"events": [
            *colleague["events"], event("crm_touch", "2025-01-11", org="O1", kind="inbound")]},
        rejected("cerri.3.4", **KNOWN)),
})
def test_domain_of_an_address_behind_which_a_crowd_stands(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


def test_stored_names_count_behind_the_domain_of_an_address() -> None:
    con, story = store.connect(), from_shared("2025-01-10")
    before = story | {"leads": story["leads"][1:], "events": [], "verdicts": []}
    for number, told in enumerate((before, story | {"leads": story["leads"][:1]})):
        results.load(con, [json.dumps(told | {"id": str(number)})], catalogue())
    as_of = dt.datetime(2025, 4, 1, 15)
    whole = results.of_database(con, catalogue(), as_of)
    check(whole, pending_on=["not_duplicate", "approval"], conflicts=[])
    alone = results.by_document(kept.explain(con, "L1", as_of), catalogue())[0]
    assert alone["leads"]["L1"] == whole["leads"]["L1"]


def grouped(at: str = "2025-01-10", org: str = "O2", how: str | None = None, **settings: object) -> dict:
    match = {"cerri.duplicate.org_match": how} if how else {}
    return one(event("crm_touch", at, org=org, kind="outbound"), O1={"parent": "O2"}, O2={}, O3={"parent": "O2"},
               settings=match | settings)


@pile.each({
    "the parent company": (grouped(), pending("not_duplicate", not_duplicate="unknown")),
    "a sister company": (grouped(org="O3"), pending("not_duplicate", not_duplicate="unknown")),
    "the parent company, long ago": (grouped("2024-09-02 23:59:59.999"), waiting(**NEW)),
    "the parent company, on the last day": (grouped("2024-09-03"), pending("not_duplicate", not_duplicate="unknown")),
    "the parent company where groups are ignored": (grouped(how="exact_org"), waiting(**NEW)),
    "the parent company where groups are one": (grouped(how="group"), rejected("cerri.3.4", **KNOWN)),
    "itself where groups are ignored": (grouped(org="O1", how="exact_org"), rejected("cerri.3.4", **KNOWN)),
    "the parent company long ago, known ever": (
        grouped("2019-01-10", **EVER), pending("not_duplicate", not_duplicate="unknown")),
    "a person clears the parent company": (
        grouped() | {"verdicts": [*grouped()["verdicts"], verdict("not_duplicate", "pass", "2025-03-14", "L1")]},
        waiting(**NEW)),
    "a subsidiary": (
        one(event("crm_touch", "2025-01-10", org="O2", kind="outbound"), O1={}, O2={"parent": "O1"}),
        pending("not_duplicate", not_duplicate="unknown")),
})
def test_group_of_companies_known_before(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


UNSEARCHED = {"history_lookup": "unavailable"}


@pile.each({
    "nobody looked": (one(lead=UNSEARCHED), pending("not_duplicate", not_duplicate="unknown")),
    "nobody looked, but a touch is at hand": (
        touched("2025-01-10", lead=UNSEARCHED), rejected("cerri.3.4", **KNOWN)),
    "nobody looked, and the touch at hand is old": (
        touched("2024-01-10", lead=UNSEARCHED), pending("not_duplicate", not_duplicate="unknown")),
    "someone recorded that he looked": (
        one(event("history_searched", "2025-03-14", "L1"), lead=UNSEARCHED), waiting(**NEW)),
    "someone looked only after the approval": (
        one(event("history_searched", "2025-03-21", "L1"), lead=UNSEARCHED, until="approved"),
        {"disposition": "pending", "pending_on": ["not_duplicate"], "criteria": {"not_duplicate": "unknown"}}),
    "someone looked before the approval and once more after it": (
        one(event("history_searched", "2025-03-14", "L1"), event("history_searched", "2025-03-21", "L1"),
            lead=UNSEARCHED, until="approved"), QUALIFIED | {"criteria": NEW}),
    "someone looked after the approval, which was given again": (
        one(event("history_searched", "2025-03-21", "L1"), event("approved", "2025-03-22", "L1"), lead=UNSEARCHED,
            until="approved"), QUALIFIED | {"criteria": NEW}),
    "someone looked after the approval, where only a payment is final": (
        one(event("history_searched", "2025-03-21", "L1"), lead=UNSEARCHED, until="approved",
            settings={"cerri.qualification_final_at": "payout"}), QUALIFIED | {"criteria": NEW}),
    "a person says it is new": (
        one(lead=UNSEARCHED, judged={"not_duplicate": "pass"}), waiting(**NEW)),
    "a person knows it is not": (
        one(lead=UNSEARCHED, judged={"not_duplicate": "fail"}), rejected("cerri.3.4", **KNOWN)),
    "a person cannot undo a touch": (
        one(event("crm_touch", "2025-01-10", org="O1", kind="outbound"), judged={"not_duplicate": "pass"}),
        rejected("cerri.3.4", **KNOWN)),
})
def test_history_that_nobody_searched(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


def with_history(brought_at: dt.datetime) -> dict:
    """An approved lead for which nobody searched, once the history of its organization was imported."""
    con = store.connect()
    story = one(lead=UNSEARCHED, until="approved")
    results.load(con, [json.dumps(story | {"id": "it"})], catalogue())
    with store.transaction(con) as cursor:
        store.append(cursor, "imports", pl.DataFrame([{
            "id": "i", "file_name": "crm.csv", "program": "cerri", "kind": "contacts", "imported_at": brought_at,
            "rows_read": 1, "accepted": 1, "refused": 0, "mapping": "{}"}]))
        store.append(cursor, "history_coverage", pl.DataFrame([
            {"org_key": "d:northwind.example", "part": part, "recorded_at": brought_at, "import": "i"}
            for part in ("contacts", "activities")]))
    return results.of_database(con, catalogue(), dt.datetime(2025, 4, 1, 15))


def test_history_imported_before_the_approval_answers_for_the_search() -> None:
    check(with_history(dt.datetime(2025, 3, 20, 14)), disposition="qualified", criteria=NEW)


def test_history_imported_after_the_approval_changes_nothing_any_more() -> None:
    check(with_history(dt.datetime(2025, 3, 21)), disposition="pending", criteria={"not_duplicate": "unknown"})


@pile.given(touched("2024-09-03"))
def test_sentence_on_a_known_contact_names_both_days(result: dict) -> None:
    check(result, says={"not_duplicate": ["3 September 2024", "3 March 2025", "6 months"]})
    finding = result["findings"]["L1"]["not_duplicate"]
    assert finding["clause"] == "cerri.3.4"
    assert len(finding["evidence"]) == 1


COPIES = [pile.put(touched("2025-01-10", contact="C1")) for _ in range(40)]


def test_same_facts_always_give_the_same_sentence() -> None:
    sentences = {pile.result(number)["findings"]["L1"]["not_duplicate"]["because"] for number in COPIES}
    assert len(sentences) == 1, sentences
    assert sentences.pop().startswith("This person")


# Two affiliates


def two(second: str = "2025-06-03", first_until: str | None = "approved", second_until: str | None = "approved",
        as_of: str = "2026-02-01", contact: str = "C2", partner: str = "B", events: tuple = (),
        first: dict | None = None, **second_fields: object) -> dict:
    """Affiliate A brings Mia on 3 February 2025, affiliate B her colleague or herself later."""
    return document(
        sign_up("L1", "2025-02-03", first_until, **(first or {})),
        sign_up("L2", second, second_until, partner=partner, contact=contact, **second_fields),
        events=events, as_of=as_of,
    )


@pile.given(two("2025-08-20"))
def test_second_affiliate_loses_by_the_last_message_to_the_first_lead(result: dict) -> None:
    """Six months from the first lead of 3 February are over on 20 August, from its approval path not."""
    check(result, "L2", disposition="qualified", owner="B", owner_status="confirmed", conflicts=[])


@pile.given(two("2025-08-12"))
def test_last_message_on_the_earlier_lead_counts_too(result: dict) -> None:
    """The call of 12 February was exactly six months before 12 August."""
    check(result, "L2", **rejected("cerri.3.4", **KNOWN) | {"payouts": [UNPAID]},
          conflicts=[("L1", "L2", "cerri.3.4")])


@pile.given(two("2025-08-13"))
def test_day_after_six_months_from_the_last_message_the_organization_is_new(result: dict) -> None:
    check(result, "L2", disposition="qualified", conflicts=[])
    check(result, "L1", disposition="qualified", payouts=[UNPAID | {"lead": "L1"}, UNPAID | {"lead": "L2"}])


@pile.given(two(first_until=None))
def test_undecided_first_lead_makes_the_organization_known(result: dict) -> None:
    check(result, "L1", disposition="pending", owner="A", owner_status="provisional")
    check(result, "L2", disposition="rejected", reason="cerri.3.4", conflicts=[("L1", "L2", "cerri.3.4")])


@pile.given(two(first_until=None, contact="C1", second="2025-09-03"))
def test_undecided_first_lead_loses_its_place_to_a_later_qualified_one(result: dict) -> None:
    check(result, "L1", disposition="pending", owner=None, owner_status="none")
    check(result, "L2", disposition="qualified", owner="B", owner_status="confirmed", conflicts=[])


@pile.given(two(first_until=None, second="2025-09-03", second_until="verdicts"))
def test_undecided_first_lead_keeps_its_place_beside_an_undecided_later_one(result: dict) -> None:
    check(result, "L1", disposition="pending", owner="A", owner_status="provisional")
    check(result, "L2", disposition="pending", owner="B", owner_status="provisional", conflicts=[])


def in_group(how: str, first: dict | None = None) -> dict:
    """Affiliate A brings Ana of Baltic Foods, affiliate B four months later Raj of its sister company."""
    return document(
        sign_up("L1", "2025-02-03", "verdicts", contact="C3", org="O2", **(first or {})),
        sign_up("L2", "2025-06-03", "verdicts", partner="B", contact="C2"),
        as_of="2026-02-01", O1={"parent": "O3"}, O2={"parent": "O3"}, O3={},
        settings={"cerri.duplicate.org_match": how},
    )


@pile.given(in_group("group"))
def test_sister_company_wins_a_conflict_where_groups_are_one(result: dict) -> None:
    check(result, "L2", disposition="rejected", reason="cerri.3.4", conflicts=[("L1", "L2", "cerri.3.4")])


@pile.given(in_group("exact_org_group_review"))
def test_sister_company_is_no_conflict_where_a_person_decides(result: dict) -> None:
    check(result, "L2", pending_on=["not_duplicate", "approval"], conflicts=[])


@pile.given({**(shared := in_group("exact_org")), "events": [
    *shared["events"], event("crm_touch", "2025-05-01", contact="C2", kind="inbound")]})
def test_sister_company_is_no_conflict_where_groups_are_ignored(result: dict) -> None:
    check(result, "L2", disposition="rejected", reason="cerri.3.4", conflicts=[])


@pile.given(two(partner="A"))
def test_same_affiliate_twice_is_a_duplicate_without_conflict(result: dict) -> None:
    check(result, "L2", disposition="rejected", reason="cerri.3.4", conflicts=[], owner=None)


VIEWED = {"channel": "page_view", "new_contact_record": False}


@pile.given(two(first=VIEWED, first_until=None))
def test_page_view_of_another_affiliate_makes_nobody_known(result: dict) -> None:
    check(result, "L1", disposition="rejected", reason="cerri.1a")
    check(result, "L2", disposition="qualified", criteria=NEW, conflicts=[])


@pile.given(two(first=VIEWED, first_until=None, events=(
    event("outreach", "2025-02-20", "L1", channel="email"),)))
def test_message_to_who_only_viewed_pages_makes_the_organization_known(result: dict) -> None:
    check(result, "L1", disposition="rejected", reason="cerri.1a")
    check(result, "L2", disposition="rejected", reason="cerri.3.4", conflicts=[("L1", "L2", "cerri.3.4")])


@pile.given(two("2025-08-21", first=VIEWED, first_until=None, events=(
    event("outreach", "2025-02-20", "L1", channel="email"),)))
def test_six_months_after_that_message_it_is_new_again(result: dict) -> None:
    check(result, "L2", disposition="qualified", conflicts=[])


@pile.given(two("2025-02-03", first=VIEWED, first_until=None))
def test_page_view_of_the_same_instant_is_no_tie(result: dict) -> None:
    check(result, "L1", disposition="rejected", reason="cerri.1a")
    check(result, "L2", disposition="qualified", owner="B", owner_status="confirmed", conflicts=[])


@pile.given(two("2025-02-03", first_until="verdicts", second_until="verdicts", contact="C1"))
def test_two_affiliates_at_the_same_instant_wait_for_a_person(result: dict) -> None:
    for lead in ("L1", "L2"):
        check(result, lead, disposition="pending", pending_on=["not_duplicate", "approval"], owner=None,
              owner_status="none", conflicts=[])


@pile.given(two("2025-02-03", first_until="verdicts", second_until="verdicts", contact="C1",
                first={"judged": {"not_duplicate": "pass"}}, judged={"not_duplicate": "fail"}))
def test_person_who_settles_a_tie_gives_the_place_back(result: dict) -> None:
    check(result, "L1", **pending() | {"owner": "A", "owner_status": "provisional"})
    check(result, "L2", disposition="rejected", reason="cerri.3.4", owner=None, owner_status="none")


@pile.given(two("2025-02-03", contact="C3", org="O2"))
def test_two_affiliates_at_the_same_instant_with_nothing_in_common(result: dict) -> None:
    check(result, "L1", disposition="qualified")
    check(result, "L2", disposition="qualified", payouts=[UNPAID, UNPAID])


@pile.given(document(sign_up("L1", "2025-01-03", "verdicts"), sign_up("L2", "2025-02-03", None, partner="B"),
                     sign_up("L3", "2025-08-03", None, partner="D"), as_of="2025-09-01"))
def test_conflict_names_the_earliest_lead_that_beats_the_loser(result: dict) -> None:
    """L1 of January was last in touch on 12 January: too long ago for L3, which L2 of February beats."""
    check(result, "L3", disposition="rejected", reason="cerri.3.4",
          conflicts=[("L1", "L2", "cerri.3.4"), ("L2", "L3", "cerri.3.4")])


@pile.given(two(events=(event("withdrawn", "2025-03-01", "L1"),), first_until=None))
def test_withdrawn_lead_is_closed_but_still_makes_the_organization_known(result: dict) -> None:
    check(result, "L1", disposition="rejected", reason="withdrawn", owner=None)
    check(result, "L2", disposition="rejected", reason="cerri.3.4")


@pile.given(document(sign_up(), referral("R1", "2025-02-10", partner="F"), as_of=NOW))
def test_lead_of_another_company_is_no_contact_with_cerri(result: dict) -> None:
    check(result, "L1", disposition="qualified", criteria=NEW)


# Waivers and discretion


def waived(criterion: str, settings: dict | None = None, until: str = "approved", **judged: str | None) -> dict:
    waiver = event("discretion", "2025-03-15", "L1", decision="waive", criterion=criterion, by="cerri", reason="logo")
    return one(waiver, until=until, judged=judged, settings=settings)


STRICT = {"cerri.criteria_policy": "all_required_strict"}
SECTION_2 = ("potential_client", "b2b_fit", "need_intent", "scale", "role_influence")
REFUSED = {"flags": ["waiver_refused"]}
OVERRIDE = {"cerri.discretion_may_override_exclusions": True}
REFUSAL = event("discretion", "2025-03-18", "L1", decision="reject", by="cerri", reason="no budget")


@pile.each({
    **{f"{name} waived": (
        waived(name, **{name: "fail"}), QUALIFIED | {"criteria": {name: "waived"}, "payouts": [UNPAID], "flags": []})
       for name in SECTION_2},
    **{f"{name} waived under the strict policy": (
        waived(name, STRICT, **{name: "fail"}), rejected(HUMAN[name], **{name: "fail"}) | REFUSED)
       for name in SECTION_2},
    "waived, not yet approved": (waived("scale", until="verdicts", scale="fail"), waiting(scale="waived")),
    "another point waived": (waived("scale", need_intent="fail"), rejected("cerri.2.2", need_intent="fail")),
    **{f"exclusion {name} cannot be waived": (
        waived(name, **{name: "fail"}), rejected(HUMAN[name], **{name: "fail"})
        | {"flags": ["waiver_refused", "approval_conflicts_with_exclusion"]})
       for name in ("business_use_case", "not_competitor")},
    "approval with a failed point is no waiver": (
        one(until="approved", judged={"scale": "fail"}), rejected("cerri.2.3") | {"flags": []}),
    "refusal": (one(REFUSAL), rejected("cerri.2.D", approval="fail")),
    "refusal of a lead that fails anyway": (
        one(REFUSAL, judged={"scale": "fail"}), rejected("cerri.2.3", "cerri.2.D", approval="fail")),
    "approval of an exclusion, overriding allowed": (
        one(until="approved", settings=OVERRIDE, C1={"employer_partner": "A"}),
        QUALIFIED | {"payouts": [UNPAID]}),
    "exclusion without approval, overriding allowed": (
        one(settings=OVERRIDE, C1={"employer_partner": "A"}), rejected("cerri.3.1")),
    "withdrawn": (one(event("withdrawn", "2025-03-18", "L1")), rejected("withdrawn")),
    "approval of tomorrow": (one(event("approved", "2025-04-01 15:00:00.001", "L1")), waiting(approval="unknown")),
    "approved, and again tomorrow": (
        one(DECLINED, event("approved", "2025-04-02", "L1"), until="approved"), QUALIFIED | {"payouts": [UNPAID]}),
    "approval of this instant": (
        one(event("approved", "2025-04-01 15:00:00", "L1")), QUALIFIED | {"payouts": [UNPAID]}),
})
def test_waivers_and_discretion(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


def counted(least: int, *, until: str = "approved", **judged: str | None) -> dict:
    return one(until=until, judged=judged,
               settings={"cerri.criteria_policy": "min_count", "cerri.criteria_min_count": least})


@pile.each({
    "five of six, one failed": (counted(5, scale="fail"), QUALIFIED | {"criteria": {"scale": "fail"}}),
    "five of six, two failed": (
        counted(5, scale="fail", need_intent="fail"), rejected("cerri.2.2", "cerri.2.3", scale="fail")),
    "five of six, one open": (counted(5, scale=None), QUALIFIED | {"criteria": {"scale": "unknown"}}),
    "five of six, one failed and one open": (
        counted(5, scale="fail", need_intent=None), {"disposition": "pending", "pending_on": ["need_intent"]}),
    "six of six, one failed": (counted(6, scale="fail"), rejected("cerri.2.3")),
    "the head sentence is no bullet": (counted(1, potential_client="fail"), rejected("cerri.2b")),
    "no count helps against an exclusion": (counted(1, not_competitor="fail"), rejected("cerri.3.5")),
    "five of six, not approved": (counted(5, until="verdicts", scale="fail"), waiting(scale="fail")),
})
def test_a_number_of_bullets_that_suffices(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


@pile.each({
    "fail decides while others are open": (
        one(judged={"potential_client": "fail", "scale": None}), rejected("cerri.2b")),
    "fail waits for the others where the owner wants that": (
        one(judged={"potential_client": "fail", "scale": None}, settings={"fail_beats_unknown": False}),
        {"disposition": "pending"}),
    "fail decides once the others are closed": (
        one(until="approved", judged={"potential_client": "fail"}, settings={"fail_beats_unknown": False}),
        rejected("cerri.2b")),
})
def test_fail_beside_open_criteria(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


@pile.given(one(DECLINED, REFUSAL, event("crm_touch", "2025-02-10", org="O1", kind="outbound"),
                lead={"channel": "page_view"}, C1={"email": RELAY, "employer_partner": "A"},
                judged=dict.fromkeys(HUMAN, "fail")))
def test_reasons_come_in_the_order_of_the_document(result: dict) -> None:
    check(result, **rejected(
        "cerri.1a", "cerri.3.1", "cerri.3.2", "cerri.3.3", "cerri.3.4", "cerri.3.5", "cerri.3.6", "cerri.2b",
        "cerri.2.1", "cerri.2.2", "cerri.2.3", "cerri.2.4", "cerri.2.5a", "cerri.2.D"))


# Attribution window

NINETY = {"cerri.attribution_window_days": 90}
OUT = {"owner": None, "owner_status": "none", "payouts": [], "flags": ["attribution_window_lapsed"]}


def clicked(at: str, *, lead_at: str = "2025-03-03", until: str = "approved", settings: dict | None = None) -> dict:
    return one(lead={"first_click_at": f"{at.replace(' ', 'T')}Z"}, at=lead_at, until=until, as_of="2025-05-01",
               settings=NINETY if settings is None else settings)


@pile.each({
    "last instant of day 90": (
        clicked("2024-12-03 00:00:00", lead_at="2025-03-03 23:59:59.999"),
        QUALIFIED | {"payouts": [UNPAID], "flags": []}),
    "first instant of day 91": (
        clicked("2024-12-02 23:59:59.999"), {"disposition": "qualified", **OUT}),
    "undecided and outside": (
        clicked("2024-12-02 10:00:00", until="verdicts"),
        {"disposition": "pending", "pending_on": ["approval"], **OUT}),
    "window set, click not known": (
        one(until="approved", settings=NINETY), QUALIFIED | {"payouts": [UNPAID], "flags": []}),
    "no window set": (
        clicked("2020-01-01 10:00:00", settings={}),
        QUALIFIED | {"payouts": [UNPAID], "flags": ["attribution_window_not_configured"]}),
    "in New York the click was of the evening before": (
        clicked("2025-03-01 04:30:00", lead_at="2025-03-11 03:59:59.999",
                settings={"cerri.attribution_window_days": 10, **NEW_YORK}),
        QUALIFIED | {"payouts": [UNPAID], "flags": []}),
    "and summer time has begun at the end of the window": (
        clicked("2025-03-01 04:30:00", lead_at="2025-03-11 04:00:00",
                settings={"cerri.attribution_window_days": 10, **NEW_YORK}), {"disposition": "qualified", **OUT}),
})
def test_attribution_window(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


# Payouts

SCHEDULE = {"anchor": "end_of_month_of_approval", "plus_months": 1, "plus_days": 15}
TERMS = {"cerri.payout_schedule": SCHEDULE, "cerri.payout_method": "paypal"}
PAYPAL = TERMS | {"cerri.payee_fields": ["paypal_email"]}
CHECK = TERMS | {"cerri.payee_fields": ["check_address", "check_address_confirmation"]}
PAID = event("payout_paid", "2025-05-10", "L1", amount=100)


def pays(*events: dict, settings: dict, as_of: str = NOW, approved: str = "2025-03-20", **changed: dict) -> dict:
    return one(event("approved", approved, "L1"), *events, settings=settings, as_of=as_of, **changed)


def payout(**fields: object) -> dict:
    return {"payouts": [fields]}


@pile.each({
    "method and schedule set": (
        pays(settings=TERMS),
        payout(amount=100.0, currency="USD", method="paypal", due="2025-05-15", status="payable", blockers=[])),
    "only the method set": (
        pays(settings={"cerri.payout_method": "paypal"}),
        payout(method="paypal", due=None, status="blocked", blockers=["external_terms_not_configured"])),
    "only the schedule set": (
        pays(settings={"cerri.payout_schedule": SCHEDULE}),
        payout(method=None, due="2025-05-15", status="blocked", blockers=["external_terms_not_configured"])),
    "approved in January, which has a short February behind it": (
        one(event("approved", "2025-01-31", "L1"), at="2025-01-06", settings=TERMS, as_of="2025-02-01"),
        payout(due="2025-03-15")),
    "approved at night, in Los Angeles still in March": (
        pays(settings=TERMS | LOS_ANGELES, approved="2025-04-01 06:59:59.999", as_of="2025-04-02"),
        payout(due="2025-05-15")),
    "approved at midnight in Los Angeles": (
        pays(settings=TERMS | LOS_ANGELES, approved="2025-04-01 07:00:00", as_of="2025-04-02"),
        payout(due="2025-06-14")),
    "due today until its end": (
        pays(settings=TERMS, as_of="2025-05-15 23:59:59.999"), payout(status="payable", overdue=False)),
    "overdue from the next midnight": (
        pays(settings=TERMS, as_of="2025-05-16 00:00:00"), payout(status="payable", overdue=True)),
    "paid": (
        pays(PAID, settings=TERMS, as_of="2025-06-01"),
        payout(status="paid", blockers=[], due="2025-05-15", overdue=False)),
    "paid though the schedule was never set": (
        pays(PAID, settings={}, as_of="2025-06-01"), payout(status="paid", blockers=[], due=None)),
    "detail missing": (pays(settings=PAYPAL), payout(status="blocked", blockers=["payee.paypal_email"])),
    "detail missing and overdue": (
        pays(settings=PAYPAL, as_of="2025-05-16"),
        payout(status="blocked", blockers=["payee.paypal_email"], overdue=True)),
    "detail on file": (
        pays(settings=PAYPAL, A={"paypal_email": "pay@aff-a.example"}), payout(status="payable", blockers=[])),
    "name and domain on the record": (
        pays(settings=TERMS | {"cerri.payee_fields": ["name", "domain"]}), payout(status="payable", blockers=[])),
    "neither name nor domain on the record": (
        pays(settings=TERMS | {"cerri.payee_fields": ["name", "domain"]}, A={"name": None, "domain": " "}),
        payout(status="blocked", blockers=["payee.name", "payee.domain"])),
    "a person's own name is the name": (
        pays(settings=TERMS | {"cerri.payee_fields": ["name"]}, A={"name": None, "first_name": "Ann"}),
        payout(status="payable", blockers=[])),
    "confirmed check address on the record": (
        pays(settings=CHECK, A={"check_address": "1 Main St", "check_address_confirmed_at": "2025-03-01T00:00:00Z"}),
        payout(status="payable", blockers=[])),
    "check address that is confirmed tomorrow": (
        pays(settings=CHECK, A={"check_address": "1 Main St", "check_address_confirmed_at": "2025-04-02T00:00:00Z"}),
        payout(status="blocked", blockers=["payee.check_address_confirmation"])),
    "detail handed in": (
        pays(event("payee_details_provided", "2025-03-25", partner="A", field="paypal_email"), settings=PAYPAL),
        payout(status="payable", blockers=[])),
    "detail handed in tomorrow": (
        pays(event("payee_details_provided", "2025-04-02", partner="A", field="paypal_email"), settings=PAYPAL),
        payout(status="blocked")),
    "another amount": (pays(settings={"cerri.sql_reward.amount": 150.5}), payout(amount=150.5, currency="USD")),
    "another amount as a map": (
        pays(settings={"cerri.sql_reward": {"amount": 10, "currency": "USD"}}), payout(amount=10.0)),
    "amount of the day of submission": (
        pays(settings={"rule_versions": [{"from": "2025-03-04", "cerri.sql_reward.amount": 10}]}),
        payout(amount=100.0)),
    "amount of the version that began that day": (
        pays(settings={"rule_versions": [{"from": "2025-03-03", "cerri.sql_reward.amount": 10}]}),
        payout(amount=10.0)),
    "begun that day in Los Angeles, where it was the day before": (
        one(event("approved", "2025-03-20", "L1"), at="2025-03-03 07:59:59.999",
            settings={"rule_versions": [{"from": "2025-03-03", "cerri.sql_reward.amount": 10}], **LOS_ANGELES}),
        payout(amount=100.0)),
    "a zone of later terms moves no earlier lead into others": (
        pays(settings={"rule_versions": [{"from": "2025-03-04", "cerri.sql_reward.amount": 10},
                                         {"from": "2025-03-20", "timezone": "Asia/Tokyo"}]}), payout(amount=100.0)),
    "a zone of its own counts from the version on, which begins where days began before": (
        one(event("approved", "2025-03-20", "L1"), at="2025-03-03 23:59:59.999",
            settings={"rule_versions": [{"from": "2025-03-04", "timezone": "Asia/Tokyo",
                                         "cerri.sql_reward.amount": 10}]}), payout(amount=100.0)),
    "and from its first instant on it does": (
        one(event("approved", "2025-03-20", "L1"), at="2025-03-04 00:00:00",
            settings={"rule_versions": [{"from": "2025-03-04", "timezone": "Asia/Tokyo",
                                         "cerri.sql_reward.amount": 10}]}), payout(amount=10.0)),
    "affiliate abroad": (pays(settings={}, A={"country": "CA"}), payout(amount=100.0, currency="USD")),
    "no reward for a lead alone": (one(), {"payouts": []}),
})
def test_payout(number: int, expected: dict) -> None:
    check(pile.result(number), **expected)


# What is missing altogether


@pile.each({
    "no contact": (one(lead={"contact": None}), {"contact_details": "unknown"}),
    "no organization": (
        document(sign_up("L1", until="verdicts", org=None), as_of=NOW, C1={"org": None}), {"not_duplicate": "pass"}),
    "neither": (
        document(sign_up("L1", until="verdicts", org=None, contact=None), as_of=NOW), {"contact_details": "unknown"}),
})
def test_lead_without_contact_or_organization_is_evaluated(number: int, expected: dict) -> None:
    check(pile.result(number), disposition="pending", criteria=expected)


def test_no_verdict_changes_by_time_except_on_the_day_announced() -> None:
    def zone(one: dict) -> dt.tzinfo:
        return zoneinfo.ZoneInfo(one["settings"].get("timezone", "UTC"))

    assert wrong_change_days(pile.documents, zone) == []


def test_rows_in_another_order_give_the_same() -> None:
    again = evaluated([in_other_order(one) for one in pile.documents])
    assert [one["id"] for one in again if one != pile.result(int(one["id"]))] == []


@pytest.mark.parametrize("number", range(0, len(pile.documents), 50))
def test_document_gives_the_same_alone_as_beside_others(number: int) -> None:
    assert evaluated([pile.documents[number]])[0] == pile.result(number)
