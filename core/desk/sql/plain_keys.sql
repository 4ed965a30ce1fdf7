-- Keys of persons that are no digests. One row per key.
select person_key as key from contacts where not starts_with(person_key, 'e:')
union
select address_key from contacts where address_key is not null and not starts_with(address_key, 'e:')
union
select person_key from events where person_key is not null and not starts_with(person_key, 'e:')
