"""Which pairs of records are worth a look at their texts.

Called by the finding with the outlines of records (core/matching/sql/*_outline.sql): numbers in the place of texts, and
blocks. Pairs come only from blocks, and of these only such are kept as could come to a question at best: equal numbers
say what is equal, and how far the letters of two names differ says how much alike they can be. So that of very many
pairs only few are read and compared letter by letter. Decides nothing: what is left out here is below the threshold.
"""

import itertools

import numpy as np
import polars as pl

from core import pieces
from core.matching.evidence import can_reach

MEMBERS_AT_ONCE, TEXTS_AT_ONCE = 50_000, 20_000
PARTS = 8
"""Blocks are sorted in so many parts, so that memory holds one of them twice and not all."""
SIGNS = 32
"""Letters are told apart by the last five bits of their byte; a digit counts as the letter with the same ones."""


def numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of an outline statement with numbers of 32 bits alone beside their ids and blocks; 0 where nothing is known.

    In the place of each text stand its length, which letters it has, and which of them more than once.
    """
    hashes = [name for name, kind in rows.schema.items() if kind == pl.UInt64]
    flags = [name for name, kind in rows.schema.items() if kind == pl.Boolean]
    return rows.select(
        "source", "record", "blocks",
        *[(pl.col(name) & 0xFFFF_FFFF).cast(pl.UInt32).fill_null(0) for name in hashes],
        *[pl.col(name).cast(pl.UInt32).fill_null(0) for name in flags],
        *[series.alias(f"{text}_{name}") for text in ("name", "host")
          for name, series in zip(("length", "once", "twice"), _letters(rows[f"{text}_text"]), strict=True)],
    )


def _letters(texts: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Length of each text, and as bits of a number which letters it has, and which more than once.

    Who changes, adds or leaves out one letter changes at most two of these bits; who swaps two, none.
    """
    texts, once, twice = texts.fill_null(""), [np.empty(0, np.uint32)], [np.empty(0, np.uint32)]
    for piece in texts.to_frame().iter_slices(TEXTS_AT_ONCE):
        piece = piece.to_series()
        signs = np.frombuffer(piece.str.join("").item().encode(), np.uint8) & (SIGNS - 1)
        place = np.repeat(np.arange(len(piece)), piece.str.len_bytes()) * SIGNS + signs
        times = np.bincount(place, minlength=len(piece) * SIGNS).reshape(-1, SIGNS)
        for found, least in ((once, 1), (twice, 2)):
            found.append(np.packbits(times >= least, axis=1).view(np.uint32).ravel())
    return texts.str.len_bytes(), pl.Series(np.concatenate(once)), pl.Series(np.concatenate(twice))


def pairs(outline: pl.DataFrame, kind: str, most: int, least: float) -> pl.DataFrame:
    """left_no and right_no, one row per pair: row numbers of the outline (as of `numbered`, with is_new).

    The two share a block behind which no more than `most` records stand, one of them is new, and at best they score
    `least`.
    """
    no, block = _members(outline.select("blocks", "is_new"), most)
    numbers = {column.name: column.to_numpy() for column in outline.select("is_new", pl.col(pl.UInt32))}
    bounds, guessed = BOUNDS[kind]
    is_hopeful = can_reach(kind, guessed, least)

    def hopeful(piece: slice) -> pl.DataFrame:
        """The pairs of some blocks, their numbers taken out once for each member: a pair then finds them close by."""
        members, (left, right) = no[piece], _neighbours(block[piece], most)
        here = {name: column[members] for name, column in numbers.items()}
        is_asked = here["is_new"][left] | here["is_new"][right]
        sides = {"left": left[is_asked], "right": right[is_asked]}
        beside = {f"{side}_{name}": column[place] for name, column in here.items() for side, place in sides.items()}
        pairs = pl.DataFrame({f"{side}_no": members[place] for side, place in sides.items()} | beside)
        return pairs.select("left_no", "right_no", **bounds).filter(is_hopeful).select("left_no", "right_no")

    nothing = pl.DataFrame(schema={"left_no": pl.UInt32, "right_no": pl.UInt32})
    return pl.concat([nothing, *pieces.answers(hopeful, _whole_blocks(block))]).unique()


