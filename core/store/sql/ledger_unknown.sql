-- What is owed of an amount that nobody can say yet, so that no line is booked for it. One row.
select count(*) as payouts from payouts_owed where status = 'blocked' and amount is null
