/**
 * The key of something that belongs to a tenant: `switchyard:{tenant}:part:part`. The tenant is the hash tag, so all its
 * keys lie in one slot of a cluster. Whatever a tenant or part is called, it stays within its own place: characters that
 * mean something here are escaped, different names give different keys, and no name reaches into another's keys.
 */
export function tenantKey(tenant: string, ...parts: readonly string[]): string {
  // An empty tag would be no tag; `%` alone is not what any name is escaped to.
  let key = `switchyard:{${keyPart(tenant) || "%"}}`;
  for (const part of parts) key += `:${keyPart(part)}`;
  return key;
}

const special = /[^A-Za-z0-9_.@/-]/;
const everySpecial = /[^A-Za-z0-9_.@/-]/g;

/** A name as {@link tenantKey} writes it: without `:`, and different for different names. */
// By code unit, so that even halves of surrogate pairs stay apart; encodeURIComponent would throw on them.
export function keyPart(name: string): string {
  if (!special.test(name)) return name;
  return name.replace(everySpecial, (unit) => {
    const code = unit.charCodeAt(0);
    return code < 0x100 ? `%${code.toString(16).padStart(2, "0")}` : `%u${code.toString(16).padStart(4, "0")}`;
  });
}
