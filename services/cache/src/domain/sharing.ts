/**
 * Whose entries stand together in the store: a tenant's own, or those of a group of tenants. The store takes it for the
 * tenant. No tenant's name, however odd, gives the space of another tenant or of a group.
 */
export type Space = string;

export const tenantSpace = (tenant: string): Space => (tenant.startsWith("@") ? `@tenant:${tenant}` : tenant);

const groupSpace = (name: string): Space => `@group:${name}`;

/** Which tenants share their answers. */
export interface Sharing {
  /** Where answers that all of a tenant may share are kept: with its group's, if it is in one. */
  sharedSpace(tenant: string): Space;
  /** Every space that a tenant has answers in, its own first. */
  spaces(tenant: string): readonly Space[];
  /** Whether one tenant may have answers in both spaces. */
  areOfOneTenant(space: Space, other: Space): boolean;
}

/** Sharing by groups of tenants, by the groups' names. */
export function createSharing(groups: Readonly<Record<string, readonly string[]>>): Sharing {
  /** By the tenant's own space. */
  const groupOf = new Map<Space, Space>();
  for (const [name, tenants] of Object.entries(groups)) {
    for (const tenant of tenants) groupOf.set(tenantSpace(tenant), groupSpace(name));
  }
  return {
    sharedSpace: (tenant) => groupOf.get(tenantSpace(tenant)) ?? tenantSpace(tenant),
    spaces(tenant) {
      const own = tenantSpace(tenant);
      const group = groupOf.get(own);
      return group === undefined ? [own] : [own, group];
    },
    areOfOneTenant: (space, other) => space === other || groupOf.get(space) === other || groupOf.get(other) === space,
  };
}
