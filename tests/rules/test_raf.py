"""Celigo Refer-a-Friend, criterion by criterion and setting by setting, worked out by hand from the clauses."""

import datetime as dt
import zoneinfo

import pytest

from tests.rules.building import (
    Pile,
    activity,
    check,
    document,
    evaluated,
    event,
    in_other_order,
    referral,
    registration,
    verdict,
    wrong_change_days,
)

pile = Pile()
NOW = "2025-03-10"
AMOUNT = {"raf.bonus_amount": 500}
PAYABLE = {"lead": "R1", "payee": "A", "amount": 500.0, "currency": "USD", "method": "gift_card", "due": "2025-04-22",
           "status": "payable", "blockers": [], "overdue": False}
QUALIFIED = {"disposition": "qualified", "reason": None, "also": [], "pending_on": [], "owner": "A",
             "owner_status": "confirmed"}
OK = QUALIFIED | {"payouts": [PAYABLE]}
NONE = {"owner": None, "owner_status": "none"}
UNTOUCHED = ("accepted", "replied_30d", "engaged_3m", "decision_role", "interest", "sales_qualification",
             "new_opportunity", "confirmed")
ACCEPTED_ONLY = UNTOUCHED[1:]
LOS_ANGELES = {"timezone": "America/Los_Angeles"}
NEW_YORK = {"timezone": "America/New_York"}


def one(*events: dict, until: str | None = "confirmed", but: tuple = (), judged: dict | None = None,
        lead: dict | None = None, at: str = "2025-02-03", as_of: str = NOW, settings: dict | None = None,
        verdicts: tuple = (), plus: tuple = (), **changed: dict) -> dict:
    """A referral of Mia by A, confirmed on 21 February unless `until` says otherwise."""
    story = referral("R1", at, until, but, judged, **(lead or {}))
    return document(story, events=events, verdicts=verdicts, as_of=as_of, settings=AMOUNT | (settings or {}),
                    plus=plus, **changed)


def pending(*names: str, **criteria: str) -> dict:
    return {"disposition": "pending", "reason": None, "pending_on": names, "owner": "A",
            "owner_status": "provisional", "payouts": [], "criteria": criteria}


def rejected(reason: str, *also: str, **criteria: str) -> dict:
    return {"disposition": "rejected", "reason": reason, "also": list(also), "pending_on": [], **NONE, "payouts": [],
            "criteria": criteria}


def expired(reason: str, *also: str, **criteria: str) -> dict:
    return rejected(reason, *also, **criteria) | {"disposition": "expired"}


@pile.given(one())
def test_confirmed_referral_is_paid_within_sixty_days(result: dict) -> None:
    check(result, "R1", **OK, flags=[], conflicts=[], duties={"notify_source_of_payout": None},
          clocks={"response_sla": ("2025-04-29", "met"), "reply_30d": ("2025-03-08", "met"),
                  "engagement_3m": ("2025-05-03", "met")})
    assert set(result["leads"]["R1"]["criteria"].values()) == {"pass", "na"}


@pile.given(one(until=None, as_of="2025-02-03 17:00:00"))
def test_referral_of_this_very_instant_waits_for_everything(result: dict) -> None:
    check(result, "R1", **pending(*UNTOUCHED, still_engaged="na"),
          clocks={"response_sla": None, "reply_30d": None, "engagement_3m": ("2025-05-03", "running")})


# Form, acceptance, confirmation

REJECTED = event("rejected", "2025-02-06", "R1", by="sales", reason="not a fit")


