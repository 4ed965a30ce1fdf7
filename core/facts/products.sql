-- Products of the lead that its organization, or one of its group, had bought when the lead came. One row per lead
-- whose organization, group or look-alike has bought anything.
with bought as (
    select k.number as org_key, g.group_key, p.product, p.purchased_on, p.is_in_use, p.contract_ends_on
    from organization_products as p
    join organizations as o on p.organization = o.id
    join key_numbers as k on o.org_key = k.key
    left join org_groups as g on k.number = g.org_key
    where p.recorded_at <= $known_at
),

related as (
    select s.no, s.products, s.submitted_on, b.product, b.purchased_on, b.is_in_use, b.contract_ends_on, 'own' as link,
        null as near_match, null as near_name
    from subject as s
    join bought as b on s.org_key = b.org_key
    where s.program in (select program from asking) and not s.org_key_crowded
    union all
    select s.no, s.products, s.submitted_on, b.product, b.purchased_on, b.is_in_use, b.contract_ends_on, 'group',
        null, null
    from subject as s
    join org_groups as g on s.org_key = g.org_key
    join bought as b on g.group_key = b.group_key and s.org_key <> b.org_key
    where s.program in (select program from asking) and not s.org_key_crowded
    union all
    select s.no, s.products, s.submitted_on, b.product, b.purchased_on, b.is_in_use, b.contract_ends_on, 'near',
        n.near_match, n.near_name
    from subject as s
    join near as n on n.kind = 'organization' and s.org_key = n.key_number and n.recorded_at <= s.cut_at
    join bought as b on n.near_key_number = b.org_key
    where s.program in (select program from asking) and not s.org_key_crowded
),

live as (
    select
        no, link, product, is_in_use, purchased_on, near_match, near_name,
        len(products) = 0 as is_product_unstated,
        list_contains(products, product)
        or (starts_with(product, 'cloudextend_') and list_contains(products, 'cloudextend_any'))
        or (product = 'cloudextend_any' and len(list_filter(products, lambda x: starts_with(x, 'cloudextend_'))) > 0)
        as is_same_product
    from related
    where coalesce(purchased_on <= submitted_on, true) and coalesce(contract_ends_on >= submitted_on, true)
)

select
    no,
    coalesce(bool_or(is_same_product and is_in_use) filter (where link = 'own'), false) as own_in_use,
    coalesce(bool_or(is_same_product and is_in_use is null) filter (where link = 'own'), false) as own_use_unknown,
    coalesce(bool_or(is_same_product) filter (where link = 'own'), false) as own_bought,
    coalesce(bool_or(is_product_unstated and is_in_use is not false) filter (where link = 'own'), false) as own_any_in_use,
    coalesce(bool_or(is_same_product and is_in_use) filter (where link = 'group'), false) as group_in_use,
    coalesce(bool_or(is_same_product and is_in_use is null) filter (where link = 'group'), false) as group_use_unknown,
    coalesce(bool_or(is_same_product) filter (where link = 'group'), false) as group_bought,
    min(product) filter (where link = 'own' and is_same_product) as own_product,
    min(purchased_on) filter (where link = 'own' and is_same_product) as own_purchased_on,
    min(product) filter (where link = 'group' and is_same_product) as group_product,
    coalesce(bool_or((is_same_product or is_product_unstated) and is_in_use is not false) filter (where link = 'near'), false)
        as near_in_use,
    coalesce(bool_or(is_same_product or is_product_unstated) filter (where link = 'near'), false) as near_bought,
    min(product) filter (where link = 'near' and (is_same_product or is_product_unstated)) as near_product,
    arg_min(near_match, (product, near_match)) filter (
        where link = 'near' and (is_same_product or is_product_unstated)
    ) as near_owner_match,
    arg_min(near_name, (product, near_match)) filter (
        where link = 'near' and (is_same_product or is_product_unstated)
    ) as near_owner_name
from live
group by no
