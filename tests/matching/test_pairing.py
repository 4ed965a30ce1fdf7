"""What is left out before texts are read: nothing that could have come to a question."""

import datetime as dt

import polars as pl
import pytest

from core import sample, store
from core.matching import finding, outlines, pairing, relations

NOW = dt.datetime(2024, 1, 1)


@pytest.fixture
def con():
    found = store.connect()
    sample.write(found, 600, 3, dt.date(2026, 11, 20))
    return found


@pytest.mark.parametrize("kind", ["person", "organization"])
def test_no_pair_that_would_be_asked_about_is_left_out(con, kind: str) -> None:
    with store.transaction(con) as cursor:
        outlines.choose(cursor, kind, None)
        statement = outlines.STATEMENTS[kind]
        for name in ("outlined", "records"):
            relations.keep(cursor, name, statement)
        outline = outlines.outlined(cursor, kind)
        kept = finding.worth_a_look(outline, kind)
        every = finding.worth_a_look(outline, kind, least=1e-30)
        assert kept.height < every.height
        ends = ["left_record", "right_record", "score"]
        assert finding.likely(cursor, kind, kept).select(ends).sort(ends).equals(
            finding.likely(cursor, kind, every).select(ends).sort(ends))


def test_one_letter_more_changes_at_most_two_bits_of_letters() -> None:
    length, once, twice = pairing._letters(pl.Series(["northwind", "nortwhind", "northwinds", None]))
    changed = [((once[0] ^ once[n]).bit_count() + (twice[0] ^ twice[n]).bit_count()) for n in (1, 2)]
    assert changed == [0, 1]
    assert length.to_list() == [9, 9, 10, 0]


def test_few_new_records_find_what_a_look_at_all_finds(con) -> None:
    with store.transaction(con) as cursor:
        ids = cursor.sql("select id from contacts order by id").pl()["id"]
        newest = ids[-40:].to_list()
        finding.propose(cursor, NOW, {"contacts": newest})  # blocks were missing: all are read
        whole = cursor.sql("select id from near_matches order by id").pl()
        cursor.execute("delete from near_matches").fetchall()
        finding.propose(cursor, NOW, {"contacts": newest})
        assert cursor.sql("select id from near_matches order by id").pl().equals(whole)


def test_blocks_that_other_rules_made_are_made_again(con) -> None:
    with store.transaction(con) as cursor:
        finding.propose(cursor, NOW)
        assert outlines.are_kept(cursor)
        cursor.execute("update match_blocks set made_by = 'earlier'").fetchall()
        assert not outlines.are_kept(cursor)
        finding.propose(cursor, NOW, {"contacts": ["K1"]})
        assert outlines.are_kept(cursor)
