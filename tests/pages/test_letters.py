"""Drafts of what partners read, in the tone that each program owes."""

import dataclasses
import datetime as dt

import duckdb
import pytest

from core import desk, kept, letters, queue, review
from core.terms import catalogue
from pages.parts import modal
from tests.conftest import now
from tests.pages.test_pages import drawn
from tests.pages.test_roles import acting, press, undecided


def rejected(con: duckdb.DuckDBPyConnection, program: str) -> tuple[review.Story, str]:
    """A lead of the sample that a criterion rejects, and the clause."""
    as_of = kept.kept_as_of(con)
    for row in queue.page(con, as_of, queue.Filters(program=program, disposition="rejected"), 1, 50).to_dicts():
        told = review.story(con, row["lead"], as_of)
        code = next((line.clause.id for line in told.lines if line.verdict == "fail"), None)
        if code in told.program.reason_order:
            return told, code
    raise AssertionError(f"no lead of {program} fails a criterion")


@pytest.mark.parametrize(("program", "names_clause", "says_why"), [("ptr", True, True), ("raf", True, False),
                                                                   ("cerri", False, False)])
def test_a_draft_says_as_much_as_the_program_owes(
    con: duckdb.DuckDBPyConnection, program: str, names_clause: bool, says_why: bool
) -> None:
    told, code = rejected(con, program)
    because = next(line.because for line in told.lines if line.clause.id == code and line.verdict == "fail")
    draft = letters.rejection(told, code, "Acme & Sons")
    assert (code in draft, because in draft, bool(draft)) == (names_clause, says_why, names_clause)
    assert ("Acme & Sons" in draft) == names_clause


def test_the_draft_follows_the_reason_until_somebody_writes_their_own(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "ptr")
    at = acting("checklist", "chen", lead=lead)
    press(at, "Reject…")
    codes = at.selectbox(key=f"reject-code-{lead}").options
    at.selectbox(key=f"reject-code-{lead}").select_index(0).run()
    first = at.text_area(key=f"reject-text-{lead}").value
    assert first.startswith("Thank you for your submission")
    at.selectbox(key=f"reject-code-{lead}").select_index(len(codes) - 1).run()
    assert at.text_area(key=f"reject-text-{lead}").value not in ("", first)
    at.text_area(key=f"reject-text-{lead}").input("Your own contact told us no.").run()
    at.selectbox(key=f"reject-code-{lead}").select_index(0).run()
    assert at.text_area(key=f"reject-text-{lead}").value == "Your own contact told us no."


def told_of(con: duckdb.DuckDBPyConnection, program: str) -> review.Story:
    return review.story(con, undecided(con, program), kept.kept_as_of(con))


@pytest.mark.parametrize(("program", "action", "said", "clause", "holds"), [
    ("ptr", "accept", "It is accepted", "ptr.process.2b", "It is yours for 12 months from today (ptr.process.3.1.1a)."),
    ("raf", "accept", "It is accepted", "raf.process.2b", ""),
    ("raf", "confirm", "It is confirmed as valid and qualified", "raf.process.3.1.2a", ""),
    ("cerri", "approve", "It is approved", None, ""),
])
def test_an_affirmation_says_what_was_decided_and_as_much_beside_it_as_the_program_owes(
    con: duckdb.DuckDBPyConnection, program: str, action: str, said: str, clause: str | None, holds: str
) -> None:
    told = told_of(con, program)
    draft = letters.affirmation(told, action, "Acme & Sons")
    begins = f"Thank you for your submission for Acme & Sons. {said}{f' ({clause})' if clause else ''}."
    assert draft.startswith(begins)
    assert holds in draft and ("yours for" in draft) == bool(holds)
    left = [need.label for need, _ in told.missing if need.comes_from != "act"]
    assert left
    assert (f"Still open before it counts: {', '.join(left)}." in draft) == (program != "cerri")
    assert draft == begins or program != "cerri"


@pytest.mark.parametrize(("company", "said"), [("Acme Inc.", " for Acme Inc. It"), ("Acme", " for Acme. It"), (None, ". It")])
def test_a_company_whose_name_ends_in_a_stop_ends_the_sentence(
    con: duckdb.DuckDBPyConnection, company: str | None, said: str
) -> None:
    assert letters.affirmation(told_of(con, "cerri"), "approve", company).startswith(f"Thank you for your submission{said}")


def test_an_affirmation_tells_a_partner_nothing_that_is_for_us_to_clear(con: duckdb.DuckDBPyConnection) -> None:
    told = told_of(con, "raf")
    ended = dataclasses.replace(told, outcome=told.outcome | {"pending_on": ["program_terminated", "confirmed"]})
    assert letters.affirmation(ended, "confirm", None) == (
        "Thank you for your submission. It is confirmed as valid and qualified (raf.process.3.1.2a).")


def changed(told: review.Story, **lines: dict) -> review.Story:
    """The same lead with other findings."""
    return dataclasses.replace(told, lines=tuple(dataclasses.replace(line, **lines.get(line.text.id, {}))
                                                 for line in told.lines))


