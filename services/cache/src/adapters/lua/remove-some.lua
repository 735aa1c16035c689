-- Removes entries that an index names. ARGV: `model` or `tag`, which of them, how many names to pass over, how many to look
-- at, and a model, empty for any. Returns how many names there were to look at, how many of them stay, how many were removed,
-- and, flat, name and partition of vectors that lead to an entry no more.

local kind, value = ARGV[1], ARGV[2]
local index = stem .. ':' .. kind .. ':' .. value
local first, count, model = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]

local function is_in_index(mark)
  if kind == 'model' then return mark.m == value end
  for _, tag in ipairs(mark.t or {}) do
    if tag == value then return true end
  end
  return false
end

local names = redis.call('ZRANGE', index, first, first + count - 1)
local staying, removed, strays = 0, 0, {}
for _, name in ipairs(names) do
  local mark = mark_of(name)
  if not mark or not is_in_index(mark) then
    -- Redis has forgotten it, or forgot it and it came again as another.
    redis.call('ZREM', index, name)
  elseif model ~= '' and mark.m ~= model then
    staying = staying + 1
  else
    remove(name, mark)
    removed = removed + 1
    if mark.p then
      strays[#strays + 1] = name
      strays[#strays + 1] = mark.p
    end
  end
end
return { #names, staying, removed, strays }
