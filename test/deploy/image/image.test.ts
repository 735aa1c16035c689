import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { testConfig } from "@switchyard/test-e2e/network/config";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type BuiltImage, bootstrapBase, buildImage, run, whatIsMissing } from "./build-image.ts";

const services = ["gateway", "router", "classifier", "cache", "budget", "provider-adapter", "simulator"] as const;
const missing = whatIsMissing();
if (missing !== undefined) throw new Error(`images cannot be built here for want of ${missing}`);

beforeAll(bootstrapBase, 600_000);

describe.each(services)("the image of %s", (service) => {
  let image: BuiltImage;
  beforeAll(() => {
    image = buildImage(service);
    process.stdout.write(`${service}: ${(image.bytes / 1e6).toFixed(0)} MB unpacked\n`);
  }, 600_000);
  afterAll(() => image?.remove());

  it("runs the service as nobody in particular", () => {
    expect(image.config).toMatchObject({
      User: "65532:65532",
      WorkingDir: `/app/services/${service}`,
      Entrypoint: ["/usr/local/bin/node", "src/main.ts"],
    });
  });

  it("holds no shell, no package manager, no other service and no test", () => {
    for (const path of ["bin/sh", "bin/bash", "usr/bin/env", "usr/local/bin/npm", "app/node_modules/vitest"]) {
      expect(existsSync(join(image.root, path)), path).toBe(false);
    }
    expect(readdirSync(join(image.root, "app/services"))).toEqual([service]);
    expect(run("find", join(image.root, "app/libs"), join(image.root, "app/services"), "-name", "*.test.ts")).toBe("");
    expect(existsSync(join(image.root, "app/node_modules/openai"))).toBe(service === "provider-adapter");
  });

  it("tells what it is made of", () => {
    const { bomFormat, components } = JSON.parse(readFileSync(join(image.root, "app/sbom.cdx.json"), "utf8"));
    expect(bomFormat).toBe("CycloneDX");
    expect(components.map(({ name }: { name: string }) => name)).toContain("rpc");
  });

  it("lets nobody but root write anything, save under /tmp", () => {
    expect(run("find", image.root, "-not", "-type", "l", "-perm", "/o+w", "-not", "-path", `${image.root}/tmp`)).toBe(
      "",
    );
    expect(run("find", image.root, "-not", "-uid", "0")).toBe("");
    expect(statSync(join(image.root, "tmp")).mode & 0o1777).toBe(0o1777);
  });

  it("serves, as user 65532 and with nothing of the machine but its kernel", { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "switchyard-image-"));
    const configuration = testConfig("http://127.0.0.1:9/v1", "/tmp/data");
    writeFileSync(
      join(image.root, "tmp/switchyard.yaml"),
      stringify({ ...configuration, simulator: { listen: "127.0.0.1:0" } }),
    );
    const beganMs = performance.now();
    const child = spawn(
      "chroot",
      [
        "--userspec=65532:65532",
        image.root,
        ...image.config.Entrypoint.map((part) => part.replace("src/", `/app/services/${service}/src/`)),
      ],
      {
        cwd: folder,
        env: {
          SWITCHYARD_CONFIG: "/tmp/switchyard.yaml",
          TEST_PROVIDER_KEY: "sk-provider",
          PATH: "/usr/sbin:/usr/bin",
        },
      },
    );
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const { admin, url } = await serving(child);
    process.stdout.write(`${service}: serving after ${(performance.now() - beganMs).toFixed(0)} ms\n`);
    // Answered, so its event loop has turned: from then on it hears of signals.
    expect((await fetch(admin ? `http://${admin}/healthz` : `${url}`)).status).toBeLessThan(500);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
  });
});

/** Waits for the line that says that a service is serving, and returns the addresses in it. Rejects with the log if it ends instead. */
function serving(child: ChildProcess): Promise<Readonly<Record<string, string>>> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error(lines.join("\n"))));
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      lines.push(line);
      if (/"msg":"serving/.test(line)) resolve(JSON.parse(line) as Record<string, string>);
    });
  });
}
