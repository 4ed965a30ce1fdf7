"""People accept, reject, take back, correct, split, pay and close months in any order; the books must always balance."""

import datetime as dt
import json
import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core import calendar, desk, ledger
from core.desk import Done, Signed
from core.model import Refusal
from core.statements import statement
from tests.desk.payouts import result
from tests.desk.world import NOW, ask, document

LEADS = ("M1", "M2", "P1", "L1")
FINANCE = ("finn", "fay")
REASONS = tuple(ledger.CODES)
SELDOM = 10
"""Changes after which statements are looked at; also where a month was closed, and at the end. Making them takes longest."""
CENTS = st.integers(-12_000, 12_000).map(lambda cents: Decimal(cents) / 100)


class Balance(RuleBasedStateMachine):
    """One database a run. Refusals are fine; a cent too much or too little, or one that moves in a closed month, is
    not. steps: of all runs together."""

    made: Path
    folder: Path
    runs = 0
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        Balance.runs += 1
        self.own = Balance.folder / str(Balance.runs)
        shutil.copytree(Balance.made, self.own)
        self.con = desk.open_database(self.own / "leads.duckdb", NOW)
        self.now, self.keys = NOW, 0
        self.done: list[tuple[str, str | None, Done]] = []
        self.closed: dict[object, tuple] = {}
        self.seen, self.changes, self.is_whole = None, 0, True

    def teardown(self) -> None:
        try:
            if self.is_whole:  # what went wrong before is told by itself
                assert desk.first_fault(self.con) is None, desk.first_fault(self.con)
                self.statements_follow_on_each_other()
        finally:
            self.con.close()
            shutil.rmtree(self.own)

    def do(self, action, who: str, *arguments: object, lead: str | None = None, **more: object) -> Done | None:
        self.keys += 1
        signed = Signed(who, f"key {self.keys}", self.now, desk.version(self.con, lead) if lead else None)
        try:
            done = action(self.con, signed, *((lead,) if lead else ()), *arguments, **more)
        except Refusal:
            return None
        self.done.append((who, lead, done[0] if isinstance(done, tuple) else done))
        return self.done[-1][2]

    def one_of(self, text: str, place: int) -> str:
        """One of some ids, or one that is none."""
        found = [name for (name,) in ask(self.con, text)]
        return found[place % len(found)] if found else "none"

    @rule(lead=st.sampled_from(LEADS), place=st.integers(0, 1))
    def decide(self, lead: str, place: int) -> None:
        if lead == "L1":
            self.do((desk.approve, desk.withdraw)[place], "mona", lead=lead)
        elif place:
            self.do(desk.reject, "chen", "ptr.process.2b", "explained", lead=lead)
        else:
            self.do(desk.accept, "chen", lead=lead)

    @rule(place=st.integers(0, 9))
    def take_back(self, place: int) -> None:
        taken = [one for one in self.done if one[1]]
        if taken:
            who, lead, done = taken[-1 - place % len(taken)]
            self.undo(who, lead, done)

    def undo(self, who: str, lead: str, done: Done) -> None:
        self.keys += 1
        try:
            desk.undo(self.con, Signed(who, f"key {self.keys}", self.now, desk.version(self.con, lead)), done.number, "so")
        except Refusal:
            return

    @rule(lead=st.sampled_from(("M1", "M2")), cents=st.integers(1, 99_999), days=st.integers(0, 40),
          is_refund=st.booleans(), is_second=st.booleans())
    def customer_pays(self, lead: str, cents: int, days: int, is_refund: bool, is_second: bool) -> None:
        """On one of two deals; or gets back what they paid."""
        amount, deal = Decimal(cents) / 100, f"T{lead[1]}" + "b" * is_second
        if is_refund:
            self.do(desk.record_refund, "finn", deal, amount, "USD", lead=lead)
            return
        if is_second:
            self.do(desk.record_deal, "sara", deal, lead=lead)
        self.do(desk.record_payment, "finn", deal, "USD", amount, amount, lead=lead,
                received_at=self.now - dt.timedelta(days))

    @rule(lead=st.sampled_from(("M1", "M2")), place=st.integers(0, 2))
    def let_a_refund_stand(self, lead: str, place: int) -> None:
        refund = self.one_of(f"select id from events where type = 'customer_refund' and lead = '{lead}' order by id", place)
        self.do(desk.resolve_finding, "mona", refund, "as agreed", lead=lead)

    @rule(place=st.integers(0, 9), amount=CENTS, reason=st.sampled_from(REASONS), who=st.sampled_from(FINANCE))
    def correct(self, place: int, amount: Decimal, reason: str, who: str) -> None:
        line = self.one_of("select id from earning_lines where kind <> 'adjustment' order by id", place)
        lead = self.one_of(f"select lead from earning_lines where id = '{line}'", 0)
        if lead != "none":
            self.do(desk.adjust_line, who, line, amount, reason, "as agreed", lead=lead)

    @rule(lead=st.sampled_from(("M1", "M2")), is_opened=st.booleans())
    def dispute(self, lead: str, is_opened: bool) -> None:
        if is_opened:
            self.do(desk.open_dispute, "mona", "amount", "They expected more.", lead=lead)
        else:
            found = self.one_of(f"select id from disputes where lead = '{lead}' order by recorded_at desc", 0)
            self.do(desk.resolve_dispute, "marc", found, "dismissed", "as agreed", lead=lead)

    @rule(lead=st.sampled_from(("M1", "M2")), amount=CENTS)
    def correct_and_refuse(self, lead: str, amount: Decimal) -> None:
        """A correction of either sign, and then its lead is refused."""
        line = self.one_of(f"select id from earning_lines where lead = '{lead}' and kind <> 'adjustment' order by id", 0)
        self.do(desk.adjust_line, "finn", line, amount, "mistake", "as agreed", lead=lead)
        self.do(desk.reject, "chen", "ptr.process.2b", "explained", lead=lead)

    @rule(lead=st.sampled_from(("M1", "M2")), who=st.sampled_from(FINANCE))
    def correct_to_nothing(self, lead: str, who: str) -> None:
        line = self.one_of(f"select id from earning_lines where lead = '{lead}' and kind <> 'adjustment' order by id", 0)
        [(left,)] = ask(self.con, "select sum(amount) from kept_lines where ? in (id, corrects)", line)
        self.do(desk.adjust_line, who, line, -(left or Decimal(0)), "mistake", "as agreed", lead=lead)

    @rule(who=st.sampled_from(FINANCE), place=st.integers(0, 9), is_split=st.booleans(), is_wrong=st.booleans(),
          back=st.sampled_from((0, 0, 3, 20)))
    def prepare(self, who: str, place: int, is_split: bool, is_wrong: bool, back: int) -> None:
        left_out = [self.one_of("select id from kept_lines where state = 'open' and amount > 0", place)] if is_split else []
        cut_off_on = self.now.date() - dt.timedelta(back)
        found = ledger.proposal(self.con, "ptr", "check", "USD", cut_off_on, left_out, self.now)
        assert {*left_out, *found.lines["id"]} >= self.to_be_netted(found.lines)
        self.do(desk.prepare_batch, who, "ptr", "check", "USD", cut_off_on, left_out,
                found.total + (is_wrong and place), found.number)

    def to_be_netted(self, lines: pl.DataFrame) -> set[str]:
        """What must be taken off the payees of some lines: it corrects one of them, or what is paid."""
        rows = ask(self.con, TO_BE_NETTED, lines["partner"].unique().to_list(), lines["id"].to_list())
        return {name for (name,) in rows}

    @rule(who=st.sampled_from(FINANCE), place=st.integers(0, 2),
          action=st.sampled_from(("approve", "approve", "export", "export", "drop", "reopen")))
    def go_on(self, who: str, place: int, action: str) -> None:
        batch = self.one_of("select id from batches order by recorded_at desc", place)
        row = ledger.batch(self.con, batch)
        if row is None:
            return
        if action == "approve":
            self.do(desk.approve_batch, who, batch, row["total"], row["lines"])
        elif action == "export":
            self.do(desk.export_batch, who, batch, "checks")
        else:
            self.do(getattr(desk, f"{action}_batch"), who, batch)

    @rule(who=st.sampled_from(FINANCE), place=st.integers(0, 2), word=st.sampled_from(("paid", "paid", "failed")),
          days=st.integers(0, 3))
    def settle(self, who: str, place: int, word: str, days: int) -> None:
        batch = self.one_of("select id from batches order by recorded_at desc", place)
        self.tell(who, batch, word, self.now.date() - dt.timedelta(days))

    def tell(self, who: str, batch: str, word: str, day: dt.date) -> None:
        """What became of the payments of a batch."""
        told = [result(one, word, day) for one in ledger.payments(self.con, batch).filter(pl.col("amount") > 0)["payment"]]
        self.do(desk.record_results, who, batch, told)

    @rule(who=st.sampled_from(FINANCE), place=st.integers(0, 9), days=st.integers(0, 3))
    def comes_back(self, who: str, place: int, days: int) -> None:
        payment = self.one_of("select payment from standing_results where result = 'paid' order by payment", place)
        self.do(desk.record_return, who, payment, self.now.date() - dt.timedelta(days), "account closed")

    @rule(who=st.sampled_from(FINANCE), place=st.integers(0, 9))
    def arrives_after_all(self, who: str, place: int) -> None:
        payment = self.one_of("select payment from standing_returns order by payment", place)
        self.do(desk.drop_return, who, payment, "the bank says so")

    @rule(who=st.sampled_from(FINANCE), place=st.integers(0, 9), days=st.integers(0, 3))
    def did_not_fail(self, who: str, place: int, days: int) -> None:
        payment = self.one_of("select payment from standing_results where result = 'failed' order by payment", place)
        self.do(desk.record_arrival, who, payment, self.now.date() - dt.timedelta(days), "the bank says so")

    @rule(lead=st.sampled_from(("M1", "M2")), who=st.sampled_from(FINANCE),
          word=st.sampled_from(("paid", "failed", None)))
    def alone(self, lead: str, who: str, word: str | None) -> None:
        """A single payout, approved by the other or on to what became of it: a batch with what the lead earned first, and
        with what must be taken off."""
        others = [line for (line,) in ask(self.con, OTHERS, f"pay-{lead}")]
        found = ledger.proposal(self.con, "ptr", "check", "USD", self.now.date(), others, self.now)
        done = self.do(desk.prepare_batch, who, "ptr", "check", "USD", self.now.date(), others, found.total, found.number)
        if done is None:
            return
        batch = done.after["batch"]
        self.do(desk.approve_batch, "fay" if who == "finn" else "finn", batch, found.total, found.number)
        if word:
            self.do(desk.export_batch, who, batch, "checks")
            self.tell(who, batch, word, self.now.date())

    @rule(lead=st.sampled_from(LEADS[:3]), days=st.integers(0, 60),
          zone=st.sampled_from(("America/Los_Angeles", "Asia/Tokyo", "UTC", None)))
    def comes_from_elsewhere(self, lead: str, days: int, zone: str | None) -> None:
        """The program's clock is set otherwise, or a document tells of a rejection of a day that may lie in a closed
        month."""
        if zone:
            self.do(desk.set_setting, "mona", "timezone", json.dumps(zone), self.now.date(), "head office")
            return
        self.keys += 1
        told = document(payable=2)
        told["events"].append({"id": f"late {self.keys}", "type": "rejected", "lead": lead, "by": "chen", "reason": "late",
                               "at": f"{self.now - dt.timedelta(days):%Y-%m-%dT%H:%M:%SZ}"})
        desk.load(self.con, Signed("operator", f"key {self.keys}", self.now), [json.dumps(told)])

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.now += dt.timedelta(days)
        desk.advance(self.con, self.now)

    @rule(back=st.integers(1, 2), program=st.sampled_from(("ptr", "cerri")))
    def close(self, back: int, program: str) -> None:
        month = self.now.date().replace(day=1)
        for _ in range(back):
            month = (month - dt.timedelta(1)).replace(day=1)
        if self.do(desk.close_period, "fay", program, month):
            self.statements_follow_on_each_other()

    @invariant()
    def the_books_balance(self) -> None:
        Balance.steps += 1
        head = desk.head(self.con)
        if head == self.seen:  # what was refused changed nothing
            return
        self.seen, self.is_whole = head, False
        assert ask(self.con, KEPT_OTHERWISE) == []
        lines = ask(self.con, "select program, period, amount, state, kind <> 'adjustment' from kept_lines")
        [(told, given)] = ask(self.con, PAID)
        assert told == sum(amount for _, _, amount, state, is_earned in lines if state == "paid" and is_earned)
        assert given == sum(amount for _, _, amount, state, _ in lines if state == "paid")
        assert ask(self.con, "select * from reconciliation where difference <> 0") == []
        assert ask(self.con, "select payment from batch_lines group by payment having sum(amount) < 0") == []
        assert ask(self.con, ALONE) == []
        assert ask(self.con, TAKEN_BACK) == []
        self.closed_months_stay_as_they_were_closed(lines)
        self.changes += 1
        if self.changes % SELDOM == 0:
            self.statements_follow_on_each_other()
        self.is_whole = True

    def closed_months_stay_as_they_were_closed(self, lines: list[tuple]) -> None:
        paid = ask(self.con, PAID_BY_MONTH)
        for program, month, next_month in ask(self.con, "select program, period, next_period from period_closings"):
            sums = (sum(amount for of, period, amount, *_ in lines if of == program and period < next_month),
                    sum(amount for of, period, amount in paid if of == program and period < next_month))
            assert self.closed.setdefault((program, month), sums) == sums

    def statements_follow_on_each_other(self) -> None:
        """Each begins where the one before ended, the last ends with what is open, and those of closed months stay."""
        closed = {month for (month,) in ask(self.con, "select period from period_closings where program = 'ptr'")}
        carried = Decimal(0)
        month = dt.date(2025, 4, 1)
        while month <= self.now.date():
            found = statement(self.con, "A", "ptr", month, self.now)
            others = statement(self.con, "B", "ptr", month, self.now).refused
            sums = [(one.currency, one.brought_forward, one.earned, one.no_longer_owed, one.paid, one.carried)
                    for one in found.accounts]
            assert sum(one.brought_forward for one in found.accounts) == carried
            carried = sum(one.carried for one in found.accounts)
            if month <= max(closed, default=dt.date.min):
                kept = (sums, found.refused, others)
                assert self.closed.setdefault(month, kept) == kept
            month = calendar.next_month(month)
        assert [(carried,)] == ask(self.con, "select coalesce(sum(amount), 0) from kept_lines where partner = 'A' and program = "
                                             "'ptr' and state not in ('paid', 'void')")


