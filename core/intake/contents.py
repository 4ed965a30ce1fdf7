"""What the cells of a column look like: addresses, dates, websites, yes and no, countries, phones, ids, money.

Called by `mapping`, so that a name alone decides nothing that its cells contradict. Proposes no field by itself.
"""

import polars as pl

from core import pieces
from core.intake.vocabulary import WORDS

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    r"(?i)^\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    rf"|(?:[a-z]+,? )?\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}\.?,?[ -]\d{{2,4}}"
    rf"|(?:[a-z]+,? )?{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})(?:\D.*)?$"
)
_COUNTRIES = "|".join(name.replace("_", " ") for name in WORDS["country"]["country"])
_YES_NO = "|".join(spelling for spellings in WORDS["yes_no"].values() for spelling in spellings)

PATTERNS = {
    "address": r"^\s*(?:[^<@]*<)?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>?\s*$",
    "date": _DATE,
    "website": r"(?i)^\s*(?:https?://)?(?:www\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}/?\s*$",
    "yes_no": rf"(?i)^\s*(?:{_YES_NO})\s*$",
    "country": rf"^\s*(?:[A-Z]{{2,3}}|(?i:{_COUNTRIES}))\s*$",
    "phone": r"(?i)^\s*(?:\+[\d\s().\-/]{6,20}|\(?\d{2,5}\)?[\s\-./]\d[\d\s\-./]{4,14})(?:\s*(?:x|ext\.?)\s*\d+)?\s*$",
    "crm_id": r"^\s*(?:0[0-9A-Za-z]{2}|a[0-9A-Za-z]{2})[0-9A-Za-z]{12}(?:[0-9A-Z]{3})?\s*$",
    "money": (r"(?i)^\s*(?:(?:[$€£¥]|usd|eur|gbp)\s?-?[\d.,' ]+|-?\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{2})?|-?\d+[.,]\d{2})"
              r"\s*(?:[$€£¥]|usd|eur|gbp)?\s*$"),
    "number": r"^\s*-?\d+\s*$",
}
"""What a cell may look like; of a column that fits two, the earlier counts."""

PLAINLY, PARTLY = 0.8, 0.5
"""Share of a column's filled cells that makes it plainly something, or something to ask about."""

_SPREAD = 1_000
"""So many cells, spread over the column, show what is worth looking for in all of it."""


def shares(cells: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Per column, the share of its filled cells that look like each of PATTERNS, but what is rare (under 0.3)."""
    return dict(zip(cells.columns, pieces.answers(_shares, cells.get_columns()), strict=True))


def _shares(column: pl.Series) -> dict[str, float]:
    filled = column.filter(column.str.contains(r"\S"))
    spread = filled.gather_every(max(1, filled.len() // _SPREAD))
    likely = [name for name, pattern in PATTERNS.items() if (spread.str.contains(pattern).mean() or 0) >= 0.3]
    return {name: filled.str.contains(PATTERNS[name]).mean() for name in likely}


def plainly(shares_of_column: dict[str, float]) -> str | None:
    """What a column plainly holds, None where that cannot be said."""
    return next((name for name in PATTERNS if shares_of_column.get(name, 0) >= PLAINLY), None)


def examples(cells: pl.Series) -> list[str]:
    """The first three different filled cells of a column, their ends cut off where they are long."""
    filled = cells.filter(cells.str.contains(r"\S"))
    return [text.strip()[:80] for text in filled.unique(maintain_order=True).head(3)]
