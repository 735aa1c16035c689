-- ARGV: offset, tenant, request id.

local id = ARGV[3]

presume_overdue()
local record = load(tenant, id)
if record and (record.phase == 'settled' or record.phase == 'released') then return end

if not record then
  record = { expires = now }
  redis.call('HSET', request_key(tenant, id), 'expires', text(now))
else
  local books = books_of(record)
  if record.phase == 'presumed' then correct(books, id, record) else free(books, tenant, id, record) end
  close(books)
end
redis.call('HSET', request_key(tenant, id), 'phase', 'released')
keep(id, record, tenant)
