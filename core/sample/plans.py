"""Which organizations there are, which leads each has, and how a later lead stands to the first one."""

import dataclasses
import functools
import math
from collections.abc import Mapping

import numpy as np

from core.sample.drawing import DAY, NEVER, Draw, among, at_work
from core.sample.partners import Partners
from core.sample.shares import (
    CHANNELS,
    FOLLOW_UP,
    HISTORY_UNAVAILABLE,
    ORG_KINDS,
    PRODUCTS,
    PROGRAMS,
    SOURCE_CONTEXT,
    SPAN_DAYS,
)

GROWTH = 1.1  # e to this: as many more leads a day at the end as at the beginning (three times)
RECENT = ((0.05, 0, 8), (0.04, 22, 36))  # share and days before the end, beside the growth: clocks that end about now
OFF_HOURS = 0.15  # submitted at night or on a weekend
ORG_SIZES = (  # share, from, to, and a power that prefers the lower end: leads per organization
    (0.846, 1, 1, 1), (0.105, 2, 2, 1), (0.035, 3, 4, 1), (0.013, 5, 20, 2), (0.001, 21, 60, 2),
)
MANY_LEADS = {"cerri": 0.34, "raf": 0.36, "ptr": 0.30}  # programs of organizations with more than one lead
SELF_REFERRAL = {"domain": 0.006, "employee": 0.005, "person": 0.003}  # of organizations with one cerri lead
CONTACTS = {1: 0.70, 2: 0.18, 3: 0.08, 4: 0.04}  # per organization; large ones have more
# How a later lead of an organization stands to its first one, and how many days lie between.
LATER_CERRI = {"again": 0.10, "rival": 0.22, "rival_later": 0.22, "colleague": 0.18, "colleague_later": 0.28}
LATER_CELIGO = {"again": 0.10, "rival": 0.25, "while_owned": 0.23, "rival_later": 0.12, "colleague": 0.12,
                "other_program": 0.18}
RELATIONS = ("first", "again", "rival", "while_owned", "rival_later", "colleague", "colleague_later", "other_program")
GAPS_CERRI = {"again": (1, 120), "rival": (0.05, 150), "rival_later": (240, 420), "colleague": (1, 150),
              "colleague_later": (240, 420)}
GAPS_RAF = {"again": (1, 60), "while_owned": (2, 75), "rival_later": (370, 480), "colleague": (5, 200),
            "other_program": (1, 120)}
GAPS_PTR = GAPS_RAF | {"while_owned": (2, 330)}
LARGE_FROM, LARGE_SPREAD, LARGE_GAPS = 5, 0.7, (10, 430)  # large organizations: mostly colleagues over many months
COMMON_PRODUCT = 0.85  # of the later leads of a Celigo organization: the products of its first lead
PTR_DECISION, RAF_DECISION = (1.1, 5), (2.0, 25, 0.8)  # days to acceptance or rejection: median, most, sigma
NEVER_DECIDED = 0.05  # leads that were left lying


@dataclasses.dataclass(frozen=True)
class Leads:
    """Columns over the leads of a slice. Organizations, contacts and partners are row numbers."""

    program: np.ndarray  # position in PROGRAMS
    org: np.ndarray
    relation: np.ndarray  # position in RELATIONS
    partner: np.ndarray
    contact: np.ndarray
    raw: np.ndarray  # where the raw course begins
    at: np.ndarray  # submission
    delay: np.ndarray  # raw seconds to a decision on acceptance
    is_keen: np.ndarray  # will be accepted, because a later lead tells of it
    quality: np.ndarray
    channel: np.ndarray  # position in the program's CHANNELS
    product: np.ndarray  # position in PRODUCTS
    follow_up: np.ndarray  # position in FOLLOW_UP
    context: np.ndarray  # position in SOURCE_CONTEXT
    is_searched: np.ndarray  # the history was looked up
    kind: np.ndarray  # of the organization, position in ORG_KINDS
    is_bad_address: np.ndarray
    is_self_referral: np.ndarray
    is_known: np.ndarray  # to sales: touched or sold to before

    def take(self, rows: np.ndarray) -> "Leads":
        return Leads(**{field.name: getattr(self, field.name)[rows] for field in dataclasses.fields(self)})

    def stands(self, *relations: str) -> np.ndarray:
        return among(self.relation, RELATIONS, relations)


