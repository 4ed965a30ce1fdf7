"""What comes in bulk and goes again: what is kept follows it exactly, and only what it bears on is evaluated."""

import datetime as dt
import itertools
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core import desk, kept
from core.desk import Signed
from core.intake import imports
from core.model import Refusal
from tests.desk.world import NOW, ask, computed_rows, kept_rows, same, signed

COMPANIES = (("Northwind Logistics", "northwind.example"), ("Northwind Logistics GmbH", "northwind.test"),
             ("Contoso Logistics", "contoso.example"), ("Contoso", "c0ntoso.example"), ("Fourth Coffee", "fourth.example"))
PEOPLE = ("Mia Northwind", "Mia Contoso", "Ann Lee", "Anne Lee")
HEADERS = {
    "organizations": "id,name,website,parent_id,created_date,products",
    "contacts": "id,account_id,name,email,created_date",
    "leads": "id,name,email,company,products,created",
    "activities": "id,account_id,activity_date,subject",
    "opportunities": "id,account_id,name,stage_name,close_date,created_date",
    "products": "id,account_id,product,in_use",
}
PARTNERS = {"cerri": "F", "raf": "S", "ptr": "A"}


def line(kind: str, number: int, company: int, person: int, day: dt.date) -> str:
    """A row of a file of a kind: of one of the companies and one of its people, both of whom others may resemble."""
    (name, domain), who = COMPANIES[company], PEOPLE[person]
    address = f"{who.split()[0].lower()}@{domain}"
    return {
        "organizations": f"A{company},{name},{domain},{f'A{number % 5}' if number % 2 else ''},{day},"
                         f"{'Integrator.io' if person == 0 else ''}",
        "contacts": f"K{company}{person},A{company},{who},{address},{day}",
        "leads": f"N{number},{who},{address},{name},Integrator.io,{day}",
        "activities": f"T{number},A{company},{day},Call",
        "opportunities": f"D{number},A{company},Big,Prospecting,2025-12-01,{day}",
        "products": f"P{number},A{company},Integrator.io,{'yes' if person % 2 else 'no'}",
    }[kind]


ROWS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 4), st.integers(0, 3), st.integers(0, 900)),
                min_size=1, max_size=4)


class Coming(RuleBasedStateMachine):
    """Files of every kind and documents come in, imports go, questions are answered, days pass, in any order."""

    made = None
    folder = None
    runs = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Coming.folder / str(next(Coming.runs))
        shutil.copytree(Coming.made, self.folder)
        self.con = desk.open_database(self.folder / "leads.duckdb", NOW)
        self.numbers = itertools.count(1)
        self.now = NOW

    def teardown(self) -> None:
        assert desk.first_fault(self.con) is None
        self.con.close()
        shutil.rmtree(self.folder)

    def signed(self, who: str = "operator") -> Signed:
        return Signed(who, f"key {next(self.numbers)}", self.now)

    @rule(kind=st.sampled_from(tuple(HEADERS)), program=st.sampled_from(tuple(PARTNERS)), rows=ROWS)
    def comes(self, kind: str, program: str, rows: list[tuple]) -> None:
        lines = [line(kind, number, company, person, dt.date(2023, 1, 1) + dt.timedelta(days))
                 for number, company, person, days in rows]
        file = self.folder / f"{next(self.numbers)}.csv"
        file.write_text("\n".join((HEADERS[kind], *lines)) + "\n")
        desk.import_file(self.con, self.signed(), file, program, kind, PARTNERS[program], {"_dates": {}})

    @rule(lead=st.sampled_from(("L1", "L2", "P1", "P2", "R1")), number=st.integers(0, 3), percent=st.integers(0, 60))
    def is_loaded(self, lead: str, number: int, percent: int) -> None:
        """A document with a further lead of a company that others may own, what happened to it, and a setting."""
        org, contact = f"XO{number}", f"XC{number}"
        name, domain = COMPANIES[number]
        document = {
            "settings": {"ptr.commission_rate": 0.1},
            "partners": [{"id": "B", "kind": "referral_partner", "name": "Partner B", "email": "b@partner-b.example",
                          "country": "US", "check_address": "1 Main St",
                          "check_address_confirmed_at": "2023-01-10T12:00:00Z"}],
            "organizations": [{"id": org, "name": name, "domain": domain, "kind": "business",
                               "owned_by": [{"partner": "B", "percent": 50}]}],
            "contacts": [{"id": contact, "org": org, "full_name": PEOPLE[number], "email": f"x@{domain}"}],
            "leads": [{"id": f"X{number}", "program": "ptr", "partner": "B", "contact": contact, "org": org,
                       "submitted_at": "2025-06-10T15:00:00Z", "products": ["integrator_io"]}],
            "events": [{"type": "rejected", "at": "2025-06-11T15:00:00Z", "lead": f"X{number}", "by": "imported"}],
        }
        desk.load(self.con, self.signed(), [json.dumps(document)])

    @rule(place=st.integers(0, 9))
    def goes(self, place: int) -> None:
        stands = ask(self.con, "select id from imports where taken_back_at is null order by id")
        if stands:
            try:
                desk.take_back(self.con, self.signed(), stands[place % len(stands)][0])
            except Refusal:  # something rests on it
                return

    @rule(place=st.integers(0, 9), answer=st.sampled_from(("same", "different", "related", "open")))
    def is_answered(self, place: int, answer: str) -> None:
        asked = ask(self.con, "select id from near_matches order by id")
        if asked:
            try:
                desk.settle_match(self.con, self.signed("mona"), asked[place % len(asked)][0], answer)
            except Refusal:
                return

    @rule(hours=st.integers(1, 90))
    def time_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        desk.advance(self.con, self.now)

    @invariant()
    def kept_is_computed(self) -> None:
        assert same(kept_rows(self.con), computed_rows(self.con, kept.kept_as_of(self.con)))


