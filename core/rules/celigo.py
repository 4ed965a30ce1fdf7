"""What Celigo's two programs share: products in use, active prospects, the purchase horizon, the form, acceptance.

Called by `raf` and `ptr`. Only what both texts say in the same words stands here; each names its own clause.
"""

import polars as pl

from core import calendar
from core.model import FAIL, PASS, UNKNOWN
from core.rules import hinting
from core.rules.criterion import Case, Finding, case, day, finding, otherwise, settled_by_person, written
from core.terms import Terms


def submitted_by_form(clause: str, form: str) -> Finding:
    """Process 2a: what did not come through the form was not submitted. Unknown: the channel is not stated."""
    return finding(
        clause,
        case(pl.col("channel").is_null(), UNKNOWN, "It is not known how the lead came."),
        case(pl.col("channel") == "web_form", PASS, f"It came through the {form} on {{}}.", day("submitted_on"),
             rests_on=("lead",)),
        otherwise(FAIL, f"It came by {{}}, not through the {form}.",
                  pl.col("channel").cast(pl.String).str.replace("_", " "), rests_on=("lead",)),
    )


def accepted(clause: str, who: str) -> Finding:
    """Process 2b: every lead is reviewed, none is accepted by itself."""
    return finding(
        clause,
        case(pl.col("is_rejected"), FAIL, f"{who} rejected it on {{}}.", day("rejected_on"),
             rests_on=("rejected_first_at", "rejected_last_at")),
        case(pl.col("accepted_first_at").is_not_null(), PASS, f"{who} accepted it on {{}}.", day("accepted_first_on"),
             rests_on=("accepted_first_at",)),
        otherwise(UNKNOWN, f"{who} has neither accepted nor rejected it yet."),
    )


def horizon(t: Terms) -> dict[str, pl.Expr]:
    """The last day of the purchase horizon, counted from submission."""
    return {"horizon_ends_on": calendar.add_months(pl.col("submitted_on"), t["purchase_horizon_months"])}


def purchase_12m(t: Terms, clause: str) -> Finding:
    """The purchase decision falls within the horizon. Unknown: no date is given."""
    months = t["purchase_horizon_months"]
    last_day = pl.col("horizon_ends_on")
    computed = finding(
        clause,
        case(pl.col("expected_decision_on").is_null(), UNKNOWN, "No day is given on which they will decide."),
        case(pl.col("expected_decision_on") <= last_day, PASS,
             f"They will decide on {{}}; {months} months from submission end on {{}}.", day("expected_decision_on"),
             written(last_day), rests_on=("lead",)),
        otherwise(FAIL, f"They will decide on {{}}, after the {months} months from submission that end on {{}}.",
                  day("expected_decision_on"), written(last_day), rests_on=("lead",)),
    )
    return settled_by_person("purchase_12m", computed)


def not_searched(part: str) -> pl.Expr:
    """Whether nobody looked into a part of the CRM history for this lead (W22)."""
    return (
        (pl.col("history_lookup") == "unavailable")
        & pl.col("history_searched_at").is_null()
        & ~pl.col(f"has_{part}_history").fill_null(False)
    ).fill_null(False)


def product_not_in_use(t: Terms, clause: str) -> Finding:
    """valid.1: not for a product that the organization has bought and uses. Unknown: use, group, no search."""
    # Reading: AMB-6. Bought and in use, by the organization itself; a group company is for a person.
    own = pl.col("own_in_use") if t["require_in_use"] else pl.col("own_bought")
    own_unknown = pl.col("own_use_unknown") if t["require_in_use"] else pl.lit(False)
    group = pl.col("group_in_use") if t["require_in_use"] else pl.col("group_bought")
    group_unknown = pl.col("group_use_unknown") if t["require_in_use"] else pl.lit(False)
    scope = t["product_in_use_scope"]
    evidence = ("org",)
    cases = [
        case(own, FAIL, "The organization bought {} on {} and uses it.", _product("own_product"),
             day("own_purchased_on"), rests_on=evidence),
    ]
    if scope == "group":
        cases.append(case(group, FAIL, "A company of the same group uses {}.", _product("group_product"),
                          rests_on=evidence))
    cases.append(case(own_unknown, UNKNOWN, "The organization bought {}; it is not known whether it is in use.",
                      _product("own_product"), rests_on=evidence))
    if scope != "organization":
        cases.append(case(group_unknown, UNKNOWN, "A company of the same group bought {}; it is not known whether it "
                          "is in use.", _product("group_product"), rests_on=evidence))
    if scope == "organization_group_review":
        cases.append(case(group, UNKNOWN, "A company of the same group uses {}; whether that counts is for a person.",
                          _product("group_product"), rests_on=evidence))
    near = pl.col("near_in_use") if t["require_in_use"] else pl.col("near_bought")
    cases += [
        case(near, UNKNOWN, "It may be the same company as {}, which bought {}.", pl.col("near_owner_name"),
             _product("near_product"), rests_on=("near_owner_match",)),
        case(pl.col("own_any_in_use"), UNKNOWN,
             "The organization is a customer, and the lead does not say which product it is for.", rests_on=evidence),
        case(pl.col("org_key_crowded"), UNKNOWN,
             "More than 20 different names stand behind the organization's key, so it identifies nobody."),
        case(not_searched("product"), UNKNOWN, "Nobody has searched for what the organization has bought."),
        otherwise(PASS, "On {} the organization did not use the product.", day("submitted_on"), rests_on=evidence),
    ]
    return settled_by_person("product_not_in_use", Finding(clause, tuple(cases)))


