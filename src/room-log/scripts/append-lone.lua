-- Appends one plain durable event to one room, whose emitter knows that the log has its last one, and notifies who follows
-- the room: what append.lua does of that, and nothing besides, in four fifths of its time.
--
-- KEYS  log, tail
-- ARGV  1 words with a space between: emitter; the event's seq; salt, random, new for each call; acknowledged: the seq of
--         the emitter's last event; what follows the tag in the names of channels; PUBLISH or SPUBLISH; max length; how
--         often expiries are set again, in ms; log's TTL in ms; tail's TTL in ms
--       2 data
-- Returns receivers (-1: PUBLISH refused) and the token, with a space between; '' when there is more to do than this: then
--         nothing has changed, and append.lua does all of it
local call = redis.call
local words, data, log, tail_key = ARGV[1], ARGV[2], KEYS[1], KEYS[2]
local emitter, seq, salt, acknowledged, channel_end, publish, max_len, window, rest =
  string.match(words, '^(%S+) (%d+) (%S+) (%d+) (%S+) (%a+) (%d+) (%d+)()')
local stored = call('HMGET', tail_key, 't', emitter)
local tail = stored[1]
if stored[2] ~= acknowledged or not tail then return '' end
-- The form of a token, with milliseconds of 13 digits: such ones compare as texts.
if not string.find(tail, '^%d%d%d%d%d%d%d%d%d%d%d%d%d%-%d+%.[~%w_-]+%.?[%w_]*$') then return '' end
local nonce = emitter .. seq .. '.' .. salt
local id = call('XADD', log, 'NOMKSTREAM', 'MAXLEN', '~', max_len, '*', 'p', tail, 'n', nonce, 'd', data)
if not id then return '' end
local ms, tail_ms = string.sub(id, 1, 13), string.sub(tail, 1, 13)
-- The 14th character of either is the dash.
if string.byte(id, 14) ~= 45 or ms <= tail_ms then
  local is_above = ms == tail_ms and tonumber(string.sub(id, 15)) > tonumber(string.match(tail, '^%d+', 15))
  if not is_above then
    call('XDEL', log, id)
    return ''
  end
end
local token = id .. '.' .. nonce
call('HSET', tail_key, 't', token, emitter, seq)
local receivers = redis.pcall(publish, string.sub(log, 1, -#':1log' - 1) .. channel_end, token .. '\n' .. tail .. '\n\n' .. data)
if tail_ms + 0 < ms - ms % window then
  local log_ttl, tail_ttl = string.match(words, '^ (%d+) (%d+)$', rest)
  call('PEXPIRE', log, log_ttl)
  call('PEXPIRE', tail_key, tail_ttl)
end
return (type(receivers) == 'number' and receivers or -1) .. ' ' .. token
