-- What a person may share with another under another spelling. One row per person and such a thing.
-- A name alone is none: what would have to speak for it too stands beside it.
with texts as (
    select
        no, is_new,
        unnest(list_concat(
            [
                'phone ' || phone_key,
                'name ' || name_key || ' in ' || city_key[:3],
                'name ' || name_key || ' on ' || street_key[:4],
                'name ' || name_key || ' at ' || domain[:3],
                'born ' || born_on,
                case when length(street_key) >= 5 then 'street ' || street_key end
            ],
            list_transform(string_split(name_key, ' '), lambda word: 'works ' || org_key || ' ' || word[:3]),
            list_transform(
                string_split(name_key, ' '), lambda word: 'works ' || split_part(company_key, '#', 1) || ' ' || word[:3]
            ),
            list_transform(string_split(name_key, ' '), lambda word: 'lives ' || postal_key || ' ' || word[:3])
        )) as text
    from records
)

select distinct no, is_new, hash(text) as block from texts where text is not null
