-- KEYS: record, leases, stats.
-- ARGV: id, name, queue, attempt, token, keep ms, seconds, error, reason.
-- Without a token nobody ran it, so whoever holds it now, or has finished it, goes first.
local key = KEYS[1]
local state = redis.call('HGET', key, 'state')
if ARGV[5] == '' then
  if state and state ~= 'queued' and state ~= 'retrying' then return 0 end
elseif not owned(key, ARGV[5]) then
  return 0
end
redis.call('HSET', key, 'name', ARGV[2], 'queue', ARGV[3], 'state', 'failed',
  'attempts', ARGV[4], 'error', ARGV[8], 'reason', ARGV[9], 'finished', now)
settle(key, KEYS[2], ARGV[1], ARGV[6])
count(KEYS[3], 'failed', ARGV[7])
return 1
