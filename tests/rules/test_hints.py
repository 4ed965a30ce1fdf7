"""What is suggested to whom judges a criterion: for, against or nothing, by what is on record; and nothing else of it."""

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core import hints, results, store
from core.evaluation import groups
from core.hints import suggested
from core.model import VERDICTS
from core.store import answers
from core.terms import Entry, Terms, catalogue
from tests.rules.building import document, event, referral, registration, sign_up
from tests.terms.test_terms import TINY, TINY_RULES

NOW = dt.datetime(2025, 4, 1)
DAY = dt.datetime(2025, 3, 8, 15)
SIGNS = {"lead": pl.String, "program": pl.String, "submitted_at": pl.Datetime("us"), "contact": pl.String,
         "org": pl.String, "products": pl.List(pl.String), "role": pl.String, "company": pl.String,
         "email_class": pl.String, "mailbox": pl.String, "mail_domain": pl.String, "is_shared_mailbox": pl.Boolean,
         "org_kind": pl.String, "engaged_how": pl.String, "inbound_last_at": pl.Datetime("us"),
         **{column: kind for name in ("reply_last_at", "call_completed_at", "requirements_at", "engaged_last_at",
                                      "declined_at")
            for column, kind in ((name, pl.Datetime("us")), (f"id:{name}", pl.String))}}
NOBODY = {"lead": "L1", "contact": "C1", "org": "O1", "is_shared_mailbox": False, "products": []}
WORK = {"email_class": "business", "mailbox": "mia", "mail_domain": "northwind.example"}
FREE = {"email_class": "free", "mailbox": "mia.chen", "mail_domain": "gmail.com"}
CALL = {"call_completed_at": DAY, "id:call_completed_at": "E1"}
REPLY = {"reply_last_at": DAY, "id:reply_last_at": "E1"}
DECLINE = {"declined_at": DAY, "id:declined_at": "E1"}
WANTS = {"requirements_at": DAY, "id:requirements_at": "E1"}
DEMO = {"engaged_last_at": DAY, "id:engaged_last_at": "E1", "engaged_how": "trial_use"}


def terms(program: str, settings: dict | None = None) -> Terms:
    """The terms of a program, with settings set otherwise."""
    given = [Entry(name, dt.date(2020, 1, 1), value, "test") for name, value in (settings or {}).items()]
    return catalogue().versions(catalogue().programs[program], given)[-1][1]


def suggests(under: Terms, criterion: str, signs: dict) -> tuple[str, str, list[str]] | None:
    """Verdict, sentence and evidence that are suggested for a criterion by what is on record."""
    found = suggested(under, pl.DataFrame([NOBODY | signs], schema=SIGNS)).get(criterion)
    return found and (VERDICTS[found["verdict"]], found["because"], found["evidence"])


