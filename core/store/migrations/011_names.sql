-- Under which names a person may stand in what came in from elsewhere. One row per person and name.
create view names_of_people as
select id as person, lower(id) as name from people
union
select id, lower(name) from people where name is not null
union
select id, lower(email) from people where email is not null;
