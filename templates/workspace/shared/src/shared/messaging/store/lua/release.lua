-- KEYS: record, leases. ARGV: id, attempt, token, keep ms.
local key = KEYS[1]
if redis.call('HGET', key, 'token') ~= ARGV[3] then return 0 end
local attempt = tonumber(ARGV[2])
redis.call('HSET', key, 'state', attempt > 1 and 'retrying' or 'queued', 'attempts', attempt - 1)
settle(key, KEYS[2], ARGV[1], ARGV[4])
return 1
