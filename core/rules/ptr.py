"""Celigo's rules of engagement for referral partners: the criteria of an accepted registration, one function each.

Called by evaluation through the program's terms file. Who owns a lead, and until when, is core/rules/ownership.py.
"""

import polars as pl

from core import calendar
from core.model import FAIL, NA, PASS, UNKNOWN
from core.rules import celigo
from core.rules.criterion import Finding, by_person, case, day, finding, judged, otherwise, settled_by_person
from core.rules.outcome import of_matching, owner_of
from core.rules.payouts import commissions, is_in_us, lacks
from core.terms import Terms

FACTS = ("decisions", "updates", "judgements", "waivers", "products", "activities", "history", "suggestions",
         "lookalikes")

COMMISSION_ONLY = ("no_competitor_suggested",)
"""Criteria that bear on the commission and never on the disposition (W17)."""

TIMED_JUDGEMENTS = ("decision_role", "interest")
"""Criteria for which it matters when a person judged them: before or after a rival came."""

COMPUTED = (
    "submitted_by_form", "product_not_in_use", "not_active_prospect", "purchase_12m", "not_owned_by_other",
    "first_submitter",
)
"""Criteria whose fail after an acceptance is for review, not a rejection (AMB-30, W15)."""


def submitted_by_form(t: Terms) -> Finding:
    """ptr.process.2a: through the Referral Lead Form."""
    return settled_by_person("submitted_by_form", celigo.submitted_by_form("ptr.process.2a", "Referral Lead Form"))


def accepted(t: Terms) -> Finding:
    """ptr.process.2b: every registration is subject to Celigo's approval."""
    return celigo.accepted("ptr.process.2b", "Channel")


def decision_role(t: Terms) -> Finding:
    """ptr.def.a: decides or influences."""
    return by_person("ptr.def.a", "decision_role", "the contact decides or influences")


def interest(t: Terms) -> Finding:
    """ptr.def.b: interested in Celigo products."""
    return by_person("ptr.def.b", "interest", "the contact is interested")


def purchase_12m(t: Terms) -> Finding:
    """ptr.def.c: will decide within the horizon."""
    return celigo.purchase_12m(t, "ptr.def.c")


def product_not_in_use(t: Terms) -> Finding:
    """ptr.valid.1."""
    return celigo.product_not_in_use(t, "ptr.valid.1")


def not_active_prospect(t: Terms) -> Finding:
    """ptr.valid.2; the partner's own introductions count too, unless the setting says otherwise (AMB-25)."""
    return celigo.not_active_prospect(
        t, "ptr.valid.2", without_own_introductions=t["exclude_partner_sourced_activity"]
    )


def list_or_show_definition_met(t: Terms) -> Finding:
    """ptr.invalid.1, 2: a lead from a purchased list or a trade show meets the definition (W19)."""
    parts = [definition(t).verdict for definition in (decision_role, interest, purchase_12m)]
    any_fails = pl.any_horizontal([part == FAIL for part in parts])
    any_open = pl.any_horizontal([part == UNKNOWN for part in parts])
    cases = []
    for context, clause, words in (("purchased_list", "ptr.invalid.1", "a purchased list"),
                                   ("trade_show", "ptr.invalid.2", "a trade show")):
        here = pl.col("source_context") == context
        cases += [
            case(here & any_fails, FAIL, f"It comes from {words} and does not meet the definition of a valid lead.",
                 rests_on=("lead",), clause=clause),
            case(here & any_open, UNKNOWN, f"It comes from {words}; the definition of a valid lead is not judged yet.",
                 rests_on=("lead",), clause=clause),
            case(here, PASS, f"It comes from {words} and meets the definition of a valid lead.", rests_on=("lead",),
                 clause=clause),
        ]
    return finding("ptr.invalid.1", *cases,
                   otherwise(NA, "It comes neither from a purchased list nor from a trade show."))


def not_owned_by_other(t: Terms) -> Finding:
    """ptr.conflict.1: no other partner's accepted lead was owned when this one came."""
    return celigo.place_finding("not_owned_by_other", "ptr.conflict.1", "No other partner owned this lead.")


def first_submitter(t: Terms) -> Finding:
    """ptr.conflict.2: no other partner's submission of the same lead was undecided when this one came."""
    return celigo.place_finding("first_submitter", "ptr.conflict.2", "No other partner had submitted this lead before.")


