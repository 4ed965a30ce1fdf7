-- The places that lines of a batch held, when the batch is dropped or a payment of it failed. One row per place.
delete from places where id in (select id from batch_lines where payment in (select unnest($payments::varchar[])))
