"""Why leads are rejected or expire, in a few words each.

A clause is headed by what it asks for, so that its heading beside a rejected lead would say the opposite. Called by
pages, charts and letters; reads nothing.
"""

from collections.abc import Iterable

WORDS = {
    "cerri.1a": "No new contact record", "cerri.1b": "No trial sign-up or contact form",
    "cerri.2a": "No two-way communication", "cerri.2b": "Not a potential client now",
    "cerri.2.1": "No business use", "cerri.2.2": "No need or interest", "cerri.2.3": "Not large enough",
    "cerri.2.4": "No authority or influence", "cerri.2.5a": "Contact details not complete",
    "cerri.2.5b": "Contact no longer responds", "cerri.2.6": "No call, demo or requirements",
    "cerri.2.D": "Turned down by Cerri", "cerri.3.1": "Self-referral", "cerri.3.2": "Private or academic use",
    "cerri.3.3": "Contact not real or not reachable", "cerri.3.4": "Known or contacted in the last 6 months",
    "cerri.3.5": "Competitor or rival reseller", "cerri.3.6": "Declined or gone silent",
    "ptr.def.a": "Neither decides nor has influence", "ptr.def.b": "Not interested in Celigo products",
    "ptr.def.c": "No purchase decision within 12 months", "ptr.process.2a": "Not sent through the form",
    "ptr.process.2b": "Not accepted by Celigo", "ptr.process.3.1.1a": "The ownership ended",
    "ptr.maintain.2b": "No updates from the partner", "ptr.conflict.1": "Owned by another partner",
    "ptr.conflict.2": "Another partner came first", "ptr.valid.1": "Product already in use",
    "ptr.valid.2": "Active prospect already", "ptr.invalid.1": "List contact that does not fit",
    "ptr.invalid.2": "Show contact that does not fit",
    "ptr.duplicate_same_partner": "Sent before by the same partner",
    "raf.def.1": "No new sales opportunity", "raf.def.2a": "Neither decides nor has influence",
    "raf.def.2b": "Not interested in Celigo products", "raf.def.2c": "No purchase decision within 12 months",
    "raf.intro.4": "The program ended", "raf.intro.5": "Bonus refused by Celigo",
    "raf.process.2a": "Not sent through the form", "raf.process.2b": "Not accepted by Celigo",
    "raf.process.3.1.4": "No longer engaged after 3 months", "raf.process.3.2": "Rejected before, not reviewed again",
    "raf.valid.1": "Product already in use", "raf.valid.2": "Active prospect already",
    "raf.valid.3a": "No reply within 30 days", "raf.valid.3b": "Not engaged within 3 months",
    "raf.valid.3c": "Below Celigo's sales standard", "raf.valid.3d": "No opportunity was opened",
    "raf.invalid.1": "Product without a bonus", "raf.invalid.1a": "Accepted elsewhere before",
    "raf.invalid.1b": "Another source came first", "raf.invalid.2a": "Repeat by the same source",
    "raf.invalid.2b": "The contact brought a bonus before", "raf.invalid.3": "False lead or abuse",
    "raf.invalid.4": "CloudExtend or a free trial", "raf.invalid.5": "Unsolicited referral",
    "withdrawn": "Withdrawn by the partner", "unknown": "No reason on record",
}
"""By clause, and by the reasons that are none."""


def labels(codes: Iterable[str]) -> dict[str, str]:
    """The codes with what a list of choices calls them."""
    return {code: f"{in_words(code)} · {code}" for code in codes}


def in_words(reason: str) -> str:
    """A reason in words."""
    return WORDS.get(reason, reason.replace("_", " ").capitalize())
