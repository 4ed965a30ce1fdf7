"""The dialogs on people: add one, give a role, take one back. Ctrl+Enter confirms, Esc closes.

Called by the page Admin. seen: the last entry of the journal when the dialog was offered, so that one offer is taken
once and the same one later is another.
"""

from collections.abc import Callable

import streamlit as st

from core import days, desk
from core.desk import Done
from core.people import ROLES, directory
from core.terms import catalogue
from pages.parts import acts, database, modal, words

EVERY = "Every program"


def _ends(is_sent: bool, act: Callable[[], Done | None]) -> None:
    """Close the dialog where the action was done, else say why not."""
    if is_sent and act():
        modal.close()
        st.rerun()
    acts.refused("dialog")


@modal.dialog("Add a person")
def add(seen: int) -> None:
    """An id, a name, and to whom they belong; roles are granted apart."""
    partners = {f"{name} · {one}": one for one, name in directory.partners(database.connection()).items()}
    with st.form("add-person", border=False):
        person = st.text_input("Id", placeholder="short, such as sara", max_chars=40)
        name = st.text_input("Name", max_chars=200)
        email = st.text_input("E-mail (may be left out)", max_chars=200,
                              help="They count as belonging to the organization of its domain, and to a partner of the "
                                   "same address.")
        partner = st.selectbox("Partner they belong to", list(partners), index=None, placeholder="None")
        is_sent = st.form_submit_button("Add", type="primary", shortcut="Ctrl+Enter")
    if is_sent and not (person.strip() and name.strip()):
        acts.refuse("Enter an id and a name.", "dialog")
        is_sent = False
    _ends(is_sent, lambda: acts.do(
        desk.add_person, f"add/{person}", seen, "Added. Grant a role next.", person=person.strip(),
        name=name.strip(), email=email.strip() or None, partner=partners.get(partner)))


@modal.dialog("Grant a role")
def grant(row: dict, zone: str, seen: int) -> None:
    """Which role, where, from which day and until which."""
    programs = {EVERY: None} | {one.short_name: one.id for one in catalogue().programs.values()}
    today = days.local_day(database.now(), zone)
    words.line(row["name"] or row["id"], quiet=row["id"])
    with st.form(f"grant-{row['id']}", border=False):
        role = st.selectbox("Role", ROLES, index=None, placeholder="Choose a role")
        program = st.selectbox("Where", list(programs), required=True)
        with st.container(horizontal=True, gap="small"):
            first = st.date_input("From", value=today, min_value=today, format="YYYY-MM-DD")
            last = st.date_input("Until the end of (may be left out)", value=None, min_value=today,
                                 format="YYYY-MM-DD")
        is_sent = st.form_submit_button("Grant", type="primary", shortcut="Ctrl+Enter")
    if is_sent and role is None:
        acts.refuse("Choose the role.", "dialog")
        is_sent = False
    begins_at, ends_at = days.span_of_days(first if first != today else None, last, zone)
    _ends(is_sent, lambda: acts.do(
        desk.grant, f"grant/{row['id']}/{role}/{program}", seen, "Granted.", person=row["id"], role=role,
        program=programs[program], begins_at=begins_at, ends_at=ends_at))


@modal.dialog("Take a role back")
def revoke(row: dict, seen: int) -> None:
    """One of the roles that the person holds or would hold later; it ends now."""
    held = {one["role"]: one["role"].partition(":") for one in row["grants"]}
    words.line(row["name"] or row["id"], quiet=row["id"])
    with st.form(f"revoke-{row['id']}", border=False):
        chosen = st.selectbox("Role", list(held), required=True)
        st.caption("It ends now: their next action that needs it is refused. What they did stays.")
        is_sent = st.form_submit_button("Take it back", type="primary", shortcut="Ctrl+Enter")
    role, _, program = held[chosen]
    _ends(is_sent, lambda: acts.do(
        desk.revoke, f"revoke/{row['id']}/{chosen}", seen, "Taken back.", person=row["id"], role=role,
        program=program or None))
