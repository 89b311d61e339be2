-- KEYS: record. What has failed for good may run again, from its first attempt.
if redis.call('HGET', KEYS[1], 'state') ~= 'failed' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'queued', 'enqueued', now)
redis.call('HDEL', KEYS[1], 'tried', 'attempts', 'error', 'reason', 'finished', 'started')
return 1
