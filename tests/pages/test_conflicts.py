"""The page of conflicts from the shell on: the cases, one of them with both readings, and a settlement that is stored."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest
import streamlit as st

from core import conflicts, desk, kept
from core.conflicts import Filters
from core.conflicts.marks import marks
from pages.parts import database
from tests.conftest import now
from tests.desk import world
from tests.pages.test_pages import drawn, markdown_of, words_of
from tests.pages.test_roles import acting, press, verbs


def cases(con: duckdb.DuckDBPyConnection, **chosen: str) -> list[dict]:
    return conflicts.narrowed(conflicts.index(con, kept.kept_as_of(con)), Filters(**chosen))[0].to_dicts()


def asked(con: duckdb.DuckDBPyConnection) -> conflicts.Case:
    """The first open case with another lead that it stands against, of a program whose cases people settle."""
    as_of = kept.kept_as_of(con)
    found = (conflicts.case(con, row["lead"], as_of, row) for row in cases(con) if row["program"] != "cerri")
    return next(one for one in found if one.other)


def test_the_first_open_case_is_shown_with_who_holds_what_and_why(con: duckdb.DuckDBPyConnection) -> None:
    first = cases(con)[0]
    at = acting("conflicts", "chen")
    found = conflicts.case(con, first["lead"], kept.kept_as_of(con), first)
    said = words_of(at)
    assert found.company in said
    assert f"{len(cases(con)):,} to settle" in said
    for line in found.lines:
        at.session_state[f"clause-{line.text.id}"] = True  # its clause is opened
    said = words_of(at.run())
    assert all(line.clause.paraphrase in said for line in found.lines)
    assert [f"{len(cases(con, state=state)):,}" for state in conflicts.STATES] == list(at.radio(key="cases").proto.captions)


def test_every_mark_of_the_lanes_stands_in_the_table_too(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con)
    at = acting("conflicts", "chen", case=found.lead)
    [chart] = at.get("vega_lite_chart")
    assert found.company in chart.proto.alt
    table = next(one.value for one in at.dataframe if "Lane" in one.value)
    assert found.lead in set(table["Lead"])
    rows = marks(found, kept.kept_as_of(con))[0]
    assert table["What"].tolist() == rows["what"].to_list()
    files = [one.proto for one in at.get("download_button") if one.proto.id.endswith(f"-{found.lead}")]
    assert [one.label for one in files] == ["CSV", "XLSX"]


@pytest.mark.parametrize(
    ("person", "can", "cannot"),
    [("sara", {"Open a case…"}, {"Both stand…", "The earlier holds it…"}),
     ("chen", {"Open a case…", "Both stand…", "The earlier holds it…", "The later holds it…"}, set()),
     ("mona", {"Open a case…", "Both stand…", "The earlier holds it…", "The later holds it…"}, set())],
)
def test_each_role_is_offered_what_it_may_do_about_a_case(
    con: duckdb.DuckDBPyConnection, person: str, can: set, cannot: set
) -> None:
    found = verbs(acting("conflicts", person, case=asked(con).lead))
    assert {name for name in can | cannot if found.get(name)} == can


def test_both_readings_stand_as_equal_cards_with_what_would_follow(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con)
    said = words_of(acting("conflicts", "mona", case=found.lead))
    assert "Two leads, and both stand" in said and "The same lead: the earlier holds it" in said
    assert said.count("Nobody has chosen this yet.") == 2
    after = {row["lead"]: row for row in desk.preview_settlement(con, found.lead, found.other, found.other,
                                                                 kept.kept_as_of(con))}
    assert after[found.lead]["disposition"] in said


def test_a_settlement_is_stored_once_and_taken_back(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con)
    at = acting("conflicts", "chen", case=found.lead)
    press(at, "The earlier holds it…")
    press(at, "Settle")
    assert "this cannot be left out" in words_of(at)
    next(one for one in at.text_area).input("Both name the same project.")
    press(at, "Settle")
    stored = "select lead, winner, note, settled_by from conflict_settlements"
    first = min(found.party, found.of(found.other), key=lambda one: (one.submitted_at, one.lead)).lead
    assert world.ask(con, stored) == [(found.lead, first, "Both name the same project.", "chen")]
    assert [row["lead"] for row in cases(con, state="settled")] in ([found.lead], [])  # accepted against it: still open
    press(at, "Undo")
    assert world.ask(con, "select count(*) from voids")[0][0] >= 2
    assert cases(con, state="settled") == []


def test_what_changed_on_the_other_lead_meanwhile_is_told_and_nothing_is_settled(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con)
    at = acting("conflicts", "chen", case=found.lead)
    press(at, "The earlier holds it…")
    next(one for one in at.text_area).input("Both name the same project.")
    desk.comment(con, world.signed("sara", con, found.other, now=now()), found.other, "They called.")
    press(at, "Settle")
    assert f"{found.other} has changed since you saw it: sara commented" in words_of(at)
    assert world.ask(con, "select count(*) from conflict_settlements") == [(0,)]
    press(at, "Close and look again")
    press(at, "The earlier holds it…")
    press(at, "Settle")
    assert world.ask(con, "select note from conflict_settlements") == [("Both name the same project.",)]


def test_a_case_is_opened_by_sales_and_stands_first_from_then_on(con: duckdb.DuckDBPyConnection) -> None:
    lost = next(row for row in cases(con, state="decided") if row["program"] == "ptr")
    at = acting("conflicts", "sara", case=lost["lead"], cases="Decided by the rules")
    press(at, "Open a case…")
    next(one for one in at.text_area).input("They say they spoke first.")
    press(at, "Open the case")
    assert world.ask(con, "select lead, note, opened_by from conflict_cases") == [
        (lost["lead"], "They say they spoke first.", "sara")]
    assert cases(con)[0]["lead"] == lost["lead"]


def test_an_ownership_is_ended_by_the_channel_team_and_not_by_sales(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    held = next(found for row in cases(con, state="decided") if row["program"] == "ptr"
                if (found := conflicts.case(con, row["lead"], as_of, row)).holder
                and found.holder.outcome["owner_until"])
    assert "End the ownership…" not in verbs(acting("conflicts", "sara", case=held.lead))
    at = acting("conflicts", "chen", case=held.lead)
    press(at, "End the ownership…")
    next(one for one in at.text_area).input("No updates for a year.")
    press(at, "End the ownership")
    assert world.ask(con, "select owner_status from evaluations where lead = ?", held.holder.lead) in (
        [("disassociated",)], [("none",)])
    assert world.ask(con, "select count(*) from events where type = 'disassociated' and decided_by = 'chen'") == [(1,)]


def test_an_ownership_is_extended_from_its_case_and_from_its_lead(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    held = next(found for row in cases(con, state="decided") if row["program"] == "ptr"
                if (found := conflicts.case(con, row["lead"], as_of, row)).holder
                and found.holder.outcome["owner_status"] == "confirmed")
    owner, until = held.holder.lead, held.holder.outcome["owner_until"]
    assert "Extend the ownership…" not in verbs(acting("conflicts", "sara", case=held.lead))
    for place, asked, days in (("conflicts", {"case": held.lead}, 30), ("checklist", {"lead": owner}, 60)):
        at = acting(place, "chen", **asked)
        press(at, "Extend the ownership…")
        press(at, "Extend")
        assert "Choose the day until which the partner keeps the lead." in words_of(at)
        next(one for one in at.date_input if one.label == "Until the end of").set_value(until + dt.timedelta(days))
        next(one for one in at.text_area if "keeps it longer" in one.label).input("A long tender.")
        press(at, "Extend")
        assert world.ask(con, "select owner_until from evaluations where lead = ?", owner) == [(
            until + dt.timedelta(days),)]


def test_next_and_previous_go_through_the_list_and_the_address_names_the_case(con: duckdb.DuckDBPyConnection) -> None:
    leads = [row["lead"] for row in cases(con)]
    at = acting("conflicts", "chen")
    press(at, "Next")
    assert at.query_params["case"] in (leads[1], [leads[1]])
    press(at, "Previous")
    press(at, "Previous")
    assert at.query_params["case"] in (leads[-1], [leads[-1]])


def test_a_search_without_a_hit_says_so_and_the_filters_come_off(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("conflicts", "chen", cases_search="no such company anywhere")
    assert "No case matches ‘no such company anywhere’" in words_of(at)
    press(at, "Take the filters off")
    assert "to settle" in words_of(at) and not any(one.label == "Take the filters off" for one in at.button)


def test_of_a_past_day_one_can_look_not_decide(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con)
    day = found.party.submitted_at.date().isoformat()
    at = acting("conflicts", "chen", case=found.lead, as_of=day)
    assert "You can look, not decide" in at.warning[0].value
    assert not {"Both stand…", "The earlier holds it…", "The later holds it…", "Open a case…", "Undo"} & set(verbs(at))


def test_without_a_conflict_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.open_database(tmp_path / "leads.duckdb", now())
    desk.begin(made, now())
    desk.add_person(made, world.signed("operator", now=now()), "chen", "Chen")
    desk.grant(made, world.signed("operator", now=now()), "chen", "channel")
    only = world.document()
    only["leads"] = [one for one in only["leads"] if one["id"] in ("P1", "R1")]
    only |= {"events": [], "verdicts": [], "settings": {}}
    desk.load(made, world.signed("operator", now=now()), [world.json.dumps(only)])
    made.close()
    st.cache_resource.clear()
    monkeypatch.setenv("LEADS_DB", str(tmp_path / "leads.duckdb"))
    database.close()
    try:
        said = words_of(acting("conflicts", "chen"))
    finally:
        database.close()
    assert "No two partners claim the same lead." in said
    assert "No ownership ends soon." in said


def test_no_name_from_outside_is_read_as_markdown(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con)
    with con.cursor() as cursor:
        cursor.execute("update partners set name = '![x](https://evil.example/x.png) **bold**' where id = $partner",
                       {"partner": found.party.partner}).fetchall()
        cursor.execute("update organizations set name = '<img src=https://evil.example/x.png>'").fetchall()
    at = drawn("conflicts", case=found.lead)
    assert "evil.example" not in markdown_of(at)
    assert "&lt;img" in "".join(str(one.proto.body) for one in at.get("html"))
