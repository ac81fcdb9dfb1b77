-- Finds the stream of events, or makes a new one where there is none.  The scripts that use it begin with it.
--
-- A stream belongs to one run of one server.  One that was started again, or took the place of another, may
-- lack the last events, and would give their numbers to others: so it begins a new stream under a new epoch.
--
-- state: the key of a hash with `epoch`, `run`, `last` (the number of the newest event), `floor` (the number
-- of the newest event that is no longer kept) and `bytes` (of all events so far)
local function opened(state, calls, fresh_epoch)
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local epoch, its_run = unpack(redis.call('HMGET', state, 'epoch', 'run'))
  if not epoch or its_run ~= run then
    if epoch then
      redis.call('DEL', state .. ':' .. epoch)
    end
    redis.call('DEL', state, calls)
    epoch = fresh_epoch
    redis.call('HSET', state, 'epoch', epoch, 'run', run, 'last', 0, 'floor', 0, 'bytes', 0)
  end
  local stream = state .. ':' .. epoch
  local last, floor, bytes = unpack(redis.call('HMGET', state, 'last', 'floor', 'bytes'))
  if redis.call('EXISTS', stream) == 0 then
    floor = last
  end
  return epoch, stream, tonumber(last), tonumber(floor), tonumber(bytes)
end
