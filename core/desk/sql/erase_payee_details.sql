-- Empty what says who was paid and where; that it was given still counts.
update payee_details
set first_name = case when first_name is not null then $word end, last_name = case when last_name is not null then $word end,
    business_email = case when business_email is not null then $word end,
    street = case when street is not null then $word end, street_more = null,
    city = case when city is not null then $word end, region = null, postal_code = null,
    iban = case when iban is not null then $word end, bic = null,
    account_number = case when account_number is not null then $word end, routing_number = null, other_details = null,
    address_key = coalesce($digests[list_position($keys, address_key)], address_key)
where id in (select unnest($ids::varchar[]))
