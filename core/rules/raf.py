"""Celigo Refer-a-Friend: the criteria of a qualified referral, one function each.

Called by evaluation through the program's terms file. Clocks stop when the lead is rejected or confirmed (W12):
`clock_day` is the earlier of that day and today.
"""

from decimal import Decimal

import polars as pl

from core import calendar
from core.model import FAIL, NA, PASS, UNKNOWN
from core.rules import celigo
from core.rules.criterion import (
    Finding,
    by_person,
    case,
    day,
    finding,
    judged,
    otherwise,
    settled_by_person,
    waivable,
    written,
)
from core.rules.outcome import of_matching, owner_of
from core.rules.payouts import counted_from, lacks, provided
from core.terms import Terms

FACTS = ("messages", "decisions", "judgements", "waivers", "products", "activities", "history", "initial", "bars",
         "lookalikes")

SOFT = ("decision_role", "interest", "purchase_12m")
CLOCKS = ("replied_30d", "engaged_3m", "still_engaged")
"""Criteria whose fail lets a lead expire, not be rejected."""
TIMED_JUDGEMENTS = (*CLOCKS, "sales_qualification")
"""Criteria for which it matters when a person judged them: before or after a decline, or before a rival came."""


def _soft(t: Terms, criterion: str, found: Finding) -> Finding:
    # Reading: AMB-5. "Typically": a person may set it aside (W11), unless the owner made it hard.
    return waivable(criterion, found, t["typical_criteria"] != "hard")


def submitted_by_form(t: Terms) -> Finding:
    """raf.process.2a: through the Refer-a-Friend form."""
    return settled_by_person("submitted_by_form", celigo.submitted_by_form("raf.process.2a", "Refer-a-Friend form"))


def accepted(t: Terms) -> Finding:
    """raf.process.2b: Celigo reviews every lead; a rejection is final (raf.process.3.2)."""
    return celigo.accepted("raf.process.2b", "Celigo")


def product_not_in_use(t: Terms) -> Finding:
    """raf.valid.1."""
    return celigo.product_not_in_use(t, "raf.valid.1")


def not_active_prospect(t: Terms) -> Finding:
    """raf.valid.2."""
    return celigo.not_active_prospect(t, "raf.valid.2")


REPLY_DUE, ENGAGEMENT_DUE = pl.col("reply_due_on"), pl.col("engagement_due_on")


def _dues(t: Terms) -> dict[str, pl.Expr]:
    """The last days of the clocks: for a reply the first outreach and `reply_days` (raf.valid.3a), to engage the
    initial submission and `engagement_months` (raf.valid.3b, AMB-35); and the end of those months alone."""
    reply = calendar.add_days(pl.col("outreach_first_on"), t["reply_days"])
    months = calendar.add_months(pl.col("initial_on"), t["engagement_months"])
    extended = pl.max_horizontal(months, pl.when(_company_is_late(t, months)).then(reply))
    engagement = extended if t["engagement_clock_extends_on_company_delay"] else months
    return {"reply_due_on": reply, "engagement_due_on": engagement, "months_end_on": months}


def _company_is_late(t: Terms, months_end_on: pl.Expr) -> pl.Expr:
    """Whether the first outreach came later than `reply_days` before the end of the 3 months, or never (AMB-3)."""
    latest = calendar.add_days(months_end_on, -t["reply_days"])
    return pl.col("outreach_first_on").is_null() | (pl.col("outreach_first_on") > latest)


def _is_heard_otherwise() -> pl.Expr:
    """Whether the contact was heard of in time by another way than the text names (AMB-34)."""
    return (pl.col("reply_other_on") <= REPLY_DUE).fill_null(False)


