import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "./open-log.ts";
import { readLog } from "./read-log.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-log-"));
});
afterAll(() => rm(folder, { recursive: true }));

const csv = "model,input_tokens,output_tokens\ngpt-4o,1,2\ngpt-4o,3,4\n";
const json =
  '{"model":"gpt-4o","input_tokens":1,"output_tokens":2}\n{"model":"gpt-4o","input_tokens":3,"output_tokens":4}\n';

const { signal } = new AbortController();

async function read(path: string, input = Readable.from([])) {
  const log = await openLog(path, input, signal);
  const inputTokens: number[] = [];
  const tally = await readLog({
    ...log,
    onRequest: ({ tokens }) => inputTokens.push(tokens.fresh),
    onChunk: () => undefined,
    signal,
  });
  return { inputTokens, format: tally.format, bytesRead: log.bytesRead(), totalBytes: log.totalBytes };
}

async function file(name: string, content: string | Buffer) {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe("opening a log", () => {
  it("reads a file by its name and tells how far it is", async () => {
    const size = csv.length;
    expect(await read(await file("a.csv", csv))).toEqual({
      inputTokens: [1, 3],
      format: "csv",
      bytesRead: size,
      totalBytes: size,
    });
    expect(await read(await file("a.jsonl", json))).toMatchObject({ inputTokens: [1, 3], format: "jsonl" });
  });

  it("tells the format by the first line where the name does not", async () => {
    expect(await read(await file("a.log", csv))).toMatchObject({ inputTokens: [1, 3], format: "csv" });
    expect(await read(await file("b.log", json))).toMatchObject({ inputTokens: [1, 3], format: "jsonl" });
  });

  it("unpacks, and counts the packed bytes", async () => {
    const packed = gzipSync(csv);
    expect(await read(await file("a.csv.gz", packed))).toEqual({
      inputTokens: [1, 3],
      format: "csv",
      bytesRead: packed.length,
      totalBytes: packed.length,
    });
  });

  it("reads what is piped in", async () => {
    expect(await read("-", Readable.from([json]))).toMatchObject({ inputTokens: [1, 3], totalBytes: undefined });
  });

  it("stops waiting for a pipe when it is interrupted", async () => {
    const interrupt = new AbortController();
    const log = await openLog("-", new Readable({ read: () => interrupt.abort() }), interrupt.signal);
    await expect(log.stream[Symbol.asyncIterator]().next()).rejects.toThrow("aborted");
  });

  it("says which file it cannot read", async () => {
    await expect(read(join(folder, "none.csv"))).rejects.toThrow(/no file ".*none\.csv"/);
    await expect(read(folder)).rejects.toThrow("is a folder");
    await expect(read(await file("broken.csv.gz", "not packed"))).rejects.toThrow(/cannot read ".*broken\.csv\.gz"/);
  });
});
