"""The guide to the keys: one meaning a key on every page. `?` cannot be bound, so it opens by G."""

import streamlit as st

from pages.parts import modal

KEYS = {
    "N": "next lead that nobody else works on", "O": "open the lead",
    "L": "back to the list, as it was", "T": "take the lead", "D": "compare similar registrations",
    "Z": "set the lead aside until a day", "H": "hold the lead's money by a dispute",
    "M": "ask the partner for more", "E": "log an activity",
    "J": "next criterion, case or look-alike", "K": "the one before",
    "P": "pass", "F": "fail", "U": "unknown", "W": "waive, with a reason",
    "A": "approve, accept or confirm (asks once)", "X": "reject (asks for the reason)",
    "1 to 5": "a figure of the home page; an answer to a look-alike; a way to settle a conflict",
    "B": "prepare a batch of payouts; write a lead down by hand",
    "G": "this guide", "Ctrl+Enter": "confirm a dialog", "Esc": "close a dialog",
}


@modal.dialog("Keys")
def guide() -> None:
    """Every key and what it does."""
    st.caption("Letters do nothing while you type in a field, nor while a dialog is open. ‘Plain lists’ in the bar "
               "above makes every table text, with a button or link for each row.")
    st.table({"Key": list(KEYS), "Does": list(KEYS.values())}, border="horizontal")


def button() -> None:
    """What opens the guide; at the end of the bar."""
    st.button("Keys", type="tertiary", shortcut=modal.key("g"), on_click=modal.ask, args=(guide,))
