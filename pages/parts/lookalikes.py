"""Two records that may be the same: both side by side, what differs first, the answers, and the way back.

Called by the page of look-alikes, and by the checklist for the words. Decides nothing: the desk takes the answer.
"""

import duckdb
import streamlit as st

from core import desk, work
from core.matching import reading
from pages.parts import acts, badges, database, dates, frame, modal, words

KINDS = {"All": None, "People": "person", "Companies": "organization", "Payees": "partner"}
QUESTIONS = {"person": "Is this the same person?", "organization": "Is this the same company?",
             "partner": "Two partners gave the same payee details. Are they one payee?"}
RELATED = {"person": "Colleagues", "organization": "Related"}
RECORDS = {"contacts": "Contact", "organizations": "Company", "partners": "Partner", "leads": "Lead"}
FIELDS = {"email": "E-mail", "postal_code": "Postal code", "check_address": "Check address",
          "wire_details": "Bank details"}
ABOUT_RECORD = ("id", "recorded_at")
PHISHING = badges.Look("Domain made to look like the other", "phishing", "red")
DIFFERS, AGREES = badges.Look("Differs", "difference", "orange"), badges.Look("The same", "equal", "gray")
FIRST_LEADS = 6


def alike(score: float) -> str:
    """A score from 0 to 1 in words, never rounded up to certainty."""
    return f"{int(score * 100)} % alike"


def ask_kind(counts: dict[str, int]) -> str | None:
    """The kinds with how many wait of each; returns the one that is chosen."""
    numbers = counts | {None: sum(counts.values())}
    return KINDS[st.radio("Kind", list(KINDS), key="kind", bind="query-params", horizontal=True,
                          label_visibility="collapsed", on_change=st.query_params.pop, args=("match", None),
                          captions=[f"{numbers.get(kind, 0):,}" for kind in KINDS.values()])]


def question(questions: list[dict], place: int, why_not: str | None) -> None:
    """One of the questions with its verbs. why_not: why the person may not answer."""
    one = questions[place]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words.line(QUESTIONS[one["kind"]], width="content")
        if one["is_lookalike"]:
            badges.badge(PHISHING)
        st.space("stretch")
        words.quiet(f"{place + 1:,} of {len(questions):,}", width="content")
        for label, letter, step in (("Previous", "k", -1), ("Next", "j", 1)):
            st.button(label, key=f"go-{step}", shortcut=modal.key(letter), type="tertiary",
                      disabled=len(questions) == 1, on_click=_go,
                      args=(questions[(place + step) % len(questions)]["id"],))
    strong = "Given by both:" if one["kind"] == "partner" else f"{alike(one['score'])}:"
    words.line(strong, ", ".join(one["reasons"]) + ".")
    sides = st.grid(2, min_column_width=300, gap="small")
    for side in ("left", "right"):
        with sides.container(border=True, gap="xsmall", height="stretch"):
            record(one, side)
    _touched(one)
    _verbs(one, why_not, questions[(place + 1) % len(questions)]["id"])


def _go(near_match: str) -> None:
    st.query_params["match"] = near_match


def record(one: dict, side: str) -> None:
    """One of two records, what differs first. one: fields, left and right as core/matching/reading gives them."""
    values = {row["field"]: row[side] for row in one["fields"]}
    words.line(values.get("name") or one[side]["id"])
    since = f"known since {dates.day(values['recorded_at'])}" if values.get("recorded_at") else None
    words.quiet(words.join(RECORDS[one[side]["table"]], one[side]["id"], since))
    for look, differs in ((DIFFERS, True), (AGREES, False)):
        rows = [row for row in one["fields"] if row["differs"] is differs and row["field"] not in ABOUT_RECORD]
        if rows:
            badges.badge(look)
        for row in rows:
            value = str(row[side] or "")
            words.line(first=FIELDS.get(row["field"], row["field"].capitalize()), text="" if differs else value,
                       strong=value if differs else "", quiet="" if value else "not given")


