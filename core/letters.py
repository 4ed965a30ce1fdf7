"""Drafts of what partners read, in the tone that their program owes them. Called by pages; sends and stores nothing."""

from core.reasons import in_words
from core.review import Story


def rejection(told: Story, code: str, company: str | None) -> str:
    """A draft of the explanation for a rejection by one clause; empty where the program explains nothing.

    A program that owes an explanation says what was found against the clause; one that may explain names it.
    """
    duty = told.program.explains_rejection
    if duty == "none":
        return ""
    why = in_words(code)
    about = f"your submission for {company}" if company else "your submission"
    found = [line.because for line in told.lines if line.clause.id == code and line.verdict == "fail"]
    reason = f" {found[0]}" if duty == "owed" and found else ""
    return f"Thank you for {about}. We cannot take it up: {why[0].lower()}{why[1:]} ({code}).{reason}"
