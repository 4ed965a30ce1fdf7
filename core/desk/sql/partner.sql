-- A partner, as far as it says who belongs to it, and where their record says they are. One row or none.
select id, address_key, org_key, country, check_address from partners where id = $partner
