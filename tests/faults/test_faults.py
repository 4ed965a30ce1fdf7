"""What is promised when things go wrong, at a size that fits the tests; `make faults` runs the same at full size."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core import desk, store
from core.desk import Signed, journal
from core.model import Refusal
from tests.desk.world import NOW
from tests.faults import clocks, forging, money, schemas, tampering, trials
from tests.faults.disks import CLOSED
from tests.scenarios.expectations import SCENARIOS, document_of

ROOT = Path(__file__).parents[2]


def test_a_killed_process_loses_nothing_that_was_shown_as_saved(tmp_path: Path) -> None:
    found = trials.kills(tmp_path, 4)
    assert found["acknowledged"] > 0
    assert (found["lost"], found["torn"], found["unsettled"]) == (0, 0, 0)


def test_threads_that_race_put_each_payout_into_one_batch_and_pay_it_once(tmp_path: Path) -> None:
    found = money.races(tmp_path, 8)
    assert (found["double"], found["missing"], found["wrong"], found["fault"]) == (0, 0, 0, None)
    assert found["batches"] == 8 and found["refused"] >= 7 + 2 * 3 * 8
    assert (found["repeats"], found["repeats_with_another_result"], found["altered_and_not_refused"]) == (100, 0, 0)
    assert found["altered"] == 8


def test_a_full_disk_is_told_in_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    found = trials.full_disks(tmp_path, 3)
    assert found["refused"] > 0
    assert (found["lost"], found["unclear"], found["not_reopened"]) == (0, 0, 0)


def test_what_may_not_be_written_or_read_is_told_in_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    found = trials.read_only(tmp_path, len(CLOSED))
    assert found == {"trials": 5, "refused": 5, "not_refused": 0, "lost": 0, "unclear": 0, "not_reopened": 0}


def test_every_alteration_is_seen_and_the_entry_named(tmp_path: Path) -> None:
    found = tampering.alterations(tmp_path, 36)
    assert (found["missed"], found["which"]) == (None, None)


def test_a_damaged_file_never_gives_another_answer(tmp_path: Path) -> None:
    found = tampering.bit_flips(tmp_path, 8)
    assert found["wrong"] == 0 and found["unclear"] == 0


def test_a_copy_made_under_writers_is_restored_as_it_was(tmp_path: Path) -> None:
    found = trials.backups(tmp_path, 1)
    assert found["wrong"] == 0 and found["written_meanwhile"] > 0


def test_a_copy_of_many_leads_is_put_back_as_it_was(tmp_path: Path) -> None:
    assert trials.large_backup(tmp_path, 3_000)["wrong"] == 0


def test_a_kill_in_the_middle_of_a_migration_leaves_a_database_that_can_be_brought_up(tmp_path: Path) -> None:
    found = schemas.kills_in_migrations(tmp_path, 5)
    assert (found["kills"], found["survived"], found["lost"]) == (5, 0, 0)


def test_forged_messages_change_nothing_and_leave_refusals(tmp_path: Path) -> None:
    found = forging.forgeries(tmp_path, 1)
    assert (found["bypasses"], found["pages_shown"], found["fault"]) == (0, 0, None)
    assert found["tried"] > 4 and found["refused_and_journalled"] > 0 and found["control"] == 1


def test_a_second_process_and_a_folder_that_may_not_be_written_are_told_in_one_sentence(tmp_path: Path) -> None:
    path = trials.world(tmp_path)
    con = desk.open_database(path, NOW)
    answer = subprocess.run([sys.executable, "-m", "core", "verify", "--db", path], capture_output=True, text=True,
                            cwd=ROOT, timeout=100)
    assert answer.returncode == 1 and "in use by another process" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    with pytest.raises(Refusal, match="cannot be written"):
        desk.backup(con, tmp_path / "nowhere" / "copy.duckdb")
    con.close()


@pytest.mark.parametrize("what", ["head missing", "key missing", "other key", "head of another", "tail cut off"])
def test_a_database_that_is_not_the_one_its_head_file_knows_is_refused(tmp_path: Path, what: str) -> None:
    path = tampering.worked_world(tmp_path)
    if what == "head missing":
        journal.head_file(path).unlink()
    elif what == "key missing":
        journal.key_file(path).unlink()
    elif what == "other key":
        journal.key_file(path).write_text("00" * 32)
    elif what == "head of another":
        journal.head_file(path).write_text('{"confirmed": {"number": 3, "hash": "00"}, "intended": null}')
    else:
        older = trials.copied(path, tmp_path / "older")
        con = desk.open_database(path, NOW)
        desk.comment(con, Signed("chen", "later", NOW, desk.version(con, "P1")), "P1", "later")
        con.close()
        shutil.copy2(older, path)
    if what == "other key":
        con = desk.open_database(path, NOW)
        assert "Entry 1" in desk.first_fault(con)
        con.close()
        return
    with pytest.raises(Refusal, match=r"missing|ends at entry"):
        desk.open_database(path, NOW)


def test_a_crash_between_the_intended_head_and_the_commit_is_no_alarm(tmp_path: Path) -> None:
    path = trials.world(tmp_path)
    con = desk.open_database(path, NOW)
    book, last = journal.book(con), journal.head(con)
    book.keep(last, journal.Head(last.number + 1, "never committed"))
    con.close()
    con = desk.open_database(path, NOW)
    desk.comment(con, Signed("chen", "next", NOW, 0), "P1", "text")
    new = journal.head(con)
    book.keep(last, new)  # as if the process had died just after the commit
    con.close()
    con = desk.open_database(path, NOW)
    assert journal.book(con).heads() == {"confirmed": new, "intended": None}
    assert desk.first_fault(con) is None
    con.close()


# --- earlier schemas -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", [int(file.name[:3]) for file in store.MIGRATIONS])
def test_a_database_of_an_earlier_schema_is_brought_up_with_all_it_holds(tmp_path: Path, last: int) -> None:
    path = tmp_path / "leads.duckdb"
    schemas.of_schema(path, last)
    assert schemas.is_brought_up(path)
    con = desk.open_database(path, NOW)
    desk.advance(con, NOW)
    assert desk.version(con, "P1") == 0
    con.close()


def test_a_newer_file_is_politely_refused_and_left_alone(tmp_path: Path) -> None:
    path = trials.world(tmp_path)
    con = duckdb.connect(str(path))
    con.execute("insert into migrations values (999, '999_later')").fetchall()
    con.close()
    with pytest.raises(Refusal, match="newer version"):
        desk.open_database(path, NOW)


# --- clocks and time zones -------------------------------------------------------------------------------------------


def test_the_time_zone_of_the_server_moves_no_window(tmp_path: Path) -> None:
    """Leads around the change to summer time and back, a leap day and the end of a year, under five zones, counted in a zone with summer time."""
    documents = []
    for scenario in ("PT-001", "CE-001", "RF-031"):
        found = document_of(next(one for one in SCENARIOS if one["id"] == scenario))
        for day in ("2024-02-29", "2024-03-10", "2024-11-03", "2024-12-31"):
            for hour in ("00:30", "06:30", "07:30", "23:30"):
                lead = found["leads"][0] | {"submitted_at": f"{day}T{hour}:00Z"}
                documents.append(found | {"settings": {"timezone": "America/New_York"}, "id": f"{scenario} {day} {hour}", "leads": [lead]})
    lines = "\n".join(map(json.dumps, documents))
    answers = {
        subprocess.run([sys.executable, "-m", "core", "evaluate", "-"], input=lines, capture_output=True, text=True,
                       cwd=ROOT, timeout=300, env=os.environ | {"TZ": zone}, check=True).stdout
        for zone in ("UTC", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Kiritimati")
    }
    assert len(answers) == 1 and len(answers.pop().splitlines()) == len(documents)


def test_the_time_zone_of_the_server_and_its_clock_move_no_money(tmp_path: Path) -> None:
    assert clocks.clocks(tmp_path, 24) == {"payments": 24, "servers": 5, "wrong": 0, "which": None, "differing": 0}
