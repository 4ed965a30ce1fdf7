"""The guide to the keys: one meaning a key on every page. `?` cannot be bound, so it opens by G."""

import streamlit as st

KEYS = {
    "N": "next lead that nobody else works on", "O": "open the lead", "L": "back to the queue, as it was",
    "T": "take the lead", "Z": "set it aside until a day", "M": "ask the partner for more",
    "E": "log an activity", "J": "next criterion", "K": "previous criterion",
    "P": "pass", "F": "fail", "U": "unknown", "W": "waive, with a reason",
    "A": "approve, accept or confirm (asks once)", "X": "reject (asks for the reason)",
    "1, 2, 3": "open a figure of the home page", "Ctrl+Enter": "confirm a dialog", "Esc": "close a dialog",
}


def guide() -> None:
    """The dialog, where somebody pressed G."""
    if st.session_state.pop("guide", False):
        _show()


def button() -> None:
    """What opens the guide; at the end of the bar."""
    st.button("Keys", key="open_guide", type="tertiary", shortcut="g", on_click=st.session_state.__setitem__,
              args=("guide", True))


@st.dialog("Keys")
def _show() -> None:
    st.caption("Letters do nothing while you type in a field.")
    st.table({"Key": list(KEYS), "Does": list(KEYS.values())}, border="horizontal")
