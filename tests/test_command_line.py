"""The command line as scripts call it: one process a call, JSON on standard output, one sentence when refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core import desk
from tests.desk import world
from tests.scenarios.expectations import SCENARIOS, document_of

ROOT = Path(__file__).parents[1]


def core(*arguments: object, given: str | None = None) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, input=given, cwd=ROOT, timeout=300)


def document(scenario: str) -> dict:
    return document_of(next(one for one in SCENARIOS if one["id"] == scenario))


def refused(answer: subprocess.CompletedProcess) -> str:
    assert answer.returncode == 1, answer
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    return answer.stderr.strip()


def test_a_bad_line_is_reported_and_the_others_are_evaluated_in_order() -> None:
    broken = document("CE-001") | {"id": "broken"}
    broken["leads"] = [broken["leads"][0] | {"submitted_at": "31/02/2025"}]
    lines = [json.dumps(document("CE-001")), "{not json", "", json.dumps(broken), json.dumps(document("PT-001"))]
    answer = core("evaluate", "-", given="\n".join(lines))
    results = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.returncode == 1
    assert [result["id"] for result in results] == ["CE-001", None, "broken", "PT-001"]
    assert results[1]["error"]["line"] == 2
    assert results[2]["error"] == {
        "line": 4, "field": "leads[0].submitted_at",
        "message": "is '31/02/2025'; it takes an instant such as 2025-03-03T15:00:00Z.",
    }
    assert results[0]["leads"]["L1"]["disposition"] == "qualified"
    assert results[3]["payouts"][0]["amount"] == 6000.0


def test_good_documents_end_with_status_zero_and_say_everything(tmp_path: Path) -> None:
    file = tmp_path / "documents.jsonl"
    file.write_text(json.dumps(document("RF-031")) + "\n")
    answer = core("evaluate", file)
    result = json.loads(answer.stdout)
    assert answer.returncode == 0
    assert set(result) == {"id", "leads", "conflicts", "payouts", "clocks", "duties", "findings"}
    lead = result["leads"]["R1"]
    assert set(lead) == {"disposition", "reason", "also", "pending_on", "flags", "owner", "owner_status",
                         "owner_until", "last_owner", "criteria"}
    assert set(lead["criteria"]) == set(result["findings"]["R1"])
    finding = result["findings"]["R1"]["engaged_3m"]
    assert finding["clause"] == "raf.valid.3b" and finding["verdict"] == "fail"
    assert "3 May 2025" in finding["because"] and finding["evidence"] == ["R1"]


def test_loading_twice_changes_nothing_and_other_content_is_refused(tmp_path: Path) -> None:
    db, file = tmp_path / "leads.duckdb", tmp_path / "documents.jsonl"
    file.write_text(json.dumps(document("CE-021")))
    first, second = core("load", file, "--db", db), core("load", file, "--db", db)
    assert json.loads(first.stdout)["added"] > 0
    assert json.loads(second.stdout)["added"] == 0
    other = document("CE-021")
    other["contacts"][0]["role"] = "Intern"
    file.write_text(json.dumps(other))
    assert "Contact C1 exists already with other content" in refused(core("load", file, "--db", db))
    answer = core("evaluate", "--db", db, "--as-of", "2025-04-01T15:00:00Z")
    result = json.loads(answer.stdout)
    assert result["id"] is None and result["leads"]["L1"]["criteria"]["scale"] == "waived"


def test_what_happened_or_was_recorded_later_is_not_seen(tmp_path: Path) -> None:
    db, file = tmp_path / "leads.duckdb", tmp_path / "documents.jsonl"
    told = document("CE-001")
    for verdict in told["verdicts"]:
        if verdict["criterion"] == "scale":
            verdict["recorded_at"] = "2025-03-28T09:00:00Z"
    file.write_text(json.dumps(told))
    core("load", file, "--db", db)

    def disposition(*moment: str) -> str:
        return json.loads(core("evaluate", "--db", db, *moment).stdout)["leads"]["L1"]["disposition"]

    assert disposition("--as-of", "2025-04-01") == "qualified"
    assert disposition("--as-of", "2025-03-19") == "pending"
    assert disposition("--as-of", "2025-04-01", "--known-at", "2025-03-27") == "pending"
    assert disposition("--as-of", "2025-04-01", "--known-at", "2025-03-28T09:00:00Z") == "qualified"


def test_a_setting_given_for_the_past_unblocks_what_waited_and_is_not_changed_backwards(tmp_path: Path) -> None:
    db, file = tmp_path / "leads.duckdb", tmp_path / "documents.jsonl"
    file.write_text(json.dumps(document("RF-002")))
    core("load", file, "--db", db)

    def payout(*moment: str) -> dict:
        return json.loads(core("evaluate", "--db", db, "--as-of", "2025-03-10", *moment).stdout)["payouts"][0]

    assert payout()["blockers"] == ["bonus_amount_not_set"]
    answer = core("set", "raf.bonus_amount", "500", "--from", "2025-01-01", "--source", "board minutes", "--db", db)
    assert answer.returncode == 0, answer.stderr
    assert payout() | {"blockers": [], "amount": 500.0, "status": "payable"} == payout()
    assert payout("--known-at", "2025-12-31")["blockers"] == ["bonus_amount_not_set"]
    again = core("set", "raf.bonus_amount", "600", "--from", "2025-02-01", "--source", "x", "--db", db)
    assert "It can change from tomorrow on" in refused(again)


def test_an_import_reports_once_asks_with_status_2_and_can_be_taken_back(tmp_path: Path) -> None:
    file, db = tmp_path / "leads.csv", tmp_path / "leads.duckdb"
    file.write_text("name,email,created\nAnn,ann@acme.com,01/02/2024\n")
    arguments = ("import", file, "--program", "raf", "--partner", "S1", "--db", db)
    asked = core(*arguments)
    assert (asked.returncode, json.loads(asked.stdout)["needs"][0]["column"]) == (2, "created")
    (tmp_path / "mapping.json").write_text('{"_dates": {"created": "day first"}}')
    report = json.loads(core(*arguments, "--mapping", tmp_path / "mapping.json").stdout)
    assert (report["accepted"], report["kind"], report["import"]) == (1, "leads", f"{report['sha256']}:raf:leads")
    assert len(json.loads(core("evaluate", "--db", db).stdout)["leads"]) == 1
    removed = json.loads(core("take-back", report["import"], "--db", db).stdout)["removed"]
    assert removed["leads"] == removed["contacts"] == removed["partners"] == 1
    assert json.loads(core("evaluate", "--db", db).stdout)["leads"] == {}
    assert "taken back already" in refused(core("take-back", report["import"], "--db", db))
    assert core(*arguments).returncode == 2, "what was answered for it is forgotten too"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("evaluate",), "Give a file of facts documents, or --db"),
        (("evaluate", "nowhere.jsonl"), "cannot be read"),
        (("evaluate", "--db", "nowhere.duckdb"), "There is no database"),
        (("evaluate", "-", "--as-of", "2025-01-01"), "go with --db"),
        (("set", "raf.bonus_amont", "5", "--source", "x", "--db", ":memory:"), "did you mean raf.bonus_amount"),
        (("import", "nowhere.csv", "--program", "cerri", "--db", ":memory:"), "nowhere.csv"),
        (("import", "README.md", "--program", "xyz", "--db", ":memory:"), "no program xyz"),
    ],
)
def test_what_a_user_can_cause_is_one_plain_sentence(arguments: tuple, sentence: str) -> None:
    assert sentence in refused(core(*arguments, given=""))


def test_a_sample_is_written_and_evaluated(tmp_path: Path) -> None:
    db = tmp_path / "leads.duckdb"
    answer = core("sample", "--leads", 300, "--seed", 7, "--until", "2026-11-20", "--db", db)
    assert json.loads(answer.stdout)["leads"] == 300
    result = json.loads(core("evaluate", "--db", db, "--as-of", "2026-11-20").stdout)
    assert len(result["leads"]) == 300
    assert {one["disposition"] for one in result["leads"].values()} == {"qualified", "rejected", "pending", "expired"}


def test_what_was_erased_in_the_dashboard_is_in_no_part_of_the_file_once_it_is_rewritten(tmp_path: Path) -> None:
    db = tmp_path / "leads.duckdb"
    con = world.build(db)
    desk.erase(con, world.signed("ada"), "C3")
    con.close()
    assert json.loads(core("rewrite", "--db", db).stdout) == {"rewritten": str(db)}
    assert b"mia@fabrikam.example" not in db.read_bytes()
    assert core("verify", "--db", db).returncode == 0
