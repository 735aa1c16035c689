import { keyPart, tenantKey } from "@switchyard/redis";
import { codecVersion } from "./entry-codec.ts";

/** What the keys of all a tenant's entries and indexes begin with; they lie in one slot. */
export const stemOf = (tenant: string) => tenantKey(tenant, `cache-${codecVersion}`);

/** The key of an entry. What stands last in a key may be called anything. */
export const entryKey = (tenant: string, name: string) => `${stemOf(tenant)}:entry:${name}`;

/**
 * The key of a partition's vector set, in a slot of its own. A part of a tag never has a `:`: those of tenant and partition
 * together are no other tenant's.
 */
export const vectorsKey = (tenant: string, partition: string) =>
  `switchyard:{${keyPart(tenant) || "%"}:${keyPart(partition)}}:cache-${codecVersion}:near`;
