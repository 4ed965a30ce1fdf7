"""The verbs of one lead: the bar with the decision at the foot of the checklist, and the row of work above it.

A verb that is not possible now is disabled, with the desk's reason as its help; one that no role of the person knows is
not drawn.
"""

from functools import partial

import streamlit as st

from core import desk, similar
from core.review import Story
from core.work import Work
from pages.parts import acts, badges, compare, database, dialogs, modal, partner_dialogs, words

NO_STEP = "Its program knows no such step."


def _why_not(work: Work, lead: str, action: str) -> str | None:
    return acts.LOOK_FIRST if acts.stale(lead) else work.why_not.get(action, NO_STEP)


def opener(work: Work, lead: str, version: int, action: str, label: str, *dialog: object, row: str = "",
           **looks: object) -> None:
    """A button that opens a dialog: the function that draws it, and its arguments. row: of several that are alike."""
    if action not in work.offered:
        return
    why_not = _why_not(work, lead, action)
    key = "-".join(filter(None, (action, lead, str(version), row)))
    st.button(label, key=key, disabled=bool(why_not), help=why_not, on_click=modal.ask, args=dialog, **looks)


def decision_bar(told: Story, work: Work, lead: str, version: int, header: dict, who: str) -> None:
    """The state in words, undo of what was just done, and the decisions of the program. header: core.queue.header."""
    tally = told.tally
    with st.bottom, st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        state = badges.DISPOSITION[told.outcome["disposition"]].word
        said = [f"{tally[verdict]} {verdict}" for verdict in ("pass", "unknown", "fail", "waived")
                if tally[verdict] or verdict != "waived"]
        words.line(f"{state}.", words.join(*said), width="content")
        if last := st.session_state.get(f"last-{lead}"):
            number, said = last
            st.button("Undo", key=f"undo-last-{number}", icon=":material/undo:", type="tertiary", help=said,
                      on_click=acts.take_back, args=(lead, number, "Taken back right after it was recorded."))
        st.space("stretch")
        opens = partial(opener, work, lead, version)
        opens("request_action", "Ask the partner…", dialogs.ask_partner, told, lead, header["company"],
              shortcut=modal.key("m"))
        opens("reject", "Reject…", dialogs.reject, told, lead, header["company"],
              shortcut=modal.key("x"))
        _affirm(told, work, lead, version, who, header["company"])


def _affirm(told: Story, work: Work, lead: str, version: int, who: str, company: str | None) -> None:
    """The decisions for the lead that its program knows; the key belongs to the first that can be made now."""
    known = [action for action in dialogs.AFFIRM if action in work.offered]
    with_key = next((action for action in known if not _why_not(work, lead, action)), None)
    for action in known:
        looks = {"shortcut": modal.key("a"), "type": "primary"} if action == with_key else {}
        opener(work, lead, version, action, f"{dialogs.AFFIRM[action][0]}…", dialogs.affirm, action, told, lead, who,
               company, **looks)


def work_row(told: Story, work: Work, lead: str, version: int, partner: str) -> None:
    """Who works on the lead, and what one does on it beside judging and deciding. partner: the name of who sent it."""
    looks = {"type": "tertiary"}
    opens = partial(opener, work, lead, version, **looks)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        take(work, lead, version, **looks)
        if work.worker is not None:
            release(work, lead, version, **looks)
        opens("assign", "Assign…", dialogs.assign, told, lead)
        opens("log_activity", "Log an activity…", dialogs.log, told, lead, shortcut=modal.key("e"))
        opens("record_search", "CRM searched…", dialogs.search, lead)
        opens("comment", "Comment…", dialogs.comment, lead)
        opens("open_dispute", "Dispute…", partner_dialogs.dispute, lead, partner, shortcut=modal.key("h"))
        opens("snooze", "Set aside…", dialogs.snooze, told, lead, shortcut=modal.key("z"))
        opens("withdraw", "Withdrawn…", dialogs.withdraw, told, lead)
        if told.outcome["owner_status"] == "confirmed" and told.outcome["owner_until"]:
            opens("extend_ownership", "Extend the ownership…", dialogs.extend, lead, partner,
                  told.outcome["owner_until"])
        compare.button(lead, similar.similar(database.connection(), lead, 1)[1], **looks)


def take(work: Work, lead: str, version: int, **looks: object) -> None:
    """Take the lead on, where nobody works on it."""
    if "claim" not in work.offered:
        return
    why_not = _why_not(work, lead, "claim")
    st.button("Take", key=f"claim-{lead}-{version}", shortcut=modal.key("t"), disabled=bool(why_not), help=why_not,
              on_click=acts.act, args=(desk.claim, lead, "claim", "It is yours."), **looks)


def release(work: Work, lead: str, version: int, **looks: object) -> None:
    """Lay the lead down."""
    why_not = _why_not(work, lead, "release")
    st.button("Release", key=f"release-{lead}-{version}", disabled=bool(why_not), help=why_not,
              on_click=acts.act, args=(desk.release, lead, "release", "Anybody can take it now."), **looks)
