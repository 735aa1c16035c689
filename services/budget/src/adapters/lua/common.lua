-- Stands before every script that works on a tenant's budgets. KEYS[1] is `switchyard:{tenant}:budget`. Every other key is
-- made from it here, with its hash tag, so it lies in the same slot: which ones a call needs is known only to the store's
-- clock (the day) and to its records (what is overdue). ARGV[1] is added to the clock, in ms: 0 but in tests.
--
--   ..:request:ID         hash    what is known of a request; phase is reserved, presumed, released or settled
--   ..:account:DAY:SCOPE  hash    used and reserved of a scope in a day
--   ..:leases             zset    ids of reserved requests by the end of their lease
--   ..:ledger             stream  the tenant's lines, ids 1-0, 2-0, ...
--   ..:ledger-length      string  the position of the last line
--
-- Amounts are integers below 2^53. They stay strings here and are summed by HINCRBY, exactly; only the check of a limit
-- reads them as doubles, which are exact in that range. The rules are those of domain/request.ts.

local base = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]

local day_ms = 24 * 60 * 60 * 1000
local retention_ms = 8 * day_ms
local overdue_at_once = 200

local function today()
  return math.floor(now / day_ms)
end

local function negative(amount)
  if amount == '0' then return amount end
  return '-' .. amount
end

local function account_key(day, scope)
  return base .. ':account:' .. day .. ':' .. scope
end

-- Adds to what is `used` or `reserved` in every scope of a request.
local function add(kind, record, tokens, cost)
  for _, scope in ipairs(cjson.decode(record.scopes)) do
    local account = account_key(record.day, scope)
    redis.call('HINCRBY', account, kind .. '_tokens', tokens)
    redis.call('HINCRBY', account, kind .. '_cost', cost)
    redis.call('PEXPIREAT', account, (record.day + 1) * day_ms + retention_ms, 'NX')
  end
end

local function append(...)
  local position = redis.call('INCR', base .. ':ledger-length')
  redis.call('XADD', base .. ':ledger', position .. '-0', 'at', now, ...)
end

local function append_presumption(outcome, id, record, tokens, cost)
  append('request', id, 'outcome', outcome, 'caller', record.caller, 'tokens', tokens, 'cost', cost)
end

-- Takes back what was presumed spent.
local function correct(id, record)
  local tokens, cost = negative(record.tokens), negative(record.cost)
  add('used', record, tokens, cost)
  append_presumption('corrected', id, record, tokens, cost)
end

local function free(id, record)
  add('reserved', record, negative(record.tokens), negative(record.cost))
  redis.call('ZREM', base .. ':leases', id)
end

local function request_key(id)
  return base .. ':request:' .. id
end

-- Keeps a request that holds nothing any more until its retention ends.
local function keep(id, record)
  redis.call('PEXPIREAT', request_key(id), record.expires + retention_ms)
end

local function presume(id, record)
  free(id, record)
  add('used', record, record.tokens, record.cost)
  append_presumption('presumed', id, record, record.tokens, record.cost)
  record.phase = 'presumed'
  redis.call('HSET', request_key(id), 'phase', record.phase)
  keep(id, record)
end

-- What is known of a request, or nil. A lease that has ended is presumed spent first.
local function load(id)
  local fields = redis.call('HGETALL', request_key(id))
  if #fields == 0 then return nil end
  local record = {}
  for at = 1, #fields, 2 do record[fields[at]] = fields[at + 1] end
  if record.phase == 'reserved' and tonumber(record.expires) <= now then presume(id, record) end
  return record
end

-- Presumes spent what is overdue, a bounded number in one go; returns how many.
local function presume_overdue()
  local overdue = redis.call('ZRANGEBYSCORE', base .. ':leases', '-inf', now, 'LIMIT', 0, overdue_at_once)
  for _, id in ipairs(overdue) do
    if not load(id) then redis.call('ZREM', base .. ':leases', id) end
  end
  return #overdue
end
