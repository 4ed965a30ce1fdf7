"""The terms files: complete, sourced, refused when broken, and a program is a file and a module."""

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from core import reasons, results, terms
from core.model import Refusal
from core.terms import ALWAYS, Entry, catalogue
from tests.scenarios.expectations import SCENARIOS

EXECUTABLE = {"computed", "human", "disqualifier", "clock", "ownership"}
"""Kinds of clause that a criterion, a reason or an outcome must obey."""
OUTCOME_CLAUSES = {
    "raf.process.3.1.1": "clock response_sla", "ptr.process.3.1.1b": "clock response_sla",
    "ptr.process.3.1.1a": "reason", "cerri.2g": "disposition", "cerri.3": "disposition", "raf.process.3.2": "not_repeat",
    "raf.process.3.1.4": "still_engaged", "cerri.1n": "payouts",
}


def clauses_cited(program: terms.Program) -> set[str]:
    _, in_force = catalogue().versions(program)[-1]
    return {clause for criterion in program.rules.CRITERIA.values() for clause in criterion(in_force).clauses}


@pytest.mark.parametrize("program", catalogue().programs.values(), ids=lambda program: program.id)
class TestProgram:
    def test_every_criterion_of_the_file_has_a_function_and_every_function_a_text(self, program) -> None:
        assert set(program.rules.CRITERIA) == set(program.criteria)

    def test_every_criterion_names_clauses_that_exist(self, program) -> None:
        assert all(text.clauses for text in program.criteria.values())
        assert clauses_cited(program) <= set(program.clauses)

    def test_every_executable_clause_is_obeyed_by_a_criterion_or_an_outcome(self, program) -> None:
        obeyed = clauses_cited(program) | set(OUTCOME_CLAUSES) | set(program.reason_order)
        obeyed |= {clause for text in program.criteria.values() for clause in text.clauses}
        missing = {one.id for one in program.clauses.values() if one.kind in EXECUTABLE} - obeyed
        assert missing == set()

    def test_every_executable_clause_has_a_hand_worked_scenario(self, program) -> None:
        shown = {clause for scenario in SCENARIOS for clause in scenario["clauses"]}
        assert clauses_cited(program) - shown == set()

    def test_every_reason_that_can_be_given_has_its_place_in_the_order(self, program) -> None:
        failing = {
            clause
            for criterion in program.rules.CRITERIA.values()
            for clause in criterion(catalogue().versions(program)[-1][1]).failing_clauses
        }
        acts = {"raf.process.3.1.2a"}
        commission_only = {"ptr.maintain.1a"}
        assert failing - acts - commission_only <= set(program.reason_order)

    def test_every_dated_value_has_a_source(self, program) -> None:
        known = set(program.clauses) | {"general"}
        for setting in program.settings.values():
            for value in setting.values:
                assert value.source in known or value.source.startswith("AMB-"), setting.name

    def test_every_reason_for_a_rejection_has_words_that_are_no_heading(self, program) -> None:
        clauses = [program.clauses[name] for name in program.reason_order if name in program.clauses]
        assert clauses and all(one.refusal and one.refusal != one.heading for one in clauses)
        assert all(reasons.in_words(one.id) == one.refusal for one in clauses)

    def test_what_a_criterion_takes_agrees_with_who_decides_it(self, program) -> None:
        closing = {one.id for one in program.criteria.values() if one.comes_from == "act"}
        assert closing == {one.id for one in program.criteria.values() if one.decided_by == "act"}
        assert {one.comes_from for one in program.criteria.values() if one.decided_by == "human"} == {"us"}

    def test_every_clause_says_something_in_our_words(self, program) -> None:
        assert all(clause.heading and clause.paraphrase.endswith((".", "?")) for clause in program.clauses.values())


def test_figures_that_no_text_states_are_empty() -> None:
    for name in ("raf.bonus_amount", "ptr.commission_rate", "cerri.payout_schedule", "cerri.payout_method",
                 "cerri.unresponsive_days", "cerri.attribution_window_days", "raf.still_engaged.stale_days"):
        assert catalogue().setting(name).values == (), name


def test_the_version_in_force_at_submission_is_the_last_one_not_later_than_that_day() -> None:
    raf = catalogue().programs["raf"]
    changed = [Entry("raf.active_prospect_days", dt.date(2025, 2, 10), 120, "test")]
    versions = catalogue().versions(raf, changed)
    assert [(day, in_force["active_prospect_days"]) for day, in_force in versions] == [
        (ALWAYS, 90), (dt.date(2025, 2, 10), 120),
    ]


