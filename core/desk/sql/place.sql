-- Who holds a place that only one may hold. One row or none.
select id from places where key = $key
