"""Checklist: what is suggested for the open criterion, exact instants, countdowns, what is missing and in which order."""

import datetime as dt

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core import days, desk, hints, kept, queue, review
from core.terms import catalogue
from pages.parts import badges, dates, words
from tests.conftest import now
from tests.pages.test_pages import drawn, words_of
from tests.pages.test_roles import undecided


def suggested(con: duckdb.DuckDBPyConnection, rests_on_event: bool) -> tuple[str, str, hints.Hint]:
    """An undecided lead with a criterion that nobody judged and a hint for it, by an event of its own or without one."""
    as_of = kept.kept_as_of(con)
    for lead in queue.page(con, as_of, queue.Filters(), 1, 300)["lead"]:
        told = review.story(con, lead, as_of)
        for name, hint in hints.hints(con, lead, as_of).items():
            is_open = any(line.text.id == name and line.verdict == "unknown" for line in told.lines)
            if is_open and rests_on_event == any(row["kind"] == "event" for row in hint.evidence):
                return lead, name, hint
    raise AssertionError("no open criterion of the sample has such a hint")


def rows(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    """All that is kept of the evaluation, and how many verdicts there are."""
    with con.cursor() as cursor:
        return [*cursor.execute("select lead, verdicts, disposition, reason, pending_on from evaluations order by lead").fetchall(),
                *cursor.execute("select count(*) from verdicts").fetchall()]


def test_the_open_criterion_says_what_is_suggested_and_why_and_a_person_still_decides(
    con: duckdb.DuckDBPyConnection,
) -> None:
    lead, criterion, hint = suggested(con, rests_on_event=False)
    before = rows(con)
    at = drawn("checklist", lead=lead)
    at.session_state[f"criterion-{lead}"] = criterion
    at.run()
    said = words_of(at)
    assert f"Suggests: {hint.verdict}" in said
    assert hint.because in said.replace("&#x27;", "'").replace("&amp;", "&")
    assert rows(con) == before
    at.text_input(key=f"note-{lead}-{criterion}").input("I know better")
    other = {"pass": "Fail", "fail": "Pass"}[hint.verdict]
    next(one for one in at.button if one.label == other).click().run()
    at.session_state[f"criterion-{lead}"] = criterion
    at.run()
    line = next(one for one in review.story(con, lead, kept.kept_as_of(con)).lines if one.text.id == criterion)
    assert line.verdict == other.lower()
    assert "Suggests:" not in words_of(at)


def test_nothing_is_suggested_where_nothing_is_on_record(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    lead = next(lead for lead in queue.page(con, as_of, queue.Filters(program="cerri"), 1, 100)["lead"]
                if any(line.text.id == "scale" and line.verdict == "unknown"
                       for line in review.story(con, lead, as_of).lines))
    at = drawn("checklist", lead=lead)
    at.session_state[f"criterion-{lead}"] = "scale"
    at.run()
    assert "Suggests:" not in words_of(at)


def test_the_event_of_a_hint_is_offered_to_the_verdict_where_none_was_chosen(con: duckdb.DuckDBPyConnection) -> None:
    lead, criterion, hint = suggested(con, rests_on_event=True)
    event = next(row["id"] for row in hint.evidence if row["kind"] == "event")
    at = drawn("checklist", lead=lead)
    at.selectbox(key=f"event-{lead}").set_value(None).run()
    if f"open-{criterion}" not in {one.key for one in at.button}:  # it is open: away and back
        next(one for one in at.button if one.label == "Next").click().run()
        at.selectbox(key=f"event-{lead}").set_value(None).run()
    at.button(key=f"open-{criterion}").click().run()
    assert at.selectbox(key=f"event-{lead}").value == event
    next(one for one in at.button if one.label == hint.verdict.capitalize()).click().run()
    with con.cursor() as cursor:
        given = cursor.execute("select v.criterion, e.event from verdict_evidence as e join verdicts as v on v.id = e.verdict "
                               "where v.lead = $lead and v.decided_by = 'sara'", {"lead": lead}).fetchall()
    assert given == [(criterion, event)]


def test_the_event_of_the_first_hint_is_offered_to_begin_with(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    leads = queue.page(con, as_of, queue.Filters(program="cerri"), 1, 300)["lead"]
    lead, event = next(
        (lead, own[0]) for lead in leads
        if (hint := hints.hints(con, lead, as_of).get(review.story(con, lead, as_of).next_open(None)))
        and (own := [row["id"] for row in hint.evidence if row["kind"] == "event"]))
    assert drawn("checklist", lead=lead).selectbox(key=f"event-{lead}").value == event


def test_an_event_that_a_person_chose_stays_chosen(con: duckdb.DuckDBPyConnection) -> None:
    lead, _, hint = suggested(con, rests_on_event=True)
    signature = desk.Signed("sara", "logs", now(), desk.version(con, lead))
    chosen = desk.log_activity(con, signature, lead, "outreach", note="Again").after["event"]
    assert chosen not in {row["id"] for row in hint.evidence}
    at = drawn("checklist", lead=lead)
    at.selectbox(key=f"event-{lead}").set_value(chosen).run()
    for _ in review.story(con, lead, kept.kept_as_of(con)).to_judge:  # once around, over that of the hint
        next(one for one in at.button if one.label == "Next").click().run()
        assert at.selectbox(key=f"event-{lead}").value == chosen


def test_a_lead_as_of_a_past_day_suggests_nothing_to_judge(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "cerri")
    day = review.header(con, lead)["submitted_at"].date().isoformat()
    assert "Suggests:" not in words_of(drawn("checklist", lead=lead, as_of=day))


def html_of(at: AppTest) -> str:
    """Every line of the page as it is written for the browser."""
    return "\n".join(str(one.proto.body) for one in at.get("html"))


def test_every_day_and_short_form_of_an_instant_is_exact_under_the_pointer(con: duckdb.DuckDBPyConnection) -> None:
    lead = suggested(con, rests_on_event=True)[0]
    said_at = []
    for number, (action, more) in enumerate(((desk.comment, {"text": "Hello"}), (desk.request_action, {
            "missing": [], "text": "Which project?"}))):
        at = now() + dt.timedelta(seconds=number)
        action(con, desk.Signed("sara", f"says/{number}", at, desk.version(con, lead)), lead, **more)
        said_at.append(at)
    zone = days.zones(con)[review.header(con, lead)["program"]]
    instants = [row["happened_at"] for row in review.timeline(con, lead, kept.kept_as_of(con)).to_dicts()]
    shown = html_of(drawn("checklist", lead=lead))
    for instant in [*instants, *(row["recorded_at"] for row in desk.told(con, lead)),
                    *(row["recorded_at"] for row in desk.open_requests(con, lead)),
                    review.header(con, lead)["submitted_at"]]:
        assert f'title="{dates.exact(instant, zone)}"' in shown
    entry = next(line for line in shown.splitlines() if "Hello" in line and "Sara Sample" in line)
    assert f'title="{dates.exact(said_at[0], zone)}"' in entry


def test_an_exact_instant_names_its_zone_by_the_clock_of_that_zone() -> None:
    assert dates.exact(dt.datetime(2026, 7, 1, 22, 30, 5), "Europe/Berlin") == "2 Jul 2026, 00:30:05 Europe/Berlin"


def test_what_is_said_under_the_pointer_cannot_leave_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(words.st, "html", lambda body, width: written.append(body))
    words.line("Mia", exact='1" onmouseover="alert(1)<b>')
    words.quiet("Mia", exact="<i>")
    words.line("Mia")
    assert [one.split(">")[0].count("title=") for one in written] == [1, 1, 0]
    assert '" onmouseover' not in written[0] and "<b>" not in written[0] and "<i>" not in written[1]


@pytest.mark.parametrize(("day", "said"), [
    (dt.date(2026, 11, 27), "27 Nov 2026, today"), (dt.date(2026, 11, 28), "28 Nov 2026, tomorrow"),
    (dt.date(2026, 12, 9), "9 Dec 2026, in 12 days"), (dt.date(2029, 11, 27), "27 Nov 2029, in 1,096 days"),
    (dt.date(2026, 11, 26), "26 Nov 2026"),
])
def test_a_day_that_comes_says_how_long_that_is(day: dt.date, said: str) -> None:
    assert dates.ahead(day, dt.date(2026, 11, 27)) == said


def test_a_criterion_and_the_card_of_changes_count_the_days_until_they_change(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    stories = (review.story(con, lead, as_of) for lead in queue.page(con, as_of, queue.Filters(program="raf"), 1, 200)["lead"])
    told = next(one for one in stories if one.changes and one.changes[0][0] > one.today + dt.timedelta(1))
    day, label, _ = told.changes[0]
    said, count = html_of(drawn("checklist", lead=told.outcome["lead"])), (day - told.today).days
    assert f"Changes on {dates.day(day)}, in {count} days" in said
    assert f"{dates.day(day)}, in {count} days:</span> {label} changes." in said


def test_the_end_of_an_ownership_is_counted_down(con: duckdb.DuckDBPyConnection) -> None:
    with con.cursor() as cursor:
        lead, until = cursor.execute(
            "select lead, owner_until from evaluations where owner_status = 'confirmed' and owner_until > now()::date + 2 "
            "order by lead limit 1").fetchall()[0]
    told = review.story(con, lead, kept.kept_as_of(con))
    assert f"in {(until - told.today).days} days:</span> ownership ends with this day." in html_of(drawn("checklist", lead=lead))


@pytest.mark.parametrize(("program", "pending_on", "in_order"), [
    ("cerri", ["two_way", "scale", "approval", "contact_details", "not_duplicate", "b2b_fit"],
     ["not_duplicate", "scale", "b2b_fit", "contact_details", "two_way", "approval"]),
    ("raf", ["accepted", "new_opportunity", "replied_30d", "purchase_12m", "interest", "not_active_prospect", "confirmed",
             "program_terminated"],
     ["program_terminated", "not_active_prospect", "interest", "purchase_12m", "replied_30d", "new_opportunity",
      "accepted", "confirmed"]),
    ("ptr", ["purchase_12m", "list_or_show_definition_met", "product_not_in_use", "accepted"],
     ["product_not_in_use", "list_or_show_definition_met", "purchase_12m", "accepted"]),
])
def test_what_is_missing_stands_in_the_order_of_what_it_takes(
    program: str, pending_on: list[str], in_order: list[str]
) -> None:
    assert [need.name for need in review.needed(catalogue().programs[program], pending_on)] == in_order


def test_the_card_of_what_is_missing_says_where_each_answer_comes_from(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "raf")
    needs = review.story(con, lead, kept.kept_as_of(con)).missing
    assert len({need.comes_from for need, _ in needs}) > 1
    lines = [line for line in html_of(drawn("checklist", lead=lead)).splitlines() if ">1. " in line or "</span> — " in line]
    for line, (place, (need, _)) in zip(lines, enumerate(needs, start=1), strict=True):
        assert f"{place}. {need.label}</span> — {badges.COMES_FROM[need.comes_from]}." in line
