-- Stands before every script that works on an organisation's budgets. KEYS[1] is `switchyard:{organisation}:budget`. Every
-- other key is made from it here, with its hash tag, so it lies in the same slot: which ones a call needs is known only to
-- the store's clock (day and month) and to its records (what is overdue). ARGV[1] is added to the clock, in ms: 0 but in
-- tests. ARGV[2] is the tenant, escaped as keys are.
--
--   ..:request:TENANT:ID      string  what is known of a request, see `load`
--   ..:day:START              hash    by scope: used tokens, used cost, reserved tokens, reserved cost of a day, as doubles
--   ..:month:START            hash    the same of a month
--   ..:plans:START            hash    by their digests: what requests of a day are counted in, see `open`
--   ..:meters                 hash    by scope and unit: level, at in us, held of a bucket (domain/rate.ts), as doubles
--   ..:leases                 zset    TENANT:ID of reserved requests by the end of their lease, which stands nowhere else
--   ..:ledger:TENANT          stream  the tenant's lines, ids 1-0, 2-0, ...
--   ..:ledger-length:TENANT   string  the position of the last line
--   ..:totals:START           hash    by TENANT:FEATURE:USER:MODEL: the sums of a day's lines, see domain/totals.ts
--   ..:total-days             set     the days that have sums
--
-- Amounts are whole numbers below 2^53, exact in a double; packed doubles are read ten times as fast as text. What a request
-- reserves or uses is a tally, [all, economy, standard, premium], each [tokens, cost] or 0. The rules are those of
-- domain/request.ts, judge.ts and rate.ts.

local base = KEYS[1]
local time = redis.call('TIME')
local offset_ms = tonumber(ARGV[1])
local now_us = time[1] * 1000000 + time[2] + offset_ms * 1000
local now = math.floor(now_us / 1000)
local tenant = ARGV[2]

local day_ms = 24 * 60 * 60 * 1000
local retention_ms = 8 * day_ms
-- Longer than any lease: a meter that still holds something must not go.
local meter_life_ms = 26 * 60 * 60 * 1000
local overdue_at_once = 200
local parts = 60000000

local function text(number)
  return string.format('%.0f', number)
end

-- {tokens, cost} of a tier (0: all) in a tally; zeros where it is absent.
local zeros = { 0, 0 }
local function part(tally, tier)
  local amount = tally[tier + 1]
  if amount == 0 then return zeros end
  return amount
end

-- The balances of scopes in a day or month, by one command.
local function read_balances(key, scopes)
  if #scopes == 0 then return {} end
  local balances, values = {}, redis.call('HMGET', key, unpack(scopes))
  for at = 1, #scopes do
    balances[at] = values[at] and { struct.unpack('<dddd', values[at]) } or { 0, 0, 0, 0 }
  end
  return balances
end

-- The buckets of meters as they are now, by one command. `rates` says for each what leaks in a minute.
local function read_buckets(fields, rates)
  if #fields == 0 then return {} end
  local buckets, values = {}, redis.call('HMGET', base .. ':meters', unpack(fields))
  for at = 1, #fields do
    local bucket = { 0, now_us, 0 }
    if values[at] then
      local level, at_us, held = struct.unpack('<ddd', values[at])
      local elapsed = math.max(0, now_us - at_us)
      bucket = { math.max(0, level - elapsed * rates[at]), math.max(at_us, now_us), held }
    end
    buckets[at] = bucket
  end
  return buckets
end

local longest_ms = { 2 * day_ms, 33 * day_ms }

-- Redis keeps small hashes as lists and finds a field by looking through them, which takes longer than all else where many
-- are asked for at once. One long value makes a table of the hash: worth its memory where that many are written at once.
local many_fields, long_value = 16, string.rep('\0', 65)

