"""Why leads are rejected or expire, in a few words each.

A clause is headed by what it asks for, so that its heading beside a rejected lead would say the opposite. Called by
pages, charts and letters; reads the terms alone.
"""

from collections.abc import Iterable

from core.terms import catalogue

WORDS = {
    "ptr.duplicate_same_partner": "Sent before by the same partner", "withdrawn": "Withdrawn by the partner",
    "unknown": "No reason on record",
}
"""By the reasons that are no clause."""


def labels(codes: Iterable[str]) -> dict[str, str]:
    """The codes with what a list of choices calls them."""
    return {code: f"{in_words(code)} · {code}" for code in codes}


def in_words(reason: str) -> str:
    """A reason in words: of a clause what its terms file says of a lead that it refuses."""
    clause = next((one.clauses[reason] for one in catalogue().programs.values() if reason in one.clauses), None)
    if clause is not None:
        return clause.refusal or clause.heading
    return WORDS.get(reason, reason.replace("_", " ").capitalize())
