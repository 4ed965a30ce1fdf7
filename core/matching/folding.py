"""Spellings made comparable: names, companies, phones and addresses of a column, folded once when a row comes in.

Called by intake for the columns that are stored, and by the finding. All work is on whole columns; only values in
another script go through Python one by one, each different one once. Folded texts say what is alike, never what is
the same: that is for core/facts/keys.py.
"""

import re

import polars as pl
from anyascii import anyascii

from core.facts.keys import FORMS, SHARE_CLASS

PLAIN = r"^[\x00-\x7f]*$"
TITLES = r"\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|mlle|sr|sra|jr|phd|mba|ing|dipl)\b"
EXTENSION = r"(?i)\s*(?:ext|extension|x|durchwahl|dw|#)\.?\s*\d{1,6}\s*$"
PHONE_DIGITS = 8
"""Of a number that many last digits count: what stands before is written by some and left out by others."""
SHORTEST_PHONE = 7
ONE_DIGIT = "^(?:" + "|".join(f"{digit}+" for digit in range(1, 10)) + ")$"
JOINED_CAPITALS = re.compile("(?<=[a-z])(?=[A-Z])")
FIRST_IDEOGRAPH = "\u2e80"


def folded(texts: pl.Series) -> pl.Series:
    """Latin small letters and digits with single blanks between words; null where nothing is left."""
    text = pl.col("text").str.to_lowercase().str.replace_all(r"[.'’`´ʹ]", "").str.replace_all(r"[&+]", " and ")
    words = text.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()
    return _latin(texts).to_frame("text").select(pl.when(words != "").then(words)).to_series()


def name_keys(names: pl.Series) -> pl.Series:
    """The words of people's names without titles, in the order of the alphabet: who writes the family name first,
    or a comma, writes the same."""
    words = pl.col("text").str.replace_all(TITLES, "").str.split(" ").list.sort().list.join(" ").str.strip_chars_start()
    return folded(names).to_frame("text").select(pl.when(words != "").then(words)).to_series()


def company_keys(names: pl.Series) -> pl.Series:
    """Company names without article and legal form, and behind "#" the family of that form: "siemens#ag"."""
    spaced = _each(names, _with_form_apart)
    spaced = spaced.str.replace(SHARE_CLASS, "")
    frame = folded(spaced).to_frame("text").with_columns(
        pl.col("text").str.strip_prefix("the ").str.strip_suffix(" the").str.replace(r"\bco$", "company")
        .str.replace_all(AND_WORDS, " and ")
    )
    form = pl.coalesce(pl.col("text").str.extract(ENDING, 1), pl.col("text").str.extract(BEGINNING, 1))
    base = pl.col("text").str.replace(ENDING, "").str.replace(BEGINNING, "")
    frame = frame.with_columns(form=form, base=pl.when(form.is_not_null()).then(base).otherwise("text"))
    family = pl.col("form").replace_strict(FAMILY, default="", return_dtype=pl.String).fill_null("")
    key = pl.concat_str("base", pl.when(family != "").then("#" + family).otherwise(pl.lit("")))
    # A form alone, as in "AG", is no company.
    return frame.select(pl.when(pl.col("base") != "").then(key)).to_series()


def phone_keys(numbers: pl.Series) -> pl.Series:
    """The last digits of phone numbers, without extension; null for what is too short to be one."""
    digits = pl.col("number").str.replace(EXTENSION, "").str.replace_all(r"\D", "").str.strip_chars_start("0")
    key = digits.str.tail(PHONE_DIGITS)
    enough = (digits.str.len_bytes() >= SHORTEST_PHONE) & ~digits.str.contains(ONE_DIGIT)
    return numbers.cast(pl.String).to_frame("number").select(pl.when(enough).then(key)).to_series()


def _latin(texts: pl.Series) -> pl.Series:
    """The texts in Latin letters; ideographs and syllables become one word each."""
    return _each(texts, lambda text: anyascii(_ideographs_apart(text)))


def _each(texts: pl.Series, rule) -> pl.Series:
    """The texts with a rule applied to every different one that is not plain ASCII."""
    texts = texts.cast(pl.String)
    others = texts.filter(~texts.str.contains(PLAIN)).unique()
    if others.is_empty():
        return texts
    told = pl.DataFrame({"text": others, "told": [rule(text) for text in others]},
                        schema={"text": pl.String, "told": pl.String})
    joined = texts.to_frame("text").join(told, on="text", how="left", maintain_order="left")
    return joined.select(pl.coalesce("told", "text")).to_series()


def _ideographs_apart(text: str) -> str:
    if not any(sign >= FIRST_IDEOGRAPH for sign in text):
        return text
    return "".join(JOINED_CAPITALS.sub(" ", anyascii(part)) if part[0] >= FIRST_IDEOGRAPH else part
                   for part in re.findall(f"[{FIRST_IDEOGRAPH}-\U0010ffff]+|[^{FIRST_IDEOGRAPH}-\U0010ffff]+", text))


def _with_form_apart(text: str) -> str:
    """A company name with a legal form that is written without a blank ("トヨタ自動車株式会社") set apart."""
    for form in UNSPACED:
        if form in text:
            return f"{text.replace(form, ' ')} {FORMS['unspaced'][form]}"
    return text


UNSPACED = sorted(FORMS["unspaced"], key=len, reverse=True)
_SPELLED = pl.DataFrame(
    [(form, family) for family, forms in FORMS["family"].items() for form in forms],
    schema=["form", "family"], orient="row",
)
FAMILY = dict(zip(folded(_SPELLED["form"]), _SPELLED["family"], strict=True))
_FORMS = "|".join(sorted(FAMILY, key=len, reverse=True))
AND_WORDS = f" (?:{'|'.join(FORMS['and_words'])}) "
_LEADING = "|".join(sorted((form for form, family in FAMILY.items() if family in FORMS["leading"]), key=len,
                           reverse=True))
ENDING, BEGINNING = rf"(?:^| )({_FORMS})$", rf"^({_LEADING})(?: |$)"
