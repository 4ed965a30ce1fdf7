-- What holds the money of a lead. One row or none.
select holds from holds where lead = $lead
