"""The script that st.App runs: the frame around every page. Must not lie beside app.py (see app.py)."""

import streamlit as st

from core.people.pages import may_open, pages
from pages.parts import ahead, frame, modal, people, presence

st.set_page_config(page_title="Lead Review", page_icon="📥", layout="wide")
with ahead.answering():
    acting = people.picker()
    page = st.navigation(
        [
            st.Page(frame.FILES[name], title=row.title, icon=f":material/{row.icon}:", default=name == "home",
                    url_path=None if name == "home" else name,
                    visibility="hidden" if acting is None or may_open(acting, name) else "visible")
            for name, row in pages().items()
        ],
        position="top",
    )
    modal.enter(page.title)
    presence.leave()
    page.run()
    modal.show()