def replied_30d(t: Terms) -> Finding:
    """raf.valid.3a: a human reply by e-mail or phone within the days from first outreach. Unknown: running, other."""
    due = REPLY_DUE
    days = t["reply_days"]
    lapsed = pl.col("clock_day") > due
    computed = finding(
        "raf.valid.3a",
        case(pl.col("outreach_first_at").is_null(), UNKNOWN, "Celigo has not written yet, so the {} days have not "
             "begun.", pl.lit(days)),
        case(pl.col("reply_counted_on") <= due, PASS, f"The contact replied on {{}}; the {days} days from the first "
             "outreach on {} end on {}.", day("reply_counted_on"), day("outreach_first_on"), written(due),
             rests_on=("outreach_first_at", "reply_counted_at")),
        case(_is_heard_otherwise(), UNKNOWN, "The contact was heard of on {} in another way than a reply by e-mail or "
             "phone after the first outreach on {}; a person decides whether that counts.", day("reply_other_on"),
             day("outreach_first_on"), rests_on=("outreach_first_at", "reply_other_at")),
        case(lapsed, FAIL, f"No reply came in the {days} days from the first outreach on {{}}; the last day was {{}}.",
             day("outreach_first_on"), written(due), rests_on=("outreach_first_at",)),
        otherwise(UNKNOWN, f"No reply yet; the {days} days from the first outreach on {{}} end on {{}}.",
                  day("outreach_first_on"), written(due), rests_on=("outreach_first_at",),
                  changes_on=pl.when(~pl.col("is_clock_stopped")).then(calendar.add_days(due, 1))),
    )
    return settled_by_person("replied_30d", computed)


def engaged_3m(t: Terms) -> Finding:
    """raf.valid.3b: the contact engaged within the months from the initial submission. Unknown: running."""
    due = ENGAGEMENT_DUE
    months = t["engagement_months"]
    return settled_by_person("engaged_3m", finding(
        "raf.valid.3b",
        case(pl.col("engaged_on") <= due, PASS, f"The contact engaged on {{}}; the {months} months from the form on "
             "{} end on {}.", day("engaged_on"), day("initial_on"), written(due), rests_on=("engaged_first_at",)),
        case(_waits_for_us(t), UNKNOWN, "Celigo has not written yet, and the setting lets the clock wait for it."),
        case(pl.col("clock_day") > due, FAIL, f"No engagement in the {months} months from the form on {{}}; the last "
             "day was {}.", day("initial_on"), written(due), rests_on=("lead",)),
        otherwise(UNKNOWN, f"No engagement yet; the {months} months from the form on {{}} end on {{}}.",
                  day("initial_on"), written(due), rests_on=("lead",),
                  changes_on=pl.when(~pl.col("is_clock_stopped")).then(calendar.add_days(due, 1))),
    ))


def _waits_for_us(t: Terms) -> pl.Expr:
    """Whether the setting lets the months wait for our first outreach, which has not come (AMB-3)."""
    extended = t["engagement_clock_extends_on_company_delay"]
    return pl.col("outreach_first_on").is_null() if extended else pl.lit(False)


def _test_ended(t: Terms) -> tuple[str, str]:
    """Instant and day with which the test of process.3.1.4 ends."""
    # Reading: AMB-23. With the confirmation, or with the payment where the setting says so.
    by_confirmation = t["still_engaged.applies_until"] == "confirmed"
    return ("confirmed_at", "confirmed_on") if by_confirmation else ("paid_first_at", "paid_first_on")


def _decline_stands(t: Terms) -> pl.Expr:
    """Whether the contact declined before the test ended, and nothing came since."""
    counts = (pl.col("declined_at") <= pl.col(_test_ended(t)[0])).fill_null(True) & pl.col("declined_at").is_not_null()
    return counts & ~(pl.col("inbound_last_at") > pl.col("declined_at")).fill_null(False)


