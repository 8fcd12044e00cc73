-- What the scripts of a room share; it is put in front of each of them.

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Receivers that were given anything else as a position could never read on from it.
local function is_token(text)
  return string.find(text, '^%d%d%d%d%d%d%d%d%d%d%d%d%d%d?%-%d+%.[~%w_-]+%.?[%w_]*$')
end

-- An entry of ours has the fields p, n, d. Anything else was put there by somebody else, and is ignored.
local function is_ours(entry)
  local fields = entry[2]
  return fields[1] == 'p' and fields[3] == 'n' and is_token(fields[2]) and string.find(fields[4], '^[%w_-]+%.?[%w_]*$')
end

local function token_of(entry)
  return entry[1] .. '.' .. entry[2][4]
end

-- Whether an entry is the first of its chain: what comes before it is a genesis.
local function begins_chain(entry)
  return is_ours(entry) and string.find(entry[2][2], '.~', 1, true) ~= nil
end

-- The newest entry of ours, or nil.
local function newest_entry(log)
  local from = '+'
  while true do
    local entries = redis.call('XREVRANGE', log, from, '-', 'COUNT', 16)
    for i = 1, #entries do
      if is_ours(entries[i]) then return entries[i] end
    end
    if #entries < 16 then return nil end
    from = '(' .. entries[#entries][1]
  end
end

-- The tail of a room whose tail key is missing, and the genesis of its chain ('0': not known). Only reads.
local function missing_tail(log, salt)
  local entry = newest_entry(log)
  if entry then
    -- Only the tail was evicted: the chain goes on.
    local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
    return token_of(entry), begins_chain(oldest) and oldest[2][2] or '0'
  end
  -- One millisecond back, so that an event of this very millisecond is above it.
  local genesis = string.format('%.0f-0.~%s', now_ms() - 1, salt)
  return genesis, genesis
end

