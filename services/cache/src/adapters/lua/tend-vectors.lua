-- Keeps a vector set small: some elements, taken at random, leave it if their lives are over. ARGV: now, and the life of what
-- was just added, which the set outlives.

for _, element in ipairs(redis.call('VRANDMEMBER', KEYS[1], 4)) do
  local attributes = redis.call('VGETATTR', KEYS[1], element)
  local is_json, content = pcall(cjson.decode, attributes or '')
  if not is_json or content.e <= tonumber(ARGV[1]) then redis.call('VREM', KEYS[1], element) end
end
local life = tonumber(ARGV[2])
if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], life) end
return 0
