"""What became of the payments of a batch that was given out: paid or failed, one by one.

A paid line is told to the evaluation by an event on its lead, once; the lines of a failed payment can stand in another
batch. Who approved the batch does not record what became of it.
"""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from core import ledger
from core.desk.batches import batch_of, free_places, refuse_involved_in_batch, why_not_record
from core.desk.booking import month_open_for
from core.desk.step import Done, Signed, Step, perform
from core.exports import Result, agreed
from core.model import Refusal
from core.people import Forbidden
from core.results import local_day, terms_at

GIVEN_OUT = ("exported", "settled")
"""States of a batch whose payments can come back with what became of them."""


@dataclass(frozen=True)
class SortedOut:
    """Rows of a returned file: those that can be recorded, the number of those that are recorded already, and one
    sentence for each that cannot be so."""

    fresh: tuple[Result, ...]
    known: int
    refused: tuple[str, ...]


def record_results(con: duckdb.DuckDBPyConnection, signed: Signed, batch: str, results: Sequence[Result]) -> Done:
    """Record what became of payments, as a returned file or a person says. What is recorded already changes nothing.

    A payment counts in the month of its day, or in the first one after it that is not closed.
    """
    row = ledger.batch(con, batch)

    def write(step: Step) -> None:
        found = batch_of(step.con, batch, GIVEN_OUT)
        if own := why_not_record(found, step.person.id):
            raise Forbidden(own)
        refuse_involved_in_batch(step, batch)
        zone = terms_at(step.con, found["program"], step.at_instant)["timezone"]
        known = {one["payment"]: one for one in ledger.payments(step.con, batch).to_dicts()}
        told, contradicted = agreed(results)
        if contradicted:
            raise Refusal(contradicted[0])
        fresh = [one for one in told if _is_new(one, known.get(one.payment), found, zone, step.at_instant)]
        if not fresh:
            raise Refusal("Say what became of a payment; nothing new is told here.")
        for one in fresh:
            is_paid = one.result == "paid"
            step.put("payment_results", {
                "batch": batch, "payment": one.payment, "result": one.result,
                "paid_on": one.paid_on if is_paid else None,
                "period": month_open_for(step.con, found["program"], one.paid_on) if is_paid else None,
                "reason": one.reason, "reference": one.reference, "recorded_by": step.person.id,
            })
        pay(step, {one.payment: one.paid_on for one in fresh if one.result == "paid"}, zone)
        free_places(step, [one.payment for one in fresh if one.result == "failed"])
        paid = [known[one.payment]["amount"] for one in fresh if one.result == "paid"]
        step.after |= {"batch": batch, "paid": len(paid), "failed": len(fresh) - len(paid), "total": sum(paid)}

    content = {"batch": batch, "results": [[one.payment, one.result, one.paid_on, one.reason, one.reference]
                                           for one in results]}
    return perform(con, signed, "record_results", content, write, program=row and row["program"])


def settle_nothing(step: Step, batch: dict) -> None:
    """Count the payments of nothing in a batch as paid today: what they pay and what they take back are the same."""
    zone = terms_at(step.con, batch["program"], step.at_instant)["timezone"]
    today = local_day(step.at_instant, zone)
    period = month_open_for(step.con, batch["program"], today)
    payments = [one["payment"] for one in ledger.payments(step.con, batch["id"]).to_dicts() if one["amount"] == 0]
    for payment in payments:
        step.put("payment_results", {"batch": batch["id"], "payment": payment, "result": "paid", "paid_on": today,
                                     "period": period, "recorded_by": step.person.id})
    pay(step, dict.fromkeys(payments, today), zone)


