"""How partners are paid: recorded by one, confirmed by another, used once it has cooled off, and shown to nobody whole."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest

from core import desk, kept, ledger, log, payees
from core.desk.payees import merged
from core.model import Refusal
from core.people import Forbidden
from tests.desk.payouts import approve, export, line_of, prepare
from tests.desk.world import NOW, act, ask, build, signed

IBAN, OTHER_IBAN = "DE89370400440532013000", "FR1420041010050500013M02606"
ABROAD = {"country": "Germany", "iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"}
US_ADDRESS = {"country": "US", "street": "9 Elm Street", "city": "Springfield", "region": "il",
              "postal_code": "62701"}
CANARIES = (b"Zoe Canary", b"Canary", b"9 Canary Street", IBAN.encode(), b"0532013000", b"zoe@canary-payee.example",
            b"000123456789")


def propose(con, person: str = "chen", partner: str = "A", now: dt.datetime = NOW, **given: str):
    return desk.propose_payee_details(con, signed(person, now=now), partner, given or ABROAD)


def confirm(con, done, person: str = "fay", now: dt.datetime = NOW):
    return desk.confirm_payee_details(con, signed(person, now=now), done.after["details"])


def owed(con, lead: str = "M1") -> tuple:
    return ask(con, "select method, status, blockers from payouts_owed where lead = ?", lead)[0]


def paid_by(con, partner: str = "A", at_instant: dt.datetime = NOW + dt.timedelta(1)) -> dict:
    return payees.payable(con, [partner], at_instant)[partner]


def test_details_count_once_another_person_has_confirmed_them(con) -> None:
    first = propose(con)
    assert owed(con) == ("check", "payable", []) and paid_by(con)["iban"] is None
    second = propose(con, "fay", iban=OTHER_IBAN, country="France")
    with pytest.raises(Forbidden, match="Who recorded payee details does not confirm them"):
        confirm(con, second, "fay")
    with pytest.raises(Refusal, match="Newer details"):
        confirm(con, first, "mona")
    third = propose(con)
    confirm(con, third, "mona")
    assert owed(con) == ("wire", "payable", [])
    assert (paid_by(con)["iban"], paid_by(con)["country"]) == (IBAN, "DE")
    with pytest.raises(Refusal, match="confirmed by mona already"):
        confirm(con, third, "finn")
    assert desk.first_fault(con) is None


def test_what_the_record_says_of_the_address_is_not_asked_for_again(con) -> None:
    with con.cursor() as cursor:
        cursor.execute("update partners set country = 'us', check_address = '9 Elm Street, Springfield', "
                       "check_address_confirmed_at = null where id = 'A'").fetchall()
    with pytest.raises(Refusal, match="two letters of its state"):
        desk.propose_payee_details(con, signed("chen"), "A", {})
    done = desk.propose_payee_details(con, signed("chen"), "A", {"region": "IL", "postal_code": "62701"})
    assert done.after["fields"] == ["city", "country", "postal_code", "region", "street"]
    confirm(con, done)
    assert paid_by(con)["address"] == ("9 Elm Street", "Springfield, IL 62701")
    assert [one.field for one in payees.asked(con, "A", NOW + dt.timedelta(1)) if not one.is_there] == []


def test_a_written_address_is_read_by_its_parts() -> None:
    assert payees.parts_of_address("9 Elm Street, Suite 4\nSpringfield, IL 62701-1234") == {
        "street": "9 Elm Street", "street_more": "Suite 4", "city": "Springfield", "region": "IL",
        "postal_code": "62701-1234"}
    assert payees.parts_of_address("9 Elm Street") == {"street": "9 Elm Street"}
    assert payees.parts_of_address(" ") == {}


def test_only_a_manager_or_finance_confirms(con) -> None:
    done = propose(con)
    for person in ("sara", "chen", "ada"):
        with pytest.raises(Forbidden, match="this is for manager or finance"):
            confirm(con, done, person)
    with pytest.raises(Forbidden, match="this is for channel or manager or finance"):
        propose(con, "sara")


@pytest.mark.parametrize("own", [{"email": "owner@partner-a.example"}, {"partner": "A"},
                                 {"email": "me@pays-me.example"}])
def test_nobody_of_the_partner_or_paid_by_it_records_or_confirms(con, own: dict) -> None:
    desk.add_person(con, signed("operator"), "pat", "Pat", **own)
    desk.grant(con, signed("operator"), "pat", "finance")
    given = ABROAD | {"business_email": "me@pays-me.example"}
    done = propose(con, **given)
    with pytest.raises(Forbidden, match="pat belongs to the partner A"):
        confirm(con, done, "pat")
    with pytest.raises(Forbidden, match="pat belongs to the partner A"):
        propose(con, "pat", **given)
    assert ask(con, "select action from journal order by number desc limit 1") == [("refused",)]


def test_blockers_clear_by_themselves_when_details_are_confirmed() -> None:
    con = build(payable=1)
    with con.cursor() as cursor:
        cursor.execute("update partners set country = null, check_address = null, check_address_confirmed_at = null "
                       "where id = 'A'").fetchall()
    kept.refresh(con, NOW)
    assert owed(con) == (None, "blocked", ["payee.country"])
    assert payees.readiness(con, NOW, "A")["missing"].to_list() == [["country"]]
    confirm(con, propose(con, **US_ADDRESS))
    assert owed(con) == ("check", "payable", [])
    assert paid_by(con)["address"] == ("9 Elm Street", "Springfield, IL 62701")


def test_details_of_a_referral_source_clear_what_the_program_asks(con) -> None:
    found = payees.asked(con, "S", NOW)
    assert [(one.field, one.clause, one.is_there, one.shown) for one in found] == [
        ("first_name", "raf.pay.1", True, "Sol"), ("last_name", "raf.pay.1", True, "Source"),
        ("business_email", "raf.pay.1", True, "sol@customer.example")]
    with pytest.raises(Refusal, match="free-mail address"):
        propose(con, partner="S", business_email="sol@gmail.com")
    desk.set_setting(con, signed("mona"), "raf.payee_freemail_ok", "true", NOW.date() + dt.timedelta(1), "the office")
    later = NOW + dt.timedelta(2)
    confirm(con, propose(con, partner="S", now=later, business_email="Sol@GMail.com"), now=later)
    assert payees.payable(con, ["S"], later + dt.timedelta(1))["S"]["email"] == "Sol@gmail.com"


def test_further_fields_are_taken_where_a_program_asks_for_them(con) -> None:
    with pytest.raises(Refusal, match="paypal_email is no payee detail"):
        propose(con, partner="F", paypal_email="f@pal.example")
    desk.set_setting(con, signed("mona"), "cerri.payee_fields", '["paypal_email", "country"]',
                     NOW.date() + dt.timedelta(1), "the office")
    later = NOW + dt.timedelta(2)
    assert payees.readiness(con, later, "F")["missing"].to_list() == [["paypal_email"]]
    confirm(con, propose(con, partner="F", now=later, paypal_email="f@pal.example"), now=later)
    after = later + dt.timedelta(hours=1)
    assert payees.readiness(con, after, "F")["is_ready"].to_list() == [True]
    assert payees.payable(con, ["F"], after)["F"]["more"] == (("paypal_email", "f@pal.example"),)
    assert [one.shown for one in payees.asked(con, "F", after)] == ["US", "f@pal.example"]
    propose(con, partner="F", now=after, paypal_email="12-34-56 7890")
    assert payees.versions(con, "F", after)[0]["shown"] == {"paypal_email": "•••• 7890"}


# --- cooling off ------------------------------------------------------------------------------------------------------


@pytest.fixture
def cooling(con):
    """The world, two days after a cooling-off of three days was set for offices in Los Angeles."""
    desk.set_setting(con, signed("mona"), "payee_cooling_off_days", "3", dt.date(2020, 1, 1), "counsel")
    desk.set_setting(con, signed("mona"), "timezone", "America/Los_Angeles", dt.date(2025, 6, 21), "the office")
    return con


START = dt.datetime(2025, 6, 22, 15)
OVER = dt.datetime(2025, 6, 26, 7)
"""Midnight after 25 June in Los Angeles, the third day after 22 June."""


def test_details_wait_until_the_end_of_the_last_local_day_and_the_former_ones_count_meanwhile(cooling) -> None:
    done = confirm(cooling, propose(cooling, now=START), now=START)
    assert done.after["usable_at"] == str(OVER)
    just_before = OVER - dt.timedelta(microseconds=1)
    assert paid_by(cooling, at_instant=just_before)["iban"] is None
    assert paid_by(cooling, at_instant=OVER)["iban"] == IBAN
    assert [row["state"] for row in payees.versions(cooling, "A", just_before)] == ["cooling_off"]
    assert [row["state"] for row in payees.versions(cooling, "A", OVER)] == ["in_use"]
    desk.advance(cooling, just_before)
    assert owed(cooling) == ("check", "payable", [])
    desk.advance(cooling, OVER)
    assert owed(cooling) == ("wire", "payable", [])
    assert payees.readiness(cooling, just_before, "A")["cooling_until"].to_list() == [OVER]


def test_a_change_that_is_stopped_while_it_cools_off_is_never_used(cooling) -> None:
    confirm(cooling, propose(cooling, now=START), now=START)
    later = START + dt.timedelta(1)
    confirm(cooling, propose(cooling, now=later, country="US", iban="", bic="", account_number="000123456789",
                             routing_number="021000021"), now=later)
    assert [row["state"] for row in payees.versions(cooling, "A", later)] == ["cooling_off", "dropped"]
    desk.advance(cooling, OVER + dt.timedelta(hours=12))
    assert owed(cooling) == ("check", "payable", [])
    assert paid_by(cooling, at_instant=OVER + dt.timedelta(2))["account"] == "000123456789"
    assert paid_by(cooling, at_instant=OVER)["account"] is None
    assert desk.first_fault(cooling) is None


def test_a_payee_who_cools_off_is_not_in_a_batch(cooling) -> None:
    confirm(cooling, propose(cooling, now=START, first_name="Zoe"), now=START)
    carried = ledger.proposal(cooling, "ptr", "check", "USD", START.date(), [], START + dt.timedelta(1)).payees
    assert carried["carried"].to_list() == ["cooling_off"]
    cooled = ledger.proposal(cooling, "ptr", "check", "USD", START.date(), [], OVER)
    assert cooled.payees["carried"].to_list() == [None] and cooled.number == 2


# --- four eyes on payouts ---------------------------------------------------------------------------------------------


def test_a_change_after_the_approval_voids_it(con) -> None:
    batch = prepare(con)
    approve(con, batch)
    proposed = propose(con, first_name="Zoe")
    with pytest.raises(Refusal, match="how A is paid has changed"):
        export(con, batch)
    desk.drop_batch(con, signed("finn"), batch)
    batch = prepare(con)
    confirm(con, proposed, "mona")
    with pytest.raises(Refusal, match="how A is paid has changed"):
        approve(con, batch)


def test_who_recorded_details_decides_about_none_of_the_payouts(con) -> None:
    confirm(con, propose(con, "finn", first_name="Zoe"), "mona")
    batch = prepare(con, "fay")
    with pytest.raises(Forbidden, match="finn changed how A is paid"):
        approve(con, batch, "finn")
    desk.drop_batch(con, signed("fay"), batch)
    approve(con, prepare(con, "finn"), "fay")


def test_two_partners_with_one_account_are_asked_about_at_once_and_their_leads_show_it(con) -> None:
    confirm(con, propose(con, partner="A"))
    asked = "select left_key, right_key, reasons from near_matches where kind = 'partner' and right_key = 'S'"
    assert ask(con, asked) == []
    propose(con, partner="S", **ABROAD)
    assert ask(con, asked) == [("A", "S", ["same bank details"])]
    assert ask(con, "select flags from evaluations where lead = 'R1'") == [(["shared_payee_details"],)]
    assert desk.first_fault(con) is None


def answered(con, kind: str, left: str, right: str, answer: str = "same") -> None:
    """Let people say about two partners or persons that they are the same."""
    with con.cursor() as cursor:
        cursor.execute("insert or ignore into near_matches select ?, ?, ?, ?, 'partners', ?, 'partners', ?, 1.0, [], "
                       "false, '2025-06-19', null", [f"{left} {right}", kind, left, right, left, right]).fetchall()
        cursor.execute("insert into match_answers select id || answers, id, ?, 'sara', null, '2025-06-19', "
                       "timestamp '2025-06-19' + interval (answers) second from near_matches, "
                       "(select count(*) as answers from match_answers) where kind = ? and left_key = ? and "
                       "right_key = ?", [answer, kind, left, right]).fetchall()


@pytest.mark.parametrize("email", ["pat@pa-group.example", "pat@pa-holding.example"])
def test_who_is_of_an_organization_that_is_the_same_as_the_partners_decides_nothing(con, email: str) -> None:
    desk.add_person(con, signed("operator"), "pat", "Pat", email)
    desk.grant(con, signed("operator"), "pat", "finance")
    answered(con, "organization", "d:pa-group.example", "d:partner-a.example")
    answered(con, "organization", "d:pa-group.example", "d:pa-holding.example")
    with pytest.raises(Forbidden, match="pat belongs to A"):
        prepare(con, "pat")
    batch = prepare(con, "finn")
    with pytest.raises(Forbidden, match="pat belongs to A"):
        approve(con, batch, "pat")
    answered(con, "organization", "d:pa-group.example", "d:partner-a.example", "related")
    approve(con, batch, "pat")


def test_partners_of_one_organization_are_not_the_same(con) -> None:
    with con.cursor() as cursor:
        cursor.execute("update partners set org_key = 'd:partner-a.example' where id = 'B'").fetchall()
    desk.add_person(con, signed("operator"), "pat", "Pat", partner="B")
    desk.grant(con, signed("operator"), "pat", "finance")
    approve(con, prepare(con, "finn"), "pat")


@pytest.mark.parametrize("how", ["the partner", "through a third", "the person"])
def test_who_belongs_to_a_partner_that_is_the_same_payee_decides_nothing(con, how: str) -> None:
    desk.add_person(con, signed("operator"), "pat", "Pat", partner="B")
    desk.grant(con, signed("operator"), "pat", "finance")
    if how == "the partner":
        answered(con, "partner", "A", "B")
    elif how == "through a third":
        answered(con, "partner", "A", "S")
        answered(con, "partner", "B", "S")
    else:
        with con.cursor() as cursor:
            cursor.execute("update partners set address_key = 'e:a@partner-a.example' where id = 'A'").fetchall()
            [(key,)] = cursor.execute("select address_key from partners where id = 'B'").fetchall()
        answered(con, "person", *sorted(("e:a@partner-a.example", key)))
    with pytest.raises(Forbidden, match="You belong to the partner of this lead"):
        act(con, desk.adjust_line, "pat", "M1", line_of(con, "M1"), Decimal("1.00"), "mistake", "too little")
    found = {row["action"]: row["why_not"] for row in desk.possible(con, "pat", "M1", NOW)}
    assert found["adjust_line"] == "You belong to the partner of this lead."
    with pytest.raises(Forbidden, match="belongs to A, whom"):
        prepare(con, "pat")
    batch = prepare(con)
    with pytest.raises(Forbidden, match="belongs to A, whom"):
        approve(con, batch, "pat")
    with pytest.raises(Forbidden, match="belongs to the partner A"):
        propose(con, "pat", country="DE")


def test_who_changed_how_the_same_payee_is_paid_decides_nothing_until_the_answer_is_taken_back(con) -> None:
    propose(con, "finn", "B", first_name="Zoe")
    answered(con, "partner", "A", "B")
    with pytest.raises(Forbidden, match="You changed how the partner is paid"):
        act(con, desk.adjust_line, "finn", "M1", line_of(con, "M1"), Decimal("1.00"), "mistake", "too little")
    batch = prepare(con, "fay")
    with pytest.raises(Forbidden, match="finn changed how B is paid"):
        approve(con, batch, "finn")
    answered(con, "partner", "A", "B", "open")
    approve(con, batch, "finn")


# --- what is checked --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "said"), [
    ({"iban": "DE89370400440532013001"}, "check digits do not fit"), ({"iban": "DE8937040044053201300"}, "too long"),
    ({"iban": "0000"}, "no IBAN"), ({"iban": IBAN, "bic": "COBAXXFF"}, "no BIC"),
    ({"iban": IBAN, "bic": "PSSTFRPPXXX"}, "The IBAN is one of DE and the BIC one of FR"),
    ({"bic": "COBADEFFXXX"}, "without an account"), ({"country": "Atlantis"}, "'Atlantis' is no country"),
    ({"business_email": "zoe@"}, "no e-mail address"),
    ({"business_email": "+zoe@shop.example"}, "take this e-mail address for a formula"), ({"street": "1 Main St", "city": "X"}, "country is missing"),
    (US_ADDRESS | {"region": "ZZ"}, "two letters of its state"), (US_ADDRESS | {"postal_code": "627"}, "ZIP code"),
    ({"account_number": "12345678"}, "takes the routing number"), ({"account_number": "1"}, "no account number"),
    ({"account_number": "12345678", "routing_number": "021000022"}, "no routing number"),
    ({"account_number": "12345678", "routing_number": "021000021", "iban": IBAN}, "not by both"),
    ({"first_name": "Z" * 141}, "longer than 140"), ({"shoe_size": "9"}, "shoe_size is no payee detail"),
])
def test_what_cannot_be_right_is_refused_in_one_sentence_that_repeats_no_number(given: dict, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        merged({}, given, set())
    assert str(refused.value).count("\n") == 0
    assert not any(value in str(refused.value) for value in (given.get("iban"), given.get("account_number"))
                   if value and len(value) > 4)


def test_a_change_keeps_what_it_does_not_name_and_an_account_replaces_an_account() -> None:
    before = merged({}, ABROAD | {"first_name": " Zoë  Anna "}, set())
    assert before == {"country": "DE", "iban": IBAN, "bic": "COBADEFFXXX", "first_name": "Zoë Anna"}
    after = merged(before, {"account_number": "0001 2345", "routing_number": "021000021"}, set())
    assert after == {"country": "DE", "first_name": "Zoë Anna", "account_number": "00012345",
                     "routing_number": "021000021"}
    assert merged(before, US_ADDRESS, set())["region"] == "IL"


def test_what_payments_rest_on_is_replaced_and_not_taken_away(con) -> None:
    confirm(con, propose(con))
    with pytest.raises(Refusal, match="wire details cannot be taken away"):
        propose(con, iban="", bic="")
    with pytest.raises(Refusal, match="Nothing differs"):
        propose(con, country="DE")
    with pytest.raises(Refusal, match="no partner Q"):
        propose(con, partner="Q", country="DE")


# --- who sees them ----------------------------------------------------------------------------------------------------


def with_canaries(con, partner: str = "B") -> None:
    given = {"country": "US", "first_name": "Zoe", "last_name": "Canary", "street": "9 Canary Street",
             "city": "Canary City", "region": "IL", "postal_code": "62701", "business_email": "zoe@canary-payee.example",
             "iban": IBAN}
    confirm(con, propose(con, partner=partner, **given))
    propose(con, partner=partner, account_number="000123456789", routing_number="021000021")
    with pytest.raises(Forbidden):
        propose(con, "sara", partner=partner, iban=IBAN)
    with pytest.raises(Refusal):
        propose(con, partner=partner, iban=IBAN, account_number="000123456789")


def test_reads_show_bank_details_masked(con) -> None:
    with_canaries(con)
    after = NOW + dt.timedelta(1)
    told = repr([payees.versions(con, "B", after), payees.asked(con, "B", after), payees.readiness(con, after).rows()])
    assert "•••• 3000" in told and "•••• 6789" in told and IBAN not in told and "000123456789" not in told


def test_journal_and_log_hold_none_of_it(con, capsys) -> None:
    log.start()
    with_canaries(con)
    written = repr(ask(con, "select * from journal")).encode() + capsys.readouterr().err.encode()
    assert b"propose_payee_details" in written and not any(canary in written for canary in CANARIES)


def hits(path: Path) -> int:
    files = [file for file in (path, path.with_name(path.name + ".wal")) if file.exists()]
    return sum(file.read_bytes().count(canary) for file in files for canary in CANARIES)


def brought_as_contact(con) -> None:
    desk.load(con, signed("operator"), [json.dumps({"id": "c", "contacts": [
        {"id": "CZ", "full_name": "Zoe Canary", "email": "zoe@canary-payee.example"}]})])


def test_an_erased_person_is_in_no_payee_details_and_their_confirmation_stays(path: Path) -> None:
    con = desk.open_database(path, NOW)
    with_canaries(con)
    brought_as_contact(con)
    with con.cursor() as cursor:  # nothing is open that would keep what says how they are paid
        cursor.execute("update leads set partner = 'A' where partner = 'B'").fetchall()
    con.close()
    assert hits(path) > 0
    con = desk.open_database(path, NOW)
    done = desk.erase(con, signed("ada"), "CZ")
    assert done.after["kept"] == [] and done.after["payee_details"] == 2
    assert ask(con, "select distinct first_name, address_key like 'e:%' from payee_details") == [("(erased)", True)]
    assert [row["confirmed_by"] for row in payees.versions(con, "B", NOW + dt.timedelta(1))] == [None, "fay"]
    desk.rewrite(con)
    assert hits(path) == 0
    con = desk.open_database(path, NOW)
    assert payees.readiness(con, NOW)["partner"].to_list() == ["F", "A", "S"]
    con.close()


def test_payee_details_stay_while_a_lead_of_their_partner_is_open(con) -> None:
    with_canaries(con, "A")
    brought_as_contact(con)
    done = desk.erase(con, signed("ada"), "CZ")
    assert [row["partner"] for row in done.after["kept"]] == ["A"] and "payee_details" not in done.after
    assert paid_by(con)["iban"] == IBAN
    assert desk.first_fault(con) is None
