"""Columns are folded as each text would be alone: sign by sign into Latin letters, ideographs as words of their own."""

import re

import polars as pl
import pytest
from anyascii import anyascii
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.matching import folding

IDEOGRAPH = "\u2e80-\U0010ffff"
SIGNS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
SPOKEN = [sign for sign in SIGNS if anyascii(sign)]


def folded_alone(text: str) -> str | None:
    """The rule for one text."""
    parts = re.findall(f"[{IDEOGRAPH}]+|[^{IDEOGRAPH}]+", text)
    latin = "".join(re.sub("(?<=[a-z])(?=[A-Z])", " ", anyascii(part)) if part[0] >= "\u2e80" else anyascii(part)
                    for part in parts)
    spelled = re.sub("[.'’`´ʹ]", "", latin.lower()).replace("&", " and ").replace("+", " and ")
    return re.sub("[^a-z0-9]+", " ", spelled).strip() or None


def assert_folded_as_alone(texts: list[str]) -> None:
    assert folding.folded(pl.Series(texts, dtype=pl.String)).to_list() == [folded_alone(text) for text in texts]


def test_every_sign_is_spelled_as_alone() -> None:
    assert len(SPOKEN) > 100_000
    assert_folded_as_alone(SPOKEN)


@pytest.mark.parametrize("around", ["a{}B", "高{}橋", "か{0}A{0}"])
def test_every_sign_is_spelled_as_alone_between_others(around: str) -> None:
    every = [*SPOKEN[::7], *SIGNS[:0x3100], *SIGNS[0xF700:0x10000]]
    assert_folded_as_alone([around.format(sign) for sign in every])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.one_of(st.sampled_from("aB高橋か株(株)\x1e\x1f\u0301\ufe00\u200bＡ-é& ."), st.characters(exclude_categories=["Cs"])),
                        max_size=8), min_size=1, max_size=8))
@example(["高\u0301橋", "高橋", "a高B", "高\x1e橋", "高\x1f\x1e橋", "ѫ\U0001ee37\u2cf4Ӑ"])
def test_any_texts_are_folded_as_each_alone(texts: list[str]) -> None:
    assert_folded_as_alone(texts)


def test_a_column_keeps_its_order_and_its_empty_cells() -> None:
    names = pl.Series(["Éva Ödön", None, "Éva Ödön", "", "Dr. Ann Lee"])
    assert folding.name_keys(names).to_list() == ["eva odon", None, "eva odon", None, "ann lee"]
    companies = pl.Series(["青葉物流金沢株式会社", None, "(株)青葉物流金沢", "The Acme Co", "AG"])
    assert folding.company_keys(companies).to_list() == [
        "qing ye wu liu jin ze#kk", None, "qing ye wu liu jin ze#kk", "acme company", None
    ]
