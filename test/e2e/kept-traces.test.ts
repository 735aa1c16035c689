import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompleteRequest, RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { connect } from "@switchyard/rpc";
import { expect, it } from "vitest";
import { testConfig } from "./network/config.ts";
import { spawnService } from "./network/spawn-service.ts";
import { startSimulator, withKey } from "./network/test-network.ts";

const cli = fileURLToPath(new URL("../../libs/cli/src/main.ts", import.meta.url));

it("the standalone platform keeps the trace whose id an answer bears, and the command line shows it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-traces-"));
  const simulator = await startSimulator(folder);
  const config = testConfig(simulator.url, join(folder, "data"));
  const environment = { TEST_PROVIDER_KEY: "sk-provider" };
  const platform = await spawnService({ service: "standalone", config, folder, environment });
  const { client, close } = connect(RouterServiceDefinition, `dns:///${platform.addresses.grpc}`);
  const trace = (...parameters: string[]) =>
    spawnSync(process.execPath, [cli, "trace", ...parameters, "--admin", String(platform.addresses.admin)], {
      encoding: "utf8",
    });
  try {
    const request = CompleteRequest.fromPartial({
      chat: {
        model: "auto",
        messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: "Say hi." } }] }],
      },
    });
    const { routing } = await client.complete(request, withKey());
    const id = routing?.traceId ?? "none";
    // What follows an answer belongs to its trace.
    await expect.poll(() => trace(id).stdout).toMatch(/ settle /);
    const { stdout } = trace(id.slice(0, 8));
    expect(stdout).toMatch(new RegExp(`^trace ${id}, [0-9.]+ ms`));
    for (const step of ["recall", "classify", "decide", "reserve", "dispatch", "chat ", "remember", "report"]) {
      expect(stdout).toContain(step);
    }
    expect(stdout).toMatch(/\d+ \+ \d+ tokens/);
    expect(stdout).toContain("USD");
    expect(stdout).toContain("because ");
    expect(stdout).not.toContain("Say hi");
    expect(trace().stdout).toContain(id);
    expect(trace("0".repeat(32))).toMatchObject({ status: 1, stderr: expect.stringContaining("is kept any more") });
  } finally {
    close();
    await platform.stop();
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
