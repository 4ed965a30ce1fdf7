"""The names of the pages and which roles open them: `pages.toml`, checked when it is read.

Called by the dashboard and by what it reads for a person. What may be done on a page stands in the permission table;
the desk asks it again at every action.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.model import Refusal
from core.people import HERE, ROLES, Person


@dataclass(frozen=True)
class PageRow:
    """One page: what it is called on the screen, its icon (Material Symbols), and the roles that open it."""

    title: str
    icon: str
    roles: tuple[str, ...]


@cache
def pages(file: Path = HERE / "pages.toml") -> dict[str, PageRow]:
    """The rows by page. Raises Refusal naming the page where the table is broken."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    for page, row in found.items():
        for name in ("title", "icon"):
            if not row.get(name):
                raise Refusal(f"{file.name}, page {page}: {name} is missing.")
        if not row.get("roles") or not set(row["roles"]) <= set(ROLES):
            raise Refusal(f"{file.name}, page {page}: roles takes one or more of {', '.join(ROLES)}.")
    return {page: PageRow(row["title"], row["icon"], tuple(row["roles"])) for page, row in found.items()}


def may_open(someone: Person, page: str) -> str | None:
    """None where a person may open a page, else one sentence that says why not."""
    roles = pages()[page].roles
    if any(own in roles for own, _ in someone.roles):
        return None
    return (f"{pages()[page].title} is for {' or '.join(roles)}, and {someone.name or someone.id} holds no such role "
            "today. Ask an admin for it.")
