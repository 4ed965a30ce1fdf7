"""Erasing a contact: what names or describes the person goes, what counts stays.

In the place of the person's keys stand keyed digests, the same everywhere, so that limits such as one bonus a person
still hold, and a later submission of the same person is recognised. The journal holds no personal data and still
verifies. What was freed in the file is gone once it is rewritten (`keeping.rewrite`).
"""

import datetime as dt
from collections.abc import Iterable

import duckdb

from core import store
from core.desk import journal
from core.desk.step import SQL, Done, Signed, Step, leads_of_partner, perform
from core.model import Refusal
from core.results import local_day, terms_at

ERASED = "(erased)"
"""What stands for a text that was there: that it was there still counts."""

DIGESTED = "e:"
"""What keys of erased persons begin with."""

RETENTION = "payee_retention_days"
"""The setting that says how long payee data of paid lines stays."""

NOTES = ("verdicts", "comments", "snoozes", "action_requests", "action_answers", "conflict_cases",
         "conflict_settlements", "disputes", "dispute_resolutions", "earning_lines")
"""Tables with a lead and a note that people wrote about it."""


def erase(con: duckdb.DuckDBPyConnection, signed: Signed, contact: str) -> Done:
    """Erase the personal data of a contact and of every record of the same person, by address or by answer.

    after: how many rows per table were emptied, and `kept`: partners of the same address whose payee data stays, each
    with the reason (`partner`, `because`, `until`). Files outside (backups, reports of refused rows) are not touched.
    """
    def write(step: Step) -> None:
        contacts, keys = _person(step, contact)
        leads = [row["id"] for row in step.read("leads_of_contacts.sql", contacts=contacts)]
        events = {row["id"] for row in step.read("events_of_person.sql", contacts=contacts, leads=leads, keys=keys)}
        partners = {row["id"] for row in step.read("partners_of_keys.sql", keys=keys)}
        payees = step.read("payees_of_keys.sql", keys=keys)
        kept = _kept(step, sorted(partners | {row["partner"] for row in payees}))
        stay = {row["partner"] for row in kept}
        partners = sorted(partners - stay)
        details = {row["id"] for row in step.read("details_of_partners.sql", partners=partners)}
        details |= {row["id"] for row in payees if row["partner"] not in stay}
        events |= {row["id"] for row in step.read("events_of_partners.sql", partners=partners)}
        matches = [row["id"] for row in step.read("matches_of_keys.sql", keys=keys)]
        digests = {key: digest(step.book, key) for key in keys if not key.startswith(DIGESTED)}
        known = journal.named(step.con)
        for table, ids in (("contacts", contacts), ("leads", leads), ("events", events), ("near_matches", matches),
                           ("partners", partners), ("payee_details", details)):
            _rewritten(step, known, table, ids, f"erase_{table}.sql", word=ERASED, keys=list(digests),
                       digests=list(digests.values()))
        step.cursor.execute(store.statement(SQL / "erase_blocks.sql"), {"contacts": contacts}).fetchall()
        for table in NOTES:
            _rewritten(step, known, table, _noted(step, table, leads), "erase_notes.sql", word=ERASED)
        for table, rows in (("match_answers", step.read("noted_answers.sql", matches=matches)),
                            ("voids", step.read("noted_voids.sql", leads=leads))):
            _rewritten(step, known, table, [row["id"] for row in rows], "erase_notes.sql", word=ERASED)
        links = [row["id"] for row in step.read("linked_evidence.sql", leads=leads)]
        _rewritten(step, known, "verdict_evidence", links, "erase_evidence.sql", word=ERASED)
        for key in digests.values():
            if not step.read("erasure.sql", id=key):
                step.put("erasures", {"id": key, "erased_by": step.person.id})
        step.touched |= set(leads)
        step.bears_on |= {lead for one in partners for lead in leads_of_partner(step, one)}
        step.after |= {"kept": kept}

    return perform(con, signed, "erase", {"contact": contact}, write)


def _person(step: Step, contact: str) -> tuple[list[str], list[str]]:
    """Every record of the person behind a contact, and every key they are known by."""
    same = [{row["left_key"], row["right_key"]} for row in step.read("same_persons.sql")]
    found: list[dict] = []
    keys: set[str] = set()
    while True:
        records = step.read("persons_records.sql", contact=contact, keys=sorted(keys), word=ERASED)
        keys |= {row[name] for row in records for name in ("person_key", "address_key") if row[name]}
        keys |= {key for pair in same if keys & pair for key in pair}
        if len(records) == len(found):
            break
        found = records
    if not found:
        raise Refusal(f"There is no contact {contact}.")
    if all(key.startswith(DIGESTED) for key in keys) and not any(row["is_named"] for row in found):
        raise Refusal(f"The personal data of {contact} is erased already.")
    return [row["id"] for row in found], sorted(keys)


def _kept(step: Step, partners: list[str]) -> list[dict]:
    """Of partners who are the person, those whose payee data stays: partner, because, until (a local day, or None)."""
    kept: dict[str, dict] = {}
    for row in step.read("payee_lines.sql", partners=partners):
        terms = terms_at(step.con, row["program"], step.at_instant)
        days = terms[RETENTION]
        if row["state"] == "open":
            because, until = "A lead of theirs is not decided, or is not paid yet.", None
        elif days is None:
            because, until = f"They were paid, and the setting {RETENTION} is not set.", None
        else:
            until = local_day(row["paid_at"], terms["timezone"]) + dt.timedelta(days)
            if until < local_day(step.at_instant, terms["timezone"]):
                continue
            because = f"They were paid, and the setting {RETENTION} keeps that for {days} days."
        before = kept.get(row["partner"])
        if before is None or (before["until"] is not None and (until is None or until > before["until"])):
            kept[row["partner"]] = {"partner": row["partner"], "because": because, "until": until}
    return list(kept.values())


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
