"""What-if: every lead evaluated under changed terms without storing anything, with what flips and the money that moves.

The changed terms are compared with the kept evaluation; unchanged terms must flip nothing and move no money.
"""

from decimal import Decimal

import duckdb
import polars as pl

from core import kept
from core.evaluation import Moment, evaluate
from core.terms import ALWAYS, Entry, catalogue
from tests.bench.measuring import AS_OF, Row, at_most, copy, median_seconds, said, seconds

CHANGED = Entry("cerri.duplicate.window_months", ALWAYS, 12, "what if")


def what_if(con: duckdb.DuckDBPyConnection, entries: list[Entry]) -> tuple[pl.DataFrame, dict[str, Decimal]]:
    """Leads that would be decided otherwise (lead, before, after), and by currency how much more would be owed."""
    found = evaluate(con, catalogue(), [Moment(AS_OF, entries)])
    with con.cursor() as cursor:
        before = cursor.sql("select lead, disposition as before from evaluations").pl()
        owed = dict(cursor.sql("select currency, sum(amount) from payouts_owed group by currency").fetchall())
    flips = before.join(found.leads.select("lead", after="disposition"), on="lead").filter(
        pl.col("before") != pl.col("after"))
    would = dict(found.payouts.group_by("currency").agg(pl.col("amount").sum()).rows())
    moves = {name: (would.get(name) or Decimal(0)) - (owed.get(name) or Decimal(0)) for name in {*would, *owed}}
    return flips, {name: amount for name, amount in moves.items() if amount}


def rows(leads: int) -> list[Row]:
    """The what-if with its comparison as a multiple of a full evaluation that is kept."""
    with copy(leads) as con:
        full = seconds(lambda: kept.refresh(con, AS_OF))
        flips, moves = what_if(con, [])
        if flips.height or moves:
            raise ValueError(f"Under unchanged terms {flips.height} leads flip and {moves} moves.")
        flips, moves = what_if(con, [CHANGED])
        if flips.is_empty() or not moves:
            raise ValueError(f"{CHANGED.name} = {CHANGED.value} changes nothing, so nothing is measured.")
        asked = median_seconds(lambda: what_if(con, [CHANGED]))
    said(f"what if {CHANGED.name} = {CHANGED.value}: {flips.height:,} of {leads:,} leads flip, "
         f"{', '.join(f'{amount:+,} {name}' for name, amount in moves.items())}; {asked:.1f} s against {full:.1f} s "
         "of a full evaluation")
    return [at_most(f"what-if over {leads:,} leads, with flips and money, multiple of a full evaluation that is kept",
                    asked / full, 1)]
