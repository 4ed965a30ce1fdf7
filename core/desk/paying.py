"""What an export is made from: a batch as it was approved, with how each payee is paid.

Called by `giving_out` when a file is given out. Reads only; bank details leave the database here and in no other place.
"""

import datetime as dt

from core import exports, ledger, payees
from core.results import local_day, terms_at
from core.terms import catalogue

PAYER = "payer_account"
"""The setting of each program that names the account that pays."""
DETAILS = ("name", "email", "country", "address", "iban", "bic", "account", "routing", "more")


def batch(con: ledger.Con, row: dict, is_from_account: bool, now: dt.datetime) -> exports.Batch:
    """The batch of a row of `batch_states`, paid as its payees' details and the paying account were when it was
    approved; payments of nothing are left out. is_from_account: the paying account is needed. now: UTC, when it is
    given out, unless it was before."""
    program = catalogue().programs[row["program"]]
    approved_at = row["second_approved_at"] or row["approved_at"]
    found = [one for one in ledger.payments(con, row["id"]).to_dicts() if one["amount"]]
    told = payees.payable(con, [one["partner"] for one in found], approved_at)
    payments = []
    for one in found:
        details = {name: told[one["partner"]][name] for name in DETAILS}
        payments.append(exports.Payment(
            id=one["payment"], partner=one["partner"], amount=one["amount"], currency=row["currency"],
            lines=tuple(one["lines"]), memo=f"{program.short_name} {row['cut_off_on']}", **details,
        ))
    terms = terms_at(con, program.id, approved_at)
    debtor = exports.Debtor.of(f"{program.id}.{PAYER}", terms[PAYER]) if is_from_account else None
    return exports.Batch(row["id"], program.id, program.name, row["method"], row["currency"], row["cut_off_on"],
                         approved_at, local_day(row["exported_at"] or now, terms["timezone"]), tuple(payments),
                         debtor)
