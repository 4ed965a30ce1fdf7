"""Evaluations as result documents, and facts documents evaluated side by side or loaded into a database.

Called by the command line. The format is that of `interfaces.md`'s result: everything complete, amounts as numbers.
"""

import datetime as dt
import json
import zoneinfo
from collections.abc import Iterable, Iterator
from decimal import Decimal

import duckdb
import polars as pl

from core import calendar, store
from core.evaluation import FOREVER, Evaluation, Moment, evaluate
from core.intake import document, rows
from core.model import LETTERS, VERDICTS, BadField, Refusal
from core.terms import Catalogue, Entry, Terms, as_json, catalogue, refuse_backdating

BATCH = 500
"""Documents evaluated side by side at once."""


def of_lines(lines: Iterable[str], catalogue: Catalogue) -> Iterator[dict]:
    """One result or error per non-empty line, in order. Documents share nothing; a bad line does not stop others."""
    batch: list[tuple[dict, document.Document | None]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        batch.append(_read(number, line, catalogue))
        if len(batch) == BATCH:
            yield from _evaluated(batch, catalogue)
            batch = []
    yield from _evaluated(batch, catalogue)


def _read(number: int, line: str, catalogue: Catalogue) -> tuple[dict, document.Document | None]:
    found: dict = {}
    try:
        found = document.parse_line(line)
        return found, document.read_document(found, catalogue)
    except BadField as bad:
        error = {"line": number, "field": bad.field, "message": bad.message}
        return {"id": found.get("id"), "error": error}, None


def _evaluated(batch: list[tuple[dict, document.Document | None]], catalogue: Catalogue) -> Iterator[dict]:
    documents = [one for _, one in batch if one is not None]
    results: dict[int, dict] = {}
    if documents:
        beside = [document.beside_others(one.rows, number) for number, one in enumerate(documents)]
        together = {table: [row for one in beside for row in one.get(table, [])] for table in rows.SCHEMAS}
        con = store.connect()
        with store.transaction(con) as cursor:
            rows.store_rows(cursor, rows.identify(rows.frames(together), side_by_side=True))
        moments = [Moment(one.as_of, one.settings, number) for number, one in enumerate(documents)]
        results = by_document(evaluate(con, catalogue, moments, explained=True), catalogue)
        con.close()
    number = 0
    for found, one in batch:
        if one is None:
            yield found
        else:
            yield {"id": one.id, **results.get(number, _empty())}
            number += 1


def _empty() -> dict:
    return {"leads": {}, "conflicts": [], "payouts": [], "clocks": [], "duties": [], "findings": {}}


def by_document(evaluation: Evaluation, catalogue: Catalogue) -> dict[int, dict]:
    """Results by document number; 0 where the leads carry none."""
    results: dict[int, dict] = {}

    def of(name: str) -> tuple[dict, str]:
        number, _, own = name.rpartition(rows.SEPARATOR)
        return results.setdefault(int(number or 0), _empty()), own

    verdicts = _verdicts(evaluation.leads, catalogue)
    for row in evaluation.leads.sort("lead").to_dicts():
        result, lead = of(row["lead"])
        result["leads"][lead] = {
            "disposition": row["disposition"], "reason": row["reason"], "also": row["also"],
            "pending_on": row["pending_on"], "flags": row["flags"], "owner": _own(row["owner"]),
            "owner_status": row["owner_status"], "owner_until": _day(row["owner_until"]),
            "last_owner": _own(row["last_owner"]), "criteria": verdicts[row["lead"]],
        }
    for row in evaluation.conflicts.sort("loser").to_dicts():
        result, loser = of(row["loser"])
        result["conflicts"].append({"winner": _own(row["winner"]), "loser": loser, "clause": row["clause"]})
    for row in evaluation.payouts.sort("lead", maintain_order=True).to_dicts():
        result, lead = of(row["lead"])
        result["payouts"].append(_payout(row, lead))
    for row in evaluation.clocks.sort("lead", "clock").to_dicts():
        result, lead = of(row["lead"])
        result["clocks"].append({"lead": lead, "clock": row["clock"], "due": _day(row["due_on"]),
                                 "state": row["state"]})
    for row in evaluation.duties.sort("lead", "duty").to_dicts():
        result, lead = of(row["lead"])
        result["duties"].append({"lead": lead, "duty": row["duty"], "state": row["state"]})
    for row in evaluation.findings.to_dicts():
        result, lead = of(row["lead"])
        result["findings"].setdefault(lead, {})[row["criterion"]] = {
            "clause": row["clause"], "verdict": VERDICTS[row["verdict"]], "because": _without_numbers(row["because"]),
            "evidence": [_own(one) for one in row["evidence"]], "changes_on": _day(row["changes_on"]),
        }
    return results


def _verdicts(leads: pl.DataFrame, catalogue: Catalogue) -> dict[str, dict[str, str]]:
    words = dict(zip(LETTERS, VERDICTS, strict=True))
    return {
        lead: dict(zip(catalogue.programs[program].criteria, (words[letter] for letter in letters), strict=True))
        for lead, program, letters in leads.select("lead", "program", "verdicts").rows()
    }


def _own(name: str | None) -> str | None:
    return None if name is None else name.rpartition(rows.SEPARATOR)[2]


def _without_numbers(text: str) -> str:
    """A sentence without the document numbers before the ids in it."""
    while rows.SEPARATOR in text:
        before, _, after = text.partition(rows.SEPARATOR)
        text = before.rstrip("0123456789") + after
    return text


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _payout(row: dict, lead: str) -> dict:
    return {
        "lead": lead, "payee": _own(row["payee"]),
        "amount": None if row["amount"] is None else float(row["amount"]),
        "currency": row["currency"], "method": row["method"], "due": _day(row["due_on"]), "status": row["status"],
        "blockers": row["blockers"], **({"overdue": True} if row["is_overdue"] else {}),
    }


def of_database(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, as_of: dt.datetime,
                known_at: dt.datetime = FOREVER) -> dict:
    """The result for everything in a database, as it was at `as_of` and as it was known at `known_at` (both UTC)."""
    moment = Moment(as_of, stored_settings(con, catalogue, known_at))
    evaluation = evaluate(con, catalogue, [moment], known_at=known_at, explained=True)
    return {"id": None, **by_document(evaluation, catalogue).get(0, _empty())}


def stored_settings(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, known_at: dt.datetime) -> list[Entry]:
    """The dated settings of a database that were recorded by then."""
    return entries_of(store.read(con, store.HERE / "sql" / "settings.sql", known_at=known_at), catalogue)


def entries_of(frame: pl.DataFrame, catalogue: Catalogue) -> list[Entry]:
    """The dated settings in rows of settings.sql."""
    return [
        Entry(row["name"], row["effective_on"], _setting_value(row, catalogue), row["source"], row["recorded_at"],
              row["recorded_by"])
        for row in frame.to_dicts()
    ]


def _setting_value(row: dict, catalogue: Catalogue) -> object:
    value = None if row["value"] is None else json.loads(row["value"], parse_float=Decimal)
    return catalogue.setting(row["name"]).read(value)  # bounds that came later close no database


def load(con: duckdb.DuckDBPyConnection, lines: Iterable[str], catalogue: Catalogue) -> int:
    """Write facts documents into a database, all or none; returns how many rows were new.

    Raises Refusal where a line cannot be read, or an id exists with other content. The same again changes nothing.
    """
    documents = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = document.parse_line(line)
            documents.append(document.read_document(found, catalogue, needs_as_of=False))
        except BadField as bad:
            raise Refusal(f"Line {number}, {bad.field or 'the whole line'}: {bad.message}") from bad
    together = {table: [row for one in documents for row in one.rows.get(table, [])] for table in rows.SCHEMAS}
    with store.transaction(con) as cursor:
        added = rows.store_new(cursor, rows.identify(rows.frames(together), known=con))
        for one in documents:
            added += _store_settings(cursor, one.settings)
    return added


def _store_settings(cursor: duckdb.DuckDBPyConnection, entries: list[Entry]) -> int:
    added = 0
    for entry in entries:
        value = as_json(entry.value)
        known = cursor.execute(
            store.statement(store.HERE / "sql" / "setting_of_day.sql"),
            {"name": entry.name, "effective_on": entry.effective_on},
        ).fetchall()
        if not known:
            row = {"name": entry.name, "effective_on": entry.effective_on, "recorded_at": document.BEGINNING,
                   "value": value, "source": entry.source}
            store.append(cursor, "settings", pl.DataFrame([row], schema_overrides={"value": pl.String}))
            added += 1
        elif known[0][0] != value:
            raise Refusal(
                f"Setting {entry.name} from {entry.effective_on} is {known[0][0]} in the database and {value} in "
                "the document. Correct one of them."
            )
    return added


def checked_setting(con: duckdb.DuckDBPyConnection, terms: Catalogue, name: str, text: str, effective_on: dt.date,
                    source: str, recorded_at: dt.datetime, recorded_by: str | None = None) -> Entry:
    """A setting's value from a day on, read and checked. Raises Refusal where it changes the past (raf.intro.6)."""
    try:
        given = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError:
        given = text
    setting = terms.setting(name)
    entry = Entry(name, effective_on, setting.parse(given), source, recorded_at, recorded_by)
    history = [*setting.values, *(one for one in stored_settings(con, terms, FOREVER) if one.name == name)]
    refuse_backdating(history, entry, recorded_at.date())
    return entry


def program_zone(con: duckdb.DuckDBPyConnection, terms: Catalogue, program: str) -> str:
    """The IANA time zone of a program as set today. Raises Refusal for an unknown program."""
    if program not in terms.programs:
        raise Refusal(f"There is no program {program}; there are {', '.join(terms.programs)}.")
    return terms.versions(terms.programs[program], stored_settings(con, terms, FOREVER))[-1][1]["timezone"]


def terms_at(con: duckdb.DuckDBPyConnection | store.Within, program: str, moment: dt.datetime) -> Terms:
    """The terms of a program in force at a UTC instant."""
    begun = catalogue().beginnings(catalogue().programs[program], stored_settings(con, catalogue(), FOREVER))
    return [terms for begins_at, terms in begun if begins_at <= moment][-1]


def terms_on(con: duckdb.DuckDBPyConnection | store.Within, program: str, day: dt.date) -> Terms:
    """The terms of a program in force on a calendar day, wherever that day begins."""
    versions = catalogue().versions(catalogue().programs[program], stored_settings(con, catalogue(), FOREVER))
    return [terms for since, terms in versions if since <= day][-1]


def local_day(moment: dt.datetime, zone: str) -> dt.date:
    """The calendar day of a UTC instant in an IANA zone."""
    return moment.replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(zone)).date()


def first_instant(day: dt.date, zone: str) -> dt.datetime:
    """The first instant (naive UTC) of a calendar day in an IANA zone."""
    return pl.select(calendar.begins_at(pl.lit(day), zone)).item()
