"""Erasure of a contact, and what logs hold."""

import json
from pathlib import Path

import duckdb
import pytest

from core import desk, log
from core.desk import Signed
from core.model import Refusal
from tests.desk.world import NOW, act, ask, disposition, document, kept_rows, same, signed

CANARIES = (b"Mia Fabrikam", b"mia@fabrikam.example", b"Canary note", b"VP Canary")


def with_canaries(con: duckdb.DuckDBPyConnection) -> None:
    act(con, desk.comment, "chen", "P1", "Canary note: Mia Fabrikam called.")
    act(con, desk.judge, "sara", "P1", "interest", "pass", "Canary note on Mia Fabrikam")
    act(con, desk.reject, "chen", "P1", "ptr.def.a", "Canary note, as mia@fabrikam.example wrote")
    act(con, desk.open_dispute, "mona", "P1", "rejection", "Canary note of the partner")
    desk.load(con, signed("operator"), [json.dumps({
        "id": "more", "partners": document()["partners"],
        "contacts": [{"id": "C9", "full_name": "Mia Fabrikam", "email": "Mia+x@fabrikam.example", "role": "VP Canary"}],
        "events": [{"id": "touch", "type": "crm_touch", "at": "2025-01-01", "email": "mia@fabrikam.example"}],
    })])


def hits(path: Path) -> int:
    found = 0
    for file in (path, path.with_name(path.name + ".wal")):
        if file.exists():
            content = file.read_bytes()
            found += sum(content.count(canary) for canary in CANARIES)
    return found


def test_an_erased_person_is_in_no_file_and_every_verdict_stays(path: Path) -> None:
    con = desk.open_database(path, NOW)
    with_canaries(con)
    before, decided = kept_rows(con), disposition(con, "P1")
    con.close()
    assert hits(path) > 0
    con = desk.open_database(path, NOW)
    done = desk.erase(con, signed("ada"), "C3")
    assert done.after["contacts"] == 2 and done.after["leads"] == 2 and done.after["kept"] == []
    assert same(kept_rows(con), before)
    assert desk.first_fault(con) is None
    with pytest.raises(Refusal, match="erased already"):
        desk.erase(con, signed("ada"), "C3")
    desk.rewrite(con)
    assert hits(path) == 0
    con = desk.open_database(path, NOW)
    assert desk.first_fault(con) is None and disposition(con, "P1") == decided
    assert ask(con, "select count(*) from duckdb_triggers()") > [(0,)]
    con.close()


def test_a_later_lead_of_an_erased_person_meets_the_earlier_ones(con) -> None:
    desk.erase(con, signed("ada"), "C3")
    more = document()
    later = {
        "id": "later", "partners": more["partners"],
        "organizations": [{"id": "O77", "name": "Other", "domain": "other.example", "kind": "business"}],
        "contacts": [{"id": "C77", "org": "O77", "full_name": "Mia F", "email": "MIA@fabrikam.example"}],
        "leads": [more["leads"][3] | {"id": "P77", "contact": "C77", "org": "O77",
                                      "submitted_at": "2025-06-20T10:00:00Z"}],
    }
    desk.load(con, signed("operator"), [json.dumps(later)])
    keys = dict(ask(con, "select id, person_key from leads where id in ('P1', 'P77')"))
    assert keys["P77"] == keys["P1"] and keys["P1"].startswith("e:")
    assert ask(con, "select winner, clause from conflicts where loser = 'P77'") == [("P1", "ptr.conflict.2")]
    assert desk.first_fault(con) is None


def test_a_partner_of_the_same_address_is_kept_and_that_is_said(con) -> None:
    desk.load(con, signed("operator"), [json.dumps({
        "id": "x", "contacts": [{"id": "C8", "full_name": "Sol Source", "email": "sol@customer.example"}]})])
    assert desk.erase(con, signed("ada"), "C8").after["kept"] == [
        {"partner": "S", "because": "A lead of theirs is not decided, or is not paid yet.", "until": None}]


def test_the_journal_holds_no_text_that_people_wrote(con) -> None:
    with_canaries(con)
    told = repr(ask(con, "select * from journal")).encode()
    assert not any(canary in told for canary in CANARIES)


def test_logs_hold_listed_fields_alone(con, capsys) -> None:
    log.start()
    with_canaries(con)
    log.event("done", action="accept", note="Canary note", email="mia@fabrikam.example", name="Mia Fabrikam")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 4 and not any(canary.decode() in line for canary in CANARIES for line in lines)
    assert all(set(json.loads(line)) <= log.FIELDS for line in lines)


def test_only_an_admin_erases(con) -> None:
    with pytest.raises(Refusal, match="for admin"):
        desk.erase(con, Signed("mona", "k", NOW), "C3")
