"""Any sequence of actions: what is kept equals what is computed, an undo restores what was, the journal adds up."""

import datetime as dt
import shutil
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core import desk, ledger
from core.desk import Done, Signed, journal
from core.model import Refusal
from tests.desk.payouts import line_of, result
from tests.desk.world import NOW, ask, computed_rows, kept_rows, same, undo

LEADS = ("L1", "L2", "P1", "P2", "R1", "M1", "M2")
WHO = ("sara", "chen", "mona", "marc", "finn", "fay")
FINANCE = ("finn", "fay")


def done_of(told: Done | tuple[Done, bytes]) -> Done:
    """What an action did, which may give a file with it."""
    return told[0] if isinstance(told, tuple) else told


class AnyOrder(RuleBasedStateMachine):
    """People act on the same few leads in any order; refusals are fine, broken promises are not."""

    made = None
    folder = None
    runs = 0

    def __init__(self) -> None:
        super().__init__()
        AnyOrder.runs += 1
        self.run = AnyOrder.runs
        folder = AnyOrder.folder / str(self.run)
        shutil.copytree(AnyOrder.made, folder)
        self.con = desk.open_database(folder / "leads.duckdb", NOW)
        self.keys = 0
        self.last: tuple[str | None, Done, dict] | None = None
        self.now = NOW

    def teardown(self) -> None:
        assert desk.first_fault(self.con) is None
        self.con.close()
        shutil.rmtree(AnyOrder.folder / str(self.run))

    def do(self, action, who: str, lead: str | None, *arguments: object, **more: object) -> None:
        """Act on a lead, or on none, and once more with the same key."""
        self.keys += 1
        before = kept_rows(self.con)
        count = ask(self.con, "select count(*) from journal where action <> 'refused'")[0][0]
        signed = Signed(who, f"key {self.keys}", self.now, desk.version(self.con, lead) if lead else None)
        given = (lead, *arguments) if lead else arguments
        try:
            done = done_of(action(self.con, signed, *given, **more))
        except Refusal:
            assert kept_rows(self.con) == before
            assert ask(self.con, "select count(*) from journal where action <> 'refused'")[0][0] == count
            return
        self.last = (lead, done, before)
        assert done_of(action(self.con, signed, *given, **more)).is_repeated

    @rule(who=st.sampled_from(WHO), lead=st.sampled_from(LEADS),
          criterion=st.sampled_from(("interest", "decision_role", "scale", "not_owned_by_other", "sales_qualification")),
          verdict=st.sampled_from(("pass", "fail", "unknown")))
    def judge(self, who: str, lead: str, criterion: str, verdict: str) -> None:
        self.do(desk.judge, who, lead, criterion, verdict, "note")

    @rule(who=st.sampled_from(("sara", "chen")), lead=st.sampled_from(LEADS))
    def accept(self, who: str, lead: str) -> None:
        self.do(desk.accept, who, lead)

    @rule(who=st.sampled_from(("sara", "chen", "mona")), lead=st.sampled_from(LEADS))
    def reject(self, who: str, lead: str) -> None:
        code = {"L": "cerri.2.D", "R": "raf.process.2b"}.get(lead[0], "ptr.process.2b")
        self.do(desk.reject, who, lead, code, "explained")

    @rule(lead=st.sampled_from(LEADS), name=st.sampled_from(("approve", "confirm", "withdraw")))
    def decide(self, lead: str, name: str) -> None:
        self.do(getattr(desk, name), "sara" if name == "confirm" else "mona", lead)

    @rule(lead=st.sampled_from(("P1", "M1")), days=st.integers(300, 500))
    def extend(self, lead: str, days: int) -> None:
        self.do(desk.extend_ownership, "chen", lead, NOW.date() + dt.timedelta(days), "a long tender")

    @rule(lead=st.sampled_from(LEADS), kind=st.sampled_from(("outreach", "reply", "call", "decline", "hard_bounce")))
    def log(self, lead: str, kind: str) -> None:
        self.do(desk.log_activity, "sara", lead, kind, "email")

    @rule(lead=st.sampled_from(("M1", "M2")), who=st.sampled_from(FINANCE), is_wrong=st.booleans(), more=st.integers(0, 3))
    def prepare(self, lead: str, who: str, is_wrong: bool, more: int) -> None:
        """A batch without the line of one lead, and so many more steps of it."""
        day, left_out = self.now.date(), [line_of(self.con, lead)]
        found = ledger.proposal(self.con, "ptr", "check", "USD", day, left_out, self.now)
        self.do(desk.prepare_batch, who, None, "ptr", "check", "USD", day, left_out, found.total + is_wrong, found.number)
        for person in ("fay" if who == "finn" else "finn", who, who)[:more]:
            self.next_step(0, person, "paid")

    @rule(place=st.integers(0, 1), who=st.sampled_from(FINANCE), word=st.sampled_from(("paid", "paid", "failed")))
    def go_on(self, place: int, who: str, word: str) -> None:
        self.next_step(place, who, word)

    def next_step(self, place: int, who: str, word: str) -> None:
        """Go on with one of the latest batches."""
        found = ledger.batches(self.con).to_dicts()
        if not found:
            return
        row = found[place % len(found)]
        if row["state"] == "prepared":
            self.do(desk.approve_batch, who, None, row["id"], row["total"], row["lines"])
        elif row["state"] == "approved":
            self.do(desk.export_batch, who, None, row["id"], "checks")
        else:
            told = [result(one, word) for one in ledger.payments(self.con, row["id"])["payment"]]
            self.do(desk.record_results, who, None, row["id"], told)

    @rule(who=st.sampled_from(FINANCE), action=st.sampled_from((desk.drop_batch, desk.reopen_batch)))
    def give_up(self, who: str, action) -> None:
        [(batch,)] = ask(self.con, "select coalesce(max_by(id, recorded_at), 'none') from batches")
        self.do(action, who, None, batch)

    @rule(seconds=st.integers(-86_400, 3_600))
    def clock(self, seconds: int) -> None:
        """The clock goes on, or is set back."""
        self.now = max(NOW, min(self.now + dt.timedelta(seconds=seconds), NOW + dt.timedelta(hours=3)))

    @precondition(lambda self: self.last is not None)
    @rule()
    def take_back(self) -> None:
        lead, done, before = self.last
        try:
            undo(self.con, ask(self.con, "select person from journal where number = ?", done.number)[0][0], done, lead)
        except Refusal:
            return
        assert same(kept_rows(self.con), before)
        self.last = None

    @invariant()
    def kept_is_computed(self) -> None:
        last = ask(self.con, "select max(recorded_at) from journal")[0][0]
        assert same(kept_rows(self.con), computed_rows(self.con, last))

    @invariant()
    def versions_and_totals_add_up(self) -> None:
        assert ask(self.con, "select count(*) from lead_versions as v where version <> (select max(version) from "
                             "journal_leads as j where j.lead = v.lead)") == [(0,)]
        paid = ask(self.con, "select coalesce(sum(amount), 0) from events where type = 'payout_paid'")[0][0]
        entered = sum((Decimal(journal.read_plain(after)["total"]) for (after,) in ask(
            self.con, "select after from journal where action = 'record_results'")), Decimal(0))
        approved = ask(self.con, "select coalesce(sum(amount), 0) from batch_lines where payment in "
                                 "(select payment from payment_results where result = 'paid')")[0][0]
        assert paid == entered == approved


@pytest.mark.parametrize("steps", [12])
def test_any_sequence_of_actions_keeps_every_promise(made, tmp_path, steps: int) -> None:
    AnyOrder.made, AnyOrder.folder = made, tmp_path
    run_state_machine_as_test(AnyOrder, settings=settings(
        max_examples=3, stateful_step_count=steps, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck)))
