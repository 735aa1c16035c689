-- Keeps entries over what was there. ARGV: now, then name, value, life, mark of each. Returns, flat, name and partition of
-- vectors that lead to an entry no more.

local now = tonumber(ARGV[1])

-- A few of those that have ended leave at every write: more than come.
local function note(key, member, life)
  redis.call('ZADD', key, 'GT', now + life, member)
  local ended = redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, 8)
  if #ended > 0 then redis.call('ZREM', key, unpack(ended)) end
  if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
end

local strays = {}
for at = 2, #ARGV, 4 do
  local name, value, life, mark = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), cjson.decode(ARGV[at + 3])
  local old = mark_of(name)
  if old then
    leave_indexes(name, old)
    if old.p and old.p ~= mark.p then
      strays[#strays + 1] = name
      strays[#strays + 1] = old.p
    end
  end
  redis.call('SET', entry_key(name), value, 'PX', life)
  for _, key in ipairs(indexes_of(mark)) do note(key, name, life) end
  note(stem .. ':models', mark.m, life)
  if mark.p then note(stem .. ':partitions', mark.p, life) end
end
return strays
