"""What came of the payments of a batch, as a bank, a gift card service or a colleague reports it in a file."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.intake.formats import Question, read_bytes
from core.model import Refusal

COLUMNS = {
    "payment": ("payment", "payment_id", "external_id", "end_to_end_id", "endtoendid"),
    "result": ("result", "status", "state", "outcome"),
    "paid_on": ("paid_on", "paid_at", "executed_on", "execution_date", "value_date", "delivered_at", "date"),
    "reference": ("reference", "bank_reference", "order_id", "transaction_id", "check_number"),
    "reason": ("reason", "failure_reason", "error", "error_message", "note"),
    "amount": ("amount", "denomination", "value"),
    "currency": ("currency", "currency_code", "ccy"),
}
"""Our field -> names of a column that holds it, as they are compared; the first that is there counts."""

PAID = {"paid", "executed", "delivered", "succeeded", "success", "completed", "settled", "sent", "cashed", "acsc"}
FAILED = {"failed", "rejected", "returned", "canceled", "cancelled", "bounced", "error", "declined", "rjct"}

UNUSABLE = "unusable"
"""The result of a row that cannot be used, for as long as it is compared with the others of its payment."""

AMOUNT = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d{1,2})?")


@dataclass(frozen=True)
class Result:
    """What came of one payment. row: its number in the file. amount, currency: as the file says, where it does."""

    row: int
    payment: str
    result: str
    paid_on: dt.date | None
    reference: str | None
    reason: str | None
    amount: Decimal | None
    currency: str | None = None


@dataclass(frozen=True)
class Returned:
    """A returned file: its results, the rows that say nothing yet, and one sentence for each that cannot be used."""

    results: tuple[Result, ...]
    waiting: int
    refused: tuple[str, ...]


def read_results(content: bytes, name: str, zone: str) -> Returned:
    """The results in a CSV or XLSX file. name: of the file, for the sentences. zone: IANA, in which days are told.

    A row takes the payment's id and a word for paid or failed; a paid one its day as YYYY-MM-DD or an instant with its
    offset from UTC, a failed one why.
    A row without such a word waits. Raises Refusal where the file is no table or lacks those columns.
    """
    try:
        table = read_bytes(content, name)
    except Question as question:
        raise Refusal(f"{question} Keep only the one with the results, and bring that.") from question
    columns = _columns(table.cells.columns)
    if missing := {"payment", "result"} - columns.keys():
        raise Refusal(f"{name} has no column {' and no column '.join(sorted(missing))}. Bring the file back as it was "
                      "exported, with the results filled in.")
    cells = table.cells.select(**columns)
    told_of: list[Result] = []
    waiting, refused = 0, []
    for number, fault, row in zip(table.numbers, table.faults, cells.iter_rows(named=True), strict=True):
        told = {field: text.strip() for field, text in row.items()}
        try:
            one = _result(number, fault, told, zone)
        except Refusal as refusal:
            refused.append(f"Row {number}: {refusal}")
            one = Result(number, told["payment"], UNUSABLE, None, None, None, None)
        if one is None:
            waiting += 1
        elif one.payment:
            told_of.append(one)
    found, contradicted = agreed(told_of)
    return Returned(tuple(one for one in found if one.result != UNUSABLE), waiting, (*refused, *contradicted))


def agreed(results: Iterable[Result]) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Results of which none contradicts another, a repeated one once; and a sentence for each payment of which
    different things are said: none of them counts, whichever stands first."""
    of_payment: dict[str, list[Result]] = {}
    for one in results:
        of_payment.setdefault(one.payment, []).append(one)
    is_one = {name: len({replace(one, row=0) for one in some}) == 1 for name, some in of_payment.items()}
    return (tuple(some[0] for name, some in of_payment.items() if is_one[name]),
            tuple(f"The payment {name} is told of in different ways (rows {', '.join(str(one.row) for one in some)}): "
                  "none of them counts. Ask which is right, and bring that one."
                  for name, some in of_payment.items() if not is_one[name]))


def _columns(names: Sequence[str]) -> dict[str, str]:
    """Our field -> the column of the file."""
    by_name = {folded(name): name for name in reversed(names)}
    return {field: by_name[known[0]] for field, spellings in COLUMNS.items()
            if (known := [one for one in spellings if one in by_name])}


def folded(name: str) -> str:
    """The name of a column as it is compared."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _result(number: int, fault: str | None, told: dict[str, str], zone: str) -> Result | None:
    """One row; None where it says nothing yet."""
    if fault:
        raise Refusal(f"{fault}.")
    word = told["result"].lower()
    if not word:
        return None
    if not told["payment"]:
        raise Refusal("the id of the payment is missing.")
    if word not in PAID | FAILED:
        raise Refusal(f"{told['result'][:40]!r} does not say whether the money arrived; write paid or failed.")
    paid_on = _day(told.get("paid_on", ""), zone)
    if word in PAID and paid_on is None:
        raise Refusal("the day of the payment is missing, as YYYY-MM-DD.")
    if word in FAILED and not told.get("reason"):
        raise Refusal("the reason is missing why it failed.")
    return Result(number, told["payment"], "paid" if word in PAID else "failed", paid_on if word in PAID else None,
                  told.get("reference") or None, told.get("reason") or None if word in FAILED else None,
                  _amount(told.get("amount", "")), told.get("currency", "").upper() or None)


def _day(text: str, zone: str) -> dt.date | None:
    """A day, or that of an instant: where it says its offset from UTC, the day that it is in the zone."""
    if not text:
        return None
    try:
        if not re.match(r"\d{4}-\d\d-\d\d(?:[T ]|$)", text):
            raise ValueError(text)
        instant = dt.datetime.fromisoformat(re.sub(r" ?(?:UTC|GMT)$", "+00:00", text))
    except ValueError as error:
        raise Refusal(f"{text[:40]!r} is no day as YYYY-MM-DD.") from error
    return (instant.astimezone(zoneinfo.ZoneInfo(zone)) if instant.tzinfo else instant).date()


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    if not AMOUNT.fullmatch(text):
        raise Refusal(f"{text[:40]!r} is no amount in whole cents, such as 1234.50.")
    return Decimal(text.replace(",", "")).quantize(Decimal("0.01"))
