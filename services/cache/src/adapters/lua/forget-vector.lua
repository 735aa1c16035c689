-- Removes a vector whose entry is gone, unless it was put again since. ARGV: its name, and when it was met.

local attributes = redis.call('VGETATTR', KEYS[1], ARGV[1])
if not attributes then return 0 end
local put_at = tonumber(string.match(attributes, '"s":(%d+)'))
if put_at and put_at > tonumber(ARGV[2]) then return 0 end
return redis.call('VREM', KEYS[1], ARGV[1])
