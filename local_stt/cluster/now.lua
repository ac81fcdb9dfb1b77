-- The time by the clock of Redis, in milliseconds: all hosts go by it.  The scripts that need it begin with it.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
