"""The checklist of one lead: a line per criterion with verdict, sentence, evidence, and its clause one click away.

The criterion that is open for a verdict stands in a frame of its own (pages/parts/judging.py).
"""

import streamlit as st

from core import days, review
from core.review import Line, Story
from pages.parts import badges, dates, frame, lookalikes, words
from pages.parts import judging as open_criterion
from pages.parts.judging import Judging

HEADINGS = {"qualification": "Qualification", "exclusion": "Exclusions", "process": "Process"}


def show(told: Story, judging: Judging | None) -> None:
    """Sections by group, lines in the program's order; exclusions folded where none applies or is open.

    judging: None where one can look, not decide.
    """
    for group in review.GROUPS:
        lines, met, asked = told.group(group)
        if not lines:
            continue
        clear = group == "exclusion" and met == asked
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.subheader(HEADINGS[group], anchor=False, width="content")
            st.caption(f"{met} of {asked} {'clear' if group == 'exclusion' else 'met'}", width="content")
        if clear:
            is_open = judging is not None and judging.criterion in {line.text.id for line in lines}
            with st.expander(f"None of the {len(lines)} exclusions applies", icon=":material/check_circle:",
                             expanded=is_open):
                _lines(told, lines, judging)
        else:
            _lines(told, lines, judging)


def _lines(told: Story, lines: list[Line], judging: Judging | None) -> None:
    with st.container(gap="xsmall"):
        for line in lines:
            if judging is not None and line.text.id == judging.criterion:
                with st.container(border=True, gap="small"):
                    _line(told, line, None)
                    st.text(line.text.question)
                    _suggestion(told, judging, line)
                    open_criterion.show(judging, line)
            else:
                _line(told, line, judging)


def _line(told: Story, line: Line, judging: Judging | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        badges.badge(badges.VERDICT[line.verdict], width=116)
        with st.container(gap=None, width="stretch"):
            words.line(line.text.label, told.said(line))
            _beneath(told, line)
        if judging is not None:
            open_criterion.opener(judging, line)
        clause(told, line)


def _suggestion(told: Story, judging: Judging, line: Line) -> None:
    """What is on record for or against an open criterion, and on what that rests; the verdict is the person's."""
    hint = judging.hints.get(line.text.id)
    if hint is None:
        return
    rests_on = words.join(*[_described(told, row) for row in hint.evidence])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badges.badge(badges.SUGGESTS[hint.verdict])
        words.line(text=hint.because, quiet=rests_on and f"Rests on: {rests_on}", exact=_exact(told, *hint.evidence))


def _beneath(told: Story, line: Line) -> None:
    changes = f"Changes on {dates.ahead(line.changes_on, told.today)}" if line.changes_on else None
    is_said = all(row["kind"] == "verdict" and not row["note"] for row in line.evidence)  # who and when, as above
    rests_on = "" if is_said else words.join(*[_described(told, row) for row in line.evidence])
    quiet = words.join(changes, rests_on and f"Rests on: {rests_on}")
    if quiet:
        words.quiet(quiet, exact=_exact(told, *line.evidence))
    others = {row.get("lead") for row in line.evidence} - {None, told.outcome["lead"]}
    for other in sorted(others):
        frame.open_lead(other, key=f"evidence-{line.text.id}")
    for row in line.evidence:
        if row["kind"] == "near_match":
            frame.open_match(row["id"], key=f"evidence-{line.text.id}")


def _described(told: Story, row: dict) -> str:
    """One piece of evidence in words: what it is, when, by whom."""
    at = dates.day(days.local_day(row["happened_at"], told.zone)) if row.get("happened_at") else None
    if row["kind"] == "event":
        name = badges.event_name(row["type"])
        elsewhere = f"on lead {row['lead']}" if row["lead"] not in (None, told.outcome["lead"]) else None
        return words.join(name, row["channel"], at, elsewhere, _by(told, row["who"]), row["note"],
                          by=", ")
    if row["kind"] == "verdict":
        return words.join(f"verdict {badges.VERDICT[row['type']].word.lower()}", at, _by(told, row["who"]),
                          row["note"], by=", ")
    if row["kind"] == "lead":
        return words.join(f"lead {row['id']}", f"from {row['name']}", at, by=", ")
    if row["kind"] == "near_match":
        return f"look-alike: {words.join(row['name'], lookalikes.alike(row['score']), by=', ')}"
    if row["kind"] in ("contact", "organization", "partner"):
        return f"{row['kind']} {row['name'] or row['id']}"
    return f"record {row['id']}"


def _exact(told: Story, *evidence: dict) -> str:
    """The instants of pieces of evidence, which their descriptions give as days."""
    return words.join(*[dates.exact(row["happened_at"], told.zone) for row in evidence if row.get("happened_at")])


def _by(told: Story, who: str | None) -> str | None:
    return who and f"by {told.names.get(who, who)}"


def clause(told: Story, line: Line) -> None:
    """The clause of a finding, one click away."""
    frame.popover(line.clause.id.removeprefix(f"{line.clause.program}."), f"clause-{line.text.id}", in_full, told, line)


def in_full(told: Story, line: Line) -> None:
    """The clause of a finding in our words, with its evidence and open questions."""
    clause = line.clause
    st.subheader(clause.heading, anchor=False)
    st.caption(clause.id)
    st.markdown(f"**{line.text.question}**")
    st.markdown(clause.paraphrase)
    who = [badges.WHO.get(one, one) for one in clause.decides]
    st.caption(f"Decided by {' and '.join(who)}." if who else "Nobody decides this: it only defines.")
    if line.evidence:
        st.markdown("**Rests on**")
        for row in line.evidence:
            words.line(text=_described(told, row), quiet=row["id"], exact=_exact(told, row))
    for name, meaning, value in review.readings(told, clause):
        with st.container(gap="xxsmall"):
            badges.badge(badges.READING, f"Reading {name}")
            words.line(text=meaning or "The text leaves this open; a person decides.",
                       quiet=f"Here: {words.value(value)}" if meaning else "")
    st.page_link(frame.FILES["terms"], label="In the terms", icon=":material/menu_book:",
                 query_params={"program": clause.program, "clause": clause.id})
