import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder, repository } from "../tools/tools.ts";

// Builds images where there is neither a docker engine nor a registry: Debian's buildah, each step in a chroot, on a base that is
// bootstrapped from Debian's packages and this machine's Node and npm. Needs root.

const baseImage = "localhost/switchyard-node";

/** Runs a program to its end and returns what it wrote to standard output. Throws with both outputs if it failed. */
export function run(program: string, ...parameters: readonly string[]): string {
  const { status, error, stdout, stderr } = spawnSync(program, parameters, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, BUILDAH_ISOLATION: "chroot" },
  });
  if (status !== 0) {
    throw new Error(`${program} ${parameters[0] ?? ""} failed: ${error?.message ?? ""}\n${stdout}\n${stderr}`);
  }
  return stdout.trim();
}

/** What is missing to build images here, in words; undefined if nothing is. */
export function whatIsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "root: steps of a build run in a chroot";
  const missing = ["buildah", "debootstrap"].filter((program) => spawnSync(program, ["--version"]).status !== 0);
  return missing.length === 0 ? undefined : `${missing.join(" and ")}: apt-get install buildah debootstrap`;
}

/** Makes the image that builds start from, unless it is there: Debian, this machine's Node and npm, its certificates. */
export function bootstrapBase(): void {
  if (spawnSync("buildah", ["inspect", "--type", "image", baseImage]).status === 0) return;
  const root = join(cacheFolder, "base");
  if (!existsSync(join(root, "etc/debian_version"))) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    run("debootstrap", "--variant=minbase", "--include=ca-certificates,libatomic1,libstdc++6", "bookworm", root);
  }
  const npm = dirname(dirname(realpathSync(run("which", "npm"))));
  const bin = join(root, "usr/local/bin");
  cpSync(process.execPath, join(bin, "node"));
  cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true, dereference: true });
  for (const name of ["npm", "npx"]) {
    rmSync(join(bin, name), { force: true });
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  }
  // A registry may stand behind a certificate that only this machine knows.
  const certificates = "etc/ssl/certs/ca-certificates.crt";
  if (existsSync(`/${certificates}`)) cpSync(`/${certificates}`, join(root, certificates));
  const container = run("buildah", "from", "scratch");
  run("buildah", "add", "--quiet", container, root, "/");
  run("buildah", "config", "--env", `NODE_EXTRA_CA_CERTS=/${certificates}`, container);
  run("buildah", "commit", "--quiet", "--rm", container, baseImage);
}

/** A built image, unpacked. */
export interface BuiltImage {
  /** Its file system. */
  readonly root: string;
  readonly bytes: number;
  readonly config: { readonly User: string; readonly WorkingDir: string; readonly Entrypoint: readonly string[] };
  remove(): void;
}

/** Builds the image of a service from deploy/docker/Dockerfile. */
export function buildImage(service: string): BuiltImage {
  const name = `localhost/switchyard/${service}`;
  const docker = join(repository, "deploy/docker");
  run(
    "buildah",
    ...["bud", "--quiet", "--file", join(docker, "Dockerfile"), "--tag", name],
    ...["--ignorefile", join(docker, "Dockerfile.dockerignore")],
    ...["--build-arg", `NODE_IMAGE=${baseImage}`, "--build-arg", `SERVICE=${service}`, repository],
  );
  const container = run("buildah", "from", name);
  const root = run("buildah", "mount", container);
  const { OCIv1 } = JSON.parse(run("buildah", "inspect", "--type", "image", name));
  return {
    root,
    bytes: Number(run("du", "--summarize", "--bytes", root).split("\t")[0]),
    config: OCIv1.config,
    remove: () => void run("buildah", "rm", container),
  };
}
