import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One place that Debian packages come from, as the machine has it configured. */
export interface DebianSource {
  /** Base of the archive, as written: may be a mirror list, a proxy's address, a local one. */
  readonly uri: string;
  /** Path of the keyring that signs it, if one is named. */
  readonly signedBy: string | undefined;
}

const debianSuite = /^(oldoldstable|oldstable|stable|testing|unstable|sid|buster|bullseye|bookworm|trixie|forky)$/;

/** The machine's own sources of Debian's main archive, from an apt folder (`/etc/apt`), without duplicates. */
export async function debianSources(folder: string): Promise<DebianSource[]> {
  const parts = (await readdir(join(folder, "sources.list.d")).catch(() => [] as string[])).sort();
  const files = ["sources.list", ...parts.map((name) => join("sources.list.d", name))];
  const found = new Map<string, DebianSource>();
  for (const file of files) {
    const parse = file.endsWith(".sources") ? parseDeb822 : file.endsWith(".list") ? parseOneLine : undefined;
    const text = parse && (await readFile(join(folder, file), "utf8").catch(() => ""));
    for (const source of parse && text ? parse(text) : []) {
      if (!found.has(source.uri)) found.set(source.uri, source);
    }
  }
  return [...found.values()];
}

/** Debian archives in one-line style: `deb [signed-by=/path] URI SUITE main`. */
export function parseOneLine(text: string): DebianSource[] {
  return text.split("\n").flatMap((line) => {
    const [, options = "", uri = "", suite = "", components = ""] =
      /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line) ?? [];
    if (!debianSuite.test(suite) || !components.split(/\s+/).includes("main")) return [];
    return [{ uri, signedBy: /(?:^|\s)signed-by=(\/[^\s,]+)/i.exec(options)?.[1] }];
  });
}

/** Debian archives in deb822 style: paragraphs of `Types`, `URIs`, `Suites`, `Components`, `Signed-By`. */
export function parseDeb822(text: string): DebianSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name: string) =>
      new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, "im").exec(paragraph)?.[1]?.trim().split(/\s+/) ?? [];
    const isDebian =
      field("Types").includes("deb") &&
      field("Suites").some((suite) => debianSuite.test(suite)) &&
      field("Components").includes("main") &&
      field("Enabled")[0]?.toLowerCase() !== "no";
    const keyring = field("Signed-By")[0];
    const signedBy = keyring?.startsWith("/") ? keyring : undefined;
    return isDebian ? field("URIs").map((uri) => ({ uri, signedBy })) : [];
  });
}
