"""The first rows of a file as they would be read, before anything is stored: the same as the import then says."""

import pytest

from core.intake import preview
from core.intake.imports import propose
from tests.intake.bringing import HEADER, NOW, counts

LINES = HEADER + "".join(f"N{n},n{n}@acme.com,Acme,{day}\n" for n, day in enumerate(
    ["2024-05-01 23:30", "2024-05-02", "never", "2024-05-03", "2024-05-04T01:00:00Z", "soon", "2024-05-05"]))


@pytest.fixture
def look(con, tmp_path):
    def look(content, kind="leads", partner="P1", program="cerri", zone="America/New_York", **more):
        path = tmp_path / "file.csv"
        path.write_text(content)
        return propose(con, path, program, kind, partner, None, NOW, zone, **more)

    return look


def test_the_first_rows_are_shown_as_read_with_times_by_the_clock_of_the_program(con, look):
    found = look(LINES).preview
    assert found.rows["row"].to_list() == [2, 3, 4, 5, 6]
    assert found.rows["submitted_at"].to_list() == [
        "2024-05-01 23:30", "2024-05-02 00:00", "", "2024-05-03 00:00", "2024-05-03 21:00"]
    assert found.rows["partner"].to_list() == ["P1"] * 5 and "role" not in found.rows.columns
    assert [reason == "" for reason in found.rows["refused"]] == [True, True, False, True, True]
    assert not any(counts(con).values())


def test_as_many_rows_are_said_to_be_refused_as_the_import_refuses(look, bring):
    found = look(LINES).preview
    report = bring(LINES, zone="America/New_York")
    assert (found.refused, found.first_refused) == (len(report.refused), report.refused[0])
    again = look(LINES).preview
    assert again.refused == 7 and "already imported" in again.first_refused["reason"]
    known = look(LINES + "New,new@acme.com,Acme,2024-05-09\n").preview
    assert known.refused == 7, "five stand in the database, two cannot be read"


def test_words_products_and_days_are_shown_as_they_are_read(look):
    found = look("account_id,product,in_use,contract_end_date\nA1,B2B Manager;Trial,yes,2025-03-01\n", kind="products",
                 program="raf").preview
    row = found.rows.to_dicts()[0]
    assert row["products"] == "b2b_manager, trial" and row["is_in_use"] == "yes"
    assert row["contract_ends_on"] == "2025-03-01" and "is not known yet" in row["refused"]


def test_of_a_long_file_the_first_rows_alone_are_judged(look, monkeypatch):
    monkeypatch.setattr(preview, "JUDGED_MOST", 6)
    told = []
    found = look(LINES, progress=lambda *one: told.append(one)).preview
    assert (found.refused, found.first_refused, found.rows.height) == (None, None, 5)
    assert ("checking rows", 5, 5) in told and ("checking rows", 7, 7) not in told


def test_where_something_must_be_said_first_nothing_is_shown(look):
    assert look(HEADER + "Ann,a@acme.com,Acme,03/04/2024\n").preview is None
    assert look(HEADER).preview is None
