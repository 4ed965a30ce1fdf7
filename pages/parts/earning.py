"""What comes of a lead after it qualifies: opportunity, won deals, what the customer paid and got back.

Called by the checklist. A commission rests on these; the dialogs ask for what one action of the desk needs.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import streamlit as st

from core import currencies, days, desk
from core.desk import Done
from core.desk.money import read_amount
from core.model import Refusal
from core.review import Story
from core.work import Work
from pages.parts import acts, badges, database, dates, dialogs, modal, verbs, words
from pages.parts.money import money

ACTIONS = ("record_opportunity", "record_deal", "record_payment", "record_refund")
CURRENCIES = sorted(currencies.CODES)


def show(told: Story, work: Work, lead: str, version: int) -> None:
    """Deals with their payments and refunds, and what can be recorded now."""
    opens = partial(verbs.opener, work, lead, version, type="tertiary")
    for row in work.deals:
        at = dates.day(days.local_day(row["happened_at"], told.zone))
        amount = None if row["amount"] is None else money(row["amount"], row["currency"])
        part, is_payment = row["subscription_amount"], row["type"] == "customer_payment"
        split = money(part, row["currency"]) if part is not None else "not known"
        words.line(first=at, text=words.join(f"{badges.event_name(row['type'])}:", row["transaction"], by=" "),
                   quiet=words.join(amount, is_payment and f"subscription part {split}",
                                    row["is_alike"] and "recorded twice? Another is of the same time and amount"),
                   exact=dates.exact(row["happened_at"], told.zone))
        if is_payment and part is None:
            opens("record_payment", "Add the subscription part…", completion, lead, row, row=row["id"])
    if not work.deals:
        words.quiet("No deal is recorded.")
    names = list(dict.fromkeys(row["transaction"] for row in work.deals if row["type"] == "deal_won"))
    with st.container(horizontal=True, gap="small"):
        opens("record_opportunity", "Opportunity…", opportunity, told, lead)
        opens("record_deal", "Won deal…", deal, told, lead)
        if names:
            opens("record_payment", "Customer payment…", payment, told, lead, names)
            opens("record_refund", "Refund…", refund, told, lead, names)


def _moment(told: Story, label: str, key: str) -> dt.datetime | None:
    """An instant, asked for by the clock of the program; UTC."""
    now = days.local_moment(database.now(), told.zone).replace(second=0)
    at = st.datetime_input(f"{label}, by the clock of {told.zone}", value=now, key=key, step=60, persist_state="page")
    return days.instant(at, told.zone) if at else None


def _sent(is_sent: bool, lead: str, act: Callable[[], Done | None]) -> None:
    """Send what was typed; an amount that cannot be read is said where it was typed."""
    def guarded() -> Done | None:
        try:
            return act()
        except Refusal as refusal:
            acts.refuse(str(refusal), "dialog")
            return None

    dialogs.ends(is_sent, lead, guarded)


@modal.dialog("An opportunity came of it")
def opportunity(told: Story, lead: str) -> None:
    """Whether it was opened for this lead, and when."""
    keys = [f"opportunity-{name}-{lead}" for name in ("new", "on")]
    news = {"It was opened for this lead": True, "It was open before": False}
    with st.form(f"opportunity-{lead}", border=False):
        is_new = st.radio("Which one is it?", list(news), key=keys[0], persist_state="page")
        opened_on = st.date_input("Opened on (may be left out)", value=None, max_value=told.today, key=keys[1],
                                  format="YYYY-MM-DD", persist_state="page")
        is_sent = dialogs.send("Record it")
    _sent(is_sent, lead, lambda: dialogs.act(
        desk.record_opportunity, lead, "opportunity", "The opportunity is recorded.", keys, is_new=news[is_new],
        opened_on=opened_on))


@modal.dialog("A deal was won")
def deal(told: Story, lead: str) -> None:
    """Its transaction, as the CRM or the invoice names it, and when it was won."""
    keys = [f"deal-{name}-{lead}" for name in ("name", "at")]
    with st.form(f"deal-{lead}", border=False):
        name = st.text_input("Transaction", key=keys[0], placeholder="As the CRM or the invoice names it",
                             persist_state="page")
        won_at = _moment(told, "Won", keys[1])
        is_sent = dialogs.send("Record the deal")
    _sent(is_sent, lead, lambda: dialogs.act(desk.record_deal, lead, f"deal/{name}", "The deal is recorded.", keys,
                                             transaction=name.strip(), won_at=won_at))


def _amount(label: str, key: str) -> Callable[[], Decimal | None]:
    """A field for an amount; what it returns reads it once the form is sent."""
    text = st.text_input(label, key=key, placeholder="1,234.50", persist_state="page")
    return lambda: read_amount(text) if text.strip() else None


def _needed(amount: Decimal | None, what: str) -> Decimal:
    if amount is None:
        raise Refusal(f"Say {what}.")
    return amount


@modal.dialog("The customer paid")
def payment(told: Story, lead: str, names: list[str]) -> None:
    """What was paid on a won deal, and the part of it that is subscription."""
    keys = [f"payment-{name}-{lead}" for name in ("deal", "currency", "total", "subscription", "other", "at")]
    with st.form(f"payment-{lead}", border=False):
        name = st.selectbox("Transaction", names, key=keys[0], required=True, persist_state="page")
        currency = st.selectbox("Currency", CURRENCIES, index=CURRENCIES.index("USD"), key=keys[1], required=True,
                                persist_state="page")
        total = _amount("Paid in all", keys[2])
        subscription = _amount("Of that for the subscription (commission is worked out on it)", keys[3])
        other = _amount("Of that for anything else (may be left out)", keys[4])
        received_at = _moment(told, "Received", keys[5])
        is_sent = dialogs.send("Record the payment")
    _sent(is_sent, lead, lambda: dialogs.act(
        desk.record_payment, lead, f"payment/{name}", "The payment is recorded.", keys, transaction=name,
        currency=currency, total=_needed(total(), "how much was paid in all"), subscription=subscription(),
        other=other(), received_at=received_at))


@modal.dialog("What the payment was for")
def completion(lead: str, row: dict) -> None:
    """The subscription part of a payment that is recorded without it; row: of the deals of a lead."""
    keys = [f"completion-{name}-{row['id']}" for name in ("total", "subscription", "other")]
    paid = money(row["amount"], row["currency"]) if row["amount"] else "how much is not known"
    words.line(text=f"Customer paid: {row['transaction']}", quiet=paid)
    with st.form(f"completion-{row['id']}", border=False):
        total = (lambda: row["amount"]) if row["amount"] else _amount(f"Paid in all, in {row['currency']}", keys[0])
        subscription = _amount(f"For the subscription, in {row['currency']} (commission is worked out on it)", keys[1])
        other = _amount("For anything else (may be left out)", keys[2])
        is_sent = dialogs.send("Record it")
    _sent(is_sent, lead, lambda: dialogs.act(
        desk.record_payment, lead, f"completion/{row['id']}", "The subscription part is recorded.", keys,
        transaction=row["transaction"], currency=row["currency"], total=_needed(total(), "how much was paid in all"),
        subscription=_needed(subscription(), "how much of it was for the subscription"), other=other(),
        completes=row["id"]))


@modal.dialog("The customer got money back")
def refund(told: Story, lead: str, names: list[str]) -> None:
    """How much, on which deal."""
    keys = [f"refund-{name}-{lead}" for name in ("deal", "currency", "amount", "at")]
    with st.form(f"refund-{lead}", border=False):
        name = st.selectbox("Transaction", names, key=keys[0], required=True, persist_state="page")
        currency = st.selectbox("Currency", CURRENCIES, index=CURRENCIES.index("USD"), key=keys[1], required=True,
                                persist_state="page")
        amount = _amount("Given back", keys[2])
        refunded_at = _moment(told, "Given back", keys[3])
        is_sent = dialogs.send("Record the refund")
    _sent(is_sent, lead, lambda: dialogs.act(
        desk.record_refund, lead, f"refund/{name}", "The refund is recorded.", keys, transaction=name,
        currency=currency, amount=_needed(amount(), "how much was given back"), refunded_at=refunded_at))
