"""The page of the terms, from the shell on: what it says of a program, what it counts, and how a setting is changed."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from core import desk, in_force, inert, kept, queue, review
from core.model import VERDICTS, Refusal
from core.results import stored_settings
from core.terms import catalogue
from pages.parts import database, terms_values
from tests.conftest import now
from tests.pages.test_pages import drawn, words_of
from tests.pages.test_roles import acting

RAF = catalogue().programs["raf"]
BONUS = "raf.bonus_amount"


@pytest.fixture
def empty(empty_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The app's own connection to a database without leads."""
    monkeypatch.setenv("LEADS_DB", str(empty_file))
    database.close()
    yield
    database.close()


def labels(at: AppTest) -> list[str]:
    return [one.label for one in at.button]


def stored(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple]:
    with con.cursor() as cursor:
        return cursor.execute("select effective_on, value, recorded_by, source from settings where name = $name",
                              {"name": name}).fetchall()


def previewed(con: duckdb.DuckDBPyConnection, value: str, day: dt.date) -> AppTest:
    """The dialog of the bonus amount as a manager sees it after asking what a value would change."""
    at = acting("terms", "mona", program="raf", part="Settings")
    at.button(key=f"change-list-{BONUS}").click().run()
    next(one for one in at.text_input if one.label.startswith("New value")).input(value)
    next(one for one in at.date_input if one.label == "From which day it counts").set_value(day)
    next(one for one in at.button if one.label == "Show what would change").click().run()
    assert not at.exception
    return at


def test_every_clause_of_a_program_stands_in_the_order_of_the_text(con: duckdb.DuckDBPyConnection) -> None:
    said = words_of(drawn("terms", program="raf"))
    places = [said.index(f">{clause.id}<") for clause in RAF.clauses.values()]
    assert places == sorted(places)


def test_a_link_to_a_clause_shows_it_open_with_what_rests_on_it(con: duckdb.DuckDBPyConnection) -> None:
    said = words_of(drawn("terms", program="raf", clause="raf.valid.2"))
    assert RAF.criteria["not_active_prospect"].question in said
    assert "90 days" in said and "raf.active_prospect_days" in said
    assert catalogue().ambiguities["AMB-7"].question in said
    assert catalogue().ambiguities["AMB-1"].question not in said


def test_a_clause_that_is_not_there_is_said_and_all_are_shown(con: duckdb.DuckDBPyConnection) -> None:
    said = words_of(drawn("terms", program="raf", clause="raf.none"))
    assert "There is no such clause" in said and ">raf.valid.2<" in said


def test_the_checklist_leads_from_every_verdict_to_its_clause(con: duckdb.DuckDBPyConnection) -> None:
    lead = queue.page(con, kept.kept_as_of(con), queue.Filters(program="raf"), 1, 1)["lead"][0]
    at = drawn("checklist", lead=lead)
    told = review.story(con, lead, kept.kept_as_of(con))
    for line in told.lines:
        at.session_state[f"clause-{line.text.id}"] = True  # its clause is opened
    at.run()
    links = [one.proto.query_string for one in at.get("page_link") if one.proto.label == "In the terms"]
    assert sorted(links) == sorted(f"program=raf&clause={line.clause.id}" for line in told.lines)


def test_without_leads_the_terms_can_be_read_and_nothing_is_counted(empty: None) -> None:
    said = words_of(drawn("terms", program="ptr"))
    assert catalogue().programs["ptr"].name in said


def test_counts_are_those_of_the_kept_evaluation_and_each_opens_its_leads(con: duckdb.DuckDBPyConnection) -> None:
    for program in catalogue().programs.values():
        with con.cursor() as cursor:
            rows = cursor.execute("select verdicts from evaluations where program = ?", [program.id]).fetchall()
        for place, (name, tally) in enumerate(in_force.tallies(con, program).items()):
            letters = [verdicts[place] for (verdicts,) in rows]
            assert list(tally) == list(VERDICTS) and sum(tally.values()) == len(rows)
            assert tally["fail"] == letters.count("F") and tally["unknown"] == letters.count("U")
            assert in_force.leads_of(con, program, name, "fail").height == tally["fail"]
    tally = in_force.tallies(con, RAF)["replied_30d"]
    at = drawn("terms", program="raf", part="Criteria")
    at.button(key="count-replied_30d-fail").click().run()
    rows = in_force.leads_of(con, RAF, "replied_30d", "fail", 0, 20)
    assert list(at.dataframe[0].value["lead"]) == rows["lead"].to_list()
    assert f"All {tally['fail']:,} as CSV" in [one.proto.label for one in at.get("download_button")]


