-- Organization keys of given records. One row per record.
select org_key from organizations where id in ($ids)
