-- ARGV: offset, tenant, scope, windows. Returns {'usage', used tokens, used cost, reserved tokens, reserved cost} of the day,
-- or {'clock', now}.

local windows = cjson.decode(ARGV[4])
presume_overdue()
if not is_in(windows) then return { 'clock', text(now) } end
local books = open({ a = { { 1, ARGV[3], 0 } }, m = {} }, text(windows[1]), text(windows[3]))
local balance = books.balances[1]
return { 'usage', text(balance[1]), text(balance[2]), text(balance[3]), text(balance[4]) }
