"""What people did on a lead: comments, questions to the partner that are open, and every entry, with its way back."""

import datetime as dt

import streamlit as st

from core import days
from core.review import Story
from core.work import Work
from pages.parts import acts, dates, dialogs, modal, words


def _at(told: Story, instant: dt.datetime) -> str:
    return dates.short(days.local_moment(instant, told.zone), told.today)


def requests(told: Story, work: Work, lead: str, names: dict[str, str]) -> None:
    """Questions to the partner that wait for an answer."""
    labels = {line.text.id: line.text.label for line in told.lines}
    why_not = acts.LOOK_FIRST if acts.stale(lead) else work.why_not.get("answer_request")
    for row in work.requests:
        words.line(first=_at(told, row["recorded_at"]), text=row["note"],
                   quiet=words.join(names.get(row["asked_by"], row["asked_by"]),
                                    ", ".join(labels.get(one, one) for one in row["missing"])),
                   exact=dates.exact(row["recorded_at"], told.zone))
        if "answer_request" in work.offered:
            st.button("Take the answer…", key=f"answer-{row['id']}", disabled=bool(why_not), help=why_not,
                      on_click=modal.ask, args=(dialogs.take_answer, told, lead, row))


def comments(told: Story, work: Work, names: dict[str, str]) -> None:
    """Comments, newest first."""
    for row in work.comments:
        to = ", ".join(names.get(one, one) for one in row["mentions"])
        words.line(names.get(row["person"], row["person"]), row["note"],
                   words.join(_at(told, row["recorded_at"]), to and f"for {to}"),
                   exact=dates.exact(row["recorded_at"], told.zone))


def entries(told: Story, work: Work, lead: str, names: dict[str, str]) -> None:
    """The journal of the lead, newest first; an entry that can be taken back has a button for it."""
    if not work.history:
        words.quiet("Nobody has done anything here yet.")
    for row in work.history:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            who = "" if row["person"] == "time" else names.get(row["person"], row["person"])
            words.line(first=_at(told, row["recorded_at"]), text=words.join(who, row["sentence"], by=" "),
                       quiet="taken back" if row["is_undone"] else "", exact=dates.exact(row["recorded_at"], told.zone))
            if row["can_be_undone"]:
                st.button("Undo…", key=f"undo-{row['number']}", type="tertiary", on_click=modal.ask,
                          help=f"Take entry {row['number']} back",
                          args=(dialogs.undo, lead, row["number"], f"{who} {row['sentence']}."))
