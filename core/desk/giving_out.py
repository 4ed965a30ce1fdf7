"""An approved batch given out as a file of payments; from the first one on it is locked."""

import datetime as dt
import hashlib

import duckdb

from core import exports, ledger
from core.desk import paying
from core.desk.batches import batch_of, is_above, refuse_belonging, refuse_unpayable, refuse_void_approval, why_above
from core.desk.settling import settle_nothing
from core.desk.step import Done, Signed, Step, perform
from core.model import Refusal
from core.people import Guarded


def export_batch(con: duckdb.DuckDBPyConnection, signed: Signed, batch: str, form: str) -> tuple[Done, bytes]:
    """Give an approved batch out as a file of one of `exports.FORMS`; from the first time on it is locked. The same
    batch and form give the same bytes, whose digest stands in the journal. The file itself is not stored: where a
    payee's record was erased since, it cannot be made again, which is refused. A payment of nothing stands in no file:
    it counts as paid then."""
    row = ledger.batch(con, batch)
    made: list[bytes] = []

    def write(step: Step) -> None:
        found = batch_of(step.con, batch, ("approved", "exported", "settled"))
        refuse_belonging(step, batch)
        if found["state"] == "approved":
            if found["second_approved_by"] is None and is_above(step.con, found, step.at_instant):
                raise Guarded(f"{batch} {why_above(found)}: a second one approves it first.")
            refuse_void_approval(step, found)
            refuse_unpayable(step, found)
        content = _file(step.con, found, form, step.at_instant)
        digest = hashlib.sha256(content).hexdigest()
        earlier = step.read("export_of_form.sql", batch=batch, form=form)
        if earlier and earlier[0]["digest"] != digest:
            raise Guarded(_another_file(batch))
        step.put("batch_steps", {"batch": batch, "step": "exported", "person": step.person.id, "form": form,
                                 "digest": digest})
        if found["state"] == "approved":
            settle_nothing(step, found)
        step.after |= {"batch": batch, "form": form, "sha256": digest, "bytes": len(content)}
        made.append(content)

    done = perform(con, signed, "export_batch", {"batch": batch, "form": form}, write, program=row and row["program"])
    content = made[0] if made else _file(con, ledger.batch(con, batch), form, signed.now)
    if hashlib.sha256(content).hexdigest() != done.after["sha256"]:
        raise Refusal(_another_file(batch))
    return done, content


def _another_file(batch: str) -> str:
    return (f"The record of a payee of {batch}, or how such a file is written, is no longer what it was when the file "
            "was given out, so it would be another one. The file is not stored here: take the one that finance kept.")


def _file(con: ledger.Con, row: dict, form: str, now: dt.datetime) -> bytes:
    """The bytes of a batch that is given out now (UTC), unless it was before. Raises Refusal where there is no such
    form, or it does not fit the batch."""
    chosen = exports.FORMS.get(form)
    if chosen is None or not chosen.fits(row["method"]):
        fitting = [name for name, one in exports.FORMS.items() if one.fits(row["method"])]
        raise Refusal(f"A batch paid by {row['method']} is not given out as {form}; take {', '.join(fitting)}.")
    return chosen.write(paying.batch(con, row, chosen.is_from_account, now))
