"""What a person answers about two records that may be the same, and taking an answer back."""

import duckdb

from core import kept
from core.desk.step import Done, Signed, Step, perform
from core.matching import answers, reading


def settle_match(con: duckdb.DuckDBPyConnection, signed: Signed, near_match: str, answer: str, note: str = "") -> Done:
    """Answer a near match: same, different or related; `open` takes the standing answer back.

    "same" joins both histories from now on. The leads on both sides are evaluated again.
    """
    def write(step: Step) -> None:
        before = step.count("match_answers")
        answers.answer(step.cursor, near_match, answer, step.person.id, note.strip() or None, step.at_instant)
        step.counted("match_answers", before)
        step.touched |= set(reading.leads_of(step.con, [near_match])["lead"])
        step.bears_on |= kept.touched_by(step.cursor, {"near_matches": [near_match]})
        step.is_evaluated = True
        step.after |= {"near_match": near_match, "answer": answer}

    return perform(con, signed, "settle_match", {"near_match": near_match, "answer": answer, "note": note}, write)
