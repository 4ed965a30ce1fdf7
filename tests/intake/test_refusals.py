"""What did not come in stays with its import: row, column, reason and cells, as the file of refused rows has them."""

from core import store
from core.intake import history, storing
from core.intake.imports import finish, prepare, put
from tests.intake.bringing import HEADER, NOW, rows

ODD = (HEADER.rstrip() + ',a.b,"c ""d""",=e\nAnn,a@acme.com,Acme,2024-05-01,,,\n'
       'Bo,b@acme.com,"Acme, ""the"" one",never,=1+1,"two\nlines",Zoë\n\nCy,c@acme.com,Acme,2024-05-02\n'
       ",,,2024-05-03,x,\\n,\x1f\n")


def test_refused_rows_are_read_again_as_the_file_of_them_has_them(con, bring, tmp_path):
    report = bring(ODD)
    assert report.accepted and len(report.refused) >= 2
    found = history.refused_rows(con, report.import_id)
    assert history.formats.as_file(found) == report.refused_file.read_bytes()
    assert history.refusals(con, report.import_id, 100).to_dicts() == report.refused
    assert history.refusals(con, report.import_id, 1).to_dicts() == report.refused[:1]
    again = bring(history.formats.as_file(found).replace(b"never", b"2024-05-09"), name="mended.csv")
    assert again.accepted == 1


def test_of_a_file_none_of_whose_rows_came_in_nothing_is_kept(con, bring):
    report = bring(HEADER + "Bo,b@acme.com,Acme,never\n")
    assert report.import_id is None and rows(con, "select * from import_refusals") == []


def test_a_file_without_refused_rows_has_none_to_be_read(con, bring):
    report = bring(HEADER + "Ann,a@acme.com,Acme,2024-05-01\n")
    assert history.refused_rows(con, report.import_id).is_empty()


def test_the_report_of_an_import_is_read_again_with_its_notes_and_what_it_covers(con, bring):
    bring("name,email,company,created\nAnn,ann@acme.com,Acme,2024-05-01 10:00\n", program="raf", name="leads.csv")
    report = bring("id,name,website,created_date,shoe size\nA1,Acme,acme.com,2019-01-01,43\nA2,,,never,\n",
                   program="raf", kind="organizations")
    found = history.report(con, report.import_id)
    assert found["notes"] == report.notes != []
    assert found["covers"] == report.covers and report.covers["contacts"]["leads"] == 1
    assert (found["rows_read"], found["accepted"], found["refused"]) == (2, 1, 1)
    assert (found["file_name"], found["imported_at"], found["look_alikes"]) == ("file.csv", NOW, 0)
    assert history.report(con, "none") is None


def test_a_report_counts_the_look_alikes_that_came_with_it_and_those_still_open(con, bring):
    bring(HEADER + "Ann Lee,ann.lee@acme.com,Acme Logistics,2024-05-01\n", name="first.csv")
    report = bring(HEADER + "Anne Lee,anne.lee@acme.com,Acme Logistics,2024-05-02\n")
    [(asked,)] = rows(con, "select count(*) from near_matches where import = ?", report.import_id)
    found = history.report(con, report.import_id)
    assert asked > 0 and found["look_alikes"] == found["open_look_alikes"] == asked
    with store.transaction(con) as cursor:
        cursor.execute("insert into match_answers (id, near_match, answer, happened_at, recorded_at, decided_by) select "
                       "'A', min(id), 'same', ?, ?, 'sara' from near_matches", [NOW, NOW]).fetchall()
    assert history.report(con, report.import_id)["open_look_alikes"] == asked - 1


def test_refused_rows_are_kept_in_pieces_without_losing_any(con, bring, tmp_path, monkeypatch):
    monkeypatch.setattr(storing, "PIECE", 3)
    path = tmp_path / "leads.csv"
    path.write_text(HEADER + "Ann,a@acme.com,Acme,2024-05-01\n" + "".join(f"Bo {n},,,never\n" for n in range(8)))
    told = []
    prepared = prepare(con, path, "cerri", "leads", "P1", None, NOW)
    with store.transaction(con) as cursor:
        put(cursor, prepared, lambda *one: told.append(one))
    report = finish(prepared)
    assert [one for one in told if one[0] == "keeping refused rows"] == [
        ("keeping refused rows", done, 8) for done in (3, 6, 8)]
    assert history.formats.as_file(history.refused_rows(con, report.import_id)) == report.refused_file.read_bytes()
    assert len({id for (id,) in rows(con, "select id from import_refusals")}) == 8


def test_the_first_leads_that_came_are_named(con, bring):
    report = bring("id,name,created\n" + "".join(f"L{n},N{n},2024-05-01\n" for n in range(5)))
    assert history.leads(con, report.import_id, 3) == ["L0", "L1", "L2"]
