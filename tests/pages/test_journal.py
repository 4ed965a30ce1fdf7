"""The journal as a page, from the shell on: found, in words, refused attempts, and the state of the chain."""

import csv
import datetime as dt
import io
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core import days, desk, inert, kept, queue
from core.desk import entries, journal
from core.desk.entries import Asked
from core.people import Forbidden
from pages.parts import database
from tests.conftest import now
from tests.pages.test_pages import words_of
from tests.pages.test_roles import acting


@pytest.fixture
def lead(con: duckdb.DuckDBPyConnection) -> str:
    """A lead that was taken, laid down again by an undo, and that finance tried to reject."""
    name = queue.page(con, kept.kept_as_of(con), queue.Filters(program="raf"), 1, 1)["lead"][0]
    done = desk.claim(con, desk.Signed("sara", "claim", now(), desk.version(con, name)), name)
    desk.undo(con, desk.Signed("sara", "undo", now(), desk.version(con, name)), done.number, "not mine")
    with pytest.raises(Forbidden):
        desk.reject(con, desk.Signed("finn", "reject", now(), desk.version(con, name)), name, "raf.invalid.3", "x")
    return name


def shown(at: AppTest) -> list[int]:
    """The numbers of the entries on the page, in order."""
    return [int(one.proto.popover.label.removeprefix("Entry ").replace(",", "")) for one in at.get("popover")
            if one.proto.popover.label.startswith("Entry ")]


def test_entries_stand_latest_first_with_a_way_to_the_others(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    at = acting("journal", "mona")
    last, found = desk.head(con).number, entries.count(con, Asked())
    assert found == last and f"{found:,} entries" in words_of(at)
    assert shown(at) == list(range(last, max(last - 25, 0), -1))
    assert "Sara Sample" in words_of(at) and "took the lead on." in words_of(at)


def test_the_filters_of_the_address_narrow_it(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    said = words_of(acting("journal", "mona", entry_of=lead))
    assert "3 entries" in said and "was refused: reject." in said and "took an entry back." in said
    said = words_of(acting("journal", "mona", entry_of=lead, by="Finn Sample · finn"))
    assert "1 entry," in said and "took the lead on." not in said
    said = words_of(acting("journal", "mona", action="Claim", undone="true"))
    assert "1 entry," in said and "took the lead on." in said
    first, last = days.span_of_days(now().date(), now().date(), "UTC")
    assert entries.count(con, Asked(begins_at=first, ends_at=last)) == desk.head(con).number
    assert entries.count(con, Asked(ends_at=first)) == 0


def test_nothing_found_offers_to_take_the_filters_off(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    at = acting("journal", "mona", entry_of="X-404")
    assert "No entry is left under these filters." in words_of(at)
    next(one for one in at.button if one.label == "Take the filters off").click().run()
    assert f"{desk.head(con).number:,} entries" in words_of(at)


def test_before_and_after_are_said_in_words(con: duckdb.DuckDBPyConnection) -> None:
    desk.set_setting(con, desk.Signed("mona", "one", now()), "raf.bonus_amount", "500", dt.date(2020, 1, 1),
                     "the board said so")
    desk.set_setting(con, desk.Signed("mona", "two", now()), "raf.bonus_amount", "600",
                     now().date() + dt.timedelta(1), "the board said so")
    said = words_of(acting("journal", "mona", action="Set a setting"))
    assert "name: raf.bonus_amount · from: 2020-01-01 · value: not set → 500.00" in said
    assert "value: 500.00 → 600.00" in said
    assert "the board said so" not in said


def test_an_undone_entry_is_marked_and_keeps_its_place(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    rows = entries.page(con, Asked(lead=lead), 0, 25)
    assert [(row["action"], row["is_undone"]) for row in rows] == [("refused", False), ("undo", False), ("claim", True)]


def test_the_file_holds_exactly_what_is_filtered_and_no_formula(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    asked = Asked(lead=lead)
    rows = list(csv.DictReader(io.StringIO(inert.as_csv(entries.table(con, asked)).decode("utf-8-sig"))))
    assert [int(row["number"]) for row in rows] == [row["number"] for row in entries.page(con, asked, 0, 25)]
    assert {row["lead"] for row in rows} == {lead}
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_the_chain_is_checked_on_the_page_and_a_changed_row_is_named(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("journal", "mona")
    head = desk.head(con)
    assert f"Entry {head.number:,} is the last." in words_of(at)
    assert [head.hash] == [one.value for one in at.code if one.value == head.hash]
    next(one for one in at.button if one.label == "Verify now").click().run()
    assert f"Every row is what entry {head.number:,} and those before it say." in words_of(at)
    with con.cursor() as cursor:
        cursor.execute("update partners set name = 'Somebody else' where id = (select min(id) from partners)").fetchall()
    next(one for one in at.button if one.label == "Verify now").click().run()
    assert "A row of partners" in words_of(at)


def test_a_head_outside_that_says_otherwise_is_seen_at_once(con: duckdb.DuckDBPyConnection) -> None:
    assert entries.chain(con).outside == "agrees"
    file = journal.head_file(Path(database.name()))
    text = file.read_text()
    file.write_text(text.replace(desk.head(con).hash, "0" * 64))
    assert entries.chain(con).outside == "differs"
    file.write_text("{")
    assert entries.chain(con).outside == "unreadable"
    file.unlink()
    assert entries.chain(con).outside == "missing"
    assert "The head file is missing." in words_of(acting("journal", "mona"))


def test_an_admin_sees_entries_on_people_and_settings_and_no_lead(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    at = acting("journal", "ada")
    said = words_of(at)
    assert "granted a role." in said and lead not in said
    assert "took the lead on." not in said and "was refused: reject." not in said
    assert not [one for one in at.get("page_link") if one.proto.label.startswith("Open ")]
    assert lead not in words_of(acting("journal", "ada", entry_of=lead))


def test_an_erased_person_is_named_by_no_entry(con: duckdb.DuckDBPyConnection) -> None:
    with con.cursor() as cursor:
        [(contact, name)] = cursor.execute(
            "select id, full_name from contacts where length(full_name) > 8 and email is not null order by id desc limit 1"
        ).fetchall()
    desk.erase(con, desk.Signed("ada", "erase", now()), contact)
    at = acting("journal", "mona")
    assert "erased a contact" in words_of(at).replace("&#x27;", "'")
    assert name not in words_of(at)
    assert name not in inert.as_csv(entries.table(con, Asked())).decode("utf-8-sig")
