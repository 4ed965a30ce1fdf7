"""Who stands for whom once people have answered that two are the same or related.

Called by the layout of facts, on the few pairs that were answered. Knows no database.
"""

from collections.abc import Iterable

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
