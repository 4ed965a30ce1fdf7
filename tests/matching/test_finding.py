"""What is asked about, in which words, and what is not: typos, moved domains, legal forms, scripts, phones, crowds."""

import datetime as dt

import pytest

from core import store
from core.matching import finding
from tests.matching.building import companies, people, proposals, reasons, world

MIA = {"full_name": "Mia Chen", "email": "mia@northwind.example", "org": "O1"}


@pytest.mark.parametrize(("other", "words"), [
    ({"full_name": "Mia Cheng", "email": "m.cheng@northwind.example", "org": "O1"},
     ["names differ in one letter", "same organization"]),
    ({"full_name": "CHEN, Mia", "email": "mia.chen@northwind.example", "org": "O1"}, ["same name", "same organization"]),
    ({"full_name": "M. Chen", "email": "mchen@northwind.example", "org": "O1"},
     ["same name, one with an initial", "same organization"]),
    ({"full_name": "Dr. Mia Chen", "email": "info@northwind.example", "org": "O1"}, ["same name", "same organization"]),
    ({"full_name": "Mia Chen", "email": "mia@northwnd.example"}, ["same name", "domains differ in one letter"]),
    ({"full_name": "Mia Li Chen", "email": None, "org": "O1"}, ["same name but for one more word", "same organization"]),
])
def test_a_person_of_the_same_organization_under_another_spelling_is_asked_about(other: dict, words: list) -> None:
    assert reasons(world(people(MIA, other))) == words


def test_the_same_phone_speaks_for_a_person_elsewhere() -> None:
    one = {"full_name": "Mia Chen", "email": "mia@gmail.com", "phone": "+1 (415) 555-0123"}
    two = {"full_name": "Mia Cheng", "email": "mia.cheng@outlook.com", "phone": "415.555.0123 ext 7"}
    assert reasons(world(people(one, two))) == ["names differ in one letter", "same phone"]


def test_a_name_in_another_script_is_the_same_name() -> None:
    one = {"full_name": "Сергей Иванов", "email": "s.ivanov@romashka.example", "org": "O1"}
    two = {"full_name": "Sergey Ivanov", "email": "ivanov@romashka.example", "org": "O1"}
    assert reasons(world(people(one, two))) == ["same name", "same organization"]


@pytest.mark.parametrize("other", [
    {"full_name": "Mia Chen", "email": "mia.chen@contoso.example", "org": "O2", "company": "Contoso"},
    {"full_name": "Mia Chen", "email": "mia.chen@gmail.com"},
    {"full_name": "Raj Patel", "email": "raj@northwind.example", "org": "O1"},
    {"full_name": "Max Chen", "email": "max@northwind.example", "org": "O1"},
    {"full_name": "Mia Patel", "email": "mia.patel@northwind.example", "org": "O1"},
    {"full_name": "Mia Chen", "email": "MIA+trial@northwind.example", "org": "O1"},
])
def test_a_namesake_a_colleague_and_the_same_address_are_not_asked_about(other: dict) -> None:
    assert reasons(world(people(MIA, other))) == []


def test_two_people_at_one_phone_are_two_people() -> None:
    one = {"full_name": "Mia Chen", "email": "mia@gmail.com", "phone": "4155550123"}
    assert reasons(world(people(one, {"full_name": "Raj Patel", "email": "raj@gmail.com", "phone": "4155550123"}))) == []


NORTHWIND = {"name": "Northwind Logistics GmbH", "domain": "northwind.example"}


@pytest.mark.parametrize(("one", "other", "words"), [
    (NORTHWIND, {"name": "Northwind Logistics GmbH", "domain": "nw-group.example"}, ["same name"]),
    (NORTHWIND, {"name": "Northwind Logistics"}, ["same name, one without its legal form"]),
    (NORTHWIND, {"name": "Northwind Logistcs GmbH"}, ["names differ in one letter"]),
    (NORTHWIND, {"name": "North Wind Logistics GmbH"}, ["same name, divided otherwise"]),
    (NORTHWIND, {"name": "Northwind Logistics GmbH", "domain": "northwind.test"},
     ["same name", "same domain name under another ending"]),
    (NORTHWIND, {"domain": "northwind.test"}, ["same domain name under another ending"]),
    ({"name": "Ромашка", "country": "RU"}, {"name": "Romashka", "country": "RU"}, ["same name", "same country"]),
    ({"name": "Northwind Logistics"}, {"domain": "northwind-logistics.example"}, ["the domain is the other's name"]),
    ({"name": "Siemens Energy AG", "phone": "089 3803 5491", "domain": "siemens-energy.example"},
     {"name": "Siemens AG", "phone": "+49 89 3803 5491", "street": "x"}, ["one name begins with the other", "same phone"]),
])
def test_a_company_under_another_spelling_is_asked_about(one: dict, other: dict, words: list) -> None:
    assert reasons(world(companies(one, other))) == words


@pytest.mark.parametrize(("one", "other"), [
    ({"name": "Deutsche Bank AG", "country": "DE"}, {"name": "Deutsche Bank GmbH", "country": "DE"}),
    ({"name": "Siemens AG"}, {"name": "Siemens Aktiengesellschaft"}),
    ({"name": "Siemens AG", "domain": "siemens.example"}, {"name": "Siemens Energy AG", "domain": "siemens-energy.example"}),
    ({"name": "Delta Air Lines", "domain": "delta.com"}, {"name": "Delta Faucet", "domain": "delta.de"}),
    ({"name": "Ashford Foods", "domain": "ashford-foods.example"}, {"name": "Ashford Print", "domain": "ashford-print.example"}),
    ({"name": "Acme Ltd", "country": "GB"}, {"name": "Acme Pty Ltd", "country": "AU"}),
    ({"name": "n/a"}, {"name": "N.A."}),
])
def test_other_companies_are_not_asked_about(one: dict, other: dict) -> None:
    assert reasons(world(companies(one, other))) == []


