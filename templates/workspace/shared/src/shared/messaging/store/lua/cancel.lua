-- KEYS: record.
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'unknown' end
if state == 'cancelled' then return 'cancelled' end
if state ~= 'queued' and state ~= 'retrying' then return 'too_late' end
redis.call('HSET', KEYS[1], 'state', 'cancelled', 'finished', now)
redis.call('HDEL', KEYS[1], 'due')
return 'cancelled'
