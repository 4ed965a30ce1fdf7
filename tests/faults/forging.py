"""Forged messages to the real server: buttons, dialogs and pages of which a role has none.

A session is a websocket as the browser opens it, and says what no browser would: that a button was pressed which is
disabled or belongs to somebody else's screen, or that the person changed between looking and pressing.
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

from core import desk, people
from core.desk import Signed
from core.people.pages import pages
from tests.browser.conftest import Server
from tests.conftest import now
from tests.desk.world import ask

PEOPLE = {"Sara Sample": "sales", "Chen Sample": "channel", "Mona Sample": "manager", "Finn Sample": "finance",
          "Ada Sample": "admin"}
MOST = "Mona Sample", ("Finn Sample", "Ada Sample")
OWNERS = {"payouts": ("Finn Sample", ("Mona Sample", "Ada Sample")),
          "admin": ("Ada Sample", ("Mona Sample", "Finn Sample"))}
"""Who may do most on a page, and who presses what they have not; on every other page `MOST`."""


@dataclass
class Session:
    """One websocket session: what was drawn last, and what the widgets hold."""

    server: Server
    page: str = ""
    query: str = ""
    drawn: dict[str, Element] = field(default_factory=dict)
    texts: str = ""
    held: dict[str, WidgetState] = field(default_factory=dict)

    def __enter__(self) -> "Session":
        self.socket = connect(f"ws://127.0.0.1:{self.server.port}/_stcore/stream", origin=self.server.url,
                              subprotocols=["streamlit"], max_size=None)
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def see(self, person: str, pressed: str | None = None) -> "Session":
        """Draw the page as a person, with a button that is said to be pressed."""
        if "acting" not in {one.rsplit("-", 1)[-1] for one in self.drawn}:
            self._run(None)
        chosen = next(one for one in self.drawn if one.endswith("-acting"))
        option = next(one for one in self.drawn[chosen].selectbox.options if one.startswith(person))
        self.held[chosen] = WidgetState(id=chosen, string_value=option)
        return self._run(pressed)

    def _run(self, pressed: str | None) -> "Session":
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = self.query, self.page
        message.rerun_script.widget_states.widgets.extend(self.held.values())
        if pressed:
            message.rerun_script.widget_states.widgets.append(WidgetState(id=pressed, trigger_value=True))
        self.socket.send(message.SerializeToString())
        self.drawn, self.texts = {}, ""
        while True:
            said = ForwardMsg.FromString(self.socket.recv(timeout=60))
            if said.WhichOneof("type") == "new_session":  # a rerun of its own accord draws all anew
                self.drawn, self.texts = {}, ""
            elif said.WhichOneof("type") == "delta" and said.delta.WhichOneof("type") == "new_element":
                element = said.delta.new_element
                kind = element.WhichOneof("type")
                self.texts += str(element)
                if name := getattr(getattr(element, kind), "id", ""):
                    self.drawn[name] = element
            elif said.WhichOneof("type") == "script_finished":
                return self

    def ticked(self, person: str) -> "Session":
        """Draw the page as a person, with the first rows of every table ticked."""
        self.see(person)
        for name, element in self.drawn.items():
            if element.WhichOneof("type") in ("arrow_data_frame", "data_frame"):
                self.held[name] = WidgetState(
                    id=name, string_value='{"selection": {"rows": [0, 1, 2], "columns": [], "cells": []}}')
        return self.see(person)

    def buttons(self) -> dict[str, bool]:
        """Buttons drawn, and whether each can be pressed."""
        return {name: not one.button.disabled for name, one in self.drawn.items() if one.WhichOneof("type") == "button"}

    def fill(self) -> None:
        """Give every field that is drawn something to say."""
        for name, one in self.drawn.items():
            kind = one.WhichOneof("type")
            if name.endswith("-acting"):
                continue
            if kind in ("text_area", "text_input"):
                self.held[name] = WidgetState(id=name, string_value="forged")
            elif kind == "selectbox" and len(one.selectbox.options):
                self.held[name] = WidgetState(id=name, string_value=one.selectbox.options[0])
            elif kind == "multiselect" and len(one.multiselect.options):
                self.held[name] = WidgetState(id=name)
                self.held[name].string_array_value.data.append(one.multiselect.options[0])


def forgeries(folder: Path, size: int) -> dict[str, object]:
    """S1: what one role is offered and another is not is pressed by the other all the same, in so many of the cases.

    control: changes that the same messages make where a role may.
    """
    path = folder / "leads.duckdb"
    con = desk.open_database(path, now())
    desk.make_sample(con, Signed(people.OPERATOR, "sample", now()), 300, 1, now().date() - dt.timedelta(1))
    leads = [f"lead={lead}" for (lead,) in ask(con, "select min(lead) from evaluations where disposition = 'pending' "
                                                    "group by program order by program")]
    con.close()
    cases = [("checklist", lead, "Mona Sample", person) for lead in leads for person in ("Finn Sample", "Sara Sample",
                                                                                         "Ada Sample")]
    cases += [(page, "", owner, person) for page in pages() if page not in ("home", "checklist")
              for owner, others in [OWNERS.get(page, MOST)] for person in others]
    server = Server(path).wait()
    try:
        tried = sum(_pressed(server, *case) for case in cases[:size])
        shown = sum(_is_shown(server, page, leads[0], person) for page in pages() for person, role in PEOPLE.items()
                    if role not in pages()[page].roles)
        server.stop()
        bypasses = _changes(path)
        server = Server(path).wait()
        with Session(server, "checklist", leads[0]) as control:
            opener = next(name for name in control.see("Sara Sample").buttons() if "-comment-" in name)
            _press_through(control, "Sara Sample", "Sara Sample", opener)
    finally:
        server.stop()
    control_changes = _changes(path) - bypasses
    con = desk.open_database(path, now())
    refused = ask(con, "select count(*) from journal where action = 'refused'")[0][0]
    fault = desk.first_fault(con)
    con.close()
    return {"tried": tried, "refused_and_journalled": refused, "bypasses": bypasses, "pages_shown": shown,
            "control": control_changes, "fault": fault}


def _is_shown(server: Server, page: str, query: str, person: str) -> bool:
    """Whether a page that is not for a person shows them more than the sentence that says so."""
    with Session(server, page, query) as session:
        session.see(person)
        return " is for " not in session.texts or any(
            one.WhichOneof("type") in ("arrow_data_frame", "data_frame") for one in session.drawn.values())


def _pressed(server: Server, page: str, query: str, owner: str, person: str) -> int:
    """Each button that one person has and another has not, pressed by the other: in a session of their own, and in one
    where the person changes between looking and pressing. Returns how many."""
    with Session(server, page, query) as session:
        theirs, own = session.ticked(owner).buttons(), session.ticked(person).buttons()
    lacking = [name for name, can in theirs.items() if can and not own.get(name) and "-open-" not in name]
    for name in lacking:  # what was filled in for the last one could hide this one
        with Session(server, page, query) as session:
            session.ticked(owner)
            _press_through(session, owner, person, name)
    with Session(server, page, query) as session:
        for name in lacking:
            session.see(person, name)
    return 2 * len(lacking)


def _press_through(session: Session, owner: str, person: str, name: str) -> None:
    """Press a button as another than who was shown it; where it opens a dialog for its owner, send that too."""
    before, opens = set(session.buttons()), session.drawn[name].button.label.endswith("…")
    session.fill()
    session.see(person, name)
    if opens:
        session.see(owner, name)
        for sent in [one for one in session.buttons() if one not in before and session.drawn[one].button.form_id]:
            session.fill()
            session.see(person, sent)


def _changes(path: Path) -> int:
    """Entries of a closed database's journal that people made, beside refusals."""
    con = desk.open_database(path, now())
    found = ask(con, "select count(*) from journal where person <> 'time' and action not in ('refused', 'begin', "
                     "'make_sample')")[0][0]
    con.close()
    return found