def still_engaged(t: Terms) -> Finding:
    """raf.process.3.1.4: still engaged after the months (W10). Unknown: silence, or a decline inside them."""
    due = ENGAGEMENT_DUE
    ended_at, ended_on = _test_ended(t)
    ended = pl.col(ended_at).is_not_null()
    standing = _decline_stands(t)
    # its own day: this test ends with the confirmation or the payment, the other clocks with the confirmation alone
    test_day = pl.min_horizontal("today", "rejected_on", "withdrawn_on", ended_on)
    runs = pl.min_horizontal("rejected_on", "withdrawn_on", ended_on).is_null()
    judged_since = (pl.col("judged_at.still_engaged") > pl.col("declined_at")).fill_null(False)
    verdict = judged("still_engaged")
    stale = t["still_engaged.stale_days"]
    cases = [
        case(ended & (pl.col(ended_on) <= due), NA, "The test ended on {}, inside the months that end on {}.",
             day(ended_on), written(due), rests_on=(ended_at,)),
        case(standing & judged_since & (verdict == PASS), PASS, "A person judged it still engaged on {}, after the "
             "decline on {}.", day("judged_on.still_engaged"), day("declined_on"),
             rests_on=("judgement.still_engaged", "declined_at")),
        case(standing & (test_day > due), FAIL, "The contact declined on {}, and nothing came since.",
             day("declined_on"), rests_on=("declined_at",)),
        case(ended, PASS, "Confirmed on {} with no decline standing.", day(ended_on), rests_on=(ended_at,)),
        case(standing, UNKNOWN, "The contact declined on {}, inside the months that end on {}.", day("declined_on"),
             written(due), rests_on=("declined_at",), changes_on=pl.when(runs).then(calendar.add_days(due, 1))),
        case(test_day <= due, NA, "Not tested while the months run, until {}.", written(due),
             changes_on=pl.when(runs).then(calendar.add_days(due, 1))),
        case(verdict == PASS, PASS, "A person judged it still engaged on {}.", day("judged_on.still_engaged"),
             rests_on=("judgement.still_engaged",)),
        case(verdict == FAIL, FAIL, "A person judged it no longer engaged on {}.", day("judged_on.still_engaged"),
             rests_on=("judgement.still_engaged",)),
    ]
    if stale is not None:
        last_day = calendar.add_days(pl.col("inbound_last_on"), stale)
        cases += [
            case(test_day > last_day, FAIL, f"Silent since {{}}; the limit of {stale} days ended on {{}}.",
                 day("inbound_last_on"), written(last_day), rests_on=("inbound_last_at",)),
            case(test_day <= last_day, PASS, f"Heard of on {{}}; the limit of {stale} days ends on {{}}.",
                 day("inbound_last_on"), written(last_day), rests_on=("inbound_last_at",),
                 changes_on=pl.when(runs).then(calendar.add_days(last_day, 1))),
        ]
    cases.append(otherwise(UNKNOWN, "The months ended on {}; last heard of on {}. Whether it is still engaged is for a "
                           "person.", written(due), day("inbound_last_on"), rests_on=("inbound_last_at",)))
    return Finding("raf.process.3.1.4", tuple(cases))


def sales_qualification(t: Terms) -> Finding:
    """raf.valid.3c: Celigo's own qualification criteria, judged by sales."""
    return by_person("raf.valid.3c", "sales_qualification", "it meets the usual qualification criteria")


def new_opportunity(t: Terms) -> Finding:
    """raf.valid.3d, raf.def.1: a new opportunity came of it; one that was open before is none (W14)."""
    return finding(
        "raf.valid.3d",
        case(pl.col("opportunity_at").is_not_null(), PASS, "A new opportunity was created on {}.",
             day("opportunity_on"), rests_on=("opportunity_at",)),
        case(pl.col("old_opportunity_at").is_not_null(), FAIL,
             "The opportunity linked on {} is not new; it was opened on {}.", day("old_opportunity_on"),
             day("opportunity_opened_on"), rests_on=("old_opportunity_at",), clause="raf.def.1"),
        otherwise(UNKNOWN, "No sales opportunity has come of it yet."),
    )


def decision_role(t: Terms) -> Finding:
    """raf.def.2a, soft: decides or influences."""
    return _soft(t, "decision_role", by_person("raf.def.2a", "decision_role", "the contact decides or influences"))


def interest(t: Terms) -> Finding:
    """raf.def.2b, soft: interested in Celigo products."""
    return _soft(t, "interest", by_person("raf.def.2b", "interest", "the contact is interested"))


def purchase_12m(t: Terms) -> Finding:
    """raf.def.2c, soft: will decide within the horizon."""
    return _soft(t, "purchase_12m", celigo.purchase_12m(t, "raf.def.2c"))


def _names_excluded(products: list[str]) -> pl.Expr:
    """Whether a lead's product is in an excluded list; `cloudextend_any` covers every edition."""
    element = pl.element()
    hit = element.is_in([name for name in products if name != "cloudextend_any"])
    return hit | element.str.starts_with("cloudextend_") if "cloudextend_any" in products else hit


def _excluded(t: Terms, clause: str) -> pl.Expr:
    """Per lead, the number of products that a clause excludes; invalid.4 counts only what invalid.1 leaves."""
    lists = t["excluded_products"]
    hit = _names_excluded(lists.get(clause, []))
    if clause == "raf.invalid.4":
        hit = hit & ~_names_excluded(lists.get("raf.invalid.1", []))
    return pl.col("products").list.eval(hit).list.sum()


