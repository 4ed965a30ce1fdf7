-- The instant as of which this cursor shows what stands in ledger and queue.
set variable shown_at = cast($as_of as timestamp)
