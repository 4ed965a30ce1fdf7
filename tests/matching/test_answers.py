"""What an open question leaves unknown, what an answer changes, and that taking it back restores everything."""

import copy
import datetime as dt
import json

import pytest

from core import results, store
from core.kept import connected, explain
from core.matching import answers, reading
from core.model import Refusal
from core.terms import catalogue
from tests.matching.building import count, evaluated, proposals, say, world
from tests.rules.building import activity, document, event, referral, registration, sign_up
from tests.rules.test_invariance import what_differs

LATER = dt.datetime(2025, 6, 1, 12)
END = "2025-07-01T12:00:00"
TWIN = {"org": "O1", "full_name": "Mia Cheng", "email": "m.cheng@northwind.example", "company": "Northwind Logistics"}
ELSEWHERE = {"full_name": "Mia Cheng", "email": "mia.cheng@gmail.com", "phone": "(415) 555-0123"}
PHONE = {"phone": "+1 415 555 0123"}
MOVED = {"name": "Northwind Logistics", "domain": "northwind.test"}
AT_MOVED = {"org": "O9", "full_name": "Zoe Quist", "email": "zoe@northwind.test", "company": "Northwind Logistics"}


def moved(*stories: object, **more: object) -> dict:
    """A document whose second organization may be the first under another domain."""
    return document(*stories, as_of=END[:10], C9=AT_MOVED, O9=MOVED, **more)


