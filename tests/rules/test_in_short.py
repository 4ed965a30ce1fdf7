"""A verdict said in short is the one that the cases give, whatever was computed, judged and waived."""

import itertools

import polars as pl
import pytest

from core.model import FAIL, NA, PASS, UNKNOWN, WAIVED
from core.rules.criterion import Finding, by_person, case, finding, otherwise, settled_by_person, waivable

JUDGEMENTS, COMPUTED = (None, PASS, FAIL, UNKNOWN), (PASS, FAIL, UNKNOWN, NA)
FACTS = pl.DataFrame(
    list(itertools.product(COMPUTED, JUDGEMENTS, JUDGEMENTS, (None, "E1"), (True, False))),
    schema={"computed": pl.UInt8, "judged.one": pl.UInt8, "judged.other": pl.UInt8, "waived.one": pl.String,
            "is_decided": pl.Boolean}, orient="row",
)
PLAIN = finding(
    "clause.1", case(pl.col("computed") == PASS, PASS, "It holds."), case(pl.col("computed") == FAIL, FAIL, "It fails."),
    case(pl.col("computed") == UNKNOWN, UNKNOWN, "Who knows.", clause="clause.2"), otherwise(NA, "It is not asked."),
)
SETTLED = settled_by_person("one", PLAIN)
FOUND = {
    "by a person": by_person("clause.1", "one", "it holds"),
    "settled by a person": SETTLED,
    "settled both ways": settled_by_person("one", PLAIN, both_ways=True),
    "settled by two": settled_by_person("other", SETTLED),
    "waivable": waivable("one", SETTLED, True),
    "waivable by a decision alone": waivable("one", SETTLED, False, pl.col("is_decided")),
    "waivable either way": waivable("one", by_person("clause.1", "one", "it holds"), True, pl.col("is_decided")),
}


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_a_verdict_in_short_is_the_one_of_the_cases(found: Finding) -> None:
    told = FACTS.select(short=found.verdict, cases=found.verdict_by_cases)
    assert told["short"].equals(told["cases"])
    assert not told["short"].null_count()


def test_a_person_settles_what_is_unknown_and_a_decision_waives_what_fails() -> None:
    told = FACTS.select("computed", "judged.one", "waived.one", verdict=FOUND["waivable"].verdict)
    row = {row[:3]: row[3] for row in told.rows()}
    assert row[UNKNOWN, PASS, None] == PASS
    assert row[UNKNOWN, UNKNOWN, None] == UNKNOWN
    assert row[PASS, FAIL, None] == FAIL
    assert row[FAIL, PASS, None] == FAIL
    assert row[FAIL, None, "E1"] == WAIVED
    assert row[NA, FAIL, "E1"] == NA
