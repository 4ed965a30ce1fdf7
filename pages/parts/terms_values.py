"""Settings in words: a value with its unit, where it comes from, since when. Called by the parts of the page Terms."""

from core.in_force import Dated
from core.terms import ALWAYS, Entry, Setting
from pages.parts import dates, words
from pages.parts.money import money, percent

NOT_KNOWN = "Not known"


def said(setting: Setting, value: object) -> str:
    """A value as one says it: US$100.00, 10 %, 30 days, yes."""
    if value is None:
        return NOT_KNOWN
    if setting.type == "money":
        return money(value)
    if setting.unit == "rate":
        return percent(value)
    return words.value(value) if setting.unit in ("none", "money") else f"{value} {setting.unit}"


def since(entry: Entry) -> str:
    """From which day a value counts; of what was always so, that the text says it where it does."""
    if entry.effective_on != ALWAYS:
        return f"from {dates.day(entry.effective_on)}"
    is_of_text = entry.recorded_at is None and entry.source != "general" and not entry.source.startswith("AMB-")
    return "as long as the text stands" if is_of_text else "from the beginning"


def source(entry: Entry | None, names: dict[str, str]) -> str:
    """Whether the text says it, we read it so, or a person set it, and why. names: of people, by id."""
    if entry is None:
        return "No text names it, and nobody has set it."
    if entry.recorded_at is None:
        if entry.source == "general":
            return "Our default, as the texts are silent"
        return (f"Our reading of {entry.source}, until somebody sets it" if entry.source.startswith("AMB-")
                else f"The text says so ({entry.source})")
    who = names.get(entry.recorded_by, entry.recorded_by) if entry.recorded_by else "a loaded document"
    return f"Set by {who} on {dates.day(entry.recorded_at)}: {entry.source}"


def later(dated: Dated) -> str:
    """What is set already for days to come."""
    return "; ".join(f"{said(dated.setting, one.value)} {since(one)}" for one in dated.entries
                     if one.effective_on > dated.on)