def _touched(one: dict) -> None:
    partners = [f"{name} ({partner})" if name else partner for partner, name in one["partner_names"].items()]
    leads, more = one["leads"][:FIRST_LEADS], len(one["leads"]) - FIRST_LEADS
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words.quiet(words.join(f"Touches {_count(len(one['leads']), 'lead')}",
                               partners and f"of {', '.join(partners[:FIRST_LEADS])}", by=" "),
                    width="content")
        for lead in leads:
            frame.open_lead(lead)
        if more > 0:
            words.quiet(f"and {more:,} more", width="content")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _verbs(one: dict, why_not: str | None, following: str) -> None:
    leads = _count(len(one["leads"]), "lead")
    again = f"{leads} {'is' if len(one['leads']) == 1 else 'are'} evaluated again."
    if one["kind"] == "partner":
        words.line(text=f"Any answer takes the warning off; {again}")
    else:
        words.line(text=f"Same: both histories count as one; {again} Any other answer keeps them apart.")
    note = f"note-{one['id']}-{one['answers']}"
    st.text_input("Note", key=note, placeholder="Note (optional)", label_visibility="collapsed", max_chars=500,
                  width=560)
    with st.container(horizontal=True, gap="small"):
        for answer, number in (("same", "1"), ("different", "2"), ("related", "3")):
            if label := _word(one["kind"], answer):
                st.button(label, key=f"answer-{answer}", shortcut=modal.key(number), disabled=bool(why_not),
                          help=why_not, on_click=_settle, args=(one, answer, note, following))


def _word(kind: str, answer: str) -> str | None:
    return RELATED.get(kind) if answer == "related" else answer.capitalize()


def _settle(one: dict, answer: str, note: str, following: str) -> None:
    name = one["id"]
    st.session_state[f"version-{name}"] = one["answers"]
    names = [next((row[side] for row in one["fields"] if row["field"] == "name"), None) or one[side]["id"]
             for side in ("left", "right")]
    said = f"{' and '.join(dict.fromkeys(names))}: {_word(one['kind'], answer).lower()}."
    if acts.act(desk.settle_match, name, answer, "Answered.", answer=answer,
                seen=one["answers"], note=st.session_state.get(note) or ""):
        st.session_state["last-match"] = (name, one["answers"] + 1, said)
        if following == name:
            st.query_params.pop("match", None)
        else:
            _go(following)


def _take_back(near_match: str, answers: int) -> None:
    st.session_state[f"version-{near_match}"] = answers
    if acts.act(desk.settle_match, near_match, "open", "Taken back; the question is open again.", answer="open",
                seen=answers):
        st.session_state.pop("last-match", None)
        _go(near_match)


def last_answer() -> None:
    """What was answered last, with its way back."""
    if found := st.session_state.get("last-match"):
        name, answers, said = found
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words.line(first="Answered:", text=said, width="content")
            st.button("Undo", key="undo-last", type="tertiary", on_click=_take_back, args=(name, answers))


def answered(con: duckdb.DuckDBPyConnection) -> None:
    """Folded: who answered what and when, the latest first, each with its way back."""
    rows = reading.answered(con)
    if not rows:
        return
    names = {row["id"]: row["name"] for row in work.holders(con, database.now())}
    with st.expander(f"Answered, the latest {len(rows):,}" if len(rows) > 1 else "Answered once"):
        for row in rows:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
                both = " and ".join(dict.fromkeys((row["left_name"], row["right_name"])))
                words.line(f"{_word(row['kind'], row['answer']) or 'Related'}:", both,
                           words.join(names.get(row["decided_by"], row["decided_by"]), dates.day(row["happened_at"]),
                                      row["note"]), exact=dates.exact(row["happened_at"], "UTC"))
                st.button("Undo", key=f"undo-{row['id']}", type="tertiary", on_click=_take_back,
                          args=(row["id"], row["answers"]))
