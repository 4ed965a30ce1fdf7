"""Cerri's affiliate offer: the criteria of a sales-qualified lead, one function each.

Called by evaluation through the program's terms file. Columns are those of core/facts; every function takes the
terms in force at submission and returns its cases. Section 2 says what an SQL generally meets, section 3 what never
is one; an approval fixes the facts (W8): the facts stop at `cut_at`.
"""

from decimal import Decimal

import polars as pl

from core import calendar
from core.model import FAIL, NA, PASS, UNKNOWN
from core.rules import hinting
from core.rules.criterion import (
    Case,
    Finding,
    by_person,
    case,
    day,
    finding,
    otherwise,
    settled_by_person,
    waivable,
    written,
)
from core.rules.outcome import of_matching, owner_of
from core.rules.payouts import provided
from core.terms import Terms

FACTS = ("messages", "decisions", "judgements", "waivers", "contacts", "holdings", "bounces", "touches", "history",
         "lookalikes")

QUALIFICATION = (
    "two_way", "potential_client", "b2b_fit", "need_intent", "scale", "role_influence", "contact_details",
    "responsive", "engagement",
)
EXCLUSIONS = (
    "not_self_referral", "business_use_case", "contact_valid", "not_duplicate", "not_competitor", "not_unresponsive",
)
MIRRORS = {"responsive": "not_unresponsive"}
"""Criteria that repeat another one, so that a reason is not given twice (cerri.2.5b mirrors 3.6)."""


def final_event(t: Terms) -> str:
    """The event after which nothing changes a criterion any more (AMB-17): `approved` or `payout_paid`."""
    return "approved" if t["qualification_final_at"] == "approval" else "payout_paid"


def _section_2(t: Terms, criterion: str, found: Finding) -> Finding:
    # cerri.2.D: discretion reaches section 2, unless the owner reads ALL strictly (AMB-1)
    return waivable(criterion, found, t["criteria_policy"] != "all_required_strict")


def _section_3(t: Terms, criterion: str, found: Finding) -> Finding:
    # Reading: AMB-2. Section 3 stands after the sentence on discretion; only the setting lets a decision reach it.
    overrides = t["discretion_may_override_exclusions"]
    return waivable(criterion, found, overrides, pl.col("approved_at").is_not_null() if overrides else False)


def _judged(t: Terms, clause: str, criterion: str, asks: str) -> Finding:
    return _section_2(t, criterion, by_person(clause, criterion, asks))


def lead_created(t: Terms) -> Finding:
    """cerri.1a, 1b: an action of the two listed kinds that makes a new contact record. Unknown: another channel."""
    # AMB-12: an older record of this very person; one of the organization or a colleague makes nobody's lead
    older = pl.col("person_touched_at").is_not_null()
    no_new = ~pl.col("new_contact_record")
    no_record = no_new & ~older
    wants_new = not t["stale_record_is_new_lead"]
    searched = pl.col("history_lookup").is_null() | pl.col("history_searched_at").is_not_null()
    listed = pl.col("channel").is_in(["trial_signup", "contact_form"])
    computed = finding(
        "cerri.1a",
        case(pl.col("channel").is_in(["page_view", "click"]), FAIL, "Only pages were viewed: that creates no lead."),
        case(no_new & older & wants_new, FAIL,
             "The contact had a record already, last touched on {}, and the setting wants a new one.",
             day("person_touched_on"), rests_on=("person_touch_id",)),
        case(no_record & wants_new, FAIL, "No new contact record was made, and the setting wants one."),
        case(no_record & pl.col("person_key_crowded"), UNKNOWN,
             "No new contact record was made, and more than 20 names stand behind the address: an older one cannot be "
             "told."),
        case(no_record & ~searched, UNKNOWN,
             "No new contact record was made, and nobody has searched the CRM for an older one."),
        case(no_record, FAIL, "No contact record was made, new or old."),
        case(~listed.fill_null(False), UNKNOWN,
             "It came by {}; the terms list only trial sign-up and contact form, so a person decides.",
             pl.col("channel").cast(pl.String).fill_null("a channel not stated"), clause="cerri.1b"),
        case(pl.col("new_contact_record").is_null(), UNKNOWN, "It is not known whether a new contact record was made."),
        # Reading: AMB-12. A stale record counts as new; 3.4 decides by its window.
        case(no_new, PASS, "It came by {}; an older record exists, last touched on {}.", _channel(),
             day("person_touched_on"), rests_on=("person_touch_id",)),
        otherwise(PASS, "It came by {} on {} and made a new contact record.", _channel(), day("submitted_on"),
                  rests_on=("lead",)),
    )
    return settled_by_person("lead_created", computed)


