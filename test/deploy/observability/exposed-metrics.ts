import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CompleteRequest, StreamCompleteRequest } from "@switchyard/contracts/router/v1/router";
import { createInstruments, startTelemetry } from "@switchyard/telemetry";
import { startNetwork, type TestNetwork, withKey } from "@switchyard/test-e2e/network";
import { vi } from "vitest";
import { type Exposition, readExposition } from "./exposition.ts";

/** Everything that can be exposed, without labels: each instrument, used once, through the exporter that services use. */
export async function exposedNames(): Promise<ReadonlySet<string>> {
  const telemetry = startTelemetry("names", {});
  const server = createServer(telemetry.scrape);
  try {
    for (const instrument of Object.values(createInstruments())) {
      if ("add" in instrument) instrument.add(1);
      else instrument.record(1);
    }
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return new Set(readExposition(await response.text()).keys());
  } finally {
    server.close();
    await telemetry.shutdown();
  }
}

const ask = (text: string, model = "auto") =>
  CompleteRequest.fromPartial({
    chat: { model, messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: text } }] }] },
    caller: { tenant: "acme", feature: "search" },
  });

/** What the platform exposes after answers, hits, streams, retries, fallbacks and refusals. */
export async function exposedAfterTraffic(): Promise<Exposition> {
  const network = await startNetwork({
    shape: "standalone",
    simulator: { fault: ({ model }) => (model === "gpt-4o" ? { kind: "status", status: 500 } : undefined) },
  });
  try {
    for (const text of ["Say hi.", "Say hi.", "Translate: good morning."]) await complete(network, ask(text));
    for await (const piece of network.router.streamComplete(
      StreamCompleteRequest.fromPartial(ask("Go on.")),
      withKey(),
    )) {
      void piece;
    }
    for (let count = 0; count < 8; count += 1) await complete(network, ask(`Prove it, ${count}.`, "gpt-4o"));
    await complete(network, ask("Hello?", "no-such-model"));
    const admin = network.processes.standalone?.addresses.admin;
    // What follows an answer is counted after it.
    return await vi.waitFor(
      async () => {
        const text = await (await fetch(`http://${admin}/metrics`)).text();
        if (!/^switchyard_requests_total\{[^}]*UNKNOWN_MODEL/m.test(text))
          throw new Error("not everything is counted yet");
        return readExposition(text);
      },
      { timeout: 20_000 },
    );
  } finally {
    await network.stop();
  }
}

/** Asks, whatever comes of it. */
async function complete(network: TestNetwork, request: CompleteRequest): Promise<void> {
  await network.router.complete(request, withKey()).catch(() => undefined);
}
