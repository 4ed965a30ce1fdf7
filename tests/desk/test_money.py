"""Payments, and four eyes on every payout."""

import json
from decimal import Decimal

import pytest

from core import desk, ledger
from core.model import Refusal
from core.people import Forbidden
from tests.desk.payouts import TODAY, adds_up, approve, export, line_of, prepare, prepare_alone, settle, state
from tests.desk.world import act, ask, disposition, document, signed, undo


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
    with pytest.raises(Forbidden, match=r"finn had a part in M1 \(deal_won\)"):
        approve(con, batch, "finn")
    desk.drop_batch(con, signed("sara"), batch)
    undo(con, "finn", deal, "M1")
    act(con, desk.record_refund, "fay", "M1", "T1", Decimal("1.00"), "USD")
    batch = prepare_alone(con, "M1", "sara")
    for who, what in (("finn", "deal_won"), ("fay", "customer_refund")):
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
