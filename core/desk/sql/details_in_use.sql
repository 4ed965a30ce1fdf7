-- The payee details of a partner that count at an instant. One row or none.
select * from payees_at($at_instant) where partner = $partner