def _channel() -> pl.Expr:
    return pl.col("channel").cast(pl.String).fill_null("").str.replace("_", " ")


def two_way(t: Terms) -> Finding:
    """cerri.2a: one message or call each way, automatic replies and the form apart (W5). Unknown: not yet."""
    call = pl.col("call_completed_at").is_not_null()
    both = pl.col("outreach_first_at").is_not_null() & pl.col("inbound_first_at").is_not_null()
    computed = finding(
        "cerri.2a",
        case(both, PASS, "We wrote on {}; the contact first answered on {}.", day("outreach_first_on"),
             day("inbound_first_on"), rests_on=("outreach_first_at", "inbound_first_at")),
        case(call, PASS, "A discovery call was held on {}; that is both directions.", day("call_completed_on"),
             rests_on=("call_completed_at",)),
        case(pl.col("outreach_first_at").is_not_null(), UNKNOWN,
             "We wrote on {}; no human answer has come yet.", day("outreach_first_on"),
             rests_on=("outreach_first_at",)),
        case(pl.col("inbound_first_at").is_not_null(), UNKNOWN, "The contact wrote on {}; we have not answered yet.",
             day("inbound_first_on"), rests_on=("inbound_first_at",)),
        otherwise(UNKNOWN, "No message or call has gone either way yet."),
    )
    return _section_2(t, "two_way", settled_by_person("two_way", computed))


def potential_client(t: Terms) -> Finding:
    """cerri.2b: sales sees a potential client in active evaluation of PPM software."""
    return _judged(t, "cerri.2b", "potential_client", "this is a potential client who is evaluating PPM software")


def b2b_fit(t: Terms) -> Finding:
    """cerri.2.1: a business organization, judged by the use and not by the buyer."""
    return _judged(t, "cerri.2.1", "b2b_fit", "a business stands behind the use")


def need_intent(t: Terms) -> Finding:
    """cerri.2.2: a plausible need, or active exploration; either suffices."""
    return _judged(t, "cerri.2.2", "need_intent", "there is a plausible need or active exploration")


def scale(t: Terms) -> Finding:
    """cerri.2.3: a scale that fits Cerri Project; the text gives examples, no threshold."""
    return _judged(t, "cerri.2.3", "scale", "the scale fits")


def role_influence(t: Terms) -> Finding:
    """cerri.2.4: authority to decide, or clear influence; either suffices."""
    return _judged(t, "cerri.2.4", "role_influence", "the contact decides or clearly influences the decision")


def contact_details(t: Terms) -> Finding:
    """cerri.2.5a: full name, business e-mail, company and role. Unknown: one is missing and can still be given."""
    missing = {
        "full name": ~pl.col("has_full_name").fill_null(False),
        "business e-mail": pl.col("email_class").is_null() | (pl.col("email_class") == "missing"),
        "company name": ~pl.col("has_company").fill_null(False),
        "role or title": ~pl.col("has_role").fill_null(False),
    }
    listed = pl.concat_list(pl.when(is_missing).then(pl.lit(label)) for label, is_missing in missing.items())
    listed = listed.list.drop_nulls().list.join(", ")
    is_incomplete = pl.any_horizontal(missing.values())
    not_business = ["disposable", "relay", "malformed"] + ([] if t["freemail_is_business"] else ["free"])
    # Reading: AMB-39. What is missing can be supplied, unless the setting calls it a fail.
    incomplete = FAIL if t["incomplete_details"] == "fail" else UNKNOWN
    computed = finding(
        "cerri.2.5a",
        case(pl.col("email_class").is_in(not_business), FAIL,
             "The e-mail address is not a business address: it is {}.", _email_kind(), rests_on=("contact",)),
        case(is_incomplete, incomplete, "Still missing: {}.", listed, rests_on=("contact",)),
        otherwise(PASS, "Full name, business e-mail, company and role are all given.", rests_on=("contact",)),
    )
    return _section_2(t, "contact_details", settled_by_person("contact_details", computed))


