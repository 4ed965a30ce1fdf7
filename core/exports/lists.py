"""Payment files that are lists: orders of gift cards, addresses for checks, wires. One row per payment, as CSV."""

from core.exports.batch import Batch, Payment
from core.exports.cells import inert, table
from core.model import Refusal

SUPPLIES = "Record it with the payee's details, have it confirmed, and prepare the batch anew."


def gift_cards(batch: Batch) -> bytes:
    """Orders of electronic gift cards, one a row.

    Columns bear the names of an order's fields at Tremendous (developers.tremendous.com/reference/create-order). There
    an order is made once per `external_id`, so the same file sent again orders nothing. Raises Refusal where an address
    would have to be marked as no formula: unmarked it could be one, marked it is another address.
    """
    _each_has(batch, "email", "e-mail address")
    if altered := [one for one in batch.payments if inert(one.email) != one.email]:
        raise Refusal(f"{_names(altered)}: a spreadsheet would take the e-mail address for a formula. Record another "
                      "one with the payee's details, have it confirmed, and prepare the batch anew.")
    return table(
        ("external_id", "recipient_name", "recipient_email", "denomination", "currency_code", "delivery_method",
         "message"),
        ((one.id, one.name, one.email, one.amount, one.currency, "EMAIL", one.memo) for one in batch.payments),
    )


def checks(batch: Batch) -> bytes:
    """Checks to write: the payee, the amount and where to send it; an address has up to three lines and the country."""
    _each_has(batch, "address", "postal address")
    return table(
        ("payment", "payee", "amount", "currency", "address_1", "address_2", "address_3", "country", "memo"),
        ((one.id, one.name, one.amount, one.currency, *_three(one.address), one.country, one.memo)
         for one in batch.payments),
    )


def wires(batch: Batch) -> bytes:
    """Wires to make: the payee and the account, by IBAN or by account and routing number."""
    missing = [one for one in batch.payments if not (one.iban or one.account)]
    if missing:
        raise Refusal(f"{_names(missing)}: no bank account is confirmed. {SUPPLIES}")
    return table(
        ("payment", "payee", "amount", "currency", "iban", "bic", "account", "routing", "country", "memo"),
        ((one.id, one.name, one.amount, one.currency, one.iban, one.bic, one.account, one.routing, one.country,
          one.memo) for one in batch.payments),
    )


def _each_has(batch: Batch, field: str, what: str) -> None:
    missing = [one for one in batch.payments if not getattr(one, field)]
    if missing:
        raise Refusal(f"{_names(missing)}: no {what} is known. {SUPPLIES}")


def _names(payments: list[Payment]) -> str:
    """The payees of some payments, the first three by name."""
    names = [one.name or one.partner for one in payments]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _three(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines of an address as exactly three cells; what is more stands in the third."""
    return (*lines[:2], ", ".join(lines[2:]), "", "")[:3] if len(lines) > 2 else (*lines, "", "", "")[:3]
