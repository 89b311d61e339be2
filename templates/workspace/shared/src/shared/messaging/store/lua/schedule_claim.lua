-- KEYS: schedule. ARGV: due ms, token, lease ms.
local found = redis.call('HMGET', KEYS[1], 'last', 'claimed', 'token', 'lease', 'since')
-- A record that was begun after that time, because Redis was emptied, knows nothing of it; the
-- caller remembers that it is not over, and the task's idempotency key keeps it to once.
if found[5] and tonumber(ARGV[1]) <= tonumber(found[5]) then return 'mine' end
if tonumber(found[1] or 0) >= tonumber(ARGV[1]) then return 'done' end
local mine = found[3] == ARGV[2]
if found[2] == ARGV[1] and not mine and tonumber(found[4]) > now then return 'busy' end
redis.call('HSET', KEYS[1], 'claimed', ARGV[1], 'token', ARGV[2], 'lease', now + ARGV[3])
return 'mine'
