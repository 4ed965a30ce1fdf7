"""ISO 20022 credit transfers, checked against the schema by a program that did not write them."""

from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import sepaxml
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from core.exports import FORMS, Batch, Debtor
from core.exports.credit_transfer import NAMESPACE
from core.model import Refusal
from tests.exports.batches import batch, payment, wire

SCHEMA = xmlschema.XMLSchema(str(Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"))


def written(one: Batch) -> ET.Element:
    content = FORMS["credit_transfer"].write(one)
    SCHEMA.validate(content.decode())
    return ET.fromstring(content)


def told(root: ET.Element, path: str) -> list[str]:
    return [found.text for found in root.findall(f".//{path}", {"": NAMESPACE})]


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP"])
def test_the_message_fits_the_schema_and_keeps_every_amount_and_currency(currency: str) -> None:
    wires = [wire(1, currency=currency), wire(2, currency=currency, bic=None, amount=Decimal("0.10"))]
    root = written(batch(*wires, method="wire", currency=currency))
    assert told(root, "InstdAmt") == ["1234.50", "0.10"] and told(root, "CtrlSum") == ["1234.60"] * 2
    assert {one.get("Ccy") for one in root.findall(".//InstdAmt", {"": NAMESPACE})} == {currency}
    assert told(root, "EndToEndId") == ["pay-0001", "pay-0002"]
    assert told(root, "SvcLvl/Cd") == (["SEPA"] if currency == "EUR" else [])
    assert told(root, "CreDtTm") == ["2026-07-01T09:30:00Z"] and told(root, "ReqdExctnDt/Dt") == ["2026-07-03"]
    assert told(root, "Dbtr/Nm") == ["Celigo + Sohne"] and told(root, "Cdtr/Nm") == ["Zoe Muller"] * 2


TURKEY = {"country": "TR", "iban": "TR330006100519786457841326", "bic": None}


def test_euros_to_an_account_outside_the_sepa_zone_are_no_sepa_payment() -> None:
    root = written(batch(wire(1, currency="EUR", **TURKEY), method="wire", currency="EUR"))
    assert told(root, "SvcLvl/Cd") == [] and told(root, "ChrgBr") == ["SHAR"] and told(root, "PmtInfId") == ["batch-7f3a"]


def test_euros_to_accounts_in_and_outside_the_sepa_zone_make_two_blocks() -> None:
    wires = wire(1, currency="EUR", **TURKEY), wire(2, currency="EUR", amount=Decimal("0.10"))
    root = written(batch(*wires, method="wire", currency="EUR"))
    assert told(root, "PmtInfId") == ["batch-7f3a", "batch-7f3a-2"] and told(root, "ChrgBr") == ["SLEV", "SHAR"]
    assert told(root, "SvcLvl/Cd") == ["SEPA"] and told(root, "CtrlSum") == ["1234.60", "0.10", "1234.50"]
    assert told(root, "EndToEndId") == ["pay-0002", "pay-0001"] and told(root, "NbOfTxs") == ["2", "1", "1"]


def test_euros_from_an_account_outside_the_sepa_zone_are_no_sepa_payment() -> None:
    root = written(batch(wire(1, currency="EUR"), method="wire", currency="EUR", debtor=Debtor("Celigo", TURKEY["iban"])))
    assert told(root, "SvcLvl/Cd") == [] and told(root, "ChrgBr") == ["SHAR"]


def test_a_currency_stands_in_capitals_and_one_that_is_none_is_refused() -> None:
    root = written(batch(wire(1, currency="usd"), method="wire", currency="usd"))
    assert [one.get("Ccy") for one in root.findall(".//InstdAmt", {"": NAMESPACE})] == ["USD"]
    with pytest.raises(Refusal, match="DOLLARS’ is no currency: give its three letters"):
        written(batch(wire(1, currency="DOLLARS"), method="wire", currency="DOLLARS"))


def test_without_a_bic_of_ours_the_bank_finds_it_itself() -> None:
    root = written(batch(wire(), method="wire", debtor=Debtor("Celigo", "DE89 3704 0044 0532 0130 00")))
    assert told(root, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]
    assert told(root, "DbtrAcct/Id/IBAN") == ["DE89370400440532013000"]


def test_without_a_paying_account_it_is_said_who_can_set_it() -> None:
    with pytest.raises(Refusal, match=r"raf\.payer_account is empty\. A manager"):
        written(batch(wire(), debtor=None))


def test_a_batch_by_which_no_money_moves_is_no_message() -> None:
    with pytest.raises(Refusal, match="a bank takes no empty message"):
        written(batch(method="wire", payments=()))


def test_a_payee_without_an_iban_is_named() -> None:
    with pytest.raises(Refusal, match="1 of 2 payees have no IBAN, Zoë Müller"):
        written(batch(wire(1), payment(2)))


@pytest.mark.parametrize(("more", "said"), [
    ({"id": "pay_0001"}, "cannot stand as an id"), ({"id": "p" * 36}, "cannot stand as an id"),
    ({"iban": "FR1420041010050500013M02607"}, "no IBAN"), ({"bic": "PSSTXXPP"}, "no BIC"),
    ({"name": "<>"}, "letters that banks carry"),
])
def test_what_no_bank_would_take_is_refused(more: dict, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        written(batch(wire(**more), method="wire"))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=200), st.text(max_size=300),
                          st.decimals("0.01", "99999999.99", places=2)), min_size=1, max_size=4))
def test_whatever_a_partner_is_called_the_message_fits_the_schema(given_payments: list) -> None:
    wires = [wire(number, name=f"A{name}", memo=memo, amount=amount)
             for number, (name, memo, amount) in enumerate(given_payments)]
    root = written(batch(*wires, method="wire"))
    assert told(root, "CtrlSum") == [str(sum(amount for _, _, amount in given_payments))] * 2
    assert all(text.isascii() and len(text) <= 70 for text in told(root, "Cdtr/Nm"))
