"""The counts of the Pipeline page against a plain recount, lead by lead, over the evaluation and the events."""

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core import days, desk, inert, kept, past, pipeline, queue, store
from core.charts import pipeline as charts
from core.pipeline import Chosen, marks, sentences
from core.terms import catalogue
from tests.conftest import copied, now

ANSWERS = ("accepted", "approved", "confirmed", "rejected", "withdrawn")
EARNS = ("approved", "confirmed", "customer_payment")
REFUSES = ("rejected", "withdrawn", "disassociated")


@pytest.fixture
def con(sample_file: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the sample that may be changed, with its keeper of the journal."""
    found = store.connect(copied(sample_file, tmp_path))
    yield found
    found.close()


def rows_of(con: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[dict]:
    with con.cursor() as cursor:
        return cursor.sql(query, params=values or None).pl().to_dicts()


def recount(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, evaluations: list[dict] | None = None) -> list[dict]:
    """Every lead with what became of it, told in plain Python."""
    events: dict[str, list[dict]] = {}
    for event in rows_of(con, "select lead, type, happened_at from events where lead is not null"):
        if event["happened_at"] <= as_of:
            events.setdefault(event["lead"], []).append(event)
    leads = {row["id"]: row for row in rows_of(con, "select * from leads")}
    found = []
    for row in evaluations or rows_of(con, "select * from evaluations"):
        lead = leads[row["lead"]]

        def first(*kinds: str, lead: str = row["lead"]) -> dt.datetime | None:
            return min((one["happened_at"] for one in events.get(lead, []) if one["type"] in kinds), default=None)

        answered, accepted, earned, paid = first(*ANSWERS), first("accepted"), first(*EARNS), first("payout_paid")
        refused = max((one["happened_at"] for one in events.get(row["lead"], []) if one["type"] in REFUSES),
                      default=None)
        after = refused if accepted and refused and refused >= accepted else None
        left = min((one for one in (earned, after) if one), default=None)
        step = 3 if paid else 2 if row["disposition"] == "qualified" else 1 if first("accepted", "approved") else 0
        found.append(row | {
            "partner": lead["partner"], "submitted_at": lead["submitted_at"], "step": step,
            "month": f"{days.local_day(lead['submitted_at'], 'UTC'):%Y-%m}",
            "channel": lead["source_context"] if lead["source_context"] != "normal" else lead["channel"] or "unknown",
            "answer": answered and (answered - lead["submitted_at"]).total_seconds() / 86400,
            "accepted_days": accepted and left and (left - accepted).total_seconds() / 86400,
            "earned_days": earned and paid and (paid - earned).total_seconds() / 86400,
            "days": (days.local_day(as_of, "UTC") - days.local_day(lead["submitted_at"], "UTC")).days,
        })
    return found


def everything(con: duckdb.DuckDBPyConnection, by: str = "program") -> tuple[pipeline.Pipeline, list[dict]]:
    as_of = kept.kept_as_of(con)
    return pipeline.read(con, Chosen(), by, as_of), recount(con, as_of)


def test_all_programs_of_the_sample_count_days_in_utc(sample_con: duckdb.DuckDBPyConnection) -> None:
    assert set(days.zones(sample_con).values()) == {"UTC"}  # what the recounts of this file rest on


def test_the_steps_count_every_lead_that_came_so_far(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, leads = everything(sample_con)
    assert found.funnel["leads"].to_list() == [sum(row["step"] >= step for row in leads) for step in range(4)]
    assert found.now["answer_days"] == pytest.approx(statistics.median(row["answer"] for row in leads if row["answer"]))
    assert found.before is None


@pytest.mark.parametrize("by", ["program", "channel", "month"])
def test_groups_add_up_to_their_leads(sample_con: duckdb.DuckDBPyConnection, by: str) -> None:
    found, leads = everything(sample_con, by)
    names = {"program": lambda row: catalogue().programs[row["program"]].short_name,
             "channel": lambda row: marks.channel_name(row["channel"]), "month": lambda row: row["month"]}
    submitted = Counter(names[by](row) for row in leads)
    paid = Counter(names[by](row) for row in leads if row["step"] == 3)
    assert {row["name"]: (row["submitted"], row["paid"]) for row in found.groups.to_dicts()} == {
        name: (count, paid[name]) for name, count in submitted.items()}


def test_the_largest_partners_stand_alone_and_the_rest_together(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, leads = everything(sample_con, "partner")
    counts = [count for _, count in Counter(row["partner"] for row in leads).most_common(pipeline.MOST_GROUPS)]
    assert found.groups["submitted"].to_list() == [*counts, len(leads) - sum(counts)]
    assert found.groups["name"][-1] == marks.OTHERS
    assert found.groups["mark"][-1] is None


def test_lost_leads_are_counted_under_the_clause_that_decided(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, leads = everything(sample_con)
    lost = Counter((row["reason"], row["disposition"]) for row in leads if row["disposition"] in ("rejected", "expired"))
    assert sorted(found.deaths["leads"], reverse=True) == sorted(lost.values(), reverse=True)
    assert {row["mark"]: row["leads"] for row in found.deaths.to_dicts()} == {
        f"{marks.DISPOSITIONS[disposition]}: {marks.reason_name(reason)}": count
        for (reason, disposition), count in lost.items()}


def test_days_in_each_state_are_those_between_the_events(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, leads = everything(sample_con)
    for row, column in zip(found.stays.to_dicts(), ("answer", "accepted_days", "earned_days"), strict=True):
        days = [lead[column] for lead in leads if lead[column] is not None]
        assert row["left"] == len(days)
        assert row["median_days"] == pytest.approx(statistics.median(days))
    waiting = sum(lead["disposition"] == "pending" and lead["answer"] is None for lead in leads)
    assert found.stays["waiting"][0] == waiting


def test_clocks_stand_as_they_are_kept_and_three_days_are_a_risk(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, _ = everything(sample_con)
    today = kept.kept_as_of(sample_con).date()
    standing = Counter()
    for row in rows_of(sample_con, "select * from clocks"):
        risk = "at risk" if (row["due_on"] - today).days <= queue.SOON_DAYS else "running"
        standing[marks.CLOCKS[row["clock"]], {"met": "met", "running": risk}.get(row["state"], "late")] += 1
    assert {(row["name"], row["standing"]): row["leads"] for row in found.clocks.to_dicts() if row["leads"]} == standing
    assert found.now["late"] == standing["Our answer", "late"]


def test_undecided_leads_age_by_local_days_and_by_who_works_on_them(con: duckdb.DuckDBPyConnection) -> None:
    lead = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 1)["lead"][0]
    desk.claim(con, desk.Signed("mona", "claims", now(), desk.version(con, lead)), lead)
    found, leads = everything(con)
    brackets = [(7, 0), (14, 1), (30, 2), (60, 3), (10**6, 4)]
    expected = Counter()
    for row in leads:
        if row["disposition"] == "pending":
            bracket = next(place for most, place in brackets if row["days"] <= most)
            expected["Mona Sample" if row["lead"] == lead else marks.NOBODY, marks.AGES[bracket]] += 1
    assert {(row["name"], row["bracket"]): row["leads"] for row in found.ages.to_dicts()} == expected
    assert found.undecided == sum(expected.values())
    mark = next(row["mark"] for row in found.ages.to_dicts() if row["name"] == "Mona Sample")
    shown, count = pipeline.rows(con, Chosen(), found.marks[mark], kept.kept_as_of(con), 1, 20)
    assert (shown["lead"].to_list(), count) == ([lead], 1)


def test_unknown_criteria_are_those_of_undecided_leads_without_the_closing_act(
        sample_con: duckdb.DuckDBPyConnection) -> None:
    found, leads = everything(sample_con)
    expected = Counter()
    for row in leads:
        program = catalogue().programs[row["program"]]
        if row["disposition"] == "pending":
            expected.update((text.label, program.short_name)
                            for text, letter in zip(program.criteria.values(), row["verdicts"], strict=True)
                            if letter == "U" and text.decided_by != "act")
    assert {(row["name"], row["program"]): row["leads"] for row in found.unknowns.to_dicts()} == expected


def test_what_is_owed_is_what_was_earned_and_not_paid(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, leads = everything(sample_con)
    owed = [row for row in rows_of(sample_con, "select * from payouts_owed")
            if row["status"] in ("payable", "blocked")]
    assert found.owed["payouts"].sum() == len(owed)
    known = sum(row["amount"] for row in owed if row["amount"] is not None)
    assert found.owed.drop_nulls("amount")["amount"].sum() == known
    assert found.owed.filter(month=marks.OVERDUE)["payouts"].sum() == sum(row["is_overdue"] for row in owed)
    undecided = Counter(row["program"] for row in leads if row["disposition"] == "pending")
    assert {row["program"]: row["leads"] for row in found.prospects.to_dicts()} == undecided


def test_an_amount_that_nobody_set_is_said_and_never_guessed(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, _ = everything(sample_con)
    assert found.owed.filter(status="amount not known")["amount"].is_null().all()
    assert "a manager can set it" in sentences.unknown_amounts(found)
    said = sentences.prospects(found, {one: one for one in catalogue().programs})
    assert any(line.startswith("ptr") and "not known" in line for line in said)
    assert any(line.startswith("cerri") and "US$100 each" in line for line in said)


def test_every_mark_opens_as_many_leads_as_it_counts(sample_con: duckdb.DuckDBPyConnection) -> None:
    found, _ = everything(sample_con, "partner")
    counts = {row["mark"]: row.get("leads", row.get("submitted", row.get("waiting")))
              for name in ("funnel", "groups", "deaths", "stays", "clocks", "ages", "unknowns")
              for row in getattr(found, name).to_dicts() if row["mark"]}
    one_of_each = {mark.split(":")[0]: mark for mark in counts}
    assert set(one_of_each) > {"Reached", "Partner", "Rejected", "Expired", "Now", "Our answer", "Unknown"}
    for mark in one_of_each.values():
        shown, count = pipeline.rows(sample_con, Chosen(), found.marks[mark], kept.kept_as_of(sample_con), 1, 20)
        assert count == counts[mark], mark
        assert shown.height == min(20, count)


def test_money_opens_its_leads_whatever_month_they_came_in(sample_con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(sample_con)
    last = pipeline.months(sample_con, as_of)[-1]
    found = pipeline.read(sample_con, Chosen(first=last), "program", as_of)
    row = found.owed.sort("payouts").row(-1, named=True)
    shown, count = pipeline.rows(sample_con, Chosen(first=last), found.marks[row["mark"]], as_of, 1, 200)
    assert 0 < count <= row["payouts"]  # one lead may have earned several
    assert min(shown["submitted_at"]).date() < last


def test_months_are_compared_with_as_many_before(sample_con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(sample_con)
    months = pipeline.months(sample_con, as_of)
    leads = Counter(row["month"] for row in recount(sample_con, as_of))
    found = pipeline.read(sample_con, Chosen(first=months[-4], last=months[-3]), "month", as_of)
    named = [f"{month:%Y-%m}" for month in months]
    assert found.now["submitted"] == leads[named[-4]] + leads[named[-3]]
    assert found.before["submitted"] == leads[named[-6]] + leads[named[-5]]
    assert found.groups["name"].to_list() == [named[-4], named[-3]]


def test_filters_narrow_every_count(sample_con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(sample_con)
    leads = recount(sample_con, as_of)
    partner = Counter(row["partner"] for row in leads if row["program"] == "ptr").most_common(1)[0][0]
    found = pipeline.read(sample_con, Chosen("ptr", partner, "web_form"), "program", as_of)
    those = [row for row in leads if (row["program"], row["partner"], row["channel"]) == ("ptr", partner, "web_form")]
    assert found.now["submitted"] == len(those) > 0
    assert found.deaths["leads"].sum() == sum(row["disposition"] in ("rejected", "expired") for row in those)
    assert set(found.prospects["program"]) <= {"ptr"}


def test_a_month_begins_at_midnight_of_the_programs_zone(con: duckdb.DuckDBPyConnection) -> None:
    desk.set_setting(con, desk.Signed("mona", "zone", now()), "timezone", "Pacific/Auckland",
                     now().date() + dt.timedelta(1), "moved")
    as_of = now() + dt.timedelta(2)
    desk.advance(con, as_of)
    assert days.zones(con)["raf"] == "Pacific/Auckland"
    found = pipeline.read(con, Chosen("raf"), "month", as_of)
    expected = Counter(f"{days.local_day(row['submitted_at'], 'Pacific/Auckland'):%Y-%m}"
                       for row in rows_of(con, "select submitted_at from leads where program = 'raf'"))
    assert dict(found.groups.select("name", "submitted").iter_rows()) == expected


def test_a_past_day_is_evaluated_again_and_counted_alike(sample_con: duckdb.DuckDBPyConnection) -> None:
    day = kept.kept_as_of(sample_con) - dt.timedelta(120)
    then = past.of_day(sample_con, day)
    found = pipeline.read(sample_con, Chosen(), "program", day, then)
    leads = recount(sample_con, day, then.leads.to_dicts())
    assert found.funnel["leads"].to_list() == [sum(row["step"] >= step for row in leads) for step in range(4)]
    assert found.undecided == sum(row["disposition"] == "pending" for row in leads)
    assert found.now["submitted"] < len(recount(sample_con, kept.kept_as_of(sample_con)))
    _, count = pipeline.rows(sample_con, Chosen(), found.marks["Reached: Paid"], day, 1, 20, then)
    assert count == found.now["paid"]


def test_what_was_taken_back_does_not_count(con: duckdb.DuckDBPyConnection) -> None:
    lead = rows_of(con, "select lead from evaluations where disposition = 'pending' and program = 'ptr' and lead not in "
                        "(select lead from events where type in ('accepted', 'rejected') and lead is not null) "
                        "order by lead limit 1")[0]["lead"]
    before = pipeline.read(con, Chosen("ptr"), "program", now()).now["accepted"]
    done = desk.accept(con, desk.Signed("chen", "accepts", now(), desk.version(con, lead)), lead)
    assert pipeline.read(con, Chosen("ptr"), "program", now()).now["accepted"] == before + 1
    desk.undo(con, desk.Signed("chen", "undoes", now(), done.version(lead)), done.number, "by mistake")
    assert pipeline.read(con, Chosen("ptr"), "program", now()).now["accepted"] == before


def test_of_nothing_every_sentence_still_says_something(empty_file: Path) -> None:
    con = store.connect(empty_file)
    found = pipeline.read(con, Chosen(), "program", now())
    assert [say(found) for say in sentences.TITLES.values()]
    assert [figure.value for figure in sentences.figures(found)] == ["not known", "not known", "not known", "nothing"]
    con.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", sentences.NAMES)
def test_every_chart_can_be_clicked_and_keeps_to_the_palette(
        sample_con: duckdb.DuckDBPyConnection, name: str, theme: str) -> None:
    found, _ = everything(sample_con)
    spec = getattr(charts, name)(getattr(found, name), theme).to_dict()
    assert [one["name"] for one in spec["params"]] == [charts.PICK]
    assert spec["params"][0]["select"]["fields"] == ["mark"]
    assert "title" not in spec  # its sentence stands above it, as plain text


def test_cells_of_a_file_are_never_a_formula() -> None:
    frame = pl.DataFrame({"name": ["=1+1", "+1", "-1", "@x", "\tx", "\nx", "＝1", "plain"], "leads": [-1] * 8})
    lines = inert.inert(frame)
    assert [one[0] for one in lines["name"]] == ["'"] * 7 + ["p"]
    assert lines["leads"].to_list() == [-1] * 8
    assert inert.as_csv(frame).startswith(b"\xef\xbb\xbfname,leads\n'=1+1,-1\n")
