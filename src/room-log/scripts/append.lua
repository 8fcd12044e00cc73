-- What append-one.lua has left: rooms with several events, with anything but plain durable ones, or with a tail that is
-- not as usual. It is put behind that one and room.lua, and goes on where that one has stopped.
local max_latest, max_dedupe, dedupe_ttl = string.match(ARGV[1], '(%d+) (%d+) (%d+)$')
max_latest, max_dedupe = tonumber(max_latest), tonumber(max_dedupe)

-- A call that takes longer than this to arrive is treated as a retry: another may have overtaken it.
local FRESH_MS = 1000
-- How wrong the emitter's idea of Redis' clock may be.
local MARGIN_MS = 60000
local MAX_EMITTERS = 32
-- Of how many kinds of work a room remembers which run reported last.
local MAX_FENCES = 1000
-- What the salt of an event ends with that clients are asked to acknowledge; position.ts.
local RECEIPT_MARK = '_c'

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
    return not is_above(oldest[1], token) or (genesis and genesis ~= '0' and not is_above(token, genesis))
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

-- Returns the id of the new entry, and whether the log is a new one, without an expiry.
local function add(log, tail, nonce, data, is_first)
  if not is_first then return call('XADD', log, 'MAXLEN', '~', max_len, '*', 'p', tail, 'n', nonce, 'd', data), false end
  local id = call('XADD', log, 'NOMKSTREAM', 'MAXLEN', '~', max_len, '*', 'p', tail, 'n', nonce, 'd', data)
  local is_new = not id
  id = id or call('XADD', log, '*', 'p', tail, 'n', nonce, 'd', data)
  -- '*' looks at the log only: a log that expired, or a clock that stepped back, must not bring an id below the tail.
  if is_above(id, tail) then return id, is_new end
  call('XDEL', log, id)
  local ms, seq = string.match(tail, '^(%d+)%-(%d+)')
  return call('XADD', log, ms .. '-' .. string.format('%.0f', seq + 1), 'p', tail, 'n', nonce, 'd', data), is_new
end

local function version_at(ms)
  return string.format('%.0f.%s', ms, salt)
end

local function is_refused(fence, known)
  return fence.run < known.run or (known.ended ~= '-' and known.era == fence.era)
end

-- A run has reported.
local function pass(fence, known)
  if fence.run < known.run then return end
  local ended = fence.ends ~= '' and fence.ends or (known.era == fence.era and known.ended) or '-'
  if known.run == fence.run and known.era == fence.era and known.ended == ended then return end
  known.run, known.era, known.ended, known.is_changed = fence.run, fence.era, ended, true
end

