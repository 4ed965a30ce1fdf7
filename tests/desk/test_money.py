"""Payments, and four eyes on every payout."""

import datetime as dt
import json
import re
from decimal import Decimal

import pytest

from core import desk, ledger, store, work
from core.model import Refusal
from core.people import Forbidden
from tests.desk.payouts import TODAY, adds_up, approve, export, line_of, prepare, prepare_alone, settle, state, tell
from tests.desk.world import (
    NOW,
    act,
    ask,
    computed_rows,
    disposition,
    document,
    kept_rows,
    same,
    signed,
    undo,
)


def why_not_correct(con, who: str) -> str | None:
    """Why a person may not correct what M1 earned now, which is for whom may record what became of it."""
    [(now,)] = ask(con, "select max(recorded_at) from journal")
    return next(row["why_not"] for row in desk.possible(con, who, "M1", now) if row["action"] == "adjust_line")


def last_entry(con) -> tuple:
    return ask(con, "select person, action from journal order by number desc limit 1")[0]


def test_a_single_payout_is_a_batch_with_one_line_approved_by_one_and_paid_by_another(con) -> None:
    batch = prepare_alone(con, "M1")
    assert ledger.batch(con, batch)["total"] == Decimal("100.10")
    with pytest.raises(Forbidden, match="prepared or approved a batch does not approve"):
        approve(con, batch, "finn")
    approve(con, batch, "fay")
    export(con, batch, "fay")
    with pytest.raises(Forbidden, match="Who approved a batch does not record"):
        settle(con, batch, who="fay")
    settle(con, batch, who="finn")
    assert ask(con, "select lead, status from payouts_owed where lead like 'M%' order by lead") == [
        ("M1", "paid"), ("M2", "payable")]
    with pytest.raises(Refusal, match="nothing new is told"):
        settle(con, batch, who="finn")
    for action in (desk.drop_batch, desk.reopen_batch):
        with pytest.raises(Refusal, match="is settled"):
            action(con, signed("finn"), batch)
    for (number,) in ask(con, "select number from journal where action like '%batch' or action = 'record_results'"):
        with pytest.raises(Refusal, match="cannot be taken back"):
            desk.undo(con, signed("finn"), number, "a mistake")
    assert adds_up(con)


def test_a_payout_is_approved_once_and_again_only_after_that_was_taken_back(con) -> None:
    desk.grant(con, signed("operator"), "sven", "finance")
    batch = prepare_alone(con, "M1")
    approve(con, batch, "fay")
    with pytest.raises(Refusal, match="approved already"):
        approve(con, batch, "sven")
    desk.reopen_batch(con, signed("fay"), batch)
    approve(con, batch, "sven")
    assert adds_up(con)


def test_an_amount_that_is_not_owed_is_refused_and_none_is_split_into_parts(con) -> None:
    def prepared(total: str, number: int = 1) -> None:
        desk.prepare_batch(con, signed("finn"), "ptr", "check", "USD", TODAY, [line_of(con, "M2")], Decimal(total), number)

    for total in ("50.05", "100.09", "0.01", "100.11", "100.101"):
        with pytest.raises(Refusal, match=r"It is 100\.10 USD in 1 lines now"):
            prepared(total)
    with pytest.raises(Refusal, match=r"now, not 100\.10 in 2"):
        prepared("100.10", 2)
    assert ask(con, "select count(*) from batches") == [(0,)]
    batch = prepare_alone(con, "M1")
    for total in ("50.05", "100.09", "0.01", "100.11", "100.101"):
        with pytest.raises(Refusal, match=r"It is 100\.10 USD in 1 lines now"):
            desk.approve_batch(con, signed("fay"), batch, Decimal(total), 1)
    assert ledger.batch(con, batch)["state"] == "prepared"


