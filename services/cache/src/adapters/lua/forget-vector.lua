-- Removes an element whose entry is gone, unless it was put again since. ARGV: the element, and when it was met.

local attributes = redis.call('VGETATTR', KEYS[1], ARGV[1])
if not attributes then return 0 end
local is_json, content = pcall(cjson.decode, attributes)
if is_json and content.s > tonumber(ARGV[2]) then return 0 end
return redis.call('VREM', KEYS[1], ARGV[1])
