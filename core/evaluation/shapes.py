"""What goes in and comes out: moments, the evaluation, and the columns of its frames."""

import datetime as dt
import functools
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from core.rules import ownership, payouts
from core.terms import Entry

FOREVER = dt.datetime(9999, 1, 1)
NO_CONFLICT = ownership.CONFLICT
NO_CLOCK = {"lead": pl.String, "clock": pl.String, "due_on": pl.Date, "state": pl.String, "is_waiting": pl.Boolean}
NO_DUTY = {"lead": pl.String, "duty": pl.String, "state": pl.String}
NO_PAYOUT = {"no": pl.Int64, "lead": pl.String, "earned_by": pl.String, "payee": pl.String, "amount": payouts.MONEY,
             "currency": pl.String, "method": pl.String, "due_on": pl.Date, "status": pl.String,
             "blockers": pl.List(pl.String), "is_overdue": pl.Boolean}
OUTCOME = {
    "no": pl.Int64, "lead": pl.String, "program": pl.String, "verdicts": pl.String, "disposition": pl.String,
    "reason": pl.String, "also": pl.List(pl.String), "pending_on": pl.List(pl.String), "flags": pl.List(pl.String),
    "owner": pl.String, "owner_status": pl.String, "owner_until": pl.Date, "last_owner": pl.String,
    "changes_on": pl.Date, "next_at": pl.Datetime("us"),
}
FINDING = {"lead": pl.String, "criterion": pl.String, "clause": pl.String, "verdict": pl.UInt8, "because": pl.String,
           "evidence": pl.List(pl.String), "changes_on": pl.Date}


@dataclass(frozen=True)
class Moment:
    """When facts are looked at, and the settings that were known. document: number of a side-by-side document."""

    as_of: dt.datetime
    settings: list[Entry] = field(default_factory=list)
    document: int | None = None


@dataclass(frozen=True)
class Evaluation:
    """What follows from the facts.

    leads: one row per lead, columns OUTCOME (verdicts: a letter per criterion, in the program's order; changes_on: the
    first local day on which a verdict of an undecided lead differs by time alone, or an ownership ends; next_at: the
    instant, UTC, before which time alone changes nothing of the lead, null where it never does). findings
    (only where asked for): lead, criterion, clause, verdict (number of core.model), because, evidence, changes_on.
    conflicts: winner, loser, clause. clocks: lead, clock, due_on, state, is_waiting. duties: lead, duty, state.
    payouts: core/rules/payouts.COLUMNS.
    """

    leads: pl.DataFrame
    findings: pl.DataFrame
    conflicts: pl.DataFrame
    clocks: pl.DataFrame
    duties: pl.DataFrame
    payouts: pl.DataFrame

    def of(self, leads: Collection[str]) -> "Evaluation":
        """What follows for some of the leads: a closed part of them (core/facts/part)."""
        def own(frame: pl.DataFrame, column: str = "lead") -> pl.DataFrame:
            return frame.filter(pl.col(column).is_in(leads))

        return Evaluation(own(self.leads), own(self.findings), own(self.conflicts, "winner"), own(self.clocks),
                          own(self.duties), own(self.payouts))


def no_rows(columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """A frame of these columns without rows; made once, since that takes longer than the leads of a change take."""
    return _no_rows(tuple(columns.items()))


@functools.lru_cache(maxsize=256)
def _no_rows(columns: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(columns))
