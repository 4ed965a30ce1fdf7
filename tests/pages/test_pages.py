"""Pages drawn without a browser, from the shell on: with leads, without leads, and what must not be there."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core import desk, kept, queue, review
from core.people.pages import pages
from pages.parts import badges, database, dates
from pages.parts.money import money, percent
from tests.conftest import HOSTILE, hostile_lead, now

ROOT = Path(__file__).resolve().parents[2]
PAGES = {name: f"pages/{name}.py" for name in pages()}


@pytest.fixture
def filled(sample_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """The app's own connection to the sample."""
    monkeypatch.setenv("LEADS_DB", str(sample_file))
    database.close()
    yield database.connection()
    database.close()


@pytest.fixture
def empty(empty_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The app's own connection to a database without leads."""
    monkeypatch.setenv("LEADS_DB", str(empty_file))
    database.close()
    yield
    database.close()


def drawn(page: str, **query: str) -> AppTest:
    """A page, opened through the shell with a query."""
    at = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60)
    if "plain" in query:  # of the bar above every page, which reads its address as the app is opened
        at.query_params["plain"] = query["plain"]
    at.run()
    for name, value in query.items():
        at.query_params[name] = value
    if page != "home":
        at.switch_page(f"../{PAGES[page]}").run()
    assert not at.exception
    return at


