-- Takes events that are due: they are the holder's until their lease ends, and due again then.
--
-- KEYS  1 due  2 entries
-- ARGV  1 holder  2 most events to take  3 lease in ms  4 how long late ones are kept, in ms
-- Returns { how many late entries were dropped, Redis' time in ms, for each event: uid, its token or '', attempt, entry }
-- Errors  WRONGTYPE, NOPERM
local due, entries, holder, lease, keep = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local now = now_ms()
local out = { drop_late(due, entries, now - keep, 128), text_of(now) }
local uids = redis.call('ZRANGEBYSCORE', due, '-inf', text_of(now), 'LIMIT', 0, tonumber(ARGV[2]))
for i = 1, #uids do
  local uid = uids[i]
  local entry = redis.call('HGET', entries, uid)
  if not entry then
    redis.call('ZREM', due, uid)
  else
    redis.call('ZADD', due, text_of(now + lease), uid)
    redis.call('HSET', entries, 'h.' .. uid, holder)
    out[#out + 1] = uid
    out[#out + 1] = redis.call('HGET', entries, 'i.' .. uid) or ''
    out[#out + 1] = redis.call('HINCRBY', entries, 'n.' .. uid, 1)
    out[#out + 1] = entry
  end
end
if #uids > 0 then
  keep_for(due, lease + 2 * keep)
  keep_for(entries, lease + 2 * keep)
end
return out
