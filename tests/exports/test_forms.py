"""Payment files: what stands in them, that they repeat, and what other programs see in them."""

import codecs
import csv
import datetime as dt
import io
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports import FORMS, Batch, Debtor
from core.exports.cells import inert, table
from core.model import Refusal
from tests.exports.batches import batch, opened, payment, wire

STARTS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\r\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)",
          " =1", "﹦1", "=cmd|'/c calc'!A1", "=HYPERLINK(\"http://x.example\")", "https://x.example", "'=1")
"""Texts by which a partner may try to have something worked out on another's machine."""


def rows(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def fitting() -> dict[str, Batch]:
    """A batch for each form."""
    wires = (wire(1), wire(2, amount=Decimal("0.10")))
    return {name: batch(*wires, method="wire") if "wire" in form.methods else
            batch(method="check" if "check" in form.methods else "gift_card") for name, form in FORMS.items()}


@pytest.mark.parametrize("name", FORMS)
def test_the_same_batch_gives_the_same_bytes(name: str) -> None:
    assert FORMS[name].write(fitting()[name]) == FORMS[name].write(fitting()[name])


@pytest.mark.parametrize("name", FORMS)
def test_no_payment_file_begins_with_a_mark_that_a_machine_would_take_for_a_name(name: str) -> None:
    assert not FORMS[name].write(fitting()[name]).startswith(codecs.BOM_UTF8)


def test_a_gift_card_order_carries_the_payment_id_so_that_it_is_ordered_once() -> None:
    found = rows(FORMS["gift_cards"].write(batch()))
    assert found[0] == {
        "external_id": "pay-0001", "recipient_name": "Zoë Müller", "recipient_email": "zoe@shop.example",
        "denomination": "1234.50", "currency_code": "USD", "delivery_method": "EMAIL", "message": "Referral bonus"}
    assert [row["external_id"] for row in found] == ["pay-0001", "pay-0002"]


@pytest.mark.parametrize("email", ["+ann@x.example", "-bob@x.example", "=1+1@x.example"])
def test_an_address_that_would_be_taken_for_a_formula_is_never_altered_in_an_order(email: str) -> None:
    with pytest.raises(Refusal, match="Zoë Müller: a spreadsheet would take the e-mail address for a formula"):
        FORMS["gift_cards"].write(batch(payment(1, email=email), payment(2, name="Bo")))
    [row] = rows(FORMS["gift_cards"].write(batch(payment(1, email="ann+x@x.example"))))
    assert row["recipient_email"] == "ann+x@x.example"


def test_a_check_list_has_the_address_in_three_lines() -> None:
    long = payment(3, address=("c/o Zoë", "1 Main St", "Suite 4", "Springfield, IL 62701"), currency="CAD")
    found = rows(FORMS["checks"].write(batch(payment(1, address=("1 Main St",)), long, method="check")))
    assert [tuple(row[f"address_{line}"] for line in (1, 2, 3)) for row in found] == [
        ("1 Main St", "", ""), ("c/o Zoë", "1 Main St", "Suite 4, Springfield, IL 62701")]
    assert found[1]["amount"] == "1234.50" and found[1]["currency"] == "CAD"


def test_wires_go_by_iban_or_by_account_and_routing_number() -> None:
    found = rows(FORMS["wires"].write(batch(wire(1), payment(2, account="000123", routing="021000021"), method="wire")))
    assert [(row["iban"], row["account"], row["routing"]) for row in found] == [
        ("FR1420041010050500013M02606", "", ""), ("", "000123", "021000021")]


def test_a_workbook_keeps_the_leading_zeros_of_an_account_where_a_csv_that_is_opened_loses_them(tmp_path: Path) -> None:
    told = batch(payment(1, account="000123", routing="021000021"), method="wire")
    seen = {name: opened(tmp_path, f"{name}.{FORMS[name].ending}", FORMS[name].write(told)) for name in ("workbook", "wires")}
    places = [[cell["text"] for cell in seen["workbook"][0]].index(name) for name in ("account", "routing")]
    assert [(seen["workbook"][1][place]["text"], seen["workbook"][1][place]["type"]) for place in places] == [
        ("000123", "string"), ("021000021", "string")]
    assert "21000021" in [cell["value"] for cell in seen["wires"][1]]
    assert [name for name, form in FORMS.items() if form.warning] == ["wires"]
    assert "leading zeros" in FORMS["wires"].warning and "workbook" in FORMS["wires"].warning


@pytest.mark.parametrize(("name", "lacking", "said"), [
    ("gift_cards", {"email": None}, "no e-mail address"), ("checks", {"address": ()}, "no postal address"),
    ("wires", {"iban": None}, "no bank account"),
])
def test_a_payment_without_what_its_form_needs_is_refused_by_name(name: str, lacking: dict, said: str) -> None:
    with pytest.raises(Refusal, match=f"Zoë Müller.*{said}"):
        FORMS[name].write(batch(payment(**lacking)))


def test_a_file_is_named_by_program_method_and_cut_off() -> None:
    assert FORMS["workbook"].file_name("raf", "gift_card", dt.date(2026, 6, 30), "batch-7f3a") == (
        "raf-gift_card-2026-06-30-batch-7f3a.xlsx")
    assert [name for name, form in FORMS.items() if form.fits("check")] == ["checks", "workbook"]
    assert [name for name, form in FORMS.items() if form.fits("paypal")] == ["workbook"]


@given(st.text(st.sampled_from("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫'\"; ,\0\x1ba1é"), max_size=12) | st.text(max_size=30))
def test_no_text_begins_as_a_formula_does(text: str) -> None:
    cell = inert(text)
    assert unicodedata.normalize("NFKC", cell)[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert not any(unicodedata.category(sign) == "Cc" for sign in cell)
    [_, row] = csv.reader(io.StringIO(table(("a", "b"), [(text, Decimal("5.10"))]).decode(), newline=""))
    assert row == [cell, "5.10"]


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.mime == "text/csv"])
def test_libreoffice_finds_no_formula_in_a_csv_and_amounts_are_numbers(name: str, tmp_path: Path) -> None:
    payments = [wire(number, name=text, memo=text, address=(text, text), email="a@b.example")
                for number, text in enumerate(STARTS)]
    content = FORMS[name].write(batch(*payments, method=next(iter(FORMS[name].methods))))
    seen = opened(tmp_path, f"{name}.csv", content)
    assert len(seen) == len(STARTS) + 1
    assert not [cell for row in seen for cell in row if cell["formula"]]
    header = [cell["text"] for cell in seen[0]]
    amount = next(place for place, text in enumerate(header) if text in ("amount", "denomination"))
    payee = next(place for place, text in enumerate(header) if text in ("payee", "recipient_name"))
    assert {(row[amount]["type"], Decimal(row[amount]["value"])) for row in seen[1:]} == {("float", Decimal("1234.5"))}
    assert [row[payee]["text"] for row in seen[1:]] == [inert(text) for text in STARTS]


def test_libreoffice_finds_no_formula_and_no_link_in_a_workbook_and_amounts_are_numbers(tmp_path: Path) -> None:
    payments = [payment(number, name=text, memo=text, more=(("paypal", text),)) for number, text in enumerate(STARTS)]
    content = FORMS["workbook"].write(batch(*payments))
    seen = opened(tmp_path, "batch.xlsx", content)
    assert not [cell for row in seen for cell in row if cell["formula"]]
    assert b"xlink:href" not in (tmp_path / "batch.fods").read_bytes().split(b"<office:body>")[1]
    assert [cell["text"] for cell in seen[0]][:3] == ["payment", "payee", "amount"]
    assert {(row[2]["type"], Decimal(row[2]["value"])) for row in seen[1:]} == {("float", Decimal("1234.5"))}
    assert [row[1]["text"] for row in seen[1:]] == [inert(text) for text in STARTS]


def test_a_debtor_of_another_batch_changes_no_list() -> None:
    other = Debtor("Other", "FR1420041010050500013M02606")
    assert FORMS["gift_cards"].write(batch()) == FORMS["gift_cards"].write(batch(debtor=other))
