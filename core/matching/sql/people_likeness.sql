-- How two people are alike. One row per pair of records.
with sides as (
    select
        l.key as left_key, r.key as right_key, l.source as left_table, r.source as right_table,
        l.record as left_record, r.record as right_record,
        l.name_key = r.name_key and contains(l.name_key, ' ') as is_same_name,
        l.name_key = r.name_key as is_same_word,
        string_split(l.name_key, ' ') as left_words, string_split(r.name_key, ' ') as right_words,
        l.mailbox = r.mailbox and length(l.mailbox) >= 6 and l.domain <> r.domain as is_same_mailbox,
        l.org_key = r.org_key as is_same_organization,
        l.org_key <> r.org_key as is_other_organization,
        split_part(l.company_key, '#', 1) = split_part(r.company_key, '#', 1) as is_same_company,
        l.phone_key = r.phone_key as is_same_phone,
        l.street_key = r.street_key as is_same_street,
        l.postal_key = r.postal_key as is_same_postal_code,
        l.city_key = r.city_key as is_same_city,
        l.born_on = r.born_on as is_same_birthday,
        l.born_on as left_birthday, r.born_on as right_birthday,
        l.domain as left_domain, r.domain as right_domain,
        l.postal_key as left_postal, r.postal_key as right_postal,
        jaro_winkler_similarity(l.city_key, r.city_key) as city_likeness,
        jaro_winkler_similarity(l.street_key, r.street_key) as street_likeness
    from pairs as p
    join records as l on p.left_table = l.source and p.left_record = l.record
    join records as r on p.right_table = r.source and p.right_record = r.record
),

left_over as (
    select
        * exclude (left_words, right_words),
        list_filter(left_words, lambda word: not list_contains(right_words, word)) as left_rest,
        list_filter(right_words, lambda word: not list_contains(left_words, word)) as right_rest,
        len(list_intersect(left_words, right_words)) as common_words
    from sides
),

spelled as (
    select
        *, array_to_string(left_rest, '') as left_name, array_to_string(right_rest, '') as right_name
    from left_over
)

select
    * exclude (left_rest, right_rest),
    len(left_rest) = 0 or len(right_rest) = 0 as is_part_of_name,
    len(left_rest) = 1 and len(right_rest) = 1 and least(length(left_name), length(right_name)) = 1
        and left_name[1] = right_name[1] as is_initial,
    least(length(left_name), length(right_name)) as shortest_rest,
    jaro_winkler_similarity(left_name, right_name) as name_likeness
from spelled
