"""What undecided leads would be owed if every one of them qualified: the most that the terms and settings state.

Called by the Pipeline reads. No probability, and no amount where none is set.
"""

from collections.abc import Callable
from decimal import Decimal

import polars as pl

from core.evaluation import FOREVER
from core.terms import Entry, Terms, catalogue

COLUMNS = {"program": pl.String, "leads": pl.Int64, "each": pl.Decimal(18, 2), "amount": pl.Decimal(18, 2),
           "currency": pl.String}


def undecided(ask: Callable[..., pl.DataFrame], settings: list[Entry]) -> pl.DataFrame:
    """One row per program and amount a lead: program, leads, each, amount (both null: not known), currency.

    ask: reads a statement by its name. Leads are counted under the terms in force when they came in (raf.intro.6).
    """
    versions = [(program.id, *version) for program in catalogue().programs.values()
                for version in catalogue().beginnings(program, settings)]
    begins = [begins_at for _, begins_at, _ in versions]
    same_next = [place + 1 < len(versions) and versions[place + 1][0] == versions[place][0]
                 for place in range(len(versions))]
    counted = ask(
        "undecided", programs=[version[0] for version in versions], numbers=list(range(len(versions))),
        begins=begins, ends=[begins[place + 1] if more else FOREVER for place, more in enumerate(same_next)],
    )
    found = []
    for program, number, leads in counted.rows():
        each, currency = _reward(versions[number][2])
        found.append((program, leads, each, None if each is None else each * leads, currency))
    rows = pl.DataFrame(found, schema=COLUMNS, orient="row")
    return rows.group_by("program", "currency", "each", maintain_order=True).agg(
        pl.col("leads", "amount").sum()
    ).with_columns(amount=pl.when(pl.col("each").is_not_null()).then("amount")).sort("program", "each")


def _reward(terms: Terms) -> tuple[Decimal | None, str | None]:
    """What a qualified lead is paid under the terms, and in which currency; None where no amount is set, or a share of
    payments is paid that nobody knows yet."""
    rules = terms.program.rules
    return rules.reward(terms)[:2] if hasattr(rules, "reward") else (None, None)
