"""An empty page: what the answers of the dashboard are measured beside. Called by Streamlit alone."""

import streamlit as st

st.set_page_config(page_title="Empty", page_icon="📥", layout="wide")
st.title("Empty")
st.button("Press")
