-- Removes one entry. ARGV: its name. Returns its mark, or nil if it was not there.

local name = ARGV[1]
local mark = mark_of(name)
if not mark then return nil end
remove(name, read(mark))
return mark
