import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompleteRequest, ListModelsRequest, RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { connect } from "@switchyard/rpc";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { testConfig } from "./network/config.ts";
import { spawnService } from "./network/spawn-service.ts";
import { startSimulator, withKey } from "./network/test-network.ts";

it("prices and limits change while the platform runs; what is not valid changes nothing, and a metric and the log say so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-reload-"));
  const simulator = await startSimulator(folder);
  const config = {
    ...testConfig(simulator.url, join(folder, "data")),
    budget: { listen: "127.0.0.1:0", tiers: { enterprise: { tenant: { tokensPerDay: 1_000_000 } }, free: {} } },
  };
  const environment = { TEST_PROVIDER_KEY: "sk-provider" };
  const platform = await spawnService({ service: "standalone", config, folder, environment });
  const { client, close } = connect(RouterServiceDefinition, `dns:///${platform.addresses.grpc}`);
  const put = (content: object | string) =>
    writeFileSync(join(folder, "standalone.yaml"), typeof content === "string" ? content : stringify(content));
  const price = async () => {
    const { models } = await client.listModels(ListModelsRequest.create(), withKey());
    return models.find(({ id }) => id === "gpt-4o")?.prices?.inputUsdPerMillion;
  };
  const metrics = async () => (await fetch(`http://${platform.addresses.admin}/metrics`)).text();
  const ask = (text: string) =>
    client.complete(
      CompleteRequest.fromPartial({
        chat: {
          model: "gpt-4o",
          maxTokens: 64,
          messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: text } }] }],
        },
      }),
      withKey(),
    );
  try {
    expect(await price()).toBe(2.5);
    await expect(ask("before")).resolves.toBeDefined();

    const models = config.models.map((model) =>
      model.id === "gpt-4o" ? { ...model, prices: { input: 5, output: 20 } } : model,
    );
    const tiers = { enterprise: { tenant: { tokensPerDay: 10 } }, free: {} };
    const changed = {
      ...config,
      models,
      budget: { ...config.budget, tiers },
      gateway: { ...config.gateway, requestTimeoutMs: 1_000 },
    };
    put(changed);
    await expect.poll(price).toBe(5);
    await expect(ask("after")).rejects.toMatchObject({ reason: "BUDGET_EXHAUSTED" });
    expect(platform.log()).toContain('"needRestart":["gateway.requestTimeoutMs"]');
    expect(await metrics()).toMatch(/^switchyard_config_in_force\S* 1$/m);

    put("models: all of them");
    await expect.poll(metrics).toMatch(/^switchyard_config_in_force\S* 0$/m);
    expect(await metrics()).toMatch(/^switchyard_config_reloads_total\{switchyard_outcome="refused".*\} 1$/m);
    expect(platform.log()).toContain("the one before stays in force");
    expect(await price()).toBe(5);

    put(config);
    await expect.poll(price).toBe(2.5);
    await expect(ask("at last")).resolves.toBeDefined();
    expect(await metrics()).toMatch(/^switchyard_config_in_force\S* 1$/m);
  } finally {
    close();
    await platform.stop();
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