def _email_kind() -> pl.Expr:
    return pl.col("email_class").cast(pl.String).replace_strict(
        {"disposable": "disposable", "relay": "a relay", "malformed": "not an address", "free": "free-mail"},
        default="not usable",
    )


def _silence(t: Terms, clause: str) -> tuple[Case, ...]:
    """The cases of cerri.2.5b and 3.6: a decline, then silence by W7."""
    since = pl.coalesce("inbound_last_on", "outreach_first_on")
    declined = pl.col("declined_at").is_not_null() & ~(pl.col("inbound_last_at") > pl.col("declined_at")).fill_null(
        False
    )
    approved = pl.col("cut_event_at").is_not_null()
    cases = [case(declined, FAIL, "The contact declined further communication on {}.", day("declined_on"),
                  rests_on=("declined_at",))]
    limit = t["unresponsive_days"]
    if limit is not None:
        last_day = calendar.add_days(since, limit)
        measured_on = pl.coalesce("cut_event_on", "today")
        cases += [
            case(since.is_not_null() & (measured_on > last_day), FAIL,
                 f"Silent since {{}}; the limit of {limit} days ended on {{}}.", written(since), written(last_day),
                 rests_on=("inbound_last_at", "outreach_first_at")),
            case(since.is_not_null(), PASS, f"Last heard of on {{}}; the limit of {limit} days ends on {{}}.",
                 written(since), written(last_day), rests_on=("inbound_last_at",),
                 changes_on=pl.when(~approved).then(calendar.add_days(last_day, 1))),
        ]
    heard_last = pl.col("inbound_last_at") >= pl.col("outreach_last_at").fill_null(pl.col("inbound_last_at"))
    cases += [
        case(heard_last, PASS, "The contact answered last, on {}.", day("inbound_last_on"),
             rests_on=("inbound_last_at",)),
        case(approved, NA, "Silence is not tested after the approval on {}.", day("cut_event_on")),
        case(pl.col("outreach_last_at").is_null(), UNKNOWN, "Nobody has written to the contact yet."),
        case(pl.col("inbound_last_at").is_null(), UNKNOWN,
             "We last wrote on {} and have had no answer; the terms give no number of days.", day("outreach_last_on"),
             rests_on=("outreach_last_at",)),
        otherwise(UNKNOWN,
                  "We last wrote on {}, after the last answer on {}; the terms give no number of days.",
                  day("outreach_last_on"), day("inbound_last_on"), rests_on=("outreach_last_at", "inbound_last_at")),
    ]
    return tuple(cases)


def responsive(t: Terms) -> Finding:
    """cerri.2.5b: remains responsive. Mirrors 3.6; unknown while silent, unless a number of days is set (W7)."""
    return _section_2(t, "responsive", settled_by_person(
        "responsive", settled_by_person("not_unresponsive", Finding("cerri.2.5b", _silence(t, "cerri.2.5b")))
    ))


def engagement(t: Terms) -> Finding:
    """cerri.2.6: a completed call or demo, or documented requirements that sales finds sufficient."""
    sufficient = pl.col("judged.requirements_sufficient")
    computed = finding(
        "cerri.2.6",
        case(pl.col("call_completed_at").is_not_null(), PASS, "A discovery call or demo was held on {}.",
             day("call_completed_on"), rests_on=("call_completed_at",)),
        case(pl.col("requirements_at").is_not_null() & (sufficient == PASS), PASS,
             "Requirements came on {} and sales finds them sufficient.", day("requirements_on"),
             rests_on=("requirements_at", "judgement.requirements_sufficient")),
        case(pl.col("requirements_at").is_not_null() & (sufficient == FAIL), UNKNOWN,
             "Requirements came on {}; sales finds them insufficient, and no call has been held yet.",
             day("requirements_on"), rests_on=("requirements_at", "judgement.requirements_sufficient")),
        case(pl.col("requirements_at").is_not_null(), UNKNOWN,
             "Requirements came on {}; nobody has said yet whether they suffice.", day("requirements_on"),
             rests_on=("requirements_at",)),
        otherwise(UNKNOWN, "No call or demo has been held, and no requirements have come."),
    )
    return _section_2(t, "engagement", settled_by_person("engagement", computed))