def product_eligible(t: Terms) -> Finding:
    """raf.invalid.1, raf.invalid.4: for a product that earns a bonus. Unknown: no product is stated."""
    by_1, by_4 = pl.col("excluded_by_1"), pl.col("excluded_by_4")
    count = pl.col("product_count")
    some_left = by_1 + by_4 < count
    names = pl.col("products").list.join(", ")
    mixed = {"any_eligible_suffices": PASS, "all_must_be_eligible": FAIL, "review": UNKNOWN}[t["mixed_products"]]
    evidence = ("lead",)
    return settled_by_person("product_eligible", finding(
        "raf.invalid.1",
        case(count == 0, UNKNOWN, "The lead does not say which product it is for.", rests_on=evidence),
        case(some_left & (by_1 + by_4 == 0), PASS, "{} can earn a bonus.", names, rests_on=evidence),
        case(some_left & ((mixed != FAIL) | (by_1 > 0)), mixed, "Of {}, some can earn a bonus and some cannot.", names,
             rests_on=evidence),
        case(by_1 > 0, FAIL, "{}: free editions, CloudExtend personal and services earn no bonus.", names,
             rests_on=evidence),
        otherwise(FAIL, "{}: CloudExtend and Try For Free earn no bonus.", names, rests_on=evidence,
                  clause="raf.invalid.4"),
    ))


def also_failing(t: Terms) -> dict[str, pl.Expr]:
    """Further clauses that a failing criterion breaks: invalid.4 beside invalid.1, each for its own products."""
    both = (pl.col("excluded_by_1") > 0) & (pl.col("excluded_by_4") > 0)
    return {"raf.invalid.4": (pl.col("verdict.product_eligible") == FAIL) & both}


def not_accepted_elsewhere(t: Terms) -> Finding:
    """raf.invalid.1a: Celigo had not accepted the same lead from elsewhere before."""
    return celigo.place_finding("not_accepted_elsewhere", "raf.invalid.1a",
                                "Celigo had accepted this lead from nobody else.")


def first_submitter(t: Terms) -> Finding:
    """raf.invalid.1b: nobody else's submission of the same lead was undecided when this one came."""
    return celigo.place_finding("first_submitter", "raf.invalid.1b", "No other source had submitted this lead before.")


def not_repeat(t: Terms) -> Finding:
    """raf.invalid.2a, 2b, process.3.2: no repeat by the same source, no second bonus, no lead rejected before."""
    other, since = pl.col("repeat_lead").fill_null("an earlier lead"), day("repeat_on")
    evidence = ("repeat_lead",)
    return settled_by_person("not_repeat", finding(
        "raf.invalid.2a",
        case(pl.col("repeat_of") == "live", FAIL, "This contact had been submitted before, with {} on {}.", other,
             since, rests_on=evidence),
        case(pl.col("repeat_of") == "paid", FAIL, "A bonus for this contact was paid before, for {} of {}.", other,
             since, rests_on=evidence, clause="raf.invalid.2b"),
        case(pl.col("repeat_of") == "rejected", FAIL,
             "{} of {} by the same source was rejected; rejected leads are not reviewed again.", other, since,
             rests_on=evidence, clause="raf.process.3.2"),
        case(pl.col("repeat_of") == "near", UNKNOWN,
             "{} of {} may be for the same person; a person decides whether this repeats it.", other, since,
             rests_on=("repeat_lead", "repeat_near")),
        otherwise(PASS, "The same source had not submitted this contact, and no bonus was paid for it."),
    ))


def no_abuse(t: Terms) -> Finding:
    """raf.invalid.3: no finding of a false lead or abuse on this lead."""
    return settled_by_person("no_abuse", finding(
        "raf.invalid.3",
        case(pl.col("abuse_found_at").is_not_null(), FAIL, "On {} it was found to be a false lead or abuse.",
             day("abuse_found_on"), rests_on=("abuse_found_at",)),
        otherwise(PASS, "No finding of abuse stands against it."),
    ))


def _falls_by_bar(t: Terms) -> pl.Expr:
    """Whether the lead falls with the bar of its source."""
    unpaid = ~(pl.col("paid_first_at") <= pl.col("barred_at")).fill_null(False)
    # Reading: AMB-22. Unpaid and future leads, unless the setting says only future ones; the one found always.
    future = pl.col("submitted_at") > pl.col("barred_at")
    only_future = t["participant_bar_scope"] == "future_only"
    falls = future | (pl.col("is_bar_about_it") & unpaid) if only_future else unpaid
    return pl.col("barred_at").is_not_null() & falls


