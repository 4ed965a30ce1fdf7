"""What an export is made from: one batch of payments, as it was approved.

Built by the desk, which knows the database; read by every form of this room, which knows neither database nor clock.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core import accounts
from core.model import Refusal


@dataclass(frozen=True)
class Payment:
    """What one payee gets in one batch. id: of the payment, the same in every file and outside: its idempotency key.

    name: of who is paid. amount: in whole cents, above zero. address: lines of a postal address. lines: ids of the
    earning lines it pays. memo: what it is for, in a few words. more: further details that the program asks for, by
    field. Bank details stand here in plain text, for the file.
    """

    id: str
    partner: str
    name: str
    amount: Decimal
    currency: str
    lines: tuple[str, ...]
    memo: str
    email: str | None = None
    country: str | None = None
    address: tuple[str, ...] = ()
    iban: str | None = None
    bic: str | None = None
    account: str | None = None
    routing: str | None = None
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Debtor:
    """The account that pays: the setting `payer_account` of the program."""

    name: str
    iban: str
    bic: str | None = None

    @classmethod
    def of(cls, setting: str, value: Mapping[str, object] | None) -> "Debtor | None":
        """The account that a setting of some name has as its value; None where it is empty. Raises Refusal, with the
        setting, where it is none."""
        if not value:
            return None
        advice = f"A manager of the program corrects the setting {setting} on the Terms page."
        is_text = all(isinstance(one, str) and one.strip() for one in value.values())
        if not {"name", "iban"} <= set(value) <= {"name", "iban", "bic"} or not is_text:
            raise Refusal(f"The setting {setting} takes name, iban and bic of the account that pays, for instance "
                          f'{{"name": "Celigo", "iban": "..."}}. {advice}')
        accounts.iban(value["iban"], advice)
        if "bic" in value:
            accounts.refuse_other_country(accounts.iban(value["iban"]), accounts.bic(value["bic"], advice), advice)
        return cls(**value)


@dataclass(frozen=True)
class Batch:
    """Payments of one program, method and currency, sorted by id.

    approved_at: naive UTC instant of the approval it is exported under. given_out_on: the day, local to the program, on
    which it was first given out. Files carry these as their own dates, so that the same batch gives the same bytes
    whenever it is asked for. debtor: None where the setting is empty, or the form names none.
    """

    id: str
    program: str
    program_name: str
    method: str
    currency: str
    cut_off_on: dt.date
    approved_at: dt.datetime
    given_out_on: dt.date
    payments: tuple[Payment, ...]
    debtor: Debtor | None = None

    @property
    def total(self) -> Decimal:
        """What all payments come to."""
        return sum((one.amount for one in self.payments), Decimal(0))


@dataclass(frozen=True)
class Form:
    """One kind of file that a batch can be given out as.

    methods: the methods of payment it fits; empty: any. is_from_account: it names the account that pays.
    warning: what to know before it is opened, in one sentence.
    write: the file's bytes; raises Refusal where a batch cannot be put into this form, and says who can mend that.
    """

    name: str
    label: str
    ending: str
    mime: str
    methods: tuple[str, ...]
    write: Callable[[Batch], bytes]
    is_from_account: bool = False
    warning: str | None = None

    def fits(self, method: str) -> bool:
        """Whether the form is one for a method of payment."""
        return not self.methods or method in self.methods

    def file_name(self, program: str, method: str, cut_off_on: dt.date, batch: str) -> str:
        """Such as raf-gift_card-2026-06-30-batches-1f2e.csv."""
        return f"{program}-{method}-{cut_off_on}-{batch}.{self.ending}"
