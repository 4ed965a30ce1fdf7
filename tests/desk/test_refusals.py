"""Refusals in statements: each lead once, by whom or what refused it; those of a closed month never change."""

import datetime as dt
import json

import duckdb
import pytest

from core import desk, past
from core.exports.statements import as_csv, as_html
from core.statements import statement
from tests.desk import former
from tests.desk.payouts import adds_up, tell
from tests.desk.world import NOW, act, ask, disposition, document, signed

MAY, JUNE, JULY, AUGUST = (dt.date(2025, month, 1) for month in (5, 6, 7, 8))
EARLY_JULY, EARLY_AUGUST, LATER = dt.datetime(2025, 7, 3, 12), dt.datetime(2025, 8, 3, 12), dt.datetime(2025, 8, 15, 12)
LATE_REJECTION = {"type": "rejected", "at": "2025-06-19T12:00:00Z", "lead": "P1", "by": "chen", "reason": "Told late."}
JUDGED = "Judged not met: decides or has influence."
BY_RULE = ("ptr.conflict.2", "Another partner came first.")


def refused(con, month: dt.date, partner: str = "A", as_of: dt.datetime = LATER) -> list[tuple]:
    found = statement(con, partner, "ptr", month, as_of).refused
    return [(one.clause, one.explanation, one.refused_on) for one in found]


def close(con, month: dt.date = JUNE, now: dt.datetime = EARLY_JULY) -> None:
    desk.close_period(con, signed("fay", now=now), "ptr", month)


def reject(con, lead: str = "P1", now: dt.datetime = NOW) -> desk.Done:
    return desk.reject(con, signed("chen", con, lead, now=now), lead, "ptr.def.a", "They decide nothing.")


def judge(con, verdict: str, now: dt.datetime = NOW, lead: str = "P1") -> desk.Done:
    return desk.judge(con, signed("sara", con, lead, now=now), lead, "decision_role", verdict, "asked")


def undo(con, done: desk.Done, now: dt.datetime, lead: str = "P1") -> None:
    desk.undo(con, signed("mona", con, lead, now=now), done.number, "a mistake")


def load_verdict(con, now: dt.datetime) -> None:
    told = document(payable=2)
    told["verdicts"].append({"lead": "P1", "criterion": "decision_role", "verdict": "fail", "by": "x",
                             "at": "2025-06-19T10:00:00Z"})
    desk.load(con, signed("operator", now=now), [json.dumps(told)])


def test_a_rejection_that_is_loaded_after_its_month_was_closed_stands_in_the_open_one(con) -> None:
    close(con)
    tell(con, LATE_REJECTION)
    assert refused(con, JUNE) == []
    assert refused(con, JULY) == [("ptr.process.2b", "Told late.", dt.date(2025, 6, 19))]
    close(con, JULY, EARLY_AUGUST)
    assert (refused(con, JUNE), len(refused(con, JULY)), refused(con, AUGUST)) == ([], 1, [])
    assert adds_up(con)


def test_a_verdict_that_is_loaded_after_its_month_was_closed_stands_in_the_open_one(con) -> None:
    close(con)
    load_verdict(con, EARLY_JULY)
    assert refused(con, JUNE) == []
    assert refused(con, JULY) == [("ptr.def.a", JUDGED, dt.date(2025, 6, 19))]


def test_another_time_zone_moves_no_refusal_into_or_out_of_a_closed_month(con) -> None:
    reject(con, now=dt.datetime(2025, 6, 30, 23, 30))
    close(con)
    before = refused(con, JUNE)
    assert before == [("ptr.def.a", "They decide nothing.", dt.date(2025, 6, 30))]
    desk.set_setting(con, signed("mona", now=EARLY_JULY), "timezone", '"Europe/Berlin"', dt.date(2025, 7, 4), "moved")
    assert (refused(con, JUNE), refused(con, JULY)) == (before, [])


def test_a_lead_that_a_rule_rejects_is_explained_by_its_clause_and_names_nobody(con) -> None:
    assert refused(con, JUNE, "B") == [(*BY_RULE, dt.date(2025, 6, 19))]
    assert refused(con, JUNE) == refused(con, JULY, "B") == []
    told = statement(con, "B", "ptr", JUNE, LATER)
    assert [name for name, _, _ in told.clauses] == ["ptr.conflict.2"]
    assert b"Partner A" not in as_csv(told) + as_html(told)


def test_a_rejection_by_a_person_is_told_before_a_judgement_and_that_before_a_rule(con) -> None:
    judge(con, "fail", lead="P2")
    assert refused(con, JUNE, "B") == [("ptr.def.a", JUDGED, NOW.date())]
    reject(con, "P2", EARLY_JULY)
    assert refused(con, JUNE, "B") == []
    assert refused(con, JULY, "B") == [("ptr.def.a", "They decide nothing.", EARLY_JULY.date())]


def test_the_rule_is_told_where_what_was_judged_refuses_nobody(con) -> None:
    act(con, desk.record_breach, "chen", "P2", "competitor_suggested", "They named a rival.", "no")
    act(con, desk.judge, "chen", "P2", "no_competitor_suggested", "fail", "seen")
    assert refused(con, JUNE, "B") == [(*BY_RULE, dt.date(2025, 6, 19))]


def test_a_lead_that_its_partner_withdrew_needs_no_explanation(con) -> None:
    act(con, desk.withdraw, "chen", "P1")
    assert disposition(con, "P1") == "rejected"
    assert refused(con, JUNE) == []


