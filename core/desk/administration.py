"""People and the roles they hold."""

import datetime as dt
from collections.abc import Sequence

import duckdb

from core import people
from core.desk.step import Done, Signed, Step, perform
from core.model import Refusal
from core.terms import catalogue


def add_person(con: duckdb.DuckDBPyConnection, signed: Signed, person: str, name: str, email: str | None = None,
               partner: str | None = None) -> Done:
    """Add a person by a short id; `partner` where they belong to one. Roles are granted apart."""
    def write(step: Step) -> None:
        if not person.isidentifier():
            raise Refusal(f"{person!r} is no id of a person: take letters, digits and _, such as sara.")
        if person.lower() in people.TAKEN:
            raise Refusal(f"{person} stands for what nobody in particular did here. Take another id.")
        if step.read("person.sql", person=person):
            raise Refusal(f"There is a person {person} already.")
        if partner is not None and not step.read("partner.sql", partner=partner):
            raise Refusal(f"There is no partner {partner}.")
        step.put("people", {"id": person, "name": name, "email": email, "partner": partner} | people.identity(email))
        step.after |= {"person": person}

    content = {"person": person, "name": name, "email": email, "partner": partner}
    return perform(con, signed, "add_person", content, write)


def grant(con: duckdb.DuckDBPyConnection, signed: Signed, person: str, role: str, program: str | None = None,
          begins_at: dt.datetime | None = None, ends_at: dt.datetime | None = None) -> Done:
    """Give a person a role, for one program or all, from now or a later instant, for good or until an instant."""
    def write(step: Step) -> None:
        people.check_roles([role])
        if not step.read("person.sql", person=person):
            raise Refusal(f"There is no person {person}. Add them first.")
        if person == step.person.id:
            raise people.Forbidden("Nobody grants a role to themselves: another admin does.")
        if program is not None and program not in catalogue().programs:
            raise Refusal(f"There is no program {program}; there are {', '.join(catalogue().programs)}.")
        begins = max(begins_at or step.at_instant, step.at_instant)
        if ends_at is not None and ends_at <= begins:
            raise Refusal("The role would end before it begins.")
        row = step.put("grants", {"person": person, "role": role, "program": program, "begins_at": begins,
                                  "ends_at": ends_at, "granted_by": step.person.id})
        step.after |= {"person": person, "role": role, "program": program, "grant": row}

    content = {"person": person, "role": role, "program": program, "begins_at": begins_at, "ends_at": ends_at}
    return perform(con, signed, "grant", content, write)


def revoke(con: duckdb.DuckDBPyConnection, signed: Signed, person: str, role: str, program: str | None = None) -> Done:
    """Take a role back, from now on; for one program only what was granted for that program."""
    def write(step: Step) -> None:
        found = step.read("standing_grants.sql", person=person, role=role, program=program)
        if not found:
            raise Refusal(f"{person} does not hold the role {role}{f' in {program}' if program else ''}.")
        for row in found:
            step.put("revocations", {"granted": row["id"], "revoked_by": step.person.id})
        step.after |= {"person": person, "role": role, "program": program}

    return perform(con, signed, "revoke", {"person": person, "role": role, "program": program}, write)


def add_people(step: Step, some: Sequence[tuple[str, str, str, str | None]]) -> None:
    """Rows of people with one role each (id, name, role, program), those left out who are there already."""
    for person, name, role, program in some:
        if step.read("person.sql", person=person):
            continue
        step.put("people", {"id": person, "name": name})
        step.put("grants", {"person": person, "role": role, "program": program, "begins_at": step.at_instant,
                            "granted_by": step.person.id})
