-- KEYS: record. ARGV: name, queue, digest, keep ms, due ms or '', owner or ''.
local key = KEYS[1]
local found = redis.call('HMGET', key, 'state', 'digest', 'published')
if found[1] then
  if found[2] and found[2] ~= ARGV[3] then return 'conflict' end
  if found[3] or found[1] ~= 'queued' then return 'known' end
end
redis.call('HSET', key, 'name', ARGV[1], 'queue', ARGV[2], 'digest', ARGV[3],
  'state', 'queued', 'enqueued', now)
if ARGV[6] ~= '' then redis.call('HSET', key, 'owner', ARGV[6]) end
local keep = tonumber(ARGV[4])
if ARGV[5] ~= '' then
  redis.call('HSET', key, 'due', ARGV[5])
  keep = keep + math.max(0, ARGV[5] - now)
end
redis.call('PEXPIRE', key, keep)
return 'new'