def _neighbours(block: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of members of the same block, each pair once; block: sorted, of no more than `most` members each."""
    firsts = [np.flatnonzero(block[step:] == block[:-step]) for step in range(1, most)]
    return np.concatenate(firsts), np.concatenate([first + step for step, first in enumerate(firsts, 1)])


def _whole_blocks(block: np.ndarray) -> list[slice]:
    """Pieces of about MEMBERS_AT_ONCE members that divide no block."""
    begins = np.flatnonzero(np.diff(block, prepend=~block[:1]))
    wanted = begins[np.searchsorted(begins[:-1], np.arange(0, len(block), MEMBERS_AT_ONCE))] if len(block) else begins
    ends = [*np.unique(wanted), len(block)]
    return [slice(one, other) for one, other in itertools.pairwise(ends)]


def _members(outline: pl.DataFrame, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers and blocks, by block and number: of blocks with several records and no crowd, some of them new."""
    rows = outline.with_row_index("no").explode("blocks").drop_nulls("blocks")
    parts = [rows.clear()]
    for part in range(PARTS):
        members = rows.filter(pl.col("blocks") % PARTS == part).sort("blocks", "no")
        members = members.filter(pl.col("blocks").ne_missing(pl.col("blocks").shift())
                                 | pl.col("no").ne_missing(pl.col("no").shift()))  # who has a block twice counts once
        block = members["blocks"].to_numpy()
        starts = np.flatnonzero(np.diff(block, prepend=~block[:1]))
        sizes = np.diff(starts, append=len(block))
        has_new = np.logical_or.reduceat(members["is_new"].to_numpy(), starts) if len(starts) else np.empty(0, bool)
        parts.append(members.filter(np.repeat((sizes > 1) & (sizes <= most) & has_new, sizes)))
    members = pl.concat(parts)
    return members["no"].to_numpy(), members["blocks"].to_numpy()


def _both(name: str) -> pl.Expr:
    return (pl.col(f"left_{name}") != 0) & (pl.col(f"right_{name}") != 0)


def _same(name: str) -> pl.Expr:
    return (pl.col(f"left_{name}") == pl.col(f"right_{name}")) & (pl.col(f"left_{name}") != 0)


def _other(name: str) -> pl.Expr:
    return (pl.col(f"left_{name}") != pl.col(f"right_{name}")) & _both(name)


def _either(name: str) -> pl.Expr:
    return (pl.col(f"left_{name}") | pl.col(f"right_{name}")) != 0


def _missing(name: str) -> pl.Expr:
    return (pl.col(f"left_{name}") == 0) | (pl.col(f"right_{name}") == 0)


def _where_both(name: str, value: float) -> pl.Expr:
    """A value where both sides have one; null elsewhere."""
    return pl.when(_both(name)).then(pl.lit(value))


def _shortest(text: str) -> pl.Expr:
    return pl.min_horizontal(f"left_{text}_length", f"right_{text}_length")


def _distance(text: str) -> pl.Expr:
    """How many letters differ at least, where both sides have the text."""
    changed = [(pl.col(f"left_{text}_{name}") ^ pl.col(f"right_{text}_{name}")).bitwise_count_ones()
               for name in ("once", "twice")]
    left, right = (pl.col(f"{side}_{text}_length").cast(pl.Int32) for side in ("left", "right"))
    longer = (left - right).abs().cast(pl.UInt32)
    return pl.when(_both(f"{text}_length")).then(pl.max_horizontal((changed[0] + changed[1] + 1) // 2, longer))


def _is_within(text: str) -> pl.Expr:
    """Whether all letters of one may stand in the other."""
    shared = pl.col(f"left_{text}_once") & pl.col(f"right_{text}_once")
    return (shared == pl.col(f"left_{text}_once")) | (shared == pl.col(f"right_{text}_once"))


PERSON = {
    "is_same_name": _same("name_key") & _either("is_full_name"),
    "is_same_word": _same("name_key"),
    "is_part_of_name": _is_within("name"),
    "common_words": pl.lit(2),
    "name_distance": _distance("name"),
    "shortest_rest": _shortest("name"),
    "name_likeness": pl.lit(1.0),
    "is_initial": _either("has_initial"),
    "is_same_mailbox": _same("long_mailbox") & _other("domain"),
    "is_same_organization": _same("org_key"),
    "is_other_organization": _other("org_key"),
    "is_same_company": _same("company"),
    "domain_distance": pl.when(~_same("domain")).then(pl.max_horizontal(_distance("host"), 1)),
    "is_same_phone": _same("phone_key"),
    "is_same_birthday": _same("born_on"),
    "birthday_distance": _where_both("born_on", 1),
    "is_same_street": _same("street_key"),
    "street_likeness": _where_both("street_key", 1.0),
    "is_same_postal_code": _same("postal_key"),
    "postal_distance": _where_both("postal_key", 1),
    "is_same_city": _same("city_key"),
    "city_likeness": _where_both("city_key", 1.0),
}
ORGANIZATION = {
    "is_same_name": _same("base"),
    "is_same_letters": _same("letters"),
    "is_same_form": _same("family"),
    "is_form_left_out": _either("is_without_form"),
    "is_other_number": _other("digits"),
    "name_distance": _distance("name"),
    "shortest_name": _shortest("name"),
    "name_likeness": _where_both("letters", 1.0),
    "is_part_of_name": _is_within("name"),
    "is_name_in_domain": (pl.col("left_joined") == pl.col("right_letters")) & _missing("domain")
                         | (pl.col("right_joined") == pl.col("left_letters")) & _missing("domain"),
    "is_nameless": _missing("base"),
    "is_lookalike": _same("long_skeleton") & _other("label"),
    "is_other_script": pl.lit(False),
    "is_hyphen": pl.lit(False),
    "is_same_label": _same("long_label"),
    "domain_distance": _distance("host"),
    "shortest_domain": _shortest("host"),
    "is_other_domain": _other("domain"),
    "is_same_country": _same("country"),
    "is_other_country": _other("country"),
    "is_same_phone": _same("phone_key"),
    "is_same_street": _same("street_key") & (_same("postal_key") | _same("city_key")),
    "is_same_city": _same("city_key"),
}
BOUNDS = {
    "person": (PERSON, (
        "is_part_of_name", "common_words", "name_distance", "shortest_rest", "name_likeness", "is_initial",
        "domain_distance", "birthday_distance", "street_likeness", "postal_distance", "city_likeness",
    )),
    "organization": (ORGANIZATION, ("name_distance", "name_likeness", "is_part_of_name", "domain_distance")),
}
"""Per kind the columns of the likeness statement that evidence asks for, and which of them are guessed."""
