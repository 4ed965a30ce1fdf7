"""The script that st.App runs: the frame around every page. Must not lie beside app.py (see app.py)."""

from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]

st.set_page_config(page_title="Lead Review", page_icon="📥", layout="wide")
st.navigation(
    [
        st.Page(ROOT / "pages" / "home.py", title="Home", icon=":material/home:", default=True),
        st.Page(ROOT / "pages" / "triage.py", title="Triage", icon=":material/inbox:", url_path="triage"),
        st.Page(ROOT / "pages" / "checklist.py", title="Checklist", icon=":material/checklist:", url_path="checklist"),
    ],
    position="top",
).run()
