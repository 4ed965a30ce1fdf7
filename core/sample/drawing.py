"""Random columns of one length, running numbers, and raw seconds as instants, days and money of the tables.

Called by every module of the sample.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from core.intake.rows import MOMENT, MONEY, SCHEMAS

DAY = 86_400
NEVER = 2**53
"""A raw second that does not come. What is added to it does not come either."""


class Draw:
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


def if_so(happens: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.where(happens, at, NEVER)


def at_work(raw: np.ndarray) -> np.ndarray:
    """Raw seconds folded into weekdays and office hours: the order stays, and no day becomes a later one."""
    days = raw // DAY
    monday = days - (days + 3) % 7  # day 0 of 1970 was a Thursday
    week = np.interp((raw - monday * DAY) / (7 * DAY), [0, 0.19, 0.41, 0.63, 0.84, 1], [0, 1, 2, 3, 4, 5])
    day = np.minimum(week.astype(np.int64), 4)
    hour = np.interp(week - day, [0, 0.05, 0.30, 0.48, 0.55, 0.82, 0.95, 1], [7, 8.5, 10.5, 12, 13.5, 16, 18, 20])
    return (monday + day) * DAY + (hour * 3600).astype(np.int64)


def folded(raw: np.ndarray) -> np.ndarray:
    """The same, where what does not come stays NEVER."""
    comes = raw < NEVER // 2
    return np.where(comes, at_work(np.where(comes, raw, 0)), NEVER)


def as_moments(seconds: np.ndarray) -> pl.Series:
    """Instants; NEVER becomes null."""
    return pl.select(
        pl.when(pl.Series(seconds) < NEVER // 2).then(pl.Series(seconds * 1_000_000)).cast(MOMENT)
    ).to_series()


def as_days(seconds: np.ndarray) -> pl.Series:
    days = pl.Series((seconds // DAY).astype(np.int32))
    return pl.select(pl.when(pl.Series(seconds) < NEVER // 2).then(days).cast(pl.Date)).to_series()


def as_money(amounts: np.ndarray) -> pl.Series:
    """Money in cents; NaN becomes null."""
    return pl.Series(np.round(amounts, 2)).fill_nan(None).cast(MONEY)


def share_of(amounts: np.ndarray, rate: float) -> pl.Series:
    """A share of amounts of money, half up to the cent; NaN is no amount."""
    cents = np.round(amounts * 100) * rate
    return as_money(np.floor(np.round(cents, 6) + 0.5) / 100)


def some(words: list[str], draw: Draw) -> pl.Series:
    return pl.Series(words).gather(draw.below(len(words)))


def among(codes: np.ndarray, words: Sequence[str] | Mapping[str, float], wanted: Sequence[str]) -> np.ndarray:
    return np.isin(codes, [list(words).index(word) for word in wanted])


def rows_of(table: str, **columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A frame with the columns of SCHEMAS; those not given are null."""
    frame = pl.select(**columns)
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in SCHEMAS[table].items()
    )


@dataclasses.dataclass
class Places:
    """Where in the possible company names a company stands: which round through them, and where within."""

    round: np.ndarray
    within: np.ndarray


class Numbers:
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

    def places(self, culture: int, n: int, possible: int) -> Places:
        """The next n names: each name once before a city is added to tell them apart, in an order of the seed's own."""
        number = self.take(f"company {culture}", n)
        step = next(step for step in range(int(possible * 0.618) + 1, 2 * possible) if math.gcd(step, possible) == 1)
        return Places(number // possible, (number * step + self.seed % possible * 7919) % possible)
