-- KEYS[1] is the stem of all keys of one tenant, which lie in one slot:
--   STEM:entry:NAME     an entry as entry-codec.ts writes it
--   STEM:model:MODEL    sorted set: names of entries whose answer that model gave, by the end of their lives
--   STEM:tag:TAG        the same, of entries that carry the tag
--   STEM:models, STEM:partitions   sorted sets: models and partitions that entries have, by the end of the longest life
-- The mark of an entry is JSON: m its model, t its tags (both as they stand in keys), p its partition, e its element there.

local stem = KEYS[1]

local function entry_key(name)
  return stem .. ':entry:' .. name
end

-- nil where there is no entry, '' where it has no mark that could be read.
local function mark_of(name)
  local key = entry_key(name)
  local head = redis.call('GETRANGE', key, 21, 24)
  if #head < 4 then
    return redis.call('EXISTS', key) == 1 and '' or nil
  end
  local length = struct.unpack('>I4', head)
  if length == 0 or length > 1048576 then return '' end
  return redis.call('GETRANGE', key, 25, 24 + length)
end

local function read(mark)
  local is_json, content = pcall(cjson.decode, mark)
  return is_json and type(content) == 'table' and content or {}
end

local function indexes_of(content)
  local keys = {}
  if content.m then keys[1] = stem .. ':model:' .. content.m end
  for _, tag in ipairs(content.t or {}) do keys[#keys + 1] = stem .. ':tag:' .. tag end
  return keys
end

local function leave_indexes(name, content)
  for _, key in ipairs(indexes_of(content)) do redis.call('ZREM', key, name) end
end

-- Removes an entry and all that names it in this slot.
local function remove(name, content)
  redis.call('UNLINK', entry_key(name))
  leave_indexes(name, content)
end
