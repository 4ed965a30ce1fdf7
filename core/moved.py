"""What moves a balance after a line was booked, with the month in which it counts: payments, returns, ends of lines.

Called by `ledger`, by `statements`, and by the desk when it closes a month. That a line is no longer owed, or was paid
as an event alone tells, follows from facts that may differ tomorrow: closing a month fixes what stands in it, and what
differs later counts in a month that is open. Reads no clock.
"""

import datetime as dt

import duckdb
import polars as pl

from core import calendar, days, store
from core.store.answers import until_stored

SQL = store.HERE / "sql"
OWED, TOLD = "owed", "told"
"""Parts of an entry: what is no longer owed (below nothing) or owed again, and what an event alone says was paid."""

RETURNED, BACK = "The payment came back.", "It was recorded by mistake."
"""Why a payment counts no more, as a partner reads it: it came back, which is recorded with a note of ours; or an event
had told of it when its month was closed, and tells it no longer."""


def open_months(con: duckdb.DuckDBPyConnection | store.Within) -> dict[str, dt.date]:
    """The first open month of each program that has closed any."""
    return dict(store.read(con, SQL / "open_months.sql").rows())


@until_stored
def entries(con: duckdb.DuckDBPyConnection | store.Within, as_of: dt.datetime, program: str | None = None,
            partner: str | None = None) -> pl.DataFrame:
    """What stands in months although no row of the ledger says it, as of an instant (UTC); of all where none is named.

    Columns: line, lead, program, partner, currency, part (OWED, TOLD), amount, happened_on (local to the program; null:
    not known), period (the first day of its month), is_fixed (its month is closed).
    """
    told = _told_lines(con, program, partner)
    is_told = pl.col("line").is_in(told.filter(pl.col("amount") != 0)["line"].implode())
    ended = store.read(con, SQL / "ended_lines.sql", program=program, partner=partner, as_of=as_of).with_columns(
        amount=pl.when(~is_told).then("amount").otherwise(0).cast(pl.Decimal(18, 2)))
    since = pl.max_horizontal("booked_in", pl.col("happened_on").dt.truncate("1mo"))
    return pl.concat([
        store.read(con, SQL / "closing_entries.sql", program=program, partner=partner).with_columns(is_fixed=True),
        _fresh(con, ended, OWED, since), _told(con, told),
    ], how="diagonal")


@until_stored
def payments(con: duckdb.DuckDBPyConnection | store.Within, program: str | None = None, partner: str | None = None
             ) -> pl.DataFrame:
    """What partners were paid, and what of it came back (below nothing), whatever the lines count as now.

    One row per line and payment or return, in order: line, lead, program, partner, currency, payment (one for all
    that was paid together), amount, paid_on (local to the program; null: not known), period, reference, came_back
    (RETURNED or BACK; null: it counts).
    """
    rows = _paid(con, program, partner)
    return rows.select("line", "lead", "program", "partner", "currency", "payment", "amount", "paid_on", "period",
                       "reference", "came_back").sort("period", "paid_on", "payment", "line", nulls_last=True)


@until_stored
def paid_by_month(con: duckdb.DuckDBPyConnection | store.Within) -> pl.DataFrame:
    """The sums of `payments`: program, period, currency, paid."""
    return _paid(con, None, None).group_by("program", "period", "currency").agg(paid=pl.col("amount").sum())


def _paid(con: duckdb.DuckDBPyConnection | store.Within, program: str | None, partner: str | None) -> pl.DataFrame:
    """The rows of `payments`, in no order."""
    recorded = _local(con, store.read(con, SQL / "recorded_payments.sql", program=program, partner=partner), "paid_at")
    recorded = recorded.with_columns(paid_on=pl.coalesce("paid_on", "happened_on"),
                                     came_back=pl.when("is_return").then(pl.lit(RETURNED)))
    fixed = store.read(con, SQL / "closing_entries.sql", program=program, partner=partner).filter(part=TOLD)
    told = pl.concat([fixed, _told(con, _told_lines(con, program, partner))], how="diagonal")
    return pl.concat([
        recorded.with_columns(period=pl.coalesce("period", pl.col("paid_on").dt.truncate("1mo"))),
        told.with_columns(payment="line", paid_on="happened_on",
                          came_back=pl.when(pl.col("amount") < 0).then(pl.lit(BACK))),
    ], how="diagonal")


@until_stored
def _told_lines(con: duckdb.DuckDBPyConnection | store.Within, program: str | None, partner: str | None
                ) -> pl.DataFrame:
    return store.read(con, SQL / "told_payments.sql", program=program, partner=partner)


def _told(con: duckdb.DuckDBPyConnection | store.Within, told: pl.DataFrame) -> pl.DataFrame:
    return _fresh(con, told, TOLD, pl.coalesce(pl.col("happened_on").dt.truncate("1mo"), "booked_in"))


def _fresh(con: duckdb.DuckDBPyConnection | store.Within, found: pl.DataFrame, part: str, since: pl.Expr
           ) -> pl.DataFrame:
    """What differs from what is fixed, in the month it belongs to, or in the first one after it that is open."""
    differing = found.filter(pl.col("amount") != pl.col("fixed"))
    opens_on = pl.col("program").replace_strict(open_months(con), default=None, return_dtype=pl.Date)
    return _local(con, differing, "happened_at").select(
        "line", "lead", "program", "partner", "currency", pl.lit(part).alias("part"),
        (pl.col("amount") - pl.col("fixed")).cast(pl.Decimal(18, 2)).alias("amount"), "happened_on",
        pl.max_horizontal(since, opens_on).alias("period"), pl.lit(False).alias("is_fixed"))


def _local(con: duckdb.DuckDBPyConnection | store.Within, found: pl.DataFrame, column: str) -> pl.DataFrame:
    """The local day of an instant in each program, as `happened_on`."""
    at = pl.col(column).cast(pl.Datetime("us"))
    return found.with_columns(happened_on=pl.coalesce(
        pl.lit(None, pl.Date), *(pl.when(program=name).then(calendar.local_day(at, zone))
                                 for name, zone in days.zones(con).items())))
