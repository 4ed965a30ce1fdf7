"""As of: the choice of a past day, bound to the URL, and the bar that says so."""

import datetime as dt

import streamlit as st

from pages.parts import dates

KEY = "as_of"


def ask(today: dt.date) -> dt.date | None:
    """The chosen past day, None for now. today: in the zone of the program that is shown."""
    chosen = st.session_state[KEY] if KEY in st.session_state else _of_address()
    label = f"As of {dates.day(chosen)}" if isinstance(chosen, dt.date) and chosen < today else "As of now"
    with st.popover(label, icon=":material/event:", key="as_of_choice"):
        day = st.date_input("Show the page as of the end of this day", value=None, max_value=today, key=KEY,
                            bind="query-params", format="YYYY-MM-DD")
    return day if isinstance(day, dt.date) and day < today else None


def _of_address() -> dt.date | None:
    """The day of a deep link, before its widget has read it."""
    try:
        return dt.date.fromisoformat(st.query_params.get(KEY, ""))
    except ValueError:
        return None


def of_link() -> dict[str, str]:
    """What a link to another page carries, so that it shows the same day."""
    chosen = st.session_state.get(KEY)
    return {KEY: chosen.isoformat()} if isinstance(chosen, dt.date) else {}


def show(day: dt.date | None) -> None:
    """The bar under the title; nothing where the page shows now."""
    if day is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(f"As of **{dates.day(day)}**. You can look, not decide.", icon=":material/history:")
        back("bar")


def back(place: str) -> None:
    """The way back to now. place: where the button stands."""
    st.button("Back to now", key=f"now-{place}", on_click=st.session_state.__setitem__, args=(KEY, None))
