-- ARGV: offset, request id, scopes.

local id, scopes = unpack(ARGV, 2, 3)

presume_overdue()
local record = load(id)
if record and (record.phase == 'settled' or record.phase == 'released') then return end

if not record then
  record = { day = today(), scopes = scopes, expires = now }
  redis.call('HSET', request_key(id), 'day', record.day, 'scopes', scopes, 'expires', now)
elseif record.phase == 'presumed' then
  correct(id, record)
else
  free(id, record)
end
redis.call('HSET', request_key(id), 'phase', 'released')
keep(id, record)