def test_terms_begin_where_days_began_until_then() -> None:
    raf = catalogue().programs["raf"]
    changed = [Entry("timezone", dt.date(2025, 2, 10), "America/Los_Angeles", "test"),
               Entry("raf.reply_days", dt.date(2025, 7, 1), 20, "test"),
               Entry("timezone", dt.date(2025, 8, 1), "Asia/Tokyo", "test")]
    begun = catalogue().beginnings(raf, changed)
    assert [(at, in_force["timezone"], in_force["reply_days"]) for at, in_force in begun] == [
        (dt.datetime(1, 1, 1), "UTC", 30), (dt.datetime(2025, 2, 10), "America/Los_Angeles", 30),
        (dt.datetime(2025, 7, 1, 7), "America/Los_Angeles", 20), (dt.datetime(2025, 8, 1, 7), "Asia/Tokyo", 20),
    ]


def test_a_map_opens_into_its_dotted_names() -> None:
    entries = catalogue().entries({"cerri.duplicate": {"reading": "known_ever"}}, ALWAYS, "test")
    assert [(entry.name, entry.value) for entry in entries] == [("cerri.duplicate.reading", "known_ever")]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("raf.bonus_amont", 500, "did you mean raf.bonus_amount"),
        ("raf.bonus_amount", "much", "takes an amount"),
        ("raf.bonus_amount", "1.005", "takes an amount"),
        ("raf.reply_days", -1, "takes a whole number"),
        ("raf.reply_days", 2.5, "takes a whole number"),
        ("cerri.duplicate.reading", "sometimes", "takes one of window_on_both, known_ever"),
        ("require_in_use", "yes", "takes true or false"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_by_name(name: str, value: object, complaint: str) -> None:
    with pytest.raises(Refusal, match=complaint):
        catalogue().entries({name: value}, ALWAYS, "test")


def test_what_was_empty_may_begin_in_the_past_and_what_was_set_may_not() -> None:
    today = dt.date(2026, 11, 22)
    bonus = Entry("raf.bonus_amount", dt.date(2025, 1, 1), Decimal("500.00"), "test")
    terms.refuse_backdating([], bonus, today)
    again = Entry("raf.bonus_amount", dt.date(2025, 6, 1), Decimal("600.00"), "test")
    with pytest.raises(Refusal, match="has had a value since 2025-01-01"):
        terms.refuse_backdating([bonus], again, today)
    terms.refuse_backdating([bonus], Entry("raf.bonus_amount", dt.date(2026, 11, 23), Decimal("600"), "test"), today)
    with pytest.raises(Refusal):
        terms.refuse_backdating([bonus], Entry("raf.bonus_amount", today, Decimal("600"), "test"), today)


BROKEN = {
    "clause tiny.3: heading is missing": ('[[clause]]\nid = "tiny.3"\n', ""),
    "there is no clause tiny.9": ("", 'clauses = ["tiny.9"]'),
    "comes_from takes one of record, us, partner": ("", 'clauses = ["tiny.2"]\ncomes_from = "luck"'),
    "stands twice": ('[[clause]]\nid = "tiny.1"\nheading = "x"\nparaphrase = "x."\nkind = "info"\ndecides = []\n', ""),
}

TINY = """
id = "tiny"
name = "Tiny program"
short_name = "Tiny"
company = "tiny"
rules = "tiny_rules"
source = "a test"
partner_word = "friend"
sales_word = "Good lead"
explains_rejection = "none"
reason_order = ["tiny.1", "tiny.2"]

[[clause]]
id = "tiny.1"
heading = "Not on a Sunday"
paraphrase = "A lead that comes on a Sunday does not count."
kind = "computed"
decides = ["system"]

[[clause]]
id = "tiny.2"
heading = "Nice"
paraphrase = "Someone finds it nice."
kind = "human"
decides = ["sales"]

[[criterion]]
id = "not_on_sunday"
label = "Not on a Sunday"
question = "Did it come on another day?"
clauses = ["tiny.1"]
decided_by = "computed"
group = "exclusion"

[[criterion]]
id = "is_nice"
label = "Nice"
question = "Is it nice?"
CLAUSES
decided_by = "human"
group = "qualification"
"""

TINY_RULES = '''
import polars as pl
from core.model import FAIL, PASS
from core.rules.criterion import by_person, case, day, finding, otherwise

FACTS = ("decisions", "judgements")


def not_on_sunday(t):
    """tiny.1"""
    return finding("tiny.1", case(pl.col("submitted_on").dt.weekday() == 7, FAIL, "It came on Sunday {}.",
                   day("submitted_on"), rests_on=("lead",)), otherwise(PASS, "It came on {}.", day("submitted_on")))


def is_nice(t):
    """tiny.2"""
    return by_person("tiny.2", "is_nice", "it is nice")


CRITERIA = {"not_on_sunday": not_on_sunday, "is_nice": is_nice}
'''


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tiny_rules.py").write_text(TINY_RULES)
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "tiny.toml"
    file.write_text(TINY.replace("CLAUSES", 'clauses = ["tiny.2"]'))
    yield file
    sys.modules.pop("tiny_rules", None)


def test_a_fourth_program_is_a_terms_file_and_its_criteria_and_nothing_else(tiny: Path) -> None:
    document = {
        "id": "T", "as_of": "2025-03-10T12:00:00Z",
        "partners": [{"id": "A", "kind": "other"}],
        "contacts": [{"id": "C1", "full_name": "Mia Chen", "email": "mia@northwind.example"}],
        "leads": [
            {"id": "T1", "program": "tiny", "partner": "A", "contact": "C1", "submitted_at": "2025-03-02T10:00:00Z"},
            {"id": "T2", "program": "tiny", "partner": "A", "contact": "C1", "submitted_at": "2025-03-03T10:00:00Z"},
            {"id": "T3", "program": "tiny", "partner": "A", "contact": "C1", "submitted_at": "2025-03-04T10:00:00Z"},
        ],
        "verdicts": [{"lead": "T2", "criterion": "is_nice", "verdict": "pass", "at": "2025-03-05T10:00:00Z"}],
    }
    result = next(iter(results.of_lines([json.dumps(document)], catalogue(tiny))))
    assert {lead: one["disposition"] for lead, one in result["leads"].items()} == {
        "T1": "rejected", "T2": "qualified", "T3": "pending",
    }
    assert result["leads"]["T1"]["reason"] == "tiny.1"
    assert result["leads"]["T2"]["owner"] == "A" and result["leads"]["T2"]["owner_status"] == "confirmed"
    assert result["findings"]["T1"]["not_on_sunday"]["because"] == "It came on Sunday 2 March 2025."


@pytest.mark.parametrize("complaint", BROKEN)
def test_a_broken_terms_file_is_refused_with_file_key_and_reason(tiny: Path, complaint: str) -> None:
    more, clauses = BROKEN[complaint]
    tiny.write_text(TINY.replace("CLAUSES", clauses or 'clauses = ["tiny.2"]') + more)
    with pytest.raises(Refusal, match=complaint) as refused:
        catalogue(tiny)
    assert "tiny.toml" in str(refused.value)


def test_a_terms_file_that_is_no_toml_is_refused(tiny: Path) -> None:
    tiny.write_text("id = ")
    with pytest.raises(Refusal, match=r"tiny\.toml cannot be read as terms"):
        catalogue(tiny)


@pytest.mark.parametrize("schedule", [{"anchor": "full_moon"}, {"plus_days": 15}, {"anchor": "approval", "plus_days": "x"},
                                      {"anchor": "approval", "plus_days": -1}])
def test_a_payment_schedule_that_cannot_be_reckoned_is_refused(schedule: dict) -> None:
    with pytest.raises(Refusal, match=r"cerri\.payout_schedule takes a map with an anchor"):
        catalogue().entries({"cerri.payout_schedule": schedule}, ALWAYS, "test")


@pytest.mark.parametrize(("name", "values", "takes"), [
    ("ptr.commission_rate", ("1.0001", 10, -0.1), r"a number from 0 to 1 \(0\.1 is 10 percent\)"),
    ("cerri.self_referral_control_percent", (101, -1), "a whole number from 0 to 100"),
    ("cerri.criteria_min_count", (0, 7), "a whole number from 1 to 6"),
    ("raf.active_prospect_days", (-1, 36_501), "a whole number from 0 to 36500"),
    ("ptr.sla.business_days", (-1, 10**10), "a whole number from 0 to 36500"),
    ("ptr.ownership_months", (-1, 1_201), "a whole number from 0 to 1200"),
    *((name, (-1, "-0.01", "0.001", "Infinity"), "an amount with at most two decimals")
      for name in ("payout_minimum", "second_approval_above", "reporting_threshold", "raf.bonus_amount")),
    ("timezone", ("Berlin", "../etc", "", 5), "the IANA name of a time zone, such as America/Los_Angeles"),
])
def test_a_value_that_its_unit_does_not_allow_is_refused(name: str, values: tuple, takes: str) -> None:
    for value in values:
        with pytest.raises(Refusal, match=rf"{name} takes {takes}; .* is none"):
            catalogue().entries({name: value}, ALWAYS, "test")


@pytest.mark.parametrize(("name", "values"), [
    ("ptr.commission_rate", (0, 1)), ("cerri.self_referral_control_percent", (0, 100)),
    ("cerri.criteria_min_count", (1, 6)), ("raf.active_prospect_days", (0, 36_500)), ("ptr.ownership_months", (0, 1_200)),
    ("payout_minimum", (0, 10**9)),
])
def test_a_value_at_its_bounds_is_taken(name: str, values: tuple) -> None:
    assert [entry.value for value in values for entry in catalogue().entries({name: value}, ALWAYS, "test")] == [*values]


def test_a_value_that_was_stored_before_its_bounds_came_is_still_read() -> None:
    assert catalogue().setting("ptr.commission_rate").read(10) == 10
