"""Who stands for whom once people have answered that two are the same or related; and keys as numbers.

Called by the layout of facts. Knows no database.
"""

from collections.abc import Iterable

import numpy as np
import polars as pl


def stands_for(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each key of the pairs -> the smallest key that it is joined to, directly or through others."""
    above: dict[str, str] = {}

    def top(key: str) -> str:
        while above.get(key, key) != key:
            key = above[key]
        return key

    for left, right in pairs:
        low, high = sorted((top(left), top(right)))
        above.setdefault(low, low)
        above[high] = low
    return {key: top(key) for key in above}


def roots(same: pl.DataFrame) -> pl.DataFrame:
    """kind, key, root: of the keys that people called the same (kind, left_key, right_key) all but the roots."""
    rows = [
        (kind, key, root)
        for (kind,), part in same.partition_by("kind", as_dict=True).items()
        for key, root in stands_for(part.select("left_key", "right_key").rows()).items()
        if key != root
    ]
    return pl.DataFrame(sorted(rows), schema={"kind": pl.String, "key": pl.String, "root": pl.String}, orient="row")


def with_related(groups: pl.DataFrame, pairs: list[tuple[str, str]]) -> pl.DataFrame:
    """Groups (org_key, group_key) joined by pairs of related organization keys, which thereby have a group."""
    group_of = dict(groups.rows())
    joined = stands_for((group_of.get(left, left), group_of.get(right, right)) for left, right in pairs)
    group_of |= {key: group_of.get(key, key) for pair in pairs for key in pair}
    rows = [(key, joined.get(group, group)) for key, group in group_of.items()]
    return pl.DataFrame(rows, schema=groups.schema, orient="row")


def numbered(of_leads: list[pl.Series], of_others: list[pl.Series]) -> tuple[list[pl.Series], pl.Series]:
    """Every column of keys with a number (Int32) for each different key; and per row of the columns of leads, which
    have one length, whether one of its keys occurs again in any column."""
    columns = [*of_leads, *of_others]
    keys = pl.concat([one.rename("key") for one in columns]).cast(pl.Categorical(pl.Categories.random()))
    codes = keys.to_physical().cast(pl.Int32)
    places = (codes + 1).fill_null(0).to_numpy()
    times = np.bincount(places, minlength=1)
    times[0] = 0  # what has no key occurs nowhere
    ends = np.cumsum([one.len() for one in columns])
    numbers = [codes.slice(end - one.len(), one.len()) for one, end in zip(columns, ends, strict=True)]
    occurs_again = np.split(times[places] > 1, ends[:-1])[:len(of_leads)]
    return numbers, pl.Series(np.logical_or.reduce(occurs_again))
