"""Money under strain: the books after very many steps in any order, and payouts for which batches and persons race."""

import multiprocessing
import os
import random
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from core import desk, ledger
from core.desk import Signed, Stale
from core.model import Refusal
from tests.desk.balance import Balance
from tests.desk.payouts import approve, export, prepare, settle, signed
from tests.desk.world import NOW, ask, build

RUN = 50
"""Steps of one run, each on a database of its own."""


def balance(folder: Path, size: int) -> dict[str, object]:
    """T2, T3: accept, reject, take back, correct, split, pay, close; after every step all sums must be what they were
    or what was asked for, and those of closed months the same. Every processor walks its share."""
    sharing = min(os.cpu_count() or 1, 1 + size // RUN)
    shares = [(folder / str(number), -(-size // sharing), range(number, 1_000_000, sharing)) for number in range(sharing)]
    with ProcessPoolExecutor(sharing, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(_walk, *zip(*shares, strict=True)))
    counted = {name: sum(one[name] for one in found) for name in ("steps", "databases", "wrong")}
    return counted | {"why": "; ".join(one["why"] for one in found if one["wrong"])} if counted["wrong"] else counted


def _walk(folder: Path, size: int, seeds: range) -> dict[str, object]:
    """At least so many steps, by these seeds, until one goes wrong."""
    Balance.made, Balance.folder, Balance.steps, Balance.runs = folder / "made", folder, 0, 0
    Balance.made.mkdir(parents=True)
    build(Balance.made / "leads.duckdb", payable=2).close()
    for seed in seeds:
        chosen = settings(max_examples=min(200, 1 + size // RUN), stateful_step_count=RUN, deadline=None, database=None,
                          suppress_health_check=list(HealthCheck))
        try:
            run_state_machine_as_test(hypothesis.seed(seed)(Balance), settings=chosen)
        except Exception as error:
            why = f"seed {seed}: {str(error) or type(error).__name__}".splitlines()[0]
            return {"steps": Balance.steps, "databases": Balance.runs, "wrong": 1, "why": why}
        if Balance.steps >= size:
            break
    return {"steps": Balance.steps, "databases": Balance.runs, "wrong": 0}


def batch_races(folder: Path, size: int, threads: int = 8) -> dict[str, object]:
    """R3: threads put the same payouts into batches and approve them by themselves; then all is paid."""
    con = build(folder / "leads.duckdb", payable=size)
    owed = ask(con, "select lead, earned_by, amount, currency from payouts_owed where status = 'payable' order by lead")
    payee = desk.payee_version(con, owed[0][0])
    counted: Counter[str] = Counter()

    def race(number: int) -> None:
        who = ("finn", "fay")[number % 2]
        if number < 2:
            for place in range(size):
                found = ledger.proposal(con, "ptr", "check", "USD", NOW.date(), [], NOW)
                some = found.lines["id"].sample(fraction=0.9, seed=place + number).to_list()
                kept = found.lines.filter(~found.lines["id"].is_in(some))
                try:
                    desk.prepare_batch(con, Signed(who, f"batch/{number}/{place}", NOW), "ptr", "check", "USD",
                                       NOW.date(), some, kept["amount"].sum(), kept.height)
                    counted["batches"] += 1
                except Refusal:
                    counted["refused"] += 1
            return
        for lead, *line in random.Random(number).sample(owed, max(1, len(owed) // 2)):
            try:
                desk.approve_payout(con, Signed(who, f"{number}/{lead}", NOW, desk.version(con, lead)), lead, *line, payee)
                counted["approved"] += 1
            except Stale:
                counted["stale"] += 1
            except Refusal:
                counted["refused"] += 1

    running = [threading.Thread(target=race, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    _pay_everything(con)
    paid = ask(con, "select count(*), count(distinct lead) from events where type = 'payout_paid'")[0]
    unlike = sum(map(bool, ledger.reconcile(con)["difference"].to_list()))
    fault = desk.first_fault(con)
    con.close()
    return {"payouts": size, **counted, "double": paid[0] - paid[1], "missing": size - paid[1], "wrong": unlike,
            "fault": fault}


def _pay_everything(con: object) -> None:
    """What was approved or batched is paid as it is, and what is left in one more batch."""
    for lead, approval, by in ask(con, "select lead, id, approved_by from payout_approvals"):
        desk.pay_payout(con, signed("fay" if by == "finn" else "finn", con, lead), lead, approval)
    if ledger.proposal(con, "ptr", "check", "USD", NOW.date(), [], NOW).number:
        prepare(con)
    for batch, by in ask(con, "select id, prepared_by from batches"):
        other = "fay" if by == "finn" else "finn"
        approve(con, batch, other)
        export(con, batch, by)
        settle(con, batch, who=by)
