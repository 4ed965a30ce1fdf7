"""What is promised when things go wrong, at a size that fits the tests; `make faults` runs the same at full size."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core import desk, store
from core.desk import Signed, journal
from core.model import Refusal
from tests.desk.world import NOW, ask, build
from tests.faults import trials
from tests.scenarios.expectations import SCENARIOS, document_of

ROOT = Path(__file__).parents[2]


def test_a_killed_process_loses_nothing_that_was_shown_as_saved(tmp_path: Path) -> None:
    found = trials.kills(tmp_path, 3)
    assert found["acknowledged"] > 0
    assert (found["lost"], found["torn"]) == (0, 0)


def test_threads_that_race_approve_each_payout_once(tmp_path: Path) -> None:
    found = trials.races(tmp_path, 8)
    assert found["fault"] is None
    assert (found["approved"], found["missing"], found["double"], found["told_approved"]) == (8, 0, 0, 8)
    assert found["repeats_with_one_result"] and found["altered_refused"]


def test_a_full_disk_is_told_in_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    found = trials.full_disks(tmp_path, 4)
    assert found["disks_full"] > 0
    assert (found["lost"], found["unclear"], found["not_reopened"]) == (0, 0, 0)


def test_every_alteration_is_seen_and_the_entry_named(tmp_path: Path) -> None:
    found = trials.tampering(tmp_path, 36)
    assert found["missed"] is None and found["entry_not_named"] == 0


def test_a_damaged_file_never_gives_another_answer(tmp_path: Path) -> None:
    found = trials.bit_flips(tmp_path, 8)
    assert found["wrong"] == 0 and found["unclear"] == 0


def test_a_copy_made_under_writers_is_restored_as_it_was(tmp_path: Path) -> None:
    found = trials.backups(tmp_path, 2)
    assert found["wrong"] == 0 and found["written_meanwhile"] > 0


def test_a_second_process_and_a_folder_that_may_not_be_written_are_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    con = build(path)
    answer = subprocess.run([sys.executable, "-m", "core", "verify", "--db", path], capture_output=True, text=True,
                            cwd=ROOT, timeout=100)
    assert answer.returncode == 1 and "in use by another process" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    with pytest.raises(Refusal, match="cannot be written"):
        desk.backup(con, tmp_path / "nowhere" / "copy.duckdb")
    con.close()


@pytest.mark.parametrize("what", ["head missing", "key missing", "other key", "head of another", "tail cut off"])
def test_a_database_that_is_not_the_one_its_head_file_knows_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "leads.duckdb"
    trials.worked_world(path)
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
    path = tmp_path / "leads.duckdb"
    build(path).close()
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


def of_schema(path: Path, last: int) -> None:
    """A database as the version that knew migrations up to `last` left it, with a few rows."""
    con = duckdb.connect(str(path))
    con.execute("create table migrations (number integer primary key, name varchar not null)").fetchall()
    for file in store.MIGRATIONS:
        if int(file.name[:3]) <= last:
            con.execute(file.read_text()).fetchall()
            con.execute("insert into migrations values (?, ?)", [int(file.name[:3]), file.stem]).fetchall()
    con.execute("insert into partners (id, kind, recorded_at, email_class) values "
                "('A', 'referral_partner', '2025-01-01', 'missing')").fetchall()
    con.execute("insert into leads (id, program, partner, submitted_at, recorded_at, channel) values "
                "('P1', 'ptr', 'A', '2025-03-03', '2025-03-03', 'web_form')").fetchall()
    con.execute("insert into verdicts (id, lead, criterion, verdict, happened_at, recorded_at) values "
                "('V1', 'P1', 'interest', 'pass', '2025-03-04', '2025-03-04')").fetchall()
    con.close()


@pytest.mark.parametrize("last", [1, 2])
def test_a_database_of_an_earlier_schema_is_brought_up_with_all_it_holds(tmp_path: Path, last: int) -> None:
    path = tmp_path / "leads.duckdb"
    of_schema(path, last)
    con = desk.open_database(path, NOW)
    assert ask(con, "select max(number) from migrations") == [(store.LATEST,)]
    assert ask(con, "select id from verdicts") == [("V1",)]
    assert desk.first_fault(con) is None
    desk.advance(con, NOW)
    assert desk.version(con, "P1") == 0
    con.close()


KILLED = """
import os, signal, sys, duckdb
from core import store
con = duckdb.connect(sys.argv[1])
with store.transaction(con) as cursor:
    steps = duckdb.extract_statements(store.statement(store.MIGRATIONS[2]))
    for step in steps[:int(sys.argv[2])]:
        cursor.execute(step).fetchall()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_a_kill_in_the_middle_of_a_migration_leaves_the_earlier_schema(tmp_path: Path, share: float) -> None:
    path = tmp_path / "leads.duckdb"
    of_schema(path, 2)
    steps = len(duckdb.extract_statements(store.statement(store.MIGRATIONS[2])))
    killed = subprocess.run([sys.executable, "-c", KILLED, path, str(int(steps * share))], cwd=ROOT, timeout=100,
                            env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    con = desk.open_database(path, NOW)
    assert ask(con, "select id from verdicts") == [("V1",)] and desk.first_fault(con) is None
    con.close()


def test_a_newer_file_is_politely_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    build(path).close()
    con = duckdb.connect(str(path))
    con.execute("insert into migrations values (999, '999_later')").fetchall()
    con.close()
    with pytest.raises(Refusal, match="newer version"):
        desk.open_database(path, NOW)


# --- clocks and time zones -------------------------------------------------------------------------------------------


def test_the_time_zone_of_the_server_moves_no_window(tmp_path: Path) -> None:
    """Leads around the change to summer time and back, a leap day and the end of a year, under three zones."""
    documents = []
    for scenario in ("PT-001", "CE-001", "RF-031"):
        found = document_of(next(one for one in SCENARIOS if one["id"] == scenario))
        for day in ("2024-02-29", "2024-03-10", "2024-11-03", "2024-12-31"):
            for hour in ("00:30", "02:30", "23:30"):
                lead = found["leads"][0] | {"submitted_at": f"{day}T{hour}:00Z"}
                documents.append(found | {"id": f"{scenario} {day} {hour}", "leads": [lead]})
    lines = "\n".join(map(json.dumps, documents))
    answers = {
        subprocess.run([sys.executable, "-m", "core", "evaluate", "-"], input=lines, capture_output=True, text=True,
                       cwd=ROOT, timeout=300, env=os.environ | {"TZ": zone}, check=True).stdout
        for zone in ("UTC", "America/New_York", "Pacific/Kiritimati")
    }
    assert len(answers) == 1 and len(answers.pop().splitlines()) == len(documents)
