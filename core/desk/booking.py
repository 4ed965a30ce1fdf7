"""Earning lines: what is owed is booked the moment it is, once, in the transaction that made it so.

Called by every change (`step.ended`) for the leads of which anything kept differs, and as time goes on (`bringing`). A
line says what settled its amount, and never changes: a setting that changes later books nothing anew. It is booked in
the month in which it was earned, or in the first one after that which is not closed.
"""

import datetime as dt
from dataclasses import dataclass, field

import duckdb
import polars as pl

from core import calendar, store
from core.desk import journal
from core.evaluation import FOREVER
from core.moved import open_months
from core.results import stored_settings
from core.terms import Entry, Program, catalogue

SQL = journal.SQL
NAMED = 100
"""Lines up to which the entry of a change answers for each; for more it answers by their number and sum."""


@dataclass(frozen=True)
class Booked:
    """What was booked: ids of lines that an entry names, with their leads, else their number and the sum of their
    digests."""

    ids: list[str] = field(default_factory=list)
    leads: frozenset[str] = frozenset()
    total: list | None = None


def book(cursor: duckdb.DuckDBPyConnection, keeper: journal.Book, leads: set[str] | None,
         at_instant: dt.datetime, person: str) -> Booked:
    """Book what given leads are owed, or all that stands in no line (None), inside the caller's transaction."""
    owed = _unbooked(cursor, leads)
    if owed.is_empty():
        return Booked()
    lines = _lines(cursor, owed, at_instant).with_columns(
        recorded_at=pl.lit(at_instant, pl.Datetime("us")), recorded_by=pl.lit(person))
    last = journal.last_row(cursor, "earning_lines")
    store.append(cursor, "earning_lines", lines)
    if lines.height <= NAMED:
        return Booked(lines["id"].to_list(), frozenset(lines["lead"]))
    return Booked(total=journal.totals(cursor, keeper, "earning_lines", behind=last))


def _unbooked(cursor: duckdb.DuckDBPyConnection, leads: set[str] | None) -> pl.DataFrame:
    """Columns lead, earned_by, id, payee, amount, currency."""
    if leads is None or len(leads) > store.FEW:
        return store.rows(cursor, SQL / "unbooked.sql")
    owed = store.rows(cursor, SQL / "owed_of_leads.sql", leads=leads) if leads else pl.DataFrame()
    if owed.is_empty():
        return owed
    known = store.rows(cursor, SQL / "booked_ids.sql", ids=set(owed["id"]))["id"]
    return owed.filter(~pl.col("id").is_in(known.implode()))


def _lines(cursor: duckdb.DuckDBPyConnection, owed: pl.DataFrame, at_instant: dt.datetime) -> pl.DataFrame:
    """The lines, with the local day on which each was earned, its month, and what settled its amount."""
    earned = store.rows(cursor, SQL / "earned.sql", leads=set(owed["lead"]), as_of=at_instant)
    together = owed.join(earned, on=["lead", "earned_by"], how="inner")
    settings = stored_settings(store.Within(cursor), catalogue(), FOREVER)
    opens_on = open_months(store.Within(cursor))
    return pl.concat([
        _of_program(catalogue().programs[name], group, settings, opens_on.get(name))
        for (name,), group in together.group_by("program", maintain_order=True)
    ])


def month_open_for(con: duckdb.DuckDBPyConnection | store.Within, program: str, day: dt.date) -> dt.date:
    """The month in which something of a local day is booked: its own, or the first one after it that is open."""
    return max(day.replace(day=1), open_months(con).get(program, dt.date.min))


def _of_program(program: Program, owed: pl.DataFrame, settings: list[Entry], opens_on: dt.date | None) -> pl.DataFrame:
    begun = catalogue().beginnings(program, settings)
    zones = pl.DataFrame([(begins_at, terms["timezone"]) for begins_at, terms in begun],
                         schema={"begins_at": pl.Datetime("us"), "zone": pl.String}, orient="row")
    clause, _ = program.rules.EARNS
    is_commission = pl.col("earned_by") != pl.col("lead")
    earned = owed.sort("earned_at").join_asof(zones, left_on="earned_at", right_on="begins_at").with_columns(
        earned_on=pl.coalesce(pl.when(pl.col("zone") == zone).then(calendar.local_day(pl.col("earned_at"), zone))
                              for zone in zones["zone"].unique()),
    ).drop("begins_at")
    dated = earned.sort("submitted_at").join_asof(_rules(program, settings), left_on="submitted_at",
                                                  right_on="begins_at")
    base = pl.when(pl.col("base") == "total").then("total_amount").otherwise("subscription_amount")
    return dated.select(
        "id", "lead", "earned_by", pl.col("payee").alias("partner"), pl.lit(program.id).alias("program"),
        kind=pl.when(is_commission).then(pl.lit("commission")).otherwise(pl.lit("reward")),
        amount="amount", currency="currency", clause=pl.lit(clause), rule="rule", rule_from="rule_from",
        rate=pl.when(is_commission).then("rate"), base_amount=pl.when(is_commission).then(base),
        earned_on="earned_on",
        period=pl.max_horizontal(pl.col("earned_on").dt.truncate("1mo"), pl.lit(opens_on, pl.Date)),
    )


def _rules(program: Program, settings: list[Entry]) -> pl.DataFrame:
    """What settled an amount, by the first instant of each version of a program's terms: rule and rule_from (null:
    nothing did), rate and base of a commission."""
    name = program.rules.EARNS[1]
    whole_name = name if name in catalogue().settings else f"{program.id}.{name}"
    entries = [*catalogue().setting(whole_name).values, *(one for one in settings if one.name == whole_name)]
    rows = []
    versions, begun = catalogue().versions(program, settings), catalogue().beginnings(program, settings)
    for (day, terms), (begins_at, _) in zip(versions, begun, strict=True):
        is_set = terms[name] is not None
        rows.append({
            "begins_at": begins_at, "rule": whole_name if is_set else None,
            "rule_from": max(one.effective_on for one in entries if one.effective_on <= day) if is_set else None,
            "rate": terms[name] if is_set else None, "base": terms.get("commission_base"),
        })
    return pl.DataFrame(rows, schema={"begins_at": pl.Datetime("us"), "rule": pl.String, "rule_from": pl.Date,
                                      "rate": pl.Decimal(38, 20), "base": pl.String})
