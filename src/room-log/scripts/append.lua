-- What append-one.lua has left: rooms with several events, with anything but plain durable ones, or with a tail that is
-- not as usual. It is put behind that one, room.lua and append-rarely.lua, and goes on where the first has stopped.

-- A call that takes longer than this to arrive is treated as a retry: another may have overtaken it.
local FRESH_MS = 1000
-- What the salt of an event ends with that clients are asked to acknowledge; position.ts.
local RECEIPT_MARK = '_c'

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
