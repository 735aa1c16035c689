-- ARGV: offset, tenant, windows, how many plans, the plans, each with its terms, then orders: which plan, request id, lease in
-- ms, bound, first tier (0: unknown), 1 if routed, caller. Orders are judged one after the other, as if each came by itself;
-- nothing is written before all are judged. Their meters leak at the same rates.
-- Windows are [day start, day end, month start, month end]. Terms are packed doubles, nine of each: where, place, unit, allowed,
-- tier, per minute, warn at, standard at, economy at. Where is 1 for accounts and 2 for meters, unit 1 tokens, 2 cost, 3
-- requests; a share of -1 is absent.
-- Returns for each order {'clock', now}, {'granted', expiry in ms, (term, share) ..}, {'refused', shortage ..} or {'narrowed',
-- tier mask, term, share, shortage ..}, a shortage being term, used, reserved, requested, wait in ms (-1: none), now.

local windows, plan_count = cjson.decode(ARGV[3]), tonumber(ARGV[4])
local day, month = text(windows[1]), text(windows[3])
local first_plan = 5
local first_order, order_size = first_plan + 2 * plan_count, 7

presume_overdue()
local is_now = is_in(windows)
local plans, state = {}, nothing_known()
local granted, touched = {}, { balances = {}, buckets = {}, plan = { a = {}, m = {} }, is_in = {} }

local function plan_at(number)
  local at = first_plan + 2 * (number - 1)
  if not plans[number] then plans[number] = { text = ARGV[at], plan = cjson.decode(ARGV[at]), terms = ARGV[at + 1] } end
  return plans[number]
end

-- Remembers what a granted order has changed.
local function touch(books)
  for index, account in ipairs(books.plan.a) do
    local balance = books.balances[index]
    if not touched.is_in[balance] then
      touched.is_in[balance] = true
      table.insert(touched.plan.a, account)
      table.insert(touched.balances, balance)
    end
  end
  for index, meter in ipairs(books.plan.m) do
    local bucket = books.buckets[index]
    if not touched.is_in[bucket] then
      touched.is_in[bucket] = true
      table.insert(touched.plan.m, meter)
      table.insert(touched.buckets, bucket)
    end
  end
  touched.keys = books.keys
end

local term_bytes = 9 * 8

local function answer(order)
  local plan_number, id, lease_ms, bound_text, first, routed, caller = unpack(ARGV, order, order + order_size - 1)
  first, routed = tonumber(first), routed == '1'
  if granted[id] then return { 'granted', granted[id].expires } end
  local known = load(tenant, id)
  if known then return { 'granted', known.expires } end
  if not is_now then return { 'clock', text(now) } end

  local chosen = plan_at(tonumber(plan_number))
  local bound, terms = cjson.decode(bound_text), chosen.terms
  local books = open(chosen.plan, day, month, state)

  local warnings, exhausted, shortage = {}, {}, nil
  local highest, adviser, adviser_share = 3, nil, nil

  for index = 1, #terms / term_bytes do
    local where, place, unit, allowed, tier, per_minute, warn_at, standard_at, economy_at =
      struct.unpack('<ddddddddd', terms, (index - 1) * term_bytes + 1)
    local concerns = tier == 0 or (unit == 3 and tier == first) or (unit ~= 3 and bound[tier + 1] ~= 0)
    if concerns then
      local requested = unit == 3 and 1 or part(bound, tier)[unit]
      local used, reserved, share, fits
      local wait = -1
      if where == 1 then
        local balance = books.balances[place]
        used, reserved = balance[unit], balance[unit + 2]
        share = (used + reserved) / allowed
        fits = used + reserved + requested <= allowed
      else
        local bucket = books.buckets[place]
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

  add(books, 3, bound, 1)
  hold(books, bound, 1)
  count(books, 0)
  if first > 0 then count(books, first) end
  touch(books)
  local expires = text(now + lease_ms)
  granted[id] = { expires = expires, bound = bound_text, first = first, caller = caller, plan = chosen.text }
  return { 'granted', expires, unpack(warnings) }
end

local answers = {}
for order = first_order, #ARGV, order_size do answers[#answers + 1] = answer(order) end

if touched.keys then close(touched) end
local leases = {}
for id, each in pairs(granted) do
  redis.call('HSET', request_key(tenant, id), 'phase', 'reserved', 'day', day, 'month', month, 'expires', each.expires,
    'bound', each.bound, 'first', each.first, 'caller', each.caller, 'plan', each.plan)
  leases[#leases + 1] = each.expires
  leases[#leases + 1] = tenant .. ':' .. id
end
if #leases > 0 then redis.call('ZADD', base .. ':leases', unpack(leases)) end
return answers