@pile.each({
    **{f"channel {channel}": (
        one(lead={"channel": channel}), rejected("raf.process.2a", submitted_by_form="fail"))
       for channel in ("email", "phone", "contact_form", "trial_signup", "page_view")},
    "channel not stated": (one(lead={"channel": None}), {"disposition": "pending",
                           "pending_on": ["submitted_by_form"], "payouts": []}),
    "not accepted": (one(but=("accepted",)), pending("accepted", accepted="unknown")),
    "rejected by hand": (one(REJECTED, until=None), rejected("raf.process.2b", accepted="fail")),
    "rejected by hand after all the rest passed": (one(REJECTED), rejected("raf.process.2b", accepted="fail")),
    "accepted after a rejection stays rejected": (
        one(event("rejected", "2025-02-04", "R1", reason="x")), rejected("raf.process.2b", accepted="fail")),
    "rejected by hand and by rule": (
        one(REJECTED, lead={"channel": "email"}), rejected("raf.process.2a", accepted="fail")),
    "rejected before the clocks ran out": (one(REJECTED, until="outreach", as_of="2025-09-01"),
                                           rejected("raf.process.2b", replied_30d="unknown", engaged_3m="unknown")),
    "rejected after the reply clock ran out": (
        one(event("rejected", "2025-03-20", "R1", reason="silent"), until="outreach", as_of="2025-09-01"),
        rejected("raf.valid.3a", accepted="fail", replied_30d="fail", engaged_3m="unknown")),
    "not confirmed": (one(until="verdicts"), pending("confirmed", confirmed="unknown")),
    "opportunity counts as confirmation": (
        one(until="verdicts", settings={"raf.confirmation_event": "opportunity_created"}),
        QUALIFIED | {"payouts": [PAYABLE | {"due": "2025-04-21"}]}),
    "opportunity counts as confirmation, beside a later confirmation": (
        one(event("confirmed", "2025-02-22", "R1"), until="verdicts",
            settings={"raf.confirmation_event": "opportunity_created"}),
        QUALIFIED | {"payouts": [PAYABLE | {"due": "2025-04-21"}]}),
    "confirmation of tomorrow": (
        one(event("confirmed", "2025-03-10 15:00:00.001", "R1"), until="verdicts"), pending("confirmed")),
    "withdrawn": (one(event("withdrawn", "2025-02-06", "R1"), until="accepted"), rejected("withdrawn")),
})
def test_process(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


# Product already in use

IN_USE = {"product": "integrator_io", "purchased_at": "2023-05-01", "in_use": True, "contract_end": None}
BOUGHT = {"product_not_in_use": "fail"}
UNCLEAR = pending("product_not_in_use", "confirmed", product_not_in_use="unknown")
FREE = {"product_not_in_use": "pass"}


def customer(settings: dict | None = None, lead: dict | None = None, until: str = "verdicts",
             **product: object) -> dict:
    return one(O1={"customer_products": [IN_USE | product]}, settings=settings, lead=lead, until=until)


def group(who: str = "O2", how: str | None = None, **product: object) -> dict:
    firm = {"O1": {"parent": "O2"}, "O2": {}, "O3": {"parent": "O2"}}
    firm[who] = firm[who] | {"customer_products": [IN_USE | product]}
    return one(until="verdicts", settings={"product_in_use_scope": how} if how else {}, **firm)


@pile.each({
    "bought and in use": (customer(), rejected("raf.valid.1", **BOUGHT)),
    "in use is not known": (customer(in_use=None), UNCLEAR),
    "bought, not in use": (customer(in_use=False), pending("confirmed", **FREE)),
    "bought suffices for this owner": (
        customer({"require_in_use": False}, in_use=False), rejected("raf.valid.1", **BOUGHT)),
    "bought suffices, use not known": (
        customer({"require_in_use": False}, in_use=None), rejected("raf.valid.1", **BOUGHT)),
    "another product": (customer(product="b2b_manager"), pending("confirmed", **FREE)),
    "contract ended the day before": (customer(contract_end="2025-02-02"), pending("confirmed", **FREE)),
    "contract ends on the day of the form": (
        customer(contract_end="2025-02-03"), rejected("raf.valid.1", **BOUGHT)),
    "contract ends later": (customer(contract_end="2025-02-04"), rejected("raf.valid.1", **BOUGHT)),
    "bought the day after the form": (customer(purchased_at="2025-02-04"), pending("confirmed", **FREE)),
    "bought the day before the form": (customer(purchased_at="2025-02-02"), rejected("raf.valid.1", **BOUGHT)),
    "parent company": (group(), UNCLEAR),
    "sister company": (group("O3"), UNCLEAR),
    "parent company bought, does not use": (group(in_use=False), pending("confirmed", **FREE)),
    "parent company, groups ignored": (group(how="organization"), pending("confirmed", **FREE)),
    "parent company, groups are one": (group(how="group"), rejected("raf.valid.1", **BOUGHT)),
    "itself, groups ignored": (group("O1", how="organization"), rejected("raf.valid.1", **BOUGHT)),
    "another organization": (
        one(O2={"customer_products": [IN_USE]}, until="verdicts"), pending("confirmed", **FREE)),
    "a person says it is not used": (
        one(O1={"customer_products": [IN_USE | {"in_use": None}]}, until="verdicts",
            judged={"product_not_in_use": "pass"}), pending("confirmed", **FREE)),
    "a person says it is used": (
        one(O1={"customer_products": [IN_USE | {"in_use": None}]}, until="verdicts",
            judged={"product_not_in_use": "fail"}), rejected("raf.valid.1", **BOUGHT)),
    "nobody looked, but use is on record": (
        customer(lead={"history_lookup": "unavailable"}),
        {"disposition": "rejected", "reason": "raf.valid.1", "criteria": BOUGHT}),
})
def test_product_already_in_use(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


# Active prospect

ACTIVE = {"not_active_prospect": "fail"}
QUIET = {"not_active_prospect": "pass"}
OPEN = pending("not_active_prospect", "confirmed", not_active_prospect="unknown")


def worked(at: str = "2024-12-02", settings: dict | None = None, lead: dict | None = None, came: str = "2025-02-03",
           plus: tuple = (), **fields: object) -> dict:
    return one(activity(at, **fields), until="verdicts", settings=settings, lead=lead, at=came, plus=plus)


def clock(which: str) -> dict:
    return {"raf.active_prospect_clock": which}


BEFORE, AFTER = "2024-11-04T23:59:59.999Z", "2025-02-03T17:00:00.001Z"
INSIDE = "2024-12-02T15:00:00Z"


@pile.each({
    "first instant of day 90": (worked("2024-11-05 00:00:00"), rejected("raf.valid.2", **ACTIVE)),
    "last instant of day 91": (worked("2024-11-04 23:59:59.999"), pending("confirmed", **QUIET)),
    "day 89": (worked("2024-11-06"), rejected("raf.valid.2", **ACTIVE)),
    "open edge, day 90": (worked("2024-11-05", {"lookback_edge": "exclusive"}), pending("confirmed", **QUIET)),
    "open edge, day 89": (worked("2024-11-06", {"lookback_edge": "exclusive"}), rejected("raf.valid.2", **ACTIVE)),
    "window of 30 days, day 30": (
        worked("2025-01-04", {"raf.active_prospect_days": 30}), rejected("raf.valid.2", **ACTIVE)),
    "window of 30 days, day 31": (
        worked("2025-01-03", {"raf.active_prospect_days": 30}), pending("confirmed", **QUIET)),
    "the very instant of the form": (worked("2025-02-03 17:00:00"), rejected("raf.valid.2", **ACTIVE)),
    "a moment after the form": (worked("2025-02-03 17:00:00.001"), pending("confirmed", **QUIET)),
    "in Los Angeles the form came the day before": (
        worked("2024-11-04 08:00:00", LOS_ANGELES, came="2025-02-03 07:59:59"), rejected("raf.valid.2", **ACTIVE)),
    "in Los Angeles that day begins at eight in November": (
        worked("2024-11-04 07:59:59.999", LOS_ANGELES, came="2025-02-03 07:59:59"), pending("confirmed", **QUIET)),
    "logged in time, occurred before": (worked(occurred_at=BEFORE), rejected("raf.valid.2", **ACTIVE)),
    "occurred in time, logged after the form": (worked(logged_at=AFTER), pending("confirmed", **QUIET)),
    "day of occurring, occurred before": (
        worked(settings=clock("occurred"), occurred_at=BEFORE), pending("confirmed", **QUIET)),
    "day of occurring, logged before": (
        worked(settings=clock("occurred"), logged_at=BEFORE), rejected("raf.valid.2", **ACTIVE)),
    "either day, logged before": (
        worked(settings=clock("either"), logged_at=BEFORE), rejected("raf.valid.2", **ACTIVE)),
    "either day, occurred before": (
        worked(settings=clock("either"), occurred_at=BEFORE), rejected("raf.valid.2", **ACTIVE)),
    "either day, both before": (
        worked(settings=clock("either"), occurred_at=BEFORE, logged_at=BEFORE), pending("confirmed", **QUIET)),
    "not in the sales cycle": (worked(stage="none"), pending("confirmed", **QUIET)),
    "without a rep": (worked(rep=None), pending("confirmed", **QUIET)),
    "not meaningful": (worked(meaningful="no"), pending("confirmed", **QUIET)),
    "nobody said whether meaningful": (worked(meaningful="unknown"), OPEN),
    "nobody said whether meaningful, day 91": (
        worked("2024-11-04", meaningful="unknown"), pending("confirmed", **QUIET)),
    "names the organization only": (worked(contact=None), rejected("raf.valid.2", **ACTIVE)),
    "names a colleague": (worked(contact="C2", plus=("C2",)), OPEN),
    "names a colleague who is not of the sales cycle": (
        worked(contact="C2", plus=("C2",), stage="none"), pending("confirmed", **QUIET)),
    "names the contact without the organization": (worked(org=None), rejected("raf.valid.2", **ACTIVE)),
    "another organization": (worked(contact="C3", org="O2", plus=("C3",)), pending("confirmed", **QUIET)),
    "an old one that is sure and a new one that is not": (
        one(activity("2024-08-01"), activity("2025-01-05", meaningful="unknown"), until="verdicts"), OPEN),
    "one that is sure and one that is not": (
        one(activity("2024-12-01"), activity("2025-01-05", meaningful="unknown"), until="verdicts"),
        rejected("raf.valid.2", **ACTIVE)),
    "nobody looked, but an activity is at hand": (
        worked(lead={"history_lookup": "unavailable"}),
        {"disposition": "rejected", "reason": "raf.valid.2", "criteria": ACTIVE}),
    "nobody looked": (
        one(lead={"history_lookup": "unavailable"}, until="verdicts"),
        pending("not_active_prospect", "product_not_in_use", "confirmed", not_active_prospect="unknown",
                product_not_in_use="unknown")),
    "someone recorded that he looked": (
        one(event("history_searched", "2025-02-05", "R1"), lead={"history_lookup": "unavailable"}, until="verdicts"),
        pending("confirmed", **QUIET, **FREE)),
    "a person finds it meaningless": (
        one(activity(meaningful="unknown"), until="verdicts", judged={"not_active_prospect": "pass"}),
        pending("confirmed", **QUIET)),
    "a person finds it meaningful": (
        one(activity(meaningful="unknown"), until="verdicts", judged={"not_active_prospect": "fail"}),
        rejected("raf.valid.2", **ACTIVE)),
    "found after confirmation": (
        one(activity("2025-01-05")), rejected("raf.valid.2", **ACTIVE)),
    "accepted lead with a failing rule goes to a person, where wanted": (
        one(activity("2025-01-05"), settings={"raf.computed_fail_after_acceptance": "review"}),
        pending("acceptance_conflicts_with_rule", **ACTIVE)),
    "lead not accepted is rejected all the same": (
        one(activity("2025-01-05"), until=None, settings={"raf.computed_fail_after_acceptance": "review"}),
        rejected("raf.valid.2", **ACTIVE)),
})
def test_active_prospect(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


@pile.given(worked("2024-11-05"))
def test_sentence_on_an_active_prospect_names_day_and_limit(result: dict) -> None:
    check(result, "R1", says={"not_active_prospect": ["5 November 2024", "90"]})


# Reply within 30 days of the first outreach

DUE = "2025-03-08"
UNANSWERED = ("replied_30d", "engaged_3m", "decision_role", "interest", "sales_qualification", "new_opportunity",
              "confirmed")
HEARD = ("decision_role", "interest", "sales_qualification", "new_opportunity", "confirmed")


def asked(*events: dict, as_of: str = "2025-03-20", **more: object) -> dict:
    """First outreach on 6 February; the last day for a reply is 8 March."""
    return one(*events, until="outreach", as_of=as_of, **more)


def reply(at: str, channel: str | None = "email", **fields: object) -> dict:
    return event("reply", at, "R1", **({"channel": channel} if channel else {}), **fields)


LAPSED = expired("raf.valid.3a", replied_30d="fail")


@pile.each({
    "last instant of the last day": (
        asked(as_of="2025-03-08 23:59:59.999"),
        pending(*UNANSWERED, replied_30d="unknown") | {"clocks": {"reply_30d": (DUE, "running")}}),
    "next midnight": (asked(as_of="2025-03-09 00:00:00"), LAPSED | {"clocks": {"reply_30d": (DUE, "lapsed")}}),
    "reply in the last instant": (
        asked(reply("2025-03-08 23:59:59.999")),
        pending(*HEARD, replied_30d="pass") | {"clocks": {"reply_30d": (DUE, "met")}}),
    "reply at the next midnight": (
        asked(reply("2025-03-09 00:00:00")), LAPSED | {"clocks": {"reply_30d": (DUE, "lapsed"),
                                                                  "engagement_3m": ("2025-05-03", "met")}}),
    "reply by phone": (asked(reply("2025-02-20", "phone")), pending(*HEARD, replied_30d="pass")),
    **{f"reply by {channel}": (
        asked(reply("2025-02-20", channel)), pending("replied_30d", *HEARD, replied_30d="unknown"))
       for channel in ("chat", "linkedin")},
    "reply by chat after the last day": (asked(reply("2025-03-09", "chat")), LAPSED),
    "reply by chat in time, by e-mail too late": (
        asked(reply("2025-02-20", "chat"), reply("2025-03-12")), pending("replied_30d", *HEARD)),
    "reply by chat, then by e-mail in time": (
        asked(reply("2025-02-20", "chat"), reply("2025-02-21")), pending(*HEARD, replied_30d="pass")),
    "reply by chat that a person lets count": (
        asked(reply("2025-02-20", "chat"), verdicts=(verdict("replied_30d", "pass", "2025-03-01", "R1"),)),
        pending(*HEARD, replied_30d="pass")),
    "reply by chat that a person does not let count": (
        asked(reply("2025-02-20", "chat"), verdicts=(verdict("replied_30d", "fail", "2025-03-15", "R1"),)), LAPSED),
    "automatic reply": (asked(reply("2025-02-20", automated=True)), LAPSED),
    "written before the first outreach": (
        asked(reply("2025-02-05")), pending("replied_30d", *HEARD, replied_30d="unknown", engaged_3m="pass")),
    "met at a show": (
        asked(event("engagement", "2025-02-20", "R1", what="meeting")),
        pending("replied_30d", *HEARD, replied_30d="unknown", engaged_3m="pass")),
    "second outreach does not restart it": (asked(event("outreach", "2025-03-01", "R1", channel="email")), LAPSED),
    "message to the source does not start it": (
        one(event("source_contacted", "2025-02-06", partner="A"), until="accepted", as_of="2025-04-20"),
        pending(*UNANSWERED) | {"clocks": {"reply_30d": None}}),
    "fourteen days, last day": (
        asked(as_of="2025-02-20 23:59:59.999", settings={"raf.reply_days": 14}), pending(*UNANSWERED)),
    "fourteen days, next day": (asked(as_of="2025-02-21 00:00:00", settings={"raf.reply_days": 14}), LAPSED),
    "in New York, in the last instant, summer time not begun": (
        asked(reply("2025-03-09 04:59:59.999"), settings=NEW_YORK), pending(*HEARD, replied_30d="pass")),
    "in New York, at midnight": (asked(reply("2025-03-09 05:00:00"), settings=NEW_YORK), LAPSED),
    "over the clock change, in the last instant": (
        one(event("outreach", "2025-02-10 04:30:00", "R1", channel="email"), reply("2025-03-12 03:59:59.999"),
            until="accepted", settings=NEW_YORK, as_of="2025-03-20"),
        LAPSED | {"clocks": {"reply_30d": ("2025-03-11", "met")}} | pending(*HEARD, replied_30d="pass")),
    "over the clock change, at midnight": (
        one(event("outreach", "2025-02-10 04:30:00", "R1", channel="email"), reply("2025-03-12 04:00:00"),
            until="accepted", settings=NEW_YORK, as_of="2025-03-20"),
        LAPSED | {"clocks": {"reply_30d": ("2025-03-11", "lapsed")}}),
    "confirmed without a reply": (
        one(but=("reply",), as_of="2025-09-01"), {"disposition": "pending", "criteria": {"replied_30d": "unknown"},
                                                  "pending_on": ["replied_30d", "engaged_3m"]}),
})
def test_reply_within_thirty_days(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


@pile.given(asked(as_of="2025-03-01"))
def test_running_reply_clock_is_said_with_its_days(result: dict) -> None:
    check(result, "R1", says={"replied_30d": ["30", "6 February 2025", "8 March 2025"],
                              "engaged_3m": ["3 months", "3 February 2025", "3 May 2025"]})
    findings = result["findings"]["R1"]
    assert (findings["replied_30d"]["changes_on"], findings["engaged_3m"]["changes_on"]) == ("2025-03-09", "2025-05-04")


# Engagement within three months of the first form


def accepted_only(*events: dict, at: str = "2025-02-03", as_of: str, **more: object) -> dict:
    return one(*events, until="accepted", at=at, as_of=as_of, **more)


OVER = expired("raf.valid.3b", engaged_3m="fail")
LATE_OUTREACH = event("outreach", "2025-04-28", "R1", channel="email")
EXTEND = {"raf.engagement_clock_extends_on_company_delay": True}


@pile.each({
    "last instant of the last day": (
        accepted_only(as_of="2025-05-03 23:59:59.999"),
        pending(*UNANSWERED) | {"clocks": {"engagement_3m": ("2025-05-03", "running")}, "flags": []}),
    "next midnight": (
        accepted_only(as_of="2025-05-04 00:00:00"),
        OVER | {"clocks": {"engagement_3m": ("2025-05-03", "lapsed")}, "flags": ["company_delay"]}),
    "engaged in the last instant": (
        accepted_only(LATE_OUTREACH, reply("2025-05-03 23:59:59.999"), as_of="2025-05-10"),
        pending("still_engaged", *HEARD, engaged_3m="pass", replied_30d="pass")),
    "engaged at the next midnight": (
        accepted_only(LATE_OUTREACH, reply("2025-05-04 00:00:00"), as_of="2025-05-10"),
        OVER | {"flags": ["company_delay"]}),
    "automatic reply is no engagement": (
        accepted_only(LATE_OUTREACH, reply("2025-05-01", automated=True), as_of="2025-05-10"), OVER),
    "engaged by chat": (
        accepted_only(LATE_OUTREACH, reply("2025-05-01", "chat"), as_of="2025-05-04"),
        pending("still_engaged", "replied_30d", *HEARD, engaged_3m="pass", replied_30d="unknown")),
    "30 November ends on 28 February": (
        accepted_only(at="2024-11-30", as_of="2025-02-28 23:59:59.999"),
        pending(*UNANSWERED) | {"clocks": {"engagement_3m": ("2025-02-28", "running")}}),
    "30 November before a leap day ends on 29 February": (
        accepted_only(at="2023-11-30", as_of="2024-02-29 23:59:59.999"),
        pending(*UNANSWERED) | {"clocks": {"engagement_3m": ("2024-02-29", "running")}}),
    "29 February ends on 29 May": (
        accepted_only(at="2024-02-29", as_of="2024-05-30 00:00:00"),
        OVER | {"clocks": {"engagement_3m": ("2024-05-29", "lapsed")}}),
    "31 January ends on 30 April": (accepted_only(at="2025-01-31", as_of="2025-05-01 00:00:00"), OVER),
    "two months by the owner's wish": (
        accepted_only(as_of="2025-04-04 00:00:00", settings={"raf.engagement_months": 2}), OVER),
    "in New York the form came the evening before": (
        accepted_only(at="2025-02-04 04:59:59", as_of="2025-05-04 03:59:59.999", settings=NEW_YORK),
        pending(*UNANSWERED) | {"clocks": {"engagement_3m": ("2025-05-03", "running")}}),
    "and summer time ends the three months an hour earlier": (
        accepted_only(at="2025-02-04 04:59:59", as_of="2025-05-04 04:00:00", settings=NEW_YORK), OVER),
    "outreach 30 days before the end is no delay": (
        accepted_only(event("outreach", "2025-04-03", "R1"), as_of="2025-05-04"),
        expired("raf.valid.3a", "raf.valid.3b") | {"flags": []}),
    "outreach 29 days before the end is one": (
        accepted_only(event("outreach", "2025-04-04", "R1"), as_of="2025-05-04"),
        OVER | {"flags": ["company_delay"], "criteria": {"replied_30d": "unknown"}}),
    "reply clock ran out first": (asked(as_of="2025-06-01"), expired("raf.valid.3a", "raf.valid.3b")),
    "engagement clock ran out first": (
        accepted_only(event("outreach", "2025-04-20", "R1"), as_of="2025-06-01"),
        expired("raf.valid.3b", "raf.valid.3a")),
    "extended for the delay, reply in time": (
        accepted_only(LATE_OUTREACH, reply("2025-05-28 23:59:59.999"), as_of="2025-06-10", settings=EXTEND),
        {"criteria": {"engaged_3m": "pass", "replied_30d": "pass"}, "disposition": "pending"}),
    "extended for the delay, over": (
        accepted_only(LATE_OUTREACH, as_of="2025-05-29 00:00:00", settings=EXTEND),
        {"disposition": "expired", "criteria": {"engaged_3m": "fail", "replied_30d": "fail"}}),
    "extended for the delay, last day": (
        accepted_only(LATE_OUTREACH, as_of="2025-05-28 23:59:59.999", settings=EXTEND),
        {"disposition": "pending", "criteria": {"engaged_3m": "unknown", "replied_30d": "unknown"}}),
    "never written to, extended": (
        accepted_only(as_of="2025-09-01", settings=EXTEND), {"disposition": "pending"}),
    "written to in time, nothing to extend": (
        asked(as_of="2025-05-04", settings=EXTEND), {"disposition": "expired", "criteria": {"engaged_3m": "fail"}}),
    "expired and failing a rule is rejected": (
        asked(activity("2025-01-05"), as_of="2025-06-01"),
        rejected("raf.valid.2", "raf.valid.3a", "raf.valid.3b")),
    "withdrawn before the end stops the clock": (
        accepted_only(event("withdrawn", "2025-03-01", "R1"), as_of="2025-09-01"), rejected("withdrawn")),
})
def test_engagement_within_three_months(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


def sent_again(again: str = "2025-06-10", source: str = "A", as_of: str = "2025-06-11", **settings: object) -> dict:
    """R1 of 3 February ran out on 3 May; the same contact is sent in once more."""
    return document(referral("R1", until="accepted"), referral("R2", again, None, partner=source),
                    as_of=as_of, settings=settings)


SCOPE = "raf.engagement_clock_scope"


@pile.each({
    "same source": (sent_again(), {"disposition": "expired", "reason": "raf.valid.3b"}),
    "another source": (sent_again(source="B"), {"disposition": "pending", "owner": "B"}),
    "another source, one clock per contact": (
        sent_again(source="B", **{SCOPE: "contact"}), {"disposition": "expired", "reason": "raf.valid.3b"}),
    "same source, one clock per submission": (
        sent_again(**{SCOPE: "submission"}),
        {"disposition": "pending", "owner": "A", "criteria": {"not_repeat": "pass"},
         "clocks": {"engagement_3m": ("2025-09-10", "running")}}),
})
def test_sending_a_contact_again_does_not_restart_the_three_months(number: int, expected: dict) -> None:
    check(pile.result(number), "R2", **expected)
    check(pile.result(number), "R1", disposition="expired", reason="raf.valid.3b")


# The target of 60 business days


@pile.each({
    "Monday": (accepted_only(as_of="2025-04-29 23:59:59.999"), ("2025-04-29", "running")),
    "the day after the last": (accepted_only(as_of="2025-04-30 00:00:00"), ("2025-04-29", "missed")),
    "met on the last day": (
        accepted_only(event("outreach", "2025-04-29 23:59:59.999", "R1"), as_of="2025-05-01"), ("2025-04-29", "met")),
    "met a moment later": (
        accepted_only(event("outreach", "2025-04-30 00:00:00", "R1"), as_of="2025-05-01"), ("2025-04-29", "missed")),
    "Sunday": (accepted_only(at="2025-02-02", as_of="2025-02-20"), ("2025-04-28", "running")),
    "Saturday": (accepted_only(at="2025-02-01", as_of="2025-02-20"), ("2025-04-28", "running")),
    "Friday": (accepted_only(at="2025-01-31", as_of="2025-02-20"), ("2025-04-28", "running")),
    "20 December 2024": (accepted_only(at="2024-12-20", as_of="2025-01-02"), ("2025-03-20", "running")),
    "no holidays": (
        accepted_only(as_of="2025-02-20", settings={"holiday_calendar": "none"}), ("2025-04-28", "running")),
    "ten business days": (
        accepted_only(as_of="2025-02-14", settings={"raf.sla.business_days": 10}), ("2025-02-18", "running")),
    "not accepted": (one(until=None, as_of="2025-06-01"), None),
    "a message to the source does not meet it": (
        accepted_only(event("source_contacted", "2025-02-06", partner="A"), as_of="2025-04-30"),
        ("2025-04-29", "missed")),
})
def test_response_target(number: int, expected: tuple | None) -> None:
    check(pile.result(number), "R1", clocks={"response_sla": expected})


# Still engaged after three months


def engaged(*events: dict, as_of: str = "2025-05-10", settings: dict | None = None, verdicts: tuple = (),
            until: str = "reply") -> dict:
    """The contact replied on 10 February; the months end on 3 May."""
    return one(*events, until=until, as_of=as_of, settings=settings, verdicts=verdicts)


DECLINE = event("disengaged", "2025-04-01", "R1", what="declined")
GONE = expired("raf.process.3.1.4", still_engaged="fail", engaged_3m="pass")
ASKED = pending("still_engaged", *HEARD, still_engaged="unknown")
STALE = {"raf.still_engaged.stale_days": 30}
UNTIL_PAID = {"raf.still_engaged.applies_until": "paid"}
CONFIRMED = event("confirmed", "2025-05-08", "R1")


def judged_engaged(value: str, at: str) -> tuple:
    return (verdict("still_engaged", value, at, "R1"),)


@pile.each({
    "the months run": (engaged(as_of="2025-05-03 23:59:59.999"), pending(*HEARD, still_engaged="na")),
    "the months are over, silence": (engaged(as_of="2025-05-04 00:00:00"), ASKED),
    "declined inside the months": (engaged(DECLINE, as_of="2025-05-03 23:59:59.999"), ASKED),
    "declined, months over": (engaged(DECLINE, as_of="2025-05-04 00:00:00"), GONE),
    "declined, then wrote again, months over": (engaged(DECLINE, reply("2025-04-20")), ASKED),
    "declined, then wrote again, months run": (
        engaged(DECLINE, reply("2025-04-20"), as_of="2025-05-01"), pending(*HEARD, still_engaged="na")),
    "declined after the months": (engaged(event("disengaged", "2025-05-06", "R1")), GONE),
    "a person says still engaged": (
        engaged(verdicts=judged_engaged("pass", "2025-05-05")), pending(*HEARD, still_engaged="pass")),
    "a person says no longer": (engaged(verdicts=judged_engaged("fail", "2025-05-05")), GONE),
    "a person said so before the decline": (
        engaged(DECLINE, verdicts=judged_engaged("pass", "2025-03-01")), GONE),
    "confirmed inside the months": (one(as_of="2025-06-01"), QUALIFIED | {"criteria": {"still_engaged": "na"}}),
    "confirmed inside the months though declined before": (
        one(event("disengaged", "2025-02-15", "R1"), as_of="2025-06-01"),
        QUALIFIED | {"criteria": {"still_engaged": "na"}}),
    "confirmed after the months": (
        engaged(CONFIRMED, until="verdicts"), QUALIFIED | {"criteria": {"still_engaged": "pass"}}),
    "confirmed after the months with a decline standing": (
        engaged(DECLINE, CONFIRMED, until="verdicts"), GONE),
    "declined after a late confirmation": (
        engaged(CONFIRMED, event("disengaged", "2025-05-09", "R1"), until="verdicts"),
        QUALIFIED | {"criteria": {"still_engaged": "pass"}}),
    "declined, then rejected by hand inside the months": (
        engaged(DECLINE, event("rejected", "2025-04-05", "R1", reason="declined"), as_of="2025-04-10"),
        rejected("raf.process.2b", still_engaged="unknown")),
    "limit of 30 days, silent since February": (engaged(as_of="2025-05-04 00:00:00", settings=STALE), GONE),
    "limit of 30 days, inside the months": (
        engaged(as_of="2025-05-03 23:59:59.999", settings=STALE), pending(*HEARD, still_engaged="na")),
    "limit of 30 days, rejected by hand inside them": (
        engaged(reply("2025-04-20"), event("rejected", "2025-05-05", "R1", reason="x"), settings=STALE),
        rejected("raf.process.2b", still_engaged="pass")),
    "limit of 30 days, last day": (
        engaged(reply("2025-04-20"), as_of="2025-05-20 23:59:59.999", settings=STALE),
        pending(*HEARD, still_engaged="pass")),
    "limit of 30 days, next day": (
        engaged(reply("2025-04-20"), as_of="2025-05-21 00:00:00", settings=STALE), GONE),
    "until paid: declined after confirmation": (
        one(event("disengaged", "2025-05-02", "R1"), as_of="2025-05-05", settings=UNTIL_PAID), GONE),
    "until paid: declined after payment": (
        one(event("payout_paid", "2025-04-10", "R1", amount=500), event("disengaged", "2025-05-02", "R1"),
            as_of="2025-05-05", settings=UNTIL_PAID), QUALIFIED | {"criteria": {"still_engaged": "na"}}),
})
def test_still_engaged(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


# Opportunity


def opened(*events: dict) -> dict:
    return one(*events, but=("opportunity_created",), until="verdicts")


def opportunity(at: str = "2025-02-20", **fields: object) -> dict:
    return event("opportunity_created", at, "R1", **fields)


@pile.each({
    "new": (opened(opportunity(new=True)), pending("confirmed", new_opportunity="pass")),
    "none": (opened(), pending("new_opportunity", "confirmed", new_opportunity="unknown")),
    "not new": (opened(opportunity(new=False)), rejected("raf.def.1", new_opportunity="fail")),
    "said to be new but opened before the form": (
        opened(opportunity(new=True, opened_at="2025-02-02")), rejected("raf.def.1", new_opportunity="fail")),
    "opened the day after the form": (
        opened(opportunity(new=True, opened_at="2025-02-04")), pending("confirmed", new_opportunity="pass")),
    "created before the form": (
        opened(opportunity("2025-01-20", new=True)), rejected("raf.def.1", new_opportunity="fail")),
    "nobody said whether new": (
        opened(opportunity()), pending("new_opportunity", "confirmed", new_opportunity="unknown")),
    "confirmed without one": (
        one(but=("opportunity_created",)), pending("new_opportunity", new_opportunity="unknown")),
})
def test_new_opportunity(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


# Usual criteria: role, interest, purchase within twelve months

SOFT = {"decision_role": "raf.def.2a", "interest": "raf.def.2b", "purchase_12m": "raf.def.2c"}
FAR = {"expected_decision_date": "2026-02-04"}


def lacking(name: str, value: str | None = "fail", *events: dict, until: str = "confirmed", **settings: object) -> dict:
    if name == "purchase_12m":
        return one(*events, lead={"expected_decision_date": "2026-02-04" if value else None}, settings=settings,
                   until=until)
    return one(*events, judged={name: value}, settings=settings, until=until)


def waiver(name: str, at: str = "2025-02-20") -> dict:
    return event("discretion", at, "R1", decision="waive", criterion=name, reason="known buyer", by="program_owner")


HARD = {"raf.typical_criteria": "hard"}
IGNORE = {"raf.typical_criteria": "ignore"}


@pile.each({
    **{f"{name} fails": (lacking(name), pending(name, **{name: "fail"})) for name in SOFT},
    **{f"{name} is open": (lacking(name, None), pending(name, **{name: "unknown"})) for name in SOFT},
    **{f"{name} waived": (lacking(name, "fail", waiver(name)), OK | {"criteria": {name: "waived"}}) for name in SOFT},
    **{f"{name} fails, hard": (lacking(name, **HARD), rejected(clause, **{name: "fail"}))
       for name, clause in SOFT.items()},
    **{f"{name} is open, hard": (lacking(name, None, **HARD), pending(name, **{name: "unknown"})) for name in SOFT},
    **{f"{name} waived, hard": (
        lacking(name, "fail", waiver(name), **HARD), rejected(clause, **{name: "fail"}) | {"flags": ["waiver_refused"]})
       for name, clause in SOFT.items()},
    **{f"{name} fails, ignored": (lacking(name, **IGNORE), OK) for name in SOFT},
    **{f"{name} is open, ignored": (lacking(name, None, **IGNORE), OK) for name in SOFT},
    "fails, not confirmed": (lacking("interest", until="verdicts"), pending("interest", "confirmed")),
    "fails, and the lead is rejected by hand": (
        lacking("interest", "fail", REJECTED), rejected("raf.process.2b", interest="fail")),
    "fails beside a hard fail": (
        one(judged={"interest": "fail", "sales_qualification": "fail"}), rejected("raf.valid.3c", interest="fail")),
    "three fail, hard": (
        one(judged={"interest": "fail", "decision_role": "fail"}, lead=FAR, settings=HARD),
        rejected("raf.def.2a", "raf.def.2b", "raf.def.2c")),
    "decision on the last day": (one(lead={"expected_decision_date": "2026-02-03"}), OK),
    "29 February reaches 28 February": (
        one(at="2024-02-29", lead={"expected_decision_date": "2025-02-28"}, until=None, as_of="2024-03-01"),
        {"criteria": {"purchase_12m": "pass"}}),
    "29 February does not reach 1 March": (
        one(at="2024-02-29", lead={"expected_decision_date": "2025-03-01"}, until=None, as_of="2024-03-01"),
        {"criteria": {"purchase_12m": "fail"}}),
    "six months, last day": (
        one(lead={"expected_decision_date": "2025-08-03"}, settings={"raf.purchase_horizon_months": 6}), OK),
    "six months, next day": (
        one(lead={"expected_decision_date": "2025-08-04"}, settings={"raf.purchase_horizon_months": 6}),
        pending("purchase_12m", purchase_12m="fail")),
    "in Los Angeles the form came the day before": (
        one(at="2025-02-03 07:59:59", lead={"expected_decision_date": "2026-02-03"}, settings=LOS_ANGELES),
        pending("purchase_12m", purchase_12m="fail")),
    "later verdict counts": (
        one(judged={"interest": "fail"}, verdicts=(verdict("interest", "pass", "2025-03-01", "R1"),)), OK),
    "sales qualification fails": (one(judged={"sales_qualification": "fail"}), rejected("raf.valid.3c")),
    "sales qualification is open": (one(judged={"sales_qualification": None}), pending("sales_qualification")),
    "sales qualification cannot be waived": (
        one(waiver("sales_qualification"), judged={"sales_qualification": "fail"}),
        rejected("raf.valid.3c") | {"flags": ["waiver_refused"]}),
})
def test_usual_criteria(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


# Products that earn a bonus


def of(*products: str, **settings: object) -> dict:
    return one(lead={"products": list(products)}, until="verdicts", settings=settings)


ELIGIBLE = pending("confirmed", product_eligible="pass")
ALL = {"raf.mixed_products": "all_must_be_eligible"}
PERSONAL_ONLY = {"raf.excluded_products": {"raf.invalid.1": ["free_edition", "cloudextend_personal", "services"],
                                           "raf.invalid.4": ["try_for_free"]}}


def excluded(clause: str, *also: str) -> dict:
    return rejected(clause, *also, product_eligible="fail")


@pile.each({
    "integrator.io": (of("integrator_io"), ELIGIBLE),
    "B2B Manager": (of("b2b_manager"), ELIGIBLE),
    "free edition": (of("free_edition"), excluded("raf.invalid.1")),
    "services": (of("services"), excluded("raf.invalid.1")),
    "CloudExtend personal, cited once": (of("cloudextend_personal"), excluded("raf.invalid.1")),
    "CloudExtend enterprise": (of("cloudextend_enterprise"), excluded("raf.invalid.4")),
    "CloudExtend of any edition": (of("cloudextend_any"), excluded("raf.invalid.4")),
    "Try For Free": (of("try_for_free"), excluded("raf.invalid.4")),
    "services and Try For Free": (of("services", "try_for_free"), excluded("raf.invalid.1", "raf.invalid.4")),
    "CloudExtend personal and enterprise": (
        of("cloudextend_personal", "cloudextend_enterprise"), excluded("raf.invalid.1", "raf.invalid.4")),
    "one that earns is enough": (of("try_for_free", "b2b_manager"), ELIGIBLE),
    "all must earn, services": (of("integrator_io", "services", **ALL), excluded("raf.invalid.1")),
    "all must earn, Try For Free": (of("integrator_io", "try_for_free", **ALL), excluded("raf.invalid.4")),
    "all must earn, and do": (of("integrator_io", "b2b_manager", **ALL), ELIGIBLE),
    "mixed goes to a person": (
        of("integrator_io", "services", **{"raf.mixed_products": "review"}),
        pending("product_eligible", "confirmed", product_eligible="unknown")),
    "nothing that earns does not": (
        of("services", **{"raf.mixed_products": "review"}), excluded("raf.invalid.1")),
    "only the personal edition excluded": (of("cloudextend_enterprise", **PERSONAL_ONLY), ELIGIBLE),
    "and the personal edition is": (of("cloudextend_personal", **PERSONAL_ONLY), excluded("raf.invalid.1")),
    "no product": (of(), pending("product_eligible", "confirmed", product_eligible="unknown")),
    "no product, which a person settles": (
        one(lead={"products": None}, until="verdicts", judged={"product_eligible": "pass"}), ELIGIBLE),
})
def test_product_that_earns_a_bonus(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


# Two sources


def two(*events: dict, first: str | None = None, second: str | None = None, at: str = "2025-02-04",
        as_of: str = "2025-02-20", settings: dict | None = None, verdicts: tuple = (), r1: dict | None = None,
        r2: dict | None = None, but: tuple = (), **changed: dict) -> dict:
    """A sends Mia on 3 February; B sends the same or a similar lead later."""
    return document(
        referral("R1", until=first, but=but, **(r1 or {})),
        referral("R2", at, second, **({"partner": "B"} | (r2 or {}))),
        events=events, as_of=as_of, settings=AMOUNT | (settings or {}), verdicts=verdicts, **changed,
    )


FIRST = [("R1", "R2", "raf.invalid.1b")]
ELSEWHERE = [("R1", "R2", "raf.invalid.1a")]
BEATEN = {"disposition": "rejected", "reason": "raf.invalid.1b", **NONE, "criteria": {"first_submitter": "fail"},
          "conflicts": FIRST}
TAKEN = {"disposition": "rejected", "reason": "raf.invalid.1a", **NONE, "criteria": {"not_accepted_elsewhere": "fail"},
         "conflicts": ELSEWHERE}
FREE_PLACE = {"disposition": "pending", "owner": "B", "owner_status": "provisional", "conflicts": [],
              "criteria": {"first_submitter": "pass", "not_accepted_elsewhere": "pass", "not_repeat": "pass"}}
QUESTION = {"disposition": "pending", **NONE, "conflicts": [], "criteria": {"first_submitter": "unknown"}}
OUT = event("rejected", "2025-02-06", "R1", reason="false data")
BACK = event("withdrawn", "2025-02-06", "R1")
COLLEAGUE = {"contact": "C2"}
OTHER_PRODUCT = {"products": ["b2b_manager"]}


def setting(name: str, value: object) -> dict:
    return {"settings": {f"raf.{name}": value}}


@pile.each({
    "first undecided": (two(), BEATEN),
    "first accepted later": (two(event("accepted", "2025-02-05", "R1")), BEATEN),
    "first accepted before": (two(event("accepted", "2025-02-04 09:00:00", "R1")), TAKEN),
    "first rejected before": (two(OUT, at="2025-02-07"), FREE_PLACE),
    "first accepted, then rejected before": (
        two(event("accepted", "2025-02-04 09:00:00", "R1"), OUT, at="2025-02-07"), FREE_PLACE),
    "first withdrawn before": (two(BACK, at="2025-02-07"), FREE_PLACE),
    "first rejected at the option of the company before": (
        two(event("discretion", "2025-02-06", "R1", decision="reject", reason="audit"), at="2025-02-07"), FREE_PLACE),
    "first rejected later stays decided": (two(OUT), BEATEN),
    "first withdrawn later stays decided": (two(BACK), BEATEN),
    "first rejected later, review": (two(OUT, **setting("on_first_rejected", "review")), QUESTION),
    "first withdrawn later, review": (two(BACK, **setting("on_first_rejected", "review")), QUESTION),
    "first rejected later, revival": (two(OUT, **setting("on_first_rejected", "revive")), FREE_PLACE),
    "held while the first is undecided": (two(**setting("second_while_pending", "hold")), QUESTION),
    "held, first accepted": (
        two(event("accepted", "2025-02-05", "R1"), **setting("second_while_pending", "hold")), BEATEN),
    "held, first rejected": (two(OUT, **setting("second_while_pending", "hold")), FREE_PLACE),
    "first not through the form": (two(r1={"channel": "email"}), FREE_PLACE),
    "first fails another rule": (two(r1={"products": ["services", "integrator_io"]}, O1={
        "customer_products": [IN_USE]}), BEATEN | {"criteria": {"first_submitter": "fail"}}),
    "first ran out the day before": (
        two(first="outreach", at="2025-03-09", as_of="2025-03-20"), FREE_PLACE),
    "first ran out the day after": (
        two(first="outreach", at="2025-03-08", as_of="2025-03-20"), TAKEN),
    "first confirmed and unpaid": (two(first="confirmed", at="2025-03-01", as_of="2025-03-05"), TAKEN),
    "first ran out, but acceptances count for good": (
        two(first="outreach", at="2025-03-09", as_of="2025-03-20", **setting("accepted_elsewhere.live_only", False)),
        TAKEN),
    "first rejected, but acceptances count for good": (
        two(event("accepted", "2025-02-04 09:00:00", "R1"), OUT, at="2025-02-07",
            **setting("accepted_elsewhere.live_only", False)), TAKEN),
    "first never accepted and rejected, acceptances count for good": (
        two(OUT, at="2025-02-07", **setting("accepted_elsewhere.live_only", False)), FREE_PLACE),
    "same instant": (two(at="2025-02-03"), QUESTION),
    "same person with a tag": (
        two(r2=COLLEAGUE, C2={"email": "Mia+celigo@Northwind.example", "full_name": "M. Chen"}), BEATEN),
    "colleague": (two(r2=COLLEAGUE), QUESTION),
    "colleague, first accepted": (
        two(event("accepted", "2025-02-04 09:00:00", "R1"), r2=COLLEAGUE),
        {"disposition": "pending", "conflicts": [], "criteria": {"not_accepted_elsewhere": "unknown"}}),
    "colleague, near matches ignored": (two(r2=COLLEAGUE, **setting("near_match", "ignore")), FREE_PLACE),
    "colleague, near matches count": (two(r2=COLLEAGUE, **setting("near_match", "conflict")), BEATEN),
    "colleague, the organization is the lead": (
        two(r2=COLLEAGUE, **setting("same_lead_match", "organization")), BEATEN),
    "colleague for the same product": (
        two(r2=COLLEAGUE, **setting("same_lead_match", "organization_product")), BEATEN),
    "colleague for another product": (
        two(r2=COLLEAGUE | OTHER_PRODUCT, **setting("same_lead_match", "organization_product")), QUESTION),
    "another product": (two(r2=OTHER_PRODUCT), QUESTION),
    "one product in common": (two(r2={"products": ["b2b_manager", "integrator_io"]}), BEATEN),
    "colleague, first rejected before": (two(OUT, at="2025-02-07", r2=COLLEAGUE), FREE_PLACE),
    "another organization": (two(r2={"contact": "C3", "org": "O2"}), FREE_PLACE),
    "two free-mail contacts": (
        two(r2={"contact": "C3", "org": "O2"}, C1={"email": "mia@gmail.com"}, C3={"email": "ana@gmail.com"}),
        FREE_PLACE),
    "a person puts the second first": (
        two(verdicts=(verdict("first_submitter", "pass", "2025-02-10", "R2"),)), FREE_PLACE),
    "a person settles the colleague": (
        two(r2=COLLEAGUE, verdicts=(verdict("first_submitter", "pass", "2025-02-10", "R2"),)), FREE_PLACE),
    "a person finds it the same lead": (
        two(r2=COLLEAGUE, verdicts=(verdict("first_submitter", "fail", "2025-02-10", "R2"),)),
        {"disposition": "rejected", "reason": "raf.invalid.1b", **NONE}),
    "second accepted by hand": (two(second="accepted"), BEATEN),
    "second accepted by hand, goes to a person": (
        two(second="accepted", **setting("computed_fail_after_acceptance", "review")),
        {"disposition": "pending", **NONE, "criteria": {"first_submitter": "fail"}}),
})
def test_second_source(number: int, expected: dict) -> None:
    check(pile.result(number), "R2", **expected)


@pile.given(two())
def test_first_source_keeps_its_place_and_the_sentence_says_why(result: dict) -> None:
    check(result, "R1", **pending(*UNTOUCHED, first_submitter="pass"))
    check(result, "R2", says={"first_submitter": ["R1", "3 February 2025", "4 February 2025"]})
    assert result["findings"]["R2"]["first_submitter"]["evidence"] == ["R1"]


@pile.given(two(at="2025-02-03", first="confirmed", second="confirmed", as_of=NOW))
def test_tie_of_two_qualified_referrals_waits_and_pays_nobody(result: dict) -> None:
    for lead in ("R1", "R2"):
        check(result, lead, disposition="pending", pending_on=["first_submitter"], **NONE, conflicts=[], payouts=[])


def three(*events: dict, third: str = "2025-02-07", settings: dict | None = None, r2: dict | None = None,
          r3: dict | None = None, as_of: str = "2025-02-20") -> dict:
    return document(
        referral("R1", until=None), referral("R2", "2025-02-04", None, partner="B", **(r2 or {})),
        referral("R3", third, None, partner="D", **(r3 or {})), events=events, as_of=as_of, settings=settings or {},
    )


@pile.given(three())
def test_everyone_behind_the_first_loses_to_the_first(result: dict) -> None:
    check(result, "R3", disposition="rejected", conflicts=[*FIRST, ("R1", "R3", "raf.invalid.1b")])


@pile.given(three(OUT))
def test_loser_holds_no_place_against_the_third(result: dict) -> None:
    check(result, "R2", disposition="rejected", reason="raf.invalid.1b", conflicts=FIRST)
    check(result, "R3", disposition="pending", owner="D", owner_status="provisional")


@pile.given(three(OUT, settings={"raf.on_first_rejected": "revive"}))
def test_revived_second_beats_the_third(result: dict) -> None:
    check(result, "R2", disposition="pending", owner="B", conflicts=[("R2", "R3", "raf.invalid.1b")])
    check(result, "R3", disposition="rejected", reason="raf.invalid.1b")


@pile.given(three(OUT, settings={"raf.on_first_rejected": "review"}))
def test_third_waits_behind_a_second_under_review(result: dict) -> None:
    for lead in ("R2", "R3"):
        check(result, lead, disposition="pending", **NONE, conflicts=[], criteria={"first_submitter": "unknown"})


@pile.given(three(r2=COLLEAGUE, r3=COLLEAGUE))
def test_lead_behind_one_under_review_is_under_review_too(result: dict) -> None:
    for lead in ("R2", "R3"):
        check(result, lead, disposition="pending", **NONE, conflicts=[], criteria={"first_submitter": "unknown"})


# The same source again, and a second bonus

PAID = event("payout_paid", "2025-03-20", "R1", amount=500)
AGAIN = {"partner": "A"}


@pile.each({
    "first undecided": (two(r2=AGAIN), ("raf.invalid.2a", "fail")),
    "first accepted": (two(r2=AGAIN, first="accepted", at="2025-02-10"), ("raf.invalid.2a", "fail")),
    "first confirmed and unpaid": (
        two(r2=AGAIN, first="confirmed", at="2025-03-01", as_of="2025-03-05"), ("raf.invalid.2a", "fail")),
    "first paid": (
        two(PAID, r2=AGAIN, first="confirmed", at="2025-03-21", as_of="2025-03-25"), ("raf.invalid.2b", "fail")),
    "first paid, one bonus per source": (
        two(PAID, r2=AGAIN, first="confirmed", at="2025-03-21", as_of="2025-03-25",
            **setting("bonus_limit", "contact_per_source")), ("raf.invalid.2b", "fail")),
    "first paid, one bonus per submission": (
        two(PAID, r2=AGAIN, first="confirmed", at="2025-03-21", as_of="2025-03-25",
            **setting("bonus_limit", "submission")), (None, "pass")),
    "first rejected": (two(OUT, r2=AGAIN, at="2025-02-07"), ("raf.process.3.2", "fail")),
    "first judged out": (
        two(r2=AGAIN, at="2025-02-17", verdicts=(verdict("sales_qualification", "fail", "2025-02-13", "R1"),)),
        ("raf.process.3.2", "fail")),
    "first found to be false": (
        two(event("abuse_finding", "2025-02-13", "R1", kind="false_lead"), r2=AGAIN, at="2025-02-17"),
        ("raf.process.3.2", "fail")),
    "first withdrawn": (two(BACK, r2=AGAIN, at="2025-02-07"), (None, "pass")),
    "first ran out, one clock per submission": (
        two(r2=AGAIN, first="outreach", at="2025-03-09", as_of="2025-03-20",
            **setting("engagement_clock_scope", "submission")), (None, "pass")),
    "first not through the form": (two(r2=AGAIN, r1={"channel": "phone"}), (None, "pass")),
    "another source after the bonus was paid": (
        two(PAID, first="confirmed", at="2025-03-21", as_of="2025-03-25"), ("raf.invalid.2b", "fail")),
    "another source after the bonus was paid, one per source": (
        two(PAID, first="confirmed", at="2025-03-21", as_of="2025-03-25",
            **setting("bonus_limit", "contact_per_source")), (None, "pass")),
    "another source before the bonus was paid": (
        two(PAID, first="confirmed", at="2025-03-19", as_of="2025-03-25"), ("raf.invalid.1a", "pass")),
    "another source after a rejection": (two(OUT, at="2025-02-07"), (None, "pass")),
    "another source after a rejection that counts": (
        two(OUT, at="2025-02-07", **setting("rejected_counts_as_duplicate", True)), ("raf.invalid.2a", "fail")),
    "colleague after the bonus was paid": (
        two(PAID, first="confirmed", at="2025-03-21", as_of="2025-03-25", r2=COLLEAGUE), (None, "pass")),
    "tagged address after the bonus was paid": (
        two(PAID, first="confirmed", at="2025-03-21", as_of="2025-03-25", r2=COLLEAGUE,
            C2={"email": "mia+2@northwind.example"}), ("raf.invalid.2b", "fail")),
})
def test_repeated_contact(number: int, expected: tuple[str | None, str]) -> None:
    result = pile.result(number)
    check(result, "R2", disposition="rejected" if expected[0] else "pending", reason=expected[0],
          criteria={"not_repeat": expected[1]})
    if expected[0] != "raf.invalid.1a":
        check(result, "R2", conflicts=[])


# Partner program beside it


def crossing(*events: dict, partner_at: str = "2025-03-03", raf_at: str = "2025-03-10", as_of: str = "2025-03-12",
             accepted: bool = True, until: str | None = None, **settings: object) -> dict:
    return document(
        registration("P1", partner_at, "accepted" if accepted else "verdicts"),
        referral("R1", raf_at, until), events=events, as_of=as_of, settings=AMOUNT | settings,
    )


@pile.each({
    "partner accepted before": (
        crossing(), {"disposition": "rejected", "reason": "raf.invalid.1a", **NONE,
                     "conflicts": [("P1", "R1", "raf.invalid.1a")]}),
    "partner undecided before": (
        crossing(accepted=False), {"disposition": "pending", **NONE, "conflicts": [],
                                   "pending_on": ["cross_program_review", *UNTOUCHED]}),
    "partner undecided before, referral accepted": (
        crossing(accepted=False, until="accepted", as_of="2025-03-13"),
        {"disposition": "pending", "owner": "A", "pending_on": ACCEPTED_ONLY}),
    "partner accepted while the referral was undecided": (
        crossing(raf_at="2025-03-02"),
        {"disposition": "pending", "pending_on": ["not_accepted_elsewhere", *UNTOUCHED],
         "criteria": {"not_accepted_elsewhere": "unknown"}, "conflicts": []}),
    "partner accepted while the referral was undecided, looked at when deciding": (
        crossing(raf_at="2025-03-02", **{"raf.accepted_elsewhere.measured_at": "decision"}),
        {"disposition": "rejected", "reason": "raf.invalid.1a", "criteria": {"not_accepted_elsewhere": "fail"}}),
    "partner accepted after the referral was accepted": (
        crossing(raf_at="2025-03-01", until="accepted", partner_at="2025-03-05"),
        {"disposition": "pending", "pending_on": ACCEPTED_ONLY, "criteria": {"not_accepted_elsewhere": "pass"}}),
    "partner disassociated before": (
        crossing(event("disassociated", "2025-03-08", "P1")),
        {"disposition": "pending", "owner": "A", "criteria": {"not_accepted_elsewhere": "pass"}}),
    "partner's ownership ended the day before": (
        crossing(raf_at="2026-03-05", as_of="2026-03-06"),
        {"disposition": "pending", "owner": "A", "criteria": {"not_accepted_elsewhere": "pass"}}),
    "partner's ownership ends that day": (
        crossing(raf_at="2026-03-04", as_of="2026-03-06"), {"disposition": "rejected", "reason": "raf.invalid.1a"}),
})
def test_lead_of_the_partner_program(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


# Abuse, bars, the company's rights, the end of the program


def finding(kind: str, at: str = "2025-03-01", lead: str = "R1", **fields: object) -> dict:
    return event("abuse_finding", at, lead, partner="A", kind=kind, by="sales", **fields)


BARRED = {"source_not_barred": "fail"}
FUTURE_ONLY = {"raf.participant_bar_scope": "future_only"}
MONEY = event("payout_paid", "2025-02-26", "R1", amount=500)
ENDED = event("program_terminated", "2025-03-01", program="raf")
DISQUALIFIED = event("discretion", "2025-03-05", "R1", decision="reject", by="program_owner", reason="audit")


def paid_out(**fields: object) -> list[dict]:
    return [{"amount": 500.0, "status": "paid", "due": "2025-04-22", "blockers": []} | fields]


@pile.each({
    "false lead": (one(finding("false_lead")), rejected("raf.invalid.3", no_abuse="fail", source_not_barred="pass")),
    "abuse": (one(finding("abuse")), rejected("raf.invalid.3", no_abuse="fail")),
    "unsolicited": (one(finding("unsolicited")), rejected("raf.invalid.5", no_abuse="pass", **BARRED)),
    "unsolicited, named by the lead alone": (
        one(event("abuse_finding", "2025-03-01", "R1", kind="unsolicited")), rejected("raf.invalid.5", **BARRED)),
    "unsolicited, named by the source alone": (
        one(event("abuse_finding", "2025-03-01", partner="A", kind="unsolicited")),
        rejected("raf.invalid.5", **BARRED)),
    "finding of tomorrow": (one(finding("false_lead", "2025-03-10 15:00:00.001")), OK),
    "bar of tomorrow": (one(finding("unsolicited", "2025-03-10 15:00:00.001")), OK),
    "barred after the bonus was paid": (
        one(MONEY, finding("unsolicited")),
        QUALIFIED | {"payouts": paid_out(), "criteria": {"source_not_barred": "pass"}}),
    "barred before the bonus was paid": (
        one(finding("unsolicited", "2025-02-25"), MONEY), rejected("raf.invalid.5") | {"payouts": paid_out()}),
    "false lead found after the bonus was paid": (
        one(MONEY, finding("false_lead")), rejected("raf.invalid.3") | {"payouts": paid_out(), "flags": []}),
    "disqualified unpaid": (one(DISQUALIFIED), rejected("raf.intro.5")),
    "disqualified after payment": (
        one(MONEY, DISQUALIFIED),
        rejected("raf.intro.5") | {"payouts": paid_out(), "flags": ["paid_then_disqualified"],
                                   "duties": {"notify_source_of_payout": "open"}}),
    "disqualified for everything": (
        one(DISQUALIFIED, finding("unsolicited"), finding("abuse", "2025-03-02"),
            event("program_terminated", "2025-02-01", program="raf"), lead={"channel": "email"}),
        rejected("raf.intro.4", "raf.intro.5", "raf.invalid.5", "raf.invalid.3", "raf.process.2a")),
    "program ended before": (
        one(event("program_terminated", "2025-02-03 16:59:59", program="raf")), rejected("raf.intro.4")),
    "program ended in flight": (one(ENDED, until="verdicts"), pending("program_terminated", "confirmed")),
    "program ended in flight, rejected": (
        one(ENDED, until="verdicts", settings={"raf.on_termination_inflight": "reject"}), rejected("raf.intro.4")),
    "program ended in flight, honoured": (
        one(ENDED, until="verdicts", settings={"raf.on_termination_inflight": "honour"}), pending("confirmed")),
    "program ended after the confirmation": (one(ENDED), OK),
    "program ended after the confirmation, rejected in flight": (
        one(ENDED, settings={"raf.on_termination_inflight": "reject"}), OK),
    "program ends tomorrow": (
        one(event("program_terminated", "2025-03-11", program="raf"), until="verdicts"), pending("confirmed")),
    "another program ended": (one(event("program_terminated", "2025-02-01", program="ptr")), OK),
})
def test_disqualification(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


@pile.given(document(
    referral("R1"), events=[finding("unsolicited")], as_of="2025-04-10",
    settings=AMOUNT | {"raf.participant_bar_scope": "future_only"}))
def test_the_unsolicited_referral_itself_falls_whatever_the_bar_reaches(result: dict) -> None:
    check(result, "R1", disposition="rejected", reason="raf.invalid.5")


def barred(settings: dict | None = None, second_at: str = "2025-02-04", *events: dict) -> dict:
    """A finding of 1 March on R1; R2 is a decent lead of the same source."""
    return document(
        referral("R1"), referral("R2", second_at, contact="C3", org="O2"),
        events=[finding("unsolicited"), *events], as_of="2025-04-10", settings=AMOUNT | (settings or {}),
    )


@pile.each({
    "earlier and unpaid": (barred(), {"disposition": "rejected", "reason": "raf.invalid.5"}),
    "earlier and paid": (
        barred(None, "2025-02-04", event("payout_paid", "2025-02-28", "R2", amount=500)), {"disposition": "qualified"}),
    "sent in later": (barred(None, "2025-03-05"), {"disposition": "rejected", "reason": "raf.invalid.5"}),
    "earlier, only the future is barred": (barred(FUTURE_ONLY), {"disposition": "qualified"}),
    "sent in later, only the future is barred": (
        barred(FUTURE_ONLY, "2025-03-05"), {"disposition": "rejected", "reason": "raf.invalid.5"}),
})
def test_other_leads_of_a_barred_source(number: int, expected: dict) -> None:
    check(pile.result(number), "R2", **expected)


@pile.given(document(referral("R1"), referral("R2", "2025-02-04", contact="C3", org="O2", partner="B"),
                     events=[finding("unsolicited"), finding("false_lead")], as_of=NOW, settings=AMOUNT))
def test_findings_touch_no_other_source(result: dict) -> None:
    check(result, "R2", disposition="qualified", owner="B")


# Payouts


def pays(*events: dict, settings: dict | None = None, as_of: str = NOW, **source: object) -> dict:
    return one(*events, settings=settings, as_of=as_of, A=source)


def blocked(*blockers: str, **fields: object) -> dict:
    return QUALIFIED | {"payouts": [{"status": "blocked", "blockers": list(blockers), "due": "2025-04-22"} | fields]}


WIRE = event("wire_requested", "2025-03-01", partner="A")
LATE_NAME = event("payee_details_provided", "2025-04-01", partner="A", field="last_name")
RESTARTS = {"due_restarts_on_details": True}
NOTICE = "2025-03-21"


@pile.each({
    "due today until its end": (
        pays(as_of="2025-04-22 23:59:59.999"), QUALIFIED | {"payouts": [PAYABLE]}),
    "overdue from the next midnight": (
        pays(as_of="2025-04-23 00:00:00"), QUALIFIED | {"payouts": [PAYABLE | {"overdue": True}]}),
    "thirty days": (pays(settings={"raf.payout_days": 30}), QUALIFIED | {"payouts": [PAYABLE | {"due": "2025-03-23"}]}),
    "confirmed in New York the evening before": (
        one(event("confirmed", "2025-02-22 04:59:59", "R1"), until="verdicts", settings=NEW_YORK),
        QUALIFIED | {"payouts": [PAYABLE]}),
    "confirmed in New York at midnight": (
        one(event("confirmed", "2025-02-22 05:00:00", "R1"), until="verdicts", settings=NEW_YORK),
        QUALIFIED | {"payouts": [PAYABLE | {"due": "2025-04-23"}]}),
    "cents": (pays(settings={"raf.bonus_amount": 499.99}), QUALIFIED | {"payouts": [PAYABLE | {"amount": 499.99}]}),
    "no amount and no name": (
        pays(settings={"raf.bonus_amount": None}, first_name=None),
        blocked("bonus_amount_not_set", "payee.first_name", amount=None)),
    "no first name": (pays(first_name=None), blocked("payee.first_name")),
    "blank first name": (pays(first_name="  "), blocked("payee.first_name")),
    "no last name": (pays(last_name=None), blocked("payee.last_name")),
    "no address": (pays(email=None), blocked("payee.business_email")),
    "no address at all": (pays(email="a.customer-a.example"), blocked("payee.business_email")),
    "free mail": (pays(email="a@gmail.com"), blocked("payee.business_email")),
    "free mail admitted": (
        pays(email="a@gmail.com", settings={"raf.payee_freemail_ok": True}), QUALIFIED | {"payouts": [PAYABLE]}),
    "nothing on file": (
        pays(first_name=None, last_name=None, email=None),
        blocked("payee.first_name", "payee.last_name", "payee.business_email")),
    "abroad, no wire asked for": (pays(country="DE"), QUALIFIED | {"payouts": [PAYABLE]}),
    "abroad, wire asked for": (pays(WIRE, country="DE"), blocked("payee.wire_details", method="wire")),
    "at home, wire asked for": (pays(WIRE), blocked("payee.wire_details", method="wire")),
    "wire asked for tomorrow": (
        pays(event("wire_requested", "2025-03-11", partner="A"), country="DE"), QUALIFIED | {"payouts": [PAYABLE]}),
    "wire details handed in": (
        pays(WIRE, event("payee_details_provided", "2025-03-05", partner="A", field="wire_details"), country="DE"),
        QUALIFIED | {"payouts": [PAYABLE | {"method": "wire"}]}),
    "wire details on file": (
        pays(WIRE, country="DE", wire_details="IBAN"), QUALIFIED | {"payouts": [PAYABLE | {"method": "wire"}]}),
    "wire details handed in tomorrow": (
        pays(WIRE, event("payee_details_provided", "2025-03-11", partner="A", field="wire_details"), country="DE"),
        blocked("payee.wire_details", method="wire")),
    "country not known": (pays(country=None), QUALIFIED | {"payouts": [PAYABLE]}),
    "late details leave the day": (
        pays(LATE_NAME, last_name=None, as_of="2025-05-01"),
        QUALIFIED | {"payouts": [PAYABLE | {"overdue": True}]}),
    "late details, still missing": (
        pays(last_name=None, as_of="2025-05-01"), blocked("payee.last_name", overdue=True)),
    "late details restart the days where wanted": (
        pays(LATE_NAME, last_name=None, as_of="2025-05-01", settings=RESTARTS),
        QUALIFIED | {"payouts": [PAYABLE | {"due": "2025-05-31"}]}),
    "payment of tomorrow": (pays(PAID, as_of="2025-03-20 14:59:59"), QUALIFIED | {"payouts": [PAYABLE]}),
    "paid": (
        pays(PAID, as_of="2025-05-01"),
        QUALIFIED | {"payouts": paid_out(overdue=False, method="gift_card"),
                     "duties": {"notify_source_of_payout": "open"}}),
    "paid and told": (
        pays(PAID, event("notice_sent", NOTICE, "R1", about="payout"), as_of="2025-05-01"),
        QUALIFIED | {"duties": {"notify_source_of_payout": "done"}}),
    "told before the payment": (
        pays(event("notice_sent", "2025-03-19", "R1", about="payout"), PAID, as_of="2025-05-01"),
        QUALIFIED | {"duties": {"notify_source_of_payout": "open"}}),
    "told about something else": (
        pays(PAID, event("notice_sent", NOTICE, "R1", about="rejection"), as_of="2025-05-01"),
        QUALIFIED | {"duties": {"notify_source_of_payout": "open"}}),
    "details missing, then paid all the same": (
        pays(PAID, last_name=None, as_of="2025-05-01"), QUALIFIED | {"payouts": paid_out()}),
    "amount of the day of submission": (
        one(settings={"rule_versions": [{"from": "2025-02-04", "raf.bonus_amount": 300}]}), OK),
    "amount of the version that began that day": (
        one(settings={"rule_versions": [{"from": "2025-02-03", "raf.bonus_amount": 300}]}),
        QUALIFIED | {"payouts": [PAYABLE | {"amount": 300.0}]}),
    "last version begun by then": (
        one(settings={"rule_versions": [{"from": "2025-01-01", "raf.bonus_amount": 200},
                                        {"from": "2025-02-01", "raf.bonus_amount": 300},
                                        {"from": "2025-02-05", "raf.bonus_amount": 400}]}),
        QUALIFIED | {"payouts": [PAYABLE | {"amount": 300.0}]}),
    "begun that day, in Los Angeles the day before": (
        one(at="2025-02-03 07:59:59", settings={"rule_versions": [{"from": "2025-02-03", "raf.bonus_amount": 300}],
                                                **LOS_ANGELES}),
        QUALIFIED | {"payouts": [{"amount": 500.0}]}),
})
def test_payout(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", **expected)


@pile.each({
    "before": (one(until="outreach", as_of="2025-03-09 00:00:00", settings={"rule_versions": [
        {"from": "2025-02-04", "raf.reply_days": 45}]}), "expired"),
    "from that day": (one(until="outreach", as_of="2025-03-09 00:00:00", settings={"rule_versions": [
        {"from": "2025-02-03", "raf.reply_days": 45}]}), "pending"),
})
def test_changed_reply_days_hold_for_leads_that_come_from_their_first_day_on(number: int, expected: str) -> None:
    check(pile.result(number), "R1", disposition=expected)


# What is missing altogether


@pile.each({
    "no contact": (one(lead={"contact": None}, until=None), {}),
    "no organization": (document(referral("R1", until=None, org=None), as_of=NOW, C1={"org": None}), {}),
    "neither": (document(referral("R1", until=None, org=None, contact=None), as_of=NOW), {}),
    "no date and no product": (one(lead={"expected_decision_date": None, "products": None}, until=None),
                               {"purchase_12m": "unknown", "product_eligible": "unknown"}),
})
def test_referral_with_little_known_is_evaluated(number: int, expected: dict) -> None:
    check(pile.result(number), "R1", disposition="pending", criteria=expected)


NOTHING = {"empty": {"as_of": "2025-01-01T00:00:00Z"}, "before its lead": one(as_of="2025-01-01")}


@pytest.mark.parametrize("nothing", NOTHING.values(), ids=NOTHING)
def test_document_without_a_lead_yet_gives_an_empty_result(nothing: dict) -> None:
    found = evaluated([{**nothing, "id": "N"}])
    assert found == [{"id": "N", "leads": {}, "conflicts": [], "payouts": [], "clocks": [], "duties": [],
                      "findings": {}}]


CROWD = [(f"C{number}", {"org": "O1", "full_name": f"Person {number}", "email": "desk.mia@northwind.example"})
         for number in range(11, 32)]


def crowd(size: int) -> dict:
    """As many sources that send as many different names behind one address, day by day."""
    sent = [referral(f"R{number}", f"2025-02-{number:02}", None, partner=f"S{number}", contact=CROWD[number - 1][0])
            for number in range(1, size + 1)]
    return document(*sent, as_of=NOW, **dict(CROWD[:size]))


@pile.given(crowd(20))
def test_twenty_names_behind_an_address_still_are_one_person(result: dict) -> None:
    check(result, "R20", disposition="rejected", reason="raf.invalid.1b")


@pile.given(crowd(21))
def test_address_with_more_than_twenty_names_identifies_nobody(result: dict) -> None:
    check(result, "R21", disposition="pending", criteria={"first_submitter": "unknown"}, owner=None)
    check(result, "R20", disposition="rejected", reason="raf.invalid.1b")


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
