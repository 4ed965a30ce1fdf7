"""Who sees which page and which verbs, from the shell on; what the desk is asked, and what it leaves behind."""

import ast
import asyncio
import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from app import LoopbackOnly, is_loopback
from core import days, desk, kept, people, queue, review, work
from core.people.pages import may_open, pages
from core.terms import catalogue
from pages.parts import database, frame, words
from tests.conftest import now
from tests.desk.world import ask
from tests.pages.test_pages import ROOT, drawn, words_of

ROLES = {"sara": "sales", "chen": "channel", "mona": "manager", "finn": "finance", "ada": "admin"}


def undecided(con: duckdb.DuckDBPyConnection, program: str) -> str:
    """An undecided lead of a program."""
    return queue.page(con, kept.kept_as_of(con), queue.Filters(program=program), 1, 1)["lead"][0]


def acting(page: str, person: str, **query: str) -> AppTest:
    """A page as a person sees it."""
    at = drawn(page, **query)
    at.selectbox(key="acting").select(person).run()
    assert not at.exception
    return at


def verbs(at: AppTest) -> dict[str, bool]:
    """The buttons of a page by label, and whether each can be pressed."""
    return {one.label: not one.disabled for one in at.button}


def press(at: AppTest, label: str) -> None:
    """Press the button of that label."""
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception


def test_every_page_asks_first_who_may_open_it() -> None:
    for name, file in frame.FILES.items():
        body = ast.parse(Path(file).read_text(encoding="utf-8")).body
        first = next(one for one in body if any(isinstance(node, ast.Call) for node in ast.walk(one)))
        assert ast.unparse(first.value) == f"people.require('{name}')"
        assert name in pages()


@pytest.mark.parametrize("person", ROLES)
@pytest.mark.parametrize("page", pages())
def test_a_page_opens_for_its_roles_and_refuses_the_others_by_its_address_too(
    con: duckdb.DuckDBPyConnection, page: str, person: str
) -> None:
    at = acting(page, person)
    refused = f"{pages()[page].title} is for" in words_of(at)
    assert refused == (ROLES[person] not in pages()[page].roles)
    assert refused == (may_open(people.person(con, person, now()), page) is not None)
    if refused:
        assert not at.dataframe
        assert "US$" not in words_of(at)


@pytest.mark.parametrize(
    ("person", "can", "cannot"),
    [("sara", {"Pass", "Reject…", "Take", "Log an activity…"}, {"Approve…"}),
     ("chen", {"Pass", "Reject…", "Take"}, {"Approve…"}),
     ("mona", {"Pass", "Reject…", "Approve…"}, set()),
     ("finn", {"Take", "Comment…"}, {"Pass", "Reject…", "Approve…"})],
)
def test_the_checklist_offers_each_role_its_verbs(
    con: duckdb.DuckDBPyConnection, person: str, can: set, cannot: set
) -> None:
    found = verbs(acting("checklist", person, lead=undecided(con, "cerri")))
    assert {name for name in can | cannot if found.get(name)} == can
    assert not cannot & set(found)


def test_of_a_past_day_one_can_look_not_decide(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "cerri")
    day = review.header(con, lead)["submitted_at"].date().isoformat()
    shown = verbs(drawn("checklist", lead=lead, as_of=day))
    assert not {"Pass", "Fail", "Reject…", "Approve…", "Take", "Undo"} & set(shown)


def test_a_lead_is_taken_once_and_the_verb_is_gone(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "cerri")
    at = drawn("checklist", lead=lead)
    next(one for one in at.button if one.label == "Take").click().run()
    assert desk.worker(con, lead) == "sara"
    assert not verbs(at)["Take"]
    next(one for one in at.button if one.label == "Undo").click().run()
    assert desk.worker(con, lead) is None
    assert [row["sentence"] for row in desk.told(con, lead)] == ["took an entry back", "took the lead on"]


def test_a_verdict_without_evidence_is_refused_in_one_sentence_and_one_with_a_note_is_kept(
    con: duckdb.DuckDBPyConnection,
) -> None:
    lead = undecided(con, "cerri")
    at = drawn("checklist", lead=lead)
    at.selectbox(key=f"event-{lead}").set_value(None)
    next(one for one in at.button if one.label == "Pass").click().run()
    assert "A verdict rests on a note, a link or a logged event: give one of them." in words_of(at)
    next(one for one in at.text_input if one.label == "Or a note").input("Said so on the phone")
    next(one for one in at.button if one.label == "Pass").click().run()
    assert [row["sentence"].split(":")[0] for row in desk.told(con, lead)] == ["judged a criterion"]


@pytest.mark.parametrize(("criterion", "fact"), [("contact_valid", "identity_genuine"),
                                                 ("engagement", "requirements_sufficient")])
