"""Lifelike leads of any number: partners, companies, people, leads, and what became of them.

Called by the command line (`sample`), by tests and benchmarks. Knows the shape of the tables and nothing of the rules:
what a lead deserves is for the evaluation to say. Must not read a clock: `until` is passed in.

Rows are made in slices that share partners and running numbers and nothing else, so that memory does not grow with the
number of leads. Inside a slice all work is on whole columns. Times are whole seconds since 1970 in a *raw* course, in
which delays are simply added; `_at_work` then folds the course into office hours without changing its order.
"""

import dataclasses
import datetime as dt
import functools
import math
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from core import store
from core.intake import rows as intake
from core.intake.rows import MOMENT, MONEY, SCHEMAS, Rows
from core.model import Refusal

WORDS = Path(__file__).with_name("sample_words.toml")
SLICE = 50_000
"""Leads of one slice: about 300 MB while it is made and stored."""

DAY = 86_400
NEVER = 2**53
"""A raw second that does not come. What is added to it does not come either."""

# How much of what. Shares are of one, times are in days, unless they say otherwise.

PROGRAMS = {"cerri": 0.45, "raf": 0.30, "ptr": 0.25}  # of the leads
LETTERS = {"cerri": "C", "raf": "R", "ptr": "P"}  # at the front of a lead's id
SPAN_DAYS = 548  # eighteen months of submissions
GROWTH = 1.1  # e to this: as many more leads a day at the end as at the beginning (three times)
RECENT = ((0.05, 0, 8), (0.04, 22, 36))  # share and days before the end, beside the growth: clocks that end about now
OFF_HOURS = 0.15  # submitted at night or on a weekend
LATE_RECORD = {0: 0.85, 1: 0.10, 9: 0.05}  # recorded at once, within a day, within nine days

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
WIRE_REQUESTED = 0.25  # of the sources outside the US
BARRED_SOURCES = 0.02  # sources found to have sent unsolicited referrals; the worst ones

ORG_SIZES = (  # share, from, to, and a power that prefers the lower end: leads per organization
    (0.846, 1, 1, 1), (0.105, 2, 2, 1), (0.035, 3, 4, 1), (0.013, 5, 20, 2), (0.001, 21, 60, 2),
)
MANY_LEADS = {"cerri": 0.34, "raf": 0.36, "ptr": 0.30}  # programs of organizations with more than one lead
ORG_KINDS = {"business": 0.92, "university": 0.025, "agency": 0.025, "competitor": 0.01, "individual": 0.02}
KIND_TAGS = {"university": "uni", "agency": "studio", "competitor": "ppm"}  # part of the domain
PARENTS, DOMAIN_MISSING, TEST_DOMAIN = 0.04, 0.04, 0.15
PRODUCT_HOLDERS = {"cerri": 0.01, "raf": 0.085, "ptr": 0.085}  # organizations with a product of ours
OWNED_BY_PARTNER = 0.003
HISTORY = 0.08  # organizations with touches or sales activities outside their leads
HISTORY_WHEN = ((0.55, -180, -1), (0.25, -500, -180), (0.20, 2, 120))  # share, days from the first lead
SELF_REFERRAL = {"domain": 0.006, "employee": 0.005, "person": 0.003}  # of organizations with one cerri lead

CONTACTS = {1: 0.70, 2: 0.18, 3: 0.08, 4: 0.04}  # per organization; large ones have more
FOREIGN_NAME = 0.12  # people whose name is of another language than their company's
MAIL = {"business": 0.918, "free": 0.05, "disposable": 0.006, "relay": 0.005, "role": 0.012, "none": 0.009}
MAIL_SPELLING = {"first.last": 0.76, "flast": 0.15, "first_last": 0.09}
FREE_MAIL = {"gmail.com": 0.5, "outlook.com": 0.15, "yahoo.com": 0.1, "gmx.de": 0.08, "wp.pl": 0.07, "icloud.com": 0.05,
             "qq.com": 0.05}
DISPOSABLE = {"mailinator.com": 0.6, "yopmail.com": 0.25, "guerrillamail.com": 0.15}
RELAY = {"privaterelay.appleid.com": 1.0}
ROLE_MAILBOX = {"info": 0.6, "office": 0.25, "sales": 0.15}
ROLE_MISSING, COMPANY_MISSING = 0.045, 0.03
COMPANY_SPELLING = {"full": 0.80, "short": 0.14, "capitals": 0.06}

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
SAME_PERSON = ("again", "rival", "while_owned", "rival_later", "other_program")
COMMON_PRODUCT = 0.85  # of the later leads of a Celigo organization: the products of its first lead
NEW_RECORD = 0.5  # of the later leads of a person: under a second record, the address spelled otherwise

CHANNELS = {"cerri": {"trial_signup": 0.63, "contact_form": 0.33, "page_view": 0.02, "phone": 0.02},
            "raf": {"web_form": 0.97, "email": 0.03}, "ptr": {"web_form": 0.97, "email": 0.03}}
PRODUCTS = (  # share and products of a Celigo lead
    (0.600, ["integrator_io"]), (0.240, ["b2b_manager"]), (0.065, ["integrator_io", "b2b_manager"]),
    (0.020, ["free_edition"]), (0.020, ["services"]), (0.012, ["cloudextend_personal"]),
    (0.012, ["cloudextend_enterprise"]), (0.011, ["try_for_free"]), (0.010, ["integrator_io", "services"]), (0.010, []),
)
EXCLUDED_PRODUCTS = (3, 4, 5, 6, 7)  # positions above that earn nothing
DECISION_DAY = {"within": 0.86, "beyond": 0.05, "none": 0.09}  # expected purchase: within 11 months, 13 to 18, unknown
FIRST_CLICK_KNOWN, HISTORY_UNAVAILABLE, HISTORY_SEARCHED = 0.88, 0.03, 0.45
SOURCE_CONTEXT = {"normal": 0.86, "trade_show": 0.09, "purchased_list": 0.05}
FOLLOW_UP = {"prospect": 0.60, "partner": 0.32, None: 0.08}
DEAL_STAGE = {None: 0.86, "proposal": 0.09, "negotiation": 0.05}

PTR_DECISION, RAF_DECISION = (1.1, 5), (2.0, 25, 0.8)  # days to acceptance or rejection: median, most, sigma
NEVER_DECIDED = 0.05  # leads that were left lying
RAF_LATE_OUTREACH = 0.05  # accepted leads that are first written to after one to three months
HELD_PRODUCTS = {"integrator_io": 0.6, "b2b_manager": 0.25, "cloudextend_enterprise": 0.1, "free_edition": 0.05}
UNSURE = 0.012  # verdicts that say unknown
NOTED = 0.6  # failed verdicts with a note
SQL_REWARD_USD, RAF_BONUS_USD, COMMISSION = 100.0, 500.0, 0.10  # what was paid in the past; the terms may say otherwise
SUBSCRIPTION_USD = (18_000, 0.8)  # median and sigma of a year's subscription
CURRENCIES = {"USD": 0.86, "EUR": 0.10, "GBP": 0.04}


def generate(leads: int, seed: int, until: dt.date) -> Rows:
    """Frames of every table with exactly the columns of SCHEMAS, not yet identified.

    The same arguments give the same rows. Nothing happens after `until`, 23:59 UTC. For millions of leads use `write`.
    """
    parts = [intake.frames({}), *_slices(leads, seed, until, SLICE)]
    return {table: pl.concat([part[table] for part in parts]) for table in SCHEMAS}


def write(
    con: duckdb.DuckDBPyConnection, leads: int, seed: int, until: dt.date, slice_leads: int = SLICE
) -> dict[str, int]:
    """Store lifelike leads, one transaction per slice; returns the number of rows per table.

    con: a database without a sample, as the ids would be the same. slice_leads: at its default, rows as of `generate`.
    Raises Refusal where a sample is there already.
    """
    counts = dict.fromkeys(SCHEMAS, 0)
    if leads > slice_leads:
        store.drop_indexes(con)
    for rows in _slices(leads, seed, until, slice_leads):
        rows = intake.identify(rows)
        try:
            with store.transaction(con) as work:
                intake.store_rows(work, rows)
        except duckdb.ConstraintException as error:
            raise Refusal("The database holds sample leads already: write the sample into a new database.") from error
        for table, frame in rows.items():
            counts[table] += frame.height
        del rows, frame  # else two slices would stand in memory
    store.create_indexes(con)
    return counts


