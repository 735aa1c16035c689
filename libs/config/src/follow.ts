import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fetchListing, type Listing, listingOf } from "./listed-models.ts";
import { ConfigError, configPath, loadConfig } from "./load.ts";
import type { Config } from "./schema.ts";

/** Told of what became of a changed file, or of another list of a provider's models: a configuration, or why it is none. */
export type OnConfig = (change: { readonly config: Config } | { readonly reason: string }) => void;

/**
 * Looks for changes of the file until it is disposed. Files that are swapped behind a symbolic link, as in Kubernetes, are seen.
 * Where the catalogue is a provider's, that one is asked at once and then from time to time; where it does not answer, what it
 * listed before goes on.
 */
export function followConfig(environment: NodeJS.ProcessEnv, intervalMs: number, onChange: OnConfig): Disposable {
  const path = configPath(environment);
  let known: string | undefined = readFileSync(path, "utf8");
  const models = askedModels();
  const listingIn = (text: string | undefined) => {
    try {
      return text === undefined ? undefined : listingOf(text, { environment, folder: dirname(path) });
    } catch {
      return undefined;
    }
  };
  let listing = listingIn(known);
  let isDisposed = false;
  const take = () => {
    if (isDisposed) return;
    try {
      onChange({ config: loadConfig(environment, models.listed) });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      onChange({ reason: error.message });
    }
  };
  const look = async () => {
    const text = await readFile(path, "utf8").catch(() => undefined);
    const isNew = text !== known;
    if (isNew) {
      known = text;
      listing = listingIn(text);
    }
    const news = listing && (await models.ask(listing));
    if (isNew || news === "other") take();
    if (news !== undefined && news !== "other" && !isDisposed) onChange(news);
  };
  let isLooking = false;
  const lookAlone = async () => {
    if (isLooking) return;
    isLooking = true;
    await look().finally(() => {
      isLooking = false;
    });
  };
  // Read and not watched: a watch on a file loses it when it is replaced, and says nothing where the file system is another machine's.
  const timer = setInterval(() => void lookAlone(), intervalMs).unref();
  if (listing) void lookAlone();
  return {
    [Symbol.dispose]() {
      isDisposed = true;
      clearInterval(timer);
    },
  };
}

/** A provider that did not answer is asked again after so long at most, in milliseconds. */
const againMs = 15_000;

/** What providers listed when they were last asked. */
function askedModels() {
  const listed = new Map<string, readonly string[]>();
  let asked: Listing | undefined;
  let dueMs = 0;
  let isFailing = false;
  return {
    listed,
    /** Asks, if it is time: undefined where there is nothing new, `other` where it lists others or answers again, or why it does not. */
    async ask(listing: Listing): Promise<"other" | { readonly reason: string } | undefined> {
      const nowMs = Date.now();
      const isOther = asked?.url !== listing.url || asked.provider !== listing.provider;
      if (!isOther && nowMs < dueMs) return undefined;
      asked = listing;
      const { provider, refreshMs } = listing;
      try {
        const ids = await fetchListing(listing);
        // By the clock and not from now on, so that all processes learn of a model at about the same time.
        dueMs = nowMs - (nowMs % refreshMs) + refreshMs;
        const isSame = !isFailing && isDeepStrictEqual(listed.get(provider), ids);
        isFailing = false;
        listed.set(provider, ids);
        return isSame ? undefined : "other";
      } catch (error) {
        dueMs = nowMs + Math.min(againMs, refreshMs);
        isFailing = true;
        const { message, cause } = error as Error;
        const why = cause instanceof Error ? `${message} (${cause.message})` : message;
        return { reason: `models.provider: "${provider}" does not list its models: ${why}` };
      }
    },
  };
}
