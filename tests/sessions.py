"""A session of the dashboard without a browser: the websocket that one would open, saying what one would say.

Called by what forges messages and by what measures many people at once.
"""

from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

TABLE = "dataframe"
"""What an element of rows is called."""
REPEATED = ForwardMsg.FINISHED_EARLY_FOR_RERUN


@dataclass
class Session:
    """One websocket session: what was drawn last, widgets by their ids, and what they hold."""

    url: str
    page: str = ""
    query: str = ""
    drawn: dict[str, Element] = field(default_factory=dict)
    elements: list[Element] = field(default_factory=list)
    held: dict[str, WidgetState] = field(default_factory=dict)

    def __enter__(self) -> "Session":
        self.opened = connect(f"{self.url.replace('http', 'ws', 1)}/_stcore/stream", origin=self.url,
                              subprotocols=["streamlit"], max_size=None)
        self.socket = self.opened.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self.opened.__exit__(*raised)

    def see(self, person: str, pressed: str | None = None) -> "Session":
        """Draw the page as a person, with a button that is said to be pressed."""
        if "acting" not in {one.rsplit("-", 1)[-1] for one in self.drawn}:
            self.run()
        chosen = next(one for one in self.drawn if one.endswith("-acting"))
        option = next(one for one in self.drawn[chosen].selectbox.options if one.startswith(person))
        self.held[chosen] = WidgetState(id=chosen, string_value=option)
        return self.run(pressed)

    def run(self, pressed: str | None = None) -> "Session":
        """Run the page with what the widgets hold, and with a button that is said to be pressed."""
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = self.query, self.page
        message.rerun_script.widget_states.widgets.extend(self.held.values())
        if pressed:
            message.rerun_script.widget_states.widgets.append(WidgetState(id=pressed, trigger_value=True))
        self.socket.send(message.SerializeToString())
        self.drawn, self.elements = {}, []
        while True:
            said = ForwardMsg.FromString(self.socket.recv(timeout=60))
            if said.WhichOneof("type") == "new_session":  # a rerun of its own accord draws all anew
                self.drawn, self.elements = {}, []
            elif said.WhichOneof("type") == "delta" and said.delta.WhichOneof("type") == "new_element":
                element = said.delta.new_element
                kind = element.WhichOneof("type")
                self.elements.append(element)
                if name := getattr(getattr(element, kind), "id", ""):
                    self.drawn[name] = element
            elif said.WhichOneof("type") == "script_finished" and said.script_finished != REPEATED:
                return self

    @property
    def texts(self) -> str:
        """Everything that was drawn, as text."""
        return "".join(map(str, self.elements))

    def ticked(self, person: str) -> "Session":
        """Draw the page as a person, with the first rows of every table ticked."""
        self.see(person)
        for name, element in self.drawn.items():
            if element.WhichOneof("type") == TABLE:
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