TOUCHED = event("crm_touch", "2025-01-10", kind="inbound", contact="C9")
CASES = {
    "a touch of a look-alike person": (
        document(sign_up(until=None), events=[TOUCHED], as_of=END[:10], C9=ELSEWHERE, C1=PHONE), "L1", "not_duplicate"),
    "a touch of a company that may have moved": (moved(sign_up(until=None), events=[TOUCHED]), "L1", "not_duplicate"),
    "the partner's own company under another domain": (
        document(sign_up(until=None), as_of=END[:10], A={"name": "Northwind Logistics", "domain": "northwind.test"}),
        "L1", "not_self_referral"),
    "activity with a look-alike company": (
        moved(referral(until="accepted"), events=[activity("2025-01-10", contact="C9", org="O9")]), "R1",
        "not_active_prospect"),
    "activity with a look-alike company, of a registration": (
        moved(registration(), events=[activity("2025-01-10", contact="C9", org="O9")]), "P1", "not_active_prospect"),
    "a product that a look-alike company uses": (
        moved(referral(until="accepted"), O1={}) | {"organizations": [
            {"id": "O1", "name": "Northwind Logistics", "domain": "northwind.example"},
            {"id": "O9", **MOVED, "customer_products": [{"product": "integrator_io", "in_use": True,
                                                         "purchased_at": "2023-01-01"}]}]},
        "R1", "product_not_in_use"),
    "an earlier registration for a look-alike company": (
        moved(registration("P1", partner="Q", contact="C9", org="O9"), registration("P2", at="2025-04-03", until=None)),
        "P2", "not_owned_by_other"),
    "an undecided registration for a look-alike company": (
        moved(registration("P1", partner="Q", contact="C9", org="O9", until=None),
              registration("P2", at="2025-04-03", until=None)), "P2", "first_submitter"),
    "an earlier referral of a look-alike person by another source": (
        document(referral("R1", partner="B", contact="C9", org=None, until=None), referral("R2", at="2025-02-10", until=None),
                 as_of="2025-02-20", C9=ELSEWHERE, C1=PHONE), "R2", "first_submitter"),
    "an earlier referral of a look-alike person by the same source": (
        document(referral("R1", contact="C9", until=None), referral("R2", at="2025-02-10", until=None),
                 as_of="2025-02-20", C9=TWIN), "R2", "not_repeat"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_open_question_leaves_the_criterion_unknown_until_it_is_answered(name: str) -> None:
    one, lead, criterion = CASES[name]
    end = one["as_of"].rstrip("Z")
    without = evaluated(world(one, ask=False), end)
    con = world(one)
    match = [row["id"] for row in proposals(con)]
    asked = evaluated(con, end)
    found = asked["findings"][lead][criterion]
    assert without["leads"][lead]["criteria"][criterion] == "pass"
    assert found["verdict"] == "unknown" and "may be" in found["because"]
    assert set(match) & set(found["evidence"])
    for one_match in match:
        say(con, "different", dt.datetime(2024, 1, 2), one_match)
    assert what_differs(without, evaluated(con, end)) == []


@pytest.mark.parametrize("name", CASES)
def test_the_same_joins_the_histories_and_taking_it_back_restores_everything(name: str) -> None:
    one, lead, criterion = CASES[name]
    end = one["as_of"].rstrip("Z")
    con = world(one)
    asked = evaluated(con, end)
    match = asked["findings"][lead][criterion]["evidence"]
    match = next(row["id"] for row in proposals(con) if row["id"] in match)
    others = [row["id"] for row in proposals(con) if row["id"] != match]
    for other in others:
        say(con, "different", dt.datetime(2024, 1, 2), other)
    before = evaluated(con, end)
    say(con, "same", dt.datetime(2024, 1, 3), match)
    joined = evaluated(con, end)
    assert joined["leads"][lead]["criteria"][criterion] in ("fail", "unknown")
    if criterion in ("not_duplicate", "not_self_referral", "product_not_in_use", "not_repeat"):
        assert joined["leads"][lead]["criteria"][criterion] == "fail"
    assert match not in joined["findings"][lead][criterion]["evidence"]
    say(con, "open", dt.datetime(2024, 1, 4), match)
    assert what_differs(before, evaluated(con, end)) == []


@pytest.fixture
def con():
    connection = world(CASES["a touch of a company that may have moved"][0])
    yield connection
    connection.close()


def test_what_was_known_before_the_answer_gives_what_it_gave(con) -> None:
    before = evaluated(con, END)
    say(con, "same", LATER)
    assert what_differs(before, evaluated(con, END)) != []
    assert what_differs(before, evaluated(con, END, known_at=LATER - dt.timedelta(seconds=1))) == []
    assert what_differs(before, evaluated(con, "2025-05-31T12:00:00")) == []


def test_an_answered_question_is_not_asked_again_and_an_undone_one_is(con) -> None:
    match = say(con, "related", LATER)
    assert reading.open_matches(con) == [] and reading.count_open(con) == {}
    say(con, "open", LATER + dt.timedelta(1), match)
    assert [one["id"] for one in reading.open_matches(con)] == [match]
    assert count(con, "match_answers") == 2


def test_related_companies_are_companies_of_one_group(con) -> None:
    say(con, "related", LATER)
    found = evaluated(con, END)["findings"]["L1"]["not_duplicate"]
    assert found["verdict"] == "unknown" and "A company of the same group" in found["because"]


def test_no_stored_key_is_rewritten(con) -> None:
    with con.cursor() as cursor:
        before = cursor.sql("select id, org_key from organizations order by id").fetchall()
    say(con, "same", LATER)
    evaluated(con, END)
    with con.cursor() as cursor:
        assert cursor.sql("select id, org_key from organizations order by id").fetchall() == before


@pytest.mark.parametrize(("match", "said", "by", "words"), [
    ("none", "same", "Nadia", "There is no near match none"), (None, "perhaps", "Nadia", "There is no answer 'perhaps'"),
    (None, "same", " ", "Say who answers"), (None, "open", "Nadia", "is open already"),
])
def test_an_answer_that_cannot_be_is_refused_in_one_sentence(con, match, said, by, words) -> None:
    name = match or reading.open_matches(con)[0]["id"]
    with pytest.raises(Refusal, match=words), store.transaction(con) as cursor:
        answers.answer(cursor, name, said, by, None, LATER)
    assert count(con, "match_answers") == 0


def test_who_is_the_same_as_a_third_cannot_be_different_from_it() -> None:
    con = world(document(sign_up(until=None), as_of=END[:10], C8=TWIN,
                         C9=TWIN | {"full_name": "Mia Chen", "email": "info@northwind.example"}))
    first, second, third = (row["id"] for row in proposals(con))
    say(con, "same", LATER, first)
    say(con, "same", LATER, second)
    with pytest.raises(Refusal, match="cannot be both the same and different"):
        say(con, "different", LATER, third)
    assert reading.count_open(con) == {"person": 1}


def test_a_question_after_the_approval_changes_nothing_of_an_affiliate_lead() -> None:
    one = moved(sign_up(), events=[TOUCHED])
    late = world(one, now=LATER)
    assert proposals(late)
    assert what_differs(evaluated(world(one, ask=False), END), evaluated(late, END)) == []


def test_a_near_match_that_is_ignored_by_the_setting_changes_nothing() -> None:
    one, lead, criterion = CASES["an undecided registration for a look-alike company"]
    con = world(one | {"settings": {"ptr.near_match": "ignore"}})
    assert evaluated(con, END)["leads"][lead]["criteria"][criterion] == "pass"


def test_a_look_alike_domain_is_flagged_until_somebody_answers() -> None:
    con = world(document(sign_up(until=None), as_of=END[:10], plus=["C9"],
                         C9={"full_name": "Zoe Quist", "email": "zoe@n0rthwind.example"}, O1={"domain": "northwind.example"}))
    assert "lookalike_domain" in evaluated(con, END)["leads"]["L1"]["flags"]
    say(con, "different", LATER)
    assert "lookalike_domain" not in evaluated(con, END)["leads"]["L1"]["flags"]


def test_payee_details_of_two_partners_are_flagged_on_the_leads_of_both_until_somebody_answers() -> None:
    both = document(sign_up(until=None), sign_up("L2", partner="B", contact="C3", org="O2", until=None), as_of=END[:10],
                    A={"wire_details": "IBAN DE89370400440532013000"}, B={"wire_details": "iban DE89 3704 0044 0532 0130 00"})
    con = world(both)
    flags = {lead: row["flags"] for lead, row in evaluated(con, END)["leads"].items()}
    assert all("shared_payee_details" in found for found in flags.values())
    assert [(one["kind"], one["leads"], one["partners"]) for one in reading.open_matches(con)] == [
        ("partner", ["L1", "L2"], ["A", "B"])]
    say(con, "related", LATER)
    assert "shared_payee_details" not in evaluated(con, END)["leads"]["L1"]["flags"]


def test_documents_side_by_side_have_no_look_alikes() -> None:
    one = copy.deepcopy(CASES["a touch of a company that may have moved"][0]) | {"id": "X"}
    found = next(iter(results.of_lines([json.dumps(one)], catalogue())))
    assert found["leads"]["L1"]["criteria"]["not_duplicate"] == "pass"


@pytest.mark.parametrize("said", [None, "same", "related", "different"])
@pytest.mark.parametrize("name", CASES)
def test_a_connected_part_with_look_alikes_equals_the_whole(name: str, said: str | None) -> None:
    one, lead, _ = CASES[name]
    con = world(one)
    if said:
        say(con, said, dt.datetime(2024, 1, 2), proposals(con)[0]["id"])
    moment = dt.datetime.fromisoformat(one["as_of"].rstrip("Z"))
    whole = results.of_database(con, catalogue(), moment)
    alone = results.by_document(explain(con, lead, moment), catalogue())[0]
    assert set(connected(con, lead)) == set(whole["leads"]) == set(alone["leads"])
    assert what_differs(whole, alone) == []


def test_both_records_stand_side_by_side_with_what_differs_first(con) -> None:
    found = reading.open_matches(con)[0]
    assert [(one["field"], one["differs"]) for one in found["fields"]][:3] == [
        ("id", True), ("domain", True), ("name", False)]
    assert found["leads"] == ["L1"] and found["partners"] == ["A"] and found["score"] > 0.9
    assert found["reasons"] == ["same name", "same domain name under another ending"]
