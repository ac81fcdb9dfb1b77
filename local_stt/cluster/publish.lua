-- Numbers the events of one host, and adds them to the stream.
-- KEYS: the stream's state, the calls in progress, the number of events that this host has published
-- ARGV: an epoch for a new stream; how many events are kept, how many bytes of them, for how many seconds after
-- the last one; the number of the first event among those of its host; then four values for each event: its
-- kind, call and moment, and its wire form
local max_kept, max_bytes, seconds = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local _, stream, last, floor, bytes = opened(KEYS[1], KEYS[2], ARGV[1])

local function add(kind, call, at, json)
  last = last + 1
  redis.call('XADD', stream, last .. '-0', 'kind', kind, 'call', call, 'at', at, 'json', json, 'before', bytes)
  bytes = bytes + #json
end

local function is_deleted(call)
  local live = redis.call('HGET', KEYS[2], call)
  return live and cjson.decode(live).is_deleted
end

local function delete(call)
  local live = redis.call('HGET', KEYS[2], call)
  if live then
    local decoded = cjson.decode(live)
    decoded.started.caller, decoded.started.callee, decoded.is_deleted = '', '', true
    redis.call('HSET', KEYS[2], call, cjson.encode(decoded))
  end
end

local function take(kind, call, at, json)
  if kind == 'call-started' or kind == 'adopted' then
    local live = '{"number":' .. last + 1 .. ',"at":' .. at .. ',"is_deleted":false,"started":' .. json .. '}'
    local is_new = redis.call('HSETNX', KEYS[2], call, live) == 1
    if kind == 'adopted' and not is_new then
      return
    end
    kind = 'call-started'
  elseif kind == 'deleted' then
    delete(call)
  elseif kind == 'call-ended' then
    if is_deleted(call) then
      add('deleted', call, at, '')
    end
    redis.call('HDEL', KEYS[2], call)
  end
  add(kind, call, at, json)
end

-- The same events come again if the answer to them was lost.
local before = tonumber(redis.call('GET', KEYS[3]) or '0')
local number = tonumber(ARGV[5]) - 1
for first = 6, #ARGV, 4 do
  number = number + 1
  if number > before then
    take(unpack(ARGV, first, first + 3))
  end
end
redis.call('SET', KEYS[3], math.max(before, number), 'EX', 86400)

floor = math.max(floor, last - max_kept)
redis.call('XTRIM', stream, 'MINID', (floor + 1) .. '-0')
while true do
  local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if not oldest or bytes - (tonumber(oldest[2][10]) or 0) <= max_bytes then
    break
  end
  floor = tonumber(string.match(oldest[1], '%d+'))
  redis.call('XTRIM', stream, 'MINID', (floor + 1) .. '-0')
end
redis.call('HSET', KEYS[1], 'last', last, 'floor', floor, 'bytes', bytes)
redis.call('EXPIRE', stream, seconds)
redis.call('EXPIRE', KEYS[2], 172800)
return last