@pytest.mark.parametrize("person", ["ada"])
def test_an_admin_reads_the_terms_and_sees_no_lead_no_count_and_no_money(
    con: duckdb.DuckDBPyConnection, person: str
) -> None:
    for part in ("Criteria", "Settings"):
        at = acting("terms", person, program="raf", part=part, criterion="replied_30d", verdict="fail")
        assert not at.dataframe and not at.get("download_button")
        assert not any(" fail" in label for label in labels(at))
        assert "payout line" not in words_of(at) + str([one.proto for one in at.get("badge")])


@pytest.mark.parametrize(("person", "can"), [("sara", False), ("chen", False), ("finn", False), ("ada", False),
                                             ("mona", True)])
def test_only_who_may_set_a_setting_sees_a_way_to(con: duckdb.DuckDBPyConnection, person: str, can: bool) -> None:
    for part in ("Settings", "Open questions"):
        assert ("Change…" in labels(acting("terms", person, program="raf", part=part))) == can


def test_a_manager_of_one_program_changes_its_settings_and_not_those_that_all_share(
    con: duckdb.DuckDBPyConnection,
) -> None:
    at = acting("terms", "cara", program="cerri", part="Settings")
    keys = {one.key for one in at.button if one.label == "Change…"}
    assert "change-list-cerri.unresponsive_days" in keys and "change-list-timezone" not in keys
    assert "Change…" not in labels(acting("terms", "cara", program="raf", part="Settings"))


def test_a_setting_is_found_by_a_word_of_it(con: duckdb.DuckDBPyConnection) -> None:
    said = words_of(drawn("terms", program="raf", part="Settings", setting="reply"))
    assert "raf.reply_days" in said and "raf.bonus_amount" not in said
    assert "No setting matches." in words_of(drawn("terms", program="raf", part="Settings", setting="no such word"))


def test_what_nobody_has_set_is_not_known_and_says_how_much_waits(con: duckdb.DuckDBPyConnection) -> None:
    waits = in_force.blocked_lines(con)["bonus_amount_not_set"]
    at = acting("terms", "finn", program="raf", part="Settings")
    assert f"{waits:,} payout lines wait for it" in words_of(at)
    assert "No text names it, and nobody has set it." in words_of(at)
    assert "0.00" not in words_of(at)


def test_a_setting_is_previewed_and_then_set_with_its_day_and_reason(con: duckdb.DuckDBPyConnection) -> None:
    at = previewed(con, "500", dt.date(2020, 1, 1))
    preview = desk.preview_setting(con, BONUS, "500", dt.date(2020, 1, 1), database.now())
    found = in_force.difference(preview)
    assert found.leads and found.dispositions == ()
    [(currency, before, after)] = found.money
    assert (currency, before, after) == ("USD", None, Decimal(500) * preview["lines"].sum())
    said = words_of(at)
    assert f"not known → US${after:,.2f}" in said and f"{found.leads:,} leads would change." in said
    assert stored(con, BONUS) == []

    next(one for one in at.button if one.label == "Set it from 1 Jan 2020").click().run()
    assert "Write who decided it, and where that is written" in words_of(at)
    assert stored(con, BONUS) == []
    at.text_area(key=f"reason-{BONUS}").input("The board, minutes of 3 March")
    next(one for one in at.button if one.label == "Set it from 1 Jan 2020").click().run()
    assert stored(con, BONUS) == [(dt.date(2020, 1, 1), '"500.00"', "mona", "The board, minutes of 3 March")]
    said = words_of(at)
    assert "US$500.00" in said and "Set by Mona Sample" in said and "The board, minutes of 3 March" in said
    assert "bonus_amount_not_set" not in in_force.blocked_lines(con)


