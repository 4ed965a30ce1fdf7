"""What speaks for and against two records being the same, and what that comes to.

Called by the finding. A piece of evidence is a condition over a pair's likeness, its weight in bits (one bit doubles
the odds) and the words a person reads; of each group of evidence the first that holds counts, since what follows from
one another must not count twice. Score and reasons come from the same pieces, so that no score is explained by
others. The weights are ours, fixed, and the same for every database: a pair's score depends on its two records alone.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import polars as pl

THRESHOLD = 0.5
"""Pairs below are not proposed: as likely two as one."""

ROUNDING = 1e-9


@dataclass(frozen=True)
class Evidence:
    """A condition over the columns of a likeness statement (null counts as false), its bits, and its words."""

    when: pl.Expr
    bits: float
    words: str


def _is(name: str) -> pl.Expr:
    return pl.col(name).fill_null(False)


def _at_most(name: str, limit: int) -> pl.Expr:
    return (pl.col(name) <= limit).fill_null(False)


def _at_least(name: str, limit: float) -> pl.Expr:
    return (pl.col(name) >= limit).fill_null(False)


PERSON_DOUBT = 13
"""Bits that must be outweighed: that many people could be meant."""
PERSON = (
    (
        Evidence(_is("is_same_name"), 12, "same name"),
        Evidence(_is("is_part_of_name") & _at_least("common_words", 2), 9, "same name but for one more word"),
        Evidence(_at_most("name_distance", 1) & _at_least("shortest_rest", 3) & _at_least("common_words", 1), 9,
                 "names differ in one letter"),
        Evidence(_is("is_initial") & _at_least("common_words", 1), 8, "same name, one with an initial"),
        Evidence(_at_most("name_distance", 2) & _at_least("shortest_rest", 6), 8, "names differ in two letters"),
        Evidence(_is("is_same_word"), 7, "same single name"),
        Evidence(_is("is_same_mailbox"), 7, "same mailbox at another domain"),
        Evidence(_at_least("name_likeness", 0.9) & _at_least("shortest_rest", 4), 6, "names nearly alike"),
        Evidence(_is("is_part_of_name"), 3, "one name is part of the other"),
        Evidence(_at_least("common_words", 1), -3, "one name in common"),
        Evidence(_at_least("name_likeness", 0.8) & _at_least("shortest_rest", 4), 2, "names somewhat alike"),
        Evidence(pl.lit(True), -6, "names differ"),
    ),
    (
        Evidence(_is("is_same_organization"), 5, "same organization"),
        Evidence(_is("is_same_company"), 5, "same company name"),
        Evidence(pl.col("domain_distance").is_in([1]).fill_null(False), 5, "domains differ in one letter"),
        Evidence(_is("is_other_organization"), -4, "another organization"),
    ),
    (Evidence(_is("is_same_phone"), 10, "same phone"),),
    (
        Evidence(_is("is_same_birthday"), 11, "same day of birth"),
        Evidence(_at_most("birthday_distance", 1), 6, "days of birth differ in one digit"),
        Evidence(_at_most("birthday_distance", 2), 3, "days of birth differ in two digits"),
        Evidence(pl.col("birthday_distance").is_not_null(), -4, "another day of birth"),
    ),
    (
        Evidence(_is("is_same_street"), 6, "same street and number"),
        Evidence(_at_least("street_likeness", 0.9), 5, "streets nearly alike"),
    ),
    (
        Evidence(_is("is_same_postal_code"), 4, "same postal code"),
        Evidence(_at_most("postal_distance", 1), 2, "postal codes differ in one digit"),
    ),
    (
        Evidence(_is("is_same_city"), 2, "same city"),
        Evidence(_at_least("city_likeness", 0.9), 2, "cities nearly alike"),
    ),
)

COMPANY_DOUBT = 10
"""Fewer companies than people bear one name."""
_AGREES_IN_FORM = _is("is_same_form") | _is("is_form_left_out")
ORGANIZATION = (
    (
        Evidence(_is("is_same_name") & _is("is_same_form"), 12, "same name"),
        Evidence(_is("is_same_name") & _is("is_form_left_out"), 11, "same name, one without its legal form"),
        Evidence(_is("is_same_name"), 7, "same name with another legal form"),
        Evidence(_is("is_same_letters"), 11, "same name, divided otherwise"),
        Evidence(_is("is_other_number"), -8, "another number in the name"),
        Evidence(_at_most("name_distance", 1) & _at_least("shortest_name", 8) & _AGREES_IN_FORM, 10,
                 "names differ in one letter"),
        Evidence(_at_most("name_distance", 1) & _at_least("shortest_name", 5), 7, "names differ in one letter"),
        Evidence(_at_most("name_distance", 2) & _at_least("shortest_name", 12) & _at_least("name_likeness", 0.9), 6,
                 "names differ in two letters"),
        Evidence(_is("is_part_of_name"), 4, "one name begins with the other"),
        Evidence(_is("is_name_in_domain"), 10, "the domain is the other's name"),
        Evidence(_is("is_nameless"), 0, "one has no name"),
        Evidence(_at_least("name_likeness", 0.93), 2, "names nearly alike"),
        Evidence(pl.lit(True), -8, "names differ"),
    ),
    (
        Evidence(_is("is_lookalike") & _is("is_other_script"), 20, "domains look alike: letters of another script"),
        Evidence(_is("is_lookalike") & _is("is_hyphen"), 20, "domains look alike: a hyphen more"),
        Evidence(_is("is_lookalike"), 20, "domains look alike: letters or digits taken for others"),
        Evidence(_is("is_same_label"), 10, "same domain name under another ending"),
        Evidence(_at_most("domain_distance", 1) & _at_least("shortest_domain", 8), 6, "domains differ in one letter"),
        Evidence(_is("is_other_domain"), -1, "another domain"),
    ),
    (
        Evidence(_is("is_same_country"), 1, "same country"),
        Evidence(_is("is_other_country"), -4, "another country"),
    ),
    (Evidence(_is("is_same_phone"), 8, "same phone"),),
    (
        Evidence(_is("is_same_street"), 6, "same street"),
        Evidence(_is("is_same_city"), 2, "same city"),
    ),
)

KINDS = {"person": (PERSON, PERSON_DOUBT), "organization": (ORGANIZATION, COMPANY_DOUBT)}


def weighed(likeness: pl.DataFrame, kind: str, least: float = THRESHOLD) -> pl.DataFrame:
    """The pairs worth a question, with `score` (0 to 1) and `reasons`: the words of what speaks for it.

    least: the score from which a pair is kept.
    """
    groups, doubt = KINDS[kind]
    bits = pl.sum_horizontal(_chosen(group, lambda one: pl.lit(one.bits, pl.Float64), 0.0) for group in groups)
    words = [_chosen(group, lambda one: pl.lit(one.words if one.bits > 0 else None, pl.String), None)
             for group in groups]
    return (
        likeness.with_columns(score=1 / (1 + pl.lit(2.0).pow(doubt - bits)))
        .filter(pl.col("score") >= least)
        .with_columns(reasons=pl.concat_list(words).list.drop_nulls())
    )


def can_reach(kind: str, guessed: Collection[str], least: float = THRESHOLD) -> pl.Expr:
    """Whether the score of a pair could be `least` or more.

    Over the columns of the likeness statement as far as they are known; those named in `guessed` are as much in favour
    as they can be, so that a condition over one of them that holds may yet turn out not to.
    """
    groups, doubt = KINDS[kind]
    bits = pl.sum_horizontal(_most(group, set(guessed)) for group in groups)
    return bits >= doubt - math.log2(1 / least - 1) - ROUNDING


def _most(group: tuple[Evidence, ...], guessed: set[str]) -> pl.Expr:
    """The most bits that a group can come to: those of what holds for certain, or of something before it."""
    most = pl.lit(0.0)
    for one in reversed(group):
        bits = pl.lit(one.bits, pl.Float64)
        is_certain = guessed.isdisjoint(one.when.meta.root_names())
        most = pl.when(one.when).then(bits if is_certain else pl.max_horizontal(bits, most)).otherwise(most)
    return most


def _chosen(group: tuple[Evidence, ...], value: Callable[[Evidence], pl.Expr], otherwise: object) -> pl.Expr:
    """What the first piece of evidence that holds says."""
    chain = pl.when(group[0].when).then(value(group[0]))
    for one in group[1:]:
        chain = chain.when(one.when).then(value(one))
    return chain.otherwise(otherwise)
