-- What is compared of people before their texts are: numbers in the place of texts, and the blocks, which are what a
-- person may share with another under another spelling. One row per person.
-- A name alone is no block: what would have to speak for it too stands beside it.
with spelled as (
    select
        *, string_split(name_key, ' ') as words, split_part(company_key, '#', 1) as company,
        case when length(street_key) >= 5 then street_key end as long_street,
        case when length(mailbox) >= 6 then mailbox end as long_mailbox
    from outlined
),

blocked as (
    select
        *,
        list_concat(
            [
                hash('phone ' || phone_key),
                hash('name ' || name_key || ' in ' || city_key[:3]),
                hash('name ' || name_key || ' on ' || street_key[:4]),
                hash('name ' || name_key || ' at ' || domain[:3]),
                hash('born ' || born_on),
                hash('street ' || long_street)
            ],
            list_transform(words, lambda word: hash('works ' || org_key || ' ' || word[:3])),
            list_transform(words, lambda word: hash('works ' || company || ' ' || word[:3])),
            list_transform(words, lambda word: hash('lives ' || postal_key || ' ' || word[:3]))
        ) as hashes
    from spelled
)

select
    source, record,
    list_filter(hashes, lambda one: one <> hash(null)) as blocks,
    array_to_string(list_distinct(words), '') as name_text,
    domain as host_text,
    len(words) > 1 as is_full_name,
    len(list_filter(words, lambda word: length(word) = 1)) > 0 as has_initial,
    nullif(hash(columns([
        'name_key', 'org_key', 'company', 'phone_key', 'street_key', 'postal_key', 'city_key', 'born_on', 'long_mailbox',
        'domain'
    ])), hash(null))
from blocked