def test_what_was_set_by_a_slip_is_taken_back_after_a_look_at_what_changes(con: duckdb.DuckDBPyConnection) -> None:
    name, day = "cerri.unresponsive_days", now().date() + dt.timedelta(1)
    assert "Take back…" not in labels(acting("terms", "mona", program="cerri", part="Settings"))
    desk.set_setting(con, desk.Signed("mona", "slip", now()), name, "300", day, "the board")
    at = acting("terms", "mona", program="cerri", part="Settings")
    assert "Take back…" not in labels(acting("terms", "sara", program="cerri", part="Settings"))
    for reason, stands in (("", 1), ("A nought too many", 0)):
        at.button(key=f"take-back-list-{name}").click().run()
        assert "It will count for those that do; what is here stays as it is." in words_of(at)
        at.text_area[0].input(reason)
        next(one for one in at.button if one.label == "Take it back").click().run()
        assert len(in_force.settings(con, catalogue().programs["cerri"], day)[name].entries) == stands
    assert "Taken back." in words_of(at) or "Take back…" not in labels(at)


def test_a_value_that_somebody_else_set_meanwhile_is_not_written_over(con: duckdb.DuckDBPyConnection) -> None:
    at = previewed(con, "500", dt.date(2020, 1, 1))
    desk.set_setting(con, desk.Signed("mona", "another window", now()), BONUS, "400", dt.date(2020, 1, 1), "the owner")
    at.text_area(key=f"reason-{BONUS}").input("The board")
    next(one for one in at.button if one.label == "Set it from 1 Jan 2020").click().run()
    assert f"{BONUS} was set since you saw it: mona set" in words_of(at)
    assert len(stored(con, BONUS)) == 1


def test_what_has_a_value_cannot_change_for_days_that_have_passed(con: duckdb.DuckDBPyConnection) -> None:
    dated = in_force.settings(con, RAF, now().date())
    assert in_force.first_day(dated["raf.reply_days"], now()) == now().date() + dt.timedelta(1)
    assert in_force.first_day(dated[BONUS], now()) is None
    with pytest.raises(Refusal, match="from tomorrow on"):
        desk.preview_setting(con, "raf.reply_days", "20", now().date(), now())


def test_a_past_day_shows_what_was_in_force_and_known_then_and_offers_nothing(con: duckdb.DuckDBPyConnection) -> None:
    tomorrow = now().date() + dt.timedelta(1)
    desk.set_setting(con, desk.Signed("mona", "reply", now()), "raf.reply_days", "20", tomorrow, "board")
    dated = in_force.settings(con, RAF, tomorrow)["raf.reply_days"]
    assert (dated.value, dated.recorded) == (20, 1)
    assert in_force.settings(con, RAF, now().date())["raf.reply_days"].value == 30
    assert terms_values.later(in_force.settings(con, RAF, now().date())["raf.reply_days"]).startswith("20 days from")
    at = acting("terms", "mona", program="raf", part="Settings", as_of="2026-01-01")
    assert "You can look, not decide" in at.warning[0].value
    assert "Change…" not in labels(at) and "20 days" not in words_of(at)
    assert len(stored_settings(con, catalogue(), now())) <= 1


def test_every_open_question_has_its_words_and_names_the_settings_that_decide_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    raised = {name for program in catalogue().programs.values() for clause in program.clauses.values()
              for name in clause.ambiguities}
    raised |= {one.ambiguity for one in catalogue().settings.values() if one.ambiguity}
    assert raised == set(catalogue().ambiguities)
    said = words_of(drawn("terms", program="ptr", part="Open questions"))
    dated = in_force.settings(con, catalogue().programs["ptr"], now().date())
    for question in in_force.questions(catalogue().programs["ptr"], dated):
        assert question.ambiguity.id in said
        assert all(one.setting.name in said for one in question.settings)


def test_a_file_of_leads_holds_no_formula_and_amounts_stay_numbers() -> None:
    rows = pl.DataFrame({"name": ["=1+1", "+a", "-b", "@c", "\tx", "＝y", "plain", None], "amount": [-1.5] * 8})
    lines = inert.as_csv(rows).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0].strip('"') for line in lines[1:]] == ["'=1+1", "'+a", "'-b", "'@c", "'\tx", "'＝y",
                                                                     "plain", ""]
    assert all(line.endswith(",-1.5") for line in lines[1:])
