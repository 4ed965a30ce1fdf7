-- What given partners earned. One row per partner, program and state of a line, with the latest payment.
with paid as (
    select l.partner, l.program, 'paid' as state, max(e.happened_at) as paid_at
    from events as e join leads as l on e.lead = l.id
    where e.type = 'payout_paid' and e.id not in (select id from voids)
        and l.partner in (select unnest($partners::varchar[]))
    group by l.partner, l.program
),

may_earn as (
    select distinct l.partner, l.program, 'open' as state, null::timestamp as paid_at
    from leads as l
    left join evaluations as e on l.id = e.lead
    left join payouts_owed as p on l.id = p.lead
    where l.partner in (select unnest($partners::varchar[]))
        and (e.disposition is null or e.disposition = 'pending' or p.status in ('payable', 'blocked'))
)

select * from paid
union all
select * from may_earn
order by partner, state, program
