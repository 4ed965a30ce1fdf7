"""Partners of each program: how good they are, how many leads they send, how they are paid."""

import dataclasses
import math

import numpy as np
import polars as pl

from core.sample.drawing import Draw, Numbers, as_moments, at_work, if_so, rows_of
from core.sample.naming import companies, culture_codes, cultures, persons
from core.sample.shares import PROGRAMS, SPAN_DAYS, TEST_DOMAIN

PARTNER_KINDS = {"cerri": {"affiliate": 1.0}, "raf": {"customer_contact": 0.85, "other": 0.15},
                 "ptr": {"referral_partner": 1.0}}
PARTNER_LETTERS = {"cerri": "A", "raf": "S", "ptr": "P"}
PARTNERS_PER_ROOT = {"cerri": 0.6, "raf": 1.5, "ptr": 0.4}  # partners = this times the root of the leads
PARTNERS_LEAST = 5
PARTNER_SPREAD = {"cerri": 1.0, "raf": 0.8, "ptr": 1.0}  # sigma of the lognormal number of leads of a partner
PARTNER_MOST = 0.08  # of the leads of its program
QUALITY = (2.4, 1.6)  # beta distribution of a partner's quality
REGISTERS_ALL = (0.07, 4.0, (1.2, 7.0))  # share of partners that register everything, with how many times more leads
EXCELLENT = (0.07, (12.0, 1.5))  # share of excellent partners
US_PARTNER = 0.5  # of the referral partners
ADDRESS_CONFIRMED, WIRE_KNOWN, COUNTRY_MISSING, LAST_NAME_MISSING, PARTNER_FREE_MAIL = 0.78, 0.78, 0.03, 0.03, 0.08


@dataclasses.dataclass
class Partners:
    """All partners of the sample; `shares` adds up to one within each program."""

    frame: pl.DataFrame
    quality: np.ndarray
    first: dict[str, int]  # row of the first partner of a program
    shares: dict[str, np.ndarray]
    joined: np.ndarray

    def drawn(self, draw: Draw, program: str) -> np.ndarray:
        edges = np.cumsum(self.shares[program])
        chosen = np.searchsorted(edges / edges[-1], draw.rng.random(draw.n), side="right")
        return self.first[program] + np.minimum(chosen, len(edges) - 1)

    def another(self, partner: np.ndarray, program: str) -> np.ndarray:
        """The partner beside each."""
        first = self.first[program]
        return first + (partner - first + 1) % len(self.shares[program])


def make_partners(rng: np.random.Generator, leads: int, end: int, numbers: Numbers) -> Partners:
    frames, qualities, shares, joins, first = [], [], {}, [], {}
    for program in PROGRAMS:
        n = max(PARTNERS_LEAST, round(PARTNERS_PER_ROOT[program] * math.sqrt(leads)))
        draw = Draw(rng, n)
        share_all, weight_all, beta_all = REGISTERS_ALL
        share_best, beta_best = EXCELLENT
        sort = draw.codes([share_all, share_best, 1 - share_all - share_best])
        quality = np.choose(sort, [rng.beta(*beta_all, n), rng.beta(*beta_best, n), rng.beta(*QUALITY, n)])
        weight = np.exp(PARTNER_SPREAD[program] * rng.standard_normal(n)) * np.where(sort == 0, weight_all, 1.0)
        weight = weight / weight.sum()
        shares[program] = np.minimum(weight, max(PARTNER_MOST, 2 / n))
        first[program] = sum(frame.height for frame in frames)
        joined = at_work(end - draw.between(SPAN_DAYS + 10, SPAN_DAYS + 900))
        frames.append(_partner_rows(draw, program, joined, numbers))
        qualities.append(quality)
        joins.append(joined)
    frame = pl.concat(frames)
    frame = frame.with_columns(_with_a_shared_account(frame["wire_details"]))
    return Partners(frame, np.concatenate(qualities), first, shares, np.concatenate(joins))


def _with_a_shared_account(accounts: pl.Series) -> pl.Series:
    """Two partners under one account: somebody should look at that before either is paid."""
    known = accounts.drop_nulls()
    return accounts.replace(known[-1], known[-2]) if len(known) > 1 else accounts


def _partner_rows(draw: Draw, program: str, joined: np.ndarray, numbers: Numbers) -> pl.DataFrame:
    n, culture = draw.n, culture_codes(draw)
    if program == "ptr":
        culture = np.where(draw.chance(0.4), 0, culture)
    company = companies(draw.rng, culture, pl.Series(["business"] * n), numbers)
    person = persons(culture, draw.below(10**6))
    is_us = draw.chance(US_PARTNER) & (culture == 0) if program == "ptr" else np.zeros(n, dtype=bool)
    country = pl.select(pl.when(pl.Series(is_us)).then(pl.lit("US")).otherwise(company["country"])).to_series()
    in_us = (country == "US").to_numpy()
    has_country = ~draw.chance(COUNTRY_MISSING) if program == "ptr" else np.ones(n, dtype=bool)
    has_wire = ~in_us & draw.chance(WIRE_KNOWN if program == "ptr" else 0.1 * (program == "raf"))
    has_address = in_us & (program == "ptr") & draw.chance(0.94)
    is_confirmed = has_address & draw.chance(ADDRESS_CONFIRMED)
    is_free = draw.chance(PARTNER_FREE_MAIL) & (program == "raf")
    domain = company["latin"] + draw.words({".example": 1 - TEST_DOMAIN, ".test": TEST_DOMAIN})
    street = cultures()[0].stems.native.gather(draw.below(len(cultures()[0].stems)))
    town = cultures()[0].cities.native.gather(draw.below(len(cultures()[0].cities)))
    house, account = (pl.Series(draw.below(9000) + 1000).cast(pl.String) for _ in range(2))
    ids = numbers.ids(PARTNER_LETTERS[program], n, 101)
    local = person["first_latin"] + "." + person["last_latin"]
    email = pl.when(pl.Series(is_free)).then(local + "." + ids.str.to_lowercase() + "@gmail.com").otherwise(
        local + "@" + domain)
    is_person = pl.lit(program == "raf")
    return rows_of(
        "partners",
        id=ids, kind=draw.words(PARTNER_KINDS[program]),
        name=pl.when(~is_person).then(company["name"]),
        first_name=pl.when(is_person).then(person["first"]),
        last_name=pl.when(is_person & pl.Series(~draw.chance(LAST_NAME_MISSING))).then(person["last"]),
        email=email, domain=pl.when(~is_person).then(domain),
        country=pl.when(pl.Series(has_country)).then(country),
        check_address=pl.when(pl.Series(has_address)).then(house + " " + street + " Street, " + town),
        check_address_confirmed_at=as_moments(if_so(is_confirmed, at_work(joined + draw.between(1, 8)))),
        wire_details=pl.when(pl.Series(has_wire)).then("account ending " + account),
        recorded_at=as_moments(joined),
    )
