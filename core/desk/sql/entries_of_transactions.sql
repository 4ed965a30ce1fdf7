-- Entries of earlier versions that hold one of given transactions in clear. One row per entry.
select number from journal
where action in ('record_deal', 'record_payment', 'record_refund', 'undo') and (
    after ->> '$.transaction' in (select unnest($texts::varchar[]))
    or before ->> '$.transaction' in (select unnest($texts::varchar[]))
)
order by number
