"""Rows on every page: on a canvas, as text without a mouse, ticked in the address, and as files."""

import html

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core import kept, ledger, partners
from core.people.pages import pages
from core.terms import catalogue
from tests.pages.test_pages import drawn, words_of
from tests.pages.test_payouts import VIEWS, batch
from tests.pages.test_roles import acting, press

HIDDEN = ("Currency",)
"""Columns that a table may leave to its heading."""


def text_of(at: AppTest) -> str:
    return html.unescape(words_of(at))


def cells_of(at: AppTest) -> set[str]:
    """Every text in every table."""
    return {one for table in at.dataframe for name in table.value.columns if name not in HIDDEN
            for one in table.value[name] if isinstance(one, str)}


def files_of(at: AppTest) -> list[str]:
    return [one.proto.id.split("-", 2)[-1] for one in at.get("download_button")]


def sender(con: duckdb.DuckDBPyConnection) -> str:
    """A partner with rejected leads, and so many leads that they take several pages."""
    rows = partners.figures(con, kept.kept_as_of(con)).sort("submitted", descending=True)
    return next(row["partner"] for row in rows.to_dicts() if row["rejected"])


@pytest.mark.parametrize("view", VIEWS)
def test_every_row_about_money_is_text_too(owed: duckdb.DuckDBPyConnection, view: str) -> None:
    batch(owed)
    query = {"view": view}
    if view == "Statements":
        row = ledger.lines(owed, ledger.Filters(program="ptr"), 1, 1).to_dicts()[0]
        query |= {"statement_program": "Referral Partner",
                  "statement_partner": f"{row['partner_name']} · {row['partner']}",
                  "statement_month": f"{row['period']:%B %Y}"}
    grid, plain = acting("payouts", "finn", **query), acting("payouts", "finn", **query, plain="true")
    assert grid.dataframe
    assert not plain.dataframe
    said = text_of(plain)
    assert not [one for one in cells_of(grid) if one not in said]


@pytest.mark.parametrize(("page", "person", "query"), [
    ("partners", "chen", {}), ("partners", "chen", {"partner": "?"}), ("conflicts", "chen", {}),
    ("pipeline", "mona", {"tables": "true"}), ("pipeline", "mona", {"rows": "Reached: Paid"}),
    ("terms", "mona", {"part": "Criteria", "criterion": "?", "verdict": "pass"}),
])
def test_every_row_of_other_pages_is_text_too(con: duckdb.DuckDBPyConnection, page: str, person: str, query: dict
                                              ) -> None:
    if "partner" in query:
        query = {"partner": sender(con)}
    if "criterion" in query:
        at = acting("terms", person, part="Criteria")
        query["criterion"] = next(one.key for one in at.button if (one.key or "").endswith("-pass")).split("-")[1]
    grid, plain = acting(page, person, **query), acting(page, person, **query, plain="true")
    assert grid.dataframe and not plain.dataframe
    said = text_of(plain)
    assert not [one for one in cells_of(grid) if one not in said]


def test_the_choice_stands_on_every_page_and_stays(con: duckdb.DuckDBPyConnection) -> None:
    for page in pages():
        assert [one.label for one in drawn(page).toggle].count("Plain lists") == 1
    at = drawn("triage")
    at.toggle(key="plain").set_value(True).run()
    at.switch_page("../pages/partners.py").run()
    assert at.toggle(key="plain").value and not at.dataframe


def outside() -> None:
    """A page with text from outside in every kind of row."""
    import polars as pl
    import streamlit as st

    from pages.parts import grids

    st.session_state["plain"] = True
    rows = pl.DataFrame({"Name": ["<img src=x onerror=alert(1)>"], "What": ["![a](http://evil.example/a.png)"]})
    grids.shown(rows, "Looked at")
    grids.ticked(rows, ["[a](http://evil.example)"], "one", "Ticked")
    grids.opening(rows, ["<b>"], "other", "Opened", lambda one: None)


def test_what_comes_from_outside_stays_text() -> None:
    at = AppTest.from_function(outside).run()
    assert not at.exception and not at.markdown and len(at.get("html")) == 3
    assert all("<img" not in one.proto.body and "&lt;img" in one.proto.body for one in at.get("html"))
    assert [one.label for one in at.button] == ["Show row 1"]


