-- Until which local day a person let a partner keep a lead, beyond the months of the terms.

alter table events add column until_on date;