@dataclasses.dataclass(frozen=True)
class Orgs:
    """Columns over the organizations of a slice."""

    first: np.ndarray  # the row of the first lead
    program: np.ndarray
    kind: np.ndarray  # position in ORG_KINDS
    people: np.ndarray  # how many contacts
    raw: np.ndarray  # first submission
    self_referral: np.ndarray  # 0 for none, else 1 + position in SELF_REFERRAL


def plan(draw: Draw, end: int, partners: Partners) -> tuple[Orgs, Leads]:
    """Organizations with one lead or more; the first lead stands by itself, each later one in a relation to it."""
    n = draw.n
    sizes = _sizes(draw)
    few = Draw(draw.rng, len(sizes))
    first = np.cumsum(sizes) - sizes
    org = np.repeat(np.arange(few.n), sizes)
    base, rank, size = first[org], np.arange(n) - first[org], sizes[org]
    is_single = sizes == 1
    part = is_single.sum() / draw.n  # of the leads; what the others take of a program, the single ones make up for
    single = [(share - (1 - part) * MANY_LEADS[name]) for name, share in PROGRAMS.items()]
    market = np.where(is_single, few.codes(np.maximum(single, 0.01)), few.codes(list(MANY_LEADS.values())))
    kind = few.codes(list(ORG_KINDS.values()))
    is_celigo = market[org] > 0

    relation = _relations(draw, is_celigo, rank, size)
    is_ = functools.partial(among, relation, RELATIONS)
    program = np.where(is_(["other_program"]), 3 - market[org], market[org])
    told_later = is_celigo & (is_(["while_owned", "rival_later"]) | (is_(["other_program"]) & draw.chance(0.5)))
    is_keen = (np.bincount(org, weights=told_later)[org] > 0) & (rank == 0)
    delay = np.where(program == 2, draw.about(*PTR_DECISION), draw.about(*RAF_DECISION))
    gap = _gaps(draw, relation, market[org], size, delay[base])

    need = np.maximum.reduceat(gap, first)
    start = end - SPAN_DAYS * DAY
    grown = np.log1p(few.rng.random(few.n) * math.expm1(GROWTH)) / GROWTH
    raw = start + (grown * SPAN_DAYS * DAY).astype(np.int64)
    for share, latest, earliest in RECENT:
        raw = np.where(few.chance(share) & (sizes == 1), end - few.between(latest, earliest), raw)
    raw = np.where(raw + need > end, start + (few.rng.random(few.n) * (end - need - start)).astype(np.int64), raw)
    raw_at = raw[org] + gap
    is_off_hours = draw.chance(OFF_HOURS) & (size == 1)
    # Folding moves a course up to 2.2 days back: that of a lead at night begins later, so that no answer precedes it.
    at, course = np.where(is_off_hours, raw_at, at_work(raw_at)), raw_at + np.where(is_off_hours, 5 * DAY // 2, 0)

    people = 1 + few.codes(list(CONTACTS.values()))
    is_colleague = is_(["colleague", "colleague_later"])
    people = np.maximum(people, np.where(np.bincount(org, weights=is_colleague) > 0, 2, 1))
    people = np.where(sizes >= LARGE_FROM, np.minimum(2 + sizes // 3, 12), people)
    contact = np.cumsum(people) - people
    colleague = 1 + (rank - 1) % np.maximum(people[org] - 1, 1)

    self_referral = few.codes([1 - sum(SELF_REFERRAL.values()), *SELF_REFERRAL.values()])
    self_referral = np.where((sizes == 1) & (market == 0) & (kind == 0), self_referral, 0)
    partner = _referrers(draw, program, relation, base, partners)
    product = draw.codes([share for share, _ in PRODUCTS])
    leads = Leads(
        program=program, org=org, relation=relation, partner=partner,
        contact=contact[org] + np.where(is_colleague, colleague, 0),
        raw=course, at=at,
        delay=np.where(draw.chance(NEVER_DECIDED) & ~is_keen, NEVER, delay), is_keen=is_keen,
        quality=np.clip(0.75 * partners.quality[partner] + 0.25 * draw.rng.random(n), 0, 1),
        channel=np.choose(program, [draw.codes(list(CHANNELS[name].values())) for name in PROGRAMS]),
        product=np.where(draw.chance(COMMON_PRODUCT), product[base], product),
        follow_up=draw.codes(list(FOLLOW_UP.values())),
        context=draw.codes(list(SOURCE_CONTEXT.values())), is_searched=~draw.chance(HISTORY_UNAVAILABLE),
        kind=kind[org], is_bad_address=np.zeros(n, dtype=bool), is_self_referral=self_referral[org] > 0,
        is_known=np.zeros(n, dtype=bool),
    )
    return Orgs(first, market, kind, people, raw, self_referral), leads


def _sizes(draw: Draw) -> np.ndarray:
    """Leads per organization, adding up to the number of leads."""
    share, low, high, power = (np.array(column) for column in zip(*ORG_SIZES, strict=True))
    code = draw.codes(share)
    sizes = low[code] + np.floor((high - low + 1)[code] * draw.rng.random(draw.n) ** power[code]).astype(np.int64)
    sizes = np.minimum(sizes, max(2, draw.n // 20))
    last = int(np.searchsorted(np.cumsum(sizes), draw.n))
    sizes = sizes[: last + 1]
    sizes[last] -= sizes.sum() - draw.n
    return sizes


def _relations(draw: Draw, is_celigo: np.ndarray, rank: np.ndarray, size: np.ndarray) -> np.ndarray:
    def drawn(mix: Mapping[str, float]) -> np.ndarray:
        return np.array([RELATIONS.index(word) for word in mix])[draw.codes(list(mix.values()))]

    relation = np.where(is_celigo, drawn(LATER_CELIGO), drawn(LATER_CERRI))
    is_spread = (size >= LARGE_FROM) & draw.chance(LARGE_SPREAD)
    return np.where(rank == 0, 0, np.where(is_spread, RELATIONS.index("colleague"), relation))


def _gaps(draw: Draw, relation: np.ndarray, market: np.ndarray, size: np.ndarray, delay: np.ndarray) -> np.ndarray:
    """Raw seconds from the first lead of the organization; delay: those to the decision on it."""
    tables = [[table.get(word, (0, 0)) for word in RELATIONS] for table in (GAPS_CERRI, GAPS_RAF, GAPS_PTR)]
    low, high = np.moveaxis(np.array(tables, dtype=float)[market, relation], -1, 0)
    is_spread = (size >= LARGE_FROM) & (relation == RELATIONS.index("colleague"))
    gap = draw.between(np.where(is_spread, LARGE_GAPS[0], low), np.where(is_spread, LARGE_GAPS[1], high))
    is_celigo, is_rival = market > 0, relation == RELATIONS.index("rival")
    gap = gap + np.where(is_celigo & among(relation, RELATIONS, ("while_owned", "rival_later")), delay, 0)
    before = 60 + ((0.05 + 0.85 * draw.rng.random(draw.n)) * delay).astype(np.int64)
    return np.where(relation == 0, 0, np.where(is_celigo & is_rival, before, gap))


def _referrers(
    draw: Draw, program: np.ndarray, relation: np.ndarray, base: np.ndarray, partners: Partners
) -> np.ndarray:
    """The partner of each lead: the same as of the first lead where he repeats himself, else another."""
    partner = np.zeros(draw.n, dtype=np.int64)
    for number, name in enumerate(PROGRAMS):
        rows = np.flatnonzero(program == number)
        partner[rows] = partners.drawn(Draw(draw.rng, len(rows)), name)
    is_again = relation == RELATIONS.index("again")
    for number, name in enumerate(PROGRAMS):
        is_same = (program == number) & (relation > 0) & ~is_again & (partner == partner[base])
        partner = np.where(is_same, partners.another(partner, name), partner)
    return np.where(is_again, partner[base], partner)
