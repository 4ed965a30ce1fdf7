"""What is earned and paid: opportunities, deals, customer payments, and the approval and payment of payouts.

Four eyes: who qualified, approved, accepted or confirmed a lead, brought rows of it in by a file, belongs to its
partner, or changed how that partner is paid, never approves its payout, nor does who recorded the deal, the customer's
payment or a refund, also after having taken that back; who approved a payout does not record it as paid.
An approval holds for the payee's details as they were on the screen, and for no others.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Collection
from decimal import Decimal

import duckdb

from core import people, store
from core.desk import journal
from core.desk.reviewing import past
from core.desk.step import SQL, Done, Signed, Step, lead_row, perform
from core.model import Refusal
from core.results import local_day, terms_at


def record_opportunity(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, is_new: bool,
                       opened_on: dt.date | None = None) -> Done:
    """Record that an opportunity exists for a lead; is_new: it was opened for this lead."""
    def write(step: Step) -> None:
        step.after |= {"event": step.event("opportunity_created", is_new=is_new, opened_on=opened_on)}

    return perform(con, signed, "record_opportunity", {"is_new": is_new, "opened_on": opened_on}, write, lead=lead)


def record_deal(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, transaction: str,
                won_at: dt.datetime | None = None) -> Done:
    """Record a won deal by its transaction. won_at: UTC, where it was earlier than now."""
    def write(step: Step) -> None:
        _named(transaction)
        event = step.event("deal_won", past(step, won_at), transaction=transaction)
        step.take_place(f"deal/{lead}/{transaction}", event, f"The deal {transaction} of {lead} is recorded already.")
        step.after |= {"transaction": transaction, "event": event}

    return perform(con, signed, "record_deal", {"transaction": transaction, "won_at": won_at}, write, lead=lead)


def record_payment(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, transaction: str, currency: str,
                   total: Decimal, subscription: Decimal | None = None, other: Decimal | None = None,
                   received_at: dt.datetime | None = None) -> Done:
    """Record a customer payment on a won deal; `subscription` is the part that commission is worked out on."""
    def write(step: Step) -> None:
        _named(transaction)
        amounts = [cents(one) for one in (total, subscription, other) if one is not None]
        if min(amounts) < 0 or total <= 0:
            raise Refusal("A payment is more than nothing, and no part of it is less; record a refund as a refund.")
        if subscription is not None and subscription + (other or 0) > total:
            raise Refusal(f"The parts ({subscription} and {other or 0}) are more than the whole ({total}).")
        if not step.read("deal.sql", lead=lead, transaction=transaction):
            raise Refusal(f"No won deal {transaction} is recorded on {lead}. Record the deal first.")
        moment = past(step, received_at)
        event = step.event("customer_payment", moment, occurred_at=moment, transaction=transaction, currency=currency,
                           total_amount=total, subscription_amount=subscription, other_amount=other)
        step.after |= {"transaction": transaction, "total": total, "currency": currency, "event": event}

    content = {"transaction": transaction, "currency": currency, "total": total, "subscription": subscription,
               "other": other, "received_at": received_at}
    return perform(con, signed, "record_payment", content, write, lead=lead)


def record_refund(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, transaction: str, amount: Decimal,
                  currency: str, refunded_at: dt.datetime | None = None) -> Done:
    """Record that a customer got money back on a deal."""
    def write(step: Step) -> None:
        if cents(amount) <= 0:
            raise Refusal("A refund is more than nothing.")
        if not step.read("deal.sql", lead=lead, transaction=transaction):
            raise Refusal(f"No won deal {transaction} is recorded on {lead}.")
        event = step.event("customer_refund", past(step, refunded_at), transaction=transaction, amount=amount,
                           currency=currency)
        step.after |= {"transaction": transaction, "amount": amount, "currency": currency, "event": event}

    content = {"transaction": transaction, "amount": amount, "currency": currency, "refunded_at": refunded_at}
    return perform(con, signed, "record_refund", content, write, lead=lead)


def _named(transaction: str) -> None:
    if not transaction.strip():
        raise Refusal("Name the transaction, as the invoice or the CRM names it.")


def read_amount(text: str) -> Decimal:
    """An amount as people type it, such as 1,234.50 or 1234.5. Raises Refusal where it is none, or could be two."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"\d{1,15}(\.\d{1,2})?", plain):
        raise Refusal(f"‘{text.strip()}’ is no amount: write it with a point before the cents, such as 1,234.50.")
    return Decimal(plain)


