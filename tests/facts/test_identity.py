"""Keys as numbers: the same key has the same number wherever it stands, and who meets nobody is known by counting."""

import polars as pl

from core.facts import identity

PERSONS = pl.Series(["ada@a.test", "ben@b.test", None, "cy@c.test", "ada@a.test"])
COMPANIES = pl.Series(["d:a.test", "d:b.test", None, "d:c.test", "d:e.test"])
NAMED = pl.Series(["d:c.test", "d:nobody.test"])
NONE = pl.Series([], dtype=pl.String)


def test_the_same_key_has_the_same_number_in_every_column() -> None:
    (persons, companies, named), _ = identity.numbered([PERSONS, COMPANIES], [NAMED])
    assert persons[0] == persons[4]
    assert named[0] == companies[3]
    assert len({*persons.drop_nulls(), *companies.drop_nulls(), *named}) == 8
    assert persons.dtype == named.dtype == pl.Int32


def test_a_lead_without_a_key_has_no_number_and_meets_nobody() -> None:
    (persons, companies), is_met = identity.numbered([PERSONS, COMPANIES], [])
    assert persons[2] is None
    assert companies[2] is None
    assert not is_met[2]


def test_leads_meet_by_a_key_that_occurs_again_among_them_or_elsewhere() -> None:
    _, is_met = identity.numbered([PERSONS, COMPANIES], [NAMED])
    assert is_met.to_list() == [True, False, False, True, True]


def test_no_leads_and_no_names_are_numbered_too() -> None:
    numbers, is_met = identity.numbered([NONE, NONE], [NONE])
    assert [one.to_list() for one in numbers] == [[], [], []]
    assert is_met.is_empty()
