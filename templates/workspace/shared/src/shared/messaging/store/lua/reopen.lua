-- KEYS: record. What is not over for good may run again, from its first attempt. The claim of
-- whoever has just buried it goes too, or its last word would come after the replay.
local state = redis.call('HGET', KEYS[1], 'state')
if not state or state == 'done' or state == 'cancelled' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'queued', 'enqueued', now)
redis.call('HDEL', KEYS[1], 'tried', 'attempts', 'error', 'reason', 'finished', 'started',
  'token', 'lease', 'due')
return 1
