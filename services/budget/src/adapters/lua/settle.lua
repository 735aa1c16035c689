-- ARGV: offset, tenant, request id, tally used, windows, plan, how many lines, the ledger's lines, then what they add to the
-- totals: a field and its sums each. Windows and plan are for a request that was never reserved. Returns {'settled' |
-- 'repeated', tokens, cost} as booked, now or the first time, or {'clock', now}.

local id, used_text, windows, plan = unpack(ARGV, 3, 6)
local first_line = 8
local last_line = first_line + tonumber(ARGV[7]) - 1

presume_overdue()
local record = load(tenant, id)
if record and record.phase == 's' then return { 'repeated', record.settled_tokens, record.settled_cost } end
if not record then record = { phase = 'l', expires = text(now) } end
if not record.plan then
  windows = cjson.decode(windows)
  if not is_in(windows) then return { 'clock', text(now) } end
  record.plan, record.day, record.month = cjson.decode(plan), text(windows[1]), text(windows[3])
end

local used, books = cjson.decode(used_text), books_of(record)
add(books, 1, used, 1)
for at = first_line, last_line do append(tenant, record.day, 'request', id, 'line', ARGV[at]) end
local fields, sums = {}, {}
for at = last_line + 1, #ARGV, 2 do
  fields[#fields + 1] = ARGV[at]
  sums[#sums + 1] = ARGV[at + 1]
end
sum_up(record.day, fields, sums)
if record.phase == 'p' then
  correct(books, id, record)
else
  pour(books, used)
end
if record.phase == 'r' then free(books, tenant, id, record) end
for tier = 1, 3 do
  if used[tier + 1] ~= 0 and tier ~= (record.first or 0) and record.phase ~= 'p' then count(books, tier) end
end
close(books)

local tokens, cost = text(used[1][1]), text(used[1][2])
keep(tenant, id, 's', record.expires, ' ' .. tokens .. ' ' .. cost)
return { 'settled', tokens, cost }
