"""What is earned: opportunities, deals, what customers pay and what they get back."""

import datetime as dt
import re
from decimal import Decimal

import duckdb

from core import currencies
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
                   received_at: dt.datetime | None = None, completes: str | None = None) -> Done:
    """Record a customer payment on a won deal; `subscription` is the part that commission is worked out on.

    completes: the id of a payment whose subscription part is not known, which this one stands in for from now on; so
    does one of the same instant and amount. Raises Refusal where the same is recorded already.
    """
    def write(step: Step) -> None:
        _named(transaction)
        code = currencies.known(currency)
        amounts = [exact(one, code) for one in (total, subscription, other) if one is not None]
        if min(amounts) < 0 or total <= 0:
            raise Refusal("A payment is more than nothing, and no part of it is less; record a refund as a refund.")
        if subscription is not None and subscription + (other or 0) > total:
            raise Refusal(f"The parts ({subscription} and {other or 0}) are more than the whole ({total}).")
        moment, deal = past(step, received_at), _deal(step, transaction)
        known = step.read("payments_on_deal.sql", lead=lead, transaction=deal)
        incomplete = _incomplete(known, completes, (moment, code, total), subscription)
        moment = incomplete["received_at"] if incomplete else moment
        event = step.event("customer_payment", moment, occurred_at=moment, transaction=deal, currency=code,
                           total_amount=total, subscription_amount=subscription, other_amount=other,
                           about=incomplete and incomplete["id"])
        step.after |= {"total": total, "currency": code, "event": event} | (
            {"completes": incomplete["id"]} if incomplete else {})

    content = {"transaction": transaction, "currency": currency, "total": total, "subscription": subscription,
               "other": other, "received_at": received_at} | ({"completes": completes} if completes else {})
    return perform(con, signed, "record_payment", content, write, lead=lead)


def _incomplete(known: list[dict], completes: str | None, told: tuple[dt.datetime, str, Decimal],
                subscription: Decimal | None) -> dict | None:
    """The payment that another one completes: the one it names, or one told the same (instant, currency, total) without
    its subscription part; None: it is a new one. known: rows of payments_on_deal.sql."""
    if completes:
        found = next((row for row in known if row["id"] == completes), None)
        if found is None or found["subscription_amount"] is not None:
            raise Refusal(f"{completes} is no payment on this deal whose subscription part is unknown.")
        total = found["total"] or told[2]
        if (found["currency"], total) != told[1:]:
            raise Refusal(f"{completes} is a payment of {total} {found['currency']}, not of {told[2]} {told[1]}.")
    else:
        alike = [row for row in known if (row["received_at"], row["currency"], row["total"]) == told]
        if alike and (subscription is None or any(row["subscription_amount"] is not None for row in alike)):
            raise Refusal(f"A payment of {told[2]} {told[1]} received at {told[0]:%Y-%m-%d %H:%M} UTC is recorded on "
                          f"this deal already ({alike[0]['id']}). Where the customer paid twice, say when this came.")
        found = alike[0] if alike else None
    if found and subscription is None:
        raise Refusal("Say how much of the payment was for the subscription.")
    if found and found["is_settled"]:
        raise Refusal(f"What {found['id']} earned is in a batch or paid already: correct its line instead.")
    return found


def record_refund(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, transaction: str, amount: Decimal,
                  currency: str, refunded_at: dt.datetime | None = None) -> Done:
    """Record that a customer got money back on a deal: in all no more than was paid on it, in the same currency."""
    def write(step: Step) -> None:
        code = currencies.known(currency)
        if exact(amount, code) <= 0:
            raise Refusal("A refund is more than nothing.")
        deal = _deal(step, transaction)
        paid = step.read("paid_on_deal.sql", lead=lead, transaction=deal)
        _refuse_more_than_paid(paid, transaction, amount, code)
        event = step.event("customer_refund", past(step, refunded_at), transaction=deal, amount=amount, currency=code)
        step.after |= {"amount": amount, "currency": code, "event": event}

    content = {"transaction": transaction, "amount": amount, "currency": currency, "refunded_at": refunded_at}
    return perform(con, signed, "record_refund", content, write, lead=lead)


def _refuse_more_than_paid(paid: list[dict], transaction: str, amount: Decimal, currency: str) -> None:
    """Raises Refusal where refunds would come to more than was paid on their deal. paid: rows of paid_on_deal.sql."""
    found = {row["currency"]: row["paid"] - row["refunded"] for row in paid}
    if currency not in found:
        told = f"in {' and '.join(found)}, and not in {currency}" if found else "nothing yet"
        raise Refusal(f"The customer paid {told} on {transaction}: a refund gives back what was paid.")
    left = max(found[currency], Decimal(0))
    if amount > left:
        raise Refusal(f"{left} {currency} of what was paid on {transaction} is left to give back, not {amount}.")


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


def exact(amount: Decimal, currency: str, before: Decimal | None = None) -> Decimal:
    """The amount, added to one before it. Raises Refusal where there is none such in the currency, or it cannot be kept
    to the last decimal."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise Refusal(f"{amount} is no amount.")
    try:
        return currencies.kept(amount if before is None else before + amount, currency)
    except ValueError as error:
        raise Refusal(f"{'The amount' if before is None else 'What it comes to'} {error}.") from error
