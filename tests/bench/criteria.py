"""Row-wise criteria over ready facts, verdicts only: leads per second, against other ways to say the same criteria.

The facts of all leads are laid out once; then every criterion of every program is timed over all leads. A rival gets
a sample of the same leads, drawn by hash, and its time counts only once its verdicts are equal, row by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import polars as pl

from core import evaluation, store
from core.evaluation import FOREVER, Group, Moment
from core.facts import Layout
from core.terms import catalogue
from tests.bench.conditions import Plan, plain_name, plan
from tests.bench.measuring import AS_OF, Row, at_least, database, median_seconds, said, seconds
from tests.bench.rivals import RIVALS, Rival

AIMS = {"pandas": 12, "plain Python rows": 30, "json-logic": 1_000, "zen-engine in batch": 1_000}
SEED = 20


@dataclass(frozen=True)
class Ready:
    """The criteria of one program under one set of terms, and the facts of its leads that they read.

    facts: one row per lead, columns as the criteria name them. verdicts: by criterion.
    """

    program: str
    facts: pl.DataFrame
    verdicts: dict[str, pl.Expr]

    @property
    def plan(self) -> Plan:
        """The criteria as any rule language can say them."""
        return plan(self.verdicts, [name for name in self.facts.columns if not self.facts[name].null_count()])

    def judged(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Verdicts of leads, one column a criterion."""
        return facts.lazy().select(**self.verdicts).collect()

    def sample(self, share: float) -> pl.DataFrame:
        """About that share of the leads, drawn by the hash of their place: the first ones would be the clean ones."""
        places = pl.int_range(self.facts.height, eager=True)
        return self.facts.filter(places.hash(SEED) < int(min(share, 1) * (2**64 - 1)))


def ready(con: duckdb.DuckDBPyConnection) -> Iterator[Ready]:
    """The facts of every lead, laid out and prepared as an evaluation does it, by program and terms."""
    layout = Layout(con, AS_OF, FOREVER)
    layout.see()
    groups = evaluation.divided(layout, catalogue(), [Moment(AS_OF)], False)
    evaluation.lay_out(layout, catalogue(), groups, False)
    evaluation.contest(layout, groups, False)
    layout.close()
    for group in groups:
        yield _ready(group)
        group.facts = group.facts.clear()


def _ready(group: Group) -> Ready:
    verdicts = {name: found.verdict for name, found in group.course.found.items()}
    columns = sorted({column for verdict in verdicts.values() for column in verdict.meta.root_names()})
    facts = pl.concat([group.prepared(piece).select(columns).collect() for piece in group.slices()])
    return Ready(group.program.id, facts, verdicts)


def rivals_facts(facts: pl.DataFrame, criteria: Plan) -> pl.DataFrame:
    """Exactly the facts that a plan reads, under plain names, with what was made ready."""
    plain = facts.rename(plain_name)
    return plain.with_columns(**criteria.ready).select(criteria.columns)


def rival_seconds(rival: Rival, one: Ready, share: float) -> tuple[int, float]:
    """How many leads of the sample the rival judged, and how long it took. Raises ValueError where it says otherwise.

    The better of two runs: the first also fills caches.
    """
    sample, criteria = one.sample(share), one.plan
    run = rival.ready(criteria, rivals_facts(sample, criteria))
    ours, theirs = one.judged(sample), run().cast(pl.UInt8)
    for name in one.verdicts:
        if not ours[name].equals(theirs[name], null_equal=True, check_names=False):
            differ = (ours[name].ne_missing(theirs[name])).sum()
            raise ValueError(f"{rival.name} judges {name} of {one.program} otherwise for {differ} of {sample.height} "
                             "leads.")
    return sample.height, min(seconds(run), seconds(run))


def rows(leads: int) -> list[Row]:
    """Leads per second as multiples of each rival's."""
    con = store.connect(database(leads))
    count, ours = 0, 0.0
    theirs = {rival.name: [0, 0.0] for rival in RIVALS}
    for one in ready(con):
        took = median_seconds(lambda one=one: one.judged(one.facts))
        said(f"{one.program}: {one.facts.height:,} leads, {len(one.verdicts)} criteria in {took:.2f} s; verdicts "
             f"{_spread(one)}")
        count, ours = count + one.facts.height, ours + took
        for rival in RIVALS:
            judged, took = rival_seconds(rival, one, rival.leads / leads)
            theirs[rival.name][0] += judged
            theirs[rival.name][1] += took
    rate = count / ours
    said(f"leads per second: ours {rate:,.0f}; " + ", ".join(f"{name} {judged / took:,.0f}"
                                                            for name, (judged, took) in theirs.items()))
    return [
        at_least(f"leads judged per second by all criteria, multiple of {name} ({judged:,} leads, equal verdicts)",
                 rate / (judged / took), AIMS[name])
        for name, (judged, took) in theirs.items()
    ]


def _spread(one: Ready) -> str:
    """How often each verdict occurs."""
    numbers = one.judged(one.sample(10_000 / one.facts.height)).unpivot()["value"].value_counts(sort=True)
    return ", ".join(f"{'PFUWN'[number]} {count:,}" for number, count in numbers.rows())
