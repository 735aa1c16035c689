import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startNetwork } from "@switchyard/test-e2e/network";
import { keys } from "@switchyard/test-e2e/network/config";
import { expect, it } from "vitest";
import { golden, manifestsOf } from "./render-chart.ts";

const test = manifestsOf(golden("quickstart")).find(({ kind }) => kind === "Pod");

/** Runs what the pod of `helm test` runs, where its image would: in the router's folder. */
async function runTestPod(environment: Record<string, string>) {
  const child = spawn(process.execPath, test?.spec.containers[0].args, {
    cwd: fileURLToPath(new URL("../../../services/router/", import.meta.url)),
    env: environment,
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await exited, output, complaint };
}

it("helm test sends a real request, and tells who answered it and where its trace is", {
  timeout: 120_000,
}, async () => {
  const network = await startNetwork({ shape: "standalone" });
  try {
    const target = { TARGET: `dns:///${network.grpcAddress}` };
    const answered = await runTestPod({ ...target, API_KEY: keys.acme });
    expect(answered).toMatchObject({ code: 0, complaint: "" });
    expect(answered.output).toMatch(/^answered by \S+, trace [0-9a-f]{32}\n$/);
    expect(network.simulator.served()).toHaveLength(1);

    const refused = await runTestPod({ ...target, API_KEY: "sk-unknown" });
    expect(refused).toMatchObject({ code: 1, complaint: "the API key is not known\n" });
  } finally {
    await network.stop();
  }
});
