"""The dialogs about a partner: findings, breaches, disputes. Each asks for what one action of the desk needs."""

import streamlit as st

from core import desk, queue
from core.desk.owning import FINDINGS
from pages.parts import database, dialogs, modal, words

KINDS = {"false_lead": "A false lead: this lead alone (raf.invalid.3)",
         "abuse": "Abuse of the program: this lead alone (raf.invalid.3)",
         "unsolicited": "Unsolicited referrals: bars the partner from now on (raf.invalid.5)"}
BREACHES = {"The partner suggested a competitor (ptr.maintain.1a)": "competitor_suggested",
            "We brought another partner into its account (ptr.maintain.1b)": "partner_introduced"}
ASKED = {"Nobody knows": "unknown", "The customer had asked for options": "yes", "The customer had not asked": "no"}
DISPUTES = {"rejection": "Against a rejection", "ownership": "About the ownership", "amount": "About the amount",
            "late_payment": "A payment is late", "other": "Something else"}
OUTCOMES = {"upheld": "The partner is right", "partly_upheld": "The partner is partly right",
            "dismissed": "The partner is not right", "withdrawn": "The partner took it back"}


def _note(label: str, key: str) -> str:
    return st.text_area(label, key=key, height=110, persist_state="page")


@modal.dialog("Record a finding of abuse")
def finding(lead: str, partner: str) -> None:
    """What was found, on one lead."""
    keys = [f"finding-{name}-{lead}" for name in ("kind", "note")]
    words.line(partner, f"{lead}.")
    with st.form(f"form-{keys[0]}", border=False):
        kind = st.selectbox("What was found", FINDINGS, key=keys[0], required=True, persist_state="page",
                            format_func=KINDS.get)
        note = _note("What it rests on", keys[1])
        is_sent = dialogs.send("Record the finding")
    dialogs.ends(is_sent, lead, lambda: dialogs.act(desk.record_finding, lead, f"finding/{kind}",
                                                    "The finding is recorded.", keys, kind=kind, note=note))


@modal.dialog("Release the money")
def resolve_finding(row: dict, name: str) -> None:
    """Why a finding or a refund holds no money any more. row: of core.partners, findings. name: in words."""
    lead = row["lead"]
    keys = [f"resolve-finding-{row['id']}"]
    words.line(name, row["note"] or "", words.join(lead, row["decided_by"] and f"by {row['decided_by']}"))
    st.caption("What was earned stays earned in full. To take some of it back, correct its line instead."
               if row["type"] == "customer_refund" else
               "The finding stays on record, with what the rules make of it; the money of the lead is free.")
    with st.form(f"form-{keys[0]}", border=False):
        reason = _note("Why", keys[0])
        is_sent = dialogs.send("Resolve")
    dialogs.ends(is_sent, lead, lambda: dialogs.act(desk.resolve_finding, lead, f"resolve/{row['id']}",
                                                    "It holds no money any more.", keys, finding=row["id"],
                                                    reason=reason))


@modal.dialog("Record a breach")
def breach(lead: str, partner: str) -> None:
    """What was breached, by the partner or by us."""
    keys = [f"breach-{name}-{lead}" for name in ("kind", "asked", "partner", "note")]
    others = {f"{row['partner_name']} · {row['partner']}": row["partner"]
              for row in queue.partners(database.connection(), "ptr").to_dicts() if row["partner_name"] != partner}
    words.line(partner, f"{lead}.")
    with st.form(f"form-{keys[0]}", border=False):
        kind = st.selectbox("What happened", list(BREACHES), key=keys[0], required=True, persist_state="page")
        asked = st.selectbox("Where a competitor was suggested: did the customer ask?", list(ASKED), key=keys[1],
                             required=True, persist_state="page")
        other = st.selectbox("Where another partner was brought in: which", list(others), index=None, key=keys[2],
                             placeholder="None", persist_state="page")
        note = _note("What happened, and how it is known", keys[3])
        is_sent = dialogs.send("Record the breach")
    dialogs.ends(is_sent, lead, lambda: dialogs.act(
        desk.record_breach, lead, f"breach/{BREACHES[kind]}", "The breach is recorded.", keys, kind=BREACHES[kind],
        note=note, customer_asked=ASKED[asked], partner=others.get(other)))


@modal.dialog("Open a dispute")
def dispute(lead: str, partner: str) -> None:
    """What the partner objects to; while it is open, no payout of the lead is approved or paid."""
    keys = [f"dispute-{name}-{lead}" for name in ("kind", "text")]
    words.line(partner, f"{lead}. While it is open, nothing of this lead is approved or paid.")
    with st.form(f"form-{keys[0]}", border=False):
        kind = st.selectbox("What about", list(DISPUTES), key=keys[0], required=True, persist_state="page",
                            format_func=DISPUTES.get)
        said = _note("What the partner says", keys[1])
        is_sent = dialogs.send("Open the dispute")
    dialogs.ends(is_sent, lead, lambda: dialogs.act(desk.open_dispute, lead, f"dispute/{kind}", "The dispute is open.",
                                                    keys, kind=kind, text=said))


@modal.dialog("Resolve a dispute")
def resolve(row: dict) -> None:
    """The outcome and its reason. row: of core.partners, disputes."""
    lead = row["lead"]
    keys = [f"resolve-{name}-{row['id']}" for name in ("outcome", "reason")]
    words.line(DISPUTES[row["kind"]], row["note"] or "", f"{lead}, opened by {row['opened_by']}")
    with st.form(f"form-{keys[0]}", border=False):
        outcome = st.selectbox("Outcome", list(OUTCOMES), index=None, key=keys[0], required=True, persist_state="page",
                               format_func=OUTCOMES.get, placeholder="Choose the outcome")
        reason = _note("Why", keys[1])
        is_sent = dialogs.send("Resolve")
    dialogs.ends(is_sent and outcome is not None, lead, lambda: dialogs.act(
        desk.resolve_dispute, lead, f"resolve/{row['id']}", "The dispute is resolved.", keys, dispute=row["id"],
        outcome=outcome, reason=reason))