def no_competitor_suggested(t: Terms) -> Finding:
    """ptr.maintain.1a: the partner suggested no competitor, unless the customer asked for options."""
    return settled_by_person("no_competitor_suggested", finding(
        "ptr.maintain.1a",
        case(pl.col("competitor_suggested_at").is_not_null(), FAIL,
             "On {} the partner suggested a competitor without being asked.", day("competitor_suggested_on"),
             rests_on=("suggestion_id",)),
        case(pl.col("suggestion_unclear_at").is_not_null(), UNKNOWN,
             "On {} the partner suggested a competitor; it is not known whether the customer had asked.",
             day("suggestion_unclear_on"), rests_on=("suggestion_id",)),
        case(pl.col("suggestion_asked_at").is_not_null(), PASS,
             "The partner named competitors on {} because the customer asked for options.",
             day("suggestion_asked_on"), rests_on=("suggestion_id",)),
        otherwise(PASS, "The partner is not known to have suggested a competitor."),
    ))


CRITERIA = {
    function.__name__: function
    for function in (
        submitted_by_form, accepted, decision_role, interest, purchase_12m, product_not_in_use, not_active_prospect,
        list_or_show_definition_met, not_owned_by_other, first_submitter, no_competitor_suggested,
    )
}


LATE_STAGES = ("proposal", "negotiation")
"""Deal stages that are late to submit at (ptr.process.1a); the text gives no threshold, so it is only flagged."""


def hints(t: Terms) -> dict[str, Finding]:
    """ptr.def.a, def.b: what on record speaks for or against role and interest."""
    return celigo.hints("ptr.def.a", "ptr.def.b")


def derived(t: Terms) -> dict[str, pl.Expr]:
    """The standing decision: an acceptance after a rejection or a disassociation stands again, from its own day on.

    left_at: since when the lead had been without its place until then. released_at, freed_at: what frees it for others;
    and the horizon.
    """
    rejected_at, disassociated_at = pl.col("rejected_last_at"), pl.col("disassociated_at")
    reinstated = (pl.col("accepted_last_at") > rejected_at).fill_null(False)
    returned = (pl.col("accepted_last_at") > disassociated_at).fill_null(False)
    left_at = pl.max_horizontal(pl.when(reinstated).then(rejected_at), pl.when(returned).then(disassociated_at))
    rejected_at, disassociated_at = pl.when(~reinstated).then(rejected_at), pl.when(~returned).then(disassociated_at)
    return {
        "is_rejected": rejected_at.is_not_null(),
        "rejected_at": rejected_at,
        "accepted_at": pl.when(reinstated | returned).then("accepted_last_at").otherwise("accepted_first_at"),
        "disassociated_at": disassociated_at,
        "left_at": left_at,
        "released_at": pl.min_horizontal(rejected_at, "withdrawn_at"),
        "freed_at": pl.min_horizontal(rejected_at, "withdrawn_at", disassociated_at),
        **celigo.horizon(t),
    }


def standing(t: Terms) -> dict[str, pl.Expr]:
    """ptr.process.3.1.1a: from the day of acceptance, the anniversary day included; longer where a person said so. The
    place is free from the instant on at which a person judged what rejects the lead."""
    extended = (pl.col("extended_at") >= pl.col("accepted_at")).fill_null(False)
    until = pl.max_horizontal(
        calendar.add_months(pl.col("accepted_on"), t["ownership_months"]), pl.when(extended).then("extended_until")
    )
    lapsed_on = calendar.add_days(until, 1)
    judged_out = [pl.when(judged(name) == FAIL).then(f"judged_at.{name}") for name in TIMED_JUDGEMENTS]
    return {"owned_until": until, "lapsed_on": lapsed_on, "lapses_on": lapsed_on,
            **{name: pl.min_horizontal(name, *judged_out) for name in ("released_at", "freed_at")},
            "refused_at": pl.min_horizontal("rejected_at", *judged_out)}


def turns(t: Terms) -> list[pl.Expr]:
    """Days on which a lead may differ by time alone: those after the last days of answer, update and ownership."""
    answer_due = calendar.add_business_days(pl.col("submitted_on"), t["sla.business_days"], t["holiday_calendar"])
    is_unanswered = pl.min_horizontal("accepted_first_on", "rejected_first_on", "withdrawn_on").is_null()
    days = [
        calendar.add_days(pl.col("owned_until"), 1),
        pl.when(is_unanswered).then(calendar.add_days(answer_due, 1)),
    ]
    if t["update_response_days"] is not None:
        days.append(calendar.add_days(pl.col("update_requested_on"), t["update_response_days"] + 1))
    return days


