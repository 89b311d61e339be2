-- KEYS: record, leases. ARGV: id, name, queue, attempt, token, lease ms, keep ms.
-- A claim that Redis has lost, because it was emptied, is made again.
local key, leases = KEYS[1], KEYS[2]
if not owned(key, ARGV[5]) then return 0 end
redis.call('HSET', key, 'name', ARGV[2], 'queue', ARGV[3], 'state', 'running',
  'attempts', ARGV[4], 'token', ARGV[5], 'lease', now + ARGV[6])
redis.call('HSETNX', key, 'started', now)
redis.call('ZADD', leases, now + ARGV[6], ARGV[1])
redis.call('PEXPIRE', key, ARGV[7])
return 1
