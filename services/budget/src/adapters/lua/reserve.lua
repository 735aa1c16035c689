-- ARGV: offset, request id, tokens, cost, lease in ms, caller, scopes, then scope, unit and allowed of each limit.
-- Returns {expiry in ms} or {index of the limit that refuses, used, reserved, day}.

local id, tokens, cost, lease_ms, caller, scopes = unpack(ARGV, 2, 7)
local first_limit = 8

presume_overdue()
local known = load(id)
if known then return { tonumber(known.expires) } end

local day = today()
for at = first_limit, #ARGV, 3 do
  local scope, unit, allowed = unpack(ARGV, at, at + 2)
  local counts = redis.call('HMGET', account_key(day, scope), 'used_' .. unit, 'reserved_' .. unit)
  local used, reserved = counts[1] or '0', counts[2] or '0'
  local requested = unit == 'tokens' and tokens or cost
  if used + reserved + requested > tonumber(allowed) then
    return { (at - first_limit) / 3, used, reserved, day }
  end
end

local record = { day = day, scopes = scopes }
local expires = now + lease_ms
add('reserved', record, tokens, cost)
redis.call('HSET', request_key(id), 'phase', 'reserved', 'day', day, 'expires', expires,
  'tokens', tokens, 'cost', cost, 'caller', caller, 'scopes', scopes)
redis.call('ZADD', base .. ':leases', expires, id)
return { expires }
