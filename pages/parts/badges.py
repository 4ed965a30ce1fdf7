"""Words, icons and colour families of every state, and the badge that shows them. The table of the design, section 3.

Only our own words come here: text from outside goes through pages/parts/words.py.
"""

import datetime as dt
from typing import Literal, NamedTuple

import streamlit as st

from core.model import VERDICTS
from core.queue import SOON_DAYS
from pages.parts import dates

Family = Literal["green", "red", "orange", "yellow", "blue", "violet", "gray"]


class Look(NamedTuple):
    """How a state looks: its word, its icon, its family of colours."""

    word: str
    icon: str
    family: Family


VERDICT = dict(zip(VERDICTS, (
    Look("Pass", "check_circle", "green"), Look("Fail", "cancel", "red"), Look("Unknown", "help", "yellow"),
    Look("Waived", "front_hand", "violet"), Look("Not applicable", "remove", "gray"),
), strict=True))
DISPOSITION = {
    "qualified": Look("Qualified", "verified", "green"), "rejected": Look("Rejected", "block", "red"),
    "expired": Look("Expired", "hourglass_bottom", "gray"), "pending": Look("Pending", "hourglass_empty", "yellow"),
}
CLOCK = {
    "running": Look("Running", "schedule", "gray"), "met": Look("Met", "check", "gray"),
    "missed": Look("Missed", "warning", "red"), "lapsed": Look("Lapsed", "hourglass_bottom", "gray"),
}
DUTY = {
    "open": Look("Open", "pending_actions", "yellow"), "done": Look("Done", "check", "gray"),
    "breached": Look("Breached", "warning", "red"),
}
LINE = {
    "open": Look("Ready", "check_circle", "green"), "blocked": Look("Blocked", "block", "orange"),
    "held": Look("Held", "pause_circle", "violet"), "in_batch": Look("In a batch", "inventory_2", "blue"),
    "approved": Look("Approved", "verified", "blue"), "exported": Look("Given out", "outbox", "blue"),
    "paid": Look("Paid", "check", "gray"), "void": Look("No longer owed", "remove", "gray"),
}
PAYOUT = {
    "payable": Look("Ready", "check_circle", "green"), "blocked": Look("Blocked", "block", "orange"),
    "paid": Look("Paid", "check", "gray"), "forfeited": Look("Forfeited", "undo", "red"),
}
READING = Look("Reading", "gavel", "violet")
SUGGESTS = {"pass": Look("Suggests: pass", "lightbulb", "blue"), "fail": Look("Suggests: fail", "lightbulb", "blue")}
MINE, TAKEN = Look("Yours", "person", "blue"), Look("Taken by", "person", "blue")
ASIDE = Look("Set aside", "snooze", "gray")


def badge(look: Look, word: str | None = None, width: int | Literal["content"] = "content") -> None:
    """A state as word, icon and colour. word: our own, where the table's does not say enough."""
    st.badge(word or look.word, icon=f":material/{look.icon}:", color=look.family, width=width)


def due(days: int) -> Look:
    """How a number of days until the end looks."""
    word = dates.left_in_words(days)
    if days < 0:
        return Look(word, "warning", "red")
    if days == 0:
        return Look(word, "schedule", "orange")
    return Look(word, "event", "yellow" if days <= SOON_DAYS else "gray")


def pill_colour(family: Family) -> str:
    """The fixed colour of a pill in a table, for the mode that is on; text on it is chosen by Streamlit."""
    light = {"red": "#F8D3C3", "orange": "#F5E3AE", "yellow": "#F5E3AE", "gray": "#E3E6EB"}
    dark = {"red": "#43210F", "orange": "#3A2E0E", "yellow": "#3A2E0E", "gray": "#262A31"}
    return (dark if st.context.theme.type == "dark" else light)[family]


CLOCK_NAMES = {
    "response_sla": "Our answer is due", "reply_30d": "30-day reply ends", "engagement_3m": "3-month limit",
    "ownership": "Ownership ends",
}
CLOCK_SENTENCES = {
    "response_sla": ("Our answer was due on {}.", "Our answer is due on {}."),
    "reply_30d": ("The contact had to reply by {}.", "The contact must reply by {}, or the lead expires."),
    "engagement_3m": ("The contact had to be in touch by {}.", "The contact must be in touch by {}, or it expires."),
    "ownership": ("Ownership ended on {}.", "Ownership ends on {}."),
}
"""Per clock what to say after its last day, and before."""
DUTY_NAMES = {
    "explain_rejection": "Explain the rejection to the partner",
    "partner_status_update": "The partner owes a status update",
    "follow_up_with_partner": "Follow up together with the partner",
    "ask_follow_up_preference": "Ask the partner whom to follow up with",
    "do_not_introduce_other_partner": "Introduce no other partner",
    "notify_source_of_payout": "Tell the source that the bonus is paid",
}
OWNER_STATUS = {
    "confirmed": "owns it", "provisional": "is first in line while it is undecided", "lapsed": "owned it",
    "disassociated": "was taken off this lead",
}
"""What follows the owner's name."""
DECIDES = {"human": "for you to judge", "both": "a fact or your verdict", "computed": "needs a fact",
           "act": "the closing step"}
