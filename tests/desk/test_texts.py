"""No text of any table names a person who was erased: each text column is emptied, or it is said why it holds none."""

import json

import pytest

from core import desk, store
from core.desk import erasing, money
from core.model import Refusal
from tests.desk.world import NOW, act, ask, build, computed_rows, document, kept_rows, same, signed, undo

NAME, ADDRESS, PHONE = "Mia Fabrikam", "mia@fabrikam.example", "+1 555 555 0107"
CANARY = f"{NAME} <{ADDRESS}>, {PHONE}"

OWN = {
    "contacts": ("full_name", "email", "phone", "street", "postal_code", "city", "name_key", "phone_key", "address_key",
                 "person_key"),
    "leads": ("person_key",), "events": ("email", "transaction", "person_key"), "deals_told": ("transaction",),
    "import_refusals": ("refused_column", "reason", "cells"), "near_matches": ("left_key", "right_key"),
}
"""What goes from the records of the person by statements of their own."""

PARTIES = {
    "organizations": ("name", "domain", "street", "postal_code", "city", "phone", "name_key", "phone_key"),
    "partners": ("name", "first_name", "last_name", "email", "domain", "check_address", "wire_details", "other_details",
                 "address_key", "name_key", "company_key"),
    "payee_details": ("first_name", "last_name", "business_email", "street", "street_more", "city", "region",
                      "postal_code", "iban", "bic", "account_number", "routing_number", "other_details", "address_key"),
    "people": ("name", "email", "address_key"), "contacts": ("company_key",),
}
"""What others are known by. A partner who is the person is emptied too; of all else the report says that it stays."""

NEVER = {
    "id", "lead", "other_lead", "contact", "org", "partner", "employer_partner", "introduced_by", "parent", "import",
    "organization", "source_id", "batch", "line", "payment", "payee_version", "payee", "earned_by", "corrects", "about",
    "verdict", "event", "request", "dispute", "finding", "conflict_case", "winner", "loser", "owner", "last_owner",
    "approval", "details", "granted", "near_match", "left_record", "right_record", "record", "closing", "key",  # ids
    "person", "assigned_by", "prepared_by", "recorded_by", "opened_by", "settled_by", "resolved_by", "taken_by",
    "asked_by", "decided_by", "confirmed_by", "proposed_by", "approved_by", "paid_by", "closed_by", "granted_by",
    "revoked_by", "voided_by", "erased_by", "loaded_by", "taken_back_by", "made_by", "mentions",  # people who act here
    "digest", "content", "changes", "previous", "hash", "source",  # digests
    "program", "criterion", "type", "action", "clause", "rule", "kind", "relation", "table", "left_table", "right_table",
    "outcome", "result", "step", "form", "state", "role", "queue", "disposition", "due", "sorted_by", "answer", "part",
    "method", "currency", "country", "email_class", "decision", "call_status", "field", "meaningful", "descriptive",
    "customer_asked", "follow_up_with", "source_context", "history_lookup", "products", "product", "missing", "reasons",
    "clock", "duty", "status", "holds", "blockers", "flags", "also", "pending_on", "verdicts", "reason", "owner_status",
    "due_clock", "disposition_before", "value", "name", "owed_status",  # words of ours
    "before", "after", "rows", "totals",  # of the journal: ids, values and digests
    "org_key", "email_org_key",  # of organizations
}
"""Columns that hold no text of anybody's, where they stand in none of the others."""

OURS = ("programs", "clauses", "criteria", "migrations")
"""Tables that the terms and the migrations fill."""


def text_columns(con) -> set[tuple[str, str]]:
    return set(ask(con, "select table_name, column_name from duckdb_columns() join duckdb_tables() using (table_name) "
                        "where duckdb_tables.database_name = current_database() and data_type in ('VARCHAR', 'VARCHAR[]')"))


def decided() -> set[tuple[str, str]]:
    return {(table, column) for found in (erasing.TEXTS, OWN, PARTIES) for table, columns in found.items()
            for column in columns}


def test_of_every_text_column_it_is_decided_what_an_erasure_does_to_it() -> None:
    con = store.connect()
    assert {(table, column) for table, column in text_columns(con) - decided()
            if column not in NEVER and table not in OURS} == set()
    assert decided() <= text_columns(con)