def explicit(t: Terms) -> str:
    """The clause of a rejection by a person."""
    return "ptr.process.2b"


def expires(t: Terms) -> tuple[str, ...]:
    """The clause under which ownership runs out."""
    return ("ptr.process.3.1.1a",)


def _is_accepted(t: Terms) -> pl.Expr:
    return pl.col("accepted_at").is_not_null() & ~pl.col("is_rejected")


def _is_won_in_time(t: Terms) -> pl.Expr:
    """Whether a deal was won from acceptance to the last day of ownership (W16)."""
    won = pl.col("won_on") >= pl.col("accepted_on")
    return (won & (pl.col("won_on") <= pl.col("owned_until"))).fill_null(False)


def _is_lapsed(t: Terms) -> pl.Expr:
    return (pl.col("today") > pl.col("owned_until")).fill_null(False)


def reasons(t: Terms) -> dict[str, pl.Expr]:
    """Reasons that are no criterion."""
    merged = pl.col("is_duplicate")
    if t["computed_fail_after_acceptance"] == "review":
        merged = merged & ~_is_accepted(t)
    return {
        "withdrawn": pl.col("withdrawn_at").is_not_null(),
        "ptr.duplicate_same_partner": merged,
        "ptr.maintain.2b": pl.col("disassociated_at").is_not_null(),
        # what was accepted against an earlier lead was never owned, so nothing of it runs out
        "ptr.process.3.1.1a": _is_accepted(t) & ~pl.col("is_lost").fill_null(False)
        & _is_lapsed(t) & ~_is_won_in_time(t),
    }


def excused(t: Terms) -> dict[str, pl.Expr]:
    """Computed criteria whose fail does not reject an accepted lead: it is reviewed (AMB-30, AMB-37)."""
    if t["computed_fail_after_acceptance"] == "reject":
        return {}
    under_review = {name: _is_accepted(t) & (pl.col(f"verdict.{name}") == FAIL) for name in COMPUTED}
    judged_unmet = pl.any_horizontal(pl.col(f"verdict.{name}") == FAIL for name in ("decision_role", "interest"))
    list_or_show = _is_accepted(t) & (pl.col("verdict.list_or_show_definition_met") == FAIL) & ~judged_unmet
    return under_review | {"list_or_show_definition_met": list_or_show}


def topics(t: Terms) -> dict[str, pl.Expr]:
    """What else waits for a person."""
    against_rule = pl.any_horizontal(
        pl.col("is_duplicate").fill_null(False), *[pl.col(f"verdict.{name}") == FAIL for name in COMPUTED]
    )
    reviewed = t["computed_fail_after_acceptance"] == "review"
    return {
        "renewal_review": pl.col("is_renewal"),
        "cross_program_review": pl.col("is_cross_program"),
        "acceptance_conflicts_with_rule": (_is_accepted(t) & against_rule) if reviewed else pl.lit(False),
    }


def flags(t: Terms) -> dict[str, pl.Expr]:
    """What a person should know beside the outcome; a flag never changes it."""
    asked, answered = pl.col("update_requested_at"), pl.col("update_provided_at")
    return {
        "waiver_refused": pl.col("waived_names").list.len() > 0,
        "late_in_deal_cycle": pl.col("deal_stage_at_submission").is_in(LATE_STAGES),
        "follow_up_preference_missing": pl.col("follow_up_with").is_null(),
        "update_outstanding": asked.is_not_null() & ~(answered >= asked).fill_null(False),
        "update_quality_review": pl.col("update_descriptive") == "unknown",
        "update_review_due": _is_update_overdue(t),
        "breach_partner_introduced": pl.col("introduced_at").is_not_null(),
        "commission_forfeited": pl.col("is_commission_forfeited"),
        "refund_review": pl.col("is_refunded"),
        **of_matching(),
    }


def _is_update_overdue(t: Terms) -> pl.Expr:
    """Whether the partner let the days for an update pass, where the owner set any (ptr.maintain.2b)."""
    days = t["update_response_days"]
    if days is None:
        return pl.lit(False)
    answered = (pl.col("update_provided_at") >= pl.col("update_requested_at")).fill_null(False)
    return ~answered & (pl.col("today") > calendar.add_days(pl.col("update_requested_on"), days))


