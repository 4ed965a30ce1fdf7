"""Erasure of a contact, and what logs hold."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest

from core import desk, log
from core.desk import Done, Signed, erasing
from core.desk.erasing import ERASED
from core.intake import history
from core.model import Refusal
from tests.desk.world import NOW, act, ask, disposition, document, kept_rows, same, signed, undo

CANARIES = (b"Mia Fabrikam", b"mia@fabrikam.example", b"Canary note", b"VP Canary", b"fabrikam mia", b"5550107",
            b"Canary Street", b"Canary City", b"canary.example/mia")


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


def imported(con: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """Two contacts of one name from a file, with all that a file may say of them, asked about and answered; the id of
    the question."""
    file = folder / "contacts.csv"
    file.write_text("Contact ID,First Name,Last Name,Email,Phone,Mailing Street,Mailing City,Mailing Zip,Company,Title\n"
                    "D1,Mia,Fabrikam,mia.fabrikam@first.example,+1 555 555 0107,1 Canary Street,Canary City,90210,"
                    "Fabrikam Logistics,VP Canary\n"
                    "D2,Mia,Fabrikam,mia.fabrikam@second.example,+1 555 555 0107,1 Canary Street,Canary City,90210,"
                    "Fabrikam Logistics,VP Canary\n")
    done, report = desk.import_file(con, signed("sara"), file, "ptr", "contacts")
    assert done is not None and report.accepted == 2, report
    [(name,)] = ask(con, "select id from near_matches where kind = 'person' and left_key like '%first.example' and "
                         "right_key like '%second.example'")
    return name


def test_whom_people_hold_for_one_person_is_erased_as_one_with_every_answer_and_link(path: Path, tmp_path: Path) -> None:
    con = desk.open_database(path, NOW)
    question = imported(con, tmp_path)
    desk.settle_match(con, signed("sara"), question, "same", "Canary note: Mia Fabrikam moved")
    act(con, desk.judge, "sara", "P1", "interest", "pass", "", "https://canary.example/mia")
    aside = act(con, desk.comment, "chen", "P1", "Canary note")
    undo(con, "chen", aside, "P1", "Canary note on Mia Fabrikam")
    before = kept_rows(con)
    done = desk.erase(con, signed("ada"), "D1")
    assert done.after["contacts"] == 2 and done.after["match_answers"] == 1 and done.after["near_matches"] >= 1
    desk.erase(con, signed("ada"), "C3")
    assert same(kept_rows(con), before)
    assert ask(con, "select left_key < right_key, left_key like 'e:%', right_key like 'e:%' from near_matches where "
                    "id = ?", question) == [(True, True, True)]
    assert desk.first_fault(con) is None
    desk.rewrite(con)
    assert hits(path) == 0


REFUSED = "id,name,email,company,phone,created\nL7,Ann Lee,ann@lee.example,Acme,,2025-05-01\n" + "".join(
    f"{row},never\n" for row in (
        "M1,,Mia+more@Fabrikam.example,,",              # 3: the address, tagged
        "M2,,,'Fabrikam, MÍA',",                        # 4: the name, turned around and in another spelling
        "M3,Mia Fabri,mia@fabrikam.test,,",             # 5: another person
        "M4,Zoë,zoe@zoo.example,,+1 555 555 0199",      # 6: who never became a contact
        "M5,,,Write to <mia@fabrikam.example>. Thanks,",    # 7: the address among other words
    )).replace("'", '"')


def refusals(con: duckdb.DuckDBPyConnection) -> dict[int, bool]:
    """By row, whether a refused row still holds its cells; one that does not says nothing else either."""
    found = ask(con, "select row_number, cells, reason from import_refusals")
    assert all((cells is None) == (reason == ERASED) for _, cells, reason in found)
    return {row: cells is not None for row, cells, _ in found}


def test_refused_rows_of_an_erased_person_are_emptied_and_no_others(path: Path, tmp_path: Path) -> None:
    con = desk.open_database(path, NOW)
    (tmp_path / "leads.csv").write_text(REFUSED)
    done, report = desk.import_file(con, signed("sara"), tmp_path / "leads.csv", "ptr", "leads", "A")
    assert done and report.accepted == 1 and refusals(con) == dict.fromkeys(range(3, 8), True)
    with_canaries(con)
    assert desk.erase(con, signed("ada"), "C3").after["import_refusals"] == 3
    assert refusals(con) == {3: False, 4: False, 5: True, 6: True, 7: False}
    assert desk.first_fault(con) is None
    desk.rewrite(con)
    assert hits(path) == 0
    con = desk.open_database(path, NOW)
    found = history.refused_rows(con, report.import_id)
    assert found["email"].to_list() == ["", "", "mia@fabrikam.test", "zoe@zoo.example", ""]
    assert found["refused_reason"].to_list()[0] == ERASED
    con.close()


def test_who_stands_in_a_refused_row_alone_is_found_and_erased_by_that(con, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(REFUSED)
    desk.import_file(con, signed("sara"), tmp_path / "leads.csv", "ptr", "leads", "A")
    for search in ("ZOE", "zoe@zoo", "555 0199"):
        [found] = erasing.candidates(con, search, 5)
        assert found["full_name"] == "Row 6 of leads.csv, refused" and "zoe@zoo.example" in found["company"]
    goes = erasing.what_goes(con, found["id"], NOW)
    assert goes == erasing.Goes({"import_refusals": [found["id"]]}, [], [])
    assert desk.erase(con, signed("ada"), found["id"]).after == {"import_refusals": 1, "kept": []}
    assert refusals(con) == {row: row != 6 for row in range(3, 8)} and erasing.candidates(con, "zoe@zoo", 5) == []
    assert desk.first_fault(con) is None
    with pytest.raises(Refusal, match="There is no contact"):
        desk.erase(con, signed("ada"), found["id"])


def test_refused_rows_are_answered_for_by_the_journal_and_go_with_their_import(con, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(REFUSED)
    done, report = desk.import_file(con, signed("sara"), tmp_path / "leads.csv", "ptr", "leads", "A")
    ask(con, "update import_refusals set reason = 'x' where row_number = 3")
    assert "A row of import_refusals" in desk.first_fault(con)
    ask(con, "update import_refusals set reason = ? where row_number = 3", report.refused[0]["reason"])
    assert desk.first_fault(con) is None
    desk.erase(con, signed("ada"), erasing.candidates(con, "zoe@zoo", 5)[0]["id"])
    desk.take_back(con, signed("sara"), done.after["import"])
    assert refusals(con) == {} and desk.first_fault(con) is None


def test_an_import_of_somebody_who_was_erased_is_not_taken_back(con, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("full_name,email,company,submitted_at\n"
                                        "Una Known,una@known.example,Known,2025-06-01\n")
    done, _ = desk.import_file(con, signed("sara"), tmp_path / "leads.csv", "ptr", "leads", "A")
    desk.erase(con, signed("ada"), erasing.candidates(con, "una@known", 5)[0]["id"])
    with pytest.raises(Refusal, match="an erasure"):
        desk.take_back(con, signed("sara"), done.after["import"])
    assert desk.first_fault(con) is None


def test_who_comes_again_after_being_erased_can_be_erased_again(con) -> None:
    desk.erase(con, signed("ada"), "C3")
    desk.load(con, signed("operator"), [json.dumps({"id": "again", "contacts": [
        {"id": "C33", "full_name": "Mia Fabrikam", "email": "mia@fabrikam.example"}]})])
    assert desk.erase(con, signed("ada"), "C33").after["contacts"] == 2
    assert ask(con, "select full_name, email from contacts where id = 'C33'") == [(ERASED, None)]


def test_an_answer_about_a_look_alike_can_only_be_followed_by_another(con, tmp_path: Path) -> None:
    desk.settle_match(con, signed("sara"), imported(con, tmp_path), "same", "n")
    for change in ("update match_answers set answer = 'different'", "update match_answers set decided_by = 'x'",
                   "delete from match_answers"):
        with pytest.raises(duckdb.ConstraintException):
            ask(con, change)


# --- how long payee data of paid lines stays -------------------------------------------------------------------------

ZONE = ("timezone", "America/Los_Angeles")


def payee_erased(path: Path, days: int | None, passed: dt.timedelta) -> tuple[Done, list[tuple]]:
    """Partner B was paid at 06:00 UTC of 21 June, which is 20 June in Los Angeles; erased after some time."""
    con = desk.open_database(path, NOW)
    paid = dt.datetime(2025, 6, 21, 6)
    desk.set_setting(con, signed("mona"), *ZONE, dt.date(2025, 6, 21), "the office")
    if days is not None:
        desk.set_setting(con, signed("mona"), "payee_retention_days", str(days), dt.date(2020, 1, 1), "counsel")
    desk.load(con, signed("operator"), [json.dumps({"id": "paid", "partners": [
        {"id": "Z", "kind": "customer_contact", "first_name": "Zoe", "last_name": "Canary", "email": "zoe@pay.example",
         "check_address": "9 Canary Street", "country": "US"}], "contacts": [
        {"id": "CZ", "full_name": "Zoe Canary", "email": "zoe@pay.example"}]})])
    with con.cursor() as cursor:  # a lead of theirs that was rejected after it was paid
        cursor.execute("update leads set partner = 'Z' where id = 'M1'").fetchall()
        cursor.execute("update payouts_owed set status = 'paid' where lead = 'M1'").fetchall()
        cursor.execute("insert into events (id, type, happened_at, recorded_at, lead, amount, currency, about) values "
                       "('paid', 'payout_paid', ?, ?, 'M1', 100.10, 'USD', 'pay-M1')", [paid, paid]).fetchall()
    done = desk.erase(con, signed("ada", now=paid + passed), "CZ")
    left = ask(con, "select first_name, email, check_address from partners where id = 'Z'")
    con.close()
    return done, left


def test_without_a_setting_payee_data_of_paid_lines_stays_and_the_report_names_the_setting(path: Path) -> None:
    done, left = payee_erased(path, None, dt.timedelta(9000))
    assert done.after["kept"] == [{"partner": "Z", "until": None, "because":
                                   "They were paid, and the setting payee_retention_days is not set."}]
    assert left == [("Zoe", "zoe@pay.example", "9 Canary Street")]


@pytest.mark.parametrize(("passed", "is_kept"), [
    (dt.timedelta(10), True),                        # 30 June, 23:00 in Los Angeles: the tenth day
    (dt.timedelta(10, minutes=59), True),
    (dt.timedelta(10, hours=1), False),              # 1 July begins there
])
def test_payee_data_of_paid_lines_stays_to_the_end_of_the_last_local_day(path: Path, passed, is_kept: bool) -> None:
    done, left = payee_erased(path, 10, passed)
    if is_kept:
        assert done.after["kept"] == [{"partner": "Z", "until": "2025-06-30", "because":
                                       "They were paid, and the setting payee_retention_days keeps that for 10 days."}]
        assert left == [("Zoe", "zoe@pay.example", "9 Canary Street")]
    else:
        assert done.after["kept"] == [] and done.after["partners"] == 1
        assert left == [(ERASED, None, ERASED)]
