import { Agent, request } from "node:http";
import type { Load } from "./load.ts";

/** Median microseconds from a streamed request to the first content of its answer, over one warm connection. */
export async function firstTokenUs(load: Load, samples: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let index = 0; index < samples; index++) times.push(await once(load, agent, index));
  agent.destroy();
  times.sort((a, b) => a - b);
  return Math.round((times[Math.floor(times.length / 2)] ?? Number.NaN) * 1000);
}

const runId = process.pid.toString(36);

function once(load: Load, agent: Agent, index: number): Promise<number> {
  const body = load.body.replace("[<id>]", `${runId}-${performance.now().toString(36)}-${index}`);
  return new Promise((resolve, reject) => {
    const from = performance.now();
    let first = Number.NaN;
    const call = request(load.url, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...load.headers },
    });
    call.on("response", (answer) => {
      let seen = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        if (!Number.isNaN(first)) return;
        seen += part;
        if (/"content":\s*"[^"]/.test(seen)) first = performance.now() - from;
      });
      answer.on("end", () => resolve(first));
      answer.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}
