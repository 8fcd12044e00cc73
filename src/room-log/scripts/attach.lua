-- Takes one atomic look at a room for a receiver at a position.
--
-- KEYS  log, tail, latest
-- ARGV  1 position; '': none, 0-0: before the oldest entry, *n: before the newest n entries  2 most entries to return
--       3 tail's TTL in ms  4 salt  5 1: return the latest values too
--       6... tokens that the receiver knows, the newest first: to find where to go on after a rollback
-- Returns { tail, verdict: current | chain | gap, entries: token, prev, data or nil for each, genesis ('0': not known),
--   id of the oldest entry or '', its prev or '', prev of the oldest entry above the position or '',
--   newest known token that can be gone on from or '', Redis' time in ms, version of the latest values or '',
--   the latest hash as field, value, ... }
-- Errors  WRONGTYPE, NOPERM
local log, tail_key, latest_key = KEYS[1], KEYS[2], KEYS[3]
local position, limit = ARGV[1], tonumber(ARGV[2])

local function read(from, count)
  local out = {}
  while count > 0 do
    local entries = redis.call('XRANGE', log, from, '+', 'COUNT', count)
    local asked = count
    for i = 1, #entries do
      if is_ours(entries[i]) then
        local fields = entries[i][2]
        out[#out + 1] = token_of(entries[i])
        out[#out + 1] = fields[2]
        out[#out + 1] = fields[5] == 'd' and fields[6] or false
        count = count - 1
      end
    end
    if #entries < asked then break end
    from = '(' .. entries[#entries][1]
  end
  return out
end

local stored = redis.call('HMGET', tail_key, 't', 'b')
local tail, born = stored[1], stored[2] or '0'
if tail and not is_token(tail) then tail = nil end
local version = redis.call('HGET', latest_key, 'v') or ''
local latest = ARGV[5] == '1' and redis.call('HGETALL', latest_key) or {}
if not tail then
  tail, born = missing_tail(log, ARGV[4])
  redis.call('HSET', tail_key, 't', tail, 'b', born)
  redis.call('PEXPIRE', tail_key, ARGV[3])
end
local now = string.format('%.0f', now_ms())

local function answer(verdict, entries, oldest, oldest_prev, above, known)
  return {
    tail, verdict, entries, born, oldest or '', oldest_prev or '', above or '', known or '', now, version, latest,
  }
end

if position == '' or position == tail then return answer('current', {}) end

if position == '0-0' then
  local entries = read('-', limit)
  return answer(#entries > 0 and 'chain' or 'current', entries)
end

local newest = string.match(position, '^%*(%d+)$')
if newest then
  local count = tonumber(newest)
  local entries, from = count > 0 and redis.call('XREVRANGE', log, '+', '-', 'COUNT', count) or {}, nil
  if #entries == 0 then return answer('current', {}) end
  entries = read(entries[#entries][1], limit)
  return answer(#entries > 0 and 'chain' or 'current', entries)
end

local entries = read('(' .. string.match(position, '^[^.]+'), limit)
if entries[2] == position then return answer('chain', entries) end

local oldest = read('-', 1)
local known
for i = 6, #ARGV do
  local token = ARGV[i]
  local id, nonce = string.match(token, '^([^.]+)%.(.+)$')
  local entry = redis.call('XRANGE', log, id, id)[1]
  if token == tail or token == oldest[2] or (entry and is_ours(entry) and entry[2][4] == nonce) then
    known = token
    break
  end
end
return answer('gap', {}, oldest[1] and string.match(oldest[1], '^[^.]+'), oldest[2], entries[2], known)
