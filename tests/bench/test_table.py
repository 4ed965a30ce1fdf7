"""The table: every measurement gives whole rows, its own memory, and compares results before it tells times."""

import json
import subprocess
import sys
from pathlib import Path

from core import desk
from core.desk import Signed
from tests.bench import __main__ as bench
from tests.bench import crm_export, imports, measuring
from tests.bench.measuring import Row, apart, at_least, at_most, p95, peak_gb

ROOT = Path(__file__).parents[2]
LEADS = 2_000


def test_every_row_of_every_measurement_is_whole() -> None:
    # of so few leads the others measure nothing, and labelled pairs come with packages that only the bench installs
    chosen = ["criteria", "first_page", "imports", "what_if"]
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--json", "--leads", str(LEADS), "--only", ",".join(chosen)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    found = json.loads(answer.stdout)
    assert found["leads"] == LEADS
    assert len(found["table"]) == 4 + 2 + 2 + 1
    for row in found["table"]:
        assert set(row) == {"what", "aim", "result", "met"}
        assert row["what"] and row["aim"].endswith(("or less", "or more")), row
        assert row["result"].endswith(("times", "GB")), row
        assert isinstance(row["met"], bool)


def test_a_measurement_that_fails_stands_in_the_table_and_the_others_go_on() -> None:
    (row,) = bench.measured("evaluation", "as many as there are")
    assert row.what.startswith("evaluation")
    assert row.result == "failed"
    assert not row.met


def test_an_aim_is_met_at_its_limit_and_not_beyond() -> None:
    assert at_most("page", 3, 3).met
    assert not at_most("page", 3.01, 3).met
    assert at_least("leads per second", 12, 12).met
    assert not at_least("leads per second", 11.99, 12).met
    assert at_most("memory", 1.7, 2, "GB") == Row("memory", "2 GB or less", "1.70 GB", True)
    assert at_least("leads", 1234.5, 1000) == Row("leads", "1,000 times or more", "1,234 times", True)


def test_the_table_says_what_is_not_met() -> None:
    lines = bench.table([Row("one", "2 GB or less", "1.0 GB", True), Row("another", "3 times or less", "4.0 times", False)])
    assert [line.split("times ")[-1].split("GB ")[-1].strip() for line in lines.splitlines()[1:]] == ["met", "NOT MET"]


def test_a_measurement_has_its_memory_for_itself() -> None:
    held = bytearray(400 * 2**20)
    assert peak_gb() > len(held) / 2**30
    assert apart(peak_gb) < peak_gb()


def test_five_of_a_hundred_may_take_longer_than_the_p95() -> None:
    assert 95 <= p95([float(number) for number in range(1, 101)]) <= 96


def test_every_measurement_has_its_module() -> None:
    for name in bench.MEASUREMENTS:
        assert (Path(bench.__file__).parent / f"{name}.py").exists()


def test_an_export_has_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    with measuring.copy(LEADS) as con:
        first, second = (crm_export.write(tmp_path / f"{name}.csv", con, seed=7) for name in ("first", "second"))
        other = crm_export.write(tmp_path / "other.csv", con, seed=8)
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.faults == second.faults
    assert first.path.read_bytes() != other.path.read_bytes()
    assert first.rows == LEADS
    assert all(first.faults.values())


def test_an_export_comes_in_but_for_the_rows_that_were_spoiled(tmp_path: Path) -> None:
    export = imports.write_export(LEADS, tmp_path / "leads.csv")
    con = imports.new_database(LEADS, tmp_path / "new.duckdb")
    _, report = desk.import_file(con, Signed("operator", "import", imports.NEXT_DAY), export.path, imports.PROGRAM)
    assert report.kind == "leads"
    assert not report.needs
    said = {"no date": "no submission date", "no such day": "02/31/2026", "unknown partner": "is not known",
            "nobody": "names nobody", "row again": "the same as row"}
    for fault, words in said.items():
        assert sum(words in row["reason"] for row in report.refused) == export.faults[fault], fault
    assert report.accepted == export.rows - sum(export.faults.values())