def cents(amount: Decimal) -> Decimal:
    """The amount; raises Refusal where it is none in whole cents."""
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount != round(amount, 2):
        raise Refusal(f"{amount} is no amount in whole cents.")
    return amount


def approve_payout(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, earned_by: str, amount: Decimal,
                   currency: str, payee_version: str) -> Done:
    """Approve what a lead earned by an event; amount, currency and the version of the payee's details as they were
    shown (`payee_version`). Once per lead and event, and always the whole of it."""
    def write(step: Step) -> None:
        refuse_involved(step, is_approval=True)
        if payee_version != payee_version_of(step.con, step.lead["partner"]):
            raise Refusal(f"How the partner of {lead} is paid has changed since you saw it. Look at the details again "
                          "and decide anew.")
        owed = _owed(step, earned_by)
        if (owed["amount"], owed["currency"]) != (cents(amount), currency):
            raise Refusal(f"{owed['amount']} {owed['currency']} is owed for {lead} now, not {amount} {currency}. Look "
                          "again and decide anew.")
        refuse_above(step, step.lead["program"], currency, amount)
        row = step.put("payout_approvals", {
            "lead": lead, "earned_by": earned_by, "payee": owed["payee"], "amount": amount, "currency": currency,
            "approved_by": step.person.id,
        })
        step.take_place(f"payout/{lead}/{earned_by}", row, f"The payout of {lead} for {earned_by} is approved already.")
        step.after |= {"approval": row, "earned_by": earned_by, "amount": amount, "currency": currency,
                       "payee": owed["payee"], "payee_version": payee_version}

    content = {"earned_by": earned_by, "amount": amount, "currency": currency, "payee_version": payee_version}
    return perform(con, signed, "approve_payout", content, write, lead=lead)


def pay_payout(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, approval: str) -> Done:
    """Record that an approved payout was paid, as it was approved; by another person than who approved it."""
    def write(step: Step) -> None:
        refuse_involved(step)
        found = step.read("standing_approval.sql", approval=approval, lead=lead)
        if not found:
            raise Refusal(f"{approval} is no standing approval on {lead}.")
        row = found[0]
        if row["approved_by"] == step.person.id:
            raise people.Forbidden("Who approved a payout does not pay it: another person of finance does.")
        if why := _why_involved(step, people.person(step.con, row["approved_by"], step.at_instant), is_approval=True):
            raise Refusal(f"The approval of the payout of {lead} holds no more. {why} Take the approval back, and let "
                          "another person approve.")
        owed = _owed(step, row["earned_by"])
        if any(owed[name] != row[name] for name in ("amount", "currency", "payee")):
            raise Refusal(f"What is owed for {lead} is no longer what was approved. Take the approval back and approve "
                          "anew.")
        approved = journal.read_plain(step.read("approval_entry.sql", approval=approval, lead=lead)[0]["after"])
        if approved.get("payee_version") != payee_version_of(step.con, step.lead["partner"]):
            raise Refusal(f"How the partner of {lead} is paid has changed since the approval. Take the approval back "
                          "and approve anew.")
        event = step.event("payout_paid", amount=row["amount"], currency=row["currency"], about=row["earned_by"])
        step.take_place(f"paid/{lead}/{row['earned_by']}", event, f"This payout of {lead} is paid already.")
        step.put("payout_payments", {"id": f"{event}/payment", "approval": approval, "lead": lead,
                                     "paid_by": step.person.id})
        step.after |= {"approval": approval, "event": event, "amount": row["amount"], "currency": row["currency"]}

    return perform(con, signed, "pay_payout", {"approval": approval}, write, lead=lead)


def payee_version(con: duckdb.DuckDBPyConnection, lead: str) -> str:
    """The version of the details by which the partner of a lead is paid; shown with them, and approved with them."""
    return payee_version_of(con, lead_row(con, lead)["partner"])


def payee_version_of(con: duckdb.DuckDBPyConnection | store.Within, partner: str) -> str:
    """The same of a partner: another one whenever its record, its recorded details, confirmed or not, or what was told
    about them changes."""
    return payee_versions_of(con, [partner])[partner]


