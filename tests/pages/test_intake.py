"""Intake from the shell on: what is proposed and asked, what became of the rows, and an import taken back."""

from pathlib import Path

import duckdb
import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from core import desk
from core.intake.formats import limits
from core.model import Refusal
from core.people import Forbidden, directory
from pages.parts import database
from tests.conftest import HOSTILE, now
from tests.pages.test_pages import markdown_of, words_of
from tests.pages.test_roles import acting

HUBSPOT = Path(__file__).parents[1] / "intake" / "exports" / "hubspot" / "contact_data.csv"


def uploaded(file_name: str, content: bytes, partner: str = "brightpath") -> AppTest:
    """The page of a sales person with a file of a partner."""
    at = acting("intake", "sara")
    at.text_input(key="intake-partner").set_value(partner).run()
    at.file_uploader[0].set_value((file_name, content, "text/csv")).run()
    assert not at.exception
    return at


def pressed(at: AppTest, label: str) -> AppTest:
    """The page after the first button of a label."""
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception
    return at


def imports(con: duckdb.DuckDBPyConnection) -> list[dict]:
    with con.cursor() as cursor:
        return cursor.sql("select id, accepted, refused, taken_back_at from imports").pl().to_dicts()


def test_a_file_is_shown_with_the_columns_proposed_before_anything_is_stored(con: duckdb.DuckDBPyConnection) -> None:
    at = uploaded("contact_data.csv", HUBSPOT.read_bytes())
    by_label = {one.label: one.value for one in at.selectbox}
    assert by_label["Column of Email"] == "property_email"
    assert by_label["Column of Website"] == "(no column)"
    assert "22 rows, read as leads" in words_of(at)
    assert "property_annualrevenue" in words_of(at)
    assert imports(con) == []


def test_another_column_that_is_chosen_is_the_one_that_is_proposed_then(con: duckdb.DuckDBPyConnection) -> None:
    at = uploaded("contact_data.csv", HUBSPOT.read_bytes())
    next(one for one in at.selectbox if one.label == "Column of Submitted at").select("property_created_at").run()
    assert next(one for one in at.selectbox if one.label == "Column of Submitted at").value == "property_created_at"
    assert "as you said" in words_of(at)
    pressed(at, "Forget my answers")
    assert next(one for one in at.selectbox if one.label == "Column of Submitted at").value == "property_createdate"


def test_a_question_is_answered_first_then_the_rows_come_in_and_go_again(con: duckdb.DuckDBPyConnection) -> None:
    hostile = HOSTILE.replace('"', "'")
    content = f"id,email,company,submitted_at\n1,a@one.example,{hostile},03/04/2024\n2,b@two.example,Two,soon\n"
    at = uploaded("leads.csv", content.encode())
    assert "How are the dates in ‘submitted_at’ written?" in words_of(at)
    assert next(one for one in at.button if one.label == "Import 2 rows").disabled
    assert "evil.example" not in markdown_of(at)
    next(one for one in at.selectbox if one.label == "Answer to question 1").select("day first").run()
    pressed(at, "Import 2 rows")
    [row] = imports(con)
    assert (row["accepted"], row["refused"]) == (1, 1)
    assert [(one.label, one.value) for one in at.metric] == [("Accepted", "1"), ("Refused", "1")]
    [refused] = at.dataframe[0].value.to_dict("records")
    assert (refused["Row"], refused["Column"]) == (3, "submitted_at")
    assert at.get("download_button")[0].proto.label == "Download the refused rows"
    submitted = "select submitted_at::date::varchar as day from leads where import = $import"
    with con.cursor() as cursor:
        assert cursor.sql(submitted, params={"import": row["id"]}).fetchall() == [("2024-04-03",)]
    pressed(pressed(at, "Take back"), "Take it back")
    assert imports(con)[0]["taken_back_at"] is not None
    assert "Taken back" in markdown_of(at)
    assert "Take back" not in [one.label for one in at.button]


