"""The dialogs of a lead: each asks for what one action of the desk needs. Ctrl+Enter confirms, Esc closes.

What was sent stays in its field until the action is done, also where it is refused and the dialog closed to look again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import streamlit as st

from core import days, desk, letters, work
from core.desk import Done, reason_codes
from core.desk.decisions import is_explained
from core.desk.reviewing import ACTIVITIES, CHANNELS
from core.reasons import labels
from core.review import Line, Story
from core.terms import Program
from pages.parts import acts, badges, database, dates, modal, words
from pages.parts.money import money, percent

AFFIRM = {
    "approve": ("Approve", desk.approve, "Approved. It is sales-qualified where every criterion is met."),
    "accept": ("Accept", desk.accept, "Accepted."),
    "confirm": ("Confirm", desk.confirm, "Confirmed."),
}
"""The decisions for a lead: verb, action, what the toast says."""
SAYS_ENOUGH = {"It says enough": "yes", "It does not say enough": "no", "Not judged yet": "unknown"}


def send(verb: str) -> bool:
    """The button that sends a dialog's form; true once, when it was pressed."""
    return st.form_submit_button(verb, type="primary", shortcut="Ctrl+Enter")


def act(*offer: object, **arguments: object) -> Done | None:
    """acts.act, with what is refused said in the dialog."""
    return acts.act(*offer, place="dialog", **arguments)


def ends(is_sent: bool, lead: str, act: Callable[[], Done | None]) -> None:
    """Close the dialog where the action was done, else say why not."""
    if is_sent and act():
        modal.close()
        st.rerun()
    acts.failed(lead)


def _text(label: str, key: str, placeholder: str = "") -> str:
    return st.text_area(label, key=key, placeholder=placeholder, height=110, persist_state="page")


def _draft(key: str, text: str) -> None:
    """Put a draft of ours into a field before it is drawn, unless somebody wrote their own words into it."""
    ours = f"{key}-draft"
    if (st.session_state.get(key) or "") in ("", st.session_state.get(ours)):
        st.session_state[key] = st.session_state[ours] = text


def to_copy(text: str, program: Program) -> None:
    """A message to the partner that nothing here sends or keeps."""
    st.caption(f"A message to the {program.partner_word}, to copy. Nothing is sent from here.")
    st.code(text, language=None, wrap_lines=True)


def affirm(action: str, told: Story, lead: str, who: str, company: str | None) -> None:
    """Approve, accept or confirm: what is decided, on what, what follows, and what the partner can be told."""
    verb, decide, said = AFFIRM[action]

    @modal.dialog(f"{verb} this lead?")
    def ask() -> None:
        words.line(who, f"{lead}, {told.program.short_name}.")
        lines = [line for line in told.lines if line.text.decided_by != "act"]  # which this very step decides
        left = [line for line in lines if line.verdict in ("fail", "unknown")]
        words.line(text=_met(lines))
        for line in left:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                badges.badge(badges.VERDICT[line.verdict])
                words.line(line.text.label, width="content")
        amount, currency, rate = told.reward()
        if action != "accept" and rate is None:
            words.line("If it qualifies:", f"{money(amount, currency)} to the {told.program.partner_word}." if amount
                       else "the amount is not known; a manager can set it.")
        elif rate:
            words.line("Once customers pay:", f"{percent(told.terms[rate])} of the subscription." if told.terms[rate]
                       else "the commission rate is not known; a manager can set it.")
        to_copy(letters.affirmation(told, action, company), told.program)
        with st.form(f"{action}-{lead}", border=False):
            is_sent = send(verb)
        ends(is_sent, lead, lambda: act(decide, lead, action, said))

    ask()


def _met(lines: list[Line]) -> str:
    """How many criteria pass, and what is not met; what is waived or does not apply asks nothing."""
    count = Counter(line.verdict for line in lines)
    asked, passed = len(lines) - count["na"] - count["waived"], count["pass"]
    if passed == asked:
        return f"All {passed} criteria pass."
    said = [f"{passed} of {asked} criteria pass", count["fail"] and f"{count['fail']} {_fails(count['fail'])}",
            count["unknown"] and f"{count['unknown']} {'is' if count['unknown'] == 1 else 'are'} unknown"]
    return f"{words.join(*said, by=', ')}:"


def _fails(count: int) -> str:
    return "fails" if count == 1 else "fail"


@modal.dialog("Reject this lead")
def reject(told: Story, lead: str, company: str | None) -> None:
    """A fixed reason, the clause in words, and the explanation: a draft of ours until somebody writes their own."""
    codes, keys = reason_codes(told.program), (f"reject-code-{lead}", f"reject-text-{lead}")

    def draft() -> None:
        chosen = st.session_state[keys[0]]
        _draft(keys[1], letters.rejection(told, chosen, company) if chosen else "")

    code = st.selectbox("Reason", list(codes), index=None, key=keys[0], placeholder="Choose the clause",
                        format_func=labels(codes).__getitem__, required=True,
                        persist_state="page", on_change=draft)
    is_owed = is_explained(told.program)
    text = _text(f"Explanation{'' if is_owed else ' (may be left out)'}", keys[1],
                 f"In words that the {told.program.partner_word} may read")
    if is_owed:
        st.caption("The terms ask for a written reason, so this cannot be left out.")
    is_sent = st.button("Reject", type="primary", shortcut="Ctrl+Enter")  # in no form: a draft must not replace words
    if is_sent and code is None:
        acts.refuse("Choose the clause that the lead fails.", "dialog")
        is_sent = False
    ends(is_sent, lead, lambda: act(desk.reject, lead, "reject", "Rejected.", keys, code=code, explanation=text))


