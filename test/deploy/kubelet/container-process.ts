import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../tools/tools.ts";
import type { ContainerSpec } from "./pod-spec.ts";

export interface ContainerSurroundings {
  /** Network namespace of the pod. */
  readonly namespace: string;
  /** Folder of the pod: one folder per volume below it, and a log per container. */
  readonly folder: string;
  readonly nameServer: string;
  readonly environment: Readonly<Record<string, string>>;
}

// In a mount namespace of its own, which `ip netns exec` makes: /etc over the machine's, and the volumes in their places.
const script = `set -e
mount -t tmpfs tmpfs "$LAYERS"
mkdir "$LAYERS/upper" "$LAYERS/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$LAYERS/upper,workdir=$LAYERS/work" /etc
printf 'nameserver %s\\noptions timeout:2\\n' "$NAME_SERVER" > /etc/resolv.conf
for pair in $MOUNTS; do mkdir -p "\${pair#*=}"; mount --bind "\${pair%%=*}" "\${pair#*=}"; done
unset LAYERS MOUNTS NAME_SERVER
exec "$@"`;

/** The service whose image it is: REGISTRY/REPOSITORY/SERVICE:TAG. */
const serviceOf = (image: string) => image.split("/").at(-1)?.split(":")[0] ?? "";

/**
 * Runs what a container would: the service's entry point, or the command it is given, in the service's folder of this tree. It ends
 * with the process that is returned.
 */
export function startContainer(
  container: ContainerSpec,
  { namespace, folder, nameServer, environment }: ContainerSurroundings,
): ChildProcess {
  const layers = join(folder, `${container.name}-layers`);
  mkdirSync(layers, { recursive: true });
  // What stands below another is mounted after it.
  const mounts = [...(container.volumeMounts ?? [])]
    .sort((one, other) => one.mountPath.length - other.mountPath.length)
    .map(({ name, mountPath }) => `${join(folder, name)}=${mountPath}`);
  const command = container.command?.map((part) => (part === "node" ? process.execPath : part)) ?? [
    process.execPath,
    "src/main.ts",
  ];
  const child = spawn(
    "ip",
    ["netns", "exec", namespace, "sh", "-c", script, "sh", ...command, ...(container.args ?? [])],
    {
      cwd: join(repository, "services", serviceOf(container.image)),
      env: {
        PATH: process.env.PATH ?? "",
        ...environment,
        LAYERS: layers,
        MOUNTS: mounts.join(" "),
        NAME_SERVER: nameServer,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const log = createWriteStream(join(folder, `${container.name}.log`), { flags: "a" });
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(log, { end: false });
  child.once("close", () => log.end());
  return child;
}
