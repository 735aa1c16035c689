-- ARGV: offset, tenant. Returns {how many were presumed spent, how many at most in one go, position of the tenant's last
-- line}.

return { presume_overdue(), overdue_at_once, tonumber(redis.call('GET', base .. ':ledger-length:' .. tenant) or '0') }
