-- What append.lua needs now and then: it is put in front of that, behind append-one.lua and room.lua.
local max_latest, max_dedupe, dedupe_ttl = string.match(lines, '^%d+ %d+ %d+ %a+ %S+ (%d+) (%d+) (%d+) ')
max_latest, max_dedupe = tonumber(max_latest), tonumber(max_dedupe)

-- How wrong the emitter's idea of Redis' clock may be.
local MARGIN_MS = 60000
-- How far apart the clocks of two servers of Redis may be, of which one takes the other's place; a room that was born anew
-- within so long after an event was acknowledged may be of the same millisecond, too.
local SKEW_MS = 1000
local MAX_EMITTERS = 32
-- Of how many kinds of work a room remembers which run reported last.
local MAX_FENCES = 1000

-- Whether the first id is above the second one. Ids of one length in front of the dash compare as texts.
local function is_above(id, other)
  local ms, other_ms = string.sub(id, 1, 14), string.sub(other, 1, 14)
  if ms ~= other_ms and string.byte(ms, 14) == 45 and string.byte(other_ms, 14) == 45 then return ms > other_ms end
  local seq, other_seq
  ms, seq = string.match(id, '^(%d+)%-(%d+)')
  other_ms, other_seq = string.match(other, '^(%d+)%-(%d+)')
  ms, other_ms = tonumber(ms), tonumber(other_ms)
  return ms > other_ms or (ms == other_ms and tonumber(seq) > tonumber(other_seq))
end

-- What only a few calls need; each function that every call made would cost it.
local function rarely()
  -- Calls visit with the nonce and the token of each entry of this emitter since then, the newest first, until it returns
  -- true. An emitter's events are in the log in the order of their seq.
  local function each_own(log, since, visit)
    local from, to, count = string.format('%.0f-0', math.max(0, since - MARGIN_MS)), '+', 32
    while true do
      local entries = call('XREVRANGE', log, to, from, 'COUNT', count)
      for i = 1, #entries do
        local nonce = is_ours(entries[i]) and entries[i][2][4]
        if nonce and string.sub(nonce, 1, #emitter) == emitter and visit(nonce, token_of(entries[i])) then return end
      end
      if #entries < count then return end
      to, count = '(' .. entries[#entries][1], 128
    end
  end

  -- The seq in a nonce of this emitter.
  local function seq_in(nonce)
    return tonumber(string.match(nonce, '^%d+', #emitter + 1))
  end

  local function highest_in_log(log, since)
    local highest
    each_own(log, since, function(nonce)
      highest = seq_in(nonce)
      return true
    end)
    return highest
  end

  local function own_tokens(log, since)
    local tokens = {}
    each_own(log, since, function(nonce, token) tokens[string.match(nonce, '^[^.]+')] = token end)
    return tokens
  end

  -- Whether the event of a token that was acknowledged is forgotten, where the log is all that can tell: its emitter's
  -- highest seq in the log is given, nil when it has none. What is not there may have been trimmed.
  local function is_forgotten(log, token, genesis, highest)
    if highest then return token ~= '' and highest < seq_in(string.match(token, '^[^.]+%.(.+)$')) end
    local oldest = call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
    if not oldest or begins_chain(oldest) then return true end
    if token == '' then return false end
    if not is_above(oldest[1], token) then return true end
    return genesis and genesis ~= '0' and tonumber(string.match(token, '^%d+')) <= string.match(genesis, '^%d+') + SKEW_MS
  end

  -- Drops the latest values that were set longest ago.
  local function bound_latest(key)
    if call('HLEN', key) <= 2 * max_latest + 1 then return end
    local fields, versions = call('HKEYS', key), {}
    for i = 1, #fields do
      if string.sub(fields[i], 1, 1) == 'w' then
        versions[#versions + 1] = { fields[i], tonumber(string.match(call('HGET', key, fields[i]), '^%d+')) }
      end
    end
    table.sort(versions, function(a, b) return a[2] < b[2] end)
    for i = 1, #versions - max_latest do
      call('HDEL', key, versions[i][1], 'd' .. string.sub(versions[i][1], 2))
    end
  end

  local function bound_emitters(key)
    if call('HLEN', key) <= MAX_EMITTERS + 2 then return end
    local fields, left = call('HKEYS', key), MAX_EMITTERS / 2
    for i = 1, #fields do
      local field = fields[i]
      if left > 0 and field ~= 't' and field ~= 'b' and field ~= emitter then
        call('HDEL', key, field)
        left = left - 1
      end
    end
  end

  -- Trims by the average size of an entry, again if the older ones were small ones.
  local function bound_bytes(log, max_bytes)
    for _ = 1, 8 do
      local bytes, length = pcall_redis('MEMORY', 'USAGE', log, 'SAMPLES', 0), call('XLEN', log)
      if type(bytes) ~= 'number' or bytes <= max_bytes or length <= 1 then return end
      local keep = math.min(length - 1, math.floor(length * max_bytes / bytes))
      call('XTRIM', log, 'MAXLEN', '=', math.max(1, keep))
    end
  end

  -- The dedupe fields of the events of a plan whose arguments begin at a, and by the events' numbers what they say of runs.
  local function read_ahead(plan, a)
    local fields, fences, number = {}, {}, 0
    for kind in string.gmatch(plan, '%a') do
      number, a = number + 1, a + 1
      local plain = string.lower(kind)
      if plain == 'c' or plain == 'b' or plain == 'l' then a = a + 1 end
      if plain == 'd' or plain == 'b' then fields[#fields + 1], a = ARGV[a], a + 1 end
      if plain ~= kind then
        local field, run, era, ends = string.match(ARGV[a], '^(%S+) (%d+) (%S+) (%S*)$')
        fences[number], a = { field = field, run = tonumber(run), era = era, ends = ends }, a + 1
      end
    end
    return fields, fences
  end

  -- What is known of the runs that events report of: field -> run, era, how it ended or '-'.
  local function fences_of(key, fences)
    local known = {}
    for _, fence in pairs(fences) do
      if not known[fence.field] then
        local run, era, ended = string.match(call('HGET', key, fence.field) or '', '^(%d+) (%S+) (%S+)')
        known[fence.field] = { run = tonumber(run or 0), era = era, ended = ended or '-' }
      end
    end
    return known
  end

  -- Forgets an eighth, of which nothing was heard for longest. What numbers runs has fields of its own, '+' and '@'.
  local function bound_fences(key)
    if call('HLEN', key) <= MAX_FENCES + 2 then return end
    local all, known = call('HGETALL', key), {}
    for i = 1, #all, 2 do
      local at = string.match(all[i + 1], '^%d+ %S+ %S+ (%d+)$')
      if at then known[#known + 1] = { all[i], tonumber(at) } end
    end
    table.sort(known, function(a, b) return a[2] < b[2] end)
    for i = 1, #known - MAX_FENCES * 7 / 8 do call('HDEL', key, known[i][1]) end
  end

  local function keep_fences(key, fences)
    local is_changed = false
    for field, known in pairs(fences) do
      if known.is_changed then
        call('HSET', key, field, string.format('%.0f %s %s %.0f', known.run, known.era, known.ended, now_ms()))
        is_changed = true
      end
    end
    if is_changed then bound_fences(key) end
    call('PEXPIRE', key, tail_ttl)
  end

  return {
    read_ahead = read_ahead,
    fences_of = fences_of,
    keep_fences = keep_fences,
    highest_in_log = highest_in_log,
    own_tokens = own_tokens,
    is_forgotten = is_forgotten,
    bound_latest = bound_latest,
    bound_emitters = bound_emitters,
    bound_bytes = bound_bytes,
  }
end
