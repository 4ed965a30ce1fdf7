"""What pages read of conflicts: which leads are cases, in which order, what each shows, and how it was on a past day."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core import conflicts, days, desk, inert, kept, past
from core.charts import lanes as drawing
from core.charts import palette
from core.conflicts import Filters
from core.conflicts.marks import OURS, marks
from tests.conftest import advance
from tests.desk import world
from tests.desk.world import NOW, act, ask


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """P1 of A and P2 of B for one contact, P3 of B for a colleague of theirs; made once."""
    folder = tmp_path_factory.mktemp("conflicts")
    con = world.build(folder / "leads.duckdb")
    desk.load(con, world.signed("operator"), [json.dumps(world.colleague())])
    con.close()
    return folder


@pytest.fixture
def con(made: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of it, open."""
    copied = desk.open_database(shutil.copytree(made, tmp_path / "copy") / "leads.duckdb", NOW)
    yield copied
    copied.close()


def cases(con: duckdb.DuckDBPyConnection) -> dict[str, dict]:
    return {row["lead"]: row for row in conflicts.index(con, kept.kept_as_of(con)).to_dicts()}


def case(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime = NOW) -> conflicts.Case:
    return conflicts.case(con, lead, as_of, cases(con).get(lead))


def test_a_case_is_the_later_lead_lost_by_rule_or_open_for_a_person(con) -> None:
    found = cases(con)
    assert {lead: row["state"] for lead, row in found.items()} == {"P2": "decided", "P3": "open"}
    assert (found["P2"]["winner"], found["P2"]["clause"]) == ("P1", "ptr.conflict.2")
    assert found["P3"]["company"] == "Fabrikam Logistics"
    assert found["P3"]["partner_name"] == "Partner B"


def test_what_is_unknown_for_want_of_a_search_is_no_conflict(con) -> None:
    alone = {"id": "alone", "partners": [one for one in world.document()["partners"] if one["id"] == "F"],
             "organizations": [{"id": "O9", "name": "Lonely Works", "domain": "lonely.example", "kind": "business"}],
             "contacts": [{"id": "C9", "org": "O9", "full_name": "Ada Lone", "email": "ada@lonely.example",
                           "company": "Lonely Works", "role": "COO"}],
             "leads": [{"id": "L9", "program": "cerri", "partner": "F", "contact": "C9", "org": "O9",
                        "channel": "trial_signup", "submitted_at": "2025-06-18T17:00:00Z", "new_contact_record": True,
                        "history_lookup": "unavailable"}]}
    desk.load(con, world.signed("operator"), [json.dumps(alone)])
    [(waits,)] = ask(con, "select pending_on from evaluations where lead = 'L9'")
    assert "not_duplicate" in waits
    assert "L9" not in cases(con)


@pytest.mark.parametrize(
    ("chosen", "leads", "open_ones"),
    [(Filters(), ["P3"], 1), (Filters("decided"), ["P2"], 1), (Filters("settled"), [], 1),
     (Filters(program="raf"), [], 0), (Filters(partner="B"), ["P3"], 1), (Filters(partner="A"), [], 0),
     (Filters(search="FABRIKAM log"), ["P3"], 1), (Filters(search="rosa"), ["P3"], 1),
     (Filters(search="p1", state="decided"), ["P2"], 0), (Filters(search=".*"), [], 0)],
)
def test_filters_narrow_the_cases_and_the_counts_are_under_the_other_filters(
    con, chosen: Filters, leads: list, open_ones: int
) -> None:
    found, counts = conflicts.narrowed(conflicts.index(con, NOW), chosen)
    assert found["lead"].to_list() == leads
    assert counts["open"] == open_ones


def test_a_case_that_people_opened_comes_before_those_that_are_due(con) -> None:
    act(con, desk.open_conflict, "sara", "P1", "P2", "A says they spoke first.")
    found, counts = conflicts.narrowed(conflicts.index(con, NOW), Filters())
    assert found["lead"].to_list() == ["P2", "P3"]
    assert counts == {"open": 2, "settled": 0, "decided": 0}
    assert found["opened_by"].to_list() == ["sara", None]


def test_a_link_names_the_case_by_its_lead_or_by_the_one_that_won(con) -> None:
    index = conflicts.index(con, NOW)
    found, _ = conflicts.narrowed(index, Filters())
    named = {wanted: conflicts.named(index, found, wanted)["lead"] for wanted in ("P2", "P1", "P3", "L1", None)}
    assert named == {"P2": "P2", "P1": "P2", "P3": "P3", "L1": "P3", None: "P3"}
    assert conflicts.named(index.clear(), found.clear(), "P2") is None


