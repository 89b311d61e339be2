-- KEYS: record. Only what still waits for its first attempt is forgotten.
local found = redis.call('HMGET', KEYS[1], 'state', 'published', 'attempts')
if found[1] == 'queued' and not found[2] and not found[3] then redis.call('DEL', KEYS[1]) end
return 1
