"""The same step on many leads: each in its own transaction, with a result a row; it can be repeated safely."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import duckdb

from core.desk.step import Done, Signed
from core.model import Refusal


@dataclass(frozen=True)
class Result:
    """What became of one row: done, or the sentence of its refusal."""

    lead: str
    done: Done | None
    refusal: Refusal | None = None


def each(con: duckdb.DuckDBPyConnection, signed: Signed, action: Callable[..., Done],
         rows: Collection[tuple[str, int, dict]], progress: Callable[[int, int], None] | None = None) -> list[Result]:
    """Do an action of the desk on each row: lead, version that was shown, further arguments. Keys: one key a lead, so
    a lead that is named again counts once, as it was named first.

    progress: told before each row how many are done, and of how many.
    """
    found: list[Result] = []
    once = {lead: (version, arguments) for lead, version, arguments in reversed(list(rows))}
    for lead in dict.fromkeys(lead for lead, _, _ in rows):
        version, arguments = once[lead]
        if progress:
            progress(len(found), len(once))
        own = Signed(signed.person, f"{signed.key}/{lead}", signed.now, version)
        try:
            found.append(Result(lead, action(con, own, lead, **arguments)))
        except Refusal as refusal:
            found.append(Result(lead, None, refusal))
    return found