def test_a_refusal_by_rule_that_was_reversed_before_the_month_was_closed_is_not_told(con) -> None:
    done = reject(con)
    assert disposition(con, "P2") == "pending"
    close(con)
    assert refused(con, JUNE, "B") == []
    undo(con, done, EARLY_JULY)
    assert refused(con, JUNE, "B") == []
    assert refused(con, JULY, "B") == [(*BY_RULE, EARLY_JULY.date())]


def test_a_refusal_by_rule_stays_in_its_closed_month_and_is_told_again_where_it_comes_again(con) -> None:
    close(con)
    told = [(*BY_RULE, dt.date(2025, 6, 19))]
    done = reject(con, now=EARLY_JULY)
    assert (refused(con, JUNE, "B"), refused(con, JULY, "B")) == (told, [])
    close(con, JULY, EARLY_AUGUST)
    undo(con, done, EARLY_AUGUST)
    assert [refused(con, month, "B") for month in (JUNE, JULY, AUGUST)] == [told, [], [(*BY_RULE, EARLY_AUGUST.date())]]


def test_what_a_person_explains_after_a_rule_was_told_is_told_too(con) -> None:
    close(con)
    reject(con, "P2", EARLY_JULY)
    assert refused(con, JUNE, "B") == [(*BY_RULE, dt.date(2025, 6, 19))]
    assert refused(con, JULY, "B") == [("ptr.def.a", "They decide nothing.", EARLY_JULY.date())]


def test_a_judgement_that_is_repeated_stands_in_the_month_of_the_first(con) -> None:
    judge(con, "fail")
    judge(con, "fail", EARLY_JULY)
    close(con)
    assert refused(con, JUNE) == [("ptr.def.a", JUDGED, NOW.date())]
    judge(con, "fail", EARLY_AUGUST)
    assert refused(con, JULY) == refused(con, AUGUST) == []


def test_who_is_refused_anew_after_a_reversal_is_told_anew(con) -> None:
    judge(con, "fail")
    close(con)
    judge(con, "pass", EARLY_JULY)
    assert refused(con, JULY) == []
    judge(con, "fail", EARLY_AUGUST)
    assert [len(refused(con, month)) for month in (JUNE, JULY, AUGUST)] == [1, 0, 1]


def test_a_rejection_from_before_an_acceptance_explains_nothing_that_came_after(con) -> None:
    tell(con, {"type": "rejected", "at": "2025-06-18T17:00:00Z", "lead": "P2", "by": "chen", "reason": "Too soon."},
         {"type": "accepted", "at": "2025-06-18T18:00:00Z", "lead": "P2", "by": "chen"})
    judge(con, "fail", lead="P2")
    assert refused(con, JUNE, "B") == [("ptr.def.a", JUDGED, NOW.date())]


def test_on_a_past_day_a_month_that_was_closed_later_tells_what_was_known_then(con) -> None:
    done = reject(con)
    close(con)
    undo(con, done, LATER)
    before = dt.datetime(2025, 7, 2)
    assert refused(past.everything(con, before, past.of_day(con, before)), JUNE, as_of=before) == []
    after = dt.datetime(2025, 7, 4)
    assert len(refused(past.everything(con, after, past.of_day(con, after)), JUNE, as_of=after)) == 1


def test_an_erased_explanation_is_gone_from_a_closed_month_and_nothing_else(con) -> None:
    reject(con)
    close(con)
    [(contact,)] = ask(con, "select contact from leads where id = 'P1'")
    desk.erase(con, signed("ada", now=EARLY_JULY), contact)
    assert refused(con, JUNE) == [("ptr.def.a", "(erased)", NOW.date())]
    assert adds_up(con)


def test_the_database_itself_refuses_to_change_what_stands_in_a_closed_month(con) -> None:
    reject(con)
    close(con)
    for text in ("update refusals_at_closings set clause = null", "delete from refusals_at_closings",
                 "insert into refusals_at_closings select * replace ('x' as id) from refusals_at_closings limit 1"):
        with con.cursor() as cursor, pytest.raises(duckdb.ConstraintException):
            cursor.execute(text).fetchall()


def test_months_that_an_earlier_version_closed_keep_what_their_statements_said(con) -> None:
    """It told of rejections and judgements that stood at the closing, and of no rule."""
    rejected = reject(con)
    judge(con, "fail", lead="M1")
    former.closed(con, JUNE, EARLY_JULY)
    undo(con, rejected, EARLY_JULY)
    judge(con, "fail", EARLY_JULY, "M2")
    tell(con, {"type": "rejected", "at": "2025-05-19T12:00:00Z", "recorded_at": "2025-07-02T12:00:00Z", "lead": "R1",
               "by": "chen", "reason": "Another program."})
    former.closed(con, JULY, EARLY_AUGUST)
    desk.begin(con, LATER)
    assert refused(con, JUNE) == [("ptr.def.a", JUDGED, NOW.date()), ("ptr.def.a", "They decide nothing.", NOW.date())]
    assert refused(con, JULY) == [("ptr.def.a", JUDGED, EARLY_JULY.date())]
    assert refused(con, MAY) == refused(con, AUGUST) == []
    assert [refused(con, month, "B") for month in (JUNE, JULY)] == [[], []]
    assert ask(con, "select count(*) from closings_without_refusals") == [(0,)]
    head = desk.head(con)
    desk.begin(con, LATER)
    assert (desk.head(con), desk.first_fault(con)) == (head, None)
