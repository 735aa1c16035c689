import { readFileSync } from "node:fs";
import { defineScript, type Script } from "@switchyard/redis";

const lua = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8");

/** A script on the budgets of one organisation: its one key is the stem of all the organisation's budget keys. */
function budgetScript<Reply>(name: string): Script<Reply> {
  return defineScript({ name: `budget ${name}`, lua: `${lua("common")}\n${lua(name)}`, numberOfKeys: 1 });
}

/** The server's clock stands in another day or month than the caller thought: nothing was done. */
type WrongWindows = readonly ["clock", nowMs: string];

/** A limit's index, then amounts in its unit, the wait in milliseconds (-1: none) and the server's time. */
export type ShortageReply = readonly [
  term: number,
  used: string,
  reserved: string,
  requested: string,
  waitMs: string,
  nowMs: string,
];

/** The answer to one order. */
export type ReserveReply =
  | WrongWindows
  | readonly ["granted", expiresAtMs: string | number, ...termsAndShares: (number | string)[]]
  | readonly ["refused", ...ShortageReply]
  | readonly ["narrowed", tierMask: number, term: number, share: string, ...(ShortageReply | readonly [])];

/** To all orders of a call: a plan is missing and nothing was done, or every one is granted with nothing to say, or one by one. */
export type ReserveReplies = readonly ["plans"] | readonly ["all", nowMs: string] | readonly ReserveReply[];

/** All of them may be run again with the same arguments: nothing is booked, reserved or published twice. */
export const scripts = {
  reserve: budgetScript<ReserveReplies>("reserve"),
  settle: budgetScript<WrongWindows | readonly ["settled" | "repeated", tokens: string, costUsdNanos: string]>(
    "settle",
  ),
  release: budgetScript<null>("release"),
  usage: budgetScript<
    | WrongWindows
    | readonly ["usage", usedTokens: string, usedCost: string, reservedTokens: string, reservedCost: string]
  >("usage"),
  sweep: budgetScript<[presumed: number, atOnce: number, ledgerLength: number]>("sweep"),
  publish: defineScript<null>({ name: "budget publish", lua: lua("publish"), numberOfKeys: 4 }),
};

export type Reply<Name extends keyof typeof scripts> = Awaited<ReturnType<(typeof scripts)[Name]>>;
