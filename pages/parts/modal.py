"""The one dialog that may be open. Called by every part that opens one, and by the shell, which draws it last.

A button's key acts on the page also while a dialog covers it, so the page draws its buttons without keys then: that
there is a dialog must be known before anything is drawn, which is why a callback opens it.
"""

from collections.abc import Callable
from functools import partial

import streamlit as st

OPEN, PAGE = "dialog", "page_of_dialog"


def ask(draw: Callable[..., None], *arguments: object) -> None:
    """Open a dialog, from a button's callback. draw: a function made by `dialog`."""
    st.session_state[OPEN] = (st.session_state.get(PAGE), draw, arguments)


def close() -> None:
    """Nothing is open any more."""
    st.session_state.pop(OPEN, None)


dialog = partial(st.dialog, on_dismiss=close)
"""Decorator of a function that draws a dialog."""


def enter(page: str) -> None:
    """A page begins to be drawn; a dialog of another page does not come along."""
    st.session_state[PAGE] = page
    if st.session_state.get(OPEN, (page,))[0] != page:
        close()


def show() -> None:
    """Draw the dialog that is open."""
    if found := st.session_state.get(OPEN):
        _, draw, arguments = found
        draw(*arguments)


def key(letter: str) -> str | None:
    """The key of a button on the page; none while a dialog is open."""
    return None if OPEN in st.session_state else letter
