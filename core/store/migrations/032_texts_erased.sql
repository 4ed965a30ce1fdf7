-- Texts that people wrote into rows which otherwise stay as they are can be emptied, where a person is erased whom they
-- name. Everything else of these rows is kept as before.
create or replace trigger payment_results_kept after update of id, batch, payment, result, paid_on, period, recorded_by,
recorded_at on payment_results for each statement insert into append_only values (1);
create or replace trigger payment_returns_kept after update of id, batch, payment, returned_on, period, recorded_by,
recorded_at on payment_returns for each statement insert into append_only values (1);
create or replace trigger payment_arrivals_kept after update of id, batch, payment, paid_on, period, recorded_by,
recorded_at on payment_arrivals for each statement insert into append_only values (1);
create or replace trigger saved_views_kept after update of id, person, is_shared, program, queue, disposition, due, partner,
sorted_by, recorded_at on saved_views for each statement insert into append_only values (1);
