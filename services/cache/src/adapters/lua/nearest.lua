-- The nearest that live, nearest first. ARGV: vector, how many, now, how many nodes to visit at least. Returns, flat, name,
-- score and attributes of each. Those met whose lives are over leave the set, a few at a time, as that is not cheap.

local key, vector = KEYS[1], ARGV[1]
local wanted, now, breadth = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local may_remove = 32

local count = wanted
while true do
  local found = redis.call('VSIM', key, 'FP32', vector, 'WITHSCORES', 'COUNT', count, 'EF', math.max(breadth, count))
  local living = {}
  for at = 1, #found, 2 do
    local attributes = redis.call('VGETATTR', key, found[at])
    local ends_at = attributes and tonumber(string.match(attributes, '^{"e":(%d+)'))
    if ends_at and ends_at > now then
      local length = #living
      if length < 3 * wanted then
        living[length + 1], living[length + 2], living[length + 3] = found[at], found[at + 1], attributes
      end
    elseif may_remove > 0 then
      redis.call('VREM', key, found[at])
      may_remove = may_remove - 1
    end
  end
  if #living == 3 * wanted or #found < 2 * count or count >= 512 then return living end
  count = count * 4
end
