"""The Pipeline page drawn without a browser: by role, with and without leads, narrowed, opened, of a past day."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core import days, desk, kept, past, pipeline, queue
from core.pipeline import Chosen, sentences
from pages.parts import database
from tests.conftest import now
from tests.pages.test_pages import drawn, markdown_of, words_of


def seen_by(person: str, **query: str) -> AppTest:
    """The page as a person sees it, with a query in its address."""
    at = drawn("home", **query)
    at.selectbox(key="acting").select(person).run()
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page("../pages/pipeline.py").run()
    assert not at.exception
    return at


def wide(con: duckdb.DuckDBPyConnection, by: str = "program") -> pipeline.Pipeline:
    """What the page counts with its first filters: the last twelve months."""
    as_of = kept.kept_as_of(con)
    months = pipeline.months(con, as_of)
    return pipeline.read(con, Chosen(first=months[max(len(months) - 12, 0)], last=months[-1]), by, as_of)


def charts_of(at: AppTest) -> int:
    return len(at.get("vega_lite_chart"))


@pytest.mark.parametrize("person", ["mona", "chen"])
def test_managers_and_channel_see_every_chart_under_its_sentence(con: duckdb.DuckDBPyConnection, person: str) -> None:
    at, found = seen_by(person), wide(con)
    said = words_of(at)
    for name, say in sentences.TITLES.items():
        assert say(found).replace("'", "&#x27;") in said
        assert sentences.CAPTIONS[name] in said
    assert charts_of(at) == len(sentences.TITLES)
    assert [one.value for one in at.metric] == [figure.value for figure in sentences.figures(found)]


def test_finance_sees_what_will_be_owed_and_nothing_else(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("finn")
    said = words_of(at)
    assert sentences.CAPTIONS["owed"] in said
    assert charts_of(at) == 1
    assert len(at.metric) == 1
    for name in set(sentences.CAPTIONS) - {"owed"}:
        assert sentences.CAPTIONS[name] not in said
    assert all(option.startswith("Due ") for option in at.selectbox(key="rows").options)


def test_without_leads_it_says_how_to_bring_some_in(empty_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADS_DB", str(empty_file))
    database.close()
    at = seen_by("operator")
    assert "There are no leads yet" in words_of(at)
    assert not charts_of(at)
    database.close()


def test_the_address_narrows_every_count(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    month = pipeline.months(con, as_of)[-3]
    at = seen_by("mona", in_program="Referral Partner", from_month=f"{month:%Y-%m}", to_month=f"{month:%Y-%m}")
    found = pipeline.read(con, Chosen("ptr", first=month, last=month), "program", as_of)
    assert sentences.funnel(found) in words_of(at)
    assert at.metric[0].value == sentences.figures(found)[0].value


def test_filters_under_which_nothing_came_in_can_be_taken_off(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("mona", in_program="Cerri Affiliate", channel="Trade show")
    assert "No lead came in under these filters" in words_of(at)
    assert not charts_of(at)
    next(one for one in at.button if one.label == "Take the filters off").click().run()
    assert charts_of(at) == len(sentences.TITLES)


def test_every_chart_swaps_for_its_table(con: duckdb.DuckDBPyConnection) -> None:
    at, found = seen_by("mona", tables="true"), wide(con)
    assert not charts_of(at)
    assert len(at.dataframe) == len(sentences.TITLES)
    assert at.dataframe[0].value["Leads"].to_list() == found.funnel["leads"].to_list()
    owed = at.dataframe[-1].value
    assert "not known" in owed["Amount"].to_list()
    assert not any(one[:1].isdigit() for one in owed["Due"])
    decided = next(one.value["Decided by"] for one in at.dataframe if "Decided by" in one.value.columns)
    assert not set(decided) & {"human", "both", "computed", "act"}


def test_a_mark_in_the_address_opens_its_leads(con: duckdb.DuckDBPyConnection) -> None:
    found = wide(con)
    mark = found.deaths["mark"][0]
    at = seen_by("mona", rows=mark)
    assert len(at.dataframe) == 1
    shown = at.dataframe[0].value
    condition = found.marks[mark]
    assert set(shown["Disposition"]) == {condition["disposition"].capitalize()}
    with con.cursor() as cursor:
        rows = dict(cursor.execute("select lead, reason from evaluations").fetchall())
    assert {rows[lead] for lead in shown["Lead"]} == {condition["reason"]}
    assert f"of {found.deaths['leads'][0]:,} leads" in words_of(at)


def test_the_plain_list_holds_a_link_for_every_row(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("mona", rows="Reached: Paid", plain="true")
    assert not at.dataframe
    assert len([one for one in at.get("page_link") if one.proto.label.startswith("Open ")]) == 20


def test_a_click_opens_leads_and_closing_forgets_it(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("mona", rows="Reached: Paid")
    next(one for one in at.button if one.label == "Close").click().run()
    assert at.selectbox(key="rows").value is None
    assert not at.dataframe


def test_a_decision_is_counted_at_the_next_look(con: duckdb.DuckDBPyConnection) -> None:
    before = int(seen_by("mona", rows="Reached: Accepted or approved").dataframe[0].value.shape[0])
    undecided = queue.page(con, kept.kept_as_of(con), queue.Filters(program="ptr"), 1, 50)
    lead = next(one for one in undecided.sort("submitted_at", descending=True)["lead"]
                if {row["action"]: row["why_not"] for row in desk.possible(con, "chen", one, now())}["accept"] is None)
    accepted = wide(con).now["accepted"]
    desk.accept(con, desk.Signed("chen", "accepts", now(), desk.version(con, lead)), lead)
    at = seen_by("mona", rows="Reached: Accepted or approved")
    assert before == 20
    assert f"of {accepted + 1:,} leads" in words_of(at)


def test_of_a_past_day_the_page_says_so_and_counts_that_day(con: duckdb.DuckDBPyConnection) -> None:
    day = kept.kept_as_of(con).date() - dt.timedelta(100)
    at = seen_by("mona", as_of=day.isoformat())
    assert "You can look, not decide" in at.warning[0].value
    as_of = days.end_of_day(day, "UTC")
    months = pipeline.months(con, as_of)
    chosen = Chosen(first=months[max(len(months) - 12, 0)], last=months[-1])
    found = pipeline.read(con, chosen, "program", as_of, past.of_day(con, as_of))
    assert sentences.funnel(found) in words_of(at)
    assert found.now["submitted"] < wide(con).now["submitted"] + 1
    next(one for one in at.button if one.label == "Back to now").click().run()
    assert not at.warning


def test_sales_is_refused_with_one_sentence(con: duckdb.DuckDBPyConnection) -> None:
    at = seen_by("sara")
    assert "Pipeline is for" in words_of(at)
    assert not charts_of(at)
    assert not at.metric


def test_no_name_from_outside_is_read_as_markdown(con: duckdb.DuckDBPyConnection) -> None:
    with con.cursor() as cursor:
        largest = cursor.execute(
            "select partner from leads group by partner order by count(*) desc, partner limit 1").fetchall()[0][0]
        cursor.execute("update partners set name = '![x](http://evil.example/a.png) <img src=x>' where id = $partner",
                       {"partner": largest}).fetchall()
    at = seen_by("mona", by="Partner", tables="true")
    assert "evil.example" not in markdown_of(at)
    assert any("evil.example" in str(name) for name in at.dataframe[1].value["Name"])
