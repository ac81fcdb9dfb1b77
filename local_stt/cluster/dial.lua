-- Counts a call that is about to be placed, if fewer than allowed were placed within the hour; says whether.
-- KEYS: when calls were placed, by the ids of their places in the count
-- ARGV: how many may be placed in an hour, the seconds of an hour, an id
local now = redis.call('TIME')
local seconds = tonumber(now[1]) + tonumber(now[2]) / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', seconds - tonumber(ARGV[2]))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  return 0
end
redis.call('ZADD', KEYS[1], seconds, ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
