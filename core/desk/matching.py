"""What a person answers about two records that may be the same, and taking an answer back."""

import duckdb

from core import kept
from core.desk.step import Done, Signed, Step, perform
from core.matching import answers, reading
from core.model import Refusal


def settle_match(con: duckdb.DuckDBPyConnection, signed: Signed, near_match: str, answer: str, note: str = "",
                 seen: int | None = None) -> Done:
    """Answer a near match: same, different or related; `open` takes the standing answer back.

    seen: how many answers had been given when it was shown; None: it was not shown. Raises Refusal where there are more
    by now, with what was answered meanwhile.
    "same" joins both histories from now on. The leads on both sides are evaluated again.
    """
    def write(step: Step) -> None:
        if seen is not None:
            _refuse_stale(step, near_match, seen)
        before = step.count("match_answers")
        answers.answer(step.cursor, near_match, answer, step.person.id, note.strip() or None, step.at_instant)
        step.counted("match_answers", before)
        step.touched |= set(reading.leads_of(step.con, [near_match])["lead"])
        step.bears_on |= kept.touched_by(step.cursor, {"near_matches": [near_match]})
        step.is_evaluated = True
        step.after |= {"near_match": near_match, "answer": answer}

    content = {"near_match": near_match, "answer": answer, "note": note, "seen": seen}
    return perform(con, signed, "settle_match", content, write)


def _refuse_stale(step: Step, near_match: str, seen: int) -> None:
    given = answers.given(step.cursor, near_match)
    if len(given) > seen:
        since = "; ".join(
            f"{row['decided_by']} " + ("took the answer back" if row["answer"] == answers.UNDONE
                                       else f"answered {row['answer']}") for row in given[seen:]
        )
        raise Refusal(f"This look-alike was answered since you saw it: {since}. Look again and decide anew.")