@pytest.mark.parametrize("what", ["judged", "accepted", "role changed", "took it back"])
def test_who_had_a_part_in_a_lead_never_approves_the_batch_that_pays_it_nor_records_its_results(con, what: str) -> None:
    if what == "accepted":
        with con.cursor() as cursor:
            cursor.execute("insert into events (id, type, happened_at, recorded_at, lead, decided_by) values "
                           "('e', 'accepted', '2025-03-05', '2025-03-05', 'M1', 'Sara')").fetchall()
    else:
        done = act(con, desk.judge, "sara", "M1", "interest", "pass", "n")
        if what == "took it back":
            undo(con, "sara", done, "M1")
    desk.grant(con, signed("operator"), "sara", "finance")
    if what == "role changed":
        desk.revoke(con, signed("operator"), "sara", "sales")
    batch = prepare(con, "finn")
    with pytest.raises(Forbidden, match="sara had a part in M1"):
        approve(con, batch, "sara")
    assert last_entry(con) == ("sara", "refused")
    assert "You had a part in this lead" in why_not_correct(con, "sara")
    approve(con, batch, "fay")
    export(con, batch, "finn")
    with pytest.raises(Forbidden, match="sara had a part in M1"):
        settle(con, batch, who="sara")
    assert last_entry(con) == ("sara", "refused")


def test_an_open_dispute_holds_the_money(con) -> None:
    batch = prepare_alone(con, "M1")
    opened = act(con, desk.open_dispute, "mona", "M1", "amount", "They expected more.")
    with pytest.raises(Refusal, match=r"M1 \(100\.10 USD\) is held by an open case \(dispute:"):
        approve(con, batch)
    with pytest.raises(Forbidden, match="does not resolve it"):
        act(con, desk.resolve_dispute, "mona", "M1", opened.after["dispute"], "dismissed", "rate as agreed")
    act(con, desk.resolve_dispute, "marc", "M1", opened.after["dispute"], "dismissed", "rate as agreed")
    approve(con, batch)


def test_what_qualified_a_lead_cannot_be_taken_back_under_a_batch_that_pays_it(con) -> None:
    act(con, desk.judge, "sven", "M1", "interest", "fail", "n")
    done = act(con, desk.judge, "sara", "M1", "interest", "pass", "n")
    batch = prepare_alone(con, "M1")
    for step in (lambda: approve(con, batch), lambda: export(con, batch), lambda: settle(con, batch)):
        with pytest.raises(Refusal, match="in a batch, approved or paid"):
            undo(con, "sara", done, "M1")
        step()
    with pytest.raises(Refusal, match="in a batch, approved or paid"):
        undo(con, "sara", done, "M1")


def test_what_was_approved_is_not_given_out_once_something_else_is_owed(con) -> None:
    batch = prepare_alone(con, "M1")
    approve(con, batch)
    act(con, desk.record_breach, "chen", "M1", "competitor_suggested", "They named a rival.", "no")
    with pytest.raises(Refusal, match=r"M1 \(100\.10 USD\) is forfeited"):
        export(con, batch)
    assert state(con, "M1") == "approved" and adds_up(con)


def test_a_customer_payment_earns_a_commission_to_the_cent(con) -> None:
    act(con, desk.accept, "chen", "P1")
    for criterion in ("interest", "decision_role"):
        act(con, desk.judge, "sara", "P1", criterion, "pass", "n")
    assert disposition(con, "P1") == "qualified"
    with pytest.raises(Refusal, match="Record the deal first"):
        act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("10.00"))
    deal = act(con, desk.record_deal, "sara", "P1", "T9")
    with pytest.raises(Refusal, match="recorded already"):
        act(con, desk.record_deal, "sara", "P1", "T9")
    with pytest.raises(Refusal, match="more than the whole"):
        act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("10"), Decimal("9"), Decimal("2"))
    act(con, desk.record_payment, "finn", "P1", "T9", "USD", Decimal("1000.05"), Decimal("333.35"))
    assert ask(con, "select amount from payouts_owed where lead = 'P1'") == [(Decimal("33.34"),)]
    act(con, desk.record_refund, "finn", "P1", "T9", Decimal("5"), "USD")
    assert deal.after.keys() == {"event"}


