-- ARGV: offset, tenant, call, different terms, plans that the store may not have (digest and plan, two each), then orders:
-- TENANT:ID and record, two each. Orders are judged one after the other, as if each came by itself.
-- The call is JSON: [windows, scopes of the day, of the month, fields of meters, digests of plans, sums by day, by month, of
-- meters, orders, how many terms, how many plans]. Windows are [day start, day end, month start, month end]. Scopes, fields and
-- digests are all that any order counts in or names, once, and sums have four numbers of each: of a scope tokens and cost that
-- all orders set aside in it, and up to where nobody has to look closer: as long as used + reserved tokens or cost, these orders
-- included, are not above that, no limit refuses, warns or advises. Of a field what leaks in a minute, requests, tokens, and up
-- to where nobody has to look closer. Orders have three numbers of each: which terms, lease in ms, 1 if routed.
-- Plans are JSON, see `open`. Terms are JSON, nine numbers of each: where, place, unit, allowed, tier, per minute, warn at, standard at, economy at. Where is
-- 1 for accounts and 2 for meters of the order's plan; unit 1 tokens, 2 cost, 3 requests; a share of -1 is absent.
-- A record is what is kept of the order: see `load`. No two orders have the same id.
-- Returns {'plans'} where the store lacks one, having done nothing, {'all', now} where all are granted and no limit has anything to say, else for each order {'clock', now}, {'granted',
-- expiry in ms, (term, share) ..}, {'refused', shortage ..} or {'narrowed', tier mask, term, share, shortage ..}, a shortage being
-- term, used, reserved, requested, wait in ms (-1: none), now.

local windows, scopes_of_day, scopes_of_month, fields, digests, sums_of_day, sums_of_month, sums_of_meters, orders, term_count,
  plan_count = unpack(cjson.decode(ARGV[3]))
local first_terms = 4
local first_plan = first_terms + term_count
local first_order = first_plan + 2 * plan_count
local order_count = #orders / 3
local names = { day = text(windows[1]), month = text(windows[3]) }
local keys = keys_of(names.day, names.month)
local leases_key = base .. ':leases'
local call, pack, unpacked = redis.call, struct.pack, struct.unpack

local plans = plans_key(names.day)
if plan_count > 0 then
  if call('HSET', plans, unpack(ARGV, first_plan, first_order - 1)) > 0 then
    call('PEXPIREAT', plans, text(now + longest_ms[2] + retention_ms), 'NX')
  end
