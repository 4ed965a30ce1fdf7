"""What is on record for or against the criteria of one lead that a person judges: suggestions, computed where the lead
is shown and nowhere else.

Called by pages. No verdict, outcome or result follows from a hint, and none is stored.
"""

import datetime as dt
import functools
from dataclasses import dataclass

import duckdb
import polars as pl

from core import calendar, review, store
from core.model import UNKNOWN, VERDICTS
from core.results import terms_at
from core.rules.criterion import Finding
from core.rules.outcome import hook
from core.store.answers import until_stored
from core.terms import Terms

SQL = store.HERE / "sql"


@dataclass(frozen=True)
class Hint:
    """What is suggested: `pass` or `fail`, the sentence that says why, and the rows of evidence.sql it rests on."""

    verdict: str
    because: str
    evidence: tuple[dict, ...] = ()


@until_stored
def hints(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime) -> dict[str, Hint]:
    """By criterion what is suggested for a lead as of an instant (UTC); a criterion without a hint is left out."""
    signs = store.read(con, SQL / "lead_signs.sql", lead=lead, as_of=as_of)
    if signs.is_empty():
        return {}
    found = suggested(terms_at(con, signs["program"][0], signs["submitted_at"][0]), signs)
    known = review.evidence_of(con, sorted({one for hint in found.values() for one in hint["evidence"]} - {lead}))
    return {name: Hint(VERDICTS[hint["verdict"]], hint["because"],
                       tuple(known[one] for one in hint["evidence"] if one in known))
            for name, hint in found.items()}


def suggested(terms: Terms, signs: pl.DataFrame) -> dict[str, dict]:
    """By criterion `verdict`, `because` and `evidence` of the hint that its program states for one lead. signs: its row
    of lead_signs.sql."""
    stated = _stated(terms)
    on_day = {f"{name[:-3]}_on": calendar.local_day(pl.col(name), terms["timezone"])
              for name in signs.columns if name.endswith("_at") and not name.startswith("id:")}
    facts = signs.with_columns(**on_day)
    places = facts.select(pl.lit(0), **{name: hint.place for name, hint in stated.items()}).row(0, named=True)
    said = facts.select(pl.lit(0), **{
        name: pl.struct(**{part: told[part] for part in ("verdict", "because", "evidence")})
        for name, told in ((name, hint.told(pl.lit(0), [places[name]])) for name, hint in stated.items())
    }).row(0, named=True)
    return {name: said[name] for name in stated if said[name]["verdict"] != UNKNOWN}


@functools.lru_cache(maxsize=64)
def _stated(terms: Terms) -> dict[str, Finding]:
    """The hints of a program under these terms; building them takes longer than asking them."""
    return hook(terms, "hints", {})
