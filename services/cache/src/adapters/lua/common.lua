-- KEYS[1] is the stem of all keys of one tenant, which lie in one slot:
--   STEM:entry:NAME     an entry as entry-codec.ts writes it
--   STEM:model:MODEL    sorted set: names of entries whose answer that model gave, by the end of their lives
--   STEM:tag:TAG        the same, of entries that carry the tag
--   STEM:models, STEM:partitions   sorted sets: models and partitions that entries have, by the end of the longest life
-- The mark of an entry is JSON: m its model, t its tags, p the partition where its vector stands, if it has one.

local stem = KEYS[1]

local function entry_key(name)
  return stem .. ':entry:' .. name
end

-- What an entry says of itself: nil where there is none, nothing where that cannot be read.
local function mark_of(name)
  local key = entry_key(name)
  local head = redis.call('GETRANGE', key, 21, 24)
  if #head < 4 then
    return redis.call('EXISTS', key) == 1 and {} or nil
  end
  local length = math.min(struct.unpack('>I4', head), 65536)
  local is_json, mark = pcall(cjson.decode, redis.call('GETRANGE', key, 25, 24 + length))
  return is_json and type(mark) == 'table' and mark or {}
end

local function indexes_of(mark)
  local keys = {}
  if mark.m then keys[1] = stem .. ':model:' .. mark.m end
  for _, tag in ipairs(mark.t or {}) do keys[#keys + 1] = stem .. ':tag:' .. tag end
  return keys
end

local function leave_indexes(name, mark)
  for _, key in ipairs(indexes_of(mark)) do redis.call('ZREM', key, name) end
end

-- Removes an entry and all that names it in this slot.
local function remove(name, mark)
  redis.call('UNLINK', entry_key(name))
  leave_indexes(name, mark)
end
