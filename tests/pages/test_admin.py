"""The page Admin, from the shell on: people and roles, and the erasure of a contact."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import days, desk, people
from core.desk import entries, erasing
from core.evaluation import FOREVER
from core.model import Refusal
from core.people import directory
from pages.parts import database
from tests.conftest import HOSTILE, now
from tests.pages.test_pages import markdown_of, words_of
from tests.pages.test_roles import acting

ERASE = {"section": "Erase a contact"}


def contact(con: duckdb.DuckDBPyConnection) -> dict:
    """A contact of a lead, with an address and a name of its own."""
    with con.cursor() as cursor:
        row = cursor.execute(
            "select c.id, c.full_name, c.email, l.id from contacts as c join leads as l on l.contact = c.id "
            "where c.email is not null and length(c.full_name) > 8 and c.full_name not like '%evil%' order by c.id desc "
            "limit 1").fetchall()[0]
    return dict(zip(("id", "name", "email", "lead"), row, strict=True))


def press(at: AppTest, label: str, key: str | None = None) -> AppTest:
    next(one for one in at.button if one.label == label and key in (None, one.key)).click().run()
    assert not at.exception
    return at


def fill(at: AppTest, label: str, value: str) -> None:
    next(one for one in at.text_input if one.label == label).input(value)


def choose(at: AppTest, label: str, value: str) -> None:
    next(one for one in at.selectbox if one.label == label).select(value)


def roles(con: duckdb.DuckDBPyConnection, person: str, moment: dt.datetime | None = None) -> tuple:
    return people.person(con, person, moment or now() + dt.timedelta(seconds=5)).roles


def test_everybody_is_listed_with_roles_and_whom_they_belong_to(con: duckdb.DuckDBPyConnection) -> None:
    partner, name = next(iter(directory.partners(con).items()))
    desk.add_person(con, desk.Signed("ada", "pat", now()), "pat", "Pat Partner", "pat@northwind-pm.example", partner)
    at = acting("admin", "ada")
    said = words_of(at)
    assert "Pat Partner" in said and f"belongs to {name}, {partner}" in said.replace("&#x27;", "'")
    assert "of northwind-pm.example" in said and "Holds no role." in said
    assert "sales in Refer-a-Friend" in said and "manager in every program" in said
    assert [row["id"] for row in directory.directory(con, now(), FOREVER, "northwind")] == ["pat"]


def test_a_person_is_added_and_granted_a_role_from_a_day_until_another(con: duckdb.DuckDBPyConnection) -> None:
    at = press(acting("admin", "ada"), "Add a person…")
    fill(at, "Id", "nina")
    press(at, "Add")
    assert "Enter an id and a name." in words_of(at)
    fill(at, "Name", "Nina New")
    press(at, "Add")
    assert roles(con, "nina") == ()
    press(at, "Grant…", "grant-nina")
    choose(at, "Role", "finance")
    choose(at, "Where", "Referral Partner")
    first, last = now().date() + dt.timedelta(2), now().date() + dt.timedelta(9)
    for label, day in (("From", first), ("Until the end of (may be left out)", last)):
        next(one for one in at.date_input if one.label == label).set_value(day)
    press(at, "Grant")
    assert roles(con, "nina") == ()
    begins_at, ends_at = days.span_of_days(first, last, "UTC")
    assert roles(con, "nina", begins_at) == (("finance", "ptr"),)
    assert roles(con, "nina", ends_at - dt.timedelta(seconds=1)) == (("finance", "ptr"),)
    assert roles(con, "nina", ends_at) == ()
    assert f"from {first.day} {first:%b %Y} until" in words_of(at)


def test_a_role_is_taken_back_and_both_stand_in_the_history(con: duckdb.DuckDBPyConnection) -> None:
    at = press(acting("admin", "ada"), "Take back…", "revoke-sam")
    press(at, "Take it back")
    assert roles(con, "sam") == ()
    at = acting("admin", "ada", section="Roles given")
    rows = directory.grants(con, FOREVER, "sam", 0, 20)
    assert [(row["what"], row["role"], row["program"], row["by_person"]) for row in rows] == [
        ("taken back", "sales", "raf", "ada"), ("granted", "sales", "raf", "operator")]
    assert words_of(at).count("Sam Sample") >= 2
    at = press(acting("admin", "ada"), "Grant…", "grant-sam")  # the same offer later is another one
    choose(at, "Role", "sales")
    press(at, "Grant")
    assert roles(con, "sam") == (("sales", None),)


def test_nobody_is_offered_a_role_for_themselves_and_a_role_that_is_gone_is_refused_in_words(
    con: duckdb.DuckDBPyConnection,
) -> None:
    at = acting("admin", "ada")
    assert "grant-ada" not in {one.key for one in at.button}
    press(at, "Take back…", "revoke-sam")
    desk.revoke(con, desk.Signed("operator", "first", now()), "sam", "sales", "raf")
    press(at, "Take it back")
    assert "sam does not hold the role sales in raf." in words_of(at)


def test_a_partner_who_is_not_there_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(Refusal, match="There is no partner nobody"):
        desk.add_person(con, desk.Signed("ada", "x", now()), "nina", "Nina", partner="nobody")


def test_a_past_day_shows_who_held_what_then_and_offers_nothing(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("admin", "ada", as_of="2020-01-01")
    assert "You can look, not decide" in at.warning[0].value
    assert "Sara Sample" not in words_of(at)
    assert not {"Grant…", "Take back…", "Add a person…"} & {one.label for one in at.button}


def test_a_contact_is_found_previewed_and_erased_once_the_id_is_typed(con: duckdb.DuckDBPyConnection) -> None:
    one = contact(con)
    at = acting("admin", "ada", **ERASE)
    at.text_input(key="whom").input(one["email"]).run()
    assert one["name"] in words_of(at).replace("&#x27;", "'")
    press(at, "Erase…", f"erase-{one['id']}")
    goes = erasing.what_goes(con, one["id"], now())
    said = words_of(at)
    assert f"{len(goes.rows['contacts']):,} contact record" in said and f"{len(goes.rows['leads']):,} lead" in said
    fill(at, "The id of the contact", "something else")
    press(at, "Erase for good")
    assert "That is not the id of this contact. Nothing was erased." in words_of(at)
    assert erasing.candidates(con, one["email"], 5)
    reads: list[str] = []
    in_memory = [keeps(lambda kind=kind: reads.append(kind)) for kind, keeps in
                 (("frozen", st.cache_resource(show_spinner=False)), ("copied", st.cache_data(show_spinner=False)))]
    for read in (*in_memory, *in_memory):
        read()
    assert reads == ["frozen", "copied"]
    fill(at, "The id of the contact", one["id"])
    press(at, "Erase for good")
    for read in in_memory:
        read()
    assert reads == ["frozen", "copied"] * 2  # nothing that pages kept in memory is left
    assert f"Contact {one['id']}" in words_of(at)
    assert one["email"] not in words_of(at) and one["name"] not in words_of(at)
    assert one["id"] not in {row["id"] for row in erasing.candidates(con, one["email"], 5)}
    with con.cursor() as cursor:
        assert cursor.execute("select full_name, email from contacts where id = ?", [one["id"]]).fetchall() == [
            (erasing.ERASED, None)]
    [entry] = entries.page(con, entries.Asked(action="erase"), 0, 5)
    assert {table: rows for table, rows in entry["after"].items() if table != "kept"} == {
        table: len(ids) for table, ids in goes.ids().items()}
    assert desk.first_fault(con) is None


def test_the_search_names_nobody_before_three_letters_and_shows_neither_leads_nor_money(
    con: duckdb.DuckDBPyConnection,
) -> None:
    one = contact(con)
    at = acting("admin", "ada", **ERASE)
    at.text_input(key="whom").input(one["email"][:2]).run()
    assert "Enter 3 letters or more" in words_of(at)
    assert not [each for each in at.button if each.label == "Erase…"]
    at.text_input(key="whom").input(one["email"]).run()
    press(at, "Erase…", f"erase-{one['id']}")
    said = words_of(at)
    assert one["lead"] not in said and "US$" not in said
    assert not at.dataframe and not [each for each in at.get("page_link") if each.proto.label.startswith("Open ")]


def test_who_is_not_there_is_said(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("admin", "ada", **ERASE)
    at.text_input(key="whom").input("no such person anywhere").run()
    assert "No contact matches" in words_of(at)


def test_operators_find_their_commands_with_the_file_of_this_database(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("admin", "ada", section="For operators")
    said = [one.value for one in at.code]
    for command in ("verify", "backup", "restore", "rewrite"):
        assert any(f"core {command}" in line and line.endswith(f"--db {database.name()}") for line in said)


def test_who_stands_in_a_refused_row_alone_is_found_and_erased(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("id,email,company,submitted_at\nX1,a@one.example,One,2024-05-01\n"
                                        f"X2,zoe@zoo.example,{HOSTILE.replace(',', '')},never\n")
    desk.import_file(con, desk.Signed("sara", "file", now()), tmp_path / "leads.csv", "cerri", "leads", "brightpath")
    [one] = erasing.candidates(con, "zoe@zoo", 5)
    at = acting("admin", "ada", **ERASE)
    at.text_input(key="whom").input("zoe@zoo").run()
    assert "Row 3 of leads.csv, refused" in words_of(at) and "evil.example" not in markdown_of(at)
    press(at, "Erase…", f"erase-{one['id']}")
    assert "1 refused row of a file" in words_of(at)
    fill(at, "The id of the contact", one["id"])
    press(at, "Erase for good")
    assert f"Refused row {one['id']}" in words_of(at) and erasing.candidates(con, "zoe@zoo", 5) == []
