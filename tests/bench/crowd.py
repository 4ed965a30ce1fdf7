"""Twenty people at once, each acting every three seconds, beside one person on the same server.

A person is a websocket session that does what sales does, in turn: the queue, a ticked row, a lead, two verdicts, the
next lead, its comments, conflicts, home. Each has leads of their own. An answer is timed from the message until the
script has finished; what a browser adds is in `answers`.
"""

import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.WidgetStates_pb2 import WidgetState

from core import store
from tests.bench.measuring import Row, apart, at_most, p95, said
from tests.bench.serving import Served, served, worked_on
from tests.sessions import TABLE, Session

PEOPLE, PACE, DURATION = 20, 3.0, 75.0
"""How many act at once, and in seconds how often each and how long."""
ALONE_PACE = 0.75
"""Seconds between the actions of one person alone: as many as give a p95."""
LEADS_EACH = 40


@dataclass
class Told:
    """What the answers took, in seconds, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[float]:
        """Every time."""
        return [one for times in self.times.values() for one in times]


def rows(leads: int) -> list[Row]:
    """How much longer answers take among twenty, errors, and how much memory grows."""
    with worked_on(leads) as path:
        own = apart(undecided, path, (PEOPLE + 1) * LEADS_EACH)
        with served(path=path) as app:
            alone, cpu_alone = acted(app, [own[:LEADS_EACH]], ALONE_PACE)
            begun = app.gb()
            crowd, cpu_crowd = acted(app, [own[place * LEADS_EACH:(place + 1) * LEADS_EACH]
                                           for place in range(1, PEOPLE + 1)], PACE)
            ended = app.gb()
    for name, times in crowd.times.items():
        said(f"  {name:24} median {statistics.median(times) * 1e3:5.0f} ms among {PEOPLE}, "
             f"alone {statistics.median(alone.times.get(name, [0])) * 1e3:5.0f} ms")
    for error in (alone.errors + crowd.errors)[:5]:
        said(f"  error: {error}")
    said(f"{len(crowd.all)} answers among {PEOPLE}: p95 {p95(crowd.all) * 1e3:.0f} ms, processor "
         f"{cpu_crowd / len(crowd.all) * 1e3:.0f} ms each; alone {len(alone.all)}: p95 {p95(alone.all) * 1e3:.0f} ms, "
         f"processor {cpu_alone / len(alone.all) * 1e3:.0f} ms each; memory {begun:.2f} to {ended:.2f} GB")
    return [
        at_most(f"{PEOPLE} people at once among {leads:,} leads, p95, multiple of one person's",
                p95(crowd.all) / p95(alone.all), 2.5),
        at_most(f"errors among {len(crowd.all)} answers", len(alone.errors) + len(crowd.errors), 0, "errors"),
        at_most(f"memory of the server after {DURATION:.0f} s of {PEOPLE} people, multiple of before", ended / begun, 1.1),
    ]


def undecided(path: Path, count: int) -> list[str]:
    """Undecided leads of the program in which people judge most."""
    con = store.connect(path)
    with con.cursor() as cursor:
        found = cursor.execute("select lead from evaluations where program = 'cerri' and disposition = 'pending' "
                               "order by hash(lead) limit ?", [count]).fetchall()
    con.close()
    return [lead for (lead,) in found]


def acted(app: Served, leads: list[list[str]], pace: float) -> tuple[Told, float]:
    """People act for a while, each on their own leads; what that took, and seconds of the server's processor."""
    told, until = Told(), time.monotonic() + DURATION
    before = app.cpu()
    threads = [threading.Thread(target=_person, args=(app.url, own, pace, place * pace / len(leads), until, told))
               for place, own in enumerate(leads)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return told, app.cpu() - before


def _person(url: str, leads: list[str], pace: float, begins: float, until: float, told: Told) -> None:
    time.sleep(begins)
    try:
        with Session(url) as session:
            session.see("Sara Sample")
            due = time.monotonic()
            for name, run in _day(session, leads):
                due = max(due + pace, time.monotonic())
                if due > until:
                    return
                time.sleep(max(due - time.monotonic(), 0))
                started = time.monotonic()
                run()
                told.times.setdefault(name, []).append(time.monotonic() - started)
                told.errors += [f"{name}: {one.exception.message}" for one in session.elements
                                if one.WhichOneof("type") == "exception"]
    except Exception as error:  # one person's failure is counted, the others go on
        told.errors.append(f"{type(error).__name__}: {error}")


def _day(session: Session, leads: list[str]) -> Iterator[tuple[str, object]]:
    """What a person does, over and over, on the next leads each time."""
    acting = dict(session.held)

    def to(page: str, query: str = "") -> Session:
        session.page, session.query, session.held = page, query, dict(acting)
        return session.run()

    def judge(verdict: str) -> Session:
        for note in (one for one in session.drawn if "-note-" in one):
            session.held[note] = WidgetState(id=note, string_value="seen")
        offered = (one for one, can in session.buttons().items() if can and f"-{verdict}-" in one)
        return session.run(next(offered, None))

    def tick() -> Session:
        table = next(one for one, element in session.drawn.items()
                     if element.WhichOneof("type") == TABLE)
        session.held[table] = WidgetState(id=table, string_value='{"selection": {"rows": [3], "columns": [], "cells": []}}')
        return session.run()

    for first, second in zip(leads[::2], leads[1::2], strict=True):
        yield "open the queue", lambda: to("triage")
        yield "tick a row", tick
        yield "open a lead", lambda lead=first: to("checklist", f"lead={lead}")
        yield "give a verdict", lambda: judge("pass")
        yield "give a verdict", lambda: judge("fail")
        yield "open a lead", lambda lead=second: to("checklist", f"lead={lead}")
        yield "give a verdict", lambda: judge("pass")
        yield "open conflicts", lambda: to("conflicts")
        yield "open home", lambda: to("")
