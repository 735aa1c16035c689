-- Removes entries that an index names. ARGV: the index behind the stem (`model:MODEL` or `tag:TAG`), how many names of it to
-- pass over, how many to look at, and a model, empty for any. Returns how many names there were to look at, how many of them
-- stay, and the marks of what was removed.

local kind, value = string.match(ARGV[1], '^(%a+):(.*)$')
local index = stem .. ':' .. ARGV[1]
local first, count, model = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local function is_in_index(content)
  if kind == 'model' then return content.m == value end
  for _, tag in ipairs(content.t or {}) do
    if tag == value then return true end
  end
  return false
end

local names = redis.call('ZRANGE', index, first, first + count - 1)
local staying = 0
local marks = {}
for _, name in ipairs(names) do
  local mark = mark_of(name)
  local content = mark and read(mark)
  if not content or not is_in_index(content) then
    -- Redis has forgotten it, or forgot it and it came again as another.
    redis.call('ZREM', index, name)
  elseif model ~= '' and content.m ~= model then
    staying = staying + 1
  else
    remove(name, content)
    marks[#marks + 1] = mark
  end
end
return { #names, staying, marks }
