"""What a criterion is: an ordered list of cases over one row of facts, the first that holds decides.

Called by the program modules. From the same cases come the verdict, the clause, the sentence, the evidence and the
day on which the verdict differs by time alone; so that a number is never explained by other rules than it was made.
Rules know no database and no clock: facts are columns, terms are plain values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from core import calendar
from core.model import FAIL, NA, PASS, UNKNOWN, WAIVED

NO_DAY = pl.lit(None, pl.Date)


@dataclass(frozen=True)
class Case:
    """One case of a criterion.

    when: boolean expression over facts, null counts as false; verdict: number of core.model; text: a sentence with
    `{}` places for `values`; rests_on: names of facts columns that hold ids of rows; clause: where it is not the
    criterion's own; changes_on: first local day on which time alone leads to another case.
    """

    when: pl.Expr
    verdict: int
    text: str
    values: tuple[pl.Expr, ...] = ()
    rests_on: tuple[str, ...] = ()
    clause: str | None = None
    changes_on: pl.Expr = NO_DAY

    @property
    def because(self) -> pl.Expr:
        """String: the sentence with its values."""
        return pl.format(self.text, *self.values) if self.values else pl.lit(self.text)

    @property
    def evidence(self) -> pl.Expr:
        """List of String: ids of the rows it rests on."""
        if not self.rests_on:
            return pl.lit([], pl.List(pl.String))
        return pl.concat_list([_row_id(name) for name in self.rests_on]).list.drop_nulls()


def case(when: pl.Expr | bool, verdict: int, text: str, *values: pl.Expr, rests_on: tuple[str, ...] = (),
         clause: str | None = None, changes_on: pl.Expr = NO_DAY) -> Case:
    """A case; values that are dates are written out as people write them."""
    condition = pl.lit(when) if isinstance(when, bool) else when
    return Case(condition, verdict, text, values, rests_on, clause, changes_on)


def otherwise(verdict: int, text: str, *values: pl.Expr, rests_on: tuple[str, ...] = (), clause: str | None = None,
              changes_on: pl.Expr = NO_DAY) -> Case:
    """The case that holds where no other does."""
    return case(pl.lit(True), verdict, text, *values, rests_on=rests_on, clause=clause, changes_on=changes_on)


@dataclass(frozen=True)
class Finding:
    """A criterion under given terms: its clause and its cases, in order; the last one always holds.

    in_short: the verdict that follows from the cases, where it can be said in fewer steps than case by case.
    """

    clause: str
    cases: tuple[Case, ...]
    in_short: pl.Expr | None = None

    def _chain(self, value: Callable[[Case], pl.Expr]) -> pl.Expr:
        return _first([(one.when, value(one)) for one in self.cases])

    @property
    def place(self) -> pl.Expr:
        """UInt8: the place among the cases of the one that decides."""
        return _first([(one.when, pl.lit(place, pl.UInt8)) for place, one in enumerate(self.cases)])

    def told(self, place: pl.Expr, among: Sequence[int]) -> dict[str, pl.Expr]:
        """What the case at a place says: `verdict` as of `Finding.verdict`; `clause`, String: the one that decided;
        `because`, String: the sentence with the dates and numbers used; `evidence`, List of String: ids of the rows it
        rests on; `changes_on`, Date: the first local day on which the verdict differs by time alone, null where it does
        not. among: the places that there are: of no other case anything is said."""
        def said(value: Callable[[Case], pl.Expr]) -> pl.Expr:
            *others, last = [(place == one, value(self.cases[one])) for one in among]
            return _first(others, last[1]) if others else last[1]

        return {"verdict": said(lambda one: _number(one.verdict)),
                "clause": said(lambda one: pl.lit(one.clause or self.clause)),
                "because": said(lambda one: one.because), "evidence": said(lambda one: one.evidence),
                "changes_on": said(lambda one: one.changes_on)}

    @property
    def verdict(self) -> pl.Expr:
        """UInt8, a number of core.model."""
        return self.in_short if self.in_short is not None else self.verdict_by_cases

    @property
    def verdict_by_cases(self) -> pl.Expr:
        """The same, case by case."""
        return self._chain(lambda one: _number(one.verdict))

    @property
    def deciding_clause(self) -> pl.Expr:
        """String: the one clause that decided."""
        return self._chain(lambda one: pl.lit(one.clause or self.clause))

    @property
    def changes_on(self) -> pl.Expr:
        """Date: first local day on which the verdict differs by time alone; null where it does not."""
        return self._chain(lambda one: one.changes_on)

    @property
    def can_change_by_time(self) -> bool:
        """Whether any case ever changes by time alone."""
        return any(one.changes_on is not NO_DAY for one in self.cases)

    @property
    def failing_clauses(self) -> set[str]:
        """The clauses that a fail can cite."""
        return {one.clause or self.clause for one in self.cases if one.verdict == FAIL}

    @property
    def clauses(self) -> set[str]:
        """Every clause that some case can cite."""
        return {self.clause, *(one.clause for one in self.cases if one.clause)}


def _first(pairs: Sequence[tuple[pl.Expr, pl.Expr]], otherwise: pl.Expr | None = None) -> pl.Expr:
    """The value of the first pair whose condition holds."""
    (condition, value), *others = pairs
    chain = pl.when(condition).then(value)
    for condition, value in others:
        chain = chain.when(condition).then(value)
    return chain.otherwise(otherwise)


def _number(verdict: int) -> pl.Expr:
    return pl.lit(verdict, pl.UInt8)


def _row_id(name: str) -> pl.Expr:
    """The id behind a facts column: a column of instants stands for the event of that instant."""
    return pl.col(f"id:{name}" if name.endswith("_at") else name)


def finding(clause: str, *cases: Case) -> Finding:
    """The finding of one criterion under given terms."""
    return Finding(clause, cases)


def day(name: str) -> pl.Expr:
    """A facts column of days, written out; `not known` where it is empty."""
    return calendar.written(pl.col(name)).fill_null("a day not known")


def written(days: pl.Expr) -> pl.Expr:
    """An expression of days, written out."""
    return calendar.written(days).fill_null("a day not known")


def judged(criterion: str) -> pl.Expr:
    """The latest human verdict on a criterion or input, as a number; null where nobody judged."""
    return pl.col(f"judged.{criterion}")


def by_person(clause: str, criterion: str, asks: str) -> Finding:
    """A criterion that only a person can answer (W1): unknown until the latest verdict says pass or fail."""
    who_and_when = (pl.col(f"judge.{criterion}").fill_null("a person"), day(f"judged_on.{criterion}"))
    evidence = (f"judgement.{criterion}",)
    cases = (
        case(judged(criterion) == PASS, PASS, "{} judged it met on {}.", *who_and_when, rests_on=evidence),
        case(judged(criterion) == FAIL, FAIL, "{} judged it not met on {}.", *who_and_when, rests_on=evidence),
        otherwise(UNKNOWN, f"Nobody has said yet whether {asks}. It is for a person to judge."),
    )
    return Finding(clause, cases, in_short=judged(criterion).fill_null(_number(UNKNOWN)))


def settled_by_person(criterion: str, computed: Finding, *, both_ways: bool = False) -> Finding:
    """A computed criterion that a person may settle: what is unknown, or a fail that only a person can see.

    both_ways: the person's verdict also stands above a computed fail (who owns a lead, AMB-18).
    """
    who_and_when = (pl.col(f"judge.{criterion}").fill_null("a person"), day(f"judged_on.{criterion}"))
    evidence = (f"judgement.{criterion}",)
    computed_verdict = computed.verdict
    open_to = (computed_verdict == UNKNOWN) | both_ways
    refuses = (judged(criterion) == FAIL) & ~computed_verdict.is_in([FAIL, NA])
    clauses = sorted(computed.clauses)
    return Finding(
        computed.clause,
        (
            case((judged(criterion) == PASS) & open_to, PASS, "{} settled it as met on {}.", *who_and_when,
                 rests_on=evidence),
            *(
                case(refuses & (computed.deciding_clause == clause) if len(clauses) > 1 else refuses, FAIL,
                     "{} judged it not met on {}.", *who_and_when, rests_on=evidence, clause=clause)
                for clause in clauses
            ),
            *computed.cases,
        ),
        in_short=pl.when((judged(criterion) == PASS) & open_to).then(_number(PASS))
        .when(refuses).then(_number(FAIL)).otherwise(computed_verdict),
    )


def waivable(criterion: str, found: Finding, allowed: bool, by_decision: pl.Expr | bool = False) -> Finding:
    """A criterion that a recorded decision may set aside where it fails: then it is waived.

    by_decision: where another decision than a waiver sets it aside too.
    """
    if not allowed and by_decision is False:
        return found
    named = pl.col(f"waived.{criterion}").is_not_null() if allowed else pl.lit(False)
    set_aside = (named | by_decision) & (found.verdict == FAIL)
    return Finding(
        found.clause,
        (case(set_aside, WAIVED, "A recorded decision set it aside.", rests_on=(f"waived.{criterion}",)), *found.cases),
        in_short=pl.when(set_aside).then(_number(WAIVED)).otherwise(found.verdict),
    )
