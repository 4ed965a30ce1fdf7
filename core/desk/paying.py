"""What an export is made from: a batch as it was approved, with how each payee is paid.

Called by `batches` when a file is given out. Reads only; bank details leave the database here and in no other place.
"""

from core import exports, ledger, store
from core.desk.journal import SQL
from core.terms import catalogue


def batch(con: ledger.Con, row: dict) -> exports.Batch:
    """The batch of a row of `batch_states`."""
    program = catalogue().programs[row["program"]]
    found = ledger.payments(con, row["id"]).to_dicts()
    payees = {one["partner"]: one for one in store.read(
        con, SQL / "payees_to_pay.sql", partners=[payment["partner"] for payment in found]).to_dicts()}
    payments = tuple(
        exports.Payment(
            id=one["payment"], partner=one["partner"], name=payees[one["partner"]]["name"], amount=one["amount"],
            currency=row["currency"], lines=tuple(one["lines"]), memo=f"{program.short_name} {row['cut_off_on']}",
            email=payees[one["partner"]]["email"], country=payees[one["partner"]]["country"],
            address=tuple((payees[one["partner"]]["check_address"] or "").splitlines()),
        )
        for one in found
    )
    return exports.Batch(row["id"], program.id, program.name, row["method"], row["currency"], row["cut_off_on"],
                         row["second_approved_at"] or row["approved_at"], payments)
