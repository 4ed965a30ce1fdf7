-- Put the digests of erased transactions in the place of those that came again.
update events set transaction = $digests[list_position($texts, transaction)] where list_contains($texts, transaction)
