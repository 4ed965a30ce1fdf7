"""From verdicts to what becomes of a lead: disposition, reasons, what is pending. Reads verdicts, recomputes none.

Called by evaluation for one program under one set of terms. Facts and verdicts come as columns of a lazy frame. Lists
of words (failing clauses, what is pending, flags) are kept as one number a lead while a million leads go through, a
bit for each word, and are written out at the end (`Words`).

A program module may say more through optional functions of the terms: `derived`, `clocks_stop` and `standing`
(columns needed before the criteria), `reasons` (reasons that are no criterion, by clause), `also_failing`, `expires`
(clauses that let a lead expire), `explicit` (the clause of a human rejection, given only where nothing else fails),
`excused` (where a fail or an unknown does not count), `soft` (criteria whose fail waits for a person), `ignored`,
`topics` (what else is pending), `turns` (days on which time alone may change something), `other_order` (another order
of reasons, and where it applies), `owner`, `flags`, `clocks`, `duties`; and through MIRRORS and COMMISSION_ONLY.
`hints` (core/rules/hinting.py) is asked by no outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from core.model import FAIL, UNKNOWN
from core.rules.criterion import Finding
from core.terms import Terms


def verdict(criterion: str) -> pl.Expr:
    """The settled verdict of a criterion, as a number."""
    return pl.col(f"verdict.{criterion}")


def hook(t: Terms, name: str, default: object) -> object:
    """What an optional function of the program's module says under these terms."""
    function = getattr(t.program.rules, name, None)
    return function(t) if function else default


@dataclass(frozen=True)
class Words:
    """A list of words per lead, as a number with one bit a word while it is computed."""

    column: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, column: str, conditions: Mapping[str, pl.Expr]) -> tuple["Words", pl.Expr]:
        """The words whose condition holds, in the order given; and the expression of their number."""
        bits = [
            condition.fill_null(False).cast(pl.UInt64) * (1 << place)
            for place, condition in enumerate(conditions.values())
        ]
        number = pl.sum_horizontal(bits) if bits else pl.lit(0, pl.UInt64)
        return cls(column, tuple(conditions)), number.cast(pl.UInt64).alias(column)

    def written_out(self, frame: pl.DataFrame, order: list[str] | None = None, after: int = 0) -> pl.DataFrame:
        """The frame with the number replaced by the list of words, in another order where one is given; after: without
        so many of the first."""
        numbers = frame[self.column].unique()
        words = order or self.words
        place = {word: at for at, word in enumerate(self.words)}
        lists = [[word for word in words if word in place and number >> place[word] & 1][after:] for number in numbers]
        key = pl.DataFrame({self.column: numbers, "written": lists},
                           schema={self.column: pl.UInt64, "written": pl.List(pl.String)})
        return frame.with_columns(
            frame.select(self.column).join(key, on=self.column, how="left", maintain_order="left")["written"]
            .alias(self.column)
        )


