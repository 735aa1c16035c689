import { hash } from "node:crypto";
import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { Refusal } from "./refusal.ts";
import type { Credentials } from "./request.ts";

/** An API key, known by its hash only. */
export interface ApiKey {
  readonly name: string;
  readonly sha256: string;
  readonly tenant: string;
  /** To whom the tenant belongs; undefined: itself. */
  readonly organisation: string | undefined;
  readonly user: string | undefined;
  readonly budgetTier: string;
  /** Whether it reads the books of every tenant. */
  readonly operator: boolean;
}

/** Who may call, and as whom. */
export interface AccessPolicy {
  /** By SHA-256 of the key, lower-case hex. Empty: no key is asked for and only this machine is served. */
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly anonymous: { readonly tenant: string; readonly budgetTier: string };
}

/**
 * Decides for whom a request is made. With keys configured the key decides; without, callers on this machine may name any
 * tenant. Throws Refusal: UNAUTHENTICATED, PERMISSION_DENIED.
 */
export function admit(credentials: Credentials, claimed: Caller | undefined, policy: AccessPolicy): Caller {
  return policy.keys.size === 0 ? admitLocal(credentials, claimed, policy) : admitByKey(credentials, claimed, policy);
}

/**
 * Decides whose books a caller reads: those of the tenant, and of the user where the key names one; undefined is everybody's,
 * for an operator's key and, where no keys are configured, for this machine. Throws Refusal: UNAUTHENTICATED.
 */
export function admitReader(credentials: Credentials, policy: AccessPolicy): Reader | undefined {
  if (policy.keys.size === 0) {
    admitLocal(credentials, undefined, policy);
    return undefined;
  }
  const key = keyOf(credentials, policy);
  if (key.operator) return undefined;
  const { name, tenant, organisation = "", user = "", budgetTier } = key;
  return { key: name, tenant, organisation, user, budgetTier };
}

/**
 * Lets those in who may look at the policy and change it, which is everybody's: an operator's key and, where no keys are
 * configured, this machine. Throws Refusal: UNAUTHENTICATED, PERMISSION_DENIED.
 */
export function admitOperator(credentials: Credentials, policy: AccessPolicy): void {
  const reader = admitReader(credentials, policy);
  if (!reader) return;
  throw new Refusal("PERMISSION_DENIED", `the API key "${reader.key}" is no operator's (apiKeys: operator: true)`);
}

/** Whose books may be read. */
export interface Reader {
  /** Name of the API key. */
  readonly key: string;
  readonly tenant: string;
  readonly organisation: string;
  /** Empty: every user of the tenant. */
  readonly user: string;
  readonly budgetTier: string;
}

function admitLocal(credentials: Credentials, claimed: Caller | undefined, { anonymous }: AccessPolicy): Caller {
  if (!credentials.isLocal) {
    throw new Refusal(
      "UNAUTHENTICATED",
      "no API keys are configured, so only callers on the same machine are served; configure apiKeys to serve others",
    );
  }
  return {
    tenant: claimed?.tenant || anonymous.tenant,
    user: claimed?.user ?? "",
    feature: claimed?.feature ?? "",
    labels: claimed?.labels ?? {},
    budgetTier: anonymous.budgetTier,
    organisation: "",
    apiKey: "",
  };
}

function keyOf({ authorization }: Credentials, { keys }: AccessPolicy): ApiKey {
  const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1]?.trim();
  if (!token) {
    throw new Refusal("UNAUTHENTICATED", "an API key is needed: send it as `authorization: Bearer KEY`");
  }
  const key = keys.get(hash("sha256", token, "hex"));
  if (!key) throw new Refusal("UNAUTHENTICATED", "the API key is not known");
  return key;
}

function admitByKey(credentials: Credentials, claimed: Caller | undefined, policy: AccessPolicy): Caller {
  const key = keyOf(credentials, policy);
  if (claimed?.tenant && claimed.tenant !== key.tenant) throw contradiction("tenant", claimed.tenant, key);
  if (claimed?.user && key.user && claimed.user !== key.user) throw contradiction("user", claimed.user, key);
  return {
    tenant: key.tenant,
    user: key.user ?? claimed?.user ?? "",
    feature: claimed?.feature ?? "",
    labels: claimed?.labels ?? {},
    budgetTier: key.budgetTier,
    organisation: key.organisation ?? "",
    apiKey: key.name,
  };
}

function contradiction(field: "tenant" | "user", value: string, { name }: Pick<ApiKey, "name">): Refusal {
  return new Refusal("PERMISSION_DENIED", `the API key "${name}" does not act for the ${field} "${value}"`, {
    metadata: { field: `caller.${field}`, key: name },
  });
}

/** What a reader may ask for where a name is asked for; refuses any but its own. Throws Refusal PERMISSION_DENIED. */
export function ownName(field: "tenant" | "user", asked: string | undefined, { key, ...own }: Reader): string {
  if (asked && asked !== own[field]) throw contradiction(field, asked, { name: key });
  return own[field];
}
