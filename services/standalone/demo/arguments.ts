import { parseArgs } from "node:util";

export const usage = `Sends a mixed workload of prompts through Switchyard and prints the bill beside the baseline's.

  npm run demo -- [--url URL] [--key KEY] [--requests N] [--json]

  --url URL     a running platform, http://127.0.0.1:8080 say; by default the demo starts one of its own
  --key KEY     the API key for it
  --requests N  how many requests to send, 1 to 100000; 300 by default
  --json        print the result as JSON
`;

/** What the demo was asked to do. */
export interface DemoArguments {
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly requests: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** Reads the command line. Throws an Error that says what is wrong with it. */
export function readArguments(args: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: "string" },
      key: { type: "string" },
      requests: { type: "string", default: "300" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { url, key, json, help } = values;
  const requests = Number(values.requests);
  if (!Number.isInteger(requests) || requests < 1 || requests > 100_000) {
    throw new Error(`--requests must be a whole number from 1 to 100000, not "${values.requests}"`);
  }
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new Error(`--url must be an http or https address, not "${url}"`);
  }
  if (key !== undefined && url === undefined) throw new Error("--key is for a running platform: give --url as well");
  return { url: url?.replace(/\/(?:v1\/?)?$/, ""), key, requests, json, help };
}
