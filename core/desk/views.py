"""Choices of the queue that people keep under a name, for themselves or for everybody of a program."""

import duckdb

from core import people
from core.desk.step import Done, Signed, Step, instant, perform
from core.model import Refusal
from core.queue import DISPOSITIONS, DUE, ORDERS, QUEUES, Filters
from core.terms import catalogue

LONGEST = 60
"""Letters of a name."""


def save_view(con: duckdb.DuckDBPyConnection, signed: Signed, name: str, chosen: Filters,
              is_shared: bool = False) -> Done:
    """Keep what the queue is narrowed to and its order under a name; one of the person's own of that name is replaced.

    chosen: its search and person are not kept. is_shared: with everybody of its program, or of all where it has none;
    that takes a role there. after: `view`, its id. Taken back by `forget_view`.
    """
    name = " ".join(name.split())
    content = {"queue": chosen.queue, "disposition": chosen.disposition, "due": chosen.due,
               "program": chosen.program, "partner": chosen.partner, "sorted_by": chosen.sorted_by}

    def write(step: Step) -> None:
        if not 1 <= len(name) <= LONGEST:
            raise Refusal(f"A view takes a name of 1 to {LONGEST} letters.")
        _check(step, chosen)
        for row in step.read("views_of_name.sql", person=step.person.id, name=name):
            _forget(step, row["id"])
        step.after |= {"view": step.put("saved_views", {"person": step.person.id, "name": name,
                                                        "is_shared": is_shared, **content}),
                       "is_shared": is_shared, "program": chosen.program}

    scope = chosen.program if is_shared else _any_program(con, signed)
    return perform(con, signed, "save_view", {"name": name, "is_shared": is_shared, **content}, write, program=scope)


def forget_view(con: duckdb.DuckDBPyConnection, signed: Signed, view: str) -> Done:
    """Take a view away: one's own, or as manager of its program one that is shared. Taken back by saving it again."""
    def write(step: Step) -> None:
        found = step.read("view.sql", view=view)
        if not found:
            raise Refusal("This view is gone already.")
        row = found[0]
        if row["person"] != step.person.id and not (row["is_shared"] and step.person.holds("manager", row["program"])):
            raise people.Forbidden(f"The view is {row['person']}'s: they, or a manager of its program where it is "
                                   "shared, can delete it.")
        _forget(step, view)
        step.after |= {"view": view}

    return perform(con, signed, "forget_view", {"view": view}, write, program=_any_program(con, signed))


def _forget(step: Step, view: str) -> None:
    step.put("voids", {"id": view, "relation": "saved_views", "voided_by": step.person.id})


def _any_program(con: duckdb.DuckDBPyConnection, signed: Signed) -> str | None:
    """Where the person holds a role for it at all, as it is theirs alone; None: in every program, or nowhere."""
    try:
        someone = people.person(con, signed.person, instant(con, signed.now))
    except people.Forbidden:  # the change itself refuses who is not known, and writes that down
        return None
    scopes = {scope for role, scope in someone.roles if role in people.permissions()["save_view"].roles}
    return None if None in scopes else min(scopes, default=None)


def _check(step: Step, chosen: Filters) -> None:
    known = {"queue": (None, *QUEUES), "disposition": (None, *DISPOSITIONS), "due": (None, *DUE),
             "program": (None, *catalogue().programs), "sorted_by": ORDERS}
    if wrong := [name for name, values in known.items() if getattr(chosen, name) not in values]:
        raise Refusal(f"{getattr(chosen, wrong[0])} is no {wrong[0].replace('_', ' ')} of the queue.")
    if chosen.partner is not None and not step.read("partner.sql", partner=chosen.partner):
        raise Refusal(f"There is no partner {chosen.partner}.")