def source_not_barred(t: Terms) -> Finding:
    """raf.invalid.5: the source sends no unsolicited referrals; from the finding on all unpaid leads fall (W13)."""
    return settled_by_person("source_not_barred", finding(
        "raf.invalid.5",
        case(_falls_by_bar(t), FAIL, "On {} the source was found to send unsolicited referrals.", day("barred_on"),
             rests_on=("bar_id",)),
        otherwise(PASS, "The source is not barred."),
    ))


def confirmed(t: Terms) -> Finding:
    """raf.process.3.1.2a: Celigo confirmed that the lead is valid and qualified."""
    return finding(
        "raf.process.3.1.2a",
        case(pl.col("confirmed_at").is_not_null(), PASS, "Confirmed as valid and qualified on {}.",
             day("confirmed_on"), rests_on=("confirmed_at",)),
        otherwise(UNKNOWN, "Nobody has confirmed yet that it is valid and qualified."),
    )


CRITERIA = {
    function.__name__: function
    for function in (
        submitted_by_form, accepted, product_not_in_use, not_active_prospect, replied_30d, engaged_3m, still_engaged,
        sales_qualification, new_opportunity, decision_role, interest, purchase_12m, product_eligible,
        not_accepted_elsewhere, first_submitter, not_repeat, no_abuse, source_not_barred, confirmed,
    )
}


def hints(t: Terms) -> dict[str, Finding]:
    """raf.def.2a, def.2b: what on record speaks for or against role and interest."""
    return celigo.hints("raf.def.2a", "raf.def.2b")


def derived(t: Terms) -> dict[str, pl.Expr]:
    """Where the clocks begin and stop: the initial submission by the scope of AMB-35, and the end by W12; the lead's
    products and how many of them raf.invalid.1 and raf.invalid.4 exclude; the horizon."""
    scope = t["engagement_clock_scope"]
    first = {"source_contact": "source_initial_at", "contact": "contact_initial_at"}.get(scope)
    engaged = {"source_contact": "source_engaged_at", "contact": "contact_engaged_at"}.get(scope)
    # Reading: AMB-46. A separate confirmation, unless the opportunity itself counts as one.
    by_opportunity = t["confirmation_event"] == "opportunity_created"
    rejected_at = pl.min_horizontal("rejected_first_at", "discretion_first_at")
    return {
        "initial_at": pl.coalesce(first, "submitted_at") if first else pl.col("submitted_at"),
        "engaged_at": pl.min_horizontal("engaged_first_at", engaged) if engaged else pl.col("engaged_first_at"),
        "confirmed_at": pl.coalesce("opportunity_at", "confirmed_at") if by_opportunity else pl.col("confirmed_at"),
        "is_rejected": pl.col("rejected_first_at").is_not_null(),
        "rejected_at": rejected_at,
        "accepted_at": pl.col("accepted_first_at"),
        "released_at": pl.min_horizontal(rejected_at, "withdrawn_at"),
        "freed_at": pl.min_horizontal(rejected_at, "withdrawn_at", "paid_first_at"),
        "excluded_by_1": _excluded(t, "raf.invalid.1"),
        "excluded_by_4": _excluded(t, "raf.invalid.4"),
        "product_count": pl.col("products").list.len(),
        **celigo.horizon(t),
    }


def clocks_stop(t: Terms) -> dict[str, pl.Expr]:
    """When the clocks run out, and that a rejection or a confirmation stops them (W12)."""
    stopped_on = pl.min_horizontal("rejected_on", "confirmed_on", "withdrawn_on")
    stops = {"clock_day": pl.min_horizontal("today", stopped_on), "is_clock_stopped": stopped_on.is_not_null()}
    return stops | _dues(t)