def payee_versions_of(con: duckdb.DuckDBPyConnection | store.Within, partners: Collection[str]) -> dict[str, str]:
    """The same of many partners."""
    keeper = journal.book(con)
    asked = sorted(partners)
    found: dict[str, dict[str, object]] = {one: {} for one in asked}
    with con.cursor() as cursor:
        for one, digest in journal.row_digests(cursor, keeper, "partners", asked).items():
            found[one]["record"] = digest
        recorded = store.read(con, SQL / "payee_rows.sql", partners=asked).to_dicts()
        digests = journal.row_digests(cursor, keeper, "payee_details", [row["id"] for row in recorded])
    for row in recorded:
        found[row["partner"]][row["id"]] = [digests[row["id"]], row["confirmation"]]
    for row in store.read(con, SQL / "payee_events.sql", partners=asked).to_dicts():
        found[row["partner"]][row["id"]] = None
    return {one: keeper.digest(journal.plain(told))[:16] for one, told in found.items()}


def _owed(step: Step, earned_by: str) -> dict:
    """The payable line of a lead. Raises Refusal where it is blocked, paid, forfeited or held by an open case."""
    lead = step.lead["lead"]
    if step.read("open_disputes.sql", lead=lead):
        raise Refusal(f"A dispute on {lead} is open. Resolve it before money moves.")
    if step.read("open_conflicts.sql", lead=lead):
        raise Refusal(f"A conflict case on {lead} is open. Settle it before money moves.")
    if step.read("holds_of_lead.sql", lead=lead):
        raise Refusal(f"A finding of abuse on {lead} stands. Resolve it, or reject the lead, before money moves.")
    found = step.read("owed.sql", lead=lead, earned_by=earned_by)
    if not found:
        raise Refusal(f"{lead} earned nothing by {earned_by}.")
    if found[0]["status"] != "payable":
        why = ", ".join(found[0]["blockers"]).replace("_", " ")
        raise Refusal(f"The payout of {lead} is {found[0]['status']}{': ' + why if why else ''}.")
    return found[0]


def refuse_above(step: Step, program: str, currency: str, amount: Decimal) -> None:
    """Raises Refusal where one person's approval is not enough for an amount beside what else is paid that day."""
    limit = terms_at(step.con, program, step.at_instant)["second_approval_above"]
    day = amount if limit is None else total_of_day(step.con, program, currency, step.at_instant) + amount
    if limit is not None and day > limit:
        raise Refusal(f"With it {day} {currency} would be approved on this day, and above {limit} a second person "
                      "approves: put it into a batch.")


def total_of_day(con: duckdb.DuckDBPyConnection | store.Within, program: str, currency: str,
                 moment: dt.datetime, batch: str | None = None) -> Decimal:
    """What was prepared in batches or approved, in batches or singly, in a program and currency on the local day of a
    UTC instant. batch: one that counts as well."""
    zone = zoneinfo.ZoneInfo(terms_at(con, program, moment)["timezone"])
    day = local_day(moment, zone.key)
    begins, ends = (dt.datetime.combine(one, dt.time(), zone).astimezone(dt.UTC).replace(tzinfo=None)
                    for one in (day, day + dt.timedelta(1)))
    return store.read(con, SQL / "total_of_day.sql", program=program, currency=currency, prepared_on=day,
                      begins_at=begins, ends_at=ends, batch=batch)["total"][0]


def refuse_involved(step: Step, is_approval: bool = False) -> None:
    """Raises Forbidden where the person had a part in the lead, is of its partner, or changed how that is paid.

    is_approval: having recorded the deal, the customer's payment or a refund is a part too.
    """
    if why := _why_involved(step, step.person, is_approval):
        raise people.Forbidden(why)


def _why_involved(step: Step, someone: people.Person, is_approval: bool) -> str | None:
    """Why a person has no say about the payout of the lead; None: they may. is_approval: as of `refuse_involved`."""
    lead = step.lead
    same = step.read("same_partners.sql", partners=[lead["partner"]])
    if any(people.belongs_to(someone, one) for one in same):
        return f"{someone.id} belongs to the partner of {lead['lead']} and decides nothing about their money."
    if part := step.read("part_in_lead.sql", lead=lead["lead"], person=someone.id, is_approval=is_approval):
        return (f"{someone.id} had a part in {lead['lead']} ({part[0]['what']}): another person of finance decides "
                "about its payout.")
    if step.read("payee_changed_by.sql", partners=[one["id"] for one in same], person=someone.id):
        return (f"{someone.id} changed how the partner of {lead['lead']} is paid: another person of finance decides "
                "about the payout.")
    return None
