"""Spellings made comparable: names, companies, phones and addresses of a column, folded once when a row comes in.

Called by intake for the columns that are stored, and by the finding. All work is on whole columns, each different text
once. Folded texts say what is alike, never what is the same: that is for core/facts/keys.py.
"""

import re
from collections.abc import Callable

import polars as pl
from anyascii import anyascii

from core import pieces
from core.facts.keys import FORMS, SHARE_CLASS

TITLES = r"\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|mlle|sr|sra|jr|phd|mba|ing|dipl)\b"
EXTENSION = r"(?i)\s*(?:ext|extension|x|durchwahl|dw|#)\.?\s*\d{1,6}\s*$"
PHONE_DIGITS = 8
"""Of a number that many last digits count: what stands before is written by some and left out by others."""
SHORTEST_PHONE = 7
ONE_DIGIT = "^(?:" + "|".join(f"{digit}+" for digit in range(1, 10)) + ")$"
JOINED_CAPITALS = re.compile("(?<=[a-z])(?=[A-Z])")
FIRST_IDEOGRAPH = "\u2e80"
BEFORE, AFTER = "\x1e", "\x1f"
"""Around each ideograph, so that a blank comes between two; in a text they are no more than blanks themselves."""


def folded(texts: pl.Series) -> pl.Series:
    """Latin small letters and digits with single blanks between words; null where nothing is left."""
    return _each(texts, _folded)


def name_keys(names: pl.Series) -> pl.Series:
    """The words of people's names without titles, in the order of the alphabet: who writes the family name first,
    or a comma, writes the same."""
    return _each(names, _name_keys)


def company_keys(names: pl.Series) -> pl.Series:
    """Company names without article and legal form, and behind "#" the family of that form: "siemens#ag"."""
    return _each(names, _company_keys)


def phone_keys(numbers: pl.Series) -> pl.Series:
    """The last digits of phone numbers, without extension; null for what is too short to be one."""
    digits = pl.col("number").str.replace(EXTENSION, "").str.replace_all(r"\D", "").str.strip_chars_start("0")
    key = digits.str.tail(PHONE_DIGITS)
    enough = (digits.str.len_bytes() >= SHORTEST_PHONE) & ~digits.str.contains(ONE_DIGIT)
    return pieces.by_pieces(lambda some: some.to_frame("number").select(pl.when(enough).then(key)).to_series(),
                            numbers.cast(pl.String))


def _each(texts: pl.Series, rule: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What a rule on a column says of the texts, asked once for each different one."""
    frame = pl.DataFrame({"text": texts.cast(pl.String)})
    different = frame["text"].drop_nulls().unique()
    told = pl.DataFrame({"text": different, "told": pieces.by_pieces(rule, different)})
    return frame.join(told, on="text", how="left", maintain_order="left")["told"]


def _folded(texts: pl.Series) -> pl.Series:
    text = pl.col("text").str.to_lowercase().str.replace_all(r"[.'’`´ʹ]", "").str.replace_all(r"[&+]", " and ")
    words = text.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()
    return _latin(texts).to_frame("text").select(pl.when(words != "").then(words)).to_series()


def _name_keys(names: pl.Series) -> pl.Series:
    words = pl.col("text").str.replace_all(TITLES, "").str.split(" ").list.sort().list.join(" ").str.strip_chars_start()
    return _folded(names).to_frame("text").select(pl.when(words != "").then(words)).to_series()


def _company_keys(names: pl.Series) -> pl.Series:
    frame = _folded(_with_form_apart(names).str.replace(SHARE_CLASS, "")).to_frame("text").with_columns(
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


def _latin(texts: pl.Series) -> pl.Series:
    """The texts in Latin letters; ideographs and syllables become one word each."""
    international = texts.filter(texts.str.len_bytes() != texts.str.len_chars())
    signs = [BEFORE, AFTER, *(sign for sign in set("".join(international)) if not sign.isascii())]
    latin = texts.str.replace_many(signs, [_latin_sign(sign) for sign in signs])
    words = latin.str.replace_all(f"([a-z])(?:{AFTER}{BEFORE})+([A-Z])", "$1 $2")
    return words.str.replace_all(f"[{BEFORE}{AFTER}]", "")


def _latin_sign(sign: str) -> str:
    if sign in (BEFORE, AFTER):
        return " "
    latin = anyascii(sign)
    if sign < FIRST_IDEOGRAPH:
        return latin or AFTER + AFTER  # what is not spoken still parts two ideographs
    return f"{BEFORE}{JOINED_CAPITALS.sub(' ', latin)}{AFTER}"


def _with_form_apart(names: pl.Series) -> pl.Series:
    """Company names in which a legal form that is written without a blank ("トヨタ自動車株式会社") is set apart."""
    has_form = names.str.contains_any(UNSPACED)
    apart = []
    for name in names.filter(has_form):
        form = next(form for form in UNSPACED if form in name)
        apart.append(f"{name.replace(form, ' ')} {FORMS['unspaced'][form]}")
    return names.clone().scatter(has_form.arg_true(), pl.Series(apart, dtype=pl.String))


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
