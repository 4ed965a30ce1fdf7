"""Every rival judges the same leads alike, before anybody asks how fast; a condition with null keeps its meaning."""

import datetime as dt

import polars as pl
import pytest

from core import sample, store
from tests.bench.conditions import plan
from tests.bench.criteria import Ready, ready, rivals_facts
from tests.bench.measuring import UNTIL
from tests.bench.rivals import RIVALS, Rival

LEADS = 2_000


@pytest.fixture(scope="module")
def all_ready() -> list[Ready]:
    con = store.connect()
    sample.write(con, LEADS, 5, UNTIL)
    return list(ready(con))


@pytest.mark.parametrize("rival", RIVALS, ids=lambda one: one.name)
def test_a_rival_gives_the_verdicts_of_every_criterion_of_every_program(rival: Rival, all_ready: list[Ready]) -> None:
    assert {one.program for one in all_ready} == {"cerri", "raf", "ptr"}
    assert sum(one.facts.height for one in all_ready) == LEADS
    for one in all_ready:
        criteria = one.plan
        theirs = rival.ready(criteria, rivals_facts(one.facts, criteria))().cast(pl.UInt8)
        ours = one.judged(one.facts)
        assert theirs.columns == ours.columns == list(one.verdicts)
        for name in ours.columns:
            assert theirs[name].to_list() == ours[name].to_list(), (one.program, name)


def test_the_leads_that_are_compared_pass_and_fail_and_wait(all_ready: list[Ready]) -> None:
    for one in all_ready:
        found = set(one.judged(one.facts).unpivot()["value"])
        assert {0, 1, 2} <= found, one.program


def test_a_sample_takes_leads_from_everywhere_and_always_the_same(all_ready: list[Ready]) -> None:
    one = max(all_ready, key=lambda each: each.facts.height)
    numbered = Ready(one.program, one.facts.with_row_index("place"), one.verdicts)
    drawn = numbered.sample(0.2)
    assert drawn.equals(numbered.sample(0.2))
    assert 0.1 < drawn.height / one.facts.height < 0.3
    assert drawn["place"].max() > 0.9 * one.facts.height
    assert numbered.sample(5).height == one.facts.height


A, B, DAY = pl.col("a"), pl.col("b"), pl.col("day")
CONDITIONS = {
    "compared": A < B, "not compared": ~(A < B), "equal": A == B, "differs": A != B, "at least one": A >= 1,
    "known": A.is_not_null(), "neither": A.is_null() & B.is_null(),
    "false where unknown": (A > B).fill_null(False), "true where unknown": (A > B).fill_null(True),
    "not false where unknown": ~(A > B).fill_null(False), "not true where unknown": ~(A > B).fill_null(True),
    "other where unknown": (A > 1).fill_null(B > 1), "not other where unknown": ~(A > 1).fill_null(B > 1),
    "among": A.is_in([0, 2]), "not among": ~A.is_in([0, 2]), "any": pl.any_horizontal(A > 1, B > 1, A == B),
    "not all": ~pl.all_horizontal(A > 0, B > 0), "later": pl.max_horizontal(A, B) > 1,
    "earlier": pl.min_horizontal(A, B) < 1,
    "flag": pl.col("flag"), "no flag": ~pl.col("flag"), "first known": pl.coalesce(A, B) == 2,
    "products": pl.col("products").list.eval(pl.element().str.starts_with("cloud") | pl.element().is_in(["x"])).list.sum()
    > 1,
    "some products": pl.col("products").list.len() > 1,
}


@pytest.mark.parametrize("rival", RIVALS, ids=lambda one: one.name)
@pytest.mark.parametrize("name", CONDITIONS)
def test_what_is_not_known_counts_as_polars_counts_it(rival: Rival, name: str) -> None:
    values = [(a, b) for a in (None, 0, 1, 2) for b in (None, 0, 1, 2)]
    facts = pl.DataFrame({
        "a": [a for a, _ in values], "b": [b for _, b in values], "flag": ([None, True, False] * 6)[:16],
        "products": ([["cloud_a", "x", "y"], [], ["x"], ["cloud_b", "cloud_c"]] * 4),
    })
    verdict = pl.when(CONDITIONS[name]).then(pl.lit(0, pl.UInt8)).otherwise(pl.lit(1, pl.UInt8))
    criteria = plan({"verdict": verdict}, ["products"])
    theirs = rival.ready(criteria, facts.select(criteria.columns))()
    assert theirs["verdict"].cast(pl.UInt8).to_list() == facts.select(verdict).to_series().to_list()


@pytest.mark.parametrize("rival", RIVALS, ids=lambda one: one.name)
def test_days_are_shifted_by_days_and_by_months(rival: Rival) -> None:
    days = [None, dt.date(2026, 1, 29), dt.date(2026, 1, 30), dt.date(2026, 1, 31), dt.date(2026, 3, 1)]
    facts = pl.DataFrame([{"day": one, "other": other} for one in days for other in days])
    verdicts = {
        "thirty": pl.when(DAY.dt.offset_by("30d") >= pl.col("other")).then(0).otherwise(1),
        "month": pl.when(DAY.dt.offset_by("1mo") >= pl.col("other")).then(0).otherwise(1),
        "back": pl.when(DAY.dt.offset_by("-1mo") < pl.col("other")).then(0).otherwise(1),
    }
    criteria = plan(verdicts)
    theirs = rival.ready(criteria, rivals_facts(facts, criteria))()
    ours = facts.select(**verdicts)
    for name in verdicts:
        assert theirs[name].cast(pl.Int32).to_list() == ours[name].to_list(), name


def test_an_expression_that_no_criterion_has_used_so_far_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="cannot translate"):
        plan({"verdict": pl.when(A.sqrt() > 1).then(0).otherwise(1)})
