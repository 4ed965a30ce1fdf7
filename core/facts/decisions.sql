-- What was decided about a lead, and paid for it, and for which of its instants each counts (core/facts/wide.py).
-- One row per decision or payout.
select
    s.no, e.happened_at, e.opened_on, e.amount, e.until_on,
    e.type = 'approved' as is_approval,
    e.type = 'accepted' as is_acceptance,
    e.type = 'rejected' as is_rejection,
    e.type = 'rejected' and trim(coalesce(e.reason, '')) <> '' as is_explained_rejection,
    coalesce(e.type = 'discretion' and e.decision = 'reject', false) as is_refusal,
    e.type = 'withdrawn' as is_withdrawal,
    e.type = 'disassociated' as is_disassociation,
    e.type = 'confirmed' as is_confirmation,
    e.type = 'payout_paid' as is_payout,
    e.type = 'opportunity_created' as is_opportunity,
    coalesce(
        e.type = 'opportunity_created' and e.is_new
        and coalesce(e.opened_on >= s.submitted_on, e.happened_at >= s.submitted_at), false
    ) as is_new_opportunity,
    coalesce(
        e.type = 'opportunity_created'
        and (e.is_new = false or coalesce(e.opened_on < s.submitted_on, e.happened_at < s.submitted_at)), false
    ) as is_old_opportunity,
    coalesce(e.type = 'abuse_finding' and e.kind in ('false_lead', 'abuse'), false) as is_abuse,
    coalesce(e.type = 'notice_sent' and e.about = 'payout', false) as is_payout_notice,
    coalesce(e.type = 'notice_sent' and e.about = 'rejection', false) as is_rejection_notice,
    e.type = 'history_searched' and e.happened_at <= s.cut_at as is_search,
    e.type = 'ownership_extended' as is_extension
from events as e
join subject as s on e.lead = s.lead
where e.type in (
        'approved', 'accepted', 'rejected', 'confirmed', 'withdrawn', 'discretion', 'disassociated',
        'opportunity_created', 'payout_paid', 'abuse_finding', 'notice_sent', 'history_searched',
        'ownership_extended'
    )
    and e.happened_at <= s.as_of and e.recorded_at <= $known_at
    and s.program in (select program from asking)
