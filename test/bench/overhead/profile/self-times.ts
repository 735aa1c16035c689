import { type CpuProfile, frameOf, selfMicroseconds } from "./call-tree.ts";

const shown = 40;

/** The functions, and the packages, that took most time themselves, with their shares of what was not idle. */
export function selfTimes(profile: CpuProfile): string {
  const selfUs = selfMicroseconds(profile);
  const functions = new Map<string, number>();
  const packages = new Map<string, number>();
  let busyUs = 0;
  for (const { id, callFrame } of profile.nodes) {
    const us = selfUs.get(id) ?? 0;
    if (us === 0 || callFrame.functionName === "(idle)") continue;
    const { name, place } = frameOf(callFrame);
    busyUs += us;
    add(functions, `${name} ${place}`, us);
    add(packages, packageOf(name, place), us);
  }
  return `${table("packages", packages, busyUs)}\n${table("functions", functions, busyUs)}`;
}

const add = (sums: Map<string, number>, key: string, us: number) => sums.set(key, (sums.get(key) ?? 0) + us);

function packageOf(name: string, place: string): string {
  if (place === "") return name.startsWith("(") ? name : "native";
  if (place.startsWith("node:")) return "node";
  const parts = place.split("/");
  const last = parts.lastIndexOf("node_modules");
  if (last >= 0) return parts.slice(last + 1, parts[last + 1]?.startsWith("@") ? last + 3 : last + 2).join("/");
  return parts.slice(0, 2).join("/");
}

function table(title: string, sums: Map<string, number>, busyUs: number): string {
  const rows = [...sums].sort(([, a], [, b]) => b - a).slice(0, shown);
  return [title, ...rows.map(([name, us]) => `${((us / busyUs) * 100).toFixed(1).padStart(6)}%  ${name}`), ""].join(
    "\n",
  );
}
