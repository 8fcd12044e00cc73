-- Appends events to the logs of one or several rooms, in order, each exactly once, and notifies who follows them.
--
-- Atomic for each room: every read comes before the first write, XADD is the first write where there is one, and a
-- refused PUBLISH does not undo the append. A room that fails does not touch the others.
--
-- KEYS  for each room: log, tail; where it uses them: latest; dedupe bucket of now, the one before, the one after;
--       fence
-- ARGV  1 lines of words with a space between, each with a line end. The first one: max length; log's TTL in ms; tail's
--         TTL in ms; PUBLISH or SPUBLISH; what follows the tag in the names of channels; most latest values of a room; most
--         keys of a dedupe bucket; dedupe bucket's TTL in ms; emitter; salt, random, new for each call
--         then one for each room, of words which may be empty: number of its KEYS; number of its ARGV;
--         uses: some of l, d, f, in this order;
--         since: Redis' time in ms when the oldest of what this call is about was first sent; retry: 1 or '';
--         acknowledged: the highest seq of this emitter that Redis has acknowledged and must still know, or '';
--         the newest token that it was told for one of its events, or '';
--         the most bytes of the log, or '' for no check this time;
--         for each event its seq, its kind, and _ where clients are asked to acknowledge it, as in 17e18d_
--       for each room and event: data; then for kind e nothing, c: key to clear, d: dedupe field,
--         b: key to clear and dedupe field, l: key of the latest value;
--         a capital letter: then also the field of its runs, its run, its era, and how it ends this or '', in one text
-- Returns one text, with a line for each room, of words with a space between:
--   receivers (-1: PUBLISH refused), then for each event one of
--     token: appended | -token or -: appended before | =token: duplicate of that one | @version: latest value kept
--     | !: refused, a newer run has reported or its era has ended
--   -2: Redis has forgotten what it acknowledged; nothing was appended
--   ?error, with spaces
-- Errors  none of its own; those of single rooms are returned, see above
--
-- The first part, this file, is for what most calls are: one durable event for each room, nothing else asked for. It
-- makes nothing that they do not need. The parts behind it, room.lua, append-rarely.lua and append.lua, do the rest, as
-- if this were not here.
local call, pcall_redis = redis.call, redis.pcall
local lines = ARGV[1]
local _, at, max_len, log_ttl, tail_ttl, publish, channel_end, emitter, salt =
  string.find(lines, '^(%d+) (%d+) (%d+) (%a+) (%S+) %d+ %d+ %d+ (%S+) (%S+)\n')
-- Where the next room is in lines, KEYS and ARGV, and the answers of those before it.
local k, a, answers = 1, 2, {}
at = at + 1

local function error_answer(err)
  return '?' .. string.gsub(type(err) == 'table' and err.err or tostring(err), '%s', ' ')
end

-- Whether an expiry that was set at one time, in ms, is to be set again at the other.
local function is_due(from, to)
  local window = log_ttl / 64
  return math.floor(from / window) ~= math.floor(to / window)
end

-- Returns false, and leaves the room as it was, when there is more to do than this.
local function append_one(log, tail_key, data, acknowledged, seq)
  local stored = call('HMGET', tail_key, 't', emitter)
  local tail, last = stored[1], tonumber(stored[2] or nil)
  if not tail or not last or tonumber(seq) <= last then return false end
  if acknowledged ~= '' and last < tonumber(acknowledged) then return false end
  -- The form of a token, with milliseconds of 13 digits: such ones compare as texts.
  local ms, step = string.match(tail, '^(%d%d%d%d%d%d%d%d%d%d%d%d%d)%-(%d+)%.[~%w_-]+%.?[%w_]*$')
  if not ms then return false end
  local nonce = emitter .. seq .. '.' .. salt
  local id = call('XADD', log, 'NOMKSTREAM', 'MAXLEN', '~', max_len, '*', 'p', tail, 'n', nonce, 'd', data)
  if not id then return false end
  local id_ms = string.sub(id, 1, 13)
  -- The 14th character of either is the dash.
  if string.byte(id, 14) ~= 45 or id_ms < ms or (id_ms == ms and tonumber(string.sub(id, 15)) <= tonumber(step)) then
    call('XDEL', log, id)
    return false
  end
  local token = id .. '.' .. nonce
  call('HSET', tail_key, 't', token, emitter, seq)
  local n = pcall_redis(publish, string.sub(log, 1, -#':1log' - 1) .. channel_end, token .. '\n' .. tail .. '\n\n' .. data)
  if id_ms ~= ms and is_due(ms, id_ms) then
    call('PEXPIRE', log, log_ttl)
    call('PEXPIRE', tail_key, tail_ttl)
  end
  return (type(n) == 'number' and n or -1) .. ' ' .. token
end

repeat
  local _, line_end, acknowledged, seq = string.find(lines, '^2 1  %-?%d+  (%d*) %S*  (%d+)e\n', at)
  if not seq then break end
  local ok, answer = pcall(append_one, KEYS[k], KEYS[k + 1], ARGV[a], acknowledged, seq)
  if not answer then break end
  answers[#answers + 1] = ok and answer or error_answer(answer)
  at, k, a = line_end + 1, k + 2, a + 1
until at > #lines
if at > #lines then return table.concat(answers, '\n') end