def test_a_file_none_of_whose_columns_is_known_is_mapped_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("intake", "sara")
    at.text_input(key="intake-partner").set_value("brightpath").run()
    at.selectbox(key="intake-kind").select("leads").run()
    at.file_uploader[0].set_value(("list.csv", b"wer,wo,wann\nAnn Lee,Acme,2024-05-01\n", "text/csv")).run()
    assert "No column is known by its name." in words_of(at) and "Ann Lee" in words_of(at)
    assert next(one for one in at.button if one.label == "Import 1 row").disabled
    for label, column in (("Answer to question 1", "wann"), ("Column of Full name", "wer"), ("Column of Company", "wo")):
        next(one for one in at.selectbox if one.label == label).select(column).run()
    pressed(at, "Import 1 row")
    with con.cursor() as cursor:
        stored = cursor.execute("select full_name, company from contacts where import is not null").fetchall()
    assert stored == [("Ann Lee", "Acme")]


def test_leads_of_nobody_are_asked_for_their_partner_before_the_import(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("intake", "sara")
    at.selectbox(key="intake-kind").select("leads").run()
    at.file_uploader[0].set_value(
        ("list.csv", b"full_name,company,submitted_at\nAnn Lee,Acme,2024-05-21\n", "text/csv")).run()
    assert next(one for one in at.button if one.label == "Import 1 row").disabled
    assert "Say first whose leads these are" in words_of(at)
    at.text_input(key="intake-partner").set_value("brightpath").run()
    assert not next(one for one in at.button if one.label == "Import 1 row").disabled


def test_a_file_that_is_no_table_is_refused_in_one_sentence(con: duckdb.DuckDBPyConnection) -> None:
    at = uploaded("report.pdf", b"%PDF-1.7\n")
    assert "report.pdf" in words_of(at)
    assert not [one for one in at.button if one.label.startswith("Import")]


def test_an_import_on_which_something_rests_is_not_taken_back(con: duckdb.DuckDBPyConnection) -> None:
    at = pressed(uploaded("contact_data.csv", HUBSPOT.read_bytes()), "Import 22 rows")
    with con.cursor() as cursor:
        [(lead,)] = cursor.sql("select min(id) from leads where import is not null").fetchall()
    desk.claim(con, desk.Signed("sara", "claim", database.now(), desk.version(con, lead)), lead)
    pressed(pressed(at, "Take back"), "Take it back")
    assert "cannot be taken back" in words_of(at)
    assert imports(con)[0]["taken_back_at"] is None


def links(at: AppTest) -> list[str]:
    """What the links of the page say."""
    return [one.proto.label for one in at.get("page_link")]


def labels(at: AppTest) -> list[str]:
    """What the files that can be downloaded are called."""
    return [one.proto.label for one in at.get("download_button")]


def test_the_report_of_an_import_stands_in_the_address_and_is_opened_again(con: duckdb.DuckDBPyConnection) -> None:
    hostile = HOSTILE.replace('"', "'")
    content = f"id,email,company,submitted_at\nX1,a@one.example,One,2024-05-01\nX2,b@two.example,Two,{hostile}\n"
    at = pressed(uploaded("leads.csv", content.encode()), "Import 2 rows")
    [row] = imports(con)
    assert at.query_params["import"] in (row["id"], [row["id"]])
    for again in (at, acting("intake", "mona", **{"import": row["id"]})):
        assert [(one.label, one.value) for one in again.metric] == [("Accepted", "1"), ("Refused", "1")]
        [refused] = again.dataframe[0].value.to_dict("records")
        assert (refused["Row"], refused["Column"]) == (3, "submitted_at") and "not a date" in refused["Why it was refused"]
        assert labels(again) == ["Download the refused rows", "As XLSX"]
        assert "Open X1" in links(again) and "evil.example" not in markdown_of(again)
    pressed(again, "Close")
    assert "import" not in again.query_params and not again.metric
    pressed(again, "Report")
    assert again.metric[0].value == "1"
    desk.take_back(con, desk.Signed("mona", "back", now()), row["id"])
    gone = again.run()
    assert "It was taken back" in words_of(gone) and not gone.dataframe and labels(gone) == []
    assert "The import of the link is not there." in words_of(acting("intake", "mona", **{"import": "none"}))


def test_another_file_closes_the_report(con: duckdb.DuckDBPyConnection) -> None:
    at = pressed(uploaded("contact_data.csv", HUBSPOT.read_bytes()), "Import 22 rows")
    assert at.metric
    at.file_uploader[0].set_value(("more.csv", b"full_name,submitted_at\nAnn,2024-05-21\n", "text/csv")).run()
    assert not at.metric and "import" not in at.query_params


def test_of_a_file_of_which_nothing_came_in_the_report_is_to_be_taken_now(con: duckdb.DuckDBPyConnection) -> None:
    at = pressed(uploaded("leads.csv", b"id,email,submitted_at\n1,a@one.example,soon\n"), "Import 1 row")
    assert imports(con) == [] and "import" not in at.query_params
    assert "Of this file nothing is stored" in words_of(at) and "Download the refused rows now." in words_of(at)
    assert labels(at) == ["Download the refused rows"]
    assert at.dataframe[0].value["Row"].to_list() == [2]


def test_the_report_opens_what_is_covered_now_and_the_look_alikes_that_were_found(con: duckdb.DuckDBPyConnection) -> None:
    lead = b"id,full_name,email,company,submitted_at\nX1,Ann Lee,ann@lookhere.example,Lookhere Logistics,2024-05-01\n"
    pressed(uploaded("leads.csv", lead), "Import 1 row")
    at = acting("intake", "sara")
    at.selectbox(key="intake-kind").select("organizations").run()
    at.file_uploader[0].set_value(("crm.csv", b"id,name,website,created_date\nA1,Lookhere Logistics,lookhere.example,"
                                   b"2019-01-01\nA2,Lookhere Logistics GmbH,lookhere.test,2019-01-01\n",
                                   "text/csv")).run()
    pressed(at, "Import 2 rows")
    said = words_of(at)
    assert "1 stored leads waited for that" in said and links(at).count("Open X1") == 1
    assert "1 found, 1 to answer" in said and "Look-alikes" in links(at)


def test_the_first_rows_are_shown_as_they_would_be_read_before_the_import(con: duckdb.DuckDBPyConnection) -> None:
    hostile = HOSTILE.replace('"', "'")
    lines = [f"{n},{hostile if n == 1 else 'Ann'},0{n}/02/2024 09:00" for n in range(1, 8)] + ["8,Bo,soon"]
    content = "id,full_name,submitted_at\n" + "\n".join(lines)
    at = uploaded("leads.csv", content.encode())
    assert not at.dataframe, "the question comes first"
    next(one for one in at.selectbox if one.label == "Answer to question 1").select("day first").run()
    shown = at.dataframe[0].value
    assert list(shown.columns) == ["Row", "Id", "Full name", "Submitted at", "Partner", "Why it would be refused"]
    assert shown["Submitted at"].to_list() == [f"2024-02-0{n} 09:00" for n in range(1, 6)]
    assert "1 of 8 rows would be refused," in words_of(at) and "row 9, submitted_at" in words_of(at)
    assert "evil.example" not in markdown_of(at) and imports(con) == []


def test_the_page_says_how_large_a_file_may_be_and_how_a_larger_one_comes_in(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("intake", "sara")
    most, more = st.get_option("server.maxUploadSize"), limits.FILE_BYTES // 2**20
    assert 0 < most < more
    assert f"A file may have {most} MB here; one of up to {more} MB comes in at the command line" in words_of(at)
    assert at.code[0].value == f".venv/bin/python -m core import FILE --program cerri --db {database.name()}"


def test_the_bar_names_what_is_done_while_a_file_is_looked_at_and_brought_in(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, drawn_bar = [], DeltaGenerator.progress

    def progress(self: DeltaGenerator, value: float, text: str) -> DeltaGenerator:
        said.append(text)
        return drawn_bar(self, value, text)

    monkeypatch.setattr(DeltaGenerator, "progress", progress)
    at = uploaded("contact_data.csv", HUBSPOT.read_bytes())
    assert {"Reading the file", "Checking rows"} <= set(said)
    said.clear()
    pressed(at, "Import 22 rows")
    assert list(dict.fromkeys(said))[-3:] == ["Storing rows", "Looking for look-alikes", "Evaluating what it bears on"]


def test_finance_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("intake", "finn")
    assert "Intake is for sales or channel or manager" in words_of(at)
    assert not at.file_uploader


def test_uploads_that_a_killed_server_left_go_when_the_database_is_opened_again(con) -> None:
    database.close()
    left = database.uploads() / "tmp1" / "leads.csv"
    left.parent.mkdir(parents=True)
    left.write_text("id\n")
    database.connection()
    assert not database.uploads().exists()


def by_hand(con: duckdb.DuckDBPyConnection, **told: str) -> AppTest:
    """The page Intake after a lead was written down: values by the label of their field."""
    at = pressed(acting("intake", "sara"), "One lead by hand…")
    for label, text in told.items():
        next(one for one in at.text_input if one.label == label.replace("_", "-")).set_value(text)
    partner = next(one for one in at.selectbox if one.label == "Partner")
    partner.select(partner.options[0])
    return pressed(at, "Bring it in")


def test_a_lead_that_somebody_writes_down_comes_in_as_a_file_would_and_opens(con: duckdb.DuckDBPyConnection) -> None:
    at = by_hand(con, Name=f"Ann {HOSTILE}", Company="Acme by Hand", Role="CFO")
    with con.cursor() as cursor:
        [(lead, partner, company)] = cursor.execute(
            "select l.id, l.partner, c.company from leads as l join contacts as c on l.contact = c.id "
            "where l.import is not null").fetchall()
    assert (partner, company) == (next(iter(directory.partners(con))), "Acme by Hand")
    assert at.query_params["lead"] in (lead, [lead]) and "Acme by Hand" in words_of(at)
    [row] = imports(con)
    desk.take_back(con, desk.Signed("sara", "back", now()), row["id"])
    assert imports(con)[0]["taken_back_at"] is not None


def test_what_somebody_writes_down_wrongly_is_refused_in_the_dialog_and_kept(con: duckdb.DuckDBPyConnection) -> None:
    at = by_hand(con, Role="CFO")
    assert "names nobody: neither a name nor an e-mail nor a company" in words_of(at)
    assert not imports(con)
    assert next(one for one in at.text_input if one.label == "Role").value == "CFO"


def test_the_same_written_down_again_is_recognised(con: duckdb.DuckDBPyConnection) -> None:
    told = {"full_name": "Ann", "company": "Acme", "submitted_at": "2025-05-20 09:00"}
    lead = desk.write_down(con, desk.Signed("sara", "one", now()), "cerri", "A1", told)
    assert desk.write_down(con, desk.Signed("sara", "one", now()), "cerri", "A1", told) == lead
    with pytest.raises(Refusal, match="already imported"):
        desk.write_down(con, desk.Signed("sara", "two", now()), "cerri", "A1", told)
    with pytest.raises(Refusal, match=r"Submitted at: .*soon"):
        desk.write_down(con, desk.Signed("sara", "three", now()), "cerri", "A1", told | {"submitted_at": "soon"})
    with pytest.raises(Refusal, match="day first"):
        desk.write_down(con, desk.Signed("sara", "four", now()), "cerri", "A1", told | {"submitted_at": "03/04/2025"})
    with pytest.raises(Forbidden):
        desk.write_down(con, desk.Signed("finn", "five", now()), "cerri", "A1", told | {"company": "Beta"})
    assert len(imports(con)) == 1
