-- What was earned with a known amount and stands in no line yet. One row per lead and what earned it.
with owed as (
    select
        lead, earned_by, 'line-' || substr(md5(lead || chr(31) || earned_by), 1, 16) as id, payee, amount, currency
    from payouts_owed
    where amount > 0 and status <> 'forfeited'
)

select o.* from owed as o anti join earning_lines as e on o.id = e.id
