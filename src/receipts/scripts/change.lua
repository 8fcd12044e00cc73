-- Changes what the register knows of events that are in it.
--
-- KEYS  1 due  2 entries  3 done  4 parked
-- ARGV  1 what: settle | renew | handled | later | parked | dropped
--       settle: 2 uid  3 its token, or '' when it was not appended
--       otherwise: 2 holder; renew: 3 lease in ms  4... uids; handled, dropped: 3 uid;
--         later: 3 uid  4 in how many ms  5 1: the attempt does not count  6 how long late ones are kept, in ms;
--         parked: 3 uid  4 text  5 most parked texts  6 how long they are kept, in ms
-- Returns how many events were changed: not those that are not there, or that somebody else holds
-- Errors  WRONGTYPE, NOPERM
local due, entries, done, parked, what = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
local now = now_ms()

local function is_held(uid)
  return redis.call('HGET', entries, 'h.' .. uid) == ARGV[2]
end

if what == 'settle' then
  local uid, token = ARGV[2], ARGV[3]
  if redis.call('HEXISTS', entries, uid) == 0 then return 0 end
  if token == '' then drop(due, entries, uid) else redis.call('HSET', entries, 'i.' .. uid, token) end
  return 1
end
if what == 'renew' then
  local renewed = 0
  for a = 4, #ARGV do
    if is_held(ARGV[a]) then
      redis.call('ZADD', due, 'XX', text_of(now + tonumber(ARGV[3])), ARGV[a])
      renewed = renewed + 1
    end
  end
  return renewed
end
local uid = ARGV[3]
if what == 'handled' then
  -- Whoever holds it now: it need not be handled again.
  local was_there = redis.call('HEXISTS', entries, uid)
  drop(due, entries, uid)
  remember(done, uid, now)
  return was_there
end
if not is_held(uid) then return 0 end
if what == 'later' then
  local pause = tonumber(ARGV[4])
  redis.call('ZADD', due, 'XX', text_of(now + pause), uid)
  redis.call('HDEL', entries, 'h.' .. uid)
  if ARGV[5] == '1' then redis.call('HINCRBY', entries, 'n.' .. uid, -1) end
  keep_for(due, pause + 2 * tonumber(ARGV[6]))
  keep_for(entries, pause + 2 * tonumber(ARGV[6]))
  return 1
end
drop(due, entries, uid)
if what == 'parked' then
  remember(done, uid, now)
  redis.call('LPUSH', parked, ARGV[4])
  redis.call('LTRIM', parked, 0, tonumber(ARGV[5]) - 1)
  redis.call('PEXPIRE', parked, ARGV[6])
end
return 1
