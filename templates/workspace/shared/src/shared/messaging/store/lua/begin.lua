-- KEYS: record, leases. ARGV: id, name, queue, attempt, token, lease ms, keep ms.
local key, leases = KEYS[1], KEYS[2]
local found = redis.call('HMGET', key, 'state', 'lease', 'tried')
local state, lease, tried = found[1], tonumber(found[2] or 0), tonumber(found[3] or 0)
local attempt = tonumber(ARGV[4])
if state == 'cancelled' then return {'cancelled', 0} end
if state == 'done' or state == 'failed' then return {'done', 0} end
if state == 'running' and lease > now then return {'busy', lease - now} end
if attempt <= tried then return {'done', 0} end
redis.call('HSET', key, 'name', ARGV[2], 'queue', ARGV[3], 'state', 'running',
  'attempts', attempt, 'started', now, 'token', ARGV[5], 'lease', now + ARGV[6])
redis.call('HDEL', key, 'due')
redis.call('ZADD', leases, now + ARGV[6], ARGV[1])
redis.call('PEXPIRE', key, ARGV[7])
return {'run', 0}
