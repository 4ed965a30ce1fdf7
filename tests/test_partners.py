"""What pages read of partners: their figures, what asks for attention, money by currency, and one of them in depth."""

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core import desk, partners, past
from core.partners import Filters
from tests.desk import world
from tests.desk.world import NOW, act

LATER = NOW + dt.timedelta(1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the world, with two payable registrations of partner A; made once."""
    folder = tmp_path_factory.mktemp("partners")
    world.build(folder / "leads.duckdb", payable=2).close()
    return folder


@pytest.fixture
def con(made: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of it, open."""
    copied = desk.open_database(shutil.copytree(made, tmp_path / "copy") / "leads.duckdb", NOW)
    yield copied
    copied.close()


def figures(con: duckdb.DuckDBPyConnection, **chosen: object) -> dict[str, dict]:
    return {row["partner"]: row for row in partners.figures(con, LATER, **chosen).to_dicts()}


def test_a_partners_figures_count_what_it_sent_by_what_became_of_it(con) -> None:
    found = figures(con)
    assert set(found) == {"A", "B", "F", "S"}
    own = found["A"]
    assert [own[name] for name in ("submitted", "pending", "qualified", "rejected", "owned", "live")] == [3, 1, 2, 0, 2, 3]
    assert (own["accepted_lately"], own["answered_lately"], own["percent"]) == (2, 2, 100.0)
    assert (found["B"]["rejected"], found["B"]["percent"]) == (1, 0.0)
    assert found["S"]["percent"] is None  # nothing was answered, so no rate is known
    assert set(figures(con, program="cerri")) == {"F"}


def test_what_came_more_than_twelve_months_ago_is_not_in_the_rate(con) -> None:
    for day, lately in ((dt.datetime(2026, 3, 3, 16), 3), (dt.datetime(2026, 3, 3, 17), 1)):
        [row] = partners.figures(con, day, partner="A").to_dicts()
        assert (row["submitted"], row["submitted_lately"]) == (3, lately)


def test_who_asks_for_attention_comes_first(con) -> None:
    assert partners.figures(con, LATER)["partner"][0] != "S"
    act(con, desk.open_dispute, "sara", "R1", "other", "They have heard nothing.")
    act(con, desk.request_action, "sara", "R1", ["interest"], "Is she interested?")
    first = partners.figures(con, LATER).row(0, named=True)
    assert first["partner"] == "S"
    assert partners.attention(first) == ["1 open dispute", "1 open request"]


def test_a_search_finds_a_partner_by_name_or_id_and_takes_a_pattern_as_text(con) -> None:
    every = partners.figures(con, LATER)
    assert partners.found_by(every, "affiliate")["partner"].to_list() == ["F"]
    assert partners.found_by(every, " a ").height >= 1
    assert partners.found_by(every, ".*").is_empty()
    assert partners.found_by(every, "").height == 4


def test_the_partner_in_the_middle_is_told_of_those_that_sent_any(con) -> None:
    assert partners.median_submitted(partners.figures(con, LATER)) == 1
    assert partners.median_submitted(partners.figures(con, LATER).clear()) == 0


def test_money_is_told_by_currency_and_what_is_not_known_is_no_number(con) -> None:
    [row] = partners.money(con)["A"]
    assert row["currency"] == "USD"
    assert row["owed"] == row["due"] + row["blocked"] + row["under_way"] == Decimal("200.30")
    assert partners.known_sum(row, "owed") == Decimal("200.30")
    assert row["owed_lines"] == 2
    assert partners.known_sum(row | {"unknown_owed": 1}, "owed") == Decimal("200.30")
    assert partners.known_sum(row | {"unknown_owed": 2}, "owed") is None
    assert partners.money(con, program="raf") == {}


def test_money_that_is_held_or_in_a_batch_is_not_ready_and_a_past_day_shows_what_stood_there_then(con) -> None:
    def sums(con) -> dict[str, Decimal]:
        [row] = partners.money(con)["A"]
        return {name: row[name] for name in ("due", "blocked", "under_way", "paid") if row[f"{name}_lines"]}

    before = LATER - dt.timedelta(days=1)
    act(con, desk.open_dispute, "sara", "M1", "amount", "They see it otherwise.")
    held = sums(con)
    assert held["blocked"] == Decimal("100.10") and held.get("due", 0) + held["blocked"] == Decimal("200.30")
    day = past.of_day(con, before)
    assert "blocked" not in sums(past.everything(con, before, day))
    assert partners.one(con, "A", before, day).money[0]["due"] == Decimal("200.30")


def test_one_partner_shows_disputes_requests_findings_and_breaches_until_they_are_taken_back(con) -> None:
    disputed = act(con, desk.open_dispute, "sara", "P1", "ownership", "We were first.")
    act(con, desk.request_action, "sara", "P1", ["interest"], "Is he interested?")
    act(con, desk.record_breach, "chen", "P1", "competitor_suggested", "Heard on a call.", customer_asked="no")
    found = act(con, desk.record_finding, "chen", "P1", "unsolicited", "Bought addresses.")
    shown = partners.one(con, "A", LATER)
    assert [row["note"] for row in shown.open_disputes] == ["We were first."]
    assert [row["note"] for row in shown.requests] == ["Is he interested?"]
    assert [row["type"] for row in shown.findings] == ["abuse_finding", "competitor_suggested"]
    assert shown.is_barred and shown.figures["is_barred"] and shown.figures["findings"] == 1
    assert not partners.one(con, "B", LATER).is_barred
    act(con, desk.resolve_dispute, "mona", "P1", disputed.after["dispute"], "dismissed", "The log says otherwise.")
    world.undo(con, "chen", found, "P1")
    after = partners.one(con, "A", LATER)
    assert after.open_disputes == [] and after.disputes[0]["outcome"] == "dismissed"
    assert not after.is_barred
    assert after.figures["disputes"] == 0


def test_a_breach_of_ours_is_told_with_whom_we_brought_in(con) -> None:
    act(con, desk.record_breach, "chen", "M1", "partner_introduced", "By mistake.", partner="B")
    assert [row["named_partner"] for row in partners.one(con, "A", LATER).findings] == ["Partner B"]
    assert partners.one(con, "B", LATER).findings == []
    assert any(row["duty"] == "do_not_introduce_other_partner" for row in partners.one(con, "A", LATER).duties)


def test_nobody_of_an_id_is_nobody(con) -> None:
    assert partners.one(con, "nobody", LATER) is None


@pytest.mark.parametrize(
    ("chosen", "found"),
    [(Filters(), ["P1", "M1", "M2"]), (Filters("pending"), ["P1"]), (Filters(is_owned=True), ["M1", "M2"]),
     (Filters("rejected"), [])],
)
def test_a_partners_leads_are_told_by_state_the_latest_first(con, chosen: Filters, found: list) -> None:
    rows, number = partners.leads(con, "A", chosen, 1, 10)
    assert rows["lead"].to_list() == found
    assert number == len(found)


def test_a_rejection_is_told_by_its_clause_and_its_leads_are_found_by_it(con) -> None:
    shown = partners.one(con, "B", LATER)
    assert shown.reasons == [{"disposition": "rejected", "reason": "ptr.conflict.2", "leads": 1}]
    assert partners.leads(con, "B", Filters("rejected", "ptr.conflict.2"), 1, 10)[0]["lead"].to_list() == ["P2"]
    assert partners.leads(con, "B", Filters("rejected", "ptr.conflict.1"), 1, 10)[1] == 0


def test_pages_of_leads_hold_every_lead_once(con) -> None:
    pages = [partners.leads(con, "A", Filters(), number, 1) for number in (1, 2, 3)]
    assert [rows["lead"][0] for rows, _ in pages] == ["P1", "M1", "M2"]
    assert {number for _, number in pages} == {3}


def test_a_past_day_counts_what_had_come_and_been_recorded_by_then(con) -> None:
    act(con, desk.open_dispute, "sara", "P1", "ownership", "We were first.")
    day = dt.datetime(2025, 6, 18, 12)
    then = past.of_day(con, day)
    [row] = partners.figures(con, day, partner="A", day=then).to_dicts()
    assert (row["submitted"], row["disputes"]) == (2, 0)
    assert partners.one(con, "A", day, then).disputes == []
    assert partners.leads(con, "A", Filters(), 1, 10, then)[0]["lead"].to_list() == ["M1", "M2"]


@pytest.mark.parametrize(("sent", "times"), [(5, None), (6, 3), (7, 3), (8, 4)])
def test_who_sends_three_times_what_the_partner_in_the_middle_sends_is_worth_a_word(sent: int, times: int | None) -> None:
    assert partners.far_more(pl.DataFrame({"submitted_lately": [0, 1, 2, 9]}), sent) == times


def test_where_nobody_sent_anything_nobody_sends_far_more() -> None:
    assert partners.far_more(pl.DataFrame({"submitted_lately": [0, 0]}), 5) is None
