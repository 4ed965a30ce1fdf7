-- Their refusals are written down.
delete from closings_without_refusals
