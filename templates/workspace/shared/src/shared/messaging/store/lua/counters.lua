-- KEYS: stats, leases. ARGV: how long a lease may be over before it is forgotten, in ms.
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[1])
local counted = redis.call('HMGET', KEYS[1], 'processed', 'failed', 'retried', 'runs',
  'seconds', 'longest')
counted[7] = tostring(redis.call('ZCOUNT', KEYS[2], now, '+inf'))
for place = 1, 7 do counted[place] = counted[place] or '0' end
return counted
