"""Leads divided by program and by the terms in force, and the course that each group goes through.

A figure of the terms is a plain value in the expressions of a group. Its facts are laid out for all groups at once
(`facts`), and go through their criteria in slices.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from core import calendar
from core.evaluation.shapes import no_rows
from core.rules.criterion import Finding
from core.rules.outcome import Outcome, hook, outcome
from core.terms import Program, Terms

SLICE = 100_000
"""Leads that go through their criteria at once."""


@dataclass(frozen=True)
class Course:
    """What the leads of one program go through under one set of terms, as expressions in the order of their use.

    Built once for the same terms (`course`), since that takes longer than the leads of a change take to go through it.
    judging: verdicts, or the cases that decide where they are explained (`in_words`).
    """

    found: dict[str, Finding]
    derived: dict[str, pl.Expr]
    clocks_stop: dict[str, pl.Expr]
    clock_verdicts: dict[str, pl.Expr]
    standing: dict[str, pl.Expr]
    judging: dict[str, pl.Expr]
    becomes: Outcome
    clocks: dict[str, tuple[pl.Expr, pl.Expr, pl.Expr]]
    duties: dict[str, pl.Expr]
    turns: tuple[pl.Expr, ...]


@functools.lru_cache(maxsize=64)
def course(terms: Terms, explained: bool) -> Course:
    """The course of leads under these terms; explained: with the words of every criterion."""
    found = {name: criterion(terms) for name, criterion in terms.program.rules.CRITERIA.items()}
    return Course(
        found=found,
        derived=hook(terms, "derived", {}),
        clocks_stop=hook(terms, "clocks_stop", {}),
        clock_verdicts={
            f"verdict.{name}": found[name].verdict for name in getattr(terms.program.rules, "CLOCKS", ())
        },
        standing=hook(terms, "standing", {}),
        judging={f"case.{name}": one.place for name, one in found.items()} if explained else _verdicts(found),
        becomes=outcome(terms, found),
        clocks=hook(terms, "clocks", {}),
        duties=hook(terms, "duties", {}),
        turns=tuple(hook(terms, "turns", ())),
    )


def _verdicts(found: dict[str, Finding]) -> dict[str, pl.Expr]:
    """The columns of every criterion without its words: verdict, and clause and change day where they can differ."""
    columns = {f"verdict.{name}": one.verdict for name, one in found.items()}
    for name, one in found.items():
        if len(one.failing_clauses) > 1:
            columns[f"clause.{name}"] = one.deciding_clause
        if one.can_change_by_time:
            columns[f"changes_on.{name}"] = one.changes_on
    return columns


def in_words(found: dict[str, Finding], cases: pl.DataFrame) -> dict[str, pl.Expr]:
    """The columns of every criterion with its words, by the cases that decided: no other is written out. cases: a
    column `case.` of places for each criterion."""
    places = cases.select(pl.col(f"case.{name}").unique().sort().implode() for name in found).row(0, named=True)
    return {f"{part}.{name}": said for name, one in found.items()
            for part, said in one.told(pl.col(f"case.{name}"), places[f"case.{name}"]).items()}


@dataclass
class Group:
    """The leads of one program under one set of terms; `facts` has one row per lead, instants in UTC.

    empty: columns of facts that no lead has; slices alone hold them.
    """

    terms: Terms
    facts: pl.DataFrame
    explained: bool = False
    empty: dict[str, pl.DataType] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """The program of these leads."""
        return self.terms.program

    @property
    def course(self) -> Course:
        """What these leads go through."""
        return course(self.terms, self.explained)

    @property
    def zone(self) -> str:
        """The time zone whose days count."""
        return self.terms["timezone"]

    @property
    def is_owned(self) -> bool:
        """Whether a lead of this program holds a place against rivals."""
        return hasattr(self.program.rules, "standing")

    def slices(self) -> Iterator[pl.DataFrame]:
        """The facts of so many leads as go through their criteria at once, every column there."""
        for piece in self.facts.iter_slices(SLICE):
            yield with_empty(piece, self.empty)

    def prepared(self, frame: pl.DataFrame) -> pl.LazyFrame:
        """Facts with a local day `_on` beside every instant `_at`, and what the program derives from them."""
        lazy = self._localized(frame.lazy(), frame.columns)
        for columns in (self.course.derived, self.course.clocks_stop):
            lazy = self._localized(lazy.with_columns(**columns), columns)
        return lazy

    def standing(self, frame: pl.DataFrame) -> pl.LazyFrame:
        """Prepared facts with the verdicts of the clocks and from when to when the lead holds its place."""
        return self.prepared(frame).with_columns(**self.course.clock_verdicts).with_columns(**self.course.standing)

    def _localized(self, lazy: pl.LazyFrame, names: Iterable[str]) -> pl.LazyFrame:
        return lazy.with_columns(_local_days(tuple(names), self.zone))


@functools.lru_cache(maxsize=256)
def _local_days(names: tuple[str, ...], zone: str) -> list[pl.Expr]:
    """The local day beside each column of instants among the names that has none yet."""
    return [
        calendar.local_day(pl.col(name), zone).alias(_day_of(name))
        for name in names
        if ((name.endswith("_at") and not name.startswith("id:")) or name.startswith("judged_at."))
        and _day_of(name) not in names
    ]


def _day_of(instant: str) -> str:
    """Name of the local day beside an instant: `approved_at`, `approved_on`; `judged_at.x`, `judged_on.x`."""
    return instant.replace("judged_at.", "judged_on.") if "." in instant else f"{instant[:-3]}_on"


def with_empty(frame: pl.DataFrame, wanted: dict[str, pl.DataType]) -> pl.DataFrame:
    """The frame with an empty column for each wanted name that it lacks."""
    missing = {name: kind for name, kind in wanted.items() if name not in frame.columns}
    return pl.concat([frame, no_rows(missing)], how="diagonal") if missing else frame
