-- Adds a vector, or moves it. ARGV: name, vector, attributes, now, life. Some elements, taken at random, leave the set if their
-- lives are over: four for each that comes keep the dead below a quarter. The set outlives its longest life.

local key = KEYS[1]
local added = redis.call('VADD', key, 'FP32', ARGV[2], ARGV[1], 'Q8', 'EF', 200, 'SETATTR', ARGV[3])
for _, name in ipairs(redis.call('VRANDMEMBER', key, 4)) do
  local attributes = redis.call('VGETATTR', key, name)
  local ends_at = attributes and tonumber(string.match(attributes, '^{"e":(%d+)'))
  if not ends_at or ends_at <= tonumber(ARGV[4]) then redis.call('VREM', key, name) end
end
local life = tonumber(ARGV[5])
if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
return added
