"""Which roles open which page: `pages.toml`, checked when it is read. Called by the dashboard alone.

What may be done on a page stands in the permission table; the desk asks it again at every action.
"""

import tomllib
from functools import cache
from pathlib import Path

from core.model import Refusal
from core.people import HERE, ROLES, Person


@cache
def pages(file: Path = HERE / "pages.toml") -> dict[str, tuple[str, ...]]:
    """The roles by page. Raises Refusal naming the page where the table is broken."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    for page, roles in found.items():
        if not roles or not set(roles) <= set(ROLES):
            raise Refusal(f"{file.name}, page {page}: takes one or more of {', '.join(ROLES)}.")
    return {page: tuple(roles) for page, roles in found.items()}


def may_open(someone: Person, page: str) -> str | None:
    """None where a person may open a page, else one sentence that says why not."""
    roles = pages()[page]
    if any(own in roles for own, _ in someone.roles):
        return None
    return (f"{page.capitalize()} is for {' or '.join(roles)}, and {someone.name or someone.id} holds no such role "
            "today. Ask an admin for it.")
