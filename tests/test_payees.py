"""What finance reads about payees, and what of it goes into payment files."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core import desk, kept, ledger, payees
from core.model import Refusal
from core.results import local_day
from core.rules.payouts import is_in_us
from core.terms import catalogue
from tests.desk.payouts import add_payable, approve, export, line_of, payments, prepare, settle
from tests.desk.world import NOW, act, ask, build, document, signed

AFTER = NOW + dt.timedelta(hours=1)
ABROAD = {"country": "DE", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
DAY = dt.date(2025, 6, 20)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the world, with two payable registrations."""
    folder = tmp_path_factory.mktemp("world")
    build(folder / "leads.duckdb", payable=2).close()
    return folder


@pytest.fixture
def con(made: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the world, open."""
    for file in made.iterdir():
        shutil.copy2(file, tmp_path / file.name)
    connection = desk.open_database(tmp_path / "leads.duckdb", NOW)
    yield connection
    connection.close()


def confirmed(con, partner: str, given: dict, now: dt.datetime = NOW) -> None:
    done = desk.propose_payee_details(con, signed("chen", now=now), partner, given)
    desk.confirm_payee_details(con, signed("mona", now=now), done.after["details"])


def test_readiness_says_per_program_what_is_asked_what_is_missing_and_by_which_clause(con) -> None:
    found = {row["partner"]: row for row in payees.readiness(con, NOW).to_dicts()}
    assert {one: (row["program"], row["method"], row["is_ready"], row["clause"]) for one, row in found.items()} == {
        "A": ("ptr", "check", True, "ptr.pay.1"), "B": ("ptr", "check", True, "ptr.pay.1"),
        "F": ("cerri", None, True, "cerri.4"), "S": ("raf", "gift_card", True, "raf.pay.1")}
    assert found["A"]["asked"] == ["country", "check_address", "check_address_confirmation"]
    assert all(row["clause"] in catalogue().programs[row["program"]].clauses for row in found.values())


def test_what_is_missing_is_what_blocks(con) -> None:
    with con.cursor() as cursor:
        cursor.execute("update partners set check_address_confirmed_at = null where id = 'A'").fetchall()
        cursor.execute("update partners set first_name = ' ', email_class = 'free' where id = 'S'").fetchall()
        cursor.execute("update partners set country = null where id = 'B'").fetchall()
    found = {row["partner"]: row["missing"] for row in payees.readiness(con, NOW).to_dicts()}
    assert found == {"A": ["check_address_confirmation"], "B": ["country"], "F": [],
                     "S": ["first_name", "business_email"]}
    missing = [one for one in payees.asked(con, "A", NOW) if not one.is_there]
    assert [(one.field, one.who, one.shown) for one in missing] == [
        ("check_address_confirmation", "a second person", None)]


def test_a_wire_is_asked_of_a_source_only_once_it_was_requested(con) -> None:
    desk.load(con, signed("operator"), [json.dumps({"id": "w", "partners": document()["partners"][3:], "events": [
        {"id": "wired", "type": "wire_requested", "partner": "S", "at": "2025-06-19T12:00:00Z"}]})])
    assert payees.readiness(con, dt.datetime(2025, 6, 19), "S")["method"].to_list() == ["gift_card"]
    [row] = payees.readiness(con, NOW, "S").to_dicts()
    assert (row["method"], row["missing"]) == ("wire", ["wire_details"])


def test_a_version_that_waits_for_a_second_person_is_shown(con) -> None:
    desk.propose_payee_details(con, signed("chen"), "A", ABROAD)
    [row] = payees.readiness(con, AFTER, "A").to_dicts()
    assert (row["waiting_by"], row["details"], row["method"]) == ("chen", None, "check")
    assert [one["state"] for one in payees.versions(con, "A", AFTER)] == ["waiting"]
    confirmed(con, "A", {"country": "DE", "iban": "FR1420041010050500013M02606"})
    assert [one["state"] for one in payees.versions(con, "A", AFTER)] == ["in_use", "dropped"]
    confirmed(con, "A", ABROAD, AFTER)
    assert [one["state"] for one in payees.versions(con, "A", AFTER + dt.timedelta(1))] == [
        "in_use", "replaced", "dropped"]


# --- yearly totals ----------------------------------------------------------------------------------------------------


def paid(con, name: str, lead: str, amount: str | None, at: str, currency: str | None = "USD") -> None:
    with con.cursor() as cursor:
        cursor.execute("insert into events (id, type, happened_at, recorded_at, lead, amount, currency) values "
                       "(?, 'payout_paid', ?, ?, ?, ?, ?)", [name, at, at, lead, amount, currency]).fetchall()


def test_what_a_partner_was_paid_is_summed_by_local_year_and_currency_against_the_threshold(con) -> None:
    desk.set_setting(con, signed("mona"), "timezone", "America/Los_Angeles", DAY + dt.timedelta(1), "the office")
    desk.set_setting(con, signed("mona"), "reporting_threshold", "600", dt.date(2020, 1, 1), "the tax office")
    paid(con, "a", "M1", "400.00", "2026-01-01 07:59:59")   # still 2025 in Los Angeles
    paid(con, "b", "M2", "200.00", "2026-01-01 08:00:00")
    paid(con, "c", "M1", "399.99", "2026-05-01 00:00:00")
    paid(con, "d", "P2", "600.00", "2026-05-01 00:00:00")
    paid(con, "e", "P2", "9.00", "2026-05-01 00:00:00", "EUR")
    with con.cursor() as cursor:
        cursor.execute("insert into voids (id, relation, voided_by, recorded_at) values ('a', 'events', 'x', '2026-02-01')")
    later = dt.datetime(2026, 6, 1)
    assert payees.reporting(con, 2025, later).is_empty()
    assert payees.reporting(con, 2026, later).rows() == [
        ("B", "Partner B", "USD", Decimal("600.00"), 1, 0, Decimal("600.00"), True),
        ("A", "Partner A", "USD", Decimal("599.99"), 2, 0, Decimal("600.00"), False),
        ("B", "Partner B", "EUR", Decimal("9.00"), 1, 0, Decimal("600.00"), False)]
    assert payees.reporting(con, 2026, later, "A")["paid"].to_list() == [Decimal("599.99")]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_threshold_of_a_year_is_that_of_its_last_day_wherever_the_next_one_begins(con, zone: str) -> None:
    desk.set_setting(con, signed("mona"), "timezone", zone, DAY + dt.timedelta(1), "the office")
    for year, amount in ((2025, "600"), (2026, "2000")):
        desk.set_setting(con, signed("mona"), "reporting_threshold", amount, dt.date(year, 1, 1), "the tax office")
    paid(con, "a", "M1", "700.00", "2025-07-01 00:00:00")
    paid(con, "b", "M1", "700.00", "2026-03-01 00:00:00")
    found = [payees.reporting(con, year, dt.datetime(2026, 6, 1)).select("threshold", "is_reached").row(0)
             for year in (2025, 2026)]
    assert found == [(Decimal("600.00"), True), (Decimal("2000.00"), False)]


def test_what_was_paid_in_another_currency_than_the_threshold_is_never_marked(con) -> None:
    desk.set_setting(con, signed("mona"), "reporting_threshold", "600", dt.date(2025, 1, 1), "the tax office")
    for name, currency in (("a", "JPY"), ("b", "EUR"), ("c", "USD")):
        paid(con, name, "P2", "700.00", "2025-05-01 00:00:00", currency)
    paid(con, "d", "P1", "700.00", "2025-05-01 00:00:00", None)
    found = payees.reporting(con, 2025, NOW).select("currency", "is_reached").rows()
    assert sorted(found, key=str) == [("EUR", False), ("JPY", False), ("USD", True), (None, False)]


def test_a_payment_that_was_told_without_a_currency_counts_in_that_of_what_its_lead_earned(con) -> None:
    paid(con, "d", "M1", "600.00", "2025-05-01 00:00:00", None)
    paid(con, "e", "P2", "7.00", "2025-05-01 00:00:00", None)  # it earned nothing
    assert payees.reporting(con, 2025, NOW).select("partner", "currency").rows() == [("A", "USD"), ("B", None)]


def test_a_payment_that_was_told_without_an_amount_counts_with_that_of_the_lines_it_paid_or_as_unknown(con) -> None:
    paid(con, "d", "M1", None, "2025-06-01 00:00:00", None)
    paid(con, "e", "P2", None, "2025-06-01 00:00:00", "EUR")  # it earned nothing
    kept.refresh(con, NOW)
    assert payees.reporting(con, 2025, NOW).select("partner", "currency", "paid", "payments", "unknown").rows() == [
        ("A", "USD", Decimal("100.10"), 1, 0), ("B", "EUR", Decimal("0.00"), 1, 1)]


def test_a_year_counts_what_was_really_paid_once_with_its_corrections_and_without_what_came_back(con) -> None:
    [line] = ledger.lines(con, ledger.Filters(lead="M1"))["id"]
    act(con, desk.adjust_line, "finn", "M1", line, Decimal("-40.00"), "refund", "They sent it back.")
    batch = prepare(con, "fay")
    desk.grant(con, signed("operator"), "marc", "finance")
    approve(con, batch, "marc")
    export(con, batch, "fay")
    settle(con, batch, who="fay")
    found = payees.reporting(con, 2025, NOW).select("partner", "currency", "paid", "payments").rows()
    assert found == [("A", "USD", Decimal("160.30"), 1)]
    desk.record_return(con, signed("fay"), payments(con, batch)["A"], DAY, "account closed")
    assert payees.reporting(con, 2025, NOW).is_empty()


def test_without_a_threshold_nothing_is_compared(con) -> None:
    paid(con, "d", "P2", "600.00", "2025-05-01 00:00:00")
    assert payees.reporting(con, 2025, NOW)["is_reached"].to_list() == [None]


# --- payment files ----------------------------------------------------------------------------------------------------


def approved_batch(con, method: str, now: dt.datetime) -> str:
    found = ledger.proposal(con, "ptr", method, "USD", DAY, [], now)
    done = desk.prepare_batch(con, signed("finn", now=now), "ptr", method, "USD", DAY, [], found.total, found.number)
    desk.approve_batch(con, signed("fay", now=now), done.after["batch"], found.total, found.number)
    return done.after["batch"]


def test_a_wire_goes_out_with_confirmed_details_from_the_paying_account(con) -> None:
    confirmed(con, "A", ABROAD)
    batch = approved_batch(con, "wire", AFTER)
    with pytest.raises(Refusal, match=r"ptr\.payer_account is empty"):
        desk.export_batch(con, signed("finn", now=AFTER), batch, "credit_transfer")
    _, listed = desk.export_batch(con, signed("finn", now=AFTER), batch, "wires")
    assert b'"Partner A",200.30,"USD","DE89370400440532013000","COBADEFFXXX"' in listed


def test_a_credit_transfer_carries_the_account_that_pays_as_it_was_at_the_approval(con) -> None:
    account = '{"name": "Celigo", "iban": "DE02120300000000202051"}'
    desk.set_setting(con, signed("mona"), "ptr.payer_account", account, dt.date(2025, 1, 1), "treasury")
    confirmed(con, "A", ABROAD)
    batch = approved_batch(con, "wire", AFTER)
    given_out = AFTER + dt.timedelta(4)
    _, first = desk.export_batch(con, signed("finn", now=given_out), batch, "credit_transfer")
    assert b"DE02120300000000202051" in first and b"<Nm>Partner A</Nm>" in first
    assert f"<Dt>{local_day(given_out, 'America/Los_Angeles')}</Dt>".encode() in first  # a bank takes no day that is over
    _, again = desk.export_batch(con, signed("fay", now=AFTER + dt.timedelta(9)), batch, "credit_transfer")
    assert again == first
    assert b"DE89370400440532013000" not in repr(ask(con, "select * from journal")).encode()


NO_ACCOUNTS = [
    ('{"iban": "DE02120300000000202051"}', "takes name, iban and bic"), ('{"nam": "Celigo"}', "takes name, iban and bic"),
    ('{"name": "", "iban": "DE02120300000000202051"}', "takes name, iban and bic"),
    ('{"name": "Celigo", "iban": "DE00"}', "no IBAN"), ('{"name": "Celigo", "iban": 7}', "takes name, iban and bic"),
    ('{"name": "Celigo", "iban": "DE02120300000000202051", "bic": "PSSTXXPP"}', "no BIC"),
    ('{"name": "Celigo", "iban": "DE02120300000000202051", "bic": "PSSTFRPPXXX"}', "one of DE and the BIC one of FR"),
]


@pytest.mark.parametrize(("account", "said"), NO_ACCOUNTS)
def test_what_is_no_paying_account_is_not_set(con, account: str, said: str) -> None:
    asked = "ptr.payer_account", account, dt.date(2025, 1, 1)
    for act_of in (lambda: desk.set_setting(con, signed("mona"), *asked, "treasury"),
                   lambda: desk.preview_setting(con, *asked, NOW)):
        with pytest.raises(Refusal, match=said) as refused:
            act_of()
        assert "ptr.payer_account" in str(refused.value) and "payee" not in str(refused.value)


@pytest.mark.parametrize(("account", "said"), NO_ACCOUNTS[1:4:2])
def test_one_that_was_set_before_stops_credit_transfers_alone(con, account: str, said: str) -> None:
    with con.cursor() as cursor:
        cursor.execute("insert into settings (name, effective_on, recorded_at, value, recorded_by, source) values "
                       "('ptr.payer_account', '2025-01-01', '2025-01-01', ?, 'mona', 'treasury')", [account]).fetchall()
    checks = approved_batch(con, "check", NOW)
    assert desk.export_batch(con, signed("finn"), checks, "checks")[1] and desk.export_batch(
        con, signed("finn"), checks, "workbook")[1]
    add_payable(con, "N9", "A", 900)
    confirmed(con, "A", ABROAD)
    wires = approved_batch(con, "wire", AFTER)
    assert desk.export_batch(con, signed("finn", now=AFTER), wires, "wires")[1]
    with pytest.raises(Refusal, match=f"{said}.*ptr.payer_account|ptr.payer_account.*{said}"):
        desk.export_batch(con, signed("finn", now=AFTER), wires, "credit_transfer")


def with_free_text(con) -> None:
    """Partner A is abroad, and its record says of its account what nobody checked."""
    with con.cursor() as cursor:
        cursor.execute("update partners set country = 'DE', wire_details = 'IBAN DE89 3704 0044 0532 0130 00' "
                       "where id = 'A'").fetchall()
    kept.refresh(con, NOW)
    assert ask(con, "select method, status from payouts_owed where lead = 'M1'") == [("wire", "payable")]


def test_a_text_on_the_record_is_no_account_to_which_a_wire_goes(con) -> None:
    with_free_text(con)
    assert payees.payable(con, ["A"], NOW)["A"]["account"] is None
    assert ledger.proposal(con, "ptr", "wire", "USD", DAY, [], NOW).number == 0
    assert ledger.ready(con) == []
    [blocker] = ledger.blocked(con)
    assert (blocker.name, blocker.clause.id, blocker.payouts) == ("payee.account_confirmation", "ptr.pay.2", 2)
    assert "a second person, to confirm it" in blocker.who
    lines = ledger.lines(con, ledger.Filters(blocker=blocker.name))
    assert set(lines.select("state", "amount").rows()) == {("blocked", Decimal("100.10")), ("blocked", Decimal("100.20"))}
    with pytest.raises(Refusal, match=r"It is 0\.00 USD in 0 lines now, not 100\.10 in 1"):
        desk.prepare_batch(con, signed("finn"), "ptr", "wire", "USD", DAY, [line_of(con, "M2")], Decimal("100.10"), 1)
    confirmed(con, "A", ABROAD)
    assert ledger.blocked(con) == []
    found = ledger.proposal(con, "ptr", "wire", "USD", DAY, [], AFTER)
    assert found.number == 2


def test_a_batch_to_an_account_that_is_gone_is_not_approved(con) -> None:
    with_free_text(con)
    confirmed(con, "A", ABROAD)
    found = ledger.proposal(con, "ptr", "wire", "USD", DAY, [], AFTER)
    batch = desk.prepare_batch(con, signed("finn", now=AFTER), "ptr", "wire", "USD", DAY, [], found.total, 2)
    with con.cursor() as cursor:
        cursor.execute("update payee_details set iban = null").fetchall()
    with pytest.raises(Refusal, match=r"is blocked: payee\.account_confirmation"):
        desk.approve_batch(con, signed("fay", now=AFTER), batch.after["batch"], found.total, 2)


def test_an_account_that_nobody_confirmed_is_not_ready_and_says_who_can_mend_it(con) -> None:
    with_free_text(con)
    [row] = payees.readiness(con, NOW, "A").to_dicts()
    assert (row["missing"], row["is_ready"], row["is_unconfirmed"]) == ([], False, True)
    [one] = [one for one in payees.asked(con, "A", NOW) if one.field == "wire_details"]
    assert (one.is_there, one.shown) == (False, None) and "a second person, to confirm it" in one.who
    confirmed(con, "A", ABROAD)
    [row] = payees.readiness(con, AFTER, "A").to_dicts()
    assert (row["is_ready"], row["is_unconfirmed"]) == (True, False)


def test_details_that_change_after_the_batch_was_prepared_keep_it_from_going_out(con) -> None:
    batch = approved_batch(con, "check", AFTER)
    desk.propose_payee_details(con, signed("chen", now=AFTER), "A", ABROAD)
    with pytest.raises(Refusal, match="how A is paid has changed"):
        desk.export_batch(con, signed("finn", now=AFTER), batch, "checks")


def test_a_check_goes_to_the_address_on_record_where_nothing_newer_is_confirmed(con) -> None:
    _, listed = desk.export_batch(con, signed("finn", now=AFTER), approved_batch(con, "check", AFTER), "checks")
    assert b'"Partner A",200.30,"USD","1 Main St","","","US"' in listed


def test_a_country_is_in_the_united_states_by_any_of_its_names() -> None:
    frame = pl.DataFrame({"country": ["us", "USA", "United States", "DE", None]})
    assert frame.select(is_in_us()).to_series().to_list() == [True, True, True, False, None]


def test_a_search_finds_a_part_of_a_name_or_an_id_and_what_is_missing_stands_first() -> None:
    rows = pl.DataFrame({"partner": ["P1", "P2", "Q3"], "name": ["Atlas", None, "Pale Oak"],
                         "is_ready": [True, False, False]})
    assert payees.found_by(rows, " p ")["partner"].to_list() == ["P2", "Q3", "P1"]
    assert payees.found_by(rows, "ATLAS")["partner"].to_list() == ["P1"]
    assert payees.found_by(rows, "")["partner"].to_list() == ["P2", "Q3", "P1"]
    assert payees.found_by(rows, "none such").is_empty()