def words_of(at: AppTest) -> str:
    """Everything on the page that is text, also what is not Markdown."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "html", "warning")
    return "\n".join(str(one.proto.body) for kind in kinds for one in at.get(kind))


def markdown_of(at: AppTest) -> str:
    """Everything on the page that is read as Markdown: bodies and labels."""
    kinds = ("title", "subheader", "markdown", "caption", "warning")
    labels = [str(one.label) for one in [*at.button, *at.metric, *at.radio, *at.selectbox]]
    return "\n".join([str(one.proto.body) for kind in kinds for one in at.get(kind)] + labels)


@pytest.mark.parametrize("page", ["home", "triage", "checklist", "conflicts", "partners"])
def test_without_leads_every_page_says_how_to_bring_some_in(empty: None, page: str) -> None:
    at = drawn(page)
    assert "There are no leads yet" in words_of(at)
    assert "core import" in at.code[0].value
    assert "Intake" in [one.label for one in at.button]


def test_an_evaluation_of_no_leads_still_says_how_to_bring_some_in(empty: None) -> None:
    kept.refresh(database.connection(), database.now())
    assert "There are no leads yet" in words_of(drawn("triage"))


def test_home_counts_what_waits_and_names_at_most_five(filled: duckdb.DuckDBPyConnection) -> None:
    at = drawn("home")
    next(one for one in at.button if one.label == "Dismiss").click().run()  # the leads of the first tour
    by_due = queue.counts(filled, kept.kept_as_of(filled), queue.Filters()).dues
    assert [one.value for one in at.metric] == [f"{by_due[due]:,}" for due in ("all", "three", "overdue")]
    assert len([one for one in at.get("page_link") if one.proto.label.startswith("Open ")]) == min(5, by_due["any"])
    assert "sample data" in words_of(at)


def test_triage_shows_undecided_leads_first_with_twenty_a_page(filled: duckdb.DuckDBPyConnection) -> None:
    at = drawn("triage")
    rows = queue.page(filled, kept.kept_as_of(filled), queue.Filters(), 1, 20)
    shown = at.dataframe[0].value
    assert list(shown["lead"]) == rows["lead"].to_list()
    assert len(shown) == 20
    assert list(rows["disposition"].unique()) == ["pending"]
    assert any(one.label == "Open" for one in at.button)


def test_a_filter_of_the_address_narrows_the_queue(filled: duckdb.DuckDBPyConnection) -> None:
    at = drawn("triage", queue="Decided", decided="Rejected", program="Refer-a-Friend")
    expected = queue.page(filled, kept.kept_as_of(filled), queue.Filters("rejected", program="raf"), 1, 20)
    assert list(at.dataframe[0].value["lead"]) == expected["lead"].to_list()


def test_a_search_without_a_hit_offers_to_take_the_filters_off(filled: duckdb.DuckDBPyConnection) -> None:
    at = drawn("triage", search="no such company anywhere")
    assert "No lead matches ‘no such company anywhere’" in words_of(at)
    assert not at.dataframe
    next(one for one in at.button if one.label == "Take the filters off").click().run()
    assert len(at.dataframe[0].value) == 20


def test_the_checklist_shows_every_criterion_with_its_verdict(filled: duckdb.DuckDBPyConnection) -> None:
    lead = queue.page(filled, kept.kept_as_of(filled), queue.Filters(), 1, 1)["lead"][0]
    at = drawn("checklist", lead=lead)
    told = review.story(filled, lead, kept.kept_as_of(filled))
    said = words_of(at)
    for line in told.lines:
        assert line.text.label in said
        at.session_state[f"clause-{line.text.id}"] = True  # its clause is opened
    opened = words_of(at.run())
    assert all(line.clause.heading in opened for line in told.lines)
    assert "Missing to qualify" in said


def test_findings_name_people_and_partners_where_they_have_their_ids(con: duckdb.DuckDBPyConnection) -> None:
    lead = next(row["lead"] for row in queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 200).to_dicts()
                if review.story(con, row["lead"], kept.kept_as_of(con)).next_open(None))
    told = review.story(con, lead, kept.kept_as_of(con))
    desk.judge(con, desk.Signed("sara", "judges", now(), desk.version(con, lead)), lead, told.next_open(None), "pass",
               "She said so.")
    with con.cursor() as cursor:
        second, partner = cursor.execute(
            "select e.lead, w.partner from evaluations as e join conflicts as c on c.loser = e.lead "
            "join leads as w on w.id = c.winner where e.reason = c.clause and w.partner <> "
            "(select partner from leads where id = e.lead) limit 1").fetchone()
    said = words_of(drawn("checklist", lead=lead))
    assert "Sara Sample judged it met" in said or "Sara Sample settled it as met" in said
    assert "sara judged" not in said
    said = words_of(drawn("checklist", lead=second))
    assert " of " in said
    assert f" of {partner} " not in said


def test_a_past_day_is_said_and_can_be_left(filled: duckdb.DuckDBPyConnection) -> None:
    lead = hostile_lead(filled)
    day = review.header(filled, lead)["submitted_at"].date()
    at = drawn("checklist", lead=lead, as_of=day.isoformat())
    assert "You can look, not decide" in at.warning[0].value
    next(one for one in at.button if one.label == "Back to now").click().run()
    assert not at.warning


def test_a_day_before_the_submission_says_so(filled: duckdb.DuckDBPyConnection) -> None:
    at = drawn("checklist", lead=hostile_lead(filled), as_of="2020-01-01")
    assert "was not there yet" in words_of(at)


def test_an_unknown_lead_is_named_and_leads_back_to_the_queue(filled: duckdb.DuckDBPyConnection) -> None:
    at = drawn("checklist", lead="X-404")
    assert "There is no lead ‘X-404’" in words_of(at)
    assert "Queue" in {one.label for one in at.button}


def test_no_name_from_outside_is_read_as_markdown(filled: duckdb.DuckDBPyConnection) -> None:
    for at in (drawn("checklist", lead=hostile_lead(filled)), drawn("triage", search="bold", queue="All")):
        assert "evil.example" not in markdown_of(at)
        assert "&lt;img" in "".join(str(one.proto.body) for one in at.get("html"))
    assert HOSTILE


def test_the_counts_are_those_of_the_kept_evaluation(filled: duckdb.DuckDBPyConnection) -> None:
    by_disposition, by_due, _ = queue.counts(filled, kept.kept_as_of(filled), queue.Filters())
    with filled.cursor() as cursor:
        kept_counts = dict(cursor.execute("select disposition, count(*) from evaluations group by all").fetchall())
        dated = cursor.execute(
            "select count(due_on) from evaluations where disposition = 'pending'").fetchall()[0][0]
    assert {name: by_disposition[name] for name in kept_counts} == kept_counts
    assert by_disposition["all"] == sum(kept_counts.values())
    assert by_due["any"] == dated


def test_a_request_is_never_shown_a_day_that_is_over(filled: duckdb.DuckDBPyConnection) -> None:
    kept.refresh(filled, database.now() - dt.timedelta(2))
    drawn("home")
    assert kept.kept_as_of(filled).date() == database.as_of().date() == database.now().date()
    assert not kept.is_due(filled, database.now())


def test_pages_of_the_queue_hold_every_lead_once_late_ones_first(filled: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(filled)
    waiting = queue.counts(filled, as_of, queue.Filters()).dues["all"]
    *_, pages = queue.span(1, 20, waiting)
    rows = [row for number in range(1, pages + 1)
            for row in queue.page(filled, as_of, queue.Filters(), number, 20).to_dicts()]
    assert len({row["lead"] for row in rows}) == len(rows) == waiting
    days = [row["days_left"] for row in rows if row["days_left"] is not None]
    assert days == sorted(days)
    assert all(row["days_left"] is None for row in rows[len(days) :])


@pytest.mark.parametrize(
    ("days", "table", "badge", "family"),
    [(None, "—", None, None), (-2, "Overdue 2 d", "2 days late", "red"), (-1, "Overdue 1 d", "1 day late", "red"),
     (0, "Today", "Due today", "orange"), (1, "1 d", "Due in 1 day", "yellow"), (3, "3 d", "Due in 3 days", "yellow"),
     (4, "4 d", "Due in 4 days", "gray")],
)
def test_days_until_the_end_in_words(days: int | None, table: str, badge: str | None, family: str | None) -> None:
    assert dates.left(days) == table
    if days is not None:
        assert badges.due(days)[::2] == (badge, family)


def test_an_amount_that_nobody_set_is_never_a_number() -> None:
    assert money(None) == percent(None) == "not known"
    assert money(Decimal("12480.5")) == "US$12,480.50"
    assert percent(Decimal("0.10")) == "10 %"
