"""What is owed for a lead: amount, currency, method, due day, status and what stands in the way.

Called by evaluation once dispositions are known. Amounts are exact cents, half up, in a currency without cents whole
units; a figure that the terms do not state is empty and blocks by name. Columns of every result: no, lead, earned_by,
payee, amount (Decimal 18, 2), currency, method, due_on, status, blockers, is_overdue; in the order in which a lead
earned them.
"""

from decimal import Decimal

import polars as pl

from core import calendar, currencies
from core.model import FAIL, UNKNOWN
from core.terms import Terms

MONEY = pl.Decimal(18, 2)
COLUMNS = ("no", "lead", "earned_by", "payee", "amount", "currency", "method", "due_on", "status", "blockers",
           "is_overdue")


def half_up(amount: pl.Expr, rate: Decimal, currency: pl.Expr) -> pl.Expr:
    """A share of an amount, half up to the cent, or to the unit of a currency without cents. amount: Decimal(18, 2);
    rate: exact, such as 0.029."""
    numerator, denominator = Decimal(rate).as_integer_ratio()
    cents = (amount.cast(pl.Decimal(38, 2)) * 100).cast(pl.Int128)
    unit = pl.when(currency.is_in(currencies.WHOLE)).then(100).otherwise(1).cast(pl.Int128)
    share = (cents * numerator * 2 + denominator * unit) // (2 * denominator * unit) * unit
    # a Decimal division keeps the scale of its left side: without two places there the cents would be lost
    return (share.cast(pl.Decimal(38, 2)) / Decimal(100)).cast(MONEY)


def named(conditions: dict[str, pl.Expr | bool]) -> pl.Expr:
    """The names of the conditions that hold, in their order."""
    names = [
        pl.when(condition if isinstance(condition, pl.Expr) else pl.lit(condition)).then(pl.lit(name))
        for name, condition in conditions.items()
    ]
    return pl.concat_list(names).list.drop_nulls()


def provided(field: str) -> pl.Expr:
    """Whether a payee detail was handed in by an event that names it."""
    return pl.col("provided_fields").list.contains(field).fill_null(False)


def lacks(has: str, field: str) -> pl.Expr:
    """Whether a payee detail stands neither on the partner's record nor in an event that names it."""
    return ~(pl.col(has).fill_null(False) | provided(field))


def is_in_us() -> pl.Expr:
    """Whether the payee is in the United States; null where the country is not known."""
    return pl.col("country").str.to_uppercase().is_in(["US", "USA", "UNITED STATES"])


def counted_from(t: Terms, day: pl.Expr) -> pl.Expr:
    """The day from which a due day is counted; late payee details restart it only where the setting says (AMB-31)."""
    return pl.max_horizontal(day, "details_last_on") if t["due_restarts_on_details"] else day


def _finished(frame: pl.LazyFrame) -> pl.DataFrame:
    """Status, and what follows from it: a paid one has no blockers, an unpaid one past its day is overdue.

    Lazy up to here, so that of a lead's many facts only those are carried along that a payout reads.
    """
    return frame.with_columns(
        status=pl.when("is_forfeited").then(pl.lit("forfeited")).when("is_paid").then(pl.lit("paid"))
        .when(pl.col("blockers").list.len() > 0).then(pl.lit("blocked")).otherwise(pl.lit("payable")),
    ).with_columns(
        blockers=pl.when(pl.col("status") == "paid").then(pl.lit([], pl.List(pl.String))).otherwise("blockers"),
        is_overdue=(pl.col("due_on") < pl.col("today")).fill_null(False)
        & ~pl.col("status").is_in(["paid", "forfeited"]),
    ).select(COLUMNS).collect()


def rewards(t: Terms, leads: pl.DataFrame) -> pl.DataFrame:
    """One reward per lead that earned it: `cerri.2.R` or the referral bonus. leads: facts, outcome, payee columns."""
    rules = t.program.rules
    earned = leads.lazy().filter(rules.is_earned(t))
    amount, currency, method, blockers = rules.reward(t)
    paid_amount = pl.col("amount_paid").cast(MONEY)
    return _finished(earned.with_columns(
        earned_by="lead",
        payee="partner",
        amount=pl.lit(amount, MONEY) if amount is not None else paid_amount,
        currency=pl.lit(currency),
        method=method,
        due_on=rules.payout_due(t),
        blockers=named(blockers),
        is_paid=pl.col("paid_first_at").is_not_null(),
        is_forfeited=pl.lit(False),
    ))


