"""The page of payouts: what each role sees there, and a batch from what is ready to what is paid."""

import datetime as dt
import re

import duckdb
import polars as pl
import pytest

from core import days, desk, exports, ledger, payees
from core.terms import catalogue
from pages.parts import database, payout_dialogs
from tests.conftest import now
from tests.pages.test_pages import drawn, words_of
from tests.pages.test_roles import acting, press, verbs

VIEWS = ("Lines", "In the way", "Ahead", "Batches", "Payees", "Statements", "Months", "Years")


def batch(con: duckdb.DuckDBPyConnection, who: str = "finn") -> str:
    """A batch of what is ready first, prepared by a person."""
    kind = ledger.ready(con)[0]
    chosen = kind["program"], kind["method"], kind["currency"]
    found = ledger.proposal(con, *chosen, now().date(), (), now())
    done = desk.prepare_batch(con, desk.Signed(who, "prepare", now()), *chosen, now().date(), (), found.total,
                              found.number)
    return done.after["batch"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("person", ["finn", "mona"])
def test_every_view_is_drawn_for_who_may_open_it(owed: duckdb.DuckDBPyConnection, view: str, person: str) -> None:
    batch(owed)
    at = acting("payouts", person, view=view)
    assert words_of(at).count("Payouts")
    assert ("Prepare a batch…" in verbs(at)) == (person == "finn")


def test_nothing_is_owed_yet_is_said_and_what_waits_for_an_amount(con: duckdb.DuckDBPyConnection) -> None:
    assert "The amount of the bonus is not set" in words_of(acting("payouts", "finn", view="In the way", plain="true"))
    assert "No batch was prepared yet" in words_of(acting("payouts", "finn", view="Batches"))


def test_a_line_leads_to_its_amount_its_clause_and_who_decided(owed: duckdb.DuckDBPyConnection) -> None:
    line = ledger.lines(owed, ledger.Filters(program="ptr"), 1, 1).to_dicts()[0]
    at = acting("payouts", "finn", payouts_program="Referral Partner")
    text = words_of(at)
    assert "commission rate" in text and "half-up to the cent" in text and line["partner_name"]
    for what in ("Why this amount", "Why it is owed", "Who decided"):
        assert what in text
    paraphrase = catalogue().programs["ptr"].clauses["ptr.pay.0"].paraphrase
    assert paraphrase not in text
    at.session_state[f"clause-earned-{line['id']}"] = True  # its clause is opened
    assert paraphrase in words_of(at.run())
    assert not re.search("judged [a-z_0-9]+: ", text)


def test_who_prepared_a_batch_stands_there_by_name(owed: duckdb.DuckDBPyConnection) -> None:
    batch(owed)
    at = acting("payouts", "fay", view="Batches")
    assert "Finn Sample prepared it." in words_of(at)
    assert list(at.dataframe[0].value["Prepared by"]) == ["Finn Sample"]


@pytest.mark.parametrize("most", [1, 200])
def test_lines_are_left_out_of_a_batch_however_many_there_are(
    owed: duckdb.DuckDBPyConnection, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payout_dialogs, "MOST_LINES", most)
    kind = ledger.ready(owed)[0]
    today = days.local_day(now(), days.zones(owed)[kind["program"]])
    every = ledger.proposal(owed, kind["program"], kind["method"], kind["currency"], today, (), now()).lines
    if most == 1:  # a search for a lead finds one line
        every = every.filter(pl.len().over("lead") == 1)
    first, second = every.sort("id").head(2).to_dicts()
    at = acting("payouts", "finn")
    press(at, "Prepare a batch…")
    for row in (first, second):
        if most == 1:
            assert not any(one.startswith(second["lead"]) for one in at.multiselect(key="left-out").options)
            at.text_input[-1].input(row["lead"]).run()
        at.multiselect(key="left-out").select(row["id"]).run()
    next(one for one in at.button if one.label.startswith("Prepare US")).click().run()
    inside = ledger.lines(owed, ledger.Filters(batch=ledger.batches(owed)["id"][0]))
    assert inside.height and not {first["id"], second["id"]} & set(inside["id"])


def test_one_prepares_another_approves_gives_out_and_a_third_records_what_became_of_it(
    owed: duckdb.DuckDBPyConnection,
) -> None:
    at = acting("payouts", "finn")
    press(at, "Prepare a batch…")
    next(one for one in at.button if one.label.startswith("Prepare US")).click().run()
    row = ledger.batches(owed).to_dicts()[0]
    assert (row["state"], row["prepared_by"]) == ("prepared", "finn")

    own = acting("payouts", "finn", view="Batches")
    assert verbs(own)["Approve…"] is False
    assert "another person of finance does" in words_of(own)

    other = acting("payouts", "fay", view="Batches")
    press(other, "Approve…")
    other.text_input[-1].input("1.00")
    next(one for one in other.button if one.label.startswith("Approve US")).click().run()
    assert f"It is {row['total']} {row['currency']}" in words_of(other) and "not 1.00" in words_of(other)
    assert ledger.batch(owed, row["id"])["state"] == "prepared"
    other.text_input[-1].input(f"{row['total']:,.2f}")
    next(one for one in other.button if one.label.startswith("Approve US")).click().run()
    assert ledger.batch(owed, row["id"])["approved_by"] == "fay"
    press(other, "Give out: Spreadsheet (XLSX)")
    assert ledger.batch(owed, row["id"])["state"] == "exported"
    assert verbs(acting("payouts", "fay", view="Batches"))["What became of it…"] is False
    assert verbs(acting("payouts", "finn", view="Batches"))["What became of it…"] is True


def test_a_payment_that_came_back_is_recorded_with_its_day_and_reason(owed: duckdb.DuckDBPyConnection) -> None:
    name = batch(owed)
    row = ledger.batch(owed, name)
    desk.approve_batch(owed, desk.Signed("fay", "approve", now()), name, row["total"], row["lines"])
    desk.export_batch(owed, desk.Signed("finn", "export", now()), name, "workbook")
    paid = [exports.Result(2, one, "paid", now().date(), None, None, None)
            for one in ledger.payments(owed, name)["payment"]]
    desk.record_results(owed, desk.Signed("finn", "paid", now()), name, paid)
    assert verbs(acting("payouts", "fay", view="Batches"))["A payment came back…"] is False
    at = acting("payouts", "finn", view="Batches")
    press(at, "A payment came back…")
    next(one for one in at.selectbox if one.label == "Payment").select_index(0)
    at.date_input[-1].set_value(now().date())
    at.text_input[-1].input("Account closed")
    press(at, "Record that it came back")
    assert ledger.batch(owed, name)["returned"] == 1
    assert "It did arrive…" in verbs(acting("payouts", "finn", view="Batches"))


def test_a_failed_payment_that_did_arrive_is_recorded_with_its_day_and_how_that_is_known(owed: duckdb.DuckDBPyConnection
                                                                                         ) -> None:
    name = batch(owed)
    row = ledger.batch(owed, name)
    desk.approve_batch(owed, desk.Signed("fay", "approve", now()), name, row["total"], row["lines"])
    desk.export_batch(owed, desk.Signed("finn", "export", now()), name, "workbook")
    failed = [exports.Result(2, one, "failed", None, None, "closed", None) for one in ledger.payments(owed, name)["payment"]]
    assert "A failed one did arrive…" not in verbs(acting("payouts", "finn", view="Batches"))
    desk.record_results(owed, desk.Signed("finn", "failed", now()), name, failed)
    assert verbs(acting("payouts", "fay", view="Batches"))["A failed one did arrive…"] is False
    at = acting("payouts", "finn", view="Batches")
    press(at, "A failed one did arrive…")
    next(one for one in at.selectbox if one.label == "Payment").select_index(0)
    next(one for one in at.text_input if one.label == "How that is known").input("The bank corrected itself")
    press(at, "Record that it arrived")
    assert "Say on which day it arrived." in words_of(at)
    at.date_input[-1].set_value(now().date())
    press(at, "Record that it arrived")
    assert (ledger.batch(owed, name)["paid"], ledger.batch(owed, name)["failed"]) == (1, len(failed) - 1)


def test_a_returned_file_is_recorded_but_for_the_rows_that_do_not_fit(owed: duckdb.DuckDBPyConnection) -> None:
    name = batch(owed)
    row = ledger.batch(owed, name)
    desk.approve_batch(owed, desk.Signed("fay", "approve", now()), name, row["total"], row["lines"])
    desk.export_batch(owed, desk.Signed("finn", "export", now()), name, "workbook")
    first = ledger.payments(owed, name)["payment"][0]
    at = acting("payouts", "finn", view="Batches")
    press(at, "What became of it…")
    back = f"payment,result,reason\n{first},failed,Account closed\npay-elsewhere,failed,Account closed\n"
    at.file_uploader[0].set_value(("back.csv", back.encode(), "text/csv")).run()
    assert f"Row 3: pay-elsewhere is no payment of {name}." in words_of(at)
    press(at, "Record 1")
    assert ledger.batch(owed, name)["failed"] == 1


def test_a_figure_opens_exactly_its_lines(owed: duckdb.DuckDBPyConnection) -> None:
    batch(owed)
    line = ledger.lines(owed, ledger.Filters(("open",), currency="USD"), 1, 1).to_dicts()[0]
    desk.adjust_line(owed, desk.Signed("fay", "adjust", now(), desk.version(owed, line["lead"])), line["lead"], line["id"],
                     -line["amount"], "refund", "The customer left.")
    row = ledger.figures(ledger.standing(owed))[0]
    for name, label in (("owed", "Owed"), ("ready", "Ready"), ("overdue", "Overdue"), ("blocked", "Blocked or held"),
                        ("under_way", "Under way"), ("paid", "Paid"), ("clawed_back", "Clawed back")):
        said = words_of(acting("payouts", "finn", payouts_state=label))
        assert (f" of {row[name]:,}" in said) == (row[name] > 0), name


def test_lines_are_narrowed_to_a_stage_a_payee_and_a_month(owed: duckdb.DuckDBPyConnection) -> None:
    batch(owed)
    every = ledger.lines(owed, ledger.Filters(currency="USD")).to_dicts()
    payee = next(one["partner"] for one in every if one["state"] == "in_batch")
    for label, state in (("In a batch", "in_batch"), ("Approved", "approved"), ("Given out", "exported")):
        rows = [one for one in every if one["state"] == state]
        assert (f" of {len(rows):,}" in words_of(acting("payouts", "finn", payouts_state=label))) == bool(rows)
    own = [one for one in every if one["partner"] == payee]
    assert f" of {len(own):,}" in words_of(acting("payouts", "finn", payee=payee))
    month = own[0]["period"]
    count = sum(one["period"] == month for one in own)
    assert f" of {count:,}" in words_of(acting("payouts", "finn", payee=payee, payouts_month=f"{month:%B %Y}"))


def test_what_falls_due_and_what_is_in_the_way_open_exactly_their_lines(owed: duckdb.DuckDBPyConnection) -> None:
    for row in ledger.by_month(ledger.ahead(owed)).head(3).to_dicts():
        due = ledger.OVERDUE if row["is_overdue"] else row["month"] or ledger.UNKNOWN
        chosen = ledger.Filters(program=row["program"], currency=row["currency"], due=due)
        found = ledger.lines(owed, chosen)
        assert (found.height, found["amount"].sum()) == (row["lines"], row["amount"])
        assert ledger.count(ledger.standing(owed, chosen), chosen) == row["lines"]
    for one in ledger.blocked(owed):
        found = ledger.lines(owed, ledger.Filters(program=one.program, currency=one.currency, blocker=one.name))
        assert (found.height, ledger.unknown_payouts(owed, one).height) == (one.payouts - one.unknown, one.unknown)


def test_a_payout_of_an_unknown_amount_leads_to_its_lead(con: duckdb.DuckDBPyConnection) -> None:
    one = next(one for one in ledger.blocked(con) if one.unknown)
    at = acting("payouts", "finn", view="In the way", plain="true")
    at.toggle(f"leads-blocked-{one.program}-{one.name}-{one.currency}").set_value(True).run()
    said = words_of(at)
    assert all(lead in said for lead in ledger.unknown_payouts(con, one)["lead"].head(50))


@pytest.mark.parametrize("view", VIEWS)
def test_of_a_past_day_one_can_look_at_money_not_move_it(owed: duckdb.DuckDBPyConnection, view: str) -> None:
    batch(owed)
    day = (now() - dt.timedelta(40)).date().isoformat()
    at = acting("payouts", "finn", view=view, as_of=day)
    assert "You can look, not decide." in words_of(at)
    assert not {"Prepare a batch…", "Approve…", "Give it up…", "Record details…", "Correct…", "Close…"} & set(verbs(at))
    if view == "Batches":
        assert "No batch was prepared yet" in words_of(at)


def test_a_manager_looks_and_takes_no_step_with_money(owed: duckdb.DuckDBPyConnection) -> None:
    batch(owed)
    shown = verbs(acting("payouts", "mona", view="Batches"))
    assert not {"Prepare a batch…", "Approve…", "Give it up…"} & set(shown)


def test_payee_details_are_recorded_by_one_confirmed_by_another_and_never_shown_whole(
    owed: duckdb.DuckDBPyConnection,
) -> None:
    iban = "DE89370400440532013000"
    at = acting("payouts", "finn", view="Payees")
    press(at, "Record details…")
    next(one for one in at.text_input if one.label == "IBAN").input(iban)
    next(one for one in at.text_input if one.label.startswith("Country")).input("DE")
    press(at, "Record")
    with database.connection().cursor() as cursor:
        assert cursor.execute("select proposed_by, iban from payee_details").fetchall() == [("finn", iban)]
    assert iban not in words_of(drawn("payouts", view="Payees"))


def test_a_statement_is_found_again_by_its_address(owed: duckdb.DuckDBPyConnection) -> None:
    at = acting("payouts", "finn", view="Statements", statement_program="Referral Partner")
    partner, month = at.selectbox(key="statement_partner").options[0], at.selectbox(key="statement_month").options[1]
    at = acting("payouts", "finn", view="Statements", statement_program="Referral Partner",
                statement_partner=partner, statement_month=month)
    assert (at.selectbox(key="statement_partner").value, at.selectbox(key="statement_month").value) == (partner, month)
    assert f"Statement for {month}" in words_of(at)


def test_what_the_record_says_stands_in_the_fields_but_for_the_account(owed: duckdb.DuckDBPyConnection) -> None:
    with owed.cursor() as cursor:
        partner, address = cursor.execute(
            "select id, check_address from partners where country = 'US' and check_address is not null and "
            "id in (select partner from leads) limit 1").fetchone()
    at = acting("payouts", "finn", view="Payees", payee_search=partner)
    press(at, "Record details…")
    shown = {one.label: one.value for one in at.text_input}
    assert (shown["Street"], shown["City"]) == tuple(address.split(", "))
    assert shown["Country (two letters, such as US)"] == "US"
    assert not any(shown[name] for name in ("IBAN", "BIC", "Account number", "Routing number"))


def test_what_was_paid_in_a_year_is_marked_from_the_threshold_on(con: duckdb.DuckDBPyConnection) -> None:
    year = now().year
    paid = payees.reporting(con, year, now())
    text = words_of(acting("payouts", "finn", view="Years"))
    assert f"{paid['partner'].n_unique():,} partners were paid in {year}." in text and "No threshold is set" in text
    dollars = paid.filter(currency="USD")
    amount = dollars["paid"][2]
    desk.set_setting(con, desk.Signed("mona", "threshold", now()), "reporting_threshold", str(amount),
                     dt.date(year, 1, 1), "the tax office")
    reached = dollars.filter(pl.col("paid") >= amount)["partner"].n_unique()
    text = words_of(acting("payouts", "finn", view="Years"))
    assert f"{reached:,} of them US${amount:,.2f} or more" in text
    text = words_of(acting("payouts", "finn", view="Payees", payee_search=dollars["partner"][0]))
    assert f"Paid in {year}" in text and "to be reported" in text


def test_customer_payments_that_are_alike_are_shown_to_finance(owed: duckdb.DuckDBPyConnection) -> None:
    with owed.cursor() as cursor:
        [(lead,)] = cursor.execute("""
            insert into events by name
            select * replace (id || '-again' as id) from events where type = 'customer_payment' order by id limit 1
            returning lead""").fetchall()
    at = acting("payouts", "finn", view="In the way", plain="true")
    assert "Customer payments recorded more than once?" in words_of(at) and "2 times" in words_of(at)
    assert any(lead in str(one.label) for one in at.button)
