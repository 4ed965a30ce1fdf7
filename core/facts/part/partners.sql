-- Given partners. One row per partner.
select * from partners where id in ($ids)
