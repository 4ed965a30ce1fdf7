"""Drafts of what partners read, in the tone that their program owes them. Called by pages; sends and stores nothing.

The tone is the one in which a program explains a rejection. One that owes an explanation says what was found or what
follows, and under which clause; one that may explain names the clause; one that explains nothing says what happened and
no grounds, and of a refusal nothing.
"""

import datetime as dt
from collections.abc import Collection

from core.reasons import in_words
from core.review import Story, needed

DECIDES = {"approve": ("approval", "It is approved"), "accept": ("accepted", "It is accepted"),
           "confirm": ("confirmed", "It is confirmed as valid and qualified")}
"""By action the criterion that it decides, and how a partner is told."""


def rejection(told: Story, code: str, company: str | None) -> str:
    """A draft of the explanation for a rejection by one clause; empty where the program explains nothing."""
    return _against(told, code, company, "We cannot take it up")


def expiry(told: Story, company: str | None) -> str:
    """A draft that a lead has expired, and by which clause; empty where it has not, or the program explains nothing."""
    if told.outcome["disposition"] != "expired":
        return ""
    until = told.outcome["owner_until"]
    ended = f" It was yours until {_day(until)}." if until and told.program.explains_rejection == "owed" else ""
    draft = _against(told, told.outcome["reason"], company, "It has expired")
    return draft and draft + ended


def affirmation(told: Story, action: str, company: str | None) -> str:
    """A draft that a lead is approved, accepted or confirmed; with the clause, what is still open, and for how long it
    is the partner's where the program gives it to them (ptr.process.3.1.1a)."""
    criterion, said = DECIDES[action]
    tone = told.program.explains_rejection
    if tone == "none":
        return f"{_thanks(company)} {said}."
    clause = next((f" ({line.clause.id})" for line in told.lines if line.text.id == criterion), "")
    left = [need.label for need, _ in told.missing if need.name in told.program.criteria and need.comes_from != "act"]
    parts = [
        _thanks(company), f"{said}{clause}.",
        _held(told) if tone == "owed" and action == "accept" else "",
        f"Still open before it counts: {', '.join(left)}." if left else "",
    ]
    return " ".join(part for part in parts if part)


def request(told: Story, missing: Collection[str], company: str | None) -> str:
    """A draft that asks the partner for what some open criteria wait for, what is cheapest to get first; empty where
    there are none. What only the partner can say is said as it was found; what others judge is asked."""
    lines = {line.text.id: line for line in told.lines}
    clause = "" if told.program.explains_rejection == "none" else " ({})"
    asked = [
        f"- {lines[need.name].because if need.comes_from == 'partner' else lines[need.name].text.question}"
        + clause.format(lines[need.name].clause.id)
        for need in needed(told.program, list(missing)) if need.name in lines
    ]
    if not asked:
        return ""
    return "\n".join([f"{_thanks(company)} To go on with it we need to hear from you:", *asked])


def _against(told: Story, code: str, company: str | None, said: str) -> str:
    tone = told.program.explains_rejection
    if tone == "none":
        return ""
    why = in_words(code)
    found = [line.because for line in told.lines if line.clause.id == code and line.verdict == "fail"]
    ground = f" {found[0]}" if tone == "owed" and found else ""
    return f"{_thanks(company)} {said}: {why[0].lower()}{why[1:]} ({code}).{ground}"


def _held(told: Story) -> str:
    """For how long an accepted lead is the partner's; empty where the program gives it to nobody."""
    setting = told.program.settings.get(f"{told.program.id}.ownership_months")
    return f"It is yours for {told.terms['ownership_months']} months from today ({setting.clause})." if setting else ""


def _thanks(company: str | None) -> str:
    about = f" for {company.removesuffix('.')}" if company else ""  # Acme Inc. ends the sentence by itself
    return f"Thank you for your submission{about}."


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