def approval(t: Terms) -> Finding:
    """cerri.2.D: Cerri's own decision. Unknown until someone approves or refuses; the later decision stands."""
    refused_at = pl.max_horizontal("discretion_last_at", "rejected_last_at")
    refused = refused_at.is_not_null() & ~(pl.col("approved_at") > refused_at).fill_null(False)
    return finding(
        "cerri.2.D",
        case(refused, FAIL, "Cerri refused it on {}.",
             written(pl.max_horizontal("discretion_last_on", "rejected_last_on")),
             rests_on=("discretion_last_at", "rejected_last_at")),
        case(pl.col("approved_at").is_not_null(), PASS, "Cerri approved it on {}.", day("approved_on"),
             rests_on=("approved_at",)),
        otherwise(UNKNOWN, "Nobody has approved it yet."),
    )


def not_self_referral(t: Terms) -> Finding:
    """cerri.3.1: not the partner, its people or what it controls. Unknown: a minority stake, or a group company."""
    limit = t["self_referral_control_percent"]
    percent = pl.col("owned_percent")
    computed = finding(
        "cerri.3.1",
        case(pl.col("is_partner_person") & ~pl.col("person_key_crowded"), FAIL,
             "The contact is the partner: both use the same address.", rests_on=("contact", "partner")),
        case(pl.col("is_partner_domain"), FAIL, "The contact and the partner share a corporate domain.",
             rests_on=("contact", "partner")),
        case(pl.col("is_partner_employee"), FAIL, "The contact is declared to be employed by the partner.",
             rests_on=("contact", "partner")),
        case(pl.col("is_controlled"), FAIL, "The partner controls the organization.", rests_on=("org", "partner")),
        case(percent > limit, FAIL, f"The partner owns {{}} percent of the organization; more than {limit} is control.",
             percent, rests_on=("org", "partner")),
        # W23: a crowded address or domain identifies nobody; what was declared stands without it
        case(pl.col("is_partner_person") & pl.col("person_key_crowded"), UNKNOWN,
             "The contact and the partner use the same address, but more than 20 names stand behind it.",
             rests_on=("contact", "partner")),
        case(pl.col("is_partner_domain_crowded"), UNKNOWN,
             "The contact shares a domain with the partner, but more than 20 names stand behind that domain.",
             rests_on=("contact", "partner")),
        case(percent > 0, UNKNOWN,
             f"The partner owns {{}} percent of the organization; up to {limit} a person decides whether it controls "
             "it.", percent, rests_on=("org", "partner")),
        case(pl.col("is_share_unknown"), UNKNOWN,
             "The partner owns a part of the organization, and it is not known how much.", rests_on=("org", "partner")),
        case(pl.col("is_group_owned"), UNKNOWN,
             "The partner holds a company of the same group; a person decides whether it controls this one.",
             rests_on=("org", "partner")),
        case(pl.col("near_partner_match").is_not_null(), UNKNOWN,
             "The contact or its organization may be the partner itself under another spelling.",
             rests_on=("near_partner_match", "contact", "partner")),
        otherwise(PASS, "Neither person, domain, employment nor ownership links the contact to the partner.",
                  rests_on=("contact", "partner")),
    )
    return _section_3(t, "not_self_referral", settled_by_person("not_self_referral", computed))


def business_use_case(t: Terms) -> Finding:
    """cerri.3.2: no personal, student, academic or partnership-only use."""
    asks = "the use is neither personal, academic nor a partnership only"
    return _section_3(t, "business_use_case", by_person("cerri.3.2", "business_use_case", asks))


