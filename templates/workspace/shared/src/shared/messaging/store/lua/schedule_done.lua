-- KEYS: schedule. ARGV: due ms.
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or 0)
if tonumber(ARGV[1]) > last then redis.call('HSET', KEYS[1], 'last', ARGV[1]) end
return 1
