-- What newly confirmed details of a partner would tell once they have cooled off. One row per event that stands.
select id from events
where partner = $partner and type = 'payee_details_provided' and happened_at > $at_instant and import is null
    and id not in (select id from voids)
order by id
