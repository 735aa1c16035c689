-- Keeps entries over what was there. ARGV: now, then name, value, life, mark of each. Returns the marks of entries that were
-- displaced and stood elsewhere.

local now = tonumber(ARGV[1])

local function note(key, member, life)
  redis.call('ZADD', key, 'GT', now + life, member)
  if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
end

-- A few at every write: more than come.
local function shed(key)
  local ended = redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, 8)
  if #ended > 0 then redis.call('ZREM', key, unpack(ended)) end
end

local displaced = {}
for at = 2, #ARGV, 4 do
  local name, value, life, mark = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3]
  local old = mark_of(name)
  if old and old ~= mark then
    leave_indexes(name, read(old))
    displaced[#displaced + 1] = old
  end
  redis.call('SET', entry_key(name), value, 'PX', life)
  local content = read(mark)
  for _, key in ipairs(indexes_of(content)) do
    redis.call('ZADD', key, now + life, name)
    if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
    shed(key)
  end
  note(stem .. ':models', content.m, life)
  if content.p then
    note(stem .. ':partitions', content.p, life)
    shed(stem .. ':partitions')
  end
end
return displaced
