"""The sample goes as a whole: what is left is as if it had never been; where somebody worked on it, it stays."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core import desk, kept, ledger, queue
from core.desk import Signed
from core.model import Refusal

NOW = dt.datetime(2026, 3, 2, 12)
FACTS = ("leads", "contacts", "organizations", "organization_owners", "organization_products", "partners", "events",
         "verdicts", "near_matches", "match_blocks", "evaluations", "clocks", "payouts_owed")


def signed(key: str, person: str = "mona") -> Signed:
    return Signed(person, key, NOW)


def sample(folder: Path, leads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    found = desk.open_database(folder / "leads.duckdb", NOW)
    desk.make_sample(found, Signed("operator", "sample", NOW), leads, 3, NOW.date() - dt.timedelta(1))
    yield found
    found.close()


@pytest.fixture
def con(tmp_path: Path):
    yield from sample(tmp_path, 120)


@pytest.fixture
def rich(tmp_path: Path):
    """A sample large enough that something in it can be paid."""
    yield from sample(tmp_path, 900)


def counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    with con.cursor() as cursor:
        return {table: cursor.execute(f"select count(*) from {table}").fetchall()[0][0] for table in FACTS}


def earned(con: duckdb.DuckDBPyConnection, lead: str = "P1") -> None:
    """A lead of our own whose commission is known by the figure of the sample alone."""
    told = {
        "id": f"earned {lead}",
        "partners": [{"id": "OURS2", "kind": "referral_partner", "name": "Ours", "email": "o@ours.example",
                      "country": "US", "check_address": "1 Main St",
                      "check_address_confirmed_at": "2023-01-10T12:00:00Z"}],
        "contacts": [{"id": "N9", "full_name": "Ann", "email": "ann@own9.example", "company": "Own", "role": "CIO"}],
        "leads": [{"id": lead, "program": "ptr", "partner": "OURS2", "contact": "N9", "channel": "web_form",
                   "submitted_at": "2025-10-01T12:00:00Z", "products": ["integrator_io"],
                   "follow_up_with": "prospect", "source_context": "normal", "expected_decision_date": "2026-03-29"}],
        "events": [
            {"type": "accepted", "at": "2025-10-02T16:00:00Z", "lead": lead, "by": "imported"},
            {"type": "deal_won", "at": "2025-11-02T16:00:00Z", "lead": lead, "transaction": "T1"},
            {"type": "customer_payment", "at": "2025-12-02T16:00:00Z", "lead": lead, "transaction": "T1",
             "subscription_amount": 1000, "currency": "USD"}],
        "verdicts": [{"lead": lead, "criterion": one, "verdict": "pass", "by": "imported",
                      "at": "2025-10-02T16:00:00Z"} for one in ("decision_role", "interest")],
    }
    desk.load(con, signed("earned"), [json.dumps(told)])


def test_its_figures_and_a_batch_of_its_payouts_come_and_go_with_it(rich: duckdb.DuckDBPyConnection) -> None:
    assert rows(rich, "select name from settings order by name") == [
        {"name": "ptr.commission_rate"}, {"name": "raf.bonus_amount"}]
    [batch] = rows(rich, "select id, prepared_by, state from batch_states")
    assert (batch["prepared_by"], batch["state"]) == ("finn", "prepared")
    assert {"open", "blocked", "in_batch", "paid"} <= {row["state"] for row in rows(rich, "select state from lines")}
    desk.clear_sample(rich, signed("clear"))
    assert rows(rich, "select * from settings") == []
    assert rows(rich, "select state from batch_states") == [{"state": "dropped"}]
    assert {row["state"] for row in rows(rich, "select state from lines")} == {"void"}
    assert desk.first_fault(rich) is None


def test_its_figures_are_not_set_where_they_would_count_for_leads_of_our_own(tmp_path: Path) -> None:
    found = desk.open_database(tmp_path / "own.duckdb", NOW)
    desk.add_person(found, signed("person", "operator"), "mona", "Mona")
    desk.grant(found, signed("grant", "operator"), "mona", "manager")
    own_leads(found)
    desk.make_sample(found, signed("sample", "operator"), 60, 3, NOW.date() - dt.timedelta(1))
    assert rows(found, "select * from settings") == rows(found, "select * from batches") == []
    found.close()


def test_it_stays_where_another_lead_earned_something_by_its_figures(con: duckdb.DuckDBPyConnection) -> None:
    earned(con)
    assert rows(con, "select amount from lines where lead = 'P1'") == [{"amount": Decimal("100.00")}]
    with pytest.raises(Refusal, match=r"what another lead earned rests on its setting ptr\.commission_rate"):
        desk.clear_sample(con, signed("clear"))


def test_it_stays_where_its_payouts_were_given_out(rich: duckdb.DuckDBPyConnection) -> None:
    [batch] = ledger.batches(rich).to_dicts()
    desk.approve_batch(rich, signed("approve", "fay"), batch["id"], batch["total"], batch["lines"])
    desk.export_batch(rich, signed("export", "finn"), batch["id"], "workbook")
    with pytest.raises(Refusal, match="a batch of payouts rests on its lead"):
        desk.clear_sample(rich, signed("clear"))


def own_leads(con: duckdb.DuckDBPyConnection) -> None:
    """Two leads of our own, of a partner of our own."""
    told = {
        "id": "own", "as_of": "2026-03-01T12:00:00Z",
        "partners": [{"id": "OURS", "kind": "affiliate", "name": "Ours", "email": "o@ours.example", "country": "US"}],
        "contacts": [{"id": f"N{number}", "full_name": f"Ann {number}", "email": f"ann@own{number}.example",
                      "company": f"Own {number}"} for number in range(2)],
        "leads": [{"id": f"L{number}", "program": "cerri", "partner": "OURS", "contact": f"N{number}",
                   "submitted_at": "2026-02-01T12:00:00Z", "channel": "trial_signup", "new_contact_record": True}
                  for number in range(2)],
    }
    desk.load(con, signed("own"), [json.dumps(told)])


def test_nothing_of_the_sample_is_left_and_the_journal_verifies(con: duckdb.DuckDBPyConnection) -> None:
    before = counts(con)
    done = desk.clear_sample(con, signed("clear"))
    assert done.after["leads"] == before["leads"] == 120
    assert set(counts(con).values()) == {0}
    assert desk.first_fault(con) is None
    assert {row["action"] for row in rows(con, "select action from journal")} >= {"make_sample", "clear_sample"}
    assert "mona" in {row["id"] for row in rows(con, "select id from people")}


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    with con.cursor() as cursor:
        return cursor.sql(query).pl().to_dicts()


def test_leads_of_our_own_stay_and_are_kept_as_evaluating_everything_gives(
        con: duckdb.DuckDBPyConnection) -> None:
    own_leads(con)
    desk.clear_sample(con, signed("clear"))
    kept_rows = rows(con, "select * exclude (next_at) from evaluations order by lead")
    assert [row["lead"] for row in kept_rows] == ["L0", "L1"]
    kept.refresh(con, kept.kept_as_of(con))
    assert rows(con, "select * exclude (next_at) from evaluations order by lead") == kept_rows
    assert desk.first_fault(con) is None


def test_a_new_sample_can_be_made_and_cleared_again(con: duckdb.DuckDBPyConnection) -> None:
    desk.clear_sample(con, signed("clear"))
    with pytest.raises(Refusal, match="No sample was made here"):
        desk.clear_sample(con, signed("twice"))
    desk.make_sample(con, signed("again"), 60, 4, NOW.date() - dt.timedelta(1))
    assert desk.clear_sample(con, signed("clear again")).after["leads"] == 60
    assert desk.first_fault(con) is None


def test_a_sample_that_somebody_worked_on_stays(con: duckdb.DuckDBPyConnection) -> None:
    lead = queue.page(con, kept.kept_as_of(con), queue.Filters(), 1, 1)["lead"][0]
    desk.claim(con, Signed("mona", "claims", NOW, desk.version(con, lead)), lead)
    before = counts(con)
    with pytest.raises(Refusal, match=f"a change at the desk rests on its lead {lead}"):
        desk.clear_sample(con, signed("clear"))
    assert counts(con) == before


def test_a_sample_to_which_own_leads_refer_stays(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    partner = rows(con, "select min(id) as id from partners")[0]["id"]
    file = tmp_path / "own.csv"
    file.write_text("id,name,email,company,created\nN1,Ann,ann@own.example,Own,2026-02-01\n")
    desk.import_file(con, signed("own", "operator"), file, "cerri", "leads", partner)
    with pytest.raises(Refusal, match=f"another lead rests on its partner {partner}"):
        desk.clear_sample(con, signed("clear"))


def test_a_sample_that_is_not_as_it_was_made_stays(con: duckdb.DuckDBPyConnection) -> None:
    contact = rows(con, "select min(contact) as id from leads where contact is not null")[0]["id"]
    desk.erase(con, Signed("ada", "erases", NOW), contact)
    with pytest.raises(Refusal, match="are not those that were made"):
        desk.clear_sample(con, signed("clear"))
