import { readFileSync } from "node:fs";
import { defineScript, type Script } from "@switchyard/redis";

const lua = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8");

/** A script on the entries of one tenant: its one key is the stem of all the tenant's cache keys. */
function entryScript<Reply>(name: string): Script<Reply> {
  return defineScript({ name: `cache ${name}`, lua: `${lua("common")}\n${lua(name)}`, numberOfKeys: 1 });
}

/** A script on one vector set, its one key. */
function vectorScript<Reply>(name: string): Script<Reply> {
  return defineScript({ name: `cache ${name}`, lua: lua(name), numberOfKeys: 1 });
}

/** Names and partitions, by turns, of vectors that lead to an entry no more. */
export type Strays = readonly string[];

/** Everything the cache lets Redis do atomically; their Lua says what they take. */
export const scripts = {
  put: entryScript<Strays>("put"),
  remove: entryScript<readonly [partition?: string] | null>("remove"),
  removeSome: entryScript<readonly [seen: number, staying: number, removed: number, Strays]>("remove-some"),
  addVector: vectorScript<number>("add-vector"),
  nearest: vectorScript<readonly string[]>("nearest"),
  forgetVector: vectorScript<number>("forget-vector"),
};