@dataclass(frozen=True)
class Outcome:
    """How a program's leads are decided: lazy steps, each using the ones before, and the words they leave as numbers.

    The steps give: disposition, reason, failing, pending_on, flags, owner, owner_status, owner_until, last_owner,
    is_other_order.
    """

    steps: tuple[list[pl.Expr], ...]
    words: tuple[Words, ...]
    other_order: list[str] | None

    def written_out(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The collected frame with lists for numbers, and `also`: the failing clauses after the first."""
        nothing = pl.lit(0, pl.UInt64)
        against = pl.col("disposition").is_in(["rejected", "expired"])
        frame = frame.with_columns(
            failing=pl.when(against).then("failing").otherwise(nothing),
            pending_on=pl.when(pl.col("disposition") == "pending").then("pending_on").otherwise(nothing),
        )
        if self.other_order:
            swapped = pl.col("is_other_order")
            frame = pl.concat([
                self._lists(frame.filter(~swapped), None), self._lists(frame.filter(swapped), self.other_order)
            ])
        else:
            frame = self._lists(frame, None)
        return frame.rename({"failing": "also"})

    def _lists(self, frame: pl.DataFrame, order: list[str] | None) -> pl.DataFrame:
        for words in self.words:
            is_also = words.column == "failing"
            frame = words.written_out(frame, order if is_also else None, after=int(is_also))
        return frame


def outcome(t: Terms, findings: Mapping[str, Finding]) -> Outcome:
    """Disposition, reasons, what is pending, flags and owner of leads under these terms."""
    module = t.program.rules
    excused: Mapping[str, pl.Expr] = hook(t, "excused", {})
    soft: tuple[str, ...] = hook(t, "soft", ())
    commission_only: tuple[str, ...] = getattr(module, "COMMISSION_ONLY", ())
    aside = {*commission_only, *hook(t, "ignored", ())}
    failing = _failing_by_clause(t, findings, excused, {*soft, *aside})
    explicit: str | None = hook(t, "explicit", None)
    expires: tuple[str, ...] = hook(t, "expires", ())

    order = [clause for clause in t.program.reason_order if clause in failing and clause != explicit]
    failing_words, failing_number = Words.of("failing", {clause: failing[clause] for clause in order})
    rejected = failing.get(explicit, pl.lit(False))
    no_criterion = {clause for clause in hook(t, "reasons", {}) if clause not in expires}
    closed = pl.any_horizontal(rejected, *(failing[clause] for clause in order if clause in no_criterion))
    hard = pl.any_horizontal(closed, *(failing[clause] for clause in order if clause not in expires))
    lapsed = pl.any_horizontal(pl.lit(False), *(failing[clause] for clause in order if clause in expires))

    open_criteria = {
        name: (verdict(name) == UNKNOWN) & ~excused.get(name, pl.lit(False)) for name in findings if name not in aside
    } | {name: verdict(name).is_in([UNKNOWN, FAIL]) for name in soft}
    topics: Mapping[str, pl.Expr] = hook(t, "topics", {})
    beside = {name: verdict(name) == UNKNOWN for name in commission_only}
    pending_words, pending_number = Words.of("pending_on", {**open_criteria, **topics, **beside})
    waiting = pl.any_horizontal(
        pl.lit(False), *(one.fill_null(False) for one in (*open_criteria.values(), *topics.values()))
    )
    if not t["fail_beats_unknown"]:  # a fail waits until the other criteria are judged; the closing act is none of them
        acts = {name for name, text in t.program.criteria.items() if text.decided_by == "act"}
        judging = [one.fill_null(False) for name, one in open_criteria.items() if name not in acts]
        hard = closed | (hard & ~pl.any_horizontal(pl.lit(False), *judging))
    disposition = (
        pl.when(hard).then(pl.lit("rejected")).when(lapsed).then(pl.lit("expired"))
        .when(waiting).then(pl.lit("pending")).otherwise(pl.lit("qualified"))
    )
    other_order, where = hook(t, "other_order", (None, pl.lit(False)))
    reason = pl.when(where).then(_first(other_order or order, failing)).otherwise(_first(order, failing))
    if explicit:
        reason = pl.coalesce(reason, pl.when(rejected).then(pl.lit(explicit)))
    flag_words, flag_number = Words.of("flags", hook(t, "flags", {}))
    owner: Mapping[str, pl.Expr] = hook(t, "owner", _plain_owner())
    return Outcome(
        steps=(
            [failing_number, pending_number, disposition.alias("disposition"), reason.alias("reason"),
             where.fill_null(False).alias("is_other_order")],
            [flag_number, *(expr.alias(name) for name, expr in owner.items())],
        ),
        words=(failing_words, pending_words, flag_words),
        other_order=other_order,
    )


def _first(order: list[str], failing: Mapping[str, pl.Expr]) -> pl.Expr:
    """The first clause in order under which something fails; null where nothing does."""
    chain = pl.when(pl.lit(False)).then(pl.lit(None, pl.String))
    for clause in order:
        if clause in failing:
            chain = chain.when(failing[clause]).then(pl.lit(clause))
    return chain.otherwise(None)


def _failing_by_clause(t: Terms, findings: Mapping[str, Finding], excused: Mapping[str, pl.Expr],
                       left_out: set[str]) -> dict[str, pl.Expr]:
    """Per clause, whether something fails under it."""
    mirrors = getattr(t.program.rules, "MIRRORS", {})
    failing: dict[str, pl.Expr] = {}

    def add(clause: str, condition: pl.Expr) -> None:
        failing[clause] = failing[clause] | condition if clause in failing else condition

    for name, found in findings.items():
        if name in left_out:
            continue
        fails = verdict(name) == FAIL
        if name in mirrors:
            fails = fails & (verdict(mirrors[name]) != FAIL)
        if name in excused:
            fails = fails & ~excused[name]
        for clause in sorted(found.failing_clauses):
            single = len(found.failing_clauses) == 1
            add(clause, fails if single else fails & (pl.col(f"clause.{name}") == clause))
    for conditions in (hook(t, "reasons", {}), hook(t, "also_failing", {})):
        for clause, condition in conditions.items():
            add(clause, condition)
    return {clause: condition.fill_null(False) for clause, condition in failing.items()}


def _plain_owner() -> dict[str, pl.Expr]:
    """The partner holds what is undecided, and holds it firmly once qualified."""
    status = (
        pl.when(pl.col("disposition") == "qualified").then(pl.lit("confirmed"))
        .when(pl.col("disposition") == "pending").then(pl.lit("provisional")).otherwise(pl.lit("none"))
    )
    return owner_of(status)


def of_matching() -> dict[str, pl.Expr]:
    """Flags of every program: warnings about spellings and payees that nobody has answered yet."""
    return {"lookalike_domain": pl.col("has_lookalike_domain"),
            "shared_payee_details": pl.col("has_shared_payee_details")}


def owner_of(status: pl.Expr, until: pl.Expr | None = None) -> dict[str, pl.Expr]:
    """The four owner columns from a status; the lead's partner is the owner where there is one."""
    holds, held = status.is_in(["confirmed", "provisional"]), status.is_in(["lapsed", "disassociated"])
    has_until = status.is_in(["confirmed", "lapsed"])
    return {
        "owner": pl.when(holds).then(pl.col("partner")),
        "owner_status": status,
        "owner_until": pl.when(has_until).then(until) if until is not None else pl.lit(None, pl.Date),
        "last_owner": pl.when(held).then(pl.col("partner")),
    }