def standing(t: Terms) -> dict[str, pl.Expr]:
    """When the lead's place lapses: the day after the first clock that ran out (from the verdicts of CLOCKS). Where a
    person found or judged what rejects the lead, or that a clock ran out, the place is free from that instant on."""
    fails = {name: pl.col(f"verdict.{name}") == FAIL for name in CLOCKS}
    ended = [pl.when(fails[name] & at).then(f"judged_at.{name}") for name, at in _judged_out(t).items()]
    refused = [
        pl.when(judged("sales_qualification") == FAIL).then("judged_at.sales_qualification"),
        pl.when((judged("no_abuse") == PASS).fill_null(False)).then(None).otherwise("abuse_found_at"),
        pl.when(_falls_by_bar(t) & ~(judged("source_not_barred") == PASS).fill_null(False)).then("barred_at"),
    ]
    next_lapse = [
        pl.when(pl.col("verdict.replied_30d") == UNKNOWN).then(calendar.add_days(REPLY_DUE, 1)),
        pl.when(pl.col("verdict.engaged_3m") == UNKNOWN).then(calendar.add_days(ENGAGEMENT_DUE, 1)),
    ]
    return {
        "lapsed_on": pl.min_horizontal(
            pl.when(fails[name]).then(calendar.add_days(last_day, 1)) for name, last_day in _last_days(t).items()),
        "lapses_on": pl.min_horizontal(next_lapse),
        "released_at": pl.min_horizontal("released_at", *refused),
        "refused_at": pl.min_horizontal("rejected_at", *refused),
        "freed_at": pl.min_horizontal("freed_at", *ended, *refused),
        "left_at": pl.lit(None, pl.Datetime("us")),
        "owned_until": pl.lit(None, pl.Date),
    }


def _judged_out(t: Terms) -> dict[str, pl.Expr]:
    """By each of CLOCKS whether a person's judgement frees the place at once; one on still_engaged waits for the months
    to end (W10)."""
    said = {name: (judged(name) == FAIL).fill_null(False) for name in CLOCKS}
    return said | {"still_engaged": said["still_engaged"] & (pl.col("judged_on.still_engaged") > ENGAGEMENT_DUE)}


def _last_days(t: Terms) -> dict[str, pl.Expr]:
    """By each of CLOCKS the last day of a place that it ends by itself; null where it does not."""
    due, stale = ENGAGEMENT_DUE, t["still_engaged.stale_days"]
    no_reply = ~(pl.col("reply_counted_on") <= REPLY_DUE).fill_null(False) & ~_is_heard_otherwise()
    no_engagement = ~(pl.col("engaged_on") <= due).fill_null(False) & ~_waits_for_us(t)
    said = judged("still_engaged")
    ends = [pl.when(_decline_stands(t)).then("declined_on"),
            pl.when((said == FAIL) & (pl.col("judged_on.still_engaged") <= due)).then(due)]
    if stale is not None:
        ends.append(pl.when(said.is_null() | ~said.is_in([PASS, FAIL])).then(
            calendar.add_days(pl.col("inbound_last_on"), stale)))
    last = pl.min_horizontal(ends)
    return {
        "replied_30d": pl.when(no_reply & (pl.col("clock_day") > REPLY_DUE)).then(REPLY_DUE),
        "engaged_3m": pl.when(no_engagement & (pl.col("clock_day") > due)).then(due),
        "still_engaged": pl.when(last.is_not_null()).then(pl.max_horizontal(due, last)),
    }


def turns(t: Terms) -> list[pl.Expr]:
    """Days on which a lead may differ by time alone: those after the last days of its clocks, while they run."""
    stale = t["still_engaged.stale_days"]
    ends = [REPLY_DUE, ENGAGEMENT_DUE]
    if stale is not None:
        ends.append(calendar.add_days(pl.col("inbound_last_on"), stale))
    is_live = pl.min_horizontal("rejected_on", "withdrawn_on").is_null()
    is_tested = is_live & (pl.col("confirmed_on").is_null() | pl.col("paid_first_on").is_null())
    answer_due = calendar.add_business_days(pl.col("submitted_on"), t["sla.business_days"], t["holiday_calendar"])
    return [
        pl.when(is_live).then(calendar.add_days(answer_due, 1)),
        *(pl.when(is_tested).then(calendar.add_days(end, 1)) for end in ends),
    ]


def soft(t: Terms) -> tuple[str, ...]:
    """Criteria whose fail waits for a person instead of rejecting (AMB-5)."""
    return SOFT if t["typical_criteria"] == "review" else ()


def ignored(t: Terms) -> tuple[str, ...]:
    """Criteria that the owner lets pass whatever they say (AMB-5)."""
    return SOFT if t["typical_criteria"] == "ignore" else ()


