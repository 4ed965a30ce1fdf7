"""The criterion that is open for a verdict: its question, what it rests on, its verbs with their keys.

A verdict is saved at once; the next undecided criterion opens in its place. The evidence chosen for one stays chosen
for the next, because one call often answers several.
"""

from dataclasses import dataclass, replace

import polars as pl
import streamlit as st

from core import days, desk
from core.hints import Hint
from core.review import Line, Story
from core.terms import HumanInput
from core.work import Work
from pages.parts import acts, badges, dates, dialogs, modal, words

VERBS = {"pass": "p", "fail": "f", "unknown": "u"}
HEARD = ("discovery_call", "requirements_received", "engagement")
"""Events in which the contact told us something: the latest is offered for a verdict to rest on."""


@dataclass(frozen=True)
class Judging:
    """What the verdicts of one lead are given on: the lead as shown, what may be done, its logged events with the place
    of the one that is offered, the last verdict on each fact that a person judges for a criterion, and the hints for
    criteria that nobody has decided."""

    told: Story
    work: Work
    lead: str
    version: int
    events: dict[str, str]
    offered: int | None
    said: dict[str, str]
    hints: dict[str, Hint]

    @property
    def criterion(self) -> str | None:
        """The criterion that is open: the one chosen, else the first that nobody has decided."""
        chosen = st.session_state.get(_current(self.lead))
        return chosen if chosen in self.told.to_judge else self.told.next_open(None)


def of(told: Story, work: Work, lead: str, version: int, happened: pl.DataFrame, hints: dict[str, Hint]) -> Judging:
    """The verdicts of a lead. happened: core.queue.timeline; hints: core.hints.hints."""
    rows = happened.filter(~pl.col("is_outside_lead") & ~pl.col("type").is_in(["verdict", "submitted"])).to_dicts()
    events = words.apart({row["id"]: words.join(badges.event_name(row["type"]), row["channel"], dates.short(
        days.local_moment(row["happened_at"], told.zone), told.today), row["note"], by=", ") for row in rows})
    offered = next((place for place, row in enumerate(rows)
                    if row["type"] in HEARD and row["call_status"] in (None, "completed")), None)
    judged = happened.filter(pl.col("type") == "verdict").reverse()
    said = {row["criterion"]: row["verdict"] for row in judged.to_dicts() if row["criterion"] in
            told.program.human_inputs}
    is_open = {line.text.id for line in told.lines if line.verdict == "unknown"}
    hints = {name: hint for name, hint in hints.items() if name in is_open}
    judging = Judging(told, work, lead, version, events, offered, said, hints)
    suggested = _rests_on(judging, judging.criterion)
    return judging if suggested is None else replace(judging, offered=suggested)


def _current(lead: str) -> str:
    return f"criterion-{lead}"


def _rests_on(judging: Judging, criterion: str | None) -> int | None:
    """The place of the logged event on which the hint for a criterion rests."""
    hint = judging.hints.get(criterion)
    own = {row["id"] for row in hint.evidence} if hint else set()
    return next((place for place, event in enumerate(judging.events) if event in own), None)


def choose(judging: Judging, criterion: str | None) -> None:
    """Open a criterion; where no event is chosen, the one is offered on which its hint rests."""
    lead, place = judging.lead, _rests_on(judging, criterion)
    if criterion != judging.criterion and place is not None and st.session_state.get(f"event-{lead}") is None:
        acts.fill(f"event-{lead}", list(judging.events)[place])
    st.session_state[_current(lead)] = criterion


def opener(judging: Judging, line: Line) -> None:
    """The button on a closed line that opens it; nothing where no person can judge it."""
    if line.text.id in judging.told.to_judge:
        st.button("Judge", key=f"open-{line.text.id}", type="tertiary", on_click=choose,
                  args=(judging, line.text.id), help=f"Open ‘{line.text.label}’")


def show(judging: Judging, line: Line) -> None:
    """The fields and verbs of the open criterion."""
    lead, criterion = judging.lead, line.text.id
    refused = judging.work.why_not.get("judge")
    if refused is None:
        _evidence(judging, criterion)
    refused = acts.LOOK_FIRST if acts.stale(lead) else refused
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for verdict, key in VERBS.items():
            look = badges.VERDICT[verdict]
            st.button(look.word, key=f"{verdict}-{criterion}-{judging.version}", icon=f":material/{look.icon}:",
                      shortcut=modal.key(key), on_click=_judge, args=(judging, line, verdict), help=refused,
                      disabled=bool(refused))
        not_waived = None if criterion in judging.told.may_waive else "The terms do not allow to waive this criterion."
        not_waived = judging.work.why_not.get("waive", "This program knows no waiver.") or not_waived
        st.button("Waive…", key=f"waive-{criterion}-{judging.version}", icon=":material/front_hand:",
                  shortcut=modal.key("w"), disabled=bool(not_waived), help=not_waived, on_click=modal.ask,
                  args=(dialogs.waive, lead, line))
        st.space("stretch")
        for word, key, step in (("Previous", "k", -1), ("Next", "j", 1)):
            st.button(word, key=f"{word}-{lead}", type="tertiary", shortcut=modal.key(key), on_click=choose,
                      args=(judging, judging.told.beside(criterion, step)))
    for fact in judging.told.program.human_inputs.values():
        if fact.feeds == criterion:
            _fact(judging, line, fact, refused)
    acts.refused(criterion)


def _fact(judging: Judging, line: Line, fact: HumanInput, refused: str | None) -> None:
    """A fact that only a person can judge and on which the open criterion rests. No keys: those are the criterion's."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if fact.id in judging.said:
            badges.badge(badges.VERDICT[judging.said[fact.id]], width=116)
        words.line(f"{fact.label}.", fact.question, width="stretch")
        for verdict in VERBS:
            look = badges.VERDICT[verdict]
            st.button(look.word, key=f"{verdict}-{fact.id}-{judging.version}", icon=f":material/{look.icon}:",
                      type="tertiary", on_click=_judge, args=(judging, line, verdict, fact), help=refused,
                      disabled=bool(refused))


def _evidence(judging: Judging, criterion: str) -> None:
    """What the verdict rests on. Never disabled while the criterion is open: that would lose what was typed."""
    lead, looks = judging.lead, {"on_change": "ignore", "persist_state": "page"}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("Rests on a logged event", list(judging.events), index=judging.offered, key=f"event-{lead}",
                     width=250, format_func=judging.events.__getitem__, placeholder="None chosen", **looks)
        st.text_input("Or a link", key=f"link-{lead}-{criterion}", placeholder="https://", width=150, **looks)
        st.text_input("Or a note", key=f"note-{lead}-{criterion}", placeholder="What you saw, and where", width=265,
                      **looks)


def _judge(judging: Judging, line: Line, verdict: str, fact: HumanInput | None = None) -> None:
    """Record a verdict on a criterion, or on a fact that it rests on; then it stays open where it is still unknown."""
    lead, criterion = judging.lead, line.text.id
    judged = fact or line.text
    fields = {name: f"{name}-{lead}-{criterion}" for name in ("note", "link")}
    note, link = (st.session_state.get(key) or "" for key in fields.values())
    is_done = acts.act(
        desk.judge, lead, f"judge/{judged.id}/{verdict}", f"{judged.label}: {badges.VERDICT[verdict].word.lower()}.",
        spent=fields.values(), place=criterion, criterion=judged.id, verdict=verdict, note=note,
        link=link.strip() or None, event=st.session_state.get(f"event-{lead}"),
    )
    choose(judging, judging.told.next_open(criterion) if is_done and fact is None else criterion)
