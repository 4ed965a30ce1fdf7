"""What one lead says of itself: its state, owner, money, clocks, conflicts, timeline. Called by triage and checklist.

story: core.queue.Story. Sentences and names come from outside and never pass through Markdown.
"""

import datetime as dt

import polars as pl
import streamlit as st

from core import days, ledger, review
from core.reasons import in_words
from core.review import Story
from core.work import Work
from pages.parts import badges, dates, frame, people, words
from pages.parts.money import money, percent


def state_badges(told: Story) -> None:
    """Disposition and what is due."""
    badges.badge(badges.DISPOSITION[told.outcome["disposition"]])
    if told.due_in is not None:
        badges.badge(badges.due(told.due_in))


def worker_badge(done: Work, me: str, names: dict[str, str]) -> None:
    """Who works on it, and whether it is set aside. A name comes from outside, so it stands beside the badge."""
    if done.worker == me:
        badges.badge(badges.MINE)
    elif done.worker is not None:
        badges.badge(badges.TAKEN)
        words.line(text=names.get(done.worker, done.worker), width="content")
    if done.aside_until:
        badges.badge(badges.ASIDE, f"Set aside until {dates.day(done.aside_until)}")


def cards(told: Story) -> None:
    """The cards beside the criteria: what is missing, what changes, who holds it, what it pays."""
    is_open = told.outcome["disposition"] in ("pending", "qualified")
    blocks = {
        "Missing to qualify": missing if is_open else None,
        "What changes by itself": changes,
        "Owner": owner,
        "Conflicts": conflicts if told.conflicts else None,
        payout_title(told): payout,
        "Clocks and duties": clocks_and_duties,
        "Worth knowing": flags if told.outcome["flags"] else None,
    }
    for title, block in blocks.items():
        if block is not None:
            with frame.card(title):
                block(told)


def reason(told: Story) -> None:
    """Why it was rejected or has expired: the clause in our words."""
    for place, name in enumerate([told.outcome["reason"], *told.outcome["also"]]):
        if name is None:
            return
        clause = review.clause_of(name)
        said = [told.said(line) for line in told.lines if line.verdict == "fail" and line.clause.id == name]
        words.line("Also:" if place else f"{badges.DISPOSITION[told.outcome['disposition']].word}:",
                   said[0] if said else f"{in_words(name)}.",
                   words.join(in_words(name) if said else None, clause and name, by=", "))


def missing(told: Story) -> None:
    """What is still to be answered, what is cheapest to get first. What only a person says explains itself."""
    if told.outcome["disposition"] == "qualified":
        words.line(text="Nothing. It is qualified.")
    human = {name for name, text in told.program.criteria.items() if text.decided_by == "human"}
    for number, (need, because) in enumerate(told.missing, start=1):
        words.line(f"{number}. {need.label}", f"— {badges.COMES_FROM[need.comes_from]}.",
                   "" if need.name in human else because)
    met, asked = told.progress
    st.progress(met / asked if asked else 0.0, text=f"{met} of {asked} criteria are met")


def changes(told: Story) -> None:
    """What the passing of time alone changes, with its day."""
    for day, label, because in told.changes:
        words.line(f"{dates.ahead(day, told.today)}:", f"{label} changes.", because)
    until = told.outcome["owner_until"]
    if told.outcome["owner_status"] == "confirmed" and until:
        words.line(f"{dates.ahead(until, told.today)}:", "ownership ends with this day.")
    elif not told.changes:
        words.line(text="No verdict changes by waiting.")


def owner(told: Story) -> None:
    """Who holds the lead and until when."""
    found = told.outcome
    holder, until = found["owner"] or found["last_owner"], found["owner_until"]
    if holder is None:
        words.line(text="Nobody holds it.")
        return
    words.line(told.names.get(holder, holder), f"{badges.OWNER_STATUS[found['owner_status']]}"
               + (f" until {dates.day(until)}." if until else "."))


def flags(told: Story) -> None:
    """What a person should know beside the outcome."""
    for name in told.outcome["flags"]:
        words.line(text=f"{badges.FLAGS.get(name, name.replace('_', ' ').capitalize())}.")


def payout_title(told: Story) -> str:
    """Whether the payout is a fact or a prospect."""
    return "If it qualifies" if told.outcome["disposition"] == "pending" and not told.payouts else "Payout"