local function as_table(written)
  if #written > 2 * many_fields then
    written[#written + 1] = 'table'
    written[#written + 1] = long_value
  end
  return written
end

-- Writes names and packed balances of a day (period 1) or month (2), by one command, and one more where a name is new.
local function write_period(period, key, written)
  if #written == 0 then return end
  if redis.call('HSET', key, unpack(as_table(written))) > 0 then
    redis.call('PEXPIREAT', key, text(now + longest_ms[period] + retention_ms), 'NX')
  end
end

local function write_meters(written)
  if #written == 0 then return end
  as_table(written)
  redis.call('HSETEX', base .. ':meters', 'PXAT', text(now + meter_life_ms), 'FIELDS', #written / 2, unpack(written))
end

local function write_balances(period, key, scopes, balances)
  local written = {}
  for at = 1, #scopes do
    local b = balances[at]
    written[2 * at - 1] = scopes[at]
    written[2 * at] = struct.pack('<dddd', b[1], b[2], b[3], b[4])
  end
  write_period(period, key, written)
end

local function write_buckets(fields, buckets)
  local written = {}
  for at = 1, #fields do
    local bucket = buckets[at]
    written[2 * at - 1] = fields[at]
    written[2 * at] = struct.pack('<ddd', bucket[1], bucket[2], bucket[3])
  end
  write_meters(written)
end

local function keys_of(day, month)
  return { base .. ':day:' .. day, base .. ':month:' .. month }
end

-- What a request is counted in, with the state of it all, read by three commands at most.
-- `plan` is { a = { {1 day | 2 month, scope, tier} .. }, m = { {field, 1 requests | 2 tokens, per minute, tier} .. } }.
local function open(plan, day, month)
  local books = { keys = keys_of(day, month), plan = plan, scopes = { {}, {} }, read = {}, balances = {}, fields = {} }
  local places = { {}, {} }
  for index, account in ipairs(plan.a) do
    local period = account[1]
    table.insert(books.scopes[period], account[2])
    table.insert(places[period], index)
  end
  for period = 1, 2 do
    local balances = read_balances(books.keys[period], books.scopes[period])
    books.read[period] = balances
    for at, index in ipairs(places[period]) do books.balances[index] = balances[at] end
  end
  local rates = {}
  for index, meter in ipairs(plan.m) do books.fields[index], rates[index] = meter[1], meter[3] end
  books.buckets = read_buckets(books.fields, rates)
  return books
end

-- Adds a tally to what is used (position 1) or reserved (position 3), times a sign.
local function add(books, position, tally, sign)
  for index, account in ipairs(books.plan.a) do
    local balance, amount = books.balances[index], part(tally, account[3])
    balance[position] = balance[position] + sign * amount[1]
    balance[position + 1] = balance[position + 1] + sign * amount[2]
  end
end

-- Pours tokens of a tally into the meters that count them.
local function pour(books, tally)
  for index, meter in ipairs(books.plan.m) do
    if meter[2] == 2 then
      local bucket = books.buckets[index]
      bucket[1] = bucket[1] + part(tally, meter[4])[1] * parts
    end
  end
end

local function hold(books, tally, sign)
  for index, meter in ipairs(books.plan.m) do
    if meter[2] == 2 then
      local bucket = books.buckets[index]
      bucket[3] = bucket[3] + sign * part(tally, meter[4])[1]
    end
  end
end

-- Counts one request of a tier (0: of all).
local function count(books, tier)
  for index, meter in ipairs(books.plan.m) do
    if meter[2] == 1 and meter[4] == tier then books.buckets[index][1] = books.buckets[index][1] + parts end
  end
end

-- Writes everything back, by three commands at most, and more only where something is new.
local function close(books)
  for period = 1, 2 do write_balances(period, books.keys[period], books.scopes[period], books.read[period]) end
  write_buckets(books.fields, books.buckets)
end

local function books_of(record)
  return open(record.plan, record.day, record.month)
end

local function append(of, day, ...)
  local position = redis.call('INCR', base .. ':ledger-length:' .. of)
  redis.call('XADD', base .. ':ledger:' .. of, position .. '-0', 'at', text(now), 'day', day, ...)
end

local function plus(left, right)
  local sums = {}
  for each in string.gmatch(left, '%S+') do sums[#sums + 1] = tonumber(each) end
  local at = 0
  for each in string.gmatch(right, '%S+') do
    at = at + 1
    sums[at] = text(sums[at] + tonumber(each))
  end
  return table.concat(sums, ' ')
end

-- Adds to the totals of a day. `fields` are different, `sums` are theirs.
local function sum_up(day, fields, sums)
  if #fields == 0 then return end
  local key = base .. ':totals:' .. day
  local known = redis.call('HMGET', key, unpack(fields))
  local written = {}
  for at, field in ipairs(fields) do
    written[#written + 1] = field
    written[#written + 1] = known[at] and plus(known[at], sums[at]) or sums[at]
  end
  if redis.call('HSET', key, unpack(written)) > 0 then redis.call('SADD', base .. ':total-days', day) end
end

local function append_presumption(outcome, of, id, record, sign)
  local amount = record.bound[1]
  local tokens, cost = text(sign * amount[1]), text(sign * amount[2])
  append(of, record.day, 'request', id, 'outcome', outcome, 'caller', record.caller, 'tokens', tokens, 'cost', cost)
  local sums = string.format('%d 0 0 0 0 %s 0 0 0 %s 0 0 0 0', sign, tokens, cost)
  sum_up(record.day, { record.totals }, { sums })
end

-- Takes back what was presumed spent. Meters have forgotten it.
local function correct(books, id, record)
  add(books, 1, record.bound, -1)
  append_presumption('corrected', tenant, id, record, -1)
end

local function free(books, of, id, record)
  add(books, 3, record.bound, -1)
  hold(books, record.bound, -1)
  redis.call('ZREM', base .. ':leases', of .. ':' .. id)
end

local function request_key(of, id)
  return base .. ':request:' .. of .. ':' .. id
end

local function plans_key(day)
  return base .. ':plans:' .. day
end

-- Keeps a request that holds nothing any more until its retention ends. `rest` is what stands behind its phase and expiry.
local function keep(of, id, phase, expires, rest)
  redis.call('SET', request_key(of, id), phase .. expires .. rest, 'PXAT', text(expires + retention_ms))
end

local function presume(of, id, record)
  local books = books_of(record)
  free(books, of, id, record)
  add(books, 1, record.bound, 1)
  pour(books, record.bound)
  close(books)
  append_presumption('presumed', of, id, record, 1)
  record.phase = 'p'
  keep(of, id, 'p', record.expires, record.rest)
end

-- What is known of a request, or nil. A lease that has ended is presumed spent first.
-- It is kept as a letter for its phase (r reserved, p presumed, l released, s settled) and when it expires (not while it is
-- reserved: the leases say so), then of a settled one a space, its tokens, a space and its cost, and of others, unless they
-- were released before they were known, two lines as the client has written them: the caller, and [day, month, first tier or
-- 0, bound, digest of the plan, field of its presumptions in the totals]. So a reservation is kept without being taken apart.
local function load(of, id)
  local value = redis.call('GET', request_key(of, id))
  if not value then return nil end
  local phase, expires, rest = string.match(value, '^(%a)(%d*)(.*)$')
  local record = { phase = phase, expires = expires, rest = rest }
  if phase == 's' then
    record.settled_tokens, record.settled_cost = string.match(rest, '^ (%d+) (%d+)$')
    return record
  end
  if rest ~= '' then
    local caller, numbers = string.match(rest, '^\n([^\n]*)\n(.*)$')
    local day, month, first, bound, digest, totals = unpack(cjson.decode(numbers))
    record.caller, record.day, record.month = caller, text(day), text(month)
    record.first, record.bound, record.totals = first, bound, totals
    -- It outlives the counters that it names: where it is gone there is nothing left to count in.
    local plan = redis.call('HGET', plans_key(record.day), digest)
    record.plan = plan and cjson.decode(plan) or { a = {}, m = {} }
  end
  if phase == 'r' then
    record.expires = redis.call('ZSCORE', base .. ':leases', of .. ':' .. id)
    if tonumber(record.expires) <= now then presume(of, id, record) end
  end
  return record
end

-- Presumes spent what is overdue, a bounded number in one go; returns how many.
local function presume_overdue()
  local overdue = redis.call('ZRANGEBYSCORE', base .. ':leases', '-inf', text(now), 'LIMIT', 0, overdue_at_once)
  for _, member in ipairs(overdue) do
    local colon = string.find(member, ':', 1, true)
    local of, id = string.sub(member, 1, colon - 1), string.sub(member, colon + 1)
    if not load(of, id) then redis.call('ZREM', base .. ':leases', member) end
  end
  return #overdue
end

-- Whether the caller's idea of the running day and month is right by this clock. Rules of time zones are the caller's.
local function is_in(windows)
  return now >= windows[1] and now < windows[2] and now >= windows[3] and now < windows[4]
end
