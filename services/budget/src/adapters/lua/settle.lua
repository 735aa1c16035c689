-- ARGV: offset, request id, tokens, cost, scopes, then the ledger's lines.
-- Returns what was booked, now or the first time: {tokens, cost}.

local id, tokens, cost, scopes = unpack(ARGV, 2, 5)
local first_line = 6

presume_overdue()
local record = load(id)
if record and record.phase == 'settled' then return { record.settled_tokens, record.settled_cost } end
if not record then record = { phase = 'released', day = today(), scopes = scopes, expires = now } end

if record.phase == 'reserved' then free(id, record) end
add('used', record, tokens, cost)
for at = first_line, #ARGV do append('request', id, 'line', ARGV[at]) end
if record.phase == 'presumed' then correct(id, record) end

redis.call('DEL', request_key(id))
redis.call('HSET', request_key(id), 'phase', 'settled', 'expires', record.expires,
  'settled_tokens', tokens, 'settled_cost', cost)
keep(id, record)
return { tokens, cost }