def sort_out(con: duckdb.DuckDBPyConnection, batch: str, results: Sequence[Result], now: dt.datetime) -> SortedOut:
    """Which rows of a returned file could be recorded for a batch at an instant (UTC). Changes nothing.

    Raises Refusal where there is no such batch or it was not given out.
    """
    found = batch_of(con, batch, GIVEN_OUT)
    zone = terms_at(con, found["program"], now)["timezone"]
    known = {one["payment"]: one for one in ledger.payments(con, batch).to_dicts()}
    told, contradicted = agreed(results)
    fresh, refused = [], []
    for one in told:
        try:
            if _is_new(one, known.get(one.payment), found, zone, now):
                fresh.append(one)
        except Refusal as refusal:
            refused.append(f"Row {one.row}: {refusal}")
    return SortedOut(tuple(fresh), len(told) - len(fresh) - len(refused), (*contradicted, *refused))


def _is_new(one: Result, known: dict | None, batch: dict, zone: str, at_instant: dt.datetime) -> bool:
    """Whether a result is not recorded yet. Raises Refusal where it cannot be so."""
    if known is None:
        raise Refusal(f"{one.payment} is no payment of {batch['id']}.")
    told = {"amount": one.amount, "currency": one.currency}
    stands = {"amount": known["amount"], "currency": batch["currency"].upper()}
    if any(value not in (None, stands[name]) for name, value in told.items()):
        raise Refusal(f"{one.payment} is {known['amount']} {batch['currency']}, not "
                      f"{' '.join(str(value) for value in told.values() if value is not None)}.")
    if known["result"] is not None:
        if (known["result"], known["paid_on"]) == (one.result, one.paid_on if one.result == "paid" else None):
            return False
        when = f" on {known['paid_on']}" if known["paid_on"] else ""
        otherwise = "came back since, record that it came back" if known["result"] == "paid" else (
            "did arrive after all, record that it arrived")
        raise Refusal(f"{one.payment} is recorded as {known['result']}{when} already. If it {otherwise}.")
    if one.result == "failed" and not (one.reason or "").strip():
        raise Refusal(f"Say why {one.payment} failed.")
    if one.result == "paid":
        refuse_other_day(one.payment, one.paid_on, batch, zone, at_instant)
    elif one.result != "failed":
        raise Refusal(f"A payment is paid or failed, not {one.result}.")
    return True


def refuse_other_day(payment: str, paid_on: dt.date | None, batch: dict, zone: str, at_instant: dt.datetime) -> None:
    """Raises Refusal where a payment of a batch cannot have been paid on a local day."""
    first, last = local_day(batch["exported_at"], zone), local_day(at_instant, zone)
    if paid_on is None or not first <= paid_on <= last:
        raise Refusal(f"{payment} was paid between {first}, when it was given out, and {last}: say on which day.")


def pay(step: Step, paid_on: dict[str, dt.date], zone: str) -> None:
    """The events by which the leads of paid lines are known to be paid for, and the places that keep it to one.

    paid_on: the local day of each payment.
    """
    rows = step.read("lines_of_payments.sql", payments=list(paid_on))
    earned = [row for row in rows if row["kind"] != "adjustment"]
    if not earned:
        return
    events = pl.DataFrame([
        {"id": step.name(f"paid-{row['batch_line']}"), "type": "payout_paid",
         "happened_at": _end_of(paid_on[row["payment"]], zone, step.at_instant), "lead": row["lead"],
         "amount": row["amount"], "currency": row["currency"], "about": row["earned_by"], "decided_by": step.person.id}
        for row in earned
    ])
    step.put_all("events", events)
    keys = [f"paid/{row['lead']}/{row['earned_by']}" for row in earned]
    step.take_places(events.select("id", key=pl.Series(keys)), "One of its lines is paid already.")
    step.touched |= set(events["lead"])


def _end_of(day: dt.date, zone: str, at_instant: dt.datetime) -> dt.datetime:
    """The last second of a local day, so that what happened on it came before; never later than now."""
    last = dt.datetime.combine(day, dt.time(23, 59, 59), zoneinfo.ZoneInfo(zone))
    return min(last.astimezone(dt.UTC).replace(tzinfo=None), at_instant)