def explicit(t: Terms) -> str:
    """The clause of a rejection by a person."""
    return "raf.process.2b"


def expires(t: Terms) -> tuple[str, ...]:
    """Clauses that let a lead expire: nobody did wrong."""
    return ("raf.valid.3a", "raf.valid.3b", "raf.process.3.1.4")


def other_order(t: Terms) -> tuple[list[str], pl.Expr]:
    """Where both clocks lapsed, the one that lapsed first is the reason."""
    order = [clause for clause in t.program.reason_order if clause != explicit(t)]
    first, second = order.index("raf.valid.3a"), order.index("raf.valid.3b")
    order[first], order[second] = order[second], order[first]
    return order, ENGAGEMENT_DUE < REPLY_DUE


def reasons(t: Terms) -> dict[str, pl.Expr]:
    """Reasons that are no criterion: withdrawal, the end of the program, Celigo's own right to disqualify."""
    ended = pl.col("terminated_at").is_not_null()
    late = ended & (pl.col("submitted_at") > pl.col("terminated_at"))
    # Reading: AMB-28. Leads in flight are for a person, unless the setting decides.
    if t["on_termination_inflight"] == "reject":
        late = late | (ended & pl.col("confirmed_at").is_null())
    return {
        "withdrawn": pl.col("withdrawn_at").is_not_null(),
        "raf.intro.4": late,
        "raf.intro.5": pl.col("discretion_first_at").is_not_null(),
    }


def _is_accepted_against_rule(t: Terms) -> pl.Expr:
    """Under `review`, an accepted lead that a computed criterion fails waits for a person (AMB-30)."""
    if t["computed_fail_after_acceptance"] == "reject":
        return pl.lit(False)
    return pl.col("accepted_at").is_not_null() & ~pl.col("is_rejected")


COMPUTED = ("submitted_by_form", "product_not_in_use", "not_active_prospect", "product_eligible",
            "not_accepted_elsewhere", "first_submitter", "not_repeat")


def excused(t: Terms) -> dict[str, pl.Expr]:
    """Computed criteria whose fail does not reject an accepted lead, where the owner chose to review it."""
    if t["computed_fail_after_acceptance"] == "reject":
        return {}
    return {
        name: _is_accepted_against_rule(t) & (pl.col(f"verdict.{name}") == FAIL) for name in COMPUTED
    }


def topics(t: Terms) -> dict[str, pl.Expr]:
    """What else waits for a person."""
    in_flight = (
        pl.col("terminated_at").is_not_null() & (pl.col("submitted_at") <= pl.col("terminated_at"))
        & pl.col("confirmed_at").is_null()
    )
    against_rule = _is_accepted_against_rule(t) & pl.any_horizontal(
        pl.col(f"verdict.{name}") == FAIL for name in COMPUTED
    )
    return {
        "program_terminated": in_flight & (t["on_termination_inflight"] == "review"),
        "cross_program_review": pl.col("is_cross_program"),
        "acceptance_conflicts_with_rule": against_rule,
    }


def may_waive(t: Terms) -> tuple[str, ...]:
    """The criteria that a recorded decision may set aside, unless the typical ones are read as hard."""
    return () if t["typical_criteria"] == "hard" else SOFT


def flags(t: Terms) -> dict[str, pl.Expr]:
    """What a person should know beside the outcome; a flag never changes it."""
    waivers = pl.col("waived_names").fill_null([])
    return {
        "waiver_refused": waivers.list.set_difference(pl.lit(list(may_waive(t)), pl.List(pl.String))).list.len() > 0,
        "company_delay": (pl.col("verdict.engaged_3m") == FAIL) & _company_is_late(t, pl.col("months_end_on")),
        **of_matching(),
        "paid_then_disqualified": pl.col("paid_first_at") <= pl.col("discretion_last_at"),
    }


def owner(t: Terms) -> dict[str, pl.Expr]:
    """The source holds an undecided referral it was first with, and a qualified one for good."""
    in_question = (pl.col("verdict.first_submitter") == UNKNOWN) | pl.col("is_cross_program").fill_null(False)
    against_earlier = pl.col("is_lost").fill_null(False)
    status = (
        pl.when(pl.col("disposition").is_in(["rejected", "expired"]) | in_question | against_earlier)
        .then(pl.lit("none"))
        .when(pl.col("disposition") == "qualified").then(pl.lit("confirmed")).otherwise(pl.lit("provisional"))
    )
    return owner_of(status)


