"""Money under strain: the books after very many steps in any order, and payouts for which batches and persons race."""

import datetime as dt
import json
import multiprocessing
import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import duckdb
import hypothesis
import polars as pl
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core import desk, ledger
from core.desk import Done, Signed, journal
from core.model import Refusal
from tests.desk.balance import FINANCE, Balance
from tests.desk.payouts import TODAY, export, payments, proposed, result
from tests.desk.world import NOW, ask, build

RUN = 100
"""Steps of one run, each on a database of its own."""


def balance(folder: Path, size: int) -> dict[str, object]:
    """T2, T3: accept, reject, take back, correct, split, pay, close; after every step all sums must be what they were
    or what was asked for, and those of closed months the same; statements are looked at less often. Every processor
    walks its share."""
    sharing = min(os.cpu_count() or 1, 1 + size // RUN)
    shares = [(folder / str(number), -(-size // sharing), range(number, 1_000_000, sharing)) for number in range(sharing)]
    spawn = multiprocessing.get_context("spawn")
    with patch.dict(os.environ, POLARS_MAX_THREADS="1"), ProcessPoolExecutor(sharing, mp_context=spawn) as pool:
        found = list(pool.map(_walk, *zip(*shares, strict=True)))
    counted = {name: sum(one[name] for one in found) for name in ("steps", "databases", "wrong")}
    return counted | {"why": "; ".join(one["why"] for one in found if one["wrong"])} if counted["wrong"] else counted


def _walk(folder: Path, size: int, seeds: range) -> dict[str, object]:
    """At least so many steps, by these seeds, until one goes wrong. It is not made shorter, which takes hours: its seed finds
    it again, with the phase of shrinking and RUN steps."""
    Balance.made, Balance.folder, Balance.steps, Balance.runs = folder / "made", folder, 0, 0
    Balance.made.mkdir(parents=True)
    build(Balance.made / "leads.duckdb", payable=2).close()
    for seed in seeds:
        chosen = settings(max_examples=min(200, 1 + size // RUN), stateful_step_count=RUN, deadline=None, database=None,
                          phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        try:
            run_state_machine_as_test(hypothesis.seed(seed)(Balance), settings=chosen)
        except Exception as error:
            why = f"seed {seed}: {str(error) or type(error).__name__}".splitlines()[0]
            return {"steps": Balance.steps, "databases": Balance.runs, "wrong": 1, "why": why}
        if Balance.steps >= size:
            break
    return {"steps": Balance.steps, "databases": Balance.runs, "wrong": 0}


@dataclass(frozen=True)
class Asked:
    """A batch as a person asked for it by a key."""

    who: str
    key: str
    leave_out: tuple[str, ...]
    total: Decimal
    number: int
    program: str = "ptr"
    method: str = "check"
    currency: str = "USD"
    cut_off_on: dt.date = TODAY

    def prepare(self, con: duckdb.DuckDBPyConnection) -> Done:
        return desk.prepare_batch(con, Signed(self.who, self.key, NOW), self.program, self.method, self.currency,
                                  self.cut_off_on, self.leave_out, self.total, self.number)


def races(folder: Path, size: int, threads: int = 8) -> dict[str, object]:
    """R3: threads race to put the same payouts into batches; one key is repeated, and for something else; then they
    race to approve the batches, to give them out and to say what became of them. Each payout is paid once."""
    con = build(folder / "leads.duckdb", payable=size)
    prepared, refused = _prepared(con, size, threads)
    batches = ledger.batches(con).to_dicts()
    wrong = len(prepared) - len(batches)
    stood = ask(con, "select count(*), count(distinct lead) from live_batch_lines as b join earning_lines as e on "
                     "b.line = e.id")[0]
    repeats = _repeated(con, prepared[0], threads)
    for act, why_not, stored in ((_approve, desk.why_not_approve, "batch_steps where step = 'approved'"),
                                 (_settle, desk.why_not_record, "payment_results where result = 'paid'")):
        done, late = _once(con, batches, act, why_not, threads)
        wrong += done != sorted(row["id"] for row in batches)
        wrong += ask(con, f"select count(*) from {stored}") != [(len(batches),)]
        refused += late
        batches = ledger.batches(con).to_dicts()
        wrong += _other_files(con, batches, threads) if act is _approve else 0
    wrong += sum(map(bool, ledger.reconcile(con)["difference"].to_list()))
    paid = ask(con, "select count(*), count(distinct lead) from events where type = 'payout_paid'")[0]
    fault = desk.first_fault(con)
    con.close()
    return {"payouts": size, "batches": len(batches), "refused": refused,
            "double": stood[0] - stood[1] + paid[0] - paid[1], "missing": 2 * size - stood[1] - paid[1], **repeats,
            "wrong": wrong, "fault": fault}


def _prepared(con: duckdb.DuckDBPyConnection, size: int, threads: int) -> tuple[list[Asked], int]:
    """The batches that were prepared until nothing was left, and how many were refused. All threads ask for the same
    first one at once; then each for some of what is left as it saw it."""
    prepared: list[Asked] = []
    refused: list[Refusal] = []
    whole, start = proposed(con).lines, threading.Barrier(threads)

    def race(number: int) -> None:
        chance, found = random.Random(number), whole
        start.wait()
        for place in range(threads * size):
            if found.is_empty():
                break
            most = min(found.height, max(1, size // 20))
            kept = found.sample(chance.randint(1, most), seed=chance.randrange(2**32)) if place else found.head(most)
            left_out = found.filter(~pl.col("id").is_in(kept["id"].to_list()))["id"]
            asked = Asked(FINANCE[number % 2], f"{number}/{place}", tuple(left_out), kept["amount"].sum(), kept.height)
            try:
                asked.prepare(con)
                prepared.append(asked)
            except Refusal as refusal:
                refused.append(refusal)
            found = proposed(con).lines

    _together(race, threads)
    return prepared, len(refused)


def _repeated(con: duckdb.DuckDBPyConnection, asked: Asked, threads: int) -> dict[str, int]:
    """A change that was done is asked for a hundred times more, and its key for other changes."""
    head = desk.head(con)
    [(number, after)] = ask(con, "select number, after from journal where key = ?", journal.book(con).digest(asked.key))
    told: list[tuple] = []

    def repeat(place: int) -> None:
        for _ in range(100 // threads + (place < 100 % threads)):
            done = asked.prepare(con)
            told.append((done.is_repeated, done.number, done.after))

    _together(repeat, threads)
    altered = [replace(asked, **other) for other in (
        {"total": asked.total + Decimal("0.01")}, {"number": asked.number + 1}, {"currency": "EUR"}, {"method": "wire"},
        {"cut_off_on": TODAY - dt.timedelta(1)}, {"leave_out": (*asked.leave_out, "another")}, {"program": "cerri"},
        {"who": "fay" if asked.who == "finn" else "finn"})]
    others = sum(one != (True, number, json.loads(after)) for one in told) + (desk.head(con) != head)
    not_refused = sum(not _is_refused_as_another_change(con, one) for one in altered) + (desk.head(con) != head)
    return {"repeats": len(told), "repeats_with_another_result": others, "altered": len(altered),
            "altered_and_not_refused": not_refused}


def _is_refused_as_another_change(con: duckdb.DuckDBPyConnection, asked: Asked) -> bool:
    try:
        asked.prepare(con)
    except Refusal as refusal:
        return "another change" in str(refusal)
    return False


def _once(con: duckdb.DuckDBPyConnection, batches: list[dict], act: Callable, why_not: Callable, threads: int
          ) -> tuple[list[str], int]:
    """The batches on which a step was done, and how many tries were refused: all threads take them in one order, but
    for those on which four eyes forbid it to their person."""
    done: list[str] = []
    refused: list[Refusal] = []

    def race(number: int) -> None:
        who = FINANCE[number % 2]
        for row in batches:
            if why_not(row, who):
                continue
            try:
                act(con, Signed(who, f"{act.__name__}/{number}/{row['id']}", NOW), row)
                done.append(row["id"])
            except Refusal as refusal:
                refused.append(refusal)

    _together(race, threads)
    return sorted(done), len(refused)


def _approve(con: duckdb.DuckDBPyConnection, signed: Signed, row: dict) -> None:
    desk.approve_batch(con, signed, row["id"], row["total"], row["lines"])


def _settle(con: duckdb.DuckDBPyConnection, signed: Signed, row: dict) -> None:
    desk.record_results(con, signed, row["id"], [result(one) for one in payments(con, row["id"]).values()])


def _other_files(con: duckdb.DuckDBPyConnection, batches: list[dict], threads: int) -> int:
    """How many batches do not give the same file to all threads that give them out at once."""
    files: dict[str, set[bytes]] = {row["id"]: set() for row in batches}

    def race(number: int) -> None:
        for batch, given in files.items():
            given.add(export(con, batch, FINANCE[number % 2]))

    _together(race, threads)
    return sum(len(given) != 1 for given in files.values())


def _together(race: Callable[[int], None], threads: int) -> None:
    running = [threading.Thread(target=race, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