@pytest.mark.parametrize(("program", "missing", "asked"), [
    ("cerri", ["scale", "contact_details"], [
        "- Does the organization work at a size that suits Cerri Project?", "- Still missing: role or title."]),
    ("raf", ["purchase_12m", "interest"], [
        "- Is the contact interested in what Celigo sells? (raf.def.2b)", "- No day is given. (raf.def.2c)"]),
    ("ptr", ["purchase_12m"], ["- No day is given. (ptr.def.c)"]),
])
def test_a_request_asks_for_what_the_chosen_criteria_wait_for(
    con: duckdb.DuckDBPyConnection, program: str, missing: list[str], asked: list[str]
) -> None:
    told = changed(told_of(con, program), contact_details={"because": "Still missing: role or title."},
                   purchase_12m={"because": "No day is given."})
    assert letters.request(told, missing, "Acme").splitlines() == [
        "Thank you for your submission for Acme. To go on with it we need to hear from you:", *asked]
    assert letters.request(told, [], "Acme") == ""


@pytest.mark.parametrize(("program", "reason", "until", "draft"), [
    ("raf", "raf.valid.3a", None, "It has expired: no reply within 30 days (raf.valid.3a)."),
    ("ptr", "ptr.process.3.1.1a", dt.date(2026, 3, 9),
     "It has expired: the ownership ended (ptr.process.3.1.1a). It was yours until 9 March 2026."),
    ("cerri", "cerri.3.6", None, None),
])
def test_an_expiry_is_told_where_the_program_owes_or_may_give_a_reason(
    con: duckdb.DuckDBPyConnection, program: str, reason: str, until: dt.date | None, draft: str | None
) -> None:
    told = told_of(con, program)
    expired = dataclasses.replace(
        told, outcome=told.outcome | {"disposition": "expired", "reason": reason, "owner_until": until})
    assert letters.expiry(expired, None) == (f"Thank you for your submission. {draft}" if draft else "")
    assert letters.expiry(told, None) == ""


def test_every_decision_for_a_lead_has_a_criterion_of_its_program_and_words() -> None:
    for program in catalogue().programs.values():
        known = {action for action in letters.DECIDES if program.id in desk.decisions.transitions()[action]["from"]}
        assert {letters.DECIDES[action][0] for action in known} == {
            name for name, text in program.criteria.items() if text.decided_by == "act"}


def codes(at) -> list[str]:
    return [one.value for one in at.code]


def test_a_decision_shows_what_the_partner_can_be_told(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "ptr")
    told, header = review.story(con, lead, kept.kept_as_of(con)), review.header(con, lead)
    at = acting("checklist", "chen", lead=lead)
    press(at, "Accept…")
    assert letters.affirmation(told, "accept", header["company"]) in codes(at)


def test_an_expired_lead_shows_what_the_partner_can_be_told_and_an_undecided_one_does_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    as_of = kept.kept_as_of(con)
    lead = queue.page(con, as_of, queue.Filters(program="raf", disposition="expired"), 1, 1)["lead"][0]
    message = letters.expiry(review.story(con, lead, as_of), review.header(con, lead)["company"])
    assert message and message in codes(drawn("checklist", lead=lead))
    assert not codes(drawn("checklist", lead=undecided(con, "raf")))
    assert not codes(acting("checklist", "finn", lead=lead))


def test_the_question_to_a_partner_begins_with_what_only_they_can_answer(con: duckdb.DuckDBPyConnection) -> None:
    as_of = kept.kept_as_of(con)
    stories = (review.story(con, lead, as_of) for lead in queue.page(con, as_of, queue.Filters(), 1, 300)["lead"])
    told, waiting = next((one, names) for one in stories if (names := [
        line.text.id for line in one.lines if line.verdict == "unknown" and line.text.comes_from == "partner"]))
    lead = told.outcome["lead"]
    at = acting("checklist", "mona", lead=lead)
    press(at, "Ask the partner…")
    company = review.header(con, lead)["company"]
    assert at.multiselect(key=f"ask-missing-{lead}").value == waiting
    assert at.text_area(key=f"ask-text-{lead}").value == letters.request(told, waiting, company) != ""
    others = [line.text.id for line in told.lines
              if line.verdict == "unknown" and line.text.comes_from == "us"][:1]
    at.multiselect(key=f"ask-missing-{lead}").set_value(waiting + others).run()
    assert at.text_area(key=f"ask-text-{lead}").value == letters.request(told, waiting + others, company)
    at.text_area(key=f"ask-text-{lead}").input("What is their role?").run()
    at.multiselect(key=f"ask-missing-{lead}").set_value(waiting).run()
    assert at.text_area(key=f"ask-text-{lead}").value == "What is their role?"
    press(at, "Record the question")
    [row] = desk.open_requests(con, lead)
    assert (row["note"], row["missing"]) == ("What is their role?", sorted(waiting))


def test_a_question_to_a_partner_leaves_out_what_was_judged_meanwhile(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "cerri")
    told = review.story(con, lead, kept.kept_as_of(con))
    criterion = told.next_open(None)
    at = acting("checklist", "mona", lead=lead)
    press(at, "Ask the partner…")
    at.multiselect(key=f"ask-missing-{lead}").set_value([criterion]).run()
    desk.judge(con, desk.Signed("sara", "judges", now(), desk.version(con, lead)), lead, criterion, "pass", "Seen")
    del at.session_state[modal.OPEN]  # closed
    at.run()
    press(at, "Ask the partner…")
    assert at.multiselect(key=f"ask-missing-{lead}").value == []
    assert at.text_area(key=f"ask-text-{lead}").value == ""
