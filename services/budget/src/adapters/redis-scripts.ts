import { readFileSync } from "node:fs";
import { defineScript, type Script } from "@switchyard/redis";

const lua = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8");

/** A script on the budgets of one tenant: its one key is the stem of all the tenant's budget keys. */
function tenantScript<Reply>(name: string): Script<Reply> {
  return defineScript({ name: `budget ${name}`, lua: `${lua("common")}\n${lua(name)}`, numberOfKeys: 1 });
}

/** All of them may be run again with the same arguments: nothing is booked, reserved or published twice. */
export const scripts = {
  reserve: tenantScript<[expiresAtMs: number] | [limit: number, used: string, reserved: string, day: number]>(
    "reserve",
  ),
  settle: tenantScript<[tokens: string, costUsdNanos: string]>("settle"),
  release: tenantScript<null>("release"),
  usage:
    tenantScript<[usedTokens: string, usedCost: string, reservedTokens: string, reservedCost: string, day: number]>(
      "usage",
    ),
  sweep: tenantScript<[presumed: number, atOnce: number, ledgerLength: number]>("sweep"),
  publish: defineScript<null>({ name: "budget publish", lua: lua("publish"), numberOfKeys: 4 }),
};

export type Reply<Name extends keyof typeof scripts> = Awaited<ReturnType<(typeof scripts)[Name]>>;