def test_several_leads_are_ticked_in_the_plain_list(con: duckdb.DuckDBPyConnection) -> None:
    at = drawn("triage", plain="true")
    first, second = [one.key.removeprefix("tick-") for one in at.button if (one.key or "").startswith("tick-")][:2]
    press(at, f"Tick {first}")
    press(at, f"Tick {second}")
    assert "2 leads" in text_of(at)
    press(at, f"Untick {first}")
    assert "2 leads" not in text_of(at)


def test_a_ticked_line_batch_and_payee_stand_in_the_address(owed: duckdb.DuckDBPyConnection) -> None:
    batch(owed)
    for view, key in (("Lines", "line"), ("Batches", "batch"), ("Payees", "payee")):
        at = acting("payouts", "finn", view=view, plain="true")
        button = [one for one in at.button if (one.key or "").startswith(f"show-{key}-")][-1]
        button.click().run()
        one = button.key.removeprefix(f"show-{key}-")
        assert at.query_params[key] in (one, [one])
        again = acting("payouts", "finn", view=view, **{key: one})
        assert one.split("/")[-1] in text_of(again)
        assert f"‘{one}’" not in text_of(again)


@pytest.mark.parametrize(("view", "key", "said"), [
    ("Lines", "line", "There is no line ‘nothing’"), ("Lines", "batch", "There is no batch ‘nothing’"),
    ("Lines", "lead", "No line of ‘nothing’ counts here"), ("Batches", "batch", "There is no batch ‘nothing’"),
    ("Lines", "payee", "There is no payee ‘nothing’"), ("Payees", "payee", "There is no payee ‘nothing’")])
def test_an_id_that_nothing_has_is_said(owed: duckdb.DuckDBPyConnection, view: str, key: str, said: str
                                        ) -> None:
    batch(owed)
    assert said in text_of(acting("payouts", "finn", view=view, **{key: "nothing"}))


def test_lines_are_narrowed_to_a_batch_and_to_a_lead_and_widened_again(owed: duckdb.DuckDBPyConnection) -> None:
    name = batch(owed)
    of_batch = ledger.lines(owed, ledger.Filters(batch=name))
    at = acting("payouts", "finn", batch=name)
    assert f" of {of_batch.height:,}" in text_of(at)
    press(at, "Every batch")
    assert f" of {ledger.lines(owed, ledger.Filters(currency='USD')).height:,}" in text_of(at)
    lead = of_batch["lead"][0]
    found = ledger.lines(owed, ledger.Filters(lead=lead))
    at = acting("payouts", "finn", lead=lead)
    assert f" of {found.height:,}" in text_of(at) and list(at.dataframe[0].value["Lead"]) == [lead] * found.height


def test_a_payment_opens_its_lines_and_a_line_its_batch(owed: duckdb.DuckDBPyConnection) -> None:
    name = batch(owed)
    payment = ledger.payments(owed, name).sort("partner").to_dicts()[0]
    at = acting("payouts", "finn", view="Batches", plain="true")
    at.button(key=f"lines-{payment['partner']}").click().run()
    assert f"1-{len(payment['lines'])} of {len(payment['lines'])}" in text_of(at)
    assert payment["payment"] in text_of(at)
    press(at, f"Batch {name}")
    assert at.radio(key="view").value == "Batches"
    assert "There is no batch" not in text_of(at)


def test_the_proof_and_the_months_ahead_open_exactly_their_lines(owed: duckdb.DuckDBPyConnection) -> None:
    row = ledger.reconcile(owed).to_dicts()[0]
    at = acting("payouts", "finn", view="Months", plain="true")
    key = "-".join(str(row[name]) for name in ("partner", "program", "currency", "period"))
    at.button(key=f"lines-{key}").click().run()
    assert f" of {row['lines']:,}" in text_of(at)
    program = catalogue().programs[row["program"]].short_name  # all of it stands in the address too
    again = acting("payouts", "finn", payouts_program=program, payee=row["partner"],
                   payouts_month=f"{row['period']:%B %Y}")
    assert {"payouts_program", "payouts_month", "payee"} <= set(at.query_params)
    assert f" of {row['lines']:,}" in text_of(again)
    row = ledger.by_month(ledger.ahead(owed)).to_dicts()[0]
    at = acting("payouts", "finn", view="Ahead", plain="true")
    next(one for one in at.button if one.label == "Its lines").click().run()
    assert f" of {row['lines']:,}" in text_of(at)


