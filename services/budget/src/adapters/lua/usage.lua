-- ARGV: offset, scope. Returns {used tokens, used cost, reserved tokens, reserved cost, day}.

presume_overdue()
local day = today()
local counts = redis.call('HMGET', account_key(day, ARGV[2]), 'used_tokens', 'used_cost', 'reserved_tokens', 'reserved_cost')
return { counts[1] or '0', counts[2] or '0', counts[3] or '0', counts[4] or '0', day }