@pytest.mark.parametrize("currency", ["", "dollars", "US", "XXX", "ÜSD", "U$D"])
def test_money_is_recorded_in_a_currency_that_there_is(con, currency: str) -> None:
    for action, more in ((desk.record_payment, (currency, Decimal("5.00"))),
                         (desk.record_refund, (Decimal("5.00"), currency))):
        with pytest.raises(Refusal, match=f"‘{re.escape(currency)}’ is no currency: give its three letters"):
            act(con, action, "finn", "M1", "T1", *more)


def test_a_currency_typed_in_lower_case_is_the_same_one(con) -> None:
    assert act(con, desk.record_payment, "finn", "M1", "T1", " usd ", Decimal("5.00")).after["currency"] == "USD"
    act(con, desk.record_refund, "finn", "M1", "T1", Decimal("5.00"), "usd")
    assert ask(con, "select distinct currency from events where lead = 'M1' and currency is not null") == [("USD",)]


@pytest.mark.parametrize(("amount", "currency", "why"), [
    ("10.50", "JPY", r"The amount is 10\.50 JPY, which has no smaller unit; it takes a whole amount"),
    ("1.234", "KWD", r"The amount is 1\.234 KWD; amounts are kept in whole cents, though KWD has 3 decimals"),
    ("1.234", "USD", r"The amount is 1\.234 USD; amounts are kept in whole cents\."),
    ("NaN", "USD", "NaN is no amount"),
])
def test_no_amount_is_recorded_that_would_lose_something(con, amount: str, currency: str, why: str) -> None:
    for action, more in ((desk.record_payment, (currency, Decimal(amount))),
                         (desk.record_payment, (currency, Decimal(90), Decimal(amount))),
                         (desk.record_refund, (Decimal(amount), currency))):
        with pytest.raises(Refusal, match=why):
            act(con, action, "finn", "M1", "T1", *more)


def test_a_commission_in_yen_is_whole_yen_and_is_corrected_by_whole_yen(con) -> None:
    act(con, desk.record_payment, "fay", "M1", "T1", "KWD", Decimal("1.230"), Decimal("1.230"))
    act(con, desk.record_payment, "fay", "M1", "T1", "JPY", Decimal(12345), Decimal(12345))
    found = ask(con, "select id, amount from earning_lines where lead = 'M1' and currency <> 'USD' order by currency")
    assert [amount for _, amount in found] == [Decimal("1235.00"), Decimal("0.12")]
    with pytest.raises(Refusal, match=r"What it comes to is 1234\.50 JPY, which has no smaller unit"):
        act(con, desk.adjust_line, "finn", "M1", found[0][0], Decimal("-0.50"), "mistake", "n")
    act(con, desk.adjust_line, "finn", "M1", found[0][0], Decimal(-35), "mistake", "n")
    assert adds_up(con)


def test_no_more_is_refunded_than_was_paid_on_the_deal_and_in_its_currency(con) -> None:
    def refund(amount: str, currency: str = "USD"):
        return act(con, desk.record_refund, "finn", "M1", "T1", Decimal(amount), currency)

    with pytest.raises(Refusal, match=r"1001\.00 USD of what was paid on T1 is left to give back, not 1001\.01"):
        refund("1001.01")
    with pytest.raises(Refusal, match="paid in USD, and not in EUR on T1"):
        refund("5.00", "EUR")
    first = refund("600.00")
    with pytest.raises(Refusal, match=r"401\.00 USD of what was paid on T1 is left to give back, not 600\.00"):
        refund("600.00")
    undo(con, "finn", first, "M1")
    refund("600.00")
    act(con, desk.record_payment, "finn", "M1", "T1", "EUR", Decimal("10.00"))
    refund("10.00", "EUR")
    refund("401.00")
    with pytest.raises(Refusal, match=r"0\.00 USD of what"):
        refund("0.01")
    act(con, desk.record_deal, "finn", "M1", "T9")
    with pytest.raises(Refusal, match="The customer paid nothing yet on T9"):
        act(con, desk.record_refund, "finn", "M1", "T9", Decimal("1.00"), "USD")


