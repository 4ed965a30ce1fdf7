"""Names of companies and people in many languages, as they are written and as an address writes them."""

import dataclasses
import functools
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from core.sample.drawing import Draw, Numbers

KIND_TAGS = {"university": "uni", "agency": "studio", "competitor": "ppm"}  # part of the domain


WORDS = Path(__file__).with_name("words.toml")


@dataclasses.dataclass(frozen=True)
class Spelled:
    """Words as they are written, and as an address writes them."""

    native: pl.Series
    latin: pl.Series

    def __len__(self) -> int:
        return len(self.native)


@dataclasses.dataclass(frozen=True)
class Culture:
    """Names of companies and people of one language."""

    share: float
    countries: pl.Series
    stems: Spelled
    trades: Spelled
    cities: Spelled
    before: pl.Series  # parts of the legal form around the name
    after: pl.Series
    special: dict[str, str]  # names of other kinds of organization
    is_trade_first: bool
    gap: str
    first: Spelled
    last: Spelled
    is_family_first: bool
    person_gap: str
    roles: pl.Series


@functools.cache
def word_list() -> dict:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@functools.cache
def cultures() -> tuple[Culture, ...]:
    """Every language of the word list, in its order."""
    found = word_list()["culture"]
    return tuple(_culture(raw, found[0]["roles"]) for raw in found)


def _culture(raw: dict, common_roles: list[str]) -> Culture:
    stems = raw.get("stems") or [
        "|".join(head + tail for head, tail in zip(_both(one), _both(other), strict=True))
        for one in raw["heads"] for other in raw["tails"]
    ]
    forms = [form.split("{name}") for form in raw["forms"]]
    gap = raw.get("gap", " ")
    return Culture(
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


def _spelled(words: list[str]) -> Spelled:
    pairs = [_both(word) for word in words]
    return Spelled(pl.Series([native for native, _ in pairs]), pl.Series([_latin(latin) for _, latin in pairs]))


def _latin(word: str) -> str:
    """Small letters a to z and digits."""
    plain = word.lower().translate(str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "ı": "i", "đ": "d"}))
    return "".join(sign for sign in unicodedata.normalize("NFKD", plain) if sign.isascii() and sign.isalnum())


def _by_culture(culture: np.ndarray, make: Callable[[Culture, int, np.ndarray], pl.DataFrame]) -> pl.DataFrame:
    """Rows made culture by culture, put back in order."""
    made = [
        make(each, number, rows).with_columns(row=pl.Series(rows))
        for number, each in enumerate(cultures())
        if len(rows := np.flatnonzero(culture == number))
    ]
    return pl.concat(made).sort("row").drop("row")


def companies(rng: np.random.Generator, culture: np.ndarray, kind: pl.Series, numbers: Numbers) -> pl.DataFrame:
    """name, short (without its legal form), latin (unique, for the domain), country. One row per company."""

    def make(words: Culture, number: int, rows: np.ndarray) -> pl.DataFrame:
        place = numbers.places(number, len(rows), len(words.stems) * len(words.trades))
        draw = Draw(rng, len(rows))
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


def persons(culture: np.ndarray, number: np.ndarray) -> pl.DataFrame:
    """full_name, first and last (as written), first_latin and last_latin. The number chooses the name."""

    def make(words: Culture, _: int, rows: np.ndarray) -> pl.DataFrame:
        first = number[rows] % len(words.first)
        last = number[rows] // len(words.first) % len(words.last)
        of = pl.DataFrame({
            "first": words.first.native.gather(first), "last": words.last.native.gather(last),
            "first_latin": words.first.latin.gather(first), "last_latin": words.last.latin.gather(last),
        })
        parts = ("last", "first") if words.is_family_first else ("first", "last")
        return of.with_columns(full_name=pl.concat_str(*parts, separator=words.person_gap))

    return _by_culture(culture, make)


def culture_codes(draw: Draw) -> np.ndarray:
    return draw.codes([each.share for each in cultures()])
