-- Events that bear upon every lead of given partners or programs. One row per event.
select * from wide_events where partner in ($partners)
union all
select * from wide_events where program in ($programs)
