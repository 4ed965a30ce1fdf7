"""The course of a lead in each program, from its first answer to the payout."""

import functools

import numpy as np
import polars as pl

from core.sample.drawing import DAY, NEVER, Draw, among, as_days, as_money, folded, if_so, share_of, some
from core.sample.naming import word_list
from core.sample.partners import Partners
from core.sample.plans import Leads
from core.sample.shares import CHANNELS, FOLLOW_UP, ORG_KINDS
from core.sample.stories import Story

EXCLUDED_PRODUCTS = (3, 4, 5, 6, 7)  # positions above that earn nothing
RAF_LATE_OUTREACH = 0.05  # accepted leads that are first written to after one to three months
SQL_REWARD_USD, RAF_BONUS_USD, COMMISSION = 100.0, 500.0, 0.10  # what was paid in the past; the terms may say otherwise
SUBSCRIPTION_USD = (18_000, 0.8)  # median and sigma of a year's subscription
CURRENCIES = {"USD": 0.86, "EUR": 0.10, "GBP": 0.04}


def cerri_course(story: Story) -> None:
    """Outreach, an answer or none, a call or requirements, verdicts, approval, reward."""
    rows, lead, draw = story.of("cerri")
    good = lead.quality
    is_doomed = (
        lead.stands("again", "rival", "colleague") | lead.is_bad_address | lead.is_self_referral | lead.is_known
        | ~among(lead.channel, CHANNELS["cerri"], ("trial_signup", "contact_form"))
    )
    is_viewed = among(lead.channel, CHANNELS["cerri"], ("page_view",))
    is_worked = ~is_viewed & draw.chance(np.where(is_doomed, 0.7, 0.98))
    outreach = if_so(is_worked, lead.raw + draw.about(0.8, 3.5))
    replies = draw.chance((0.70 + 0.28 * good) * np.where(lead.is_bad_address, 0.4, 1))
    reply = if_so(replies, outreach + draw.about(1.6, 21))
    story.event("outreach", rows, outreach, channel=draw.words({"email": 0.8, "phone": 0.2}))
    again = outreach + draw.between(4, 9)
    story.event("outreach", rows, if_so(draw.chance(0.75) & (again < reply), again), channel="email")
    third = again + draw.between(5, 15)
    story.event("outreach", rows, if_so(draw.chance(0.5) & (third < reply), third), channel="phone")
    channel = draw.words({"email": 0.8, "phone": 0.17, "chat": 0.03})
    story.event("reply", rows, reply, channel=channel, automated=False)
    is_automatic = ~replies & draw.chance(0.2)
    story.event("reply", rows, if_so(is_automatic, outreach + 90), channel="email", automated=True)
    bounces = ~replies & draw.chance(np.where(lead.is_bad_address, 0.4, 0.07))
    story.event("email_bounce", rows, if_so(bounces, outreach + 60), names=("lead", "contact"), kind="hard")
    story.event("email_bounce", rows, if_so(draw.chance(0.015), outreach + 60), names=("lead", "contact"), kind="soft")

    declines = draw.chance(0.03 + 0.05 * (1 - good))
    meets = draw.chance(np.where(is_doomed, 0.5, 0.93)) & ~(declines & draw.chance(0.5))
    call = if_so(meets, reply + draw.about(5, 30, 0.6))
    booked = if_so(draw.chance(0.45), reply + (call - reply) // 4)
    story.event("discovery_call", rows, if_so(meets, booked), call_status="booked")
    story.event("discovery_call", rows, if_so(draw.chance(0.12), reply + (call - reply) // 2), call_status="no_show")
    story.event("discovery_call", rows, call, call_status="completed")
    writes = ~meets & draw.chance(0.4)
    requirements = if_so(writes, reply + draw.about(6, 30, 0.6))
    story.event("requirements_received", rows, requirements)
    what = draw.words({"demo": 0.4, "trial_use": 0.3, "meeting": 0.2, "webinar": 0.1})
    story.event("engagement", rows, if_so(draw.chance(0.45), call + draw.about(3, 14)), what=what)

    sitting = np.minimum(call, requirements) + draw.about(0.3, 4)
    odds = _cerri_odds(lead)
    judged = story.judge(rows, sitting, "sales", **odds)
    is_sufficient = story.judge(rows, if_so(writes, sitting), "sales", requirements_sufficient=0.85)
    early = if_so(draw.chance(0.85) & (sitting > NEVER // 2), outreach + draw.about(0.5, 6))
    first_look = ("identity_genuine", "business_use_case", "not_competitor", "b2b_fit")
    story.judge(rows, early, "sales", **{criterion: odds[criterion] for criterion in first_look})

    fails = sum((~passes).astype(int) for passes in judged.values())
    waivable = ("scale", "role_influence", "need_intent")
    waived = np.zeros(len(rows), dtype=bool)
    for criterion in waivable:
        waives = (fails == 1) & ~judged[criterion] & draw.chance(0.3) & ~is_doomed
        story.event("discretion", rows, if_so(waives, sitting + draw.about(2, 9)), role="cerri", decision="waive",
                    criterion=criterion, reason=some(word_list()["reasons"]["waiver"], draw))
        waived |= waives
    is_complete = ((fails == 0) | waived) & (~writes | is_sufficient["requirements_sufficient"])
    approves = is_complete & ~declines & draw.chance(np.where(is_doomed, 0.06, 0.95))
    approved = if_so(approves, sitting + DAY + draw.about(3, 12))
    story.event("approved", rows, approved, role="cerri")
    turned_down = is_complete & ~approves & ~declines & draw.chance(0.35)
    story.event("discretion", rows, if_so(turned_down, sitting + draw.about(4, 15)), role="cerri", decision="reject",
                reason=some(word_list()["reasons"]["discretion"], draw))
    what = draw.words({"declined": 0.6, "opted_out": 0.25, "chose_another_tool": 0.15})
    story.event("disengaged", rows, if_so(declines, reply + draw.about(8, 40)), what=what)
    story.event("disengaged", rows, if_so(draw.chance(0.015), approved + draw.between(4, 60)), what="declined")
    story.event("payout_paid", rows, if_so(draw.chance(np.where(is_doomed, 0, 0.72)), approved + draw.between(30, 75)),
                names=("lead", "partner"), role="finance", amount=as_money(np.full(len(rows), SQL_REWARD_USD)))


def _cerri_odds(lead: Leads) -> dict[str, np.ndarray]:
    """Odds of passing each criterion that sales judges."""
    common = 0.972 + 0.024 * lead.quality
    is_ = functools.partial(among, lead.kind, ORG_KINDS)
    private = np.where(is_(["individual"]), 0.12, np.where(is_(["university"]), 0.5, 1))
    rival = np.where(is_(["competitor"]), 0.05, np.where(is_(["agency"]), 0.7, 1))
    return {
        "potential_client": common - 0.02, "b2b_fit": common * private, "need_intent": common,
        "scale": (common - 0.02) * np.where(is_(["individual"]), 0.3, 1), "role_influence": common - 0.01,
        "business_use_case": (common + 0.01) * private,
        "identity_genuine": (common + 0.015) * np.where(lead.is_bad_address, 0.45, 1),
        "not_competitor": (common + 0.02).clip(0, 0.998) * rival,
    }


def raf_course(story: Story) -> None:
    """Acceptance, outreach, reply in time or late or never, verdicts, opportunity, confirmation, bonus."""
    rows, lead, draw = story.of("raf")
    good = lead.quality
    is_excluded = np.isin(lead.product, EXCLUDED_PRODUCTS)
    is_doomed = lead.stands("again", "rival", "while_owned") | is_excluded | (lead.channel > 0) | lead.is_known
    decided = lead.raw + lead.delay
    accepts = lead.is_keen | draw.chance(np.where(is_doomed, 0.2, 0.77 + 0.2 * good))
    rejects = ~accepts & draw.chance(0.6)
    story.event("accepted", rows, if_so(accepts, decided), role="sales")
    _rejections(story, rows, lead, draw, if_so(rejects, decided), "marketing", is_excluded, explained=0.8)
    abandons = draw.chance(np.where(accepts | rejects, 0, 0.06))
    story.event("withdrawn", rows, if_so(abandons, lead.raw + draw.between(1, 30)), names=("lead", "partner"),
                decided_by=story.names["partner"].gather(rows))

    delay = np.where(draw.chance(RAF_LATE_OUTREACH), draw.between(28, 100), draw.about(1.2, 6))
    outreach = if_so(accepts & ~draw.chance(0.03), decided + delay)
    story.event("outreach", rows, outreach, channel=draw.words({"email": 0.75, "phone": 0.25}))
    how = draw.codes([1, 0.09])  # in time, or only after the 30 days
    replies = lead.is_keen & draw.chance(0.5) | draw.chance(0.56 + 0.38 * good)
    reply = if_so(replies, outreach + np.where(how == 0, draw.about(4, 28, 1.0), draw.between(32, 65)))
    again = outreach + draw.between(6, 12)
    story.event("outreach", rows, if_so(draw.chance(0.5) & (again < reply), again), channel="email")
    channel = draw.words({"email": 0.72, "phone": 0.24, "linkedin": 0.03, "chat": 0.01})
    story.event("reply", rows, reply, channel=channel, automated=False)
    is_automatic = ~replies & draw.chance(0.2)
    story.event("reply", rows, if_so(is_automatic, outreach + 90), channel="email", automated=True)
    bounces = ~replies & draw.chance(0.05)
    story.event("email_bounce", rows, if_so(bounces, outreach + 60), names=("lead", "contact"), kind="hard")
    engaged = if_so(draw.chance(0.65), reply + draw.about(6, 40))
    for met in (engaged, if_so(draw.chance(0.5), engaged + draw.about(8, 40))):
        story.event("engagement", rows, met, what=draw.words({"meeting": 0.6, "demo": 0.3, "webinar": 0.1}))

    sitting = if_so(draw.chance(0.95), reply + draw.about(4, 20))
    common = 0.925 + 0.07 * good
    judged = story.judge(rows, sitting, "sales", decision_role=common, interest=common,
                         sales_qualification=common - 0.06 * (1 - good))
    early = if_so(draw.chance(0.5) & (sitting > NEVER // 2), decided + draw.about(1, 6))
    story.judge(rows, if_so(accepts, early), "sales", decision_role=common, interest=common - 0.03)

    declines = draw.chance(0.03 + 0.06 * (1 - good))
    is_complete = judged["decision_role"] & judged["interest"] & judged["sales_qualification"] & ~declines
    opens = (is_complete | draw.chance(0.03)) & draw.chance(0.92)
    opened = if_so(opens, sitting + draw.about(7, 45))
    is_new = ~draw.chance(0.05)
    opened_on = np.where(is_new, opened, lead.raw - draw.between(20, 250))
    # The reporting day may lie a fold earlier than the raw one, never before the lead.
    opened_on = np.maximum(np.where(is_new, folded(opened), opened_on), np.where(is_new, lead.at, 0))
    story.event("opportunity_created", rows, opened, is_new=is_new, opened_on=as_days(opened_on))
    confirms = is_complete & is_new & draw.chance(np.where(is_doomed, 0.25, 0.94))
    confirmed = if_so(confirms, opened + draw.about(3, 15))
    story.event("confirmed", rows, confirmed, role="sales")
    asked_again = if_so(~confirms & replies & draw.chance(0.4), lead.raw + draw.between(93, 120))
    story.judge(rows, if_so(asked_again > reply, asked_again), "sales", still_engaged=0.6)
    what = draw.words({"declined": 0.7, "opted_out": 0.3})
    story.event("disengaged", rows, if_so(declines, reply + draw.about(10, 80)), what=what)

    pays = draw.chance(0.8)
    paid = if_so(pays, confirmed + np.where(draw.chance(0.92), draw.between(14, 58), draw.between(61, 80)))
    story.event("payout_paid", rows, paid, names=("lead", "partner"), role="finance",
                amount=as_money(np.full(len(rows), RAF_BONUS_USD)))
    notice = if_so(draw.chance(0.85), paid + draw.about(1, 6))
    story.event("notice_sent", rows, notice, names=("lead", "partner"), about="payout")
    kind = draw.words({"false_lead": 0.8, "abuse": 0.2})
    found = if_so(draw.chance(0.012 * (1 - good)), outreach + draw.about(10, 60))
    story.event("abuse_finding", rows, found, names=("lead", "partner"), role="sales", kind=kind)
    audited = if_so(draw.chance(0.006), confirmed + draw.between(5, 50))
    story.event("discretion", rows, audited, role="owner", decision="reject",
                reason=some(word_list()["reasons"]["discretion"], draw))


def _rejections(
    story: Story, rows: np.ndarray, lead: Leads, draw: Draw, raw: np.ndarray, role: str, is_excluded: np.ndarray,
    explained: float,
) -> None:
    """Decisions against a lead, with a reason that fits it or with none."""
    reasons = word_list()["reasons"]
    is_rival = pl.Series(lead.stands("again", "rival", "while_owned"))
    reason = (
        pl.when(is_rival).then(some(reasons["rival"], draw))
        .when(pl.Series(is_excluded)).then(some(reasons["product"], draw))
        .when(pl.Series(lead.channel > 0)).then(some(reasons["channel"], draw))
        .otherwise(some(reasons["general"], draw))
    )
    given = pl.select(pl.when(pl.Series(draw.chance(explained))).then(reason)).to_series()
    story.event("rejected", rows, raw, role=role, reason=given)


def ptr_course(story: Story, partners: Partners) -> None:
    """Acceptance or an explained rejection within days, follow-up, updates, a deal, payments, commission."""
    rows, lead, draw = story.of("ptr")
    good = lead.quality
    is_doomed = lead.stands("again", "rival", "while_owned") | (lead.channel > 0) | lead.is_known
    decided = lead.raw + lead.delay
    is_looked_at = lead.is_keen | draw.chance(np.where(is_doomed, 0.5, np.where(lead.context == 0, 0.95, 0.7)))
    odds = np.where(lead.is_keen, 1, 0.91 + 0.07 * good)
    judged = story.judge(rows, if_so(is_looked_at, lead.raw + lead.delay * 3 // 4), "channel",
                         decision_role=odds, interest=odds)
    is_fit = ~is_looked_at | (judged["decision_role"] & judged["interest"])
    accepts = lead.is_keen | draw.chance(np.where(is_doomed | ~is_fit, 0.06, 0.64 + 0.33 * good))
    rejects = ~accepts & draw.chance(np.where(is_fit, 0.97, 0.995))
    story.event("accepted", rows, if_so(accepts, decided), role="channel")
    _rejections(story, rows, lead, draw, if_so(rejects, decided), "channel", np.zeros(len(rows), dtype=bool), 0.86)
    told = if_so(rejects & draw.chance(0.3), decided + draw.about(1, 6))
    story.event("notice_sent", rows, told, names=("lead", "partner"), about="rejection")
    abandons = draw.chance(np.where(accepts | rejects, 0, 0.12))
    partner = story.names["partner"].gather(rows)
    story.event("withdrawn", rows, if_so(abandons, lead.raw + draw.between(1, 30)), names=("lead", "partner"),
                decided_by=partner)

    accepted = if_so(accepts, decided)
    with_partner = among(lead.follow_up, FOLLOW_UP, ("partner",))
    contacted = accepted + draw.about(1.2, 10)
    story.event("source_contacted", rows, if_so(with_partner & draw.chance(0.86), contacted), names=("lead", "partner"))
    outreach = if_so(~with_partner & draw.chance(np.where(lead.follow_up == 0, 0.95, 0.4)), contacted)
    story.event("outreach", rows, outreach, channel=draw.words({"email": 0.7, "phone": 0.3}))
    reply = if_so(draw.chance(0.45 + 0.4 * good), outreach + draw.about(4, 40))
    story.event("reply", rows, reply, channel=draw.words({"email": 0.75, "phone": 0.25}), automated=False)
    what = {"meeting": 0.55, "demo": 0.3, "workshop": 0.15}
    met = if_so(draw.chance(0.6), contacted + draw.about(15, 90))
    for at in (met, if_so(draw.chance(0.5), met + draw.about(20, 90))):
        story.event("engagement", rows, at, what=draw.words(what))
    declined = if_so(draw.chance(0.035), contacted + draw.about(30, 150))
    story.event("disengaged", rows, declined, what="declined")

    asked = if_so(draw.chance(0.34), accepted + draw.between(40, 150))
    answers = draw.chance(0.55 + 0.35 * good)
    story.event("update_requested", rows, asked, role="channel")
    story.event("update_provided", rows, if_so(answers, asked + draw.about(5, 25)), names=("lead", "partner"),
                descriptive=draw.words({"yes": 0.76, "no": 0.11, "unknown": 0.13}))
    leaves = ~answers & draw.chance(0.3) & ~lead.is_keen & (asked < NEVER // 2)
    left = if_so(leaves, asked + draw.between(35, 90))
    story.event("disassociated", rows, left, role="channel",
                reason=some(word_list()["reasons"]["disassociation"], draw))
    asked_customer = draw.words({"yes": 0.35, "no": 0.4, "unknown": 0.25})
    wins = is_fit & ~leaves & draw.chance(0.2 + 0.5 * good)
    suggested = if_so(draw.chance(np.where(wins, 0.06, 0.015)), accepted + draw.between(10, 260))
    story.event("competitor_suggested", rows, suggested, names=("partner", "org"), customer_asked=asked_customer)
    other = partners.frame["id"].gather(partners.another(lead.partner, "ptr"))
    introduced = if_so(draw.chance(0.012), accepted + draw.between(10, 250))
    story.event("partner_introduced", rows, introduced, names=("org",), partner=other,
                decided_by=draw.words({"celigo": 0.7, "customer": 0.3}))
    _deals(story, rows, draw, if_so(wins, accepted + draw.about(80, 330, 0.6)))


def _deals(story: Story, rows: np.ndarray, draw: Draw, won: np.ndarray) -> None:
    """A deal, one payment or two, sometimes a refund, and the commission that was paid on them."""
    deal = "T-" + story.names["lead"].gather(rows)
    story.event("deal_won", rows, won, transaction=deal)
    median, sigma = SUBSCRIPTION_USD
    yearly = np.round(median * np.exp(sigma * draw.rng.standard_normal(draw.n)), -2) + 0.5 * draw.below(2)
    has_two = draw.chance(0.3)
    subscription = np.where(has_two, np.round(yearly / 2, 2), yearly)
    other = np.where(draw.chance(0.35), np.round(yearly * draw.rng.uniform(0.1, 0.5, draw.n), 2), 0.0)
    is_unsplit = draw.chance(0.07)
    currency = draw.words(CURRENCIES)
    first = if_so(draw.chance(0.93), won + draw.about(14, 60))
    second = if_so(has_two, first + draw.between(85, 100))
    for received, extra in ((first, other), (second, np.zeros(draw.n))):
        story.event(
            "customer_payment", rows, received, transaction=deal, currency=currency,
            subscription_amount=as_money(np.where(is_unsplit, np.nan, subscription)),
            other_amount=as_money(np.where(is_unsplit, np.nan, extra)),
            total_amount=as_money(np.where(is_unsplit, subscription + extra, np.nan)),
        )
        paid = if_so(~is_unsplit & draw.chance(0.78), received + draw.between(8, 42))
        story.event("payout_paid", rows, paid, names=("lead", "partner"), role="finance",
                    amount=share_of(subscription, COMMISSION))
        notice = if_so(draw.chance(0.5), paid + draw.about(1, 6))
        story.event("notice_sent", rows, notice, names=("lead", "partner"), about="payout")
    story.event("customer_refund", rows, if_so(draw.chance(0.035), first + draw.between(10, 80)), transaction=deal,
                currency=currency, subscription_amount=as_money(subscription))
