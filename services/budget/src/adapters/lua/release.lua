-- ARGV: offset, tenant, request id.

local id = ARGV[3]

presume_overdue()
local record = load(tenant, id)
if not record then
  keep(tenant, id, 'l', text(now), '')
elseif record.phase == 'r' or record.phase == 'p' then
  local books = books_of(record)
  if record.phase == 'p' then correct(books, id, record) else free(books, tenant, id, record) end
  close(books)
  keep(tenant, id, 'l', record.expires, record.rest)
end