def contact_valid(t: Terms) -> Finding:
    """cerri.3.3: reachable and real (W6). Unknown: nobody has judged the identity."""
    bounced_at = pl.max_horizontal("contact_bounced_at", "lead_bounced_at")
    bounced = bounced_at.is_not_null() & ~(pl.col("reply_last_at") > bounced_at).fill_null(False)
    genuine = pl.col("judged.identity_genuine")
    computed = finding(
        "cerri.3.3",
        case(pl.col("email_class").is_in(["disposable", "relay"]), FAIL, "The e-mail address is {}.", _email_kind(),
             rests_on=("contact",)),
        case(bounced, FAIL, "E-mail bounced on {} and no human reply has come since.",
             written(pl.max_horizontal("contact_bounced_on", "lead_bounced_on")),
             rests_on=("bounce_id", "lead_bounced_at")),
        case(genuine == FAIL, FAIL, "The identity was judged not genuine on {}.", day("judged_on.identity_genuine"),
             rests_on=("judgement.identity_genuine",)),
        case(genuine == PASS, PASS, "The address works as far as known, and the identity was judged genuine on {}.",
             day("judged_on.identity_genuine"), rests_on=("judgement.identity_genuine",)),
        otherwise(UNKNOWN, "Nobody has said yet whether the identity is genuine.", rests_on=("contact",)),
    )
    return _section_3(t, "contact_valid", settled_by_person("contact_valid", computed))


def not_duplicate(t: Terms) -> Finding:
    """cerri.3.4: person and organization neither known nor contacted in the window. Unknown: group, tie, no search."""
    months = t["duplicate.window_months"]

    def inside(seen_on: str) -> pl.Expr:
        return calendar.looks_back_to(pl.col("submitted_on"), pl.col(seen_on), months=months, edge=t["lookback_edge"],
                                      direction=t["lookback_direction"], first_day=pl.col("duplicate_window_on"))

    # Reading: AMB-11. The window governs "known" too, unless the setting says ever.
    ever = t["duplicate.reading"] == "known_ever"
    touched = pl.col("touched_at").is_not_null() if ever else inside("touched_on").fill_null(False)
    group = pl.col("group_touched_at").is_not_null() if ever else inside("group_touched_on").fill_null(False)
    near = pl.col("near_touched_at").is_not_null() if ever else inside("near_touched_on").fill_null(False)
    # Reading: AMB-14. A group company is for a person, unless the setting decides.
    group_verdict = {"exact_org_group_review": UNKNOWN, "group": FAIL, "exact_org": PASS}[t["duplicate.org_match"]]
    covered = pl.col("has_contact_history").fill_null(False) & pl.col("has_activity_history").fill_null(False)
    not_searched = (pl.col("history_lookup") == "unavailable") & pl.col("history_searched_at").is_null() & ~covered
    window = "ever" if ever else f"in the {months} months before"
    computed = finding(
        "cerri.3.4",
        case(touched, FAIL, f"This {{}} was last known or contacted on {{}}; that is {window}, and the lead came on "
             "{}.", pl.col("touched_by").fill_null("organization"), day("touched_on"), day("submitted_on"),
             rests_on=("touch_id",)),
        case(group & (group_verdict != PASS), group_verdict,
             "A company of the same group was last known or contacted on {}; the lead came on {}.",
             day("group_touched_on"), day("submitted_on"), rests_on=("group_touch_id",)),
        case(near, UNKNOWN, "It may be the same as {}, last known or contacted on {}; the lead came on {}.",
             pl.col("near_touch_name"), day("near_touched_on"), day("submitted_on"),
             rests_on=("near_touch_match", "near_touch_id")),
        case(pl.col("is_tied"), UNKNOWN, "Another lead of the same person or organization came at the same instant."),
        case(pl.any_horizontal("person_key_crowded", "org_key_crowded", "email_org_key_crowded"), UNKNOWN,
             "More than 20 different names stand behind the address or the domain, so it identifies nobody."),
        case(not_searched.fill_null(False), UNKNOWN, "Nobody has searched the CRM for this person and organization."),
        case(pl.col("touched_at").is_not_null(), PASS,
             f"Last known or contacted on {{}}, more than {months} months before the lead came on {{}}.",
             day("touched_on"), day("submitted_on"), rests_on=("touch_id",)),
        otherwise(PASS, "Neither the person nor the organization was known before {}.", day("submitted_on")),
    )
    return _section_3(t, "not_duplicate", settled_by_person("not_duplicate", computed))


def not_competitor(t: Terms) -> Finding:
    """cerri.3.5: no competitor, and no agency that only resells competing products (AMB-16)."""
    asks = "this is neither a competitor nor an agency that only resells competitors"
    return _section_3(t, "not_competitor", by_person("cerri.3.5", "not_competitor", asks))


