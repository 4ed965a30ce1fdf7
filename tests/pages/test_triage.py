"""Triage: its queues and orders, views under a name, similar registrations, the closest names where a search finds
nothing, and the next lead that nobody else has open."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from streamlit.delta_generator import DeltaGenerator

from core import days, desk, kept, past, people, queue, similar, work
from tests.conftest import now
from tests.pages.test_pages import drawn, words_of


def company_of_one_lead(con: duckdb.DuckDBPyConnection) -> str:
    with con.cursor() as cursor:
        return cursor.execute(
            "select o.name from leads as l join organizations as o on o.id = l.org where o.name similar to '[A-Za-z ]{12,}' "
            "group by o.name having count(*) = 1 order by o.name limit 1").fetchall()[0][0]


def test_a_misspelled_company_is_offered_and_found_under_no_other_filter(con: duckdb.DuckDBPyConnection) -> None:
    name = company_of_one_lead(con)
    misspelled = name[:5] + name[6] + name[5] + name[7:]
    assert name in [found for found, _ in queue.closest(con, misspelled)]
    at = drawn("triage", search=misspelled, due="Overdue")
    assert "Closest:" in words_of(at)
    place = [found for found, _ in queue.closest(con, misspelled)].index(name)
    at.button(key=f"closest-{place}").click().run()
    assert at.text_input(key="search").value == name
    assert len(at.dataframe[0].value) >= 1


def test_what_is_like_nothing_is_offered_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert queue.closest(con, "qqqqxxzz") == queue.closest(con, "  ") == []
    assert "Closest:" not in words_of(drawn("triage", search="qqqqxxzz"))


def test_the_next_lead_is_none_that_others_have_open(con: duckdb.DuckDBPyConnection) -> None:
    sara, as_of = people.person(con, "sara", now()), kept.kept_as_of(con)
    first = work.next_lead(con, sara, as_of)
    second = work.next_lead(con, sara, as_of, first)
    assert work.next_lead(con, sara, as_of, besides=[first]) == second
    assert work.next_lead(con, sara, as_of, first, besides=[second]) not in (first, second)


def test_a_day_before_the_first_lead_says_so_and_leads_back(con: duckdb.DuckDBPyConnection) -> None:
    at = drawn("triage", as_of="2020-01-01")
    assert "No lead had come in by 1 Jan 2020." in words_of(at)
    assert "Take the filters off" not in [one.label for one in at.button]
    at.button(key="now-nothing").click().run()
    assert not at.exception
    assert at.dataframe


def test_an_empty_queue_without_filters_offers_none_to_take_off(con: duckdb.DuckDBPyConnection) -> None:
    at = drawn("triage", queue="Mine")
    assert "You work on no lead here." in words_of(at)
    assert "Take the filters off" not in [one.label for one in at.button]


def test_the_next_lead_is_of_the_queue_one_works_in(con: duckdb.DuckDBPyConnection) -> None:
    sara, as_of = people.person(con, "sara", now()), kept.kept_as_of(con)
    for within in (queue.Filters(None, queue="open", program="raf"), queue.Filters(None, "any", queue="new"),
                   queue.Filters(None, queue="open", sorted_by="newest")):
        expected = queue.page(con, as_of, within, 1, 5000)["lead"].to_list()
        found = [work.next_lead(con, sara, as_of, within=within)]
        for _ in range(3):
            found.append(work.next_lead(con, sara, as_of, found[-1], within=within))
        assert found == expected[:4]
        assert work.next_lead(con, sara, as_of, expected[-1], within=within) == expected[0]
    desk.claim(con, desk.Signed("sara", "claims", now(), desk.version(con, found[1])), found[1])
    fresh = queue.Filters(None, queue="new", sorted_by="newest")
    expected = queue.page(con, as_of, fresh, 1, 5000)["lead"].to_list()
    assert work.next_lead(con, sara, as_of, found[1], within=fresh) in expected
    assert work.next_lead(con, sara, as_of, within=queue.Filters(None, queue="decided")) is None


def test_next_lead_of_a_checklist_stays_in_the_queue_and_says_where_it_is_empty(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    expected = queue.page(con, as_of, queue.Filters(None, queue="open", program="raf"), 1, 2)["lead"].to_list()
    at = drawn("triage", program="Refer-a-Friend")
    next(one for one in at.button if one.label == "Next lead").click().run()
    assert at.query_params["lead"] in (expected[0], [expected[0]])
    at = drawn("triage", queue="Decided")
    next(one for one in at.button if one.label == "Next lead").click().run()
    assert "No undecided lead is left in this queue" in at.toast[0].value


def test_every_queue_lists_as_many_leads_as_it_counts_and_each_where_it_belongs(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)

    def listed(name: str | None, **more: str) -> list[str]:
        chosen = queue.Filters(None, queue=name, person="sara", **more)
        return queue.page(con, as_of, chosen, 1, 5000)["lead"].to_list()

    def sign(lead: str, key: str) -> desk.Signed:
        return desk.Signed("sara", f"{key}/{lead}", now(), desk.version(con, lead))

    with con.cursor() as cursor:  # the sample holds no look-alikes
        cursor.execute(
            "insert into near_matches select 'm', 'organization', min(org_key), max(org_key), 'organizations', min(org), "
            "'organizations', max(org), 0.9, ['alike'], false, now()::timestamp, null from leads join evaluations on lead = id "
            "where disposition = 'pending' and org_key is not null").fetchall()
    first, second, third = listed("new")[:3]
    desk.claim(con, sign(first, "claim"), first)
    desk.request_action(con, sign(second, "ask"), second, [], "Which project is it?")
    desk.snooze(con, sign(third, "aside"), third, now().date() + dt.timedelta(40))
    assert listed("mine") == [first] and first in listed("review")
    assert listed("asked") == [second] and second not in (*listed("new"), *listed("review"))
    assert listed("aside") == [third] and third not in listed("new")
    for program, due in ((None, None), ("raf", None), (None, "seven")):
        counts = queue.counts(con, as_of, queue.Filters(None, due, program, person="sara"))
        for name in queue.QUEUES:
            assert len(listed(name, program=program, due=due)) == counts.queues[name], (name, program, due)
    assert counts.dispositions["all"] == len(listed(None, program=program, due=due))
    whole = queue.counts(con, as_of, queue.Filters(None)).queues
    assert whole["new"] + whole["review"] + whole["asked"] + whole["aside"] == whole["open"]
    assert all(whole[name] for name in ("new", "review", "ending", "overdue", "alike", "decided"))


@pytest.mark.parametrize(("order", "key", "is_reversed"), [("newest", "submitted_at", True),
                                                           ("oldest", "submitted_at", False)])
def test_the_queue_stands_in_the_order_that_is_chosen(
    con: duckdb.DuckDBPyConnection, order: str, key: str, is_reversed: bool
) -> None:
    pages = [queue.page(con, kept.kept_as_of(con), queue.Filters(sorted_by=order), number, 20) for number in (1, 2)]
    found = [*pages[0][key], *pages[1][key]]
    assert found == sorted(found, reverse=is_reversed)
    least = queue.page(con, kept.kept_as_of(con), queue.Filters(sorted_by="least"), 1, 40)["needs"].list.len().to_list()
    assert least == sorted(least)


def test_a_view_is_saved_opened_by_its_link_and_deleted(con: duckdb.DuckDBPyConnection) -> None:
    at = drawn("triage", queue="Decided", decided="Rejected", order="Newest")
    next(one for one in at.button if one.label == "Save view…").click().run()
    next(one for one in at.text_input if one.label == "Name").input("Newly rejected")
    next(one for one in at.button if one.label == "Save this view").click().run()
    [row] = work.views(con, people.person(con, "sara", now()))
    assert (row["name"], row["queue"], row["disposition"], row["sorted_by"], row["is_shared"]) == (
        "Newly rejected", "decided", "rejected", "newest", False)
    opened = drawn("triage", view=row["id"])
    assert (opened.radio(key="queue").value, opened.selectbox(key="decided").value) == ("Decided", "Rejected")
    assert opened.selectbox(key="saved_view").value == row["id"]
    next(one for one in opened.button if one.label == "Save view…").click().run()
    opened.button(key=f"forget-{row['id']}").click().run()
    assert work.views(con, people.person(con, "sara", now())) == []
    gone = drawn("triage", view=row["id"])
    assert "The view of this link is deleted, or it is not shared with you." in words_of(gone)
    assert gone.radio(key="queue").value == "All open"


def test_similar_registrations_are_offered_where_there_are_any_and_not_elsewhere(con: duckdb.DuckDBPyConnection) -> None:
    waiting = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 200)["lead"].to_list()
    lead = next(one for one in waiting if similar.similar(con, one)[1])
    alone = next(one for one in waiting if not similar.similar(con, one)[1])
    at = drawn("triage", search=lead)
    at.button(key=f"compare-{lead}").click().run()
    said = words_of(at)
    assert "Differs" in said and similar.similar(con, lead)[0][0]["right"]["id"] in said
    assert "Compare" not in {one.label for one in drawn("checklist", lead=alone).button}


@pytest.mark.parametrize("name", ["All", "Decided", "All open"])
def test_the_plain_list_holds_the_rows_of_the_table(con: duckdb.DuckDBPyConnection, name: str) -> None:
    table, at = drawn("triage", queue=name), drawn("triage", queue=name, plain="true")
    looked = [one.key.removeprefix("pick-") for one in at.button if (one.key or "").startswith("pick-")]
    assert looked == list(table.dataframe[0].value["lead"])


def test_the_queue_of_a_past_day_is_that_days_to_look_at(con: duckdb.DuckDBPyConnection) -> None:
    name = queue.page(con, kept.kept_as_of(con), queue.Filters("pending"), 1, 1)["lead"][0]
    desk.claim(con, desk.Signed("sara", "mine", now(), desk.version(con, name)), name)
    zone = next(iter(days.zones(con).values()))
    day = days.local_day(now(), zone) - dt.timedelta(45)
    as_of = days.end_of_day(day, zone)
    evaluated = past.of_day(con, as_of)
    pending = evaluated.leads.filter(pl.col("disposition") == "pending")
    then = past.everything(con, as_of, evaluated)
    counts = queue.counts(then, as_of, queue.Filters(None, person="sara"))
    assert counts.queues["open"] == pending.height != queue.counts(
        con, kept.kept_as_of(con), queue.Filters(None, person="sara")).queues["open"]
    assert counts.queues["mine"] == 0  # taken today
    rows = queue.page(then, as_of, queue.Filters(None, queue="open"), 1, 5000)
    assert set(rows["lead"]) == set(pending["lead"])
    at = drawn("triage", as_of=day.isoformat())
    text = words_of(at)
    assert "You can look, not decide." in text and f"{pending.height:,} undecided" in text
    assert not {"Take", "Next lead", "Save view…"} & {one.label for one in at.button}
    assert [one.label for one in at.button if one.label == "Open"]


def test_a_bar_says_how_many_of_several_leads_are_done(con: duckdb.DuckDBPyConnection,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    monkeypatch.setattr(DeltaGenerator, "progress", lambda self, value, text: said.append((value, text)))
    at = drawn("triage", queue="New")
    at.session_state["ticked"] = queue.page(
        con, kept.kept_as_of(con), queue.Filters(None, queue="new", person="sara"), 1, 20)["lead"].to_list()[:2]
    at.run()
    next(one for one in at.button if one.label == "Take…").click().run()
    next(one for one in at.button if one.label == "Take 2").click().run()
    # the dialog then draws itself anew, which it can only in a browser
    assert [refusal for _, refusal in at.session_state["bulk"]] == [None, None]
    assert said == [(0.0, "0 of 2 leads taken"), (0.5, "1 of 2 leads taken")]