def test_what_is_known_to_be_one_group_needs_no_question() -> None:
    group = companies(NORTHWIND, {"name": "Northwind Logistics", "parent": "O0"})
    assert reasons(world(group)) == []


@pytest.mark.parametrize(("host", "words"), [
    ("xn--pypal-4ve.com", "domains look alike: letters of another script"),
    ("paypa1.com", "domains look alike: letters or digits taken for others"),
    ("pay-pal.com", "domains look alike: a hyphen more"),
])
def test_a_domain_spelled_to_be_taken_for_another_is_a_warning(host: str, words: str) -> None:
    found = proposals(world(companies({"name": "PayPal", "domain": "paypal.com"}, {"name": "Shop", "domain": host})))
    assert [(one["is_lookalike"], words in one["reasons"]) for one in found] == [(True, True)]


def test_letters_that_run_together_are_taken_for_others() -> None:
    found = proposals(world(companies({"name": "Sommer", "domain": "sommer.example"}, {"name": "X", "domain": "sornrner.example"})))
    assert [one["is_lookalike"] for one in found] == [True]


def test_the_same_name_under_another_ending_is_no_warning() -> None:
    found = proposals(world(companies(NORTHWIND, {"name": "Northwind Logistics", "domain": "northwind.de"})))
    assert [one["is_lookalike"] for one in found] == [False]


def test_a_company_that_only_an_address_names_is_compared_too() -> None:
    rows = companies({"name": "PayPal", "domain": "paypal.com"})
    rows["contacts"] = [{"id": "K1", "full_name": "Mia Chen", "email": "mia@paypa1.com"}]
    assert [(one["kind"], one["is_lookalike"]) for one in proposals(world(rows))] == [("organization", True)]


def test_payee_details_of_two_partners_are_a_question() -> None:
    partners = [
        {"id": "A", "kind": "affiliate", "wire_details": "IBAN DE89 3704 0044 0532 0130 00"},
        {"id": "B", "kind": "affiliate", "wire_details": "iban de89370400440532013000", "email": "pay@b.example"},
        {"id": "C", "kind": "affiliate", "email": "PAY@b.example", "wire_details": "DE02 1203 0000 0000 2020 51"},
        {"id": "D", "kind": "affiliate", "account_number": "0012345678"},
        {"id": "E", "kind": "affiliate", "paypal": "x@y.example", "account": "00-1234-5678"},
        {"id": "F", "kind": "affiliate", "check_address": "1 Main St, Springfield"},
        {"id": "G", "kind": "affiliate", "check_address": "1 Main St., Springfield"},
    ]
    found = {(one["left_key"], one["right_key"]): one["reasons"] for one in proposals(world({"partners": partners}))}
    assert found == {("A", "B"): ["same bank details"], ("B", "C"): ["same payee e-mail"],
                     ("D", "E"): ["same account number"], ("F", "G"): ["same check address"]}


def colleagues(number: int) -> dict:
    """People at one phone whose names differ in two letters or more from each other, and in one from Mia."""
    return people(*({"full_name": f"Mia {chr(97 + n % 26)}{chr(97 + n // 26)}chen", "email": f"p{n}@gmail.com",
                     "phone": "4155550123"} for n in range(number)))


def test_a_crowd_proposes_nobody() -> None:
    assert proposals(world(colleagues(finding.BLOCK_MOST)))
    assert proposals(world(colleagues(finding.BLOCK_MOST + 1))) == []


def test_of_many_look_alikes_of_one_person_the_likeliest_are_asked_about() -> None:
    con = world(people(MIA, *({"full_name": "Mia Chen", "email": f"mia{n}@northwind.example", "org": "O1"} for n in range(9))))
    with con.cursor() as cursor:
        sides = cursor.sql("select left_key as key from near_matches union all select right_key from near_matches").pl()
    assert sides["key"].value_counts()["count"].max() <= 2 * finding.PROPOSALS_MOST


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [MIA, {"full_name": "Mia Cheng", "email": "m.cheng@northwind.example", "org": "O1"},
            {"full_name": "M. Chen", "email": "mchen@northwind.example", "org": "O1"}]
    one, other = people(*rows), people(*rows)
    other["contacts"].reverse()
    assert proposals(world(one)) == proposals(world(other)) != []


def test_new_records_are_compared_with_all_others_and_among_themselves_and_never_asked_twice() -> None:
    later = people(MIA, {"full_name": "Mia Cheng", "email": "m.cheng@northwind.example", "org": "O1"},
                   {"full_name": "Mia Chen", "email": "chen@northwind.example", "org": "O1"})
    con = world(later, ask=False)
    with store.transaction(con) as cursor:
        assert finding.propose(cursor, dt.datetime(2024, 1, 1), {"contacts": ["K1"]}) == 2
        assert finding.propose(cursor, dt.datetime(2024, 1, 2), {"contacts": ["K2"]}) == 1
        assert finding.propose(cursor, dt.datetime(2024, 1, 3)) == 0
        assert finding.propose(cursor, dt.datetime(2024, 1, 3), {"contacts": []}) == 0


def test_names_that_were_never_folded_are_folded_for_a_whole_database() -> None:
    con = world(people(MIA, {"full_name": "Mia Cheng", "email": "m.cheng@northwind.example", "org": "O1"}), ask=False)
    with store.transaction(con) as cursor:
        cursor.execute("update contacts set name_key = null, company_key = null").fetchall()
        assert finding.propose(cursor, dt.datetime(2024, 1, 1)) == 1
