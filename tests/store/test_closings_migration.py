"""Months that an earlier version closed are marked, so that their refusals are written down, and no others."""

import duckdb
import pytest

from core import store
from tests.store.test_intake_migration import database_before

REFUSED = ("insert into refusals_at_closings values (?, 'ptr', 'A', 'P1', 'rule', null, null, 'ptr.conflict.2', "
           "'2025-06-19', ?, timestamp '2025-07-03')")


def test_months_closed_before_take_their_refusals_and_later_ones_none() -> None:
    con = database_before("029")
    con.execute("insert into period_closings (id, program, period, next_period, closed_by, recorded_at) values "
                "('c1', 'ptr', '2025-06-01', '2025-07-01', 'fay', timestamp '2025-07-03')").fetchall()
    store.migrate(con)
    assert con.execute("from closings_without_refusals").fetchall() == [("c1",)]
    con.execute(REFUSED, ["r1", "2025-06-01"]).fetchall()
    con.execute("delete from closings_without_refusals").fetchall()
    with pytest.raises(duckdb.ConstraintException):
        con.execute(REFUSED, ["r2", "2025-06-01"]).fetchall()
    con.execute(REFUSED, ["r3", "2025-07-01"]).fetchall()