def payout(told: Story) -> None:
    """What is owed, or what would be; an amount that nobody set is not known."""
    for row in told.payouts:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            look = badges.PAYOUT[row["status"]]
            badges.badge(look)
            if row["is_overdue"]:
                badges.badge(badges.Look("Overdue", "warning", "red"))
            words.line(money(row["amount"], row["currency"]), f"to {told.names.get(row['payee'], row['payee'])}",
                       width="content")
        by = f", by {row['method'].replace('_', ' ')}" if row["method"] else ""
        due = f"{'Was due' if row['is_overdue'] else 'Due'} {dates.day(row['due_on'])}"
        if row["status"] not in ("paid", "forfeited"):
            words.line(text=f"{due if row['due_on'] else 'No due day is known'}{by}.")
        for name in row["blockers"]:
            what, who = ledger.blocker(name)
            words.line(text=f"{what}.", quiet=who and f"Waits for {who}.")
    if told.payouts:
        people.open_lines(f"lines-{told.outcome['lead']}", lead=told.outcome["lead"])
        return
    if told.outcome["disposition"] in ("rejected", "expired"):
        words.line(text="Nothing is owed.")
        return
    amount, currency, rate = told.reward()
    if rate:
        if told.terms[rate] is None:
            words.line("Not known:", "no commission rate is set. A manager can set it.")
        else:
            words.line(percent(told.terms[rate]), "of the subscription in each payment of the customer.")
    elif amount is None:
        words.line("Not known:", "no amount is set. A manager can set it.")
    else:
        words.line(money(amount, currency), f"to the {told.program.partner_word}.")


def clocks_and_duties(told: Story) -> None:
    """Every clock that has begun, and what one side owes the other."""
    if not told.clocks and not told.duties:
        words.line(text="No clock is running, and nobody owes anything.")
    for row in told.clocks:
        open_clock = row["state"] in ("running", "missed") and told.outcome["disposition"] == "pending"
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            badges.badge(badges.due(row["days_left"]) if open_clock and row["days_left"] >= 0
                         else badges.CLOCK[row["state"]])
            words.line(text=badges.clock_until(row["clock"], row["due_on"]), width="content")
    for row in told.duties:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            badges.badge(badges.DUTY[row["state"]])
            words.line(text=badges.DUTY_NAMES.get(row["duty"], row["duty"].replace("_", " ")), width="content")


def conflicts(told: Story) -> None:
    """Other leads that it beat or lost to, each with its clause and a link."""
    own = told.outcome["lead"]
    for row in told.conflicts:
        lost = row["loser"] == own
        other = row["winner"] if lost else row["loser"]
        clause = review.clause_of(row["clause"])
        words.line("Lost to" if lost else "Won over",
                   f"{other}: {clause.heading if clause else row['clause']}.", row["clause"])
        frame.open_lead(other, key="conflict")


def timeline(told: Story, happened: pl.DataFrame) -> None:
    """What happened, newest first, with the local time."""
    for row in happened.to_dicts():
        at = dates.short(days.local_moment(row["happened_at"], told.zone), told.today)
        who = told.names.get(row["who"], row["who"])
        words.line(first=at, text=_happening(told, row), quiet=words.join(who, row["note"]),
                   exact=dates.exact(row["happened_at"], told.zone))


def _happening(told: Story, row: dict) -> str:
    if row["type"] == "verdict":
        text = told.program.criteria.get(row["criterion"])
        name = text.label if text else str(row["criterion"]).replace("_", " ").capitalize()
        return f"{name}: {badges.VERDICT[row['verdict']].word.lower()}"
    name = badges.event_name(row["type"])
    amount = None if row["amount"] is None else money(row["amount"], row["currency"] or "USD")
    detail = words.join(
        row["channel"], row["call_status"], row["decision"], row["what"], row["criterion"], amount, by=", "
    )
    return f"{name}{', ' + detail.replace('_', ' ') if detail else ''}"


def submitted_at(told: Story, instant: dt.datetime) -> str:
    """When it came in, by the clock of its program: 12 Nov 2026, 09:02 UTC."""
    local = days.local_moment(instant, told.zone)
    return f"submitted {dates.day(local.date())}, {local:%H:%M} {told.zone}"