def test_a_loaded_refund_above_its_payment_is_kept(con) -> None:
    tell(con, {"type": "customer_refund", "at": "2025-06-19T15:00:00Z", "lead": "M1", "transaction": "T1",
               "amount": 5000})
    assert "refund_review" in ask(con, "select flags from evaluations where lead = 'M1'")[0][0]
    with pytest.raises(Refusal, match=r"0 USD of what was paid on T1 is left"):
        act(con, desk.record_refund, "finn", "M1", "T1", Decimal("1.00"), "USD")


YESTERDAY = dt.datetime(2025, 6, 19, 10)


def pays(con, amount: str, *parts: str, currency: str = "USD", at: dt.datetime | None = YESTERDAY, **more: str):
    return act(con, desk.record_payment, "finn", "M1", "T1", currency, Decimal(amount), *map(Decimal, parts),
               received_at=at, **more)


def deals(con) -> list[dict]:
    """What the checklist lists of the deals of M1."""
    return store.read(con, work.SQL / "deals_of_lead.sql", lead="M1").to_dicts()


def test_the_same_payment_is_not_recorded_twice(con) -> None:
    first = pays(con, "500.00", "400.00")
    said = rf"A payment of 500\.00 USD received at 2025-06-19 10:00 UTC is recorded .* \({first.after['event']}\)"
    for parts in (("400.00",), ("300.00",), ()):
        with pytest.raises(Refusal, match=said):
            pays(con, "500.00", *parts)
    pays(con, "500.01", "400.00")
    pays(con, "500.00", "400.00", currency="EUR")
    pays(con, "500.00", "400.00", at=YESTERDAY + dt.timedelta(minutes=1))
    undo(con, "finn", first, "M1")
    pays(con, "500.00", "400.00")


def test_a_payment_that_was_loaded_is_not_recorded_again(con) -> None:
    with pytest.raises(Refusal, match=r"is recorded on this deal already \(pay-M1\)"):
        pays(con, "1001.00", "1001.00", at=dt.datetime(2025, 6, 16, 16))


def test_payments_alike_that_were_loaded_are_shown_as_such(con) -> None:
    alike = {"type": "customer_payment", "at": "2025-06-17T16:00:00Z", "lead": "M1", "transaction": "T1",
             "currency": "USD", "subscription_amount": 300, "other_amount": 0}
    tell(con, alike, alike | {"id": "second"}, alike | {"id": "other", "subscription_amount": 299})
    found = [(row["amount"], row["is_alike"]) for row in deals(con) if row["type"] == "customer_payment"]
    assert sorted(found) == [(299, False), (300, True), (300, True), (1001, False)]
    assert ledger.alike(con).select("lead", "transaction", "amount", "times").rows() == [("M1", "T1", 300, 2)]


def unsplit(con, **more: object) -> None:
    """M1's customer paid 300, of which nobody knows what was for the subscription."""
    tell(con, {"id": "np", "type": "customer_payment", "at": "2025-06-17T16:00:00Z", "lead": "M1", "transaction": "T1",
               "total_amount": 300, "currency": "USD", **more})


def owed(con) -> list[tuple]:
    return ask(con, "select amount, status from payouts_owed where lead = 'M1' and earned_by <> 'pay-M1'")


