"""What becomes of the leads of a group, a slice at a time: verdicts, outcome, clocks, duties and payouts."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from core import calendar
from core.evaluation.facts import looked_up
from core.evaluation.groups import Group, in_words
from core.evaluation.shapes import FINDING, NO_CLOCK, NO_DUTY, NO_PAYOUT, OUTCOME, no_rows
from core.facts import wide
from core.model import FAIL, LETTERS
from core.rules import payouts
from core.rules.criterion import Finding
from core.rules.outcome import Outcome
from core.terms import Terms


@dataclass(frozen=True)
class Part:
    """What became of one slice of a group's leads; columns as in Evaluation. repeated: leads that fail cerri.3.4."""

    terms: Terms
    leads: pl.DataFrame
    findings: pl.DataFrame
    clocks: pl.DataFrame
    duties: pl.DataFrame
    payouts: pl.DataFrame
    repeated: pl.DataFrame | None


def settled(group: Group, payees: pl.DataFrame, payments: pl.DataFrame) -> list[Part]:
    """What became of the leads of a group; its facts are given up, since nothing needs them any more."""
    parts = [
        _settled_slice(group, looked_up(piece, payees, "partner"), payments)
        for piece in group.slices()
    ]
    group.facts = group.facts.clear()
    return parts


def _settled_slice(group: Group, piece: pl.DataFrame, payments: pl.DataFrame) -> Part:
    """Every verdict, outcome, clock, duty and payout of a slice; where it is explained, also its findings in words."""
    terms, way = group.terms, group.course
    found, becomes, clocks, duties = way.found, way.becomes, way.clocks, way.duties
    lazy = (group.standing if group.is_owned else group.prepared)(piece)
    lazy = lazy.with_columns(**way.judging)
    if group.explained:
        cases = lazy.collect()
        lazy = cases.lazy().with_columns(**in_words(found, cases))
    judged = lazy.with_columns(becomes.steps[0]).collect()
    owed = _owed(group, judged, payments)
    marked = wide.beside(judged, _payout_marks(owed, judged, payments))
    lazy = marked.lazy().with_columns(becomes.steps[1])

    columns = {"verdicts": _letters(group), "changes_on": _next_change(found), "next_at": _next_turn(group)}
    columns |= {f"clock_due.{name}": due for name, (due, _, _) in clocks.items()}
    columns |= {f"clock.{name}": state for name, (_, state, _) in clocks.items()}
    columns |= {f"clock_waits.{name}": waits for name, (_, _, waits) in clocks.items()}
    columns |= {f"duty.{name}": state for name, state in duties.items()}
    kept = [name for name in OUTCOME if name not in ("also", *columns)]
    kept += ["failing", "is_other_order"]
    kept += ["verdict.not_duplicate", "submitted_on"] if "not_duplicate" in found else []
    if group.explained:
        kept += [f"{part}.{name}" for name in found for part in ("clause", "verdict", "because", "evidence")]
        kept += [f"changes_on.{name}" for name in found]
    frame = _spelled(becomes, group, lazy.select(*dict.fromkeys(kept), **columns).collect())
    return Part(
        terms=terms,
        leads=frame.select(*OUTCOME),
        findings=_in_words(frame, found) if group.explained else no_rows(FINDING),
        clocks=_stacked(frame, NO_CLOCK, "clock", clocks),
        duties=_stacked(frame, NO_DUTY, "duty", duties),
        payouts=owed,
        repeated=frame.select("no", "submitted_on").filter(frame["verdict.not_duplicate"] == FAIL)
        if "not_duplicate" in found else None,
    )


