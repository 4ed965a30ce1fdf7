"""Any sequence of actions: what is kept equals what is computed, an undo restores what was, the journal adds up."""

import datetime as dt
import inspect
import json
import random
import shutil
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core import desk, ledger, people
from core.desk import Done, Signed, journal
from core.model import Refusal
from tests.desk.payouts import line_of, result
from tests.desk.world import NOW, PEOPLE, ask, computed_rows, kept_rows, same, signed, undo

LEADS = ("L1", "L2", "P1", "P2", "R1", "M1", "M2")
WHO = ("sara", "chen", "mona", "marc", "finn", "fay")
FINANCE = ("finn", "fay")
ACTIONS_A_STEP = 6
UNDONE = [name for name, one in people.permissions().items() if one.undo]


ON_LEADS = {one.__name__: one for one in desk.ACTIONS if "lead" in inspect.signature(one).parameters}
"""Every action on a lead."""

COMPANIES = {"L": ("L1", "L2"), "R": ("R1", "P1", "P2"), "P": ("P1", "P2", "M1", "R1"), "M": ("P2", "M1", "M2", "R1")}
"""By the first letter of a lead, leads that might stand against it."""

DAYS = [NOW.date() + dt.timedelta(days) for days in (1, 300, 500)]
TEN = Decimal("10.00")


def the_last(table: str, lead: str, con) -> str:
    """The latest row of a table about a lead; `none` where there is none."""
    return ask(con, f"select coalesce(max_by(id, recorded_at), 'none') from {table} where lead = ?", lead)[0][0]


def code(lead: str) -> str:
    return {"L": "cerri.2.D", "R": "raf.process.2b"}.get(lead[0], "ptr.process.2b")


GIVEN: dict[str, Callable] = {
    **dict.fromkeys(("claim", "release", "accept", "withdraw", "approve", "confirm"), lambda pick, lead, con: ()),
    "assign": lambda pick, lead, con: (pick(*WHO),),
    "judge": lambda pick, lead, con: (
        pick("interest", "decision_role", "scale", "not_owned_by_other", "sales_qualification", "no_abuse"),
        pick("pass", "fail", "unknown"), "note"),
    "request_action": lambda pick, lead, con: (["interest"], "which?"),
    "answer_request": lambda pick, lead, con: (the_last("action_requests", lead, con), "those"),
    "log_activity": lambda pick, lead, con: (pick("outreach", "reply", "call", "decline", "hard_bounce"), "email"),
    "record_search": lambda pick, lead, con: ("the CRM",),
    "reject": lambda pick, lead, con: (code(lead), "explained"),
    "waive": lambda pick, lead, con: (pick("scale", "interest"), "small, but growing"),
    "record_opportunity": lambda pick, lead, con: (pick(True, False),),
    "record_deal": lambda pick, lead, con: (pick("T1", "T2"),),
    "record_payment": lambda pick, lead, con: (pick("T1", "T2"), "USD", 10 * TEN, 5 * TEN),
    "record_refund": lambda pick, lead, con: (pick("T1", "T2"), TEN, "USD"),
    "open_conflict": lambda pick, lead, con: (pick(*COMPANIES[lead[0]]), "who was first?"),
    "settle_conflict": lambda pick, lead, con: (pick(None, the_last("conflict_cases", lead, con)), pick(None, lead), "first",
                                                pick(*COMPANIES[lead[0]])),
    "end_ownership": lambda pick, lead, con: ("no updates",),
    "extend_ownership": lambda pick, lead, con: (pick(*DAYS), "a long tender"),
    "transfer_ownership": lambda pick, lead, con: (pick(*COMPANIES[lead[0]]), "both agree"),
    "record_finding": lambda pick, lead, con: (pick("false_lead", "abuse", "unsolicited"), "seen"),
    "resolve_finding": lambda pick, lead, con: (the_last("events", lead, con), "a mistake of ours"),
    "record_breach": lambda pick, lead, con: ("competitor_suggested", "told us", pick("yes", "no", "unknown")),
    "open_dispute": lambda pick, lead, con: (pick("amount", "rejection"), "too little"),
    "resolve_dispute": lambda pick, lead, con: (the_last("disputes", lead, con), "dismissed", "it is right"),
    "comment": lambda pick, lead, con: ("a word",),
    "snooze": lambda pick, lead, con: (pick(*DAYS), "later"),
    "adjust_line": lambda pick, lead, con: (the_last("earning_lines", lead, con), pick(-TEN, TEN), "mistake", "as agreed"),
}
"""What each action on a lead is given."""


def test_every_action_on_a_lead_is_among_those_that_people_do_in_any_order() -> None:
    assert GIVEN.keys() == ON_LEADS.keys()
    assert not {name for name, one in people.permissions().items() if one.undo} - GIVEN.keys()


def replayed(con) -> None:
    """The journal, and the rows that it names, tell the versions and the dispositions that the leads have."""
    found: dict[str, tuple] = {}
    for lead, version, before, after in ask(con, "select lead, version, disposition_before, disposition from "
                                                 "journal_leads order by number"):
        assert lead not in found or found[lead] == (version - 1, before)
        found[lead] = (version, after)
    assert found == {lead: (version, now) for lead, version, now in ask(
        con, "select lead, version, disposition from lead_versions join evaluations using (lead)")}
    named: set[tuple[str, str]] = set()
    for at_instant, rows in ask(con, "select recorded_at, rows from journal order by number"):
        for table, row, _ in json.loads(rows):
            if (table, row) not in named:
                assert ask(con, f"select recorded_at from {table} where id = ?", row) == [(at_instant,)], (table, row)
            named.add((table, row))


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
        replayed(self.con)
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

    @rule(seed=st.integers(0, 2**32))
    def act(self, seed: int) -> None:
        """A few actions on leads, mostly by who may do them."""
        chance = random.Random(f"{seed} {self.keys}")  # what is drawn singly begins with the first of everything

        def pick(*some: object) -> object:
            return chance.choice(some)

        for _ in range(ACTIONS_A_STEP):
            name, lead = pick(*sorted(GIVEN)), pick(*LEADS)
            roles = people.permissions()[name].roles
            who = pick(*(one for one, role in PEOPLE.items() if role in roles), "ada")
            self.do(ON_LEADS[name], who, lead, *GIVEN[name](pick, lead, self.con))

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

    @rule(place=st.integers(0, 2**32), is_own=st.booleans())
    def take_any_back(self, place: int, is_own: bool) -> None:
        """Any earlier entry: by who made it, or by a manager."""
        found = ask(self.con, "select number, person, lead from journal where lead is not null and action in "
                              "(select unnest(?)) order by number", UNDONE)
        if not found:
            return
        number, person, lead = found[place % len(found)]
        try:
            desk.undo(self.con, signed(person if is_own else "mona", self.con, lead), number, "a mistake")
        except Refusal:
            return
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


@pytest.mark.parametrize("steps", [10])
def test_any_sequence_of_actions_keeps_every_promise(made, tmp_path, steps: int) -> None:
    AnyOrder.made, AnyOrder.folder = made, tmp_path
    run_state_machine_as_test(AnyOrder, settings=settings(
        max_examples=3, stateful_step_count=steps, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck)))
