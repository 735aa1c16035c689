-- ARGV: offset, tenant, plan, windows. Returns {'standing', now, then used tokens, used cost, reserved tokens and reserved cost
-- of each account of the plan, then level and held of each meter}, or {'clock', now}.

local windows = cjson.decode(ARGV[4])
presume_overdue()
if not is_in(windows) then return { 'clock', text(now) } end
local books = open(cjson.decode(ARGV[3]), text(windows[1]), text(windows[3]))
local reply = { 'standing', text(now) }
for _, balance in ipairs(books.balances) do
  for at = 1, 4 do reply[#reply + 1] = text(balance[at]) end
end
for _, bucket in ipairs(books.buckets) do
  reply[#reply + 1] = text(bucket[1])
  reply[#reply + 1] = text(bucket[3])
end
return reply
