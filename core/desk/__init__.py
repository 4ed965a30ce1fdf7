"""The desk: one function for each thing a person does. Nothing else writes.

Called by pages, command line and API. Every change is one safe, signed, reversible step: a role that may do it, the
version that was on the screen, an idempotency key, one transaction with one journal entry and the evaluation of the
leads it bears on. An undo is a new entry.
"""

from core.desk.adjusting import adjust_line
from core.desk.administration import add_person, grant, revoke
from core.desk.batches import (
    approve_batch,
    drop_batch,
    needs_second_approval,
    prepare_batch,
    reopen_batch,
    why_above,
    why_not_approve,
    why_not_record,
)
from core.desk.bringing import advance, begin, import_file, load, make_sample, write_down
from core.desk.bulk import each
from core.desk.clearing import clear_sample
from core.desk.conflicts import open_conflict, preview_settlement, settle_conflict
from core.desk.decisions import accept, approve, confirm, end_ownership, reason_codes, reject, waive, withdraw
from core.desk.erasing import erase
from core.desk.giving_out import export_batch
from core.desk.journal import head
from core.desk.keeping import backup, open_database, restore, rewrite
from core.desk.matching import settle_match
from core.desk.money import record_deal, record_opportunity, record_payment, record_refund
from core.desk.owning import (
    extend_ownership,
    record_breach,
    record_finding,
    resolve_finding,
    transfer_ownership,
)
from core.desk.payees import confirm_payee_details, propose_payee_details
from core.desk.periods import close_period
from core.desk.reads import open_requests, possible, told, version, worker
from core.desk.returning import drop_return, record_arrival, record_return
from core.desk.reviewing import judge, log_activity, record_search
from core.desk.settling import record_results, sort_out
from core.desk.step import Done, Signed, Stale
from core.desk.taking_back import take_back
from core.desk.terms import preview_setting, preview_taking_back, set_setting, take_back_setting
from core.desk.undoing import undo
from core.desk.verifying import faults, first_fault
from core.desk.views import forget_view, save_view
from core.desk.working import (
    answer_request,
    assign,
    claim,
    comment,
    open_dispute,
    release,
    request_action,
    resolve_dispute,
    snooze,
)

ACTIONS = (
    accept, add_person, adjust_line, answer_request, approve, approve_batch, assign, claim,
    clear_sample, close_period, comment, confirm, confirm_payee_details, drop_batch, drop_return, end_ownership, erase,
    export_batch, extend_ownership, forget_view, grant, import_file, judge, load, log_activity, make_sample,
    open_conflict, open_dispute, prepare_batch, propose_payee_details, record_arrival, record_breach, record_deal,
    record_finding, record_opportunity, record_payment, record_refund, record_results, record_return, record_search,
    reject, release, reopen_batch, request_action, resolve_dispute, resolve_finding, revoke, save_view, set_setting,
    settle_conflict, settle_match, snooze, take_back, take_back_setting, transfer_ownership, undo, waive, withdraw,
)
"""Every function that changes something, named as its row in the permission table."""

__all__ = [
    "ACTIONS", "Done", "Signed", "Stale", "advance", "backup", "begin", "each", "faults", "first_fault", "head",
    "needs_second_approval", "open_database", "open_requests", "possible", "preview_setting",
    "preview_settlement", "preview_taking_back", "reason_codes", "restore", "rewrite", "sort_out", "told", "version",
    "why_above", "why_not_approve", "why_not_record", "worker", "write_down",
    *(action.__name__ for action in ACTIONS),
]