@modal.dialog("The partner took this lead back")
def withdraw(told: Story, lead: str) -> None:
    """Record that the partner withdrew it."""
    words.line(text=f"The {told.program.partner_word} no longer wants {lead} to count. Its clocks stop, and nothing is "
                    "owed for it.")
    with st.form(f"withdraw-{lead}", border=False):
        is_sent = send("Record it")
    ends(is_sent, lead, lambda: act(desk.withdraw, lead, "withdraw", "Withdrawn."))


@modal.dialog("Waive a criterion")
def waive(lead: str, line: Line) -> None:
    """Set one failed criterion aside."""
    key = f"waive-text-{lead}-{line.text.id}"
    words.line(line.text.label, line.because)
    st.caption(line.clause.paraphrase)
    with st.form(f"waive-{lead}", border=False):
        reason = _text("Why it is set aside", key)
        is_sent = send("Waive")
    ends(is_sent, lead, lambda: act(desk.waive, lead, f"waive/{line.text.id}", f"{line.text.label}: waived.",
                                          [key], criterion=line.text.id, reason=reason))


@modal.dialog("Log an activity")
def log(told: Story, lead: str) -> None:
    """What was said or done; it becomes the evidence that is chosen for the next verdicts."""
    now = days.local_moment(database.now(), told.zone)
    keys = [f"log-{name}-{lead}" for name in ("kind", "channel", "when", "note")]
    with st.form(f"log-{lead}", border=False):
        kind = st.selectbox("What happened", list(ACTIVITIES), key=keys[0], format_func=badges.ACTIVITIES.get,
                            required=True, persist_state="page")
        channel = st.selectbox("Channel", CHANNELS, index=None, key=keys[1], placeholder="Not said",
                               format_func=lambda one: badges.CHANNELS[one], persist_state="page")
        at = st.datetime_input(f"When, by the clock of {told.zone}", value=now.replace(second=0), key=keys[2],
                               step=60, persist_state="page")
        note = _text("Note", keys[3], "What was said")
        is_sent = send("Log it")

    def record() -> Done | None:
        done = act(desk.log_activity, lead, "log", f"{badges.ACTIVITIES[kind]}: logged.", keys, kind=kind,
                    channel=channel, occurred_at=days.instant(at, told.zone) if at else None, note=note)
        if done:
            acts.fill(f"event-{lead}", done.after["event"])
        return done

    ends(is_sent, lead, record)


@modal.dialog("Ask the partner for more")
def ask_partner(told: Story, lead: str, company: str | None) -> None:
    """Which criteria wait for the partner, those that only they can answer to begin with; and what they are asked: a
    draft of ours until somebody writes their own."""
    open_lines = [line for line in told.lines if line.verdict == "unknown" and line.text.decided_by != "act"]
    labels = {line.text.id: line.text.label for line in open_lines}
    keys = [f"ask-{name}-{lead}" for name in ("missing", "text", "update")]

    def draft() -> None:
        _draft(keys[1], letters.request(told, st.session_state[keys[0]], company))

    chosen = st.session_state.get(keys[0])
    if chosen is None:
        st.session_state[keys[0]] = [line.text.id for line in open_lines if line.text.comes_from == "partner"]
        draft()
    elif not set(chosen) <= set(labels):  # somebody judged one meanwhile
        st.session_state[keys[0]] = [one for one in chosen if one in labels]
        draft()
    missing = st.multiselect("What waits for the answer", list(labels), key=keys[0], format_func=labels.get,
                             placeholder="Criteria that are open", persist_state="page", on_change=draft)
    text = _text("What they are asked", keys[1], f"In words that the {told.program.partner_word} may read")
    is_update = told.program.id == "ptr" and st.checkbox(
        "It is a request for news that the terms count (ptr.maintain.2a)", key=keys[2], persist_state="page")
    st.caption("It is recorded here. Nothing is sent yet: tell them yourself.")
    is_sent = st.button("Record the question", type="primary", shortcut="Ctrl+Enter")  # in no form, as above
    ends(is_sent, lead, lambda: act(desk.request_action, lead, "ask", "The question is recorded.", keys,
                                          missing=missing, text=text, is_update=is_update))