def commissions(t: Terms, leads: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """One commission per customer payment on a transaction won while the partner owned the lead (ptr.pay.0).

    leads: facts, outcome and payee columns; payments: core/facts/payments.sql with the local days of its instants.
    """
    rate = t["commission_rate"]
    portion = pl.col("subscription_amount")
    if t["commission_base"] == "total":  # AMB-47
        portion = pl.coalesce(pl.col("total_amount"), portion + pl.col("other_amount").fill_null(0))
    joined = payments.lazy().join(leads.lazy(), on="no").sort("received_at", "id")
    earned = joined.filter(_is_owned_when_won(t) & (portion > 0).fill_null(True))  # valid or not: what is paid stays
    if t["commission_events"] == "first_payment":  # AMB-29
        earned = earned.unique(["no", "transaction"], keep="first", maintain_order=True)
    computed = half_up(portion, rate, pl.col("currency")) if rate is not None else pl.lit(None, MONEY)
    forfeit = pl.col("verdict.no_competitor_suggested") == FAIL
    frame = earned.with_columns(
        earned_by="id",
        payee="partner",
        amount=computed,
        method=t.program.rules.payment_method(t),
        due_on=calendar.add_days(counted_from(t, pl.col("received_on")), t["payout_days"]),
        blockers=named({
            "commission_rate_not_set": rate is None,
            "subscription_portion_unknown": portion.is_null(),
            **t.program.rules.payee_blockers(t),
            "review.competitor_suggested": pl.col("verdict.no_competitor_suggested") == UNKNOWN,
        }),
    )
    frame = frame.with_columns(is_paid=_is_settled()).with_columns(is_forfeited=forfeit & ~pl.col("is_paid"))
    return _finished(frame.filter(_is_valid(t) | pl.col("is_paid")).with_columns(
        amount=pl.when("is_forfeited").then(pl.lit(Decimal(0), MONEY)).otherwise("amount"),
        due_on=pl.when(~pl.col("is_forfeited")).then("due_on"),
        blockers=pl.when("is_forfeited").then(pl.lit(["ptr.maintain.1a"])).otherwise("blockers"),
    ))


def _is_owned_when_won(t: Terms) -> pl.Expr:
    """Whether the partner owned the lead when the deal was won (AMB-26), also before it left and was accepted again."""
    won_at, won_on = pl.col("deal_won_at"), pl.col("deal_won_on")
    owned = (won_on >= pl.col("accepted_on")) & (pl.col("disassociated_at") > won_at).fill_null(True)
    before = (won_on >= pl.col("accepted_first_on")) & (pl.col("left_at") > won_at)
    if t["deal_must_close_within_ownership"]:
        owned = owned & (won_on <= pl.col("owned_until"))
        before = before & (won_on <= calendar.add_months(pl.col("accepted_first_on"), t["ownership_months"]))
    owned = owned.fill_null(False) | before.fill_null(False)
    if t["commission_trailing"] == "paid_within":
        owned = owned & (pl.col("received_on") <= pl.col("owned_until"))
    return owned.fill_null(False)


def _is_valid(t: Terms) -> pl.Expr:
    """Whether the lead is a valid one, or was until its ownership ended."""
    ended = ["ptr.maintain.2b"] if t["deal_must_close_within_ownership"] else ["ptr.maintain.2b", "ptr.process.3.1.1a"]
    return (pl.col("disposition") == "qualified") | pl.col("reason").is_in(ended).fill_null(False)


def _is_settled() -> pl.Expr:
    """A payment to the partner settles the payout that it names. Those that name none settle the others in the order
    they were earned, each one, or as many as it covers."""
    named = pl.col("is_paid_by_name")
    place = (~named).cum_sum().over("no")
    running = pl.when(~named).then("amount").cum_sum().over("no")
    covered = (running <= pl.col("amount_paid").cast(pl.Decimal(38, 2)) - pl.col("named_amount")).fill_null(False)
    return named | (place <= pl.col("payouts_paid").fill_null(0) - pl.col("named_payouts")) | covered
