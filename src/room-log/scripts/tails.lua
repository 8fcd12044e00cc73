-- Tells the tails of rooms, and keeps them from expiring: who follows a room must not find it forgotten.
--
-- KEYS  for each room: log, tail, latest
-- ARGV  1 tail's TTL in ms  2 salt
-- Returns for each room { tail, version of the latest values or '' } or { error }
-- Errors  none of its own; those of single rooms are returned, see above
local function look(log, tail_key, latest_key)
  local tail = redis.call('HGET', tail_key, 't')
  local version = redis.call('HGET', latest_key, 'v') or ''
  if not tail or not is_token(tail) then
    local born
    tail, born = missing_tail(log, ARGV[2])
    redis.call('HSET', tail_key, 't', tail, 'b', born)
  end
  redis.call('PEXPIRE', tail_key, ARGV[1])
  return { tail, version }
end

local out = {}
for k = 1, #KEYS, 3 do
  local ok, result = pcall(look, KEYS[k], KEYS[k + 1], KEYS[k + 2])
  if not ok then result = { type(result) == 'table' and result.err or tostring(result) } end
  out[#out + 1] = result
end
return out