def test_a_fact_that_only_a_person_can_judge_is_judged_where_its_criterion_is_open(
    con: duckdb.DuckDBPyConnection, criterion: str, fact: str
) -> None:
    lead = undecided(con, "cerri")
    at = drawn("checklist", lead=lead)
    at.session_state[f"criterion-{lead}"] = criterion
    at.run()
    assert catalogue().programs["cerri"].human_inputs[fact].question in words_of(at)
    at.text_input(key=f"note-{lead}-{criterion}").input("Met on the phone")
    next(one for one in at.button if (one.key or "").startswith(f"fail-{fact}-")).click().run()
    given = "select verdict, note from verdicts where lead = $lead and criterion = $fact and decided_by = 'sara'"
    with con.cursor() as cursor:
        assert cursor.execute(given, {"lead": lead, "fact": fact}).fetchall() == [("fail", "Met on the phone")]
    assert at.session_state[f"criterion-{lead}"] == criterion


def test_every_fact_that_a_person_judges_has_its_criterion_among_those_that_open() -> None:
    for program in catalogue().programs.values():
        for fact in program.human_inputs.values():
            assert program.criteria[fact.feeds].decided_by in ("human", "both")


def test_what_the_partner_took_back_is_recorded_from_the_row_of_work(con: duckdb.DuckDBPyConnection) -> None:
    shown = verbs(acting("checklist", "sara", lead=undecided(con, "raf")))
    assert shown["Withdrawn…"]
    assert "Withdrawn…" not in verbs(acting("checklist", "finn", lead=undecided(con, "raf")))


def test_the_next_lead_is_one_that_nobody_else_works_on(con: duckdb.DuckDBPyConnection) -> None:
    as_of, sara = kept.kept_as_of(con), people.person(con, "sara", now())
    first = work.next_lead(con, sara, as_of)
    second = work.next_lead(con, sara, as_of, first)
    third = work.next_lead(con, sara, as_of, second)
    assert len({first, second, third}) == 3
    desk.claim(con, desk.Signed("chen", "claim", now(), desk.version(con, first)), first)
    desk.claim(con, desk.Signed("sara", "own", now(), desk.version(con, second)), second)
    assert work.next_lead(con, sara, as_of) == second
    assert work.next_lead(con, people.person(con, "chen", now()), as_of, first) == third
    assert work.next_lead(con, people.person(con, "sam", now()), as_of).startswith("R")


def test_the_queue_knows_new_mine_and_what_is_set_aside(con: duckdb.DuckDBPyConnection) -> None:
    as_of, lead = kept.kept_as_of(con), undecided(con, "raf")

    def listed(name: str) -> set[str]:
        return set(queue.page(con, as_of, queue.Filters(None, queue=name, person="sara"), 1, 5000)["lead"])

    begun = lead in listed("review")
    assert begun != (lead in listed("new")) and lead not in listed("mine")
    desk.claim(con, desk.Signed("sara", "claim", now(), desk.version(con, lead)), lead)
    assert listed("mine") == {lead} and lead in listed("review") and lead not in listed("new")
    later = days.local_day(now(), "UTC").replace(year=now().year + 1, day=1)
    desk.snooze(con, desk.Signed("sara", "aside", now(), desk.version(con, lead)), lead, later)
    assert listed("aside") == {lead} and not listed("mine") and lead not in listed("review")
    assert lead in listed("open")  # its clocks run on


def test_a_preview_says_for_each_lead_why_it_cannot_be_taken(con: duckdb.DuckDBPyConnection) -> None:
    leads = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 3)["lead"].to_list()
    desk.claim(con, desk.Signed("chen", "claim", now(), desk.version(con, leads[1])), leads[1])
    rows = work.preview(con, people.person(con, "sara", now()), leads, "claim", now())
    assert [row["why_not"] for row in rows] == [None, "Chen Sample works on this lead.", None]


