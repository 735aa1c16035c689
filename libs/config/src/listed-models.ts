import { parse } from "yaml";
import { z } from "zod";
import { provider } from "./catalogue-schema.ts";
import { milliseconds, name } from "./primitives.ts";
import type { Surroundings } from "./references.ts";
import type { Secret } from "./secret.ts";

/** A provider that is asked which models it serves. */
export interface Listing {
  /** Its key in `providers`. */
  readonly provider: string;
  /** `/models` below its base address. */
  readonly url: string;
  readonly key: Secret | undefined;
  readonly refreshMs: number;
}

const asked = z.object({ models: z.object({ provider: name, refreshMs: milliseconds.default(300_000) }) });
const served = z.object({ providers: z.record(z.string(), z.unknown()) });

/** Who a configuration wants to be asked; undefined: nobody, or a provider without an address. */
export function listingOf(text: string, surroundings: Surroundings): Listing | undefined {
  const document: unknown = parse(text);
  const { models } = asked.safeParse(document).data ?? {};
  if (!models) return undefined;
  const entry = served.safeParse(document).data?.providers[models.provider];
  const { baseUrl, keys } = provider(surroundings).safeParse(entry).data ?? {};
  if (baseUrl === undefined) return undefined;
  const url = `${baseUrl.replace(/\/+$/, "")}/models`;
  return { ...models, url, key: keys?.find(({ secret }) => secret)?.secret };
}

/** How long an answer may take, in milliseconds; how large it may be, in bytes, and how many models it may name. */
const [patienceMs, mostBytes, mostModels] = [10_000, 8 * 1024 * 1024, 5_000];

/**
 * Asks a provider for the ids of its models, at its configured address and nowhere else: a redirection is a failure, since it
 * would take the key, and this process's place in the network, to where nobody configured. Rejects with a reason.
 */
export async function fetchListing({ url, key }: Listing): Promise<readonly string[]> {
  const response = await fetch(url, {
    headers: { accept: "application/json", ...(key && { authorization: `Bearer ${key.reveal()}` }) },
    redirect: "error",
    signal: AbortSignal.timeout(patienceMs),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`it answers with ${response.status}`);
  }
  const { data } = JSON.parse(await boundedText(response)) as { data?: unknown };
  const entries: readonly { id?: unknown }[] = Array.isArray(data) ? data : [];
  const ids = entries.flatMap((entry) => name.safeParse(entry?.id).data ?? []).filter((id) => id !== "auto");
  if (ids.length === 0) throw new Error("it lists no models");
  if (ids.length > mostModels) throw new Error(`it lists more than ${mostModels} models`);
  return [...new Set(ids)].sort();
}

async function boundedText({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    size += piece.length;
    if (size > mostBytes) throw new Error(`its list is larger than ${mostBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
