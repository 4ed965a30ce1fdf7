"""The guide to the keys: one meaning a key on every page. `?` cannot be bound, so it opens by G."""

import streamlit as st

from pages.parts import modal

KEYS = {
    "N": "next lead that nobody else works on; next look-alike", "O": "open the lead",
    "L": "back to the queue, as it was, or to all partners",
    "T": "take the lead", "Z": "set it aside until a day", "M": "ask the partner for more",
    "E": "log an activity", "J": "next criterion or case", "K": "previous criterion, case or look-alike",
    "P": "pass", "F": "fail", "U": "unknown", "W": "waive, with a reason",
    "S": "look-alikes are the same", "D": "they are different", "V": "they are related, or colleagues",
    "A": "approve, accept or confirm (asks once)", "X": "reject (asks for the reason)",
    "1 to 4": "open a figure of the home page; a way to settle a conflict",
    "B": "prepare a batch of payouts", "Ctrl+Enter": "confirm a dialog", "Esc": "close a dialog",
}


@modal.dialog("Keys")
def guide() -> None:
    """Every key and what it does."""
    st.caption("Letters do nothing while you type in a field, nor while a dialog is open.")
    st.table({"Key": list(KEYS), "Does": list(KEYS.values())}, border="horizontal")


def button() -> None:
    """What opens the guide; at the end of the bar."""
    st.button("Keys", type="tertiary", shortcut=modal.key("g"), on_click=modal.ask, args=(guide,))