KEPT_OTHERWISE = """
with counted as materialized (from counted_lines)

(from line_states except from counted) union (from counted except from line_states)
"""
"""Lines that are kept as something else than they count as."""

PAID = """
select
    (select coalesce(sum(amount), 0) from events where type = 'payout_paid' and id not in (select id from voids)),
    (select coalesce(sum(l.amount), 0) from standing_results as r join batch_lines as l on r.payment = l.payment
     where r.result = 'paid')
    - (select coalesce(sum(l.amount), 0) from standing_returns as r join batch_lines as l on r.payment = l.payment)
"""

OTHERS = "select id from kept_lines where state = 'open' and amount > 0 and (kind = 'adjustment' or earned_by <> ?)"
"""Lines that can be left out of a batch with one."""

TO_BE_NETTED = """
select c.id from kept_lines as c join kept_lines as l on c.corrects = l.id
where c.state = 'open' and c.amount < 0 and c.partner in (select unnest(?::varchar[]))
    and (l.state = 'paid' or l.id in (select unnest(?::varchar[])))
"""

ALONE = """
select c.id from earning_lines as c
where c.corrects is not null and c.id in (select line from live_batch_lines)
    and c.corrects not in (
        select l.line from batch_lines as l left join standing_results as r on l.payment = r.payment
        where r.result = 'paid' or l.batch in (select batch from batch_lines where line = c.id)
    )
"""
"""Corrections that stand in a batch although their line neither does nor was ever paid."""

TAKEN_BACK = """
select l.id from batch_lines as l join standing_results as r on l.payment = r.payment
where r.result = 'paid' and l.line in (select id from voids)
"""

PAID_BY_MONTH = """
select b.program, r.period, l.amount
from standing_results as r join batches as b on r.batch = b.id join batch_lines as l on r.payment = l.payment
where r.result = 'paid'
union all
select b.program, r.period, -l.amount
from standing_returns as r join batches as b on r.batch = b.id join batch_lines as l on r.payment = l.payment
"""