COMES_FROM = {"record": "look it up in the file or the CRM", "us": "for one of us to judge",
              "partner": "ask the partner", "contact": "waits for the contact", "time": "comes with time alone",
              "act": "the closing step"}
"""Where the answer to an open criterion comes from."""
WHO = {"system": "the facts alone", "sales": "sales", "channel": "the channel team", "human": "a person",
       "marketing": "marketing", "finance": "finance", "owner": "a manager"}
FLAGS = {
    "waiver_refused": "A waiver was recorded that the terms do not allow",
    "approval_conflicts_with_exclusion": "Approved although an exclusion applies",
    "declined_after_approval": "The contact declined after the approval",
    "attribution_window_not_configured": "No attribution window is set",
    "attribution_window_lapsed": "The attribution window has passed",
    "company_delay": "Our own delay let a clock run out",
    "paid_then_disqualified": "Paid, and disqualified afterwards",
    "paid_twice": "Paid here, and elsewhere too",
    "told_otherwise": "Paid, as we were told, with another amount",
    "late_in_deal_cycle": "Came late in the deal",
    "follow_up_preference_missing": "Nobody knows whom to follow up with",
    "update_outstanding": "The partner owes a status update",
    "update_quality_review": "A status update is to be judged",
    "breach_partner_introduced": "Another partner was introduced while this one owned the lead",
    "commission_forfeited": "A commission was forfeited",
    "refund_review": "A customer payment was refunded",
}
PAYEE_FIELDS = {
    "first_name": "first name", "last_name": "last name", "business_email": "business e-mail", "email": "e-mail",
    "wire_details": "wire details", "country": "country", "check_address": "check address",
    "check_address_confirmation": "confirmation of the check address",
}
EVENTS = {
    "submitted": "Submitted", "outreach": "We wrote or called", "reply": "The contact replied",
    "engagement": "The contact was in touch", "disengaged": "The contact withdrew from contact",
    "discovery_call": "Discovery call", "requirements_received": "Requirements received", "crm_touch": "Known to us",
    "sales_activity": "Sales activity", "email_bounce": "E-mail bounced", "approved": "Approved",
    "accepted": "Accepted", "rejected": "Rejected", "confirmed": "Confirmed", "withdrawn": "Withdrawn",
    "discretion": "Decision at discretion", "opportunity_created": "Opportunity created", "deal_won": "Deal won",
    "customer_payment": "Customer paid", "customer_refund": "Customer was refunded", "payout_paid": "Payout paid",
    "payee_details_provided": "Payee details came in", "payee_change_requested": "Change of payee asked",
    "wire_requested": "Wire transfer asked", "notice_sent": "Notice sent", "update_requested": "Status update asked",
    "update_provided": "Status update given", "disassociated": "Partner taken off the lead",
    "competitor_suggested": "Competitor suggested", "partner_introduced": "Another partner introduced",
    "abuse_finding": "Finding of abuse", "program_terminated": "Program ended",
    "source_contacted": "Source contacted", "history_searched": "History searched",
    "ownership_extended": "Ownership extended",
}


def clock_name(clock: str) -> str:
    """A clock in words."""
    return CLOCK_NAMES.get(clock, clock.replace("_", " ").capitalize())


def what_is_due(clock: str, days_left: int, due_on: dt.date, needs: list[str]) -> str:
    """One sentence on a deadline, and what is still open."""
    after, before = CLOCK_SENTENCES.get(clock, (f"{clock_name(clock)}: {{}}.",) * 2)
    more = f" +{len(needs) - 1}" if len(needs) > 1 else ""
    return (before if days_left >= 0 else after).format(dates.day(due_on)) + (
        f" Still needed: {needs[0]}{more}." if needs else "")


def clock_until(clock: str, due_on: dt.date) -> str:
    """A clock and its last day, whatever became of it."""
    nouns = {"response_sla": "Our answer", "reply_30d": "30-day reply", "engagement_3m": "3-month engagement"}
    return f"{nouns.get(clock, clock_name(clock))}, by {dates.day(due_on)}"


ACTIVITIES = {
    "outreach": "We wrote or called", "reply": "The contact replied", "automatic_reply": "An automatic reply came",
    "call": "A call was held", "demo": "A demo was held", "call_booked": "A call was booked",
    "call_missed": "A call was missed", "hard_bounce": "E-mail bounced for good",
    "soft_bounce": "E-mail bounced for now", "requirements": "Requirements were received",
    "engagement": "The contact was in touch", "decline": "The contact declined",
}
CHANNELS = {"email": "E-mail", "phone": "Phone", "meeting": "Meeting", "chat": "Chat", "other": "Other"}


def event_name(kind: str) -> str:
    """An event in words."""
    return EVENTS.get(kind, kind.replace("_", " ").capitalize())