def owner(t: Terms) -> dict[str, pl.Expr]:
    """Provisional while undecided, confirmed from acceptance while the months run, then lapsed."""
    in_question = pl.any_horizontal(
        pl.col("verdict.first_submitter") == UNKNOWN,
        pl.col("verdict.not_owned_by_other") == UNKNOWN,
        pl.col("is_renewal", "is_cross_program", "is_lost").fill_null(False),
    )
    only_disassociated = pl.col("reason") == "ptr.maintain.2b"
    status = (
        pl.when(only_disassociated.fill_null(False)).then(pl.lit("disassociated"))
        .when((pl.col("disposition") == "rejected") | in_question).then(pl.lit("none"))
        .when(_is_accepted(t) & _is_lapsed(t)).then(pl.lit("lapsed"))
        .when(_is_accepted(t)).then(pl.lit("confirmed")).otherwise(pl.lit("provisional"))
    )
    return owner_of(status, pl.col("owned_until"))


def clocks(t: Terms) -> dict[str, tuple[pl.Expr, pl.Expr, pl.Expr]]:
    """ptr.process.3.1.1b: every submitted lead is answered within the business days; a target, not a limit.

    Per clock its last day, its state, and whether what would meet it is still waited for.
    """
    due = calendar.add_business_days(pl.col("submitted_on"), t["sla.business_days"], t["holiday_calendar"])
    answered_on = pl.min_horizontal("accepted_first_on", "rejected_first_on")
    state = (
        pl.when(pl.col("verdict.submitted_by_form") == FAIL).then(None)
        .when(answered_on <= due).then(pl.lit("met"))
        .when(answered_on.is_not_null()).then(pl.lit("missed"))
        .when(pl.min_horizontal("today", "withdrawn_on") > due).then(pl.lit("missed"))
        .when(pl.col("withdrawn_at").is_null()).then(pl.lit("running"))
    )
    return {"response_sla": (due, state, answered_on.is_null() & pl.col("withdrawn_at").is_null())}


def duties(t: Terms) -> dict[str, pl.Expr]:
    """What Celigo and the partner owe each other."""
    def done(condition: pl.Expr) -> pl.Expr:
        return pl.when(condition.fill_null(False)).then(pl.lit("done")).otherwise(pl.lit("open"))

    explained = pl.col("rejection_explained_at").is_not_null() | pl.col("rejection_notice_at").is_not_null()
    owes_reason = (pl.col("disposition") == "rejected") & ~pl.col("reason").is_in(
        ["withdrawn", "ptr.duplicate_same_partner", "ptr.maintain.2b"]
    )
    asked = pl.col("update_requested_at")
    described = (pl.col("update_described_at") >= asked).fill_null(False)
    is_live = pl.col("disposition").is_in(["pending", "qualified"])
    contacted = pl.max_horizontal("source_contacted_at", "partner_contacted_at") >= pl.col("accepted_at")
    return {
        "explain_rejection": pl.when(owes_reason).then(done(explained)),
        "partner_status_update": pl.when(
            asked.is_not_null() & (described | pl.col("disassociated_at").is_null())
        ).then(done(described)),
        "follow_up_with_partner": pl.when(_is_accepted(t) & (pl.col("follow_up_with") == "partner")).then(
            done(contacted)),
        "ask_follow_up_preference": pl.when(is_live & pl.col("follow_up_with").is_null()).then(pl.lit("open")),
        "do_not_introduce_other_partner": pl.when(pl.col("introduced_at").is_not_null()).then(pl.lit("breached")),
    }


EARNS = ("ptr.pay.0", "commission_rate")
"""The clause that earns the commission, and the setting that says its rate."""


def payment_method(t: Terms) -> pl.Expr:
    """ptr.pay.1, ptr.pay.2: a check in the United States, a wire abroad; not known without the country."""
    return pl.when(is_in_us()).then(pl.lit("check")).when(pl.col("country").is_not_null()).then(pl.lit("wire"))


def payee_blockers(t: Terms) -> dict[str, pl.Expr]:
    """Payee details that are missing, by name (ptr.pay.1, ptr.pay.2)."""
    return {
        "payee.country": pl.col("country").is_null(),
        "payee.check_address": is_in_us() & lacks("has_check_address", "check_address"),
        "payee.check_address_confirmation": is_in_us()
        & lacks("is_check_address_confirmed", "check_address_confirmation"),
        "payee.wire_details": ~is_in_us() & lacks("has_wire_details", "wire_details"),
    }


payouts_owed = commissions
"""What is owed beside the outcome: one commission per payment (ptr.pay.0)."""
