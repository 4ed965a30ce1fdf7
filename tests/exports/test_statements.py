"""Statements as pages and tables: they add up, stand alone, and nothing a partner is called becomes part of them."""

import codecs
import csv
import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports.statements import COLUMNS, Account, Line, Paid, Refused, Statement, as_csv, as_html
from tests.exports.batches import opened

HOSTILE = ('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "</style><h1>x", "&lt;b&gt;", "=1+1",
           "<!--", "]]>", "' onload='x", "http://outside.example/x.css")


def statement(text: str = "Northwind Logistics") -> Statement:
    day = dt.date(2026, 6, 16)
    lines = (
        Line(text, "Commission, 10 % of 1,001.00 USD", "ptr.pay.0", Decimal("100.10"), day, None, "to be paid"),
        Line("Contoso Logistics", "Commission, 10 % of 24,600.00 USD", "ptr.pay.0", Decimal("2460.00"), day,
             dt.date(2026, 6, 28), "paid"),
        Line("Contoso Logistics", "Correction: a customer got money back", "ptr.pay.0", Decimal("-60.00"), day, None,
             "to be paid"),
    )
    usd = Account("USD", Decimal("300.00"), lines, (), (
        Paid(dt.date(2026, 6, 28), Decimal("2760.00"), "TX-88412", ("Contoso Logistics", text)),
        Paid(None, Decimal("1.00"), None, (text,))))
    eur = Account("EUR", Decimal("12.30"), (), (), ())
    refused = (Refused(text, "ptr.valid.3", f"{text} bought the same product in March.", dt.date(2026, 6, 9)),)
    return Statement("P-17", text, "Celigo Referral Partner Program", dt.date(2026, 6, 1), dt.date(2026, 7, 2),
                     (usd, eur), refused, (("ptr.pay.0", "Commission within 30 days", f"{text} is paid in 30 days."),))


class Page(HTMLParser):
    """The elements of a page, what they refer to, and its text."""

    def __init__(self, content: bytes):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_balance_adds_up() -> None:
    usd, eur = statement().accounts
    assert (usd.earned, usd.paid, usd.carried) == (Decimal("2500.10"), Decimal("2761.00"), Decimal("39.10"))
    assert (eur.earned, eur.paid, eur.carried) == (Decimal("0.00"), Decimal("0.00"), Decimal("12.30"))


def test_what_is_no_longer_owed_is_told_and_taken_off() -> None:
    usd, eur = statement().accounts
    ended = replace(usd.lines[0], amount=Decimal("-100.10"), state="no longer owed")
    told = replace(statement(), accounts=(replace(usd, ended=(ended,)), eur))
    assert told.accounts[0].carried == usd.carried - Decimal("100.10")
    assert "No longer owed" in Page(as_html(told)).text and "No longer owed" not in Page(as_html(statement())).text
    assert [row["amount"] for row in csv.DictReader(io.StringIO(as_csv(told).decode("utf-8-sig")))
            if row["part"] == "no longer owed"] == ["-100.10"]


def test_what_is_left_is_said_of_the_end_of_the_month_once_it_is_over() -> None:
    assert "To be paid at the end of June" in Page(as_html(statement())).text
    assert "at the end of" not in Page(as_html(replace(statement(), made_on=dt.date(2026, 6, 30)))).text


def test_a_payment_that_came_back_is_told_and_taken_off() -> None:
    usd, eur = statement().accounts
    back = Paid(dt.date(2026, 6, 29), Decimal("-2760.00"), None, ("Contoso Logistics",), "It <came> back.")
    told = replace(statement(), accounts=(replace(usd, payments=(*usd.payments, back)), eur))
    assert told.accounts[0].carried == usd.carried + Decimal("2760.00")
    assert "It <came> back." in Page(as_html(told)).text
    assert [row["what"] for row in csv.DictReader(io.StringIO(as_csv(told).decode("utf-8-sig")))
            if row["part"] == "came back"] == ["It <came> back."]


def test_the_page_says_what_was_earned_paid_and_refused_with_its_clauses() -> None:
    text = Page(as_html(statement())).text
    for said in ("Statement for June 2026", "as of 2 Jul 2026", "Balance in USD", "2,460.00", "\u221260.00", "39.10",
                 "28 Jun 2026", "TX-88412", "not known", "Leads that were not accepted", "bought the same product",
                 "ptr.pay.0 · Commission within 30 days"):
        assert said in text
    empty = replace(statement(), accounts=(), refused=(), clauses=())
    assert "Nothing was earned or paid in this month" in Page(as_html(empty)).text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_becomes_part_of_the_page(text: str) -> None:
    plain, found = Page(as_html(statement())), Page(as_html(statement(text)))
    assert found.tags == plain.tags and found.attributes == plain.attributes
    assert text in found.text


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_whatever_a_partner_is_called_the_page_has_the_same_elements(text: str) -> None:
    assert Page(as_html(statement(text))).tags == Page(as_html(statement())).tags


def test_the_page_stands_alone_and_runs_nothing() -> None:
    content = as_html(statement())
    page = Page(content)
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & set(page.tags)
    assert not {"src", "href", "srcset", "action"} & {name for name, _ in page.attributes}
    assert not re.search(rb"url\(|@import|https?:", content)
    assert b"default-src 'none'" in content
    assert content == as_html(statement())


def test_the_table_has_a_row_for_each_line_payment_balance_and_refusal(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(statement()).decode("utf-8-sig"))))
    assert [row["part"] for row in rows] == [
        "brought forward", "earned", "earned", "earned", "paid", "paid", "to be paid", "brought forward", "to be paid",
        "refused"]
    assert rows[3]["amount"] == "-60.00" and rows[6]["amount"] == "39.10" and rows[2]["paid_on"] == "2026-06-28"
    assert as_csv(statement()).startswith(codecs.BOM_UTF8)  # a person opens it, and names stay whole
    seen = opened(tmp_path, "statement.csv", as_csv(statement("=1+1")))
    assert seen[0][0]["text"] == "part"
    assert not [cell for row in seen for cell in row if cell["formula"]]
    amounts = [row[COLUMNS.index("amount")] for row in seen[1:-1]]
    assert {cell["type"] for cell in amounts} == {"float"} and Decimal(amounts[3]["value"]) == Decimal("-60")


def test_a_statement_is_named_by_month_and_partner() -> None:
    assert statement().file_name("html") == "statement-2026-06-P-17.html"
    assert replace(statement(), partner="../x y").file_name("csv") == "statement-2026-06----x-y.csv"
