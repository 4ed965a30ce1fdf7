"""What happens beside the leads: searches, touches, sales activities, and what concerns partners alone."""

import numpy as np
import polars as pl

from core.sample.drawing import DAY, NEVER, Draw, as_moments, at_work, folded, if_so, some
from core.sample.naming import word_list
from core.sample.partners import Partners
from core.sample.plans import Orgs
from core.sample.shares import HISTORY_SEARCHED, SPAN_DAYS
from core.sample.stories import Story

WIRE_REQUESTED = 0.25  # of the sources outside the US
BARRED_SOURCES = 0.02  # sources found to have sent unsolicited referrals; the worst ones
HISTORY = 0.08  # organizations with touches or sales activities outside their leads
HISTORY_WHEN = ((0.55, -180, -1), (0.25, -500, -180), (0.20, 2, 120))  # share, days from the first lead


def history_searches(story: Story) -> None:
    """Where nobody had looked into the history, somebody often did it later."""
    rows = np.flatnonzero(~story.leads.is_searched)
    draw = Draw(story.rng, len(rows))
    searched = if_so(draw.chance(HISTORY_SEARCHED), story.leads.raw[rows] + draw.between(1, 20))
    story.event("history_searched", rows, searched, role="sales")


def org_history(
    story: Story, orgs: Orgs, org_rows: pl.DataFrame, contact_rows: pl.DataFrame, known_at: np.ndarray
) -> np.ndarray:
    """Touches and sales activities outside the leads, before and after them. Lowers `known_at` in place.

    Returns which organizations were touched in the half year before their first lead.
    """
    chosen = np.flatnonzero(story.rng.random(len(orgs.first)) < HISTORY)
    org = np.repeat(chosen, story.rng.integers(1, 4, len(chosen)))
    draw = Draw(story.rng, len(org))
    when = draw.codes([share for share, _, _ in HISTORY_WHEN])
    low, high = (np.array([row[part] for row in HISTORY_WHEN])[when] for part in (1, 2))
    at = at_work(orgs.raw[org] + draw.between(low, high))
    np.minimum.at(known_at, org, at)

    contact = (np.cumsum(orgs.people) - orgs.people)[org] + draw.below(orgs.people[org])
    names = draw.codes([0.45, 0.42, 0.13])  # the organization, its contact too, or an address alone
    is_sales = draw.chance(np.where(orgs.program[org] > 0, 0.6, 0.1))
    org_name = org_rows["id"].gather(org)
    contact_name = pl.select(pl.when(pl.Series(names == 1)).then(contact_rows["id"].gather(contact))).to_series()
    email = contact_rows["email"].gather(contact)
    by_email = pl.Series(names == 2) & email.is_not_null()
    of = pl.select(org=pl.when(~by_email).then(org_name), email=pl.when(by_email).then(email))
    story.told("crm_touch", if_so(~is_sales, at), org=of["org"], email=of["email"], contact=contact_name,
               kind=draw.words({"outbound": 0.4, "inbound": 0.3, "record_created": 0.3}))
    logged = np.minimum(at + if_so(draw.chance(0.3), draw.between(0, 20)) % NEVER, story.end)
    referrer = story.names["partner"].gather(orgs.first[org])
    introduced = pl.select(pl.when(pl.Series(draw.chance(0.08))).then(referrer)).to_series()
    story.told(
        "sales_activity", if_so(is_sales, at), org=org_name, contact=contact_name,
        rep=some(word_list()["staff"]["sales"], draw), introduced_by=introduced,
        stage=draw.words({"in_sales_cycle": 0.75, "none": 0.25}),
        meaningful=draw.words({"yes": 0.62, "no": 0.2, "unknown": 0.18}),
        kind=draw.words({"meeting": 0.4, "call": 0.35, "email": 0.15, "demo": 0.1}),
        occurred_at=as_moments(at), logged_at=as_moments(logged), logged=logged,
    )
    is_touched = np.zeros(len(orgs.first), dtype=bool)
    is_touched[org[(at < orgs.raw[org]) & (at > orgs.raw[org] - 185 * DAY)]] = True
    return is_touched


def partner_events(story: Story, partners: Partners) -> None:
    """Payee details that were asked for, and came or did not."""
    frame = partners.frame
    draw = Draw(story.rng, frame.height)
    at = story.end - draw.between(0, SPAN_DAYS)
    is_raf = frame["kind"].is_in(["customer_contact", "other"]).to_numpy()
    in_us = (frame["country"].fill_null("") == "US").to_numpy()
    requested = if_so(is_raf & ~in_us & draw.chance(WIRE_REQUESTED), at)
    story.told("wire_requested", folded(requested), partner=frame["id"])
    supplied = if_so(draw.chance(0.6), requested + draw.about(5, 40))
    story.told("payee_details_provided", folded(supplied), partner=frame["id"], field="wire_details")
    is_ptr = (frame["kind"] == "referral_partner").to_numpy()
    unconfirmed = frame["check_address_confirmed_at"].is_null().to_numpy()
    confirmed = if_so(is_ptr & in_us & unconfirmed & draw.chance(0.35), at)
    story.told("payee_details_provided", folded(confirmed), partner=frame["id"], field="check_address_confirmation")
    no_wire = frame["wire_details"].is_null().to_numpy()
    wired = if_so(is_ptr & ~in_us & no_wire & draw.chance(0.35), at)
    story.told("payee_details_provided", folded(wired), partner=frame["id"], field="wire_details")
    changed = if_so(is_raf & draw.chance(0.02), at)
    story.told("payee_change_requested", folded(changed), partner=frame["id"],
               what="assistant." + frame["id"].str.to_lowercase() + "@payee.example")


def bar_sources(story: Story, partners: Partners) -> None:
    """Some bad sources sent people who had never heard of it: a finding on the first lead of each."""
    rows, lead, _ = story.of("raf")
    source, first, many = np.unique(lead.partner, return_index=True, return_counts=True)
    if not len(source):
        return
    # Those that send many leads are spared: a finding ends all leads of a source.
    rank = np.argsort(np.where(many <= np.quantile(many, 0.8), partners.quality[source], 2), kind="stable")
    worst = rank[: round(BARRED_SOURCES * len(source))]
    found = rows[first[worst]]
    draw = Draw(story.rng, len(found))
    story.event("abuse_finding", found, story.leads.raw[found] + draw.between(20, 300), names=("lead", "partner"),
                role="marketing", kind="unsolicited")