@modal.dialog("Take the partner's answer")
def take_answer(told: Story, lead: str, request: dict) -> None:
    """What came back; for news on a registration also whether it says enough."""
    keys = [f"answer-{name}-{request['id']}" for name in ("text", "enough")]
    words.line("Asked:", request["note"])
    with st.form(f"answer-{request['id']}", border=False):
        text = _text("What they answered", keys[0])
        enough = told.program.id == "ptr" and st.selectbox(
            "As news on the registration (ptr.maintain.2b)", list(SAYS_ENOUGH), index=None, key=keys[1],
            placeholder="It was no request for news", persist_state="page")
        is_sent = send("Record the answer")
    ends(is_sent, lead, lambda: act(
        desk.answer_request, lead, f"answer/{request['id']}", "The answer is recorded.", keys, request=request["id"],
        text=text, descriptive=SAYS_ENOUGH.get(enough)))


@modal.dialog("The CRM was searched")
def search(lead: str) -> None:
    """That somebody looked for the history of this lead."""
    key = f"search-{lead}"
    with st.form(f"form-{key}", border=False):
        note = _text("Where you searched, and for what", key)
        is_sent = send("Record the search")
    ends(is_sent, lead, lambda: act(desk.record_search, lead, "search", "The search is recorded.", [key],
                                          note=note))


@modal.dialog("Comment")
def comment(lead: str) -> None:
    """A note for colleagues, and who should see it."""
    names = words.apart({row["id"]: row["name"] for row in work.holders(database.connection(), database.now())})
    keys = [f"comment-{name}-{lead}" for name in ("text", "mentions")]
    with st.form(f"comment-{lead}", border=False):
        text = _text("Comment", keys[0])
        mentions = st.multiselect("For the eyes of", list(names), key=keys[1], format_func=names.__getitem__,
                                  placeholder="Everybody", persist_state="page")
        is_sent = send("Comment")
    ends(is_sent, lead, lambda: act(desk.comment, lead, "comment", "Commented.", keys, text=text,
                                          mentions=mentions))


@modal.dialog("Set this lead aside")
def snooze(told: Story, lead: str) -> None:
    """Until which day nobody is asked for it; its clocks run on."""
    keys = [f"aside-{name}-{lead}" for name in ("until", "reason")]
    with st.form(f"aside-{lead}", border=False):
        until = st.date_input("Until", value=None, min_value=told.today, key=keys[0],
                              format="YYYY-MM-DD", persist_state="page")
        reason = _text("Why (may be left out)", keys[1])
        st.caption("It leaves your list until then. Clocks run on.")
        is_sent = send("Set aside")
    if is_sent and until is None:
        acts.refuse("Choose the day until which it is set aside.", "dialog")
        is_sent = False
    ends(is_sent, lead, lambda: act(desk.snooze, lead, "snooze", f"Set aside until {dates.day(until)}.", keys,
                                          until_on=until, reason=reason))


@modal.dialog("Extend this ownership")
def extend(lead: str, partner: str, owner_until: dt.date) -> None:
    """Until which day the partner keeps the lead, and why it is more than the months of the terms."""
    keys = [f"extend-{name}-{lead}" for name in ("until", "reason")]
    words.line(partner, f"owns it until {dates.day(owner_until)}. Until the later day nobody else can take its place, "
                        "and a deal won by then earns its commission.")
    with st.form(f"extend-{lead}", border=False):
        until = st.date_input("Until the end of", value=None, min_value=owner_until + dt.timedelta(1), key=keys[0],
                              format="YYYY-MM-DD", persist_state="page")
        reason = _text("Why the partner keeps it longer (ptr.process.3.1.1a)", keys[1])
        is_sent = send("Extend")
    if is_sent and until is None:
        acts.refuse("Choose the day until which the partner keeps the lead.", "dialog")
        is_sent = False
    ends(is_sent, lead, lambda: act(desk.extend_ownership, lead, f"extend/{until}",
                                    f"Extended until {dates.day(until)}.", keys, until_on=until, reason=reason))


@modal.dialog("Give this lead to somebody")
def assign(told: Story, lead: str) -> None:
    """A person with a role in the program."""
    names = words.apart({row["id"]: f"{row['name']} · {', '.join(row['roles'])}"
                         for row in work.holders_in(database.connection(), told.program.id, database.now())})
    key = f"assign-{lead}"
    with st.form(f"form-{key}", border=False):
        person = st.selectbox("Who works on it", list(names), key=key, format_func=names.__getitem__, required=True,
                              persist_state="page")
        is_sent = send("Assign")
    ends(is_sent, lead, lambda: act(desk.assign, lead, f"assign/{person}", "Assigned.", [key], person=person))


@modal.dialog("Take an entry back")
def undo(lead: str, number: int, sentence: str) -> None:
    """Undo an entry of the history, with a reason; the entry stays in the journal."""
    key = f"undo-{lead}-{number}"
    words.line(f"Entry {number}:", sentence)
    with st.form(f"form-{key}", border=False):
        reason = _text("Why it is taken back", key)
        is_sent = send("Take it back")
    ends(is_sent, lead, lambda: acts.take_back(lead, number, reason, spent=[key], place="dialog"))

