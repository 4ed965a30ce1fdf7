-- Which event tells that a line was paid, so that an event of which no line is left can be told too.

-- Lines that were paid as an event alone tells, with that event and its instant (null: not known). One that names what it
-- pays pays that; the others pay the lines of their lead in the order in which these were earned. What was paid stays paid
-- where its lead no longer qualifies. One row per line.
create or replace view told_payments as
with told as (
    select
        id, lead, about, happened_at, row_number() over (partition by lead, about order by happened_at, id) as place,
        count(*) over (partition by lead, about) as many
    from events
    where type = 'payout_paid' and id not in (select id from voids)
        and happened_at <= (select max(as_of) from evaluation_runs)
),

beside as (
    select id, lead, earned_by, state, earned_on, recorded_at
    from lines
    where kind <> 'adjustment' and (state = 'void' or (state = 'paid' and payment is null))
),

named as (
    select b.id as line, t.happened_at as paid_at, t.id as event
    from beside as b join told as t on b.lead = t.lead and b.earned_by = t.about and t.place = 1
),

ranked as (
    select
        id as line, lead, state,
        row_number() over (partition by lead order by state <> 'paid', earned_on, recorded_at, id) as place
    from beside where id not in (select line from named)
)

select line, paid_at, event from named
union all
select r.line, t.happened_at, t.id
from ranked as r
left join told as t on r.lead = t.lead and t.about is null and t.place = least(r.place, t.many)
where r.state = 'paid' or t.place = r.place;