def _slices(leads: int, seed: int, until: dt.date, size: int) -> Iterator[Rows]:
    """Rows of at most `size` leads at a time; the partners, and what concerns them alone, come with the first."""
    if leads < 1:
        return
    end = (until - dt.date(1970, 1, 1)).days * DAY + DAY - 60
    seed %= 2**63
    numbers = _Numbers(seed)
    partners = _make_partners(np.random.default_rng([seed, 0]), leads, end, numbers)
    for first in range(0, leads, size):
        rng = np.random.default_rng([seed, 1 + first // size])
        yield _slice(rng, min(size, leads - first), end, partners, numbers, is_first=first == 0)


class _Draw:
    """Random columns of one length."""

    def __init__(self, rng: np.random.Generator, n: int):
        self.rng, self.n = rng, n

    def chance(self, odds: float | np.ndarray) -> np.ndarray:
        return self.rng.random(self.n) < odds

    def between(self, low: float | np.ndarray, high: float | np.ndarray) -> np.ndarray:
        """Seconds, evenly from low to high days."""
        return ((low + self.rng.random(self.n) * (np.asarray(high) - low)) * DAY).astype(np.int64)

    def about(self, median: float, most: float, spread: float = 0.9) -> np.ndarray:
        """Seconds, mostly near the median number of days, with a tail that ends at `most`."""
        days = np.minimum(median * np.exp(spread * self.rng.standard_normal(self.n)), most)
        return (days * DAY).astype(np.int64) + 300

    def codes(self, shares: Sequence[float]) -> np.ndarray:
        """Positions 0, 1, ... in these shares."""
        edges = np.cumsum(shares)
        return np.minimum(np.searchsorted(edges / edges[-1], self.rng.random(self.n), side="right"), len(edges) - 1)

    def words(self, mix: Mapping[str | None, float]) -> pl.Series:
        return pl.Series(list(mix), dtype=pl.String).gather(self.codes(list(mix.values())))

    def below(self, counts: int | np.ndarray) -> np.ndarray:
        """Whole numbers from 0 to counts - 1."""
        return (self.rng.random(self.n) * counts).astype(np.int64)


def _when(happens: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.where(happens, at, NEVER)


def _at_work(raw: np.ndarray) -> np.ndarray:
    """Raw seconds folded into weekdays and office hours: the order stays, and no day becomes a later one."""
    days = raw // DAY
    monday = days - (days + 3) % 7  # day 0 of 1970 was a Thursday
    week = np.interp((raw - monday * DAY) / (7 * DAY), [0, 0.19, 0.41, 0.63, 0.84, 1], [0, 1, 2, 3, 4, 5])
    day = np.minimum(week.astype(np.int64), 4)
    hour = np.interp(week - day, [0, 0.05, 0.30, 0.48, 0.55, 0.82, 0.95, 1], [7, 8.5, 10.5, 12, 13.5, 16, 18, 20])
    return (monday + day) * DAY + (hour * 3600).astype(np.int64)


def _folded(raw: np.ndarray) -> np.ndarray:
    """The same, where what does not come stays NEVER."""
    comes = raw < NEVER // 2
    return np.where(comes, _at_work(np.where(comes, raw, 0)), NEVER)


def _moments(seconds: np.ndarray) -> pl.Series:
    """Instants; NEVER becomes null."""
    return pl.select(
        pl.when(pl.Series(seconds) < NEVER // 2).then(pl.Series(seconds * 1_000_000)).cast(MOMENT)
    ).to_series()


def _days(seconds: np.ndarray) -> pl.Series:
    days = pl.Series((seconds // DAY).astype(np.int32))
    return pl.select(pl.when(pl.Series(seconds) < NEVER // 2).then(days).cast(pl.Date)).to_series()


def _usd(amounts: np.ndarray) -> pl.Series:
    """Money in cents; NaN becomes null."""
    return pl.Series(np.round(amounts, 2)).fill_nan(None).cast(MONEY)


@dataclasses.dataclass(frozen=True)
class _Spelled:
    """Words as they are written, and as an address writes them."""

    native: pl.Series
    latin: pl.Series

    def __len__(self) -> int:
        return len(self.native)


@dataclasses.dataclass(frozen=True)
class _Culture:
    """Names of companies and people of one language."""

    share: float
    countries: pl.Series
    stems: _Spelled
    trades: _Spelled
    cities: _Spelled
    before: pl.Series  # parts of the legal form around the name
    after: pl.Series
    special: dict[str, str]  # names of other kinds of organization
    is_trade_first: bool
    gap: str
    first: _Spelled
    last: _Spelled
    is_family_first: bool
    person_gap: str
    roles: pl.Series


@functools.cache
def _words() -> dict:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@functools.cache
def cultures() -> tuple[_Culture, ...]:
    """Every language of the word list, in its order."""
    found = _words()["culture"]
    return tuple(_culture(raw, found[0]["roles"]) for raw in found)


def _culture(raw: dict, common_roles: list[str]) -> _Culture:
    stems = raw.get("stems") or [
        "|".join(head + tail for head, tail in zip(_both(one), _both(other), strict=True))
        for one in raw["heads"] for other in raw["tails"]
    ]
    forms = [form.split("{name}") for form in raw["forms"]]
    gap = raw.get("gap", " ")
    return _Culture(
        share=raw["share"],
        countries=pl.Series(raw["countries"]),
        stems=_spelled(stems),
        trades=_spelled(raw["trades"]),
        cities=_spelled(raw["cities"]),
        before=pl.Series([form[0] for form in forms]),
        after=pl.Series([form[1] for form in forms]),
        special={kind: raw[word] for kind, word in
                 (("university", "university"), ("agency", "agency"), ("competitor", "rival"))},
        is_trade_first=raw.get("trade_first", False),
        gap=gap,
        first=_spelled(raw["first"]),
        last=_spelled(raw["last"]),
        is_family_first=raw.get("family_first", False),
        person_gap=raw.get("person_gap", " "),
        roles=pl.Series(raw["roles"] + common_roles[: len(raw["roles"])]),
    )


def _both(word: str) -> tuple[str, str]:
    native, _, latin = word.partition("|")
    return native, latin or native


def _spelled(words: list[str]) -> _Spelled:
    pairs = [_both(word) for word in words]
    return _Spelled(pl.Series([native for native, _ in pairs]), pl.Series([_latin(latin) for _, latin in pairs]))


def _latin(word: str) -> str:
    """Small letters a to z and digits."""
    plain = word.lower().translate(str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "ı": "i", "đ": "d"}))
    return "".join(sign for sign in unicodedata.normalize("NFKD", plain) if sign.isascii() and sign.isalnum())


def _some(words: list[str], draw: _Draw) -> pl.Series:
    return pl.Series(words).gather(draw.below(len(words)))


def _by_culture(culture: np.ndarray, make: Callable[[_Culture, int, np.ndarray], pl.DataFrame]) -> pl.DataFrame:
    """Rows made culture by culture, put back in order."""
    made = [
        make(each, number, rows).with_columns(row=pl.Series(rows))
        for number, each in enumerate(cultures())
        if len(rows := np.flatnonzero(culture == number))
    ]
    return pl.concat(made).sort("row").drop("row")


def _companies(rng: np.random.Generator, culture: np.ndarray, kind: pl.Series, numbers: "_Numbers") -> pl.DataFrame:
    """name, short (without its legal form), latin (unique, for the domain), country. One row per company."""

    def make(words: _Culture, number: int, rows: np.ndarray) -> pl.DataFrame:
        place = numbers.places(number, len(rows), len(words.stems) * len(words.trades))
        draw = _Draw(rng, len(rows))
        stem, trade = place.within % len(words.stems), place.within // len(words.stems)
        city, again = place.round % (len(words.cities) + 1), place.round // (len(words.cities) + 1)
        form = draw.below(len(words.before))
        of = pl.DataFrame({
            "stem": words.stems.native.gather(stem), "stem_latin": words.stems.latin.gather(stem),
            "trade": words.trades.native.gather(trade), "trade_latin": words.trades.latin.gather(trade),
            "trade_number": trade + 1,
            "city": pl.concat([pl.Series([""]), words.gap + words.cities.native]).gather(city),
            "city_latin": pl.concat([pl.Series([""]), "-" + words.cities.latin]).gather(city),
            "before": words.before.gather(form), "after": words.after.gather(form),
            "kind": kind.gather(rows), "country": words.countries.gather(draw.below(len(words.countries))),
            "nth": pl.Series(again).cast(pl.String),
        })
        again_name = pl.when(pl.col("nth") == "0").then(pl.lit("")).otherwise(" " + (pl.col("nth")))
        again_latin = pl.when(pl.col("nth") == "0").then(pl.lit("")).otherwise("-" + pl.col("nth"))
        parts = ("trade", "stem") if words.is_trade_first else ("stem", "trade")
        short = pl.concat_str(*parts, separator=words.gap) + pl.col("city") + again_name
        name = pl.col("before") + short + pl.col("after")
        latin = pl.col("stem_latin") + "-" + pl.col("trade_latin")
        for special, pattern in words.special.items():
            before, after = pattern.split("{stem}")
            titled = before + pl.col("stem") + after
            tagged = pl.col("stem_latin") + f"-{KIND_TAGS[special]}" + pl.col("trade_number").cast(pl.String)
            is_it = pl.col("kind") == special
            short, name = pl.when(is_it).then(titled).otherwise(short), pl.when(is_it).then(titled).otherwise(name)
            latin = pl.when(is_it).then(tagged).otherwise(latin)
        return of.select(name=name, short=short, latin=latin + pl.col("city_latin") + again_latin, country="country")

    return _by_culture(culture, make)


def _people(culture: np.ndarray, number: np.ndarray) -> pl.DataFrame:
    """full_name, first and last (as written), first_latin and last_latin. The number chooses the name."""

    def make(words: _Culture, _: int, rows: np.ndarray) -> pl.DataFrame:
        first = number[rows] % len(words.first)
        last = number[rows] // len(words.first) % len(words.last)
        of = pl.DataFrame({
            "first": words.first.native.gather(first), "last": words.last.native.gather(last),
            "first_latin": words.first.latin.gather(first), "last_latin": words.last.latin.gather(last),
        })
        parts = ("last", "first") if words.is_family_first else ("first", "last")
        return of.with_columns(full_name=pl.concat_str(*parts, separator=words.person_gap))

    return _by_culture(culture, make)


def _culture_codes(draw: _Draw) -> np.ndarray:
    return draw.codes([each.share for each in cultures()])


@dataclasses.dataclass
class _Places:
    """Where in the possible company names a company stands: which round through them, and where within."""

    round: np.ndarray
    within: np.ndarray


class _Numbers:
    """The numbers that run through all slices: ids, and the company names that were used up."""

    def __init__(self, seed: int):
        self.seed = seed
        self.next: dict[str, int] = {}

    def take(self, what: str, n: int) -> np.ndarray:
        first = self.next.get(what, 0)
        self.next[what] = first + n
        return np.arange(first, first + n)

    def ids(self, letter: str, n: int, first: int = 1_000_001) -> pl.Series:
        return letter + pl.Series(self.take(letter, n) + first).cast(pl.String)

    def places(self, culture: int, n: int, possible: int) -> _Places:
        """The next n names: each name once before a city is added to tell them apart, in an order of the seed's own."""
        number = self.take(f"company {culture}", n)
        step = next(step for step in range(int(possible * 0.618) + 1, 2 * possible) if math.gcd(step, possible) == 1)
        return _Places(number // possible, (number * step + self.seed % possible * 7919) % possible)


@dataclasses.dataclass
class _Partners:
    """All partners of the sample; `shares` adds up to one within each program."""

    frame: pl.DataFrame
    quality: np.ndarray
    first: dict[str, int]  # row of the first partner of a program
    shares: dict[str, np.ndarray]
    joined: np.ndarray

    def drawn(self, draw: _Draw, program: str) -> np.ndarray:
        edges = np.cumsum(self.shares[program])
        chosen = np.searchsorted(edges / edges[-1], draw.rng.random(draw.n), side="right")
        return self.first[program] + np.minimum(chosen, len(edges) - 1)

    def another(self, partner: np.ndarray, program: str) -> np.ndarray:
        """The partner beside each."""
        first = self.first[program]
        return first + (partner - first + 1) % len(self.shares[program])


def _make_partners(rng: np.random.Generator, leads: int, end: int, numbers: _Numbers) -> _Partners:
    frames, qualities, shares, joins, first = [], [], {}, [], {}
    for program in PROGRAMS:
        n = max(PARTNERS_LEAST, round(PARTNERS_PER_ROOT[program] * math.sqrt(leads)))
        draw = _Draw(rng, n)
        share_all, weight_all, beta_all = REGISTERS_ALL
        share_best, beta_best = EXCELLENT
        sort = draw.codes([share_all, share_best, 1 - share_all - share_best])
        quality = np.choose(sort, [rng.beta(*beta_all, n), rng.beta(*beta_best, n), rng.beta(*QUALITY, n)])
        weight = np.exp(PARTNER_SPREAD[program] * rng.standard_normal(n)) * np.where(sort == 0, weight_all, 1.0)
        weight = weight / weight.sum()
        shares[program] = np.minimum(weight, max(PARTNER_MOST, 2 / n))
        first[program] = sum(frame.height for frame in frames)
        joined = _at_work(end - draw.between(SPAN_DAYS + 10, SPAN_DAYS + 900))
        frames.append(_partner_rows(draw, program, joined, numbers))
        qualities.append(quality)
        joins.append(joined)
    frame = pl.concat(frames)
    frame = frame.with_columns(_with_a_shared_account(frame["wire_details"]))
    return _Partners(frame, np.concatenate(qualities), first, shares, np.concatenate(joins))


def _with_a_shared_account(accounts: pl.Series) -> pl.Series:
    """Two partners under one account: somebody should look at that before either is paid."""
    known = accounts.drop_nulls()
    return accounts.replace(known[-1], known[-2]) if len(known) > 1 else accounts


def _partner_rows(draw: _Draw, program: str, joined: np.ndarray, numbers: _Numbers) -> pl.DataFrame:
    n, culture = draw.n, _culture_codes(draw)
    if program == "ptr":
        culture = np.where(draw.chance(0.4), 0, culture)
    company = _companies(draw.rng, culture, pl.Series(["business"] * n), numbers)
    person = _people(culture, draw.below(10**6))
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
    return _table(
        "partners",
        id=ids, kind=draw.words(PARTNER_KINDS[program]),
        name=pl.when(~is_person).then(company["name"]),
        first_name=pl.when(is_person).then(person["first"]),
        last_name=pl.when(is_person & pl.Series(~draw.chance(LAST_NAME_MISSING))).then(person["last"]),
        email=email, domain=pl.when(~is_person).then(domain),
        country=pl.when(pl.Series(has_country)).then(country),
        check_address=pl.when(pl.Series(has_address)).then(house + " " + street + " Street, " + town),
        check_address_confirmed_at=_moments(_when(is_confirmed, _at_work(joined + draw.between(1, 8)))),
        wire_details=pl.when(pl.Series(has_wire)).then("account ending " + account),
        recorded_at=_moments(joined),
    )


def _table(table: str, **columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A frame with the columns of SCHEMAS; those not given are null."""
    frame = pl.select(**columns)
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in SCHEMAS[table].items()
    )


@dataclasses.dataclass(frozen=True)
class _Leads:
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

    def take(self, rows: np.ndarray) -> "_Leads":
        return _Leads(**{field.name: getattr(self, field.name)[rows] for field in dataclasses.fields(self)})

    def stands(self, *relations: str) -> np.ndarray:
        return _among(self.relation, RELATIONS, relations)


@dataclasses.dataclass(frozen=True)
class _Orgs:
    """Columns over the organizations of a slice."""

    first: np.ndarray  # the row of the first lead
    program: np.ndarray
    kind: np.ndarray  # position in ORG_KINDS
    people: np.ndarray  # how many contacts
    raw: np.ndarray  # first submission
    self_referral: np.ndarray  # 0 for none, else 1 + position in SELF_REFERRAL


def _among(codes: np.ndarray, words: Sequence[str] | Mapping[str, float], wanted: Sequence[str]) -> np.ndarray:
    return np.isin(codes, [list(words).index(word) for word in wanted])


def _slice(
    rng: np.random.Generator, n: int, end: int, partners: _Partners, numbers: _Numbers, is_first: bool
) -> Rows:
    draw = _Draw(rng, n)
    orgs, leads = _plan(draw, end, partners)
    org_rows, contact_rows, contact_orgs, leads = _parties(rng, orgs, leads, partners, numbers)
    order = np.argsort(leads.at, kind="stable")
    story = _Story(rng, end, leads, {
        "lead": _lead_ids(leads.program, order, numbers), "contact": contact_rows["id"].gather(leads.contact),
        "org": org_rows["id"].gather(leads.org), "partner": partners.frame["id"].gather(leads.partner),
    })
    known_at = np.full(len(orgs.first), NEVER)
    np.minimum.at(known_at, leads.org, leads.at)
    is_touched = _org_history(story, orgs, org_rows, contact_rows, known_at)
    products, is_customer = _products(rng, orgs, org_rows, known_at, end)
    story.leads = dataclasses.replace(leads, is_known=(is_touched | is_customer)[leads.org])
    _cerri_course(story)
    _raf_course(story)
    _ptr_course(story, partners)
    _history_searches(story)
    if is_first:
        _partner_events(story, partners)
        _bar_sources(story, partners)
    contact_known = _moments(known_at[contact_orgs])
    return {
        "partners": partners.frame if is_first else partners.frame.clear(),
        "organizations": org_rows.with_columns(recorded_at=_moments(known_at)),
        "organization_owners": _owners(rng, orgs, leads, org_rows, known_at, partners),
        "organization_products": products,
        "contacts": contact_rows.with_columns(recorded_at=pl.coalesce("recorded_at", contact_known)),
        "leads": _lead_rows(draw, leads, story, contact_rows)[order],
        "events": story.events(numbers),
        "verdicts": story.verdicts(numbers),
    }


def _plan(draw: _Draw, end: int, partners: _Partners) -> tuple[_Orgs, _Leads]:
    """Organizations with one lead or more; the first lead stands by itself, each later one in a relation to it."""
    n = draw.n
    sizes = _sizes(draw)
    few = _Draw(draw.rng, len(sizes))
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
    is_ = functools.partial(_among, relation, RELATIONS)
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
    at, course = np.where(is_off_hours, raw_at, _at_work(raw_at)), raw_at + np.where(is_off_hours, 5 * DAY // 2, 0)

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
    leads = _Leads(
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
    return _Orgs(first, market, kind, people, raw, self_referral), leads


def _sizes(draw: _Draw) -> np.ndarray:
    """Leads per organization, adding up to the number of leads."""
    share, low, high, power = (np.array(column) for column in zip(*ORG_SIZES, strict=True))
    code = draw.codes(share)
    sizes = low[code] + np.floor((high - low + 1)[code] * draw.rng.random(draw.n) ** power[code]).astype(np.int64)
    sizes = np.minimum(sizes, max(2, draw.n // 20))
    last = int(np.searchsorted(np.cumsum(sizes), draw.n))
    sizes = sizes[: last + 1]
    sizes[last] -= sizes.sum() - draw.n
    return sizes


def _relations(draw: _Draw, is_celigo: np.ndarray, rank: np.ndarray, size: np.ndarray) -> np.ndarray:
    def drawn(mix: Mapping[str, float]) -> np.ndarray:
        return np.array([RELATIONS.index(word) for word in mix])[draw.codes(list(mix.values()))]

    relation = np.where(is_celigo, drawn(LATER_CELIGO), drawn(LATER_CERRI))
    is_spread = (size >= LARGE_FROM) & draw.chance(LARGE_SPREAD)
    return np.where(rank == 0, 0, np.where(is_spread, RELATIONS.index("colleague"), relation))


def _gaps(draw: _Draw, relation: np.ndarray, market: np.ndarray, size: np.ndarray, delay: np.ndarray) -> np.ndarray:
    """Raw seconds from the first lead of the organization; delay: those to the decision on it."""
    tables = [[table.get(word, (0, 0)) for word in RELATIONS] for table in (GAPS_CERRI, GAPS_RAF, GAPS_PTR)]
    low, high = np.moveaxis(np.array(tables, dtype=float)[market, relation], -1, 0)
    is_spread = (size >= LARGE_FROM) & (relation == RELATIONS.index("colleague"))
    gap = draw.between(np.where(is_spread, LARGE_GAPS[0], low), np.where(is_spread, LARGE_GAPS[1], high))
    is_celigo, is_rival = market > 0, relation == RELATIONS.index("rival")
    gap = gap + np.where(is_celigo & _among(relation, RELATIONS, ("while_owned", "rival_later")), delay, 0)
    before = 60 + ((0.05 + 0.85 * draw.rng.random(draw.n)) * delay).astype(np.int64)
    return np.where(relation == 0, 0, np.where(is_celigo & is_rival, before, gap))


def _referrers(
    draw: _Draw, program: np.ndarray, relation: np.ndarray, base: np.ndarray, partners: _Partners
) -> np.ndarray:
    """The partner of each lead: the same as of the first lead where he repeats himself, else another."""
    partner = np.zeros(draw.n, dtype=np.int64)
    for number, name in enumerate(PROGRAMS):
        rows = np.flatnonzero(program == number)
        partner[rows] = partners.drawn(_Draw(draw.rng, len(rows)), name)
    is_again = relation == RELATIONS.index("again")
    for number, name in enumerate(PROGRAMS):
        is_same = (program == number) & (relation > 0) & ~is_again & (partner == partner[base])
        partner = np.where(is_same, partners.another(partner, name), partner)
    return np.where(is_again, partner[base], partner)


def _lead_ids(program: np.ndarray, order: np.ndarray, numbers: _Numbers) -> pl.Series:
    """Ids by program, in the order of submission."""
    found = np.empty(len(program), dtype=object)
    for number, name in enumerate(PROGRAMS):
        rows = order[program[order] == number]
        found[rows] = numbers.ids(f"{LETTERS[name]}-", len(rows)).to_numpy()
    return pl.Series(found, dtype=pl.String)


def _parties(
    rng: np.random.Generator, orgs: _Orgs, leads: _Leads, partners: _Partners, numbers: _Numbers
) -> tuple[pl.DataFrame, pl.DataFrame, np.ndarray, _Leads]:
    """Rows of organizations and contacts (recorded_at still open), the organization of each contact, and the leads."""
    few = _Draw(rng, len(orgs.first))
    number = np.arange(few.n)
    parent = number - 1 - 2 * few.below(np.minimum((number + 1) // 2, 200))
    has_parent = few.chance(2 * PARENTS) & (number % 2 == 1)  # odd ones under even ones: no circles
    culture = _culture_codes(few)
    culture = np.where(has_parent, culture[np.where(has_parent, parent, 0)], culture)
    kinds = pl.Series(list(ORG_KINDS)).gather(orgs.kind)
    company = _companies(rng, culture, kinds, numbers)
    referrer = partners.frame[leads.partner[orgs.first]]
    is_partners = pl.Series(orgs.self_referral == 1)
    company = company.select(
        "country",
        name=pl.when(is_partners).then(referrer["name"]).otherwise("name"),
        short=pl.when(is_partners).then(referrer["name"]).otherwise("short"),
        domain=pl.when(is_partners).then(referrer["domain"])
        .otherwise(pl.col("latin") + few.words({".example": 1 - TEST_DOMAIN, ".test": TEST_DOMAIN})),
    )
    company = _with_an_imitation(company, kinds == "business")
    ids = numbers.ids("O", few.n)

    people, contact_orgs, mail = _people_of(rng, orgs, culture, company, ids, referrer, numbers)
    contact = leads.contact.copy()
    again = np.flatnonzero(leads.stands(*SAME_PERSON) & (rng.random(len(contact)) < NEW_RECORD))
    second = _spelled_again(_Draw(rng, len(again)), people[contact[again]], leads.at[again], numbers)
    leads = dataclasses.replace(leads, is_bad_address=_among(mail[contact], MAIL, ("disposable", "relay")))
    contact_orgs = np.concatenate([contact_orgs, leads.org[again]])
    contact[again] = people.height + np.arange(len(again))

    is_individual = kinds == "individual"
    own_name = people["full_name"].gather(np.cumsum(orgs.people) - orgs.people)
    rows = _table(
        "organizations",
        id=ids, name=pl.when(is_individual).then(own_name).otherwise(company["name"]),
        domain=pl.when(~is_individual & pl.Series(~few.chance(DOMAIN_MISSING))).then(company["domain"]),
        kind=kinds, country=company["country"],
        parent=pl.when(pl.Series(has_parent)).then(ids.gather(np.where(has_parent, parent, 0))),
    )
    return rows, pl.concat([people, second]), contact_orgs, dataclasses.replace(leads, contact=contact)


def _with_an_imitation(company: pl.DataFrame, is_business: pl.Series) -> pl.DataFrame:
    """One company's domain is spelled to be taken for another's of its country, a digit in the place of a letter."""
    domain, country = company["domain"], company["country"]
    rows = pl.arg_where(is_business & (country == country.filter(is_business).first()), eager=True)
    spelled = domain.gather(rows.head(1)).str.replace("^([^.]*)o", "${1}0").str.replace("^([^.]*)e", "${1}3")
    if len(rows) < 2 or spelled.is_in(domain.implode()).all():
        return company
    return company.with_columns(domain.clone().scatter(rows.tail(1), spelled))


def _people_of(
    rng: np.random.Generator, orgs: _Orgs, culture: np.ndarray, company: pl.DataFrame, ids: pl.Series,
    referrer: pl.DataFrame, numbers: _Numbers,
) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Rows of contacts, organization by organization; the organization of each; its position in MAIL."""
    org = np.repeat(np.arange(len(orgs.people)), orgs.people)
    place = np.arange(len(org)) - (np.cumsum(orgs.people) - orgs.people)[org]
    draw = _Draw(rng, len(org))
    own_culture = np.where(draw.chance(FOREIGN_NAME), _culture_codes(draw), culture[org])
    person = _people(own_culture, rng.integers(10**6, size=len(orgs.people))[org] + place * 7919)
    roles = pl.concat([pl.Series([""]), *(words.roles for words in cultures())])
    many = np.array([len(words.roles) for words in cultures()])
    role = roles.gather(1 + (np.cumsum(many) - many)[own_culture] + draw.below(many[own_culture]))

    is_individual = _among(orgs.kind, ORG_KINDS, ("individual",))[org]
    mail = np.where(is_individual, list(MAIL).index("free"), draw.codes(list(MAIL.values())))
    contact_ids = numbers.ids("K", draw.n)
    spelling = rng.choice(list(MAIL_SPELLING), size=len(orgs.people), p=list(MAIL_SPELLING.values()))[org]
    of = person.with_columns(
        domain=company["domain"].gather(org), number=contact_ids.str.to_lowercase(), free=draw.words(FREE_MAIL),
        disposable=draw.words(DISPOSABLE), relay=draw.words(RELAY), mailbox=draw.words(ROLE_MAILBOX),
        mail=pl.Series(list(MAIL)).gather(mail), spelling=pl.Series(spelling, dtype=pl.String),
        company=company["name"].gather(org), short=company["short"].gather(org),
        company_spelling=draw.words(COMPANY_SPELLING), partner_id=referrer["id"].gather(org),
        partner_email=referrer["email"].gather(org), self_referral=pl.Series(orgs.self_referral[org]),
        has_company=~draw.chance(np.where(is_individual, 0.5, COMPANY_MISSING)), has_role=~draw.chance(ROLE_MISSING),
        is_individual=pl.Series(is_individual),
    )
    first, last, domain = pl.col("first_latin"), pl.col("last_latin"), pl.col("domain")
    work = (
        pl.when(pl.col("spelling") == "flast").then(first.str.head(1) + last)
        .when(pl.col("spelling") == "first_last").then(first + "_" + last)
        .otherwise(first + "." + last) + "@" + domain
    )
    # Numbers in free addresses keep them from being somebody's.
    email = (
        pl.when(pl.col("self_referral") == 3).then("partner_email")
        .when(pl.col("self_referral") == 1).then(work)
        .when(pl.col("mail") == "free").then(first + "." + last + "." + pl.col("number") + "@" + pl.col("free"))
        .when(pl.col("mail") == "disposable").then(first + pl.col("number") + "@" + pl.col("disposable"))
        .when(pl.col("mail") == "relay").then(last.str.head(2) + pl.col("number") + "@" + pl.col("relay"))
        .when(pl.col("mail") == "role").then(pl.col("mailbox") + "@" + domain)
        .when(pl.col("mail") == "business").then(work)
    )
    named = (
        pl.when("is_individual").then(pl.col("full_name"))
        .when(pl.col("company_spelling") == "short").then("short")
        .when(pl.col("company_spelling") == "capitals").then(pl.col("company").str.to_uppercase())
        .otherwise("company")
    )
    filled = of.select(
        "full_name", email=email, company=pl.when("has_company").then(named),
        employer_partner=pl.when(pl.col("self_referral") == 2).then("partner_id"),
        role=pl.when("has_role").then(role),
    )
    return _table("contacts", id=contact_ids, org=ids.gather(org), **filled.to_dict()), org, mail


def _spelled_again(draw: _Draw, people: pl.DataFrame, at: np.ndarray, numbers: _Numbers) -> pl.DataFrame:
    """Second records of people, as another partner would type them."""
    email = pl.col("email")
    how, tag = draw.words({"tag": 0.4, "capitals": 0.35, "same": 0.25}), draw.words({"trial": 0.5, "erp": 0.5})
    tagged = email.str.replace("@", "+" + tag + "@", literal=True)
    undotted = email.str.split("@").list.first().str.replace_all(".", "", literal=True) + "@gmail.com"
    return _table("contacts", id=numbers.ids("K", draw.n), recorded_at=_moments(at), **people.select(
        org=pl.when(pl.Series(~draw.chance(0.3))).then("org"),
        full_name=pl.when(pl.Series(draw.chance(0.2))).then(pl.col("full_name").str.to_uppercase())
        .otherwise("full_name"),
        email=pl.when(email.str.ends_with("@gmail.com") & pl.Series(draw.chance(0.7))).then(undotted)
        .when(how == "tag").then(tagged).when(how == "capitals").then(email.str.to_uppercase()).otherwise(email),
        company="company", employer_partner="employer_partner",
        role=pl.when(pl.Series(~draw.chance(0.15))).then("role"),
    ).to_dict())


def _owners(
    rng: np.random.Generator, orgs: _Orgs, leads: _Leads, org_rows: pl.DataFrame, known_at: np.ndarray,
    partners: _Partners,
) -> pl.DataFrame:
    """Stakes of partners, mostly of the one who refers the organization."""
    rows = np.flatnonzero((rng.random(len(orgs.first)) < OWNED_BY_PARTNER) & (orgs.kind == 0))
    draw = _Draw(rng, len(rows))
    own = leads.partner[orgs.first[rows]]
    partner = np.where(draw.chance(0.65), own, draw.below(partners.frame.height))
    is_controlled = draw.chance(0.2)
    percent = np.where(draw.chance(0.45), draw.rng.uniform(51, 100, draw.n), draw.rng.uniform(5, 50, draw.n))
    percent = np.where(is_controlled & draw.chance(0.5), np.nan, np.round(percent))
    return _table(
        "organization_owners", organization=org_rows["id"].gather(rows),
        partner=partners.frame["id"].gather(partner), percent=pl.Series(percent).fill_nan(None),
        is_controlled=pl.Series(is_controlled), recorded_at=_moments(known_at[rows]),
    )


def _products(
    rng: np.random.Generator, orgs: _Orgs, org_rows: pl.DataFrame, known_at: np.ndarray, end: int
) -> tuple[pl.DataFrame, np.ndarray]:
    """What organizations have bought, in use or ended; and who is a customer when the first lead comes."""
    odds = np.array(list(PRODUCT_HOLDERS.values()))[orgs.program]
    rows = np.flatnonzero(rng.random(len(odds)) < odds)
    draw = _Draw(rng, len(rows))
    bought = orgs.raw[rows] + np.where(draw.chance(0.85), -draw.between(30, 900), draw.between(10, 200))
    bought = np.minimum(bought, end)
    use = draw.codes([0.72, 0.18, 0.10])
    is_customer = np.zeros(len(odds), dtype=bool)
    is_customer[rows] = (use == 0) & (bought < orgs.raw[rows])
    return _table(
        "organization_products", organization=org_rows["id"].gather(rows), product=draw.words(HELD_PRODUCTS),
        purchased_on=_days(bought),
        is_in_use=pl.Series([True, False, None]).gather(use),
        contract_ends_on=_days(_when(~draw.chance(0.1), bought + 365 * DAY * (1 + draw.below(3)))),
        recorded_at=_moments(np.maximum(known_at[rows], bought)),
    ), is_customer


def _lead_rows(draw: _Draw, leads: _Leads, story: "_Story", contact_rows: pl.DataFrame) -> pl.DataFrame:
    is_cerri, is_ptr = pl.Series(leads.program == 0), pl.Series(leads.program == 2)
    is_viewed = (leads.program == 0) & _among(leads.channel, CHANNELS["cerri"], ("page_view",))
    record = np.where(leads.stands(*SAME_PERSON), draw.codes([0.3, 0.6, 0.1]), draw.codes([0.975, 0.005, 0.02]))
    channels = [word for name in PROGRAMS for word in CHANNELS[name]]
    before = np.cumsum([0, *(len(CHANNELS[name]) for name in PROGRAMS)])
    decision = draw.codes(list(DECISION_DAY.values()))
    until = np.choose(decision, [draw.between(20, 335), draw.between(395, 540), np.full(draw.n, NEVER)])
    products = pl.Series([names for _, names in PRODUCTS], dtype=pl.List(pl.String))
    nothing = len(PRODUCTS) - 1
    return _table(
        "leads",
        id=story.names["lead"], program=pl.Series(list(PROGRAMS)).gather(leads.program),
        partner=story.names["partner"], contact=story.names["contact"],
        org=contact_rows["org"].gather(leads.contact), submitted_at=_moments(leads.at),
        recorded_at=_moments(np.minimum(leads.at + np.where(draw.chance(0.02), draw.between(0, 1), 0), story.end)),
        channel=pl.Series(channels).gather(before[leads.program] + leads.channel),
        new_contact_record=pl.when(is_cerri).then(
            pl.Series([True, False, None]).gather(np.where(is_viewed, 1, record))),
        first_click_at=_moments(_when(
            (leads.program == 0) & draw.chance(FIRST_CLICK_KNOWN), leads.at - draw.about(2, 120, 1.4))),
        products=products.gather(np.where(leads.program == 0, nothing, leads.product)),
        expected_decision_on=_days(_when(leads.program > 0, leads.at + until)),
        source_context=pl.when(is_ptr).then(pl.Series(list(SOURCE_CONTEXT)).gather(leads.context))
        .otherwise(pl.lit("normal")),
        follow_up_with=pl.when(is_ptr).then(pl.Series(list(FOLLOW_UP)).gather(leads.follow_up)),
        deal_stage_at_submission=pl.when(is_ptr).then(draw.words(DEAL_STAGE)),
        history_lookup=pl.when(pl.Series(~leads.is_searched)).then(pl.lit("unavailable")),
    )


class _Story:
    """Collects events and verdicts, and drops what would happen after the end."""

    def __init__(self, rng: np.random.Generator, end: int, leads: _Leads, names: dict[str, pl.Series]):
        self.rng, self.end, self.leads, self.names = rng, end, leads, names
        self._events: list[pl.DataFrame] = []
        self._verdicts: list[pl.DataFrame] = []

    def of(self, program: str) -> tuple[np.ndarray, _Leads, _Draw]:
        rows = np.flatnonzero(self.leads.program == list(PROGRAMS).index(program))
        return rows, self.leads.take(rows), _Draw(self.rng, len(rows))

    def event(
        self, kind: str, rows: np.ndarray, raw: np.ndarray, /, names: Sequence[str] = ("lead",),
        role: str | None = None, **columns: object,
    ) -> None:
        """One event per row of leads whose raw second comes. role: of the person who decides."""
        at = _folded(raw)
        kept = np.flatnonzero(at <= self.end)
        named = {name: self.names[name].gather(rows[kept]) for name in names}
        if role:
            named["decided_by"] = _some(_words()["staff"][role], _Draw(self.rng, len(kept)))
        self._add(kind, at, kept, named, columns)

    def told(self, kind: str, at: np.ndarray, /, **columns: object) -> None:
        """Events that belong to no lead; at: seconds as they are."""
        self._add(kind, at, np.flatnonzero(at <= self.end), {}, columns)

    def judge(
        self, rows: np.ndarray, raw: np.ndarray, role: str, **odds: float | np.ndarray
    ) -> dict[str, np.ndarray]:
        """Verdicts of one sitting; odds of passing per criterion. Returns per criterion who passes."""
        at = _folded(raw)
        kept = np.flatnonzero(at <= self.end)
        draw = _Draw(self.rng, len(kept))
        decided_by = _some(_words()["staff"][role], draw)
        recorded = self._recorded(at[kept])
        passes = {}
        for criterion, each in odds.items():
            chance = self.rng.random(len(rows))
            passes[criterion] = chance < each
            verdict = np.where(passes[criterion], 0, np.where(chance > 1 - UNSURE, 2, 1))[kept]
            noted = _some(_words()["notes"][criterion], draw)
            is_noted = (verdict == 1) & draw.chance(NOTED)
            self._verdicts.append(pl.select(
                lead=self.names["lead"].gather(rows[kept]), criterion=pl.lit(criterion),
                verdict=pl.Series(["pass", "fail", "unknown"]).gather(verdict), decided_by=decided_by,
                note=pl.when(pl.Series(is_noted)).then(noted), happened_at=pl.Series(at[kept]),
                recorded=pl.Series(recorded),
            ))
        return passes

    def events(self, numbers: _Numbers) -> pl.DataFrame:
        found = pl.concat(self._events, how="diagonal").sort("happened_at", maintain_order=True)
        late = self._recorded(found["happened_at"].to_numpy())
        recorded = pl.coalesce(found["logged"], pl.Series(late)) if "logged" in found.columns else pl.Series(late)
        columns = found.drop("happened_at", "logged", strict=False).to_dict()
        return _table(
            "events", id=numbers.ids("E", found.height), happened_at=_moments(found["happened_at"].to_numpy()),
            recorded_at=_moments(pl.select(recorded).to_series().to_numpy()), **columns,
        )

    def verdicts(self, numbers: _Numbers) -> pl.DataFrame:
        found = pl.concat(self._verdicts).sort("happened_at", maintain_order=True)
        return _table(
            "verdicts", id=numbers.ids("V", found.height), happened_at=_moments(found["happened_at"].to_numpy()),
            recorded_at=_moments(found["recorded"].to_numpy()), **found.drop("happened_at", "recorded").to_dict(),
        )

    def _recorded(self, at: np.ndarray) -> np.ndarray:
        draw = _Draw(self.rng, len(at))
        days = np.array(list(LATE_RECORD))[draw.codes(list(LATE_RECORD.values()))]
        return np.minimum(at + draw.between(0, days), self.end)

    def _add(
        self, kind: str, at: np.ndarray, kept: np.ndarray, named: dict[str, pl.Series], columns: dict[str, object]
    ) -> None:
        if not len(kept):
            return
        filled = {
            name: value[kept] if isinstance(value, pl.Series | np.ndarray) else pl.lit(value)
            for name, value in columns.items()
        }
        filled = {name: pl.Series(value) if isinstance(value, np.ndarray) else value for name, value in filled.items()}
        self._events.append(pl.select(happened_at=pl.Series(at[kept]), type=pl.lit(kind), **named, **filled))


def _cerri_course(story: _Story) -> None:
    """Outreach, an answer or none, a call or requirements, verdicts, approval, reward."""
    rows, lead, draw = story.of("cerri")
    good = lead.quality
    is_doomed = (
        lead.stands("again", "rival", "colleague") | lead.is_bad_address | lead.is_self_referral | lead.is_known
        | ~_among(lead.channel, CHANNELS["cerri"], ("trial_signup", "contact_form"))
    )
    is_viewed = _among(lead.channel, CHANNELS["cerri"], ("page_view",))
    is_worked = ~is_viewed & draw.chance(np.where(is_doomed, 0.7, 0.98))
    outreach = _when(is_worked, lead.raw + draw.about(0.8, 3.5))
    replies = draw.chance((0.70 + 0.28 * good) * np.where(lead.is_bad_address, 0.4, 1))
    reply = _when(replies, outreach + draw.about(1.6, 21))
    story.event("outreach", rows, outreach, channel=draw.words({"email": 0.8, "phone": 0.2}))
    again = outreach + draw.between(4, 9)
    story.event("outreach", rows, _when(draw.chance(0.75) & (again < reply), again), channel="email")
    third = again + draw.between(5, 15)
    story.event("outreach", rows, _when(draw.chance(0.5) & (third < reply), third), channel="phone")
    channel = draw.words({"email": 0.8, "phone": 0.17, "chat": 0.03})
    story.event("reply", rows, reply, channel=channel, automated=False)
    is_automatic = ~replies & draw.chance(0.2)
    story.event("reply", rows, _when(is_automatic, outreach + 90), channel="email", automated=True)
    bounces = ~replies & draw.chance(np.where(lead.is_bad_address, 0.4, 0.07))
    story.event("email_bounce", rows, _when(bounces, outreach + 60), names=("lead", "contact"), kind="hard")
    story.event("email_bounce", rows, _when(draw.chance(0.015), outreach + 60), names=("lead", "contact"), kind="soft")

    declines = draw.chance(0.03 + 0.05 * (1 - good))
    meets = draw.chance(np.where(is_doomed, 0.5, 0.93)) & ~(declines & draw.chance(0.5))
    call = _when(meets, reply + draw.about(5, 30, 0.6))
    booked = _when(draw.chance(0.45), reply + (call - reply) // 4)
    story.event("discovery_call", rows, _when(meets, booked), call_status="booked")
    story.event("discovery_call", rows, _when(draw.chance(0.12), reply + (call - reply) // 2), call_status="no_show")
    story.event("discovery_call", rows, call, call_status="completed")
    writes = ~meets & draw.chance(0.4)
    requirements = _when(writes, reply + draw.about(6, 30, 0.6))
    story.event("requirements_received", rows, requirements)
    what = draw.words({"demo": 0.4, "trial_use": 0.3, "meeting": 0.2, "webinar": 0.1})
    story.event("engagement", rows, _when(draw.chance(0.45), call + draw.about(3, 14)), what=what)

    sitting = np.minimum(call, requirements) + draw.about(0.3, 4)
    odds = _cerri_odds(lead)
    judged = story.judge(rows, sitting, "sales", **odds)
    is_sufficient = story.judge(rows, _when(writes, sitting), "sales", requirements_sufficient=0.85)
    early = _when(draw.chance(0.85) & (sitting > NEVER // 2), outreach + draw.about(0.5, 6))
    first_look = ("identity_genuine", "business_use_case", "not_competitor", "b2b_fit")
    story.judge(rows, early, "sales", **{criterion: odds[criterion] for criterion in first_look})

    fails = sum((~passes).astype(int) for passes in judged.values())
    waivable = ("scale", "role_influence", "need_intent")
    waived = np.zeros(len(rows), dtype=bool)
    for criterion in waivable:
        waives = (fails == 1) & ~judged[criterion] & draw.chance(0.3) & ~is_doomed
        story.event("discretion", rows, _when(waives, sitting + draw.about(2, 9)), role="cerri", decision="waive",
                    criterion=criterion, reason=_some(_words()["reasons"]["waiver"], draw))
        waived |= waives
    is_complete = ((fails == 0) | waived) & (~writes | is_sufficient["requirements_sufficient"])
    approves = is_complete & ~declines & draw.chance(np.where(is_doomed, 0.06, 0.95))
    approved = _when(approves, sitting + DAY + draw.about(3, 12))
    story.event("approved", rows, approved, role="cerri")
    turned_down = is_complete & ~approves & ~declines & draw.chance(0.35)
    story.event("discretion", rows, _when(turned_down, sitting + draw.about(4, 15)), role="cerri", decision="reject",
                reason=_some(_words()["reasons"]["discretion"], draw))
    what = draw.words({"declined": 0.6, "opted_out": 0.25, "chose_another_tool": 0.15})
    story.event("disengaged", rows, _when(declines, reply + draw.about(8, 40)), what=what)
    story.event("disengaged", rows, _when(draw.chance(0.015), approved + draw.between(4, 60)), what="declined")
    story.event("payout_paid", rows, _when(draw.chance(np.where(is_doomed, 0, 0.72)), approved + draw.between(30, 75)),
                names=("lead", "partner"), role="finance", amount=_usd(np.full(len(rows), SQL_REWARD_USD)))


def _cerri_odds(lead: _Leads) -> dict[str, np.ndarray]:
    """Odds of passing each criterion that sales judges."""
    common = 0.972 + 0.024 * lead.quality
    is_ = functools.partial(_among, lead.kind, ORG_KINDS)
    private = np.where(is_(["individual"]), 0.12, np.where(is_(["university"]), 0.5, 1))
    rival = np.where(is_(["competitor"]), 0.05, np.where(is_(["agency"]), 0.7, 1))
    return {
        "potential_client": common - 0.02, "b2b_fit": common * private, "need_intent": common,
        "scale": (common - 0.02) * np.where(is_(["individual"]), 0.3, 1), "role_influence": common - 0.01,
        "business_use_case": (common + 0.01) * private,
        "identity_genuine": (common + 0.015) * np.where(lead.is_bad_address, 0.45, 1),
        "not_competitor": (common + 0.02).clip(0, 0.998) * rival,
    }


def _raf_course(story: _Story) -> None:
    """Acceptance, outreach, reply in time or late or never, verdicts, opportunity, confirmation, bonus."""
    rows, lead, draw = story.of("raf")
    good = lead.quality
    is_excluded = np.isin(lead.product, EXCLUDED_PRODUCTS)
    is_doomed = lead.stands("again", "rival", "while_owned") | is_excluded | (lead.channel > 0) | lead.is_known
    decided = lead.raw + lead.delay
    accepts = lead.is_keen | draw.chance(np.where(is_doomed, 0.2, 0.77 + 0.2 * good))
    rejects = ~accepts & draw.chance(0.6)
    story.event("accepted", rows, _when(accepts, decided), role="sales")
    _rejections(story, rows, lead, draw, _when(rejects, decided), "marketing", is_excluded, explained=0.8)
    abandons = draw.chance(np.where(accepts | rejects, 0, 0.06))
    story.event("withdrawn", rows, _when(abandons, lead.raw + draw.between(1, 30)), names=("lead", "partner"),
                decided_by=story.names["partner"].gather(rows))

    delay = np.where(draw.chance(RAF_LATE_OUTREACH), draw.between(28, 100), draw.about(1.2, 6))
    outreach = _when(accepts & ~draw.chance(0.03), decided + delay)
    story.event("outreach", rows, outreach, channel=draw.words({"email": 0.75, "phone": 0.25}))
    how = draw.codes([1, 0.09])  # in time, or only after the 30 days
    replies = lead.is_keen & draw.chance(0.5) | draw.chance(0.56 + 0.38 * good)
    reply = _when(replies, outreach + np.where(how == 0, draw.about(4, 28, 1.0), draw.between(32, 65)))
    again = outreach + draw.between(6, 12)
    story.event("outreach", rows, _when(draw.chance(0.5) & (again < reply), again), channel="email")
    channel = draw.words({"email": 0.72, "phone": 0.24, "linkedin": 0.03, "chat": 0.01})
    story.event("reply", rows, reply, channel=channel, automated=False)
    is_automatic = ~replies & draw.chance(0.2)
    story.event("reply", rows, _when(is_automatic, outreach + 90), channel="email", automated=True)
    bounces = ~replies & draw.chance(0.05)
    story.event("email_bounce", rows, _when(bounces, outreach + 60), names=("lead", "contact"), kind="hard")
    engaged = _when(draw.chance(0.65), reply + draw.about(6, 40))
    for met in (engaged, _when(draw.chance(0.5), engaged + draw.about(8, 40))):
        story.event("engagement", rows, met, what=draw.words({"meeting": 0.6, "demo": 0.3, "webinar": 0.1}))

    sitting = _when(draw.chance(0.95), reply + draw.about(4, 20))
    common = 0.925 + 0.07 * good
    judged = story.judge(rows, sitting, "sales", decision_role=common, interest=common,
                         sales_qualification=common - 0.06 * (1 - good))
    early = _when(draw.chance(0.5) & (sitting > NEVER // 2), decided + draw.about(1, 6))
    story.judge(rows, _when(accepts, early), "sales", decision_role=common, interest=common - 0.03)

    declines = draw.chance(0.03 + 0.06 * (1 - good))
    is_complete = judged["decision_role"] & judged["interest"] & judged["sales_qualification"] & ~declines
    opens = (is_complete | draw.chance(0.03)) & draw.chance(0.92)
    opened = _when(opens, sitting + draw.about(7, 45))
    is_new = ~draw.chance(0.05)
    opened_on = np.where(is_new, opened, lead.raw - draw.between(20, 250))
    # The reporting day may lie a fold earlier than the raw one, never before the lead.
    opened_on = np.maximum(np.where(is_new, _folded(opened), opened_on), np.where(is_new, lead.at, 0))
    story.event("opportunity_created", rows, opened, is_new=is_new, opened_on=_days(opened_on))
    confirms = is_complete & is_new & draw.chance(np.where(is_doomed, 0.25, 0.94))
    confirmed = _when(confirms, opened + draw.about(3, 15))
    story.event("confirmed", rows, confirmed, role="sales")
    asked_again = _when(~confirms & replies & draw.chance(0.4), lead.raw + draw.between(93, 120))
    story.judge(rows, _when(asked_again > reply, asked_again), "sales", still_engaged=0.6)
    what = draw.words({"declined": 0.7, "opted_out": 0.3})
    story.event("disengaged", rows, _when(declines, reply + draw.about(10, 80)), what=what)

    pays = draw.chance(0.8)
    paid = _when(pays, confirmed + np.where(draw.chance(0.92), draw.between(14, 58), draw.between(61, 80)))
    story.event("payout_paid", rows, paid, names=("lead", "partner"), role="finance",
                amount=_usd(np.full(len(rows), RAF_BONUS_USD)))
    notice = _when(draw.chance(0.85), paid + draw.about(1, 6))
    story.event("notice_sent", rows, notice, names=("lead", "partner"), about="payout")
    kind = draw.words({"false_lead": 0.8, "abuse": 0.2})
    found = _when(draw.chance(0.012 * (1 - good)), outreach + draw.about(10, 60))
    story.event("abuse_finding", rows, found, names=("lead", "partner"), role="sales", kind=kind)
    audited = _when(draw.chance(0.006), confirmed + draw.between(5, 50))
    story.event("discretion", rows, audited, role="owner", decision="reject",
                reason=_some(_words()["reasons"]["discretion"], draw))


def _rejections(
    story: _Story, rows: np.ndarray, lead: _Leads, draw: _Draw, raw: np.ndarray, role: str, is_excluded: np.ndarray,
    explained: float,
) -> None:
    """Decisions against a lead, with a reason that fits it or with none."""
    reasons = _words()["reasons"]
    is_rival = pl.Series(lead.stands("again", "rival", "while_owned"))
    reason = (
        pl.when(is_rival).then(_some(reasons["rival"], draw))
        .when(pl.Series(is_excluded)).then(_some(reasons["product"], draw))
        .when(pl.Series(lead.channel > 0)).then(_some(reasons["channel"], draw))
        .otherwise(_some(reasons["general"], draw))
    )
    given = pl.select(pl.when(pl.Series(draw.chance(explained))).then(reason)).to_series()
    story.event("rejected", rows, raw, role=role, reason=given)


def _ptr_course(story: _Story, partners: _Partners) -> None:
    """Acceptance or an explained rejection within days, follow-up, updates, a deal, payments, commission."""
    rows, lead, draw = story.of("ptr")
    good = lead.quality
    is_doomed = lead.stands("again", "rival", "while_owned") | (lead.channel > 0) | lead.is_known
    decided = lead.raw + lead.delay
    is_looked_at = lead.is_keen | draw.chance(np.where(is_doomed, 0.5, np.where(lead.context == 0, 0.95, 0.7)))
    odds = np.where(lead.is_keen, 1, 0.91 + 0.07 * good)
    judged = story.judge(rows, _when(is_looked_at, lead.raw + lead.delay * 3 // 4), "channel",
                         decision_role=odds, interest=odds)
    is_fit = ~is_looked_at | (judged["decision_role"] & judged["interest"])
    accepts = lead.is_keen | draw.chance(np.where(is_doomed | ~is_fit, 0.06, 0.64 + 0.33 * good))
    rejects = ~accepts & draw.chance(np.where(is_fit, 0.97, 0.995))
    story.event("accepted", rows, _when(accepts, decided), role="channel")
    _rejections(story, rows, lead, draw, _when(rejects, decided), "channel", np.zeros(len(rows), dtype=bool), 0.86)
    told = _when(rejects & draw.chance(0.3), decided + draw.about(1, 6))
    story.event("notice_sent", rows, told, names=("lead", "partner"), about="rejection")
    abandons = draw.chance(np.where(accepts | rejects, 0, 0.12))
    partner = story.names["partner"].gather(rows)
    story.event("withdrawn", rows, _when(abandons, lead.raw + draw.between(1, 30)), names=("lead", "partner"),
                decided_by=partner)

    accepted = _when(accepts, decided)
    with_partner = _among(lead.follow_up, FOLLOW_UP, ("partner",))
    contacted = accepted + draw.about(1.2, 10)
    story.event("source_contacted", rows, _when(with_partner & draw.chance(0.86), contacted), names=("lead", "partner"))
    outreach = _when(~with_partner & draw.chance(np.where(lead.follow_up == 0, 0.95, 0.4)), contacted)
    story.event("outreach", rows, outreach, channel=draw.words({"email": 0.7, "phone": 0.3}))
    reply = _when(draw.chance(0.45 + 0.4 * good), outreach + draw.about(4, 40))
    story.event("reply", rows, reply, channel=draw.words({"email": 0.75, "phone": 0.25}), automated=False)
    what = {"meeting": 0.55, "demo": 0.3, "workshop": 0.15}
    met = _when(draw.chance(0.6), contacted + draw.about(15, 90))
    for at in (met, _when(draw.chance(0.5), met + draw.about(20, 90))):
        story.event("engagement", rows, at, what=draw.words(what))
    declined = _when(draw.chance(0.035), contacted + draw.about(30, 150))
    story.event("disengaged", rows, declined, what="declined")

    asked = _when(draw.chance(0.34), accepted + draw.between(40, 150))
    answers = draw.chance(0.55 + 0.35 * good)
    story.event("update_requested", rows, asked, role="channel")
    story.event("update_provided", rows, _when(answers, asked + draw.about(5, 25)), names=("lead", "partner"),
                descriptive=draw.words({"yes": 0.76, "no": 0.11, "unknown": 0.13}))
    leaves = ~answers & draw.chance(0.3) & ~lead.is_keen & (asked < NEVER // 2)
    left = _when(leaves, asked + draw.between(35, 90))
    story.event("disassociated", rows, left, role="channel",
                reason=_some(_words()["reasons"]["disassociation"], draw))
    asked_customer = draw.words({"yes": 0.35, "no": 0.4, "unknown": 0.25})
    wins = is_fit & ~leaves & draw.chance(0.2 + 0.5 * good)
    suggested = _when(draw.chance(np.where(wins, 0.06, 0.015)), accepted + draw.between(10, 260))
    story.event("competitor_suggested", rows, suggested, names=("partner", "org"), customer_asked=asked_customer)
    other = partners.frame["id"].gather(partners.another(lead.partner, "ptr"))
    introduced = _when(draw.chance(0.012), accepted + draw.between(10, 250))
    story.event("partner_introduced", rows, introduced, names=("org",), partner=other,
                decided_by=draw.words({"celigo": 0.7, "customer": 0.3}))
    _deals(story, rows, draw, _when(wins, accepted + draw.about(80, 330, 0.6)))


def _deals(story: _Story, rows: np.ndarray, draw: _Draw, won: np.ndarray) -> None:
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
    first = _when(draw.chance(0.93), won + draw.about(14, 60))
    second = _when(has_two, first + draw.between(85, 100))
    for received, extra in ((first, other), (second, np.zeros(draw.n))):
        story.event(
            "customer_payment", rows, received, transaction=deal, currency=currency,
            subscription_amount=_usd(np.where(is_unsplit, np.nan, subscription)),
            other_amount=_usd(np.where(is_unsplit, np.nan, extra)),
            total_amount=_usd(np.where(is_unsplit, subscription + extra, np.nan)),
        )
        paid = _when(~is_unsplit & draw.chance(0.78), received + draw.between(8, 42))
        story.event("payout_paid", rows, paid, names=("lead", "partner"), role="finance",
                    amount=_usd(subscription * COMMISSION))
        notice = _when(draw.chance(0.5), paid + draw.about(1, 6))
        story.event("notice_sent", rows, notice, names=("lead", "partner"), about="payout")
    story.event("customer_refund", rows, _when(draw.chance(0.035), first + draw.between(10, 80)), transaction=deal,
                currency=currency, subscription_amount=_usd(subscription))


def _history_searches(story: _Story) -> None:
    """Where nobody had looked into the history, somebody often did it later."""
    rows = np.flatnonzero(~story.leads.is_searched)
    draw = _Draw(story.rng, len(rows))
    searched = _when(draw.chance(HISTORY_SEARCHED), story.leads.raw[rows] + draw.between(1, 20))
    story.event("history_searched", rows, searched, role="sales")


def _org_history(
    story: _Story, orgs: _Orgs, org_rows: pl.DataFrame, contact_rows: pl.DataFrame, known_at: np.ndarray
) -> np.ndarray:
    """Touches and sales activities outside the leads, before and after them. Lowers `known_at` in place.

    Returns which organizations were touched in the half year before their first lead.
    """
    chosen = np.flatnonzero(story.rng.random(len(orgs.first)) < HISTORY)
    org = np.repeat(chosen, story.rng.integers(1, 4, len(chosen)))
    draw = _Draw(story.rng, len(org))
    when = draw.codes([share for share, _, _ in HISTORY_WHEN])
    low, high = (np.array([row[part] for row in HISTORY_WHEN])[when] for part in (1, 2))
    at = _at_work(orgs.raw[org] + draw.between(low, high))
    np.minimum.at(known_at, org, at)

    contact = (np.cumsum(orgs.people) - orgs.people)[org] + draw.below(orgs.people[org])
    names = draw.codes([0.45, 0.42, 0.13])  # the organization, its contact too, or an address alone
    is_sales = draw.chance(np.where(orgs.program[org] > 0, 0.6, 0.1))
    org_name = org_rows["id"].gather(org)
    contact_name = pl.select(pl.when(pl.Series(names == 1)).then(contact_rows["id"].gather(contact))).to_series()
    email = contact_rows["email"].gather(contact)
    by_email = pl.Series(names == 2) & email.is_not_null()
    of = pl.select(org=pl.when(~by_email).then(org_name), email=pl.when(by_email).then(email))
    story.told("crm_touch", _when(~is_sales, at), org=of["org"], email=of["email"], contact=contact_name,
               kind=draw.words({"outbound": 0.4, "inbound": 0.3, "record_created": 0.3}))
    logged = np.minimum(at + _when(draw.chance(0.3), draw.between(0, 20)) % NEVER, story.end)
    referrer = story.names["partner"].gather(orgs.first[org])
    introduced = pl.select(pl.when(pl.Series(draw.chance(0.08))).then(referrer)).to_series()
    story.told(
        "sales_activity", _when(is_sales, at), org=org_name, contact=contact_name,
        rep=_some(_words()["staff"]["sales"], draw), introduced_by=introduced,
        stage=draw.words({"in_sales_cycle": 0.75, "none": 0.25}),
        meaningful=draw.words({"yes": 0.62, "no": 0.2, "unknown": 0.18}),
        kind=draw.words({"meeting": 0.4, "call": 0.35, "email": 0.15, "demo": 0.1}),
        occurred_at=_moments(at), logged_at=_moments(logged), logged=logged,
    )
    is_touched = np.zeros(len(orgs.first), dtype=bool)
    is_touched[org[(at < orgs.raw[org]) & (at > orgs.raw[org] - 185 * DAY)]] = True
    return is_touched


def _partner_events(story: _Story, partners: _Partners) -> None:
    """Payee details that were asked for, and came or did not."""
    frame = partners.frame
    draw = _Draw(story.rng, frame.height)
    at = story.end - draw.between(0, SPAN_DAYS)
    is_raf = frame["kind"].is_in(["customer_contact", "other"]).to_numpy()
    in_us = (frame["country"].fill_null("") == "US").to_numpy()
    requested = _when(is_raf & ~in_us & draw.chance(WIRE_REQUESTED), at)
    story.told("wire_requested", _folded(requested), partner=frame["id"])
    supplied = _when(draw.chance(0.6), requested + draw.about(5, 40))
    story.told("payee_details_provided", _folded(supplied), partner=frame["id"], field="wire_details")
    is_ptr = (frame["kind"] == "referral_partner").to_numpy()
    unconfirmed = frame["check_address_confirmed_at"].is_null().to_numpy()
    confirmed = _when(is_ptr & in_us & unconfirmed & draw.chance(0.35), at)
    story.told("payee_details_provided", _folded(confirmed), partner=frame["id"], field="check_address_confirmation")
    no_wire = frame["wire_details"].is_null().to_numpy()
    wired = _when(is_ptr & ~in_us & no_wire & draw.chance(0.35), at)
    story.told("payee_details_provided", _folded(wired), partner=frame["id"], field="wire_details")
    changed = _when(is_raf & draw.chance(0.02), at)
    story.told("payee_change_requested", _folded(changed), partner=frame["id"],
               what="assistant." + frame["id"].str.to_lowercase() + "@payee.example")


def _bar_sources(story: _Story, partners: _Partners) -> None:
    """Some bad sources sent people who had never heard of it: a finding on the first lead of each."""
    rows, lead, _ = story.of("raf")
    source, first, many = np.unique(lead.partner, return_index=True, return_counts=True)
    if not len(source):
        return
    # Those that send many leads are spared: a finding ends all leads of a source.
    rank = np.argsort(np.where(many <= np.quantile(many, 0.8), partners.quality[source], 2), kind="stable")
    worst = rank[: round(BARRED_SOURCES * len(source))]
    found = rows[first[worst]]
    draw = _Draw(story.rng, len(found))
    story.event("abuse_finding", found, story.leads.raw[found] + draw.between(20, 300), names=("lead", "partner"),
                role="marketing", kind="unsolicited")