HINTS = [
    ("cerri", "role_influence", {"role": "VP Operations"}, "pass", "‘VP Operations’", ["C1"]),
    ("cerri", "role_influence", {"role": "Geschäftsführerin"}, "pass", "‘Geschäftsführerin’", ["C1"]),
    ("cerri", "role_influence", {"role": "Werkstudent"}, "fail", "‘Werkstudent’", ["C1"]),
    ("cerri", "role_influence", {"role": "Assistant to the CEO"}, None, "", []),
    ("cerri", "role_influence", {"role": "Accountant"}, None, "", []),
    ("cerri", "role_influence", {"role": "Headhunter, internal"}, None, "", []),
    ("cerri", "role_influence", {}, None, "", []),
    ("raf", "decision_role", {"role": "COO"}, "pass", "‘COO’", ["C1"]),
    ("raf", "decision_role", {"role": "Intern"}, "fail", "‘Intern’", ["C1"]),
    ("raf", "decision_role", {"role": "Developer"}, None, "", []),
    ("ptr", "decision_role", {"role": "Head of IT"}, "pass", "‘Head of IT’", ["C1"]),
    ("ptr", "decision_role", {"role": "Trainee"}, "fail", "‘Trainee’", ["C1"]),
    ("ptr", "decision_role", {"role": None}, None, "", []),
    *((program, "interest", signs, verdict, says, evidence) for program in ("raf", "ptr") for
      signs, verdict, says, evidence in (
        (CALL, "pass", "held on 8 March 2025", ["E1"]), (WANTS, "pass", "requirements on 8 March 2025", ["E1"]),
        (DEMO, "pass", "8 March 2025: trial use", ["E1"]),
        ({"products": ["integrator_io", "b2b_manager"]}, "pass", "integrator io, b2b manager", ["L1"]),
        (DECLINE | {"products": ["integrator_io"]}, "fail", "declined on 8 March 2025", ["E1"]),
        (DECLINE | {"inbound_last_at": DAY + dt.timedelta(1)}, None, "", []), (REPLY, None, "", []), ({}, None, "", []))),
    ("raf", "sales_qualification", WORK | CALL | {"company": "Northwind", "role": "CEO"}, None, "", []),
    ("cerri", "need_intent", CALL, "pass", "held on 8 March 2025", ["E1"]),
    ("cerri", "need_intent", WANTS, "pass", "requirements on 8 March 2025", ["E1"]),
    ("cerri", "need_intent", DEMO, "pass", "trial use", ["E1"]),
    ("cerri", "need_intent", DECLINE | DEMO, "fail", "declined on 8 March 2025", ["E1"]),
    ("cerri", "need_intent", REPLY, None, "", []),
    ("cerri", "potential_client", WORK | CALL, "pass", "held on 8 March 2025", ["E1"]),
    ("cerri", "potential_client", FREE | CALL, "fail", "gmail.com, a free-mail service", ["C1"]),
    ("cerri", "potential_client", DECLINE | WORK, "fail", "declined on 8 March 2025", ["E1"]),
    ("cerri", "potential_client", WORK | {"company": "Northwind"}, None, "", []),
    *(("cerri", criterion, signs, verdict, says, evidence) for criterion in ("b2b_fit", "business_use_case") for
      signs, verdict, says, evidence in (
        (WORK | {"company": "Northwind"}, "pass", "northwind.example, a business domain, and the company is Northwind",
         ["C1", "O1"]),
        (WORK | {"company": "MIT", "mail_domain": "mit.edu"}, "fail", "mit.edu, a domain that schools", ["C1"]),
        (WORK | {"company": "Oxford", "mail_domain": "ox.ac.uk"}, "fail", "ox.ac.uk, a domain that schools", ["C1"]),
        (WORK | {"company": "Somewhere", "org_kind": "university"}, "fail", "as a university", ["O1"]),
        (FREE | {"org_kind": "individual"}, "fail", "as a private person", ["O1"]), (FREE, "fail", "gmail.com", ["C1"]),
        (FREE | {"email_class": "disposable"}, "fail", "a throwaway service", ["C1"]),
        (FREE | {"email_class": "relay"}, "fail", "a relay service", ["C1"]),
        (FREE | {"org_kind": "business"}, None, "", []), (WORK, None, "", []), ({"company": "Northwind"}, None, "", []))),
    ("cerri", "contact_valid", FREE | REPLY, "pass", "answered from this address on 8 March 2025", ["E1"]),
    ("cerri", "contact_valid", {"is_shared_mailbox": True, "mailbox": "info", "mail_domain": "northwind.example"} | REPLY,
     "fail", "info@northwind.example is a mailbox", ["C1"]),
    ("cerri", "contact_valid", {"is_shared_mailbox": True, "mailbox": "info"} | CALL, "pass", "spoke to the contact", ["E1"]),
    ("cerri", "contact_valid", WORK, None, "", []),
    ("cerri", "not_competitor", {"org_kind": "competitor"}, "fail", "as a competitor", ["O1"]),
    ("cerri", "not_competitor", {"org_kind": "business"}, "pass", "as a business", ["O1"]),
    ("cerri", "not_competitor", {"org_kind": "agency"}, None, "", []),
    ("cerri", "not_competitor", {}, None, "", []),
    ("cerri", "scale", WORK | CALL | {"company": "Northwind", "org_kind": "business"}, None, "", []),
]


@pytest.mark.parametrize(("program", "criterion", "signs", "verdict", "says", "evidence"), HINTS)
def test_what_is_on_record_suggests_a_verdict_or_nothing(
    program: str, criterion: str, signs: dict, verdict: str | None, says: str, evidence: list[str]
) -> None:
    found = suggests(terms(program), criterion, signs)
    if verdict is None:
        assert found is None
    else:
        assert (found[0], found[2]) == (verdict, evidence)
        assert says in found[1]


def test_free_mail_says_nothing_where_the_setting_calls_it_business() -> None:
    admitted = terms("cerri", {"cerri.freemail_is_business": True})
    assert suggests(admitted, "b2b_fit", FREE) is None
    assert suggests(admitted, "b2b_fit", FREE | {"email_class": "relay"})[0] == "fail"


