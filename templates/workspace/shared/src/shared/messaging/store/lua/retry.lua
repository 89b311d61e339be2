-- KEYS: record, leases, stats.
-- ARGV: id, name, queue, attempt, token, keep ms, seconds, error, due ms.
local key = KEYS[1]
if not owned(key, ARGV[5]) then return 0 end
redis.call('HSET', key, 'name', ARGV[2], 'queue', ARGV[3], 'state', 'retrying',
  'attempts', ARGV[4], 'tried', ARGV[4], 'error', ARGV[8], 'due', ARGV[9])
settle(key, KEYS[2], ARGV[1], ARGV[6])
count(KEYS[3], 'retried', ARGV[7])
return 1
