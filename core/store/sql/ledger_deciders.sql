-- Who did what for a lead and the line it earned, in order. One row per deed that stands.
with deeds as (
    select happened_at, decided_by as person, 'judged ' || criterion || ': ' || verdict as what, id
    from verdicts where lead = $lead and id not in (select id from voids)
    union all
    select happened_at, decided_by, type, id
    from events
    where lead = $lead and id not in (select id from voids) and type in (
        'accepted', 'rejected', 'approved', 'confirmed', 'withdrawn', 'disassociated', 'discretion', 'deal_won',
        'opportunity_created', 'customer_payment', 'customer_refund', 'payout_paid', 'ownership_extended'
    )
    union all
    select s.recorded_at, s.person, 'batch ' || s.step, s.id
    from batch_steps as s join live_batch_lines as b on s.batch = b.batch where b.line = $line
    union all
    select b.recorded_at, b.prepared_by, 'batch prepared', b.id
    from batches as b join live_batch_lines as l on b.id = l.batch where l.line = $line
    union all
    select recorded_at, approved_by, 'payout approved', id
    from payout_approvals where lead = $lead and id not in (select id from voids)
    union all
    select r.recorded_at, r.recorded_by, 'payment came back', r.id
    from standing_returns as r join batch_lines as b on r.payment = b.payment where b.line = $line
    union all
    select a.recorded_at, a.recorded_by, 'failed payment arrived', a.id
    from payment_arrivals as a join batch_lines as b on a.payment = b.payment where b.line = $line
    union all
    select recorded_at, recorded_by, 'corrected: ' || reason, id
    from earning_lines where corrects = $line and id not in (select id from voids)
)

select happened_at, person, what, id from deeds order by happened_at, id
