"""Days and instants in words. Called by pages; the counting is done in core."""

import datetime as dt

from core.days import local_moment


def day(value: dt.date | None) -> str:
    """A day in sentences: 12 Nov 2026."""
    return "a day not known" if value is None else f"{value.day} {value:%b %Y}"


def moment(value: dt.datetime, seconds: bool = False) -> str:
    """An instant: 12 Nov 2026, 09:02."""
    return f"{day(value.date())}, {value:{'%H:%M:%S' if seconds else '%H:%M'}}"


def exact(instant: dt.datetime, zone: str) -> str:
    """A UTC instant to the second by the clock of a zone, and the zone: 12 Nov 2026, 09:02:13 Europe/Berlin."""
    return f"{moment(local_moment(instant, zone), seconds=True)} {zone}"


def short(value: dt.datetime, today: dt.date) -> str:
    """An instant in lists: 12 Nov 09:02; with the year in place of the hour where it is another."""
    return f"{value.day} {value:%b %H:%M}" if value.year == today.year else f"{value.day} {value:%b %Y}"


def ahead(value: dt.date, today: dt.date) -> str:
    """A day that comes with how long that is: 12 Nov 2026, in 12 days; tomorrow; today. A past one alone."""
    days = (value - today).days
    if days < 0:
        return day(value)
    return f"{day(value)}, {('today', 'tomorrow')[days] if days < 2 else f'in {days:,} days'}"


def left(days: int | None) -> str:
    """Days until something is due, for tables: Overdue 2 d, Today, 3 d."""
    if days is None:
        return "—"
    return "Today" if days == 0 else f"{days} d" if days > 0 else f"Overdue {-days} d"


def left_in_words(days: int) -> str:
    """Days until something is due, for badges: 2 days late, Due today, Due in 3 days."""
    if days == 0:
        return "Due today"
    count = f"{abs(days)} day" if abs(days) == 1 else f"{abs(days)} days"
    return f"Due in {count}" if days > 0 else f"{count} late"
