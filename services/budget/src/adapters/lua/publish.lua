-- Gives the new lines of a book (a tenant of an organisation) their positions in the ledger of all. KEYS: heads, length,
-- segments of all, segments of the tenant. ARGV: book, position of its last line. Repeating it changes nothing.

local heads, length, of_all, of_tenant = unpack(KEYS)
local book, last = ARGV[1], tonumber(ARGV[2])

local first = tonumber(redis.call('HGET', heads, book) or '0') + 1
if last < first then return end
local sequence = redis.call('INCRBY', length, last - first + 1)
local segment = (sequence - (last - first)) .. ':' .. first .. ':' .. book
redis.call('ZADD', of_all, sequence, segment)
redis.call('ZADD', of_tenant, sequence, segment)
redis.call('HSET', heads, book, last)
