"""Erasing a contact: what names or describes the person goes, what counts stays.

In the place of the person's keys stand keyed digests, the same everywhere, so that limits such as one bonus a person
still hold, and a later submission of the same person is recognised. The journal holds no personal data and still
verifies. What was freed in the file is gone once it is rewritten (`keeping.rewrite`).

What belongs to the person's own leads goes as a whole. Any other text goes where it holds an address of the person or
all words of their name: rather one too many.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

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

NOTED = {"conflict_cases": "noted_cases.sql", "conflict_settlements": "noted_settlements.sql"}
"""What finds the rows of a table that bear on two leads."""

STATEMENTS = {"verdict_evidence": "erase_evidence.sql",
              **dict.fromkeys((*NOTES, "match_answers", "voids"), "erase_notes.sql")}
"""What empties the rows of a table that has no statement of its own name."""

TEXTS: dict[str, dict[str, str | None]] = {
    **{table: {"note": ERASED} for table in (*NOTES, "match_answers", "voids")},
    "verdict_evidence": {"link": ERASED},
    "events": {**dict.fromkeys(("contact", "channel", "kind", "reason", "what", "rep", "stage"), ERASED),
               "other_details": None},
    "leads": dict.fromkeys(("channel", "deal_stage_at_submission", "other_details")),
    "contacts": {"company": ERASED, "role": ERASED, "other_details": None},
    "organizations": {"other_details": None},
    "payment_results": {"reason": ERASED, "reference": ERASED}, "payment_returns": {"reason": ERASED},
    "payment_arrivals": {"reason": ERASED, "reference": ERASED},
    "saved_views": {"name": ERASED}, "settings": {"source": ERASED},
    "imports": {"file_name": ERASED, "mapping": "{}", "report": None}, "import_answers": {"answers": "{}"},
}
"""By table the texts that people and files wrote beside the records of a person, and what stands for each."""

STAYS = {
    "organizations": (("name", "street"), "An organization is no person, though it bears the name; mend its record."),
    "contacts": (("full_name",), "A contact of the same name and another address may be another person."),
    "partners": (("name", "first_name", "last_name", "email", "check_address", "wire_details", "other_details"),
                 "It says how another partner is paid; mend what is recorded of them."),
    "payee_details": (("first_name", "last_name", "business_email", "street", "street_more", "other_details"),
                      "It says how another partner is paid; record new details of them."),
    "people": (("name", "email"), "Who may act here signs what they did."),
    "leads": (("id",), "An id is never changed; the address in it came with a file."),
    "events": (("id",), "An id is never changed; the address in it came with a file."),
}
"""By table what is looked at, and why it stays where it names the person and is not theirs."""

IDS = {"settings": "concat_ws(' ', name, effective_on, recorded_at)", "import_answers": "import"}
"""By what the rows of a table without ids are known."""

COUNTED = ("import_refusals", "imports", *IDS)
"""Tables no row of which an entry ever names by itself: what it does to them it answers for by a sum."""

SHOWN = 200
"""Letters of a refused row by which one knows whom one erases."""


@dataclass(frozen=True)
class Goes:
    """What an erasure empties, and what stays.

    rows: ids by table of what is the person's. keys: every key that the person is known by. kept: what stays, each
    with the reason: partners of the same address whose payee data stays (`partner`, `because`, `until`), and what else
    names the person (`what`, `because`). texts: by table and column, ids of what names the person wherever it stands.
    transactions: under which the deals among `rows` and `texts` are recorded.
    """

    rows: dict[str, list[str]]
    keys: list[str]
    kept: list[dict]
    texts: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    transactions: list[str] = field(default_factory=list)

    def ids(self) -> dict[str, list[str]]:
        """Ids by table of every row that is emptied."""
        return {table: sorted(set(self.rows.get(table, ())).union(*self.texts.get(table, {}).values()))
                for table in dict.fromkeys((*self.rows, *self.texts))}


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
        "import_refusals": _naming(con, "import_refusals", "cells", contacts, keys),
    }
    texts = {table: {column: ids for column in columns if (ids := _naming(con, table, column, contacts, keys))}
             for table, columns in TEXTS.items()}
    told_of = [*partners, *stay]  # what is kept of these is told apart
    theirs = rows | {"partners": told_of, "payee_details": [
        *_ids(con, "details_of_partners.sql", partners=told_of), *(row["id"] for row in payees)]}
    of_contacts = set(_ids(con, "events_of_person.sql", contacts=contacts, leads=[], keys=[]))
    if told := [one for one in texts["events"].pop("contact", ()) if one not in of_contacts]:  # no id, but a name
        texts["events"]["contact"] = told
    naming = _naming(con, "events", "transaction", contacts, keys)
    if of_deals := _ids(con, "events_of_deals.sql", events=[*rows["events"], *naming]):
        texts["events"]["transaction"] = of_deals
    transactions = store.read(con, SQL / "transactions.sql", events=of_deals)
    transactions = transactions["transaction"].to_list()
    return Goes({table: ids for table, ids in rows.items() if ids}, keys,
                [*kept, *_elsewhere(con, contacts, keys, theirs), *_entries(con, transactions)],
                {table: found for table, found in texts.items() if found}, transactions)


def erase(con: duckdb.DuckDBPyConnection, signed: Signed, contact: str) -> Done:
    """Erase the personal data of a contact and of every record of the same person, by address or by answer; or of one
    refused row of a file, by its id.

    after: how many rows per table were emptied, and `kept`, as of Goes. Files outside (backups, reports of refused
    rows) are not touched.
    """
    def write(step: Step) -> None:
        goes = what_goes(step.con, contact, step.at_instant)
        digests = {key: digest(step.book, key) for key in goes.keys if not key.startswith(DIGESTED)}
        known = journal.named(step.con)
        values = {"word": ERASED, "keys": list(digests), "digests": list(digests.values())}
        named = {"texts": goes.transactions, "digests": [of_transaction(step.book, one) for one in goes.transactions]}
        for table, ids in goes.ids().items():
            statements = []
            if own := goes.rows.get(table):
                statement = STATEMENTS.get(table, f"erase_{table}.sql")
                statements.append((_of_table(statement, table), values | {"ids": own}))
            for column, some in goes.texts.get(table, {}).items():
                if column in TEXTS[table]:
                    statements.append((_of_table("erase_text.sql", table, column),
                                       {"word": TEXTS[table][column], "ids": some}))
            if table == "events" and goes.transactions:
                statements += [(_of_table(one, table), named | {"ids": ids})
                               for one in ("erase_places.sql", "erase_transactions.sql")]
            _rewritten(step, known, table, ids, statements)
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


def of_transaction(keeper: journal.Book, transaction: str) -> str:
    """What stands for the text of a transaction, wherever it stood; of a digest itself."""
    if transaction.startswith(DIGESTED):
        return transaction
    return DIGESTED + keeper.digest(f"transaction {transaction}")[:40]


def _naming(con: duckdb.DuckDBPyConnection | store.Within, table: str, column: str, contacts: list[str],
            keys: list[str]) -> list[str]:
    """Ids of rows whose text holds an address of a person, however it is spelled, or all words of their name."""
    with con.cursor() as cursor:
        found = [cursor.sql(_of_table(f"texts_with_{what}.sql", table, column), params=params).pl()
                 for what, params in (("addresses", {}), ("names", {"contacts": contacts, "word": ERASED}))]
    told = columns.with_keys(found[0], email="address")
    return sorted({*told.filter(pl.col("address_key").is_in(keys))["id"], *found[1]["id"]})


def _elsewhere(con: duckdb.DuckDBPyConnection | store.Within, contacts: list[str], keys: list[str],
               theirs: dict[str, list[str]]) -> list[dict]:
    """What names the person, is not theirs and stays: what, because."""
    kept = []
    for table, (names, because) in STAYS.items():
        own = set(theirs.get(table, ())) if names != ("id",) else set()
        found = {one for name in names for one in _naming(con, table, name, contacts, keys)} - own
        if found:
            kept.append({"what": f"{len(found)} of {table.replace('_', ' ')}", "because": because})
    return kept


def _entries(con: duckdb.DuckDBPyConnection | store.Within, transactions: list[str]) -> list[dict]:
    """Entries of the journal that hold a transaction in clear: what, because."""
    found = store.read(con, SQL / "entries_of_transactions.sql", texts=transactions)["number"].to_list()
    return [{"what": f"Entry {number} of the journal", "because": "An earlier version wrote its transaction into it, "
             "and an entry is never changed."} for number in found]


def _noted(con: duckdb.DuckDBPyConnection | store.Within, table: str, leads: list[str]) -> list[str]:
    with con.cursor() as cursor:
        text = _of_table(NOTED.get(table, "noted_rows.sql"), table)
        return [name for (name,) in cursor.execute(text, {"leads": leads}).fetchall()]


def _of_table(statement: str, table: str, column: str = "") -> str:
    """A statement with the names of a table, of what its rows are known by, and of a text put in."""
    text = store.statement(SQL / statement).replace("stored_rows", table).replace("row_id", IDS.get(table, "id"))
    return text.replace("stored_text", column)


def _rewritten(step: Step, known: dict[str, set[str]], table: str, ids: Iterable[str],
               statements: Iterable[tuple[str, dict]]) -> None:
    """Update rows, and let this entry answer for them one by one from now on; of COUNTED for the sum over them."""
    ids = sorted(ids)
    if not ids:
        return
    among = None if table in IDS else set(ids) - known.get(table, set())
    before = journal.totals(step.cursor, step.book, table, only=among)
    for text, values in statements:
        step.cursor.execute(text, {name: value for name, value in values.items() if f"${name}" in text}).fetchall()
    if table in COUNTED:
        step.note(table, journal.difference(journal.totals(step.cursor, step.book, table, only=among), before))
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
    erased = {row["transaction"] for row in step.read("erased_transactions.sql")} if erased else set()
    plain = [row["transaction"] for row in step.read("plain_transactions.sql")] if erased else []
    digests = {one: found for one in plain if (found := of_transaction(step.book, one)) in erased}
    if digests:
        step.cursor.execute(store.statement(SQL / "recognise_transactions.sql"),
                            {"texts": list(digests), "digests": list(digests.values())}).fetchall()
