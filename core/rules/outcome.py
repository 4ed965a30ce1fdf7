"""From verdicts to what becomes of a lead: disposition, reasons, what is pending. Reads verdicts, recomputes none.

Called by evaluation for one program under one set of terms. Facts and verdicts come as columns; a program module may
say more through the optional functions named in `Hooks`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

import polars as pl

from core.model import FAIL, UNKNOWN
from core.rules.criterion import Finding
from core.terms import Terms

NOTHING = pl.lit(None, pl.String)


def verdict(criterion: str) -> pl.Expr:
    """The settled verdict of a criterion, as a number."""
    return pl.col(f"verdict.{criterion}")


@dataclass(frozen=True)
class Hooks:
    """What a program module may define beside CRITERIA and FACTS; each takes the terms and returns expressions.

    derived: columns needed before the criteria. reasons: reasons that are no criterion, by clause. expires: clauses
    that let a lead expire. explicit: the clause of a human rejection, given only where nothing else fails. excused:
    per criterion, where its fail or unknown does not count. soft: criteria whose fail is pending, not rejecting.
    topics: what else is pending. aside: criteria that never touch the disposition. order: another order of reasons
    and where it applies. owner, flags, clocks, duties: see there.
    """

    module: ModuleType

    def __call__(self, name: str, t: Terms, default: object) -> object:
        function: Callable | None = getattr(self.module, name, None)
        return function(t) if function else default


def _texts(parts: list[pl.Expr]) -> pl.Expr:
    """A list of the texts that are not null."""
    return pl.concat_list(parts).list.drop_nulls() if parts else pl.lit([], pl.List(pl.String))


def _named(conditions: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    return [pl.when(condition).then(pl.lit(name)).otherwise(NOTHING) for name, condition in conditions.items()]


def outcomes(t: Terms, findings: Mapping[str, Finding]) -> list[list[pl.Expr]]:
    """Steps of named expressions over a frame of facts and verdicts, each step using the ones before.

    They give: failing (list of clauses in order of reasons), disposition, reason, also, pending_on, flags, owner,
    owner_status, owner_until, last_owner.
    """
    module = t.program.rules
    hooks = Hooks(module)
    excused: Mapping[str, pl.Expr] = hooks("excused", t, {})
    soft = hooks("soft", t, ())
    aside = set(getattr(module, "COMMISSION_ONLY", ())) | set(hooks("ignored", t, ()))
    failing = _failing_by_clause(t, findings, excused, {*soft, *aside}, hooks)
    explicit = hooks("explicit", t, None)
    expires = set(hooks("expires", t, ()))

    order = [clause for clause in t.program.reason_order if clause in failing and clause != explicit]
    in_order = _texts(_named({clause: failing[clause] for clause in order}))
    for other, where in hooks("other_order", t, []):
        swapped = _texts(_named({clause: failing[clause] for clause in other if clause in failing}))
        in_order = pl.when(where).then(swapped).otherwise(in_order)
    rejected = failing.get(explicit, pl.lit(False)).fill_null(False)
    hard = pl.any_horizontal(
        rejected, *[failing[clause].fill_null(False) for clause in order if clause not in expires]
    )
    lapsed = pl.any_horizontal(pl.lit(False), *[failing[clause].fill_null(False) for clause in expires & set(failing)])

    counted = [name for name in findings if name not in aside]
    open_criteria = {
        name: (verdict(name) == UNKNOWN) & ~excused.get(name, pl.lit(False)) for name in counted
    } | {name: verdict(name).is_in([UNKNOWN, FAIL]) for name in soft}
    topics: Mapping[str, pl.Expr] = hooks("topics", t, {})
    waiting = pl.any_horizontal(
        pl.lit(False), *[one.fill_null(False) for one in (*open_criteria.values(), *topics.values())]
    )
    beside = {name: verdict(name) == UNKNOWN for name in getattr(module, "COMMISSION_ONLY", ())}

    disposition = (
        pl.when(hard).then(pl.lit("rejected")).when(lapsed).then(pl.lit("expired"))
        .when(waiting).then(pl.lit("pending")).otherwise(pl.lit("qualified"))
    )  # fmt: skip
    reasons = pl.when(rejected & (pl.col("failing").list.len() == 0)).then(
        pl.lit([explicit], pl.List(pl.String))
    ).otherwise(pl.col("failing")) if explicit else pl.col("failing")  # fmt: skip
    is_decided_against = pl.col("disposition").is_in(["rejected", "expired"])
    empty = pl.lit([], pl.List(pl.String))
    flags: Mapping[str, pl.Expr] = hooks("flags", t, {})
    owner: Mapping[str, pl.Expr] = hooks("owner", t, _plain_owner())
    return [
        [in_order.alias("failing"), disposition.alias("disposition")],
        [reasons.alias("failing")],
        [
            pl.when(is_decided_against).then(pl.col("failing").list.first()).alias("reason"),
            pl.when(is_decided_against).then(pl.col("failing").list.slice(1)).otherwise(empty).alias("also"),
            pl.when(pl.col("disposition") == "pending").then(
                _texts(_named({**open_criteria, **beside, **topics}))
            ).otherwise(empty).alias("pending_on"),
        ],
        [_texts(_named(flags)).alias("flags"), *[expr.alias(name) for name, expr in owner.items()]],
    ]  # fmt: skip


def _failing_by_clause(t: Terms, findings: Mapping[str, Finding], excused: Mapping[str, pl.Expr], out: set[str],
                       hooks: Hooks) -> dict[str, pl.Expr]:  # fmt: skip
    """Per clause, whether something fails under it."""
    mirrors = getattr(t.program.rules, "MIRRORS", {})
    failing: dict[str, pl.Expr] = {}

    def add(clause: str, condition: pl.Expr) -> None:
        failing[clause] = failing[clause] | condition if clause in failing else condition

    for name, found in findings.items():
        if name in out:
            continue
        fails = verdict(name) == FAIL
        if name in mirrors:
            fails = fails & (verdict(mirrors[name]) != FAIL)
        if name in excused:
            fails = fails & ~excused[name]
        for clause in sorted(found.failing_clauses):
            single = len(found.failing_clauses) == 1
            add(clause, fails if single else fails & (pl.col(f"clause.{name}") == clause))
    for clause, condition in hooks("reasons", t, {}).items():
        add(clause, condition)
    for clause, condition in hooks("also_failing", t, {}).items():
        add(clause, condition)
    return {clause: condition.fill_null(False) for clause, condition in failing.items()}


def _plain_owner() -> dict[str, pl.Expr]:
    """The partner holds what is undecided, and holds it firmly once qualified."""
    status = (
        pl.when(pl.col("disposition") == "qualified").then(pl.lit("confirmed"))
        .when(pl.col("disposition") == "pending").then(pl.lit("provisional")).otherwise(pl.lit("none"))
    )  # fmt: skip
    return owner_of(status)


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
