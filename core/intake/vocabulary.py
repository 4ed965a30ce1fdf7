"""Our fields by kind of file, the names under which other systems keep them, and the words that their cells use.

Read from `mappings.toml` once; called by the other modules of this room. Knows names and words, no file.
"""

import re
import tomllib
from pathlib import Path

_KNOWN = tomllib.loads((Path(__file__).parent / "mappings.toml").read_text("utf-8"))

KINDS = tuple(_KNOWN["fields"])
"""What a file can hold: leads, and what the CRM knows."""

INSTANTS = ("submitted_at", "created_at", "last_outbound_at", "last_inbound_at", "occurred_at", "logged_at",
            "last_activity_at")
DAYS = ("expected_decision_date", "purchased_on", "contract_ends_on", "closed_at")
YES_NO = ("is_deleted", "new_contact_record", "is_in_use", "is_closed", "is_competitor")

_LEAD_IN = re.compile(
    r"^(?:(?:please|enter|provide|share|give us|tell us|which|what is|what are|what['’]s|what)\s+)*"
    r"(?:(?:the|your|you|our|my)\s+)?", re.IGNORECASE,
)


def plain(name: str) -> str:
    """A name as names are compared: CreatedDate, "Created Date" and property_created_date are all createddate."""
    return re.sub(r"[\W_]+", "", re.sub(r"^_*propert(y|ies)[_.]", "", name.lower()))


def asked(name: str) -> str:
    """What the question of a form asks for, as names are compared: "What is your work email? (needed)" is workemail."""
    words = re.sub(r"\([^()]*\)|['’]s\b", " ", name).strip()
    return plain(_LEAD_IN.sub("", words))


FIELDS: dict[str, dict[str, list[str]]] = {
    kind: {field: list(dict.fromkeys(map(plain, spellings))) for field, spellings in fields.items()}
    for kind, fields in _KNOWN["fields"].items()
}
"""Per kind, our fields and the plain spellings of columns that hold them, the likeliest first."""

SPELLINGS = {kind: {spelling for spellings in fields.values() for spelling in spellings}
             for kind, fields in FIELDS.items()}

SIGNATURES = [
    {"holds": entry["holds"], "kind": entry.get("kind"), "has": set(map(plain, entry["has"])),
     "lacks": {plain(name) for name in entry.get("lacks", ()) if name != "@person"},
     "lacks_person": "@person" in entry.get("lacks", ())}
    for entry in _KNOWN["signature"]
]
"""What a file holds, told from its columns: the first entry counts that fits."""

WORDS: dict[str, dict[str, list[str]]] = _KNOWN["words"]
"""Per vocabulary, our words and the plain spellings that mean them."""

NEVER: dict[str, list[str]] = _KNOWN["never"]
"""Per field, what its column plainly cannot hold (words of `contents`)."""

ASKED: dict[str, dict[str, str]] = _KNOWN["asked"]
"""Per kind, fields for which a column is asked that holds the like under another name."""


def names(columns: list[str], kind: str) -> dict[str, list[str]]:
    """Plain spelling -> columns of that name; a question of a form counts by what it asks for, where it has no name."""
    found: dict[str, list[str]] = {}
    for column in columns:
        spelled = plain(column)
        if spelled not in SPELLINGS[kind] and asked(column) in SPELLINGS[kind]:
            spelled = asked(column)
        found.setdefault(spelled, []).append(column)
    return found