def test_a_settled_case_is_told_with_who_settled_it_and_counts_as_its_reading(con) -> None:
    done = act(con, desk.settle_conflict, "chen", "P3", None, None, "Two projects.", other="P1")
    row = cases(con)["P3"]
    assert (row["state"], row["settled_by"]) == ("settled", "chen")
    assert conflicts.chosen_before(con, "ptr", NOW + dt.timedelta(1)) == {"earlier": 0, "later": 0, "both": 1}
    assert conflicts.chosen_before(con, "ptr", NOW - dt.timedelta(1))["both"] == 0
    assert conflicts.chosen_before(con, "raf", NOW + dt.timedelta(1))["both"] == 0
    world.undo(con, "chen", done, "P3")
    assert conflicts.chosen_before(con, "ptr", NOW + dt.timedelta(1))["both"] == 0


@pytest.mark.parametrize(("winner", "reading"), [("P1", "earlier"), ("P3", "later")])
def test_a_reading_is_told_by_which_lead_came_first(con, winner: str, reading: str) -> None:
    act(con, desk.settle_conflict, "chen", "P3", None, winner, "Asked both.", other="P1")
    assert conflicts.chosen_before(con, "ptr", NOW + dt.timedelta(1))[reading] == 1


def test_a_case_shows_its_parties_in_order_and_who_holds_the_place(con) -> None:
    found = case(con, "P3")
    assert [one.lead for one in found.parties] == ["P1", "P2", "P3"]
    assert (found.other, found.company, found.is_open) == ("P1", "Fabrikam Logistics", True)
    assert [line.text.id for line in found.lines] == ["first_submitter"]
    assert (found.holder.lead, found.holder.outcome["owner_status"]) == ("P1", "provisional")
    assert [one.lead for one in found.rivals] == ["P1"]
    act(con, desk.accept, "chen", "P1")
    owner = case(con, "P3", NOW + dt.timedelta(1)).holder
    assert (owner.lead, owner.outcome["owner_until"]) == ("P1", dt.date(2026, 6, 20))


def test_a_case_that_people_opened_is_about_the_lead_they_named(con) -> None:
    act(con, desk.open_conflict, "sara", "P3", "P1", "Who told them first?")
    assert case(con, "P3").other == "P1"
    act(con, desk.open_conflict, "sara", "P3", "R1", "The referral names her too.")
    assert case(con, "P3", NOW + dt.timedelta(1)).other == "R1"
    assert "R1" in {one.lead for one in case(con, "P3", NOW + dt.timedelta(1)).parties}


def test_a_lead_that_had_not_come_or_is_unknown_is_no_case(con) -> None:
    assert conflicts.case(con, "P3", dt.datetime(2025, 6, 19, 17), None) is None
    assert conflicts.case(con, "X-404", NOW, None) is None


def test_the_lanes_show_who_waits_owns_and_lost_and_the_days_that_count(con) -> None:
    act(con, desk.accept, "chen", "P1")
    act(con, desk.log_activity, "sara", "P1", "outreach", channel="email")
    as_of = NOW + dt.timedelta(1)
    found, names, left_out = marks(case(con, "P3", as_of), as_of)
    assert (names, left_out) == (["Partner A", "Partner B", OURS], 0)
    rows = {(row["lead"], row["what"]): row for row in found.to_dicts()}
    assert rows["P1", "Owns"]["ends_at"] == dt.datetime(2026, 6, 20, 23, 59, 59)
    assert rows["P1", "Owns"]["label"] == "Owns 20 Jun 2025 to 20 Jun 2026"
    assert rows["P1", "Ownership ends"]["begins_at"] == dt.datetime(2026, 6, 20, 23, 59, 59)
    assert rows["P1", "Waits for our answer"]["ends_at"] == rows["P1", "Accepted"]["begins_at"]
    assert (rows["P2", "Rejected"]["label"], rows["P2", "Rejected"]["clause"]) == ("19 Jun: second", "ptr.conflict.2")
    assert rows["P3", "Submitted"]["label"] == "19 Jun: you decide"
    assert rows["P3", "Waits for our answer"]["ends_at"] == as_of
    assert rows["P3", "Look-back window"]["begins_at"] == dt.datetime(2025, 3, 21)
    assert rows["P1", "We wrote or called"]["lane"] == OURS


def test_the_look_back_window_is_as_long_as_the_terms_say(con) -> None:
    desk.set_setting(con, world.signed("mona"), "ptr.active_prospect_days", "30", dt.date(2025, 6, 21), "board")
    window = next(row for row in marks(case(con, "P3"), NOW)[0].to_dicts() if row["what"] == "Look-back window")
    assert window["label"] == "90 days before Partner B"  # what came before the first day keeps its terms


