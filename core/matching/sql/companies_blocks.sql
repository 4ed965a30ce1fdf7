-- What an organization may share with another under another spelling. One row per organization and such a thing.
-- Of two spellings that differ in one letter, one half of the letters is the same.
with sized as (
    select *, replace(label, '-', '') as joined, [length(letters) // 2, (length(letters) - 1) // 2] as halves,
        [length(skeleton) // 2, (length(skeleton) - 1) // 2] as domain_halves
    from records
),

texts as (
    select
        no, is_new,
        unnest(list_concat(
            [
                'phone ' || phone_key,
                case when length(letters) >= 3 then 'letters ' || letters end,
                case when length(joined) >= 3 then 'letters ' || joined end,
                case when length(label) >= 4 then 'label ' || label end,
                case when length(skeleton) >= 4 then 'skeleton ' || skeleton end,
                'street ' || street_key || ' ' || coalesce(postal_key, city_key)
            ],
            case when length(letters) >= 5 then list_transform(halves, lambda half: 'begins ' || left(letters, half)) end,
            case when length(letters) >= 5 then list_transform(halves, lambda half: 'ends ' || right(letters, half)) end,
            case when length(skeleton) >= 6 then list_transform(domain_halves, lambda half: 'host begins ' || left(skeleton, half)) end,
            case when length(skeleton) >= 6 then list_transform(domain_halves, lambda half: 'host ends ' || right(skeleton, half)) end
        )) as text
    from sized
)

select distinct no, is_new, hash(text) as block from texts where text is not null
