"""Who is acting: until there is sign-in, a person chosen on this machine. Called by the shell and first by every page.

The app serves this machine alone (`app.py`), so whoever can choose here could open the database file as well. A page
asks `require`; the desk asks the permission table again at every action.
"""

import secrets
from collections.abc import Collection

import streamlit as st

from core import people, work
from core.desk import Signed
from core.model import Refusal
from core.people import Person
from core.people.pages import may_open
from pages.parts import as_of_bar, badges, database, frame, grids, keys, words

KEY = "acting"
NO_SIGN_IN = badges.Look("No sign-in yet", "person_alert", "orange")


def picker() -> Person | None:
    """The bar that says so, with the choice of a person; None where nobody holds a role."""
    found = {row["id"]: row for row in work.holders(database.connection(), database.now())}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badges.badge(NO_SIGN_IN)
        words.quiet("This machine only: you act as this person.", width="content")
        st.space("stretch")
        grids.toggle()
        keys.button()
        if not found:
            return None
        if (again := st.session_state.pop("acting_again", None)) in found:
            st.session_state[KEY] = again
        st.selectbox("Acting as", list(found), key=KEY, label_visibility="collapsed", width=200, required=True,
                     bind="query-params", on_change=_choose,
                     persist_state="session",  # else another page acts as the first person while this one is shown
                     format_func=words.apart({
                         one: f"{row['name']} · {', '.join(row['roles'])}" for one, row in found.items()}).__getitem__)
    _stay(found)
    return someone()


def _choose() -> None:
    st.session_state["acts_as"] = st.session_state[KEY]


def _stay(found: Collection[str]) -> None:
    """The address says who acts when a page is opened or loaded anew. Going back in the browser meets older addresses:
    they change nothing about who acts, which only a choice does. In the run of the Back itself the address stands above
    all else, so it takes a second one."""
    chosen = st.session_state.setdefault("acts_as", st.session_state[KEY])
    if st.session_state[KEY] != chosen and chosen in found:
        st.session_state["acting_again"] = chosen
        st.rerun()


def someone() -> Person:
    """Who acts, with the roles of this moment. Raises Refusal where nobody is chosen."""
    if KEY not in st.session_state:
        raise Refusal("Nobody is chosen who acts. Open the dashboard at its first page.")
    return people.person(database.connection(), st.session_state[KEY], database.now())


def require(page: str) -> Person:
    """Who acts, where a role of theirs opens the page; else one sentence in its place and nothing after it."""
    try:
        acting = someone()
        refused = may_open(acting, page)
    except Refusal as refusal:
        refused = str(refusal)
    if refused is None:
        return acting
    st.title(frame.TITLES[page], anchor=False)
    with st.container(border=True):
        words.line(text=refused)
        words.quiet("Or choose another person above.")
    st.stop()


def open_lines(key: str, **narrowed: str) -> None:
    """The way to earning lines, for who may see them. key: where it stands. narrowed: as the address says it."""
    if may_open(someone(), "payouts") is None and st.button("Its lines", key=key, type="tertiary"):
        st.switch_page(frame.FILES["payouts"], query_params=narrowed | as_of_bar.of_link())


def signed(what: str, version: int | None) -> Signed:
    """The signature of one change as it was offered on the screen.

    what: the change and the lead it is offered on. The same offer signed twice (a double click, a repeated rerun)
    carries the same idempotency key, so it happens once; after it the version is another, and so is the key.
    """
    session = st.session_state.setdefault("session", secrets.token_hex(8))
    return Signed(someone().id, f"{session}/{what}/{version}", database.now(), version)