@pytest.mark.parametrize("how", ["by its id", "told the same"])
def test_the_subscription_part_of_a_payment_can_be_said_later(con, how: str) -> None:
    unsplit(con)
    assert owed(con) == [(None, "blocked")]
    more = {"completes": "np", "at": None} if how == "by its id" else {"at": dt.datetime(2025, 6, 17, 16)}
    done = pays(con, "300.00", "200.00", **more)
    assert done.after["completes"] == "np"
    assert owed(con) == [(Decimal("20.00"), "payable")]
    assert ask(con, "select earned_on, base_amount from earning_lines where earned_by = ?", done.after["event"]) == [
        (dt.date(2025, 6, 17), Decimal("200.00"))]
    assert [row["amount"] for row in deals(con)] == [None, 1001, 300]
    with pytest.raises(Refusal, match=r"1301\.00 USD of what was paid on T1 is left"):
        act(con, desk.record_refund, "finn", "M1", "T1", Decimal(1400), "USD")
    assert same(kept_rows(con), computed_rows(con, NOW)) and adds_up(con)
    undo(con, "finn", done, "M1")
    assert owed(con) == [(None, "blocked")]
    assert same(kept_rows(con), computed_rows(con, NOW)) and adds_up(con)


@pytest.mark.parametrize(("amount", "parts", "more", "why"), [
    ("300.00", ("200.00",), {"completes": "pay-M1"}, "pay-M1 is no payment on this deal whose subscription part is unknown"),
    ("300.00", ("200.00",), {"completes": "nothing"}, "nothing is no payment on this deal"),
    ("301.00", ("200.00",), {"completes": "np"}, r"np is a payment of 300\.00 USD, not of 301\.00 USD"),
    ("300.00", ("200.00",), {"completes": "np", "currency": "EUR"}, r"np is a payment of 300\.00 USD, not of 300\.00 EUR"),
    ("300.00", (), {"completes": "np"}, "Say how much of the payment was for the subscription"),
    ("300.00", ("301.00",), {"completes": "np"}, "are more than the whole"),
])
def test_what_completes_a_payment_is_that_payment(con, amount: str, parts: tuple, more: dict, why: str) -> None:
    unsplit(con)
    with pytest.raises(Refusal, match=why):
        pays(con, amount, *parts, **more)


def test_a_payment_whose_payout_was_paid_or_is_in_a_batch_is_not_completed(con) -> None:
    unsplit(con)
    tell(con, {"type": "payout_paid", "at": "2025-06-18T14:00:00Z", "lead": "M1", "amount": 30, "about": "np"})
    with pytest.raises(Refusal, match="What np earned is in a batch or paid already: correct its line instead"):
        pays(con, "300.00", "200.00", completes="np")


@pytest.mark.parametrize("by", ["fay", "Fay", "fay@vendor.example"])
def test_who_changed_how_a_partner_is_paid_decides_about_none_of_their_payouts(con, by: str) -> None:
    if "@" in by:
        with con.cursor() as cursor:
            cursor.execute("update people set email = ? where id = 'fay'", [by]).fetchall()
    told_of_payee(con, "details", by)
    desk.grant(con, signed("operator"), "sven", "finance")
    batch = prepare(con, "finn")
    with pytest.raises(Forbidden, match="fay changed how A is paid"):
        approve(con, batch, "fay")
    assert last_entry(con) == ("fay", "refused")
    assert "You changed how the partner is paid" in why_not_correct(con, "fay")
    approve(con, batch, "sven")
    export(con, batch, "finn")
    with pytest.raises(Forbidden, match="fay changed how A is paid"):
        settle(con, batch, who="fay")