end
for _, expiry in ipairs(call('HPEXPIRETIME', plans, 'FIELDS', #digests, unpack(digests))) do
  if expiry == -2 then return { 'plans' } end
end

presume_overdue()
local is_now = is_in(windows)

local function read(key, names)
  if #names == 0 then return {} end
  return call('HMGET', key, unpack(names))
end

local values = { read(keys[1], scopes_of_day), read(keys[2], scopes_of_month) }
local meter_values = read(base .. ':meters', fields)

-- What to write into a day or month if all orders are granted, and the places where that passes what needs no closer look.
local function add_balances(scopes, values, sums)
  local written, tight, is_clear = {}, {}, true
  for at = 1, #values do
    local used_tokens, used_cost, tokens, cost = 0, 0, 0, 0
    if values[at] then used_tokens, used_cost, tokens, cost = unpacked('<dddd', values[at]) end
    tokens, cost = tokens + sums[4 * at - 3], cost + sums[4 * at - 2]
    if used_tokens + tokens > sums[4 * at - 1] or used_cost + cost > sums[4 * at] then tight[at], is_clear = true, false end
    written[2 * at - 1] = scopes[at]
    written[2 * at] = pack('<dddd', used_tokens, used_cost, tokens, cost)
  end
  return written, tight, is_clear
end

-- The same for meters.
local function add_buckets()
  local written, tight, is_clear = {}, {}, true
  for at = 1, #meter_values do
    local level, at_us, held = 0, now_us, 0
    if meter_values[at] then
      level, at_us, held = unpacked('<ddd', meter_values[at])
      if at_us < now_us then level, at_us = math.max(0, level - (now_us - at_us) * sums_of_meters[4 * at - 3]), now_us end
    end
    level, held = level + sums_of_meters[4 * at - 2] * parts, held + sums_of_meters[4 * at - 1]
    if level + held * parts > sums_of_meters[4 * at] * parts then tight[at], is_clear = true, false end
    written[2 * at - 1] = fields[at]
    written[2 * at] = pack('<ddd', level, at_us, held)
  end
  return written, tight, is_clear
end

local by_day, tight_by_day, is_day_clear = add_balances(scopes_of_day, values[1], sums_of_day)
local by_month, tight_by_month, is_month_clear = add_balances(scopes_of_month, values[2], sums_of_month)
local of_meters, tight_meters, are_meters_clear = add_buckets()

local request_stem = base .. ':request:'

if is_now and is_day_clear and is_month_clear and are_meters_clear then
  local records, leases = {}, {}
  for order = 1, order_count do
    local at = 2 * order
    local member = ARGV[first_order + at - 2]
    records[at - 1], records[at] = request_stem .. member, ARGV[first_order + at - 1]
    leases[at - 1], leases[at] = now + orders[3 * order - 1], member
  end
  if call('MSETNX', unpack(records)) == 1 then
    write_period(1, keys[1], by_day)
    write_period(2, keys[2], by_month)
    write_meters(of_meters)
    call('ZADD', leases_key, unpack(leases))
    return { 'all', text(now) }
  end
end

-- Some request is known, or some limit has to be looked at for each order: the others still need not.

local request_keys, known = {}, {}
for order = 1, order_count do request_keys[order] = request_stem .. ARGV[first_order + 2 * order - 2] end
if call('EXISTS', unpack(request_keys)) > 0 then
  for order = 1, order_count do known[order] = load(tenant, string.sub(ARGV[first_order + 2 * order - 2], #tenant + 2)) end
  -- A lease of theirs may just have ended.
  values = { read(keys[1], scopes_of_day), read(keys[2], scopes_of_month) }
  meter_values = read(base .. ':meters', fields)
  by_day, tight_by_day = add_balances(scopes_of_day, values[1], sums_of_day)
  by_month, tight_by_month = add_balances(scopes_of_month, values[2], sums_of_month)
  of_meters, tight_meters = add_buckets()
end

-- States by their names, as they are before any order.
local function by_name(names, states, tight)
  local found = {}
  for at, state in ipairs(states) do
    state.tight = tight[at]
    found[names[at]] = state
  end
  return found
end

local function balances_of(values)
  local balances = {}
  for at = 1, #values do balances[at] = values[at] and { unpacked('<dddd', values[at]) } or { 0, 0, 0, 0 } end
  return balances
end

local function buckets_of()
  local buckets = {}
  for at = 1, #meter_values do
    local bucket = { 0, now_us, 0 }
    if meter_values[at] then
      local level, at_us, held = unpacked('<ddd', meter_values[at])
      local elapsed = math.max(0, now_us - at_us)
      bucket = { math.max(0, level - elapsed * sums_of_meters[4 * at - 3]), math.max(at_us, now_us), held }
    end
    buckets[at] = bucket
  end
  return buckets
end

local balances = {
  by_name(scopes_of_day, balances_of(values[1]), tight_by_day),
  by_name(scopes_of_month, balances_of(values[2]), tight_by_month),
}
local buckets = by_name(fields, buckets_of(), tight_meters)
local terms_of, plan_of = {}, {}

-- The terms, taken apart once.
local function terms_at(which)
  if not terms_of[which] then terms_of[which] = cjson.decode(ARGV[first_terms + which - 1]) end
  return terms_of[which]
end

for at, plan in ipairs(call('HMGET', plans, unpack(digests))) do
  plan_of[digests[at]] = cjson.decode(plan)
end

-- Sets the bound aside in everything that an order counts in.
local function set_aside(plan, first, bound)
  for _, account in ipairs(plan.a) do
    local balance, amount = balances[account[1]][account[2]], part(bound, account[3])
    balance[3], balance[4], balance.touched = balance[3] + amount[1], balance[4] + amount[2], true
  end
  for _, meter in ipairs(plan.m) do
    local bucket, tier = buckets[meter[1]], meter[4]
    if meter[2] == 2 then
      bucket[3] = bucket[3] + part(bound, tier)[1]
    elseif tier == 0 or tier == first then
      bucket[1] = bucket[1] + parts
    end
    bucket.touched = true
  end
end

-- What a term says to an order: what is used and reserved, the share that this is of what is allowed, whether what is requested
-- fits, and the wait.
local function stand(state, where, unit, allowed, per_minute, requested)
  if where == 1 then
    local used, reserved = state[unit], state[unit + 2]
    return used, reserved, (used + reserved) / allowed, used + reserved + requested <= allowed, -1
  end
  local level, held = state[1], state[3]
  local fits, wait = level + (held + requested) * parts <= allowed * parts, -1
  if not fits and requested <= allowed then
    wait = math.max(1, math.ceil((level + (held + requested - allowed) * parts) / per_minute / 1000))
  end
  return math.ceil(level / parts), held, (level / parts + held) / allowed, fits, wait
end

local function judge(terms, plan, first, bound, routed)
  local warnings, exhausted, shortage = {}, {}, nil
  local highest, adviser, adviser_share = 3, nil, nil
  for at = 1, #terms, 9 do
    local where, place, unit, allowed, tier, per_minute, warn_at, standard_at, economy_at = unpack(terms, at, at + 8)
    local index = (at - 1) / 9
    local state
    if where == 1 then state = balances[plan.a[place][1]][plan.a[place][2]] else state = buckets[plan.m[place][1]] end
    local concerns = tier == 0 or (unit == 3 and tier == first) or (unit ~= 3 and bound[tier + 1] ~= 0)
    if state.tight and concerns then
      local requested = unit == 3 and 1 or part(bound, tier)[unit]
      local used, reserved, share, fits, wait = stand(state, where, unit, allowed, per_minute, requested)
      if not fits then
        local short = { index, text(used), text(reserved), text(requested), text(wait), text(now) }
        if tier == 0 then return { 'refused', unpack(short) } end
        if not exhausted[tier] then
          exhausted[tier] = true
          shortage = shortage or { short = short, share = (used + reserved) / allowed }
        end
      end
      if warn_at >= 0 and share >= warn_at then
        warnings[#warnings + 1] = index
        warnings[#warnings + 1] = string.format('%.17g', share)
      end
      local advised = 3
      if economy_at >= 0 and share >= economy_at then advised = 1
      elseif standard_at >= 0 and share >= standard_at then advised = 2 end
      if advised < highest then highest, adviser, adviser_share = advised, index, share end
    end
  end

  local is_advised = routed and first > highest
  if not shortage and not is_advised then return nil, warnings end
  local mask = 0
  for tier = 1, 3 do
    if not exhausted[tier] and not (is_advised and tier > highest) then mask = mask + 2 ^ (tier - 1) end
  end
  if shortage and (mask == 0 or (exhausted[first] and not routed)) then return { 'refused', unpack(shortage.short) } end
  if shortage then
    return { 'narrowed', mask, shortage.short[1], string.format('%.17g', shortage.share), unpack(shortage.short) }
  end
  return { 'narrowed', mask, adviser, string.format('%.17g', adviser_share) }
end

local records, leases = {}, {}

local function answer(order)
  if known[order] then return { 'granted', known[order].expires } end
  if not is_now then return { 'clock', text(now) } end
  local member, record = ARGV[first_order + 2 * order - 2], ARGV[first_order + 2 * order - 1]
  local _, _, first, bound, digest = unpack(cjson.decode(string.match(record, '\n([^\n]*)$')))
  local which, lease_ms, routed = unpack(orders, 3 * order - 2, 3 * order)
  local plan = plan_of[digest]
  local refusal, warnings = judge(terms_at(which), plan, first, bound, routed == 1)
  if refusal then return refusal end
  set_aside(plan, first, bound)
  local expires = text(now + lease_ms)
  records[#records + 1], records[#records + 2] = request_keys[order], record
  leases[#leases + 1], leases[#leases + 2] = expires, member
  return { 'granted', expires, unpack(warnings) }
end

local answers = {}
for order = 1, order_count do answers[order] = answer(order) end

local function touched(states, format, size)
  local written = {}
  for name, state in pairs(states) do
    if state.touched then
      written[#written + 1] = name
      written[#written + 1] = pack(format, unpack(state, 1, size))
    end
  end
  return written
end

if #records > 0 then
  call('MSET', unpack(records))
  call('ZADD', leases_key, unpack(leases))
  for period = 1, 2 do write_period(period, keys[period], touched(balances[period], '<dddd', 4)) end
  write_meters(touched(buckets, '<ddd', 3))
end
return answers
