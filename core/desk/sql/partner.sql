-- A partner, as far as it says who belongs to it. One row or none.
select id, address_key, org_key from partners where id = $partner
