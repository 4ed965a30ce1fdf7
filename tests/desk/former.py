"""What earlier versions left: payouts approved and paid a line by itself, and months closed without their refusals."""

import datetime as dt
from collections.abc import Callable

import duckdb

from core import calendar, people, store
from core.desk import Done, journal
from core.desk.step import Step, ended, instant, lead_row, recorded
from tests.desk.world import NOW, ask, signed


def approved(con: duckdb.DuckDBPyConnection, who: str, lead: str) -> Done:
    """The approval of what a lead earned by the payment that the world tells of it. after: approval."""
    earned_by = f"pay-{lead}"
    [(payee, amount, currency)] = ask(con, "select partner, amount, currency from earning_lines where earned_by = ?",
                                      earned_by)

    def write(step: Step) -> None:
        row = step.put("payout_approvals", {"lead": lead, "earned_by": earned_by, "payee": payee, "amount": amount,
                                            "currency": currency, "approved_by": who})
        step.take_place(f"payout/{lead}/{earned_by}", row, "approved already")
        step.after |= {"approval": row, "earned_by": earned_by, "amount": amount, "currency": currency, "payee": payee,
                       "payee_version": "as it was shown"}

    return _entered(con, who, lead, "approve_payout", write)


def paid(con: duckdb.DuckDBPyConnection, who: str, lead: str, approval: str) -> Done:
    """The payment of an approval."""
    [(earned_by, amount, currency)] = ask(con, "select earned_by, amount, currency from payout_approvals where id = ?",
                                          approval)

    def write(step: Step) -> None:
        event = step.event("payout_paid", amount=amount, currency=currency, about=earned_by)
        step.take_place(f"paid/{lead}/{earned_by}", event, "paid already")
        step.put("payout_payments", {"id": f"{event}/payment", "approval": approval, "lead": lead, "paid_by": who})
        step.after |= {"approval": approval, "event": event, "amount": amount, "currency": currency}

    return _entered(con, who, lead, "pay_payout", write)


def approved_and_paid(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    """A payout that finn approved and fay paid."""
    paid(con, "fay", lead, approved(con, "finn", lead).after["approval"])


def _entered(con: duckdb.DuckDBPyConnection, who: str, lead: str, action: str, write: Callable[[Step], None]) -> Done:
    keeper = journal.book(con)
    with recorded(con, keeper) as cursor:
        within = store.Within(cursor)
        at_instant = instant(within, NOW)
        step = Step(cursor, keeper, signed(who), people.person(within, who, at_instant), at_instant,
                    lead_row(within, lead), touched={lead})
        write(step)
        return ended(step, action, keeper.digest(action))


def closed(con: duckdb.DuckDBPyConnection, month: dt.date, now: dt.datetime) -> None:
    """A month of ptr that fay closed when no refusals were written down, as the database is once it is migrated."""
    keeper = journal.book(con)
    with recorded(con, keeper) as cursor:
        within = store.Within(cursor)
        at_instant = instant(within, now)
        step = Step(cursor, keeper, signed("fay"), people.person(within, "fay", at_instant), at_instant, None)
        row = step.put("period_closings", {"program": "ptr", "period": month, "closed_by": "fay",
                                           "next_period": calendar.next_month(month)})
        step.take_place(f"closed/ptr/{month}", row, "closed already")
        store.insert(cursor, "closings_without_refusals", {"closing": row})
        ended(step, "close_period", keeper.digest(row))
