-- What is on record of one lead that may speak for or against it in the eyes of a person (core/rules/hinting.py): who it is
-- about, and the first or last time of what was said, each with its event. One row, or none where there is no such lead.
with said as (
    select
        id, happened_at, type, what, channel,
        (type = 'reply' and automated is not true) or type in ('engagement', 'requirements_received')
        or (type = 'discovery_call' and call_status = 'completed') as is_inbound
    from events
    where lead = $lead and happened_at <= $as_of and id not in (select id from voids)
),

folded as (
    select
        max(happened_at) filter (where type = 'reply' and is_inbound) as reply_last_at,
        arg_max(id, (happened_at, id)) filter (where type = 'reply' and is_inbound) as "id:reply_last_at",
        max(happened_at) filter (where is_inbound) as inbound_last_at,
        min(happened_at) filter (where type = 'discovery_call' and is_inbound) as call_completed_at,
        arg_min(id, (happened_at, id)) filter (where type = 'discovery_call' and is_inbound) as "id:call_completed_at",
        min(happened_at) filter (where type = 'requirements_received') as requirements_at,
        arg_min(id, (happened_at, id)) filter (where type = 'requirements_received') as "id:requirements_at",
        max(happened_at) filter (where type = 'engagement') as engaged_last_at,
        arg_max(id, (happened_at, id)) filter (where type = 'engagement') as "id:engaged_last_at",
        arg_max(coalesce(what, channel, 'no more is recorded'), (happened_at, id)) filter (where type = 'engagement') as engaged_how,
        max(happened_at) filter (where type = 'disengaged') as declined_at,
        arg_max(id, (happened_at, id)) filter (where type = 'disengaged') as "id:declined_at"
    from said
)

select
    leads.id as lead, leads.program, leads.submitted_at, leads.contact, leads.org, leads.products,
    nullif(trim(contacts.role), '') as role,
    coalesce(nullif(trim(contacts.company), ''), nullif(trim(organizations.name), '')) as company,
    contacts.email_class, split_part(contacts.address_key, '@', 1) as mailbox,
    split_part(contacts.address_key, '@', 2) as mail_domain,
    coalesce(contacts.address_key is not null and starts_with(contacts.person_key, 'c:'), false) as is_shared_mailbox,
    organizations.kind as org_kind,
    folded.*
from leads
left join contacts on contacts.id = leads.contact
left join organizations on organizations.id = leads.org
cross join folded
where leads.id = $lead
