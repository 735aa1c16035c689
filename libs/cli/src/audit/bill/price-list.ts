import type { Tokens } from "../log/logged-request.ts";

/** Nano-USD per token: USD per million tokens, times 1,000. */
export interface Prices {
  readonly fresh: number;
  readonly cached: number;
  readonly output: number;
}

/** A model whose price is known. */
export interface PricedModel {
  readonly id: string;
  readonly prices: Prices;
  /** Whether it answers chat requests; an embedding model does not, and no other can stand in for it. */
  readonly isChat: boolean;
}

/** Finds models by the names that logs give them. */
export type PriceList = (names: readonly string[]) => PricedModel | undefined;

/** Names looked up that are remembered; a log that makes up more names than that is looked up anew each time. */
const mostRemembered = 1_000;

/**
 * Finds a model by any of its names: as it stands, without a provider before it (`openai/gpt-4o`), without a date after it
 * (`gpt-4o-2024-08-06`).
 */
export function createPriceList(models: readonly PricedModel[]): PriceList {
  const byId = new Map(models.map((model) => [model.id.toLowerCase(), model]));
  const remembered = new Map<string, PricedModel | undefined>();
  const find = (name: string) => {
    if (remembered.has(name)) return remembered.get(name);
    const found = spellings(name)
      .map((spelling) => byId.get(spelling))
      .find((model) => model !== undefined);
    if (remembered.size < mostRemembered) remembered.set(name, found);
    return found;
  };
  return (names) => {
    for (const name of names) {
      const found = find(name);
      if (found) return found;
    }
    return undefined;
  };
}

function spellings(name: string): string[] {
  const whole = name.trim().toLowerCase();
  const bare = whole.slice(whole.lastIndexOf("/") + 1);
  const undated = (spelling: string) => spelling.replace(/[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$/, "");
  return [whole, bare, undated(whole), undated(bare)];
}

/** What tokens cost, in nano-USD. */
export const costOf = ({ fresh, cached, output }: Tokens, prices: Prices): number =>
  fresh * prices.fresh + cached * prices.cached + output * prices.output;

/** USD per million tokens as nano-USD per token; prices have at most six decimals. */
export const nanosPerToken = (usdPerMillion: number) => Math.round(usdPerMillion * 1e9) / 1e6;
