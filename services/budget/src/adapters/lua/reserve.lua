-- ARGV: offset, tenant, windows, scopes of the day, scopes of the month, fields of meters, what leaks of each in a minute, how many
-- different terms, the terms, then orders: request id, numbers, bound, caller, plan. Orders are judged one after the other, as
-- if each came by itself; nothing is written before all are judged.
-- Windows are [day start, day end, month start, month end]. Scopes, fields and rates are JSON lists: all that any order counts in.
-- Terms are packed doubles, nine of each: where, place, unit, allowed, tier, per minute, warn at, standard at, economy at. Where
-- is 1 for accounts and 2 for meters, of the order; unit 1 tokens, 2 cost, 3 requests; a share of -1 is absent.
-- Numbers are packed doubles: which terms, lease in ms, first tier (0: unknown), 1 if routed, how many accounts, how many meters,
-- then for each account its place among the scopes of the day, or minus that among those of the month, and its tier; for each
-- meter its place among the fields, 1 for requests or 2 for tokens, and its tier.
-- Returns for each order {'clock', now}, {'granted', expiry in ms, (term, share) ..}, {'refused', shortage ..} or {'narrowed',
-- tier mask, term, share, shortage ..}, a shortage being term, used, reserved, requested, wait in ms (-1: none), now.

local windows, term_count = cjson.decode(ARGV[3]), tonumber(ARGV[8])
local first_term = 9
local first_order, order_size = first_term + term_count, 5
local day, month = text(windows[1]), text(windows[3])
local scopes = { cjson.decode(ARGV[4]), cjson.decode(ARGV[5]) }
local fields = cjson.decode(ARGV[6])

presume_overdue()
local is_now = is_in(windows)
local keys = keys_of(day, month)
local balances = { read_balances(keys[1], scopes[1]), read_balances(keys[2], scopes[2]) }
local buckets = read_buckets(fields, cjson.decode(ARGV[7]))

-- Of most calls no request is known yet, which one command tells.
local request_keys = {}
for order = first_order, #ARGV, order_size do request_keys[#request_keys + 1] = request_key(tenant, ARGV[order]) end
local is_any_known = redis.call('EXISTS', unpack(request_keys)) > 0

local granted, touched = {}, {}
local term_size, head_size = 9 * 8, 6
local formats = {}

local function numbers_in(packed)
  local count = #packed / 8
  formats[count] = formats[count] or '<' .. string.rep('d', count)
  return { struct.unpack(formats[count], packed) }
end

local function balance_at(place)
  if place > 0 then return balances[1][place] end
  return balances[2][-place]
end

-- Sets the bound aside in everything that an order counts in.
local function set_aside(numbers, first_meter, first, bound)
  for at = head_size + 1, first_meter - 1, 2 do
    local balance, amount = balance_at(numbers[at]), part(bound, numbers[at + 1])
    balance[3], balance[4] = balance[3] + amount[1], balance[4] + amount[2]
    touched[balance] = true
  end
  for at = first_meter, #numbers - 1, 3 do
    local bucket, tier = buckets[numbers[at]], numbers[at + 2]
    if numbers[at + 1] == 2 then
      bucket[3] = bucket[3] + part(bound, tier)[1]
    elseif tier == 0 or tier == first then
      bucket[1] = bucket[1] + parts
    end
    touched[bucket] = true
  end
end

local function answer(order)
  local id, packed, bound_text, caller, plan = unpack(ARGV, order, order + order_size - 1)
  if granted[id] then return { 'granted', granted[id].expires } end
  local known = is_any_known and load(tenant, id)
  if known then return { 'granted', known.expires } end
  if not is_now then return { 'clock', text(now) } end

  local numbers, bound = numbers_in(packed), cjson.decode(bound_text)
  local terms, lease_ms, first, routed = ARGV[first_term + numbers[1] - 1], numbers[2], numbers[3], numbers[4] == 1
  local first_meter = head_size + 1 + 2 * numbers[5]

  local warnings, exhausted, shortage = {}, {}, nil
  local highest, adviser, adviser_share = 3, nil, nil

  for index = 1, #terms / term_size do
    local where, place, unit, allowed, tier, per_minute, warn_at, standard_at, economy_at =
      struct.unpack('<ddddddddd', terms, (index - 1) * term_size + 1)
    local concerns = tier == 0 or (unit == 3 and tier == first) or (unit ~= 3 and bound[tier + 1] ~= 0)
    if concerns then
      local requested = unit == 3 and 1 or part(bound, tier)[unit]
      local used, reserved, share, fits
      local wait = -1
      if where == 1 then
        local balance = balance_at(numbers[head_size + 2 * place - 1])
        used, reserved = balance[unit], balance[unit + 2]
        share = (used + reserved) / allowed
        fits = used + reserved + requested <= allowed
      else
        local bucket = buckets[numbers[first_meter + 3 * (place - 1)]]
        used, reserved = math.ceil(bucket[1] / parts), bucket[3]
        share = (bucket[1] / parts + reserved) / allowed
        fits = bucket[1] + (reserved + requested) * parts <= allowed * parts
        if not fits and requested <= allowed then
          local excess = bucket[1] + (reserved + requested - allowed) * parts
          wait = math.max(1, math.ceil(excess / per_minute / 1000))
        end
      end
      if not fits then
        local short = { index - 1, text(used), text(reserved), text(requested), text(wait), text(now) }
        if tier == 0 then return { 'refused', unpack(short) } end
        if not exhausted[tier] then
          exhausted[tier] = true
          shortage = shortage or { short = short, share = (used + reserved) / allowed }
        end
      end
      if warn_at >= 0 and share >= warn_at then
        warnings[#warnings + 1] = index - 1
        warnings[#warnings + 1] = string.format('%.17g', share)
      end
      local advised = 3
      if economy_at >= 0 and share >= economy_at then advised = 1
      elseif standard_at >= 0 and share >= standard_at then advised = 2 end
      if advised < highest then highest, adviser, adviser_share = advised, index - 1, share end
    end
  end

  local is_advised = routed and first > highest
  if shortage or is_advised then
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

  set_aside(numbers, first_meter, first, bound)
  local expires = text(now + lease_ms)
  granted[id] = { expires = expires, bound = bound_text, first = first, caller = caller, plan = plan }
  return { 'granted', expires, unpack(warnings) }
end

local answers = {}
for order = first_order, #ARGV, order_size do answers[#answers + 1] = answer(order) end

-- Of names and states at the same places, those that were changed.
local function changed(names, states)
  local of_names, of_states = {}, {}
  for at = 1, #names do
    if touched[states[at]] then
      of_names[#of_names + 1] = names[at]
      of_states[#of_states + 1] = states[at]
    end
  end
  return of_names, of_states
end

for period = 1, 2 do write_balances(period, keys[period], changed(scopes[period], balances[period])) end
write_buckets(changed(fields, buckets))
local leases = {}
for id, each in pairs(granted) do
  redis.call('HSET', request_key(tenant, id), 'phase', 'reserved', 'day', day, 'month', month, 'expires', each.expires,
    'bound', each.bound, 'first', each.first, 'caller', each.caller, 'plan', each.plan)
  leases[#leases + 1] = each.expires
  leases[#leases + 1] = tenant .. ':' .. id
end
if #leases > 0 then redis.call('ZADD', base .. ':leases', unpack(leases)) end
return answers
