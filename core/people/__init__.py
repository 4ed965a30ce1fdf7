"""Who may do what: people, the roles they hold on a day, and the permission table.

Called by the desk inside every write, and by pages to show what is possible. Knows no lead: the disposition is told.
The table is `permissions.toml`, checked when it is read; people and grants stand in the database, with dates.
"""

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from core import store
from core.facts import keys
from core.model import Refusal
from core.store.answers import until_stored

HERE = Path(__file__).parent
ROLES = ("sales", "channel", "manager", "finance", "admin")
STATES = ("pending", "qualified", "rejected", "expired", "any")
"""Dispositions of a lead; `any` stands for each of them, and for actions that concern no lead."""

PARTS = ("lead", "money", "none")
"""What an action is to the money of the leads that it changes, as the head of the table says."""

OPERATOR = "operator"
"""Who works at the command line of this machine and names nobody else."""

TAKEN = (OPERATOR, "time", "nobody", "imported", "sample")
"""What stands in the place of a person where none did it: no id of anybody, in whatever case."""


class Guarded(Refusal):
    """What four eyes, a limit or changed payment details do not let pass. The attempt is written into the journal."""


class Forbidden(Guarded):
    """What this person may not do."""


@dataclass(frozen=True)
class Permission:
    """One row of the table: an action, and the dispositions in which each role may do it."""

    action: str
    label: str
    done: str
    roles: dict[str, tuple[str, ...]]
    part: str
    programs: tuple[str, ...] = ()
    undo: bool = False
    is_global: bool = False


@dataclass(frozen=True)
class Person:
    """A person with the roles held at one instant: (role, program), program None for every program."""

    id: str
    name: str | None
    address_key: str | None
    org_key: str | None
    partner: str | None
    roles: tuple[tuple[str, str | None], ...]

    def holds(self, role: str, program: str | None) -> bool:
        """Whether a role is held for a program; for None, whether it is held for every program."""
        return any(own == role and scope in (None, program) for own, scope in self.roles)


@cache
def permissions(file: Path = HERE / "permissions.toml") -> dict[str, Permission]:
    """The table by action. Raises Refusal naming the row where it is broken."""
    found = {}
    for action, row in tomllib.loads(file.read_text(encoding="utf-8")).items():
        where = f"{file.name}, action {action}"
        needed = {"label", "done", "undo", "part", "roles"}
        if missing := needed - row.keys():
            raise Refusal(f"{where}: {', '.join(sorted(missing))} is missing.")
        if unknown := row.keys() - {*needed, "programs", "global"}:
            raise Refusal(f"{where}: {', '.join(sorted(unknown))} is not known.")
        if row["part"] not in PARTS:
            raise Refusal(f"{where}: a part is {_either(PARTS)}, not {row['part']}.")
        for role, states in row["roles"].items():
            if role not in ROLES:
                raise Refusal(f"{where}: there is no role {role}.")
            if not states or not set(states) <= set(STATES):
                raise Refusal(f"{where}, role {role}: takes {', '.join(STATES)}.")
        found[action] = Permission(action, row["label"], row["done"],
                                   {role: tuple(states) for role, states in row["roles"].items()}, row["part"],
                                   tuple(row.get("programs", ())), row["undo"], row.get("global", False))
    return found


@cache
def known_actions() -> dict[str, Permission]:
    """Every action that an entry of the journal can name: those of the table, and those of earlier versions."""
    return permissions() | permissions(HERE / "former.toml")


def taking_part(*parts: str) -> list[str]:
    """The actions that give who does them one of PARTS in the leads that they change."""
    return [action for action, row in known_actions().items() if row.part in parts]


def deed(what: str) -> str:
    """What a person did, where it is an action in the words of its history."""
    return known_actions()[what].done if what in known_actions() else what


def may(person: Person, action: str, program: str | None, state: str = "any") -> str | None:
    """None where the person may, else one sentence that says why not.

    program: None where no program is concerned. state: disposition of the lead, `any` without a lead.
    """
    row = permissions()[action]
    if row.programs and program is not None and program not in row.programs:
        return f"{row.label}: the program {program} knows no such step."
    if why := without_role(person, action, program):
        return why
    held = roles_for(person, action, program)
    if not any(state in row.roles[role] or "any" in row.roles[role] for role in held):
        states = {one for role in held for one in row.roles[role]}
        return f"{row.label}: the lead is {state}; this takes one that is {_either(sorted(states))}."
    return None


