-- How two organizations are alike. One row per pair of records.
select
    l.key as left_key, r.key as right_key, l.source as left_table, r.source as right_table,
    l.record as left_record, r.record as right_record, l.parent as left_parent, r.parent as right_parent,
    l.base = r.base as is_same_name,
    l.letters = r.letters as is_same_letters,
    l.family = r.family as is_same_form,
    l.family = '' or r.family = '' as is_form_left_out,
    regexp_replace(l.letters, '[a-z]', '', 'g') <> regexp_replace(r.letters, '[a-z]', '', 'g') as is_other_number,
    l.letters as left_name, r.letters as right_name,
    least(length(l.letters), length(r.letters)) as shortest_name,
    jaro_winkler_similarity(l.letters, r.letters) as name_likeness,
    starts_with(l.base, r.base || ' ') or starts_with(r.base, l.base || ' ') as is_part_of_name,
    l.base is null or r.base is null as is_nameless,
    l.label = r.label and length(l.label) >= 5 as is_same_label,
    l.skeleton = r.skeleton and l.label <> r.label and length(l.skeleton) >= 4 as is_lookalike,
    contains(l.label, 'xn--') <> contains(r.label, 'xn--') as is_other_script,
    replace(l.label, '-', '') = replace(r.label, '-', '') as is_hyphen,
    l.label as left_domain, r.label as right_domain,
    least(length(l.label), length(r.label)) as shortest_domain,
    (replace(l.label, '-', '') = r.letters and r.domain is null)
        or (replace(r.label, '-', '') = l.letters and l.domain is null) as is_name_in_domain,
    l.domain <> r.domain as is_other_domain,
    l.country = r.country as is_same_country,
    l.country <> r.country as is_other_country,
    l.phone_key = r.phone_key as is_same_phone,
    l.street_key = r.street_key and coalesce(l.postal_key = r.postal_key, l.city_key = r.city_key, false) as is_same_street,
    l.city_key = r.city_key as is_same_city
from pairs as p
join records as l on p.left_table = l.source and p.left_record = l.record
join records as r on p.right_table = r.source and p.right_record = r.record
