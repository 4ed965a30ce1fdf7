-- Empty what names a partner who is a person, and how they were paid; that it was given still counts. The name of a
-- company stays.
update partners
set name = case when kind = 'referral_partner' then name when trim(name) <> '' then $word end,
    first_name = case when trim(first_name) <> '' then $word end,
    last_name = case when trim(last_name) <> '' then $word end, email = null,
    check_address = case when trim(check_address) <> '' then $word end,
    wire_details = case when trim(wire_details) <> '' then $word end, other_details = null,
    name_key = null, company_key = case when kind = 'referral_partner' then company_key end,
    address_key = coalesce($digests[list_position($keys, address_key)], address_key)
where id in (select unnest($ids::varchar[]))
