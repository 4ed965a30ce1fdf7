"""Erasing a contact: what names or describes the person goes, what counts stays.

In the place of the person's keys stand keyed digests, the same everywhere, so that limits such as one bonus a person
still hold, and a later submission of the same person is recognised. The journal holds no personal data and still
verifies. What was freed in the file is gone once it is rewritten (`keeping.rewrite`).
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import polars as pl

from core import store
from core.desk import journal
from core.desk.step import SQL, Done, Signed, Step, leads_of_partner, perform
from core.facts import columns
from core.model import Refusal
from core.results import local_day, terms_at

ERASED = "(erased)"
"""What stands for a text that was there: that it was there still counts."""

DIGESTED = "e:"
"""What keys of erased persons begin with."""

RETENTION = "payee_retention_days"
"""The setting that says how long payee data of paid lines stays."""

NOTES = ("verdicts", "comments", "snoozes", "action_requests", "action_answers", "conflict_cases",
         "conflict_settlements", "disputes", "dispute_resolutions", "finding_resolutions", "earning_lines")
"""Tables with a lead and a note that people wrote about it."""

STATEMENTS = {"verdict_evidence": "erase_evidence.sql",
              **dict.fromkeys((*NOTES, "match_answers", "voids"), "erase_notes.sql")}
"""What empties the rows of a table that has no statement of its own name."""


COUNTED = ("import_refusals",)
"""Tables no row of which an entry ever names by itself: they go with their import as a whole, also once erased."""

SHOWN = 200
"""Letters of a refused row by which one knows whom one erases."""


@dataclass(frozen=True)
class Goes:
    """What an erasure empties, and what stays.

    rows: ids by table. keys: every key that the person is known by. kept: partners of the same address whose payee data
    stays, each with the reason (`partner`, `because`, `until`).
    """

    rows: dict[str, list[str]]
    keys: list[str]
    kept: list[dict]


def what_goes(con: duckdb.DuckDBPyConnection | store.Within, contact: str, at_instant: dt.datetime) -> Goes:
    """What erasing a contact, or one refused row of a file, would empty at an instant (UTC), and what would stay.
    Changes nothing.

    Raises Refusal where there is no such contact or row, or where it is erased already.
    """
    if refused := _ids(con, "refusal.sql", id=contact):
        return Goes({"import_refusals": refused}, [], [])
    contacts, keys = _person(con, contact)
    leads = _ids(con, "leads_of_contacts.sql", contacts=contacts)
    partners = set(_ids(con, "partners_of_keys.sql", keys=keys))
    payees = store.read(con, SQL / "payees_of_keys.sql", keys=keys).to_dicts()
    kept = _kept(con, sorted(partners | {row["partner"] for row in payees}), at_instant)
    stay = {row["partner"] for row in kept}
    partners = sorted(partners - stay)
    matches = _ids(con, "matches_of_keys.sql", keys=keys)
    rows = {
        "contacts": contacts, "leads": leads, "near_matches": matches, "partners": partners,
        "payee_details": sorted({*_ids(con, "details_of_partners.sql", partners=partners),
                                 *(row["id"] for row in payees if row["partner"] not in stay)}),
        "events": sorted({*_ids(con, "events_of_person.sql", contacts=contacts, leads=leads, keys=keys),
                          *_ids(con, "events_of_partners.sql", partners=partners)}),
        **{table: _noted(con, table, leads) for table in NOTES},
        "match_answers": _ids(con, "noted_answers.sql", matches=matches),
        "voids": _ids(con, "noted_voids.sql", leads=leads),
        "verdict_evidence": _ids(con, "linked_evidence.sql", leads=leads),
        "import_refusals": _refused(con, contacts, keys),
    }
    return Goes({table: ids for table, ids in rows.items() if ids}, keys, kept)


def erase(con: duckdb.DuckDBPyConnection, signed: Signed, contact: str) -> Done:
    """Erase the personal data of a contact and of every record of the same person, by address or by answer; or of one
    refused row of a file, by its id.

    after: how many rows per table were emptied, and `kept`: partners of the same address whose payee data stays, each
    with the reason (`partner`, `because`, `until`). Files outside (backups, reports of refused rows) are not touched.
    """
    def write(step: Step) -> None:
        goes = what_goes(step.con, contact, step.at_instant)
        digests = {key: digest(step.book, key) for key in goes.keys if not key.startswith(DIGESTED)}
        known = journal.named(step.con)
        for table, ids in goes.rows.items():
            _rewritten(step, known, table, ids, STATEMENTS.get(table, f"erase_{table}.sql"), word=ERASED,
                       keys=list(digests), digests=list(digests.values()))
        contacts = goes.rows.get("contacts", [])
        step.cursor.execute(store.statement(SQL / "erase_blocks.sql"), {"contacts": contacts}).fetchall()
        for key in digests.values():
            if not step.read("erasure.sql", id=key):
                step.put("erasures", {"id": key, "erased_by": step.person.id})
        step.touched |= set(goes.rows.get("leads", ()))
        step.bears_on |= {lead for one in goes.rows.get("partners", ()) for lead in leads_of_partner(step, one)}
        step.after |= {"kept": goes.kept}

    return perform(con, signed, "erase", {"contact": contact}, write)


def candidates(con: duckdb.DuckDBPyConnection, search: str, size: int) -> list[dict]:
    """Contacts that a person may have asked to erase: by id, by a part of name, address or company; and after them
    refused rows of files that hold what is searched for, their place in the file as full_name, their cells as company.

    id, full_name, email, company; nothing of what they did. Up to `size`, those that match best first.
    """
    found = store.read(con, SQL / "erase_candidates.sql", search=search.strip(), word=ERASED, size=size).to_dicts()
    return [row | ({"company": _told(cells)} if (cells := row.pop("cells")) else {}) for row in found]


def _told(cells: str) -> str:
    """The filled cells of a refused row, as far as one line shows them."""
    return " · ".join(filter(None, json.loads(cells).values()))[:SHOWN]


def _ids(con: duckdb.DuckDBPyConnection | store.Within, statement: str, **values: object) -> list[str]:
    return store.read(con, SQL / statement, **values)["id"].to_list()


def _person(con: duckdb.DuckDBPyConnection | store.Within, contact: str) -> tuple[list[str], list[str]]:
    """Every record of the person behind a contact, and every key they are known by."""
    same = [{row["left_key"], row["right_key"]} for row in store.read(con, SQL / "same_persons.sql").to_dicts()]
    found: list[dict] = []
    keys: set[str] = set()
    while True:
        records = store.read(con, SQL / "persons_records.sql", contact=contact, keys=sorted(keys),
                             word=ERASED).to_dicts()
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


def _kept(con: duckdb.DuckDBPyConnection | store.Within, partners: list[str], at_instant: dt.datetime) -> list[dict]:
    """Of partners who are the person, those whose payee data stays: partner, because, until (a local day, or None)."""
    kept: dict[str, dict] = {}
    for row in store.read(con, SQL / "payee_lines.sql", partners=partners).to_dicts():
        terms = terms_at(con, row["program"], at_instant)
        days = terms[RETENTION]
        if row["state"] == "open":
            because, until = "A lead of theirs is not decided, or is not paid yet.", None
        elif days is None:
            because, until = f"They were paid, and the setting {RETENTION} is not set.", None
        else:
            until = local_day(row["paid_at"], terms["timezone"]) + dt.timedelta(days)
            if until < local_day(at_instant, terms["timezone"]):
                continue
            because = f"They were paid, and the setting {RETENTION} keeps that for {days} days."
        before = kept.get(row["partner"])
        if before is None or (before["until"] is not None and (until is None or until > before["until"])):
            kept[row["partner"]] = {"partner": row["partner"], "because": because, "until": until}
    return list(kept.values())


def digest(keeper: journal.Book, key: str) -> str:
    """What stands for a key of an erased person."""
    return DIGESTED + keeper.digest(f"person {key}")[:40]


def _refused(con: duckdb.DuckDBPyConnection | store.Within, contacts: list[str], keys: list[str]) -> list[str]:
    """Refused rows of files that hold an address of a person, however it is spelled, or all words of their name: rather
    one too many, since whoever sent the file has it still."""
    told = columns.with_keys(store.read(con, SQL / "refused_addresses.sql"), email="address")
    return sorted({*told.filter(pl.col("address_key").is_in(keys))["id"],
                   *_ids(con, "refusals_of_names.sql", contacts=contacts, word=ERASED)})


def _noted(con: duckdb.DuckDBPyConnection | store.Within, table: str, leads: list[str]) -> list[str]:
    text = store.statement(SQL / "noted_rows.sql").replace("stored_rows", table)
    with con.cursor() as cursor:
        return [name for (name,) in cursor.execute(text, {"leads": leads}).fetchall()]


def _rewritten(step: Step, known: dict[str, set[str]], table: str, ids: Iterable[str], statement: str,
               **values: object) -> None:
    """Update rows, and let this entry answer for them one by one from now on; of COUNTED for the sum over them."""
    ids = sorted(ids)
    if not ids:
        return
    in_bulk = set(ids) - known.get(table, set())
    before = journal.totals(step.cursor, step.book, table, only=in_bulk)
    text = store.statement(SQL / statement).replace("stored_rows", table)
    asked = {name: value for name, value in values.items() if f"${name}" in text}
    step.cursor.execute(text, asked | {"ids": ids}).fetchall()
    if table in COUNTED:
        step.note(table, journal.difference(journal.totals(step.cursor, step.book, table, only=ids), before))
    else:
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
