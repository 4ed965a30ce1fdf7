"""What is earned: opportunities, deals, what customers pay and what they get back."""

import datetime as dt
import re
from decimal import Decimal

import duckdb

from core.desk.erasing import of_transaction
from core.desk.reviewing import past
from core.desk.step import Done, Signed, Step, perform
from core.model import Refusal


def record_opportunity(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, is_new: bool,
                       opened_on: dt.date | None = None) -> Done:
    """Record that an opportunity exists for a lead; is_new: it was opened for this lead."""
    def write(step: Step) -> None:
        step.after |= {"event": step.event("opportunity_created", is_new=is_new, opened_on=opened_on)}

    return perform(con, signed, "record_opportunity", {"is_new": is_new, "opened_on": opened_on}, write, lead=lead)


def record_deal(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, transaction: str,
                won_at: dt.datetime | None = None) -> Done:
    """Record a won deal by its transaction. won_at: UTC, where it was earlier than now."""
    def write(step: Step) -> None:
        _named(transaction)
        taken = f"The deal {transaction} of {lead} is recorded already."
        if step.read("place.sql", key=f"deal/{lead}/{transaction}"):  # as earlier versions held it
            raise Refusal(taken)
        event = step.event("deal_won", past(step, won_at), transaction=transaction)
        step.take_place(f"deal/{lead}/{of_transaction(step.book, transaction)}", event, taken)
        step.after |= {"event": event}

    return perform(con, signed, "record_deal", {"transaction": transaction, "won_at": won_at}, write, lead=lead)


def record_payment(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, transaction: str, currency: str,
                   total: Decimal, subscription: Decimal | None = None, other: Decimal | None = None,
                   received_at: dt.datetime | None = None) -> Done:
    """Record a customer payment on a won deal; `subscription` is the part that commission is worked out on."""
    def write(step: Step) -> None:
        _named(transaction)
        amounts = [cents(one) for one in (total, subscription, other) if one is not None]
        if min(amounts) < 0 or total <= 0:
            raise Refusal("A payment is more than nothing, and no part of it is less; record a refund as a refund.")
        if subscription is not None and subscription + (other or 0) > total:
            raise Refusal(f"The parts ({subscription} and {other or 0}) are more than the whole ({total}).")
        moment, deal = past(step, received_at), _deal(step, transaction)
        event = step.event("customer_payment", moment, occurred_at=moment, transaction=deal, currency=currency,
                           total_amount=total, subscription_amount=subscription, other_amount=other)
        step.after |= {"total": total, "currency": currency, "event": event}

    content = {"transaction": transaction, "currency": currency, "total": total, "subscription": subscription,
               "other": other, "received_at": received_at}
    return perform(con, signed, "record_payment", content, write, lead=lead)


def record_refund(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, transaction: str, amount: Decimal,
                  currency: str, refunded_at: dt.datetime | None = None) -> Done:
    """Record that a customer got money back on a deal."""
    def write(step: Step) -> None:
        if cents(amount) <= 0:
            raise Refusal("A refund is more than nothing.")
        event = step.event("customer_refund", past(step, refunded_at), transaction=_deal(step, transaction),
                           amount=amount, currency=currency)
        step.after |= {"amount": amount, "currency": currency, "event": event}

    content = {"transaction": transaction, "amount": amount, "currency": currency, "refunded_at": refunded_at}
    return perform(con, signed, "record_refund", content, write, lead=lead)


def _named(transaction: str) -> None:
    if not transaction.strip():
        raise Refusal("Name the transaction, as the invoice or the CRM names it.")


def _deal(step: Step, transaction: str) -> str:
    """The transaction of a won deal as it is recorded: the digest that stands for it where a person was erased."""
    lead = step.lead["lead"]
    found = step.read("deal.sql", lead=lead, transaction=transaction, digest=of_transaction(step.book, transaction))
    if not found:
        raise Refusal(f"No won deal {transaction} is recorded on {lead}. Record the deal first.")
    return found[0]["transaction"]


def read_amount(text: str) -> Decimal:
    """An amount as people type it, such as 1,234.50 or 1234.5. Raises Refusal where it is none, or could be two."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"\d{1,15}(\.\d{1,2})?", plain):
        raise Refusal(f"‘{text.strip()}’ is no amount: write it with a point before the cents, such as 1,234.50.")
    return Decimal(plain)


def cents(amount: Decimal) -> Decimal:
    """The amount; raises Refusal where it is none in whole cents."""
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount != round(amount, 2):
        raise Refusal(f"{amount} is no amount in whole cents.")
    return amount
