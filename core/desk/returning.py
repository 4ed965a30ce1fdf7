"""A payment of which something else turned out than was recorded: it was paid and came back, or failed and did arrive.

Where it came back the payee never had the money. So what was recorded stays, the event by which each lead was known
to be paid for is voided, and its lines are open again, due when they were; they stand in the next batch that pays the
payee. Where it turns out that the money did arrive, the return is taken back the same way. What was recorded of a
payment that failed stays too, and it counts as paid once it is recorded that it arrived. Neither is possible once
another batch has its lines. Who approved the batch records none of it.
"""

import datetime as dt

import duckdb
import polars as pl

from core import ledger, store
from core.desk.batches import free_places, hold_places, refuse_involved_in_batch, why_not_record
from core.desk.booking import month_open_for
from core.desk.decisions import needs
from core.desk.settling import pay, refuse_other_day
from core.desk.step import SQL, Done, Signed, Step, perform
from core.model import Refusal
from core.moved import open_months
from core.people import Forbidden
from core.results import local_day, terms_at

VOIDED = "The payment came back."
"""Why the events of a payment are voided; the reason itself stands with the return."""


def record_return(con: duckdb.DuckDBPyConnection, signed: Signed, payment: str, returned_on: dt.date, reason: str
                  ) -> Done:
    """Record that a paid payment came back on a local day, and why. It counts in the month of that day, or in the first
    one after it that is not closed."""
    def write(step: Step) -> None:
        row, _, zone = _recorded(step, payment, "paid")
        needs(reason, "why it came back")
        today = local_day(step.at_instant, zone)
        if row["returned"]:
            raise Refusal(f"{payment} is recorded as come back already.")
        if not row["amount"]:
            raise Refusal(f"{payment} is a payment of nothing, of which nothing comes back. Correct its lines instead.")
        if not row["paid_on"] <= returned_on <= today:
            raise Refusal(f"{payment} came back between {row['paid_on']}, when it was paid, and {today}: say on which "
                          "day.")
        made = step.put("payment_returns", {
            "batch": row["batch"], "payment": payment, "returned_on": returned_on, "reason": reason.strip(),
            "period": month_open_for(step.con, row["program"], returned_on), "recorded_by": step.person.id,
        })
        step.take_place(f"returned/{payment}", made, f"{payment} is recorded as come back already.")
        _void_events(step, payment)
        free_places(step, [payment])
        step.after |= {name: row[name] for name in ("batch", "payment", "amount", "currency")}

    content = {"payment": payment, "returned_on": returned_on, "reason": reason}
    return perform(con, signed, "record_return", content, write, program=_program(con, payment))


def drop_return(con: duckdb.DuckDBPyConnection, signed: Signed, payment: str, reason: str) -> Done:
    """Record that a payment which was recorded as come back did arrive: it counts as paid on its day, as before."""
    def write(step: Step) -> None:
        row, _, zone = _recorded(step, payment, "paid")
        needs(reason, "how it is known that it arrived")
        if not row["returned"]:
            raise Refusal(f"{payment} is not recorded as come back.")
        if row["returned_in"] < open_months(step.con).get(row["program"], dt.date.min):
            raise Refusal(f"That {payment} came back was booked in {row['returned_in']:%B %Y}, which is closed. Put "
                          "its lines into the next batch, and record there that they are paid.")
        _refuse_paid_otherwise(step, payment)
        step.put("voids", {"id": row["returned"], "relation": "payment_returns", "note": reason.strip(),
                           "voided_by": step.person.id})
        step.free_places([row["returned"]])
        _pay_after_all(step, payment, row["paid_on"], zone)
        step.after |= {name: row[name] for name in ("batch", "payment", "amount", "currency")}

    return perform(con, signed, "drop_return", {"payment": payment, "reason": reason}, write,
                   program=_program(con, payment))


def record_arrival(con: duckdb.DuckDBPyConnection, signed: Signed, payment: str, paid_on: dt.date, reason: str,
                   reference: str | None = None) -> Done:
    """Record that a payment which was recorded as failed did arrive on a local day, and how that is known. It counts in
    the month of that day, or in the first one after it that is not closed. Where that was a mistake, it came back."""
    def write(step: Step) -> None:
        row, batch, zone = _recorded(step, payment, "failed")
        needs(reason, "how it is known that it arrived")
        refuse_other_day(payment, paid_on, batch, zone, step.at_instant)
        _refuse_paid_otherwise(step, payment)
        step.put("payment_arrivals", {
            "batch": row["batch"], "payment": payment, "paid_on": paid_on, "reason": reason.strip(),
            "period": month_open_for(step.con, row["program"], paid_on), "reference": reference,
            "recorded_by": step.person.id,
        })
        _pay_after_all(step, payment, paid_on, zone)
        step.after |= {name: row[name] for name in ("batch", "payment", "amount", "currency")}

    content = {"payment": payment, "paid_on": paid_on, "reason": reason, "reference": reference}
    return perform(con, signed, "record_arrival", content, write, program=_program(con, payment))


def _refuse_paid_otherwise(step: Step, payment: str) -> None:
    """Raises Refusal where a line of a payment that left it open again stands otherwise by now."""
    for row in step.read("otherwise_paid.sql", payment=payment):
        if row["batch"]:
            raise Refusal(f"What {payment} pays for {row['lead']} stands in another batch by now, {row['batch']}. Give "
                          "that up first; where it was given out, correct the line as paid twice (duplicate).")
        raise Refusal(f"What {payment} pays for {row['lead']} was " + (
            "paid otherwise by now." if row["state"] else "taken back by now. Correct the line anew first."))


def _pay_after_all(step: Step, payment: str, paid_on: dt.date, zone: str) -> None:
    """Let the lines of a payment be paid by it although they were open again."""
    lines = pl.DataFrame(step.read("lines_of_payments.sql", payments=[payment]))
    hold_places(step, lines.rename({"batch_line": "id"}))
    pay(step, {payment: paid_on}, zone)


def _program(con: duckdb.DuckDBPyConnection, payment: str) -> str | None:
    found = store.read(con, SQL / "recorded_payment.sql", payment=payment)["program"].to_list()
    return found[0] if found else None


def _recorded(step: Step, payment: str, result: str) -> tuple[dict, dict, str]:
    """A payment that counts as paid or failed, its batch, and the zone of its program. Raises Refusal where there is
    none, Forbidden where the person may not say what became of it."""
    found = step.read("recorded_payment.sql", payment=payment)
    if not found or found[0]["result"] != result:
        raise Refusal(f"There is no payment {payment} that was recorded as {result}.")
    row = found[0]
    batch = ledger.batch(step.con, row["batch"])
    if own := why_not_record(batch, step.person.id):
        raise Forbidden(own)
    refuse_involved_in_batch(step, row["batch"])
    return row, batch, terms_at(step.con, row["program"], step.at_instant)["timezone"]


def _void_events(step: Step, payment: str) -> None:
    """Let the leads of a payment be known as not paid for, and free what kept the payment to one."""
    events = step.read("events_of_payment.sql", payment=payment)
    if not events:
        return
    ids = [row["id"] for row in events]
    step.put_all("voids", pl.DataFrame({"id": ids}).with_columns(
        relation=pl.lit("events"), note=pl.lit(VOIDED), voided_by=pl.lit(step.person.id)))
    step.free_places(ids)
    step.touched |= {row["lead"] for row in events}
    step.is_evaluated = True
