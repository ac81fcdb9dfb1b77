-- Notes the status of a call that was placed, if it comes later in a call than the one before; says whether.
-- KEYS: the call's status
-- ARGV: the status, how late in a call it comes, for how many seconds it is remembered
local before = tonumber(redis.call('HGET', KEYS[1], 'rank') or '0')
if tonumber(ARGV[2]) <= before then
  return 0
end
redis.call('HSET', KEYS[1], 'status', ARGV[1], 'rank', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