@pytest.mark.parametrize(
    ("address", "alone"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.0.2.7", False), (None, False), ("", False), ("review.internal", False)],
)
def test_an_address_serves_this_machine_alone_or_not(address: str | None, alone: bool) -> None:
    assert is_loopback(address) == alone


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("192.0.2.7", 403)])
def test_who_comes_by_an_address_that_others_reach_is_refused(host: str, status: int) -> None:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def inner(scope: dict, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    asyncio.run(LoopbackOnly(inner)({"type": "http", "server": (host, 80)}, None, send))
    assert sent[0]["status"] == status


def test_every_script_of_the_folder_stands_in_the_table() -> None:
    assert {file.stem for file in (ROOT / "pages").glob("*.py")} - {"shell"} == set(pages())


def test_what_comes_of_a_lead_is_recorded_beside_its_criteria(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "ptr")
    at = acting("checklist", "finn", lead=lead)
    assert {"Won deal…"} <= set(verbs(at)) and not {"Opportunity…", "Customer payment…", "Refund…"} & set(verbs(at))
    press(at, "Won deal…")
    at.text_input(key=f"deal-name-{lead}").input("T-900")
    press(at, "Record the deal")
    press(at, "Customer payment…")
    at.text_input(key=f"payment-total-{lead}").input("1.000,00")
    press(at, "Record the payment")
    assert "‘1.000,00’ is no amount: write it with a point before the cents, such as 1,234.50." in words_of(at)
    at.text_input(key=f"payment-total-{lead}").input("1,000.00")
    at.text_input(key=f"payment-subscription-{lead}").input("800.5")
    press(at, "Record the payment")
    press(at, "Refund…")
    at.text_input(key=f"refund-amount-{lead}").input("10")
    press(at, "Record the refund")
    with con.cursor() as cursor:
        rows = cursor.execute("select type, total_amount, subscription_amount, amount from events where lead = $lead "
                              "and transaction = 'T-900' order by recorded_at", {"lead": lead}).fetchall()
    assert rows == [("deal_won", None, None, None), ("customer_payment", Decimal("1000.00"), Decimal("800.50"), None),
                    ("customer_refund", None, None, Decimal("10.00"))]
    assert "subscription part US$800.50" in words_of(at)


def test_the_subscription_part_of_a_payment_is_said_where_it_is_listed(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "ptr")
    at = acting("checklist", "finn", lead=lead)
    press(at, "Won deal…")
    at.text_input(key=f"deal-name-{lead}").input("T-900")
    press(at, "Record the deal")
    press(at, "Customer payment…")
    at.text_input(key=f"payment-total-{lead}").input("1,000.00")
    press(at, "Record the payment")
    assert "subscription part not known" in words_of(at)
    press(at, "Add the subscription part…")
    press(at, "Record it")
    assert "Say how much of it was for the subscription." in words_of(at)
    with con.cursor() as cursor:
        [(payment,)] = cursor.execute("select id from events where lead = $lead and type = 'customer_payment'",
                                      {"lead": lead}).fetchall()
    at.text_input(key=f"completion-subscription-{payment}").input("800.50")
    press(at, "Record it")
    said = words_of(at)
    assert "subscription part US$800.50" in said and "subscription part not known" not in said
    assert "Add the subscription part…" not in verbs(at)


@pytest.mark.parametrize(("program", "person", "offered"), [
    ("cerri", "finn", set()), ("raf", "sara", {"Opportunity…"}), ("ptr", "sara", {"Opportunity…", "Won deal…"}),
    ("ptr", "mona", set())])
def test_a_program_and_a_role_see_only_the_steps_they_know(
    con: duckdb.DuckDBPyConnection, program: str, person: str, offered: set
) -> None:
    shown = set(verbs(acting("checklist", person, lead=undecided(con, program))))
    assert shown & {"Opportunity…", "Won deal…", "Customer payment…", "Refund…"} == offered


def test_the_address_says_who_acts_when_a_page_is_loaded_and_not_later(con: duckdb.DuckDBPyConnection) -> None:
    at = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60)
    at.query_params["acting"] = "Mona Sample · manager"
    at.run()
    assert at.selectbox(key="acting").value == "mona"
    at.selectbox(key="acting").select("chen").run()
    at.query_params["acting"] = "Mona Sample · manager"  # as the browser's Back does
    at.switch_page("../pages/triage.py").run()
    assert at.selectbox(key="acting").value == "chen"


def test_a_refused_page_says_that_another_person_can_be_chosen(con: duckdb.DuckDBPyConnection) -> None:
    assert "Or choose another person above." in words_of(acting("payouts", "sara"))


def test_of_two_persons_of_one_name_and_role_the_one_that_is_chosen_acts(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(name,)] = ask(con, "select name from people where id = 'finn'")
    desk.add_person(con, desk.Signed("operator", "namesake", now()), "finn2", name)
    desk.grant(con, desk.Signed("operator", "namesake's role", now()), "finn2", "finance")
    later = now() + dt.timedelta(minutes=1)
    monkeypatch.setattr(database, "now", lambda: later)
    for person in ("finn2", "finn"):
        at = acting("payouts", person)
        chosen = at.selectbox(key="acting")
        assert (chosen.value, at.session_state["acts_as"]) == (person, person)
        assert [one for one in chosen.options if one.startswith(f"{name} ·")] == [
            f"{name} · finance · finn", f"{name} · finance · finn2"]


def test_no_two_labels_of_a_choice_are_alike() -> None:
    assert words.apart({"a": "x", "b": "x", "c": "y"}) == {"a": "x · a", "b": "x · b", "c": "y"}
