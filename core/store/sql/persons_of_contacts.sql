-- Persons that given contacts are. One row per contact.
select person_key from contacts where id in ($ids)
