-- Stands before every script. Redis' own clock decides, so all workers agree about leases.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Whether this owner may still write: nobody else took the claim, or Redis has lost it.
local function owned(key, token)
  local owner = redis.call('HGET', key, 'token')
  return owner == token or redis.call('EXISTS', key) == 0
end

local function settle(key, leases, id, keep)
  redis.call('HDEL', key, 'token', 'lease')
  redis.call('ZREM', leases, id)
  redis.call('PEXPIRE', key, keep)
end

local function count(stats, what, seconds)
  redis.call('HINCRBY', stats, what, 1)
  redis.call('HINCRBY', stats, 'runs', 1)
  redis.call('HINCRBYFLOAT', stats, 'seconds', seconds)
  local longest = tonumber(redis.call('HGET', stats, 'longest') or 0)
  if tonumber(seconds) > longest then redis.call('HSET', stats, 'longest', seconds) end
end
