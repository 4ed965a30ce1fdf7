-- Given contacts. One row per contact.
select * from contacts where id in ($ids)
