"""Triage: the closest names where a search finds nothing, and the next lead that nobody else has open."""


import duckdb

from core import kept, people, queue, work
from tests.conftest import now
from tests.pages.test_pages import drawn, words_of


def company_of_one_lead(con: duckdb.DuckDBPyConnection) -> str:
    with con.cursor() as cursor:
        return cursor.execute(
            "select o.name from leads as l join organizations as o on o.id = l.org where o.name similar to '[A-Za-z ]{12,}' "
            "group by o.name having count(*) = 1 order by o.name limit 1").fetchall()[0][0]


def test_a_misspelled_company_is_offered_and_found_under_no_other_filter(con: duckdb.DuckDBPyConnection) -> None:
    name = company_of_one_lead(con)
    misspelled = name[:5] + name[6] + name[5] + name[7:]
    assert name in [found for found, _ in queue.closest(con, misspelled)]
    at = drawn("triage", search=misspelled, due="Overdue")
    assert "Closest:" in words_of(at)
    place = [found for found, _ in queue.closest(con, misspelled)].index(name)
    at.button(key=f"closest-{place}").click().run()
    assert at.text_input(key="search").value == name
    assert len(at.dataframe[0].value) >= 1


def test_what_is_like_nothing_is_offered_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert queue.closest(con, "qqqqxxzz") == queue.closest(con, "  ") == []
    assert "Closest:" not in words_of(drawn("triage", search="qqqqxxzz"))


def test_the_next_lead_is_none_that_others_have_open(con: duckdb.DuckDBPyConnection) -> None:
    sara, as_of = people.person(con, "sara", now()), kept.kept_as_of(con)
    first = work.next_lead(con, sara, as_of)
    second = work.next_lead(con, sara, as_of, first)
    assert work.next_lead(con, sara, as_of, besides=[first]) == second
    assert work.next_lead(con, sara, as_of, first, besides=[second]) not in (first, second)
