-- ARGV: offset, tenant, request id, lease in ms, bound, first tier (0: unknown), 1 if routed, caller, windows, plan, terms.
-- Windows are [day start, day end, month start, month end]. Terms are packed doubles, nine of each: where, place, unit, allowed,
-- tier, per minute, warn at, standard at, economy at. Where is 1 for accounts and 2 for meters, unit 1 tokens, 2 cost, 3
-- requests; a share of -1 is absent.
-- Returns {'clock', now}, {'granted', expiry in ms, (term, share) ..}, {'refused', shortage ..} or {'narrowed', tier mask,
-- term, share, shortage ..}, a shortage being term, used, reserved, requested, wait in ms (-1: none), now.

local id, lease_ms, bound_text, first, routed, caller, windows, plan_text = unpack(ARGV, 3, 10)
first, routed, windows = tonumber(first), routed == '1', cjson.decode(windows)

presume_overdue()
local known = load(tenant, id)
if known then return { 'granted', known.expires } end
if not is_in(windows) then return { 'clock', text(now) } end

local day, month = text(windows[1]), text(windows[3])
local bound, terms = cjson.decode(bound_text), ARGV[11]
local books = open(cjson.decode(plan_text), day, month)

local warnings, exhausted, shortage = {}, {}, nil
local highest, adviser, adviser_share = 3, nil, nil

local term_bytes = 9 * 8
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
close(books)
local expires = text(now + lease_ms)
redis.call('HSET', request_key(tenant, id), 'phase', 'reserved', 'day', day, 'month', month, 'expires', expires,
  'bound', bound_text, 'first', first, 'caller', caller, 'plan', plan_text)
redis.call('ZADD', base .. ':leases', expires, tenant .. ':' .. id)
return { 'granted', expires, unpack(warnings) }