def clocks(t: Terms) -> dict[str, tuple[pl.Expr, pl.Expr, pl.Expr]]:
    """Per clock its last day, its state (null where it has not begun or was stopped unmet), and whether what would meet
    it is still waited for."""
    today, stopped = pl.col("today"), pl.col("is_clock_stopped")

    def limit(due: pl.Expr, met: pl.Expr, begun: pl.Expr) -> pl.Expr:
        return (
            pl.when(~begun).then(None).when(met).then(pl.lit("met"))
            .when(pl.col("clock_day") > due).then(pl.lit("lapsed")).when(~stopped).then(pl.lit("running"))
        )

    receipt_due = calendar.add_business_days(pl.col("submitted_on"), t["sla.business_days"], t["holiday_calendar"])
    outreach = pl.col("outreach_first_on")
    response = (
        pl.when(pl.col("accepted_at").is_null()).then(None)
        .when(outreach <= receipt_due).then(pl.lit("met"))
        .when(pl.min_horizontal("today", "rejected_on", "withdrawn_on") > receipt_due).then(pl.lit("missed"))
        .when(pl.col("released_at").is_null() & (today <= receipt_due)).then(pl.lit("running"))
    )
    reply, engagement = REPLY_DUE, ENGAGEMENT_DUE
    return {
        "response_sla": (receipt_due, response, outreach.is_null() & pl.col("released_at").is_null()),
        "reply_30d": (reply, limit(reply, (pl.col("reply_counted_on") <= reply).fill_null(False),
                                   pl.col("outreach_first_at").is_not_null()),
                      pl.col("reply_counted_at").is_null() & ~stopped),
        "engagement_3m": (engagement, limit(engagement, (pl.col("engaged_on") <= engagement).fill_null(False),
                                            pl.lit(True)),
                         pl.col("engaged_at").is_null() & ~stopped),
    }


def duties(t: Terms) -> dict[str, pl.Expr]:
    """raf.process.3.1.2b: the source is told when the bonus is paid."""
    told = (pl.col("payout_notice_at") >= pl.col("paid_last_at")).fill_null(False)
    return {
        "notify_source_of_payout": pl.when(pl.col("paid_last_at").is_not_null()).then(
            pl.when(told).then(pl.lit("done")).otherwise(pl.lit("open"))
        )
    }


EARNS = ("raf.pay.0", "bonus_amount")
"""The clause that earns the bonus, and the setting that says its amount."""


def is_earned(t: Terms) -> pl.Expr:
    """One bonus per qualified referral, or per one that was disqualified after it was paid."""
    return (pl.col("disposition") == "qualified") | pl.col("paid_first_at").is_not_null()


def payout_due(t: Terms) -> pl.Expr:
    """raf.pay.0: the confirmation and `payout_days`."""
    return calendar.add_days(counted_from(t, pl.col("confirmed_on")), t["payout_days"])


def payment_method(t: Terms) -> pl.Expr:
    """raf.pay.3: a gift card, and a wire once details for one were asked for before the payment."""
    return pl.when(_is_wire()).then(pl.lit("wire")).otherwise(pl.lit("gift_card"))


def _is_wire() -> pl.Expr:
    return (pl.col("wire_requested_at") <= pl.coalesce("paid_first_at", "wire_requested_at")).fill_null(False)


def payee_blockers(t: Terms) -> dict[str, pl.Expr]:
    """Payee details that are missing, by name (raf.pay.1, raf.pay.2)."""
    usable = ["business", "free"] if t["payee_freemail_ok"] else ["business"]
    return {
        "payee.first_name": lacks("has_first_name", "first_name"),
        "payee.last_name": lacks("has_last_name", "last_name"),
        "payee.business_email": ~(
            pl.col("payee_email_class").is_in(usable).fill_null(False) | provided("business_email")
        ),
        "payee.wire_details": _is_wire() & lacks("has_wire_details", "wire_details"),
    }


def reward(t: Terms) -> tuple[Decimal | None, str, pl.Expr, dict]:
    """Amount, currency, method and blockers of a referral bonus (raf.pay.1 to raf.pay.3)."""
    amount = t["bonus_amount"]
    return amount, "USD", payment_method(t), {"bonus_amount_not_set": amount is None, **payee_blockers(t)}
