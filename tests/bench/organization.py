"""What one change costs in a large organization, beside one in an ordinary one of the same database.

As in `changes`, what is kept afterwards must be what an evaluation from scratch gives.
"""

import duckdb

from core import kept, store
from tests.bench.changes import change, check, opened
from tests.bench.measuring import Row, at_most, copy, p95, said, seconds

LARGE = 5_000
CHANGES = 20


def rows(leads: int) -> list[Row]:
    """A reply logged in an organization of so many leads, as a multiple of one logged anywhere."""
    with copy(leads) as con:
        opened(con)
        with con.cursor() as cursor:
            some = [lead for (lead,) in cursor.execute("select lead from evaluations order by hash(lead) limit ?",
                                                       [CHANGES]).fetchall()]
        ordinary = [seconds(change(con, number, "reply", lead)) for number, lead in enumerate(some)]
        members = _grown(con, min(LARGE, leads // 10))
        kept.refresh(con, kept.kept_as_of(con))
        large = [seconds(change(con, number, "reply", lead))
                 for number, lead in enumerate(members[:CHANGES], start=CHANGES)]
        check(con, kept.kept_as_of(con))
    said(f"{leads:,} leads, p95: a reply logged {p95(ordinary) * 1e3:.0f} ms, in an organization of {len(members):,} "
         f"{p95(large) * 1e3:.0f} ms")
    return [at_most(f"one change in an organization of {len(members):,} leads, p95, multiple of an ordinary one",
                    p95(large) / p95(ordinary), 5)]


def _grown(con: duckdb.DuckDBPyConnection, count: int) -> list[str]:
    """The leads of one organization that now has so many: other leads of its program become its own."""
    with store.transaction(con) as cursor:
        org, key, program = cursor.execute(
            "select org, org_key, program from leads where org_key is not null and not org_key_crowded "
            "order by hash(id) limit 1").fetchall()[0]
        members = [row[0] for row in cursor.execute(
            "select id from leads where program = ? order by hash(id || 'large') limit ?", [program, count]).fetchall()]
        cursor.execute("update leads set org = $org, org_key = $key, email_org_key = null "
                       "where id in (select unnest($members::varchar[]))",
                       {"org": org, "key": key, "members": members}).fetchall()
    return members
