-- Questions that wait, as the queue is divided by them, and the choices of the queue that people keep under a name.

-- Leads whose partner was asked for something and has not answered. One row per lead.
create view asked_leads as
select distinct lead from action_requests
where id not in (select id from voids)
    and id not in (select request from action_answers where id not in (select id from voids));

-- The keys of look-alikes about which nobody has answered. One row per kind and key.
create view unanswered_keys as
with answered as (
    select near_match, arg_max(answer, (happened_at, recorded_at, id)) as answer from match_answers group by near_match
)

select distinct m.kind, unnest([m.left_key, m.right_key]) as key
from near_matches as m
left join answered as a on m.id = a.near_match
where coalesce(a.answer, 'open') = 'open';

-- One row per choice of the queue that somebody keeps under a name. What is searched for is not kept: it names people.
create table saved_views (
    id varchar primary key,
    person varchar not null,
    name varchar not null check (length(trim(name)) between 1 and 60),
    is_shared boolean not null,              -- with everybody who has a role in its program, or in any where it has none
    program varchar,                         -- null: of every program
    queue varchar,                           -- null: undivided
    disposition varchar,                     -- null: any
    due varchar,
    partner varchar,
    sorted_by varchar not null,
    recorded_at timestamp not null
);

create trigger saved_views_kept after update on saved_views for each statement insert into append_only values (1);
create trigger saved_views_whole after delete on saved_views for each statement insert into append_only values (1);