def not_unresponsive(t: Terms) -> Finding:
    """cerri.3.6: neither unresponsive nor declining (W7). Unknown: silent, and no number of days is set."""
    silence = Finding("cerri.3.6", _silence(t, "cerri.3.6"))
    return _section_3(t, "not_unresponsive", settled_by_person("not_unresponsive", silence))


CRITERIA = {
    function.__name__: function
    for function in (
        lead_created, two_way, potential_client, b2b_fit, need_intent, scale, role_influence, contact_details,
        responsive, engagement, approval, not_self_referral, business_use_case, contact_valid, not_duplicate,
        not_competitor, not_unresponsive,
    )
}


def hints(t: Terms) -> dict[str, Finding]:
    """What on record speaks for or against what sales judges (cerri.2b to 2.4, 3.2, 3.3, 3.5). Nothing does for the
    scale."""
    against = hinting.against_business(t["freemail_is_business"])
    return {
        "potential_client": hinting.hint("cerri.2b", *hinting.declined(), *against, *hinting.talked()),
        "b2b_fit": hinting.hint("cerri.2.1", *against, *hinting.for_business()),
        "need_intent": hinting.hint("cerri.2.2", *hinting.declined(), *hinting.talked()),
        "role_influence": hinting.hint("cerri.2.4", *hinting.by_role()),
        "business_use_case": hinting.hint("cerri.3.2", *against, *hinting.for_business()),
        "contact_valid": hinting.hint("cerri.3.3", *hinting.genuine()),
        "not_competitor": hinting.hint("cerri.3.5", *hinting.rival()),
    }


def derived(t: Terms) -> dict[str, pl.Expr]:
    """The last day for the sign-up after the first click, where the owner set a window (cerri.4); the first day of the
    window in which a contact makes a duplicate (cerri.3.4)."""
    window = t["attribution_window_days"]
    until = calendar.add_days(pl.col("first_click_on"), window) if window is not None else pl.lit(None, pl.Date)
    return {
        "attributed_until": until,
        "duplicate_window_on": calendar.add_months(pl.col("submitted_on"), -t["duplicate.window_months"]),
    }


def turns(t: Terms) -> list[pl.Expr]:
    """Days on which a lead may differ by time alone: the day after the limit of silence, until it is approved."""
    if t["unresponsive_days"] is None:
        return []
    since = pl.coalesce("inbound_last_on", "outreach_first_on")
    return [pl.when(pl.col("cut_event_at").is_null()).then(calendar.add_days(since, t["unresponsive_days"] + 1))]


BULLETS = (("b2b_fit",), ("need_intent",), ("scale",), ("role_influence",), ("contact_details", "responsive"),
           ("engagement",))
"""The six bullets of section 2, each with its criteria."""


def excused(t: Terms) -> dict[str, pl.Expr]:
    """Under `min_count`, which bullets need not be met: once enough are, or while enough still can be (AMB-1)."""
    if t["criteria_policy"] != "min_count" or t["criteria_min_count"] is None:
        return {}
    verdicts = [[pl.col(f"verdict.{name}") for name in bullet] for bullet in BULLETS]
    met = pl.sum_horizontal(pl.all_horizontal(~one.is_in([FAIL, UNKNOWN]) for one in bullet) for bullet in verdicts)
    possible = pl.sum_horizontal(pl.all_horizontal(one != FAIL for one in bullet) for bullet in verdicts)
    enough, reachable = met >= t["criteria_min_count"], possible >= t["criteria_min_count"]
    return {
        name: enough | ((pl.col(f"verdict.{name}") == FAIL) & reachable) for bullet in BULLETS for name in bullet
    }


def reasons(t: Terms) -> dict[str, pl.Expr]:
    """A lead that was withdrawn is closed for that."""
    return {"withdrawn": pl.col("withdrawn_at").is_not_null()}


def may_waive(t: Terms) -> tuple[str, ...]:
    """cerri.2g, 2.D: the criteria that a recorded decision may set aside."""
    section_2 = () if t["criteria_policy"] == "all_required_strict" else QUALIFICATION
    return (*section_2, *(EXCLUSIONS if t["discretion_may_override_exclusions"] else ()))