def test_whatever_comes_and_goes_in_bulk_what_is_kept_is_what_evaluating_everything_gives(made: Path, tmp_path) -> None:
    Coming.made, Coming.folder = made, tmp_path
    run_state_machine_as_test(Coming, settings=settings(
        max_examples=3, stateful_step_count=12, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck)))


def marked(con) -> set[str]:
    """Leads of which what is kept was not made again since `mark`."""
    return {lead for (lead,) in ask(con, "select lead from evaluations where list_contains(flags, 'marked')")}


@pytest.fixture
def crowd(tmp_path):
    """A few hundred leads, each marked."""
    con = desk.open_database(tmp_path / "leads.duckdb", NOW)
    desk.make_sample(con, signed("operator"), 300, 4, NOW.date() - dt.timedelta(1))
    ask(con, "update evaluations set flags = ['marked']")
    yield con
    con.close()


def lead_rows(con, count: int) -> str:
    """A file with leads at the address of a contact that has a lead, and of others that nobody knows."""
    known = ask(con, "select email from contacts where email is not null and id in (select contact from leads) "
                     "order by id limit 1")[0][0]
    rows = [f"N0,Kim,{known},Kim,2025-06-01"]
    rows += [f"N{number},Ann,ann@nobody{number}.example,Nobody {number},2025-06-01" for number in range(1, count)]
    return "\n".join(("id,name,email,company,created", *rows)) + "\n"


def test_a_few_rows_evaluate_the_leads_they_bear_on_and_a_file_as_large_as_the_store_all(crowd, tmp_path) -> None:
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_text(lead_rows(crowd, 2))
    _, report = desk.import_file(crowd, signed("operator"), few, "cerri", "leads", "NEW")
    again = 300 - len(marked(crowd))
    assert report.accepted == 2 and 0 < again < 60
    assert "N1" not in marked(crowd)
    desk.take_back(crowd, signed("operator"), report.import_id)
    assert len(marked(crowd)) >= 300 - again - 60
    many.write_text(lead_rows(crowd, 400))
    desk.import_file(crowd, signed("operator"), many, "cerri", "leads", "NEW")
    assert marked(crowd) == set()


def test_a_large_file_has_more_memory_until_it_is_evaluated_and_no_longer(crowd, tmp_path, monkeypatch) -> None:
    def limits(con: object) -> list[tuple]:
        return ask(con, "select current_setting('memory_limit'), count(*) from duckdb_indexes()")

    meanwhile = []
    update = kept.update
    monkeypatch.setattr(kept, "update", lambda cursor, *more: meanwhile.append(limits(crowd)) or update(cursor, *more))
    monkeypatch.setattr(imports, "MANY", 100)
    before = limits(crowd)
    file = tmp_path / "large.csv"
    file.write_text(lead_rows(crowd, 400))
    assert desk.import_file(crowd, signed("operator"), file, "cerri", "leads", "NEW")[1].accepted == 400
    assert [one[0][0] for one in meanwhile] == ["762.9 MiB"] and meanwhile[0][0][1] < before[0][1]
    assert limits(crowd) == before


def test_an_event_at_a_look_alike_that_nobody_sent_bears_on_the_lead_it_resembles(crowd) -> None:
    """The keys of a lead are reached through a question even where no lead stands on its other side."""
    lead, key = ask(crowd, "select id, org_key from leads where org_key is not null and not org_key_crowded "
                           "order by id limit 1")[0]
    row = {"id": "m", "kind": "organization", "left_key": min(key, "d:far.example"), "right_key": max(key, "d:far.example"),
           "left_table": "organizations", "left_record": "x", "right_table": "organizations", "right_record": "y",
           "score": 0.9, "reasons": ["alike"], "is_lookalike": False, "recorded_at": NOW}
    event = {"id": "e", "type": "crm_touch", "happened_at": NOW, "recorded_at": NOW, "org_key": "d:far.example"}
    with crowd.cursor() as cursor:
        for table, one in (("near_matches", row), ("events", event)):
            cursor.register("one_row", pl.DataFrame([one]))
            cursor.execute(f"insert into {table} by name select * from one_row").fetchall()
        assert lead in kept.touched_by(cursor, {"events": ["e"]})
        assert lead in kept.touched_by(cursor, {"near_matches": ["m"]})
        assert lead in kept.touched_by(cursor, {"history_coverage": ["d:far.example"]})


