-- Gives the place of one call to another.
-- KEYS: the calls that have a place by the time when they lose it
-- ARGV: the one call, the other, for how many milliseconds that one has the place
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