def _product(name: str) -> pl.Expr:
    return pl.col(name).fill_null("the product")


def not_active_prospect(t: Terms, clause: str, *, without_own_introductions: bool = False) -> Finding:
    """valid.2: no meaningful activity of a rep logged in the days before submission (W3). Unknown: a judgement."""
    days = t["active_prospect_days"]
    prefix = "foreign_" if without_own_introductions else ""

    def inside(seen_on: str) -> pl.Expr:
        return calendar.looks_back_to(pl.col("submitted_on"), pl.col(seen_on), days=days, edge=t["lookback_edge"],
                                      direction=t["lookback_direction"]).fill_null(False)

    # Reading: AMB-8. The day of logging counts, unless the setting says otherwise.
    clocks = {"logged": ["logged"], "occurred": ["occurred"], "either": ["logged", "occurred"]}
    firm: list[Case] = []
    unclear: list[Case] = []
    near: list[Case] = []
    for clock in clocks[t["active_prospect_clock"]]:
        latest, unjudged = f"{prefix}firm_{clock}", f"{prefix}open_{clock}"
        gap = (pl.col("submitted_on") - pl.col(f"{latest}_on")).dt.total_days()
        firm.append(case(inside(f"{latest}_on"), FAIL,
                         f"The last meaningful activity was {clock} on {{}}, {{}} days before submission; the limit "
                         f"is {days}.", day(f"{latest}_on"), gap, rests_on=("activity_id",)))
        unclear.append(case(inside(f"{unjudged}_on"), UNKNOWN,
                            f"Activity {clock} on {{}} may count: whether it was meaningful and about this lead is "
                            "for a person.", day(f"{unjudged}_on"), rests_on=("open_activity_id",)))
        alike = f"{prefix}near_{clock}_on"
        near.append(case(inside(alike), UNKNOWN,
                         f"It may be the same as {{}}, with whom activity was {clock} on {{}}; the limit is "
                         f"{days} days.",
                         pl.col("near_activity_name").fill_null("another"), day(alike),
                         rests_on=("near_activity_match", "near_activity_id")))
    earlier = pl.col(f"{prefix}firm_logged_on")
    return settled_by_person("not_active_prospect", Finding(clause, (
        *firm,
        *unclear,
        *near,
        case(pl.col("org_key_crowded") | pl.col("person_key_crowded"), UNKNOWN,
             "More than 20 different names stand behind the address or the organization's key, so it identifies "
             "nobody."),
        case(not_searched("activity"), UNKNOWN, "Nobody has searched the CRM for sales activity."),
        case(earlier.is_not_null(), PASS,
             f"The last meaningful activity was logged on {{}}, {{}} days before submission; the limit is {days}.",
             written(earlier), (pl.col("submitted_on") - earlier).dt.total_days(), rests_on=("activity_id",)),
        otherwise(PASS, f"No meaningful sales activity was logged in the {days} days before {{}}.",
                  day("submitted_on")),
    )))


def place_finding(criterion: str, clause: str, free: str) -> Finding:
    """A criterion on rivals, read from what core/rules/ownership.py found among the leads of the same key.

    Columns `rival.<criterion>` (1 fail, 2 unknown, null free), `rival_lead.<criterion>`, `rival_near.<criterion>` (the
    open question whether both are for the same), `rival_text.<criterion>`,
    `rival_until.<criterion>` (first day on which the other no longer stands in the way by time alone).
    """
    found, other = pl.col(f"rival.{criterion}"), pl.col(f"rival_lead.{criterion}").fill_null("another lead")
    text = pl.col(f"rival_text.{criterion}").fill_null("")
    evidence = (f"rival_lead.{criterion}", f"rival_near.{criterion}")
    return settled_by_person(criterion, finding(
        clause,
        case(found == FAIL, FAIL, "Lead {} {}.", other, text, rests_on=evidence),
        case(found == UNKNOWN, UNKNOWN, "Lead {} {}; a person decides.", other, text, rests_on=evidence,
             changes_on=pl.col(f"rival_until.{criterion}")),
        case(pl.col("person_key_crowded") | pl.col("org_key_crowded"), UNKNOWN,
             "More than 20 different names stand behind the address or the organization's key, so it identifies "
             "nobody."),
        otherwise(PASS, free),
    ), both_ways=True)


def hints(role: str, interest: str) -> dict[str, Finding]:
    """What on record speaks for or against role and interest, each under its clause; sales' own standard is not in the
    text, so nothing speaks for it (raf.valid.3c)."""
    return {
        "decision_role": hinting.hint(role, *hinting.by_role()),
        "interest": hinting.hint(interest, *hinting.declined(), *hinting.talked(), *hinting.names_products()),
    }
