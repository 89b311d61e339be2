-- KEYS: record, leases, stats. ARGV: id, name, queue, attempt, token, keep ms, seconds, result.
local key = KEYS[1]
if not owned(key, ARGV[5]) then return 0 end
redis.call('HSET', key, 'name', ARGV[2], 'queue', ARGV[3], 'state', 'done',
  'attempts', ARGV[4], 'finished', now)
redis.call('HDEL', key, 'error')
if ARGV[8] ~= '' then redis.call('HSET', key, 'result', ARGV[8]) end
settle(key, KEYS[2], ARGV[1], ARGV[6])
count(KEYS[3], 'processed', ARGV[7])
return 1
