import { isDeepStrictEqual } from "node:util";
import type { Config } from "./schema.ts";

/** What a running process takes from a changed configuration, by section; see docs/decisions/0024. */
const live: { readonly [Section in keyof Config]?: "whole" | readonly (keyof Config[Section])[] } = {
  router: [
    "baselineModel",
    "qualityTarget",
    "defaultDeadlineMs",
    "defaultMaxOutputTokens",
    "maxCandidates",
    "policy",
    "experiments",
    "cascade",
    "secondOpinion",
  ],
  budget: ["tiers", "tenants", "organisations"],
  apiKeys: "whole",
  anonymous: "whole",
  models: "whole",
};

/** A changed configuration as a running process may take it. */
export interface Reloaded {
  /** What was in force, with what may change taken from the new one. */
  readonly config: Config;
  /** Paths of what differs and needs a restart: `gateway.listen`. */
  readonly held: readonly string[];
}

/** Takes from `next` what may change while a process runs: prices, limits, policies and who may call. */
export function reloadOver(inForce: Config, next: Config): Reloaded {
  const held: string[] = [];
  const taken: Record<string, unknown> = { ...inForce };
  for (const section of Object.keys(next) as (keyof Config)[]) {
    const fields = mayTake(section, inForce, next) ? (live[section] ?? []) : [];
    const before: unknown = inForce[section];
    const after: unknown = next[section];
    if (fields === "whole") taken[section] = after;
    else if (isSection(before) && isSection(after)) {
      const kept: Record<string, unknown> = { ...before };
      for (const field of Object.keys({ ...before, ...after })) {
        if ((fields as readonly string[]).includes(field)) kept[field] = after[field];
        else if (!isDeepStrictEqual(before[field], after[field])) held.push(`${section}.${field}`);
      }
      taken[section] = kept;
    } else if (!isDeepStrictEqual(before, after)) held.push(section);
  }
  return { config: taken as Config, held };
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function mayTake(section: keyof Config, inForce: Config, next: Config): boolean {
  if (section === "models") return isWiredAlike(inForce, next);
  // The first key closes doors that stand open to this machine, and they are made when a process starts.
  if (section === "apiKeys") return inForce.apiKeys.length > 0 === next.apiKeys.length > 0;
  return true;
}

/**
 * Whether the models that are served before and after are served at the same places: the router and the adapter read their file
 * at moments of their own. Models may come, and go.
 */
function isWiredAlike(one: Config, other: Config): boolean {
  const before = new Map(one.models.map((model) => [model.id, model]));
  return other.models.every(({ id, providers, upstreamModel }) => {
    const known = before.get(id);
    return !known || isDeepStrictEqual([known.providers, known.upstreamModel], [providers, upstreamModel]);
  });
}