ROWS = {
    "action_answers": {"request": "a", "taken_by": "sara"}, "action_requests": {"missing": [], "asked_by": "sara"},
    "comments": {"person": "sara"}, "conflict_cases": {"other_lead": "P2", "opened_by": "sara"},
    "conflict_settlements": {"conflict_case": "none", "settled_by": "mona"}, "disputes": {"kind": "other", "opened_by": "sara"},
    "dispute_resolutions": {"dispute": "d", "outcome": "dismissed", "resolved_by": "mona"},
    "earning_lines": {"earned_by": "x", "partner": "A", "program": "ptr", "kind": "adjustment", "amount": 1, "currency": "USD",
                      "earned_on": "2025-06-01", "period": "2025-06-01", "reason": "mistake", "corrects": "none", "recorded_by": "fay"},
    "events": {"type": "comment", "happened_at": NOW}, "finding_resolutions": {"finding": "f", "resolved_by": "mona"},
    "import_answers": {"source": "s", "program": "ptr", "import": "i"}, "match_answers": {"near_match": "n", "answer": "open", "decided_by": "sara", "happened_at": NOW},
    "imports": {"program": "ptr", "kind": "leads", "imported_at": NOW, "rows_read": 0, "accepted": 0, "refused": 0},
    "leads": {"program": "ptr", "partner": "B", "submitted_at": NOW}, "organizations": {"org_key": "o:x"},
    "contacts": {"person_key": "c:x", "email_class": "missing"},
    "payment_results": {"batch": "b", "payment": "p", "result": "failed", "recorded_by": "fay"},
    "payment_returns": {"batch": "b", "payment": "none", "returned_on": "2025-06-01", "period": "2025-06-01", "recorded_by": "fay"},
    "payment_arrivals": {"batch": "b", "payment": "p", "paid_on": "2025-06-01", "period": "2025-06-01", "recorded_by": "fay"},
    "saved_views": {"person": "sara", "is_shared": False, "sorted_by": "due"}, "settings": {"name": "raf.bonus_amount", "effective_on": "2030-01-01"},
    "snoozes": {"person": "sara", "until_on": "2025-07-01"}, "verdict_evidence": {"verdict": "v"},
    "verdicts": {"criterion": "interest", "verdict": "pass", "happened_at": NOW}, "voids": {"relation": "none", "voided_by": "sara"},
}
"""What a row of each table with texts needs beside them."""


def canary(column: str) -> str:
    if column in ("report", "mapping", "answers", "other_details"):
        return json.dumps({"notes": CANARY})
    return CANARY[:60]


def hits(con) -> set[tuple[str, str]]:
    return {(table, column) for table, column in text_columns(con) for word in (NAME, ADDRESS, PHONE)
            if ask(con, f'select count(*) from "{table}" where contains("{column}"::varchar, ?)', word) != [(0,)]}


def test_a_person_is_named_in_no_text_of_any_table_once_they_are_erased() -> None:
    con = store.connect()
    named = dict(ask(con, "select table_name, list(column_name) from duckdb_columns() group by all"))
    for table, columns in erasing.TEXTS.items():
        row = {"id": "canary", "lead": "L2", "recorded_at": NOW} | ROWS[table] | {one: canary(one) for one in columns}
        with con.cursor() as cursor:
            store.insert(cursor, table, {one: value for one, value in row.items() if one in named[table]})
    desk.begin(con, NOW)
    for who in ("ada", "sara"):
        desk.add_person(con, signed("operator"), who, who.title())
    desk.grant(con, signed("operator"), "ada", "admin")
    desk.load(con, signed("operator"), [json.dumps(document())])
    desk.load(con, signed("operator"), [json.dumps({"id": "own", "contacts": [
        {"id": "C9", "full_name": NAME, "email": ADDRESS, "phone": PHONE, "street": PHONE, "city": PHONE}]})])
    assert desk.first_fault(con) is None
    before = hits(con)
    assert before >= {(table, column) for table, columns in erasing.TEXTS.items() for column in columns}
    done = desk.erase(con, signed("ada"), "C3")
    assert hits(con) == set() and done.after["kept"] == []
    assert desk.first_fault(con) is None


def test_what_stays_is_told_with_the_reason(con) -> None:
    desk.load(con, signed("operator"), [json.dumps({"id": "x", "organizations": [{"id": "OX", "name": "Mia Fabrikam Ltd"}],
              "contacts": [{"id": "CX", "full_name": NAME, "email": "mia@other.example"}]})])
    desk.add_person(con, signed("operator"), "miaf", NAME, ADDRESS)
    kept = desk.erase(con, signed("ada"), "C3").after["kept"]
    assert [one["what"] for one in kept] == ["1 of organizations", "1 of contacts", "1 of people"]
    assert all(one["because"] for one in kept) and ask(con, "select full_name from contacts where id = 'CX'") == [(NAME,)]


def test_the_notes_of_a_case_go_with_either_of_its_leads_and_notes_elsewhere_where_they_name_the_person(con) -> None:
    desk.load(con, signed("operator"), [json.dumps({"id": "q", "partners": document()["partners"][1:2], "contacts": [
        {"id": "CQ", "full_name": "Ann Lee", "email": "ann@lee.example"}], "leads": [document()["leads"][3] | {
            "id": "Q1", "contact": "CQ", "org": None}]})])
    case = act(con, desk.open_conflict, "chen", "Q1", "P1", "she wrote first").after["case"]
    act(con, desk.settle_conflict, "chen", "Q1", case, "P1", "she was first")
    act(con, desk.comment, "chen", "L2", "Fabrikam, Mía called")
    act(con, desk.comment, "chen", "L2", "Mia called")
    desk.erase(con, signed("ada"), "C3")
    assert ask(con, "select note from conflict_cases union all select note from conflict_settlements") == [("(erased)",)] * 2
    assert sorted(ask(con, "select note from comments")) == [("(erased)",), ("Mia called",)]
    assert desk.first_fault(con) is None