-- To the room whose keys begin at k, the events of a plan whose arguments begin at a.
local function append(k, a, plan, uses, since, is_retry, acknowledged, known, max_bytes)
  local log, tail_key, latest_key, dedupe_key, fence_key = KEYS[k], KEYS[k + 1], nil, nil, nil
  local channel = string.sub(log, 1, -#':1log' - 1) .. channel_end
  if uses ~= '' then
    local next_key = k + 2
    if string.find(uses, 'l', 1, true) then latest_key, next_key = KEYS[next_key], next_key + 1 end
    if string.find(uses, 'd', 1, true) then dedupe_key, next_key = KEYS[next_key], next_key + 3 end
    if string.find(uses, 'f', 1, true) then fence_key = KEYS[next_key] end
  end

  -- Reads.
  local stored = call('HMGET', tail_key, 't', emitter, 'b')
  local tail, last, born = stored[1], tonumber(stored[2] or nil), nil
  if not last and (acknowledged or is_retry or now_ms() - since > FRESH_MS) then
    last = rarely().highest_in_log(log, since)
    if acknowledged and rarely().is_forgotten(log, known, stored[3], last) then return { -2 } end
  elseif last and acknowledged and last < acknowledged then
    return { -2 }
  end
  last = last or -1
  if not tail or not is_token(tail) then tail, born = missing_tail(log, salt) end
  local version, version_ms, now
  if latest_key then
    version = call('HGET', latest_key, 'v') or ''
    version_ms, now = tonumber(string.match(version, '^%d+') or '0'), now_ms()
  end
  local originals, fields, fences, known_runs = {}, nil, nil, nil
  if dedupe_key or fence_key then fields, fences = rarely().read_ahead(plan, a) end
  if dedupe_key then
    local at = k + (latest_key and 3 or 2)
    for key = at, at + 2 do
      local tokens = call('HMGET', KEYS[key], unpack(fields))
      for f = 1, #fields do
        local token = tokens[f]
        if token and is_token(token) then originals[fields[f]] = originals[fields[f]] or token end
      end
    end
  end

  if fence_key then known_runs = rarely().fences_of(fence_key, fences) end

  -- Writes.
  local out, before, added, top, first_version_ms, own = { 0 }, tail, 0, nil, version_ms, nil
  local is_new_log, number = false, 0
  for seq, kind, mark in string.gmatch(plan, '(%d+)(%a)(_?)') do
    local data, key, dedupe, fence = ARGV[a], nil, nil, nil
    number, a = number + 1, a + 1
    if kind ~= 'e' then
      fence, kind = fences and fences[number], string.lower(kind)
      if kind == 'c' or kind == 'b' or kind == 'l' then key, a = ARGV[a], a + 1 end
      if kind == 'd' or kind == 'b' then dedupe, a = ARGV[a], a + 1 end
      if fence then a = a + 1 end
    end
    local known_run = fence and known_runs[fence.field]
    local uid, original = emitter .. seq, dedupe and originals[dedupe]
    -- Our own first attempt, of which everything but the dedupe key was lost, is no duplicate.
    if original then original = (string.match(original, '^[^.]+%.([^.]+)') == uid and '-' or '=') .. original end
    if tonumber(seq) <= last then
      -- Its token, if the log still has it. Only a retry comes here.
      own = own or rarely().own_tokens(log, since)
      out[#out + 1] = own[uid] and '-' .. own[uid] or original or '-'
    elseif original then
      out[#out + 1] = original
      -- Who does it again may have set again what it clears.
      if key and not (fence and is_refused(fence, known_run)) then
        if call('HDEL', latest_key, 'w' .. key, 'd' .. key) > 0 then
          local previous = version
          version_ms = math.max(now, version_ms + 1)
          version = version_at(version_ms)
          call('HSET', latest_key, 'v', version)
          pcall_redis(publish, channel, '-' .. version .. '\n' .. previous .. '\n' .. key .. '\n')
        end
        last, top = tonumber(seq), seq
      end
      if fence then pass(fence, known_run) end
    elseif fence and is_refused(fence, known_run) then
      out[#out + 1] = '!'
    elseif kind == 'l' then
      local previous = version
      version_ms = math.max(now, version_ms + 1)
      version = version_at(version_ms)
      call('HSET', latest_key, 'v', version, 'w' .. key, version, 'd' .. key, data)
      local n = pcall_redis(publish, channel, '=' .. version .. '\n' .. previous .. '\n' .. key .. '\n' .. data)
      out[1] = type(n) == 'number' and n or -1
      out[#out + 1] = '@' .. version
      if fence then pass(fence, known_run) end
      last, top = tonumber(seq), seq
    else
      local nonce = uid .. '.' .. salt
      if mark ~= '' then nonce = nonce .. RECEIPT_MARK end
      local id, is_new = add(log, tail, nonce, data, added == 0)
      local token = id .. '.' .. nonce
      is_new_log = is_new_log or is_new
      local cleared = ''
      if key and call('HDEL', latest_key, 'w' .. key, 'd' .. key) > 0 then
        local previous = version
        version_ms = math.max(now, version_ms + 1)
        version = version_at(version_ms)
        call('HSET', latest_key, 'v', version)
        cleared = version .. ' ' .. previous .. ' ' .. key
      end
      if dedupe then
        originals[dedupe] = token
        call('HSET', dedupe_key, dedupe, token)
      end
      local n = pcall_redis(publish, channel, token .. '\n' .. tail .. '\n' .. cleared .. '\n' .. data)
      out[1] = type(n) == 'number' and n or -1
      out[#out + 1] = token
      tail, last, top, added = token, tonumber(seq), seq, added + 1
      if fence then pass(fence, known_run) end
    end
  end
  if fence_key then rarely().keep_fences(fence_key, known_runs) end
  if not top then return out end

  local is_new
  if born then is_new = call('HSET', tail_key, 't', tail, emitter, top, 'b', born)
  else is_new = call('HSET', tail_key, 't', tail, emitter, top) end
  if is_new > 0 then rarely().bound_emitters(tail_key) end
  local due = born ~= nil
  if version_ms ~= first_version_ms then
    rarely().bound_latest(latest_key)
    if is_due(first_version_ms, version_ms) then
      call('PEXPIRE', latest_key, log_ttl)
      due = true
    end
  end
  if dedupe_key and call('PTTL', dedupe_key) == -1 then call('PEXPIRE', dedupe_key, dedupe_ttl) end
  if dedupe_key and call('HLEN', dedupe_key) > max_dedupe then
    call('HDEL', dedupe_key, unpack(call('HRANDFIELD', dedupe_key, 128)))
  end
  if added > 0 then
    due = due or is_new_log or is_due(string.match(before, '^%d+'), string.match(tail, '^%d+'))
    if due then
      call('PEXPIRE', log, log_ttl)
    end
    if max_bytes then rarely().bound_bytes(log, max_bytes) end
  end
  if due then call('PEXPIRE', tail_key, tail_ttl) end
  return out
end

for line in string.gmatch(string.sub(lines, at), '[^\n]+') do
  local keys, args, uses, since, retry, acknowledged, known, max_bytes, plan =
    string.match(line, '^(%d+) (%d+) (%a*) (%-?%d+) (1?) (%d*) (%S*) (%d*) ([%w_]+)$')
  local ok, result = pcall(append, k, a, plan, uses, tonumber(since), retry ~= '', tonumber(acknowledged), known, tonumber(max_bytes))
  answers[#answers + 1] = ok and table.concat(result, ' ') or error_answer(result)
  k, a = k + keys, a + args
end
return table.concat(answers, '\n')
