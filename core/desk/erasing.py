"""Erasing a contact: what names or describes the person goes, what counts stays.

In the place of the person's keys stand keyed digests, the same everywhere, so that limits such as one bonus a person
still hold, and a later submission of the same person is recognised. The journal holds no personal data and still
verifies. What was freed in the file is gone once it is rewritten (`keeping.rewrite`).
"""

from collections.abc import Iterable

import duckdb

from core import store
from core.desk import journal
from core.desk.step import SQL, Done, Signed, Step, perform
from core.model import Refusal

ERASED = "(erased)"
"""What stands for a text that was there: that it was there still counts."""

DIGESTED = "e:"
"""What keys of erased persons begin with."""

NOTES = ("verdicts", "comments", "snoozes", "action_requests", "action_answers", "conflict_cases",
         "conflict_settlements", "disputes", "dispute_resolutions")
"""Tables with a lead and a note that people wrote about it."""


def erase(con: duckdb.DuckDBPyConnection, signed: Signed, contact: str) -> Done:
    """Erase the personal data of a contact and of every record of the same person.

    after: how many rows per table were emptied, and `kept`: partners of the same address. Their payee data stays for
    what was paid to them, as no retention is set. Files outside (backups, reports of refused rows) are not touched.
    """
    def write(step: Step) -> None:
        found = step.read("persons_records.sql", contact=contact)
        if not found:
            raise Refusal(f"There is no contact {contact}.")
        contacts = [row["id"] for row in found]
        keys = {row[name] for row in found for name in ("person_key", "address_key") if row[name]}
        if any(key.startswith(DIGESTED) for key in keys):
            raise Refusal(f"The personal data of {contact} is erased already.")
        leads = [row["id"] for row in step.read("leads_of_contacts.sql", contacts=contacts)]
        events = [row["id"] for row in step.read("events_of_person.sql", contacts=contacts, leads=leads,
                                                 keys=sorted(keys))]
        digests = {key: digest(step.book, key) for key in sorted(keys)}
        known = journal.named(step.con)
        for table, ids in (("contacts", contacts), ("leads", leads), ("events", events)):
            _rewritten(step, known, table, ids, f"erase_{table}.sql", word=ERASED, keys=list(digests),
                       digests=list(digests.values()))
        step.cursor.execute(store.statement(SQL / "erase_blocks.sql"), {"contacts": contacts}).fetchall()
        for table in NOTES:
            _rewritten(step, known, table, _noted(step, table, leads), "erase_notes.sql", word=ERASED)
        for key in digests.values():
            if not step.read("erasure.sql", id=key):
                step.put("erasures", {"id": key, "erased_by": step.person.id})
        step.touched |= set(leads)
        step.after |= {"kept": [row["id"] for row in step.read("partners_of_keys.sql", keys=sorted(keys))]}

    return perform(con, signed, "erase", {"contact": contact}, write)


def digest(keeper: journal.Book, key: str) -> str:
    """What stands for a key of an erased person."""
    return DIGESTED + keeper.digest(f"person {key}")[:40]


def _noted(step: Step, table: str, leads: list[str]) -> list[str]:
    text = store.statement(SQL / "noted_rows.sql").replace("stored_rows", table)
    return [name for (name,) in step.cursor.execute(text, {"leads": leads}).fetchall()]


def _rewritten(step: Step, known: dict[str, set[str]], table: str, ids: Iterable[str], statement: str,
               **values: object) -> None:
    """Update rows, and let this entry answer for them one by one from now on."""
    ids = sorted(ids)
    if not ids:
        return
    in_bulk = set(ids) - known.get(table, set())
    before = journal.totals(step.cursor, step.book, table, only=in_bulk)
    text = store.statement(SQL / statement).replace("stored_rows", table)
    asked = {name: value for name, value in values.items() if f"${name}" in text}
    step.cursor.execute(text, asked | {"ids": ids}).fetchall()
    step.rows += [(table, name) for name in ids]
    if before[0]:
        step.totals[table] = journal.difference([0, "0"], before)
    step.is_evaluated |= table in ("contacts", "leads", "events", "verdicts")
    step.after |= {table: len(ids)}


def recognise(step: Step) -> None:
    """Give rows that just came in the digests of persons who were erased before; nothing where nobody was."""
    erased = {row["id"] for row in step.read("erasures.sql")}
    plain = [row["key"] for row in step.read("plain_keys.sql")] if erased else []
    digests = {key: found for key in plain if (found := digest(step.book, key)) in erased}
    for statement in ("recognise_contacts.sql", "recognise_leads.sql", "recognise_events.sql") if digests else ():
        step.cursor.execute(store.statement(SQL / statement),
                            {"keys": list(digests), "digests": list(digests.values())}).fetchall()
