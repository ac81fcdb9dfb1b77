-- Promises a call a place, if all hosts together have room for it; says whether.
-- Redis runs one script at a time, so two hosts cannot promise the same place.
-- A load that makes no sense is left out.
-- KEYS: the ids of all hosts, the calls that have a place by the time when they lose it
-- ARGV: the beginning of the names of keys with loads, a call, for how many milliseconds it has the place
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local room = -redis.call('ZCARD', KEYS[2])
if redis.call('ZSCORE', KEYS[2], ARGV[2]) then
  room = room + 1
end
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local load = redis.call('GET', ARGV[1] .. id)
  if not load then
    redis.call('SREM', KEYS[1], id)
  else
    local is_json, load = pcall(cjson.decode, load)
    if is_json and type(load) == 'table' and not load.draining then
      local calls, max_calls = tonumber(load.calls), tonumber(load.max_calls)
      if calls and max_calls and calls < max_calls then
        room = room + max_calls - calls
      end
    end
  end
end
if room < 1 then
  return 0
end
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[2])
return 1
