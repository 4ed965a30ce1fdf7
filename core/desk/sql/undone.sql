-- Whether an entry was taken back. One row or none.
select cast(after ->> '$.undone' as bigint) as number from journal
where action = 'undo' and cast(after ->> '$.undone' as bigint) = $number
