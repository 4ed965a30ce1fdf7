"""Drafts of rejections, in the tone that each program owes."""

import duckdb
import pytest

from core import kept, letters, queue, review
from tests.pages.test_roles import acting, press, undecided


def rejected(con: duckdb.DuckDBPyConnection, program: str) -> tuple[review.Story, str]:
    """A lead of the sample that a criterion rejects, and the clause."""
    as_of = kept.kept_as_of(con)
    for row in queue.page(con, as_of, queue.Filters(program=program, disposition="rejected"), 1, 50).to_dicts():
        told = review.story(con, row["lead"], as_of)
        code = next((line.clause.id for line in told.lines if line.verdict == "fail"), None)
        if code in told.program.reason_order:
            return told, code
    raise AssertionError(f"no lead of {program} fails a criterion")


@pytest.mark.parametrize(("program", "names_clause", "says_why"), [("ptr", True, True), ("raf", True, False),
                                                                   ("cerri", False, False)])
def test_a_draft_says_as_much_as_the_program_owes(
    con: duckdb.DuckDBPyConnection, program: str, names_clause: bool, says_why: bool
) -> None:
    told, code = rejected(con, program)
    because = next(line.because for line in told.lines if line.clause.id == code and line.verdict == "fail")
    draft = letters.rejection(told, code, "Acme & Sons")
    assert (code in draft, because in draft, bool(draft)) == (names_clause, says_why, names_clause)
    assert ("Acme & Sons" in draft) == names_clause


def test_the_draft_follows_the_reason_until_somebody_writes_their_own(con: duckdb.DuckDBPyConnection) -> None:
    lead = undecided(con, "ptr")
    at = acting("checklist", "chen", lead=lead)
    press(at, "Reject…")
    codes = at.selectbox(key=f"reject-code-{lead}").options
    at.selectbox(key=f"reject-code-{lead}").select_index(0).run()
    first = at.text_area(key=f"reject-text-{lead}").value
    assert first.startswith("Thank you for your submission")
    at.selectbox(key=f"reject-code-{lead}").select_index(len(codes) - 1).run()
    assert at.text_area(key=f"reject-text-{lead}").value not in ("", first)
    at.text_area(key=f"reject-text-{lead}").input("Your own contact told us no.").run()
    at.selectbox(key=f"reject-code-{lead}").select_index(0).run()
    assert at.text_area(key=f"reject-text-{lead}").value == "Your own contact told us no."
