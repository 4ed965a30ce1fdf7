-- What is compared of organizations before their texts are: numbers in the place of texts, and the blocks, which are
-- what an organization may share with another under another spelling. One row per organization.
-- Of two spellings that differ in one letter, one half of the letters is the same.
with sized as (
    select
        *, replace(label, '-', '') as joined,
        case when length(letters) >= 5 then letters end as name, length(letters) // 2 as half, (length(letters) - 1) // 2 as other_half,
        case when length(skeleton) >= 6 then skeleton end as host, length(skeleton) // 2 as host_half,
        (length(skeleton) - 1) // 2 as other_host_half,
        translate(letters, 'abcdefghijklmnopqrstuvwxyz', '') as digits,
        case when length(label) >= 5 then label end as long_label,
        case when length(skeleton) >= 4 then skeleton end as long_skeleton
    from outlined
)

select
    source, record,
    list_filter([
        hash('phone ' || phone_key),
        hash('letters ' || case when length(letters) >= 3 then letters end),
        hash('letters ' || case when length(joined) >= 3 then joined end),
        hash('label ' || case when length(label) >= 4 then label end),
        hash('skeleton ' || long_skeleton),
        hash('street ' || street_key || ' ' || coalesce(postal_key, city_key)),
        hash('begins ' || left(name, half)),
        hash('begins ' || left(name, other_half)),
        hash('ends ' || right(name, half)),
        hash('ends ' || right(name, other_half)),
        hash('host begins ' || left(host, host_half)),
        hash('host begins ' || left(host, other_host_half)),
        hash('host ends ' || right(host, host_half)),
        hash('host ends ' || right(host, other_host_half))
    ], lambda one: one <> hash(null)) as blocks,
    letters as name_text,
    label as host_text,
    coalesce(family = '', false) as is_without_form,
    nullif(hash(columns([
        'base', 'letters', 'family', 'digits', 'label', 'long_label', 'joined', 'long_skeleton', 'domain', 'country', 'phone_key',
        'street_key', 'postal_key', 'city_key'
    ])), hash(null))
from sized