def _owed(group: Group, judged: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """What is owed for the leads of a slice."""
    rules = group.program.rules
    if hasattr(rules, "reward"):
        is_any = judged.select(pl.coalesce(rules.is_earned(group.terms), False).any()).item()
        return payouts.rewards(group.terms, judged) if is_any else no_rows(NO_PAYOUT)
    if hasattr(rules, "payouts_owed") and not payments.is_empty():
        local = payments.with_columns(
            received_on=calendar.local_day(pl.col("received_at"), group.zone),
            deal_won_on=calendar.local_day(pl.col("deal_won_at"), group.zone),
        )
        return rules.payouts_owed(group.terms, judged, local)
    return no_rows(NO_PAYOUT)


NO_MARKS = {"no": pl.Int64, "is_commission_forfeited": pl.Boolean, "is_refunded": pl.Boolean, "payout_due_on": pl.Date}


def _payout_marks(owed: pl.DataFrame, judged: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """What payouts mean for their leads: is_commission_forfeited, is_refunded; payout_due_on, the next due day."""
    if owed.is_empty():
        return no_rows(NO_MARKS)
    ahead = (pl.col("due_on") >= pl.col("today")) & ~pl.col("status").is_in(["paid", "forfeited"])
    refunds = payments.select("refunded_at", earned_by="id")
    days = judged.select("no", "today")
    return owed.join(days, on="no").join(refunds, on="earned_by", how="left").group_by("no").agg(
        is_commission_forfeited=(pl.col("status") == "forfeited").any(),
        is_refunded=(pl.col("refunded_at").is_not_null() & (pl.col("status") != "forfeited")).any(),
        payout_due_on=pl.col("due_on").filter(ahead).min(),
    )


def _letters(group: Group) -> pl.Expr:
    """All verdicts of a lead as one number, base 5, in the order of the program's criteria; `_spelled` writes it."""
    names = [name for name in group.program.criteria if name in group.program.rules.CRITERIA]
    return pl.sum_horizontal(
        pl.col(f"verdict.{name}").cast(pl.UInt64) * len(LETTERS) ** place for place, name in enumerate(names)
    )


def _next_change(found: dict[str, Finding]) -> pl.Expr:
    """The first local day on which a verdict of an undecided lead changes by time alone, or an ownership ends."""
    pending = pl.col("disposition") == "pending"
    days = [pl.when(pending).then(f"changes_on.{name}") for name, one in found.items() if one.can_change_by_time]
    ends = pl.when(pl.col("owner_status") == "confirmed").then(calendar.add_days(pl.col("owner_until"), 1))
    return pl.min_horizontal(*days, ends)


def _next_turn(group: Group) -> pl.Expr:
    """The instant at which the next of the days begins on which something of the lead may differ by time alone."""
    days = [*group.course.turns, calendar.add_days(pl.col("payout_due_on"), 1)]
    ahead = [pl.when(day > pl.col("today")).then(day) for day in days]
    return calendar.begins_at(pl.min_horizontal(ahead), group.zone)


def _spelled(becomes: Outcome, group: Group, frame: pl.DataFrame) -> pl.DataFrame:
    """The collected frame with words for the numbers that stood for them."""
    count = sum(name in group.program.rules.CRITERIA for name in group.program.criteria)
    numbers = frame["verdicts"].unique()
    spelled = [
        "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(count)) for number in numbers
    ]
    frame = frame.with_columns(pl.col("verdicts").replace_strict(numbers, spelled, return_dtype=pl.String))
    return becomes.written_out(frame)


def _stacked(frame: pl.DataFrame, schema: dict, kind: str, names: Iterable[str]) -> pl.DataFrame:
    """Clocks or duties of a slice, one row each, those without a state left out."""
    rows = [pl.DataFrame(schema=schema)]
    for name in names:
        row = {"lead": pl.col("lead"), kind: pl.lit(name), "state": pl.col(f"{kind}.{name}")}
        if kind == "clock":
            row |= {"due_on": pl.col(f"clock_due.{name}"), "is_waiting": pl.col(f"clock_waits.{name}")}
        rows.append(frame.select(**{name: row[name] for name in schema}).filter(pl.col("state").is_not_null()))
    return pl.concat(rows)


def _in_words(frame: pl.DataFrame, found: dict[str, Finding]) -> pl.DataFrame:
    """The findings of a slice, one row per lead and criterion."""
    parts = ("clause", "verdict", "because", "evidence", "changes_on")
    return pl.concat([
        frame.select("lead", criterion=pl.lit(name), **{part: pl.col(f"{part}.{name}") for part in parts})
        for name in found
    ])
