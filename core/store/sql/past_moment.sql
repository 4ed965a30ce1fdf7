-- The instant as of which this cursor shows what stands in the ledger.
set variable shown_at = cast($as_of as timestamp)
