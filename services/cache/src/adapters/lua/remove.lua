-- Removes one entry. ARGV: its name. Returns nil if it was not there, else a list of the partition of its vector, if it has one.

local name = ARGV[1]
local mark = mark_of(name)
if not mark then return nil end
remove(name, mark)
return { mark.p }
