"""Which leads were refused, with the month in whose statement their partners are told so (ptr.process.3.2).

Called by `statements`, and by the desk when it closes a month. That a lead is refused follows from what people decided
and from the evaluation, and may differ or become known tomorrow: closing a month fixes which refusals stand in it, and
what comes later stands in a month that is open. Reads no clock, and no text that a person wrote.
"""

import datetime as dt

import duckdb
import polars as pl

from core import calendar, store
from core.moved import open_months
from core.results import terms_at
from core.store.answers import until_stored
from core.terms import Program, catalogue

SQL = store.HERE / "sql"
REJECTION, JUDGEMENT, RULE = "rejection", "judgement", "rule"
"""What a lead was refused by: a person, a person's judgement on a criterion, or a criterion that is computed."""


@until_stored
def told(con: duckdb.DuckDBPyConnection | store.Within, as_of: dt.datetime, program: str, partner: str | None = None
         ) -> pl.DataFrame:
    """Refusals of a program's leads as of an instant (UTC); of all partners where none is named.

    One row per lead and month, none that is not fixed where the program owes no explanation: lead, partner, kind
    (REJECTION, JUDGEMENT, RULE), record (the event or verdict), criterion (that was judged), clause, happened_on (local
    to the program), period (the first day of the month), is_fixed (that month is closed).
    """
    fixed = store.read(con, SQL / "fixed_refusals.sql", program=program, partner=partner).with_columns(is_fixed=True)
    about = catalogue().programs[program]
    if about.explains_rejection != "owed":
        return fixed
    found = store.read(con, SQL / "standing_refusals.sql", program=program, partner=partner, as_of=as_of,
                       criteria=list(about.criteria), silent=silent(about))
    fresh = in_months(found, terms_at(con, program, as_of)["timezone"], open_months(con).get(program))
    return pl.concat([fixed, with_clauses(about, fresh).with_columns(is_fixed=False).select(fixed.columns)])


def silent(program: Program) -> list[str]:
    """Criteria by which no lead is rejected, whatever is judged."""
    return list(getattr(program.rules, "COMMISSION_ONLY", ()))


def in_months(found: pl.DataFrame, zone: str, opens_on: dt.date | None) -> pl.DataFrame:
    """What happened at instants (happened_at), with its local day and its month, or the first open one after it."""
    happened_on = calendar.local_day(pl.col("happened_at").cast(pl.Datetime("us")), zone)
    return found.with_columns(happened_on=happened_on,
                              period=pl.max_horizontal(happened_on.dt.truncate("1mo"), pl.lit(opens_on, pl.Date)))


def with_clauses(program: Program, found: pl.DataFrame) -> pl.DataFrame:
    """Refusals with the clause of each: by kind, criterion, what (a person named) and reason (of the evaluation)."""
    rows = found.select("kind", "criterion", "what", "reason").iter_rows()
    return found.with_columns(pl.Series("clause", [_clause(program, *row) for row in rows], pl.String))


def _clause(program: Program, kind: str, criterion: str | None, what: str | None, reason: str | None) -> str | None:
    """The clause by which a lead was refused: named by who rejected it, asked by the criterion, or of the rule."""
    if kind == REJECTION:
        return what or reason
    if kind == RULE:
        return reason
    asked = program.criteria[criterion].clauses
    return reason if reason in asked else asked[0]
