-- What the scripts of the register share; it is put in front of each of them.
--
-- due: a sorted set, uid -> when it is due, or when the lease of who took it ends, in Redis' time in ms.
-- entries: a hash: <uid> -> registered at \n room \n emitted at \n data; i.<uid> -> its token once it is appended;
--   h.<uid> -> who took it last; n.<uid> -> how often it was taken. A uid is <emitter><seq>, without a dot.
-- done: a sorted set, uid -> when it was acknowledged or handled.

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function text_of(ms)
  return string.format('%.0f', ms)
end

local function drop(due, entries, uid)
  redis.call('ZREM', due, uid)
  redis.call('HDEL', entries, uid, 'i.' .. uid, 'h.' .. uid, 'n.' .. uid)
end

local function drop_late(due, entries, before, count)
  local late = redis.call('ZRANGEBYSCORE', due, '-inf', text_of(before), 'LIMIT', 0, count)
  for i = 1, #late do drop(due, entries, late[i]) end
  return #late
end

local function keep_for(key, ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, text_of(ms)) end
end

-- Remembered for a while, within bounds: its emitter may register it again.
local function remember(done, uid, now)
  redis.call('ZADD', done, text_of(now), uid)
  redis.call('ZREMRANGEBYSCORE', done, '-inf', text_of(now - 600000))
  redis.call('ZREMRANGEBYRANK', done, 0, -10001)
  redis.call('PEXPIRE', done, 600000)
end

