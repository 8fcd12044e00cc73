-- A client of a room has handled events: their emitters may be told, and nobody else needs to handle them.
--
-- KEYS  1 due  2 entries  3 done  4... of each emitter what it waits for
-- ARGV  1 room  2... for each event its uid, its seq, and which of the KEYS is its emitter's
-- Returns of each event that somebody waited for until now its place among them, from 0 on
-- Errors  WRONGTYPE, NOPERM
local room, now, awaited = ARGV[1], now_ms(), {}
for a = 2, #ARGV, 3 do
  local uid, seq, waited = ARGV[a], ARGV[a + 1], KEYS[tonumber(ARGV[a + 2])]
  -- Only what is registered, and for this room: clients add nothing, and speak for nobody else.
  local is_waited = redis.call('HGET', waited, seq) == 'w' .. room
  if is_waited then redis.call('HSET', waited, seq, 'a') end
  local entry = redis.call('HGET', KEYS[2], uid)
  local is_entry = entry and string.match(entry, '^%d+\n([^\n]*)\n') == room
  if is_entry then
    drop(KEYS[1], KEYS[2], uid)
    remember(KEYS[3], uid, now)
  end
  if is_waited or is_entry then awaited[#awaited + 1] = (a - 2) / 3 end
end
return awaited
