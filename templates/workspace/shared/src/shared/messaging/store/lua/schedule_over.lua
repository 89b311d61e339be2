-- KEYS: schedule. ARGV: now ms, as the caller's clock says.
redis.call('HSETNX', KEYS[1], 'since', ARGV[1])
local found = redis.call('HMGET', KEYS[1], 'since', 'last')
return math.max(tonumber(found[1]), tonumber(found[2] or 0))