def test_days_are_those_of_the_program() -> None:
    late = CALL | {"call_completed_at": dt.datetime(2025, 3, 8, 23)}
    assert "9 March 2025" in suggests(terms("raf", {"timezone": "Asia/Tokyo"}), "interest", late)[1]


@pytest.mark.parametrize("program", catalogue().programs.values(), ids=lambda one: one.id)
def test_hints_are_of_criteria_that_a_person_judges_under_their_clauses(program) -> None:
    stated = program.rules.hints(catalogue().versions(program)[-1][1])
    assert stated
    for name, hint in stated.items():
        assert program.criteria[name].decided_by in ("human", "both")
        assert hint.clauses <= set(program.criteria[name].clauses)
        assert set(SIGNS) >= {column for case in hint.cases for column in case.when.meta.root_names()
                              if not column.endswith("_on")}


def test_a_fourth_program_states_its_hints_in_its_own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = """
from core.rules import hinting


def hints(t):
    return {"is_nice": hinting.hint("tiny.2", case(pl.col("role") == "Baker", PASS, "Bakers are nice."))}
"""
    (tmp_path / "tiny_rules.py").write_text(TINY_RULES + stated)
    (tmp_path / "tiny.toml").write_text(TINY.replace("CLAUSES", 'clauses = ["tiny.2"]'))
    monkeypatch.syspath_prepend(str(tmp_path))
    tiny = catalogue(tmp_path / "tiny.toml")
    under = tiny.versions(tiny.programs["tiny"])[-1][1]
    try:
        assert suggests(under, "is_nice", {"role": "Baker"}) == ("pass", "Bakers are nice.", [])
        assert suggests(under, "is_nice", {"role": "Cook"}) is None
    finally:
        sys.modules.pop("tiny_rules", None)


def loaded(one: dict) -> Callable[..., dict[str, hints.Hint]]:
    """What is suggested for a lead of a document, read from a database."""
    con = store.connect()
    results.load(con, [json.dumps(one | {"id": "D"})], catalogue())

    def of(lead: str, at: dt.datetime = NOW, voided: tuple[str, ...] = ()) -> dict[str, hints.Hint]:
        with con.cursor() as cursor:
            for row in voided:
                cursor.execute("insert into voids values ($row, 'events', null, 'kim', timestamp '2025-03-20')",
                               {"row": row}).fetchall()
            answers.stored(con, cursor)
        return hints.hints(con, lead, at)

    return of


def test_a_lead_is_read_with_what_was_said_by_then_and_stands() -> None:
    of = loaded(document(
        sign_up(until="outreach"), as_of="2025-04-01", events=(
            event("reply", "2025-03-05", "L1", id="E7", channel="email", automated=True),
            event("discovery_call", "2025-03-06", "L1", id="E8", status="booked"),
            event("reply", "2025-03-08", "L1", id="E9", channel="email", automated=False))))
    found = of("L1")
    assert {name: hint.verdict for name, hint in found.items()} == dict.fromkeys(
        ("b2b_fit", "business_use_case", "contact_valid", "not_competitor", "role_influence"), "pass")
    assert "Northwind Logistics" in found["b2b_fit"].because
    assert [row["id"] for row in found["contact_valid"].evidence] == ["E9"]
    assert "contact_valid" not in of("L1", dt.datetime(2025, 3, 7))
    assert "contact_valid" not in of("L1", voided=("E9",))


def test_a_mailbox_of_several_people_and_a_lead_of_nobody_are_told_apart() -> None:
    shared = loaded(document(sign_up(until=None), as_of="2025-04-01", C1={"email": "info@northwind.example"}))
    assert shared("L1")["contact_valid"].verdict == "fail"
    assert loaded(document(sign_up(until=None, org=None), as_of="2025-04-01",
                           C1={"email": None, "role": None, "company": None, "org": None}))("L1") == {}
    assert shared("L9") == {}


def test_no_result_follows_from_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [json.dumps(document(story, as_of="2025-04-01") | {"id": "D"}) for story in (
        sign_up(until="discovery_call"), referral(until="reply"), registration(until=None))]
    before = list(results.of_lines(documents, catalogue()))
    asked: list[Terms] = []
    for program in catalogue().programs.values():
        monkeypatch.setattr(program.rules, "hints", lambda t: asked.append(t) or {})
    groups.course.cache_clear()
    assert list(results.of_lines(documents, catalogue())) == before
    assert asked == []