def test_who_imported_how_a_partner_is_paid_approves_nothing_of_theirs(con, tmp_path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Email,Company,Partner,Submitted\nnew@shop.example,Shop,A,2025-06-18\n")
    desk.grant(con, signed("operator"), "fay", "sales")
    done, _ = desk.import_file(con, signed("fay"), file, "ptr", "leads")
    with con.cursor() as cursor:
        cursor.execute("insert into events (id, type, happened_at, recorded_at, partner, field, import) values "
                       "('e', 'payee_details_provided', '2025-06-01', '2025-06-01', 'A', 'wire_details', ?)",
                       [done.after["import"]]).fetchall()
    with pytest.raises(Forbidden, match="fay changed how A is paid"):
        approve(con, prepare(con, "finn"), "fay")


def test_who_recorded_the_money_of_a_lead_does_not_approve_its_payout_and_may_record_it_as_paid(con) -> None:
    deal = act(con, desk.record_deal, "finn", "M1", "T9")
    desk.grant(con, signed("operator"), "sven", "finance")
    desk.grant(con, signed("operator"), "sara", "finance")
    batch = prepare_alone(con, "M1", "sara")
    with pytest.raises(Forbidden, match=r"finn had a part in M1 \(recorded a won deal\)"):
        approve(con, batch, "finn")
    desk.drop_batch(con, signed("sara"), batch)
    undo(con, "finn", deal, "M1")
    refund = act(con, desk.record_refund, "fay", "M1", "T1", Decimal("1.00"), "USD").after["event"]
    act(con, desk.resolve_finding, "mona", "M1", refund, "It was for the set-up.")
    batch = prepare_alone(con, "M1", "sara")
    for who, what in (("finn", "recorded a won deal"), ("fay", "recorded a refund")):
        with pytest.raises(Forbidden, match=rf"{who} had a part in M1 \({what}\)"):
            approve(con, batch, who)
        assert why_not_correct(con, who) is None
    approve(con, batch, "sven")
    export(con, batch, "sara")
    assert settle(con, batch, who="fay").after["paid"] == 1


@pytest.mark.parametrize("what", ["events", "verdicts", "partners"])
def test_who_loaded_rows_of_a_lead_or_of_its_partner_approves_nothing_of_it(con, what: str) -> None:
    told = document(payable=2)
    if what == "events":
        told["events"].append({"type": "outreach", "at": "2025-06-19T15:00:00Z", "lead": "M1", "channel": "email"})
    elif what == "verdicts":
        told["verdicts"].append({"lead": "M1", "criterion": "interest", "verdict": "pass", "by": "imported",
                                 "at": "2025-06-19T16:00:00Z"})
    else:
        told["events"].append({"type": "payee_details_provided", "at": "2025-06-19T15:00:00Z", "partner": "A",
                               "field": "check_address", "by": "the partner"})
    desk.grant(con, signed("operator"), "mona", "finance")
    desk.load(con, signed("mona"), [json.dumps(told)])
    assert desk.load(con, signed("marc"), [json.dumps(told)]) == 0
    batch = prepare_alone(con, "M1")
    with pytest.raises(Forbidden, match="changed how" if what == "partners" else r"had a part in M1 \(loaded rows of it"):
        approve(con, batch, "mona")
    if what != "partners":
        approve(con, prepare_alone(con, "M2"), "mona")
    desk.grant(con, signed("operator"), "marc", "finance")
    approve(con, batch, "marc")
    assert desk.first_fault(con) is None


def test_who_imported_a_lead_or_what_happened_on_it_does_not_approve_its_payout(con, tmp_path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Email,Company,Partner,Submitted\nnew@shop.example,Shop,A,2025-06-18\n")
    desk.grant(con, signed("operator"), "fay", "sales")
    desk.grant(con, signed("operator"), "sven", "finance")
    done, _ = desk.import_file(con, signed("fay"), file, "ptr", "leads")
    with con.cursor() as cursor:
        cursor.execute("update events set import = ? where id = 'pay-M1'", [done.after["import"]]).fetchall()
        cursor.execute("update leads set import = ? where id = 'M2'", [done.after["import"]]).fetchall()
    first, second = prepare_alone(con, "M1"), prepare_alone(con, "M2")
    with pytest.raises(Forbidden, match=r"fay had a part in M1 \(imported customer_payment\)"):
        approve(con, first, "fay")
    with pytest.raises(Forbidden, match=r"fay had a part in M2 \(imported it\)"):
        approve(con, second, "fay")
    approve(con, first, "sven")


def told_of_payee(con, event: str, by: str) -> None:
    """A partner handed in other details, as somebody recorded them."""
    desk.load(con, signed("operator"), [json.dumps({"id": "told", "partners": document()["partners"], "events": [
        {"id": event, "type": "payee_details_provided", "partner": "A", "field": "wire_details", "by": by,
         "at": "2025-06-19T12:00:00Z"}]})])
