"""Files that come back from a bank or a gift card service."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from xlsxwriter import Workbook

from core.exports import FORMS, Result, read_results
from core.intake.formats import read_bytes
from core.model import Refusal
from tests.exports.batches import batch, payment

ZONE = "America/Los_Angeles"


def file(*lines: str, header: str = "payment,result,paid_on,reference,reason,amount") -> bytes:
    return "\n".join([header, *lines]).encode()


def test_paid_and_failed_payments_are_read_with_day_reference_and_reason() -> None:
    found = read_results(file("pay-1,Paid,2026-07-03,TX9,,1234.5", "pay-2,failed,,,Account closed,",
                              'pay-3,executed,2026-07-04T10:00:00Z,,,"1,000.00"'), "back.csv", ZONE)
    assert found.results == (
        Result(2, "pay-1", "paid", dt.date(2026, 7, 3), "TX9", None, Decimal("1234.50")),
        Result(3, "pay-2", "failed", None, None, "Account closed", None),
        Result(4, "pay-3", "paid", dt.date(2026, 7, 4), None, None, Decimal("1000.00")),
    )
    assert found.refused == () and found.waiting == 0


@pytest.mark.parametrize(("line", "said"), [
    (",paid,2026-07-03,,,", "id of the payment is missing"), ("pay-2,pending,,,,", "'pending' does not say whether"),
    ("pay-2,paid,,,,", "day of the payment is missing"), ("pay-2,paid,03/07/2026,,,", "'03/07/2026' is no day"),
    ("pay-2,paid,2026-02-30,,,", "'2026-02-30' is no day"), ("pay-2,failed,,,,", "reason is missing"),
    ('pay-2,paid,2026-07-03,,,"12,50"', "'12,50' is no amount"),
    ("pay-2,paid,2026-07-03,,,1.005", "whole cents"),
])
def test_a_row_that_cannot_be_used_is_refused_in_one_sentence_and_the_others_count(line: str, said: str) -> None:
    found = read_results(file("pay-1,paid,2026-07-03,,,", line), "back.csv", ZONE)
    assert [one.payment for one in found.results] == ["pay-1"]
    assert len(found.refused) == 1 and found.refused[0].startswith("Row 3: ") and said in found.refused[0]


@pytest.mark.parametrize("lines", [
    ("pay-1,failed,,,Insufficient details,", "pay-1,paid,2026-07-03,,,"), ("pay-1,paid,2026-07-03,,,", "pay-1,failed,,,Late,"),
    ("pay-1,paid,2026-07-03,TX1,,", "pay-1,paid,2026-07-03,TX2,,"), ("pay-1,paid,2026-07-03,,,", "pay-1,paid,2026-07-04,,,"),
    ("pay-1,failed,,,Closed,", "pay-1,paid,,,,"),
])
def test_rows_that_contradict_each_other_about_a_payment_are_all_refused(lines: tuple[str, str]) -> None:
    found = read_results(file(*lines, "pay-2,paid,2026-07-03,,,"), "back.csv", ZONE)
    assert [one.payment for one in found.results] == ["pay-2"]
    assert found.refused[-1].startswith("The payment pay-1 is told of in different ways (rows 2, 3): none of them counts.")


def test_a_row_that_is_repeated_counts_once() -> None:
    found = read_results(file("pay-1,paid,2026-07-03,,,", "pay-1,PAID,2026-07-03T08:00:00,,,", "pay-1,,,,,"), "back.csv", ZONE)
    assert [one.row for one in found.results] == [2] and found.refused == () and found.waiting == 1


@pytest.mark.parametrize(("header", "told"), [("Currency", "eur"), ("currency_code", " EUR "), ("memo", None)])
def test_the_currency_is_read_where_the_file_has_one(header: str, told: str | None) -> None:
    found = read_results(file(f"pay-1,paid,2026-07-03,{told or ''}", header=f"payment,result,paid_on,{header}"), "back.csv", ZONE)
    assert found.results[0].currency == (told and "EUR")


def test_rows_without_a_result_wait() -> None:
    found = read_results(file("pay-1,,,,,", "pay-2,paid,2026-07-03,,,"), "back.csv", ZONE)
    assert found.waiting == 1 and len(found.results) == 1


def test_the_names_of_a_gift_card_service_are_understood() -> None:
    found = read_results(file("pay-1,DELIVERED,2026-07-03 08:00:00,O77", header="External ID,Status,Delivered at,Order ID"),
                         "orders.csv", ZONE)
    assert found.results[0].reference == "O77" and found.results[0].paid_on == dt.date(2026, 7, 3)


@pytest.mark.parametrize(("told", "day"), [
    ("2025-07-01T02:00:00Z", dt.date(2025, 6, 30)), ("2025-07-01 02:00 UTC", dt.date(2025, 6, 30)),
    ("2025-06-30T22:00:00-05:00", dt.date(2025, 6, 30)), ("2025-06-30T23:00:00-09:00", dt.date(2025, 7, 1)),
    ("2025-07-01T02:00:00", dt.date(2025, 7, 1)), ("2025-07-01", dt.date(2025, 7, 1)),
])
def test_an_instant_is_paid_on_the_day_that_it_is_in_the_zone_of_the_program(told: str, day: dt.date) -> None:
    assert read_results(file(f"pay-1,paid,{told},,,"), "back.csv", ZONE).results[0].paid_on == day


def test_what_is_neither_day_nor_instant_is_refused() -> None:
    found = read_results(file("pay-1,paid,2025-07-01 at noon,,,"), "back.csv", ZONE)
    assert "'2025-07-01 at noon' is no day" in found.refused[0]


def test_a_detail_of_a_payee_stands_in_no_column_of_ours() -> None:
    asked = (("amount", "9999999"), ("account", "ACC-1"), ("Result", "paid"), ("tax_id", "T-1"))
    content = FORMS["workbook"].write(batch(payment(1, more=asked), payment(2)))
    assert read_results(content, "batch.xlsx", ZONE).waiting == 2
    cells = read_bytes(content, "batch.xlsx").cells
    assert [name for name in cells.columns if cells[name][0] in dict(asked).values()] == [
        "payee Result", "payee account", "payee amount", "tax_id"]
    assert cells.select("payment", "memo", "result").row(0) == ("pay-0001", payment(1).memo, "")


def test_a_file_without_results_says_which_column_is_missing() -> None:
    with pytest.raises(Refusal, match="no column result"):
        read_results(FORMS["gift_cards"].write(batch()), "order.csv", ZONE)
    with pytest.raises(Refusal, match="is empty"):
        read_results(b"", "back.csv", ZONE)


def test_our_workbook_comes_back_with_its_results() -> None:
    unanswered = read_results(FORMS["workbook"].write(batch()), "batch.xlsx", ZONE)
    assert unanswered.results == () and unanswered.waiting == 2
    out = io.BytesIO()
    book = Workbook(out)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["payment", "amount", "result", "paid_on"])
    sheet.write_row(1, 0, ["pay-0001", 1234.5, "paid"])
    sheet.write_datetime(1, 3, dt.datetime(2026, 7, 3), day)
    book.close()
    assert read_results(out.getvalue(), "batch.xlsx", ZONE).results == (
        Result(2, "pay-0001", "paid", dt.date(2026, 7, 3), None, None, Decimal("1234.50")),)
    assert "currency" in read_bytes(FORMS["workbook"].write(batch()), "batch.xlsx").cells.columns