def test_a_lead_and_a_partner_open_their_lines_for_who_may_see_them(owed: duckdb.DuckDBPyConnection) -> None:
    line = ledger.lines(owed, ledger.Filters(currency="USD"), 1, 1).to_dicts()[0]
    for page, query in (("checklist", {"lead": line["lead"]}), ("partners", {"partner": line["partner"]})):
        assert "Its lines" not in {one.label for one in acting(page, "chen", **query).button}
        at = acting(page, "mona", **query)
        next(one for one in at.button if one.label == "Its lines").click().run()
        assert at.title[0].value == "Payouts"
        of = next(one.value for one in at.dataframe if "Counts as" in one.value)
        assert set(of["Lead" if page == "checklist" else "Payee"]) == {
            line["lead" if page == "checklist" else "partner_name"]}


@pytest.mark.parametrize(("page", "person", "query", "key"), [
    ("payouts", "finn", {"view": "Payees"}, "payees_page"), ("partners", "chen", {"partner": "?"}, "lead_page"),
    ("pipeline", "mona", {"rows": "Reached: Paid"}, "rows_page"),
    ("payouts", "finn", {"view": "Months"}, "proof_page"), ("conflicts", "chen", {}, "cases_page"),
    ("terms", "mona", {"part": "Criteria", "criterion": "?", "verdict": "pass"}, "leads_page")])
def test_a_page_number_of_the_address_is_that_page(owed: duckdb.DuckDBPyConnection, page: str,
                                                   person: str, query: dict, key: str) -> None:
    if "partner" in query:
        query = {"partner": sender(owed)}
    if "criterion" in query:
        at = acting("terms", person, part="Criteria")
        query["criterion"] = next(one.key for one in at.button if (one.key or "").endswith("-pass")).split("-")[1]
    first, second = acting(page, person, **query), acting(page, person, **query, **{key: "2"})
    assert second.pagination(key=key).value == 2
    assert text_of(first) != text_of(second) or cells_of(first) != cells_of(second)


@pytest.mark.parametrize(("page", "person", "query", "names"), [
    ("payouts", "finn", {"view": "Batches"}, ("batches", "payments-")),
    ("payouts", "finn", {"view": "Payees"}, ("payees",)), ("payouts", "finn", {"view": "Ahead"}, ("liability",)),
    ("conflicts", "chen", {}, ("ownerships-that-end", "who-registers-most")),
    ("partners", "chen", {"partner": "?"}, ("leads-", "reasons-"))])
def test_what_is_on_the_screen_is_a_file_of_both_kinds(owed: duckdb.DuckDBPyConnection, page: str,
                                                       person: str, query: dict, names: tuple[str, ...]) -> None:
    batch(owed)
    if "partner" in query:
        query = {"partner": sender(owed)}
    found = files_of(acting(page, person, **query))
    for name in names:
        for kind in ("csv", "xlsx"):
            assert any(f"{kind}-{name}" in one for one in found), (kind, name, found)


def test_a_statement_is_a_workbook_too(owed: duckdb.DuckDBPyConnection) -> None:
    row = ledger.lines(owed, ledger.Filters(program="ptr"), 1, 1).to_dicts()[0]
    at = acting("payouts", "finn", view="Statements", statement_program="Referral Partner",
                statement_partner=f"{row['partner_name']} · {row['partner']}",
                statement_month=f"{row['period']:%B %Y}")
    assert any(f"xlsx-lines-of-the-month-{row['currency'].lower()}" in one for one in files_of(at))


def test_a_search_among_people_stands_in_the_address(con: duckdb.DuckDBPyConnection) -> None:
    said = text_of(acting("admin", "ada", someone="Finn"))
    assert "Finn Sample" in said and "Sara Sample" not in said