def without_role(person: Person, action: str, program: str | None) -> str | None:
    """None where the person holds a role that knows the action, in whatever disposition, else one sentence."""
    if roles_for(person, action, program):
        return None
    row = known_actions()[action]
    whole = " for every program" if row.is_global or program is None else f" in the program {program}"
    return f"{row.label}: this is for {_either(row.roles)}{whole}, and {person.id} holds no such role today."


def roles_for(person: Person, action: str, program: str | None) -> list[str]:
    """The roles of a person, in a program, that know an action at all; where there is none it is not offered."""
    row = known_actions()[action]
    return [role for role in row.roles if person.holds(role, None if row.is_global else program)]


def _either(words: Iterable[str]) -> str:
    return " or ".join(words)


def person(con: duckdb.DuckDBPyConnection, who: str, at_instant: dt.datetime) -> Person:
    """A person with the roles held at an instant (UTC). Raises Forbidden where there is no such person."""
    row = _everybody(con).get(who)
    if row is None:
        raise Forbidden(f"There is no person {who}. An admin can add people.")
    return Person(who, row["name"], row["address_key"], row["org_key"], row["partner"],
                  _held(con, at_instant).get(who, ()))


@until_stored
def _everybody(con: duckdb.DuckDBPyConnection) -> dict[str, dict]:
    """All people by id."""
    return {row["id"]: row for row in store.read(con, HERE / "people.sql").to_dicts()}


@until_stored
def _granted(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    """All grants that were not taken back: person, role, program, begins_at, ends_at; in order."""
    return store.read(con, HERE / "granted.sql").rows()


def _held(con: duckdb.DuckDBPyConnection, at_instant: dt.datetime) -> dict[str, tuple[tuple[str, str | None], ...]]:
    """The roles held at an instant (UTC) by person, as `Person` has them."""
    held: dict[str, dict[tuple[str, str | None], None]] = {}
    for who, role, program, begins_at, ends_at in _granted(con):
        if begins_at <= at_instant and (ends_at is None or ends_at > at_instant):
            held.setdefault(who, {})[role, program] = None
    return {who: tuple(roles) for who, roles in held.items()}


def everyone(con: duckdb.DuckDBPyConnection, at_instant: dt.datetime) -> list[dict]:
    """All people by their ids: id, name, email, partner, roles (as `role` or `role:program`)."""
    held = _held(con, at_instant)
    return [
        {name: row[name] for name in ("id", "name", "email", "partner")}
        | {"roles": [role if program is None else f"{role}:{program}" for role, program in held.get(who, ())]}
        for who, row in _everybody(con).items()
    ]


def identity(email: str | None) -> dict[str, str | None]:
    """Columns of a person's row that are computed: by which address and which organization they are known."""
    return {"address_key": keys.address_key(email), "org_key": keys.organization_key(email)} if email else {}


def belongs_to(someone: Person, partner: dict) -> bool:
    """Whether a person is of a partner: declared, the same address, or the same organization by its mail domain.

    partner: id, address_key, org_key.
    """
    return (
        someone.partner == partner["id"]
        or (someone.address_key is not None and someone.address_key == partner["address_key"])
        or (someone.org_key is not None and someone.org_key == partner["org_key"])
    )


def check_roles(roles: Collection[str]) -> None:
    """Raises Refusal where a word is no role."""
    for role in roles:
        if role not in ROLES:
            raise Refusal(f"There is no role {role}; there are {', '.join(ROLES)}.")


SAMPLE = (
    ("sara", "Sara Sample", "sales", None), ("sam", "Sam Sample", "sales", "raf"),
    ("chen", "Chen Sample", "channel", None), ("mona", "Mona Sample", "manager", None),
    ("cara", "Cara Sample", "manager", "cerri"), ("finn", "Finn Sample", "finance", None),
    ("fay", "Fay Sample", "finance", None), ("ada", "Ada Sample", "admin", None),
)
"""Invented people of the sample: id, name, role, program (None: every program)."""