def test_ownerships_that_end_within_thirty_days_are_told_on_the_thirtieth_and_not_the_day_before(con) -> None:
    act(con, desk.accept, "chen", "P1")
    for day, found in ((dt.datetime(2026, 5, 20, 12), []), (dt.datetime(2026, 5, 21, 12), [("P1", 30, False)]),
                       (dt.datetime(2026, 6, 20, 12), [("P1", 0, False)]), (dt.datetime(2026, 6, 21, 12), [])):
        advance(con, day)
        rows = conflicts.endings(con, day)
        assert rows.select("lead", "days_left", "is_won").rows() == found
        assert conflicts.endings(con, day, program="raf").is_empty()
        assert conflicts.endings(con, day, partner="B").is_empty()


def test_a_past_day_knows_what_had_come_and_been_done_by_then(con) -> None:
    act(con, desk.settle_conflict, "chen", "P3", None, "P1", "One project.", other="P1")
    before_all, before_third = dt.datetime(2025, 6, 19, 12), dt.datetime(2025, 6, 19, 17)
    assert conflicts.index(con, before_all, past.of_day(con, before_all)).is_empty()
    assert conflicts.index(con, before_third, past.of_day(con, before_third))["lead"].to_list() == ["P2"]
    unsettled = NOW - dt.timedelta(hours=1)
    rows = conflicts.index(con, unsettled, past.of_day(con, unsettled))
    assert dict(rows.select("lead", "state").iter_rows()) == {"P2": "decided", "P3": "open"}


# --- the chart -------------------------------------------------------------------------------------------------------


def drawn(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, theme: str = "light") -> tuple[dict, list[dict]]:
    """The chart's specification and the rows it draws."""
    found, names, _ = marks(case(con, "P3", as_of), as_of)
    spec = drawing.lanes(found, names, as_of, theme).to_dict()
    return spec, next(rows for rows in spec["datasets"].values() if "lane" in rows[0])


def test_the_future_stands_right_of_today_for_two_months_at_least(con) -> None:
    spec, _ = drawn(con, NOW)
    ends = [row["begins_at"] for rows in spec["datasets"].values() for row in rows]
    assert max(ends) >= (NOW + dt.timedelta(62)).isoformat()


def test_a_submission_beside_its_decision_is_drawn_as_the_decision_alone(con) -> None:
    act(con, desk.accept, "chen", "P1")
    _, rows = drawn(con, NOW + dt.timedelta(300))
    shown = {(row["lead"], row["what"]) for row in rows}
    assert ("P1", "Accepted") in shown and ("P1", "Submitted") not in shown
    assert ("P3", "Submitted") in shown


@pytest.mark.parametrize("width", [drawing.NARROW, drawing.PLOT_WIDTH])
def test_no_two_labels_of_a_lane_overlap(con, width: int) -> None:
    act(con, desk.accept, "chen", "P1")
    for later in (1, 40, 300):
        found, _, _ = marks(case(con, "P3", NOW + dt.timedelta(later)), NOW + dt.timedelta(later))
        first, last = drawing._span(found, NOW + dt.timedelta(later))
        taken: dict[str, list[tuple[float, float]]] = {}
        for row in drawing._placed(found.to_dicts(), first, last):
            at = (dt.datetime.fromisoformat(row["begins_at"][:-1]) - first) / (last - first) * width
            long = len(row["label"]) * drawing.LETTER + drawing.GAP
            if row["side"] != "none" and row["fits"] <= width:
                begin, end = (at - long, at) if row["side"] == "left" else (at, at + long)
                assert not any(begin < other_end - 2 and end > other_begin + 2
                               for other_begin, other_end in taken.get(row["lane"], []))
                taken.setdefault(row["lane"], []).append((begin, end))
        assert taken


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_mode_has_its_own_ground_and_marks_that_differ_by_shape(con, theme: str) -> None:
    spec, _ = drawn(con, NOW, theme)
    assert spec["config"]["background"] == palette(theme).ground
    shapes = [shape for shape, _ in drawing.SHAPES.values()]
    assert len(set(shapes)) == len(shapes)


def test_a_file_of_the_lanes_holds_no_formula() -> None:
    written = inert.as_csv(pl.DataFrame({"Lane": ["=cmd()", "Atlas"], "Lead": ["P1", "-1"]})).decode("utf-8-sig")
    assert written.splitlines()[1:] == ["'=cmd(),P1", "Atlas,'-1"]


def test_instants_are_told_by_the_clock_of_the_program(con) -> None:
    desk.set_setting(con, world.signed("mona"), "timezone", "America/Los_Angeles", dt.date(2025, 6, 21), "board")
    assert days.zones(con)["ptr"] == "America/Los_Angeles"
    rows = {(row["lead"], row["what"]): row for row in marks(case(con, "P3"), NOW)[0].to_dicts()}
    assert rows["P3", "Submitted"]["begins_at"] == dt.datetime(2025, 6, 19, 11)