def flags(t: Terms) -> dict[str, pl.Expr]:
    """What a person should know beside the outcome; a flag never changes it."""
    excluded = pl.any_horizontal(pl.col(f"verdict.{name}") == FAIL for name in EXCLUSIONS)
    waivers = pl.col("waived_names").fill_null([])
    clicked = pl.col("first_click_at").is_not_null()
    return {
        "waiver_refused": waivers.list.set_difference(pl.lit(list(may_waive(t)), pl.List(pl.String))).list.len() > 0,
        "approval_conflicts_with_exclusion": pl.col("approved_at").is_not_null() & excluded,
        "declined_after_approval": pl.col("declined_ever_at") > pl.col("approved_at"),
        "attribution_window_not_configured": clicked & (t["attribution_window_days"] is None),
        "attribution_window_lapsed": _is_not_credited(),
        **of_matching(),
    }


def _is_not_credited() -> pl.Expr:
    """Whether the lead came after the attribution window had ended."""
    return (pl.col("submitted_on") > pl.col("attributed_until")).fill_null(False)


def owner(t: Terms) -> dict[str, pl.Expr]:
    """The affiliate holds an undecided lead in its window, and an SQL for good; nobody holds one of a tie until a
    person has settled it."""
    open_tie = pl.col("is_tied") & (pl.col("verdict.not_duplicate") == UNKNOWN)
    status = (
        pl.when(_is_not_credited()).then(pl.lit("none"))
        .when(pl.col("disposition") == "qualified").then(pl.lit("confirmed"))
        .when(pl.col("disposition").is_in(["rejected", "expired"]) | open_tie.fill_null(False)).then(pl.lit("none"))
        .otherwise(pl.lit("provisional"))
    )
    return owner_of(status)


EARNS = ("cerri.2.R", "sql_reward.amount")
"""The clause that earns the reward, and the setting that says its amount."""


def is_earned(t: Terms) -> pl.Expr:
    """cerri.2.R: each approved and credited SQL earns the reward."""
    return (pl.col("disposition") == "qualified") & ~_is_not_credited()


def payout_due(t: Terms) -> pl.Expr:
    """cerri.4: by the schedule of the external terms; empty while nobody has set it."""
    schedule = t["payout_schedule"]
    if schedule is None:
        return pl.lit(None, pl.Date)
    anchors = {
        "end_of_month_of_approval": calendar.month_end(pl.col("approved_on")),
        "approval": pl.col("approved_on"),
        "end_of_month_of_submission": calendar.month_end(pl.col("submitted_on")),
        "submission": pl.col("submitted_on"),
    }
    start = anchors[schedule["anchor"]]
    moved = calendar.add_months(start, int(schedule.get("plus_months", 0)))
    return calendar.add_days(moved, int(schedule.get("plus_days", 0)))


def payment_method(t: Terms) -> pl.Expr:
    """cerri.4: as the external terms say; not known while nobody has set it."""
    return pl.lit(t["payout_method"], pl.String)


def payee_blockers(t: Terms) -> dict[str, pl.Expr]:
    """Payee details that are missing, by name: those of the external terms (cerri.4)."""
    details = pl.col("payee_details").str.json_path_match
    return {
        f"payee.{field}": ~(
            provided(field) | (details(f"$['{field}']").fill_null("").str.strip_chars() != "")
            | _partner_column(field)
        )
        for field in t["payee_fields"]
    }


def reward(t: Terms) -> tuple[Decimal | None, str, pl.Expr, dict]:
    """Amount, currency, method and blockers of an SQL (cerri.2.R, cerri.4): payment is in terms not supplied."""
    unset = t["payout_schedule"] is None or t["payout_method"] is None
    return (t["sql_reward.amount"], t["sql_reward.currency"], payment_method(t),
            {"external_terms_not_configured": unset, **payee_blockers(t)})


def _partner_column(field: str) -> pl.Expr:
    known = {"name": "has_name", "domain": "has_domain", "first_name": "has_first_name", "last_name": "has_last_name",
             "check_address": "has_check_address", "check_address_confirmation": "is_check_address_confirmed",
             "wire_details": "has_wire_details"}
    if field == "country":
        return pl.col("country").is_not_null()
    if field in ("email", "business_email"):
        return pl.col("payee_email_class").is_in(["business"] if field == "business_email" else ["business", "free"])
    return pl.col(known[field]).fill_null(False) if field in known else pl.lit(False)