DEAL = "Deal of Mia Fabrikam"


def earned(con) -> list[tuple]:
    return ask(con, "select earned_by, amount from payouts_owed where lead = 'P1' order by all")


def test_a_deal_that_one_event_names_the_person_of_keeps_one_name_in_all_its_events() -> None:
    con = build(payable=2)
    told = document(payable=2)
    told["events"].append({"id": "back", "type": "customer_refund", "at": "2025-06-19T15:00:00Z", "lead": "M2", "contact": "C101",
                           "transaction": "T2", "amount": 100, "currency": "USD"})
    desk.load(con, signed("operator"), [json.dumps(told)])
    assert ask(con, "select state from kept_lines where lead = 'M2'") == [("held",)]
    desk.erase(con, signed("ada"), "C101")
    [(deal,)] = ask(con, "select distinct transaction from events where lead = 'M2' and transaction is not null")
    assert deal.startswith("e:")
    assert ask(con, "select state from kept_lines where lead = 'M2'") == [("held",)]
    assert desk.first_fault(con) is None


def test_a_transaction_stands_in_no_entry_and_is_found_again_by_its_name_once_it_is_erased(con) -> None:
    act(con, desk.accept, "chen", "P1")
    for criterion in ("interest", "decision_role"):
        act(con, desk.judge, "sara", "P1", criterion, "pass", "n")
    act(con, desk.record_deal, "sara", "P1", DEAL)
    paid = act(con, desk.record_payment, "finn", "P1", DEAL, "USD", money.read_amount("100"), money.read_amount("50"))
    undo(con, "finn", paid, "P1")
    assert DEAL not in repr(ask(con, "select * exclude (rows) from journal")) + repr(ask(con, "select * from places"))
    assert desk.erase(con, signed("ada"), "C3").after["kept"] == []
    act(con, desk.record_payment, "finn", "P1", DEAL, "USD", money.read_amount("100"), money.read_amount("50"))
    assert len(earned(con)) == 1
    act(con, desk.record_refund, "finn", "P1", DEAL, money.read_amount("10"), "USD")
    [(transaction,)] = ask(con, "select distinct transaction from events where lead = 'P1' and transaction is not null")
    assert transaction.startswith("e:")
    with pytest.raises(Refusal, match="recorded already"):
        act(con, desk.record_deal, "sara", "P1", DEAL)
    assert same(kept_rows(con), computed_rows(con, ask(con, "select max(recorded_at) from journal")[0][0]))
    assert desk.first_fault(con) is None


def test_a_payment_that_comes_later_by_a_document_finds_its_erased_deal(con) -> None:
    told = {"id": "z", "partners": document()["partners"][:1], "contacts": [
        {"id": "CZ", "full_name": "Ann Lee", "email": "ann@lee.example"}], "leads": [
        document()["leads"][2] | {"id": "Z1", "contact": "CZ", "org": None}]}
    for kind, at in (("deal_won", "2025-06-19T16:00:00Z"), ("customer_payment", "2025-06-19T18:00:00Z")):
        events = [{"type": kind, "at": at, "lead": "Z1", "transaction": DEAL, "currency": "USD"}]
        desk.load(con, signed("operator"), [json.dumps(told | {"events": events})])
        desk.erase(con, signed("ada"), "C3") if kind == "deal_won" else None
    found = dict(ask(con, "select type, transaction from events where lead = 'Z1'"))
    assert found["deal_won"] == found["customer_payment"] and found["deal_won"].startswith("e:")
    assert desk.first_fault(con) is None


def test_what_earlier_versions_wrote_into_the_journal_and_the_places_is_told_and_still_holds(con) -> None:
    done = act(con, desk.record_deal, "sara", "P1", DEAL)
    with con.cursor() as cursor:  # as they left it
        for name, table, statement in cursor.execute("select trigger_name, table_name, sql from duckdb_triggers() where trigger_name = 'journal_kept'").fetchall():
            cursor.execute(f"drop trigger {name} on {table}").fetchall()
            cursor.execute("update journal set after = ? where number = ?", [
                json.dumps({"event": done.after["event"], "transaction": DEAL}), done.number]).fetchall()
            cursor.execute(statement).fetchall()
        cursor.execute("update places set key = ?", [f"deal/P1/{DEAL}"]).fetchall()
    with pytest.raises(Refusal, match="recorded already"):
        act(con, desk.record_deal, "sara", "P1", DEAL)
    assert desk.erase(con, signed("ada"), "C3").after["kept"] == [{"what": f"Entry {done.number} of the journal", "because":
        "An earlier version wrote its transaction into it, and an entry is never changed."}]
    assert DEAL not in repr(ask(con, "select * from places"))
    with pytest.raises(Refusal, match="recorded already"):
        act(con, desk.record_deal, "sara", "P1", DEAL)
