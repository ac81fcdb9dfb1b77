-- Returns the epoch, the number of the newest event, that of the newest one which is no longer kept, and the
-- calls in progress.
-- KEYS: the stream's state, the calls in progress
-- ARGV: an epoch for a new stream
local epoch, _, last, floor = opened(KEYS[1], KEYS[2], ARGV[1])
return {epoch, last, floor, redis.call('HVALS', KEYS[2])}
