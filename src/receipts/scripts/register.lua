-- Registers events before they are appended: all of them or none.
--
-- KEYS  1 due  2 entries  3 done  4 what the emitter waits for: seq -> w and the room, or a when it was acknowledged
-- ARGV  1 room  2 emitter  3 1: they may have been registered before  4 most entries  5 how long late ones are kept, in ms
--       6... for each event its seq, how long its emitter waits in ms or '', after how long it is due in ms or '',
--         emitted at, data
-- Returns how many entries were added; -1: there are too many entries, and nothing was registered
-- Errors  WRONGTYPE, NOPERM
local due, entries, done, waited = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room, emitter, is_retry, max, keep = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), tonumber(ARGV[5])
local now = now_ms()

local adds = {}
for a = 6, #ARGV, 5 do
  local uid = emitter .. ARGV[a]
  if ARGV[a + 2] ~= '' and not (is_retry and redis.call('ZSCORE', done, uid)) then adds[#adds + 1] = { uid, a } end
end
local added = 0
for i = 1, #adds do
  if redis.call('HEXISTS', entries, adds[i][1]) == 0 then added = added + 1 end
end
if added > 0 and redis.call('ZCARD', due) + added > max then return -1 end

for a = 6, #ARGV, 5 do
  if ARGV[a + 1] ~= '' then
    redis.call('HSETNX', waited, ARGV[a], 'w' .. room)
    -- Emitters forget what they wait for; this is for those that die.
    keep_for(waited, tonumber(ARGV[a + 1]) + 600000)
  end
end
for i = 1, #adds do
  local uid, a = adds[i][1], adds[i][2]
  local after = tonumber(ARGV[a + 2])
  redis.call('ZADD', due, text_of(now + after), uid)
  redis.call('HSET', entries, uid, text_of(now) .. '\n' .. room .. '\n' .. ARGV[a + 3] .. '\n' .. ARGV[a + 4])
  -- Longer than single ones, so that those are counted that are dropped.
  keep_for(due, after + 2 * keep)
  keep_for(entries, after + 2 * keep)
end
return added
