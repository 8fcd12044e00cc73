-- Gives a run its number, and says which era it belongs to; append.lua refuses what older runs say.
--
-- KEYS  fence
-- ARGV  1 field of the runs  2 the number is not below it  3 identity of the work  4 era, should a new one begin
--       5 1: a run after one that has failed begins a new era  6 owner or ''  7 fence's TTL in ms
-- Returns { number, era }
-- Errors  WRONGTYPE, NOPERM
local fence, field, at_least, identity, new_era, reopens = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5] == '1'

local stored = redis.call('HMGET', fence, field, '+' .. field)
local reported, reported_era, ended = string.match(stored[1] or '', '^(%d+) (%S+) (%S+)')
local claimed, claimed_identity, era = string.match(stored[2] or '', '^(%d+) (%S+) (%S+)$')
local run = math.max(tonumber(reported or 0), tonumber(claimed or 0), at_least - 1) + 1
local is_over = reopens and ended == 'failed' and reported_era == era
if claimed_identity ~= identity or is_over then era = new_era end
redis.call('HSET', fence, '+' .. field, string.format('%.0f %s %s', run, identity, era))
if ARGV[6] ~= '' then redis.call('HSET', fence, '@' .. field, ARGV[6]) end
redis.call('PEXPIRE', fence, ARGV[7])
return { run, era }
