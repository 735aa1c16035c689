import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { ListModelsRequest, RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { type Certificates, connect, openCertificates, Status } from "@switchyard/rpc";
import { withKey } from "@switchyard/test-e2e/network";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, putFiles } from "./authority.ts";
import { type EdgeService, startEdgeService } from "./edge-service.ts";
import { describeTallies, kinds, startLoad } from "./load.ts";
import { type Replicas, services, startReplicas } from "./replicas.ts";

const reloadMs = 200;
const serverName = "switchyard";
const folder = mkdtempSync(join(tmpdir(), "switchyard-tls-"));
const files = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key"), ca: join(folder, "ca.crt") };
const put = ({ cert, key }: { cert: string; key: string }, ca: string) =>
  putFiles(folder, { "tls.crt": cert, "tls.key": key, "ca.crt": ca });
const first = createAuthority(folder, "first");
const grpcServices = services.filter((service) => service !== "gateway");

let replicas: Replicas;
let edge: EdgeService;
let certificates: Certificates;
beforeAll(async () => {
  put(first.issue(serverName), first.certificate);
  certificates = openCertificates({ ...files, reloadMs, serverName }, () => undefined);
  const tls = { ...files, reloadMs, serverName };
  replicas = await startReplicas({ drainNoticeMs: 0, rpc: { tls, maxConnectionAgeMs: 2_000 } });
  edge = await startEdgeService(replicas.addresses("gateway"), replicas.adminAddresses("gateway"));
});
afterAll(async () => {
  await edge?.close();
  await replicas?.stop();
  certificates?.[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** What a server shows to a client that shows nothing, and whether it then talks to it. */
const shownBy = (address: string) =>
  new Promise<string>((resolve, reject) => {
    const [host, port] = address.split(":");
    const socket = connectTls({ host, port: Number(port), ALPNProtocols: ["h2"], rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    }).on("error", reject);
  });
const shownByAll = async () =>
  new Set(await Promise.all(grpcServices.flatMap((service) => replicas.addresses(service)).map(shownBy)));
const everyLog = () => services.flatMap((service) => [0, 1].map((index) => replicas.log(service, index)));
const told = (words: string) => everyLog().filter((log) => log.includes(words)).length;

describe("services that talk over mutual TLS", { timeout: 240_000 }, () => {
  it("let nobody in who shows no certificate of the platform's authority, or talks in the clear", async () => {
    const stranger = createAuthority(folder, "stranger");
    const strange = mkdtempSync(join(folder, "stranger-"));
    putFiles(strange, {
      "tls.crt": stranger.issue(serverName).cert,
      "ca.crt": first.certificate,
    });
    const own = stranger.issue(serverName);
    putFiles(strange, { "tls.crt": own.cert, "tls.key": own.key });
    const paths = { cert: join(strange, "tls.crt"), key: join(strange, "tls.key"), ca: join(strange, "ca.crt") };
    using others = openCertificates({ ...paths, reloadMs, serverName }, () => undefined);
    for (const shown of [undefined, others]) {
      const { client, close } = connect(RouterServiceDefinition, {
        address: replicas.target("router"),
        certificates: shown,
      });
      await expect(client.listModels(ListModelsRequest.create(), withKey())).rejects.toMatchObject({
        code: Status.UNAVAILABLE,
      });
      close();
    }
    const { client, close } = connect(RouterServiceDefinition, { address: replicas.target("router"), certificates });
    await expect(client.listModels(ListModelsRequest.create(), withKey())).resolves.toBeDefined();
    close();
  });

  it("change certificates and even the authority under load without a failed call", async () => {
    const second = createAuthority(folder, "second");
    const both = first.certificate + second.certificate;
    const callers = { explain: 1, "list-models": 1, usage: 1, complete: 3, stream: 3, http: 1, "http-stream": 1 };
    const load = startLoad({
      routerTarget: replicas.target("router"),
      budgetTarget: replicas.target("budget"),
      httpUrl: edge.url,
      certificates,
      callers,
    });
    const before = await shownByAll();
    // Everybody trusts both authorities before the first shows a certificate of the new one.
    const steps = [
      [first.issue(serverName), first.certificate],
      [first.issue(serverName), both],
      [second.issue(serverName), both],
      [second.issue(serverName), second.certificate],
    ] as const;
    for (const [index, [own, ca]] of steps.entries()) {
      put(own, ca);
      const rotations = () =>
        everyLog().filter((log) => log.split("the certificate changed").length > index + 1).length;
      await expect.poll(rotations).toBe(services.length * 2);
      // Older than a connection gets.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
    }
    const after = await shownByAll();
    await load.stop();
    process.stdout.write(`four rotations, ${load.total()} answers\n${describeTallies(load.tallies)}\n`);
    expect([before.size, after.size]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
    for (const kind of kinds) {
      expect(load.tallies[kind].answered, kind).toBeGreaterThan(0);
      expect(load.tallies[kind].failures, kind).toEqual([]);
    }
  });

  it("keep what they have where the files do not fit together, and say so", async () => {
    const before = await shownByAll();
    putFiles(folder, { "tls.key": first.issue(serverName).key });
    await expect.poll(() => told("the key is not the certificate's")).toBe(services.length * 2);
    expect(await shownByAll()).toEqual(before);
    const { client, close } = connect(RouterServiceDefinition, { address: replicas.target("router"), certificates });
    await expect(client.listModels(ListModelsRequest.create(), withKey())).resolves.toBeDefined();
    close();
  });
});
